# Made by tools/unasync of the module of this name in _async: change that one.
"""Faults: what goes wrong on purpose."""

from __future__ import annotations

from typing import Any, Literal

from mock_server.testing._sync.control import Control
from mock_server.testing.records import Document, given, plain

Error = Literal[
    "rate_limited",
    "unauthorized",
    "forbidden",
    "not_found",
    "locked",
    "payment_required",
    "unprocessable",
    "unavailable",
    "bad_gateway",
    "internal_error",
]


class Fault:
    """A fault of a sandbox. Used in a ``with`` block, it must be hit there, and then is gone."""

    def __init__(self, control: Control, document: Document) -> None:
        self._control = control
        self.fault_id: str = document["fault_id"]
        # As it was written.
        self.document = document

    def __repr__(self) -> str:
        return f"<Fault {self.fault_id}>"

    def read(self) -> Document:
        """The fault as it stands now."""
        document: Document = self._control.get("faults", self.fault_id)
        return document

    @property
    def hits(self) -> int:
        """How many calls it has met."""
        hits: int = (self.read())["hits"]
        return hits

    @property
    def matched(self) -> int:
        """How many calls it would have met, but for ``after``, ``times`` and ``probability``."""
        matched: int = (self.read())["matched"]
        return matched

    @property
    def held(self) -> int:
        """How many calls wait now to be released."""
        held: int = (self.read())["held"]
        return held

    def release(self, count: int | None = None) -> int:
        """Let the calls that wait go on, all or the ``count`` oldest; how many they were."""
        path = ("faults", self.fault_id, "release")
        answer = self._control.post(*path, json=given(count=count))
        released: int = answer["released"]
        return released

    def wait(self, count: int = 1, *, timeout: float = 5) -> None:
        """Until it has met ``count`` calls; within ``timeout`` seconds, or NotInTime."""
        self._control.wait(timeout, fault=self.fault_id, count=count)

    def remove(self) -> None:
        """Take it back; calls that it holds go on."""
        self._control.delete("faults", self.fault_id)

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        hits = self.hits
        self.remove()
        if failed is None and not hits:
            raise AssertionError(f"a fault was never hit: {self.document}")


# Inside the classes, `list` is a method.
Listed = list[Fault]
Documents = list[Document]


class Faults:
    """The faults of a sandbox. ``path`` is a pattern: ``/v1/events``, ``/v1/**``,
    ``/v1/calendars/*/events``.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(
        self,
        path: str | None = None,
        *,
        method: str | list[str] | None = None,
        credential: str | None = None,
        provider: str | None = None,
        data_center: str | None = None,
        after: int | None = None,
        times: int | None = None,
        probability: float | None = None,
        window: Document | None = None,
        **respond: Any,
    ) -> Fault:
        """Add one: which calls it meets, and how they are answered (``respond``).

        ``status``, ``headers`` and ``body``; or ``error`` by name; ``delay``, ``slow_body``,
        ``malformed_json``, ``reset``, ``lost``, ``hold``.
        """
        match = given(
            method=method,
            path=path,
            credential=credential,
            provider=provider,
            data_center=data_center,
        )
        more = given(after=after, times=times, probability=probability, window=window)
        return self.add_document({"match": match, **more, "respond": plain(respond)})

    def add_document(self, fault: Document) -> Fault:
        """One that is written as in a scenario file."""
        return Fault(self._control, self._control.post("faults", json=plain(fault)))

    def error(
        self, error: Error, path: str | None = None, *, times: int | None = 1, **more: Any
    ) -> Fault:
        """Cronofy's own refusal of that name, for the next ``times`` calls (None: for ever)."""
        return self.add(path, times=times, error=error, **more)

    def rate_limit(self, path: str | None = None, *, times: int | None = 1, **more: Any) -> Fault:
        """429 with Retry-After."""
        return self.error("rate_limited", path, times=times, **more)

    def lose(self, path: str | None = None, *, times: int | None = 1, **more: Any) -> Fault:
        """The work is done, but the connection is reset before the answer."""
        return self.add(path, times=times, lost=True, **more)

    def reset(self, path: str | None = None, *, times: int | None = 1, **more: Any) -> Fault:
        """The connection is reset, and nothing is done."""
        return self.add(path, times=times, reset=True, **more)

    def hold(
        self,
        path: str | None = None,
        what: Literal["answer", "request"] = "answer",
        *,
        times: int | None = 1,
        **more: Any,
    ) -> Fault:
        """The answer waits, its work done, or the request, not begun, until it is released."""
        return self.add(path, times=times, hold=what, **more)

    def list(self) -> Listed:
        answer = self._control.get("faults")
        return [Fault(self._control, document) for document in answer["faults"]]

    def clear(self) -> None:
        self._control.delete("faults")


class Outages:
    """Outages of a calendar provider, or of one of Cronofy's data centers."""

    def __init__(self, control: Control) -> None:
        self._control = control.below("outages")

    def add(
        self,
        *,
        provider: str | None = None,
        data_center: str | None = None,
        window: Document | None = None,
    ) -> Document:
        """Returns the outage with its id."""
        wanted = given(provider=provider, data_center=data_center, window=window)
        document: Document = self._control.post(json=wanted)
        return document

    def list(self) -> Documents:
        outages: Documents = (self._control.get())["outages"]
        return outages

    def clear(self) -> None:
        """All of them end."""
        self._control.delete()

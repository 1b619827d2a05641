"""Faults: what goes wrong on purpose."""

from __future__ import annotations

from typing import Any, Literal

from mock_server.testing._async.control import AsyncControl
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


class AsyncFault:
    """A fault of a sandbox. Used in a ``with`` block, it must be hit there, and then is gone."""

    def __init__(self, control: AsyncControl, document: Document) -> None:
        self._control = control
        self.fault_id: str = document["fault_id"]
        # As it was written.
        self.document = document

    def __repr__(self) -> str:
        return f"<Fault {self.fault_id}>"

    async def read(self) -> Document:
        """The fault as it stands now."""
        document: Document = await self._control.get("faults", self.fault_id)
        return document

    @property
    async def hits(self) -> int:
        """How many calls it has met."""
        hits: int = (await self.read())["hits"]
        return hits

    @property
    async def matched(self) -> int:
        """How many calls it would have met, but for ``after``, ``times`` and ``probability``."""
        matched: int = (await self.read())["matched"]
        return matched

    @property
    async def held(self) -> int:
        """How many calls wait now to be released."""
        held: int = (await self.read())["held"]
        return held

    async def release(self, count: int | None = None) -> int:
        """Let the calls that wait go on, all or the ``count`` oldest; how many they were."""
        path = ("faults", self.fault_id, "release")
        answer = await self._control.post(*path, json=given(count=count))
        released: int = answer["released"]
        return released

    async def wait(self, count: int = 1, *, timeout: float = 5) -> None:
        """Until it has met ``count`` calls; within ``timeout`` seconds, or NotInTime."""
        await self._control.wait(timeout, fault=self.fault_id, count=count)

    async def remove(self) -> None:
        """Take it back; calls that it holds go on."""
        await self._control.delete("faults", self.fault_id)

    async def __aenter__(self) -> AsyncFault:
        return self

    async def __aexit__(self, failed: type[BaseException] | None, *_: object) -> None:
        hits = await self.hits
        await self.remove()
        if failed is None and not hits:
            raise AssertionError(f"a fault was never hit: {self.document}")


# Inside the classes, `list` is a method.
Listed = list[AsyncFault]
Documents = list[Document]


class AsyncFaults:
    """The faults of a sandbox. ``path`` is a pattern: ``/v1/events``, ``/v1/**``,
    ``/v1/calendars/*/events``.
    """

    def __init__(self, control: AsyncControl) -> None:
        self._control = control

    async def add(
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
    ) -> AsyncFault:
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
        return await self.add_document({"match": match, **more, "respond": plain(respond)})

    async def add_document(self, fault: Document) -> AsyncFault:
        """One that is written as in a scenario file."""
        return AsyncFault(self._control, await self._control.post("faults", json=plain(fault)))

    async def error(
        self, error: Error, path: str | None = None, *, times: int | None = 1, **more: Any
    ) -> AsyncFault:
        """Cronofy's own refusal of that name, for the next ``times`` calls (None: for ever)."""
        return await self.add(path, times=times, error=error, **more)

    async def rate_limit(
        self, path: str | None = None, *, times: int | None = 1, **more: Any
    ) -> AsyncFault:
        """429 with Retry-After."""
        return await self.error("rate_limited", path, times=times, **more)

    async def lose(
        self, path: str | None = None, *, times: int | None = 1, **more: Any
    ) -> AsyncFault:
        """The work is done, but the connection is reset before the answer."""
        return await self.add(path, times=times, lost=True, **more)

    async def reset(
        self, path: str | None = None, *, times: int | None = 1, **more: Any
    ) -> AsyncFault:
        """The connection is reset, and nothing is done."""
        return await self.add(path, times=times, reset=True, **more)

    async def hold(
        self,
        path: str | None = None,
        what: Literal["answer", "request"] = "answer",
        *,
        times: int | None = 1,
        **more: Any,
    ) -> AsyncFault:
        """The answer waits, its work done, or the request, not begun, until it is released."""
        return await self.add(path, times=times, hold=what, **more)

    async def list(self) -> Listed:
        answer = await self._control.get("faults")
        return [AsyncFault(self._control, document) for document in answer["faults"]]

    async def clear(self) -> None:
        await self._control.delete("faults")


class AsyncOutages:
    """Outages of a calendar provider, or of one of Cronofy's data centers."""

    def __init__(self, control: AsyncControl) -> None:
        self._control = control.below("outages")

    async def add(
        self,
        *,
        provider: str | None = None,
        data_center: str | None = None,
        window: Document | None = None,
    ) -> Document:
        """Returns the outage with its id."""
        wanted = given(provider=provider, data_center=data_center, window=window)
        document: Document = await self._control.post(json=wanted)
        return document

    async def list(self) -> Documents:
        outages: Documents = (await self._control.get())["outages"]
        return outages

    async def clear(self) -> None:
        """All of them end."""
        await self._control.delete()

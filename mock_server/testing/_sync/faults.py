# Made by tools/unasync of the module of this name in _async: change that one.
"""Faults: what goes wrong on purpose."""

from __future__ import annotations

from typing import Literal, Unpack

from mock_server.testing._sync.control import Control
from mock_server.testing.terms import Document, Error, Meeting, Terms, given, plain
from mock_server.testing.unused import Unused, fault_line

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

# The terms that say which calls a fault meets; the others say what becomes of them.
_MATCH = ("method", "credential", "provider", "data_center")
_WHEN = ("after", "times", "probability", "window")


class Fault:
    """A fault of a sandbox. Used in a ``with`` block, it must be hit there, and then is gone."""

    def __init__(self, control: Control, document: Document, unused: Unused) -> None:
        self._control = control
        self._unused = unused
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
        """How many calls it was about, those included that it let through."""
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
        """Take it back; calls that it holds go on. That it was never hit is remembered."""
        self._unused.saw_faults([self.read()])
        self._control.delete("faults", self.fault_id)

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        document = self.read()
        if failed is not None or document["hits"]:
            self._unused.saw_faults([document])
        self._control.delete("faults", self.fault_id)
        if failed is None and not document["hits"]:
            raise AssertionError(f"a fault was never hit: {fault_line(document).strip()}")


# Inside the class, `list` is a method.
Listed = list[Fault]
Documents = list[Document]


class Faults:
    """The faults of a sandbox. ``path`` is a pattern: ``/v1/events``, ``/v1/**``,
    ``/v1/calendars/*/events``.
    """

    def __init__(self, control: Control, unused: Unused) -> None:
        self._control = control
        self._unused = unused

    def add(self, path: str | None = None, **terms: Unpack[Terms]) -> Fault:
        """Let something go wrong with the calls of ``path``; see
        :class:`~mock_server.testing.terms.Respond` and
        :class:`~mock_server.testing.terms.Meeting`.
        """
        given_terms = given(**terms)
        match = given(path=path, **{k: v for k, v in given_terms.items() if k in _MATCH})
        when = {k: v for k, v in given_terms.items() if k in _WHEN}
        respond = {k: v for k, v in given_terms.items() if k not in {*_MATCH, *_WHEN}}
        return self.add_document({"match": match, **when, "respond": respond})

    def add_document(self, fault: Document) -> Fault:
        """One that is written as in a scenario file."""
        return self._read(self._control.post("faults", json=plain(fault)))

    def error(self, error: Error, path: str | None = None, **match: Unpack[Meeting]) -> Fault:
        """Cronofy's own refusal of that name, for the next call.

        Here and below, ``times`` says for how many; None is for ever.
        """
        return self.add(path, error=error, **_once(match))

    def rate_limit(self, path: str | None = None, **match: Unpack[Meeting]) -> Fault:
        """429 with Retry-After."""
        return self.add(path, error="rate_limited", **_once(match))

    def lose(self, path: str | None = None, **match: Unpack[Meeting]) -> Fault:
        """The work is done, but the connection is reset before the answer."""
        return self.add(path, lost=True, **_once(match))

    def reset(self, path: str | None = None, **match: Unpack[Meeting]) -> Fault:
        """The connection is reset, and nothing is done."""
        return self.add(path, reset=True, **_once(match))

    def hold(
        self,
        path: str | None = None,
        what: Literal["answer", "request"] = "answer",
        **match: Unpack[Meeting],
    ) -> Fault:
        """The answer waits, its work done, or the request, not begun, until it is released."""
        return self.add(path, hold=what, **_once(match))

    def list(self) -> Listed:
        return [self._read(document) for document in self._documents()]

    def clear(self) -> None:
        """Take all of them back. Those that were never hit are remembered."""
        self.look()
        self._control.delete("faults")

    def look(self) -> None:
        """Remember which of them have been hit by now."""
        self._unused.saw_faults(self._documents())

    def _documents(self) -> Documents:
        documents: Documents = (self._control.get("faults"))["faults"]
        return documents

    def _read(self, document: Document) -> Fault:
        return Fault(self._control, document, self._unused)


def _once(match: Meeting) -> Meeting:
    return {**Meeting(times=1), **match}

# Made by tools/unasync of the module of this name in _async: change that one.
"""The journal: what was asked of the sandbox, and what it answered."""

from __future__ import annotations

from typing import Unpack

from mock_server.testing._sync.control import Control
from mock_server.testing.conditions import in_query
from mock_server.testing.journal_text import journal_text
from mock_server.testing.records import Request, Verification, read
from mock_server.testing.terms import Document, Filters, given, plain

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Journal:
    """The latest requests, oldest first.

    ``path`` is a pattern, such as ``/v1/calendars/*/events``; the other filters are
    :class:`~mock_server.testing.terms.Filters`.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def requests(self, path: str | None = None, **filters: Unpack[Filters]) -> list[Request]:
        answer = self._control.get("journal", path=path, **in_query(filters))
        return _read(answer)

    def wait(
        self, path: str, *, count: int = 1, timeout: float = 5, **filters: Unpack[Filters]
    ) -> list[Request]:
        """All of them, once there are ``count``; within ``timeout`` seconds, or NotInTime."""
        wanted: Document = {"journal": path, "count": count, **in_query(filters)}
        return _read(self._control.wait(timeout, **wanted))

    def verify(
        self,
        path: str | None = None,
        *,
        exactly: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        **filters: Unpack[Filters],
    ) -> Verification:
        """Assert how many such requests there were: at least one, unless it is said.

        Raises AssertionError, with what was asked instead.
        """
        match = given(path=path, **filters)
        counts = given(exactly=exactly, at_least=at_least, at_most=at_most)
        return self._verify({"match": match, **(counts or {"at_least": 1})})

    def verify_order(self, *matches: Document | str, strictly: bool = False) -> Verification:
        """Assert that there was a request for each, in this order; others may be between,
        unless ``strictly``.

        Each is a path, or a mapping of filters. Raises AssertionError.
        """
        steps = [{"path": match} if isinstance(match, str) else plain(match) for match in matches]
        wanted = {"in_order": steps, **({"strictly": True} if strictly else {})}
        return self._verify(wanted)

    def _verify(self, wanted: Document) -> Verification:
        answer = self._control.post("journal", "verify", json=wanted)
        verification = read(Verification, answer)
        if not verification.verified:
            raise AssertionError(verification.message)
        return verification

    def text(self) -> str:
        """All of it for a person to read, the latest with their bodies."""
        return journal_text(self.requests())

    def clear(self) -> None:
        """Forget them; numbers go on."""
        self._control.delete("journal")

    def har(self, path: str | None = None, **filters: Unpack[Filters]) -> Document:
        """The requests as an HTTP Archive (HAR 1.2)."""
        query = {"path": path, **in_query(filters)}
        document: Document = self._control.get("journal.har", **query)
        return document

    def pact(
        self,
        path: str | None = None,
        *,
        consumer: str | None = None,
        provider: str | None = None,
        **filters: Unpack[Filters],
    ) -> Document:
        """The requests as a Pact (specification 4) between ``consumer`` and ``provider``."""
        names = {"consumer": consumer, "provider": provider}
        query = {"path": path, **names, **in_query(filters)}
        document: Document = self._control.get("journal.pact", **query)
        return document


def _read(answer: Document) -> list[Request]:
    return [read(Request, document) for document in answer["requests"]]

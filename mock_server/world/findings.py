"""Findings: what an application does other than Cronofy's documentation asks.

Each call may have several. They go into the journal with the call, and are summed up in
the sandbox's ledger, which the contract report is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from mock_server.world.records import Record

# The distinct findings that a ledger tells apart; past them only their number is kept.
_MOST = 500

_LONGEST = 1000

LEVELS = ("note", "warning", "error")


class Kind(NamedTuple):
    """How much a finding matters: an ``error`` is what Cronofy would refuse, a ``warning`` what
    works and should not be relied on, a ``note`` what is worth knowing.
    """

    level: str
    title: str


KINDS: dict[str, Kind] = {
    "unknown_parameter": Kind("warning", "A parameter that Cronofy does not have"),
    "ignored_parameter": Kind("warning", "A parameter that does not count in this call"),
    "unreadable": Kind("warning", "A body or query that cannot be read, where none is needed"),
    "secret_in_url": Kind("warning", "A secret in a URL, which ends up in logs"),
    "refused_entry": Kind("error", "An entry of a batch that Cronofy refuses"),
    "choice_ignored": Kind("warning", "A shortcut of an authorize URL that is not on offer"),
    "unknown_language": Kind("note", "A language that Cronofy's pages do not have"),
    "nothing_revoked": Kind("warning", "A revocation that ended nothing"),
    "unchecked_attachment": Kind("note", "An attachment of a type that is not known here"),
    "consent_not_possible": Kind("note", "A scripted decision that cannot be carried out"),
}


class Finding(Record, frozen=True):
    """``code`` is a key of KINDS, ``text`` one sentence about this call."""

    code: str
    text: str

    @classmethod
    def of(cls, code: str, text: str) -> Finding:
        """With as much of the ``text`` as is worth keeping."""
        return cls(code, text[:_LONGEST])

    @property
    def level(self) -> str:
        return KINDS[self.code].level


class Tally(msgspec.Struct):
    """How often an ``operation`` (``POST /v1/channels``) has met one finding.

    ``first`` and ``last`` are numbers of the journal's entries.
    """

    finding: Finding
    operation: str
    count: int
    first: int
    last: int


class Ledger:
    """The findings and calls of a sandbox since its beginning, summed up; of bounded size."""

    __slots__ = ("_found", "calls", "more")

    def __init__(self) -> None:
        # Calls of each operation by their status.
        self.calls: dict[str, dict[int, int]] = {}
        self._found: dict[tuple[str, Finding], Tally] = {}
        # Findings that were not told apart any more.
        self.more = 0

    def add(self, operation: str, status: int, number: int, findings: Iterable[Finding]) -> None:
        """Count a call of ``operation``, which is entry ``number`` of the journal."""
        statuses = self.calls.setdefault(operation, {})
        statuses[status] = statuses.get(status, 0) + 1
        for finding in findings:
            tally = self._found.get((operation, finding))
            if tally is not None:
                tally.count += 1
                tally.last = number
            elif len(self._found) < _MOST:
                self._found[operation, finding] = Tally(finding, operation, 1, number, number)
            else:
                self.more += 1

    def __iter__(self) -> Iterator[Tally]:
        return iter(list(self._found.values()))

    def clear(self) -> None:
        self.calls.clear()
        self._found.clear()
        self.more = 0

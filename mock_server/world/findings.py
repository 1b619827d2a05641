"""Findings: what an application does other than Cronofy's documentation asks.

Each call may have several. They go into the journal with the call, and are summed up in
the sandbox's ledger, which the contract report is made of.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from mock_server.world.records import Record

# The distinct findings of one level that a ledger tells apart; past them they are only counted.
_MOST = 250

_LONGEST = 1000

# From what matters least to what matters most.
LEVELS = ("note", "warning", "error")


class Kind(NamedTuple):
    """How much a finding matters: an ``error`` is what Cronofy would refuse, a ``warning`` what
    works and should not be relied on, a ``note`` what is worth knowing.
    """

    level: str
    title: str


KINDS: dict[str, Kind] = {
    # What is sent.
    "unknown_parameter": Kind("warning", "A parameter that Cronofy does not have"),
    "ignored_parameter": Kind("warning", "A parameter that does not count in this call"),
    "deprecated_name": Kind("warning", "An old name"),
    "old_name_of_sdks": Kind("note", "An old name that Cronofy's own SDKs still send"),
    "unreadable": Kind("warning", "A body or query that cannot be read, where none is needed"),
    "wrong_content_type": Kind("error", "A body that is not what its Content-Type says"),
    "secret_in_url": Kind("warning", "A secret in a URL, which ends up in logs"),
    "missing_state": Kind("warning", "An authorize URL without state"),
    "choice_ignored": Kind("warning", "A shortcut of an authorize URL that is not on offer"),
    "unknown_language": Kind("note", "A language that Cronofy's pages do not have"),
    # Credentials and tokens.
    "missing_credential": Kind("error", "A call without a credential"),
    "unknown_credential": Kind("error", "A credential that nobody has issued"),
    "wrong_credential": Kind("error", "A credential of another kind"),
    "expired_token": Kind("note", "An access token whose time is over"),
    "expired_token_again": Kind("warning", "An expired access token that was refused before"),
    "revoked_token": Kind("note", "An access token that was taken back"),
    "revoked_token_again": Kind("warning", "A revoked access token that was refused before"),
    "own_revoked_token": Kind("error", "An access token that the application itself revoked"),
    "refresh_too_early": Kind("warning", "Refreshing far more often than needed"),
    "code_reused": Kind("error", "A code that was redeemed before"),
    "wrong_redirect_uri": Kind("error", "A redirect_uri other than the authorize URL's"),
    "unknown_grant": Kind("error", "A code or refresh token that does not hold"),
    "nothing_revoked": Kind("warning", "A revocation that ended nothing"),
    # What is refused.
    "refused": Kind("error", "A call that Cronofy refuses"),
    "refused_entry": Kind("error", "An entry of a batch that Cronofy refuses"),
    "unknown_path": Kind("error", "A path that Cronofy does not have"),
    "not_found": Kind("warning", "Something that does not exist, or is somebody else's"),
    "locked": Kind("note", "A profile that has to be reconnected"),
    "rate_limited": Kind("note", "More calls than the rate limits allow"),
    "retried_too_early": Kind("warning", "The same call again before Retry-After was over"),
    # What would be refused, if the sandbox were not lenient.
    "lenient_plan": Kind("error", "Above the application's plan"),
    "lenient_scope": Kind("error", "Without the scope that is needed"),
    "lenient_feature": Kind("error", "A feature that is switched off"),
    "lenient_content_type": Kind("error", "JSON under another Content-Type"),
    "lenient_rate_limit": Kind("note", "More calls than the rate limits allow"),
    # The emulator's own limits.
    "unchecked_attachment": Kind("note", "An attachment of a type that is not known here"),
    "consent_not_possible": Kind("note", "A scripted decision that cannot be carried out"),
    "not_built": Kind("note", "A call that the emulator does not have yet"),
    "assumed": Kind("note", "An endpoint whose behaviour is assumed in part"),
}

# What counts although a test has injected a fault.
_IN_SPITE_OF_FAULTS = {"retried_too_early"}


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

    @property
    def title(self) -> str:
        return KINDS[self.code].title


class Calls(msgspec.Struct):
    """The calls of one operation by their status; ``first`` and ``last`` as in a Tally."""

    first: int
    last: int
    statuses: dict[int, int]

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


class Tally(msgspec.Struct):
    """How often an ``operation`` (``POST /v1/channels``) has met one finding; None is where no
    endpoint answers.

    ``first`` and ``last`` are numbers of the journal's entries.
    """

    finding: Finding
    operation: str | None
    count: int
    first: int
    last: int


class Ledger:
    """The findings and calls of a sandbox since its beginning, summed up; of bounded size."""

    __slots__ = ("_found", "_room", "calls", "more")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.calls: dict[str | None, Calls] = {}
        self._found: dict[tuple[str | None, Finding], Tally] = {}
        self._room = dict.fromkeys(LEVELS, _MOST)
        # How often findings were met that are not told apart any more.
        self.more = 0

    def add(
        self,
        operation: str | None,
        status: int,
        number: int,
        findings: Iterable[Finding],
        *,
        faulty: bool = False,
    ) -> None:
        """Count a call of ``operation``, which is entry ``number`` of the journal.

        What comes of a fault that a test has injected is not the application's.
        """
        calls = self.calls.get(operation)
        if calls is None:
            calls = self.calls[operation] = Calls(number, number, {})
        calls.statuses[status] = calls.statuses.get(status, 0) + 1
        calls.last = number
        for finding in findings:
            if not faulty or finding.code in _IN_SPITE_OF_FAULTS:
                self._count(Tally(finding, operation, 1, number, number))

    def merge(self, other: Ledger) -> None:
        """Count what ``other`` has counted, too; numbers of entries mean nothing then."""
        for operation, calls in other.calls.items():
            mine = self.calls.setdefault(operation, Calls(0, 0, {}))
            for status, count in calls.statuses.items():
                mine.statuses[status] = mine.statuses.get(status, 0) + count
        for tally in other:
            self._count(msgspec.structs.replace(tally, first=0, last=0))
        self.more += other.more

    def _count(self, met: Tally) -> None:
        key = met.operation, met.finding
        tally = self._found.get(key)
        level = met.finding.level
        if tally is not None:
            tally.count += met.count
            tally.last = met.last
        elif self._room[level]:
            self._room[level] -= 1
            self._found[key] = met
        else:
            self.more += met.count

    def __iter__(self) -> Iterator[Tally]:
        return iter(list(self._found.values()))

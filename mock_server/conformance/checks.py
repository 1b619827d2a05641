"""What a check is, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from mock_server.world.records import Record

if TYPE_CHECKING:
    from mock_server.conformance.visit import Visit

# A difference from the contract; from what it only assumes; something to know, such as a member
# that the contract does not have.
Level = Literal["difference", "assumption", "note"]


class Difference(Record, frozen=True):
    """``at`` is a place in the answer (``events[0].start``), empty for the whole of it."""

    level: Level
    request: str
    at: str
    expected: str
    found: str


class Check(Record, frozen=True):
    """``source`` is the contract's section, ``docs`` the page below Cronofy's developer docs.

    ``run`` asks and records differences. ``writes``: it makes something, and deletes it again.
    """

    name: str
    section: str
    source: str
    docs: str
    sends: str
    expects: str
    run: Callable[[Visit], None]
    writes: bool = False


class Outcome(Record, frozen=True):
    """What came of a check; ``skipped`` says why it could not be made."""

    check: Check
    requests: int
    differences: tuple[Difference, ...] = ()
    skipped: str | None = None

    @property
    def result(self) -> Literal["passed", "failed", "skipped"]:
        if any(difference.level == "difference" for difference in self.differences):
            return "failed"
        return "skipped" if self.skipped is not None else "passed"


class Halt(Exception):
    """A difference has been recorded after which the check cannot go on."""


class Skip(Exception):
    """The check cannot be made here; says why."""


class Unsound(Skip):
    """The check needs another call, which does not answer as it should."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"needs {operation}, which does not answer as expected: see its own check")


class Section:
    """Collects the checks of one section, in their order."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.checks: list[Check] = []

    def check(
        self, name: str, source: str, docs: str, *, sends: str, expects: str, writes: bool = False
    ) -> Callable[[Callable[[Visit], None]], Callable[[Visit], None]]:
        """Declare the decorated function as a check."""

        def declare(run: Callable[[Visit], None]) -> Callable[[Visit], None]:
            self.checks.append(
                Check(name, self.title, source, docs, sends, expects, run, writes=writes)
            )
            return run

        return declare

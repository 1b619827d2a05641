"""The timeline: what happens at a time, or when something has happened, without anybody's doing."""

from __future__ import annotations

from typing import Literal

from mock_server.world.records import Record

# So many entries a sandbox has at most, and so many of the latest happenings each keeps.
MOST_ENTRIES = 1000
MOST_HAPPENINGS = 100


class When(Record, frozen=True):
    """What an entry waits for: a request whose path is as the pattern ``name`` says, an attempt of
    a delivery of the kind ``name``, or a mail to the address ``name``.

    The first ``after`` of them let nothing happen, the next ``times`` do. ``method`` None is any;
    ``status`` is that of the answer, as ``404`` or ``4xx``, None any.
    """

    kind: Literal["request", "delivery", "mail"]
    name: str
    method: str | None = None
    status: str | None = None
    after: int = 0
    times: int = 1


class Happening(Record, frozen=True):
    """One action that was carried out at ``at``.

    ``outcome`` is JSON: what the action has done, or if it ``failed``, a list of what was wrong.
    """

    at: int
    action: str
    outcome: str
    failed: bool = False


class TimelineEntry(Record, frozen=True):
    """Actions that wait for their time ``at``, or for ``when``.

    ``do`` is JSON, a list of mappings from an action's name to its document. ``met`` counts what
    was waited for and came, ``carried_out`` how often the actions were begun. Where one fails,
    nothing more happens.
    """

    entry_id: str
    do: str
    at: int | None = None
    when: When | None = None
    met: int = 0
    carried_out: int = 0
    happened: tuple[Happening, ...] = ()

    @property
    def state(self) -> str:
        """``waiting``, ``done`` or ``failed``."""
        if self.happened and self.happened[-1].failed:
            return "failed"
        times = self.when.times if self.when else 1
        return "waiting" if self.carried_out < times else "done"

    @property
    def waits_for(self) -> str | None:
        """The kind of what it still waits for."""
        if self.when is None or self.state == "failed":
            return None
        return self.when.kind if self.met < self.when.after + self.when.times else None

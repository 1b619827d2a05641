"""The timeline: noticing what its entries wait for, and letting them happen.

What was waited for sets a timer that is due at once. So everything on the timeline happens in one
way, in order with all else that falls due.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mock_server.world.path_patterns import is_status, matches
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.timeline import MOST_HAPPENINGS, Happening, TimelineEntry, When
from mock_server.world.timers import Timer

# The kind of timer; its subject is the entry's id.
TIMELINE = "timeline"

# Carries out the actions of an entry, in their order; the last may have failed. Who can, comes
# from outside: rules know of no documents.
Act = Callable[[Sandbox, TimelineEntry], list[Happening]]


def add(sandbox: Sandbox, do: str, wanted: int | When) -> TimelineEntry:
    """Let what ``do`` says happen at a time, or when something has happened."""
    entry_id = sandbox.ids.hex("tle")
    if isinstance(wanted, When):
        return sandbox.timeline.put(TimelineEntry(entry_id, do, when=wanted))
    _set_timer(sandbox, entry_id, wanted)
    return sandbox.timeline.put(TimelineEntry(entry_id, do, at=wanted))


def remove(sandbox: Sandbox, entry_id: str) -> None:
    for timer in sandbox.timers.by("subject", (TIMELINE, (entry_id,))):
        sandbox.timers.remove(timer.timer_id)
    sandbox.timeline.remove(entry_id)


def _set_timer(sandbox: Sandbox, entry_id: str, at: int) -> None:
    sandbox.timers.put(Timer(sandbox.ids.hex("tmr"), at, TIMELINE, (entry_id,)))


def requested(sandbox: Sandbox, method: str, path: str, status: int) -> bool:
    """A request has been answered; says whether anything waited for it."""
    if not sandbox.timeline.count("waits_for", "request"):
        return False
    return _met(
        sandbox,
        "request",
        lambda when: (
            when.method in (None, method)
            and (when.status is None or is_status(when.status, status))
            and matches(when.name, path)
        ),
    )


def attempted(sandbox: Sandbox, kind: str) -> None:
    """A delivery of this kind has been attempted."""
    _met(sandbox, "delivery", lambda when: when.name == kind)


def mailed(sandbox: Sandbox, to: str) -> None:
    """A mail has come into the mailbox of ``to``."""
    _met(sandbox, "mail", lambda when: when.name == to)


def _met(sandbox: Sandbox, kind: str, fits: Callable[[When], bool]) -> bool:
    met = False
    for entry in sandbox.timeline.by("waits_for", kind):
        when = entry.when
        if when is not None and fits(when):
            entry = sandbox.timeline.put(replace(entry, met=entry.met + 1))
            if entry.met > when.after:
                met = True
                _set_timer(sandbox, entry.entry_id, sandbox.now())
    return met


def carry_out(sandbox: Sandbox, entry_id: str, act: Act) -> list[dict[str, Any]]:
    """The timer's rule. Returns what happened, one document for each action."""
    entry = sandbox.timeline.get(entry_id)
    if entry is None or entry.state != "waiting":
        return []
    happened = act(sandbox, entry)
    # What it has done may have been waited for by itself.
    entry = sandbox.timeline[entry_id]
    kept = (*entry.happened, *happened)[-MOST_HAPPENINGS:]
    carried_out = entry.carried_out + 1
    sandbox.timeline.put(replace(entry, carried_out=carried_out, happened=kept))
    return [
        {"action": one.action, **({"errors": json.loads(one.outcome)} if one.failed else {})}
        for one in happened
    ]

"""When the meetings that events wait for are made, or tried to be (events §2.4)."""

from __future__ import annotations

from mock_server.rules import timers
from mock_server.world.events import Event
from mock_server.world.sandbox import Sandbox

# The kind of timer (rules/due.py).
ASSIGN = "assign_conferencing"

# Seconds after the event was written: applications expect a meeting within 1 to 3.
_AFTER = 2

# Seconds before a service that made no meeting is tried again: at first, and at the most.
# Each pause is twice as long as the one before (assumed).
RETRY_AFTER, LONGEST_PAUSE = 60, 3600


def start(sandbox: Sandbox, event: Event) -> None:
    timers.schedule(sandbox, ASSIGN, event.key, _AFTER)


def retry(sandbox: Sandbox, event: Event, failures: int) -> None:
    """The service has refused, as so many times before; nobody tries once the event is over."""
    pause = min(RETRY_AFTER * 2 ** min(failures, 16), LONGEST_PAUSE)
    if sandbox.now() + pause < event.details.end:
        timers.schedule(sandbox, ASSIGN, event.key, pause)


def hasten(sandbox: Sandbox) -> None:
    """Something works again that did not: no meeting waits for longer than at first."""
    latest = sandbox.now() + RETRY_AFTER
    for timer in sandbox.timers:
        if timer.kind == ASSIGN and timer.due_at > latest:
            timers.schedule(sandbox, ASSIGN, timer.subject, RETRY_AFTER)


def stop(sandbox: Sandbox, event: Event) -> None:
    timers.cancel(sandbox, ASSIGN, event.key)


def is_waiting(sandbox: Sandbox, event: Event) -> bool:
    return timers.is_scheduled(sandbox, ASSIGN, event.key)

"""Event subscriptions: webhooks on one event, for what becomes of it (notifications §4.1), and
for the time at which it takes place (event triggers, §4.2).

There is a timer for each transition that an event's subscriptions name: for the next occurrence
of a series. It follows the event wherever that is moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mock_server.errors import Document
from mock_server.rules import callbacks, recurrence, time_zones, timers
from mock_server.world.clock import as_text
from mock_server.world.events import Details, Event, Managed, Subscription, Transition
from mock_server.world.sandbox import Sandbox

KIND = "event_subscription"

CONFERENCING_ASSIGNED = "conferencing_assigned"
CONFERENCING_FAILING = "conferencing_failing"

# The kind of timer (rules/due.py).
TRIGGER = "event_trigger"

_DAY = 86_400

# Clocks of two zones differ by less; days that an occurrence is looked for in the past, should
# the clock have been set forward beyond it.
_ZONES, _LOOKED_BACK = 2 * _DAY, 400 * _DAY

# What says when an event takes place.
_TIMES = ("start", "end", "all_day", "start_tzid", "end_tzid", "recurrence")


def fire(sandbox: Sandbox, event: Event, interaction: str, **sections: Any) -> None:
    """Call every subscription of ``event`` to ``interaction``; ``sections`` are what the body
    has of its own beside the event.
    """
    for subscription in _subscriptions(sandbox, event):
        if interaction in subscription.interactions:
            notification = _of_interaction(interaction)
            _call(sandbox, event, subscription, notification, sections, event.details.start)


def fire_alone(
    sandbox: Sandbox,
    client_id: str,
    subscribed: Iterable[Subscription],
    interaction: str,
    queue: str,
    **sections: Any,
) -> None:
    """The same for what is no event: call those of ``subscribed``, the calls of one ``queue``
    to the same uri in order.
    """
    for subscription in subscribed:
        if interaction in subscription.interactions:
            body = {"notification": _of_interaction(interaction), **sections}
            _record(sandbox, client_id, subscription.uri, body, queue)


def _of_interaction(interaction: str) -> Document:
    return {"type": KIND, "interactions": [{"type": interaction}]}


def retime(sandbox: Sandbox, before: Event | None, event: Event) -> None:
    """``event`` has come in the place of ``before``: its triggers follow.

    What has been sent for a time is not sent for it again.
    """
    had, wanted = _transitions(before), _transitions(event)
    moved = before is None or _is_moved(before.details, event.details)
    for transition in had:
        if moved or transition not in wanted:
            timers.cancel(sandbox, TRIGGER, _subject(event, transition))
    for transition in wanted:
        if moved or transition not in had:
            _wait(sandbox, event, transition, sandbox.now())


def trigger(sandbox: Sandbox, calendar_id: str, event_uid: str, name: str) -> None:
    """The timer's rule: it is time for the transition of this name."""
    event = sandbox.events.get((calendar_id, event_uid))
    if event is None:
        return
    for transition in _transitions(event):
        if _name(transition) == name:
            _pass(sandbox, event, transition)


def _pass(sandbox: Sandbox, event: Event, transition: Transition) -> None:
    """Call whoever waits for ``transition``, and wait for that of the next occurrence."""
    now, details = sandbox.now(), event.details
    _wait(sandbox, event, transition, now + 1)
    start = _latest(details, transition, now)
    if start is None:
        return
    passed = {transition.side: transition.moment, "offset": {"minutes": transition.offset}}
    notification: Document = {"type": KIND, "transitions": [passed]}
    for subscription in _subscriptions(sandbox, event):
        if transition in subscription.transitions:
            _call(sandbox, event, subscription, notification, {}, start)


def _transitions(event: Event | None) -> dict[Transition, None]:
    """All that is waited for, each once."""
    if event is None or event.deleted or event.managed is None:
        return {}
    return dict.fromkeys(
        transition
        for subscription in event.managed.subscriptions
        for transition in subscription.transitions
    )


def _is_moved(first: Details, second: Details) -> bool:
    return any(getattr(first, name) != getattr(second, name) for name in _TIMES)


def _name(transition: Transition) -> str:
    return f"{transition.offset} minutes {transition.side} {transition.moment}"


def _subject(event: Event, transition: Transition) -> tuple[str, str, str]:
    return (*event.key, _name(transition))


def _wait(sandbox: Sandbox, event: Event, transition: Transition, earliest: int) -> None:
    """Let a timer call at the first time of ``transition`` from ``earliest`` on, if any comes."""
    details = event.details
    for start in _starts(details, transition, earliest):
        due_at = _due(details, transition, start)
        if due_at >= earliest:
            after = due_at - sandbox.now()
            timers.schedule(sandbox, TRIGGER, _subject(event, transition), after)
            return


def _latest(details: Details, transition: Transition, now: int) -> int | None:
    """The start of the occurrence whose time for ``transition`` has come last."""
    latest = None
    for start in _starts(details, transition, now - _LOOKED_BACK):
        if _due(details, transition, start) > now:
            break
        latest = start
    return latest


def _starts(details: Details, transition: Transition, earliest: int) -> Iterator[int]:
    """Of the occurrences whose time for ``transition`` comes after ``earliest``, and of some
    before.
    """
    distance = _due(details, transition, details.start) - details.start
    return recurrence.starts(details, earliest - distance - _ZONES)


def _due(details: Details, transition: Transition, start: int) -> int:
    """When it is time for ``transition`` of the occurrence that starts at ``start``.

    An all-day event begins and ends at midnight in its own time zone.
    """
    moment, tzid = start, details.start_tzid
    if transition.moment == "event_end":
        moment, tzid = start + details.end - details.start, details.end_tzid
    if details.all_day:
        moment = time_zones.of_wall_clock(moment, tzid)
    offset = transition.offset * 60
    return moment - offset if transition.side == "before" else moment + offset


def _subscriptions(sandbox: Sandbox, event: Event) -> tuple[Subscription, ...]:
    """Those of an event that is not deleted, while its application may still look at it."""
    if event.deleted or event.managed is None:
        return ()
    profile_id = sandbox.calendars[event.calendar_id].profile_id
    authorizations = sandbox.authorizations.by("profile", profile_id)
    authorized = any(event.written_by(known.client_id) for known in authorizations)
    return event.managed.subscriptions if authorized else ()


def _call(
    sandbox: Sandbox,
    event: Event,
    subscription: Subscription,
    notification: Document,
    sections: dict[str, Any],
    start: int,
) -> None:
    """Of a series, it is about the occurrence that starts at ``start``."""
    managed = event.managed
    assert managed is not None
    shown = document(event, managed, start)
    body = {"notification": notification, "event": shown, **sections}
    queue = f"{event.calendar_id} {event.event_uid}"
    _record(sandbox, managed.client_id, subscription.uri, body, queue)


def _record(sandbox: Sandbox, client_id: str, uri: str, body: Document, queue: str) -> None:
    """Put the callback into the outbox, behind those that wait there for ``queue`` and ``uri``."""
    callbacks.record(
        sandbox,
        sandbox.applications[client_id],
        kind=KIND,
        url=uri,
        body=body,
        queue=f"{queue} {uri}",
    )


def document(event: Event, managed: Managed, start: int) -> Document:
    """The occurrence at ``start`` as callbacks show it: like the upsert, not like a read."""
    details = event.details
    end = start + details.end - details.start
    shown: Document = {"event_id": managed.event_id, "summary": details.summary}
    if details.description:
        shown["description"] = details.description
    shown["start"] = as_text(start)[:10] if details.all_day else as_text(start)
    shown["end"] = as_text(end)[:10] if details.all_day else as_text(end)
    shown["tzid"] = details.start_tzid
    meeting = managed.conferencing.meeting if managed.conferencing else None
    if meeting is not None:
        shown["conferencing"] = {
            "provider_name": meeting.provider_name,
            "join_url": meeting.join_url,
        }
    profile_id = (managed.meeting_agent or {}).get("profile_id", "none")
    if profile_id != "none":
        shown["meeting_agent"] = {"profile_id": profile_id}
    return shown

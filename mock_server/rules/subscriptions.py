"""Event subscriptions: webhooks on one event, for what becomes of it (notifications §4.1)."""

from __future__ import annotations

from typing import Any

from mock_server.errors import Document
from mock_server.rules import callbacks
from mock_server.world.clock import as_text
from mock_server.world.events import Event, Managed, Subscription
from mock_server.world.sandbox import Sandbox

KIND = "event_subscription"

CONFERENCING_ASSIGNED = "conferencing_assigned"
CONFERENCING_FAILING = "conferencing_failing"


def fire(sandbox: Sandbox, event: Event, interaction: str, **sections: Any) -> None:
    """Call every subscription of ``event`` to ``interaction``; ``sections`` are what the body
    has of its own beside the event.
    """
    for subscription in _subscriptions(sandbox, event):
        if interaction in subscription.interactions:
            notification: Document = {"type": KIND, "interactions": [{"type": interaction}]}
            _call(sandbox, event, subscription, notification, sections)


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
) -> None:
    """Put the callback into the outbox, behind those that wait there for this event and uri."""
    assert event.managed is not None
    callbacks.record(
        sandbox,
        sandbox.applications[event.managed.client_id],
        kind=KIND,
        url=subscription.uri,
        body={
            "notification": notification,
            "event": document(event, event.managed, event.details.start, event.details.end),
            **sections,
        },
        queue=f"{event.calendar_id} {event.event_uid} {subscription.uri}",
    )


def document(event: Event, managed: Managed, start: int, end: int) -> Document:
    """``event`` as callbacks show it, at this time: like the upsert, not like a read."""
    details = event.details
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

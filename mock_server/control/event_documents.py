"""Events as the control API tells them: a scenario's, and what Cronofy keeps of them."""

from __future__ import annotations

from mock_server.control.documents import Document
from mock_server.scenarios.event_documents import written
from mock_server.world.accounts import Calendar
from mock_server.world.clock import as_text
from mock_server.world.events import Details, Event, Managed
from mock_server.world.people import ProviderCalendar, ProviderEvent
from mock_server.world.sandbox import Sandbox


def provider_document(
    sandbox: Sandbox, calendar: ProviderCalendar, event: ProviderEvent
) -> Document:
    """An event as the provider has it, with what an application keeps of it at Cronofy."""
    copies = sandbox.calendars.by("provider_calendar", calendar.provider_calendar_id)
    found = (sandbox.events.get((copy.calendar_id, event.provider_event_id)) for copy in copies)
    return _document(
        event.details,
        event_uid=event.provider_event_id,
        calendar=calendar.name,
        created=event.created,
        updated=event.updated,
        managed=next((copy.managed for copy in found if copy and copy.managed), None),
        ical_uid=event.uid,
    )


def hosted_document(calendar: Calendar, event: Event) -> Document:
    """What an application wrote into a calendar that Cronofy hosts."""
    return _document(
        event.details,
        event_uid=event.event_uid,
        calendar=calendar.name,
        created=event.created,
        updated=event.updated,
        managed=event.managed,
    )


def _document(
    said: Details,
    *,
    event_uid: str,
    calendar: str,
    created: int,
    updated: int,
    managed: Managed | None,
    ical_uid: str | None = None,
) -> Document:
    """A scenario's event, and what only exists once it is there: ``event_uid``, ``created``,
    ``updated``, ``ical_uid`` and ``managed``.
    """
    return {
        "event_uid": event_uid,
        "calendar": calendar,
        **written(said),
        "created": as_text(created),
        "updated": as_text(updated),
        "ical_uid": managed.uid if managed else ical_uid,
        "managed": _managed(managed, said) if managed else None,
    }


def _managed(managed: Managed, said: Details) -> Document:
    """What the application keeps with it, as it was written."""
    statuses = {attendee.email: attendee.status for attendee in said.attendees}
    conferencing = managed.conferencing
    return {
        "client_id": managed.client_id,
        "event_id": managed.event_id,
        "description": managed.description,
        "location": managed.location,
        "locale": managed.locale,
        "sequence": managed.sequence,
        "replies": [
            {
                "email": reply.email,
                **({"status": statuses[reply.email]} if reply.email in statuses else {}),
                "at": as_text(reply.at),
                "comment": reply.comment,
                "proposal": reply.proposal
                and {"start": as_text(reply.proposal[0]), "end": as_text(reply.proposal[1])},
            }
            for reply in managed.replies
        ],
        "conferencing": conferencing
        and {
            "profile_id": conferencing.profile_id,
            "state": conferencing.state,
            "join_url": conferencing.meeting.join_url if conferencing.meeting else None,
        },
        "subscriptions": [
            {
                "uri": subscription.uri,
                "interactions": list(subscription.interactions),
                "transitions": [
                    {one.side: one.moment, "minutes": one.offset}
                    for one in subscription.transitions
                ],
            }
            for subscription in managed.subscriptions
        ],
        "attachments": [
            {
                "attachment_id": file.attachment_id,
                "file_name": file.file_name,
                "content_type": file.content_type,
                "url": file.url,
            }
            for file in said.attachments
        ],
        "tags": list(managed.tags),
        "event_classes": managed.event_classes,
        "meeting_agent": managed.meeting_agent,
    }

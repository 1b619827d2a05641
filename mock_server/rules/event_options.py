"""What an application may do with an event (events §4.2)."""

from __future__ import annotations

from mock_server.errors import Forbidden
from mock_server.rules import permissions
from mock_server.rules.finding_events import find
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Event
from mock_server.world.sandbox import Sandbox

_SANDBOXED = (
    "calendar {} has permission_level sandbox (ask the person with POST /v1/permissions), in "
    "which only the application's own events can be changed"
)


def options(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event: Event
) -> dict[str, bool]:
    """``options`` of ``event``, as reads answer them."""
    editable = _obstacle(sandbox, authorization, calendar, event) is None
    profile, details = sandbox.profiles[calendar.profile_id], event.details
    # Without an organizer, it is the owner's own.
    organizes = details.organizer is None or details.organizer.email == profile.email
    invited = any(attendee.email == profile.email for attendee in details.attendees)
    return {
        "delete": editable,
        "update": editable,
        "change_participation_status": _stands(calendar, event) and invited and not organizes,
    }


def find_external(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    event_uid: str,
    option: str,
) -> Event:
    """The event with this uid, whoever made it, if the application may ``update`` or
    ``delete`` it; raises NotFound or Forbidden.
    """
    event = find(sandbox, calendar, event_uid)
    if permissions.level(sandbox, authorization, calendar) != "unrestricted":
        raise Forbidden(f"{_SANDBOXED.format(calendar.calendar_id)}, by their event_id")
    if event.event_uid != event_uid:
        raise Forbidden(f"{event_uid} is one of a series, which changes as a whole or not at all")
    obstacle = _obstacle(sandbox, authorization, calendar, event)
    if obstacle is not None:
        raise Forbidden(f"event {event_uid} has {option} false in its options: {obstacle}")
    return event


def _stands(calendar: Calendar, event: Event) -> bool:
    """Whether it can change at all."""
    return not (calendar.readonly or calendar.deleted or event.deleted)


def _obstacle(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event: Event
) -> str | None:
    """Why the application may neither update nor delete ``event``; None if it may."""
    if not _stands(calendar, event):
        return f"calendar {calendar.calendar_id} cannot be written to, or the event is deleted"
    if event.written_by(authorization.client_id):
        return None
    if permissions.level(sandbox, authorization, calendar) != "unrestricted":
        return _SANDBOXED.format(calendar.calendar_id)
    return "it recurs, and another made it" if event.details.recurrence else None

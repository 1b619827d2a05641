"""A person's answer to an invitation, given for them by an application (events §3.4)."""

from __future__ import annotations

from mock_server.errors import Forbidden
from mock_server.rules import access_modes, events, replies
from mock_server.rules.event_options import options
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Event
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def change(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event: Event, status: str
) -> None:
    """The person's answer to an invitation, given for them (events §3.4).

    Raises Forbidden or Locked.
    """
    profile = sandbox.profiles[calendar.profile_id]
    destination = access_modes.of(profile).destination(sandbox, profile, calendar)
    if not options(sandbox, authorization, calendar, event)["change_participation_status"]:
        raise Forbidden(
            f"event {event.event_uid} has change_participation_status false in its options: "
            "only somebody who is invited can answer"
        )
    details = event.details
    changed = replace(
        details,
        participation=status,
        attendees=tuple(
            replace(attendee, status=status) if attendee.email == profile.email else attendee
            for attendee in details.attendees
        ),
    )
    # At Microsoft, what somebody declines leaves their calendar (docs: participation-status).
    leaves = status == "declined" and profile.provider_service in {"office365", "exchange"}
    if changed == details and not leaves:
        return
    event = sandbox.events.put(replace(event, details=changed, updated=sandbox.now()))
    source = sandbox.provider_events.get(event.event_uid)
    if leaves:
        events.withdraw(sandbox, destination, event)
    else:
        destination.written(sandbox, calendar, event)
    if source is not None and source.uid is not None and event.managed is None:
        replies.tell_organizer(sandbox, source.uid, profile.email, status)

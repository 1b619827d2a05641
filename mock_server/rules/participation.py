"""A person's answer to an invitation, given for them by an application (events §3.4)."""

from __future__ import annotations

from mock_server.errors import Forbidden
from mock_server.rules import access_modes, channels, events, providers, replies, synchronization
from mock_server.rules.event_options import options
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Event, with_answer
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def change(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event: Event, status: str
) -> None:
    """The person's answer to an invitation, given for them (events §3.4).

    Raises Forbidden or Locked.
    """
    profile = sandbox.profiles[calendar.profile_id]
    destination = access_modes.destination(sandbox, calendar)
    if not options(sandbox, authorization, calendar, event)["change_participation_status"]:
        raise Forbidden(
            f"event {event.event_uid} has change_participation_status false in its options: "
            "only somebody who is invited can answer"
        )
    details = event.details
    assert profile.email is not None
    changed = with_answer(details, profile.email, status, owner=profile.email)
    leaves = (
        status == "declined"
        and not profile.hosted
        and providers.of(sandbox, profile).drops_declined
    )
    if changed == details and not leaves:
        return
    event = sandbox.events.put(replace(event, details=changed, updated=sandbox.now()))
    channels.event_changed(sandbox, event, authorization.client_id)
    source = sandbox.provider_events.get(event.event_uid)
    if leaves:
        events.withdraw(sandbox, destination, calendar, event, by=authorization.client_id)
    else:
        synchronization.write(sandbox, destination, calendar, event, by=authorization.client_id)
    if source is not None:
        replies.answered_at_provider(sandbox, source, status)

"""What people do in their own calendars: Cronofy's copies and everybody invited follow."""

from __future__ import annotations

from mock_server.rules import invitations, provider_events, replies, synchronization
from mock_server.rules.event_writes import is_rescheduled, unanswered
from mock_server.world.events import Details
from mock_server.world.people import Person, ProviderCalendar, ProviderEvent
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def add(sandbox: Sandbox, calendar: ProviderCalendar, details: Details) -> ProviderEvent:
    event = provider_events.put(sandbox, calendar, details)
    synchronization.follow(sandbox, event.provider_calendar_id, event.provider_event_id)
    return event


def change(
    sandbox: Sandbox, calendar: ProviderCalendar, before: ProviderEvent, details: Details
) -> ProviderEvent:
    """``before`` says ``details`` now. An answer among them reaches the organizer; to what
    an application invited people to in the person's name, the provider invites them anew.
    """
    invites = invitations.organized(sandbox, before) is not None
    if invites and is_rescheduled(before.details, details):
        details = replace(details, attendees=unanswered(details.attendees, calendar.email))
    event = provider_events.put(
        sandbox, calendar, details, provider_event_id=before.provider_event_id
    )
    invitations.changed_at_provider(sandbox, before, event)
    synchronization.follow(sandbox, event.provider_calendar_id, event.provider_event_id)
    replies.answered_at_provider(sandbox, before, event.details.participation)
    return event


def delete(sandbox: Sandbox, event: ProviderEvent) -> None:
    """``event`` is gone: whoever was invited hears of it, and who was invited declines."""
    provider_events.remove(sandbox, event.provider_event_id)
    invitations.changed_at_provider(sandbox, event, None)
    synchronization.follow(sandbox, event.provider_calendar_id, event.provider_event_id)
    replies.answered_at_provider(sandbox, event, "declined")


def calendars(sandbox: Sandbox, person: Person) -> list[ProviderCalendar]:
    """Those that ``person`` has not deleted."""
    found = sandbox.provider_calendars.by("email", person.email)
    return [calendar for calendar in found if not calendar.deleted]


def open_calendar(
    sandbox: Sandbox, person: Person, name: str, *, readonly: bool, color: str | None
) -> ProviderCalendar:
    """``person`` makes a calendar, or has one shared with them that they may only read."""
    calendar = sandbox.provider_calendars.put(
        ProviderCalendar(
            provider_calendar_id=sandbox.ids.hex("pcal"),
            email=person.email,
            name=name,
            readonly=readonly,
            color=color,
        )
    )
    synchronization.follow_calendars(sandbox, person)
    return calendar


def rename_calendar(sandbox: Sandbox, calendar: ProviderCalendar, name: str) -> ProviderCalendar:
    calendar = sandbox.provider_calendars.put(replace(calendar, name=name))
    synchronization.follow_calendars(sandbox, sandbox.people[calendar.email])
    return calendar


def delete_calendar(sandbox: Sandbox, calendar: ProviderCalendar) -> None:
    """``calendar`` is gone, with its events; Cronofy remembers that there was one."""
    for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id):
        delete(sandbox, event)
    sandbox.provider_calendars.put(replace(calendar, deleted=True))
    synchronization.follow_calendars(sandbox, sandbox.people[calendar.email])

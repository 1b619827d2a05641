"""What stands in the provider's calendars: the truth, which Cronofy's copies follow.

Whoever changes it lets them follow (rules/synchronization.py).
"""

from __future__ import annotations

from mock_server.world.events import Details
from mock_server.world.people import Author, ProviderCalendar, ProviderEvent
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def put(
    sandbox: Sandbox,
    calendar: ProviderCalendar,
    details: Details,
    *,
    provider_event_id: str | None = None,
    uid: str | None = None,
    by: str | None = None,
) -> ProviderEvent:
    """The event in ``calendar`` with this id, made or changed; a new one without an id.

    ``uid`` is iCalendar's; ``by`` the application that does it, through the API.
    """
    known = sandbox.provider_events.get(provider_event_id) if provider_event_id else None
    now = sandbox.now()
    if known is None:
        event = sandbox.provider_events.put(
            ProviderEvent(
                provider_event_id=provider_event_id or sandbox.ids.hex("evt_external"),
                provider_calendar_id=calendar.provider_calendar_id,
                details=details,
                created=now,
                updated=now,
                uid=uid,
            )
        )
    else:
        event = replace(known, details=details, uid=uid or known.uid)
        if event == known:
            return known
        event = sandbox.provider_events.put(replace(event, updated=now))
    _note_author(sandbox, event.provider_event_id, by)
    return event


def remove(sandbox: Sandbox, provider_event_id: str, *, by: str | None = None) -> None:
    """The event is no longer in the provider's calendar, if it was."""
    if provider_event_id in sandbox.provider_events:
        sandbox.provider_events.remove(provider_event_id)
        _note_author(sandbox, provider_event_id, by)


def author(sandbox: Sandbox, provider_event_id: str) -> str | None:
    """The application to which the event owes what it says now, or that it is gone; None for
    whatever people do at the provider.
    """
    found = sandbox.authors.get(provider_event_id)
    return found.client_id if found else None


def _note_author(sandbox: Sandbox, provider_event_id: str, by: str | None) -> None:
    if by is None:
        sandbox.authors.remove(provider_event_id)
    else:
        sandbox.authors.put(Author(provider_event_id, by))

"""What stands in the provider's calendars: the truth, which Cronofy's copies follow.

Whoever changes it lets them follow (rules/synchronization.py).
"""

from __future__ import annotations

from mock_server.world.events import Details
from mock_server.world.people import ProviderCalendar, ProviderEvent
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def put(
    sandbox: Sandbox,
    calendar: ProviderCalendar,
    details: Details,
    *,
    provider_event_id: str | None = None,
    uid: str | None = None,
) -> ProviderEvent:
    """The event in ``calendar`` with this id, made or changed; a new one without an id.

    ``uid`` is iCalendar's.
    """
    known = sandbox.provider_events.get(provider_event_id) if provider_event_id else None
    now = sandbox.now()
    if known is None:
        return sandbox.provider_events.put(
            ProviderEvent(
                provider_event_id=provider_event_id or sandbox.ids.hex("evt_external"),
                provider_calendar_id=calendar.provider_calendar_id,
                details=details,
                created=now,
                updated=now,
                uid=uid,
            )
        )
    event = replace(known, details=details, uid=uid or known.uid)
    if event == known:
        return known
    return sandbox.provider_events.put(replace(event, updated=now))


def remove(sandbox: Sandbox, provider_event_id: str) -> None:
    """The event is no longer in the provider's calendar, if it was."""
    sandbox.provider_events.remove(provider_event_id)

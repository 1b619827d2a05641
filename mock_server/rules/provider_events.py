"""What happens in the provider's calendars, and how Cronofy's copies follow.

The provider's event is the truth. Each Cronofy calendar that shows its calendar holds a
copy, of which the profile's access mode decides how much it says. Copies follow at once,
or ``sync_delay`` seconds later; those of a profile that is disconnected, or still waits for
its first synchronization, when that is over (events §2.9; identity §11).
"""

from __future__ import annotations

# The modes write through this module, so both are looked up when they are called.
from mock_server.rules import access_modes, timers
from mock_server.rules.access_modes.base import AccessMode
from mock_server.world.accounts import Calendar, Profile
from mock_server.world.events import Details, Event
from mock_server.world.people import ProviderCalendar, ProviderEvent
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

SYNCHRONIZE = "synchronize_calendar"


def put(
    sandbox: Sandbox,
    calendar: ProviderCalendar,
    details: Details,
    *,
    provider_event_id: str | None = None,
    uid: str | None = None,
    through: str | None = None,
) -> ProviderEvent:
    """The event in ``calendar`` with this id, made or changed; a new one without an id.

    ``uid`` is iCalendar's. ``through`` is the calendar_id of the copy that it was written
    through, which says so already.
    """
    known = sandbox.provider_events.get(provider_event_id) if provider_event_id else None
    now = sandbox.now()
    if known is None:
        event = ProviderEvent(
            provider_event_id=provider_event_id or sandbox.ids.hex("evt_external"),
            provider_calendar_id=calendar.provider_calendar_id,
            details=details,
            created=now,
            updated=now,
            uid=uid,
        )
    else:
        event = replace(known, details=details, uid=uid or known.uid)
        if event == known:
            return known
        event = replace(event, updated=now)
    sandbox.provider_events.put(event)
    for copy, profile in _following(sandbox, event.provider_calendar_id, through):
        _copy(sandbox, copy, access_modes.of(profile), event)
    return event


def remove(sandbox: Sandbox, event: ProviderEvent, *, through: str | None = None) -> None:
    """``event`` is no longer in the provider's calendar; its copies are deleted."""
    sandbox.provider_events.remove(event.provider_event_id)
    for copy, _ in _following(sandbox, event.provider_calendar_id, through):
        known = sandbox.events.get((copy.calendar_id, event.provider_event_id))
        if known is not None:
            _delete(sandbox, known)


def copy_calendar(sandbox: Sandbox, calendar: Calendar) -> None:
    """Bring Cronofy's copy of one calendar fully up to date, if Cronofy can see it."""
    profile = sandbox.profiles[calendar.profile_id]
    if not _sees(profile):
        return
    timers.cancel(sandbox, SYNCHRONIZE, (calendar.calendar_id,))
    mode = access_modes.of(profile)
    for event in sandbox.events.by("calendar", calendar.calendar_id):
        if event.queued:
            _send(sandbox, calendar, event)
    sources = sandbox.provider_events.by("calendar", calendar.provider_calendar_id)
    for source in sources:
        _copy(sandbox, calendar, mode, source)
    there = {source.provider_event_id for source in sources}
    for event in sandbox.events.by("calendar", calendar.calendar_id):
        if event.event_uid not in there:
            _delete(sandbox, event)


def _send(sandbox: Sandbox, calendar: Calendar, event: Event) -> None:
    """The provider gets what was written while nobody could write there."""
    source = sandbox.provider_calendars[calendar.provider_calendar_id]
    known = sandbox.provider_events.get(event.event_uid)
    if not event.deleted:
        put(
            sandbox,
            source,
            event.details,
            provider_event_id=event.event_uid,
            uid=event.managed.uid if event.managed else None,
            through=calendar.calendar_id,
        )
    elif known is not None:
        remove(sandbox, known, through=calendar.calendar_id)
    sandbox.events.put(replace(event, queued=False))


def synchronize_calendar(sandbox: Sandbox, calendar_id: str) -> None:
    """The timer's rule: what has changed at the provider is seen now."""
    calendar = sandbox.calendars.get(calendar_id)
    if calendar is not None:
        copy_calendar(sandbox, calendar)


def _sees(profile: Profile) -> bool:
    return profile.connected and not profile.initial_sync_required


def _following(
    sandbox: Sandbox, provider_calendar_id: str, through: str | None
) -> list[tuple[Calendar, Profile]]:
    """The calendars whose copy has to change at once, with their profiles.

    Those that change later are scheduled; a change does not put off the one before it.
    """
    found = []
    for calendar in sandbox.calendars.by("provider_calendar", provider_calendar_id):
        profile = sandbox.profiles[calendar.profile_id]
        if calendar.calendar_id == through or not _sees(profile):
            continue
        delay = sandbox.people[profile.email].sync_delay
        subject = (calendar.calendar_id,)
        if not delay:
            found.append((calendar, profile))
        elif sandbox.timers.one("subject", (SYNCHRONIZE, subject)) is None:
            timers.schedule(sandbox, SYNCHRONIZE, subject, delay)
    return found


def _copy(sandbox: Sandbox, calendar: Calendar, mode: AccessMode, source: ProviderEvent) -> None:
    """Cronofy's copy of ``source``; of what an application wrote, it keeps what is the
    application's own.
    """
    details = mode.copied(source.details)
    known = sandbox.events.get((calendar.calendar_id, source.provider_event_id))
    if known is None:
        sandbox.events.put(
            Event(
                calendar_id=calendar.calendar_id,
                event_uid=source.provider_event_id,
                details=details,
                created=source.created,
                updated=sandbox.now(),
            )
        )
    elif known.deleted or known.details != details:
        sandbox.events.put(
            replace(
                known,
                details=details,
                updated=sandbox.now(),
                deleted=False,
                moved_from=known.moved(details),
            )
        )


def _delete(sandbox: Sandbox, event: Event) -> None:
    """Its last known fields are kept (events §4.3)."""
    if not event.deleted:
        sandbox.events.put(replace(event, deleted=True, updated=sandbox.now()))

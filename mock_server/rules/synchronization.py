"""Synchronization: Cronofy's copies of calendars and events follow the provider's.

Each Cronofy calendar that shows a provider's calendar holds a copy of its events, of which
the profile's access mode decides how much it says. Copies follow at once, or ``sync_delay``
seconds later; those of a profile that is disconnected, or still waits for its first
synchronization, when that is over (events §2.9; identity §11). So do those whose provider is out
of order.
"""

from __future__ import annotations

from typing import Any

from mock_server.rules import (
    access_modes,
    channels,
    meeting_agents,
    meeting_timers,
    outages,
    profiles,
    provider_events,
    subscriptions,
    timers,
)
from mock_server.rules.access_modes.base import AccessMode, Destination
from mock_server.rules.providers import PROVIDERS
from mock_server.world.accounts import Account, Calendar, Profile
from mock_server.world.events import Event
from mock_server.world.people import Person
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

SYNCHRONIZE = "synchronize_calendar"
SYNCHRONIZE_PROFILE = "synchronize_profile"


def connect(sandbox: Sandbox, mode: AccessMode, account: Account, person: Person) -> list[Profile]:
    """The profiles that connecting ``person`` opens, with their calendars."""
    return [_start(sandbox, profile, person) for profile in mode.connect(sandbox, account, person)]


def _start(sandbox: Sandbox, profile: Profile, person: Person) -> Profile:
    """List the calendars; the first synchronization itself may be held back."""
    first = not sandbox.calendars.by("profile", profile.profile_id)
    if first and person.initial_sync == "held":
        profile = sandbox.profiles.put(replace(profile, initial_sync_required=True))
    _synchronize(sandbox, profile)
    return profile


def complete(sandbox: Sandbox, profile: Profile) -> Profile:
    """Synchronize; the first time, callbacks that waited for it may leave."""
    first = profile.initial_sync_required
    profile = sandbox.profiles.put(replace(profile, initial_sync_required=False))
    _synchronize(sandbox, profile)
    if first:
        tell_connected(sandbox, profile)
    for delivery in sandbox.deliveries.by("profile", profile.profile_id):
        if delivery.state == "held":
            sandbox.deliveries.put(replace(delivery, state="pending", due_at=sandbox.now()))
    return profile


def reconnect(sandbox: Sandbox, profile: Profile) -> Profile:
    """The person has signed in again: same profile, calendars and account.

    At Microsoft 365, whoever signs in does so by Graph, the default for everyone since June
    2024 (docs: office365-graph).
    """
    protocol = profiles.GRAPH_API if profile.provider_protocol else None
    lapsed = not profile.connected
    profile = sandbox.profiles.put(
        replace(profile, connected=True, relink_token=None, provider_protocol=protocol)
    )
    _synchronize(sandbox, profile)
    if lapsed:
        tell_connected(sandbox, profile, again=True)
    meeting_timers.hasten(sandbox)
    return profile


def tell_connected(sandbox: Sandbox, profile: Profile, *, again: bool = False) -> None:
    """Notify channels of a profile that is connected, ``again`` after it had lapsed, and of its
    synchronization, unless that is still to come.
    """
    if again and sandbox.switches.profile_connected:
        channels.tell(sandbox, profile.sub, profile.profile_id, channels.PROFILE_CONNECTED)
    if not profile.hosted and not profile.initial_sync_required:
        channels.tell(sandbox, profile.sub, profile.profile_id, channels.INITIAL_SYNC_COMPLETED)


def write(
    sandbox: Sandbox,
    destination: Destination,
    calendar: Calendar,
    event: Event,
    *,
    by: str | None,
) -> None:
    """``event`` in ``calendar`` is new, says something new, or is deleted: so it is, or will
    be, in what stands behind, and in every other copy of that.

    ``by`` is the application that does it, through the API; None for a person's answer.
    """
    if event.deleted:
        destination.removed(sandbox, event, by)
    else:
        destination.changed(sandbox, calendar, event, by)
    follow(sandbox, calendar.provider_calendar_id, event.event_uid)


def follow(sandbox: Sandbox, provider_calendar_id: str | None, event_uid: str) -> None:
    """The copies of one event become what the provider has of it now.

    Those that follow later are scheduled; a change does not put off the one before it.
    """
    for calendar in sandbox.calendars.by("provider_calendar", provider_calendar_id):
        profile = sandbox.profiles[calendar.profile_id]
        if not _sees(sandbox, profile):
            continue
        copy = _outdated(sandbox, calendar, access_modes.of(profile), event_uid)
        if copy is None:
            continue
        delay, subject = sandbox.people[profile.email].sync_delay, (calendar.calendar_id,)
        if not delay:
            _put(sandbox, copy)
        elif not timers.is_scheduled(sandbox, SYNCHRONIZE, subject):
            timers.schedule(sandbox, SYNCHRONIZE, subject, delay)


def follow_calendars(sandbox: Sandbox, person: Person) -> None:
    """The calendars of every profile of ``person`` become those that the provider has now,
    at once or after their ``sync_delay``.
    """
    for profile in sandbox.profiles.by("email", person.email):
        if profile.hosted:
            continue
        if not person.sync_delay:
            synchronize_profile(sandbox, profile.profile_id)
        elif not timers.is_scheduled(sandbox, SYNCHRONIZE_PROFILE, (profile.profile_id,)):
            timers.schedule(sandbox, SYNCHRONIZE_PROFILE, (profile.profile_id,), person.sync_delay)


def synchronize_profile(sandbox: Sandbox, profile_id: str) -> None:
    """The timer's rule: calendars that are new or gone are seen now."""
    profile = sandbox.profiles.get(profile_id)
    if profile is not None and _sees(sandbox, profile):
        _synchronize(sandbox, profile)


def synchronize_calendar(sandbox: Sandbox, calendar_id: str) -> None:
    """The timer's rule: what has changed at the provider is seen now."""
    calendar = sandbox.calendars.get(calendar_id)
    if calendar is not None:
        _copy(sandbox, calendar)


def _synchronize(sandbox: Sandbox, profile: Profile) -> None:
    """Bring Cronofy's calendars of ``profile``, and their events, up to date."""
    mode = access_modes.of(profile)
    known = {
        calendar.provider_calendar_id: calendar
        for calendar in sandbox.calendars.by("profile", profile.profile_id)
    }
    for source in sandbox.provider_calendars.by("email", profile.email):
        provider = PROVIDERS[sandbox.people[source.email].provider]
        fields: dict[str, Any] | None = mode.calendar(provider, source)
        if fields is None:
            continue
        before = known.get(source.provider_calendar_id)
        if before is None:
            calendar = profiles.open_calendar(sandbox, profile, source, **fields)
        else:
            calendar = sandbox.calendars.put(replace(before, color=source.color, **fields))
        if calendar != before:
            by = None if before else _maker(sandbox, source.provider_calendar_id)
            channels.calendars_changed(sandbox, profile, by)
        _copy(sandbox, calendar)


def _maker(sandbox: Sandbox, provider_calendar_id: str) -> str | None:
    """The application that made a provider's calendar through the API, if one did."""
    shown = sandbox.calendars.by("provider_calendar", provider_calendar_id)
    return next((calendar.created_by for calendar in shown if calendar.created_by), None)


def _sees(sandbox: Sandbox, profile: Profile) -> bool:
    connected = profile.connected and not profile.initial_sync_required
    return connected and outages.of_profile(sandbox, profile) is None


def _copy(sandbox: Sandbox, calendar: Calendar) -> None:
    """Bring Cronofy's copy of one calendar fully up to date, if Cronofy can see it."""
    profile = sandbox.profiles[calendar.profile_id]
    if not _sees(sandbox, profile):
        return
    timers.cancel(sandbox, SYNCHRONIZE, (calendar.calendar_id,))
    mode = access_modes.of(profile)
    for event in sandbox.events.by("calendar", calendar.calendar_id):
        if event.queued:
            # The provider gets what was written while nobody could write there.
            by = event.queued
            event = sandbox.events.put(replace(event, queued=None))
            if not calendar.deleted:
                write(sandbox, mode.behind, calendar, event, by=by)
    sources = sandbox.provider_events.by("calendar", calendar.provider_calendar_id)
    copies = sandbox.events.by("calendar", calendar.calendar_id)
    uids = [*(s.provider_event_id for s in sources), *(c.event_uid for c in copies)]
    for event_uid in dict.fromkeys(uids):
        copy = _outdated(sandbox, calendar, mode, event_uid)
        if copy is not None:
            _put(sandbox, copy)


def _put(sandbox: Sandbox, copy: Event) -> None:
    """What an application wrote is no news to it, however late the copy follows."""
    before = sandbox.events.get(copy.key)
    sandbox.events.put(copy)
    meeting_agents.follow(sandbox, copy)
    subscriptions.retime(sandbox, before, copy)
    channels.event_changed(sandbox, copy, provider_events.author(sandbox, copy.event_uid))


def _outdated(
    sandbox: Sandbox, calendar: Calendar, mode: AccessMode, event_uid: str
) -> Event | None:
    """What the copy of this event in ``calendar`` has to become; None if it is so already.

    Of what an application wrote, it keeps what is the application's own; of what is deleted,
    the last known fields (events §4.3).
    """
    source = None if calendar.deleted else sandbox.provider_events.get(event_uid)
    known = sandbox.events.get((calendar.calendar_id, event_uid))
    now = sandbox.now()
    if source is None:
        if known is None or known.deleted:
            return None
        return replace(known, deleted=True, updated=now)
    details = mode.copied(source.details)
    if known is None:
        return Event(
            calendar_id=calendar.calendar_id,
            event_uid=event_uid,
            details=details,
            created=source.created,
            updated=now,
        )
    if known.details == details and not known.deleted:
        return None
    moved_from = known.moved(details)
    return replace(known, details=details, updated=now, deleted=False, moved_from=moved_from)

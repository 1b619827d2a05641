"""The access modes: what passes through a profile, one module for each.

Read ``read_write``, ``free_busy`` and ``no_calendar`` side by side: each answers the
same questions in the same order. ``cronofy_calendar`` is what the last two, and
application calendars, have in common; ``provider_calendar`` what the first two show.
"""

from __future__ import annotations

from mock_server.rules import outages
from mock_server.rules.access_modes.base import AccessMode, Destination
from mock_server.rules.access_modes.cronofy_calendar import ApplicationCalendarMode
from mock_server.rules.access_modes.free_busy import FreeBusy
from mock_server.rules.access_modes.no_calendar import NoCalendar
from mock_server.rules.access_modes.provider_calendar import QueuedForProvider
from mock_server.rules.access_modes.read_write import ReadWrite
from mock_server.world.accounts import Calendar, Profile
from mock_server.world.sandbox import Sandbox

READ_WRITE = ReadWrite()
FREE_BUSY = FreeBusy()
NO_CALENDAR = NoCalendar()
APPLICATION_CALENDAR = ApplicationCalendarMode()

# In the order in which the authorize page offers them.
ACCESS_MODES: dict[str, AccessMode] = {
    mode.name: mode for mode in (READ_WRITE, FREE_BUSY, NO_CALENDAR)
}

_ALL = {**ACCESS_MODES, APPLICATION_CALENDAR.name: APPLICATION_CALENDAR}


def of(profile: Profile) -> AccessMode:
    """The mode whose rules govern ``profile``."""
    return _ALL[profile.access_mode]


def destination(sandbox: Sandbox, calendar: Calendar) -> Destination:
    """Where writes to ``calendar`` go; raises Forbidden or Locked if nowhere."""
    profile = sandbox.profiles[calendar.profile_id]
    mode = of(profile)
    refusal = mode.write_refusal(sandbox, profile, calendar)
    if refusal is not None:
        raise refusal
    is_reached = profile.connected and outages.of_profile(sandbox, profile) is None
    return mode.behind if is_reached else QueuedForProvider()


def is_writable(sandbox: Sandbox, calendar: Calendar) -> bool:
    """Whether there is a destination for writes to ``calendar``."""
    profile = sandbox.profiles[calendar.profile_id]
    return of(profile).write_refusal(sandbox, profile, calendar) is None


def behind(sandbox: Sandbox, calendar: Calendar) -> Destination:
    """What stands behind ``calendar``, whatever has become of Cronofy's access to it."""
    return of(sandbox.profiles[calendar.profile_id]).behind


__all__ = [
    "ACCESS_MODES",
    "APPLICATION_CALENDAR",
    "FREE_BUSY",
    "NO_CALENDAR",
    "READ_WRITE",
    "AccessMode",
    "behind",
    "destination",
    "is_writable",
    "of",
]

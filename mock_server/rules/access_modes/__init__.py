"""The access modes: what passes through a profile, one module for each.

Read ``read_write``, ``free_busy`` and ``no_calendar`` side by side: each answers the
same questions in the same order. ``cronofy_calendar`` is what the last two, and
application calendars, have in common.
"""

from __future__ import annotations

from mock_server.rules.access_modes.base import AccessMode
from mock_server.rules.access_modes.cronofy_calendar import ApplicationCalendarMode
from mock_server.rules.access_modes.free_busy import FreeBusy
from mock_server.rules.access_modes.no_calendar import NoCalendar
from mock_server.rules.access_modes.read_write import ReadWrite
from mock_server.world.accounts import Profile

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


__all__ = [
    "ACCESS_MODES",
    "APPLICATION_CALENDAR",
    "FREE_BUSY",
    "NO_CALENDAR",
    "READ_WRITE",
    "AccessMode",
    "of",
]

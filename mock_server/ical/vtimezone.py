"""A time zone in an iCalendar object: its VTIMEZONE, from the tz database (RFC 5545 §3.6.5).

Changes of the clocks between the same two offsets are one observance where a yearly rule
gives exactly these changes, and one each where none does (Ramadan, Africa/Casablanca):
lists of dates, RDATE, are not read alike by all clients.
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mock_server.world.records import Record

if TYPE_CHECKING:
    from icalendar import Component, Timezone

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NONE = timedelta(0)
_WEEK = timedelta(days=7)


class _Observance(Record, frozen=True):
    """Clocks that go from one offset to another; ``kind`` is ``STANDARD`` or ``DAYLIGHT``."""

    kind: str
    name: str
    offset_from: timedelta
    offset_to: timedelta


@lru_cache(maxsize=256)
def component(tzid: str, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of ``tzid``, right for every moment of these years.

    It covers one more on either side: so no moment lies before the first observance, and
    clients see the rule in force. All who ask get the same one, which is not to be changed.
    """
    from icalendar import Timezone

    zone = ZoneInfo(tzid)
    timezone = Timezone()
    timezone.add("TZID", tzid)
    begin = datetime(max(first_year - 1, MINYEAR + 1), 1, 1, tzinfo=UTC)
    end = datetime(min(last_year + 2, MAXYEAR), 1, 1, tzinfo=UTC)
    changes = _changes(zone, begin, end)
    # The clocks before the first change; not needed where that is in the year before.
    if not changes or changes[0].year >= first_year:
        timezone.add_component(_standing(zone, begin))
    observances: dict[_Observance, list[datetime]] = {}
    for change in changes:
        observances.setdefault(_observance(zone, change), []).append(change)
    for observance, onsets in observances.items():
        rule = _yearly(onsets, observance, end.year - 1)
        for onset in onsets[:1] if rule else onsets:
            timezone.add_component(_written(observance, onset, rule))
    return timezone


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> list[datetime]:
    """The moments in UTC from which clocks show something else than before."""
    found = []
    days = [begin + timedelta(days=day) for day in range((end - begin).days + 1)]
    for before, after in pairwise(days):
        if _clock(zone, before) != _clock(zone, after):
            # Halved until it is known to the second.
            low, high = 0, int((after - before).total_seconds())
            while high - low > 1:
                middle = (low + high) // 2
                same = _clock(zone, before + timedelta(seconds=middle)) == _clock(zone, before)
                low, high = (middle, high) if same else (low, middle)
            found.append(before + timedelta(seconds=high))
    return found


def _clock(zone: ZoneInfo, moment: datetime) -> tuple[timedelta, str]:
    """The offset from UTC then, and its name."""
    local = moment.astimezone(zone)
    return local.utcoffset() or _NONE, local.tzname() or zone.key


def _observance(zone: ZoneInfo, change: datetime) -> _Observance:
    before, after = (change - timedelta(seconds=1)).astimezone(zone), change.astimezone(zone)
    (offset_from, _), (offset_to, name) = _clock(zone, before), _clock(zone, after)
    # The database says of some zones that winter is the exception (Europe/Dublin);
    # clients expect daylight saving to be what is ahead.
    saving = bool(before.dst() or after.dst()) and offset_to > offset_from
    return _Observance("DAYLIGHT" if saving else "STANDARD", name, offset_from, offset_to)


def _standing(zone: ZoneInfo, begin: datetime) -> Component:
    offset, name = _clock(zone, begin)
    return _written(_Observance("STANDARD", name, offset, offset), begin, None)


def _written(observance: _Observance, onset: datetime, rule: dict[str, Any] | None) -> Component:
    """The sub-component, with DTSTART as the clocks show it that are about to be changed."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    written = TimezoneDaylight() if observance.kind == "DAYLIGHT" else TimezoneStandard()
    written.add("DTSTART", _wall(onset, observance))
    written.add("TZOFFSETFROM", observance.offset_from)
    written.add("TZOFFSETTO", observance.offset_to)
    written.add("TZNAME", observance.name)
    if rule:
        written.add("RRULE", rule)
    return written


def _wall(onset: datetime, observance: _Observance) -> datetime:
    return (onset + observance.offset_from).replace(tzinfo=None)


def _yearly(
    onsets: list[datetime], observance: _Observance, last_year: int
) -> dict[str, Any] | None:
    """The rule by which the clocks change on these occasions and, until ``last_year``, no
    others; None if there is none.
    """
    walls = [_wall(onset, observance) for onset in onsets]
    first = walls[0]
    if len(walls) < 2 or [wall.year - first.year for wall in walls] != list(range(len(walls))):
        return None
    if len({(wall.month, wall.weekday(), wall.time()) for wall in walls}) > 1:
        return None
    if all((wall + _WEEK).month != wall.month for wall in walls):
        week = -1
    elif len({(wall.day - 1) // 7 for wall in walls}) == 1:
        week = (first.day - 1) // 7 + 1
    else:
        return None
    rule = {
        "FREQ": "YEARLY",
        "BYMONTH": first.month,
        "BYDAY": f"{week}{_DAYS[first.weekday()]}",
    }
    return rule if walls[-1].year >= last_year else {**rule, "UNTIL": onsets[-1]}

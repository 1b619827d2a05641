"""A time zone in an iCalendar object: its VTIMEZONE, from the tz database (RFC 5545 §3.6.5).

Each change of the clocks belongs to an observance: the changes between the same two offsets.
An observance's changes are written as a yearly rule where one gives exactly these, and as
a list of dates where none does (Ramadan, Africa/Casablanca).
"""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mock_server.world.records import Record

if TYPE_CHECKING:
    from icalendar import Timezone

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NONE = timedelta(0)


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
        timezone.add_component(_written(observance, onsets, end.year - 1))
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


def _standing(zone: ZoneInfo, begin: datetime) -> Any:
    offset, name = _clock(zone, begin)
    return _begun(_Observance("STANDARD", name, offset, offset), begin)


def _begun(observance: _Observance, onset: datetime) -> Any:
    """The sub-component, with DTSTART as the clocks show it that are about to be changed."""
    from icalendar import TimezoneDaylight, TimezoneStandard

    written = TimezoneDaylight() if observance.kind == "DAYLIGHT" else TimezoneStandard()
    written.add("DTSTART", _wall(onset, observance))
    written.add("TZOFFSETFROM", observance.offset_from)
    written.add("TZOFFSETTO", observance.offset_to)
    written.add("TZNAME", observance.name)
    return written


def _wall(onset: datetime, observance: _Observance) -> datetime:
    return (onset + observance.offset_from).replace(tzinfo=None)


def _written(observance: _Observance, onsets: list[datetime], last_year: int) -> Any:
    written = _begun(observance, onsets[0])
    walls = [_wall(onset, observance) for onset in onsets]
    rule = _yearly(walls)
    if rule is None:
        if walls[1:]:
            written.add("RDATE", walls[1:])
    else:
        if walls[-1].year < last_year:
            rule["UNTIL"] = onsets[-1]
        written.add("RRULE", rule)
    return written


def _yearly(walls: list[datetime]) -> dict[str, Any] | None:
    """The rule by which the clocks change on these occasions, and no others between them."""
    first = walls[0]
    years = [wall.year for wall in walls]
    if len(walls) < 2 or years != list(range(years[0], years[0] + len(walls))):
        return None
    if len({(wall.month, wall.weekday(), wall.time()) for wall in walls}) > 1:
        return None
    following_week = timedelta(days=7)
    if all((wall + following_week).month != wall.month for wall in walls):
        week = "-1"
    elif len({(wall.day - 1) // 7 for wall in walls}) == 1:
        week = str((first.day - 1) // 7 + 1)
    else:
        return None
    return {"FREQ": "YEARLY", "BYMONTH": first.month, "BYDAY": week + _DAYS[first.weekday()]}

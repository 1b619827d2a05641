"""Series: when an event that recurs takes place (events §2.8; RFC 5545 §3.3.10).

A rule's periods (days, weeks, months, years) do not depend on one another, so a window is
expanded from where it lies and not from where its series began, in blocks of periods that
are kept. Days and times are those that clocks in the event's own time zone show.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from mock_server.rules import time_zones
from mock_server.world.events import UTC, Details, Recurrence
from mock_server.world.records import Record

# Periods in a block, and the most occurrences that a day name adds to each (one without).
_BLOCK = {"daily": 128, "weekly": 52, "monthly": 24, "yearly": 8}
_MOST = {"daily": 1, "weekly": 1, "monthly": 5, "yearly": 53}

# The most occurrences of a series that one reading finds (assumed): five years of every day.
_MOST_FOUND = 2000

# What never ends is followed for so many years; no window that makes sense goes further.
_YEARS = 200

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)
_FOREVER = 2**40
# Far enough from the ends of the calendar for every clock.
_FIRST_DAY, _LAST_DAY = date.min + 3 * _DAY, date.max - 3 * _DAY


class _Series(Record, frozen=True):
    """``start`` is what clocks in ``tzid`` show when the first occurrence starts."""

    recurrence: Recurrence
    start: datetime
    tzid: str

    @property
    def end(self) -> date:
        """The last day on which an occurrence may start, for all that COUNT says."""
        if self.recurrence.until is not None:
            return min(date.fromisoformat(self.recurrence.until), self._horizon)
        return self._horizon

    @property
    def _horizon(self) -> date:
        first = self.start.date()
        return first + min(timedelta(days=365 * _YEARS), _LAST_DAY - first)


def occurrences(details: Details, after: int, before: int) -> list[tuple[int, int]]:
    """``(start, end)`` of what starts before ``before`` and ends at or after ``after``.

    The first 2000 of them, in seconds since the epoch, in order; an event that does not
    recur is its only occurrence. All last equally long, and those of an all-day event begin
    at midnight UTC of their dates. The first is the event's own start, whatever its rule
    says of that day.
    """
    length = details.end - details.start
    series = _series(details)
    if series is None:
        starts = iter([details.start])
    else:
        starts = _starts(series, details.start, after - length, before)
    found = ((start, start + length) for start in starts if after - length <= start < before)
    return list(islice(found, _MOST_FOUND))


def _series(details: Details) -> _Series | None:
    """None for an event that does not recur, or starts too late to."""
    if details.recurrence is None or _day(details.start) == _LAST_DAY:
        return None
    tzid = UTC if details.all_day else details.start_tzid
    start = time_zones.local(details.start, tzid).replace(tzinfo=None)
    return _Series(details.recurrence, start, tzid)


def starts(details: Details, earliest: int) -> Iterator[int]:
    """The starts of all occurrences from ``earliest`` on, in order."""
    series = _series(details)
    if series is None:
        found = iter([details.start])
    else:
        found = _starts(series, details.start, earliest, _FOREVER)
    return (start for start in found if start >= earliest)


def first_start(details: Details) -> int:
    """When the first occurrence starts that is no exception; at the event's own start, if all
    of them are.
    """
    series = _series(details)
    if series is None or series.start.date().isoformat() not in series.recurrence.exceptions:
        return details.start
    return next(_starts(series, details.start, details.start, _FOREVER), details.start)


def _starts(series: _Series, first: int, earliest: int, latest: int) -> Iterator[int]:
    """The starts of the blocks that a window touches, and the series' own."""
    own = series.start.date()
    # A day more on each side, since clocks differ by less.
    begin = max(_day(earliest) - _DAY, own)
    end = min(_day(latest) + _DAY, series.end)
    if own.isoformat() not in series.recurrence.exceptions:
        yield first
    if begin > end:
        return
    until = _last_counted(series, end)
    if until is not None:
        end = min(end, until.date())
    for number in range(_block_of(series, begin), _block_of(series, end) + 1):
        for wall, start in _block(series, number):
            if until is None or wall <= until:
                yield start


def _day(seconds: int) -> date:
    earliest, latest = (_FIRST_DAY - _EPOCH).days, (_LAST_DAY - _EPOCH).days
    return _EPOCH + timedelta(days=min(max(seconds // 86_400, earliest), latest))


def _last_counted(series: _Series, end: date) -> datetime | None:
    """The last occurrence by COUNT; None if it does not come before ``end`` for certain."""
    recurrence = series.recurrence
    if recurrence.count is None:
        return None
    periods = (_block_of(series, end) + 1) * _BLOCK[recurrence.frequency]
    most = _MOST[recurrence.frequency] * max(len(recurrence.by_day), 1)
    return _last(series) if periods * most >= recurrence.count else None


@lru_cache(maxsize=4096)
def _last(series: _Series) -> datetime:
    """The start of the last occurrence that COUNT allows; left out or not, each counts."""
    assert series.recurrence.count is not None
    left = series.recurrence.count - 1  # the first is the series' own
    last = series.start
    for number in range(_block_of(series, series.end) + 1):
        walls = _walls(series, number)
        if len(walls) >= left:
            return walls[left - 1] if left else last
        left -= len(walls)
    return datetime.max


@lru_cache(maxsize=4096)
def _block(series: _Series, number: int) -> tuple[tuple[datetime, int], ...]:
    """The starts in one block of periods after the series' own, without its exceptions."""
    exceptions = frozenset(series.recurrence.exceptions)
    return tuple(
        (wall, time_zones.instant(wall, series.tzid))
        for wall in _walls(series, number)
        if wall.date().isoformat() not in exceptions
    )


def _walls(series: _Series, number: int) -> list[datetime]:
    """The same on the clocks of the series' zone, exceptions included."""
    recurrence, start = series.recurrence, series.start
    per_block = _BLOCK[recurrence.frequency] * recurrence.interval
    first = _period(recurrence.frequency, start, number * per_block)
    following = _period(recurrence.frequency, start, (number + 1) * per_block)
    end = datetime.combine(series.end + _DAY, datetime.min.time())
    if following is not None:
        end = min(end, following)
    if first is None or first >= end:
        return []
    expanded = {wall for days in _days(series) for wall in _expanded(series, first, end, days)}
    return sorted(wall for wall in expanded if wall > start)


def _expanded(
    series: _Series, first: datetime, end: datetime, days: dict[str, Any]
) -> Iterator[datetime]:
    """What python-dateutil makes of the rule from ``first`` until before ``end``.

    It looks for days that never come until the year 9999. So it is asked for every day of a
    daily rule, and the days of the week are chosen here; the days of all other rules come
    once in some decades at least.
    """
    from dateutil import rrule

    recurrence = series.recurrence
    found = rrule.rrule(
        getattr(rrule, recurrence.frequency.upper()),
        dtstart=first,
        interval=recurrence.interval,
        until=end - timedelta(seconds=1),
        **days,
    )
    if recurrence.frequency == "daily" and recurrence.by_day:
        named = {day.day for day in recurrence.by_day}
        return (wall for wall in found if _WEEKDAYS[wall.weekday()] in named)
    return iter(found)


def _days(series: _Series) -> list[dict[str, Any]]:
    """The days within a period, as arguments of dateutil's rules, which add up.

    To dateutil, days with and without a number in one rule must both be met.
    """
    from dateutil import rrule

    recurrence, start = series.recurrence, series.start
    if recurrence.by_day and recurrence.frequency != "daily":
        counted = recurrence.frequency in {"monthly", "yearly"}
        groups: dict[bool, list[Any]] = {}
        for day in recurrence.by_day:
            nth = day.nth if counted else None
            if abs(nth or 0) > _MOST[recurrence.frequency]:
                continue  # there is no such day
            named = getattr(rrule, day.day[:2].upper())(nth)
            groups.setdefault(nth is None, []).append(named)
        return [{"byweekday": days} for days in groups.values()]
    match recurrence.frequency:
        case "daily":
            return [{}]
        case "weekly":
            return [{"byweekday": start.weekday()}]
        case "monthly":
            return [{"bymonthday": start.day}]
        case _:
            return [{"bymonth": start.month, "bymonthday": start.day}]


def _block_of(series: _Series, day: date) -> int:
    """The number of the block that holds ``day``."""
    start = series.start.date()
    match series.recurrence.frequency:
        case "daily":
            periods = (day - start).days
        case "weekly":
            periods = (day - start + timedelta(days=start.weekday())).days // 7
        case "monthly":
            periods = (day.year - start.year) * 12 + day.month - start.month
        case _:
            periods = day.year - start.year
    return periods // (_BLOCK[series.recurrence.frequency] * series.recurrence.interval)


def _period(frequency: str, start: datetime, number: int) -> datetime | None:
    """The first day of the period ``number`` after the one of ``start``, at its time of day;
    None after the last year.
    """
    try:
        match frequency:
            case "daily":
                return start + timedelta(days=number)
            case "weekly":
                return start + timedelta(days=7 * number - start.weekday())
            case "monthly":
                months = start.year * 12 + start.month - 1 + number
                return start.replace(year=months // 12, month=months % 12 + 1, day=1)
            case _:
                return start.replace(year=start.year + number, month=1, day=1)
    except (OverflowError, ValueError):
        return None

"""When accounts are available by their rules and periods (scheduling §§3.4, 7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from mock_server.rules import time_zones
from mock_server.rules.availability.intervals import Interval, Intervals, merge
from mock_server.world.accounts import Authorization
from mock_server.world.availability import AvailabilityRule
from mock_server.world.events import Day, buckets_between
from mock_server.world.sandbox import Sandbox

_MONDAY_TO_SUNDAY: tuple[Day, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_DAY = timedelta(days=1)


def managed_time(
    sandbox: Sandbox,
    authorization: Authorization,
    rules: list[AvailabilityRule],
    after: int,
    before: int,
) -> Intervals:
    """The hours of any of ``rules``, and all the account's available periods, as far as they
    overlap what lies from ``after`` until before ``before``.
    """
    hours = [interval for rule in rules for interval in expanded(rule, after, before)]
    return merge(hours + _periods(sandbox, authorization, after, before))


def _periods(
    sandbox: Sandbox, authorization: Authorization, after: int, before: int
) -> list[Interval]:
    days = ((*authorization.key, *bucket) for bucket in buckets_between(after, before))
    return [
        (period.start, period.end)
        for period in sandbox.available_periods.among("span", days)
        if period.start < before and period.end > after
    ]


def expanded(rule: AvailabilityRule, after: int, before: int) -> Intervals:
    """The weekly hours of ``rule`` that overlap what lies from ``after`` until before
    ``before``, whole, as instants.
    """
    return merge(
        (start, end) for start, end in _hours(rule, after, before) if start < before and end > after
    )


def _hours(rule: AvailabilityRule, after: int, before: int) -> Iterator[Interval]:
    """Day by day, as the calendar in the rule's zone has them."""
    tzid = rule.tzid
    week = [_minutes(rule, day) for day in _MONDAY_TO_SUNDAY]
    # A clock change around midnight can move hours of the day before to this one, and the
    # other way round.
    day = time_zones.local(after, tzid).date() - _DAY
    last = time_zones.local(before, tzid).date() + _DAY
    midnight = _midnight(day, tzid)
    while day <= last:
        following = _midnight(day + _DAY, tzid)
        if following - midnight == _DAY.total_seconds():
            for start, end in week[day.weekday()]:
                yield midnight + start * 60, midnight + end * 60
        else:
            for start, end in week[day.weekday()]:
                yield _instant(day, start, tzid), _instant(day, end, tzid)
        day += _DAY
        midnight = following


def _minutes(rule: AvailabilityRule, day: Day) -> Intervals:
    """The hours of a day of the week, in minutes after midnight."""
    return merge((hours.start, hours.end) for hours in rule.weekly_periods if hours.day == day)


def _instant(day: date, minutes: int, tzid: str) -> int:
    """1440 minutes are the next midnight, however long the day is."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return time_zones.instant(wall, tzid)


# Who is asked about together is often asked about the same days.
@lru_cache(maxsize=4096)
def _midnight(day: date, tzid: str) -> int:
    return _instant(day, 0, tzid)

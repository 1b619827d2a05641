"""When accounts are available by their rules and periods (scheduling §§3.4, 7)."""

from __future__ import annotations

from collections.abc import Iterator

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
_DAY = 86_400

# The day of the epoch.
_THURSDAY = 3


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
    """Day by day, as the calendar in the rule's zone has them; days are what clocks show."""
    tzid = rule.tzid
    week = [_minutes(rule, day) for day in _MONDAY_TO_SUNDAY]
    # A clock change around midnight can move hours of the day before to this one, and the
    # other way round.
    day = time_zones.wall_clock(after, tzid) // _DAY * _DAY - _DAY
    last = time_zones.wall_clock(before, tzid) + _DAY
    midnight = time_zones.of_wall_clock(day, tzid)
    while day <= last:
        following = time_zones.of_wall_clock(day + _DAY, tzid)
        for start, end in week[(day // _DAY + _THURSDAY) % 7]:
            if following - midnight == _DAY:
                yield midnight + start * 60, midnight + end * 60
            else:
                yield (
                    time_zones.of_wall_clock(day + start * 60, tzid),
                    time_zones.of_wall_clock(day + end * 60, tzid),
                )
        day, midnight = day + _DAY, following


def _minutes(rule: AvailabilityRule, day: Day) -> Intervals:
    """The hours of a day of the week, in minutes after midnight."""
    return merge((hours.start, hours.end) for hours in rule.weekly_periods if hours.day == day)

"""Quotas: days and weeks that hold as many of an application's events as they may (scheduling
§1.9).
"""

from __future__ import annotations

from collections import Counter
from typing import Literal

from mock_server.rules import recurrence, time_zones
from mock_server.rules.availability.intervals import Interval, Intervals, merge
from mock_server.rules.busy_times import Asking
from mock_server.world.accounts import Calendar
from mock_server.world.events import Event, buckets_between, occurrence_uid
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

_DAY = 86_400

# The epoch was a Thursday; weeks start on Mondays.
_MONDAY = 4 * _DAY


class Constraint(Record, frozen=True):
    """At most ``limit`` events in each ``period`` of ``tzid``, or of the account's time zone.

    With ``tags`` only events that carry all of them count; None is a tag that no event has.
    """

    period: Literal["day", "week"]
    limit: int
    tags: frozenset[str | None] = frozenset()
    tzid: str | None = None


def full_periods(
    sandbox: Sandbox,
    calendars: list[Calendar],
    window: Interval,
    constraint: Constraint,
    tzid: str,
    asking: Asking,
) -> Intervals:
    """The days or weeks around ``window`` that hold no more events in ``calendars``.

    An event counts where it starts. ``tzid`` is the account's time zone.
    """
    tzid = constraint.tzid or tzid
    length = _DAY if constraint.period == "day" else 7 * _DAY
    first = _period(time_zones.wall_clock(window[0], tzid), length)
    last = _period(time_zones.wall_clock(window[1], tzid), length)
    periods = range(first, last + 1, length)
    held = Counter(
        _period(start, length)
        for calendar in calendars
        if not calendar.deleted
        for start in _starts(sandbox, calendar, (first, last + length), constraint, tzid, asking)
    )
    return merge(
        (time_zones.of_wall_clock(period, tzid), time_zones.of_wall_clock(period + length, tzid))
        for period in periods
        if held[period] >= constraint.limit
    )


def _period(wall: int, length: int) -> int:
    """When the day or week of a moment begins; both as clocks show them, in seconds."""
    monday = _MONDAY if length > _DAY else 0
    return (wall - monday) // length * length + monday


def _starts(
    sandbox: Sandbox,
    calendar: Calendar,
    walls: Interval,
    constraint: Constraint,
    tzid: str,
    asking: Asking,
) -> list[int]:
    """When the events that count start between two moments, all as clocks in ``tzid`` show it."""
    places = [
        (calendar.calendar_id, *day) for day in buckets_between(walls[0] - _DAY, walls[1] + _DAY)
    ]
    starts: list[int] = []
    for event in sandbox.events.among("span", places):
        if not _counts(event, constraint, asking):
            continue
        for start, _ in recurrence.occurrences(event.details, walls[0] - _DAY, walls[1] + _DAY):
            if occurrence_uid(event.event_uid, start) in asking.event_uids:
                continue
            wall = start if event.details.all_day else time_zones.wall_clock(start, tzid)
            if walls[0] <= wall < walls[1]:
                starts.append(wall)
    return starts


def _counts(event: Event, constraint: Constraint, asking: Asking) -> bool:
    managed, details = event.managed, event.details
    return (
        managed is not None
        and managed.client_id == asking.client_id
        and constraint.tags.issubset(managed.tags)
        and not event.deleted
        and details.status != "cancelled"
        and details.participation != "declined"
        and not asking.excludes(event)
    )

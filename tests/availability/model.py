"""People, their calendars and their hours, described as plainly as a query can ask about them.

Times are texts as in requests; people and calendars are known by their names, which a query has
in place of ids.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

Document = dict[str, Any]
Span = tuple[int, int]

# The application that asks, and another one.
OURS, THEIRS = "ours", "theirs"

DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@cache
def minute(text: str) -> int:
    """Minutes since the epoch."""
    return int(datetime.fromisoformat(text).timestamp()) // 60


@cache
def text_of(minutes: int) -> str:
    return datetime.fromtimestamp(minutes * 60, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@cache
def clocks_show(day: date, minutes: int, tzid: str) -> int:
    """When clocks in ``tzid`` show so many minutes after midnight, 1440 for the next midnight.

    Of what they show twice the first, of what they skip an hour later on the clock (§7): this is
    what ``fold=0`` means.
    """
    shown = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return int(shown.replace(tzinfo=ZoneInfo(tzid), fold=0).timestamp()) // 60


@cache
def seen_in(minutes: int, tzid: str) -> datetime:
    """What clocks and calendars in ``tzid`` show then."""
    return datetime.fromtimestamp(minutes * 60, ZoneInfo(tzid))


@dataclass(frozen=True)
class Event:
    """``start`` and ``end`` are times, or dates if it is all-day.

    ``written``: by the application, ``name`` is its ``event_id``; ``foreign``: by another one.
    ``days``: so many in a row.
    """

    name: str
    calendar: str
    start: str
    end: str
    written: bool = False
    foreign: bool = False
    transparency: str = "opaque"
    status: str = "confirmed"
    participation: str = "accepted"
    tags: tuple[str, ...] = ()
    deleted: bool = False
    days: int = 1

    @property
    def all_day(self) -> bool:
        return len(self.start) == len("2026-05-12")

    def spans(self, tzid: str) -> list[Span]:
        """Its times, for somebody whose account is in ``tzid``."""
        if self.all_day:
            days = date.fromisoformat(self.start), date.fromisoformat(self.end)
            return [(clocks_show(days[0], 0, tzid), clocks_show(days[1], 0, tzid))]
        start, length = minute(self.start), minute(self.end) - minute(self.start)
        shown = seen_in(start, tzid)
        later = (
            clocks_show(shown.date() + number * DAY, shown.hour * 60 + shown.minute, tzid)
            for number in range(1, self.days)
        )
        return [(begin, begin + length) for begin in (start, *later)]

    @property
    def writer(self) -> str | None:
        """The application that wrote it."""
        return OURS if self.written else THEIRS if self.foreign else None

    @property
    def is_off(self) -> bool:
        return self.deleted or self.status == "cancelled" or self.participation == "declined"

    @property
    def is_tentative(self) -> bool:
        return "tentative" in {self.transparency, self.status, self.participation}


@dataclass(frozen=True)
class Rule:
    """``weekly`` periods are a day's name and two clock times; ``calendars`` None for all."""

    rule_id: str
    tzid: str
    weekly: tuple[tuple[str, str, str], ...]
    calendars: tuple[str, ...] | None = None

    def spans(self, first: date, last: date) -> Iterator[Span]:
        """The hours of each local date between."""
        for number in range((last - first).days + 1):
            day = first + number * DAY
            for start, end in _hours(self.weekly, WEEKDAYS[day.weekday()]):
                yield clocks_show(day, start, self.tzid), clocks_show(day, end, self.tzid)


@cache
def _hours(weekly: tuple[tuple[str, str, str], ...], weekday: str) -> list[Span]:
    """Of a day of the week, in minutes after midnight; periods that overlap are one (§3.2)."""
    covered = {
        minutes
        for day, start, end in weekly
        if day == weekday
        for minutes in range(_after_midnight(start), _after_midnight(end))
    }
    starts = sorted(minutes for minutes in covered if minutes - 1 not in covered)
    ends = sorted(minutes + 1 for minutes in covered if minutes + 1 not in covered)
    return list(zip(starts, ends, strict=True))


def _after_midnight(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True)
class Person:
    name: str
    tzid: str
    calendars: tuple[str, ...]
    events: tuple[Event, ...] = ()
    rules: tuple[Rule, ...] = ()
    periods: tuple[tuple[str, str], ...] = ()
    free_busy: bool = False


@dataclass(frozen=True)
class World:
    """``day`` is today."""

    day: date
    people: tuple[Person, ...]

    def person(self, name: str) -> Person:
        return {person.name: person for person in self.people}[name]

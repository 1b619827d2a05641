"""When accounts can be scheduled, as an application says it: rules and periods (scheduling §3)."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta

from mock_server.world.events import Day
from mock_server.world.records import Record

# Of the caller's own ids.
MOST_ID = 64

MINUTES_OF_DAY = 1440

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def from_clock(text: object) -> int | None:
    """``09:30`` in minutes after midnight, ``24:00`` the next one; None for what is neither."""
    if text == "24:00":
        return MINUTES_OF_DAY
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    return int(found[1]) * 60 + int(found[2]) if found else None


def as_clock(minutes: int) -> str:
    """``09:30``, or ``24:00``."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


class WeeklyPeriod(Record, frozen=True):
    """Hours of a day of the week, in minutes after midnight as clocks show them; the end may be
    the next midnight.
    """

    day: Day
    start: Annotated[int, Meta(ge=0, lt=MINUTES_OF_DAY)]
    end: Annotated[int, Meta(gt=0, le=MINUTES_OF_DAY)]


class AvailabilityRule(Record, frozen=True):
    """Weekly hours in ``tzid``; ``calendar_ids`` are the calendars that affect them, None for
    all.
    """

    client_id: str
    sub: str
    availability_rule_id: Annotated[str, Meta(max_length=MOST_ID)]
    tzid: str
    weekly_periods: tuple[WeeklyPeriod, ...]
    calendar_ids: tuple[str, ...] | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.client_id, self.sub, self.availability_rule_id


class AvailablePeriod(Record, frozen=True):
    """One time, in seconds since the epoch; ``tzid`` is the time zone given with it, if any."""

    client_id: str
    sub: str
    available_period_id: Annotated[str, Meta(max_length=MOST_ID)]
    start: int
    end: int
    tzid: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        return self.client_id, self.sub, self.available_period_id

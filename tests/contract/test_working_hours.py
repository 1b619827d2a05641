"""scheduling.md §7: weekly hours in a zone, as instants; the examples are the contract's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mock_server.rules.working_hours import expanded
from mock_server.world.availability import AvailabilityRule, WeeklyPeriod
from mock_server.world.events import Day

LONDON, NEW_YORK = "Europe/London", "America/New_York"
DAYS: dict[str, Day] = {
    "mon": "monday",
    "tue": "tuesday",
    "wed": "wednesday",
    "thu": "thursday",
    "fri": "friday",
    "sat": "saturday",
    "sun": "sunday",
}


def minutes(clock: str) -> int:
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def seconds(text: str) -> int:
    """``2026-03-23T09:00``, or a day, in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def instants(hours: str, tzid: str, after: str, before: str) -> list[str]:
    """The hours of a rule (``mon 09:00–17:00, tue …``) between two moments."""
    weekly = []
    for part in filter(None, hours.split(", ")):
        day, span = part.split(" ")
        start, end = span.split("–")
        weekly.append(WeeklyPeriod(DAYS[day], minutes(start), minutes(end)))
    rule = AvailabilityRule("client", "acc", "default", tzid, tuple(weekly))
    found = expanded(rule, seconds(after), seconds(before))
    return [f"{_text(start)}–{_text(end)}" for start, end in found]


def _text(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%m-%dT%H:%M")


EXAMPLES: dict[str, tuple[str, str, str, str, list[str]]] = {
    "T1": ("mon 09:00–17:00", LONDON, "2026-03-23", "2026-03-24", ["03-23T09:00–03-23T17:00"]),
    "T2": ("mon 09:00–17:00", LONDON, "2026-03-30", "2026-03-31", ["03-30T08:00–03-30T16:00"]),
    "T3-before": (
        "fri 09:00–17:00",
        NEW_YORK,
        "2026-03-06",
        "2026-03-07",
        ["03-06T14:00–03-06T22:00"],
    ),
    "T3-after": (
        "mon 09:00–17:00",
        NEW_YORK,
        "2026-03-09",
        "2026-03-10",
        ["03-09T13:00–03-09T21:00"],
    ),
    "T4-before": (
        "fri 09:00–17:00",
        NEW_YORK,
        "2026-10-30",
        "2026-10-31",
        ["10-30T13:00–10-30T21:00"],
    ),
    "T4-after": (
        "mon 09:00–17:00",
        NEW_YORK,
        "2026-11-02",
        "2026-11-03",
        ["11-02T14:00–11-02T22:00"],
    ),
    "T5-23-hours": (
        "sun 00:00–24:00",
        LONDON,
        "2026-03-28",
        "2026-03-31",
        ["03-29T00:00–03-29T23:00"],
    ),
    "T6-25-hours": (
        "sun 00:00–24:00",
        LONDON,
        "2026-10-24",
        "2026-10-27",
        ["10-24T23:00–10-26T00:00"],
    ),
    "T7-skipped": (
        "sun 01:30–09:00",
        LONDON,
        "2026-03-29",
        "2026-03-30",
        ["03-29T01:30–03-29T08:00"],
    ),
    "T8-twice": (
        "sun 01:30–09:00",
        LONDON,
        "2026-10-25",
        "2026-10-26",
        ["10-25T00:30–10-25T09:00"],
    ),
    "7-negative-by-a-change": ("sun 01:45–02:15", LONDON, "2026-03-29", "2026-03-30", []),
    "7-all-of-it-skipped": (
        "sun 01:00–01:30",
        LONDON,
        "2026-03-29",
        "2026-03-30",
        ["03-29T01:00–03-29T01:30"],
    ),
    "7-ends-twice": (
        "sun 00:00–01:30",
        LONDON,
        "2026-10-24",
        "2026-10-26",
        ["10-24T23:00–10-25T00:30"],
    ),
    "7-local-weekday": (
        "mon 07:00–09:00",
        "Asia/Tokyo",
        "2026-05-10",
        "2026-05-12",
        ["05-10T22:00–05-11T00:00"],
    ),
    "7-local-weekday-west": (
        "mon 20:00–24:00",
        "Pacific/Honolulu",
        "2026-05-11",
        "2026-05-13",
        ["05-12T06:00–05-12T10:00"],
    ),
    "7-half-an-hour": (
        "mon 09:00–10:00",
        "Asia/Kolkata",
        "2026-05-11",
        "2026-05-12",
        ["05-11T03:30–05-11T04:30"],
    ),
    "3.2-overlapping-are-one": (
        "mon 09:00–12:00, mon 11:00–13:00, mon 13:00–14:00",
        "Etc/UTC",
        "2026-05-11",
        "2026-05-12",
        ["05-11T09:00–05-11T14:00"],
    ),
    "3.2-order-does-not-matter": (
        "tue 09:00–10:00, mon 13:00–14:00, mon 09:00–10:00",
        "Etc/UTC",
        "2026-05-11",
        "2026-05-13",
        ["05-11T09:00–05-11T10:00", "05-11T13:00–05-11T14:00", "05-12T09:00–05-12T10:00"],
    ),
    "3.2-across-midnight-takes-two": (
        "mon 22:00–24:00, tue 00:00–06:00",
        LONDON,
        "2026-05-11",
        "2026-05-13",
        ["05-11T21:00–05-12T05:00"],
    ),
    "weeks": (
        "mon 09:00–10:00",
        "Etc/UTC",
        "2026-05-11",
        "2026-05-26",
        [f"05-{day}T09:00–05-{day}T10:00" for day in (11, 18, 25)],
    ),
    "whole-at-the-edges": (
        "mon 09:00–17:00",
        "Etc/UTC",
        "2026-05-11T16:59",
        "2026-05-18T09:01",
        ["05-11T09:00–05-11T17:00", "05-18T09:00–05-18T17:00"],
    ),
    "edges-are-half-open": (
        "mon 09:00–17:00",
        "Etc/UTC",
        "2026-05-11T17:00",
        "2026-05-18T09:00",
        [],
    ),
    "no-hours": ("", LONDON, "2026-05-11", "2026-06-11", []),
    # Samoa left out Friday 30 December 2011: clocks showed the 31st after the 29th.
    "a-skipped-day": (
        "thu 09:00–17:00, sat 09:00–17:00",
        "Pacific/Apia",
        "2011-12-29",
        "2012-01-01",
        ["12-29T19:00–12-30T03:00", "12-30T19:00–12-31T03:00"],
    ),
    # Its hours are skipped time, which lands on the next day.
    "hours-of-a-skipped-day": (
        "fri 09:00–17:00",
        "Pacific/Apia",
        "2011-12-30T18:00",
        "2011-12-31T12:00",
        ["12-30T19:00–12-31T03:00"],
    ),
    # Newfoundland went back from a minute past midnight to the evening before.
    "a-day-that-began-twice": (
        "sun 00:00–02:00",
        "America/St_Johns",
        "2010-11-07T02:40",
        "2010-11-07T02:50",
        ["11-07T02:30–11-07T05:30"],
    ),
    # Cuba goes back from one o'clock to midnight, which comes twice.
    "midnight-twice": (
        "sat 23:00–24:00, sun 00:00–02:00",
        "America/Havana",
        "2026-10-31",
        "2026-11-02",
        ["11-01T03:00–11-01T07:00"],
    ),
    # Lebanon goes forward at midnight, which never comes.
    "midnight-never": (
        "sat 23:00–24:00, sun 00:00–02:00",
        "Asia/Beirut",
        "2026-03-28",
        "2026-03-30",
        ["03-28T21:00–03-28T23:00"],
    ),
}


@pytest.mark.parametrize("case", EXAMPLES)
def test_expanded(case: str) -> None:
    """By local date, with the offset of that date; what is skipped lands later, what comes twice
    is its first time."""
    hours, tzid, after, before, expected = EXAMPLES[case]
    assert instants(hours, tzid, after, before) == expected

"""When events that recur take place (events §2.8), against calendars written out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import Document, person
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"


def series(
    open_sandbox: Open,
    zone: str,
    event: Document,
    window: tuple[str, str],
    clock: str = "2026-05-11T08:00:00Z",
) -> list[tuple[str, str]]:
    """Start and end of what GET /v1/events answers, as clocks in ``zone`` show them."""
    sandbox = open_sandbox(clock=clock, scenario={"people": [person(JANE, zoneinfo=zone)]})
    response = sandbox.control("POST", f"/people/{JANE}/events", json={"summary": "S", **event})
    assert response.status_code == 201, response.text
    token = sandbox.connect(JANE)["access_token"]
    query = {"tzid": zone, "from": window[0], "to": window[1], "localized_times": "true"}
    response = sandbox.call(token, "GET", "/v1/events", params=query)
    found = response.json()["events"]
    assert all(one["recurring"] for one in found)
    assert len({one["series_identifier"] for one in found}) <= 1
    assert len({one["event_uid"] for one in found}) == len(found)
    return [(one["start"]["time"], one["end"]["time"]) for one in found]


# Zone, the event, the window, and when it starts.
CLOCKS: dict[str, tuple[str, Document, tuple[str, str], list[str]]] = {
    "summer time ends in London": (
        "Europe/London",
        {
            "start": "2026-10-20T10:00:00+01:00",
            "end": "2026-10-20T11:00:00+01:00",
            "recurrence": {"frequency": "weekly"},
        },
        ("2026-10-01", "2026-11-11"),
        [
            "2026-10-20T10:00:00+01:00",
            "2026-10-27T10:00:00+00:00",
            "2026-11-03T10:00:00+00:00",
            "2026-11-10T10:00:00+00:00",
        ],
    ),
    "summer time ends in New York": (
        "America/New_York",
        {
            "start": "2026-10-30T09:00:00-04:00",
            "end": "2026-10-30T09:30:00-04:00",
            "recurrence": {"frequency": "daily", "by_day": ["friday", "saturday", "sunday"]},
        },
        ("2026-10-30", "2026-11-02"),
        ["2026-10-30T09:00:00-04:00", "2026-10-31T09:00:00-04:00", "2026-11-01T09:00:00-05:00"],
    ),
    "an hour that there is twice": (
        "Europe/London",
        {
            "start": "2026-10-24T01:30:00+01:00",
            "end": "2026-10-24T02:00:00+01:00",
            "recurrence": {"frequency": "daily", "count": 3},
        },
        ("2026-10-20", "2026-11-01"),
        ["2026-10-24T01:30:00+01:00", "2026-10-25T01:30:00+01:00", "2026-10-26T01:30:00+00:00"],
    ),
    "an hour that there is not": (
        "Australia/Sydney",
        {
            "start": "2026-10-03T02:30:00+10:00",
            "end": "2026-10-03T03:00:00+10:00",
            "recurrence": {"frequency": "daily", "count": 3},
        },
        ("2026-10-01", "2026-10-10"),
        ["2026-10-03T02:30:00+10:00", "2026-10-04T03:30:00+11:00", "2026-10-05T02:30:00+11:00"],
    ),
    "half an hour on Lord Howe Island": (
        "Australia/Lord_Howe",
        {
            "start": "2026-10-03T09:00:00+10:30",
            "end": "2026-10-03T10:00:00+10:30",
            "recurrence": {"frequency": "daily", "until": "2026-10-04"},
        },
        ("2026-10-01", "2026-10-10"),
        ["2026-10-03T09:00:00+10:30", "2026-10-04T09:00:00+11:00"],
    ),
    "no summer time in Tokyo": (
        "Asia/Tokyo",
        {
            "start": "2026-10-24T00:30:00+09:00",
            "end": "2026-10-24T01:00:00+09:00",
            "recurrence": {"frequency": "weekly", "interval": 2, "count": 3},
        },
        ("2026-10-01", "2026-12-01"),
        ["2026-10-24T00:30:00+09:00", "2026-11-07T00:30:00+09:00", "2026-11-21T00:30:00+09:00"],
    ),
    "by a zone of its own": (
        "Asia/Tokyo",
        {
            "tzid": "Europe/Paris",
            "start": "2026-10-23T18:00:00Z",
            "end": "2026-10-23T19:00:00Z",
            "recurrence": {"frequency": "weekly", "count": 2},
        },
        ("2026-10-01", "2026-12-01"),
        ["2026-10-23T20:00:00+02:00", "2026-10-30T20:00:00+01:00"],
    ),
}


@pytest.mark.parametrize("case", CLOCKS)
def test_clocks(open_sandbox: Open, case: str) -> None:
    """A series keeps its time of day in the event's zone when clocks change."""
    zone, event, window, expected = CLOCKS[case]
    assert [start for start, _ in series(open_sandbox, zone, event, window)] == expected


# The rule, the first day, and the days on which the event takes place.
DAYS: dict[str, tuple[Document, str, list[str]]] = {
    "daily": ({"frequency": "daily", "count": 3}, "2026-05-30", ["05-30", "05-31", "06-01"]),
    "every third day": (
        {"frequency": "daily", "interval": 3, "until": "2026-06-06"},
        "2026-05-30",
        ["05-30", "06-02", "06-05"],
    ),
    "until the day itself": (
        {"frequency": "daily", "until": "2026-06-01"},
        "2026-05-31",
        ["05-31", "06-01"],
    ),
    "once": ({"frequency": "daily", "count": 1}, "2026-05-30", ["05-30"]),
    "every other week, on two days": (
        {"frequency": "weekly", "interval": 2, "by_day": ["monday", "thursday"], "count": 5},
        "2026-05-14",
        ["05-14", "05-25", "05-28", "06-08", "06-11"],
    ),
    "a first day that the rule does not have": (
        {"frequency": "weekly", "by_day": ["monday"], "count": 3},
        "2026-05-13",
        ["05-13", "05-18", "05-25"],
    ),
    "the first Monday": (
        {"frequency": "monthly", "by_day": [{"day": "monday", "nth_of_period": 1}], "count": 4},
        "2026-05-04",
        ["05-04", "06-01", "07-06", "08-03"],
    ),
    "the last Friday": (
        {"frequency": "monthly", "by_day": [{"day": "friday", "nth_of_period": -1}], "count": 3},
        "2026-05-29",
        ["05-29", "06-26", "07-31"],
    ),
    "the first Monday and every Friday": (
        {
            "frequency": "monthly",
            "by_day": [{"day": "monday", "nth_of_period": 1}, "friday"],
            "until": "2026-06-12",
        },
        "2026-05-22",
        ["05-22", "05-29", "06-01", "06-05", "06-12"],
    ),
    "the 31st": (
        {"frequency": "monthly", "count": 3},
        "2026-05-31",
        ["05-31", "07-31", "08-31"],
    ),
    "every quarter": (
        {"frequency": "monthly", "interval": 3, "count": 3},
        "2026-05-15",
        ["05-15", "08-15", "11-15"],
    ),
    "left out days count": (
        {"frequency": "weekly", "count": 4, "exceptions": ["2026-05-19", "2026-05-20"]},
        "2026-05-12",
        ["05-12", "05-26", "06-02"],
    ),
    "the first left out": (
        {"frequency": "weekly", "count": 2, "exceptions": ["2026-05-12"]},
        "2026-05-12",
        ["05-19"],
    ),
    "all left out": (
        {"frequency": "weekly", "count": 1, "exceptions": ["2026-05-12"]},
        "2026-05-12",
        [],
    ),
}


@pytest.mark.parametrize("kind", ["timed", "all-day"])
@pytest.mark.parametrize("case", DAYS)
def test_days(open_sandbox: Open, case: str, kind: str) -> None:
    """Intervals, days of the week, their number in the month, ends and exceptions."""
    recurrence, first, expected = DAYS[case]
    if kind == "timed":
        times = {"start": f"{first}T23:00:00-04:00", "end": f"{first}T23:30:00-04:00"}
    else:
        times = {"start": first, "end": _next(first)}
    event = {**times, "recurrence": recurrence}
    found = series(open_sandbox, "America/New_York", event, ("2026-05-01", "2026-11-28"))
    assert [start[5:10] for start, _ in found] == expected


def _next(day: str) -> str:
    from datetime import date, timedelta

    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def test_leap_days(open_sandbox: Open) -> None:
    """The 29th of February comes every four years."""
    event = {
        "start": "2024-02-29",
        "end": "2024-03-01",
        "recurrence": {"frequency": "yearly"},
    }
    for clock, window, expected in (
        ("2026-02-20T00:00:00Z", ("2026-02-01", "2026-03-20"), []),
        ("2028-02-20T00:00:00Z", ("2028-02-01", "2028-03-20"), [("2028-02-29", "2028-03-01")]),
    ):
        assert series(open_sandbox, "Europe/London", event, window, clock) == expected


def test_the_window(open_sandbox: Open) -> None:
    """What ends on or after ``from`` and starts before ``to``, of a series as of an event."""
    event = {
        "start": "2026-05-01",
        "end": "2026-05-04",
        "recurrence": {"frequency": "weekly"},
    }
    found = series(open_sandbox, "Europe/London", event, ("2026-05-18", "2026-05-29"))
    assert found == [("2026-05-15", "2026-05-18"), ("2026-05-22", "2026-05-25")]


def test_a_series_of_long_ago(open_sandbox: Open) -> None:
    """It is found however long ago it began; when it has ended, it is not."""
    event: dict[str, Any] = {
        "start": "1990-01-01T09:00:00Z",
        "end": "1990-01-01T10:00:00Z",
        "recurrence": {"frequency": "weekly", "interval": 2},
    }
    window = ("2026-05-11", "2026-05-30")
    found = series(open_sandbox, "Europe/London", event, window)
    assert found == [("2026-05-18T09:00:00+01:00", "2026-05-18T10:00:00+01:00")]
    # The 949th fortnight after the first.
    for count, expected in ((949, []), (950, found)):
        event["recurrence"]["count"] = count
        assert series(open_sandbox, "Europe/London", event, window) == expected


def test_the_end_of_time(open_sandbox: Open) -> None:
    """A series that reaches the last year stops there."""
    event = {
        "start": "9999-12-20T09:00:00Z",
        "end": "9999-12-20T10:00:00Z",
        "recurrence": {"frequency": "weekly"},
    }
    window = ("9999-12-01", "9999-12-31")
    found = series(open_sandbox, "Asia/Tokyo", event, window, "9999-12-25T00:00:00Z")
    assert [start for start, _ in found] == [
        "9999-12-20T18:00:00+09:00",
        "9999-12-27T18:00:00+09:00",
    ]

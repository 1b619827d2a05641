"""scheduling.md §§1.7, 1.9, 2.3, 3.4, 7: every worked example, under its own name."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from tests.contract.availability import (
    at,
    busy,
    grid,
    group,
    member,
    minutes,
    open_office,
    somebody,
    spans,
    step,
)
from tests.contract.documents import Document
from tests.contract.events import LEFT_OUT, Open
from tests.contract.managed import hours, put_period, put_rule, rule

LONDON = "Europe/London"
BUFFER = {"before": minutes(30), "after": minutes(15)}
NO_PERIODS: Document = {"query_periods": LEFT_OUT}


class Example(NamedTuple):
    """``busy`` of P, or of each by name; the window; format; minutes; what is free."""

    busy: str | dict[str, str]
    window: str
    response_format: str
    minutes: int
    expected: str
    more: Document = {}


MORNING_AND_NOON = "10:00–11:00, 13:30–14:00"
ONE_HOUR = "11:00–12:00"
SLOTS, OVERLAPPING = "slots", "overlapping_slots"

ONE_MEMBER = {
    "E1": Example(
        MORNING_AND_NOON,
        "09:00–17:00",
        "periods",
        60,
        "09:00–10:00, 11:00–13:30, 14:00–17:00",
    ),
    "E2": Example(MORNING_AND_NOON, "09:00–17:00", "periods", 90, "11:00–13:30, 14:00–17:00"),
    "E3": Example(
        MORNING_AND_NOON,
        "09:00–17:00",
        SLOTS,
        60,
        "09:00–10:00, 11:00–12:00, 12:00–13:00, 14:00–15:00, 15:00–16:00, 16:00–17:00",
    ),
    "E4": Example(
        "10:00–10:40",
        "09:00–13:00",
        SLOTS,
        60,
        "09:00–10:00, 11:00–12:00, 12:00–13:00",
        grid(30),
    ),
    "E5": Example("10:00–10:40", "09:00–13:00", SLOTS, 60, "09:00–10:00, 10:40–11:40, 11:40–12:40"),
    "E6": Example(
        "10:00–10:40",
        "09:00–13:00",
        OVERLAPPING,
        60,
        "09:00–10:00, 11:00–12:00, 11:30–12:30, 12:00–13:00",
        grid(30),
    ),
    "E7": Example(
        "10:00–10:40", "09:00–13:00", "periods", 60, "09:00–10:00, 11:00–13:00", grid(30)
    ),
    "E8": Example("", "09:10–12:00", SLOTS, 60, "10:00–11:00, 11:00–12:00", grid(60)),
    "E9": Example("", "09:10–12:00", SLOTS, 60, "09:10–10:10, 10:10–11:10"),
    "E10": Example(
        ONE_HOUR,
        "09:00–18:00",
        "periods",
        60,
        "09:00–10:45, 12:30–18:00",
        {"buffer": BUFFER},
    ),
    "E11": Example(
        ONE_HOUR,
        "09:00–18:00",
        SLOTS,
        60,
        "09:00–10:00, 13:00–14:00, 14:00–15:00, 15:00–16:00, 16:00–17:00, 17:00–18:00",
        {"buffer": BUFFER, **grid(60)},
    ),
    "E12": Example(
        "08:00–08:45, 12:05–13:00",
        "09:00–12:00",
        "periods",
        60,
        "09:15–11:50",
        {"buffer": BUFFER},
    ),
    "E13": Example(
        "10:00–11:00",
        "",
        OVERLAPPING,
        30,
        "09:00–09:30, 09:30–10:00, 11:00–11:30",
        {
            **NO_PERIODS,
            "query_slots": [{"start": at(t)} for t in ("09:00", "09:30", "10:30", "11:00")],
        },
    ),
    "E14": Example(
        MORNING_AND_NOON,
        "09:00–17:00",
        SLOTS,
        60,
        "09:00–10:00, 11:00–12:00",
        {"max_results": 2},
    ),
    "E15": Example(
        "10:00–11:00",
        "09:00–12:00",
        "periods",
        60,
        "09:00–12:00",
        {"participants": [group(member("P", calendar_ids=[]))]},
    ),
    "E16": Example(
        "",
        "09:00–12:00",
        "periods",
        60,
        "09:00–10:30",
        {"participants": [group(member("P", available_periods=spans("08:00–10:30")))]},
    ),
}

A_AND_B = {"A": "12:00–13:00", "B": "09:00–10:00"}


def of_a_and_b(required: Any) -> Document:
    return {"participants": [group("A", "B", required=required)]}


GROUPS = {
    "G1": Example(
        {"ann": "09:00–10:00", "bob": "12:00–13:00", "r1": "10:00–11:00", "r2": "10:30–12:30"},
        "09:00–13:00",
        SLOTS,
        60,
        "11:00–12:00 ann bob r1",
        {"participants": [group("ann", "bob"), group("r1", "r2", required=1)]},
    ),
    "G2": Example(
        A_AND_B,
        "09:00–13:00",
        SLOTS,
        60,
        "09:00–10:00 A, 10:00–11:00 A B, 11:00–12:00 A B, 12:00–13:00 B",
        {**of_a_and_b(1), **grid(60)},
    ),
    "G3": Example(
        A_AND_B,
        "09:00–13:00",
        OVERLAPPING,
        90,
        "09:00–10:30 A, 09:30–11:00 A, 10:00–11:30 A B, 10:30–12:00 A B, 11:00–12:30 B, "
        "11:30–13:00 B",
        {**of_a_and_b(1), **grid(30)},
    ),
    "G4": Example(
        A_AND_B,
        "09:00–13:00",
        "periods",
        60,
        "09:00–12:00 A, 10:00–12:00 A B, 10:00–13:00 B",
        of_a_and_b(1),
    ),
    "G5": Example(A_AND_B, "09:00–13:00", "periods", 60, "10:00–12:00 A B", of_a_and_b(2)),
    "G5 all": Example(A_AND_B, "09:00–13:00", "periods", 60, "10:00–12:00 A B", of_a_and_b("all")),
}
EXAMPLES = {**ONE_MEMBER, **GROUPS}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(open_sandbox: Open, name: str) -> None:
    """1.7: the worked examples of one member, and of groups."""
    example = EXAMPLES[name]
    people = {"P": example.busy} if isinstance(example.busy, str) else example.busy
    office = open_office(open_sandbox, dict(people))
    found = office.available(
        example.window,
        example.minutes,
        response_format=example.response_format,
        **example.more,
    )
    key = "available_periods" if example.response_format == "periods" else "available_slots"
    assert found == {key: office.items(example.expected)}


def test_C1(open_sandbox: Open) -> None:
    """1.9: one event of the application's fills its whole day in London."""
    office = open_office(open_sandbox, {"P": ""})
    office.writer("P").write(**spans("10:00–11:00")[0])
    constraint = {"period": "day", "limit": 1, "tzid": LONDON}
    participants = [group(member("P", availability_constraints=[constraint]))]
    found = office.available("11T00:00–14T00:00", participants=participants)
    assert found == office.periods("11T00:00–11T23:00, 12T23:00–14T00:00")


def managed(**more: Any) -> list[Document]:
    return [group(member("P", managed_availability=True, **more))]


def test_M1(open_sandbox: Open) -> None:
    """3.4: hours of a rule and an available period, without what is busy; then the period
    alone."""
    office = open_office(open_sandbox, {"P": "15:00–15:30"})
    houston = {"availability_rule_id": "houston", "tzid": "America/Chicago"}
    put_rule(office.writer("P"), rule(hours("tuesday", "09:00", "12:00"), **houston))
    put_period(office.writer("P"), "evening", "18:00", "19:00")
    whole_day = [{"start": "2026-05-12T00:00:00Z", "end": "2026-05-12T23:59:59Z"}]
    found = office.available(participants=managed(), query_periods=whole_day)
    assert found == office.periods("14:00–15:00, 15:30–17:00, 18:00–19:00")
    of_no_rule = managed(availability_rule_ids=[])
    found = office.available(participants=of_no_rule, query_periods=whole_day)
    assert found == office.periods("18:00–19:00")


def test_M2(open_sandbox: Open) -> None:
    """3.4: an event on a calendar that the rule does not name blocks only if the query does."""
    y = {"name": "Y", "events": busy("14:00–15:00")}
    office = open_office(open_sandbox, {"P": {"calendars": [{"name": "X", "primary": True}, y]}})
    calendars = office.calendars("P")
    of_x = {"tzid": "Etc/UTC", "calendar_ids": [calendars["X"]]}
    put_rule(office.writer("P"), rule(hours("tuesday"), **of_x))
    found = office.available("13:00–16:00", participants=managed())
    assert found == office.periods("13:00–16:00")
    of_y = managed(calendar_ids=[calendars["Y"]])
    found = office.available("13:00–16:00", participants=of_y)
    assert found == office.periods("13:00–14:00, 15:00–16:00")


def test_S1(open_sandbox: Open) -> None:
    """2.3: a call, and fifteen to thirty minutes after it a panel."""
    office = open_office(open_sandbox, {"P": "", "Q": "09:00–10:00"})
    call = step("call", "P", length=30, ordinal=1, **grid(15))
    gap = {"before": {"minimum": minutes(15), "maximum": minutes(30)}}
    panel = step("panel", "Q", ordinal=2, buffer=gap, **grid(15))
    assert office.sequenced("09:00–12:00", call, panel) == office.sequences(
        "call 09:15–09:45 P, panel 10:15–11:15 Q",
        "call 09:30–10:00 P, panel 10:15–11:15 Q",
        "call 09:45–10:15 P, panel 10:30–11:30 Q",
        "call 10:00–10:30 P, panel 10:45–11:45 Q",
        "call 10:15–10:45 P, panel 11:00–12:00 Q",
    )


class Zoned(NamedTuple):
    """Where a rule's hours are, the day around which is looked, and what they are in UTC."""

    tzid: str
    date: str
    expected: str
    start: str = "09:00"
    end: str = "17:00"


NEW_YORK = "America/New_York"
RULES = {
    "T1": Zoned(LONDON, "2026-03-23", "03-23T09:00–03-23T17:00"),
    "T2": Zoned(LONDON, "2026-03-30", "03-30T08:00–03-30T16:00"),
    "T3 friday": Zoned(NEW_YORK, "2026-03-06", "03-06T14:00–03-06T22:00"),
    "T3 monday": Zoned(NEW_YORK, "2026-03-09", "03-09T13:00–03-09T21:00"),
    "T4 friday": Zoned(NEW_YORK, "2026-10-30", "10-30T13:00–10-30T21:00"),
    "T4 monday": Zoned(NEW_YORK, "2026-11-02", "11-02T14:00–11-02T22:00"),
    "T5": Zoned(LONDON, "2026-03-29", "03-29T00:00–03-29T23:00", "00:00", "24:00"),
    "T6": Zoned(LONDON, "2026-10-25", "10-24T23:00–10-26T00:00", "00:00", "24:00"),
    "T7": Zoned(LONDON, "2026-03-29", "03-29T01:30–03-29T03:00", "01:30", "04:00"),
    "T8": Zoned(LONDON, "2026-10-25", "10-25T00:30–10-25T04:00", "01:30", "04:00"),
}


@pytest.mark.parametrize("name", RULES)
def test_zone_of_a_rule(open_sandbox: Open, name: str) -> None:
    """7: hours are what clocks show in the rule's zone, on each date with that date's offset."""
    tzid, text, expected, start, end = RULES[name]
    day = date.fromisoformat(text)
    office = open_office(open_sandbox, {"P": ""})
    put_rule(office.writer("P"), rule(hours(f"{day:%A}".lower(), start, end), tzid=tzid))
    window = f"{day - timedelta(days=2)}T00:00–{day + timedelta(days=3)}T00:00"
    assert office.available(window, participants=managed()) == office.periods(expected)


class AllDay(NamedTuple):
    """The account's zone, how the day is shown, the window, what is free."""

    tzid: str
    transparency: str
    window: str
    expected: str


TWO_DAYS = "11T12:00–13T12:00"
ALL_DAY = {
    "T9": AllDay("Asia/Kolkata", "opaque", TWO_DAYS, "11T12:00–11T18:30, 12T18:30–13T12:00"),
    "T10": AllDay(NEW_YORK, "opaque", TWO_DAYS, "11T12:00–12T04:00, 13T04:00–13T12:00"),
    "T11": AllDay("Asia/Kolkata", "opaque", "09:00–21:00", "18:30–21:00"),
    "T12": AllDay("Asia/Kolkata", "transparent", "09:00–21:00", "09:00–21:00"),
}


@pytest.mark.parametrize("name", ALL_DAY)
def test_zone_of_an_all_day_event(open_sandbox: Open, name: str) -> None:
    """7: an all-day event lasts from midnight to midnight in the account's zone."""
    tzid, transparency, window, expected = ALL_DAY[name]
    day = {"summary": "Day", "start": "2026-05-12", "end": "2026-05-13"}
    person = somebody({**day, "transparency": transparency}, zoneinfo=tzid)
    office = open_office(open_sandbox, {"P": person})
    assert office.available(window) == office.periods(expected)

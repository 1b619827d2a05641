"""The brute force itself, on what the contract works out (scheduling §§1.7, 1.9, 3.4, 7)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import pytest

from tests.availability.brute import answer
from tests.availability.model import Document, Event, Person, Rule, World

TODAY = date(2026, 5, 12)
BUFFERS: Document = {"buffer": {"before": {"minutes": 30}, "after": {"minutes": 15}}}


def at(clock: str) -> str:
    """``09:00`` on the day of the examples, or with another date."""
    return f"2026-05-12T{clock}:00Z" if len(clock) == len("09:00") else f"{clock}:00Z"


def edges(text: str) -> list[tuple[str, str]]:
    pairs = [span.split("–") for span in text.split(", ") if span]
    return [(at(start), at(end)) for start, end in pairs]


def spans(text: str) -> list[Document]:
    return [{"start": start, "end": end} for start, end in edges(text)]


def somebody(name: str, busy: str = "", **details: Any) -> Person:
    events = [Event(f"busy {start}", "main", start, end) for start, end in edges(busy)]
    whole = {"tzid": "Etc/UTC", "calendars": ("main",), "events": tuple(events), **details}
    return Person(name, **whole)


def query(window: str, minutes: int, response_format: str, **more: Any) -> Document:
    """One that asks for P."""
    return {
        "participants": [{"members": [{"sub": "P"}]}],
        "required_duration": {"minutes": minutes},
        "query_periods": spans(window),
        "response_format": response_format,
        **more,
    }


def grid(minutes: int) -> Document:
    return {"start_interval": {"minutes": minutes}}


def p(**member: Any) -> Document:
    """P alone, asked for with more than the name."""
    return {"participants": [{"members": [{"sub": "P", **member}]}]}


def found(asked: Document, *people: Person) -> str:
    """``09:00–10:00 P``, with the dates where they are others."""
    (items,) = answer(World(TODAY, people), asked).values()
    texts = [
        f"{item['start'][:16]}–{item['end'][:16]}".replace("2026-05-12T", "")
        + "".join(f" {person['sub']}" for person in item["participants"])
        for item in items
    ]
    return ", ".join(texts)


def of_p(text: str) -> str:
    return ", ".join(f"{item} P" for item in text.split(", ") if item)


class Example(NamedTuple):
    busy: str
    asked: Document
    expected: str


TWO, ONE, SHORT = "10:00–11:00, 13:30–14:00", "11:00–12:00", "10:00–10:40"
STARTS = [{"start": at(clock)} for clock in ("09:00", "09:30", "10:30", "11:00")]

EXAMPLES = {
    "E1": Example(
        TWO, query("09:00–17:00", 60, "periods"), "09:00–10:00, 11:00–13:30, 14:00–17:00"
    ),
    "E2": Example(TWO, query("09:00–17:00", 90, "periods"), "11:00–13:30, 14:00–17:00"),
    "E3": Example(
        TWO,
        query("09:00–17:00", 60, "slots"),
        "09:00–10:00, 11:00–12:00, 12:00–13:00, 14:00–15:00, 15:00–16:00, 16:00–17:00",
    ),
    "E4": Example(
        SHORT,
        query("09:00–13:00", 60, "slots", **grid(30)),
        "09:00–10:00, 11:00–12:00, 12:00–13:00",
    ),
    "E5": Example(
        SHORT, query("09:00–13:00", 60, "slots"), "09:00–10:00, 10:40–11:40, 11:40–12:40"
    ),
    "E6": Example(
        SHORT,
        query("09:00–13:00", 60, "overlapping_slots", **grid(30)),
        "09:00–10:00, 11:00–12:00, 11:30–12:30, 12:00–13:00",
    ),
    "E7": Example(
        SHORT, query("09:00–13:00", 60, "periods", **grid(30)), "09:00–10:00, 11:00–13:00"
    ),
    "E8": Example("", query("09:10–12:00", 60, "slots", **grid(60)), "10:00–11:00, 11:00–12:00"),
    "E9": Example("", query("09:10–12:00", 60, "slots"), "09:10–10:10, 10:10–11:10"),
    "E10": Example(ONE, query("09:00–18:00", 60, "periods", **BUFFERS), "09:00–10:45, 12:30–18:00"),
    "E11": Example(
        ONE,
        query("09:00–18:00", 60, "slots", **grid(60), **BUFFERS),
        "09:00–10:00, 13:00–14:00, 14:00–15:00, 15:00–16:00, 16:00–17:00, 17:00–18:00",
    ),
    "E12": Example(
        "08:00–08:45, 12:05–13:00",
        query("09:00–12:00", 60, "periods", **BUFFERS),
        "09:15–11:50",
    ),
    "E13": Example(
        "10:00–11:00",
        query("", 30, "overlapping_slots", query_slots=STARTS),
        "09:00–09:30, 09:30–10:00, 11:00–11:30",
    ),
    "E14": Example(
        TWO, query("09:00–17:00", 60, "slots", max_results=2), "09:00–10:00, 11:00–12:00"
    ),
    "E15": Example(
        "10:00–11:00", query("09:00–12:00", 60, "periods", **p(calendar_ids=[])), "09:00–12:00"
    ),
    "E16": Example(
        "",
        query("09:00–12:00", 60, "periods", **p(available_periods=spans("08:00–10:30"))),
        "09:00–10:30",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_one_member(name: str) -> None:
    """E1 to E16 come out as the contract has them."""
    busy, asked, expected = EXAMPLES[name]
    assert found(asked, somebody("P", busy)) == of_p(expected)


def a_and_b(required: int, minutes: int, response_format: str, **more: Any) -> Document:
    groups = [{"members": [{"sub": "A"}, {"sub": "B"}], "required": required}]
    return query("09:00–13:00", minutes, response_format, participants=groups, **more)


GROUPS = {
    "G2": (
        a_and_b(1, 60, "slots", **grid(60)),
        "09:00–10:00 A, 10:00–11:00 A B, 11:00–12:00 A B, 12:00–13:00 B",
    ),
    "G3": (
        a_and_b(1, 90, "overlapping_slots", **grid(30)),
        "09:00–10:30 A, 09:30–11:00 A, 10:00–11:30 A B, 10:30–12:00 A B, 11:00–12:30 B, "
        "11:30–13:00 B",
    ),
    "G4": (a_and_b(1, 60, "periods"), "09:00–12:00 A, 10:00–12:00 A B, 10:00–13:00 B"),
    "G5": (a_and_b(2, 60, "periods"), "10:00–12:00 A B"),
}


@pytest.mark.parametrize("name", GROUPS)
def test_one_group(name: str) -> None:
    """G2 to G5 come out as the contract has them."""
    asked, expected = GROUPS[name]
    assert found(asked, somebody("A", "12:00–13:00"), somebody("B", "09:00–10:00")) == expected


def test_two_groups() -> None:
    """G1: everybody of one group, and anybody of another."""
    groups = [
        {"members": [{"sub": "ann"}, {"sub": "bob"}], "required": "all"},
        {"members": [{"sub": "r1"}, {"sub": "r2"}], "required": 1},
    ]
    people = (
        somebody("ann", "09:00–10:00"),
        somebody("bob", "12:00–13:00"),
        somebody("r1", "10:00–11:00"),
        somebody("r2", "10:30–12:30"),
    )
    asked = query("09:00–13:00", 60, "slots", participants=groups)
    assert found(asked, *people) == "11:00–12:00 ann bob r1"


def test_asked_for_twice() -> None:
    """Who is asked for with one calendar and with another counts twice, and is named once."""
    late = Event("late", "main", at("12:00"), at("13:00"))
    early = Event("early", "home", at("09:00"), at("10:00"))
    ann = somebody("A", calendars=("main", "home"), events=(late, early))
    members = [{"sub": "A", "calendar_ids": [name]} for name in ann.calendars]
    groups = [{"members": members, "required": 1}]
    asked = query("09:00–13:00", 60, "periods", participants=groups)
    assert found(asked, ann) == "09:00–12:00 A, 10:00–12:00 A, 10:00–13:00 A"


def test_quotas() -> None:
    """C1: one event of the application's own fills its day in London, and no other."""
    event = Event(
        "visit", "main", at("10:00"), at("11:00"), written=True, transparency="transparent"
    )
    quota = {"period": "day", "limit": 1, "tzid": "Europe/London"}
    asked = query(
        "2026-05-11T12:00–2026-05-13T12:00",
        60,
        "periods",
        **p(availability_constraints=[quota]),
    )
    assert found(asked, somebody("P", events=(event,))) == of_p(
        "2026-05-11T12:00–2026-05-11T23:00, 23:00–2026-05-13T12:00"
    )


HOUSTON = Rule("houston", "America/Chicago", (("tuesday", "09:00", "12:00"),))


def test_managed_availability() -> None:
    """M1: hours of a rule and single periods, less what is busy; and without the rule."""
    person = somebody("P", "15:00–15:30", rules=(HOUSTON,), periods=((at("18:00"), at("19:00")),))
    day = [{"start": "2026-05-12T00:00:00Z", "end": "2026-05-12T23:59:59Z"}]
    asked = {**query("", 60, "periods", **p(managed_availability=True)), "query_periods": day}
    assert found(asked, person) == of_p("14:00–15:00, 15:30–17:00, 18:00–19:00")
    asked |= p(managed_availability=True, availability_rule_ids=[])
    assert found(asked, person) == of_p("18:00–19:00")


def test_calendars_of_a_rule() -> None:
    """M2: a rule's calendars are those that count, if the query names none."""
    rule = Rule("mine", "Etc/UTC", (("tuesday", "13:00", "16:00"),), calendars=("X",))
    event = Event("elsewhere", "Y", at("14:00"), at("15:00"))
    person = somebody("P", calendars=("X", "Y"), rules=(rule,), events=(event,))
    asked = query("00:00–23:59", 60, "periods", **p(managed_availability=True))
    assert found(asked, person) == of_p("13:00–16:00")
    asked |= p(managed_availability=True, calendar_ids=["Y"])
    assert found(asked, person) == of_p("13:00–14:00, 15:00–16:00")


# Rule and window, and what is left of it.
CLOCKS = {
    "T1": ("monday 09:00–17:00 Europe/London", "2026-03-23", "09:00", "17:00"),
    "T2": ("monday 09:00–17:00 Europe/London", "2026-03-30", "08:00", "16:00"),
    "T3": ("friday 09:00–17:00 America/New_York", "2026-03-06", "14:00", "22:00"),
    "T3, later": ("monday 09:00–17:00 America/New_York", "2026-03-09", "13:00", "21:00"),
    "T4": ("friday 09:00–17:00 America/New_York", "2026-10-30", "13:00", "21:00"),
    "T4, later": ("monday 09:00–17:00 America/New_York", "2026-11-02", "14:00", "22:00"),
    "T7": ("sunday 01:30–12:00 Europe/London", "2026-03-29", "01:30", "11:00"),
    "T8": ("sunday 01:30–12:00 Europe/London", "2026-10-25", "00:30", "12:00"),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_clocks(name: str) -> None:
    """T1 to T4, T7 and T8: hours go by the clocks of the rule's zone on each date."""
    text, day, start, end = CLOCKS[name]
    weekday, hours, tzid = text.split(" ")
    first, _, last = hours.partition("–")
    person = somebody("P", rules=(Rule("r", tzid, ((weekday, first, last),)),))
    asked = query(f"{day}T00:00–{day}T23:59", 60, "periods", **p(managed_availability=True))
    assert found(asked, person) == of_p(f"{day}T{start}–{day}T{end}")


WHOLE_DAYS = {
    "T5": ("2026-03-28T12:00–2026-03-30T12:00", "2026-03-29T00:00–2026-03-29T23:00"),
    "T6": ("2026-10-24T12:00–2026-10-26T12:00", "2026-10-24T23:00–2026-10-26T00:00"),
}


@pytest.mark.parametrize("name", WHOLE_DAYS)
def test_whole_days(name: str) -> None:
    """T5 and T6: the days on which clocks are changed have 23 and 25 hours."""
    window, expected = WHOLE_DAYS[name]
    rule = Rule("r", "Europe/London", (("sunday", "00:00", "24:00"),))
    asked = query(window, 60, "periods", **p(managed_availability=True))
    assert found(asked, somebody("P", rules=(rule,))) == of_p(expected)


ALL_DAY = {
    "T9": ("Asia/Kolkata", "opaque", "2026-05-11T12:00–2026-05-11T18:30, 18:30–2026-05-13T12:00"),
    "T10": (
        "America/New_York",
        "opaque",
        "2026-05-11T12:00–04:00, 2026-05-13T04:00–2026-05-13T12:00",
    ),
    "T11": ("Asia/Kolkata", "opaque", "18:30–21:00"),
    "T12": ("Asia/Kolkata", "transparent", "09:00–21:00"),
}


@pytest.mark.parametrize("name", ALL_DAY)
def test_all_day(name: str) -> None:
    """T9 to T12: an all-day event takes the days of its owner's clocks, if it is opaque."""
    tzid, transparency, expected = ALL_DAY[name]
    event = Event("holiday", "main", "2026-05-12", "2026-05-13", transparency=transparency)
    window = "09:00–21:00" if name in {"T11", "T12"} else "2026-05-11T12:00–2026-05-13T12:00"
    asked = query(window, 60, "periods")
    assert found(asked, somebody("P", tzid=tzid, events=(event,))) == of_p(expected)

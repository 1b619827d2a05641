"""Times that suit everybody, found through both SDKs in each access mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import availability_calls, event_calls
from tests.sdk.clients import Sdk
from tests.sdk.diary import Diary, event
from tests.sdk.event_calls import refusal
from tests.sdk.team import LONDON_TUESDAYS, Team, item, period, placed, time

IN_EACH_MODE = pytest.mark.parametrize(
    "mode", ["read_write-google", "free_busy-google", "no_calendar"], indirect=True
)
IN_ONE_MODE = pytest.mark.parametrize("mode", ["read_write-google"], indirect=True)


@pytest.fixture
def team(diary: Diary) -> Team:
    return Team(diary)


@IN_EACH_MODE
def test_periods(team: Team) -> None:
    """What the application has written blocks always, Jane's own events where they are seen."""
    free = ["09:00-10:00", "11:00-12:00"] if team.seen else ["09:00-12:00"]
    found = team.availability.find(**team.query())
    assert found == {"available_periods": team.both(*free, "13:00-14:00", "15:00-17:00")}
    nobody = team.availability.find(**team.query(query_periods=[period("14:00-15:00")]))
    assert nobody == {"available_periods": []}


@IN_EACH_MODE
def test_calendars(team: Team) -> None:
    """Only those named are looked at: of Free/Busy accounts it takes those of both profiles."""
    diary = team.diary

    def found(calendar_ids: list[str]) -> Any:
        jane = {"sub": team.jane, "calendar_ids": calendar_ids}
        return team.availability.find(**team.query(team.group(jane)))

    free = {
        "read_write": ["09:00-10:00", "11:00-14:00", "15:00-17:00"],
        "free_busy": ["09:00-14:00", "15:00-17:00"],
        "no_calendar": ["09:00-14:00", "15:00-17:00"],
    }
    where = [diary.calendar_id]
    assert found(where) == {"available_periods": team.alone(*free[diary.mode])}
    every = [*where, *(c for c in diary.own.values() if c != diary.calendar_id)]
    all_of_them = free["read_write" if team.seen else "no_calendar"]
    assert found(every) == {"available_periods": team.alone(*all_of_them)}
    assert found([]) == {"available_periods": team.alone("09:00-17:00")}


SLOTS = ["11:00-12:00", "13:00-14:00", "15:00-16:00", "16:00-17:00"]
OVERLAPPING = ["11:00-12:00", "13:00-14:00", "15:00-16:00", "15:30-16:30", "16:00-17:00"]


@IN_EACH_MODE
def test_slots(team: Team) -> None:
    """Slots last as long as is asked for; overlapping ones start whenever they can."""
    find = team.availability.find
    early = ["09:00-10:00"] if team.seen else ["09:00-10:00", "10:00-11:00"]
    assert find(**team.query(response_format="slots")) == {
        "available_slots": team.both(*early, *SLOTS)
    }
    early = (
        ["09:00-10:00"]
        if team.seen
        else ["09:00-10:00", "09:30-10:30", "10:00-11:00", "10:30-11:30"]
    )
    overlapping = team.query(
        response_format="overlapping_slots", start_interval={"minutes": 30}, max_results=5
    )
    assert find(**overlapping) == {"available_slots": team.both(*(early + OVERLAPPING)[:5])}
    periods = team.query(response_format="periods", max_results=1)
    free = "09:00-10:00" if team.seen else "09:00-12:00"
    assert find(**periods) == {"available_periods": team.both(free)}


@IN_EACH_MODE
def test_exact_times(team: Team) -> None:
    """Only the starts that are asked for are tried; the answer's name follows the format."""
    query = team.query(required_duration={"minutes": 30})
    del query["query_periods"]
    query["query_slots"] = [{"start": time(at)} for at in ("09:45", "11:00", "12:15", "15:10")]
    early = [] if team.seen else ["09:45-10:15"]
    found = team.both(*early, "11:00-11:30", "15:10-15:40")
    assert team.availability.find(**query) == {"available_periods": found}
    for name in ("slots", "overlapping_slots"):
        answer = team.availability.find(**query, response_format=name)
        assert answer == {"available_slots": found}


@IN_EACH_MODE
def test_buffers(team: Team) -> None:
    """Free time is kept before and after what blocks, and not at the edges of the query."""
    buffer = {"before": {"minutes": 30}, "after": {"minutes": 15}}
    free = ["15:30-17:00"] if team.seen else ["09:00-11:45", "15:30-17:00"]
    find = team.availability.find
    assert find(**team.query(buffer=buffer)) == {"available_periods": team.both(*free)}
    least = {side: {"minimum": duration} for side, duration in buffer.items()}
    assert find(**team.query(buffer=least)) == {"available_periods": team.both(*free)}
    only_before = team.query(buffer={"before": {"minutes": 30}})
    early = "09:00-10:00" if team.seen else "09:00-12:00"
    assert find(**only_before) == {"available_periods": team.both(early, "15:30-17:00")}


@IN_ONE_MODE
def test_groups(team: Team) -> None:
    """One of several is enough where it is said; everybody who is free is named."""
    jane, ben = team.jane, team.ben
    one_of_both = team.group(jane, ben, required=1)
    assert team.availability.find(**team.query(one_of_both)) == {
        "available_periods": [
            item("09:00-10:00", jane, ben),
            item("09:00-12:00", ben),
            item("11:00-12:00", jane, ben),
            item("11:00-14:00", jane),
            item("13:00-14:00", jane, ben),
            item("13:00-17:00", ben),
            item("15:00-17:00", jane, ben),
        ]
    }
    slots = team.query(one_of_both, response_format="slots", max_results=4)
    assert team.availability.find(**slots) == {
        "available_slots": [
            item("09:00-10:00", jane, ben),
            item("10:00-11:00", ben),
            item("11:00-12:00", jane, ben),
            item("12:00-13:00", jane),
        ]
    }
    his = {"sub": ben, "available_periods": [period("08:00-13:45"), period("16:00-18:00")]}
    limited = team.query(team.group(jane), team.group(his))
    assert team.availability.find(**limited) == {
        "available_periods": team.both("09:00-10:00", "11:00-12:00", "16:00-17:00")
    }


@IN_EACH_MODE
def test_managed_availability(team: Team) -> None:
    """Rules and periods of an account limit it where the query says so."""
    jane = {"sub": team.jane, "managed_availability": True}
    find = team.availability.find
    assert find(**team.query(team.group(jane))) == {"available_periods": []}
    # From 11:00 to 14:30 in UTC, that being London's summer.
    stored = {"availability_rule": LONDON_TUESDAYS}
    assert team.availability.upsert_rule(LONDON_TUESDAYS) == stored
    limited = {"available_periods": team.alone("11:00-14:00")}
    assert find(**team.query(team.group(jane))) == limited
    by_name = {**jane, "availability_rule_ids": ["tuesdays"]}
    assert find(**team.query(team.group(by_name))) == limited
    assert find(**team.query(team.group({**by_name, "availability_rule_ids": None}))) == limited
    by_none = {**jane, "availability_rule_ids": []}
    assert find(**team.query(team.group(by_none))) == {"available_periods": []}
    free = ["09:00-10:00", "11:00-14:00"] if team.seen else ["09:00-14:00"]
    unmanaged = team.query(team.group({**jane, "managed_availability": False}))
    assert find(**unmanaged) == {"available_periods": team.alone(*free, "15:00-17:00")}


@IN_EACH_MODE
def test_rules(team: Team) -> None:
    """A rule is replaced whole, listed, read and deleted; then it is not found."""
    availability, calendar_id = team.availability, team.diary.calendar_id
    assert availability.rules() == {"availability_rules": []}
    assert refusal(availability.rule, "tuesdays") == (404, None)
    rule = {**LONDON_TUESDAYS, "calendar_ids": [calendar_id]}
    days = [
        {"day": "monday", "start_time": "09:30", "end_time": "12:30"},
        {"day": "monday", "start_time": "14:00", "end_time": "24:00"},
    ]
    mondays = {"availability_rule_id": "default", "tzid": "Asia/Tokyo", "weekly_periods": days}
    assert availability.upsert_rule(rule) == {"availability_rule": rule}
    assert availability.upsert_rule(mondays) == {"availability_rule": mondays}
    assert availability.rule("tuesdays") == {"availability_rule": rule}
    assert availability.rules() == {"availability_rules": [rule, mondays]}
    assert availability.upsert_rule(LONDON_TUESDAYS) == {"availability_rule": LONDON_TUESDAYS}
    assert availability.rule("tuesdays") == {"availability_rule": LONDON_TUESDAYS}
    availability.delete_rule("tuesdays")
    assert availability.rules() == {"availability_rules": [mondays]}
    assert refusal(availability.rule, "tuesdays") == (404, None)


@IN_EACH_MODE
def test_sequences(team: Team) -> None:
    """Events one after the other, with so much time between them."""
    interval = {"minutes": 30}
    call = {
        "sequence_id": "call",
        "ordinal": 1,
        "participants": [team.group(team.jane)],
        "required_duration": {"minutes": 30},
        "start_interval": interval,
    }
    panel = {
        "sequence_id": "panel",
        "ordinal": 2,
        "participants": [team.group(team.jane, team.ben)],
        "required_duration": {"minutes": 60},
        "start_interval": interval,
        "buffer": {"before": {"minimum": {"minutes": 30}, "maximum": {"minutes": 60}}},
    }
    query = {"sequence": [panel, call], "query_periods": [period("09:00-13:00")]}
    # Jane's review leaves no half hour free before a panel.
    starts = (
        []
        if team.seen
        else [
            ("09:00-09:30", "10:00-11:00"),
            ("09:30-10:00", "10:30-11:30"),
            ("10:00-10:30", "11:00-12:00"),
        ]
    )
    assert team.availability.sequences(**query) == {
        "sequences": [
            {"sequence": [placed("call", c, team.jane), placed("panel", p, team.jane, team.ben)]}
            for c, p in starts
        ]
    }
    query["query_periods"] = [period("13:00-17:00")]
    late = [placed("call", "15:00-15:30", team.jane)]
    late.append(placed("panel", "16:00-17:00", team.jane, team.ben))
    assert team.availability.sequences(**query) == {"sequences": [{"sequence": late}]}


def test_application_calendars(sdk: Sdk, open_sandbox: Callable[..., Sandbox]) -> None:
    """An application calendar is busy when something is written down in it."""
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z")
    client = sdk.client(sandbox.credentials)
    desk = client.application_calendar("desk-42")["sub"]
    (calendar,) = client.calendars()["calendars"]
    event_calls.of(client).upsert(calendar["calendar_id"], event(**period("10:00-11:00")))
    availability = availability_calls.of(client)
    query = {
        "participants": [{"members": [{"sub": desk}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": [period("09:00-12:00")],
    }
    expected = [
        {**period(free), "participants": [{"sub": desk}]} for free in ("09:00-10:00", "11:00-12:00")
    ]
    assert availability.find(**query) == {"available_periods": expected}
    rule = {"availability_rule": LONDON_TUESDAYS}
    assert availability.upsert_rule(LONDON_TUESDAYS) == rule
    assert availability.rules() == {"availability_rules": [LONDON_TUESDAYS]}

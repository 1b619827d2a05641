"""The scenario about working hours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import Document
from tests.contract.stories import read
from tests.emulator import Sandbox
from tests.scenarios.world import JANE

Open = Callable[..., Sandbox]


def hours(day: str, start: str, end: str) -> Document:
    return {"day": day, "start_time": start, "end_time": end}


def test_managed_availability(open_sandbox: Open) -> None:
    """What the scenario says of Jane's hours is read like what an application has written."""
    sandbox = open_sandbox(scenario="managed-availability")
    (jane,) = sandbox.document["connected"]
    calendars = {
        calendar["calendar_name"]: calendar["calendar_id"]
        for profile in jane["profiles"]
        for calendar in profile["profile_calendars"]
    }
    default = {
        "availability_rule_id": "default",
        "tzid": "Europe/London",
        "weekly_periods": [
            hours("monday", "09:00", "17:30"),
            hours("tuesday", "09:00", "12:30"),
            hours("tuesday", "13:30", "17:30"),
            hours("wednesday", "09:00", "17:30"),
        ],
    }
    interviews = {
        "availability_rule_id": "interviews",
        "tzid": "America/New_York",
        "weekly_periods": [hours("wednesday", "09:00", "15:00")],
        "calendar_ids": [calendars[JANE]],
    }
    rules = read(sandbox, jane, "/v1/availability_rules")
    assert rules == {"availability_rules": [default, interviews]}
    late: Document = {
        "available_period_id": "late-tuesday",
        "start": "2026-05-12T18:00:00Z",
        "end": "2026-05-12T19:00:00Z",
    }
    pages = {"current": 1, "total": 1}
    periods = read(sandbox, jane, "/v1/available_periods")
    assert periods == {"pages": pages, "available_periods": [late]}
    late["start"] = {"time": "2026-05-12T19:00:00+01:00", "tzid": "Europe/London"}
    late["end"] = {"time": "2026-05-12T20:00:00+01:00", "tzid": "Europe/London"}
    periods = read(sandbox, jane, "/v1/available_periods?localized_times=true")
    assert periods == {"pages": pages, "available_periods": [late]}


# Of an hour each, on Tuesday and Wednesday; "Dentist" and "Pilates" are in the way.
FOUND: dict[str, tuple[Any, list[str]]] = {
    "all rules": (
        None,
        ["12T08:00–10:00", "12T12:30–16:30", "12T18:00–19:00", "13T08:00–17:00", "13T18:00–19:00"],
    ),
    "working hours": (
        ["default"],
        ["12T08:00–10:00", "12T12:30–16:30", "12T18:00–19:00", "13T08:00–16:30"],
    ),
    "interviews": (["interviews"], ["12T18:00–19:00", "13T13:00–19:00"]),
    "no rule": ([], ["12T18:00–19:00"]),
}


@pytest.mark.parametrize("case", FOUND)
def test_finding_a_time(open_sandbox: Open, case: str) -> None:
    """An availability query stays within the hours of the rules it names, and beside what Jane's
    calendars show; of interviews, beside what her own calendar shows."""
    rule_ids, expected = FOUND[case]
    sandbox = open_sandbox(scenario="managed-availability")
    (jane,) = sandbox.document["connected"]
    member = {
        "sub": jane["sub"],
        "managed_availability": True,
        "availability_rule_ids": rule_ids,
    }
    query = {
        "participants": [{"members": [member], "required": "all"}],
        "required_duration": {"minutes": 60},
        "query_periods": [{"start": "2026-05-12T00:00:00Z", "end": "2026-05-14T00:00:00Z"}],
    }
    key = sandbox.application["client_secret"]
    answer = sandbox.call(key, "POST", "/v1/availability", json=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()["available_periods"]
    assert [f"{one['start'][8:16]}–{one['end'][11:16]}" for one in found] == expected

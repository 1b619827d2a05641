"""Snapshots that somebody has edited: what they say of availability has to make sense."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.control import assert_problems
from tests.contract.events import Open, Writer, open_writer
from tests.contract.managed import put_period, put_rule, rule


@pytest.fixture
def writer(open_sandbox: Open) -> Writer:
    writer = open_writer(open_sandbox)
    put_rule(writer, rule(calendar_ids=[writer.calendar_id]))
    put_period(writer, tzid="Asia/Tokyo")
    return writer


RULE, PERIOD = ("availability_rules", 0), ("available_periods", 0)
HOURS = (*RULE, "weekly_periods", 0)

# What is wrong, and what the answer calls the place.
WRONG: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "a zone": ((*RULE, "tzid"), "Mars", "availability_rules[0]"),
    "a calendar": ((*RULE, "calendar_ids"), ["cal_1"], "availability_rules[0]"),
    "an account": ((*RULE, "sub"), "acc_1", "availability_rules[0]"),
    "a day": ((*HOURS, "day"), "noday", "availability_rules[0].weekly_periods[0].day"),
    "a start": ((*HOURS, "start"), 1440, "availability_rules[0].weekly_periods[0].start"),
    "an end": ((*HOURS, "end"), 1441, "availability_rules[0].weekly_periods[0].end"),
    "an end before the start": ((*HOURS, "end"), 1, "availability_rules[0]"),
    "an id": (
        (*RULE, "availability_rule_id"),
        "x" * 65,
        "availability_rules[0].availability_rule_id",
    ),
    "a period's account": ((*PERIOD, "sub"), "acc_1", "available_periods[0]"),
    "a period's zone": ((*PERIOD, "tzid"), "Mars", "available_periods[0]"),
    "a period's time": ((*PERIOD, "end"), 10**17, "available_periods[0]"),
    "a period's end": ((*PERIOD, "end"), 0, "available_periods[0]"),
    "a period's id": (
        (*PERIOD, "available_period_id"),
        "x" * 65,
        "available_periods[0].available_period_id",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_availability_changes_nothing(writer: Writer, case: str) -> None:
    """422 with the place, and the sandbox is as it was before."""
    place, value, named = WRONG[case]
    before = writer.sandbox.control("GET", "/snapshot").json()
    wrong = writer.sandbox.control("GET", "/snapshot").json()
    target = wrong["tables"]
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value
    refusal = writer.sandbox.control("PUT", "/snapshot", json=wrong)
    assert_problems(refusal, 422, f"tables.{named}")
    assert writer.sandbox.control("GET", "/snapshot").json() == before

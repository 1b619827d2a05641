"""scheduling.md §3.4: managed_availability, within the hours that an application keeps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.availability import (
    Office,
    busy,
    group,
    member,
    open_office,
    somebody,
    spans,
)
from tests.contract.documents import Document
from tests.contract.events import Open, accepted, second_application
from tests.contract.listening import open_listener
from tests.contract.managed import PERIODS, hours, put_period, put_rule, rule, rule_path
from tests.contract.receiver import Receiver

ALL = "08:00–18:00"


def keep(office: Office, name: str, *periods: Document, **more: Any) -> None:
    """A rule of Jane's, in UTC."""
    document = rule(*periods, availability_rule_id=name, tzid="Etc/UTC", **more)
    put_rule(office.writer("jane"), document)


def period(office: Office, name: str, span: str) -> None:
    """An available period of Jane's."""
    put_period(office.writer("jane"), name, *span.split("–"))


def managed(office: Office, window: str = ALL, **more: Any) -> Document:
    """What of Jane's managed time is free."""
    more.setdefault("managed_availability", True)
    return office.available(window, participants=[group(member("jane", **more))])


@pytest.fixture
def office(open_sandbox: Open) -> Office:
    return open_office(open_sandbox, {"jane": "10:00–11:00"}, two=True)


def test_nothing_kept(office: Office) -> None:
    """3.4: without a rule and a period nobody is ever available (assumed)."""
    assert managed(office) == office.periods("")
    assert managed(office, availability_rule_ids=[]) == office.periods("")
    assert managed(office, managed_availability=False) == office.periods("08:00–10:00, 11:00–18:00")


def test_all_rules_or_those(office: Office) -> None:
    """1.2, 3.4 availability_rule_ids: left out or null all of them, [] none, else those."""
    keep(office, "mornings", hours("tuesday", "08:00", "10:00"))
    keep(office, "afternoons", hours("tuesday", "14:00", "16:00"))
    both = office.periods("08:00–10:00, 14:00–16:00")
    assert managed(office) == managed(office, availability_rule_ids=None) == both
    assert managed(office, availability_rule_ids=["afternoons", "mornings"]) == both
    chosen = managed(office, availability_rule_ids=["afternoons"])
    assert chosen == office.periods("14:00–16:00")
    assert managed(office, availability_rule_ids=[]) == office.periods("")


def test_rules_and_periods_add_up(office: Office) -> None:
    """3.4: managed time is all of them together; periods count whichever rules are chosen."""
    keep(office, "early", hours("tuesday", "08:00", "09:30"), hours("tuesday", "09:00", "12:00"))
    keep(office, "late", hours("tuesday", "16:00", "17:00"))
    period(office, "noon", "12:00–13:00")
    period(office, "afternoon", "12:30–14:00")
    expected = office.periods("08:00–10:00, 11:00–14:00, 16:00–17:00")
    assert managed(office) == expected
    chosen = managed(office, availability_rule_ids=["late"])
    assert chosen == office.periods("12:00–14:00, 16:00–17:00")
    assert managed(office, availability_rule_ids=[]) == office.periods("12:00–14:00")


def test_days_of_the_week(office: Office) -> None:
    """3.4: the hours of each day, in a window of several."""
    keep(office, "week", hours("monday", "09:00", "10:00"), hours("wednesday", "22:00", "24:00"),
         hours("thursday", "00:00", "02:00"))  # fmt: skip
    found = managed(office, "11T09:30–18T09:30")
    assert found == office.periods("13T22:00–14T02:00")
    found = managed(office, "11T09:00–18T10:00")
    expected = "11T09:00–11T10:00, 13T22:00–14T02:00, 18T09:00–18T10:00"
    assert found == office.periods(expected)


def test_with_a_members_own_periods(office: Office) -> None:
    """3.4: both restrict, and so does what is busy."""
    keep(office, "day", hours("tuesday", "09:00", "17:00"))
    own = spans("08:00–09:30, 10:30–12:30, 16:00–18:00")
    assert managed(office, available_periods=own) == office.periods("11:00–12:30, 16:00–17:00")


def test_buffers_leave_the_edges_alone(office: Office) -> None:
    """1.6: they act around what is busy, not around working hours."""
    keep(office, "day", hours("tuesday", "09:00", "17:00"))
    members = [group(member("jane", managed_availability=True))]
    buffer = {"before": {"minutes": 30}, "after": {"minutes": 15}}
    found = office.available(ALL, 30, participants=members, buffer=buffer)
    assert found == office.periods("09:00–09:45, 11:30–17:00")


def test_periods_and_rules_come_and_go(office: Office) -> None:
    """3.1, 3.2: as they are when the question is asked."""
    keep(office, "day", hours("tuesday", "09:00", "10:00"))
    period(office, "noon", "12:00–13:00")
    assert managed(office) == office.periods("09:00–10:00, 12:00–13:00")
    keep(office, "day", hours("tuesday", "15:00", "16:00"))
    period(office, "noon", "13:00–14:00")
    assert managed(office) == office.periods("13:00–14:00, 15:00–16:00")
    writer = office.writer("jane")
    accepted(writer.call("DELETE", rule_path("day")))
    assert managed(office) == office.periods("13:00–14:00")
    accepted(writer.call("DELETE", PERIODS, {"delete_all": True}))
    assert managed(office) == office.periods("")


def test_another_applications(office: Office) -> None:
    """3.3: rules and periods belong to one application."""
    keep(office, "day", hours("tuesday", "12:00", "13:00"))
    other = second_application(office.writer("jane"))
    groups = [group(member("jane", managed_availability=True))]

    def free() -> Document:
        return office.available(ALL, credential=other.token, participants=groups)

    assert free() == office.periods("")
    put_period(other, "own", "15:00", "16:00")
    assert free() == office.periods("15:00–16:00")
    assert managed(office) == office.periods("12:00–13:00")


def test_calendars_of_rules(open_sandbox: Open) -> None:
    """3.4: without calendar_ids the calendars that the selected rules name; all, if one of them
    names none; what the query names goes first."""
    calendars = [
        {"name": name, "primary": name == "X", "events": busy(times)}
        for name, times in (("X", "09:00–10:00"), ("Y", "11:00–12:00"), ("Z", "13:00–14:00"))
    ]
    office = open_office(open_sandbox, {"jane": somebody(calendars=calendars)})
    ids = office.calendars("jane")
    whole_day = hours("tuesday", "09:00", "15:00")
    keep(office, "x", whole_day, calendar_ids=[ids["X"]])
    keep(office, "y", whole_day, calendar_ids=[ids["Y"]])
    assert managed(office) == office.periods("10:00–11:00, 12:00–15:00")
    assert managed(office, availability_rule_ids=["x"]) == office.periods("10:00–15:00")
    keep(office, "any", whole_day)
    everything = office.periods("10:00–11:00, 12:00–13:00, 14:00–15:00")
    assert managed(office) == everything
    chosen = managed(office, availability_rule_ids=["y", "any"])
    assert chosen == everything
    chosen = managed(office, availability_rule_ids=["x", "y"])
    assert chosen == office.periods("10:00–11:00, 12:00–15:00")
    # What the query says of calendars goes first.
    of_z = managed(office, availability_rule_ids=["x"], calendar_ids=[ids["Z"]])
    assert of_z == office.periods("09:00–13:00, 14:00–15:00")
    assert managed(office, calendar_ids=[]) == office.periods("09:00–15:00")
    # Without a rule all of them count.
    period(office, "day", "09:00–15:00")
    assert managed(office, availability_rule_ids=[]) == everything
    # They are no restriction where managed availability is not asked for.
    found = managed(office, "09:00–15:00", managed_availability=False)
    assert found == everything


@pytest.mark.parametrize("mode", ["free_busy", "no_calendar"])
def test_in_other_modes(open_sandbox: Open, mode: str) -> None:
    """Seed 000: people without an accessible calendar are available by what is managed."""
    office = open_office(open_sandbox, {"jane": "10:00–11:00"}, access_mode=mode)
    keep(office, "day", hours("tuesday", "09:00", "12:00"))
    seen = "09:00–10:00, 11:00–12:00" if mode == "free_busy" else "09:00–12:00"
    assert managed(office) == office.periods(seen)


def test_one_member_of_a_group(open_sandbox: Open) -> None:
    """1.2: each member says for themselves."""
    office = open_office(open_sandbox, {"jane": "", "Q": "09:00–10:00"})
    keep(office, "day", hours("tuesday", "08:00", "12:00"))
    both = [group(member("jane", managed_availability=True), "Q")]
    found = office.available(ALL, participants=both)
    assert found == office.periods("08:00–09:00, 10:00–12:00")


def test_no_webhook(open_sandbox: Open, receiver: Receiver) -> None:
    """3.1 (assumed): no channel is told of periods and rules."""
    listener = open_listener(open_sandbox, receiver)
    listener.open()
    put_period(listener)
    put_rule(listener, rule())
    accepted(listener.call("DELETE", PERIODS, {"delete_all": True}))
    assert listener.told(days=1) == []

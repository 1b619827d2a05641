"""scheduling.md §§1.2, 1.10: what an availability query is refused for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.availability import (
    AVAILABILITY,
    Office,
    at,
    group,
    member,
    minutes,
    open_office,
    spans,
)
from tests.contract.documents import Document
from tests.contract.events import LEFT_OUT, Open, refused

MEMBER = "participants[0].members[0]"
PERIOD = {"start": at("09:00"), "end": at("12:00")}
BACKWARDS = [PERIOD, {"start": at("12:00"), "end": at("09:00")}]
NO_TIME = [PERIOD, {"start": at("09:00"), "end": at("09:00")}]
NO_PERIODS: Document = {"query_periods": LEFT_OUT}
SLOTS = [{"start": at("09:00")}]
NOT_REQUIRED: list[Any] = [0, -1, 3, "0", "3", "any", "", 1.5, [], True]
NO_RESULTS: list[Any] = [0, -1, 513, "many", 1.5, []]


def of_p(**more: Any) -> Document:
    return {"participants": [group(member("P", **more))]}


def required(value: Any) -> Document:
    return {"participants": [group("P"), group("P", "Q", required=value)]}


REFUSED: dict[str, tuple[Document, dict[str, str]]] = {
    "no participants": ({"participants": LEFT_OUT}, {"participants": "required"}),
    "participants of null": ({"participants": None}, {"participants": "required"}),
    "empty participants": ({"participants": []}, {"participants": "required"}),
    "no members": ({"participants": [{}]}, {"participants[0].members": "required"}),
    "empty members": (
        {"participants": [group("P"), group()]},
        {"participants[1].members": "required"},
    ),
    "no sub": ({"participants": [group({})]}, {f"{MEMBER}.sub": "required"}),
    "empty sub": ({"participants": [group(member(""))]}, {f"{MEMBER}.sub": "required"}),
    "unknown sub": (
        {"participants": [group("P"), group("Q", member("acc_000000000000000000000000"))]},
        {"participants[1].members[1].sub": "not_recognized"},
    ),
    "unknown calendar": (
        of_p(calendar_ids=["cal_unknown_calendar"]),
        {f"{MEMBER}.calendar_ids": "invalid_calendar_ids"},
    ),
    "unknown rule": (
        of_p(managed_availability=True, availability_rule_ids=["unknown"]),
        {f"{MEMBER}.availability_rule_ids": "not_recognized"},
    ),
    **{
        f"required {value!r}": (required(value), {"participants[1].required": "invalid"})
        for value in NOT_REQUIRED
    },
    "no duration": ({"required_duration": LEFT_OUT}, {"required_duration": "required"}),
    "an empty duration": ({"required_duration": {}}, {"required_duration": "required"}),
    "an empty list for a duration [php]": (
        {"required_duration": []},
        {"required_duration": "required"},
    ),
    "duration of null": ({"required_duration": None}, {"required_duration": "required"}),
    **{
        f"duration {value}": ({"required_duration": value}, {"required_duration": "invalid"})
        for value in (
            minutes(0),
            minutes(-30),
            minutes(1441),
            minutes("many"),
            minutes(1.5),
            minutes([]),
            {"hours": 25},
            {"hours": 24, "minutes": 1},
            {"hours": 1, "minutes": 60},
            {"hours": 0},
            "60",
            60,
        )
    },
    "no periods": (NO_PERIODS, {"query_periods": "required"}),
    "empty periods": ({"query_periods": []}, {"query_periods": "required"}),
    "both names of periods": ({"available_periods": [PERIOD]}, {"query_periods": "invalid"}),
    "periods and slots": ({"query_slots": SLOTS}, {"query_slots": "invalid"}),
    "slots and periods by their old name": (
        {**NO_PERIODS, "available_periods": [PERIOD], "query_slots": SLOTS},
        {"query_slots": "invalid"},
    ),
    "a period that ends before it starts": (
        {"query_periods": BACKWARDS},
        {"query_periods[1].end": "invalid"},
    ),
    "a period of no time": ({"query_periods": NO_TIME}, {"query_periods[1].end": "invalid"}),
    "by its old name": (
        {**NO_PERIODS, "available_periods": BACKWARDS},
        {"available_periods[1].end": "invalid"},
    ),
    "a period of the member's": (
        of_p(available_periods=BACKWARDS),
        {f"{MEMBER}.available_periods[1].end": "invalid"},
    ),
    "a period without end": (
        {"query_periods": [{"start": at("09:00")}]},
        {"query_periods[0].end": "required"},
    ),
    "a slot without start": (
        {**NO_PERIODS, "query_slots": [*SLOTS, {}]},
        {"query_slots[1].start": "required"},
    ),
    "response_format": ({"response_format": "times"}, {"response_format": "not_recognized"}),
    **{
        f"max_results {value!r}": ({"max_results": value}, {"max_results": "invalid"})
        for value in NO_RESULTS
    },
    **{
        f"start_interval {value}": ({"start_interval": value}, {"start_interval": "invalid"})
        for value in (minutes(0), minutes(7), minutes(45), minutes(120), {"hours": 2}, 15)
    },
    "negative buffer": ({"buffer": {"before": minutes(-15)}}, {"buffer.before": "invalid"}),
    "buffer beyond a day": ({"buffer": {"after": minutes(1441)}}, {"buffer.after": "invalid"}),
    "buffer of a minimum beyond a day": (
        {"buffer": {"after": {"minimum": {"hours": 25}}}},
        {"buffer.after.minimum": "invalid"},
    ),
    "buffer of a member": (
        of_p(buffer={"before": minutes("long")}),
        {f"{MEMBER}.buffer.before": "invalid"},
    ),
    "two at once": (
        {"response_format": "times", "required_duration": minutes(0)},
        {"response_format": "not_recognized", "required_duration": "invalid"},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(open_sandbox: Open, name: str) -> None:
    """1.10: 422, with the field as it is nested."""
    says, errors = REFUSED[name]
    office = open_office(open_sandbox, {"P": "", "Q": ""})
    refused(office.ask(**says), 422, errors)


@pytest.mark.parametrize("body", [{}, []], ids=["{}", "[] [php]"])
def test_nothing_said(open_sandbox: Open, body: Any) -> None:
    """1.10: everything that is required is told at once."""
    office = open_office(open_sandbox, {"P": ""})
    names = ("participants", "required_duration", "query_periods")
    refused(office.post(AVAILABILITY, body), 422, dict.fromkeys(names, "required"))


def test_somebody_elses_calendar(open_sandbox: Open) -> None:
    """1.10: calendars are the member's own, of profiles that the application may see."""
    office = open_office(open_sandbox, {"P": "", "Q": ""})
    (theirs,) = office.calendars("Q").values()
    (own,) = office.calendars("P").values()
    answer = office.ask(**of_p(calendar_ids=[own, theirs]))
    refused(answer, 422, {f"{MEMBER}.calendar_ids": "invalid_calendar_ids"})


def test_somebody_elses_rule(open_sandbox: Open) -> None:
    """1.10: rules are the member's own."""
    office = open_office(open_sandbox, {"P": "", "Q": ""})
    rule = {"availability_rule_id": "hours", "tzid": "Etc/UTC", "weekly_periods": []}
    assert office.writer("Q").call("POST", "/v1/availability_rules", rule).status_code == 200
    answer = office.ask(**of_p(managed_availability=True, availability_rule_ids=["hours"]))
    refused(answer, 422, {f"{MEMBER}.availability_rule_ids": "not_recognized"})


def test_bookable_events(open_sandbox: Open) -> None:
    """5.3: the other query of this path is not there yet, and says so."""
    office = open_office(open_sandbox, {"P": ""})
    body = {"bookable_events": [{"bookable_event_id": "bok_0123"}]}
    answer = office.post(AVAILABILITY, body)
    refused(answer, 501)


def periods(count: int) -> Document:
    """So many, an hour apart."""
    found = [f"{n // 24 + 12}T{n % 24:02}:00–{n // 24 + 12}T{n % 24:02}:30" for n in range(count)]
    return {"query_periods": spans(", ".join(found))}


def days(text: str) -> Document:
    """One period on each, first and last of the window."""
    first, last = spans(text)[0].values()
    inner = spans("20T09:00–20T10:00")
    ends = [{"start": first, "end": at("13T00:00")}, {"start": at("06-15T00:00"), "end": last}]
    return {"query_periods": [*inner, *ends]}


def slots(count: int) -> Document:
    starts = [at(f"{n // 24 + 1:02}T{n % 24:02}:00") for n in range(count)]
    return {"query_slots": [{"start": start} for start in starts], **NO_PERIODS}


def groups(count: int) -> Document:
    return {"participants": [group("P")] * count}


def members(*counts: int) -> Document:
    return {"participants": [group(*["P"] * count) for count in counts]}


LIMITS: dict[str, tuple[str, int | None, Document, Document, dict[str, str]]] = {
    "50 periods": (
        "most_query_periods",
        50,
        periods(50),
        periods(51),
        {"query_periods": "too_many"},
    ),
    "512 slots": ("most_query_slots", 512, slots(512), slots(513), {"query_slots": "too_many"}),
    "10 groups": ("most_groups", 10, groups(10), groups(11), {"participants": "too_many"}),
    "50 members": (
        "most_members",
        50,
        members(50),
        members(51),
        {"participants[0].members": "too_many"},
    ),
    "50 members of several groups": (
        "most_members",
        50,
        members(20, 30),
        members(20, 31, 1),
        {"participants[1].members": "too_many"},
    ),
    "35 days": (
        "most_query_days",
        None,
        days("12T00:00–06-16T00:00"),
        days("12T00:00–06-16T00:01"),
        {"query_periods": "invalid"},
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limit(open_sandbox: Open, name: str) -> None:
    """1.2: how much may be asked for at once; each limit is a switch of the scenario."""
    switch, default, most, too_much, error = LIMITS[name]

    def asked(switches: Document, says: Document) -> Any:
        office: Office = open_office(open_sandbox, {"P": ""}, switches=switches)
        return office.ask(length=30, **says)

    assert asked({}, most).status_code == 200
    if default is None:
        # That of days is inferred, so it is off unless it is asked for.
        assert asked({}, too_much).status_code == 200
        refused(asked({switch: 35}, too_much), 422, error)
        assert asked({switch: 35}, most).status_code == 200
        assert asked({switch: 36}, too_much).status_code == 200
    else:
        refused(asked({}, too_much), 422, error)
        assert asked({switch: default + 2}, too_much).status_code == 200
    assert asked({switch: None}, too_much).status_code == 200


def test_why_a_window_is_too_wide(open_sandbox: Open) -> None:
    """1.2: the developer is told what allows fewer days, and what to do."""
    office = open_office(open_sandbox, {"P": ""}, switches={"most_query_days": 35})
    answer = office.ask(**days("12T00:00–06-16T00:01"))
    refused(answer, 422, {"query_periods": "invalid"})
    assert answer.headers["mock-cronofy-hint"] == (
        "query_periods must lie within 35 days, from the first start to the last end: the "
        "scenario's switch most_query_days allows no more, or there are too many members and "
        "constraints for more; ask about one part of the time after another"
    )


SMALLER: dict[str, tuple[Document, Document, dict[str, str]]] = {
    "periods": ({"most_query_periods": 1}, periods(2), {"query_periods": "too_many"}),
    "slots": ({"most_query_slots": 1}, slots(2), {"query_slots": "too_many"}),
    "days of slots": ({"most_query_days": 1}, slots(26), {"query_slots": "invalid"}),
    "groups": ({"most_groups": 1}, groups(2), {"participants": "too_many"}),
    "members": ({"most_members": 1}, members(1, 1), {"participants[1].members": "too_many"}),
}


@pytest.mark.parametrize("name", SMALLER)
def test_smaller_limit(open_sandbox: Open, name: str) -> None:
    """1.2: a scenario may allow less."""
    switches, says, errors = SMALLER[name]
    office = open_office(open_sandbox, {"P": ""}, switches=switches)
    refused(office.ask(**says), 422, errors)

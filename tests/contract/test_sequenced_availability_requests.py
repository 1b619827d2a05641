"""scheduling.md §§2.1, 2.2: what a query for sequences may say, and is refused for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.availability import (
    SEQUENCED,
    Office,
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
from tests.contract.events import LEFT_OUT, Open, refused


@pytest.mark.parametrize("name", ["query_periods", "available_periods"])
def test_periods_of_an_item(open_sandbox: Open, name: str) -> None:
    """2.1: a further restriction of that item, under either name."""
    office = open_office(open_sandbox, {"P": ""})
    only: Document = {name: spans("08:00–09:30, 10:30–12:00")}
    steps = (step("a", "P", ordinal=1, **grid(30)), step("b", "P", ordinal=2, **grid(30), **only))
    assert office.sequenced("09:00–12:00", *steps) == office.sequences(
        "a 09:00–10:00, b 10:30–11:30",
        "a 09:30–10:30, b 10:30–11:30",
        "a 10:00–11:00, b 11:00–12:00",
    )


def test_the_old_name_of_query_periods(open_sandbox: Open) -> None:
    """2.1 available_periods."""
    office = open_office(open_sandbox, {"P": ""})
    body = {"sequence": [step("call", "P")], "available_periods": spans("09:00–10:00")}
    assert office.post(SEQUENCED, body).json() == office.sequences("call 09:00–10:00")


def test_what_elements_send(open_sandbox: Open) -> None:
    """2.1: response_format, max_results, sequence_title and event are accepted."""
    office = open_office(open_sandbox, {"P": ""})
    call = step("call", "P", sequence_title="Call", event={"summary": "Call"}, **grid(30))
    body = {
        "sequence": [call],
        "query_periods": spans("09:00–12:00"),
        "response_format": "overlapping_slots",
        "max_results": 2,
    }
    answer = office.post(SEQUENCED, body)
    assert answer.json() == office.sequences("call 09:00–10:00", "call 09:30–10:30")
    assert "mock-cronofy-warning" not in answer.headers


@pytest.mark.parametrize(
    "name", ["ignored_extended_transparencies", "ignored_extended_transparency"]
)
@pytest.mark.parametrize("place", ["member", "query"])
def test_ignored_extended_transparencies(open_sandbox: Open, name: str, place: str) -> None:
    """1.2: in the places that they have in availability queries (assumed)."""
    away = somebody(*busy("09:00–10:00", transparency="out_of_office"), provider="office365")
    office = open_office(open_sandbox, {"P": away})
    ignored: Document = {name: ["out_of_office"]}
    call = step("call", member("P", **ignored) if place == "member" else "P")
    window = "09:00–10:00"
    assert office.sequenced(window, step("call", "P")) == {"sequences": []}
    found = office.sequenced(window, call, **(ignored if place == "query" else {}))
    assert found == office.sequences("call 09:00–10:00")


def test_max_results(open_sandbox: Open) -> None:
    """2.3: 512, or as many as are asked for."""
    office = open_office(open_sandbox, {"P": ""})
    call = step("call", "P", length=5, **grid(5))
    window = "10T00:00–15T00:00"
    found = office.sequenced(window, call)["sequences"]
    assert len(found) == 512
    assert office.sequenced(window, call, max_results=3) == {"sequences": found[:3]}


@pytest.mark.parametrize("sequence_id", [7, "7", "größe 1"], ids=repr)
def test_sequence_id(open_sandbox: Open, sequence_id: Any) -> None:
    """2.1: it comes back as it was sent, a number as a number."""
    office = open_office(open_sandbox, {"P": ""})
    found = office.sequenced("09:00–10:00", step(sequence_id, "P"))
    (item,) = office.items("09:00–10:00")
    assert found == {"sequences": [{"sequence": [{"sequence_id": sequence_id, **item}]}]}


def steps_but(**changes: Any) -> Document:
    """Two steps, the second with ``changes``."""
    second = {**step("b", "P"), **changes}
    kept = {name: value for name, value in second.items() if value is not LEFT_OUT}
    return {"sequence": [step("a", "P"), kept]}


MEMBER = "sequence[1].participants[0].members[0]"
REFUSED: dict[str, tuple[Document, dict[str, str]]] = {
    "no sequence": ({"sequence": LEFT_OUT}, {"sequence": "required"}),
    "empty sequence": ({"sequence": []}, {"sequence": "required"}),
    "11 items": (
        {"sequence": [step(n, "P") for n in range(11)]},
        {"sequence": "too_many"},
    ),
    "no sequence_id": (
        steps_but(sequence_id=LEFT_OUT),
        {"sequence[1].sequence_id": "required"},
    ),
    "sequence_id twice": (steps_but(sequence_id="a"), {"sequence[1].sequence_id": "invalid"}),
    "no participants": (
        steps_but(participants=LEFT_OUT),
        {"sequence[1].participants": "required"},
    ),
    "empty members": (
        steps_but(participants=[group()]),
        {"sequence[1].participants[0].members": "required"},
    ),
    "unknown sub": (
        steps_but(participants=[group(member("acc_000000000000000000000000"))]),
        {f"{MEMBER}.sub": "not_recognized"},
    ),
    "unknown calendar": (
        steps_but(participants=[group(member("P", calendar_ids=["cal_unknown_calendar"]))]),
        {f"{MEMBER}.calendar_ids": "invalid_calendar_ids"},
    ),
    "unknown rule": (
        steps_but(
            participants=[
                group(member("P", managed_availability=True, availability_rule_ids=["unknown"]))
            ]
        ),
        {f"{MEMBER}.availability_rule_ids": "not_recognized"},
    ),
    "required": (
        steps_but(participants=[group("P", required=2)]),
        {"sequence[1].participants[0].required": "invalid"},
    ),
    "no duration": (
        steps_but(required_duration=LEFT_OUT),
        {"sequence[1].required_duration": "required"},
    ),
    "duration": (
        steps_but(required_duration=minutes(0)),
        {"sequence[1].required_duration": "invalid"},
    ),
    "start_interval": (steps_but(**grid(7)), {"sequence[1].start_interval": "invalid"}),
    "buffer": (
        steps_but(buffer={"before": {"maximum": minutes(-1)}}),
        {"sequence[1].buffer.before.maximum": "invalid"},
    ),
    "periods of an item": (
        steps_but(query_periods=[{"start": at("10:00"), "end": at("09:00")}]),
        {"sequence[1].query_periods[0].end": "invalid"},
    ),
    "both names of an item's periods": (
        steps_but(query_periods=spans("09:00–10:00"), available_periods=spans("09:00–10:00")),
        {"sequence[1].query_periods": "invalid"},
    ),
    "both names of periods": (
        {"available_periods": spans("09:00–12:00")},
        {"query_periods": "invalid"},
    ),
    "maximum below minimum": (
        steps_but(buffer={"after": {"minimum": minutes(30), "maximum": minutes(15)}}),
        {"sequence[1].buffer.after.maximum": "invalid"},
    ),
    "seven items in any order": (
        {"sequence": [step(n, "P") for n in range(7)]},
        {"sequence": "too_many"},
    ),
    "no periods": ({"query_periods": LEFT_OUT}, {"query_periods": "required"}),
    "max_results": ({"max_results": 513}, {"max_results": "invalid"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(open_sandbox: Open, name: str) -> None:
    """2.3: as availability queries are, each field behind its item."""
    says, errors = REFUSED[name]
    office: Office = open_office(open_sandbox, {"P": ""})
    body = {"sequence": [step("a", "P")], "query_periods": spans("09:00–12:00"), **says}
    body = {name: value for name, value in body.items() if value is not LEFT_OUT}
    refused(office.post(SEQUENCED, body), 422, errors)


LIMITS: dict[str, tuple[Document, str, dict[str, str]]] = {
    "periods": (
        {"most_query_periods": 1},
        "09:00–10:00, 11:00–13:00",
        {"query_periods": "too_many"},
    ),
    "days": ({"most_query_days": 1}, "12T00:00–13T00:01", {"query_periods": "invalid"}),
    "groups": (
        {"most_groups": 1},
        "09:00–12:00",
        {"sequence[1].participants": "too_many"},
    ),
    "members": (
        {"most_members": 2},
        "09:00–12:00",
        {"sequence[1].participants[1].members": "too_many"},
    ),
}


@pytest.mark.parametrize("name", ["query_periods", "available_periods"])
def test_limit_of_an_items_periods(open_sandbox: Open, name: str) -> None:
    """1.2, 2.1: each item's own are counted by themselves."""
    office = open_office(open_sandbox, {"P": ""}, switches={"most_query_periods": 2})

    def asked(periods: str) -> Any:
        own: Document = {name: spans(periods)}
        steps = [step("a", "P"), step("b", "P", **own)]
        body = {"sequence": steps, "query_periods": spans("09:00–10:00, 10:00–12:00")}
        return office.post(SEQUENCED, body)

    assert asked("09:00–10:00, 11:00–12:00").status_code == 200
    answer = asked("09:00–10:00, 10:15–10:30, 11:00–12:00")
    refused(answer, 422, {f"sequence[1].{name}": "too_many"})


def test_most_days(open_sandbox: Open) -> None:
    """2.3: 100 of them (assumed), so that no query holds up the others."""
    office = open_office(open_sandbox, {"P": ""})
    one = office.sequenced("01-01T00:00–04-11T00:00", step("call", "P"), max_results=1)
    assert one == office.sequences("call 01-01T00:00–01-01T01:00")
    body = {"sequence": [step("call", "P")], "query_periods": spans("01-01T00:00–04-11T00:01")}
    refused(office.post(SEQUENCED, body), 422, {"query_periods": "invalid"})


@pytest.mark.parametrize("name", LIMITS)
def test_limits(open_sandbox: Open, name: str) -> None:
    """1.2, 2.3: the limits of availability queries, which a scenario may set."""
    switches, window, errors = LIMITS[name]
    for chosen in (switches, {}):
        office = open_office(open_sandbox, {"P": ""}, switches=chosen)
        second = {**step("b", "P"), "participants": [group("P"), group("P", "P")]}
        body = {"sequence": [step("a", "P"), second], "query_periods": spans(window)}
        answer = office.post(SEQUENCED, body)
        if chosen:
            refused(answer, 422, errors)
        else:
            assert answer.status_code == 200

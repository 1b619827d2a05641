"""scheduling.md §1.2: what an availability query may say, in each of its forms."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.contract.availability import (
    Office,
    at,
    busy,
    group,
    member,
    minutes,
    open_office,
    somebody,
    spans,
)
from tests.contract.documents import Document
from tests.contract.events import LEFT_OUT, Open

SLOTS: Document = {"response_format": "slots"}
AROUND = "09:00–10:00, 11:00–12:00"


def of_p(**more: Any) -> Document:
    """P alone; ``more`` are members of theirs."""
    return {"participants": [group(member("P", **more))]}


class Case(NamedTuple):
    """What the query says, and what of 08:00–13:00 is free for P, who is busy 10:00–11:00."""

    says: Document
    free: str = "08:00–10:00, 11:00–13:00"


HALF_AN_HOUR = Case({}, "08:00–09:30, 11:30–13:00").free
BUFFERS: dict[str, Case] = {
    "both sides": Case(
        {"buffer": {"before": minutes(15), "after": minutes(30)}}, "08:00–09:30, 11:15–13:00"
    ),
    "before": Case({"buffer": {"before": minutes(15)}}, "08:00–10:00, 11:15–13:00"),
    "after": Case({"buffer": {"after": {"hours": 1}}}, "08:00–09:00, 11:00–13:00"),
    "minimum [csharp]": Case(
        {"buffer": {"before": {"minimum": minutes(30)}, "after": {"minimum": minutes(30)}}},
        HALF_AN_HOUR,
    ),
    "maximum means nothing": Case(
        {"buffer": {"after": {"minimum": minutes(30), "maximum": minutes(45)}}},
        "08:00–09:30, 11:00–13:00",
    ),
    "numeric strings [samples]": Case(
        {"buffer": {"before": minutes("30"), "after": minutes("30")}}, HALF_AN_HOUR
    ),
    "nothing": Case({"buffer": {"before": minutes(0), "after": minutes(0)}}),
    "{} [python]": Case({"buffer": {}}),
    "[] [php]": Case({"buffer": []}),
    "[] on both sides [php]": Case({"buffer": {"before": [], "after": []}}),
    "null": Case({"buffer": None}),
    "null on both sides": Case({"buffer": {"before": None, "after": None}}),
    "a day": Case({"buffer": {"after": {"hours": 24}}}, "11:00–13:00"),
    "of the member": Case(of_p(buffer={"before": minutes(30), "after": minutes(30)}), HALF_AN_HOUR),
    "of the member, minimum": Case(
        of_p(buffer={"after": {"minimum": minutes(30)}}), "08:00–09:30, 11:00–13:00"
    ),
    "of the member, replacing the query's": Case(
        {
            **of_p(buffer={"before": minutes(30)}),
            "buffer": {"before": minutes(15), "after": minutes(15)},
        },
        "08:00–10:00, 11:30–13:00",
    ),
    "of the member, {}": Case(
        {**of_p(buffer={}), "buffer": {"before": minutes(15)}}, "08:00–10:00, 11:15–13:00"
    ),
    "of the member, null": Case(
        {**of_p(buffer=None), "buffer": {"before": minutes(15)}}, "08:00–10:00, 11:15–13:00"
    ),
}
PERIODS: dict[str, Case] = {
    "member's periods": Case(
        of_p(available_periods=spans("09:00–12:00, 12:30–14:00")), "09:00–10:00, 11:00–12:00"
    ),
    "member's periods outside the query's add nothing": Case(
        of_p(available_periods=spans("06:00–09:00, 12:00–15:00")), "08:00–09:00, 12:00–13:00"
    ),
    "member's periods of null": Case(of_p(available_periods=None)),
    "available_periods is the old name of query_periods": Case(
        {"query_periods": LEFT_OUT, "available_periods": spans("09:00–12:00")}, AROUND
    ),
    "several periods": Case(
        {"query_periods": spans("11:30–13:00, 08:30–10:00")}, "08:30–10:00, 11:30–13:00"
    ),
    "periods that touch or overlap": Case(
        {"query_periods": spans("11:00–12:00, 11:30–12:30, 12:30–13:00")}, "11:00–13:00"
    ),
    "a period shorter than the duration": Case(
        {"query_periods": spans("08:00–08:59, 09:00–10:00")}, "09:00–10:00"
    ),
    "a period in the past": Case(
        {"query_periods": spans("01-05T09:00–01-05T10:00")}, "01-05T09:00–01-05T10:00"
    ),
    "not managed": Case(of_p(managed_availability=False)),
    "rules without managed availability": Case(of_p(availability_rule_ids=["work"])),
}
DURATIONS: dict[str, Case] = {
    "1 minute": Case({"required_duration": minutes(1)}),
    "120 minutes": Case({"required_duration": minutes(120)}),
    "hours": Case({"required_duration": {"hours": 2}}),
    "hours and minutes": Case({"required_duration": {"hours": 1, "minutes": 59}}),
    "a minute too many": Case({"required_duration": {"hours": 2, "minutes": 1}}, ""),
    "numeric strings [samples]": Case({"required_duration": {"hours": "2", "minutes": "0"}}),
    "24 hours": Case({"required_duration": {"hours": 24}}, ""),
}


@pytest.mark.parametrize("name", BUFFERS)
def test_buffer(open_sandbox: Open, name: str) -> None:
    """1.2 buffer: free time around what is busy; a member's own replaces the query's."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    says, free = BUFFERS[name]
    assert office.available("08:00–13:00", **says) == office.periods(free)


@pytest.mark.parametrize("name", PERIODS)
def test_periods(open_sandbox: Open, name: str) -> None:
    """1.2 query_periods, available_periods: when is looked at."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    says, free = PERIODS[name]
    assert office.available("08:00–13:00", **says) == office.periods(free)


@pytest.mark.parametrize("name", DURATIONS)
def test_required_duration(open_sandbox: Open, name: str) -> None:
    """1.2 required_duration: from a minute to a day."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    says, free = DURATIONS[name]
    assert office.available("08:00–13:00", **says) == office.periods(free)


@pytest.mark.parametrize(
    "required",
    [LEFT_OUT, "all", 2, "2", None],
    ids=["left out", "all", "2", "text", "null"],
)
def test_everybody_required(open_sandbox: Open, required: Any) -> None:
    """1.2 required: all of the group, unless it says otherwise."""
    office = open_office(open_sandbox, {"A": "09:00–10:00", "B": "11:00–12:00"})
    of_both = group("A", "B", required=required)
    if required is LEFT_OUT:
        del of_both["required"]
    assert office.available(participants=[of_both]) == office.periods("10:00–11:00")


@pytest.mark.parametrize("required", [1, "1"], ids=repr)
def test_one_required(open_sandbox: Open, required: Any) -> None:
    """1.2 required: as many as it says, a number or (the early API) a text."""
    office = open_office(open_sandbox, {"A": "09:00–10:00", "B": "11:00–12:00"})
    found = office.available(participants=[group("A", "B", required=required)], **SLOTS)
    assert found == office.slots("09:00–10:00 B, 10:00–11:00 A B, 11:00–12:00 A")


def test_calendar_ids(open_sandbox: Open) -> None:
    """1.2 calendar_ids: left out all calendars, [] none of them, else those."""
    home = {"name": "Home", "events": busy("11:00–12:00")}
    work = {"name": "Work", "primary": True, "events": busy("09:00–10:00")}
    office = open_office(open_sandbox, {"P": {"calendars": [work, home]}})
    ids = office.calendars("P")

    def free(**says: Any) -> Document:
        return office.available(**of_p(**says))

    assert free() == office.periods("10:00–11:00")
    assert free(calendar_ids=None) == office.periods("10:00–11:00")
    assert free(calendar_ids=[]) == office.periods("09:00–12:00")
    assert free(calendar_ids=[ids["Home"]]) == office.periods("09:00–11:00")
    assert free(calendar_ids=[ids["Work"]]) == office.periods("10:00–12:00")
    assert free(calendar_ids=[ids["Work"], ids["Home"], ids["Work"]]) == free()


@pytest.mark.parametrize(
    ("response_format", "key"),
    [
        pytest.param(LEFT_OUT, "available_periods", id="left out"),
        pytest.param("periods", "available_periods", id="periods"),
        pytest.param("slots", "available_slots", id="slots"),
        pytest.param("overlapping_slots", "available_slots", id="overlapping_slots"),
    ],
)
def test_query_slots(open_sandbox: Open, response_format: Any, key: str) -> None:
    """1.2, 1.7 query_slots: only these starts are tested, each once, whatever the grid."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    starts = ("11:00", "09:00", "08:47", "09:30", "09:00")
    found = office.available(
        query_periods=LEFT_OUT,
        query_slots=[{"start": at(start)} for start in starts],
        start_interval=minutes(60),
        response_format=response_format,
    )
    assert found == {key: office.items("08:47–09:47, 09:00–10:00, 11:00–12:00")}


def test_query_slots_and_member_periods(open_sandbox: Open) -> None:
    """1.6: a slot has to lie in the member's own periods too."""
    office = open_office(open_sandbox, {"P": ""})
    slots = [{"start": at(start)} for start in ("08:30", "09:00", "10:00", "10:30")]
    participants = of_p(available_periods=spans("09:00–11:00"))["participants"]
    found = office.available(
        query_periods=LEFT_OUT, query_slots=slots, participants=participants, **SLOTS
    )
    assert found == office.slots("09:00–10:00, 10:00–11:00")


GRIDS: dict[str, tuple[Document | None, str]] = {
    "5": (minutes(5), "09:05–10:05"),
    "10": (minutes(10), "09:10–10:10"),
    "15": (minutes(15), "09:15–10:15"),
    "20": (minutes(20), "09:20–10:20"),
    "30": (minutes(30), "09:30–10:30"),
    "60": (minutes(60), "10:00–11:00"),
    "an hour": ({"hours": 1}, "10:00–11:00"),
    "numeric string [samples]": (minutes("15"), "09:15–10:15"),
    "null [python]": (None, "09:03–10:03"),
}


@pytest.mark.parametrize("name", GRIDS)
def test_start_interval(open_sandbox: Open, name: str) -> None:
    """1.2, 1.7 start_interval: starts are multiples of it, counted from the hour in UTC."""
    interval, first = GRIDS[name]
    office = open_office(open_sandbox, {"P": ""})
    found = office.available("09:03–11:03", start_interval=interval, max_results=1, **SLOTS)
    assert found == office.slots(first)


@pytest.mark.parametrize(
    ("most", "count"),
    [
        pytest.param(LEFT_OUT, 512, id="left out"),
        pytest.param(None, 512, id="null"),
        pytest.param(512, 512, id="512"),
        pytest.param(1, 1, id="1"),
    ],
)
def test_max_results(open_sandbox: Open, most: Any, count: int) -> None:
    """1.2 max_results: the first so many, 512 if it is left out."""
    office = open_office(open_sandbox, {"P": ""})
    found = office.available("09:00–19:00", 1, max_results=most, **SLOTS)
    starts = [item["start"] for item in found["available_slots"]]
    assert starts == [at(f"{9 + n // 60:02}:{n % 60:02}") for n in range(count)]


@pytest.mark.parametrize(
    "name", ["ignored_extended_transparencies", "ignored_extended_transparency"]
)
@pytest.mark.parametrize("place", ["member", "query"])
def test_ignored_extended_transparencies(open_sandbox: Open, name: str, place: str) -> None:
    """1.2: Microsoft's finer values that are taken as free (assumed, in both spellings)."""
    events = [
        *busy("09:00–10:00", transparency="out_of_office"),
        *busy("10:00–11:00", transparency="working_elsewhere"),
        *busy("11:00–12:00"),
    ]
    office = open_office(open_sandbox, {"P": somebody(*events, provider="office365")})
    assert office.available() == office.periods("")
    for values, free in (
        (["out_of_office"], "09:00–10:00"),
        (["out_of_office", "working_elsewhere"], "09:00–11:00"),
        ([], ""),
    ):
        ignored: Document = {name: values}
        says = of_p(**ignored) if place == "member" else ignored
        assert office.available(**says) == office.periods(free)


def test_excluded_events(open_sandbox: Open) -> None:
    """1.2 excluded_events: taken as free by event_id or event_uid; unknown ones change nothing."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    office.writer("P").write(event_id="ours", **spans("11:00–12:00")[0])
    dentist = office.enters("P", "09:00–10:00")
    for excluded, free in (
        ([], ""),
        (None, ""),
        ([{"event_id": "ours"}], "11:00–12:00"),
        ([{"event_uid": dentist}], "09:00–10:00"),
        ([{"event_id": "ours"}, {"event_uid": dentist}], AROUND),
        ([{"event_id": "nobody's"}, {"event_uid": "evt_external_0123"}], ""),
    ):
        assert office.available(excluded_events=excluded) == office.periods(free), excluded


def test_unknown_fields(open_sandbox: Open) -> None:
    """0: ignored, and the developer is told."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    names = ("bearer_token", "client_id", "client_secret", "only_managed", "tzid")
    says: Document = dict.fromkeys(names, "x")
    answer = office.ask(**says)
    assert (answer.status_code, answer.json()) == (200, office.periods(AROUND))
    expected = f"ignored: unknown parameter {', '.join(names)}"
    assert answer.headers["mock-cronofy-warning"] == expected
    assert "mock-cronofy-warning" not in office.ask().headers


def test_unknown_fields_of_a_member(open_sandbox: Open) -> None:
    """0: those of what stands inside are ignored too."""
    office: Office = open_office(open_sandbox, {"P": "10:00–11:00"})
    of_everybody = {**group(member("P", email="p@acme.test")), "name": "Interviewers"}
    assert office.available(participants=[of_everybody]) == office.periods(AROUND)

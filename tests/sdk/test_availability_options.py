"""What one SDK alone can say about availability."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk.clients import Document, NodeClient, NodeSdk, PythonClient, PythonSdk
from tests.sdk.diary import Diary, event
from tests.sdk.event_calls import refusal
from tests.sdk.team import Team, period, placed, time

KIND = "available_periods"
PARIS = timezone(timedelta(hours=2))


@pytest.fixture
def in_python(python_sdk: PythonSdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Team:
    return Team(Diary(python_sdk, open_sandbox, mode))


@pytest.fixture
def in_node(node_sdk: NodeSdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Team:
    return Team(Diary(node_sdk, open_sandbox, mode))


IN_ONE_MODE = pytest.mark.parametrize("mode", ["read_write-google"], indirect=True)
IN_EACH_MODE = pytest.mark.parametrize(
    "mode", ["read_write-google", "free_busy-google", "no_calendar"], indirect=True
)


def at(hour: int, zone: tzinfo | None = UTC) -> datetime:
    return datetime(2026, 5, 12, hour, tzinfo=zone)


Query = Callable[[Team], dict[str, Any]]

# Ways to ask pycronofy for the same: an hour of Jane and Ben between 9 and 17 o'clock.
FORMS: dict[str, Query] = {
    "one group": lambda t: {"participants": {"members": [t.jane, t.ben]}},
    "groups": lambda t: {"participants": [{"members": [t.jane]}, {"members": [{"sub": t.ben}]}]},
    "tuples": lambda t: {"participants": ({"members": (t.jane, t.ben), "required": "all"},)},
    "nothing required": lambda t: {"participants": {"members": [t.jane, t.ben], "required": None}},
    "two required": lambda t: {"participants": {"members": [t.jane, t.ben], "required": 2}},
    "times of a member": lambda t: {
        "participants": {
            "members": [
                t.jane,
                {"sub": t.ben, "available_periods": [{"start": at(8), "end": at(18)}]},
            ]
        }
    },
    "times": lambda t: {"available_periods": [{"start": at(9), "end": at(17)}]},
    "times without a zone": lambda t: {
        "available_periods": ({"start": at(9, None), "end": at(17, None)},)
    },
    "times in Paris": lambda t: {
        "available_periods": [{"start": at(11, PARIS), "end": at(19, PARIS)}]
    },
    "periods that touch": lambda t: {
        "available_periods": [period("09:00-12:00"), period("12:00-17:00")]
    },
    "duration in minutes": lambda t: {"required_duration": {"minutes": 60}},
    "duration in hours": lambda t: {"required_duration": {"hours": 1}},
    "no buffer": lambda t: {"buffer": None},
    "an empty buffer": lambda t: {"buffer": {}},
    "buffers of nothing": lambda t: {"buffer": {"before": 0, "after": {"minutes": 0}}},
    "buffers that are unknown": lambda t: {"buffer": {"before": None, "after": None}},
    "interval in minutes": lambda t: {"start_interval": 60},
    "interval written out": lambda t: {"start_interval": {"minutes": 30}},
    "the usual format": lambda t: {"response_format": "periods"},
    "the most results": lambda t: {"max_results": 512},
}


def ask(team: Team, **changes: Any) -> list[Document]:
    """What ``availability`` of pycronofy hands out."""
    client = team.diary.client
    assert isinstance(client, PythonClient)
    wanted = {
        "participants": {"members": [team.jane, team.ben]},
        "required_duration": 60,
        "available_periods": [period("09:00-17:00")],
        **changes,
    }
    result, document = client.call(client.client.availability, **wanted)
    assert [result] == list(document.values())
    found: list[Document] = result
    return found


REQUIRED = {"key": "errors.required", "description": "required"}
FREE = ("09:00-10:00", "11:00-12:00", "13:00-14:00", "15:00-17:00")


@IN_ONE_MODE
@pytest.mark.parametrize("form", FORMS)
def test_python_forms(form: str, in_python: Team) -> None:
    """Every form that pycronofy takes asks for the same."""
    assert ask(in_python, **FORMS[form](in_python)) == in_python.both(*FREE)


@IN_ONE_MODE
def test_python_buffers(in_python: Team) -> None:
    """Buffers are numbers, durations, or have a minimum, each side by itself."""
    minutes, least = {"minutes": 30}, {"minimum": 30}
    for before in (30, minutes, least, {"minimum": minutes}):
        for after in (15, {"minutes": 15}, {"minimum": 15}):
            buffer = {"before": before, "after": after}
            assert ask(in_python, buffer=buffer) == in_python.both("15:30-17:00"), buffer
    before_alone = ask(in_python, buffer={"before": 30})
    assert before_alone == in_python.both("09:00-10:00", "15:30-17:00")
    after_alone = ask(in_python, buffer={"after": {"minimum": 30}})
    assert after_alone == in_python.both("15:00-17:00")


@IN_ONE_MODE
def test_python_exact_times(in_python: Team) -> None:
    """Starts are datetimes or texts, and periods stay away."""
    starts = [{"start": at(9)}, {"start": at(12, PARIS)}, {"start": time("11:00")}]
    for more in ({}, {"response_format": "overlapping_slots", "start_interval": 15, "buffer": {}}):
        found = ask(in_python, available_periods=None, query_slots=starts, **more)
        assert found == in_python.both("09:00-10:00", "11:00-12:00")


@IN_ONE_MODE
def test_python_sequences(in_python: Team) -> None:
    """Numbers for durations, subs for members, and times of one event alone."""
    client = in_python.diary.client
    assert isinstance(client, PythonClient)
    jane, ben = in_python.jane, in_python.ben
    sequence = [
        {
            "sequence_id": "call",
            "ordinal": 1,
            "participants": {"members": [jane]},
            "required_duration": 60,
            "start_interval": 60,
            "buffer": {"after": {"minimum": 0, "maximum": 60}},
            "event": {"summary": "Call"},
        },
        {
            "sequence_id": "panel",
            "ordinal": 2,
            "participants": [{"members": [jane, {"sub": ben}], "required": 2}],
            "required_duration": {"hours": 1},
            "available_periods": [{"start": at(11), "end": at(14)}],
        },
    ]
    periods = [{"start": at(11, PARIS), "end": at(19, PARIS)}]
    ask_for = client.client.sequenced_availability
    result, document = client.call(ask_for, sequence=sequence, available_periods=periods)
    pairs = [
        ("09:00-10:00", "11:00-12:00"),
        ("11:00-12:00", "13:00-14:00"),
        ("12:00-13:00", "13:00-14:00"),
    ]
    expected = [
        {"sequence": [placed("call", call, jane), placed("panel", panel, jane, ben)]}
        for call, panel in pairs
    ]
    assert result == expected
    assert document == {"sequences": expected}


@IN_ONE_MODE
def test_python_asks_for_nothing(in_python: Team) -> None:
    """What is left out altogether arrives as empty lists, and is refused."""
    client = in_python.diary.client
    assert isinstance(client, PythonClient)
    refused = {
        "query_periods": [REQUIRED],
        "participants": [REQUIRED],
        "required_duration": [REQUIRED],
    }
    asked = refusal(client.call, client.client.availability)
    assert asked == (422, {"errors": refused})
    asked = refusal(client.call, client.client.sequenced_availability)
    assert asked == (422, {"errors": {"query_periods": [REQUIRED], "sequence": [REQUIRED]}})


@IN_EACH_MODE
def test_node_available_periods(in_node: Team) -> None:
    """Times are stored, moved, listed page by page, and deleted one by one or all."""
    client = in_node.diary.client
    assert isinstance(client, NodeClient)

    def upsert(available_period_id: str, times: str, **more: Any) -> None:
        wanted = {"available_period_id": available_period_id, **period(times), **more}
        assert client.call("upsertAvailablePeriod", **wanted) is None

    def listed(**query: Any) -> list[Document]:
        page = client.call("listAvailablePeriods", **query)
        assert page == {"pages": {"current": 1, "total": 1}, "available_periods": page[KIND]}
        found: list[Document] = page[KIND]
        return found

    def delete(**wanted: Any) -> None:
        assert client.call("deleteAvailablePeriods", **wanted) is None

    assert listed() == []
    upsert("early", "08:00-09:00")
    upsert("early", "09:00-11:00", tzid="Europe/London")
    upsert("late", "14:30-16:00")
    early = {"available_period_id": "early", **period("09:00-11:00")}
    late = {"available_period_id": "late", **period("14:30-16:00")}
    assert listed() == [early, late]
    days = {"from": "2026-05-12", "to": "2026-05-13"}
    assert listed(**days, tzid="Etc/UTC") == [early, late]
    assert listed(**{**days, "to": "2026-05-12"}, tzid="Etc/UTC") == []
    # 14:30 in UTC is the next day in Auckland.
    assert listed(**{**days, "to": "2026-05-13"}, tzid="Pacific/Auckland") == [early]
    localized = {"time": "2026-05-12T10:00:00+01:00", "tzid": "Europe/London"}
    (first, second) = listed(localized_times=True)
    assert first["start"] == localized
    assert second["start"] == {"time": "2026-05-12T14:30:00+00:00", "tzid": "Etc/UTC"}

    managed = in_node.query(in_node.group({"sub": in_node.jane, "managed_availability": True}))
    free = ["09:00-10:00"] if in_node.seen else ["09:00-11:00"]
    found = in_node.availability.find(**managed)
    assert found == {"available_periods": in_node.alone(*free, "15:00-16:00")}
    delete(available_period_id="early")
    assert listed() == [late]
    delete(available_period_id="early")
    delete(delete_all=True)
    assert listed() == []
    assert in_node.availability.find(**managed) == {"available_periods": []}


@IN_ONE_MODE
def test_node_pages_of_available_periods(in_node: Team) -> None:
    """More than fit on a page are read from page to page."""
    client = in_node.diary.client
    assert isinstance(client, NodeClient)
    entries = [
        {
            "method": "POST",
            "relative_url": "/v1/available_periods",
            "data": {"available_period_id": f"p-{number:02}", **period("09:00-10:00")},
        }
        for number in range(60)
    ]
    for some in (entries[:30], entries[30:]):
        answer = client.call("batch", batch=some)
        assert answer == {"batch": [{"status": 202}] * len(some)}
    page = client.call("listAvailablePeriods")
    found = page[KIND]
    next_page = page["pages"].pop("next_page")
    assert page["pages"] == {"current": 1, "total": 2}
    page = client.call("listAvailablePeriods", next_page=next_page)
    assert page["pages"] == {"current": 2, "total": 2}
    assert found + page[KIND] == [entry["data"] for entry in entries]
    everything = {"method": "DELETE", "relative_url": "/v1/available_periods"}
    answer = client.call("batch", batch=[{**everything, "data": {"delete_all": True}}])
    assert answer == {"batch": [{"status": 202}]}
    assert client.call("listAvailablePeriods")[KIND] == []


@IN_EACH_MODE
def test_node_asks_for_more(in_node: Team) -> None:
    """How far each member can be trusted, and times without an event that is to be moved."""
    planning = {"event_id": event()["event_id"]}
    free = ["09:00-10:00", "11:00-17:00"] if in_node.seen else ["09:00-17:00"]
    jane = {"sub": in_node.jane, "ignore_tentative": True, "only_managed_events": False}
    query = in_node.query(in_node.group(jane), include_member_statuses=True)
    assert in_node.availability.find(**query, excluded_events=[planning]) == {
        "available_periods": in_node.alone(*free),
        "member_statuses": [{"sub": in_node.jane, "sync_status": "active"}],
    }
    own = in_node.query(in_node.group({"sub": in_node.jane, "only_managed_events": True}))
    found = in_node.availability.find(**own)
    assert found == {"available_periods": in_node.alone("09:00-14:00", "15:00-17:00")}
    limit = {"period": "day", "limit": 1, "tzid": "Europe/London"}
    full = in_node.group({"sub": in_node.jane, "availability_constraints": [limit]})
    assert in_node.availability.find(**in_node.query(full)) == {"available_periods": []}

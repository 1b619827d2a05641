"""What one SDK alone can say about events, and events of application calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import event_calls
from tests.sdk.clients import Document, NodeClient, NodeSdk, PythonSdk, Sdk
from tests.sdk.diary import BEN, EVENT_UID, Diary, event
from tests.sdk.event_calls import refusal
from tests.sdk.expected import unprocessable

MODES = ["read_write-google", "free_busy-google", "no_calendar"]


@pytest.fixture
def in_python(python_sdk: PythonSdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Diary:
    return Diary(python_sdk, open_sandbox, mode)


@pytest.fixture
def in_node(node_sdk: NodeSdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Diary:
    return Diary(node_sdk, open_sandbox, mode)


@pytest.mark.parametrize("mode", MODES, indirect=True)
def test_python_objects(in_python: Diary) -> None:
    """pycronofy takes dates and times as Python has them, in any time zone."""
    events, calendar_id = in_python.events, in_python.calendar_id
    paris = timezone(timedelta(hours=2))
    start = datetime(2026, 5, 13, 11, tzinfo=paris)
    events.upsert(calendar_id, event(start=start, end=datetime(2026, 5, 13, 10, tzinfo=UTC)))
    assert in_python.managed() == [in_python.written()]
    wanted: dict[str, Any] = {"from": date(2026, 5, 13), "to": date(2026, 5, 14)}
    modified = datetime(2026, 5, 11, 8, tzinfo=UTC)
    found = events.read(**wanted, last_modified=modified, only_managed=True)
    assert found == [in_python.written()]
    (busy,) = events.free_busy(**wanted, include_managed=True)
    assert busy["calendar_id"] == calendar_id
    days = {"start": date(2026, 5, 13), "end": {"time": date(2026, 5, 14)}}
    assert events.batch(("upsert", calendar_id, event(**days))) == [{"status": 202}]
    (found,) = in_python.managed()
    assert (found["start"], found["end"]) == ("2026-05-13", "2026-05-14")


@pytest.mark.parametrize("mode", MODES, indirect=True)
def test_node_asks_for_userinfo(in_node: Diary) -> None:
    """Writing and reading can answer who the account is."""
    client = in_node.client
    assert isinstance(client, NodeClient)
    userinfo = client.userinfo()
    asked = {"calendar_id": in_node.calendar_id, "include_userinfo": True}
    assert client.call("createEvent", **asked, **event()) == {"userinfo": userinfo}
    read = client.call("readEvents", tzid="Etc/UTC", only_managed=True, include_userinfo=True)
    assert read == {
        "pages": {"current": 1, "total": 1},
        "events": [in_node.written()],
        "userinfo": userinfo,
    }
    busy = client.call("freeBusy", tzid="Etc/UTC", include_userinfo=True)
    assert busy == {
        "pages": {"current": 1, "total": 1},
        "free_busy": in_node.own_busy(),
        "userinfo": userinfo,
    }
    assert client.call("deleteEvent", **asked, event_id="planning") == {"userinfo": userinfo}
    assert in_node.managed() == []


def with_ids(period: Document, **more: Any) -> Document:
    return {**period, "event_uid": EVENT_UID, **more}


@pytest.mark.parametrize("mode", MODES, indirect=True)
def test_node_asks_for_more_busy_times(in_node: Diary) -> None:
    """With their ids, with what is free, and with what has been deleted."""
    events, calendar_id = in_node.events, in_node.calendar_id
    events.upsert(calendar_id, event(transparency="transparent"))
    events.upsert(calendar_id, event(event_id="gone"))
    events.delete(calendar_id, "gone")
    ids = [with_ids(period) for period in in_node.own_busy()]
    assert events.free_busy(include_ids=True, include_managed=True) == ids
    times = ("2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z")
    day: dict[str, Any] = {"from": "2026-05-13", "to": "2026-05-14", "include_managed": True}
    free = with_ids(in_node.period(calendar_id, *times, "free"), event_id="planning")
    gone = with_ids(in_node.period(calendar_id, *times), event_id="gone", deleted=True)
    asked = {**day, "include_ids": True, "include_free": True}
    assert events.free_busy(**asked) == [free]
    both = events.free_busy(**asked, include_deleted=True)
    assert sorted(both, key=lambda p: str(p["event_id"])) == [gone, free]


@pytest.mark.parametrize("mode", ["read_write-google", "read_write-office365"], indirect=True)
def test_node_asks_for_googles_ids(in_node: Diary) -> None:
    """Only what stands in one of Google's calendars has one."""
    found = in_node.events.read(google_event_ids=True)
    google = in_node.client.profiles()["profiles"][0]["provider_name"] == "google"
    assert [e.pop("google_event_id", None) is not None for e in found] == [google] * 3
    assert found == in_node.own_events()


def test_application_calendars(sdk: Sdk, open_sandbox: Callable[..., Sandbox]) -> None:
    """Nobody is invited to what an application writes down for itself."""
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z")
    client = sdk.client(sandbox.credentials)
    client.application_calendar("desk-42")
    events = event_calls.of(client)
    calendar_id = client.calendars()["calendars"][0]["calendar_id"]
    events.upsert(calendar_id, event())
    (found,) = events.read(only_managed=True)
    assert (found["attendees"], found["participation_status"]) == ([], "accepted")
    assert {name: found[name] for name in event()} == event()
    busy = {
        "calendar_id": calendar_id,
        "start": "2026-05-13T09:00:00Z",
        "end": "2026-05-13T10:00:00Z",
        "free_busy_status": "busy",
    }
    assert events.free_busy(include_managed=True) == [busy]
    guests = event(attendees={"invite": [{"email": BEN}]})
    refused = unprocessable(
        "attendees", "errors.event.cannot_set_attendees", "this calendar cannot send invitations"
    )
    assert refusal(events.upsert, calendar_id, guests) == (422, refused)
    assert events.batch(("delete", calendar_id, "planning")) == [{"status": 202}]
    assert events.read(only_managed=True) == []
    assert sandbox.control("GET", "/inbox").json() == {"messages": []}

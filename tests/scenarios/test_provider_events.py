"""The scenarios about what stands in people's own calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contract.stories import read
from tests.emulator import Sandbox
from tests.scenarios.world import JANE

Open = Callable[..., Sandbox]


def events(sandbox: Sandbox, token: Any, **query: str) -> list[dict[str, Any]]:
    """What GET /v1/events answers, in London's time."""
    path = "/v1/events?tzid=Europe/London&localized_times=true"
    found: list[dict[str, Any]] = read(
        sandbox, token, path + "".join(f"&{name}={value}" for name, value in query.items())
    )["events"]
    return found


def test_recurring_events(open_sandbox: Open) -> None:
    """Planning stays at ten o'clock when summer time ends; the board meets on last Fridays; the
    founding day comes every year."""
    sandbox = open_sandbox(scenario="recurring-events")
    (jane,) = sandbox.document["connected"]
    found = events(sandbox, jane, **{"from": "2026-10-01", "to": "2026-11-27"})
    assert [(event["summary"], event["start"]["time"]) for event in found] == [
        ("Planning", "2026-10-27T10:00:00+00:00"),
        ("Board", "2026-10-30T15:00:00+00:00"),
        ("Founding day", "2026-11-01"),
        ("Planning", "2026-11-10T10:00:00+00:00"),
        ("Planning", "2026-11-24T10:00:00+00:00"),
    ]
    planning = [event for event in found if event["summary"] == "Planning"]
    assert len({event["series_identifier"] for event in planning}) == 1
    assert len({event["event_uid"] for event in planning}) == 3
    board = next(event for event in found if event["summary"] == "Board")
    assert board["participation_status"] == "tentative"
    assert board["options"]["change_participation_status"] is True


def test_sync_delay(open_sandbox: Open) -> None:
    """What Jane puts into her calendar shows ten minutes later. Kenji's events show when his
    first synchronization is over."""
    sandbox = open_sandbox(scenario="sync-delay")
    jane, kenji = sandbox.document["connected"]
    day = {"from": "2026-05-20", "to": "2026-05-21"}
    lunch = {"summary": "Lunch", "start": "2026-05-20T12:00:00Z", "end": "2026-05-20T13:00:00Z"}
    assert sandbox.control("POST", f"/people/{JANE}/events", json=lunch).status_code == 201
    sandbox.advance(minutes=9)
    assert events(sandbox, jane, **day) == []
    sandbox.advance(minutes=1)
    assert [event["summary"] for event in events(sandbox, jane, **day)] == ["Lunch"]

    assert events(sandbox, kenji) == []
    profile_id = kenji["profiles"][0]["profile_id"]
    assert sandbox.control("POST", f"/profiles/{profile_id}/sync").status_code == 200
    assert "朝会" in [event["summary"] for event in events(sandbox, kenji)]

"""The client writes into the timeline, and lets things happen at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mock_server.testing import ControlError, Sandbox

DISCONNECT = {"disconnect_profile": {"person": "jane@acme.test"}}


def test_something_happens_later(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test")
    entry = acme.timeline.at({"minutes": 10}, DISCONNECT)
    acme.timeline.at(timedelta(minutes=20), {"reconnect_profile": {"person": "jane@acme.test"}})
    for minutes, connected in ((10, False), (10, True)):
        happened = acme.clock.advance(minutes=minutes).happened
        assert [item["happened"] for item in happened] == ["timeline"]
        data = acme.http.get("/v1/userinfo", headers=jane.auth).json()["cronofy.data"]
        assert data["profiles"][0]["profile_connected"] is connected
    assert [item["state"] for item in acme.timeline.list()] == ["done", "done"]
    assert acme.timeline.read(entry["entry_id"])["state"] == "done"
    acme.timeline.remove(entry["entry_id"])
    assert len(acme.timeline.list()) == 1
    acme.timeline.clear()
    assert acme.timeline.list() == []


def test_something_happens_after_a_request(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test")
    acme.timeline.when("GET /v1/calendars", DISCONNECT)
    acme.timeline.when({"request": "GET /v1/userinfo", "times": 2}, {"clear_journal": {}})
    acme.http.get("/v1/calendars", headers=jane.auth)
    data = acme.http.get("/v1/userinfo", headers=jane.auth).json()["cronofy.data"]
    assert data["profiles"][0]["profile_connected"] is False
    assert acme.journal.requests() == []


def test_something_happens_at_once(acme: Sandbox) -> None:
    acme.add_person("jane@acme.test")
    made = acme.actions.do(
        "make_event",
        person="jane@acme.test",
        summary="Dentist",
        start="2026-05-12T09:00:00Z",
        end="2026-05-12T10:00:00Z",
    )
    assert made["action"] == "make_event"
    assert [event["summary"] for event in acme.person("jane@acme.test").events()] == ["Dentist"]
    with pytest.raises(ControlError, match="disconnect_profil"):
        acme.actions.do("disconnect_profil", person="jane@acme.test")

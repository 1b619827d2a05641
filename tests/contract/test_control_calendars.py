"""Calendars that a person makes, renames and deletes at the provider (events §1.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.control import assert_problems, problem
from tests.contract.documents import Document
from tests.contract.events import (
    JANE,
    Open,
    Writer,
    external,
    open_writer,
    own_calendar,
    refused,
    written,
)

GUEST = "guest@other.test"
CALENDARS = f"/people/{JANE}/calendars"
TWO = [{"name": JANE, "primary": True}, {"name": "A/B trips"}]


def listed(writer: Writer) -> dict[str, Document]:
    """GET /v1/calendars, by name."""
    calendars = writer.call("GET", "/v1/calendars").json()["calendars"]
    return {calendar["calendar_name"]: calendar for calendar in calendars}


def make(writer: Writer, **wanted: Any) -> Document:
    answer = writer.sandbox.control("POST", CALENDARS, json=wanted)
    assert answer.status_code == 201, answer.text
    made: Document = answer.json()
    return made


def delete(writer: Writer, name: str) -> None:
    answer = writer.sandbox.control("DELETE", f"{CALENDARS}/{name}")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.fixture
def writer(open_sandbox: Open) -> Writer:
    """It writes into Jane's second calendar."""
    writer = open_writer(open_sandbox, calendars=TWO)
    writer.calendar_id = listed(writer)["A/B trips"]["calendar_id"]
    return writer


def test_a_calendar_is_made(writer: Writer) -> None:
    """Cronofy sees it at once, as it sees the others."""
    before = listed(writer)
    assert make(writer, name="Home") == {"name": "Home", "primary": False, "readonly": False}
    made = make(writer, name="Theirs", readonly=True, color="#1A73E8")
    assert made == {"name": "Theirs", "primary": False, "readonly": True}
    after = listed(writer)
    expected = {**before["A/B trips"], "calendar_id": after["Home"]["calendar_id"]}
    assert after["Home"] == {**expected, "calendar_name": "Home"}
    assert after["Theirs"]["calendar_readonly"] is True
    assert {name: after[name] for name in before} == before
    (jane,) = writer.sandbox.control("GET", "/people").json()["people"]
    assert [calendar["name"] for calendar in jane["calendars"]] == [
        *(calendar["name"] for calendar in TWO),
        "Home",
        "Theirs",
    ]


def test_a_calendar_is_deleted(writer: Writer) -> None:
    """It stays in the list as deleted; nothing can be written; its events read as deleted, and
    their guests hear of it. The other calendar is what it was."""
    writer.write(attendees={"invite": [{"email": GUEST}]})
    external(writer, calendar="A/B trips", summary="Flight")
    external(writer)
    before = listed(writer)
    delete(writer, "A/B trips")
    before["A/B trips"]["calendar_deleted"] = True
    assert listed(writer) == before
    refused(writer.post(), 404)
    refused(writer.delete(), 404)
    assert [event["summary"] for event in writer.all_events()] == ["Dentist"]
    found = writer.all_events(include_deleted="true")
    assert {(event["summary"], event["deleted"]) for event in found} == {
        ("Standup", True),
        ("Flight", True),
        ("Dentist", False),
    }
    assert writer.invites(GUEST) == [("REQUEST", 0), ("CANCEL", 1)]
    assert [event["summary"] for event in own_calendar(writer)] == ["Dentist"]
    (jane,) = writer.sandbox.control("GET", "/people").json()["people"]
    assert [calendar["name"] for calendar in jane["calendars"]] == [JANE]


def test_a_calendar_is_renamed(writer: Writer) -> None:
    """It is the same calendar, with the same events, under another name."""
    before = listed(writer)
    writer.write()
    answer = writer.sandbox.control("PATCH", f"{CALENDARS}/A/B trips", json={"name": "Travels"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"name": "Travels", "primary": False, "readonly": False}
    renamed = {**before["A/B trips"], "calendar_name": "Travels"}
    assert listed(writer) == {JANE: before[JANE], "Travels": renamed}
    assert writer.event() == written(writer.calendar_id)
    again = writer.sandbox.control("PATCH", f"{CALENDARS}/Travels", json={"name": "Travels"})
    assert again.json() == answer.json()


def test_a_name_that_another_calendar_has(writer: Writer) -> None:
    """Calendars of one person are told apart by their names."""
    answer = writer.sandbox.control("PATCH", f"{CALENDARS}/A/B trips", json={"name": JANE})
    expected = f"a name that no calendar of {JANE} has yet"
    assert (answer.status_code, answer.json()) == (422, problem("name", f"'{JANE}'", expected))


def test_the_same_name_again(writer: Writer) -> None:
    """It is another calendar."""
    delete(writer, "A/B trips")
    make(writer, name="A/B trips")
    found = [
        calendar["calendar_deleted"]
        for calendar in writer.call("GET", "/v1/calendars").json()["calendars"]
        if calendar["calendar_name"] == "A/B trips"
    ]
    assert found == [True, False]
    writer.calendar_id = listed(writer)["A/B trips"]["calendar_id"]
    writer.write()
    assert writer.event() == written(writer.calendar_id)


def test_a_delay(open_sandbox: Open) -> None:
    """Until Cronofy sees it, what is written goes nowhere."""
    writer = open_writer(open_sandbox, calendars=TWO, sync_delay={"minutes": 10})
    writer.calendar_id = listed(writer)["A/B trips"]["calendar_id"]
    make(writer, name="Home")
    delete(writer, "A/B trips")
    before = listed(writer)
    assert [calendar["calendar_deleted"] for calendar in before.values()] == [False, False]
    writer.write()
    happened = writer.sandbox.advance(minutes=10)["happened"]
    assert happened[-1] == {
        "happened": "synchronize_profile",
        "subject": [writer.profile_id],
        "at": "2026-05-11T08:10:00Z",
    }
    after = listed(writer)
    assert {name: entry["calendar_deleted"] for name, entry in after.items()} == {
        JANE: False,
        "A/B trips": True,
        "Home": False,
    }
    assert writer.event(include_deleted="true")["deleted"] is True
    assert own_calendar(writer) == []


def test_a_disconnected_profile_sees_it_later(writer: Writer) -> None:
    writer.sandbox.control("POST", f"/profiles/{writer.profile_id}/disconnect")
    delete(writer, "A/B trips")
    assert listed(writer)["A/B trips"]["calendar_deleted"] is False
    writer.sandbox.control("POST", f"/profiles/{writer.profile_id}/reconnect")
    assert listed(writer)["A/B trips"]["calendar_deleted"] is True


def test_what_is_refused(writer: Writer) -> None:
    control = writer.sandbox.control
    kept = "another calendar than the primary one, which every calendar account keeps"
    answer = control("DELETE", f"{CALENDARS}/{JANE}")
    assert (answer.status_code, answer.json()) == (422, problem("name", f"'{JANE}'", kept))
    answer = control("DELETE", f"{CALENDARS}/Home")
    assert answer.status_code == 404
    assert answer.json() == problem("name", "'Home'", f"one of {JANE}, A/B trips")
    taken = control("POST", CALENDARS, json={"name": "A/B trips"})
    expected = f"a name that no calendar of {JANE} has yet"
    assert taken.json() == problem("name", "'A/B trips'", expected)
    assert_problems(control("POST", CALENDARS, json={}), 422, "name")
    assert_problems(control("POST", CALENDARS, json={"name": "X", "color": "red"}), 422, "color")
    assert_problems(control("POST", CALENDARS, json={"name": "X", "events": []}), 422, "events")
    nobody = "/people/nobody@acme.test/calendars"
    assert_problems(control("POST", nobody, json={"name": "X"}), 404, "email")
    control("POST", "/people", json={"email": "mary@acme.test", "provider": "none"})
    mary = "/people/mary@acme.test/calendars"
    assert_problems(control("POST", mary, json={"name": "X"}), 422, "email")
    assert list(listed(writer)) == [JANE, "A/B trips"]


def test_what_waits_for_a_deleted_calendar(open_sandbox: Open) -> None:
    """It reaches nobody: the calendar is gone when the profile is connected again."""
    writer = open_writer(open_sandbox, calendars=TWO, switches={"queue_writes": True})
    writer.calendar_id = listed(writer)["A/B trips"]["calendar_id"]
    writer.sandbox.control("POST", f"/profiles/{writer.profile_id}/disconnect")
    writer.write()
    delete(writer, "A/B trips")
    writer.sandbox.control("POST", f"/profiles/{writer.profile_id}/reconnect")
    assert writer.event(include_deleted="true")["deleted"] is True
    assert own_calendar(writer) == []

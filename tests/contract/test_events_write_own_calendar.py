"""What the person does in their own calendar with what an application wrote there: their
provider tells whoever was invited (events §2.9, notifications §3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.events import (
    JANE,
    Open,
    Writer,
    external,
    open_writer,
    own_calendar,
    removed,
)

BOB = "bob@acme.test"
LATER = {"start": "2026-05-13T09:00:00Z", "end": "2026-05-13T09:30:00Z"}


@pytest.fixture
def writer(open_sandbox: Open) -> Writer:
    """Jane, and Bob who has accepted what an application invited him to in her name."""
    writer = open_writer(open_sandbox)
    bob = {"email": BOB, "provider": "google"}
    assert writer.sandbox.control("POST", "/people", json=bob).status_code == 201
    writer.write(attendees={"invite": [{"email": BOB}]})
    answered(writer)
    return writer


def answered(writer: Writer, status: str = "accepted") -> None:
    path = f"/inbox/latest/reply?to={BOB}"
    response = writer.sandbox.control("POST", path, json={"status": status})
    assert response.status_code == 200, response.text


def _bob(event: dict[str, Any]) -> str:
    found: str = next(a["status"] for a in event["attendees"] if a["email"] == BOB)
    return found


def test_another_time(writer: Writer) -> None:
    """2.9-attendees[docs: organizational-accounts]: guests get the update, and are asked anew."""
    external(writer, event_uid=writer.event()["event_uid"], **LATER)
    assert writer.invites(BOB) == [("REQUEST", 0), ("REQUEST", 1)]
    event = writer.event()
    assert (event["start"], _bob(event)) == (LATER["start"], "needs_action")
    (copy,) = own_calendar(writer, BOB)
    assert (copy["start"], copy["participation_status"]) == (LATER["start"], "needs_action")
    answered(writer)
    assert _bob(writer.event()) == "accepted"
    # What the application writes next follows on.
    writer.write()
    assert writer.invites(BOB)[2:] == [("REQUEST", 2)]
    assert _bob(writer.event()) == "needs_action"


def test_other_words(writer: Writer) -> None:
    """2.9-attendees[docs: organizational-accounts]: the answers stand."""
    external(writer, event_uid=writer.event()["event_uid"], location="Room 1")
    assert writer.invites(BOB) == [("REQUEST", 0), ("REQUEST", 1)]
    assert _bob(writer.event()) == "accepted"
    (copy,) = own_calendar(writer, BOB)
    assert copy["location"] == "Room 1"


def test_what_is_no_news(writer: Writer) -> None:
    external(writer, event_uid=writer.event()["event_uid"], reminders=[5])
    assert writer.invites(BOB) == [("REQUEST", 0)]


def test_deleted(writer: Writer) -> None:
    """2.9-attendees[docs: organizational-accounts]: guests get the cancellation."""
    removed(writer, writer.event()["event_uid"])
    assert writer.invites(BOB) == [("REQUEST", 0), ("CANCEL", 1)]
    assert (writer.read(), own_calendar(writer, BOB)) == ([], [])
    # Written again, it is another event, of which Bob holds one copy.
    writer.write(attendees={"invite": [{"email": BOB}]})
    answered(writer)
    assert len(own_calendar(writer, BOB)) == 1


def test_before_cronofy_sees_it(open_sandbox: Open) -> None:
    """Guests hear at once, Cronofy when it synchronizes."""
    writer = open_writer(open_sandbox, sync_delay={"minutes": 5})
    writer.write(attendees={"invite": [{"email": BOB}]})
    uid = writer.event()["event_uid"]
    external(writer, event_uid=uid, **LATER)
    assert writer.invites(BOB) == [("REQUEST", 0), ("REQUEST", 1)]
    assert writer.event()["start"] != LATER["start"]
    writer.sandbox.advance(minutes=5)
    assert writer.event()["start"] == LATER["start"]
    assert writer.invites(JANE) == []

"""events.md §§2.7, 3.2: editing and deleting what the application did not make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.events import (
    JANE,
    LEFT_OUT,
    SCOPE,
    Open,
    Writer,
    accepted,
    attendee,
    elevate,
    external,
    open_writer,
    own_calendar,
    read_external,
    refused,
    removed,
    second_application,
    written,
)

UNKNOWN = "evt_external_0123456789abcdef01234567"
BOSS = {"email": "boss@acme.test", "name": "The Boss"}
EDITABLE = {"delete": True, "update": True, "change_participation_status": False}
WEEKLY = {"frequency": "weekly"}
Method = Callable[..., httpx.Response]


def edit(writer: Writer, event_uid: str, **changes: Any) -> httpx.Response:
    return writer.post(event_id=LEFT_OUT, event_uid=event_uid, **changes)


def delete(writer: Writer, event_uid: str) -> httpx.Response:
    return writer.delete(event_uid=event_uid)


BOTH = pytest.mark.parametrize("method", [edit, delete], ids=lambda m: m.__name__)


def elevated(open_sandbox: Open, **how: Any) -> Writer:
    writer = open_writer(open_sandbox, **how)
    elevate(writer)
    return writer


@BOTH
def test_not_elevated(open_sandbox: Open, method: Method) -> None:
    """2.7, 3.2 [ruby sdk]: 403 in a sandboxed calendar, the application's own event too."""
    writer = open_writer(open_sandbox)
    uid = external(writer)
    writer.write()
    refused(method(writer, uid), 403)
    refused(method(writer, writer.event()["event_uid"]), 403)
    events = sorted(writer.all_events(), key=lambda event: str(event["summary"]))
    theirs = read_external(writer.calendar_id, event_uid=uid)
    assert events == [theirs, written(writer.calendar_id)]


def test_edit(open_sandbox: Open) -> None:
    """2.7 [docs: edit-external-events]: a new version, in the person's calendar as in reads."""
    writer = elevated(open_sandbox)
    uid = external(
        writer,
        description="Bring the X-rays",
        location="Harley Street",
        url="https://dentist.test",
        private=True,
        status="tentative",
        categories=["Health"],
        color="#ff0000",
    )
    (before,) = writer.all_events()
    assert before["options"] == EDITABLE
    writer.sandbox.advance(minutes=1)
    accepted(edit(writer, uid, summary="Teeth", location={"description": "Room 1"}))
    (after,) = writer.all_events()
    assert after == {
        **before,
        "summary": "Teeth",
        "description": "",
        "location": {"description": "Room 1"},
        "updated": "2026-05-11T08:01:00Z",
    }
    (truth,) = own_calendar(writer)
    assert (truth["summary"], truth["color"], truth["categories"]) == (
        "Teeth",
        "#ff0000",
        ["Health"],
    )
    assert writer.read() == []
    writer.sandbox.advance(minutes=1)
    accepted(edit(writer, uid, summary="Teeth", location={"description": "Room 1"}))
    assert writer.all_events() == [after]


def test_edit_of_an_invitation(open_sandbox: Open) -> None:
    """2.7: guests are added and removed; who was invited stays, with their answers."""
    writer = elevated(open_sandbox)
    jane = {"email": JANE, "name": "Jane", "status": "tentative"}
    bob = {"email": "bob@acme.test", "name": "Bob", "status": "declined"}
    eve = {"email": "eve@acme.test", "status": "accepted"}
    uid = external(writer, organizer=BOSS, attendees=[bob, jane, eve])
    (before,) = writer.all_events()
    delta = {
        "invite": [{"email": "new@acme.test"}, {"email": JANE}],
        "remove": [{"email": "eve@acme.test"}, {"email": JANE}],
    }
    accepted(edit(writer, uid, attendees=delta))
    (after,) = writer.all_events()
    assert after == {
        **before,
        "summary": "Standup",
        "attendees": [
            attendee("bob@acme.test", "declined", "Bob"),
            attendee(JANE, "tentative", "Jane"),
            attendee("new@acme.test"),
        ],
    }
    assert writer.sandbox.control("GET", "/inbox").json() == {"messages": []}


def test_edit_of_the_persons_own_meeting(open_sandbox: Open) -> None:
    """Jane organizes: her first guest makes her one of those who attend."""
    writer = elevated(open_sandbox)
    uid = external(writer)
    accepted(edit(writer, uid, attendees={"invite": [{"email": "bob@acme.test"}]}))
    (found,) = writer.all_events()
    assert found == read_external(
        writer.calendar_id,
        event_uid=uid,
        summary="Standup",
        attendees=[attendee(JANE, "accepted"), attendee("bob@acme.test")],
        options=EDITABLE,
    )


def test_templates(open_sandbox: Open) -> None:
    """2.5: with no conference of ours, a template is the fallback."""
    writer = elevated(open_sandbox)
    uid = external(writer)
    text = "Join at {{ cronofy.conferencing.join_url }}"
    refused(edit(writer, uid, description=text), 422, {"locale": "required"})
    accepted(edit(writer, uid, description=text, locale="en"))
    (found,) = writer.all_events()
    assert found["description"] == "Join at Conferencing details to follow"


@BOTH
def test_unknown(open_sandbox: Open, method: Method) -> None:
    """2.7, 3.2 (assumed): 404 for one that nobody has, and one that is deleted."""
    writer = elevated(open_sandbox)
    uid = external(writer)
    removed(writer, uid)
    for unknown in (UNKNOWN, uid):
        refused(method(writer, unknown), 404)
    (gone,) = writer.all_events(include_deleted="true")
    assert gone["deleted"] is True


@BOTH
def test_malformed(open_sandbox: Open, method: Method) -> None:
    """2.3, 3.2 [C# sdk]: 422 for what is no event_uid, elevated or not."""
    for writer in (open_writer(open_sandbox), elevated(open_sandbox)):
        for wrong in ("standup", "evt_external_", UNKNOWN + "0", UNKNOWN.upper()):
            refused(method(writer, wrong), 422, {"event_uid": "must_be_external_event_uid"})


@BOTH
def test_recurring(open_sandbox: Open, method: Method) -> None:
    """2.7, 3.2 [docs: edit-external-events]: 403, by the series and by an occurrence."""
    writer = elevated(open_sandbox)
    external(writer, recurrence=WEEKLY)
    before = writer.all_events()
    assert len(before) > 2
    assert {event["options"]["update"] for event in before} == {False}
    for found in before[:3]:
        refused(method(writer, found["event_uid"]), 403)
    assert writer.all_events() == before


@BOTH
def test_an_occurrence_of_its_own(open_sandbox: Open, method: Method) -> None:
    """(assumed) 403: a series changes as a whole, by its event_id."""
    writer = elevated(open_sandbox, features={"recurring_events": True})
    writer.write(recurrence={"rules": [{"frequency": "daily", "count": 3}]})
    before = writer.read()
    assert [event["options"]["delete"] for event in before] == [True, False, False]
    refused(method(writer, before[1]["event_uid"]), 403)
    assert writer.read() == before


@BOTH
def test_in_another_calendar(open_sandbox: Open, method: Method) -> None:
    """404: the event stands in another calendar than the one that is named."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Home"}]
    writer = elevated(open_sandbox, calendars=calendars)
    uid = external(writer, calendar="Home")
    refused(method(writer, uid), 404)


@BOTH
def test_a_disconnected_profile(open_sandbox: Open, method: Method) -> None:
    """423, nothing changed."""
    writer = elevated(open_sandbox)
    uid = external(writer)
    before = writer.all_events()
    path = f"/profiles/{writer.profile_id}/disconnect"
    assert writer.sandbox.control("POST", path).status_code == 200
    refused(method(writer, uid), 423)
    assert writer.all_events() == before


@pytest.mark.parametrize(
    ("method", "scope"),
    [(edit, "read_events delete_event"), (delete, "read_events create_event")],
    ids=["edit", "delete"],
)
def test_scopes(open_sandbox: Open, method: Method, scope: str) -> None:
    """2.7, 3.2: create_event to edit, delete_event to delete."""
    writer = elevated(open_sandbox, scope=scope)
    refused(method(writer, external(writer)), 403)


def test_delete(open_sandbox: Open) -> None:
    """3.2 [docs: delete-external-event]: gone from the person's calendar."""
    writer = elevated(open_sandbox)
    uid = external(writer)
    writer.sandbox.advance(minutes=1)
    accepted(delete(writer, uid))
    assert (own_calendar(writer), writer.all_events()) == ([], [])
    (gone,) = writer.all_events(include_deleted="true")
    nothing = dict.fromkeys(EDITABLE, False)
    assert gone == read_external(
        writer.calendar_id,
        event_uid=uid,
        deleted=True,
        updated="2026-05-11T08:01:00Z",
        options=nothing,
    )
    refused(delete(writer, uid), 404)
    refused(edit(writer, uid), 404)


def test_its_own_by_event_uid(open_sandbox: Open) -> None:
    """3.2 [app: leasing]: accepted like any other in an unrestricted calendar."""
    writer = elevated(open_sandbox)
    writer.write()
    uid = writer.event()["event_uid"]
    hook = {"type": "webhook", "uri": "https://acme.test",
            "interactions": [{"type": "conferencing_assigned"}]}  # fmt: skip
    response = edit(writer, uid, summary="Moved", subscriptions=[hook],
                    conferencing={"profile_id": "integrated"})  # fmt: skip
    accepted(response)
    assert "ignored" not in response.headers.get("mock-cronofy-warning", "")
    expected = written(writer.calendar_id, summary="Moved", conferencing={"pending": True})
    assert writer.event() == expected
    assert len(writer.record()["managed"]["subscriptions"]) == 1
    accepted(delete(writer, uid))
    assert writer.read() == []


def test_a_calendar_that_it_made(open_sandbox: Open) -> None:
    """1.2 [app: leasing]: unrestricted for its maker, sandboxed for everybody else."""
    writer = open_writer(open_sandbox, two=True)
    body = {"profile_id": writer.profile_id, "name": "Made"}
    calendar = writer.call("POST", "/v1/calendars", body).json()["calendar"]
    uid = external(writer, calendar="Made")
    other = second_application(writer)
    other.calendar_id = writer.calendar_id = calendar["calendar_id"]
    for method in (edit, delete):
        refused(method(other, uid), 403)
        accepted(method(writer, uid))
    assert own_calendar(writer) == []


def test_another_applications_event(open_sandbox: Open) -> None:
    """To everybody else it is external: what its maker keeps with it stays."""
    writer = open_writer(open_sandbox, two=True)
    hook = {"type": "webhook", "uri": "https://acme.test",
            "interactions": [{"type": "conferencing_assigned"}]}  # fmt: skip
    writer.write(
        description="Why",
        subscriptions=[hook],
        tags={"private": [{"value": "mine"}]},
        conferencing={"profile_id": "integrated"},
    )
    before, record = writer.event(), writer.record()
    other = second_application(writer)
    refused(edit(other, before["event_uid"]), 403)
    elevate(other)
    key = {"conferencing": "not_supported"}
    wanted = {"profile_id": "none"}
    refused(edit(other, before["event_uid"], conferencing=wanted), 422, key)
    response = edit(
        other, before["event_uid"], summary="Theirs", subscriptions=[], tags={"private": []}
    )
    accepted(response)
    assert response.headers["mock-cronofy-warning"] == (
        "ignored: subscriptions, tags, which only its own application can set"
    )
    assert writer.event() == {**before, "summary": "Theirs", "description": ""}
    assert writer.record()["managed"] == {**record["managed"], "description": ""}
    writer.sandbox.advance(seconds=2)
    assert writer.event()["conferencing"]["provider_name"] == "google_meet"
    assert writer.event()["description"] == ""
    accepted(delete(other, before["event_uid"]))
    assert writer.read() == []
    assert writer.event(include_deleted="true")["deleted"] is True


def test_what_an_external_event_cannot_have(open_sandbox: Open) -> None:
    """Its conferencing belongs to whoever made it."""
    writer = elevated(open_sandbox)
    uid = external(writer)
    before = writer.all_events()
    for profile_id in ("integrated", "none", "default"):
        wanted = {"profile_id": profile_id}
        refused(edit(writer, uid, conferencing=wanted), 422, {"conferencing": "not_supported"})
    refused(
        edit(writer, uid, attachments=[{"attachment_id": "att_1"}]),
        422,
        {"attachments[0].attachment_id": "not_found"},
    )
    assert writer.all_events() == before
    response = edit(writer, uid, meeting_agent={"profile_id": "cronofy"}, event_classes="x")
    accepted(response)
    assert response.headers["mock-cronofy-warning"] == (
        "ignored: event_classes, meeting_agent, which only its own application can set"
    )


@pytest.mark.parametrize("missing", ["summary", "start", "end"])
def test_a_partial_body(open_sandbox: Open, missing: str) -> None:
    """2.7: a body as of any upsert; a meeting agent alone is not enough here."""
    writer = elevated(open_sandbox)
    uid = external(writer)
    refused(edit(writer, uid, **{missing: LEFT_OUT}), 422, {missing: "required"})
    body = {"event_uid": uid, "meeting_agent": {"profile_id": "none"}}
    fields = dict.fromkeys(("summary", "start", "end"), "required")
    refused(writer.call("POST", writer.path, body), 422, fields)


@BOTH
def test_a_readonly_calendar(open_sandbox: Open, method: Method) -> None:
    """403, though it was elevated."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Holidays", "readonly": True}]
    writer = open_writer(open_sandbox, calendars=calendars)
    listed = writer.call("GET", "/v1/calendars").json()["calendars"]
    (writer.calendar_id,) = (c["calendar_id"] for c in listed if c["calendar_readonly"])
    elevate(writer)
    uid = external(writer, calendar="Holidays")
    (before,) = writer.all_events()
    assert before["options"] == dict.fromkeys(EDITABLE, False)
    refused(method(writer, uid), 403)
    assert writer.all_events() == [before]


@BOTH
def test_what_is_only_busy(open_sandbox: Open, method: Method) -> None:
    """Seed 000: in Free/Busy mode the person's own events are out of reach."""
    writer = open_writer(open_sandbox, access_mode="free_busy", scope=SCOPE)
    uid = external(writer)
    assert writer.all_events() == []
    refused(method(writer, uid), 404)
    listed = writer.call("GET", "/v1/calendars").json()["calendars"]
    (writer.calendar_id,) = (c["calendar_id"] for c in listed if c["calendar_readonly"])
    refused(method(writer, uid), 403)
    assert len(own_calendar(writer)) == 1

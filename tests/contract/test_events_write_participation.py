"""events.md §3.4: an application answers an invitation for the person."""

from __future__ import annotations

import httpx
import pytest

from tests.contract.documents import Document
from tests.contract.events import (
    JANE,
    SCOPE,
    Open,
    Writer,
    accepted,
    attendee,
    elevate,
    external,
    open_writer,
    own_calendar,
    refused,
    removed,
)

BOSS = {"email": "boss@acme.test", "name": "The Boss"}
GUESTS: list[Document] = [
    {**BOSS, "status": "accepted"},
    {"email": JANE, "name": None, "status": "needs_action"},
]
STATUSES = ("accepted", "tentative", "declined")


def answer(writer: Writer, event_uid: str, body: object = "accepted") -> httpx.Response:
    path = f"{writer.path}/{event_uid}/participation_status"
    json = {"status": body} if isinstance(body, str) else body
    return writer.sandbox.call(writer.token, "POST", path, json=json)


@pytest.mark.parametrize("status", STATUSES, ids=lambda s: f"3.4-{s}[docs: participation-status]")
def test_answers(open_sandbox: Open, status: str) -> None:
    """202; the event's status and the person's entry change, here and at the provider."""
    writer = open_writer(open_sandbox)
    uid = external(writer, organizer=BOSS, attendees=GUESTS)
    (before,) = writer.all_events()
    nobody = {"delete": False, "update": False, "change_participation_status": True}
    assert before["options"] == nobody
    writer.sandbox.advance(minutes=1)
    accepted(answer(writer, uid, status))
    boss = attendee("boss@acme.test", "accepted", "The Boss")
    (after,) = writer.all_events()
    assert after == {
        **before,
        "participation_status": status,
        "attendees": [boss, attendee(JANE, status)],
        "updated": "2026-05-11T08:01:00Z",
    }
    (truth,) = own_calendar(writer)
    assert truth["participation_status"] == status
    writer.sandbox.advance(minutes=1)
    accepted(answer(writer, uid, status))
    assert writer.all_events() == [after]


@pytest.mark.parametrize("provider", ["office365", "exchange"])
def test_declined_at_microsoft(open_sandbox: Open, provider: str) -> None:
    """3.4 [docs: participation-status]: declining deletes it, and it cannot be changed again."""
    writer = open_writer(open_sandbox, provider)
    uid = external(writer, organizer=BOSS, attendees=GUESTS)
    (before,) = writer.all_events()
    accepted(answer(writer, uid, "tentative"))
    accepted(answer(writer, uid, "declined"))
    assert (writer.all_events(), own_calendar(writer)) == ([], [])
    (gone,) = writer.all_events(include_deleted="true")
    boss = attendee("boss@acme.test", "accepted", "The Boss")
    assert gone == {
        **before,
        "deleted": True,
        "participation_status": "declined",
        "attendees": [boss, attendee(JANE, "declined")],
        "options": dict.fromkeys(before["options"], False),
    }
    refused(answer(writer, uid, "accepted"), 404)


BODIES: dict[str, tuple[object, dict[str, str]]] = {
    "3.4-missing": ({}, {"status": "required"}),
    "3.4-empty": ({"status": ""}, {"status": "required"}),
    "3.4-null": ({"status": None}, {"status": "required"}),
    "3.4-needs_action[assumed]": ("needs_action", {"status": "not_recognized"}),
    "3.4-other[assumed]": ("Accepted", {"status": "not_recognized"}),
    "3.4-a-list[assumed]": ({"status": ["accepted"]}, {"status": "not_recognized"}),
}


@pytest.mark.parametrize("case", BODIES)
def test_422(open_sandbox: Open, case: str) -> None:
    body, fields = BODIES[case]
    writer = open_writer(open_sandbox)
    uid = external(writer, organizer=BOSS, attendees=GUESTS)
    before = writer.all_events()
    refused(answer(writer, uid, body), 422, fields)
    assert writer.all_events() == before


NOT_TO_ANSWER: dict[str, Document] = {
    "3.4-the-persons-own[assumed]": {},
    "3.4-organized-among-guests[assumed]": {
        "organizer": {"email": JANE},
        "attendees": [{"email": JANE, "status": "accepted"}, {"email": "bob@acme.test"}],
    },
    "3.4-not-invited[assumed]": {"organizer": BOSS, "attendees": GUESTS[:1]},
}


@pytest.mark.parametrize("case", NOT_TO_ANSWER)
def test_options_false(open_sandbox: Open, case: str) -> None:
    """403 where options.change_participation_status is false, elevated or not."""
    writer = open_writer(open_sandbox)
    uid = external(writer, **NOT_TO_ANSWER[case])
    for _ in range(2):
        before = writer.all_events()
        assert before[0]["options"]["change_participation_status"] is False
        refused(answer(writer, uid), 403)
        assert writer.all_events() == before
        elevate(writer)


def test_its_own_event(open_sandbox: Open) -> None:
    """The person organizes what an application writes into their calendar: 403; by event_id
    it is not found at all."""
    writer = open_writer(open_sandbox)
    writer.write(attendees={"invite": [{"email": "bob@acme.test"}]})
    before = writer.event()
    refused(answer(writer, before["event_uid"]), 403)
    refused(answer(writer, "standup"), 404)
    assert writer.event() == before


@pytest.mark.parametrize("mode", ["free_busy", "no_calendar"])
@pytest.mark.parametrize("status", STATUSES)
def test_in_a_cronofy_calendar(open_sandbox: Open, mode: str, status: str) -> None:
    """There the person is invited, and an answer stays with the event when it is written anew."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    writer.write()
    before = writer.event()
    accepted(answer(writer, before["event_uid"], status))
    after = {**before, "participation_status": status, "attendees": [attendee(JANE, status)]}
    assert writer.event() == after
    writer.write()
    assert writer.event() == after
    writer.write(summary="Moved")
    assert writer.event() == {**after, "summary": "Moved"}


def test_404(open_sandbox: Open) -> None:
    """3.4 [C# sdk]: an unknown calendar, an unknown or deleted event; before the body."""
    writer = open_writer(open_sandbox)
    uid = external(writer, organizer=BOSS, attendees=GUESTS)
    unknown = "evt_external_0123456789abcdef01234567"
    for event_uid in (unknown, "standup", f"{uid}0"):
        refused(answer(writer, event_uid), 404)
        refused(answer(writer, event_uid, {}), 404)
    path = f"/v1/calendars/cal_unknown_1/events/{uid}/participation_status"
    refused(writer.call("POST", path, {"status": "accepted"}), 404)
    removed(writer, uid)
    refused(answer(writer, uid), 404)


@pytest.mark.parametrize("scope", ["write_only", "free_busy_write", "read_only create_event"])
def test_without_the_scope(open_sandbox: Open, scope: str) -> None:
    """3.4: 403."""
    writer = open_writer(open_sandbox, scope=scope)
    refused(answer(writer, external(writer, organizer=BOSS, attendees=GUESTS)), 403)


@pytest.mark.parametrize("scope", ["read_write", "change_participation_status"])
def test_with_the_scope(open_sandbox: Open, scope: str) -> None:
    writer = open_writer(open_sandbox, scope=scope)
    accepted(answer(writer, external(writer, organizer=BOSS, attendees=GUESTS)))


def test_a_readonly_calendar(open_sandbox: Open) -> None:
    """3.4: 403."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Holidays", "readonly": True}]
    writer = open_writer(open_sandbox, calendars=calendars)
    listed = writer.call("GET", "/v1/calendars").json()["calendars"]
    (writer.calendar_id,) = (c["calendar_id"] for c in listed if c["calendar_readonly"])
    uid = external(writer, calendar="Holidays", organizer=BOSS, attendees=GUESTS)
    refused(answer(writer, uid), 403)


def test_a_disconnected_profile(open_sandbox: Open) -> None:
    """423."""
    writer = open_writer(open_sandbox)
    uid = external(writer, organizer=BOSS, attendees=GUESTS)
    path = f"/profiles/{writer.profile_id}/disconnect"
    assert writer.sandbox.control("POST", path).status_code == 200
    refused(answer(writer, uid), 423)


def test_an_occurrence(open_sandbox: Open) -> None:
    """(assumed) It answers for the whole series."""
    writer = open_writer(open_sandbox)
    external(writer, organizer=BOSS, attendees=GUESTS, recurrence={"frequency": "weekly"})
    before = writer.all_events()
    accepted(answer(writer, before[2]["event_uid"], "tentative"))
    boss = attendee("boss@acme.test", "accepted", "The Boss")
    assert writer.all_events() == [
        {
            **event,
            "participation_status": "tentative",
            "attendees": [boss, attendee(JANE, "tentative")],
        }
        for event in before
    ]


def test_an_occurrence_that_is_none(open_sandbox: Open) -> None:
    """3.4-404: the series takes place at other times."""
    writer = open_writer(open_sandbox, scope=SCOPE)
    external(writer, organizer=BOSS, attendees=GUESTS, recurrence={"frequency": "weekly"})
    before = writer.all_events()
    uid = before[0]["event_uid"]
    for wrong in (uid[:29] + "ffffffff", uid[:29] + "00000000"):
        refused(answer(writer, wrong, "declined"), 404)
    assert writer.all_events() == before


def test_the_organizer_hears_of_it(open_sandbox: Open) -> None:
    """3.4: Bob organizes through an application, Jane answers through one."""
    writer = open_writer(open_sandbox)
    person = {"email": "bob@acme.test", "name": "Bob", "provider": "google"}
    assert writer.sandbox.control("POST", "/people", json=person).status_code == 201
    bob = Writer(writer.sandbox, writer.sandbox.connect("bob@acme.test"))
    bob.write(attendees={"invite": [{"email": JANE}]})
    path = "/inbox/latest/reply"
    answered = writer.sandbox.control("POST", path, json={"status": "accepted"})
    assert answered.status_code == 200
    (copy,) = writer.all_events()
    assert copy["participation_status"] == "accepted"
    accepted(answer(writer, copy["event_uid"], "declined"))
    assert bob.event()["attendees"] == [
        attendee("bob@acme.test", "accepted"),
        attendee(JANE, "declined"),
    ]

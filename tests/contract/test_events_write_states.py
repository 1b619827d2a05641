"""events.md §2.9: what an upsert does to what is there, and where it goes in each access mode."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import CALENDAR_ID, Document, Like, person
from tests.contract.events import (
    EVENT_UID,
    JANE,
    SCOPE,
    Open,
    Writer,
    accepted,
    elevate,
    external,
    invited,
    open_writer,
    own_calendar,
    read_external,
    removed,
    second_application,
    written,
)

UID = Like(r"[0-9a-f]+@cronofy\.com")
MODES = ("read_write", "free_busy", "no_calendar")
ONE_MINUTE_LATER = "2026-05-11T08:01:00Z"


def provided(**changes: Any) -> Document:
    """What the control API tells of the plain event, in the provider's calendar."""
    document = {
        "event_uid": EVENT_UID,
        "calendar": JANE,
        "summary": "Standup",
        "start": "2026-05-12T09:00:00Z",
        "end": "2026-05-12T09:30:00Z",
        "tzid": "Etc/UTC",
        "end_tzid": "Etc/UTC",
        "description": "",
        "location": "",
        "lat": None,
        "long": None,
        "url": None,
        "meeting_url": None,
        "transparency": "opaque",
        "status": "confirmed",
        "private": False,
        "organizer": {"email": JANE, "name": "Jane Doe"},
        "attendees": [],
        "participation_status": "accepted",
        "reminders": None,
        "color": None,
        "categories": [],
        "recurrence": None,
        "created": "2026-05-11T08:00:00Z",
        "updated": "2026-05-11T08:00:00Z",
        "ical_uid": UID,
    }
    return {**document, **changes}


def in_calendar(writer: Writer, calendar_id: str | None = None) -> list[Document]:
    """The truth about a calendar, without what the application keeps to itself."""
    path = f"/calendars/{calendar_id or writer.calendar_id}/events"
    events = writer.sandbox.control("GET", path).json()["events"]
    return [{k: v for k, v in event.items() if k != "managed"} for event in events]


# --- Where writes go (design: the table of the access modes) --------------------------


def test_read_write(open_sandbox: Open) -> None:
    """Straight into the person's own calendar, and no mail, though the scope is the one that
    offers the choice of modes."""
    writer = open_writer(open_sandbox, scope=SCOPE)
    writer.write(reminders=[{"minutes": 10}], color="#1A73E8")
    assert writer.event() == written(writer.calendar_id)
    expected = provided(reminders=[10], color="#1A73E8")
    assert in_calendar(writer) == [expected]
    assert len(own_calendar(writer)) == 1
    assert writer.mails() == []
    accepted(writer.delete())
    assert (in_calendar(writer), own_calendar(writer), writer.mails()) == ([], [], [])


@pytest.mark.parametrize("mode", MODES[1:])
def test_by_mail(open_sandbox: Open, mode: str) -> None:
    """Into the Cronofy calendar, and out by e-mail; the person's own calendar has nothing."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    writer.write()
    assert writer.event() == invited(writer.calendar_id)
    inviter = Like(r"[0-9a-f]+@invite\.mock-cronofy\.test")
    expected = provided(
        calendar="Cronofy Calendar",
        organizer={"email": inviter, "name": "Example Application"},
        attendees=[{"email": JANE, "name": None, "status": "needs_action"}],
        participation_status="needs_action",
    )
    assert in_calendar(writer) == [expected]
    assert own_calendar(writer) == []
    assert writer.mails() == [
        {
            "message_id": Like(r"msg_[0-9a-f]{24}"),
            "to": JANE,
            "from": inviter,
            "subject": "Invitation: Standup",
            "method": "REQUEST",
            "uid": UID,
            "sequence": 0,
            "sent_at": "2026-05-11T08:00:00Z",
        }
    ]
    accepted(writer.delete())
    assert (in_calendar(writer), own_calendar(writer)) == ([], [])
    assert writer.invites() == [("REQUEST", 0), ("CANCEL", 1)]


@pytest.mark.parametrize("mode", MODES)
def test_without_the_scope_for_reading(open_sandbox: Open, mode: str) -> None:
    """0.2: free_busy_write writes, and reads busy times only."""
    writer = open_writer(open_sandbox, access_mode=mode, scope="free_busy_write")
    writer.write()
    assert len(in_calendar(writer)) == 1
    query = {"tzid": "Etc/UTC", "include_managed": "true"}
    call = writer.sandbox.call
    assert call(writer.token, "GET", "/v1/events", params=query).status_code == 403
    periods = call(writer.token, "GET", "/v1/free_busy", params=query).json()["free_busy"]
    assert periods == [
        {
            "calendar_id": CALENDAR_ID,
            "start": "2026-05-12T09:00:00Z",
            "end": "2026-05-12T09:30:00Z",
            "free_busy_status": "busy",
        }
    ]
    accepted(writer.delete())
    assert in_calendar(writer) == []


# --- What is there already -------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"11.1-{mode}[docs: upsert-event]")
def test_twice_is_one_event(open_sandbox: Open, mode: str) -> None:
    """The same event_id updates: one event, with the event_uid it had."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    writer.write(description="Why")
    before = writer.event()
    writer.sandbox.advance(minutes=1)
    writer.write(summary="Moved", end="2026-05-12T10:00:00Z")
    assert writer.event() == {
        **before,
        "summary": "Moved",
        "description": "",
        "end": "2026-05-12T10:00:00Z",
        "updated": ONE_MINUTE_LATER,
    }


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"2.9-unchanged-{mode}[assumed]")
def test_unchanged(open_sandbox: Open, mode: str) -> None:
    """The same body again: 202, nothing else: not updated, not mailed, not numbered anew."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    whole: Document = {
        "description": "Join at {{ cronofy.conferencing.join_url }}",
        "locale": "en",
        "location": {"description": "Room 1"},
        "url": "https://acme.test",
        "color": "#1A73E8",
        "reminders": [{"minutes": 5}],
        "attendees": {"invite": [{"email": "c@d.test"}], "remove": [{"email": "e@f.test"}]},
        "conferencing": {
            "profile_id": "explicit",
            "provider_description": "Jitsi",
            "join_url": "https://meet.jit.si/x",
        },
        "subscriptions": [
            {
                "type": "webhook",
                "uri": "https://acme.test",
                "interactions": [{"type": "conferencing_assigned"}],
            }
        ],
    }
    writer.write(**whole)
    record, mails = writer.record(), [writer.mails(), writer.mails("c@d.test")]
    writer.sandbox.advance(minutes=1)
    writer.write(**whole)
    writer.write(**whole, tzid="Etc/UTC", event_private=False, reminders_create_only=False)
    assert writer.record() == record
    assert [writer.mails(), writer.mails("c@d.test")] == mails


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"2.9-deleted-{mode}[assumed]")
def test_written_again_after_a_delete(open_sandbox: Open, mode: str) -> None:
    """Created again: the same event_id, another event_uid, and nothing left of the old one."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    writer.write(url="https://acme.test", event_private=True)
    before = writer.event()
    accepted(writer.delete())
    assert writer.read() == []
    gone = writer.event(include_deleted="true")
    nothing = {"delete": False, "update": False, "change_participation_status": False}
    assert gone == {**before, "deleted": True, "options": nothing}
    writer.sandbox.advance(minutes=1)
    writer.write()
    after = writer.event(include_deleted="true")
    plain = written if mode == "read_write" else invited
    fresh = {"created": ONE_MINUTE_LATER, "updated": ONE_MINUTE_LATER}
    assert after == plain(writer.calendar_id, **fresh)
    assert after["event_uid"] != before["event_uid"]
    if mode != "read_write":
        mails = writer.mails()
        assert writer.invites() == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 0)]
        assert mails[0]["uid"] == mails[1]["uid"] != mails[2]["uid"]


def test_the_person_edits(open_sandbox: Open) -> None:
    """2.9 [app: leasing]: reads show the person's version, the next upsert overwrites it."""
    writer = open_writer(open_sandbox)
    writer.write(description="Why")
    before = writer.event()
    uid: str = before["event_uid"]
    writer.sandbox.advance(minutes=1)
    edited = {"summary": "Lunch", "start": "2026-05-12T12:00:00Z", "end": "2026-05-12T13:00:00Z"}
    external(writer, event_uid=uid, **edited)
    assert writer.event() == {**before, **edited, "updated": ONE_MINUTE_LATER}
    writer.sandbox.advance(minutes=1)
    writer.write(description="Why")
    assert writer.event() == {**before, "updated": "2026-05-11T08:02:00Z"}
    assert in_calendar(writer) == [
        provided(event_uid=uid, description="Why", updated="2026-05-11T08:02:00Z")
    ]


def test_the_person_edits_while_conferencing_fails(open_sandbox: Open) -> None:
    """2.4: the meeting that is made in the end leaves their version alone."""
    zoom = {"provider_name": "zoom", "failing": True}
    people = [person(JANE, conferencing=[zoom])]
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario={"people": people})
    writer = Writer(sandbox, sandbox.connect(JANE))
    writer.write(description="Why", conferencing={"profile_id": "default"})
    sandbox.advance(minutes=1)
    edited = {"description": "Why not", "location": "Room 1"}
    external(writer, event_uid=writer.event()["event_uid"], **edited)
    data = writer.call("GET", "/v1/userinfo").json()["cronofy.data"]
    path = f"/profiles/{data['conferencing_profiles'][0]['profile_id']}/fail"
    assert sandbox.control("POST", path, json={"failing": False}).status_code == 200
    sandbox.advance(minutes=1)
    after = writer.event()
    assert after["conferencing"]["provider_name"] == "zoom"
    assert after["description"] == "Why not"
    assert after["location"] == {"description": "Room 1"}


def test_the_person_deletes(open_sandbox: Open) -> None:
    """2.9 [app: leasing]: read as deleted; the next upsert makes it again."""
    writer = open_writer(open_sandbox)
    writer.write()
    before = writer.event()
    writer.sandbox.advance(minutes=1)
    removed(writer, before["event_uid"])
    assert writer.read() == []
    assert writer.event(include_deleted="true") == {
        **before,
        "deleted": True,
        "updated": ONE_MINUTE_LATER,
        "options": {"delete": False, "update": False, "change_participation_status": False},
    }
    writer.write()
    after = writer.event(include_deleted="true")
    assert after == {**before, "event_uid": after["event_uid"], "created": ONE_MINUTE_LATER,
                     "updated": ONE_MINUTE_LATER}  # fmt: skip
    assert after["event_uid"] != before["event_uid"]
    assert [event["event_uid"] for event in own_calendar(writer)] == [after["event_uid"]]


def test_a_delete_of_what_the_person_deleted(open_sandbox: Open) -> None:
    """3.1 [connector]: nothing to delete is a no-op."""
    writer = open_writer(open_sandbox)
    writer.write()
    removed(writer, writer.event()["event_uid"])
    before = writer.record()
    writer.sandbox.advance(minutes=1)
    accepted(writer.delete())
    assert writer.record() == before


def test_a_past_event(open_sandbox: Open) -> None:
    """2.9: accepted like any other; managed events are read whatever their age."""
    writer = open_writer(open_sandbox)
    past = {"start": "2014-08-05T15:30:00Z", "end": "2014-08-05T17:00:00Z"}
    writer.write(**past)
    assert writer.event() == written(writer.calendar_id, **past)


def test_two_calendars(open_sandbox: Open) -> None:
    """2: the key is (application, calendar_id, event_id)."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Home"}]
    writer = open_writer(open_sandbox, calendars=calendars, two=True)
    ids = [c["calendar_id"] for c in writer.call("GET", "/v1/calendars").json()["calendars"]]
    for writer.calendar_id in ids:
        writer.write(summary=f"In {writer.calendar_id}")
    expected = [written(i, summary=f"In {i}") for i in ids]
    assert sorted(writer.read(), key=lambda e: ids.index(e["calendar_id"])) == expected
    other = second_application(writer)
    other.calendar_id = ids[0]
    other.write(summary="Another's")
    assert other.event() == written(ids[0], summary="Another's")
    accepted(other.delete())
    assert sorted(writer.read(), key=lambda e: ids.index(e["calendar_id"])) == expected


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"0.2-other-application-{mode}[memory]")
def test_another_application(open_sandbox: Open, mode: str) -> None:
    """It sees the event without its event_id, as one that it did not make, and neither its
    event_id nor its event_uid is any use to it."""
    features = {"free_busy": True, "no_access": True}
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE, two=True, features=features)
    writer.write()
    before = writer.event()
    other = second_application(writer, access_mode=mode, scope=SCOPE)
    assert other.calendar_id == writer.calendar_id
    accepted(other.delete())
    (seen,) = other.all_events()
    # A Cronofy calendar is unrestricted, and its owner invited.
    options = dict.fromkeys(before["options"], mode != "read_write")
    del before["event_id"]
    assert seen == {**before, "options": options}
    other.write(event_id="standup", summary="Another's")
    assert writer.event()["summary"] == "Standup"
    assert other.event()["summary"] == "Another's"


def test_both_ids(open_sandbox: Open) -> None:
    """2.1 [docs: editing-events]: event_id wins, and a second event is made: in elevated
    calendars too."""
    writer = open_writer(open_sandbox)
    elevate(writer)
    uid = external(writer)
    writer.write(event_uid=uid)
    both = {"delete": True, "update": True, "change_participation_status": False}
    theirs = read_external(writer.calendar_id, event_uid=uid, options=both)
    events = sorted(writer.all_events(), key=lambda e: e["summary"])
    assert events == [theirs, written(writer.calendar_id)]


def test_what_was_read_as_event_uid_as_event_id(open_sandbox: Open) -> None:
    """2.1 [docs: faqs/duplicate-events]: sent as event_id, it makes a second event."""
    writer = open_writer(open_sandbox)
    writer.write()
    uid = writer.event()["event_uid"]
    writer.write(event_id=uid)
    assert {event["event_id"] for event in writer.read()} == {"standup", uid}

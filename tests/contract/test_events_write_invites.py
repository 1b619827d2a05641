"""events.md §6, "Invite e-mail rules" and "User reactions": who hears what of an event."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import Document, errors, person
from tests.contract.events import (
    JANE,
    SCOPE,
    Open,
    Writer,
    accepted,
    attendee,
    elevate,
    external,
    invited,
    open_writer,
    own_calendar,
    written,
)

BY_MAIL = ("free_busy", "no_calendar")
MODES = ("read_write", *BY_MAIL)
BOB, EVE = "bob@acme.test", "eve@partner.test"
GUESTS = {"invite": [{"email": BOB}, {"email": EVE}]}
FIRST, SECOND, THIRD = ("REQUEST", 0), ("REQUEST", 1), ("REQUEST", 2)
EXPLICIT = {
    "profile_id": "explicit",
    "provider_description": "Jitsi",
    "join_url": "https://meet.jit.si/x",
}


def opened(open_sandbox: Open, mode: str, **how: Any) -> Writer:
    return open_writer(open_sandbox, access_mode=mode, scope=SCOPE, **how)


def everybody(writer: Writer) -> list[list[tuple[str, int]]]:
    """What Jane, Bob and Eve have got."""
    return [writer.invites(email) for email in (JANE, BOB, EVE)]


def hears(mode: str, *mails: tuple[str, int]) -> list[tuple[str, int]]:
    """Those of Jane's: nobody invites her to what stands in her own calendar."""
    return [] if mode == "read_write" else list(mails)


in_modes = pytest.mark.parametrize("mode", MODES)
by_mail = pytest.mark.parametrize("mode", BY_MAIL)


# --- When there is a mail ---------------------------------------------------------------

NEWS: dict[str, Document] = {
    "6-summary[assumed]": {"summary": "Moved"},
    "6-description[assumed]": {"description": "Why"},
    "6-start[assumed]": {"start": "2026-05-12T09:15:00Z"},
    "6-end[assumed]": {"end": "2026-05-12T09:15:00Z"},
    "6-all-day[assumed]": {"start": "2026-05-12", "end": "2026-05-13"},
    "6-location[assumed]": {"location": {"description": "Room 1"}},
    "6-coordinates[assumed]": {"location": {"lat": "51.5", "long": "-0.1"}},
    "6-url[assumed]": {"url": "https://acme.test"},
    "6-conferencing[assumed]": {"conferencing": EXPLICIT},
}
NO_NEWS: dict[str, Document] = {
    "6-unchanged[assumed]": {},
    "6-tzid[assumed]": {"tzid": "Europe/Paris"},
    "6-transparency[assumed]": {"transparency": "transparent"},
    "6-reminders[assumed]": {"reminders": [{"minutes": 5}]},
    "6-color[assumed]": {"color": "#1A73E8"},
    "6-subscriptions[assumed]": {"subscriptions": []},
    "6-guests-again[assumed]": {"attendees": GUESTS},
}


@in_modes
@pytest.mark.parametrize("case", NEWS)
def test_an_update(open_sandbox: Open, mode: str, case: str) -> None:
    """First an invitation; then an updated one, of the same UID, to everybody."""
    writer = opened(open_sandbox, mode)
    writer.write(attendees=GUESTS)
    assert everybody(writer) == [hears(mode, FIRST), [FIRST], [FIRST]]
    writer.sandbox.advance(minutes=1)
    writer.write(**NEWS[case])
    assert everybody(writer) == [hears(mode, FIRST, SECOND), [FIRST, SECOND], [FIRST, SECOND]]
    first, second = writer.mails(EVE)
    assert second == {
        **first,
        "message_id": second["message_id"],
        "subject": f"Updated invitation: {NEWS[case].get('summary', 'Standup')}",
        "sequence": 1,
        "sent_at": "2026-05-11T08:01:00Z",
    }


@in_modes
@pytest.mark.parametrize("case", NO_NEWS)
def test_no_mail(open_sandbox: Open, mode: str, case: str) -> None:
    writer = opened(open_sandbox, mode)
    writer.write(attendees=GUESTS)
    writer.write(**NO_NEWS[case])
    assert everybody(writer) == [hears(mode, FIRST), [FIRST], [FIRST]]


@by_mail
def test_conferencing_later(open_sandbox: Open, mode: str) -> None:
    """6: assigned later, another invitation with the join URL."""
    people = [person(conferencing=[{"provider_name": "zoom"}])]
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario={"people": people})
    writer = Writer(sandbox, sandbox.connect(JANE, access_mode=mode, scope=SCOPE))
    writer.write(conferencing={"profile_id": "default"})
    assert writer.invites() == [FIRST]
    sandbox.advance(seconds=2)
    assert writer.invites() == [FIRST, SECOND]
    url = writer.event()["conferencing"]["join_url"]
    message = sandbox.control("GET", "/inbox/latest").json()
    assert f"Where: {url}\nJoin: {url}\n" in message["text"]


@in_modes
def test_guests_come_and_go(open_sandbox: Open, mode: str) -> None:
    """Who is added is invited alone; who is removed gets a cancellation that leaves the event
    standing, and everybody else the new list."""
    writer = opened(open_sandbox, mode)
    writer.write()
    assert everybody(writer) == [hears(mode, FIRST), [], []]
    writer.write(attendees={"invite": [{"email": BOB}]})
    assert everybody(writer) == [hears(mode, FIRST), [FIRST], []]
    writer.write(attendees={"invite": [{"email": EVE}]})
    assert everybody(writer) == [hears(mode, FIRST), [FIRST], [FIRST]]
    writer.write(attendees={"remove": [{"email": BOB}]})
    cancelled = ("CANCEL", 1)
    assert everybody(writer) == [hears(mode, FIRST, SECOND), [FIRST, cancelled], [FIRST, SECOND]]
    (note,) = writer.mails(BOB)[1:]
    ics = writer.sandbox.control("GET", f"/inbox/{note['message_id']}.ics").text
    assert "STATUS:CANCELLED" not in ics
    assert EVE not in ics
    writer.write(attendees={"invite": [{"email": BOB}], "remove": [{"email": EVE}]})
    assert everybody(writer) == [
        hears(mode, FIRST, SECOND, THIRD),
        [FIRST, cancelled, THIRD],
        [FIRST, SECOND, ("CANCEL", 2)],
    ]
    accepted(writer.delete())
    end = ("CANCEL", 3)
    assert everybody(writer) == [
        hears(mode, FIRST, SECOND, THIRD, end),
        [FIRST, cancelled, THIRD, end],
        [FIRST, SECOND, ("CANCEL", 2)],
    ]


@in_modes
@pytest.mark.parametrize("how", ["by event_id", "by event_uid", "in bulk"])
def test_a_delete(open_sandbox: Open, mode: str, how: str) -> None:
    """6: CANCEL of the same UID, SEQUENCE + 1, STATUS:CANCELLED, once, to everybody."""
    writer = opened(open_sandbox, mode)
    if mode == "read_write":
        elevate(writer)
    writer.write(attendees=GUESTS)
    uid = writer.event()["event_uid"]
    for _ in range(2):
        if how == "in bulk":
            accepted(writer.call("DELETE", "/v1/events", {"delete_all": True}))
        elif how == "by event_id":
            accepted(writer.delete())
        else:
            assert writer.delete(event_uid=uid).status_code in {202, 404}
    cancelled = [FIRST, ("CANCEL", 1)]
    assert everybody(writer) == [hears(mode, *cancelled), cancelled, cancelled]
    first, last = writer.mails(BOB)
    assert (last["uid"], last["subject"]) == (first["uid"], "Cancelled: Standup")
    ics = writer.sandbox.control("GET", f"/inbox/{last['message_id']}.ics").text
    assert "METHOD:CANCEL" in ics
    assert "STATUS:CANCELLED" in ics


@in_modes
def test_nobody_to_tell(open_sandbox: Open, mode: str) -> None:
    """6: an unknown event_id, and one without guests in the person's own calendar, are nobody's
    news."""
    writer = opened(open_sandbox, mode)
    accepted(writer.delete())
    assert writer.sandbox.control("GET", "/inbox").json() == {"messages": []}
    writer.write()
    accepted(writer.delete())
    expected = hears(mode, FIRST, ("CANCEL", 1))
    assert everybody(writer) == [expected, [], []]


def test_a_refused_write_mails_nobody(open_sandbox: Open) -> None:
    writer = opened(open_sandbox, "no_calendar")
    response = writer.post(attendees=GUESTS, conferencing={"profile_id": "zoom"})
    fields = {"conferencing.profile_id": "not_recognized"}
    assert (response.status_code, response.json()) == (422, errors(fields))
    assert everybody(writer) == [[], [], []]


def test_who_writes(open_sandbox: Open) -> None:
    """In Read-Write mode the provider does, in the person's name; else Cronofy, from an address
    of the event's own, in the application's."""
    for mode in MODES:
        writer = opened(open_sandbox, mode)
        writer.write(attendees=GUESTS)
        (mail,) = writer.mails(BOB)
        organizer = writer.event()["organizer"]
        assert mail["from"] == organizer["email"]
        plain = written if mode == "read_write" else invited
        expected = plain(writer.calendar_id)["organizer"]
        assert organizer == expected


# --- What somebody does about it ----------------------------------------------------------


def reply(writer: Writer, status: str, to: str = JANE, message: str = "latest") -> Document:
    path = f"/inbox/{message}/reply"
    answer = writer.sandbox.control("POST", path, params={"to": to}, json={"status": status})
    assert answer.status_code == 200, answer.text
    document: Document = answer.json()
    return document


def busy(writer: Writer) -> list[tuple[bool, str]]:
    """Whether each period stands in the Cronofy calendar, and its status."""
    query = {"tzid": "Etc/UTC", "include_managed": "true"}
    answer = writer.sandbox.call(writer.token, "GET", "/v1/free_busy", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()["free_busy"]
    return sorted((p["calendar_id"] == writer.calendar_id, p["free_busy_status"]) for p in found)


REACTIONS: dict[str, tuple[list[tuple[bool, str]], list[tuple[bool, str]]]] = {
    # Free/Busy: the person's own calendar (False) and the Cronofy calendar (True); No Access.
    "accepted": ([(False, "busy"), (True, "busy")], [(True, "busy")]),
    "tentative": ([(False, "tentative"), (True, "tentative")], [(True, "tentative")]),
    "declined": ([], []),
    "needs_action": ([(True, "busy")], [(True, "busy")]),
}


@by_mail
@pytest.mark.parametrize("status", REACTIONS, ids=lambda status: f"6-{status}[assumed]")
def test_reactions(open_sandbox: Open, mode: str, status: str) -> None:
    """What the Cronofy calendar says after an answer, and the profile of busy times."""
    writer = opened(open_sandbox, mode)
    writer.write()
    writer.sandbox.advance(minutes=1)
    if status != "needs_action":
        reply(writer, status)
    answered = "2026-05-11T08:00:00Z" if status == "needs_action" else "2026-05-11T08:01:00Z"
    assert writer.event() == invited(
        writer.calendar_id,
        participation_status=status,
        attendees=[attendee(JANE, status)],
        updated=answered,
    )
    assert busy(writer) == REACTIONS[status][BY_MAIL.index(mode)]
    standing = [(event["summary"], event["participation_status"]) for event in own_calendar(writer)]
    assert standing == ([("Standup", status)] if status in {"accepted", "tentative"} else [])
    assert writer.invites() == [FIRST]


@by_mail
def test_another_answer(open_sandbox: Open, mode: str) -> None:
    """Each answer takes the place of the one before."""
    writer = opened(open_sandbox, mode)
    writer.write()
    for status in ("accepted", "declined", "tentative", "declined", "accepted"):
        reply(writer, status)
        assert writer.event()["participation_status"] == status
        assert len(own_calendar(writer)) == (status != "declined")
    assert busy(writer) == REACTIONS["accepted"][BY_MAIL.index(mode)]


@by_mail
def test_what_was_accepted_follows(open_sandbox: Open, mode: str) -> None:
    """An update changes it in the person's own calendar, another time asks again, and a
    cancellation takes it out."""
    writer = opened(open_sandbox, mode)
    writer.write()
    reply(writer, "accepted")

    def stands() -> list[tuple[str, str, str]]:
        return [
            (event["summary"], event["start"], event["participation_status"])
            for event in own_calendar(writer)
        ]

    writer.write(summary="Retro")
    assert stands() == [("Retro", "2026-05-12T09:00:00Z", "accepted")]
    assert writer.event()["participation_status"] == "accepted"
    later = {"start": "2026-05-12T10:00:00Z", "end": "2026-05-12T10:30:00Z"}
    writer.write(summary="Retro", **later)
    assert stands() == [("Retro", "2026-05-12T10:00:00Z", "needs_action")]
    assert writer.event()["participation_status"] == "needs_action"
    reply(writer, "accepted")
    assert stands() == [("Retro", "2026-05-12T10:00:00Z", "accepted")]
    accepted(writer.delete())
    assert (stands(), busy(writer)) == ([], [])


@by_mail
def test_an_old_invitation(open_sandbox: Open, mode: str) -> None:
    """What has been superseded or cancelled can no longer be answered."""
    writer = opened(open_sandbox, mode)
    writer.write()
    (first,) = writer.mails()
    writer.write(summary="Retro")
    before = writer.event()
    path = f"/inbox/{first['message_id']}/reply"
    answer = writer.sandbox.control("POST", path, json={"status": "accepted"})
    assert answer.status_code == 422
    assert writer.event() == before
    accepted(writer.delete())
    for message in writer.mails():
        path = f"/inbox/{message['message_id']}/reply"
        answer = writer.sandbox.control("POST", path, json={"status": "accepted"})
        assert answer.status_code == 422
    assert own_calendar(writer) == []


@in_modes
def test_guests_answer(open_sandbox: Open, mode: str) -> None:
    """2.9: replies appear as the status of an attendee, and survive whatever moves nothing."""
    writer = opened(open_sandbox, mode)
    writer.write(attendees=GUESTS)
    plain = written if mode == "read_write" else invited
    jane = "accepted" if mode == "read_write" else "needs_action"

    def attendees(bob: str, eve: str) -> list[Document]:
        return [attendee(JANE, jane), attendee(BOB, bob), attendee(EVE, eve)]

    reply(writer, "declined", to=BOB)
    reply(writer, "tentative", to=EVE)
    answered = attendees("declined", "tentative")
    assert writer.event() == plain(writer.calendar_id, attendees=answered)
    if mode == "read_write":
        truth = own_calendar(writer)[0]["attendees"]
        assert [one["status"] for one in truth] == ["accepted", "declined", "tentative"]
    writer.write()
    writer.write(description="Why")
    assert writer.event() == plain(writer.calendar_id, attendees=answered, description="Why")
    writer.write(attendees={"invite": [{"email": BOB, "display_name": "Bob"}]})
    (_, bob, _) = writer.event()["attendees"]
    assert bob == attendee(BOB, "declined", "Bob")
    writer.write(start="2026-05-12T09:15:00Z")
    statuses = [one["status"] for one in writer.event()["attendees"]]
    assert statuses == [jane, "needs_action", "needs_action"]


def test_a_guest_who_is_somebody(open_sandbox: Open) -> None:
    """A guest's own application sees what they accept, as an invitation by somebody else."""
    writer = opened(open_sandbox, "read_write")
    assert writer.sandbox.control("POST", "/people", json=person(BOB)).status_code == 201
    bob = Writer(writer.sandbox, writer.sandbox.connect(BOB))
    writer.write(attendees={"invite": [{"email": BOB}]})
    assert bob.all_events() == []
    reply(writer, "accepted", to=BOB)
    (copy,) = bob.all_events()
    nothing = {"delete": False, "update": False, "change_participation_status": True}
    both = [attendee(JANE, "accepted"), attendee(BOB, "accepted")]
    expected = written(bob.calendar_id, options=nothing, attendees=both)
    del expected["event_id"]
    assert copy == expected
    accepted(writer.delete())
    assert bob.all_events() == []


HABITS = {"accepted": 1, "tentative": 1, "declined": 0}


@by_mail
@pytest.mark.parametrize("status", HABITS)
def test_habits(open_sandbox: Open, mode: str, status: str) -> None:
    """People who answer by themselves, some time after an invitation, on the sandbox's clock."""
    habit = {"reply": status, "after": {"minutes": 5}}
    writer = opened(open_sandbox, mode, invites=habit)
    writer.write()
    writer.sandbox.advance(minutes=4, seconds=59)
    assert writer.event() == invited(writer.calendar_id)
    writer.sandbox.advance(seconds=1)
    answered = invited(
        writer.calendar_id,
        participation_status=status,
        attendees=[attendee(JANE, status)],
        updated="2026-05-11T08:05:00Z",
    )
    assert writer.event() == answered
    assert len(own_calendar(writer)) == HABITS[status]
    assert busy(writer) == REACTIONS[status][BY_MAIL.index(mode)]
    # Nothing new to answer, unless the time is another.
    writer.write(description="Why")
    assert writer.sandbox.advance(minutes=10)["happened"] == []
    writer.write(description="Why", end="2026-05-12T10:00:00Z")
    assert writer.event()["participation_status"] == "needs_action"
    writer.sandbox.advance(minutes=5)
    assert writer.event()["participation_status"] == status


@by_mail
def test_a_habit_and_an_event_that_is_gone(open_sandbox: Open, mode: str) -> None:
    """Whoever answers after the cancellation answers nothing."""
    writer = opened(open_sandbox, mode, invites={"reply": "accepted", "after": {"minutes": 5}})
    writer.write()
    accepted(writer.delete())
    writer.sandbox.advance(minutes=10)
    assert own_calendar(writer) == []
    assert writer.event(include_deleted="true")["participation_status"] == "needs_action"


@by_mail
def test_the_persons_own_appointments(open_sandbox: Open, mode: str) -> None:
    """Seed 000: what is in their own calendar shows as busy time in one mode, not in the other;
    reads show neither."""
    writer = opened(open_sandbox, mode)
    external(writer)
    writer.write()
    assert writer.all_events() == [invited(writer.calendar_id)]
    own = [(False, "busy")] if mode == "free_busy" else []
    assert busy(writer) == [*own, (True, "busy")]

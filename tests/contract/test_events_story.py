"""One story in three modes: connect, create, read back, busy times, update, accept, delete.

The calls of the application are the same in every mode. What differs is below, as data:
which calendars there are, who gets mail, what comes to stand in the person's own calendar,
and what is known of their time (seeds 000–002, events.md §6).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.contract.documents import Document, Like, person
from tests.contract.events import (
    CLOCK,
    EVENT_UID,
    JANE,
    SCOPE,
    accepted,
    attendee,
    invited,
    refused,
    written,
)
from tests.contract.reading import EVENTS, EVERYTHING_ON, Open, Reader
from tests.emulator import Sandbox

GUEST = "guest@else.test"
EARLY = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T09:30:00Z"}
LATE = {"start": "2026-05-13T14:00:00Z", "end": "2026-05-13T15:00:00Z"}
HABIT = {"reply": "accepted", "after": {"minutes": 5}}


class Seen(NamedTuple):
    """What there is after one step: mails to Jane, her own calendar with her answer, and whose
    calendars are busy.
    """

    mails: list[str] = []
    diary: list[tuple[Document, str]] = []
    busy: list[str] = []


class Mode(NamedTuple):
    """``calendars``: provider_name, read-only, integrated conferencing, permission_level."""

    connect: Document
    calendars: list[tuple[str, bool, bool, str]]
    read: Callable[..., Document]
    created: Seen
    updated: Seen
    accepted: Seen
    deleted: Seen
    provider: str = "google"
    person: Document = {}
    reads_events: bool = True


def read_write(provider: str, provider_name: str, integrated: bool, **connect: Any) -> Mode:
    """Everything goes straight into the person's own calendar, and nobody writes them a mail."""
    updated = Seen(diary=[(LATE, "accepted")], busy=[provider_name])
    return Mode(
        connect={"access_mode": "read_write", **connect},
        calendars=[(provider_name, False, integrated, "sandbox")],
        read=written,
        created=Seen(diary=[(EARLY, "accepted")], busy=[provider_name]),
        updated=updated,
        accepted=updated,
        deleted=Seen(),
        provider=provider,
    )


def hosted(access_mode: str, provider: str, own: str | None, **connect: Any) -> Mode:
    """Events stand in a Cronofy calendar and go out by mail; what is accepted stands in the
    person's own calendar, which is ``own`` where Cronofy sees that they are busy.
    """
    shown = [(own, True, False, "sandbox")] if own else []
    diary = [] if provider == "none" else [(LATE, "accepted")]
    return Mode(
        connect={"access_mode": access_mode, **connect},
        calendars=[*shown, ("cronofy", False, False, "unrestricted")],
        read=invited,
        created=Seen(mails=["Invitation 0"], busy=["cronofy"]),
        updated=Seen(mails=["Updated invitation 1"], busy=["cronofy"]),
        accepted=Seen(diary=diary, busy=["cronofy", own] if own else ["cronofy"]),
        deleted=Seen(mails=["Cancelled 2"]),
        provider=provider,
    )


MODES = {
    "Read-Write: Google": read_write("google", "google", True),
    "Read-Write: Microsoft 365": read_write("office365", "exchange", True),
    "Read-Write: Exchange": read_write("exchange", "exchange", False),
    "Read-Write: Apple": read_write("apple", "apple", False),
    "Read-Write: Outlook.com": read_write("outlook_com", "live_connect", False),
    "Free/Busy: Google": hosted("free_busy", "google", "google_free_busy"),
    "Free/Busy: Microsoft 365": hosted("free_busy", "office365", "ms_graph_free_busy"),
    "No Calendar Access: Google": hosted("no_calendar", "google", None),
    "No Calendar Access: Exchange": hosted("no_calendar", "exchange", None),
    "No Calendar Access: nothing but mail": hosted("no_calendar", "none", None),
}
ACCEPTS_BY_HABIT = {
    f"{name}, accepting by habit": MODES[name]._replace(person={"invites": HABIT})
    for name in (
        "Free/Busy: Google",
        "Free/Busy: Microsoft 365",
        "No Calendar Access: Google",
        "No Calendar Access: nothing but mail",
    )
}
WITH_THE_SEEDS_SCOPE = {
    f"{name}, scope free_busy_write alone": mode._replace(
        connect={**mode.connect, "scope": "free_busy_write"}, reads_events=False
    )
    for name, mode in MODES.items()
}
# Nobody is asked there, and mail clients accept what comes.
ENTERPRISE_CONNECT = {
    f"Enterprise Connect, {name}": mode._replace(
        connect={"service_account": "acme.test", **mode.connect}, person={"invites": HABIT}
    )
    for name, mode in MODES.items()
    if mode.provider in {"google", "office365"}
}
STORIES = {**MODES, **ACCEPTS_BY_HABIT, **WITH_THE_SEEDS_SCOPE, **ENTERPRISE_CONNECT}


def connect(sandbox: Sandbox, mode: Mode) -> Reader:
    how = {"scope": f"read_write {SCOPE}", **mode.connect}
    domain = how.get("service_account")
    if domain is not None:
        body = {"service_account": domain, "access_mode": how.pop("access_mode")}
        body["delegated_scope"] = how["scope"]
        answer = sandbox.control("POST", "/connect", json=body)
        assert answer.status_code == 201, answer.text
    return Reader(sandbox, sandbox.connect(JANE, **how))


def open_story(open_sandbox: Open, mode: Mode) -> Reader:
    scenario: Document = {
        "applications": [{"name": "Example Application", "features": EVERYTHING_ON}],
        "people": [person(JANE, mode.provider, **mode.person)],
    }
    if "service_account" in mode.connect:
        organization = {"domain": "acme.test", "provider": mode.provider, "members": [JANE]}
        scenario["organizations"] = [organization]
    return connect(open_sandbox(clock=CLOCK, scenario=scenario), mode)


class Story:
    """Somebody who looks at everything after each step."""

    def __init__(self, reader: Reader, mode: Mode) -> None:
        self.reader = reader
        self.mode = mode
        self.mails: list[str] = []
        self.guest_mails: list[str] = []
        self.calendars: list[Document] = reader.call("GET", "/v1/calendars").json()["calendars"]

    def event(self, **changes: Any) -> list[Document]:
        """What reads should answer of the event in this mode; none once it is deleted."""
        document = self.mode.read(self.reader.calendar_id, summary="Interview", **changes)
        own = "accepted" if self.mode.read is written else document["participation_status"]
        document["attendees"] = [attendee(JANE, own), attendee(GUEST)]
        return [document]

    def check(self, seen: Seen, event: list[Document], guest_mail: str | None = None) -> None:
        self.mails += seen.mails
        self.guest_mails += [guest_mail] if guest_mail else []
        self.check_mails(JANE, self.mails)
        self.check_mails(GUEST, self.guest_mails)
        self.check_diary(seen.diary)
        self.check_event(event)
        self.check_busy(seen.busy, event)

    def check_mails(self, to: str, titles: list[str]) -> None:
        mails = self.reader.mails(to)
        found = [f"{mail['subject']} {mail['sequence']}" for mail in mails]
        assert found == [_subject(title) for title in titles]
        for mail in mails:
            assert mail["method"] == ("CANCEL" if mail["subject"][0] == "C" else "REQUEST")
        assert len({mail["uid"] for mail in mails}) <= 1

    def check_diary(self, expected: list[tuple[Document, str]]) -> None:
        """Jane's own calendar, as her provider has it."""
        answer = self.reader.sandbox.control("GET", f"/people/{JANE}/events").json()
        names = ("summary", "start", "end", "participation_status", "ical_uid")
        uid = Like(r"[0-9a-z]+@cronofy\.com")
        assert [{name: event[name] for name in names} for event in answer["events"]] == [
            {"summary": "Interview", **times, "participation_status": status, "ical_uid": uid}
            for times, status in expected
        ]

    def check_event(self, event: list[Document]) -> None:
        assert self.reader.events("only_managed=true") == event
        if self.mode.reads_events:
            assert self.reader.events("include_managed=true") == event
            assert self.reader.events() == []
        else:
            refused(self.reader.get(EVENTS, "tzid=UTC&include_managed=true"), 403)

    def check_busy(self, busy: list[str], event: list[Document]) -> None:
        """The time of all profiles together is what an availability query goes by."""
        calendars = [c["calendar_id"] for c in self.calendars if c["provider_name"] in busy]
        expected = {
            calendar_id: {
                "calendar_id": calendar_id,
                "start": event[0]["start"],
                "end": event[0]["end"],
                "free_busy_status": "busy",
                "event_uid": EVENT_UID,
            }
            for calendar_id in calendars
        }
        own = self.reader.calendar_id
        others = [period for calendar_id, period in expected.items() if calendar_id != own]
        assert self.reader.periods("include_ids=true") == others
        if own in expected:
            expected[own]["event_id"] = "standup"
        found = self.reader.periods("include_managed=true&include_free=true&include_ids=true")
        assert {period["calendar_id"]: period for period in found} == expected
        assert len(found) == len(expected)


def _subject(title: str) -> str:
    """``Invitation 0`` is the title of a mail and its SEQUENCE."""
    name, _, sequence = title.rpartition(" ")
    return f"{name}: Interview {sequence}"


@pytest.mark.parametrize("mode", STORIES.values(), ids=STORIES)
def test_story(open_sandbox: Open, mode: Mode) -> None:
    reader = open_story(open_sandbox, mode)
    story = Story(reader, mode)
    assert mode.calendars == [
        (
            calendar["provider_name"],
            calendar["calendar_readonly"],
            calendar["calendar_integrated_conferencing_available"],
            calendar["permission_level"],
        )
        for calendar in story.calendars
    ]

    interview = {"summary": "Interview", "attendees": {"invite": [{"email": GUEST}]}}
    reader.write(**interview, **EARLY)
    story.check(mode.created, story.event(**EARLY), "Invitation 0")
    reader.write(**interview, **EARLY)
    story.check(mode.created._replace(mails=[]), story.event(**EARLY))

    reader.sandbox.advance(minutes=1)
    reader.write(**interview, **LATE)
    changed = {**LATE, "updated": "2026-05-11T08:01:00Z"}
    story.check(mode.updated, story.event(**changed), "Updated invitation 1")

    reader.sandbox.advance(minutes=5)
    if story.mails and "invites" not in mode.person:
        reply(reader, "accepted")
    if story.mails:
        changed |= {"updated": "2026-05-11T08:06:00Z", "participation_status": "accepted"}
    story.check(mode.accepted, story.event(**changed))

    reader.sandbox.advance(minutes=1)
    accepted(reader.delete())
    story.check(mode.deleted, [], "Cancelled 2")
    accepted(reader.delete())
    story.check(mode.deleted._replace(mails=[]), [])


def reply(reader: Reader, status: str) -> None:
    """Jane presses a button in the newest mail."""
    path = "/inbox/latest/reply"
    answer = reader.sandbox.control("POST", path, params={"to": JANE}, json={"status": status})
    assert answer.status_code == 200, answer.text


REACTIONS = [
    pytest.param("accepted", "accepted", "busy", "busy", id="6 accept"),
    pytest.param("tentative", "tentative", "tentative", "tentative", id="6 tentative"),
    pytest.param("declined", "declined", None, None, id="6 decline"),
    pytest.param(None, "needs_action", "busy", None, id="6 ignore"),
]


@pytest.mark.parametrize(("answer", "participation", "hosted", "own"), REACTIONS)
@pytest.mark.parametrize(
    "name", ["Free/Busy: Google", "Free/Busy: Microsoft 365", "No Calendar Access: Google"]
)
def test_reactions(
    open_sandbox: Open,
    name: str,
    answer: str | None,
    participation: str,
    hosted: str | None,
    own: str | None,
) -> None:
    """6, "User reactions": the Cronofy calendar's event, and the free/busy profile."""
    reader = open_story(open_sandbox, MODES[name])
    reader.write()
    if answer is not None:
        reply(reader, answer)
    assert reader.event() == invited(
        reader.calendar_id,
        participation_status=participation,
        attendees=[attendee(JANE, participation)],
    )
    calendars = reader.call("GET", "/v1/calendars").json()["calendars"]
    statuses = {calendar["calendar_id"]: own for calendar in calendars}
    statuses[reader.calendar_id] = hosted
    found = reader.periods("include_managed=true&include_free=true")
    assert {one["calendar_id"]: one["free_busy_status"] for one in found} == {
        calendar_id: status for calendar_id, status in statuses.items() if status
    }
    assert len(found) == len([status for status in statuses.values() if status])

"""Meetings find a free time, get into people's calendars, and follow what people do with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import httpx
import pytest

from meetings.tests.situation import EMAIL, INTERVIEW, REVIEW, Mode, booked, status
from mock_server.testing import Sandbox

pytestmark = pytest.mark.cronofy(scenario="jane.yaml")

Connect = Callable[..., httpx.Response]
Reply = Literal["accepted", "tentative", "declined"]

AFTER_THE_DENTIST = booked("2026-05-12T10:00:00Z", "2026-05-12T10:30:00Z")
AT_ONCE = booked("2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z")


def summaries(cronofy: Sandbox) -> list[str]:
    """What stands in Jane's own calendar."""
    return sorted(event["summary"] for event in cronofy.person(EMAIL).events())


def test_read_write(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """The meeting is in Jane's calendar at the first time that she has free; nothing is mailed."""
    connect("read_write")
    answer = meetings.post("/meetings", json=INTERVIEW)
    assert (answer.status_code, answer.json()) == (201, AFTER_THE_DENTIST)
    assert summaries(cronofy) == ["Dentist", "Interview"]
    assert cronofy.inbox.messages() == []


def test_free_busy(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Jane gets an invitation by mail, and the meeting is in her calendar once she accepts."""
    connect("free_busy")
    answer = meetings.post("/meetings", json=INTERVIEW)
    assert (answer.status_code, answer.json()) == (201, AFTER_THE_DENTIST)
    assert summaries(cronofy) == ["Dentist"]

    invitation = cronofy.inbox.latest(to=EMAIL)
    assert (invitation.subject, invitation.method) == ("Invitation: Interview", "REQUEST")
    invitation.accept()
    assert summaries(cronofy) == ["Dentist", "Interview"]
    # Now it is busy time that Cronofy sees at her provider.
    jane = cronofy.connect(EMAIL, access_mode="free_busy")
    blocks = cronofy.pycronofy(jane).read_free_busy(include_managed=False).all()
    assert [(block["start"], block["free_busy_status"]) for block in blocks] == [
        ("2026-05-12T09:00:00Z", "busy"),
        ("2026-05-12T10:00:00Z", "busy"),
    ]


def test_no_calendar(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Cronofy sees no dentist; what Jane accepts goes into a calendar that it does not know."""
    connect("no_calendar")
    answer = meetings.post("/meetings", json=INTERVIEW)
    assert (answer.status_code, answer.json()) == (201, AT_ONCE)
    cronofy.inbox.latest(to=EMAIL).accept()
    assert summaries(cronofy) == ["Dentist", "Interview"]


@pytest.mark.parametrize("mode", ["free_busy", "no_calendar"])
@pytest.mark.parametrize("reply", ["accepted", "tentative", "declined"])
def test_answers(
    connect: Connect, cronofy: Sandbox, meetings: httpx.Client, mode: Mode, reply: Reply
) -> None:
    """A second after Jane has answered her invitation, the application knows."""
    connect(mode)
    meeting = meetings.post("/meetings", json=INTERVIEW).json()
    cronofy.inbox.reply(reply, to=EMAIL)
    cronofy.clock.advance(seconds=1)
    cronofy.deliveries.wait("change", state="delivered")
    assert meetings.get("/status").json() == status(mode, {**meeting, "status": reply})


def test_moved_by_the_person(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Jane drags the meeting to another time; the application follows."""
    connect()
    meetings.post("/meetings", json=INTERVIEW)
    jane = cronofy.person(EMAIL)
    jane.change_event(
        jane.events()[1]["event_uid"], start="2026-05-12T15:00:00Z", end="2026-05-12T15:30:00Z"
    )
    cronofy.clock.advance(seconds=1)
    cronofy.deliveries.wait("change", state="delivered")
    moved = booked("2026-05-12T15:00:00Z", "2026-05-12T15:30:00Z", status="accepted")
    assert meetings.get("/status").json() == status("read_write", moved)


def test_deleted_by_the_person(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Jane deletes the meeting; the application has it no more, and may book it anew."""
    connect()
    meetings.post("/meetings", json=INTERVIEW)
    jane = cronofy.person(EMAIL)
    jane.delete_events()
    cronofy.clock.advance(seconds=1)
    cronofy.deliveries.wait("change", state="delivered")
    assert meetings.get("/status").json() == status("read_write")
    assert meetings.post("/meetings", json=INTERVIEW).json() == AT_ONCE


def test_a_webhook_that_was_missed(
    connect: Connect, cronofy: Sandbox, meetings: httpx.Client
) -> None:
    """While the application is down Cronofy keeps trying, and no answer is lost."""
    connect("free_busy")
    meetings.post("/meetings", json=INTERVIEW)
    cronofy.deliveries.fail("connection_refused", kind="change", times=2)
    cronofy.inbox.reply("accepted", to=EMAIL)
    cronofy.clock.advance(seconds=20)
    assert meetings.get("/status").json() == status("free_busy", AFTER_THE_DENTIST)
    cronofy.clock.advance(minutes=1)
    accepted = {**AFTER_THE_DENTIST, "status": "accepted"}
    assert meetings.get("/status").json() == status("free_busy", accepted)


def test_a_forged_webhook(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """What Cronofy has not signed is not read."""
    connect()
    (genuine,) = cronofy.deliveries.list(kind="verification")
    change = {"type": "change", "changes_since": "2026-05-11T08:00:00Z"}
    answer = meetings.post(
        "/webhooks",
        json={**genuine.body, "notification": change},
        headers={"Cronofy-HMAC-SHA256": "bm90IHNpZ25lZA=="},
    )
    assert answer.status_code == 403
    cronofy.journal.verify("/v1/events", exactly=0)


def test_no_time_left(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """When Jane is not free, the application says so and changes nothing."""
    connect()
    before = cronofy.snapshot()
    answer = meetings.post("/meetings", json={**REVIEW, "start": "2026-05-12T09:30:00Z"})
    assert (answer.status_code, answer.json()) == (
        409,
        {"error": "jane@acme.test is not free for 60 minutes then"},
    )
    cronofy.assert_unchanged(before)


def test_what_a_booking_changes(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """One event comes into the world; asked for again under its id, the meeting is that event."""
    connect()
    before = cronofy.snapshot()
    meetings.post("/meetings", json=INTERVIEW)
    (event,) = cronofy.diff(since=before).changes["events"]["added"]
    assert event["managed"]["event_id"] == "interview-1"

    booked_once = cronofy.snapshot()
    assert meetings.post("/meetings", json=INTERVIEW).json() == AFTER_THE_DENTIST
    cronofy.assert_unchanged(booked_once)


@pytest.mark.parametrize(
    ("document", "expected", "error"),
    [
        ({**REVIEW, "email": "sam@acme.test"}, 404, "sam@acme.test has not connected a calendar"),
        (
            {**REVIEW, "start": "2026-05-12T10:00:00"},
            422,
            "this is no meeting: times need an offset, such as Z",
        ),
    ],
)
def test_what_is_refused(
    connect: Connect,
    cronofy: Sandbox,
    meetings: httpx.Client,
    document: dict[str, Any],
    expected: int,
    error: str,
) -> None:
    """Wishes that cannot be understood are refused, and Cronofy is not asked."""
    connect()
    answer = meetings.post("/meetings", json=document)
    assert (answer.status_code, answer.json()) == (expected, {"error": error})
    cronofy.journal.verify("/v1/availability", exactly=0)

"""Who is invited answers: in the mail, or through an application (pycronofy alone can)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import event_calls
from tests.sdk.clients import Document, PythonClient, PythonSdk
from tests.sdk.diary import BEN, JANE, PEOPLE_ONLY, SCOPE, Diary, event
from tests.sdk.event_calls import refusal
from tests.sdk.expected import unprocessable

TIMES = ("2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z")
STATUSES = ["accepted", "tentative", "declined"]


@pytest.fixture
def in_python(python_sdk: PythonSdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Diary:
    return Diary(python_sdk, open_sandbox, mode)


def answer(diary: Diary, event_uid: str, status: str) -> None:
    assert isinstance(diary.client, PythonClient)
    call = diary.client.client.change_participation_status
    assert diary.client.call(call, diary.calendar_id, event_uid, status) == (None, None)


def attendee(status: str, email: str = JANE, display_name: str | None = None) -> Document:
    return {"email": email, "display_name": display_name, "status": status}


def press(diary: Diary, status: str) -> None:
    """Jane presses a button in the latest mail."""
    body = {"status": status}
    response = diary.sandbox.control("POST", f"/inbox/latest/reply?to={JANE}", json=body)
    assert response.status_code == 200, response.text


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("mode", ["free_busy-google", "no_calendar"], indirect=True)
def test_an_answer_by_mail(diary: Diary, status: str) -> None:
    """The event says what Jane has answered. Accepted, her own calendar is busy as well."""
    diary.events.upsert(diary.calendar_id, event())
    press(diary, status)
    expected = diary.written(participation_status=status, attendees=[attendee(status)])
    assert diary.managed() == [expected]
    shown = {"accepted": "busy", "tentative": "tentative"}
    ours = [
        diary.period(calendar_id, *TIMES, shown[status])
        for calendar_id in (*([diary.own["Jane"]] if diary.own else []), diary.calendar_id)
        if status in shown
    ]
    busy = diary.events.free_busy(include_managed=True)
    key = str
    assert sorted(busy, key=key) == sorted([*diary.own_busy(), *ours], key=key)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("mode", ["free_busy-office365", "no_calendar"], indirect=True)
def test_an_answer_through_the_application(in_python: Diary, status: str) -> None:
    """The same, given for her by the application."""
    in_python.events.upsert(in_python.calendar_id, event())
    (written,) = in_python.managed()
    answer(in_python, written["event_uid"], status)
    expected = in_python.written(participation_status=status, attendees=[attendee(status)])
    assert in_python.managed() == [expected]


def invited(diary: Diary) -> tuple[Any, Document]:
    """Ben's events, and the one to which he has invited Jane, as it stands in her calendar."""
    token = diary.sandbox.connect(BEN, scope=SCOPE)
    ben = event_calls.of(diary.client_of(token))
    calendars = token["userinfo"]["cronofy.data"]["profiles"][0]["profile_calendars"]
    guests = {"invite": [{"email": JANE, "display_name": "Jane"}]}
    ben.upsert(calendars[0]["calendar_id"], event(attendees=guests))
    assert diary.mails() == [("REQUEST", 0)]
    press(diary, "tentative")
    (found,) = (e for e in diary.events.read() if e["summary"] == "Planning")
    return ben, found


def both(status: str) -> list[Document]:
    ben = attendee("accepted", BEN)
    return [ben, attendee(status, display_name="Jane")]


@pytest.mark.parametrize("mode", ["read_write-google", "read_write-office365"], indirect=True)
def test_an_invitation(in_python: Diary) -> None:
    """Ben invites Jane. She puts it into her calendar, and changes her mind in the application;
    Ben sees what she has answered."""
    ben, found = invited(in_python)
    options = {**PEOPLE_ONLY, "change_participation_status": True}
    expected = in_python.external(
        summary="Planning",
        description="What comes next",
        start=TIMES[0],
        end=TIMES[1],
        organizer={"email": BEN, "display_name": "Ben Lee"},
        attendees=both("tentative"),
        participation_status="tentative",
        options=options,
    )
    assert found == expected
    (his,) = ben.read(only_managed=True)
    assert his["attendees"] == both("tentative")

    answer(in_python, found["event_uid"], "accepted")
    expected = {**expected, "attendees": both("accepted"), "participation_status": "accepted"}
    assert expected in in_python.events.read()
    (his,) = ben.read(only_managed=True)
    assert his["attendees"] == both("accepted")


@pytest.mark.parametrize("mode", ["read_write-google", "read_write-office365"], indirect=True)
def test_a_refusal(in_python: Diary) -> None:
    """What Jane declines leaves her calendar at Microsoft, and stays, as declined, at Google."""
    ben, found = invited(in_python)
    answer(in_python, found["event_uid"], "declined")
    left = [e for e in in_python.events.read() if e["summary"] == "Planning"]
    declined = {**found, "attendees": both("declined"), "participation_status": "declined"}
    google = in_python.client.profiles()["profiles"][0]["provider_name"] == "google"
    assert left == ([declined] if google else [])
    assert in_python.events.free_busy() == in_python.own_busy()
    (his,) = ben.read(only_managed=True)
    assert his["attendees"] == both("declined")


def test_refused_answers(in_python: Diary) -> None:
    """404 for an unknown event, 422 for an unknown word, 403 where nobody has asked."""
    uid = "evt_external_000000000000000000000000"
    assert refusal(answer, in_python, uid, "accepted") == (404, None)
    in_python.events.upsert(in_python.calendar_id, event())
    (written,) = in_python.managed()
    unknown = unprocessable("status", "errors.not_recognized", "not recognized")
    assert refusal(answer, in_python, written["event_uid"], "perhaps") == (422, unknown)
    required = unprocessable("status", "errors.required", "required")
    assert refusal(answer, in_python, written["event_uid"], "") == (422, required)
    if not in_python.hosted:
        assert refusal(answer, in_python, written["event_uid"], "declined") == (403, None)
    assert in_python.managed() == [in_python.written()]

"""The control API's clock: reading, setting and moving a sandbox's time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.control import CLOCK, JANE, assert_problems
from tests.contract.events import SCOPE, external, open_writer
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]


def test_reading_the_clock(open_sandbox: Open) -> None:
    """now and mode."""
    sandbox = open_sandbox(clock=CLOCK)
    response = sandbox.control("GET", "/clock")
    assert (response.status_code, response.json()) == (200, {"now": CLOCK, "mode": "virtual"})


def test_setting_the_clock(open_sandbox: Open) -> None:
    """{"now"} stands still there, {"mode": "real"} runs, {"mode": "virtual"} stands still."""
    sandbox = open_sandbox()
    noon = {"now": "2030-05-11T12:00:00Z", "mode": "virtual"}
    for body in ({"now": noon["now"]}, noon, {"now": "2030-05-11T14:00:00+02:00"}):
        response = sandbox.control("PUT", "/clock", json=body)
        assert (response.status_code, response.json()) == (200, noon)
    running = sandbox.control("PUT", "/clock", json={"mode": "real"}).json()
    assert running["mode"] == "real"
    assert running["now"] != noon["now"]
    standing = sandbox.control("PUT", "/clock", json={"mode": "virtual"}).json()
    assert standing["mode"] == "virtual"
    assert sandbox.control("GET", "/clock").json() == standing


@pytest.mark.parametrize(
    ("duration", "now"),
    [
        ({"seconds": 1}, "2026-05-11T08:00:01Z"),
        ({"minutes": 90}, "2026-05-11T09:30:00Z"),
        ({"hours": 16}, "2026-05-12T00:00:00Z"),
        ({"days": 1, "hours": 1, "minutes": 1, "seconds": 1}, "2026-05-12T09:01:01Z"),
        ({"seconds": 0}, CLOCK),
    ],
    ids=str,
)
def test_moving_the_clock(open_sandbox: Open, duration: dict[str, int], now: str) -> None:
    """Forward by days, hours, minutes and seconds; happened lists what fell due."""
    sandbox = open_sandbox(clock=CLOCK)
    response = sandbox.control("POST", "/clock/advance", json=duration)
    assert response.status_code == 200
    assert response.json() == {"now": now, "mode": "virtual", "happened": []}
    assert sandbox.control("GET", "/clock").json() == {"now": now, "mode": "virtual"}


def test_what_happens_while_it_moves(open_sandbox: Open) -> None:
    """Each timer with its kind, what it is about, and when; in order."""
    writer = open_writer(open_sandbox, sync_delay={"minutes": 1})
    writer.write(conferencing={"profile_id": "integrated"})
    external(writer)
    meeting = [writer.calendar_id, writer.event()["event_uid"]]
    assert writer.sandbox.advance(minutes=1)["happened"] == [
        {"happened": "assign_conferencing", "subject": meeting, "at": "2026-05-11T08:00:02Z"},
        {
            "happened": "synchronize_calendar",
            "subject": [writer.calendar_id],
            "at": "2026-05-11T08:01:00Z",
        },
    ]
    invites = {"reply": "accepted", "after": {"minutes": 5}}
    hosted = open_writer(open_sandbox, access_mode="no_calendar", scope=SCOPE, invites=invites)
    hosted.write()
    (mail,) = hosted.mails()
    assert hosted.sandbox.advance(hours=1)["happened"] == [
        {
            "happened": "answer_invitation",
            "subject": [mail["message_id"]],
            "at": "2026-05-11T08:05:00Z",
        }
    ]


def test_moving_a_real_clock(open_sandbox: Open) -> None:
    """It runs on from there."""
    sandbox = open_sandbox()
    answer = sandbox.connect(JANE)
    moved = sandbox.advance(hours=2)
    assert moved["mode"] == "real"
    assert sandbox.call(answer["access_token"], "GET", "/v1/userinfo").status_code == 401


WRONG_TIMES: dict[str, tuple[str, str, Any, str]] = {
    "nothing": ("PUT", "/clock", {}, "the document"),
    "no time": ("PUT", "/clock", {"now": "tomorrow"}, "now"),
    "no offset": ("PUT", "/clock", {"now": "2026-05-11T08:00:00"}, "now"),
    "both": ("PUT", "/clock", {"now": CLOCK, "mode": "real"}, "the document"),
    "another mode": ("PUT", "/clock", {"mode": "slow"}, "mode"),
    "another key": ("PUT", "/clock", {"at": CLOCK, "mode": "virtual"}, "at"),
    "moved by nothing": ("POST", "/clock/advance", {}, "the document"),
    "moved back": ("POST", "/clock/advance", {"hours": -1}, "hours"),
    "moved by a text": ("POST", "/clock/advance", {"hours": "x"}, "hours"),
    "moved by weeks": ("POST", "/clock/advance", {"weeks": 1, "days": 1}, "weeks"),
}


@pytest.mark.parametrize("case", WRONG_TIMES)
def test_wrong_times(open_sandbox: Open, case: str) -> None:
    """422; the clock is as before."""
    sandbox = open_sandbox(clock=CLOCK)
    method, path, body, place = WRONG_TIMES[case]
    assert_problems(sandbox.control(method, path, json=body), 422, place)
    assert sandbox.control("GET", "/clock").json() == {"now": CLOCK, "mode": "virtual"}


def test_time_ends(open_sandbox: Open) -> None:
    """No later than the year 9999, which every reader of times can hold."""
    sandbox = open_sandbox(clock="9999-12-31T23:59:58Z")
    assert sandbox.advance(seconds=1)["now"] == "9999-12-31T23:59:59Z"
    response = sandbox.control("POST", "/clock/advance", json={"seconds": 1})
    assert_problems(response, 422, "the document")

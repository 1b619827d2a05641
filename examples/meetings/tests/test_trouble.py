"""What goes wrong on the way to Cronofy is put right, without booking anything twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from meetings.tests.situation import EMAIL, INTERVIEW, booked
from mock_server.testing import Sandbox

pytestmark = pytest.mark.cronofy(scenario="jane.yaml")

Connect = Callable[..., httpx.Response]

WRITE = "/v1/calendars/*/events"
AFTER_THE_DENTIST = booked("2026-05-12T10:00:00Z", "2026-05-12T10:30:00Z")


def interviews(cronofy: Sandbox) -> list[str]:
    """When there is one in Jane's calendar."""
    events = cronofy.person(EMAIL).events()
    return [event["start"] for event in events if event["summary"] == "Interview"]


def test_too_many_requests(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Cronofy asks for patience twice, for three seconds each: the application waits as long."""
    connect()
    before = cronofy.clock.now
    cronofy.faults.add(WRITE, times=2, status=429, headers={"Retry-After": "3"})
    assert meetings.post("/meetings", json=INTERVIEW).json() == AFTER_THE_DENTIST
    assert (cronofy.clock.now - before).total_seconds() == 6
    cronofy.journal.verify(WRITE, method="POST", status=429, exactly=2)
    cronofy.journal.verify(WRITE, method="POST", status=202, exactly=1)


def test_no_end_of_too_many_requests(
    connect: Connect, cronofy: Sandbox, meetings: httpx.Client
) -> None:
    """After four attempts the application gives up, and can be asked again."""
    connect()
    with cronofy.faults.rate_limit(WRITE, times=None):
        answer = meetings.post("/meetings", json=INTERVIEW)
    assert (answer.status_code, answer.json()) == (502, {"error": "Cronofy answers 429"})
    cronofy.journal.verify(WRITE, exactly=4)
    assert meetings.post("/meetings", json=INTERVIEW).json() == AFTER_THE_DENTIST


def test_a_lost_answer(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Cronofy writes the event, but the answer gets lost: written again, it is still one event."""
    connect()
    cronofy.faults.lose(WRITE)
    assert meetings.post("/meetings", json=INTERVIEW).json() == AFTER_THE_DENTIST
    same_id = {"$.event_id": "interview-1"}
    cronofy.journal.verify(WRITE, method="POST", body=same_id, exactly=2)
    assert interviews(cronofy) == ["2026-05-12T10:00:00Z"]


def test_an_expired_token(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Every hour the access token is renewed, each time with the refresh token of the last."""
    connect()
    for number in range(3):
        cronofy.clock.advance(hours=1)
        wish = {**INTERVIEW, "meeting_id": f"interview-{number}"}
        assert meetings.post("/meetings", json=wish).status_code == 201
    renewals = cronofy.journal.requests("/oauth/token", body='$.grant_type=="refresh_token"')
    assert [request.status for request in renewals] == [200, 200, 200]


def test_two_that_meet_an_expired_token(
    connect: Connect, cronofy: Sandbox, meetings: httpx.Client
) -> None:
    """The token is renewed once: a second renewal would use a refresh token that is gone."""
    connect()
    cronofy.clock.advance(hours=1)
    with cronofy.faults.hold("/oauth/token", "answer") as renewal, ThreadPoolExecutor() as pool:
        first = pool.submit(meetings.post, "/meetings", json=INTERVIEW)
        renewal.wait()
        # The first has not got its new token yet, when the second is refused with the old one.
        second = pool.submit(meetings.post, "/meetings", json={**INTERVIEW, "meeting_id": "2"})
        cronofy.journal.wait("/v1/availability", status=401, count=2)
        renewal.release()
    assert [first.result().status_code, second.result().status_code] == [201, 201]
    cronofy.journal.verify("/oauth/token", body={"$.grant_type": "refresh_token"}, exactly=1)


def test_two_that_want_the_same_time(
    connect: Connect, cronofy: Sandbox, meetings: httpx.Client
) -> None:
    """Both find ten o'clock free before either has been written, and do not both take it."""
    connect()
    with cronofy.faults.hold(WRITE, "request", times=2) as writes, ThreadPoolExecutor() as pool:
        wishes = [INTERVIEW, {**INTERVIEW, "meeting_id": "interview-2"}]
        answers = [pool.submit(meetings.post, "/meetings", json=wish) for wish in wishes]
        writes.wait(count=2)
        writes.release()
    assert [answer.result().status_code for answer in answers] == [201, 201]
    first, second = sorted(interviews(cronofy))
    assert first == "2026-05-12T10:00:00Z"
    assert second >= "2026-05-12T10:30:00Z"


def test_one_that_is_asked_for_twice(
    connect: Connect, cronofy: Sandbox, meetings: httpx.Client
) -> None:
    """Somebody presses the button twice: both answers are the same meeting."""
    connect()
    with cronofy.faults.hold(WRITE, "request", times=2) as writes, ThreadPoolExecutor() as pool:
        answers = [pool.submit(meetings.post, "/meetings", json=INTERVIEW) for _ in range(2)]
        writes.wait(count=2)
        writes.release()
    assert [answer.result().json() for answer in answers] == [AFTER_THE_DENTIST] * 2
    assert interviews(cronofy) == ["2026-05-12T10:00:00Z"]


def test_access_that_was_taken_back(
    connect: Connect, cronofy: Sandbox, meetings: httpx.Client
) -> None:
    """Once the tokens are worth nothing, the application sends the person through /connect."""
    connect()
    cronofy.actions.do("revoke_access", person=EMAIL)
    reconnect_url = str(meetings.base_url.join("/connect"))
    answer = meetings.post("/meetings", json=INTERVIEW)
    assert (answer.status_code, answer.json()) == (
        409,
        {
            "error": "jane@acme.test has to connect their calendar again",
            "reconnect_url": reconnect_url,
        },
    )
    cronofy.consent("authorize", "allow", email=EMAIL, access_mode="read_write")
    (person,) = meetings.get(reconnect_url).json()["people"]
    assert person["reconnect_url"] is None
    assert meetings.post("/meetings", json=INTERVIEW).json() == AFTER_THE_DENTIST

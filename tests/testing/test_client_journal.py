"""The client asks the journal, and asserts by it."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from mock_server.testing import AsyncMockCronofy, ControlError, NotInTime, Sandbox

EVENT = {
    "event_id": "interview-1",
    "summary": "Interviw",
    "start": "2026-05-12T09:00:00Z",
    "end": "2026-05-12T10:00:00Z",
}


@pytest.fixture
def called(acme: Sandbox) -> Sandbox:
    """A sandbox after three calls: calendars, a new event, and one in vain."""
    jane = acme.connect("jane@acme.test")
    path = f"/v1/calendars/{jane.calendar_id()}/events"
    acme.http.get("/v1/calendars", headers=jane.auth)
    acme.http.post(path, headers=jane.auth, json=EVENT)
    acme.http.post(path, headers=jane.auth, json={"nonsense": 1})
    return acme


def test_requests_are_typed(called: Sandbox) -> None:
    listed, booked, refused = called.journal.requests()
    assert [listed.number, booked.number, refused.number] == [1, 2, 3]
    assert (listed.operation, listed.client_id) == ("GET /v1/calendars", called.client_id)
    assert booked.request.body == EVENT
    assert refused.status == 422
    assert refused.response.body["errors"].keys() >= {"event_id"}


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"path": "/v1/calendars/*/events"}, [2, 3]),
        ({"method": "POST", "status": 202}, [2]),
        ({"status": "4xx"}, [3]),
        ({"operation": "GET /v1/calendars"}, [1]),
        ({"body": "$.nonsense"}, [3]),
        ({"body": ["$.event_id==interview-1", "$.summary"]}, [2]),
        ({"since": 2}, [3]),
    ],
)
def test_requests_are_narrowed_down(
    called: Sandbox, filters: dict[str, Any], numbers: list[int]
) -> None:
    assert [request.number for request in called.journal.requests(**filters)] == numbers


MAPPINGS: list[tuple[dict[str, Any], list[int]]] = [
    ({"query": {"tzid": "Etc/UTC"}}, [1]),
    ({"query": {"tzid": "Etc/UTC", "page": 2, "include_deleted": True}}, [1]),
    ({"query": {"tzid": "Etc/GMT"}}, []),
    ({"query": ["tzid", "page==2"]}, [1]),
    ({"body": {"$.summary": "Interviw"}}, [2]),
    ({"body": {"$.summary": "Interviw", "$[?@ == 'interview-1']": "interview-1"}}, [2]),
    ({"body": {"$.start": datetime(2026, 5, 12, 9, tzinfo=UTC)}}, [2]),
    ({"body": {"$.reminders[0]": {"minutes": 10}}}, [2]),
    ({"body": {"$.reminders[0].minutes": 10, "$.reminders_create_only": True}}, [2]),
    ({"body": {"$.reminders[0].minutes": "10"}}, []),
    ({"response": {"$.events": []}}, [1]),
]


@pytest.fixture
def asked(acme: Sandbox) -> Sandbox:
    """A sandbox after a question with parameters, and a new event."""
    jane = acme.connect("jane@acme.test")
    acme.http.get("/v1/events?tzid=Etc/UTC&page=2&include_deleted=true", headers=jane.auth)
    event = {**EVENT, "reminders": [{"minutes": 10}], "reminders_create_only": True}
    acme.http.post(f"/v1/calendars/{jane.calendar_id()}/events", headers=jane.auth, json=event)
    return acme


@pytest.mark.parametrize(("filters", "numbers"), MAPPINGS)
def test_conditions_may_be_mappings(
    asked: Sandbox, filters: dict[str, Any], numbers: list[int]
) -> None:
    """Wherever the journal is asked, and alike in each."""
    journal = asked.journal
    assert [request.number for request in journal.requests(**filters)] == numbers
    assert journal.verify(exactly=len(numbers), **filters).found == len(numbers)
    assert len(journal.har(**filters)["log"]["entries"]) == len(numbers)
    assert len(journal.pact(**filters)["interactions"]) == len(numbers)
    if numbers:
        assert [request.number for request in journal.wait("/**", **filters)] == numbers

    async def awaited() -> list[int]:
        async with AsyncMockCronofy(asked.base_url) as mock:
            sandbox = await mock.get_sandbox(asked.sandbox_id)
            return [request.number for request in await sandbox.journal.requests(**filters)]

    assert asyncio.run(awaited()) == numbers


def test_requests_of_somebody_are_found_by_their_token(called: Sandbox) -> None:
    sam = called.connect("sam@acme.test")
    called.http.get("/v1/userinfo", headers=sam.auth)
    (request,) = called.journal.requests(credential=sam.access_token)
    assert request.sub == sam.sub


def test_a_wrong_filter_is_refused(called: Sandbox) -> None:
    with pytest.raises(ControlError, match="pth"):
        called.journal.requests(pth="/v1/events")  # type: ignore[call-arg]


def test_it_is_verified_how_often_a_request_was_made(called: Sandbox) -> None:
    path = "/v1/calendars/*/events"
    assert called.journal.verify(path).found == 2
    called.journal.verify(path, exactly=2)
    called.journal.verify(path, at_least=1, at_most=2)
    called.journal.verify("/v1/channels", exactly=0)
    called.journal.verify(path, body={"$.event_id": "interview-1"}, status=202, exactly=1)
    wanted = 'body $.summary: wanted "Interview", found "Interviw"'
    with pytest.raises(AssertionError, match=re.escape(wanted)):
        called.journal.verify(path, method="POST", body={"$.summary": "Interview"})


def test_it_is_verified_in_which_order_requests_were_made(called: Sandbox) -> None:
    events = {"method": "POST", "path": "/v1/calendars/*/events"}
    called.journal.verify_order("/v1/calendars", events)
    called.journal.verify_order("/v1/calendars", events, events, strictly=True)
    with pytest.raises(AssertionError, match="NOT FOUND after #3"):
        called.journal.verify_order(events, events, "/v1/calendars")


def test_a_request_is_waited_for(called: Sandbox) -> None:
    (request,) = called.journal.wait("/v1/calendars")
    assert request.number == 1
    with pytest.raises(NotInTime, match="expected 3 within 0 seconds"):
        called.journal.wait("/v1/calendars/*/events", count=3, timeout=0)


def test_the_journal_is_given_to_other_tools(called: Sandbox) -> None:
    har = called.journal.har("/v1/calendars/*/events", status=202)
    assert (har["log"]["version"], len(har["log"]["entries"])) == ("1.2", 1)
    pact = called.journal.pact(consumer="meetings", provider="cronofy", method="GET")
    assert (pact["consumer"], pact["provider"]) == ({"name": "meetings"}, {"name": "cronofy"})
    assert len(pact["interactions"]) == 1


def test_the_journal_is_forgotten(called: Sandbox) -> None:
    called.journal.clear()
    assert called.journal.requests() == []
    assert called.journal.text() == "no request has come to this sandbox"

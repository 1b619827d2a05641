"""Waiting for requests of an application, instead of asking again and again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.contract.control import CLOCK, assert_problems, problem
from tests.contract.documents import Document
from tests.contract.journal import Caller, journal
from tests.emulator import Sandbox

# Longer than anything here takes.
PATIENCE = 30


@pytest.fixture
def jane(open_sandbox: Any) -> Caller:
    return Caller(open_sandbox(clock=CLOCK))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def wait(sandbox: Sandbox, journal: str, **query: Any) -> httpx.Response:
    return sandbox.control(
        "GET", "/wait", params={"journal": journal, "timeout": PATIENCE, **query}
    )


def found(response: httpx.Response) -> list[Document]:
    assert response.status_code == 200, response.text
    requests: list[Document] = response.json()["requests"]
    return requests


def test_what_is_there_is_answered_at_once(jane: Caller) -> None:
    """As the journal shows it, with the same conditions."""
    jane.write("Interview")
    jane.write("Standup")
    first, second = journal(jane.sandbox)
    path = "/v1/calendars/*/events"
    assert found(wait(jane.sandbox, path)) == [first, second]
    body = {"body": "$.summary==Standup", "method": "POST"}
    assert found(wait(jane.sandbox, path, **body)) == [second]
    assert found(wait(jane.sandbox, "/**", count=2, timeout=0)) == [first, second]


def test_what_comes_later_is_waited_for(jane: Caller, threads: ThreadPoolExecutor) -> None:
    """The answer comes with the request; others do not end the waiting."""
    waiting: Future[httpx.Response] = threads.submit(
        wait, jane.sandbox, "/v1/calendars/*/events", body="$.summary==Standup", count=2
    )
    jane.call("GET", "/v1/calendars")
    jane.write("Standup")
    jane.write("Interview")
    assert not waiting.done()
    jane.write("Standup", event_id="again")
    assert [one["number"] for one in found(waiting.result(PATIENCE))] == [2, 4]


def test_a_reset_begins_anew(jane: Caller, threads: ThreadPoolExecutor) -> None:
    """What came before it counts no more."""
    jane.call("GET", "/v1/calendars")
    waiting = threads.submit(wait, jane.sandbox, "/v1/calendars", count=2)
    jane.call("GET", "/v1/userinfo")
    jane.sandbox.control("POST", "/reset")
    again = Caller(jane.sandbox)
    again.call("GET", "/v1/calendars")
    assert not waiting.done()
    again.call("GET", "/v1/calendars")
    assert [one["number"] for one in found(waiting.result(PATIENCE))] == [1, 2]


def test_a_sandbox_that_ends(jane: Caller, threads: ThreadPoolExecutor) -> None:
    """Is waited for no longer: 404."""
    waiting = threads.submit(wait, jane.sandbox, "/v1/calendars", timeout=1)
    jane.sandbox.control("DELETE", "")
    assert waiting.result(PATIENCE).status_code in {404, 504}


def test_patience_has_an_end(jane: Caller) -> None:
    """504 with what there is instead, and what came nearest."""
    jane.write("Interview")
    path = "/v1/calendars/{calendar_id}/events"
    body = {"method": "POST", "body": "$.summary==Interviw"}
    response = wait(jane.sandbox, path, timeout=0, **body)
    assert response.status_code == 504
    nearest = f'#1 POST {jane.events} → 202: body $.summary is "Interview"'
    found = f"0 of 1 requests; the nearest is {nearest}"
    assert response.json() == problem("journal", found, "1 within 0 seconds")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "two things": ({"delivery": "change"}, "the document"),
    "a path besides": ({"journal": ["/a", "/b"]}, "journal"),
    "no JSONPath": ({"body": "x"}, "body"),
    "too many": ({"count": 1001}, "count"),
    "too long": ({"timeout": 61}, "timeout"),
    "no status": ({"status": "ok"}, "status"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_waited_for(jane: Caller, case: str) -> None:
    """422 with the place."""
    query, place = WRONG[case]
    params = {"journal": "/v1/events", **query}
    assert_problems(jane.sandbox.control("GET", "/wait", params=params), 422, place)

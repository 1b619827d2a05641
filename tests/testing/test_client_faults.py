"""The client breaks calls on purpose: each way in one line."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any, get_args

import httpx
import pytest

from mock_server.rules.faults import ERRORS, SERVER_ERRORS
from mock_server.testing import Connection, ControlError, NotInTime, Sandbox
from mock_server.testing.terms import Error
from tests.testing.conftest import NOW

EVENT = {
    "event_id": "interview-1",
    "summary": "Interview",
    "start": "2026-05-12T09:00:00Z",
    "end": "2026-05-12T10:00:00Z",
}


@pytest.fixture
def jane(acme: Sandbox) -> Connection:
    return acme.connect("jane@acme.test")


def userinfo(sandbox: Sandbox, connection: Connection) -> httpx.Response:
    return sandbox.http.get("/v1/userinfo", headers=connection.auth)


def test_a_rate_limit_is_met_so_many_times(acme: Sandbox, jane: Connection) -> None:
    fault = acme.faults.rate_limit("/v1/userinfo", times=2)
    answers = [userinfo(acme, jane) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"]
    assert (fault.hits, fault.matched >= 2, fault.held) == (2, True, 0)
    assert [request.fault_id for request in acme.journal.requests()] == [
        fault.fault_id,
        fault.fault_id,
        None,
    ]


@pytest.mark.parametrize(
    ("terms", "status", "body"),
    [
        ({"status": 503, "headers": {"Retry-After": "1"}, "body": {"a": 1}}, 503, '{"a":1}'),
        ({"status": 200, "body": "<html>"}, 200, "<html>"),
        ({"error": "locked"}, 423, ""),
        ({"error": "payment_required", "delay": timedelta(milliseconds=1)}, 402, ""),
    ],
)
def test_any_answer_is_given(
    acme: Sandbox, jane: Connection, terms: Any, status: int, body: str
) -> None:
    acme.faults.add("/v1/*", method=["GET", "POST"], credential=jane.access_token, **terms)
    answer = userinfo(acme, jane)
    assert (answer.status_code, answer.text) == (status, body)
    other = acme.connect("sam@acme.test")
    assert userinfo(acme, other).status_code == 200


def test_a_fault_meets_the_calls_that_are_said(acme: Sandbox, jane: Connection) -> None:
    fault = acme.faults.error("unavailable", "/v1/userinfo", after=1, times=None)
    assert [userinfo(acme, jane).status_code for _ in range(3)] == [200, 503, 503]
    fault.remove()
    window = {"from": {"minutes": 5}, "until": {"minutes": 10}}
    acme.faults.error("unavailable", window=window, times=None)
    statuses = []
    for _ in range(3):
        statuses.append(userinfo(acme, jane).status_code)
        acme.clock.advance(minutes=5)
    assert statuses == [200, 503, 200]
    acme.faults.clear()
    assert acme.faults.list() == []


def test_what_is_lost_has_been_done_and_what_is_reset_has_not(
    acme: Sandbox, jane: Connection
) -> None:
    path = f"/v1/calendars/{jane.calendar_id()}/events"
    for method in ("lose", "reset"):
        before = acme.snapshot()
        with (
            getattr(acme.faults, method)("/v1/calendars/*/events", method="POST"),
            pytest.raises(httpx.TransportError),
        ):
            acme.http.post(path, headers=jane.auth, json=EVENT)
        assert len(acme.person("jane@acme.test").events()) == (1 if method == "lose" else 0)
        acme.restore(before)


@pytest.mark.parametrize("what", ["answer", "request"])
def test_a_call_is_held_until_it_is_released(acme: Sandbox, jane: Connection, what: Any) -> None:
    path = f"/v1/calendars/{jane.calendar_id()}/events"
    statuses = []

    def book() -> None:
        statuses.append(acme.http.post(path, headers=jane.auth, json=EVENT).status_code)

    with acme.faults.hold("/v1/calendars/*/events", what) as fault:
        thread = threading.Thread(target=book)
        thread.start()
        fault.wait()
        assert fault.held == 1
        events = acme.person("jane@acme.test").events()
        assert (len(events), statuses) == (1 if what == "answer" else 0, [])
        assert fault.release() == 1
        thread.join()
    assert statuses == [202]
    assert len(acme.person("jane@acme.test").events()) == 1


def test_a_block_with_a_fault_that_nothing_met_fails(acme: Sandbox) -> None:
    with (
        pytest.raises(AssertionError, match=r"a fault was never hit: .*/v1/nothing"),
        acme.faults.lose("/v1/nothing") as fault,
        pytest.raises(NotInTime, match="expected 1"),
    ):
        fault.wait(timeout=0)
    with pytest.raises(RuntimeError, match="its own"), acme.faults.lose("/v1/nothing"):
        raise RuntimeError("its own")
    assert acme.faults.list() == []


def test_what_never_went_wrong_is_an_assertion(acme: Sandbox, jane: Connection) -> None:
    acme.faults.rate_limit("/v1/userinfo")
    acme.faults.rate_limit("/v1/user_info", credential=jane.access_token)
    acme.deliveries.fail("timeout", kind="change")
    userinfo(acme, jane)
    acme.faults.clear()
    with pytest.raises(AssertionError) as failed:
        acme.assert_faults_hit()
    faults, fault, failures, failure = str(failed.value).splitlines()
    assert faults == "what was to go wrong did not, as no call met these faults:"
    assert re.fullmatch(r'  flt_\w+: {"match": {"path": "/v1/user_info", "credential": .*', fault)
    assert jane.access_token not in fault
    assert failures == "no delivery was attempted that was to fail by these:"
    assert re.fullmatch(r'  flr_\w+: {"with": "timeout", "times": 1, "kind": "change"}', failure)


def test_a_fault_that_cannot_be_is_refused(acme: Sandbox) -> None:
    with pytest.raises(ControlError, match=r"respond\.error: found 'locke'"):
        acme.faults.add("/v1/events", error="locke")  # type: ignore[arg-type]
    with pytest.raises(ControlError, match="colour"):
        acme.faults.add("/v1/events", colour="red")  # type: ignore[call-arg]


def test_an_outage_ends_with_its_block(acme: Sandbox, jane: Connection) -> None:
    with acme.outages.add(data_center="us") as outage:
        assert userinfo(acme, jane).status_code == 503
        assert [item.outage_id for item in acme.outages.list()] == [outage.outage_id]
    assert userinfo(acme, jane).status_code == 200
    with acme.outages.add(provider="google"):
        acme.person("jane@acme.test").make_event("Dentist", NOW, NOW + timedelta(hours=1))
        query = {"tzid": "Etc/UTC"}
        read = acme.http.get("/v1/events", params=query, headers=jane.auth)
        assert read.json()["events"] == []
    read = acme.http.get("/v1/events", params=query, headers=jane.auth)
    assert [event["summary"] for event in read.json()["events"]] == ["Dentist"]
    acme.outages.add(provider="google")
    acme.outages.clear()
    assert acme.outages.list() == []


def test_every_error_of_cronofy_is_one_of_the_client() -> None:
    assert get_args(Error) == (*ERRORS, *SERVER_ERRORS)

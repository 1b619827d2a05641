"""Faults over real connections: crowds, several requests at once, and resets meanwhile."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mock_server.serving import Background
from tests.emulator import Sandbox
from tests.hostile import raw

HELD = {"match": {"path": "/v1/userinfo"}, "respond": {"hold": "request"}}


@pytest.fixture
def over_socket(served: str) -> Iterator[Callable[..., Sandbox]]:
    """Opens sandboxes of the emulator on a real socket."""
    with httpx.Client(base_url=served, limits=httpx.Limits(max_connections=100)) as http:

        def open_one(**wanted: Any) -> Sandbox:
            return Sandbox(http, http.post("/_mock/sandboxes", json=wanted).json())

        yield open_one


def _get(path: str, token: str) -> bytes:
    return raw.request("GET", path, [("Authorization", f"Bearer {token}")])


def test_a_crowd_of_connections_of_which_faults_reset_some(
    over_socket: Callable[..., Sandbox],
) -> None:
    """Everybody gets an answer or a reset; faults and journal have counted each call once."""
    sandbox = over_socket(seed=7)
    token = sandbox.connect()["access_token"]
    for respond in ({"reset": True}, {"lost": True}, {"malformed_json": True}):
        fault = {"match": {"path": "/v1/userinfo"}, "probability": 0.3, "respond": respond}
        assert sandbox.control("POST", "/faults", json=fault).status_code == 201

    def ask(_: int) -> str:
        try:
            return str(sandbox.call(token, "GET", "/v1/userinfo").status_code)
        except httpx.HTTPError:
            return "reset"

    with ThreadPoolExecutor(64) as crowd:
        outcomes = Counter(crowd.map(ask, range(640)))
    faults = sandbox.control("GET", "/faults").json()["faults"]
    reset, lost, malformed = (fault["hits"] for fault in faults)
    assert outcomes == {"reset": reset + lost, "200": 640 - reset - lost}
    matched = [fault["matched"] for fault in faults]
    assert matched == [640, 640 - reset, 640 - reset - lost]
    assert malformed > 0
    requests = sandbox.control("GET", "/journal").json()["requests"]
    assert [request["number"] for request in requests] == list(range(1, 641))
    assert Counter(request["status"] for request in requests) == {0: reset, 200: 640 - reset}


def test_requests_that_were_sent_at_once_end_with_their_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The first is reset, the others never are answered; the server need not wait for them."""
    with (
        caplog.at_level(logging.ERROR),
        Background() as server,
        httpx.Client(base_url=server.url) as http,
    ):
        sandbox = Sandbox(http, http.post("/_mock/sandboxes", json={}).json())
        token = sandbox.connect()["access_token"]
        fault = {"match": {"path": "/v1/account"}, "respond": {"reset": True}}
        sandbox.control("POST", "/faults", json=fault)
        for _ in range(3):
            with raw.Connection(server.url) as connection:
                assert connection.ask(_get("/v1/account", token) * 3) is None
    assert caplog.text == ""


@pytest.mark.parametrize("ends", ["reset", "delete", "snapshot", "faults", "fault", "action"])
def test_a_held_call_is_let_go_whatever_becomes_of_its_sandbox(
    over_socket: Callable[..., Sandbox], served: str, ends: str
) -> None:
    """And so is whoever waits for the fault, or is told that nothing came of it."""
    sandbox = over_socket()
    token = sandbox.connect()["access_token"]
    fault_id = sandbox.control("POST", "/faults", json=HELD).json()["fault_id"]
    snapshot = sandbox.control("GET", "/snapshot").json()
    with raw.Connection(served) as stays, raw.Connection(served) as leaves:
        for connection in (stays, leaves):
            connection.send(_get("/v1/userinfo", token))
        waited = sandbox.control("GET", f"/wait?fault={fault_id}&count=2")
        assert waited.status_code == 200, waited.text
        leaves.close()
        with ThreadPoolExecutor(1) as other:
            query = f"fault={fault_id}&count=9&timeout=0.3"
            wait = f"{served}/_mock/sandboxes/{sandbox.sandbox_id}/wait?{query}"
            waiting = other.submit(httpx.get, wait)
            done = {
                "reset": lambda: sandbox.control("POST", "/reset"),
                "delete": lambda: sandbox.control("DELETE", ""),
                "snapshot": lambda: sandbox.control("PUT", "/snapshot", json=snapshot),
                "faults": lambda: sandbox.control("DELETE", "/faults"),
                "fault": lambda: sandbox.control("DELETE", f"/faults/{fault_id}"),
                "action": lambda: sandbox.control("POST", "/actions", json={"remove_faults": {}}),
            }[ends]()
            assert done.status_code in {200, 204}, done.text
            answer = stays.answer()
            assert waiting.result().status_code in {404, 504}
    if ends in {"reset", "delete", "snapshot"}:
        assert answer is None
    else:
        assert answer is not None
        assert answer.status == 200
    if ends != "delete":
        listed = sandbox.control("GET", "/faults").json()["faults"]
        assert [fault["held"] for fault in listed] == [0] * len(listed)
        assert sandbox.control("GET", "/clock").status_code == 200

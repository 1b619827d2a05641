"""Faults that nobody should ask for, and crowds of calls that are held."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.serving import Background
from mock_server.settings import Settings
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]
Document = dict[str, Any]
OUT = {"status": 418}

WRONG: dict[str, tuple[Any, str]] = {
    "a list": ([], "the document"),
    "nothing": ({}, "respond"),
    "an empty answer": ({"respond": {}}, "respond"),
    "two answers": ({"respond": {"status": 500, "lost": True}}, "respond"),
    "an unknown key": ({"respond": OUT, "mach": {}}, "mach"),
    "an unknown key of an answer": ({"respond": {"statu": 500}}, "respond.statu"),
    "a status that informs": ({"respond": {"status": 100}}, "respond.status"),
    "a status in words": ({"respond": {"status": "500"}}, "respond.status"),
    "a body where none can be": ({"respond": {"status": 204, "body": "x"}}, "respond"),
    "a body alone": ({"respond": {"body": "x"}}, "respond"),
    "headers alone": ({"respond": {"headers": {}, "lost": True}}, "respond"),
    "a header of two lines": (
        {"respond": {"status": 200, "headers": {"X": "a\r\nSet-Cookie: b"}}},
        "respond.headers",
    ),
    "a header's name of two words": (
        {"respond": {"status": 200, "headers": {"a b": "x"}}},
        "respond.headers",
    ),
    "a length of its own": (
        {"respond": {"status": 200, "headers": {"Content-Length": 5}}},
        "respond.headers",
    ),
    "chunks": (
        {"respond": {"status": 200, "headers": {"transfer-encoding": "chunked"}}},
        "respond.headers",
    ),
    "a header that no header can be": (
        {"respond": {"status": 200, "headers": {"X": "☃"}}},
        "respond.headers",
    ),
    "a large body": ({"respond": {"status": 200, "body": "x" * 65_537}}, "respond.body"),
    "not held": ({"respond": {"hold": "both"}}, "respond.hold"),
    "not lost": ({"respond": {"lost": False}}, "respond.lost"),
    "no delay": ({"respond": {"delay": {}}}, "respond.delay"),
    "a delay of nothing": ({"respond": {"delay": {"seconds": 0}}}, "respond.delay"),
    "a negative delay": ({"respond": {"delay": {"seconds": -1}}}, "respond.delay.seconds"),
    "an endless delay": ({"respond": {"delay": {"seconds": 601}}}, "respond.delay.seconds"),
    "held, and late": ({"respond": {"hold": "answer", "delay": {"seconds": 1}}}, "respond"),
    "an unknown error": ({"respond": {"error": "teapot"}}, "respond.error"),
    "never": ({"respond": OUT, "times": 0}, "times"),
    "before": ({"respond": OUT, "after": -1}, "after"),
    "no chance": ({"respond": OUT, "probability": 0}, "probability"),
    "more than certain": ({"respond": OUT, "probability": 1.01}, "probability"),
    "perhaps": ({"respond": OUT, "probability": True}, "probability"),
    "a method that nobody has": ({"respond": OUT, "match": {"method": "BREW"}}, "match.method"),
    "no method": ({"respond": OUT, "match": {"method": []}}, "match.method"),
    "no path": ({"respond": OUT, "match": {"path": "v1"}}, "match.path"),
    "a long path": ({"respond": OUT, "match": {"path": "/" * 1001}}, "match.path"),
    "the control API": ({"respond": OUT, "match": {"path": "/_mock/**"}}, "match.path"),
    "a credential of two words": (
        {"respond": OUT, "match": {"credential": "a b"}},
        "match.credential",
    ),
    "an empty window": ({"respond": OUT, "window": {}}, "window"),
    "a window backwards": (
        {"respond": OUT, "window": {"from": {"hours": 2}, "until": {"hours": 1}}},
        "window.until",
    ),
    "a window of words": ({"respond": OUT, "window": {"from": "soon"}}, "window.from"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_fault(sandbox: Sandbox, case: str) -> None:
    """422 with the place, alone and among others, and none of them is added."""
    document, place = WRONG[case]
    answer = sandbox.control("POST", "/faults", json=document)
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, place)
    several = {"faults": [{"respond": OUT}, document]}
    answer = sandbox.control("POST", "/faults", json=several)
    inside = "faults[1]" if place == "the document" else f"faults[1].{place}"
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, inside)
    assert sandbox.control("GET", "/faults").json() == {"faults": []}


def test_a_thousand_faults_and_no_more(sandbox: Sandbox) -> None:
    """At once or one by one."""
    thousand = [{"match": {"path": f"/v1/{n}/**/{{x}}/*"}, "respond": OUT} for n in range(1000)]
    answer = sandbox.control("POST", "/faults", json={"faults": [*thousand, {"respond": OUT}]})
    assert answer.status_code == 422
    assert sandbox.control("POST", "/faults", json={"faults": thousand}).status_code == 201
    token = sandbox.connect()["access_token"]
    assert sandbox.call(token, "GET", "/v1/account").status_code == 200
    answer = sandbox.control("POST", "/faults", json={"respond": OUT})
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, "faults")
    several = {"faults": [{"respond": OUT}]}
    assert sandbox.control("POST", "/faults", json=several).status_code == 422
    assert sandbox.control("DELETE", "/faults").status_code == 204


def test_a_hundred_outages_and_no_more(sandbox: Sandbox) -> None:
    for _ in range(100):
        assert sandbox.control("POST", "/outages", json={"provider": "google"}).is_success
    answer = sandbox.control("POST", "/outages", json={"provider": "google"})
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, "outages")


EDITED: dict[str, tuple[str, Document]] = {
    "a path": ("match", {"path": "nowhere"}),
    "a status": ("response", {"status": 7}),
    "an error": ("response", {"error": "teapot"}),
    "JSON that is none": ("response", {"status": 200, "body": "{", "is_json": True}),
    "two lines": ("response", {"status": 200, "headers": [["X", "a\r\nb"]]}),
}


@pytest.mark.parametrize("case", EDITED)
def test_a_snapshot_with_what_is_no_fault(sandbox: Sandbox, case: str) -> None:
    """It is refused, as the document would have been."""
    key, value = EDITED[case]
    sandbox.control("POST", "/faults", json={"respond": {"lost": True}})
    snapshot = sandbox.control("GET", "/snapshot").json()
    snapshot["tables"]["faults"][0][key] = value
    answer = sandbox.control("PUT", "/snapshot", json=snapshot)
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, "tables.faults[0]")


async def _held(http: httpx.AsyncClient, path: str, fault_id: str, count: int) -> None:
    """Until so many calls wait."""
    query = {"fault": fault_id, "count": count, "timeout": 30}
    answer = await http.get(f"{path}/wait", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.json()["held"] == count


def test_a_crowd_that_is_held() -> None:
    """A thousand wait, the rest are told at once; all the others are served meanwhile, and the
    sandbox ends while they wait.
    """

    async def story(url: str) -> None:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=url, limits=limits, timeout=60) as http:
            document = (await http.post("/_mock/sandboxes", json={})).json()
            path = f"/_mock/sandboxes/{document['sandbox_id']}"
            found = (await http.post(f"{path}/connect", json={"email": "jane@acme.test"})).json()
            headers = {"Authorization": f"Bearer {found['access_token']}"}
            wanted = {"respond": {"hold": "answer"}, "match": {"path": "/v1/account"}}
            fault = (await http.post(f"{path}/faults", json=wanted)).json()
            waiting = [
                asyncio.create_task(http.get("/v1/account", headers=headers)) for _ in range(1000)
            ]
            await _held(http, path, fault["fault_id"], 1000)
            refused = await http.get("/v1/account", headers=headers)
            assert refused.status_code == 503
            assert (
                "1000 calls of this sandbox are held already"
                in refused.headers["mock-cronofy-hint"]
            )
            assert (await http.get("/v1/userinfo", headers=headers)).status_code == 200
            assert (await http.delete(path)).status_code == 204
            answers = await asyncio.gather(*waiting)
            assert {answer.status_code for answer in answers} == {200}

    with Background() as server:
        asyncio.run(story(server.url))


def test_clients_that_hang_up_while_they_are_held(served: str) -> None:
    """What they asked is carried out when it is released, as it is on its way already."""
    with httpx.Client(base_url=served, timeout=30) as http:
        sandbox = Sandbox(http, http.post("/_mock/sandboxes", json={}).json())
        connected = sandbox.connect()
        (profile,) = sandbox.control("GET", "").json()["connected"][0]["profiles"]
        calendar = profile["profile_calendars"][0]["calendar_id"]
        wanted = {"respond": {"hold": "request"}, "match": {"method": "POST"}}
        fault = sandbox.control("POST", "/faults", json=wanted).json()
        event = {
            "event_id": "late",
            "summary": "Late",
            "start": "2030-05-12T11:00:00Z",
            "end": "2030-05-12T12:00:00Z",
        }
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                sandbox.call(
                    connected["access_token"],
                    "POST",
                    f"/v1/calendars/{calendar}/events",
                    json=event,
                    timeout=0.3,
                )
        path = f"/faults/{fault['fault_id']}"
        assert sandbox.control("GET", path).json()["held"] == 3
        assert sandbox.control("GET", "/people/jane@acme.test/events").json()["events"] == []
        assert sandbox.control("POST", f"{path}/release").json() == {"released": 3}
        query = {"journal": "/v1/calendars/*/events", "count": 3, "timeout": 20}
        assert sandbox.control("GET", "/wait", params=query).status_code == 200
        listed = sandbox.control("GET", "/people/jane@acme.test/events").json()["events"]
        assert [event["summary"] for event in listed] == ["Late"]
        sandbox.control("DELETE", "")


def test_a_server_that_ends_while_calls_are_held() -> None:
    """It lets them go, and does not wait for whoever would release them."""

    async def story(server: Background) -> None:
        async with httpx.AsyncClient(base_url=server.url, timeout=30) as http:
            document = (await http.post("/_mock/sandboxes", json={})).json()
            path = f"/_mock/sandboxes/{document['sandbox_id']}"
            found = (await http.post(f"{path}/connect", json={"email": "jane@acme.test"})).json()
            headers = {"Authorization": f"Bearer {found['access_token']}"}
            wanted = {"respond": {"hold": "answer"}}
            fault = (await http.post(f"{path}/faults", json=wanted)).json()
            waiting = asyncio.create_task(http.get("/v1/account", headers=headers))
            await _held(http, path, fault["fault_id"], 1)
            await asyncio.to_thread(server.stop)
            assert (await waiting).status_code == 200

    asyncio.run(story(Background()))


def test_a_reset_without_a_connection_of_its_own() -> None:
    """In a test's own process there is nothing to reset: the exception says so."""

    async def story() -> None:
        app: Any = create_app(Settings())
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
            await http.post("/_mock/sandboxes/default/faults", json={"respond": {"reset": True}})
            (application,) = (await http.get("/_mock/sandboxes/default")).json()["applications"]
            with pytest.raises(ConnectionResetError, match="flt_"):
                await http.post("/oauth/token", json={"client_id": application["client_id"]})
            await app.worker.close()

    asyncio.run(story())

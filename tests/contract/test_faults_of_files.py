"""Faults that a scenario file writes down: each kind is met, over a socket."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import httpx
import pytest

from mock_server.rules.faults import ERRORS, SERVER_ERRORS
from mock_server.scenarios.fault_documents import RespondDocument
from mock_server.serving import Background
from mock_server.settings import Settings
from tests.contract.documents import Document
from tests.contract.faults import CLOCK, EVENT, JANE, World
from tests.emulator import Sandbox


class Kind(NamedTuple):
    """``status`` is what an application hears (0 is nothing at all), ``done`` whether what it
    asked for has been carried out. In ``content``, FAULT is the fault's id.
    """

    respond: Document
    status: int
    content: bytes = b""
    done: bool = False


def refused(error: str, status: int, content: bytes = b"") -> Kind:
    return Kind({"error": error}, status, content)


def refused_token(error: str) -> Kind:
    why = "fault FAULT of this sandbox"
    return refused(error, 400, f'{{"error":"{error}","error_description":"{why}"}}'.encode())


UNPROCESSABLE = (
    b'{"errors":{"event_id":[{"key":"errors.not_recognized","description":"not recognized"}]}}'
)
KINDS = {
    "a status": Kind({"status": 503}, 503),
    "a body": Kind({"status": 502, "headers": {"X-Proxy": "a"}, "body": "Bad"}, 502, b"Bad"),
    "rate_limited": refused("rate_limited", 429),
    "unauthorized": refused("unauthorized", 401),
    "payment_required": refused("payment_required", 402),
    "forbidden": refused("forbidden", 403),
    "not_found": refused("not_found", 404),
    "unprocessable": refused("unprocessable", 422, UNPROCESSABLE),
    "locked": refused("locked", 423),
    "invalid_grant": refused_token("invalid_grant"),
    "invalid_client": refused_token("invalid_client"),
    "internal_error": refused("internal_error", 500),
    "bad_gateway": refused("bad_gateway", 502),
    "unavailable": refused("unavailable", 503),
    "gateway_timeout": refused("gateway_timeout", 504),
    "a delay": Kind({"delay": {"milliseconds": 5}}, 202, done=True),
    "a slow body": Kind({"slow_body": {"milliseconds": 5}}, 202, done=True),
    "malformed JSON": Kind({"malformed_json": True}, 202, b"{", done=True),
    "a reset": Kind({"reset": True}, 0),
    "applied, then lost": Kind({"lost": True}, 0, done=True),
    "a held answer": Kind({"hold": "answer"}, 202, done=True),
    "a held request": Kind({"hold": "request"}, 202, done=True),
}


def somebody(kind: str) -> str:
    return f"{kind.replace(' ', '-').replace(',', '').lower()}@acme.test"


def token(kind: str) -> str:
    return f"token-of-{somebody(kind)}"


FILE = {
    "clock": CLOCK,
    "people": [{"email": somebody(kind)} for kind in KINDS],
    "connected": [{"person": somebody(kind), "access_token": token(kind)} for kind in KINDS],
    "faults": [
        {"match": {"method": "POST", "credential": token(kind)}, "respond": KINDS[kind].respond}
        for kind in KINDS
    ],
}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The sandbox of a server that was started with the file."""
    path = tmp_path_factory.mktemp("scenario") / "faults.yaml"
    path.write_text(json.dumps(FILE), "utf-8")
    with (
        Background(Settings(scenario=str(path))) as server,
        httpx.Client(base_url=server.url, timeout=30) as http,
    ):
        yield Sandbox(http, http.get("/_mock/sandboxes/default").json())


@pytest.mark.parametrize("name", KINDS)
def test_a_fault_of_a_file_is_met(opened: Sandbox, threads: ThreadPoolExecutor, name: str) -> None:
    """Once, by the call that it is for; what that asked for is done, or it is not."""
    kind, index = KINDS[name], list(KINDS).index(name)
    calendars = opened.call(token(name), "GET", "/v1/calendars").json()["calendars"]
    path = f"/v1/calendars/{calendars[0]['calendar_id']}/events"
    fault = opened.control("GET", "/faults").json()["faults"][index]
    assert (fault["hits"], fault["respond"].items() >= kind.respond.items()) == (0, True)

    writing = threads.submit(opened.call, token(name), "POST", path, json=EVENT)
    at = f"/faults/{fault['fault_id']}"
    met = opened.control("GET", "/wait", params={"fault": fault["fault_id"], "timeout": 20})
    held = 1 if "hold" in kind.respond else 0
    assert met.json() == {**fault, "matched": 1, "hits": 1, "held": held}
    assert opened.control("POST", f"{at}/release").json() == {"released": held}

    if kind.status == 0:
        with pytest.raises(httpx.ReadError):
            writing.result()
    else:
        answer = writing.result()
        content = kind.content.replace(b"FAULT", fault["fault_id"].encode())
        assert (answer.status_code, answer.content) == (kind.status, content)
        assert answer.headers["mock-cronofy-hint"] == f"fault {fault['fault_id']} of this sandbox"
    events = opened.control("GET", f"/people/{somebody(name)}/events").json()["events"]
    assert [event["summary"] for event in events] == (["Lunch"] if kind.done else [])


def test_every_kind_is_among_them() -> None:
    assert {key for kind in KINDS.values() for key in kind.respond} == set(
        RespondDocument.model_fields
    )
    named = {kind.respond["error"] for kind in KINDS.values() if "error" in kind.respond}
    assert named == {*ERRORS, *SERVER_ERRORS}


@pytest.mark.parametrize("trigger", ["when", "at"])
@pytest.mark.parametrize("held", ["answer", "request"])
def test_the_timeline_releases_what_is_held(
    served: str, threads: ThreadPoolExecutor, held: str, trigger: str
) -> None:
    """After another request, or at a time; nobody else lets it go."""
    starts: Document = {
        "when": {"when": {"request": "GET /v1/userinfo"}},
        "at": {"at": {"minutes": 5}},
    }
    scenario = {
        "people": [{"email": JANE}],
        "faults": [{"match": {"method": "POST"}, "respond": {"hold": held}}],
        "timeline": [{**starts[trigger], "do": {"release_fault": {}}}],
    }
    with httpx.Client(base_url=served, timeout=30) as http:
        world = World(http, scenario=scenario)
        (fault,) = world.sandbox.control("GET", "/faults").json()["faults"]
        writing = threads.submit(world.write)
        assert world.wait(fault)["held"] == 1
        assert world.call().status_code == 200
        assert (world.events(), writing.done()) == (["Lunch"] if held == "answer" else [], False)
        if trigger == "when":
            assert world.call("GET", "/v1/userinfo").status_code == 200
        else:
            world.sandbox.advance(minutes=5)
        assert writing.result().status_code == 202
        assert world.events() == ["Lunch"]
        assert world.read(fault)["held"] == 0
        (entry,) = world.sandbox.control("GET", "/timeline").json()["entries"]
        outcomes = [(one["action"], one["outcome"]) for one in entry["happened"]]
        assert (entry["state"], outcomes) == ("done", [("release_fault", {"released": 1})])
        world.sandbox.control("DELETE", "")

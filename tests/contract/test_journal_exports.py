"""The journal as an HTTP archive, and as a Pact that a verifier replays."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from jsonschema import Draft6Validator
from pact import Verifier
from referencing import Registry, Resource

from mock_server.world.masking import shortened
from tests.contract.control import CLOCK, assert_problems
from tests.contract.documents import ANY_NUMBER, Document
from tests.contract.journal import Caller
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

SCHEMAS = Path(__file__).parents[1] / "node" / "node_modules" / "har-schema" / "lib"


@pytest.fixture
def jane(open_sandbox: Open) -> Caller:
    return Caller(open_sandbox(clock=CLOCK, seed=5))


def story(jane: Caller) -> None:
    """Requests of many kinds."""
    sandbox, http = jane.sandbox, jane.sandbox.http
    refresh = {"grant_type": "refresh_token", "refresh_token": jane.answer["refresh_token"]}
    jane.call("GET", "/v1/userinfo")
    jane.write("Standup")
    jane.call("GET", "/v1/events", params={"tzid": "Etc/UTC", "from": "2026-05-11"})
    jane.call("GET", "/v1/events", params={"tzid": "Etc/UTC", "from": "2026-05-11"})
    jane.call("POST", "/v1/channels", json={"callback_url": "http://localhost:9/x?token=abcdefgh"})
    jane.call("POST", jane.events, json={"event_id": "x"})
    sandbox.token(**refresh)
    jane.call("DELETE", jane.events, json={"event_id": "standup"})
    http.post("/oauth/token", data={**sandbox.credentials, **refresh, "odd": ["1", "é"]})


def odd_story(jane: Caller) -> None:
    """What is no JSON, or not all there."""
    jane.sandbox.authorize(state="é x", scope="read_write")
    jane.call("POST", jane.events, content=b"\xff\xfe")
    jane.call("POST", jane.events, content=b"x" * 100_000)
    jane.call("POST", jane.events, content=b'{"a": "\\ud800"}')
    jane.call("GET", "/v1/é %20/%00")
    jane.call("GET", "/v1/events?tzid=%ff&a&&=b&tzid[]=é")


def export(sandbox: Sandbox, form: str, **query: str) -> Document:
    response = sandbox.control("GET", f"/journal.{form}", params=query)
    assert response.status_code == 200, response.text
    document: Document = response.json()
    return document


# --- HTTP archives -------------------------------------------------------------------


@pytest.fixture(scope="module")
def har_schema() -> Draft6Validator:
    """Those of the npm package har-schema."""
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")}
    resources = [(name, Resource.from_contents(schema)) for name, schema in schemas.items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft6Validator(schemas["har.json"], registry=registry)


def test_an_archive_is_valid(jane: Caller, har_schema: Draft6Validator) -> None:
    """By the published schemas, whatever the requests were."""
    story(jane)
    odd_story(jane)
    document = export(jane.sandbox, "har")
    assert [error.message for error in har_schema.iter_errors(document)] == []
    assert len(document["log"]["entries"]) == 15
    for entry in document["log"]["entries"]:
        address = urlsplit(entry["request"]["url"])
        assert (address.scheme, entry["request"]["url"].isascii()) == ("http", True)
    del document["log"]["entries"][0]["request"]["url"]
    assert [error.message for error in har_schema.iter_errors(document)] != []


def test_an_entry_of_an_archive(jane: Caller) -> None:
    """A form, and its answer."""
    story(jane)
    (entry,) = export(jane.sandbox, "har", since="8")["log"]["entries"]
    secret = shortened(jane.sandbox.application["client_secret"])
    refresh = shortened(jane.answer["refresh_token"])
    request, response = entry.pop("request"), entry.pop("response")
    assert request.pop("headers")
    assert request.pop("postData")["params"] == [
        {"name": "client_id", "value": jane.client_id},
        {"name": "client_secret", "value": secret},
        {"name": "grant_type", "value": "refresh_token"},
        {"name": "refresh_token", "value": refresh},
        {"name": "odd", "value": "1"},
        {"name": "odd", "value": "é"},
    ]
    base = jane.sandbox.http.base_url
    assert request == {
        "method": "POST",
        "url": f"http://{base.netloc.decode()}/oauth/token",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "queryString": [],
        "headersSize": -1,
        "bodySize": ANY_NUMBER,
    }
    assert json.loads(response["content"]["text"])["refresh_token"] == refresh
    assert (response["status"], response["statusText"]) == (200, "OK")
    assert entry["startedDateTime"] == CLOCK
    assert (entry["_number"], entry["_operation"]) == (9, "POST /oauth/token")


def test_what_an_archive_leaves_out(jane: Caller) -> None:
    """Is said in a comment."""
    odd_story(jane)
    entries = export(jane.sandbox, "har", method="POST")["log"]["entries"]
    posted = [entry["request"]["postData"] for entry in entries]
    assert [(data["text"][:3], data.get("comment")) for data in posted] == [
        ("", "2 bytes that are no text are left out"),
        ("xxx", "cut off: there were 100000 bytes"),
        ('{"a', None),
    ]


# --- Pact ----------------------------------------------------------------------------


class State:
    """Hands out credentials to a verifier, as the state of the provider."""

    def __init__(self, values: dict[str, str]) -> None:
        content = json.dumps(values).encode()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def over_socket(served: str) -> Iterator[Caller]:
    """Jane in a sandbox of the emulator that a verifier can ask."""
    with httpx.Client(base_url=served) as http:
        sandbox = Sandbox(http, http.post("/_mock/sandboxes", json={"clock": CLOCK}).json())
        yield Caller(sandbox)
        sandbox.control("DELETE", "")


def replay(jane: Caller, pact: Document, folder: Path) -> str | None:
    """What a verifier finds wrong when it asks everything again of a sandbox as it was; None if
    nothing."""
    jane.sandbox.control("POST", "/reset")
    again = Caller(jane.sandbox)
    assert again.token == jane.token
    file = folder / "pact.json"
    file.write_text(json.dumps(pact), "utf-8")
    tokens = {name: again.answer[name] for name in ("access_token", "refresh_token")}
    state = State({**tokens, "client_secret": jane.sandbox.application["client_secret"]})
    verifier = Verifier("Cronofy", host="127.0.0.1")
    verifier.add_transport(url=str(jane.sandbox.http.base_url).rstrip("/"))
    verifier.add_source(str(file))
    verifier.state_handler(state.url, body=True)
    try:
        verifier.verify()
    except RuntimeError:
        return verifier.output(strip_ansi=True)
    finally:
        state.stop()
    return None


def test_a_pact_is_replayed(
    over_socket: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By Pact's own verifier, against the same situation: it agrees; and not with a pact that
    says something else."""
    monkeypatch.setenv("PACT_DO_NOT_TRACK", "true")
    story(over_socket)
    pact = export(over_socket.sandbox, "pact", consumer="planner")
    assert replay(over_socket, pact, tmp_path) is None
    assert over_socket.sandbox.control("GET", "/journal").json()["requests"][-1]["number"] == 8
    events = pact["interactions"][2]["response"]["body"]["content"]
    events["pages"]["total"] = 2
    wrong = replay(over_socket, pact, tmp_path)
    assert wrong is not None
    assert "$.pages.total" in wrong


def test_the_form_of_a_pact(jane: Caller) -> None:
    """One interaction for each distinct request, with the rules by which answers are compared."""
    story(jane)
    pact = export(jane.sandbox, "pact", consumer="planner", provider="Cronofy API")
    assert pact["consumer"] == {"name": "planner"}
    assert pact["provider"] == {"name": "Cronofy API"}
    assert pact["metadata"]["pactSpecification"] == {"version": "4.0"}
    numbers = [one["description"].partition(" ")[0] for one in pact["interactions"]]
    assert numbers == ["#1", "#2", "#3", "#5", "#6", "#7", "#8", "#9"]
    body = {"event_id": "standup", "summary": "Standup"}
    times = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T10:00:00Z"}
    assert pact["interactions"][1] == {
        "type": "Synchronous/HTTP",
        "key": f"{jane.sandbox.sandbox_id}-2",
        "description": f"#2 POST {jane.events} is answered 202",
        "pending": False,
        "providerStates": [
            {
                "name": "a sandbox",
                "params": {"seed": 5, "client_id": jane.client_id, "sub": jane.sub},
            }
        ],
        "request": {
            "method": "POST",
            "path": jane.events,
            "headers": {"Content-Type": ["application/json"], "Authorization": [jane.bearer]},
            "body": {
                "content": {**body, **times},
                "contentType": "application/json",
                "encoded": False,
            },
            "matchingRules": {
                "header": {
                    "Authorization": {
                        "combine": "AND",
                        "matchers": [{"match": "regex", "regex": "Bearer .+"}],
                    }
                }
            },
            "generators": {
                "header": {
                    "Authorization": {
                        "type": "ProviderState",
                        "expression": "Bearer ${access_token}",
                        "dataType": "STRING",
                    }
                }
            },
        },
        "response": {"status": 202},
    }


def test_what_a_pact_leaves_out(jane: Caller) -> None:
    """A body that was not kept is not made up, and a comment says so."""
    odd_story(jane)
    pact = export(jane.sandbox, "pact")
    assert (pact["consumer"]["name"], pact["provider"]["name"]) == ("application", "Cronofy")
    binary, long = pact["interactions"][1:3]
    for interaction, comment in (
        (binary, "the request: 2 bytes that are no text are left out"),
        (long, "the request: cut off: there were 100000 bytes"),
    ):
        assert "body" not in interaction["request"]
        assert interaction["comments"] == {"text": [comment]}


def test_what_went_wrong_on_purpose_is_no_contract(jane: Caller) -> None:
    """Faults and outages answer for nobody: a sandbox that is well would fail the verifier."""
    for respond in ({"error": "rate_limited"}, {"malformed_json": True}):
        fault = {"times": 1, "respond": respond}
        assert jane.sandbox.control("POST", "/faults", json=fault).status_code == 201
        jane.call("GET", "/v1/userinfo")
    outage = jane.sandbox.control("POST", "/outages", json={"data_center": "us"})
    assert outage.status_code == 201
    jane.call("GET", "/v1/account")
    jane.sandbox.control("DELETE", "/outages")
    jane.call("GET", "/v1/profiles")
    (interaction,) = export(jane.sandbox, "pact")["interactions"]
    assert interaction["request"]["path"] == "/v1/profiles"
    assert len(export(jane.sandbox, "har")["log"]["entries"]) == 4


@pytest.mark.parametrize("form", ["har", "pact"])
def test_an_export_is_asked_like_the_journal(jane: Caller, form: str) -> None:
    """With the same conditions."""
    story(jane)
    document = export(jane.sandbox, form, path="/v1/channels")
    found = document["log"]["entries"] if form == "har" else document["interactions"]
    assert len(found) == 1
    response = jane.sandbox.control("GET", f"/journal.{form}", params={"status": "x"})
    assert_problems(response, 422, "status")

"""The control API, asked with everything but good manners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from mock_server.control.clock import SetClock
from mock_server.control.journal_queries import Checks
from mock_server.control.routes import ROUTES as ALL_ROUTES
from mock_server.control.sandboxes import CreateSandbox
from mock_server.scenarios.actions.applications import SecretToAdd
from mock_server.scenarios.actions.connections import Connect
from mock_server.scenarios.actions.deliveries import FailDeliveries, FailDelivery
from mock_server.scenarios.actions.events import PostedEvent
from mock_server.scenarios.actions.people import QueueConsent
from mock_server.scenarios.documents import (
    Duration,
    OrganizationDocument,
    PersonDocument,
    ScenarioDocument,
    SwitchesDocument,
)
from mock_server.scenarios.fault_documents import FaultDocument, OutageDocument
from mock_server.scenarios.timeline_documents import DoDocument, EntryDocument
from tests.hostile import strategies
from tests.hostile.wire import Answer, Wire, check_manners
from tests.hostile.worlds import World

# Waiting has tests of its own: what never comes takes its time.
ROUTES = [(method, path) for method, path, _ in ALL_ROUTES if not path.endswith("/wait")]
BODIES: dict[str, type[BaseModel]] = {
    "/sandboxes": CreateSandbox,
    "/people": PersonDocument,
    "/events": PostedEvent,
    "/organizations": OrganizationDocument,
    "/connect": Connect,
    "/consents": QueueConsent,
    "/clock": SetClock,
    "/clock/advance": Duration,
    "/deliveries/failures": FailDeliveries,
    "/fail": FailDelivery,
    "/secrets": SecretToAdd,
    "/timeline": EntryDocument,
    "/actions": DoDocument,
    "/faults": FaultDocument,
    "/outages": OutageDocument,
    "/switches": SwitchesDocument,
    "/journal/verify": Checks,
}


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    return World(wire)


def check(answer: Answer) -> None:
    """No failure, and every refusal in the words of the control API."""
    check_manners(answer)
    assert answer.status in {200, 201, 202, 204, 404, 405, 409, 413, 422}, answer
    if answer.status >= 400:
        errors = answer.json()["errors"]
        assert errors, answer
        for error in errors:
            assert {"place", "found", "expected"} <= error.keys(), error
            assert all(isinstance(error[key], str) for key in ("place", "found", "expected"))


def _known(world: World) -> dict[str, list[str]]:
    return {
        **world.known(),
        "provider_name": ["google", "cronofy", "google_free_busy"],
        "service_account": ["corp.test"],
        "domain": ["corp.test", "new.test"],
        "administrator": ["rita@acme.test", "boss@new.test"],
        "members": ["rita@acme.test"],
        "zoneinfo": ["Europe/London"],
        "clock": ["2026-05-11T08:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"],
        "now": ["2026-05-11T08:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"],
        "person": ["rita@acme.test"],
        "application": [world.main["client_id"]],
        "sandbox_id": ["one", "default"],
        "access_token": [world.tokens[0], "literal"],
        "admin_api_key": ["literal", world.main["client_secret"]],
        "include": ["acme"],
        "event_uid": [e.provider_event_id for e in world.sandbox.provider_events] or ["evt_1"],
        "tzid": ["Europe/London", "Asia/Tokyo"],
    }


def _documents(world: World, path: str) -> st.SearchStrategy[Any]:
    model = BODIES.get(path.rpartition("}")[2] or path)
    if model is None:
        return st.just({})
    schema = model.model_json_schema()
    documents = strategies.from_schema(schema, schema.get("$defs", {}), _known(world))
    if model is not CreateSandbox:
        return documents
    inner = ScenarioDocument.model_json_schema()
    scenarios = strategies.from_schema(inner, inner.get("$defs", {}), _known(world))
    return st.builds(lambda d, s: {**d, "scenario": s}, documents, scenarios) | documents


def _clean_up(world: World) -> None:
    for sandbox in world.wire.app.sandboxes:
        if sandbox.sandbox_id not in {"default", world.sandbox_id}:
            world.wire.app.sandboxes.discard(sandbox)
    world.reset()


@pytest.mark.parametrize(("method", "path"), [line for line in ROUTES if line[0] != "GET"])
@settings(max_examples=30)
@given(data=st.data())
def test_no_call_fails_or_is_half_carried_out(
    world: World, method: str, path: str, data: st.DataObject
) -> None:
    """Every answer is a declared one, and what is refused changes nothing."""
    _try(world, method, path, data)


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "GET"])
@settings(max_examples=10)
@given(data=st.data())
def test_no_reading_call_fails_or_changes_anything(
    world: World, path: str, data: st.DataObject
) -> None:
    _try(world, "GET", path, data)


def _try(world: World, method: str, path: str, data: st.DataObject) -> None:
    wire = world.wire
    ids = {
        "sandbox_id": [world.sandbox_id],
        "profile_id": world.profile_ids,
        "email": ["rita@acme.test"],
        "calendar_id": [c.calendar_id for c in world.sandbox.calendars],
        "delivery_id": [],
        "message_id": ["latest", *(m.message_id for m in world.sandbox.messages)],
    }
    target = f"/_mock{path}"
    for name, known in ids.items():
        if f"{{{name}}}" in target:
            choices = [st.sampled_from(known)] * 4 if known else []
            segment = data.draw(st.one_of(*choices, strategies.segments), label=name)
            target = target.replace(f"{{{name}}}", segment)
    query = data.draw(
        strategies.queries({"to": ["rita@acme.test"], "path": ["/v1"], "status": ["200"]})
    )
    documents = _documents(world, path)
    content, headers = data.draw(strategies.bodies(documents)) if method != "GET" else (b"", [])
    if method == "PUT" and path.endswith("snapshot"):
        content = b"{}"  # has a test of its own
    _clean_up(world)
    before, living = world.sandbox.state(), len(wire.app.sandboxes)
    answer = wire.ask(method, target + "?" + query.decode("latin-1"), headers=headers, body=content)
    alive = wire.app.sandboxes.get(world.sandbox_id) is world.sandbox
    check(answer)
    if answer.status >= 400 or method == "GET":
        assert world.sandbox.state() == before, f"{answer} has changed something"
        assert len(wire.app.sandboxes) == living
    elif alive:
        check_readable(world)
    else:
        assert method == "DELETE"
        world.sandbox.restore(before)
        wire.app.sandboxes.add(world.sandbox)
    _clean_up(world)


READS = ("userinfo", "account", "profiles", "calendars", "resources")


def check_readable(world: World) -> None:
    """Whatever has happened, the sandbox can be read in every way there is."""
    wire, base = world.wire, f"/_mock/sandboxes/{world.sandbox_id}"
    for path in ("", "/snapshot", "/people", "/organizations", "/consents", "/clock"):
        assert wire.ask("GET", base + path).status == 200
    for path in ("/deliveries", "/inbox", "/journal", "/people/rita@acme.test/events"):
        assert wire.ask("GET", base + path).status == 200
    for token in [*world.tokens, world.application_token]:
        for path in (*READS, "events?tzid=Etc/UTC", "free_busy?tzid=Etc/UTC"):
            answer = wire.ask("GET", f"/v1/{path}", token=token)
            assert answer.status in {200, 401, 402, 403}, answer
    query = f"?client_id={quote(world.main['client_id'])}&response_type=code&scope=read_write"
    for page in ("oauth", "enterprise_connect/oauth"):
        target = f"/{page}/authorize{query}&redirect_uri=http%3A%2F%2Flocalhost%2F"
        assert wire.ask("HEAD", target).status < 500


def _leaves(value: Any, where: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield where
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*where, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*where, index))


def _exchanged(document: Any, where: tuple[Any, ...], value: Any) -> None:
    for step in where[:-1]:
        document = document[step]
    if value is ...:
        del document[where[-1]]
    else:
        document[where[-1]] = value


@settings(max_examples=300)
@given(data=st.data())
def test_an_altered_snapshot_is_refused_or_holds_together(
    wire: Wire, world: World, data: st.DataObject
) -> None:
    """No snapshot, whatever somebody did to it, leaves a sandbox that cannot be read."""
    base = f"/_mock/sandboxes/{world.sandbox_id}"
    world.reset()
    before = world.sandbox.state()
    document = wire.ask("GET", f"{base}/snapshot").json()
    places = [where for where in _leaves(document) if where]
    texts = sorted(
        {
            value
            for table in document["tables"].values()
            for row in table
            for value in row.values()
            if isinstance(value, str)
        }
    )
    for _ in range(data.draw(st.integers(1, 2))):
        where = data.draw(st.sampled_from(places))
        value = data.draw(
            st.one_of(st.sampled_from(texts), strategies.values, st.just(...)), label="value"
        )
        try:
            _exchanged(document, where, value)
        except (KeyError, IndexError, TypeError):
            continue
    answer = wire.ask("PUT", f"{base}/snapshot", document=document)
    check(answer)
    if answer.status >= 400:
        assert world.sandbox.state() == before
    else:
        check_readable(world)
        again = wire.ask("GET", f"{base}/snapshot").json()
        assert wire.ask("PUT", f"{base}/snapshot", document=again).status == 200
    _clean_up(world)
    assert world.sandbox.state() == before


@settings(max_examples=60)
@given(
    path=st.lists(strategies.segments, min_size=1, max_size=3).map("/".join),
    method=st.sampled_from(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY")),
)
def test_paths_that_nobody_has(wire: Wire, path: str, method: str) -> None:
    answer = wire.ask(method, f"/_mock/-{path}")
    if method == "HEAD":
        assert answer.status == 404
    else:
        check(answer)


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b'{"scenario":' + b'{"people":[' * 400 + b"]}" * 400 + b"}",
        b'{"seed":' + b"[" * 900 + b"]" * 900 + b"}",
        json.dumps(
            {"scenario": {"people": [{"email": "a@b.test", "name": ["x"] * 50_000}]}}
        ).encode(),
        json.dumps({"scenario": {"x" * 100_000: 1}}).encode(),
        json.dumps({"scenario": {f"k{n}": 1 for n in range(5000)}}).encode(),
        json.dumps({"scenario": "x" * 1_000_000}).encode(),
    ],
    ids=["brackets", "people", "seed", "list", "key", "keys", "name"],
)
def test_an_enormous_document_is_refused_in_few_words(wire: Wire, content: bytes) -> None:
    answer = wire.ask("POST", "/_mock/sandboxes", body=content)
    assert answer.status == 422
    check(answer)
    assert len(answer.body) < 1_000_000

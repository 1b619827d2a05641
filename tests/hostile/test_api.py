"""Every operation of the API, asked with everything but good manners.

Whatever comes in: an answer that the OpenAPI document declares, a hint on every refusal,
headers that any client can read, and nothing changed by what was refused.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mock_server.api.browser import PAGES
from mock_server.api.catalogue import ENDPOINTS, UNBUILT
from mock_server.api.openapi import document as openapi_document
from tests.hostile import strategies
from tests.hostile.wire import Answer, Wire, check_manners
from tests.hostile.worlds import World

DOCUMENT = openapi_document()
COMPONENTS = DOCUMENT["components"]["schemas"]
OPERATIONS = {
    (method.upper(), path): operation
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if path not in {page.path for page in PAGES}
}

_PARAMETER = re.compile(r"\{(\w+)\}")


def anything(path: str) -> str:
    """``path`` with parameters that name nothing."""
    return _PARAMETER.sub("unknown", path)


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    World(wire, "other-")
    return World(wire)


def _validators() -> dict[tuple[str, str, str], Draft202012Validator | None]:
    """The validator of each declared status of each operation; None where the body is empty."""
    made: dict[tuple[str, str, str], Draft202012Validator | None] = {}
    for (method, path), operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get("application/json")
            made[method, path, status] = None
            if content:
                schema = content["schema"]
                made[method, path, status] = Draft202012Validator(
                    {**schema, "components": {"schemas": COMPONENTS}}
                )
    return made


VALIDATORS = _validators()
MAY_BE_EMPTY = {(e.method, e.path) for e in ENDPOINTS if e.may_be_empty}


def check(answer: Answer, method: str, path: str) -> None:
    status = str(answer.status)
    check_manners(answer)
    if answer.status >= 400:
        assert answer.header("mock-cronofy-hint"), answer
    if answer.status == 413:
        return
    assert (method, path, status) in VALIDATORS, f"{method} {path} does not declare {answer}"
    validator = VALIDATORS[method, path, status]
    if not answer.body and (method, path) in MAY_BE_EMPTY:
        assert answer.header("content-type") is None
    elif validator is not None:
        assert (answer.header("content-type") or "").startswith("application/json")
        validator.validate(answer.json())
    elif answer.status != 403:  # one of them has a text
        assert answer.body in {b"", b"{}"}, answer


def _requests(world: World, method: str, path: str) -> st.SearchStrategy[dict[str, Any]]:
    operation, known = OPERATIONS[method, path], world.known()
    body = operation.get("requestBody")
    schema = body["content"]["application/json"]["schema"] if body else {"type": "object"}
    documents = strategies.from_schema(schema, COMPONENTS, known)
    if "client_secret" in str(schema) or path.startswith("/oauth"):
        # Mostly somebody who may ask at all.
        credentials = st.sampled_from((world.credentials(), world.credentials(world.small)))
        documents = st.builds(lambda d, c: {**d, **c}, documents, credentials)
    names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
    queried = {name: known.get(name, ["x"]) for name in names | {"state"}}
    bearers = world.bearers()
    right = [world.tokens[0], world.tokens[5], world.tokens[1], world.application_token]
    return st.fixed_dictionaries(
        {
            "segments": st.fixed_dictionaries(
                {
                    parameter: st.sampled_from(known[parameter]) | strategies.segments
                    for parameter in _PARAMETER.findall(path)
                }
            ),
            "query": st.just(b"") | strategies.queries(queried),
            "body": strategies.bodies(documents) if body else st.just((b"{}", [])),
            "authorization": st.one_of(
                st.sampled_from(right).map(lambda token: f"Bearer {token}"),
                st.sampled_from(right).map(lambda token: f"bearer  {token} "),
                st.sampled_from(bearers).map(lambda token: f"Bearer {token}"),
                st.sampled_from(("", "Bearer", "Basic YTpi", "Token x", "Bearer\t", "bearer")),
                st.none(),
            ),
        }
    )


@pytest.mark.parametrize(("method", "path"), sorted(OPERATIONS))
@settings(max_examples=60)
@given(data=st.data())
def test_every_answer_is_a_declared_one(
    wire: Wire, world: World, method: str, path: str, data: st.DataObject
) -> None:
    """No request gets an answer that the OpenAPI document does not have, or changes the
    sandbox by being refused."""
    asked = data.draw(_requests(world, method, path))
    content, headers = asked["body"]
    if asked["authorization"] is not None:
        headers = [*headers, ("authorization", asked["authorization"])]
    if not all(unquote(segment).strip("/") for segment in asked["segments"].values()):
        return  # another path
    target = path.format(**asked["segments"])
    if asked["query"]:
        target += "?" + asked["query"].decode("latin-1")
    world.reset()
    before = world.sandbox.state()
    answer = wire.ask(method, target, headers=headers, body=content)
    check(answer, method, path)
    if answer.status >= 400:
        assert world.sandbox.state() == before, f"{answer} has changed something"


@pytest.mark.parametrize("unbuilt", UNBUILT, ids=lambda u: f"{u.method} {u.path}")
def test_what_is_not_built_says_so(wire: Wire, unbuilt: Any) -> None:
    answer = wire.ask(unbuilt.method, anything(unbuilt.path), body=b"{")
    assert answer.status == 501
    assert unbuilt.title in (answer.header("mock-cronofy-hint") or "")
    check_manners(answer)


@settings(max_examples=100)
@given(
    path=st.lists(strategies.segments, min_size=1, max_size=4).map("/".join),
    method=st.sampled_from(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "QUERY")),
    query=strategies.queries({"a": ["b"]}),
)
def test_paths_that_nobody_has(wire: Wire, path: str, method: str, query: bytes) -> None:
    """They are 404, whatever stands in them, and their hint is one readable line."""
    answer = wire.ask(method, b"/v1/-" + path.encode() + b"?" + query)
    assert answer.status == 404
    check_manners(answer)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.operation)
@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "QUERY", "get", "\x7f"])
def test_methods_that_nobody_has(wire: Wire, endpoint: Any, method: str) -> None:
    answer = wire.ask(method, anything(endpoint.path))
    assert answer.status == 405
    assert endpoint.method in (answer.header("allow") or "")
    assert answer.header("mock-cronofy-hint")
    check_manners(answer)


@pytest.mark.parametrize(
    "endpoint", [e for e in ENDPOINTS if e.method != "GET"], ids=lambda e: e.operation
)
def test_too_large_a_body_is_refused_before_it_is_read(wire: Wire, endpoint: Any) -> None:
    target = anything(endpoint.path)
    for length in (str(wire.app.settings.max_body + 1), "9" * 18, "9" * 5000):
        headers = [("content-length", length)]
        answer = wire.ask(endpoint.method, target, headers=headers, chunks=[])
        assert answer.status == 413
        check_manners(answer)
    chunks = [b"x" * 65536] * (wire.app.settings.max_body // 65536 + 1)
    answer = wire.ask(endpoint.method, target, chunks=[*chunks, b"x"])
    assert answer.status == 413
    assert answer.header("mock-cronofy-hint")


def test_what_breaks_off_is_not_carried_out(wire: Wire, world: World) -> None:
    """A form cut short is still a form; nothing of it may happen."""
    world.reset()
    before = world.sandbox.state()
    fields = {**world.credentials(), "sub": world.subs[0]}
    content = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    form = [("content-type", "application/x-www-form-urlencoded")]
    answer = wire.ask(
        "POST", "/oauth/token/revoke", headers=form, chunks=[content], disconnect=True
    )
    assert answer.status == 0, "nobody is there to be answered"
    assert world.sandbox.state() == before
    assert wire.ask("POST", "/oauth/token/revoke", headers=form, body=content).status == 200

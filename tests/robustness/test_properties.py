"""What the OpenAPI document promises, kept whatever is sent: API, control API and pages.

The calls are made from the document's own schemas, then spoiled. Who calls decides what may
come of it: nothing but a refusal for a credential that is unknown or of the wrong kind.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mock_server.api.catalogue import ENDPOINTS
from mock_server.api.endpoint import Credential, Endpoint
from mock_server.control import clock, journal, outbox, people, sandboxes
from mock_server.pages import assets, authorize, callback, permissions, reference, relink, start
from tests.hostile import strategies
from tests.hostile.test_api import COMPONENTS, OPERATIONS
from tests.hostile.test_api import check as check_declared
from tests.hostile.test_control import BODIES
from tests.hostile.wire import Answer, Wire, check_manners
from tests.hostile.worlds import World

JSON = [("content-type", "application/json")]
FORM = [("content-type", "application/x-www-form-urlencoded")]

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)
brief = settings(thorough, max_examples=15)

# One of each sort of mistake, to stand for every member in turn.
WRONG: tuple[Any, ...] = (
    None,
    True,
    "",
    " ",
    0,
    -1,
    10**400,
    1e308,
    float("nan"),
    [],
    {},
    [None],
    [[[]]],
    [{}] * 60,
    {"a": {"b": []}},
    {"": ""},
    "a\0b",
    "a\r\nX-Injected: 1",
    "\ud800",
    "\U0001f4c5\u202e",
    "x" * 70_000,
    strategies.nested(100),
    strategies.nested(500),
    "9999-12-31T23:59:59Z",
    "\u0661\u0662",
)


_numbers = itertools.count()


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


@pytest.fixture
def world(wire: Wire) -> Iterator[World]:
    """A sandbox of the test's own, in which everything exists once."""
    world = World(wire, f"own{next(_numbers)}-")
    yield world
    wire.app.sandboxes.discard(world.sandbox)


def check_hint(answer: Answer) -> None:
    hints = [value for name, value in answer.headers if name == b"mock-cronofy-hint"]
    if answer.status >= 400:
        assert len(hints) == 1, answer
        hint = hints[0].decode("ascii")
        assert hint.strip(), answer
        assert hint.isprintable(), hint
    else:
        assert not hints, answer


# --- Cronofy's API -------------------------------------------------------------------------


def _bearers(world: World, endpoint: Endpoint) -> dict[str, dict[str, list[int]]]:
    """By kind of credential: each credential, and the statuses that alone may follow."""
    main, service = world.tokens[0], world.tokens[5]
    secret, admin = world.main["client_secret"], world.document["admin_api_key"]
    takes = set(endpoint.credentials)
    declared = OPERATIONS[endpoint.method, endpoint.path]["responses"]
    fine = [int(status) for status in declared if status not in {"401", "413", "429"}]
    tokens = {Credential.ACCESS_TOKEN, Credential.SERVICE_ACCOUNT_TOKEN}
    other_token = [403] if takes & tokens else [401]
    bearers: dict[str, dict[str, list[int]]] = {"valid": {}, "wrong kind": {}}
    for token, kind, refused in (
        (main, Credential.ACCESS_TOKEN, other_token),
        (service, Credential.SERVICE_ACCOUNT_TOKEN, other_token),
        (secret, Credential.API_KEY, [401]),
        (admin, Credential.ADMIN_KEY, [401]),
    ):
        bearers["valid" if kind in takes else "wrong kind"][token] = (
            fine if kind in takes else refused
        )
    for other in (world.refresh_tokens[0], world.code, world.link_token, world.permission_token):
        bearers["wrong kind"][other] = [401]
    unknown = ("unknown", "", "null", "x" * 3000, main[:-1], main + main, main + "\x80", "a b")
    bearers["unknown"] = {token: [401] for token in unknown}
    return bearers


def _secrets(world: World, kind: str) -> list[dict[str, Any]]:
    """Client credentials of each kind, for the body."""
    main, small = world.credentials(), world.credentials(world.small)
    if kind == "valid":
        return [main, small]
    if kind == "wrong kind":
        others = (small["client_secret"], world.tokens[0], world.refresh_tokens[0], world.code)
        return [{**main, "client_secret": other} for other in others]
    return [
        {**main, "client_id": "unknown"},
        {**main, "client_id": main["client_id"].upper()},
        {"client_id": "", "client_secret": ""},
        {"client_id": ["a"], "client_secret": {"b": 1}},
        {"client_id": 2**64, "client_secret": None},
    ]


def _schema(endpoint: Endpoint) -> dict[str, Any] | None:
    body = OPERATIONS[endpoint.method, endpoint.path].get("requestBody")
    return body["content"]["application/json"]["schema"] if body else None


def _target(world: World, endpoint: Endpoint) -> str:
    return endpoint.path.replace("{profile_id}", world.profile_ids[0])


@pytest.mark.parametrize("kind", ["valid", "wrong kind", "unknown"])
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: e.operation)
@thorough
@given(data=st.data())
def test_who_calls_decides_what_can_come_of_it(
    wire: Wire, world: World, endpoint: Endpoint, kind: str, data: st.DataObject
) -> None:
    known = world.known()
    schema = _schema(endpoint)
    documents = strategies.from_schema(schema or {"type": "object"}, COMPONENTS, known)
    headers: list[Any] = []
    if Credential.CLIENT_CREDENTIALS in endpoint.credentials:
        secrets = st.sampled_from(_secrets(world, kind))
        documents = st.builds(lambda d, s: {**d, **s}, documents, secrets)
        declared = OPERATIONS[endpoint.method, endpoint.path]["responses"]
        fine = [int(status) for status in declared if status != "429"]
        expected = fine if kind == "valid" else [400]
    else:
        bearers = _bearers(world, endpoint)[kind]
        token = data.draw(st.sampled_from(sorted(bearers)), label="token")
        headers = [("authorization", b"Bearer " + token.encode("latin-1"))]
        expected = bearers[token]
    content, described = data.draw(strategies.bodies(documents), label="body")
    query = b""
    if endpoint.query is not None or endpoint.oauth:
        names = endpoint.query.model_fields if endpoint.query else ("state", "grant_type")
        asked = strategies.queries({name: known.get(name, ["x"]) for name in names})
        query = b"?" + data.draw(asked, label="query")
    target = _target(world, endpoint).encode() + query
    world.reset()
    answer = wire.ask(endpoint.method, target, headers=[*headers, *described], body=content)
    check_declared(answer, endpoint.method, endpoint.path)
    check_hint(answer)
    if answer.status == 422 and expected == [400]:
        # No credentials at all where the body that carries them cannot be read.
        assert not endpoint.oauth
        assert (answer.header("mock-cronofy-hint") or "").startswith("body: "), answer
    else:
        assert answer.status in expected, answer


def _members(schema: dict[str, Any]) -> list[str]:
    if "$ref" in schema:
        return _members(COMPONENTS[schema["$ref"].rpartition("/")[2]])
    return sorted(schema.get("properties", {}))


@pytest.mark.parametrize(
    "endpoint", [e for e in ENDPOINTS if e.body is not None], ids=lambda e: e.operation
)
def test_each_member_with_each_mistake(wire: Wire, world: World, endpoint: Endpoint) -> None:
    """As JSON and as a form; nothing is a failure, and everything is declared."""
    schema = _schema(endpoint)
    assert schema is not None
    headers: list[Any] = []
    document: dict[str, Any] = {
        name: values[0] for name, values in world.known().items() if name in _members(schema)
    }
    if Credential.CLIENT_CREDENTIALS in endpoint.credentials:
        document |= world.credentials()
    else:
        headers = [("authorization", f"Bearer {min(_bearers(world, endpoint)['valid'])}")]
    target = _target(world, endpoint)
    for name, wrong in itertools.product(_members(schema), WRONG):
        spoiled = {**document, name: wrong}
        for content, described in (
            (json.dumps(spoiled).encode(), JSON),
            (strategies.as_form(spoiled), FORM),
        ):
            world.reset()
            answer = wire.ask(endpoint.method, target, headers=headers + described, body=content)
            check_declared(answer, endpoint.method, endpoint.path)
            check_hint(answer)


@pytest.mark.parametrize(
    "endpoint", [e for e in ENDPOINTS if e.query is not None], ids=lambda e: e.operation
)
def test_each_query_parameter_with_each_mistake(
    wire: Wire, world: World, endpoint: Endpoint
) -> None:
    assert endpoint.query is not None
    headers = [("authorization", f"Bearer {min(_bearers(world, endpoint)['valid'])}")]
    for name, wrong in itertools.product(endpoint.query.model_fields, WRONG):
        query = strategies.as_form({name: wrong})
        target = _target(world, endpoint).encode() + b"?" + query
        answer = wire.ask(endpoint.method, target, headers=headers)
        check_declared(answer, endpoint.method, endpoint.path)
        check_hint(answer)


@pytest.mark.parametrize("kind", ["wrong kind", "unknown"])
@pytest.mark.parametrize(
    "endpoint",
    [e for e in ENDPOINTS if Credential.CLIENT_CREDENTIALS not in e.credentials],
    ids=lambda e: e.operation,
)
def test_every_other_credential(wire: Wire, world: World, endpoint: Endpoint, kind: str) -> None:
    """Refused with the one right status, whatever the body, and without an effect."""
    before = world.sandbox.state()
    for token, expected in _bearers(world, endpoint)[kind].items():
        for content in (b"", b"{}", b"\xff", b"[" * 3000):
            answer = wire.ask(
                endpoint.method,
                _target(world, endpoint),
                headers=[*JSON, ("authorization", b"Bearer " + token.encode("latin-1"))],
                body=content,
            )
            assert [answer.status] == expected, (token, answer)
            assert (answer.header("www-authenticate") is not None) == (answer.status == 401)
            check_hint(answer)
    assert world.sandbox.state() == before


# --- The control API -----------------------------------------------------------------------

CONTROL = [
    (method, path)
    for module in (sandboxes, people, clock, outbox, journal)
    for method, path, _ in module.ROUTES
]


def check_control(answer: Answer) -> None:
    check_manners(answer)
    assert answer.status in {200, 201, 202, 204, 404, 409, 413, 422}, answer
    if answer.status >= 400:
        document = answer.json()
        assert set(document) == {"errors"}, answer
        assert document["errors"], answer
        for error in document["errors"]:
            assert {"place", "found", "expected"} <= error.keys(), error
            assert all(isinstance(value, str) for value in error.values()), error
            assert error["expected"], error


def _control_target(world: World, path: str, **ids: str) -> str:
    wanted = {"sandbox_id": world.sandbox_id, "profile_id": world.profile_ids[0], **ids}
    for name, value in {"message_id": "latest", "delivery_id": "unknown", **wanted}.items():
        path = path.replace(f"{{{name}}}", value)
    return f"/_mock{path}"


def _tidy(wire: Wire, world: World) -> None:
    """Only what was there remains, whatever a call of the control API has opened or ended."""
    for sandbox in list(wire.app.sandboxes):
        if sandbox.sandbox_id not in {"default", world.sandbox_id}:
            wire.app.sandboxes.discard(sandbox)
    if wire.app.sandboxes.get(world.sandbox_id) is not world.sandbox:
        wire.app.sandboxes.add(world.sandbox)
    world.reset()


@pytest.mark.parametrize(("method", "path"), CONTROL)
def test_control_with_each_mistake(wire: Wire, world: World, method: str, path: str) -> None:
    """Each member of each body, each body as a whole, and bytes that are none of it."""
    model = BODIES.get(path.rpartition("}")[2] or path)
    documents: list[Any] = list(WRONG)
    if model is not None:
        documents += [
            {name: wrong} for name, wrong in itertools.product(sorted(model.model_fields), WRONG)
        ]
        required = {"email": "new@acme.test", "page": "authorize", "decision": "allow"}
        base = {name: value for name, value in required.items() if name in model.model_fields}
        documents += [
            {**base, name: wrong}
            for name, wrong in itertools.product(sorted(model.model_fields), WRONG)
        ]
    bodies = [json.dumps(document).encode() for document in documents]
    bodies += [b"{", b"\xff\xfe", b"\0", b'"', b"[" * 5000, b'{"a":' * 3000, b"a=1&b=2"]
    for content in bodies:
        answer = wire.ask(method, _control_target(world, path), headers=JSON, body=content)
        check_control(answer)
        if method != "GET":
            _tidy(wire, world)


@pytest.mark.parametrize(("method", "path"), [line for line in CONTROL if "{" in line[1]])
@brief
@given(data=st.data())
def test_control_with_other_names_in_the_path(
    wire: Wire, world: World, method: str, path: str, data: st.DataObject
) -> None:
    """An odd id is nobody's."""
    names = [n for n in ("sandbox_id", "profile_id", "message_id", "delivery_id") if n in path]
    odd = data.draw(st.sampled_from(names))
    # With a dash in front it is never one that exists, nor the dots of a relative path.
    segment = data.draw(strategies.segments.map(lambda s: f"-{s}"))
    answer = wire.ask(method, _control_target(world, path, **{odd: segment}), body=b"{}")
    assert answer.status == 404, answer
    check_control(answer)


@pytest.mark.parametrize(("method", "path"), [line for line in CONTROL if line[0] == "GET"])
@brief
@given(data=st.data())
def test_control_with_odd_queries(
    wire: Wire, world: World, method: str, path: str, data: st.DataObject
) -> None:
    known = {name: ["1", "x", "pending"] for name in ("to", "path", "status", "since", "limit")}
    query = data.draw(strategies.queries(known))
    check_control(wire.ask(method, _control_target(world, path).encode() + b"?" + query))


# --- Pages ---------------------------------------------------------------------------------

PAGES = [
    (method, path)
    for module in (authorize, permissions, relink, start, callback, reference, assets)
    for method, path, _ in module.ROUTES
]


def _page_queries(world: World) -> dict[str, list[str]]:
    known = world.known()
    return {
        "client_id": known["client_id"],
        "redirect_uri": known["redirect_uri"],
        "response_type": ["code", "token"],
        "scope": known["scope"],
        "state": ["s", strategies.MARKUP],
        "provider_name": ["google", "cronofy", "apple"],
        "access_type": ["free_busy", "read_write", "no_calendar"],
        "avoid_linking": ["true", "no"],
        "link_token": [world.link_token],
        "delegated_scope": known["scope"],
        "locale": ["de", "zh-Hant", "xx", strategies.MARKUP],
        "chosen_mode": ["read_write", "free_busy", "no_calendar"],
        "chosen_provider": ["google", "office365"],
        "chosen_person": known["email"],
        "chosen_organization": ["corp.test"],
        "verification": ["unknown"],
        "token": ["unknown"],
        "email": known["email"],
        "code": [world.code],
        "v": ["1"],
    }


@pytest.mark.parametrize(("method", "path"), PAGES)
@thorough
@given(data=st.data())
def test_no_page_fails(
    wire: Wire, world: World, method: str, path: str, data: st.DataObject
) -> None:
    queries = _page_queries(world)
    segment = st.one_of(st.sampled_from(("google", "site.css")), strategies.segments)
    target = path
    for name, known in (("token", world.permission_token), ("provider", "google"), ("name", "x")):
        if f"{{{name}}}" in target:
            drawn = data.draw(st.one_of(st.just(known), segment), label=name)
            target = target.replace(f"{{{name}}}", drawn)
    query = data.draw(strategies.queries(queries), label="query")
    if "authorize" in path and data.draw(st.booleans(), label="asks properly"):
        query = (
            f"client_id={world.main['client_id']}&response_type=code&scope=free_busy_write"
            "&redirect_uri=http%3A%2F%2Flocalhost%2Fcb&"
        ).encode() + query
    headers: list[Any] = data.draw(
        st.lists(
            st.sampled_from(
                (
                    ("accept-language", "de;q=x,*;q=9,\xff-\x80," + "a-" * 200),
                    ("accept", "text/html"),
                    ("cookie", "; ".join(["=", "a=b=c", 'x="\\', "mock_cronofy=%ff"])),
                    ("cookie", "x" * 5000),
                    ("origin", "null"),
                    ("origin", "http://localhost:8282"),
                    ("sec-fetch-site", "cross-site"),
                    ("host", "evil.test"),
                    ("host", "[::1"),
                    ("if-none-match", '"'),
                )
            ),
            max_size=3,
        ),
        label="headers",
    )
    content = b""
    if method == "POST":
        forms = {
            "decision": ["allow", "deny", "x"],
            "email": ["a@b.test", "rita@acme.test", strategies.MARKUP],
            "code": [world.code, "123456"],
            "again": ["1"],
            "refresh_token": world.refresh_tokens,
        }
        content = data.draw(strategies.queries(forms), label="form")
        headers = headers + FORM
    world.reset()
    answer = wire.ask(method, target.encode() + b"?" + query, headers=headers, body=content)
    assert answer.status in {200, 302, 303, 304, 400, 403, 404, 405, 410, 422}, answer
    if answer.status >= 400 and not target.startswith(("/callback", "/permissions", "/relink")):
        assert answer.status == 422 or answer.header("mock-cronofy-hint"), answer
    for name, value in answer.headers:
        assert value.decode("ascii").isprintable(), name
    assert answer.header("x-content-type-options") == "nosniff"
    assert "default-src 'none'" in (answer.header("content-security-policy") or "")

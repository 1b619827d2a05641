"""The switch ``strictness``, and all others, which may be thrown at any time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.emulator import Sandbox, redirected
from tests.findings.reports import (
    CLOCK,
    JANE,
    Document,
    calendar_id,
    event,
    found,
    refresh,
    state,
    switch,
    userinfo,
)

Open = Callable[..., Sandbox]

EVENTS = "POST /v1/calendars/{calendar_id}/events"


def opened(open_sandbox: Open, strictness: str, **scenario: Any) -> Sandbox:
    switches = {"strictness": strictness, **scenario.pop("switches", {})}
    return open_sandbox(clock=CLOCK, scenario={"switches": switches, **scenario})


@pytest.fixture
def strict(open_sandbox: Open) -> Sandbox:
    return opened(open_sandbox, "strict")


def odd_write(sandbox: Sandbox, answer: Document) -> httpx.Response:
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    body = event(organiser="x", attendees={"invite": [{"email": "guest@b.test"}]})
    return sandbox.call(answer["access_token"], "POST", path, json=body)


# --- Strict ----------------------------------------------------------------------------


def test_strict_refuses_what_is_odd(strict: Sandbox) -> None:
    """400, with the reason in the body; nothing has changed, and the report has it once."""
    answer = strict.connect(JANE)
    calendar_id(strict, answer)
    before = state(strict)
    response = odd_write(strict, answer)
    text = "ignored: unknown parameter organiser"
    assert (response.status_code, response.json()) == (
        400,
        {"errors": {"unknown_parameter": [{"key": "errors.strict", "description": text}]}},
    )
    hint = f"refused, because this sandbox is strict: {text}"
    assert response.headers["mock-cronofy-hint"] == hint
    assert state(strict) == before
    assert strict.control("GET", "/deliveries").json()["deliveries"] == []
    assert found(strict) == [("unknown_parameter", "warning", EVENTS, 1)]


def test_every_reason_is_told(strict: Sandbox) -> None:
    """All findings that matter stand in the body, those of one kind in a list."""
    token = strict.connect(JANE)["access_token"]
    response = strict.call(token, "POST", "/v1/channels?access_token=x", json={
        "callback_url": "http://localhost:3000/", "extra": 1,
    })  # fmt: skip
    assert response.status_code == 400
    assert {code: len(errors) for code, errors in response.json()["errors"].items()} == {
        "secret_in_url": 1,
        "unknown_parameter": 2,
    }


def test_strict_takes_what_is_right(strict: Sandbox) -> None:
    """Notes do not matter."""
    answer = strict.connect(JANE)
    path = f"/v1/calendars/{calendar_id(strict, answer)}/events"
    assert strict.call(answer["access_token"], "POST", path, json=event()).status_code == 202
    period = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T17:00:00Z"}
    query = {
        "participants": [{"members": [{"sub": answer["sub"]}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "available_periods": [period],
    }
    response = strict.call(answer["access_token"], "POST", "/v1/availability", json=query)
    assert response.status_code == 200
    assert [code for code, *_ in found(strict)] == ["old_name_of_sdks"]


def test_refusals_stay_cronofy_s(strict: Sandbox) -> None:
    """What Cronofy refuses is refused as Cronofy does it, before anything odd is."""
    answer = strict.connect(JANE)
    path = "/v1/calendars/cal_0_0/events"
    assert strict.call(answer["access_token"], "POST", path, json={"x": 1}).status_code == 404
    assert strict.http.get("/v1/userinfo?x=1").status_code == 401
    response = strict.call(answer["access_token"], "POST", "/v1/channels", json={})
    assert response.status_code == 422


def test_strict_token_endpoints(strict: Sandbox) -> None:
    """They answer as RFC 6749 has it: a needless refresh hands out nothing, and rotates nothing."""
    switch(strict, rotate_refresh_tokens=True)
    answer = strict.connect(JANE)
    for _ in range(2):
        answer["refresh_token"] = refresh(strict, answer).json()["refresh_token"]
    before = state(strict)
    response = refresh(strict, answer)
    assert (response.status_code, response.json().keys()) == (
        400,
        {"error", "error_description"},
    )
    assert response.json()["error"] == "invalid_request"
    assert "refreshed again and again" in response.json()["error_description"]
    assert state(strict) == before
    strict.advance(minutes=31)
    assert refresh(strict, answer).status_code == 200


def test_strict_batches(strict: Sandbox) -> None:
    """One entry that Cronofy refuses, and none is carried out."""
    answer = strict.connect(JANE)
    path = f"/v1/calendars/{calendar_id(strict, answer)}/events"
    entries = [
        {"method": "POST", "relative_url": path, "data": event()},
        {"method": "POST", "relative_url": path, "data": {"event_id": "two"}},
    ]
    before = state(strict)
    body = {"batch": entries}
    response = strict.call(answer["access_token"], "POST", "/v1/batch", json=body)
    assert (response.status_code, list(response.json()["errors"])) == (400, ["refused_entry"])
    assert state(strict) == before
    body = {"batch": entries[:1]}
    assert strict.call(answer["access_token"], "POST", "/v1/batch", json=body).status_code == 207


@pytest.mark.parametrize(
    "wrong",
    [{"state": None}, {"prompt": "none"}, {"access_type": "free_busy"}, {"scope": "full_access"}],
    ids=str,
)
def test_strict_authorize_urls(strict: Sandbox, wrong: Document) -> None:
    """They end on an error page; the queued consent is for the next one."""
    strict.control("POST", "/people", json={"email": JANE})
    strict.control("POST", "/consents", json={"page": "authorize", "decision": "allow"})
    before = state(strict)
    response = strict.authorize(**{"state": "s", **wrong})
    assert response.status_code == 400
    assert "because this sandbox is strict" in response.headers["mock-cronofy-hint"]
    assert "because this sandbox is strict" in response.text
    assert state(strict) == before
    assert len(found(strict)) == 1
    assert redirected(strict.authorize(state="s")).keys() == {"code", "state"}


# --- Lenient ---------------------------------------------------------------------------


def lenient(open_sandbox: Open, **application: Any) -> Sandbox:
    return opened(open_sandbox, "lenient", applications=[application])


def test_lenient_about_plans(open_sandbox: Open) -> None:
    """A call above the application's plan is answered, and noted as an error."""
    sandbox = lenient(open_sandbox, plan="none")
    assert userinfo(sandbox, sandbox.connect(JANE)).status_code == 200
    assert found(sandbox) == [("lenient_plan", "error", "GET /v1/userinfo", 1)]
    switch(sandbox, strictness="cronofy")
    assert userinfo(sandbox, sandbox.connect(JANE)).status_code == 402


def test_lenient_about_scopes(open_sandbox: Open) -> None:
    """So is one without the scope that it needs."""
    sandbox = lenient(open_sandbox)
    answer = sandbox.connect(JANE, scope="read_only")
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    response = sandbox.call(answer["access_token"], "POST", path, json=event())
    assert response.status_code == 202
    assert "the scope create_event is needed" in response.headers["mock-cronofy-warning"]
    assert found(sandbox) == [("lenient_scope", "error", EVENTS, 1)]


def test_lenient_about_features(open_sandbox: Open) -> None:
    """So is one whose feature is switched off, alone, in a batch, and in an authorize URL."""
    sandbox = lenient(open_sandbox)
    answer = sandbox.connect(JANE)
    token = answer["access_token"]
    assert sandbox.call(token, "POST", "/v1/link_tokens").status_code == 200
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    agent = {"profile_id": "cronofy"}
    body = event(meeting_agent=agent)
    entries = [{"method": "POST", "relative_url": path, "data": body}]
    response = sandbox.call(token, "POST", "/v1/batch", json={"batch": entries})
    assert [each["status"] for each in response.json()["batch"]] == [202]
    assert len(sandbox.control("GET", "/meeting_agents").json()["meeting_agents"]) == 1
    response = sandbox.authorize(delegated_scope="free_busy", state="s")
    assert response.status_code == 200
    kind = ("lenient_feature", "error")
    assert sorted(found(sandbox)) == [
        (*kind, "GET /oauth/authorize", 1),
        (*kind, "POST /v1/batch", 1),
        (*kind, "POST /v1/link_tokens", 1),
    ]


def test_lenient_about_rate_limits(open_sandbox: Open) -> None:
    """And one that is over the rate limits."""
    sandbox = opened(open_sandbox, "lenient", switches={"rate_limits": True})
    answer = sandbox.connect(JANE)
    assert {userinfo(sandbox, answer).status_code for _ in range(52)} == {200}
    assert found(sandbox) == [("lenient_rate_limit", "note", "GET /v1/userinfo", 2)]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_lenient_about_content_types(open_sandbox: Open, kind: str) -> None:
    """JSON is read, whatever it calls itself."""
    sandbox = lenient(open_sandbox)
    answer = sandbox.connect(JANE)
    headers = {"Content-Type": kind}
    json = b'{"callback_url": "http://localhost:3000/"}'
    response = sandbox.call(
        answer["access_token"], "POST", "/v1/channels", content=json, headers=headers
    )
    assert response.status_code == 200
    credentials = sandbox.credentials
    body = (
        f'{{"client_id": "{credentials["client_id"]}", "grant_type": "refresh_token", '
        f'"client_secret": "{credentials["client_secret"]}", '
        f'"refresh_token": "{answer["refresh_token"]}"}}'
    )
    response = sandbox.http.post("/oauth/token", content=body, headers=headers)
    assert response.status_code == 200, response.text
    level = ("lenient_content_type", "error")
    assert found(sandbox) == [(*level, "POST /v1/channels", 1), (*level, "POST /oauth/token", 1)]
    # What is no JSON either, is not.
    response = sandbox.call(
        answer["access_token"], "POST", "/v1/channels", content=b"{", headers=headers
    )
    assert response.status_code == 422


def test_lenient_has_its_limits(open_sandbox: Open) -> None:
    """Codes, tokens, what is not there and what is invalid are as at Cronofy."""
    sandbox = lenient(open_sandbox)
    answer = sandbox.connect(JANE)
    token = answer["access_token"]
    refused = sandbox.token(grant_type="authorization_code", code="x", redirect_uri="http://x/")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    path = "/v1/calendars/cal_0_0/events"
    assert sandbox.call(token, "POST", path, json=event()).status_code == 404
    assert sandbox.call(token, "POST", "/v1/channels", json={}).status_code == 422
    secret = sandbox.application["client_secret"]
    assert sandbox.call(secret, "GET", "/v1/userinfo").status_code == 401
    assert sandbox.call(token, "GET", "/v1/resources").status_code == 403
    sandbox.advance(hours=1)
    assert userinfo(sandbox, answer).status_code == 401


# --- Switches --------------------------------------------------------------------------


def test_switches_are_thrown_at_any_time(open_sandbox: Open) -> None:
    """Those that are named change, the others stay; a reset puts back the scenario's."""
    sandbox = opened(open_sandbox, "strict", switches={"page_size": 7})
    at_first = sandbox.control("GET", "/switches").json()
    assert (at_first["strictness"], at_first["page_size"], at_first["rate_limits"]) == (
        "strict",
        7,
        False,
    )
    changes = {"rate_limits": True, "most_query_slots": None}
    response = sandbox.control("PATCH", "/switches", json=changes)
    assert (response.status_code, response.json()) == (200, {**at_first, **changes})
    assert sandbox.control("GET", "/switches").json() == {**at_first, **changes}
    assert sandbox.control("PATCH", "/switches").json() == {**at_first, **changes}
    sandbox.control("POST", "/reset")
    assert sandbox.control("GET", "/switches").json() == at_first


def test_switches_that_there_are_not(sandbox: Sandbox) -> None:
    """All that is wrong is told, and nothing is thrown."""
    before = sandbox.control("GET", "/switches").json()
    wrong = {"strictness": "strickt", "rate_limit": True, "page_size": 0, "include_free": True}
    response = sandbox.control("PATCH", "/switches", json=wrong)
    assert response.status_code == 422
    expected = {each["place"]: each["expected"] for each in response.json()["errors"]}
    assert expected.keys() == {"strictness", "rate_limit", "page_size"}
    assert expected["strictness"] == "cronofy, strict or lenient (did you mean strict?)"
    assert expected["rate_limit"].endswith("(did you mean rate_limits?)")
    assert sandbox.control("GET", "/switches").json() == before


@pytest.fixture
def strict_server() -> Iterator[httpx.Client]:
    app: Any = create_app(Settings(strictness="strict"))
    with TestClient(app, base_url="http://localhost:8282") as client:
        yield client


def test_a_server_s_strictness(strict_server: httpx.Client) -> None:
    """``--strictness`` is that of sandboxes whose scenario does not say, ``default`` included."""
    said = {"switches": {"strictness": "cronofy"}}
    for scenario, strictness in (({}, "strict"), (said, "cronofy")):
        document = strict_server.post("/_mock/sandboxes", json={"scenario": scenario}).json()
        sandbox = Sandbox(strict_server, document)
        for _ in range(2):
            assert sandbox.control("GET", "/switches").json()["strictness"] == strictness
            sandbox.control("POST", "/reset")
    switches = strict_server.get("/_mock/sandboxes/default/switches").json()
    assert switches["strictness"] == "strict"

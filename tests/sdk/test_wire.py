"""Every oddity of the SDKs' requests, sent raw, is answered like the plain request beside it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.emulator import Sandbox
from tests.sdk import wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import (
    Request,
    csharp,
    node,
    php,
    pycronofy,
    ruby,
    send,
)
from tests.sdk.expected import unprocessable
from tests.sdk.matching import OPAQUE, TOKEN
from tests.sdk.wire import ALL, BEN, JANE, REDIRECT_URI, Answer, Call, Case, World

PROFILE = "/v1/profiles/{}/revoke"
AUTHORIZATIONS = "/v1/service_account_authorizations"
REVOKE = "/oauth/token/revoke"


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> World:
    return World(open_sandbox(scenario=wire.SCENARIO), visit)


def read(path: str, by: str = ALL) -> Call:
    return Call(lambda sdk, w: sdk.api("GET", path, w.token), wire.as_plain(path), by=by)


def oauth(path: str, members: Callable[[World], Any], answer: Answer, **more: Any) -> Call:
    return Call(lambda sdk, w: sdk.oauth(path, members(w)), answer, **more)


def post(path: str, body: Callable[[World], Any], answer: Answer, **more: Any) -> Call:
    return Call(lambda sdk, w: sdk.api("POST", path, w.token, body(w)), answer, **more)


CALLS = {
    "userinfo": read("/v1/userinfo"),
    "account": read("/v1/account"),
    "profiles": read("/v1/profiles"),
    "calendars": read("/v1/calendars"),
    "resources": Call(
        lambda sdk, w: sdk.api("GET", "/v1/resources", w.service_token),
        wire.resources,
        by="python ruby php csharp",
    ),
    "token": oauth("/oauth/token", wire.exchange, wire.token_answer),
    "refresh": oauth("/oauth/token", wire.refresh, wire.REFRESHED),
    "application calendar": oauth(
        "/v1/application_calendars", wire.desk, wire.APPLICATION_CALENDAR_TOKEN
    ),
    "revoke an access token": oauth(
        REVOKE,
        lambda w: wire.credentials(w, token=w.token),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
    "revoke a refresh token": oauth(
        REVOKE,
        lambda w: wire.credentials(w, token=w.jane["refresh_token"]),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
    "revoke a sub": oauth(
        REVOKE,
        lambda w: wire.credentials(w, sub=w.jane["sub"]),
        wire.nothing,
        effect=wire.jane_revoked,
        by="node ruby php csharp",
    ),
    "revoke a profile": Call(
        lambda sdk, w: sdk.api("POST", PROFILE.format(w.profile_id), w.token),
        wire.nothing,
        status=202,
        effect=wire.profile_revoked,
        by="python ruby php csharp",
    ),
    "create a calendar": post("/v1/calendars", wire.interviews, wire.created_calendar),
    "permissions": post(
        "/v1/permissions",
        lambda w: wire.elevation(w.jane["userinfo"], redirect_uri=REDIRECT_URI),
        wire.PERMISSIONS_PAGE,
    ),
    "link token": Call(
        lambda sdk, w: sdk.api("POST", "/v1/link_tokens", w.token),
        wire.LINK_TOKEN,
        by="ruby php csharp",
    ),
    "authorize a user": Call(
        lambda sdk, w: sdk.api(
            "POST", AUTHORIZATIONS, w.service_token, wire.access_to(JANE, state="ä/7 ")
        ),
        wire.nothing,
        status=202,
        effect=wire.called_back("ä/7 "),
    ),
    "authorize users": Call(
        lambda sdk, w: sdk.api(
            "POST",
            AUTHORIZATIONS,
            w.service_token,
            {
                "service_account_authorizations": [
                    wire.access_to(JANE, state="7"),
                    wire.access_to(BEN),
                ]
            },
        ),
        wire.nothing,
        status=202,
        effect=wire.called_back("7", None),
        by="python csharp",
    ),
    "accessible calendars": Call(
        lambda sdk, w: sdk.api("GET", wire.accessible(w), w.token),
        wire.ACCESSIBLE_CALENDARS,
        by="node php",
    ),
    "delegated authorization": post(
        "/v1/delegated_authorizations",
        wire.delegation,
        wire.nothing,
        status=202,
        effect=wire.called_back("7"),
        by="node php",
    ),
}


def expired(world: World) -> str:
    """Jane's access token, after its time."""
    world.sandbox.advance(hours=2)
    return world.token


def elevate_through_domain(world: World) -> Request:
    """What Ruby sends for somebody under Enterprise Connect: no redirect_uri."""
    ben = world.connect(email=BEN, service_account="acme.test")
    body = wire.elevation(ben["userinfo"])
    return ruby("POST", "/v1/permissions", ben["access_token"], body)


def basic(world: World) -> Request:
    """Client credentials in the header alone: what the oauth2 gem does unless told otherwise."""
    members = wire.exchange(world)
    pair = f"{members.pop('client_id')}:{members.pop('client_secret')}"
    request = ruby("POST", "/oauth/token", form=members)
    request.headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return request


def in_query(members: dict[str, str]) -> Request:
    """Everything in the query, nothing in the body, as public applications do."""
    headers = {"Accept": "*/*", "Content-Length": "0"}
    return Request("POST", f"/oauth/token?{urlencode(members)}", headers)


def in_both(query: dict[str, str], members: dict[str, str]) -> Request:
    request = ruby("POST", "/oauth/token", form=members)
    return Request("POST", f"/oauth/token?{urlencode(query)}", request.headers, request.body)


def oauth_error(code: str, description: str) -> Answer:
    return wire.document({"error": code, "error_description": description})


MISSING_TOKEN = oauth_error("invalid_request", "token or sub is missing")

ODDITIES = {
    "python: userinfo with Bearer None": Case(
        lambda w: pycronofy("GET", "/v1/userinfo", None), wire.nothing, 401
    ),
    "python: refresh with its expired Bearer": Case(
        lambda w: pycronofy("POST", "/oauth/token", expired(w), wire.refresh(w)), wire.REFRESHED
    ),
    "python: revoke with Bearer and body of one token": Case(
        lambda w: pycronofy("POST", REVOKE, w.token, wire.credentials(w, token=w.token)),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
    "python: revoke after revoke, token null": Case(
        lambda w: pycronofy("POST", REVOKE, None, wire.credentials(w, token=None)),
        MISSING_TOKEN,
        400,
    ),
    "python: authorize users with a state beside the array": Case(
        lambda w: pycronofy(
            "POST",
            AUTHORIZATIONS,
            w.service_token,
            {
                "service_account_authorizations": [
                    wire.access_to(JANE),
                    wire.access_to(BEN, state="b"),
                ],
                "state": "a",
            },
        ),
        wire.nothing,
        202,
        wire.called_back("a", "b"),
    ),
    "node: userinfo with Bearer undefined": Case(
        lambda w: node("GET", "/v1/userinfo"), wire.nothing, 401
    ),
    "node: options of a read become its query": Case(
        lambda w: node(
            "GET",
            "/v1/calendars?calendar_ids%5B%5D=a&calendar_ids%5B%5D=b&only_managed=true",
            w.token,
        ),
        wire.as_plain("/v1/calendars"),
    ),
    "node: token with an old refresh_token": Case(
        lambda w: node("POST", "/oauth/token", w.token, wire.exchange(w, refresh_token="old")),
        wire.token_answer,
    ),
    "node: revoke with refresh_token beside token": Case(
        lambda w: node(
            "POST",
            REVOKE,
            body=wire.credentials(w, token=w.token, refresh_token=w.domain["refresh_token"]),
        ),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
    "node: revoke with another's sub beside token": Case(
        lambda w: node(
            "POST", REVOKE, body=wire.credentials(w, token=w.token, sub=w.domain["sub"])
        ),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
    "node: revoke with refresh_token alone": Case(
        lambda w: node(
            "POST", REVOKE, body=wire.credentials(w, refresh_token=w.jane["refresh_token"])
        ),
        MISSING_TOKEN,
        400,
        lambda w: w.knows(w.token),
    ),
    "node: revoke a profile with its id in the body": Case(
        lambda w: node("POST", PROFILE.format(w.profile_id), w.token, {"profile_id": w.profile_id}),
        wire.nothing,
        202,
        wire.profile_revoked,
    ),
    "node: unknown members": Case(
        lambda w: node(
            "POST",
            "/v1/calendars",
            w.token,
            {**wire.interviews(w), "bearer_token": "x", "nested": [{"x": None}]},
        ),
        wire.created_calendar,
    ),
    "node: trailing slash": Case(
        lambda w: node("POST", f"{AUTHORIZATIONS}/", w.service_token, wire.access_to(JANE)),
        wire.nothing,
        202,
        wire.called_back(None),
    ),
    "node: an empty option": Case(
        lambda w: node("GET", f"{wire.accessible(w)}&calendar_type=", w.token),
        wire.ACCESSIBLE_CALENDARS,
    ),
    "ruby: authorize a user with state null": Case(
        lambda w: ruby("POST", AUTHORIZATIONS, w.service_token, wire.access_to(JANE, state=None)),
        wire.nothing,
        202,
        wire.called_back(None),
    ),
    "ruby: revoke a profile with an empty form": Case(
        lambda w: ruby("POST", PROFILE.format(w.profile_id), w.token, form={}),
        wire.nothing,
        202,
        wire.profile_revoked,
    ),
    "ruby: permissions without redirect_uri": Case(
        elevate_through_domain,
        wire.document({"permissions_request": {"accepted": True}}),
    ),
    "ruby: token with client credentials as Basic": Case(
        basic,
        oauth_error(
            "invalid_client",
            "client_id is missing from the body, where Cronofy takes it; HTTP Basic is not read",
        ),
        400,
    ),
    "php: token with an old Bearer": Case(
        lambda w: php("POST", "/oauth/token", "old", wire.exchange(w)), wire.token_answer
    ),
    "php: application calendar with an old Bearer": Case(
        lambda w: php("POST", "/v1/application_calendars", "old", wire.desk(w)),
        wire.APPLICATION_CALENDAR_TOKEN,
    ),
    "php: no parameters at all": Case(
        lambda w: php("POST", "/v1/permissions", w.token),
        wire.document(unprocessable("permissions", "errors.required", "required")),
        422,
    ),
    "csharp: revoke a sub and erase": Case(
        lambda w: csharp(
            "POST", REVOKE, body=wire.credentials(w, sub=w.jane["sub"], request_pii_erasure=True)
        ),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
    "csharp: provision an application": Case(
        lambda w: csharp(
            "POST", "/v1/applications", w.admin_key, {"name": "App", "url": "https://acme.test"}
        ),
        wire.document({"oauth_client": {"client_id": TOKEN, "client_secret": OPAQUE}}),
    ),
    "csharp: verify the application": Case(
        lambda w: csharp(
            "POST",
            "/v1/application_verification",
            w.client_secret,
            {"redirect_uris": [REDIRECT_URI], "contact": {"email": "dev@acme.test"}},
        ),
        wire.document({}),
        202,
    ),
    "field: token all in the query": Case(lambda w: in_query(wire.exchange(w)), wire.token_answer),
    "field: refresh all in the query": Case(lambda w: in_query(wire.refresh(w)), wire.REFRESHED),
    "field: the body wins over the query": Case(
        lambda w: in_both({"refresh_token": "another"}, wire.refresh(w)), wire.REFRESHED
    ),
    "field: empty members in a form": Case(
        lambda w: ruby("POST", "/oauth/token", form=wire.refresh(w, code="", redirect_uri="")),
        wire.REFRESHED,
    ),
    "field: Python's True in a form": Case(
        lambda w: ruby(
            "POST", REVOKE, form=wire.credentials(w, token=w.token, request_pii_erasure="True")
        ),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
    "field: Python's True and an empty value in a query": Case(
        lambda w: ruby("GET", "/v1/userinfo?include_managed=True&tzid=", w.token),
        wire.as_plain("/v1/userinfo"),
    ),
    "field: trailing slash on a read": Case(
        lambda w: ruby("GET", "/v1/userinfo/", w.token), wire.as_plain("/v1/userinfo")
    ),
    "field: trailing slash on revoke": Case(
        lambda w: ruby("POST", f"{REVOKE}/", form=wire.credentials(w, token=w.token)),
        wire.nothing,
        effect=wire.jane_revoked,
    ),
}


CASES = {**wire.in_dialects(CALLS), **ODDITIES}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: World, served: str) -> None:
    """The request is answered as a plain one would be, and has the same effect."""
    wire.check(CASES[name], world, served)


def test_what_is_ignored_is_told(world: World, served: str) -> None:
    """What is accepted though odd is said in a header, never in the body."""
    request = ruby("GET", "/v1/profiles?include_managed=True", world.token)
    response = send(served, request)
    assert response.document == world.plain("/v1/profiles")
    warning = "ignored: unknown query parameter include_managed"
    assert response.headers["mock-cronofy-warning"] == warning

"""identity.md §§1.1-1.3: hosts, how requests may look, and who may make them.

Inventory J, the quirks of the official SDKs, is here too as far as its calls exist.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.contract.documents import Document, Like, oauth_error, token
from tests.contract.stories import (
    CALLBACK,
    add_organization,
    add_person,
    connect_domain,
    decide,
    revoke,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
FORM = "application/x-www-form-urlencoded"


def code(sandbox: Sandbox, **parameters: Any) -> str:
    """A fresh code of jane's."""
    sandbox.http.cookies.clear()
    decide(sandbox, "authorize", email=JANE)
    return redirected(sandbox.authorize(**parameters))["code"]


# --- 1.1 Hosts -----------------------------------------------------------------------

HOSTS = [f"{kind}{dc}.cronofy.com" for dc in ("", "-au", "-ca", "-de", "-sg", "-uk")
         for kind in ("api", "app")]  # fmt: skip


@pytest.mark.parametrize("host", HOSTS, ids=lambda host: f"1.1 {host}")
def test_tokens_are_served_on_both_hosts_of_every_data_center(sandbox: Sandbox, host: str) -> None:
    """POST /oauth/token and /oauth/token/revoke work on the api and on the app host; an
    explicit Host header of the real service neither routes nor rejects (php)."""
    answer = sandbox.connect(JANE)
    headers = {"Host": host}
    body = {
        **sandbox.credentials,
        "grant_type": "refresh_token",
        "refresh_token": answer["refresh_token"],
    }
    response = sandbox.http.post("/oauth/token", json=body, headers=headers)
    assert response.json() == token("read_write")
    body = {**sandbox.credentials, "token": answer["refresh_token"]}
    response = sandbox.http.post("/oauth/token/revoke", json=body, headers=headers)
    assert (response.status_code, response.content) == (200, b"")


# --- 1.2 Requests --------------------------------------------------------------------

BODIES: dict[str, Callable[[Document], dict[str, Any]]] = {
    "1.2 JSON with charset": lambda body: {
        "content": json.dumps(body),
        "headers": {"Content-Type": "application/json; charset=utf-8"},
    },
    "1.2 JSON without charset (node)": lambda body: {
        "content": json.dumps(body),
        "headers": {"Content-Type": "application/json"},
    },
    "1.2 form (ruby)": lambda body: {
        "content": urlencode(body),
        "headers": {"Content-Type": FORM},
    },
    "1.2 form with charset": lambda body: {
        "content": urlencode(body),
        "headers": {"Content-Type": f"{FORM}; charset=utf-8"},
    },
    "1.2 plain body that claims to be compressed (csharp)": lambda body: {
        "content": json.dumps(body),
        "headers": {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Encoding": "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
        },
    },
    "1.2 Bearer None (py)": lambda body: {
        "json": body,
        "headers": {"Authorization": "Bearer None"},
    },
    "1.2 Bearer undefined (node)": lambda body: {
        "json": body,
        "headers": {"Authorization": "Bearer undefined"},
    },
    "1.2 an old access token (php)": lambda body: {
        "json": body,
        "headers": {"Authorization": f"Bearer {'x' * 32}"},
    },
    "1.2 no Bearer at all": lambda body: {"json": body, "headers": {"Authorization": "Basic eA=="}},
    "1.2 unknown members (node)": lambda body: {
        "json": {**body, "bearer_token": "x", "whatever": {"a": [1]}}
    },
}
AS_BODY = pytest.mark.parametrize("form", BODIES.values(), ids=BODIES)


@AS_BODY
def test_a_code_is_redeemed_in_any_form(
    sandbox: Sandbox, form: Callable[[Document], dict[str, Any]]
) -> None:
    """Every body may be JSON or form-encoded; the token endpoint ignores the Authorization
    header and unknown members."""
    add_person(sandbox)
    body = {
        **sandbox.credentials,
        "grant_type": "authorization_code",
        "code": code(sandbox),
        "redirect_uri": CALLBACK,
    }
    response = sandbox.http.post("/oauth/token", **form(body))
    assert response.status_code == 200
    assert response.json()["linking_profile"]["profile_name"] == JANE


@AS_BODY
def test_a_token_is_refreshed_in_any_form(
    sandbox: Sandbox, form: Callable[[Document], dict[str, Any]]
) -> None:
    """The same holds for refreshing."""
    refresh_token = sandbox.connect(JANE)["refresh_token"]
    body = {
        **sandbox.credentials,
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
    }
    response = sandbox.http.post("/oauth/token", **form(body))
    assert response.json() == token("read_write")


@AS_BODY
def test_an_authorization_is_revoked_in_any_form(
    sandbox: Sandbox, form: Callable[[Document], dict[str, Any]]
) -> None:
    """The same holds for revoking."""
    answer = sandbox.connect(JANE)
    body = {**sandbox.credentials, "token": answer["refresh_token"]}
    assert sandbox.http.post("/oauth/token/revoke", **form(body)).status_code == 200
    assert sandbox.call(answer["access_token"], "GET", "/v1/userinfo").status_code == 401


@AS_BODY
def test_an_application_calendar_is_asked_for_in_any_form(
    sandbox: Sandbox, form: Callable[[Document], dict[str, Any]]
) -> None:
    """The same holds for application calendars."""
    body = {**sandbox.credentials, "application_calendar_id": "desk-42"}
    response = sandbox.http.post("/v1/application_calendars", **form(body))
    assert response.status_code == 200
    assert response.json()["application_calendar_id"] == "desk-42"


def test_nested_members_can_be_form_encoded(sandbox: Sandbox) -> None:
    """Every request body may be form-encoded, nested ones too."""
    answer = sandbox.connect(JANE)
    listed = sandbox.call(answer["access_token"], "GET", "/v1/calendars").json()["calendars"]
    body = [
        ("permissions[][calendar_id]", listed[0]["calendar_id"]),
        ("permissions[][permission_level]", "unrestricted"),
        ("redirect_uri", CALLBACK),
    ]
    response = sandbox.call(
        answer["access_token"],
        "POST",
        "/v1/permissions",
        content=urlencode(body),
        headers={"Content-Type": FORM},
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/link_tokens", "[]"), ("/v1/link_tokens", "{}"), ("/v1/link_tokens", "")],
    ids=["J an empty list (php)", "J an empty object (py)", "J nothing"],
)
def test_an_empty_body_may_look_like_anything(sandbox: Sandbox, path: str, body: str) -> None:
    """php encodes an empty parameter list as JSON []."""
    answer = sandbox.connect(JANE)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    response = sandbox.call(answer["access_token"], "POST", path, content=body, headers=headers)
    assert response.status_code == 200


def test_a_body_that_nobody_would_read_is_ignored(sandbox: Sandbox) -> None:
    """Unknown members are ignored; so is a whole body where none is taken."""
    answer = sandbox.connect(JANE)
    headers = {"Content-Type": "application/json"}
    response = sandbox.call(
        answer["access_token"], "POST", "/v1/link_tokens", content="{", headers=headers
    )
    assert response.status_code == 200
    assert "not valid JSON" in response.headers["mock-cronofy-warning"]
    response = sandbox.call(answer["access_token"], "GET", "/v1/userinfo?a=%00")
    assert response.status_code == 200
    assert "NUL" in response.headers["mock-cronofy-warning"]


@pytest.mark.parametrize("path", ["/v1/userinfo", "/v1/account", "/v1/profiles", "/v1/calendars"])
def test_reads_may_carry_a_body(sandbox: Sandbox, path: str) -> None:
    """py sends a {} JSON body on GET too."""
    answer = sandbox.connect(JANE)
    assert sandbox.call(answer["access_token"], "GET", path, json={}).status_code == 200


@pytest.mark.parametrize(
    ("value", "linked"),
    [("True", False), ("true", False), ("False", True), ("false", True), ("", True)],
    ids=lambda value: f"1.2 avoid_linking={value}",
)
def test_booleans_in_queries_may_be_pythons(sandbox: Sandbox, value: str, linked: bool) -> None:
    """Booleans are true/false, but py sends True and False; an empty value means absent."""
    for email in (JANE, "mary@acme.test"):
        add_person(sandbox, email)
    decide(sandbox, "authorize", email=JANE)
    redirected(sandbox.authorize())
    decide(sandbox, "authorize", email="mary@acme.test")
    redirected(sandbox.authorize(avoid_linking=value))
    subs = {item["sub"] for item in sandbox.control("GET", "").json()["connected"]}
    assert len(subs) == (1 if linked else 2)


def authorized_without_state(sandbox: Sandbox) -> httpx.Response:
    decide(sandbox, "authorize")
    return sandbox.authorize(state=None)


def test_empty_query_values_mean_absent(sandbox: Sandbox) -> None:
    """py always sends state=, provider_name= and avoid_linking=False."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    empty = dict.fromkeys(
        ("state", "provider_name", "access_type", "link_token", "delegated_scope"), ""
    )
    response = sandbox.authorize(**empty, avoid_linking="False")
    assert redirected(response).keys() == {"code"}
    # Nothing is said of them but what is said where they are missing.
    warning = response.headers["mock-cronofy-warning"]
    assert warning == authorized_without_state(sandbox).headers["mock-cronofy-warning"]


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
def test_tokens_can_be_asked_for_in_the_query(sandbox: Sandbox, grant: str) -> None:
    """At least two public applications send an empty POST body and everything in the query."""
    add_person(sandbox)
    if grant == "refresh_token":
        own = {"refresh_token": sandbox.connect(JANE)["refresh_token"]}
    else:
        own = {"code": code(sandbox), "redirect_uri": CALLBACK}
    query = {**sandbox.credentials, "grant_type": grant, **own}
    response = sandbox.http.post("/oauth/token", params=query)
    assert response.status_code == 200
    assert response.json()["scope"] == "read_write"


def test_the_body_wins_over_the_query(sandbox: Sandbox) -> None:
    """Body wins on conflict."""
    refresh_token = sandbox.connect(JANE)["refresh_token"]
    query = {**sandbox.credentials, "grant_type": "refresh_token", "refresh_token": "another"}
    body = {"refresh_token": refresh_token}
    assert sandbox.http.post("/oauth/token", params=query, json=body).status_code == 200
    body = {"client_secret": "wrong"}
    response = sandbox.http.post("/oauth/token", params=query, json=body)
    assert (response.status_code, response.json()) == (400, oauth_error("invalid_client"))


@pytest.mark.parametrize(
    "path",
    [
        "/oauth/token/",
        "/oauth/token/revoke/",
        "/v1/userinfo/",
        "/v1/link_tokens/",
        "/v1/service_account_authorizations/",
    ],
    ids=lambda path: f"1.2 {path}",
)
def test_a_trailing_slash_is_tolerated(sandbox: Sandbox, path: str) -> None:
    """An old node SDK posted to /v1/service_account_authorizations/."""
    method = "GET" if "userinfo" in path else "POST"
    response = sandbox.http.request(method, path)
    assert response.status_code == (400 if path.startswith("/oauth") else 401)


@pytest.mark.parametrize("enterprise", [False, True], ids=["individual", "enterprise"])
def test_unknown_query_parameters_of_the_pages_are_ignored(
    sandbox: Sandbox, enterprise: bool
) -> None:
    """Unknown query parameters on the authorize pages are ignored; one public application
    sends email."""
    add_organization(sandbox)
    decide(sandbox, "enterprise" if enterprise else "authorize")
    path = "/enterprise_connect/oauth/authorize" if enterprise else "/oauth/authorize"
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": CALLBACK,
        "scope": "service_account/accounts/manage" if enterprise else "read_write",
        "delegated_scope": "read_only",
        "email": "mary@acme.test",
        "prompt": "consent",
    }
    response = sandbox.http.get(path, params=query)
    assert redirected(response).keys() == {"code"}
    assert "email, prompt" in response.headers["mock-cronofy-warning"]


# --- 1.3 Authentication kinds --------------------------------------------------------

AT, SAT, KEY, ADMIN = "AT", "SAT", "KEY", "ADMIN"
CALLS: dict[str, tuple[str, ...]] = {
    "GET /v1/userinfo": (AT, SAT),
    "GET /v1/account": (AT, SAT),
    "GET /v1/profiles": (AT,),
    "GET /v1/calendars": (AT,),
    "POST /v1/calendars": (AT,),
    "POST /v1/permissions": (AT,),
    "POST /v1/link_tokens": (AT,),
    "POST /v1/profiles/pro_unknown/revoke": (AT,),
    "POST /v1/service_account_authorizations": (SAT,),
    "GET /v1/resources": (SAT,),
    "GET /v1/accessible_calendars": (AT,),
    "POST /v1/delegated_authorizations": (AT,),
    "POST /v1/applications": (ADMIN,),
    "POST /v1/application_verification": (KEY,),
}


@pytest.fixture
def bearers(sandbox: Sandbox) -> dict[str, str]:
    """One Bearer credential of every kind."""
    add_organization(sandbox)
    return {
        AT: sandbox.connect(JANE)["access_token"],
        SAT: connect_domain(sandbox)["access_token"],
        KEY: sandbox.application["client_secret"],
        ADMIN: sandbox.document["admin_api_key"],
    }


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"1.3 {call}")
def test_every_call_takes_its_own_kind_of_credential(
    sandbox: Sandbox, bearers: dict[str, str], call: str
) -> None:
    """Access tokens, API keys and admin keys are not interchangeable: the wrong kind is 401.
    The token of a service account used as a user's, or the other way round, is 403."""
    method, path = call.split()
    accepted = CALLS[call]
    for kind, bearer in bearers.items():
        response = sandbox.call(bearer, method, path)
        status = response.status_code
        if kind in accepted:
            assert status != 401, kind
        elif {kind, *accepted} <= {AT, SAT}:
            assert (status, response.content) == (403, b""), kind
        else:
            assert (status, response.content) == (401, b""), kind
            assert 'error="invalid_token"' in response.headers["www-authenticate"]


UNAUTHORIZED: dict[str, tuple[dict[str, str], str | None]] = {
    "1.7 missing": ({}, None),
    "1.7 malformed": ({"Authorization": "Bearer"}, "invalid_request"),
    "1.7 another scheme": ({"Authorization": "Basic eDp5"}, "invalid_request"),
    "1.7 unknown": ({"Authorization": "Bearer " + "x" * 32}, "invalid_token"),
    "J undefined": ({"Authorization": "Bearer undefined"}, "invalid_token"),
    "J None": ({"Authorization": "Bearer None"}, "invalid_token"),
}


@pytest.mark.parametrize("case", UNAUTHORIZED)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"1.3 {call}")
def test_no_call_works_without_a_credential(http: httpx.Client, call: str, case: str) -> None:
    """Credentials that are missing or malformed are 401 with an empty body and a
    WWW-Authenticate header; with no credentials at all it has no error."""
    headers, error = UNAUTHORIZED[case]
    response = http.request(*call.split(), headers=headers)
    assert (response.status_code, response.content) == (401, b"")
    challenge = 'Bearer realm="cronofy"'
    if error is not None:
        challenge += rf', error="({error})", error_description="[^"]+"'
    assert response.headers["www-authenticate"] == Like(challenge)


def test_bearer_may_be_written_in_any_case(sandbox: Sandbox) -> None:
    """RFC 6750: the scheme's name is case-insensitive."""
    access_token = sandbox.connect(JANE)["access_token"]
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {access_token}"}
        assert sandbox.http.get("/v1/userinfo", headers=headers).status_code == 200


# --- Client credentials in the body --------------------------------------------------

WITH_CREDENTIALS = ["/oauth/token", "/oauth/token/revoke", "/v1/application_calendars"]


@pytest.mark.parametrize("path", WITH_CREDENTIALS, ids=lambda path: f"1.3 BODY {path}")
@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": None}, "invalid_request"),
        ({"client_secret": None}, "invalid_request"),
        ({"client_id": ""}, "invalid_request"),
        ({"client_secret": 5}, "invalid_request"),
    ],
    ids=["unknown id", "wrong secret", "no id", "no secret", "empty id", "a number"],
)
def test_client_credentials_are_checked(
    sandbox: Sandbox, path: str, change: Document, error: str
) -> None:
    """client_id and client_secret wrong: 400 invalid_client; missing: invalid_request."""
    body = {
        **sandbox.credentials,
        "grant_type": "refresh_token",
        "refresh_token": "x",
        "token": "x",
        "application_calendar_id": "x",
        **change,
    }
    response = sandbox.http.post(path, json=body)
    assert (response.status_code, response.json()) == (400, oauth_error(error))
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"


def test_credentials_of_one_sandbox_do_not_work_with_those_of_another(open_sandbox: Open) -> None:
    """Credentials are unknown elsewhere: 401 and invalid_client."""
    first, second = open_sandbox(), open_sandbox()
    answer = first.connect(JANE)
    body = {
        **first.credentials,
        "client_secret": second.credentials["client_secret"],
        "token": answer["refresh_token"],
    }
    response = first.http.post("/oauth/token/revoke", json=body)
    assert (response.status_code, response.json()) == (400, oauth_error("invalid_client"))
    response = second.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert (response.status_code, response.json()) == (400, oauth_error("invalid_grant"))
    revoke(second, token=answer["refresh_token"])
    assert first.call(answer["access_token"], "GET", "/v1/userinfo").status_code == 200

"""identity.md §§1.4, 1.6-1.8, 1.11: data types, identifiers, statuses, bodies and headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.documents import (
    ACCOUNT_ID,
    APPLICATION_CALENDAR_ID,
    PROFILE_ID,
    SERVICE_ACCOUNT_ID,
    TOKEN,
    Like,
    errors,
    oauth_error,
    person,
)
from tests.contract.receiver import Receiver
from tests.contract.stories import (
    CALLBACK,
    add_organization,
    add_person,
    connect_domain,
    decide,
    exchange,
    read,
    revoke,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
CLOCK = "2026-05-11T08:00:00Z"


# --- 1.4 Data types ------------------------------------------------------------------


def test_times_have_second_precision(open_sandbox: Open) -> None:
    """1.4: output is YYYY-MM-DDTHH:MM:SSZ, never a fraction nor +00:00."""
    sandbox = open_sandbox(clock="2026-05-11T09:00:00+01:00")
    assert sandbox.document["clock"] == {"now": CLOCK, "mode": "virtual"}


def test_a_time_zone_is_an_iana_id(sandbox: Sandbox) -> None:
    """1.4: time zones are IANA id strings."""
    add_person(sandbox, zoneinfo="Pacific/Auckland")
    answer = sandbox.connect(JANE)
    assert read(sandbox, answer, "/v1/account")["account"]["default_tzid"] == "Pacific/Auckland"
    assert read(sandbox, answer, "/v1/userinfo")["zoneinfo"] == "Pacific/Auckland"


# --- 1.6 Identifiers -----------------------------------------------------------------


def test_every_identifier_has_its_form(sandbox: Sandbox, receiver: Receiver) -> None:
    """1.6: acc_, ser_ and apc_ with 24 hex digits; profiles of 16 characters, whose text is a
    part of their calendars' ids; codes and tokens of 32 characters; classic client ids of 32,
    new secrets that begin with CRN_."""
    add_organization(sandbox)
    domain = connect_domain(sandbox)
    assert domain["service_account_id"] == SERVICE_ACCOUNT_ID
    decide(sandbox, "authorize", email=JANE)
    code = redirected(sandbox.authorize())["code"]
    assert code == TOKEN
    answer = exchange(sandbox, code)
    assert answer["account_id"] == ACCOUNT_ID
    assert len(answer["account_id"]) == 28
    assert (answer["access_token"], answer["refresh_token"]) == (TOKEN, TOKEN)
    (calendar,) = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert calendar["profile_id"] == PROFILE_ID
    part = calendar["profile_id"].removeprefix("pro_")
    assert calendar["calendar_id"] == Like(rf"cal_{part}_[A-Za-z0-9_@-]+")
    body = {**sandbox.credentials, "application_calendar_id": "desk-42"}
    response = sandbox.http.post("/v1/application_calendars", json=body)
    assert response.json()["sub"] == APPLICATION_CALENDAR_ID
    assert sandbox.application["client_id"] == TOKEN
    assert sandbox.application["client_secret"] == Like(r"CRN_[A-Za-z0-9_-]{38}")
    response = sandbox.call(answer["access_token"], "POST", "/v1/link_tokens")
    assert response.json() == {"link_token": TOKEN}


@pytest.mark.parametrize("client_id", ["x", "id~odd!chars", "i" * 255])
@pytest.mark.parametrize("client_secret", ["y", "CRN_short", "s" * 255])
def test_credentials_are_opaque(open_sandbox: Open, client_id: str, client_secret: str) -> None:
    """1.6: the form of client_id and client_secret is not validated."""
    application = {"client_id": client_id, "client_secret": client_secret}
    sandbox = open_sandbox(scenario={"applications": [application]})
    assert sandbox.credentials == application
    answer = sandbox.connect(JANE)
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert response.status_code == 200


@pytest.mark.parametrize(
    "sub", ["acc_5700a00eb0ccd07000000000", "acc_567236000909002", "acc_", "x"]
)
def test_the_length_of_ids_is_not_validated(sandbox: Sandbox, sub: str) -> None:
    """1.6: documentation shows older, shorter account ids too."""
    revoke(sandbox, sub=sub)


def test_state_is_the_callers_own_text(sandbox: Sandbox) -> None:
    """1.6: state is the caller's own text, and returned unaltered."""
    add_person(sandbox)
    for state in ("x", "a b&c=d?#/+%20", "Größe 🗓", "=" * 500, '{"a":[1]}'):
        decide(sandbox, "authorize", email=JANE)
        assert redirected(sandbox.authorize(state=state))["state"] == state


# --- 1.7 Statuses --------------------------------------------------------------------


def test_200_has_a_json_body(sandbox: Sandbox) -> None:
    """1.7: 200 is done, with JSON."""
    answer = sandbox.connect(JANE)
    response = sandbox.call(answer["access_token"], "GET", "/v1/userinfo")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_202_is_empty_but_for_verification(sandbox: Sandbox) -> None:
    """1.7: 202 is accepted, with an empty body, except {} for application verification."""
    answer = sandbox.connect(JANE)
    profile_id = answer["linking_profile"]["profile_id"]
    response = sandbox.call(answer["access_token"], "POST", f"/v1/profiles/{profile_id}/revoke")
    assert (response.status_code, response.content) == (202, b"")
    body = {"redirect_uris": [CALLBACK], "contact": {"email": "dev@acme.test"}}
    key = sandbox.application["client_secret"]
    response = sandbox.call(key, "POST", "/v1/application_verification", json=body)
    assert (response.status_code, response.json()) == (202, {})


def test_401_for_an_expired_token(open_sandbox: Open) -> None:
    """1.7: expired access tokens are 401; the client refreshes, and retries."""
    sandbox = open_sandbox(clock=CLOCK)
    answer = sandbox.connect(JANE)
    sandbox.advance(seconds=answer["expires_in"] - 1)
    assert sandbox.call(answer["access_token"], "GET", "/v1/userinfo").status_code == 200
    sandbox.advance(seconds=1)
    response = sandbox.call(answer["access_token"], "GET", "/v1/userinfo")
    assert (response.status_code, response.content) == (401, b"")
    assert response.headers["www-authenticate"].startswith(
        'Bearer realm="cronofy", error="invalid_token"'
    )
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert sandbox.call(response.json()["access_token"], "GET", "/v1/userinfo").status_code == 200


def test_401_for_a_revoked_token(sandbox: Sandbox) -> None:
    """1.7: revoked access tokens are 401."""
    answer = sandbox.connect(JANE)
    revoke(sandbox, sub=answer["sub"])
    response = sandbox.call(answer["access_token"], "GET", "/v1/userinfo")
    assert (response.status_code, response.content) == (401, b"")


def test_403_where_the_scope_is_missing(sandbox: Sandbox) -> None:
    """1.7: 403 for a missing scope, with an empty body; an additional authorization request
    for the missing scope helps, because scopes accumulate."""
    answer = sandbox.connect(JANE, scope="read_only")
    body = {"profile_id": answer["linking_profile"]["profile_id"], "name": "New"}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert (response.status_code, response.content) == (403, b"")
    decide(sandbox, "authorize", email=JANE)
    sandbox.authorize(scope="create_calendar")
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert response.status_code == 200


def test_403_for_a_free_busy_profile(sandbox: Sandbox) -> None:
    """1.7: 403 for what is read-only."""
    answer = sandbox.connect(JANE, access_mode="free_busy")
    body = {"profile_id": answer["linking_profile"]["profile_id"], "name": "New"}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert (response.status_code, response.content) == (403, b"")


@pytest.mark.parametrize(
    "call",
    ["POST /v1/profiles/pro_unknown/revoke", "GET /v1/accessible_calendars?profile_id=pro_unknown"],
    ids=lambda call: f"1.7 {call}",
)
def test_404_for_what_is_not_there(sandbox: Sandbox, call: str) -> None:
    """1.7: 404 with an empty body."""
    answer = sandbox.connect(JANE)
    decide(sandbox, "authorize", email=JANE)
    sandbox.authorize(delegated_scope="free_busy")
    response = sandbox.call(answer["access_token"], *call.split())
    assert (response.status_code, response.content) == (404, b"")


def test_404_for_what_is_another_accounts(sandbox: Sandbox) -> None:
    """1.7: another account's profile is 404."""
    mine, theirs = sandbox.connect(JANE), sandbox.connect("mary@acme.test")
    for verb, path, options in _calls_with(theirs["linking_profile"]["profile_id"]):
        response = sandbox.call(mine["access_token"], verb, path, **options)
        assert (response.status_code, response.content) == (404, b"")


def _calls_with(profile_id: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("POST", f"/v1/profiles/{profile_id}/revoke", {}),
        ("POST", "/v1/calendars", {"json": {"profile_id": profile_id, "name": "New"}}),
    ]


def test_422_reports_several_fields_together(sandbox: Sandbox) -> None:
    """1.7: one member for each bad field, each an array of key and description."""
    answer = sandbox.connect(JANE)
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json={})
    assert response.status_code == 422
    assert response.json() == errors({"profile_id": "required", "name": "required"})
    assert response.headers["content-type"] == "application/json; charset=utf-8"


def test_422_names_nested_fields_by_a_path(sandbox: Sandbox) -> None:
    """1.7: nested fields use a path such as permissions[0].calendar_id."""
    answer = sandbox.connect(JANE)
    body = {
        "permissions": [{"calendar_id": "cal_x"}, {"permission_level": "unrestricted"}],
        "redirect_uri": CALLBACK,
    }
    response = sandbox.call(answer["access_token"], "POST", "/v1/permissions", json=body)
    assert response.json() == errors(
        {"permissions[0].permission_level": "required", "permissions[1].calendar_id": "required"}
    )


@pytest.mark.parametrize(
    ("content", "kind"),
    [("{", "application/json"), ('"x"', "application/json"), ("[1]", "application/json"),
     ("a=1", "text/plain"), ('{"a": 1}', "")],
    ids=["broken", "a text", "a list", "another type", "no type"],
)  # fmt: skip
def test_422_for_a_body_that_cannot_be_read(sandbox: Sandbox, content: str, kind: str) -> None:
    """1.7: invalid parameters are 422, with the error object."""
    answer = sandbox.connect(JANE)
    headers = {"Content-Type": kind} if kind else {}
    response = sandbox.call(
        answer["access_token"], "POST", "/v1/permissions", content=content, headers=headers
    )
    assert (response.status_code, response.json()) == (422, errors({"body": "invalid"}))


def test_423_while_the_provider_refuses(sandbox: Sandbox) -> None:
    """1.7: 423 when Cronofy holds no usable credentials for the provider."""
    answer = sandbox.connect(JANE)
    profile_id = answer["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    body = {"profile_id": profile_id, "name": "New"}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert (response.status_code, response.content) == (423, b"")


OAUTH_ERRORS: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "no grant_type": ("invalid_request", {}, {}),
    "another grant": ("unsupported_grant_type", {"grant_type": "password"}, {}),
    "empty grant": ("invalid_request", {"grant_type": ""}, {}),
    "no code": ("invalid_request", {"grant_type": "authorization_code", "redirect_uri": "x"}, {}),
    "no redirect_uri": ("invalid_request", {"grant_type": "authorization_code", "code": "x"}, {}),
    "unknown code": (
        "invalid_grant",
        {"grant_type": "authorization_code", "code": "x", "redirect_uri": CALLBACK},
        {"error_key": "errors.unknown_or_used"},
    ),
    "no refresh_token": ("invalid_request", {"grant_type": "refresh_token"}, {}),
    "unknown refresh_token": (
        "invalid_grant",
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {},
    ),
    "a code that is no text": (
        "invalid_request",
        {"grant_type": "authorization_code", "code": ["x"], "redirect_uri": CALLBACK},
        {},
    ),
}


@pytest.mark.parametrize("case", OAUTH_ERRORS, ids=[f"1.7 {case}" for case in OAUTH_ERRORS])
def test_400_is_for_oauth_errors(sandbox: Sandbox, case: str) -> None:
    """1.7: the token endpoint answers 400 with error, as RFC 6749 asks."""
    error, members, more = OAUTH_ERRORS[case]
    response = sandbox.token(**members)
    assert (response.status_code, response.json()) == (400, oauth_error(error, **more))
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["pragma"] == "no-cache"


@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/token/revoke"])
@pytest.mark.parametrize("content", ["{", "[1]"], ids=["broken", "a list"])
def test_400_for_a_body_that_cannot_be_read(http: httpx.Client, path: str, content: str) -> None:
    """1.7: the token endpoints answer 400 for whatever is wrong."""
    headers = {"Content-Type": "application/json"}
    response = http.post(path, content=content, headers=headers)
    assert (response.status_code, response.json()) == (400, oauth_error("invalid_request"))


def test_the_plan_is_checked_before_the_kind(open_sandbox: Open) -> None:
    """14: credential 401, then plan 402, then scope and kind 403, then the body 422."""
    scenario = {
        "applications": [{"plan": "emerging"}],
        "organizations": [{"domain": "acme.test", "members": [JANE]}],
    }
    sandbox = open_sandbox(scenario=scenario)
    for path in ("POST /v1/service_account_authorizations", "GET /v1/resources"):
        for answer in (
            sandbox.connect(JANE),
            sandbox.control("POST", "/connect", json={"service_account": "acme.test"}).json(),
        ):
            response = sandbox.call(answer["access_token"], *path.split())
            assert (response.status_code, response.content) == (402, b"")


def test_the_scope_is_checked_before_the_body(sandbox: Sandbox) -> None:
    """14: 403 goes before 404 and 422."""
    answer = sandbox.connect(JANE, scope="read_only")
    for body in ({}, {"profile_id": "pro_unknown", "name": "New"}):
        response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
        assert response.status_code == 403


@pytest.mark.parametrize(
    "call",
    ["GET /v1/accessible_calendars", "POST /v1/delegated_authorizations"],
    ids=lambda call: f"14 {call}",
)
def test_what_is_not_switched_on_is_refused_before_the_body(open_sandbox: Open, call: str) -> None:
    """14: 403 goes before 422, for Business Connect too."""
    sandbox = open_sandbox(scenario={"applications": [{}]})
    answer = sandbox.connect(JANE)
    response = sandbox.call(answer["access_token"], *call.split())
    assert (response.status_code, response.content) == (403, b"")


def test_the_state_of_the_profile_is_checked_last(sandbox: Sandbox) -> None:
    """14: 423 comes after 422."""
    answer = sandbox.connect(JANE)
    profile_id = answer["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    body = {"profile_id": profile_id}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert (response.status_code, response.json()) == (422, errors({"name": "required"}))


def test_what_can_never_be_written_is_refused_before_its_state(sandbox: Sandbox) -> None:
    """14: 403 goes before 423: connecting a Free/Busy profile again would not help."""
    answer = sandbox.connect(JANE, access_mode="free_busy")
    profile_id = answer["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    body = {"profile_id": profile_id, "name": "New"}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert (response.status_code, response.content) == (403, b"")


# --- 1.8 Headers ---------------------------------------------------------------------


def test_token_answers_are_not_to_be_stored(sandbox: Sandbox) -> None:
    """1.8: token answers add Cache-Control: no-store and Pragma: no-cache."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    code = redirected(sandbox.authorize())["code"]
    members = {"code": code, "redirect_uri": CALLBACK}
    exchanged = sandbox.token(grant_type="authorization_code", **members)
    refresh_token = exchanged.json()["refresh_token"]
    refreshed = sandbox.token(grant_type="refresh_token", refresh_token=refresh_token)
    body = {**sandbox.credentials, "application_calendar_id": "desk-42"}
    made = sandbox.http.post("/v1/application_calendars", json=body)
    for response in (exchanged, refreshed, made):
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["pragma"] == "no-cache"


@pytest.mark.parametrize(
    ("token", "status"),
    [("good", "200 OK"), ("wrong", "401 Unauthorized")],
    ids=["1.8 success", "1.8 error"],
)
def test_every_answer_carries_its_status_and_an_id(
    sandbox: Sandbox, token: str, status: str
) -> None:
    """1.8: live traffic carries Status and X-Request-Id; ruby uses Status as the message."""
    answer = sandbox.connect(JANE)
    bearer = answer["access_token"] if token == "good" else token
    first = sandbox.call(bearer, "GET", "/v1/userinfo")
    second = sandbox.call(bearer, "GET", "/v1/userinfo")
    assert first.headers["status"] == status
    ids = {r.headers["x-request-id"] for r in (first, second)}
    assert len(ids) == 2
    assert all(re.fullmatch(r"[0-9a-f-]{36}", one) for one in ids)


# --- 1.11 CORS -----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
def test_browsers_are_not_let_in(open_sandbox: Open, method: str) -> None:
    """1.11: the API sends no Access-Control-Allow-Origin for access-token calls."""
    sandbox = open_sandbox(scenario={"people": [person()]})
    answer = sandbox.connect(JANE)
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    response = sandbox.call(answer["access_token"], method, "/v1/userinfo", headers=headers)
    assert response.status_code == (200 if method == "GET" else 405)
    assert not [name for name in response.headers if name.startswith("access-control-")]

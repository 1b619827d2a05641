"""identity.md §§3.2-3.5: redeeming codes, refreshing, revoking authorizations and profiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import (
    account_token,
    calendar,
    cronofy_profile,
    free_busy_profile,
    google_profile,
    oauth_error,
    person,
    profile,
    token,
    userinfo,
)
from tests.contract.stories import (
    CALLBACK,
    add_person,
    connect,
    decide,
    exchange,
    read,
    refused,
    revoke,
    works,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
MARY = "mary@acme.test"
CLOCK = "2026-05-11T08:00:00Z"


# --- 3.2 POST /oauth/token, authorization_code ---------------------------------------


@pytest.mark.parametrize(
    "case",
    ["used", "another redirect_uri", "another application", "a slash more", "never issued"],
    ids=lambda case: f"3.2 {case}",
)
def test_invalid_grants(open_sandbox: Open, case: str) -> None:
    """invalid_grant, with errors.unknown_or_used: the code is unknown, expired or used
    already, or redirect_uri differs from the authorize request's."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}], "people": [person()]})
    decide(sandbox, "authorize")
    code = redirected(sandbox.authorize())["code"]
    credentials = sandbox.credentials
    redirect_uri = CALLBACK
    if case == "used":
        exchange(sandbox, code)
    elif case == "another redirect_uri":
        redirect_uri = "http://localhost:3000/other"
    elif case == "a slash more":
        redirect_uri = f"{CALLBACK}/"
    elif case == "another application":
        other = sandbox.document["applications"][1]
        credentials = {name: other[name] for name in ("client_id", "client_secret")}
    else:
        code = "x" * 32
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    response = sandbox.http.post("/oauth/token", json={**credentials, **body})
    expected = oauth_error("invalid_grant", error_key="errors.unknown_or_used")
    assert (response.status_code, response.json()) == (400, expected)
    if case not in {"used", "never issued"}:
        # A refused attempt does not spend the code.
        exchange(sandbox, code)


def test_linked_calendar_accounts_share_account_and_refresh_token(sandbox: Sandbox) -> None:
    """Authorizing a second calendar account that gets linked returns the same account_id and
    the same refresh_token; linking_profile is the new one."""
    add_person(sandbox)
    add_person(sandbox, MARY, provider="apple")
    first = connect(sandbox)
    decide(sandbox, "authorize", email=JANE)
    redirected(sandbox.authorize())
    decide(sandbox, "authorize", email=MARY)
    second = exchange(sandbox, redirected(sandbox.authorize())["code"])
    apple = profile("apple", "icloud", MARY, calendar(MARY, attachments=True))
    expected = userinfo(JANE, "read_write", google_profile(JANE), apple)
    assert second == account_token(expected, linking=1)
    assert second["sub"] == first["sub"]
    assert second["refresh_token"] == first["refresh_token"]


def test_authorizing_again_finds_everything_as_it_was(sandbox: Sandbox) -> None:
    """Walking a connected profile through the flow again updates that profile: same ids."""
    add_person(sandbox)
    first, second = connect(sandbox), connect(sandbox)
    for name in ("sub", "refresh_token", "linking_profile", "userinfo"):
        assert first[name] == second[name], name
    assert first["access_token"] != second["access_token"]


def test_authorizing_again_connects_a_disconnected_profile(sandbox: Sandbox) -> None:
    """A disconnected profile becomes connected."""
    add_person(sandbox)
    first = connect(sandbox)
    profile_id = first["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    (found,) = read(sandbox, first, "/v1/profiles")["profiles"]
    assert found["profile_connected"] is False
    second = connect(sandbox)
    assert second["userinfo"] == first["userinfo"]


def test_two_users_of_one_calendar_account_share_the_authorization(sandbox: Sandbox) -> None:
    """Two users of one application who connect the same calendar account share one
    authorization: revoking it for one disconnects the other."""
    add_person(sandbox)
    first, second = connect(sandbox), connect(sandbox, redirect_uri="http://localhost:4000/cb")
    assert first["sub"] == second["sub"]
    revoke(sandbox, token=first["refresh_token"])
    refused(sandbox, second)


# --- 3.3 POST /oauth/token, refresh_token --------------------------------------------


def test_a_refresh_answers_five_members(sandbox: Sandbox) -> None:
    """Exactly token_type, access_token, expires_in, refresh_token and scope."""
    answer = sandbox.connect(JANE)
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert response.json() == token("read_write")
    assert response.json()["refresh_token"] == answer["refresh_token"]


def test_earlier_access_tokens_stay_valid(open_sandbox: Open) -> None:
    """A refresh gives a new token; earlier ones are valid until they expire."""
    sandbox = open_sandbox(clock=CLOCK)
    answer = sandbox.connect(JANE)
    sandbox.advance(minutes=30)
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    new = response.json()
    assert new["access_token"] != answer["access_token"]
    assert new["expires_in"] == 3600
    for access_token in (answer["access_token"], new["access_token"]):
        assert sandbox.call(access_token, "GET", "/v1/userinfo").status_code == 200
    sandbox.advance(minutes=30)
    statuses = [
        sandbox.call(access_token, "GET", "/v1/userinfo").status_code
        for access_token in (answer["access_token"], new["access_token"])
    ]
    assert statuses == [401, 200]


def test_a_refresh_token_never_expires(open_sandbox: Open) -> None:
    """A refresh token never expires on its own."""
    sandbox = open_sandbox(clock=CLOCK)
    answer = sandbox.connect(JANE)
    sandbox.advance(days=3650)
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert response.json() == token("read_write")


def test_refresh_tokens_can_be_rotated(open_sandbox: Open) -> None:
    """A refresh may hand back a different refresh token; the old one is then invalid."""
    sandbox = open_sandbox(scenario={"switches": {"rotate_refresh_tokens": True}})
    answer = sandbox.connect(JANE)
    members = {"grant_type": "refresh_token", "refresh_token": answer["refresh_token"]}
    rotated = sandbox.token(**members).json()
    assert rotated["refresh_token"] != answer["refresh_token"]
    response = sandbox.token(**members)
    assert (response.status_code, response.json()) == (400, oauth_error("invalid_grant"))
    members["refresh_token"] = rotated["refresh_token"]
    assert sandbox.token(**members).status_code == 200


def test_a_refresh_token_belongs_to_its_application(open_sandbox: Open) -> None:
    """invalid_grant for a refresh token that is unknown to the application."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}]})
    answer = sandbox.connect(JANE)
    other = sandbox.document["applications"][1]
    body = {
        "client_id": other["client_id"],
        "client_secret": other["client_secret"],
        "grant_type": "refresh_token",
        "refresh_token": answer["refresh_token"],
    }
    response = sandbox.http.post("/oauth/token", json=body)
    assert (response.status_code, response.json()) == (400, oauth_error("invalid_grant"))


# --- 3.4 POST /oauth/token/revoke ----------------------------------------------------


@pytest.mark.parametrize("member", ["access_token", "refresh_token", "sub"],
                         ids=lambda m: f"3.4 {m}")  # fmt: skip
def test_revoking_ends_all_tokens_at_once(sandbox: Sandbox, member: str) -> None:
    """By access token, refresh token or sub: 200 with an empty body, and all tokens of that
    application and account stop working. Only a new authorization gives access back."""
    add_person(sandbox)
    first, second = connect(sandbox), connect(sandbox)
    revoke(sandbox, **{("sub" if member == "sub" else "token"): first[member]})
    refused(sandbox, first)
    refused(sandbox, second)
    third = connect(sandbox)
    works(sandbox, third)
    refused(sandbox, first)
    assert third["refresh_token"] != first["refresh_token"]


def test_a_code_ends_with_its_authorization(sandbox: Sandbox) -> None:
    """Only a new authorization gives access back, not a code from before."""
    add_person(sandbox)
    answer = connect(sandbox)
    decide(sandbox, "authorize")
    code = redirected(sandbox.authorize())["code"]
    revoke(sandbox, sub=answer["sub"])
    response = sandbox.token(grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    expected = oauth_error("invalid_grant", error_key="errors.unknown_or_used")
    assert (response.status_code, response.json()) == (400, expected)


@pytest.mark.parametrize(
    "members",
    [{"token": "x" * 32}, {"sub": "acc_000000000000000000000000"}, {"sub": "ser_0"}],
    ids=lambda members: f"3.4 {members}",
)
def test_revoking_what_is_unknown(sandbox: Sandbox, members: dict[str, str]) -> None:
    """200 also when the token or sub is unknown."""
    answer = sandbox.connect(JANE)
    response = revoke(sandbox, **members)
    assert "nothing was revoked" in response.headers["mock-cronofy-warning"]
    works(sandbox, answer)


def test_a_token_wins_over_a_sub(sandbox: Sandbox) -> None:
    """token wins if both are given."""
    jane, mary = sandbox.connect(JANE), sandbox.connect(MARY)
    revoke(sandbox, token=jane["refresh_token"], sub=mary["sub"])
    refused(sandbox, jane)
    works(sandbox, mary)


def test_an_expired_access_token_cannot_revoke(open_sandbox: Open) -> None:
    """The refresh token is advised because an expired access token cannot be used."""
    sandbox = open_sandbox(clock=CLOCK)
    answer = sandbox.connect(JANE)
    sandbox.advance(hours=1)
    revoke(sandbox, token=answer["access_token"])
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert response.status_code == 200
    revoke(sandbox, token=answer["refresh_token"])
    refused(sandbox, {**answer, "access_token": response.json()["access_token"]})


@pytest.mark.parametrize("members", [{}, {"token": ""}, {"token": None, "sub": None}],
                         ids=lambda members: f"3.4 {members}")  # fmt: skip
def test_revoking_nothing(sandbox: Sandbox, members: dict[str, Any]) -> None:
    """Neither token nor sub: 400 invalid_request."""
    response = sandbox.http.post("/oauth/token/revoke", json={**sandbox.credentials, **members})
    assert (response.status_code, response.json()) == (400, oauth_error("invalid_request"))


@pytest.mark.parametrize("value", [True, False, "true"], ids=lambda v: f"3.4 {v!r}")
def test_erasure_can_be_asked_for(sandbox: Sandbox, value: object) -> None:
    """request_pii_erasure is a boolean that may stand beside token or sub."""
    answer = sandbox.connect(JANE)
    body = {**sandbox.credentials, "sub": answer["sub"], "request_pii_erasure": value}
    response = sandbox.http.post("/oauth/token/revoke", json=body)
    assert (response.status_code, response.content) == (200, b"")
    refused(sandbox, answer)


def test_other_applications_keep_their_access(open_sandbox: Open) -> None:
    """Other applications on the same account keep their access."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}], "people": [person()]})
    other = sandbox.document["applications"][1]
    mine = sandbox.connect(JANE)
    theirs = sandbox.connect(JANE, client_id=other["client_id"])
    assert mine["sub"] == theirs["sub"]
    revoke(sandbox, sub=mine["sub"])
    refused(sandbox, mine)
    assert sandbox.call(theirs["access_token"], "GET", "/v1/userinfo").status_code == 200
    # Another application's tokens are unknown to this one.
    revoke(sandbox, token=theirs["refresh_token"])
    assert sandbox.call(theirs["access_token"], "GET", "/v1/userinfo").status_code == 200


# --- 3.5 POST /v1/profiles/{profile_id}/revoke ---------------------------------------


def test_revoking_a_profile(sandbox: Sandbox) -> None:
    """202 and empty. The profile leaves profiles, calendars and userinfo; the authorization
    stays, and its tokens keep working even with the last profile gone."""
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    profiles = [free_busy_profile("google_free_busy", JANE), cronofy_profile(JANE)]
    ids = [p["profile_id"] for p in read(sandbox, answer, "/v1/profiles")["profiles"]]
    while ids:
        path = f"/v1/profiles/{ids.pop(0)}/revoke"
        response = sandbox.call(answer["access_token"], "POST", path)
        assert (response.status_code, response.content) == (202, b"")
        profiles.pop(0)
        assert read(sandbox, answer, "/v1/userinfo") == userinfo(JANE, "free_busy_write", *profiles)
        assert len(read(sandbox, answer, "/v1/calendars")["calendars"]) == len(profiles)
        response = sandbox.call(answer["access_token"], "POST", path)
        assert (response.status_code, response.content) == (404, b"")
    works(sandbox, answer)


def test_a_revoked_profile_comes_back_by_authorizing(sandbox: Sandbox) -> None:
    """Same provider account, same ids."""
    add_person(sandbox)
    answer = connect(sandbox)
    profile_id = answer["linking_profile"]["profile_id"]
    sandbox.call(answer["access_token"], "POST", f"/v1/profiles/{profile_id}/revoke")
    again = connect(sandbox)
    assert again["userinfo"] == answer["userinfo"]
    assert again["refresh_token"] == answer["refresh_token"]

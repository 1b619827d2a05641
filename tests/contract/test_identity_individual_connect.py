"""identity.md §3: Individual Connect, from the authorize page to the end of an authorization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import (
    Document,
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
    STATE,
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


# --- 3.1 GET /oauth/authorize --------------------------------------------------------


@pytest.mark.parametrize(
    ("redirect_uri", "location"),
    [
        (CALLBACK, f"{CALLBACK}?"),
        ("https://acme.test/cb", "https://acme.test/cb?"),
        (f"{CALLBACK}?tenant=7", f"{CALLBACK}?tenant=7&"),
        (f"{CALLBACK}?a=%C3%A9+b", f"{CALLBACK}?a=%C3%A9+b&"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000?"),
    ],
    ids=["3.1 http", "3.1 https", "3.1 a query", "3.1 an encoded query", "3.1 no path"],
)
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_outcomes_are_added_to_the_redirect_uri(
    sandbox: Sandbox, redirect_uri: str, location: str, decision: str
) -> None:
    """Success: 302 with code and state added to any existing query. The person refuses: 302
    with error=access_denied and state."""
    add_person(sandbox)
    decide(sandbox, "authorize", decision)
    response = sandbox.authorize(redirect_uri=redirect_uri, state="abc")
    query = redirected(response)
    outcome = f"code={query['code']}" if decision == "allow" else "error=access_denied"
    assert response.headers["location"] == f"{location}{outcome}&state=abc"
    if decision == "allow":
        assert exchange(sandbox, query["code"], redirect_uri)["userinfo"]["email"] == JANE


def test_no_state_comes_back_where_none_was_sent(sandbox: Sandbox) -> None:
    """state is optional, and returned unaltered."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    assert redirected(sandbox.authorize()).keys() == {"code"}
    decide(sandbox, "authorize", "deny")
    assert redirected(sandbox.authorize()) == {"error": "access_denied"}


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": ""}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"scope": "unheard_of"}, "invalid_scope"),
        ({"link_token": "unheard_of"}, "invalid_request"),
        ({"delegated_scope": "read_write"}, "invalid_scope"),
    ],
    ids=lambda value: f"3.1 {value}",
)
def test_what_cannot_be_asked_is_refused_by_redirect(
    sandbox: Sandbox, parameters: dict[str, Any], error: str
) -> None:
    """A bad response_type or scope: 302 with an error of RFC 6749 §4.1.2.1 and state."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    response = sandbox.authorize(state=STATE, **parameters)
    query = redirected(response)
    description = query["error_description"]
    assert query == {"error": error, "error_description": description, "state": STATE}
    assert response.headers["location"].startswith(f"{CALLBACK}?error=")


@pytest.mark.parametrize(
    "parameters",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "nobody"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": "acme://callback"},
        {"redirect_uri": "/callback"},
        {"redirect_uri": "https://"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
    ids=lambda value: f"3.1 {value}",
)
def test_an_unsafe_request_ends_on_an_error_page(
    sandbox: Sandbox, parameters: dict[str, Any]
) -> None:
    """An unknown client_id, and a missing or unregistered redirect_uri: an error page and no
    redirect. Custom schemes are never allowed."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    response = sandbox.authorize(state=STATE, **parameters)
    assert response.status_code == 400
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "location" not in response.headers
    assert response.headers["mock-cronofy-hint"]


def test_internal_applications_are_rejected(open_sandbox: Open) -> None:
    """An internal application: the authorization is rejected."""
    sandbox = open_sandbox(scenario={"applications": [{"internal": True}], "people": [person()]})
    decide(sandbox, "authorize")
    query = redirected(sandbox.authorize(state=STATE))
    assert (query["error"], query["state"]) == ("unauthorized_client", STATE)


def hosted(name: str) -> list[Document]:
    return [free_busy_profile(name, JANE), cronofy_profile(JANE)]


PROVIDER_NAMES: dict[str, tuple[str, list[Document]]] = {
    "apple": ("apple", [profile("apple", "icloud", JANE, calendar(JANE, attachments=True))]),
    "google": ("google", [google_profile(JANE)]),
    "exchange": ("exchange", [profile("exchange", "exchange", JANE, calendar(JANE))]),
    "office365": (
        "office365",
        [
            profile(
                "exchange",
                "office365",
                JANE,
                calendar(JANE, conferencing=True),
                provider_protocol="graph_api",
            )
        ],
    ),
    "live_connect": (
        "outlook_com",
        [profile("live_connect", "outlook_com", JANE, calendar(JANE))],
    ),
    "cronofy": ("google", [cronofy_profile(JANE)]),
    "google_free_busy": ("google", hosted("google_free_busy")),
    "ms_graph_free_busy": ("office365", hosted("ms_graph_free_busy")),
}


@pytest.mark.parametrize("name", PROVIDER_NAMES, ids=lambda name: f"3.1 provider_name={name}")
def test_provider_name_jumps_to_a_provider(sandbox: Sandbox, name: str) -> None:
    """provider_name goes straight to a provider, in its mode; what is reported is another set
    of names (§8.3)."""
    provider, profiles = PROVIDER_NAMES[name]
    others = [p for p in ("google", "office365", "apple", "exchange", "outlook_com")
              if p != provider]  # fmt: skip
    if name != "cronofy":
        # Anybody with another provider cannot be meant.
        for other in others:
            add_person(sandbox, f"{other}@acme.test", provider=other)
    add_person(sandbox, provider=provider)
    decide(sandbox, "authorize")
    query = redirected(sandbox.authorize(scope="free_busy_write", provider_name=name))
    expected = userinfo(JANE, "free_busy_write", *profiles)
    assert exchange(sandbox, query["code"]) == account_token(expected)


def test_an_unknown_provider_name_is_ignored(sandbox: Sandbox) -> None:
    """An unknown value is ignored, and the chooser shown."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    response = sandbox.authorize(provider_name="lotus_notes")
    assert redirected(response).keys() == {"code"}
    assert "provider_name=lotus_notes is ignored" in response.headers["mock-cronofy-warning"]


@pytest.mark.parametrize("locale", ["de", "fr-CA", "zh-CN", "xx"], ids=lambda v: f"3.1 {v}")
def test_a_locale_changes_nothing_but_words(sandbox: Sandbox, locale: str) -> None:
    """locale is the display language."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    response = sandbox.authorize(locale=locale)
    assert redirected(response).keys() == {"code"}
    assert "mock-cronofy-warning" not in response.headers


def test_the_redirect_comes_before_the_synchronization(sandbox: Sandbox) -> None:
    """Right after a code exchange profile_initial_sync_required may be true."""
    add_person(sandbox, initial_sync="held")
    answer = connect(sandbox)
    expected = userinfo(
        JANE, "read_write", google_profile(JANE, profile_initial_sync_required=True)
    )
    assert answer == account_token(expected)


def test_a_code_lives_ten_minutes(open_sandbox: Open) -> None:
    """A code is short-lived: ten minutes."""
    sandbox = open_sandbox(clock=CLOCK, scenario={"people": [person()]})
    codes = []
    for _ in range(2):
        decide(sandbox, "authorize")
        codes.append(redirected(sandbox.authorize())["code"])
    sandbox.advance(minutes=9, seconds=59)
    exchange(sandbox, codes[0])
    sandbox.advance(seconds=1)
    members = {"code": codes[1], "redirect_uri": CALLBACK}
    response = sandbox.token(grant_type="authorization_code", **members)
    expected = oauth_error("invalid_grant", error_key="errors.unknown_or_used")
    assert (response.status_code, response.json()) == (400, expected)


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

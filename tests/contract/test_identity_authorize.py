"""identity.md §3.1: Individual Connect's authorize page."""

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
    userinfo,
)
from tests.contract.stories import (
    CALLBACK,
    STATE,
    add_person,
    connect,
    decide,
    exchange,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
MARY = "mary@acme.test"
CLOCK = "2026-05-11T08:00:00Z"


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


@pytest.mark.parametrize("locale", ["de", "fr-CA", "zh-CN", "en"], ids=lambda v: f"3.1 {v}")
def test_a_locale_changes_nothing_but_words(sandbox: Sandbox, locale: str) -> None:
    """locale is the display language."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    response = sandbox.authorize(locale=locale, state="s")
    assert redirected(response).keys() == {"code", "state"}
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

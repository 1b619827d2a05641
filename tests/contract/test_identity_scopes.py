"""identity.md §2: scopes, what they allow, and how they are echoed."""

from __future__ import annotations

import pytest

from mock_server.rules import scopes
from tests.contract.stories import (
    CALLBACK,
    MANAGE_ACCOUNTS,
    MANAGE_RESOURCES,
    UNRESTRICTED_ACCOUNTS,
    UNRESTRICTED_RESOURCES,
    add_organization,
    add_person,
    authorize_enterprise,
    connect,
    connect_domain,
    decide,
    read,
)
from tests.emulator import Sandbox, redirected

JANE = "jane@acme.test"

GRANULAR = {
    "create_calendar",
    "read_events",
    "create_event",
    "delete_event",
    "read_free_busy",
    "change_participation_status",
}
WRITE = {"create_calendar", "create_event", "delete_event"}
ALLOWS: dict[str, set[str]] = {
    # 2.1; read_events implies read_free_busy
    "create_calendar": {"create_calendar"},
    "read_events": {"read_events", "read_free_busy"},
    "create_event": {"create_event"},
    "delete_event": {"delete_event"},
    "read_free_busy": {"read_free_busy"},
    "change_participation_status": {"change_participation_status"},
    "read_account": set(),
    "list_calendars": set(),
    "event_reminders": set(),
    "full_access": set(),
    # 2.2
    "read_only": {"read_events", "read_free_busy"},
    "write_only": WRITE,
    "read_write": GRANULAR,
    "free_busy": {"read_free_busy"},
    "free_busy_write": {"read_free_busy"} | WRITE,
    # defaults of the SDKs
    "read_account read_events create_event delete_event": GRANULAR
    - {"create_calendar", "change_participation_status"},
    "read_account list_calendars read_events create_event delete_event": GRANULAR
    - {"create_calendar", "change_participation_status"},
    # 2.2: mixing is allowed
    "free_busy create_event": {"read_free_busy", "create_event"},
}
EVERY = pytest.mark.parametrize("scope", ALLOWS, ids=lambda scope: f"2 {scope}")


@EVERY
def test_what_a_scope_allows(scope: str) -> None:
    """The six granular scopes, and the simplified ones made of them; legacy ones are
    accepted and allow nothing."""
    assert scopes.expand(scope) & GRANULAR == ALLOWS[scope]


@EVERY
def test_a_scope_is_echoed_verbatim(sandbox: Sandbox, scope: str) -> None:
    """The granted string is kept and echoed verbatim in token answers, /v1/account and
    userinfo, not its expansion."""
    add_person(sandbox)
    answer = connect(sandbox, scope=scope)
    assert answer["scope"] == scope
    assert answer["userinfo"]["cronofy.data"]["authorization"]["scope"] == scope
    refreshed = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert refreshed.json()["scope"] == scope
    assert read(sandbox, answer, "/v1/account")["account"]["scope"] == scope
    userinfo = read(sandbox, answer, "/v1/userinfo")
    assert userinfo["cronofy.data"]["authorization"]["scope"] == scope


@EVERY
def test_create_calendar_is_needed_to_create_calendars(sandbox: Sandbox, scope: str) -> None:
    """2.4: POST /v1/calendars needs create_calendar; a missing scope is 403."""
    answer = sandbox.connect(JANE, scope=scope)
    body = {"profile_id": answer["linking_profile"]["profile_id"], "name": "New"}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert response.status_code == (200 if "create_calendar" in ALLOWS[scope] else 403)


@EVERY
def test_any_valid_token_may_do_the_rest(sandbox: Sandbox, scope: str) -> None:
    """2.4: userinfo, account, profiles, calendars, permissions, link tokens and revoking a
    profile need no scope."""
    answer = sandbox.connect(JANE, scope=scope)
    for path in ("/v1/userinfo", "/v1/account", "/v1/profiles"):
        read(sandbox, answer, path)
    (calendar,) = read(sandbox, answer, "/v1/calendars")["calendars"]
    permission = {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
    body = {"permissions": [permission], "redirect_uri": CALLBACK}
    call = (answer["access_token"], "POST")
    assert sandbox.call(*call, "/v1/permissions", json=body).status_code == 200
    assert sandbox.call(*call, "/v1/link_tokens").status_code == 200
    assert sandbox.call(*call, f"/v1/profiles/{calendar['profile_id']}/revoke").status_code == 202


SERVICE_ACCOUNT_SCOPES = [
    MANAGE_ACCOUNTS,
    UNRESTRICTED_ACCOUNTS,
    MANAGE_RESOURCES,
    UNRESTRICTED_RESOURCES,
    "service_account/manage_accounts",
    "service_account/manage_resources",
    f"{MANAGE_ACCOUNTS} {MANAGE_RESOURCES} {UNRESTRICTED_ACCOUNTS} {UNRESTRICTED_RESOURCES}",
]


@pytest.mark.parametrize("scope", SERVICE_ACCOUNT_SCOPES, ids=lambda scope: f"2.3 {scope}")
def test_service_account_scopes(sandbox: Sandbox, scope: str) -> None:
    """2.3: each may be asked for, and is echoed verbatim; managing accounts or resources is
    allowed by the old spellings too."""
    add_organization(sandbox)
    answer = connect_domain(sandbox, scope=scope)
    assert answer["scope"] == scope
    assert read(sandbox, answer, "/v1/account")["account"]["scope"] == scope
    words = scope.split()
    manages_accounts = MANAGE_ACCOUNTS in words or "service_account/manage_accounts" in words
    manages_resources = MANAGE_RESOURCES in words or "service_account/manage_resources" in words
    for email, allowed in ((JANE, manages_accounts), ("room-1@acme.test", manages_resources)):
        response = sandbox.call(
            answer["access_token"],
            "POST",
            "/v1/service_account_authorizations",
            json={"email": email, "scope": "read_write", "callback_url": "http://127.0.0.1:9/"},
        )
        assert response.status_code == (202 if allowed else 403), email
    response = sandbox.call(answer["access_token"], "GET", "/v1/resources")
    assert response.status_code == (200 if manages_resources else 403)


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        (None, "invalid_request"),
        ("", "invalid_request"),
        ("read_everything", "invalid_scope"),
        ("read_write read_everything", "invalid_scope"),
        (MANAGE_ACCOUNTS, "invalid_scope"),
    ],
    ids=["2.3 missing", "2.3 empty", "2.3 unknown", "2.3 one unknown", "2.3 of a domain"],
)
def test_a_wrong_scope_is_refused_by_redirect(
    sandbox: Sandbox, scope: str | None, error: str
) -> None:
    """2.3: a missing scope is invalid_request, an unknown one invalid_scope, both by redirect
    with the state."""
    decide(sandbox, "authorize")
    query = redirected(sandbox.authorize(scope=scope, state="s"))
    assert query == {
        "error": error,
        "error_description": query["error_description"],
        "state": "s",
    }


@pytest.mark.parametrize("name", ["scope", "delegated_scope"])
@pytest.mark.parametrize(
    ("value", "error"),
    [(None, "invalid_request"), ("", "invalid_request"), ("everything", "invalid_scope")],
    ids=["2.3 missing", "2.3 empty", "2.3 unknown"],
)
def test_a_wrong_scope_of_a_domain_is_refused_by_redirect(
    sandbox: Sandbox, name: str, value: str | None, error: str
) -> None:
    """2.3, 6.1: both scope and delegated_scope are required for a domain."""
    add_organization(sandbox)
    query = redirected(authorize_enterprise(sandbox, state="s", **{name: value}))
    assert query == {
        "error": error,
        "error_description": query["error_description"],
        "state": "s",
    }


def test_scopes_accumulate(sandbox: Sandbox) -> None:
    """1.7, 3.2: an additional authorization adds its scopes to those granted before."""
    add_person(sandbox)
    first = connect(sandbox, scope="read_events create_event")
    second = connect(sandbox, scope="delete_event create_event")
    assert second["scope"] == "read_events create_event delete_event"
    assert second["refresh_token"] == first["refresh_token"]
    assert read(sandbox, first, "/v1/account")["account"]["scope"] == second["scope"]


def test_scopes_begin_anew_after_a_revoke(sandbox: Sandbox) -> None:
    """3.4: only a new authorization gives access back, with the scope that it asks for."""
    add_person(sandbox)
    first = connect(sandbox, scope="read_write")
    body = {**sandbox.credentials, "sub": first["sub"]}
    sandbox.http.post("/oauth/token/revoke", json=body)
    assert connect(sandbox, scope="free_busy")["scope"] == "free_busy"

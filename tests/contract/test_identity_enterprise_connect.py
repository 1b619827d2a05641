"""identity.md §6: service accounts, what they may do, and the end of their access.

The callbacks themselves are in test_callbacks.py, changing the mode in test_seed_003.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import (
    SERVICE_ACCOUNT_ID,
    Document,
    person,
    service_account_token,
    service_account_userinfo,
    token,
)
from tests.contract.stories import (
    CALLBACK,
    MANAGE_ACCOUNTS,
    MANAGE_RESOURCES,
    STATE,
    add_organization,
    authorize_enterprise,
    connect,
    connect_domain,
    created,
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
ROOM = "room-1@acme.test"
CLOCK = "2026-05-11T08:00:00Z"


# --- 6.1 GET /enterprise_connect/oauth/authorize -------------------------------------


@pytest.mark.parametrize("redirect_uri", [CALLBACK, f"{CALLBACK}?tenant=7"])
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_outcomes(sandbox: Sandbox, redirect_uri: str, decision: str) -> None:
    """code and state on success; on failure error and state."""
    add_organization(sandbox)
    decide(sandbox, "enterprise", decision)
    response = authorize_enterprise(sandbox, state="abc", redirect_uri=redirect_uri)
    query = redirected(response)
    outcome = f"code={query['code']}" if decision == "allow" else "error=access_denied"
    separator = "&" if "?" in redirect_uri else "?"
    assert response.headers["location"] == f"{redirect_uri}{separator}{outcome}&state=abc"


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "read_write"}, "invalid_scope"),
        ({"delegated_scope": MANAGE_ACCOUNTS}, "invalid_scope"),
    ],
    ids=lambda value: f"6.1 {value}",
)
def test_what_cannot_be_asked_is_refused_by_redirect(
    sandbox: Sandbox, parameters: dict[str, Any], error: str
) -> None:
    """An error of RFC 6749 §4.1.2.1, and state."""
    add_organization(sandbox)
    query = redirected(authorize_enterprise(sandbox, state=STATE, **parameters))
    assert (query["error"], query["state"]) == (error, STATE)


@pytest.mark.parametrize(
    "parameters",
    [{"client_id": "nobody"}, {"redirect_uri": None}, {"redirect_uri": "acme://x"}],
    ids=lambda value: f"6.1 {value}",
)
def test_an_unsafe_request_ends_on_an_error_page(
    sandbox: Sandbox, parameters: dict[str, Any]
) -> None:
    """As for Individual Connect."""
    add_organization(sandbox)
    response = authorize_enterprise(sandbox, **parameters)
    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize(
    "scope",
    [
        "read_only",
        "write_only",
        "read_write",
        "free_busy",
        "free_busy_write",
        "read_only write_only read_write free_busy free_busy_write",
        "read_events create_event delete_event",
    ],
    ids=lambda scope: f"6.1 {scope}",
)
def test_any_user_scope_can_be_delegated(sandbox: Sandbox, scope: str) -> None:
    """delegated_scope is any of the simplified scopes, or granular ones; echoed verbatim."""
    add_organization(sandbox)
    answer = connect_domain(sandbox, delegated_scope=scope)
    authorization = answer["userinfo"]["cronofy.data"]["authorization"]
    assert authorization["delegated_scope"] == scope


@pytest.mark.parametrize(
    "parameters",
    [
        {"avoid_linking": "True"},
        {"link_token": "unheard_of"},
        {"provider_name": "google_free_busy"},
    ],
    ids=lambda value: f"6.1 {value}",
)
def test_what_csharp_appends_is_ignored(sandbox: Sandbox, parameters: dict[str, str]) -> None:
    """avoid_linking, link_token and provider_name are ignored."""
    add_organization(sandbox)
    answer = connect_domain(sandbox, delegated_scope="free_busy_write", **parameters)
    service_account = answer["userinfo"]["cronofy.data"]["service_account"]
    assert service_account["provider_name"] == "google"


def test_the_old_path(sandbox: Sandbox) -> None:
    """/service_accounts/oauth/authorize is an alias."""
    add_organization(sandbox)
    decide(sandbox, "enterprise")
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": CALLBACK,
        "scope": MANAGE_ACCOUNTS,
        "delegated_scope": "read_write",
    }
    response = sandbox.http.get("/service_accounts/oauth/authorize", params=query)
    answer = exchange(sandbox, redirected(response)["code"])
    assert answer["service_account_id"] == SERVICE_ACCOUNT_ID


# --- 6.2 Tokens of a service account -------------------------------------------------

REPORTED = {
    ("google", "read_write"): "google",
    ("google", "free_busy"): "google_free_busy",
    ("office365", "read_write"): "exchange",
    ("office365", "free_busy"): "ms_graph_free_busy",
    ("exchange", "read_write"): "exchange",
}


@pytest.mark.parametrize(("provider", "mode"), REPORTED, ids=lambda value: f"6.2 {value}")
def test_the_token_answer(sandbox: Sandbox, provider: str, mode: str) -> None:
    """expires_in is 1800; service_account_id and sub are the ser_ id; userinfo's provider_name
    tells the mode. No account_id and no linking_profile."""
    add_organization(sandbox, provider)
    answer = connect_domain(sandbox, delegated_scope="free_busy_write", access_mode=mode)
    shown = service_account_userinfo(
        "admin@acme.test",
        "acme.test",
        REPORTED[provider, mode],
        MANAGE_ACCOUNTS,
        "free_busy_write",
    )
    assert answer == service_account_token(shown)
    assert read(sandbox, answer, "/v1/userinfo") == shown
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert response.json() == token(MANAGE_ACCOUNTS, expires_in=1800)


def test_a_token_of_a_service_account_lives_half_an_hour(open_sandbox: Open) -> None:
    """expires_in 1800."""
    sandbox = open_sandbox(clock=CLOCK)
    add_organization(sandbox)
    answer = connect_domain(sandbox)
    sandbox.advance(seconds=1799)
    assert sandbox.call(answer["access_token"], "GET", "/v1/userinfo").status_code == 200
    sandbox.advance(seconds=1)
    assert sandbox.call(answer["access_token"], "GET", "/v1/userinfo").status_code == 401


def test_agreeing_again_widens_the_same_service_account(sandbox: Sandbox) -> None:
    """Without a revoke, in the same mode, it stays one service account."""
    add_organization(sandbox)
    first = connect_domain(sandbox, scope=MANAGE_ACCOUNTS, delegated_scope="read_only")
    second = connect_domain(sandbox, scope=MANAGE_RESOURCES, delegated_scope="write_only")
    assert second["sub"] == first["sub"]
    assert second["refresh_token"] == first["refresh_token"]
    assert second["scope"] == f"{MANAGE_ACCOUNTS} {MANAGE_RESOURCES}"
    authorization = second["userinfo"]["cronofy.data"]["authorization"]
    assert authorization["delegated_scope"] == "read_only write_only"


# --- 6.3 What a service account can do -----------------------------------------------


def test_a_service_account_reads_its_own_account(sandbox: Sandbox) -> None:
    """It reads its userinfo and account."""
    add_organization(sandbox)
    answer = connect_domain(sandbox)
    assert read(sandbox, answer, "/v1/account") == {
        "account": {
            "account_id": answer["sub"],
            "email": "admin@acme.test",
            "name": "Jane Doe",
            "scope": MANAGE_ACCOUNTS,
            "default_tzid": "Europe/London",
        },
        "sub": answer["sub"],
    }


# --- 6.4, 6.6 Accounts through a service account -------------------------------------


@pytest.mark.parametrize(
    ("email", "service_scope", "allowed"),
    [
        (JANE, MANAGE_ACCOUNTS, True),
        (JANE, MANAGE_RESOURCES, False),
        (ROOM, MANAGE_ACCOUNTS, False),
        (ROOM, MANAGE_RESOURCES, True),
    ],
    ids=lambda value: f"6.4 {value}",
)
def test_users_and_resources_have_scopes_of_their_own(
    sandbox: Sandbox, email: str, service_scope: str, allowed: bool
) -> None:
    """403 if the service account lacks accounts/manage for users, resources/manage for
    resources."""
    add_organization(sandbox)
    answer = connect_domain(sandbox, scope=service_scope)
    body = {"email": email, "scope": "read_write", "callback_url": "http://127.0.0.1:9/"}
    response = sandbox.call(
        answer["access_token"], "POST", "/v1/service_account_authorizations", json=body
    )
    assert (response.status_code, response.content) == (202 if allowed else 403, b"")


def test_one_forbidden_entry_forbids_the_collection(sandbox: Sandbox) -> None:
    """Nothing is requested then."""
    add_organization(sandbox)
    answer = connect_domain(sandbox)
    entries = [
        {"email": email, "scope": "read_write", "callback_url": "http://127.0.0.1:9/"}
        for email in (JANE, ROOM)
    ]
    response = sandbox.call(
        answer["access_token"],
        "POST",
        "/v1/service_account_authorizations",
        json={"service_account_authorizations": entries},
    )
    assert (response.status_code, response.content) == (403, b"")
    assert sandbox.control("GET", "/deliveries").json() == {"deliveries": []}


@pytest.mark.parametrize("by", ["refresh_token", "access_token", "sub"], ids=lambda m: f"6.6 {m}")
def test_revoking_a_service_account_cascades(sandbox: Sandbox, by: str) -> None:
    """The service account and every account authorized through it are revoked. Accounts that
    the same person authorized some other way keep that access."""
    add_organization(sandbox)
    mine = connect(sandbox, JANE, scope="read_only")
    answer = connect_domain(sandbox)
    users = [
        sandbox.connect(email, service_account="acme.test", scope="read_write")
        for email in (JANE, MARY)
    ]
    assert users[0]["sub"] == mine["sub"]
    assert users[0]["scope"] == "read_only read_write"

    revoke(sandbox, **{("sub" if by == "sub" else "token"): answer[by]})
    refused(sandbox, answer)
    refused(sandbox, users[1])
    works(sandbox, mine)
    shown = read(sandbox, mine, "/v1/userinfo")
    assert shown["cronofy.data"]["authorization"]["scope"] == "read_only"
    assert [p["profile_name"] for p in shown["cronofy.data"]["profiles"]] == [JANE]


def test_the_cascade_takes_back_what_came_through_the_domain(sandbox: Sandbox) -> None:
    """A person connected in Read-Write on their own, and in Free/Busy through the domain:
    after the cascade the profiles of the domain's mode are gone."""
    add_organization(sandbox)
    mine = connect(sandbox, JANE, scope="read_write")
    domain = connect_domain(sandbox, delegated_scope="free_busy_write", access_type="free_busy")
    both = sandbox.connect(JANE, service_account="acme.test")
    names = [p["provider_name"] for p in both["userinfo"]["cronofy.data"]["profiles"]]
    assert names == ["google", "google_free_busy", "cronofy"]
    revoke(sandbox, sub=domain["sub"])
    assert read(sandbox, mine, "/v1/userinfo") == mine["userinfo"]
    for name in ("calendars", "profiles"):
        assert len(read(sandbox, mine, f"/v1/{name}")[name]) == 1


def test_revoking_a_user_leaves_the_service_account(sandbox: Sandbox) -> None:
    """The cascade goes one way."""
    add_organization(sandbox)
    answer = connect_domain(sandbox)
    jane, mary = (sandbox.connect(e, service_account="acme.test") for e in (JANE, MARY))
    revoke(sandbox, sub=jane["sub"])
    refused(sandbox, jane)
    works(sandbox, mary)
    works(sandbox, answer)


def test_the_cascade_is_one_applications(open_sandbox: Open) -> None:
    """Other applications keep their access."""
    scenario = {
        "applications": [{}, {}],
        "people": [person()],
        "organizations": [{"domain": "acme.test", "members": [JANE]}],
    }
    sandbox = open_sandbox(scenario=scenario)
    other = {"client_id": sandbox.document["applications"][1]["client_id"]}
    answers: list[Document] = []
    for options in ({}, other):
        body = {"service_account": "acme.test", **options}
        answers.append(created(sandbox.control("POST", "/connect", json=body)))
        answers.append(sandbox.connect(JANE, **body))
    revoke(sandbox, sub=answers[0]["sub"])
    statuses = [
        sandbox.call(answer["access_token"], "GET", "/v1/userinfo").status_code
        for answer in answers
    ]
    assert statuses == [401, 401, 200, 200]


def test_users_inherit_the_mode(sandbox: Sandbox) -> None:
    """6.6: the mode is the service account's property, chosen by the administrator."""
    add_organization(sandbox, "office365")
    connect_domain(sandbox, delegated_scope="free_busy_write", access_type="free_busy")
    for email in (JANE, ROOM):
        answer = sandbox.connect(email, service_account="acme.test", scope="free_busy_write")
        names = [p["provider_name"] for p in answer["userinfo"]["cronofy.data"]["profiles"]]
        assert names == ["ms_graph_free_busy", "cronofy"]


# --- 6.5 GET /v1/resources -----------------------------------------------------------

LOCATION = {
    "building_name": "Mill",
    "floor_name": "2",
    "floor_section": "East",
    "address": {
        "lines": ["1 Mill Lane"],
        "locality": "Nottingham",
        "region": "Notts",
        "postal_code": "NG1",
        "country": "GB",
    },
    "coordinates": {"lat": 52.95, "long": -1.15},
}
BOARD_ROOM = {"email": "board@acme.test", "name": "Board Room"}
DESK = {"email": "desk@acme.test", "name": "Desk 42"}


@pytest.mark.parametrize(
    ("details", "board_room"),
    [
        (None, {}),
        ("", {}),
        ("capacity", {"capacity": 12}),
        ("location", {"location": LOCATION}),
        ("capacity location", {"capacity": 12, "location": LOCATION}),
        ("location capacity colour", {"capacity": 12, "location": LOCATION}),
    ],
    ids=lambda value: f"6.5 {value}" if isinstance(value, str) else "",
)
def test_resources(sandbox: Sandbox, details: str | None, board_room: Document) -> None:
    """email and name; with include_details, and when known, capacity and location. Details
    that are not known are left out."""
    resources = [{**BOARD_ROOM, "capacity": 12, "location": LOCATION}, DESK]
    add_organization(sandbox, resources=resources)
    answer = connect_domain(sandbox, scope=MANAGE_RESOURCES)
    params = {} if details is None else {"include_details": details}
    response = sandbox.call(answer["access_token"], "GET", "/v1/resources", params=params)
    assert response.status_code == 200
    assert response.json() == {"resources": [{**BOARD_ROOM, **board_room}, DESK]}


def test_resources_need_their_scope(sandbox: Sandbox) -> None:
    """403 without service_account/resources/manage."""
    add_organization(sandbox)
    answer = connect_domain(sandbox, scope=MANAGE_ACCOUNTS)
    response = sandbox.call(answer["access_token"], "GET", "/v1/resources")
    assert (response.status_code, response.content) == (403, b"")


def test_no_resources(sandbox: Sandbox) -> None:
    """The list is empty where a domain has none."""
    add_organization(sandbox, resources=[])
    answer = connect_domain(sandbox, scope=MANAGE_RESOURCES)
    assert read(sandbox, answer, "/v1/resources") == {"resources": []}

"""Document 000, "Calendar Access Modes": what the modes are and how a person gets into one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import (
    Document,
    account_token,
    cronofy_profile,
    free_busy_profile,
    google_profile,
    person,
    service_account_token,
    service_account_userinfo,
    userinfo,
)
from tests.contract.stories import (
    CALLBACK,
    STATE,
    add_organization,
    add_person,
    authorize_enterprise,
    connect,
    decide,
    exchange,
    read,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
PROFILES: dict[str, list[Document]] = {
    "read_write": [google_profile(JANE)],
    "free_busy": [free_busy_profile("google_free_busy", JANE), cronofy_profile(JANE)],
    "no_calendar": [cronofy_profile(JANE)],
}
MODES = pytest.mark.parametrize("mode", PROFILES, ids=[f"seed 000: {mode}" for mode in PROFILES])


def with_features(open_sandbox: Open, **features: bool) -> Sandbox:
    application = {"features": features} if features else {}
    return open_sandbox(scenario={"applications": [application], "people": [person()]})


@MODES
def test_each_mode_opens_its_own_profiles(sandbox: Sandbox, mode: str) -> None:
    """Read-Write opens the person's calendars; Free/Busy shows availability only and keeps a
    secondary calendar, called a Cronofy Calendar, for what applications create; No Calendar
    Access has the Cronofy calendar alone."""
    add_person(sandbox)
    expected = userinfo(JANE, "free_busy_write", *PROFILES[mode])
    answer = connect(sandbox, scope="free_busy_write", access_mode=mode)
    assert answer == account_token(expected)
    assert read(sandbox, answer, "/v1/userinfo") == expected


@MODES
def test_a_mode_can_be_pre_selected_for_one_person(sandbox: Sandbox, mode: str) -> None:
    """Individual Connect: /oauth/authorize with scope=free_busy_write and access_type set to
    read_write, free_busy or no_calendar pre-selects that mode."""
    add_person(sandbox)
    decide(sandbox, "authorize")
    response = sandbox.authorize(scope="free_busy_write", state=STATE, access_type=mode)
    query = redirected(response)
    assert query == {"code": query["code"], "state": STATE}
    assert response.headers["location"].startswith(f"{CALLBACK}?code=")
    expected = userinfo(JANE, "free_busy_write", *PROFILES[mode])
    assert exchange(sandbox, query["code"]) == account_token(expected)


@MODES
def test_a_pre_selected_mode_cannot_be_changed_on_the_page(sandbox: Sandbox, mode: str) -> None:
    """The link leads to the provider options of the selected mode, rather than letting the
    person select the mode to authorize against."""
    add_person(sandbox)
    other = next(name for name in PROFILES if name != mode)
    decide(sandbox, "authorize", access_mode=other)
    response = sandbox.authorize(scope="free_busy_write", access_type=mode)
    assert response.status_code == 200
    assert f"the request offers: {mode}" in response.headers["mock-cronofy-warning"]


@pytest.mark.parametrize(
    ("mode", "provider_name"),
    [("read_write", "google"), ("free_busy", "google_free_busy")],
    ids=["seed 000: read_write", "seed 000: free_busy"],
)
def test_a_mode_can_be_pre_selected_for_a_domain(
    sandbox: Sandbox, mode: str, provider_name: str
) -> None:
    """Enterprise Connect: /enterprise_connect/oauth/authorize with
    scope=service_account/accounts/manage, delegated_scope=free_busy_write and access_type."""
    add_organization(sandbox)
    decide(sandbox, "enterprise")
    response = authorize_enterprise(
        sandbox,
        scope="service_account/accounts/manage",
        delegated_scope="free_busy_write",
        state=STATE,
        access_type=mode,
    )
    query = redirected(response)
    assert query == {"code": query["code"], "state": STATE}
    expected = service_account_userinfo(
        "admin@acme.test",
        "acme.test",
        provider_name,
        "service_account/accounts/manage",
        "free_busy_write",
    )
    assert exchange(sandbox, query["code"]) == service_account_token(expected)


@pytest.mark.parametrize(
    ("features", "on_offer"),
    [
        ({"free_busy": False, "no_access": False}, ["read_write"]),
        ({"free_busy": True, "no_access": False}, ["read_write", "free_busy"]),
        ({"free_busy": False, "no_access": True}, ["read_write", "no_calendar"]),
        ({"free_busy": True, "no_access": True}, ["read_write", "free_busy", "no_calendar"]),
    ],
    ids=["seed 000: neither", "seed 000: Free/Busy", "seed 000: No Access", "seed 000: both"],
)
@pytest.mark.parametrize("enterprise", [False, True], ids=["individual", "enterprise"])
def test_each_new_mode_needs_its_feature(
    open_sandbox: Open, features: dict[str, bool], on_offer: list[str], enterprise: bool
) -> None:
    """Required features: Enable Free/Busy for Free/Busy access, Enable No Access for No
    Calendar access; none for Read-Write."""
    sandbox = with_features(open_sandbox, **features)
    if enterprise:
        add_organization_around(sandbox)
    page = "enterprise" if enterprise else "authorize"
    for mode in PROFILES:
        decide(sandbox, page, access_mode=mode)
        if enterprise:
            response = authorize_enterprise(sandbox, delegated_scope="free_busy_write")
        else:
            sandbox.http.cookies.clear()
            response = sandbox.authorize(scope="free_busy_write")
        assert response.status_code == (302 if mode in on_offer else 200), mode
        if mode not in on_offer:
            offered = f"the request offers: {', '.join(on_offer)}"
            assert offered in response.headers["mock-cronofy-warning"]


def add_organization_around(sandbox: Sandbox) -> None:
    organization = {"domain": "acme.test", "members": [JANE]}
    assert sandbox.control("POST", "/organizations", json=organization).status_code == 201


@pytest.mark.parametrize(
    "scope",
    ["read_write", "read_only", "free_busy", "create_event delete_event read_free_busy"],
    ids=lambda scope: f"seed 000: {scope}",
)
def test_only_free_busy_write_opens_the_choice(sandbox: Sandbox, scope: str) -> None:
    """Required scope of Free/Busy and No Calendar access: free_busy_write."""
    add_person(sandbox)
    for mode in ("free_busy", "no_calendar"):
        decide(sandbox, "authorize", access_mode=mode)
        assert sandbox.authorize(scope=scope).status_code == 200
    answer = connect(sandbox, scope=scope)
    assert answer["linking_profile"]["provider_name"] == "google"


def test_read_write_has_long_been_the_default(sandbox: Sandbox) -> None:
    """Read-Write is the most seamless experience and has long been the default mode: it is
    what somebody gets who agrees without choosing."""
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write")
    assert answer == account_token(userinfo(JANE, "free_busy_write", google_profile(JANE)))


@pytest.mark.parametrize(
    ("mode", "writable"),
    [("read_write", "google"), ("free_busy", "cronofy"), ("no_calendar", "cronofy")],
    ids=["seed 000: read_write", "seed 000: free_busy", "seed 000: no_calendar"],
)
def test_the_writable_profile_is_found_in_userinfo(
    sandbox: Sandbox, mode: str, writable: str
) -> None:
    """The scope free_busy_write can result in two profiles, one that shows availability and a
    writable Cronofy calendar: consume userinfo's profiles, not linking_profile."""
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write", access_mode=mode)
    found = [
        profile["provider_name"]
        for profile in answer["userinfo"]["cronofy.data"]["profiles"]
        for calendar in profile["profile_calendars"]
        if not calendar["calendar_readonly"]
    ]
    assert found == [writable]
    assert (answer["linking_profile"]["provider_name"] == writable) == (mode != "free_busy")


@pytest.mark.parametrize("value", ["", "full_access", "READ_WRITE"], ids=lambda v: f"seed 000: {v}")
def test_any_other_access_type_leaves_the_choice(sandbox: Sandbox, value: str) -> None:
    """access_type takes read_write, free_busy and no_calendar; it is optional."""
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write", access_type=value, access_mode="no_calendar")
    assert answer["linking_profile"]["provider_name"] == "cronofy"


def test_the_same_calls_serve_every_mode(sandbox: Sandbox) -> None:
    """No different authorization endpoint is called to request access in another mode, nor
    different APIs to read what a person's calendars are."""
    answers: dict[str, Any] = {}
    for mode in PROFILES:
        email = f"{mode.replace('_', '-')}@acme.test"
        add_person(sandbox, email)
        token = connect(sandbox, email, scope="free_busy_write", access_type=mode)
        paths = ("/v1/userinfo", "/v1/account", "/v1/profiles", "/v1/calendars")
        answers[mode] = [read(sandbox, token, path).keys() for path in paths]
    assert answers["read_write"] == answers["free_busy"] == answers["no_calendar"]

"""Document 002, "Free/Busy Access"."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.documents import (
    account_token,
    calendars_of,
    cronofy_profile,
    free_busy_profile,
    person,
    profiles_of,
    service_account_token,
    service_account_userinfo,
    userinfo,
)
from tests.contract.receiver import Receiver
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    STATE,
    add_organization,
    add_person,
    connect,
    connect_domain,
    decide,
    exchange,
    read,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"

PROVIDERS = pytest.mark.parametrize(
    ("provider", "provider_name"),
    [("google", "google_free_busy"), ("office365", "ms_graph_free_busy")],
    ids=["seed 002: Google", "seed 002: Microsoft 365"],
)
DATA_CENTERS = [
    "api.cronofy.com",
    "api-au.cronofy.com",
    "api-ca.cronofy.com",
    "api-de.cronofy.com",
    "api-sg.cronofy.com",
    "api-uk.cronofy.com",
]


@PROVIDERS
def test_a_person_connects_with_the_scope_alone(
    sandbox: Sandbox, provider: str, provider_name: str
) -> None:
    """/oauth/authorize with scope=free_busy_write; the person verifies a Google or Office 365
    account, and the code is returned as in Getting the Access Token. The account has two
    profiles: the free/busy one and the Cronofy calendar."""
    add_person(sandbox, provider=provider)
    expected = userinfo(
        JANE, "free_busy_write", free_busy_profile(provider_name, JANE), cronofy_profile(JANE)
    )
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    assert answer == account_token(expected)
    assert read(sandbox, answer, "/v1/userinfo") == expected
    assert read(sandbox, answer, "/v1/profiles") == profiles_of(expected)
    assert read(sandbox, answer, "/v1/calendars") == calendars_of(expected)


@PROVIDERS
def test_provider_name_leads_straight_to_the_provider(
    sandbox: Sandbox, provider: str, provider_name: str
) -> None:
    """provider_name=google_free_busy or ms_graph_free_busy directs the person to that Free/Busy
    provider without offering them other provider options."""
    for somebody in ("google", "office365", "apple", "exchange"):
        add_person(sandbox, f"{somebody}@acme.test", provider=somebody)
    decide(sandbox, "authorize", times=2)
    query = redirected(
        sandbox.authorize(scope="free_busy_write", state=STATE, provider_name=provider_name)
    )
    answer = exchange(sandbox, query["code"])
    email = f"{provider}@acme.test"
    profiles = [free_busy_profile(provider_name, email), cronofy_profile(email)]
    assert answer == account_token(userinfo(email, "free_busy_write", *profiles))


@pytest.mark.parametrize(
    "provider", ["apple", "exchange", "outlook_com", "none"], ids=lambda p: f"seed 002: {p}"
)
def test_no_other_provider_has_the_mode(sandbox: Sandbox, provider: str) -> None:
    """Free/Busy mode is available for Google and Microsoft Office 365 accounts."""
    add_person(sandbox, provider=provider)
    decide(sandbox, "authorize", email=JANE, access_mode="free_busy")
    assert sandbox.authorize(scope="free_busy_write").status_code == 200
    body = {"email": JANE, "access_mode": "free_busy"}
    assert sandbox.control("POST", "/connect", json=body).status_code == 422


def test_the_plan_that_it_needs(open_sandbox: Open) -> None:
    """Required plan: Emerging."""
    applications = [{"plan": "emerging"}]
    sandbox = open_sandbox(scenario={"applications": applications, "people": [person()]})
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    assert answer["linking_profile"]["provider_name"] == "google_free_busy"


@PROVIDERS
def test_a_domain_and_then_its_people_connect(
    sandbox: Sandbox, receiver: Receiver, provider: str, provider_name: str
) -> None:
    """/enterprise_connect/oauth/authorize with scope=service_account/accounts/manage and
    delegated_scope=free_busy_write; then POST /v1/service_account_authorizations with email,
    callback_url, scope=free_busy_write and state, with the service account's token as Bearer.
    The code that comes back becomes an access token. The person has two profiles."""
    add_organization(sandbox, provider)
    domain = connect_domain(sandbox, delegated_scope="free_busy_write", access_mode="free_busy")
    assert domain == service_account_token(
        service_account_userinfo(
            "admin@acme.test", "acme.test", provider_name, MANAGE_ACCOUNTS, "free_busy_write"
        )
    )
    callback_url = f"{receiver.url}/callback"
    response = sandbox.call(
        domain["access_token"],
        "POST",
        "/v1/service_account_authorizations",
        headers={"Content-Type": "application/json; charset=utf-8"},
        json={
            "email": JANE,
            "callback_url": callback_url,
            "scope": "free_busy_write",
            "state": STATE,
        },
    )
    assert (response.status_code, response.content) == (202, b"")
    outcome = receiver.next().document["authorization"]
    assert outcome == {"code": outcome["code"], "state": STATE}
    answer = exchange(sandbox, outcome["code"], callback_url)
    profiles = [free_busy_profile(provider_name, JANE), cronofy_profile(JANE)]
    assert answer == account_token(userinfo(JANE, "free_busy_write", *profiles))


@pytest.mark.parametrize("data_center", DATA_CENTERS, ids=lambda host: f"seed 002: {host}")
def test_every_data_center_has_the_calls(
    sandbox: Sandbox, receiver: Receiver, data_center: str
) -> None:
    """Host: {data_center_url}."""
    add_organization(sandbox)
    domain = sandbox.control("POST", "/connect", json={"service_account": "acme.test"}).json()
    response = sandbox.call(
        domain["access_token"],
        "POST",
        "/v1/service_account_authorizations",
        headers={"Host": data_center},
        json={"email": JANE, "callback_url": receiver.url, "scope": "free_busy_write"},
    )
    assert (response.status_code, response.content) == (202, b"")
    assert receiver.next().document["authorization"].keys() == {"code"}


def test_only_the_second_profile_can_be_written(sandbox: Sandbox) -> None:
    """One profile represents the calendars that the person granted access to, the other is the
    Cronofy calendar, which handles what applications create."""
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    calendars = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert [(c["provider_name"], c["calendar_readonly"]) for c in calendars] == [
        ("google_free_busy", True),
        ("cronofy", False),
    ]


@pytest.mark.parametrize(
    ("provider", "name"), [("google", "google_free_busy"), ("office365", "ms_graph_free_busy")]
)
def test_every_calendar_of_the_person_is_shown_as_free_or_busy(
    sandbox: Sandbox, provider: str, name: str
) -> None:
    """The application sees whether the person is free or busy, in all of their calendars."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Home"}]
    add_person(sandbox, provider=provider, calendars=calendars)
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    listed = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert [(c["provider_name"], c["calendar_name"], c["calendar_primary"]) for c in listed] == [
        (name, "Work", True),
        (name, "Home", False),
        ("cronofy", "Cronofy Calendar", True),
    ]

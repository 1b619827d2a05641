"""The control API's connections: the OAuth flow without a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.control import (
    CLOCK,
    JANE,
    SERVICE_SCOPE,
    SOME_ZONE,
    SOMEBODY,
    assert_problems,
)
from tests.contract.documents import (
    Document,
    account_token,
    calendar,
    cronofy_profile,
    free_busy_profile,
    google_profile,
    person,
    profile,
    service_account_token,
    service_account_userinfo,
    userinfo,
)
from tests.contract.events import LEFT_OUT, Writer
from tests.contract.managed import hours, period, periods, rule
from tests.contract.managed import rules as rules_of
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    add_organization,
    add_person,
    read,
    works,
)
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

MARY = "mary@acme.test"


GOOGLE = [google_profile(JANE)]
FREE_BUSY = [free_busy_profile("google_free_busy", JANE), cronofy_profile(JANE)]
HOSTED = [cronofy_profile(JANE)]
MICROSOFT = [
    profile(
        "exchange",
        "office365",
        JANE,
        calendar(JANE, conferencing=True),
        provider_protocol="graph_api",
    )
]
APPLE = [profile("apple", "icloud", JANE, calendar(JANE, attachments=True))]
OUTLOOK = [profile("live_connect", "outlook_com", JANE, calendar(JANE))]

CONNECTIONS: dict[str, tuple[Document, str, list[Document]]] = {
    "an address": ({}, "read_write", GOOGLE),
    "read_write": ({"access_mode": "read_write"}, "read_write", GOOGLE),
    "free_busy": ({"access_mode": "free_busy"}, "free_busy_write", FREE_BUSY),
    "no_calendar": ({"access_mode": "no_calendar"}, "free_busy_write", HOSTED),
    "google": ({"provider_name": "google"}, "read_write", GOOGLE),
    "office365": ({"provider_name": "office365"}, "read_write", MICROSOFT),
    "apple": ({"provider_name": "apple"}, "read_write", APPLE),
    "live_connect": ({"provider_name": "live_connect"}, "read_write", OUTLOOK),
    "google_free_busy": ({"provider_name": "google_free_busy"}, "free_busy_write", FREE_BUSY),
    "ms_graph_free_busy": (
        {"provider_name": "ms_graph_free_busy"},
        "free_busy_write",
        [free_busy_profile("ms_graph_free_busy", JANE), cronofy_profile(JANE)],
    ),
    "cronofy": ({"provider_name": "cronofy"}, "free_busy_write", HOSTED),
    "google in free_busy": (
        {"provider_name": "google", "access_mode": "free_busy"},
        "free_busy_write",
        FREE_BUSY,
    ),
    "a scope": ({"scope": "read_events create_event"}, "read_events create_event", GOOGLE),
    "a scope and a mode": (
        {"scope": "free_busy_write read_events", "access_mode": "free_busy"},
        "free_busy_write read_events",
        FREE_BUSY,
    ),
}


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("case", CONNECTIONS)
def test_connecting_a_person(sandbox: Sandbox, case: str, known: bool) -> None:
    """201 with the token answer's fields and userinfo: the OAuth flow without a browser. A
    person not yet known is created, provider google and the rest from Faker."""
    body, scope, profiles = CONNECTIONS[case]
    names: Document = {}
    if known:
        provider = {
            "office365": "office365",
            "ms_graph_free_busy": "office365",
            "apple": "apple",
            "live_connect": "outlook_com",
        }.get(body.get("provider_name", ""), "google")
        add_person(sandbox, provider=provider)
    else:
        names = {"name": SOMEBODY, "zoneinfo": SOME_ZONE}
    response = sandbox.control("POST", "/connect", json={"email": JANE, **body})
    assert response.status_code == 201, response.text
    shown = userinfo(JANE, scope, *profiles, **names)
    assert response.json() == account_token(shown)
    assert read(sandbox, response.json(), "/v1/userinfo") == shown
    works(sandbox, response.json())


def test_connecting_somebody_without_a_calendar(sandbox: Sandbox) -> None:
    """The mode of somebody whose provider is none is no_calendar."""
    add_person(sandbox, provider="none")
    assert sandbox.connect(JANE) == account_token(userinfo(JANE, "free_busy_write", *HOSTED))


def test_connecting_through_another_application(open_sandbox: Open) -> None:
    """client_id says which application; the first by default."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}]})
    second = sandbox.document["applications"][1]["client_id"]
    sandbox.connect(JANE)
    sandbox.connect(MARY, client_id=second)
    connected = sandbox.control("GET", "").json()["connected"]
    first = sandbox.application["client_id"]
    assert [item["client_id"] for item in connected] == [first, second]


def test_connecting_again(sandbox: Sandbox) -> None:
    """As by authorizing again: same account, scopes add up."""
    first = sandbox.connect(JANE, scope="read_only")
    second = sandbox.connect(JANE, access_mode="free_busy")
    assert second["sub"] == first["sub"]
    assert second["scope"] == "read_only free_busy_write"
    assert len(second["userinfo"]["cronofy.data"]["profiles"]) == 3


DOMAINS: dict[str, tuple[Document, str, str, str, str]] = {
    "a domain": ({}, "google", SERVICE_SCOPE, "read_write free_busy_write", "google"),
    "free_busy": (
        {"access_mode": "free_busy"},
        "google_free_busy",
        SERVICE_SCOPE,
        "read_write free_busy_write",
        "google",
    ),
    "a delegated scope": (
        {"delegated_scope": "read_only"},
        "google",
        SERVICE_SCOPE,
        "read_only",
        "google",
    ),
    "a scope": (
        {"scope": MANAGE_ACCOUNTS},
        "google",
        MANAGE_ACCOUNTS,
        "read_write free_busy_write",
        "google",
    ),
    "office365": (
        {"provider_name": "office365"},
        "exchange",
        SERVICE_SCOPE,
        "read_write free_busy_write",
        "office365",
    ),
    "ms_graph_free_busy": (
        {"provider_name": "ms_graph_free_busy"},
        "ms_graph_free_busy",
        SERVICE_SCOPE,
        "read_write free_busy_write",
        "office365",
    ),
}


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
@pytest.mark.parametrize("case", DOMAINS)
def test_connecting_a_domain(sandbox: Sandbox, case: str, known: bool) -> None:
    """{"service_account": domain, …} likewise; an unknown domain is created too."""
    body, provider_name, scope, delegated_scope, provider = DOMAINS[case]
    if known:
        add_organization(sandbox, provider)
    response = sandbox.control("POST", "/connect", json={"service_account": "Acme.test", **body})
    assert response.status_code == 201, response.text
    shown = service_account_userinfo(
        "admin@acme.test", "acme.test", provider_name, scope, delegated_scope
    )
    assert response.json() == service_account_token(shown)
    assert read(sandbox, response.json(), "/v1/userinfo") == shown
    (organization,) = sandbox.control("GET", "/organizations").json()["organizations"]
    assert organization["provider"] == provider
    assert len(organization["members"]) == (2 if known else 0)


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
@pytest.mark.parametrize("email", [JANE, "new@acme.test", "room-1@acme.test"])
def test_connecting_through_a_domain(sandbox: Sandbox, mode: str, email: str) -> None:
    """Both: a person through a connected domain, in its mode; somebody not yet known becomes
    a member."""
    add_organization(sandbox)
    sandbox.control("POST", "/connect", json={"service_account": "acme.test", "access_mode": mode})
    answer = sandbox.connect(email, service_account="acme.test")
    free_busy = [free_busy_profile("google_free_busy", email), cronofy_profile(email)]
    profiles = [google_profile(email, "gsuite")] if mode == "read_write" else free_busy
    scope = "read_write" if mode == "read_write" else "free_busy_write"
    names = {"name": SOMEBODY, "zoneinfo": SOME_ZONE}
    assert answer == account_token(userinfo(email, scope, *profiles, **names))


def test_connecting_somebody_with_working_hours(sandbox: Sandbox) -> None:
    """Rules and periods as in a scenario: in the person's time zone, and with calendars by name."""
    add_person(sandbox, calendars=[{"name": "Work"}, {"name": "Home"}])
    rules = [rule(calendars=["Home"]), rule(availability_rule_id="second", tzid=LEFT_OUT)]
    writer = Writer(
        sandbox, sandbox.connect(JANE, availability_rules=rules, available_periods=[period()])
    )
    home = next(
        calendar["calendar_id"]
        for calendar in writer.call("GET", "/v1/calendars").json()["calendars"]
        if calendar["calendar_name"] == "Home"
    )
    expected = [rule(calendar_ids=[home]), rule(availability_rule_id="second")]
    assert rules_of(writer) == expected
    assert periods(writer) == [period()]


WRONG_CONNECTIONS: dict[str, tuple[Document, str]] = {
    "nobody": ({}, "the document"),
    "no address": ({"email": "jane"}, "email"),
    "another key": ({"email": "new@acme.test", "mode": "free_busy"}, "mode"),
    "another mode": ({"email": "new@acme.test", "access_mode": "half"}, "access_mode"),
    "another scope": ({"email": "new@acme.test", "scope": "everything"}, "scope"),
    "a service account's scope": ({"email": "new@acme.test", "scope": MANAGE_ACCOUNTS}, "scope"),
    "an unknown application": ({"email": "new@acme.test", "client_id": "x"}, "client_id"),
    "an unknown provider": ({"email": "new@acme.test", "provider_name": "yahoo"}, "provider_name"),
    "another provider": ({"email": JANE, "provider_name": "apple"}, "provider_name"),
    "another mode than the provider's": (
        {"email": JANE, "provider_name": "google_free_busy", "access_mode": "no_calendar"},
        "access_mode",
    ),
    "a mode without its scope": (
        {"email": "new@acme.test", "access_mode": "free_busy", "scope": "read_write"},
        "access_mode",
    ),
    "a mode that does not reach": (
        {"email": "new@acme.test", "provider_name": "apple", "access_mode": "free_busy"},
        "access_mode",
    ),
    "no domain": ({"service_account": "acme" * 100}, "service_account"),
    "a person's scope for a domain": (
        {"service_account": "acme.test", "scope": "read_write"},
        "scope",
    ),
    "another delegated scope": (
        {"service_account": "acme.test", "delegated_scope": "everything"},
        "delegated_scope",
    ),
    "a provider without domains": (
        {"service_account": "new.test", "provider_name": "apple"},
        "provider_name",
    ),
    "another provider of the domain": (
        {"service_account": "acme.test", "provider_name": "office365"},
        "provider_name",
    ),
    "a domain that is not connected": (
        {"email": JANE, "service_account": "acme.test"},
        "service_account",
    ),
    "an unknown domain": (
        {"email": "new@new.test", "service_account": "new.test"},
        "service_account",
    ),
    "a mode of one's own": (
        {"email": JANE, "service_account": "acme.test", "access_mode": "free_busy"},
        "access_mode",
    ),
    "hours of a domain": (
        {"service_account": "acme.test", "availability_rules": [rule()]},
        "availability_rules",
    ),
    "hours on no day": (
        {"email": JANE, "availability_rules": [rule({**hours(), "day": "noday"})]},
        "availability_rules[0].weekly_periods[0].day",
    ),
    "hours in another calendar": (
        {"email": JANE, "availability_rules": [rule(calendars=["Pets"])]},
        "availability_rules[0].calendars[0]",
    ),
    "a period that ends at once": (
        {"email": JANE, "available_periods": [period("lunch", "09:00", "09:00")]},
        "available_periods[0].end",
    ),
    "a provider of one's own": (
        {"email": JANE, "service_account": "acme.test", "provider_name": "google"},
        "provider_name",
    ),
}


@pytest.mark.parametrize("case", WRONG_CONNECTIONS)
def test_wrong_connections(open_sandbox: Open, case: str) -> None:
    """422 at the body's own place; nobody is created or connected, and nothing has changed."""
    organizations = [{"domain": "acme.test", "members": [JANE]}]
    scenario = {"people": [person()], "organizations": organizations}
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    before = sandbox.control("GET", "/snapshot").json()
    body, place = WRONG_CONNECTIONS[case]
    assert_problems(sandbox.control("POST", "/connect", json=body), 422, place)
    assert sandbox.control("GET", "/snapshot").json() == before


def test_somebody_who_is_not_of_the_domain(sandbox: Sandbox) -> None:
    """422: the domain has no such mailbox."""
    add_organization(sandbox)
    add_person(sandbox, "jane@other.test")
    sandbox.control("POST", "/connect", json={"service_account": "acme.test"})
    body = {"email": "jane@other.test", "service_account": "acme.test"}
    assert_problems(sandbox.control("POST", "/connect", json=body), 422, "email")

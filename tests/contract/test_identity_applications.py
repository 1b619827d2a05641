"""identity.md §§9, 12.1, 13: applications, redirect URIs, verification and plans."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.control import FEATURES
from tests.contract.documents import TOKEN, Document, Like, errors, person
from tests.contract.stories import (
    CALLBACK,
    STATE,
    add_person,
    authorize_enterprise,
    connect,
    decide,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"

REGISTERED = [
    "https://app.acme.test/cb",
    "https://*.acme.test/cb",
    "http://localhost:3000/callback?tenant=7",
    "https://*.acme.test:8443/other",
]
URIS: dict[str, bool] = {
    "https://app.acme.test/cb": True,
    "https://eu.acme.test/cb": True,
    "https://a.b.acme.test/cb": True,
    "http://localhost:3000/callback?tenant=7": True,
    "https://eu.acme.test:8443/other": True,
    "https://app.acme.test/cb/": False,
    "https://app.acme.test/cb?x=1": False,
    "http://app.acme.test/cb": False,
    "https://acme.test/cb": False,
    "https://.acme.test/cb": False,
    "https://evilacme.test/cb": False,
    "https://eu.acme.test.evil.test/cb": False,
    "https://evil.test/cb#.acme.test/cb": False,
    "https://evil.test\\.acme.test/cb": False,
    "https://evil.test@eu.acme.test/cb": False,
    "https://eu.acme.test:444/cb": False,
    "https://eu.acme.test/other": False,
    "http://localhost:3000/callback": False,
    "http://localhost:3000/callback?tenant=8": False,
}


@pytest.mark.parametrize("redirect_uri", URIS, ids=lambda uri: f"9 {uri}")
@pytest.mark.parametrize("enterprise", [False, True], ids=["individual", "enterprise"])
def test_production_applications_have_registered_uris(
    open_sandbox: Open, redirect_uri: str, enterprise: bool
) -> None:
    """A production application's redirect_uri must match the registered list; entries may
    wildcard the host. Anything else is an error page, with no redirect."""
    scenario = {
        "applications": [{"mode": "production", "redirect_uris": REGISTERED}],
        "people": [person()],
        "organizations": [{"domain": "acme.test", "members": [JANE]}],
    }
    sandbox = open_sandbox(scenario=scenario)
    if enterprise:
        decide(sandbox, "enterprise")
        response = authorize_enterprise(sandbox, redirect_uri=redirect_uri)
    else:
        decide(sandbox, "authorize")
        response = sandbox.authorize(redirect_uri=redirect_uri)
    if URIS[redirect_uri]:
        assert response.headers["location"].startswith(redirect_uri)
        assert redirected(response)["code"]
    else:
        assert response.status_code == 400
        assert "location" not in response.headers


@pytest.mark.parametrize(
    "redirect_uri",
    ["http://localhost:1/x", "https://anything.example/a/b", "http://10.0.0.1:81"],
    ids=lambda uri: f"9 {uri}",
)
def test_development_applications_take_any_uri(open_sandbox: Open, redirect_uri: str) -> None:
    """In a development application any value, registered or not."""
    applications = [{"redirect_uris": [CALLBACK]}]
    sandbox = open_sandbox(scenario={"applications": applications, "people": [person()]})
    assert connect(sandbox, redirect_uri=redirect_uri)["userinfo"]["email"] == JANE


# --- 12.1 Provisioning ---------------------------------------------------------------


def provision(sandbox: Sandbox, body: Document) -> httpx.Response:
    key = sandbox.document["admin_api_key"]
    return sandbox.call(key, "POST", "/v1/applications", json=body)


def test_a_new_application(sandbox: Sandbox) -> None:
    """name and url give oauth_client with client_id and client_secret. It is in development
    mode, and works at once."""
    response = provision(sandbox, {"name": "New", "url": "https://new.example"})
    assert response.status_code == 200
    credentials = response.json()["oauth_client"]
    secret = Like(r"CRN_[A-Za-z0-9_-]{38}")
    assert credentials == {"client_id": TOKEN, "client_secret": secret}
    made = sandbox.control("GET", "").json()["applications"][1]
    assert made == {
        **credentials,
        "name": "New",
        "mode": "development",
        "redirect_uris": [],
        "plan": "strategic",
        "data_center": "us",
        "features": FEATURES,
    }
    answer = sandbox.connect(JANE, client_id=credentials["client_id"])
    body = {
        **credentials,
        "grant_type": "refresh_token",
        "refresh_token": answer["refresh_token"],
    }
    assert sandbox.http.post("/oauth/token", json=body).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"name": "required", "url": "required"}),
        ({"name": "", "url": "https://x.example"}, {"name": "required"}),
        ({"name": "New"}, {"url": "required"}),
        ({"name": "New", "url": "x"}, {"url": "invalid"}),
        ({"name": 5, "url": "https://x.example"}, {"name": "invalid"}),
    ],
    ids=["12.1 nothing", "12.1 no name", "12.1 no url", "12.1 no address", "12.1 a number"],
)
def test_name_and_url_are_required(
    sandbox: Sandbox, body: Document, fields: dict[str, str]
) -> None:
    """422 for missing members."""
    response = provision(sandbox, body)
    assert (response.status_code, response.json()) == (422, errors(fields))


# --- 9 Verification ------------------------------------------------------------------


def verify(sandbox: Sandbox, body: Document) -> httpx.Response:
    key = sandbox.application["client_secret"]
    return sandbox.call(key, "POST", "/v1/application_verification", json=body)


CONTACT = {"email": "dev@acme.test", "display_name": "Dev"}


def test_verification_puts_into_production(sandbox: Sandbox) -> None:
    """202 {}. URIs are additive over calls; the application is in production from then on."""
    add_person(sandbox)
    uris = ["https://app.acme.test/cb", "https://*.acme.test/cb"]
    for uri in uris:
        response = verify(sandbox, {"redirect_uris": [uri], "contact": CONTACT})
        assert (response.status_code, response.json()) == (202, {})
    application = sandbox.control("GET", "").json()["applications"][0]
    assert application["mode"] == "production"
    assert application["redirect_uris"] == uris
    for uri in (*uris[:1], "https://eu.acme.test/cb"):
        connect(sandbox, redirect_uri=uri)
    assert sandbox.authorize(redirect_uri=CALLBACK).status_code == 400


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"redirect_uris": None}, {"redirect_uris": "required"}),
        ({"redirect_uris": []}, {"redirect_uris": "required"}),
        ({"redirect_uris": ["acme://x"]}, {"redirect_uris[0]": "invalid"}),
        ({"redirect_uris": [CALLBACK, 5]}, {"redirect_uris[1]": "invalid"}),
        ({"contact": None}, {"contact": "required"}),
        ({"contact": {}}, {"contact.email": "required"}),
        ({"contact": {"email": "x"}}, {"contact.email": "invalid"}),
    ],
    ids=lambda value: f"9 {value}",
)
def test_what_verification_needs(
    sandbox: Sandbox, change: Document, fields: dict[str, str]
) -> None:
    """redirect_uris, an array of http or https strings, and contact.email are required."""
    body = {"redirect_uris": [CALLBACK], "contact": CONTACT, **change}
    response = verify(sandbox, body)
    assert (response.status_code, response.json()) == (422, errors(fields))
    assert sandbox.control("GET", "").json()["applications"][0]["mode"] == "development"


def test_contact_needs_no_display_name(sandbox: Sandbox) -> None:
    """contact.display_name is optional."""
    body = {"redirect_uris": [CALLBACK], "contact": {"email": "dev@acme.test"}}
    assert verify(sandbox, body).status_code == 202


# --- 13 Plans ------------------------------------------------------------------------

STARTER = [
    "GET /v1/userinfo",
    "GET /v1/account",
    "GET /v1/profiles",
    "GET /v1/calendars",
    "POST /v1/calendars",
    "POST /v1/permissions",
    "POST /v1/link_tokens",
    "POST /v1/profiles/pro_x/revoke",
    "GET /v1/accessible_calendars",
    "POST /v1/delegated_authorizations",
]
GROWTH = ["POST /v1/service_account_authorizations", "GET /v1/resources"]


@pytest.mark.parametrize("plan", ["starter", "emerging", "growth", "strategic"],
                         ids=lambda plan: f"13 {plan}")  # fmt: skip
def test_plans(open_sandbox: Open, plan: str) -> None:
    """Starter and Emerging are one level, below Growth, below Strategic; a plan that lacks the
    feature is 402 with an empty body."""
    scenario: dict[str, Any] = {
        "applications": [{"plan": plan}],
        "organizations": [{"domain": "acme.test", "members": [JANE]}],
    }
    sandbox = open_sandbox(scenario=scenario)
    account = sandbox.connect(JANE)["access_token"]
    body = {"service_account": "acme.test"}
    domain = sandbox.control("POST", "/connect", json=body).json()["access_token"]
    for call in STARTER:
        assert sandbox.call(account, *call.split()).status_code != 402, call
    for call in GROWTH:
        response = sandbox.call(domain, *call.split())
        if plan in {"starter", "emerging"}:
            assert (response.status_code, response.content) == (402, b""), call
        else:
            assert response.status_code != 402, call
    body = {**sandbox.credentials, "application_calendar_id": "x"}
    assert sandbox.http.post("/v1/application_calendars", json=body).status_code == 200


# Of the application's key, but for those of a person's token.
EMERGING = [
    "POST /v1/attachments",
    "POST /v1/smart_invites",
    "GET /v1/smart_invites",
    "POST /v1/meeting_agents",
    "DELETE /v1/meeting_agents",
    "GET /v1/meeting_agents/agt_x/resources/audio",
]
EMERGING_OF_ACCOUNTS = [
    "POST /v1/channels",
    "GET /v1/channels",
    "DELETE /v1/channels/chn_x",
    "POST /v1/availability",
    "POST /v1/sequenced_availability",
    "GET /v1/available_periods",
    "GET /v1/availability_rules",
]


@pytest.mark.parametrize(("plan", "lacking"), [("none", True), ("emerging", False)])
def test_an_application_without_a_plan(open_sandbox: Open, plan: str, lacking: bool) -> None:
    """notifications §§1.1, 2.1, 4.4, 4.5: 402 with an empty body, before anything else is looked
    at; so for every other call, since even the lowest level has it."""
    features = {"attachments": False, "meeting_agents": False}
    application = {"plan": plan, "features": features, "client_secret": "key"}
    sandbox = open_sandbox(scenario={"applications": [application], "people": [person(JANE)]})
    token = sandbox.connect(JANE)["access_token"]
    calls = [("key", call) for call in EMERGING]
    calls += [(token, call) for call in (*EMERGING_OF_ACCOUNTS, *STARTER)]
    for credential, call in calls:
        response = sandbox.call(credential, *call.split())
        assert (response.status_code == 402) == lacking, call
        if lacking:
            assert response.content == b"", call
            hint = response.headers["mock-cronofy-hint"]
            assert re.fullmatch(r"this needs the plan \w+; application .+ is on none", hint), call


@pytest.mark.parametrize(("plan", "offered"), [("emerging", False), ("growth", True)],
                         ids=["13 emerging", "13 growth"])  # fmt: skip
def test_enterprise_connect_needs_growth(open_sandbox: Open, plan: str, offered: bool) -> None:
    """Growth: all of Enterprise Connect, its authorize page too."""
    scenario = {
        "applications": [{"plan": plan}],
        "organizations": [{"domain": "acme.test"}],
    }
    sandbox = open_sandbox(scenario=scenario)
    decide(sandbox, "enterprise")
    query = redirected(authorize_enterprise(sandbox, state=STATE))
    assert query["state"] == STATE
    assert ("code" in query) == offered
    assert ("error" in query) != offered


def test_everything_is_allowed_by_default(sandbox: Sandbox) -> None:
    """One setting for each application, with everything allowed."""
    assert sandbox.application["plan"] == "strategic"

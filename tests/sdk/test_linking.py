"""Several calendar accounts of one person: link tokens, and avoiding to be linked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.emulator import Sandbox, redirected
from tests.sdk.clients import Client, Sdk
from tests.sdk.conftest import Visit, decide
from tests.sdk.expected import ExpectedAccount, ExpectedCalendar, ExpectedProfile
from tests.sdk.matching import TOKEN

WORK = "jane@acme.test"
HOME = "jane@home.test"
REDIRECT_URI = "https://app.acme.test/callback"
SCOPE = "read_write"


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """Jane has a calendar account at work, and one at home."""
    people = [
        {
            "email": email,
            "name": name,
            "zoneinfo": "Europe/London",
            "provider": provider,
            "calendars": [{"name": name, "primary": True}],
        }
        for email, name, provider in ((WORK, "Jane", "google"), (HOME, "JD", "outlook_com"))
    ]
    application = {"features": {"explicit_linking": True}}
    scenario = {"name": "sdk-linking", "applications": [application], "people": people}
    return open_sandbox(scenario=scenario)


def work_profile() -> ExpectedProfile:
    calendar = ExpectedCalendar("Jane", conferencing=True)
    return ExpectedProfile("google", "google", [calendar], name=WORK)


def home_profile() -> ExpectedProfile:
    return ExpectedProfile("live_connect", "outlook_com", [ExpectedCalendar("JD")], name=HOME)


def address(sdk: Sdk, sandbox: Sandbox, **more: Any) -> str:
    return sdk.authorize_url(sandbox.application["client_id"], REDIRECT_URI, SCOPE, **more)


@pytest.fixture
def jane(sdk: Sdk, sandbox: Sandbox, visit: Visit) -> Client:
    """Jane's account, connected with the calendar account of her work."""
    decide(sandbox, "authorize", email=WORK)
    client = sdk.client(sandbox.credentials)
    client.exchange(visit(address(sdk, sandbox))["code"], REDIRECT_URI)
    return client


def assert_linked(client: Client, token: Any, jane: Client) -> None:
    """``token`` answers for Jane's account, which now has both her profiles."""
    account = ExpectedAccount(
        WORK, "Jane", "Europe/London", SCOPE, [work_profile(), home_profile()]
    )
    account.learn_ids(token["userinfo"])
    assert token == account.token_document(linking_profile=1)
    assert client.refresh_token == jane.refresh_token
    account.assert_seen_by(client)
    account.assert_seen_by(jane)


def test_link_token(sdk: Sdk, sandbox: Sandbox, visit: Visit, jane: Client) -> None:
    """With a link token the second calendar account joins the first, in any browser, once."""
    # Neither SDK has this call.
    answer = sandbox.call(str(jane.access_token), "POST", "/v1/link_tokens")
    assert answer.json() == {"link_token": TOKEN}
    link_token = answer.json()["link_token"]

    decide(sandbox, "authorize", email=HOME)
    query = visit(address(sdk, sandbox, link_token=link_token))
    client = sdk.client(sandbox.credentials)
    assert_linked(client, client.exchange(query["code"], REDIRECT_URI), jane)

    refused = visit(address(sdk, sandbox, link_token=link_token))
    assert refused["error"] == "invalid_request"


def test_implicit_linking(sdk: Sdk, sandbox: Sandbox, http: httpx.Client, jane: Client) -> None:
    """In Jane's own browser a second calendar account joins hers."""
    decide(sandbox, "authorize", email=HOME)
    # No new browser: this one has the cookie of her first visit.
    query = redirected(http.get(address(sdk, sandbox, avoid_linking=False)))
    client = sdk.client(sandbox.credentials)
    assert_linked(client, client.exchange(query["code"], REDIRECT_URI), jane)


def test_avoid_linking(sdk: Sdk, sandbox: Sandbox, http: httpx.Client, jane: Client) -> None:
    """Even in Jane's own browser avoid_linking gives the second an account of its own."""
    before = jane.userinfo()
    decide(sandbox, "authorize", email=HOME)
    query = redirected(http.get(address(sdk, sandbox, avoid_linking=True)))
    client = sdk.client(sandbox.credentials)
    token = client.exchange(query["code"], REDIRECT_URI)
    account = ExpectedAccount(HOME, "JD", "Europe/London", SCOPE, [home_profile()])
    account.learn_ids(token["userinfo"])
    assert token == account.token_document()
    assert account.sub != before["sub"]
    account.assert_seen_by(client)
    assert jane.userinfo() == before

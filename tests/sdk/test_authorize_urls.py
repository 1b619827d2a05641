"""The addresses to which the SDKs send people, encoded as each of them does."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest

from tests.emulator import Sandbox, redirected
from tests.sdk.conftest import Visit, decide
from tests.sdk.matching import TOKEN

REDIRECT_URI = "https://app.acme.test/callback?a=1&b=ä"
INDIVIDUAL = "/oauth/authorize?"
ENTERPRISE = "/enterprise_connect/oauth/authorize?"
# Of omniauth-cronofy.
OLD_ENTERPRISE = "/service_accounts/oauth/authorize?"
MANAGE = "service_account%2Faccounts%2Fmanage%20service_account%2Fresources%2Fmanage"

ADDRESSES = {
    "python, nothing but defaults": (
        f"{INDIVIDUAL}response_type=code&client_id={{client_id}}&redirect_uri={{redirect_uri}}"
        "&scope=read_account+list_calendars+read_events+create_event+delete_event"
        "&state=&provider_name=&avoid_linking=False"
    ),
    "python, everything": (
        f"{INDIVIDUAL}response_type=code&client_id={{client_id}}&redirect_uri={{redirect_uri}}"
        "&scope=read_write&state=a%2F7&provider_name=google&avoid_linking=True"
    ),
    "ruby": (
        f"{INDIVIDUAL}client_id={{client_id}}&redirect_uri={{redirect_uri}}&response_type=code"
        "&scope=read_account+read_events+create_event+delete_event&state=a%2F7"
    ),
    "php": (
        f"{INDIVIDUAL}response_type=code&client_id={{client_id}}&redirect_uri={{redirect_uri}}"
        "&scope=read_account%20create_event&state=a/7&avoid_linking=1&provider_name=google"
    ),
    "csharp": (
        f"{INDIVIDUAL}client_id={{client_id}}&response_type=code&redirect_uri={{redirect_uri}}"
        "&scope=read_account%20read_events%20create_event%20delete_event&state=a%2F7"
        "&avoid_linking=true&provider_name=google"
    ),
    "csharp, linking": (
        f"{INDIVIDUAL}client_id={{client_id}}&response_type=code&redirect_uri={{redirect_uri}}"
        "&scope=create_event&state=a%2F7&avoid_linking=false"
    ),
    "php, enterprise": (
        f"{ENTERPRISE}response_type=code&client_id={{client_id}}&redirect_uri={{redirect_uri}}"
        f"&scope={MANAGE}&delegated_scope=read_write%20free_busy_write&state=a%2F7"
    ),
    "csharp, enterprise": (
        f"{ENTERPRISE}client_id={{client_id}}&response_type=code&redirect_uri={{redirect_uri}}"
        f"&delegated_scope=read_account%20read_events&scope={MANAGE}"
        "&state=a%2F7&avoid_linking=true&link_token=unknown&provider_name=google"
    ),
    "ruby, enterprise": (
        f"{OLD_ENTERPRISE}client_id={{client_id}}&delegated_scope=free_busy"
        "&redirect_uri={redirect_uri}&response_type=code"
        "&scope=service_account%2Faccounts%2Fmanage&state=a%2F7"
    ),
}


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    organization = {"domain": "acme.test", "administrator": "jane@acme.test"}
    people = [{"email": "jane@acme.test"}, {"email": "jane@home.test"}]
    scenario = {"name": "sdk-urls", "people": people, "organizations": [organization]}
    return open_sandbox(scenario=scenario)


@pytest.mark.parametrize("who", ADDRESSES)
def test_address(who: str, sandbox: Sandbox, visit: Visit) -> None:
    """The page reads the address as it was meant: a code comes back, and the state unaltered."""
    address = ADDRESSES[who].format(
        client_id=sandbox.application["client_id"],
        redirect_uri=quote(REDIRECT_URI, safe=""),
    )
    page = "enterprise" if "enterprise" in who else "authorize"
    decide(sandbox, page, email="jane@acme.test")
    state = {} if "state=&" in address else {"state": "a/7"}
    assert visit(address) == {"a": "1", "b": "ä", "code": TOKEN, **state}


@pytest.mark.parametrize(
    ("spelling", "accounts"),
    [("True", 2), ("true", 2), ("1", 2), ("False", 1), ("false", 1), ("0", 1), ("", 1)],
)
def test_avoid_linking(
    spelling: str, accounts: int, sandbox: Sandbox, visit: Visit, http: httpx.Client
) -> None:
    """Every language's spelling of true keeps two calendar accounts of one browser apart."""
    values = {
        "client_id": sandbox.application["client_id"],
        "redirect_uri": quote(REDIRECT_URI, safe=""),
    }
    decide(sandbox, "authorize", email="jane@acme.test")
    visit(ADDRESSES["ruby"].format(**values))
    decide(sandbox, "authorize", email="jane@home.test")
    address = ADDRESSES["csharp, linking"].format(**values).replace("=false", f"={spelling}")
    # In the same browser, with its cookie.
    assert "code" in redirected(http.get(address))
    connected = sandbox.control("GET", "").json()["connected"]
    assert [len(item["profiles"]) for item in connected] == [2 // accounts] * accounts

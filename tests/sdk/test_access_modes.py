"""A person connects in each access mode, through both SDKs, and leaves again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk.clients import Client, PythonClient, PythonSdk, Refused, Sdk
from tests.sdk.conftest import Visit, decide
from tests.sdk.expected import (
    REVOKED_REFRESH_TOKEN,
    UNKNOWN_CODE,
    ExpectedAccount,
    ExpectedCalendar,
    ExpectedProfile,
    cronofy_profile,
    refreshed_document,
    unprocessable,
)
from tests.sdk.matching import TOKEN, Like, calendar_of

EMAIL = "jane@acme.test"
REDIRECT_URI = "https://app.acme.test/callback?tenant=7"
RETURN_URI = "https://app.acme.test/elevated"
SCOPE = "free_busy_write"


@dataclass(frozen=True)
class Case:
    """An access mode on a provider. ``opened`` makes the profiles that connecting opens."""

    mode: str
    provider: str
    opened: Callable[[], list[ExpectedProfile]]

    @property
    def reads_calendars(self) -> bool:
        return self.mode != "no_calendar"


def _read_write(
    provider_name: str, service: str, protocol: str | None = None
) -> list[ExpectedProfile]:
    calendars = [
        ExpectedCalendar("Jane", conferencing=True),
        ExpectedCalendar("Holidays", readonly=True, primary=False),
    ]
    return [ExpectedProfile(provider_name, service, calendars, protocol)]


def _free_busy(name: str) -> list[ExpectedProfile]:
    calendars = [
        ExpectedCalendar("Jane", readonly=True),
        ExpectedCalendar("Holidays", readonly=True, primary=False),
    ]
    return [ExpectedProfile(name, name, calendars), cronofy_profile()]


CASES = {
    "read_write-google": Case("read_write", "google", lambda: _read_write("google", "google")),
    "read_write-office365": Case(
        "read_write", "office365", lambda: _read_write("exchange", "office365", "graph_api")
    ),
    "free_busy-google": Case("free_busy", "google", lambda: _free_busy("google_free_busy")),
    "free_busy-office365": Case("free_busy", "office365", lambda: _free_busy("ms_graph_free_busy")),
    "no_calendar": Case("no_calendar", "none", lambda: [cronofy_profile()]),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox], case: Case) -> Sandbox:
    """Jane and her calendars; the application offers every mode; time stands still."""
    person: dict[str, Any] = {
        "email": EMAIL,
        "name": "Jane Doe",
        "zoneinfo": "Europe/London",
        "provider": case.provider,
    }
    if case.reads_calendars:
        person["calendars"] = [
            {"name": "Jane", "primary": True},
            {"name": "Holidays", "readonly": True},
        ]
    scenario = {
        "name": "sdk-access-modes",
        "applications": [{"features": {"no_access": True}}],
        "people": [person],
    }
    sandbox = open_sandbox(scenario=scenario)
    now = "2026-05-11T08:00:00Z"
    clock = sandbox.control("PUT", "/clock", json={"now": now})
    assert clock.json() == {"now": now, "mode": "virtual"}
    return sandbox


@pytest.fixture
def authorized(sdk: Sdk, sandbox: Sandbox, case: Case, visit: Visit) -> Callable[[], str]:
    """Sends Jane through the authorize page, where she chooses the mode; returns the code."""

    def authorize() -> str:
        decide(sandbox, "authorize", email=EMAIL, access_mode=case.mode)
        client_id = sandbox.application["client_id"]
        address = sdk.authorize_url(client_id, REDIRECT_URI, SCOPE, state="a state/7")
        query = visit(address)
        assert query == {"tenant": "7", "code": TOKEN, "state": "a state/7"}
        return query["code"]

    return authorize


@pytest.fixture
def connected(
    sdk: Sdk, sandbox: Sandbox, case: Case, authorized: Callable[[], str]
) -> tuple[Client, ExpectedAccount]:
    """A client that holds Jane's tokens, and what is to be seen of her."""
    client = sdk.client(sandbox.credentials)
    token = client.exchange(authorized(), REDIRECT_URI)
    account = ExpectedAccount(EMAIL, "Jane Doe", "Europe/London", SCOPE, case.opened())
    account.learn_ids(token["userinfo"])
    assert token == account.token_document()
    return client, account


Connected = tuple[Client, ExpectedAccount]


def test_connecting(sdk: Sdk, sandbox: Sandbox, authorized: Callable[[], str], case: Case) -> None:
    """The code buys tokens once; the token answer names the mode, and every read agrees with it."""
    client = sdk.client(sandbox.credentials)
    code = authorized()
    token = client.exchange(code, REDIRECT_URI)
    account = ExpectedAccount(EMAIL, "Jane Doe", "Europe/London", SCOPE, case.opened())
    account.learn_ids(token["userinfo"])
    assert token == account.token_document()
    account.assert_seen_by(client)

    with pytest.raises(Refused) as refused:
        sdk.client(sandbox.credentials).exchange(code, REDIRECT_URI)
    assert (refused.value.status, refused.value.document) == (400, UNKNOWN_CODE)
    account.assert_seen_by(client)


def test_connecting_again(
    connected: Connected, sdk: Sdk, sandbox: Sandbox, authorized: Callable[[], str]
) -> None:
    """Going through the page again finds the same account, profiles and refresh token."""
    client, account = connected
    again = sdk.client(sandbox.credentials)
    assert again.exchange(authorized(), REDIRECT_URI) == account.token_document()
    assert again.refresh_token == client.refresh_token
    account.assert_seen_by(again)
    account.assert_seen_by(client)


def test_refusing(sdk: Sdk, sandbox: Sandbox, visit: Visit) -> None:
    """A person who says no sends the application error=access_denied, and nothing is connected."""
    decide(sandbox, "authorize", "deny", email=EMAIL)
    client_id = sandbox.application["client_id"]
    address = sdk.authorize_url(client_id, REDIRECT_URI, SCOPE, state="7")
    assert visit(address) == {"tenant": "7", "error": "access_denied", "state": "7"}
    assert sandbox.control("GET", "").json()["connected"] == []


def test_refresh(connected: Connected, sdk: Sdk, sandbox: Sandbox) -> None:
    """A refresh answers five members; the access token before it lives on until it expires."""
    client, account = connected
    before = client.access_token
    earlier = sdk.client(sandbox.credentials, before, client.refresh_token)
    sandbox.advance(minutes=1)
    assert client.refresh() == refreshed_document(SCOPE)
    assert client.access_token != before
    assert client.refresh_token == earlier.refresh_token
    account.assert_seen_by(client)
    account.assert_seen_by(earlier)


def test_expiry(connected: Connected, sandbox: Sandbox) -> None:
    """An access token dies on the second by the sandbox's clock; a refresh brings access back."""
    client, account = connected
    sandbox.advance(seconds=3599)
    account.assert_seen_by(client)
    sandbox.advance(seconds=1)
    for read in (client.userinfo, client.account, client.profiles, client.calendars):
        with pytest.raises(Refused) as refused:
            read()
        assert (refused.value.status, refused.value.document) == (401, None)
    if isinstance(client, PythonClient):
        # pycronofy looks at the machine's clock: under a moved one only the 401 tells.
        assert not client.client.is_authorization_expired()
    assert client.refresh() == refreshed_document(SCOPE)
    account.assert_seen_by(client)


def _elevatable(account: ExpectedAccount) -> list[ExpectedCalendar]:
    """Everything but the calendars of a free/busy profile."""
    return [
        calendar
        for profile in account.profiles
        if "free_busy" not in profile.provider_name
        for calendar in profile.calendars
    ]


def test_elevated_permissions(
    connected: Connected, sandbox: Sandbox, visit: Visit, served: str
) -> None:
    """The URL asks the person: no changes nothing, yes makes the calendars unrestricted."""
    client, account = connected
    calendars = _elevatable(account)
    asked = [calendar.calendar_id for calendar in calendars]
    page = {"permissions_request": {"url": Like(rf"{served}/permissions/[\w-]{{16,}}")}}

    first = client.elevate(asked, RETURN_URI)
    assert first == page
    account.assert_seen_by(client)
    decide(sandbox, "permissions", "deny", email=EMAIL)
    assert visit(first["permissions_request"]["url"]) == {"error": "access_denied"}
    account.assert_seen_by(client)

    second = client.elevate(asked, RETURN_URI)
    assert second == page
    assert second != first
    account.assert_seen_by(client)
    decide(sandbox, "permissions", email=EMAIL)
    assert visit(second["permissions_request"]["url"]) == {}
    for calendar in calendars:
        calendar.level = "unrestricted"
    account.assert_seen_by(client)


@pytest.mark.parametrize("case", ["free_busy-google", "free_busy-office365"], indirect=True)
def test_free_busy_calendars_cannot_be_elevated(connected: Connected) -> None:
    """Free/Busy mode refuses to elevate the person's own calendars, each under its own path."""
    client, account = connected
    own = account.profiles[0].calendars
    hosted = account.profiles[1].calendars[0]
    with pytest.raises(Refused) as refused:
        client.elevate([hosted.calendar_id, *(c.calendar_id for c in own)], RETURN_URI)
    error = {
        "key": "errors.not_recognized",
        "description": "a calendar of a free/busy profile is read-only and cannot be elevated",
    }
    assert refused.value.status == 422
    assert refused.value.document == {
        "errors": {
            "permissions[1].calendar_id": [error],
            "permissions[2].calendar_id": [error],
        }
    }
    account.assert_seen_by(client)


def test_creating_a_calendar(connected: Connected, case: Case) -> None:
    """Read-Write creates at the provider; the other modes refuse, each profile in its own way."""
    client, account = connected
    own, hosted = account.profiles[0], account.profiles[-1]
    if case.mode == "read_write":
        made = client.create_calendar(own.profile_id, "Interviews")
        calendar = ExpectedCalendar(
            "Interviews", primary=False, conferencing=True, level="unrestricted"
        )
        calendar.calendar_id = made["calendar"]["calendar_id"]
        assert calendar.calendar_id == calendar_of(own.profile_id)
        own.calendars.append(calendar)
        assert made == {"calendar": own.listed(calendar)}
    else:
        with pytest.raises(Refused) as refused:
            client.create_calendar(hosted.profile_id, "Interviews")
        assert refused.value.status == 422
        assert refused.value.document == unprocessable(
            "profile_id",
            "errors.calendar_limit_reached",
            "a Cronofy calendar profile holds one calendar only",
        )
        if case.mode == "free_busy":
            with pytest.raises(Refused) as refused:
                client.create_calendar(own.profile_id, "Interviews")
            assert (refused.value.status, refused.value.document) == (403, None)
    account.assert_seen_by(client)


@pytest.mark.parametrize("case", ["read_write-office365"], indirect=True)
def test_duplicate_calendar_names(connected: Connected) -> None:
    """Microsoft 365 refuses a second calendar of one name with the key that SDKs look for."""
    client, account = connected
    profile = account.profiles[0]
    with pytest.raises(Refused) as refused:
        client.create_calendar(profile.profile_id, "Jane")
    assert refused.value.status == 422
    assert refused.value.document == unprocessable(
        "name",
        "errors.duplicate_calendar_name",
        "A calendar with this name already exists and the provider does not allow duplicates",
    )
    if isinstance(client, PythonClient):
        # Asked not to mind, pycronofy looks the calendar up instead.
        found = client.client.create_calendar(profile.profile_id, "Jane", error_on_duplicate=False)
        assert found == profile.listed(profile.calendars[0])
    account.assert_seen_by(client)


def test_revoking_a_profile(connected: Connected) -> None:
    """A revoked profile is gone from every read; tokens work on, even with no profile left."""
    client, account = connected
    while account.profiles:
        revoked = account.profiles.pop(0)
        client.revoke_profile(revoked.profile_id)
        account.assert_seen_by(client)
        with pytest.raises(Refused) as refused:
            client.revoke_profile(revoked.profile_id)
        assert (refused.value.status, refused.value.document) == (404, None)
    assert client.refresh() == refreshed_document(SCOPE)
    account.assert_seen_by(client)


@pytest.mark.parametrize("by", ["token", "sub"])
def test_revoking_the_authorization(
    by: str,
    connected: Connected,
    sdk: Sdk,
    sandbox: Sandbox,
    visit: Visit,
    authorized: Callable[[], str],
    case: Case,
) -> None:
    """Revoking ends all tokens at once; connecting again starts from sandbox permissions."""
    client, account = connected
    unrestricted = [calendar.calendar_id for calendar in _elevatable(account)]
    decide(sandbox, "permissions", email=EMAIL)
    visit(client.elevate(unrestricted, RETURN_URI)["permissions_request"]["url"])
    stale = sdk.client(sandbox.credentials, client.access_token, client.refresh_token)

    if by == "token":
        client.revoke()
    else:
        client.revoke_sub(account.sub)

    for read in (stale.userinfo, stale.account, stale.profiles, stale.calendars):
        with pytest.raises(Refused) as refused:
            read()
        assert (refused.value.status, refused.value.document) == (401, None)
    with pytest.raises(Refused) as refused:
        stale.refresh()
    assert (refused.value.status, refused.value.document) == (400, REVOKED_REFRESH_TOKEN)
    assert sandbox.control("GET", "").json()["connected"] == []

    again = sdk.client(sandbox.credentials)
    assert again.exchange(authorized(), REDIRECT_URI) == account.token_document()
    assert again.refresh_token != stale.refresh_token
    account.assert_seen_by(again)


def test_revoking_an_unknown_token(connected: Connected, sdk: Sdk, sandbox: Sandbox) -> None:
    """Revoking what is unknown succeeds and changes nothing, as RFC 7009 has it."""
    client, account = connected
    other = sdk.client(sandbox.credentials, "unknown", "unknown")
    other.revoke()
    other.revoke_sub("acc_000000000000000000000000")
    account.assert_seen_by(client)


def test_an_expired_access_token_cannot_revoke(
    python_sdk: PythonSdk, open_sandbox: Callable[..., Sandbox]
) -> None:
    """pycronofy revokes by access token: once that has expired, the person stays connected."""
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z")
    token = sandbox.connect(EMAIL)
    tokens = (token["access_token"], token["refresh_token"])
    sandbox.advance(hours=1)
    python_sdk.client(sandbox.credentials, *tokens).revoke()
    warning = python_sdk.last.headers["Mock-Cronofy-Warning"]
    assert warning.startswith("nothing was revoked")
    client = python_sdk.client(sandbox.credentials, *tokens)
    client.refresh()
    assert client.userinfo() == token["userinfo"]

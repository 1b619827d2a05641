"""A domain is connected by its administrator, and its people through it, by both SDKs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.emulator import Sandbox
from tests.receiver.process import Receiver
from tests.sdk.clients import Client, Document, PythonSdk, Refused, Sdk
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
from tests.sdk.matching import SERVICE_ACCOUNT, TOKEN

ADMINISTRATOR = "it@acme.test"
JANE = "jane@acme.test"
ROOM = "room-1@acme.test"
REDIRECT_URI = "https://app.acme.test/enterprise"
MANAGE = "service_account/accounts/manage service_account/resources/manage"
UNRESTRICTED = (
    "service_account/accounts/unrestricted_access service_account/resources/unrestricted_access"
)
SCOPE = f"{MANAGE} {UNRESTRICTED}"
DELEGATED = "free_busy_write"


@dataclass(frozen=True)
class Case:
    """The mode that the administrator of a provider's domain chooses."""

    mode: str
    provider: str
    reported: str
    service: str
    protocol: str | None = None

    def opened(self, calendar: str) -> list[ExpectedProfile]:
        """The profiles that connecting somebody opens, their one calendar named ``calendar``."""
        free_busy = self.mode == "free_busy"
        own = ExpectedProfile(
            self.reported,
            self.service,
            [ExpectedCalendar(calendar, readonly=free_busy, conferencing=not free_busy)],
            self.protocol,
        )
        return [own, cronofy_profile()] if free_busy else [own]


CASES = {
    "read_write-google": Case("read_write", "google", "google", "gsuite"),
    "read_write-office365": Case("read_write", "office365", "exchange", "office365", "graph_api"),
    "free_busy-google": Case("free_busy", "google", "google_free_busy", "google_free_busy"),
    "free_busy-office365": Case(
        "free_busy", "office365", "ms_graph_free_busy", "ms_graph_free_busy"
    ),
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox], case: Case) -> Sandbox:
    """The domain acme.test: an administrator, Jane and Ben, and a room."""
    people: list[dict[str, Any]] = [
        {"email": ADMINISTRATOR, "name": "Ada Min", "zoneinfo": "Europe/Oslo"},
        {"email": JANE, "name": "Jane Doe", "zoneinfo": "Europe/London"},
        {"email": "ben@acme.test", "name": "Ben Lee", "zoneinfo": "Asia/Tokyo"},
    ]
    for person in people:
        person["provider"] = case.provider
        person["calendars"] = [{"name": person["name"], "primary": True}]
    organization = {
        "domain": "acme.test",
        "provider": case.provider,
        "administrator": ADMINISTRATOR,
        "members": [JANE, "ben@acme.test"],
        "resources": [
            {
                "email": ROOM,
                "name": "Room 1",
                "capacity": 8,
                "location": {"building_name": "Main", "floor_name": "2"},
            }
        ],
    }
    scenario = {
        "name": "sdk-enterprise-connect",
        "clock": "2026-05-11T08:00:00Z",
        "people": people,
        "organizations": [organization],
    }
    return open_sandbox(scenario=scenario)


def administrator_agrees(
    sandbox: Sandbox, visit: Visit, mode: str, scope: str = SCOPE, delegated: str = DELEGATED
) -> str:
    """The administrator opens the address, agrees and chooses ``mode``; the code."""
    decide(sandbox, "enterprise", email=ADMINISTRATOR, access_mode=mode)
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": REDIRECT_URI,
        "scope": scope,
        "delegated_scope": delegated,
        "state": "acme",
    }
    found = visit(f"/enterprise_connect/oauth/authorize?{urlencode(query)}")
    assert found == {"code": TOKEN, "state": "acme"}
    return found["code"]


class Domain:
    """A connected domain: its service account's client, and how to reach its people."""

    def __init__(self, sdk: Sdk, sandbox: Sandbox, receiver: Receiver, case: Case) -> None:
        self.sdk = sdk
        self.sandbox = sandbox
        self.receiver = receiver
        self.case = case
        self.client = sdk.client(sandbox.credentials)

    def connect(self, code: str, scope: str = SCOPE) -> Document:
        token = self.client.exchange(code, REDIRECT_URI)
        assert token == {
            **refreshed_document(scope, expires_in=1800),
            "sub": SERVICE_ACCOUNT,
            "service_account_id": token["sub"],
            "userinfo": self.userinfo(token["sub"], scope),
        }
        return token

    def userinfo(self, sub: str, scope: str = SCOPE) -> Document:
        """What userinfo of the service account ``sub`` answers."""
        return {
            "sub": sub,
            "email": ADMINISTRATOR,
            "cronofy.type": "service_account",
            "cronofy.service_account.domain": "acme.test",
            "cronofy.data": {
                "authorization": {
                    "scope": scope,
                    "status": "active",
                    "delegated_scope": DELEGATED,
                },
                "service_account": {
                    "provider_name": self.case.reported,
                    "domain": "acme.test",
                },
            },
        }

    def called_back(self) -> Document:
        """The next callback's ``authorization``; its signature is checked by the SDK."""
        callback = self.receiver.next()
        assert callback.path == "/callbacks"
        assert callback.headers["content-type"] == "application/json; charset=utf-8"
        assert self.client.hmac_valid(callback.signature, callback.text)
        assert not self.client.hmac_valid(callback.signature, callback.text + " ")
        document = callback.document
        assert list(document) == ["authorization"]
        return document["authorization"]

    @property
    def callback_url(self) -> str:
        return f"{self.receiver.url}/callbacks"

    def authorize(self, email: str, state: str | None = None) -> Document:
        """Ask for a mailbox's calendars; the callback's ``authorization``."""
        self.client.authorize_user(email, DELEGATED, self.callback_url, state)
        return self.called_back()

    def connect_user(self, email: str, name: str, zoneinfo: str) -> tuple[Client, ExpectedAccount]:
        """A member's client, by way of callback and code."""
        authorization = self.authorize(email, "a state/7")
        assert authorization == {"code": TOKEN, "state": "a state/7"}
        client = self.sdk.client(self.sandbox.credentials)
        token = client.exchange(authorization["code"], self.callback_url)
        account = ExpectedAccount(email, name, zoneinfo, DELEGATED, self.case.opened(name))
        account.learn_ids(token["userinfo"])
        assert token == account.token_document()
        return client, account


@pytest.fixture
def domain(sdk: Sdk, sandbox: Sandbox, receiver: Receiver, case: Case, visit: Visit) -> Domain:
    connected = Domain(sdk, sandbox, receiver, case)
    connected.connect(administrator_agrees(sandbox, visit, case.mode))
    return connected


def test_service_account(domain: Domain, sandbox: Sandbox) -> None:
    """A service account is who it is, lives for half an hour at a time, and has no calendars."""
    client = domain.client
    userinfo = client.userinfo()
    assert userinfo == domain.userinfo(userinfo["sub"])
    assert client.account() == {
        "account": {
            "account_id": userinfo["sub"],
            "email": ADMINISTRATOR,
            "name": "Ada Min",
            "scope": SCOPE,
            "default_tzid": "Europe/Oslo",
        },
        "sub": userinfo["sub"],
    }
    for read in (client.profiles, client.calendars):
        with pytest.raises(Refused) as refused:
            read()
        assert (refused.value.status, refused.value.document) == (403, None)
    sandbox.advance(minutes=30)
    with pytest.raises(Refused) as refused:
        client.userinfo()
    assert (refused.value.status, refused.value.document) == (401, None)
    assert client.refresh() == refreshed_document(SCOPE, expires_in=1800)
    assert client.userinfo() == userinfo


def test_user(domain: Domain) -> None:
    """A member's calendars come by a signed callback; its code works once, for its URL only."""
    client, account = domain.connect_user(JANE, "Jane Doe", "Europe/London")
    account.assert_seen_by(client)
    assert client.refresh() == refreshed_document(DELEGATED)

    again = domain.authorize(JANE)
    assert again == {"code": TOKEN}
    other = domain.sdk.client(domain.sandbox.credentials)
    with pytest.raises(Refused) as refused:
        other.exchange(again["code"], REDIRECT_URI)
    assert refused.value.status == 400
    assert refused.value.document == {
        "error": "invalid_grant",
        "error_description": f"redirect_uri differs: found {REDIRECT_URI!r}, the code was issued "
        f"for {domain.callback_url!r}",
        "error_key": "errors.unknown_or_used",
    }
    assert other.exchange(again["code"], domain.callback_url) == account.token_document()
    assert other.refresh_token == client.refresh_token
    with pytest.raises(Refused) as refused:
        other.exchange(again["code"], domain.callback_url)
    assert (refused.value.status, refused.value.document) == (400, UNKNOWN_CODE)


def test_resource(domain: Domain) -> None:
    """A room is connected like a member."""
    authorization = domain.authorize(ROOM)
    client = domain.sdk.client(domain.sandbox.credentials)
    token = client.exchange(authorization["code"], domain.callback_url)
    room = token["userinfo"]
    calendars = room["cronofy.data"]["profiles"][0]["profile_calendars"]
    account = ExpectedAccount(
        ROOM,
        room["name"],
        room.get("zoneinfo"),
        DELEGATED,
        domain.case.opened(calendars[0]["calendar_name"]),
    )
    account.learn_ids(room)
    assert token == account.token_document()
    account.assert_seen_by(client)


def test_unknown_mailbox(domain: Domain) -> None:
    """A mailbox that the domain does not have is reported by callback, not by the call."""
    assert domain.authorize("nobody@acme.test", "7") == {
        "error": "access_denied",
        "error_key": "errors.account_not_found",
        "error_description": "No mailbox for nobody@acme.test at acme.test",
        "state": "7",
    }


def test_refusals(domain: Domain) -> None:
    """More than was delegated, an empty address and a user's token are refused at once."""
    with pytest.raises(Refused) as refused:
        domain.client.authorize_user(JANE, "read_write", domain.callback_url)
    assert refused.value.status == 422
    assert refused.value.document == unprocessable(
        "scope",
        "errors.not_granted",
        "'read_write' is not within the delegated_scope 'free_busy_write'",
    )
    with pytest.raises(Refused) as refused:
        domain.client.authorize_user("", DELEGATED, "")
    required = [{"key": "errors.required", "description": "required"}]
    assert refused.value.status == 422
    assert refused.value.document == {"errors": {"email": required, "callback_url": required}}

    client, _ = domain.connect_user(JANE, "Jane Doe", "Europe/London")
    with pytest.raises(Refused) as refused:
        client.authorize_user(JANE, DELEGATED, domain.callback_url)
    assert (refused.value.status, refused.value.document) == (403, None)


def test_elevated_permissions(domain: Domain) -> None:
    """The administrator has agreed beforehand: elevation is accepted at once, where it can be."""
    client, account = domain.connect_user(JANE, "Jane Doe", "Europe/London")
    own = account.profiles[0].calendars[0]
    if domain.case.mode == "read_write":
        accepted = client.elevate([own.calendar_id])
        assert accepted == {"permissions_request": {"accepted": True}}
        own.level = "unrestricted"
    else:
        with pytest.raises(Refused) as refused:
            client.elevate([own.calendar_id])
        assert refused.value.status == 422
        assert refused.value.document == unprocessable(
            "permissions[0].calendar_id",
            "errors.not_recognized",
            "a calendar of a free/busy profile is read-only and cannot be elevated",
        )
    account.assert_seen_by(client)


def test_elevation_needs_its_scope(
    sdk: Sdk, sandbox: Sandbox, receiver: Receiver, case: Case, visit: Visit
) -> None:
    """A service account without the unrestricted-access scope elevates nobody."""
    domain = Domain(sdk, sandbox, receiver, case)
    domain.connect(administrator_agrees(sandbox, visit, case.mode, scope=MANAGE), scope=MANAGE)
    client, account = domain.connect_user(JANE, "Jane Doe", "Europe/London")
    writable = account.profiles[-1].calendars[0]
    with pytest.raises(Refused) as refused:
        client.elevate([writable.calendar_id])
    assert (refused.value.status, refused.value.document) == (403, None)
    account.assert_seen_by(client)


@pytest.mark.parametrize("by", ["token", "sub"])
def test_revoking_the_service_account(
    by: str, domain: Domain, sdk: Sdk, sandbox: Sandbox, visit: Visit, case: Case
) -> None:
    """With the service account goes all that came through it; a new one starts from nothing."""
    client, account = domain.connect_user(JANE, "Jane Doe", "Europe/London")
    before = domain.client.userinfo()["sub"]
    stale = [
        sdk.client(sandbox.credentials, c.access_token, c.refresh_token)
        for c in (domain.client, client)
    ]
    pending = domain.authorize("ben@acme.test")

    if by == "token":
        domain.client.revoke()
    else:
        domain.client.revoke_sub(before)

    for gone in stale:
        with pytest.raises(Refused) as refused:
            gone.userinfo()
        assert (refused.value.status, refused.value.document) == (401, None)
        with pytest.raises(Refused) as refused:
            gone.refresh()
        assert (refused.value.status, refused.value.document) == (400, REVOKED_REFRESH_TOKEN)
    with pytest.raises(Refused) as refused:
        sdk.client(sandbox.credentials).exchange(pending["code"], domain.callback_url)
    assert refused.value.status == 400
    assert refused.value.document["error"] == "invalid_grant"
    assert sandbox.control("GET", "").json()["connected"] == []

    renewed = Domain(sdk, sandbox, domain.receiver, case)
    token = renewed.connect(administrator_agrees(sandbox, visit, case.mode))
    assert token["sub"] != before
    listed = sandbox.control("GET", "").json()["connected"]
    assert [item["sub"] for item in listed] == [token["sub"]]
    again, _ = renewed.connect_user(JANE, "Jane Doe", "Europe/London")
    account.assert_seen_by(again)


@pytest.mark.parametrize("case", ["read_write-google", "read_write-office365"], indirect=True)
def test_changing_the_mode(
    domain: Domain, sdk: Sdk, sandbox: Sandbox, visit: Visit, case: Case
) -> None:
    """From Read-Write to Free/Busy: revoke, authorize anew, and ask for every member again."""
    _, before = domain.connect_user(JANE, "Jane Doe", "Europe/London")
    domain.client.revoke()
    case = CASES[f"free_busy-{case.provider}"]
    changed = Domain(sdk, sandbox, domain.receiver, case)
    changed.connect(administrator_agrees(sandbox, visit, "free_busy"))
    client, after = changed.connect_user(JANE, "Jane Doe", "Europe/London")
    account_ids = {calendar.calendar_id for calendar in before.calendars}
    assert account_ids.isdisjoint(calendar.calendar_id for calendar in after.calendars)
    assert after.sub == before.sub
    after.assert_seen_by(client)


@pytest.fixture
def python_domain(
    python_sdk: PythonSdk, sandbox: Sandbox, receiver: Receiver, case: Case, visit: Visit
) -> Domain:
    connected = Domain(python_sdk, sandbox, receiver, case)
    connected.connect(administrator_agrees(sandbox, visit, case.mode))
    return connected


@pytest.mark.parametrize("case", ["read_write-google"], indirect=True)
def test_resources(python_domain: Domain) -> None:
    """pycronofy lists the domain's resources."""
    client = python_domain.client
    listed, document = client.call(client.client.resources)
    assert document == {"resources": [{"email": ROOM, "name": "Room 1"}]}
    assert listed == document["resources"]


@pytest.mark.parametrize("case", ["free_busy-google"], indirect=True)
def test_many_at_once(python_domain: Domain) -> None:
    """pycronofy asks for many mailboxes in one call; a callback comes for each of them."""
    client = python_domain.client
    authorize = client.client.authorize_multiple_accounts_via_service_account
    entries = [
        {"email": email, "callback_url": python_domain.callback_url, "scope": DELEGATED, **more}
        for email, more in (
            (JANE, {"state": "jane"}),
            ("nobody@acme.test", {"state": "nobody"}),
            ("ben@acme.test", {}),
        )
    ]
    assert client.call(authorize, entries, state="the others") == (None, None)
    came = [python_domain.called_back() for _ in entries]
    assert sorted(came, key=lambda authorization: authorization["state"]) == [
        {"code": TOKEN, "state": "jane"},
        {
            "error": "access_denied",
            "error_key": "errors.account_not_found",
            "error_description": "No mailbox for nobody@acme.test at acme.test",
            "state": "nobody",
        },
        {"code": TOKEN, "state": "the others"},
    ]

    with pytest.raises(Refused) as refused:
        client.call(authorize, [entries[0]] * 51)
    assert refused.value.status == 422
    assert refused.value.document == unprocessable(
        "service_account_authorizations", "errors.too_many", "too many entries"
    )

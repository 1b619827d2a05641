"""Scenarios in which an administrator connects a whole domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import (
    Document,
    account_token,
    service_account_token,
    service_account_userinfo,
)
from tests.contract.receiver import Receiver
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    MANAGE_RESOURCES,
    authorize_enterprise,
    exchange,
    read,
    refused,
    revoke,
)
from tests.emulator import Sandbox, redirected
from tests.scenarios.world import (
    ADMIN,
    JANE,
    KENJI,
    ROOM,
    account,
    free_busy_profiles,
    read_write_profile,
)

Open = Callable[..., Sandbox]


def connected_domain(sandbox: Sandbox, scope: str, delegated_scope: str) -> Document:
    """The token answer after the administrator's address has answered with a code at once."""
    asked = authorize_enterprise(
        sandbox, scope=scope, delegated_scope=delegated_scope, state="kept"
    )
    query = redirected(asked)
    assert query.keys() == {"code", "state"}
    assert query["state"] == "kept"
    return exchange(sandbox, query["code"])


def connected_user(
    sandbox: Sandbox, receiver: Receiver, domain: Document, email: str, scope: str
) -> Document:
    """The token answer after a user's or a room's access has been requested and called back."""
    wish = {"email": email, "callback_url": receiver.url, "scope": scope, "state": email}
    asked = sandbox.call(
        domain["access_token"], "POST", "/v1/service_account_authorizations", json=wish
    )
    assert (asked.status_code, asked.content) == (202, b"")
    authorization = receiver.next().document["authorization"]
    assert authorization.keys() == {"code", "state"}
    assert authorization["state"] == email
    return exchange(sandbox, authorization["code"], receiver.url)


def test_enterprise_connect_read_write(open_sandbox: Open, receiver: Receiver) -> None:
    """The administrator agrees to Read-Write: people and rooms are then connected without
    being asked, each with one profile."""
    sandbox = open_sandbox(scenario="enterprise-connect-read-write")
    scope = f"{MANAGE_ACCOUNTS} {MANAGE_RESOURCES}"
    domain = connected_domain(sandbox, scope, "read_write")
    expected = service_account_userinfo(ADMIN, "acme.test", "google", scope, "read_write")
    assert domain == service_account_token(expected)
    assert read(sandbox, domain, "/v1/userinfo") == domain["userinfo"]

    for email in (JANE, KENJI, ROOM):
        token = connected_user(sandbox, receiver, domain, email, "read_write")
        expected = account(email, "read_write", read_write_profile(email))
        assert token == account_token(expected)
        assert read(sandbox, token, "/v1/userinfo") == token["userinfo"]


def test_acme_has_rooms(open_sandbox: Open) -> None:
    """Acme's rooms are listed with what is known of them."""
    sandbox = open_sandbox(scenario="enterprise-connect-read-write")
    domain = connected_domain(sandbox, MANAGE_RESOURCES, "read_write")
    path = "/v1/resources?include_details=capacity+location"
    assert read(sandbox, domain, path) == {
        "resources": [
            {
                "email": ROOM,
                "name": "Room 1",
                "capacity": 8,
                "location": {
                    "building_name": "Foundry House",
                    "floor_name": "1",
                    "floor_section": "East",
                    "address": {
                        "lines": ["12 Canal Street"],
                        "locality": "London",
                        "region": "Greater London",
                        "postal_code": "N1 0AA",
                        "country": "United Kingdom",
                    },
                    "coordinates": {"lat": 51.5319, "long": -0.1061},
                },
            },
            {"email": "room-2@acme.test", "name": "Room 2", "capacity": 4},
        ]
    }


def test_enterprise_connect_free_busy(open_sandbox: Open, receiver: Receiver) -> None:
    """The administrator chooses Free/Busy: the service account says so, and everybody who is
    connected through it has two profiles."""
    sandbox = open_sandbox(scenario="enterprise-connect-free-busy")
    domain = connected_domain(sandbox, MANAGE_ACCOUNTS, "free_busy_write")
    expected = service_account_userinfo(
        ADMIN, "acme.test", "google_free_busy", MANAGE_ACCOUNTS, "free_busy_write"
    )
    assert domain == service_account_token(expected)
    for email in (JANE, KENJI):
        token = connected_user(sandbox, receiver, domain, email, "free_busy_write")
        expected = account(email, "free_busy_write", *free_busy_profiles(email))
        assert token == account_token(expected)
        assert read(sandbox, token, "/v1/userinfo") == token["userinfo"]


@pytest.mark.parametrize("member", ["token", "sub"])
def test_reconnect_domain(open_sandbox: Open, receiver: Receiver, member: str) -> None:
    """The domain and two of its people are connected in Read-Write mode; revoking the service
    account revokes them all. The administrator then chooses Free/Busy: a new service account,
    through which everybody is connected anew."""
    sandbox = open_sandbox(scenario="reconnect-domain")
    before: list[Any] = sandbox.document["connected"]
    domain, *people = before
    expected = service_account_userinfo(ADMIN, "acme.test", "google", MANAGE_ACCOUNTS, "read_write")
    assert read(sandbox, domain, "/v1/userinfo") == expected
    for token in people:
        expected = account(token["email"], "read_write", read_write_profile(token["email"]))
        assert read(sandbox, token, "/v1/userinfo") == expected

    revoke(sandbox, **{member: domain["sub" if member == "sub" else "refresh_token"]})
    for token in before:
        refused(sandbox, token)

    after = connected_domain(sandbox, MANAGE_ACCOUNTS, "free_busy_write")
    assert after["sub"] != domain["sub"]
    service_account = after["userinfo"]["cronofy.data"]["service_account"]
    assert service_account == {"provider_name": "google_free_busy", "domain": "acme.test"}
    for old in people:
        email = old["email"]
        token = connected_user(sandbox, receiver, after, email, "free_busy_write")
        expected = account(email, "free_busy_write", *free_busy_profiles(email))
        assert token == account_token(expected)
        assert token["sub"] == old["sub"]

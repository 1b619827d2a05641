"""Document 003, "What should I do if my customer wants to reconnect to Free/Busy …"."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import (
    Document,
    account_token,
    cronofy_profile,
    free_busy_profile,
    google_profile,
    profile,
    service_account_token,
    service_account_userinfo,
    token,
    userinfo,
)
from tests.contract.documents import calendar as calendar_document
from tests.contract.receiver import Receiver
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    add_organization,
    add_person,
    connect,
    connect_domain,
    exchange,
    read,
    refused,
    revoke,
    works,
)
from tests.emulator import Sandbox

JANE = "jane@acme.test"
MARY = "mary@acme.test"

PROVIDERS = pytest.mark.parametrize(
    ("provider", "provider_name"),
    [("google", "google_free_busy"), ("office365", "ms_graph_free_busy")],
    ids=["seed 003: Google", "seed 003: Microsoft 365"],
)
REVOKED_BY = pytest.mark.parametrize(
    "member", ["refresh_token", "access_token", "sub"], ids=lambda m: f"seed 003: by {m}"
)


def read_write_profile(provider: str, email: str, *, in_domain: bool = False) -> Document:
    if provider == "google":
        return google_profile(email, "gsuite" if in_domain else "google")
    office365 = calendar_document(email, conferencing=True)
    return profile("exchange", "office365", email, office365, provider_protocol="graph_api")


def revoked_by(answer: Document, member: str) -> Document:
    """What names the authorization of ``answer`` in a revoke request."""
    return {"sub": answer["sub"]} if member == "sub" else {"token": answer[member]}


@REVOKED_BY
@PROVIDERS
def test_a_person_reconnects(
    sandbox: Sandbox, provider: str, provider_name: str, member: str
) -> None:
    """Individual Connect: revoke the access to the person's account; they authorize again in
    Free/Busy mode, with the scope free_busy_write. From then on only free/busy information can
    be read; provider_name and provider_service of linking_profile say so."""
    add_person(sandbox, provider=provider)
    before = connect(sandbox, scope="read_write")
    expected = userinfo(JANE, "read_write", read_write_profile(provider, JANE))
    assert before == account_token(expected)

    revoke(sandbox, **revoked_by(before, member))
    refused(sandbox, before)

    after = connect(sandbox, scope="free_busy_write", access_type="free_busy")
    profiles = [free_busy_profile(provider_name, JANE), cronofy_profile(JANE)]
    expected = userinfo(JANE, "free_busy_write", *profiles)
    assert after == account_token(expected)
    assert after["linking_profile"]["provider_name"] == provider_name
    assert after["linking_profile"]["provider_service"] == provider_name
    assert read(sandbox, after, "/v1/userinfo") == expected
    assert after["scope"] == "free_busy_write"

    refused(sandbox, before)
    works(sandbox, after)
    assert {before["access_token"], before["refresh_token"]}.isdisjoint(
        {after["access_token"], after["refresh_token"]}
    )
    old = {c["calendar_id"] for p in profiles_of(before) for c in p["profile_calendars"]}
    new = {c["calendar_id"] for p in profiles_of(after) for c in p["profile_calendars"]}
    assert old.isdisjoint(new)


def profiles_of(answer: Document) -> list[Document]:
    found: list[Document] = answer["userinfo"]["cronofy.data"]["profiles"]
    return found


def test_without_a_revoke_the_read_write_access_stays(sandbox: Sandbox) -> None:
    """The current access has to be revoked first."""
    add_person(sandbox)
    before = connect(sandbox, scope="read_write")
    after = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    assert [p["provider_name"] for p in profiles_of(after)] == [
        "google",
        "google_free_busy",
        "cronofy",
    ]
    assert after["linking_profile"]["provider_name"] == "google_free_busy"
    works(sandbox, before)


def request_user(sandbox: Sandbox, receiver: Receiver, domain: Document, **entry: Any) -> Document:
    """Request a user's access, receive the code, and redeem it; the token answer."""
    callback_url = f"{receiver.url}/callback"
    response = sandbox.call(
        domain["access_token"],
        "POST",
        "/v1/service_account_authorizations",
        json={"callback_url": callback_url, **entry},
    )
    assert (response.status_code, response.content) == (202, b"")
    outcome = receiver.next().document["authorization"]
    assert outcome.keys() == {"code"}
    return exchange(sandbox, outcome["code"], callback_url)


@REVOKED_BY
@PROVIDERS
def test_a_domain_reconnects(
    sandbox: Sandbox, receiver: Receiver, provider: str, provider_name: str, member: str
) -> None:
    """Enterprise Connect: revoke the service account, and with it all the users connected
    through it; the administrator authorizes again in Free/Busy mode, with free_busy_write
    delegated. A new service account appears, whose userinfo names google_free_busy or
    ms_graph_free_busy; then access is requested again for every user."""
    add_organization(sandbox, provider)
    before = connect_domain(sandbox, delegated_scope="read_write")
    plain = {"google": "google", "office365": "exchange"}[provider]
    assert before == service_account_token(
        service_account_userinfo(
            "admin@acme.test", "acme.test", plain, MANAGE_ACCOUNTS, "read_write"
        )
    )
    users = {
        email: request_user(sandbox, receiver, before, email=email, scope="read_write")
        for email in (JANE, MARY)
    }
    for email, user in users.items():
        read_write = read_write_profile(provider, email, in_domain=True)
        assert user == account_token(userinfo(email, "read_write", read_write))

    revoke(sandbox, **revoked_by(before, member))
    refused(sandbox, before)
    for user in users.values():
        refused(sandbox, user)

    after = connect_domain(
        sandbox, delegated_scope="read_write free_busy_write", access_type="free_busy"
    )
    expected = service_account_userinfo(
        "admin@acme.test",
        "acme.test",
        provider_name,
        MANAGE_ACCOUNTS,
        "read_write free_busy_write",
    )
    assert after == service_account_token(expected)
    assert read(sandbox, after, "/v1/userinfo") == expected
    assert after["service_account_id"] != before["service_account_id"]

    for email, old in users.items():
        refused(sandbox, old)
        user = request_user(sandbox, receiver, after, email=email, scope="free_busy_write")
        profiles = [free_busy_profile(provider_name, email), cronofy_profile(email)]
        assert user == account_token(userinfo(email, "free_busy_write", *profiles))
        refused(sandbox, old)
        works(sandbox, user)
    refused(sandbox, before)


def test_users_are_not_connected_until_requested_again(
    sandbox: Sandbox, receiver: Receiver
) -> None:
    """Access must be requested for all the users that were connected through the Read-Write
    service account: the new one has nobody yet."""
    add_organization(sandbox)
    before = connect_domain(sandbox, delegated_scope="free_busy_write")
    request_user(sandbox, receiver, before, email=JANE, scope="free_busy_write")
    revoke(sandbox, sub=before["sub"])
    after = connect_domain(sandbox, delegated_scope="free_busy_write", access_type="free_busy")
    connected = sandbox.control("GET", "").json()["connected"]
    assert [item["sub"] for item in connected] == [after["sub"]]


def test_the_refreshed_token_of_a_service_account_is_shorter_lived(sandbox: Sandbox) -> None:
    """The service account that was created anew refreshes like any other."""
    add_organization(sandbox)
    answer = connect_domain(sandbox, delegated_scope="free_busy_write", access_type="free_busy")
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert response.json() == token(MANAGE_ACCOUNTS, expires_in=1800)

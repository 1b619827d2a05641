"""Business Connect through the Node SDK, the only one of the two that has it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulator import Sandbox
from tests.receiver.process import Receiver
from tests.sdk.clients import NodeClient, NodeSdk, Refused
from tests.sdk.conftest import Visit, decide
from tests.sdk.expected import ExpectedAccount, ExpectedCalendar, ExpectedProfile, unprocessable
from tests.sdk.matching import TOKEN

JANE = "jane@acme.test"
BEN = "ben@acme.test"
REDIRECT_URI = "https://app.acme.test/callback"


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    scenario = {
        "name": "sdk-business-connect",
        "applications": [{"features": {"business_connect": True}}],
        "people": [
            {
                "email": email,
                "name": name,
                "zoneinfo": "Europe/London",
                "provider": "google",
                "calendars": [{"name": name, "primary": True}],
            }
            for email, name in ((JANE, "Jane Doe"), (BEN, "Ben Lee"))
        ],
        "organizations": [
            {
                "domain": "acme.test",
                "administrator": JANE,
                "members": [JANE, BEN],
                "resources": [{"email": "room-1@acme.test", "name": "Room 1"}],
            }
        ],
    }
    return open_sandbox(scenario=scenario)


def expected_account(email: str, name: str, scope: str) -> ExpectedAccount:
    calendar = ExpectedCalendar(name, conferencing=True)
    profile = ExpectedProfile("google", "gsuite", [calendar])
    return ExpectedAccount(email, name, "Europe/London", scope, [profile])


@pytest.fixture
def connected(
    node_sdk: NodeSdk, sandbox: Sandbox, visit: Visit
) -> Callable[..., tuple[NodeClient, ExpectedAccount]]:
    """Connects Jane; ``delegated_scope`` is what her own account may reach for others."""

    def connect(**more: str) -> tuple[NodeClient, ExpectedAccount]:
        decide(sandbox, "authorize", email=JANE)
        client_id = sandbox.application["client_id"]
        query = visit(node_sdk.authorize_url(client_id, REDIRECT_URI, "read_write", **more))
        client = node_sdk.client(sandbox.credentials)
        token = client.exchange(query["code"], REDIRECT_URI)
        account = expected_account(JANE, "Jane Doe", "read_write")
        account.learn_ids(token["userinfo"])
        assert token == account.token_document()
        return client, account

    return connect


Connect = Callable[..., tuple[NodeClient, ExpectedAccount]]


def test_accessible_calendars(connected: Connect) -> None:
    """The rooms and colleagues that a profile reaches are listed, or one type of them."""
    client, account = connected(delegated_scope="read_only")
    profile_id = account.profiles[0].profile_id
    room = {"calendar_type": "resource", "email": "room-1@acme.test", "name": "Room 1"}
    colleague = {"calendar_type": "unknown", "email": BEN, "name": "Ben Lee"}
    listed = client.call("listAccessibleCalendars", profile_id=profile_id)
    assert listed == {"accessible_calendars": [room, colleague]}
    listed = client.call("listAccessibleCalendars", profile_id=profile_id, calendar_type="resource")
    assert listed == {"accessible_calendars": [room]}
    with pytest.raises(Refused) as refused:
        client.call("listAccessibleCalendars")
    assert refused.value.status == 422
    assert refused.value.document == unprocessable("profile_id", "errors.required", "required")
    with pytest.raises(Refused) as refused:
        client.call("listAccessibleCalendars", profile_id="pro_unknown")
    assert (refused.value.status, refused.value.document) == (404, None)


def test_delegated_authorization(
    connected: Connect, node_sdk: NodeSdk, sandbox: Sandbox, receiver: Receiver
) -> None:
    """A colleague's calendar comes by callback, and goes with the account it came through."""
    client, account = connected(delegated_scope="read_only")
    callback_url = f"{receiver.url}/delegates"
    wanted = {
        "profile_id": account.profiles[0].profile_id,
        "email": BEN,
        "callback_url": callback_url,
        "scope": "read_only",
        "state": "7",
    }
    assert client.call("delegatedAuthorizations", **wanted) is None
    callback = receiver.next()
    assert callback.path == "/delegates"
    assert client.hmac_valid(callback.signature, callback.text)
    document = callback.document
    assert document == {"authorization": {"code": TOKEN, "state": "7"}}

    delegate = node_sdk.client(sandbox.credentials)
    token = delegate.exchange(document["authorization"]["code"], callback_url)
    ben = expected_account(BEN, "Ben Lee", "read_only")
    ben.learn_ids(token["userinfo"])
    assert token == ben.token_document()
    ben.assert_seen_by(delegate)

    client.revoke()
    with pytest.raises(Refused) as refused:
        delegate.userinfo()
    assert (refused.value.status, refused.value.document) == (401, None)


def test_delegated_authorization_out_of_reach(connected: Connect, receiver: Receiver) -> None:
    """A mailbox out of reach is reported by callback; too wide a scope is refused at once."""
    client, account = connected(delegated_scope="free_busy")
    wanted = {
        "profile_id": account.profiles[0].profile_id,
        "email": "eve@elsewhere.test",
        "callback_url": receiver.url,
        "scope": "free_busy",
    }
    assert client.call("delegatedAuthorizations", **wanted) is None
    assert receiver.next().document == {
        "authorization": {
            "error": "access_denied",
            "error_key": "errors.account_not_found",
            "error_description": f"{JANE} cannot reach a mailbox eve@elsewhere.test",
        }
    }
    with pytest.raises(Refused) as refused:
        client.call("delegatedAuthorizations", **{**wanted, "scope": "read_only"})
    assert refused.value.status == 422
    assert refused.value.document == unprocessable(
        "scope", "errors.not_granted", "'read_only' is not within the delegated_scope 'free_busy'"
    )


def test_nothing_delegated(connected: Connect) -> None:
    """An account that has delegated nothing reaches nobody."""
    client, account = connected()
    profile_id = account.profiles[0].profile_id
    with pytest.raises(Refused) as refused:
        client.call("listAccessibleCalendars", profile_id=profile_id)
    assert (refused.value.status, refused.value.document) == (403, None)

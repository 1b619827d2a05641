"""A person connects a conferencing service, and the application takes it away again."""

from __future__ import annotations

import pytest

from tests.emulator import Sandbox
from tests.sdk.clients import Client, Refused, Sdk
from tests.sdk.conftest import Visit, decide
from tests.sdk.matching import PROFILE

EMAIL = "jane@acme.test"
RETURN_URI = "https://app.acme.test/zoom?tab=2"


@pytest.fixture
def jane(sdk: Sdk, sandbox: Sandbox) -> Client:
    token = sandbox.connect(EMAIL)
    return sdk.client(sandbox.credentials, token["access_token"], token["refresh_token"])


def services(client: Client) -> list[object]:
    found: list[object] = client.userinfo()["cronofy.data"]["conferencing_profiles"]
    return found


@pytest.mark.parametrize("provider_name", ["zoom", None])
def test_connect_and_revoke(
    jane: Client, sandbox: Sandbox, visit: Visit, provider_name: str | None
) -> None:
    """The address leads to a page; who agrees comes back with the new profile, which userinfo
    has until it is revoked."""
    decide(sandbox, "conferencing", email=EMAIL)
    outcome = visit(jane.connect_service(RETURN_URI, provider_name))
    profile_id = outcome.pop("last_linked_profile_id")
    assert profile_id == PROFILE
    assert outcome == {"tab": "2"}
    profile = {
        "provider_name": "zoom",
        "profile_id": profile_id,
        "profile_name": EMAIL,
        "profile_connected": True,
    }
    assert services(jane) == [profile]
    jane.revoke_profile(profile_id)
    assert services(jane) == []


def test_refusal(jane: Client, sandbox: Sandbox, visit: Visit) -> None:
    """Who refuses comes back with error=access_denied, and nothing is connected."""
    decide(sandbox, "conferencing", "deny")
    outcome = visit(jane.connect_service(RETURN_URI, "zoom"))
    assert outcome == {"tab": "2", "error": "access_denied"}
    assert services(jane) == []


def test_unknown_service(jane: Client) -> None:
    with pytest.raises(Refused) as refused:
        jane.connect_service(RETURN_URI, "skype")
    assert refused.value.status == 422
    assert list(refused.value.document["errors"]) == ["provider_name"]

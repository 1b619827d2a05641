"""Application calendars through both SDKs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulator import Sandbox
from tests.sdk.clients import Document, Refused, Sdk
from tests.sdk.expected import (
    REVOKED_REFRESH_TOKEN,
    ExpectedCalendar,
    ExpectedProfile,
    refreshed_document,
    unprocessable,
)
from tests.sdk.matching import APPLICATION_CALENDAR, PROFILE, calendar_of

NAME = "desk 42/north"


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return open_sandbox(clock="2026-05-11T08:00:00Z")


def token_document(expires_in: int = 3600) -> Document:
    """The answer to POST /v1/application_calendars."""
    return {
        **refreshed_document("read_write", expires_in),
        "application_calendar_id": NAME,
        "sub": APPLICATION_CALENDAR,
        "linking_profile": {
            "provider_name": "cronofy",
            "profile_id": PROFILE,
            "profile_name": NAME,
        },
    }


def test_application_calendar(sdk: Sdk, sandbox: Sandbox) -> None:
    """The first use makes one writable calendar, which has a userinfo but no account."""
    client = sdk.client(sandbox.credentials)
    token = client.application_calendar(NAME)
    assert token == token_document()

    calendar = ExpectedCalendar(NAME, level="unrestricted")
    profile = ExpectedProfile("cronofy", "cronofy", [calendar], name=NAME)
    profile.profile_id = token["linking_profile"]["profile_id"]
    listed = client.calendars()
    calendar.calendar_id = listed["calendars"][0]["calendar_id"]
    assert calendar.calendar_id == calendar_of(profile.profile_id)
    assert listed == {"sub": token["sub"], "calendars": [profile.listed(calendar)]}
    assert client.profiles() == {"profiles": [profile.document()]}
    assert client.userinfo() == {
        "sub": token["sub"],
        "cronofy.type": "application_calendar",
        "application_calendar_id": NAME,
        "cronofy.data": {
            "application_calendar": {"application_calendar_id": NAME},
            "authorization": {"scope": "read_write", "status": "active"},
            "profiles": [profile.userinfo_document()],
        },
    }
    with pytest.raises(Refused) as refused:
        client.account()
    assert refused.value.status == 403
    assert refused.value.document == "Application calendars do not have an account"
    with pytest.raises(Refused) as refused:
        client.create_calendar(profile.profile_id, "Another")
    assert refused.value.status == 422
    assert refused.value.document == unprocessable(
        "profile_id",
        "errors.calendar_limit_reached",
        "a Cronofy calendar profile holds one calendar only",
    )


def test_asking_again(sdk: Sdk, sandbox: Sandbox) -> None:
    """Asking again answers the same tokens while they live, and new ones after that."""
    first = sdk.client(sandbox.credentials).application_calendar(NAME)
    sandbox.advance(minutes=10)
    client = sdk.client(sandbox.credentials)
    assert client.application_calendar(NAME) == {**first, "expires_in": 3000}
    sandbox.advance(minutes=50)
    with pytest.raises(Refused) as refused:
        client.userinfo()
    assert (refused.value.status, refused.value.document) == (401, None)
    renewed = client.application_calendar(NAME)
    assert renewed == {**first, "access_token": renewed["access_token"]}
    assert renewed["access_token"] != first["access_token"]
    assert client.userinfo()["sub"] == first["sub"]
    assert client.refresh() == refreshed_document("read_write")
    assert sdk.client(sandbox.credentials).application_calendar("another")["sub"] != first["sub"]


@pytest.mark.parametrize("by", ["token", "sub"])
def test_revoking(by: str, sdk: Sdk, sandbox: Sandbox) -> None:
    """A revoked application calendar is gone; its name then stands for a new, empty one."""
    client = sdk.client(sandbox.credentials)
    first = client.application_calendar(NAME)
    stale = sdk.client(sandbox.credentials, client.access_token, client.refresh_token)
    if by == "token":
        client.revoke()
    else:
        client.revoke_sub(first["sub"])
    with pytest.raises(Refused) as refused:
        stale.userinfo()
    assert (refused.value.status, refused.value.document) == (401, None)
    with pytest.raises(Refused) as refused:
        stale.refresh()
    assert (refused.value.status, refused.value.document) == (400, REVOKED_REFRESH_TOKEN)
    second = sdk.client(sandbox.credentials).application_calendar(NAME)
    assert second == token_document()
    assert second["sub"] != first["sub"]


def test_wrong_credentials(sdk: Sdk, sandbox: Sandbox) -> None:
    """An application that is not known gets invalid_client, and no name at all 422."""
    wrong = {**sandbox.credentials, "client_secret": "wrong"}
    with pytest.raises(Refused) as refused:
        sdk.client(wrong).application_calendar(NAME)
    client_id = sandbox.credentials["client_id"]
    assert refused.value.status == 400
    assert refused.value.document == {
        "error": "invalid_client",
        "error_description": f"client_secret does not belong to the client_id {client_id!r}",
    }
    with pytest.raises(Refused) as refused:
        sdk.client(sandbox.credentials).application_calendar("")
    assert refused.value.status == 422
    assert refused.value.document == unprocessable(
        "application_calendar_id", "errors.required", "required"
    )

"""Scenarios about unrestricted access to calendars, and about a profile that has lapsed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.contract.documents import SOME_TEXT, calendar
from tests.contract.stories import read
from tests.emulator import Sandbox
from tests.scenarios.world import JANE, ROOM, account, read_write_profile

Open = Callable[..., Sandbox]

BACK = "http://localhost:3000/permission"


def ask(sandbox: Sandbox, token: Any, *calendar_ids: str, **members: str) -> httpx.Response:
    """POST /v1/permissions for calendars of the account."""
    wish = [{"calendar_id": one, "permission_level": "unrestricted"} for one in calendar_ids]
    return sandbox.call(
        token["access_token"], "POST", "/v1/permissions", json={"permissions": wish, **members}
    )


def calendars(sandbox: Sandbox, token: Any) -> list[Any]:
    listed: list[Any] = read(sandbox, token, "/v1/calendars")["calendars"]
    return listed


@pytest.mark.parametrize(
    ("scenario", "location", "level"),
    [
        ("permissions-granted", BACK, "unrestricted"),
        ("permissions-rejected", f"{BACK}?error=access_denied", "sandbox"),
    ],
)
def test_permissions(open_sandbox: Open, scenario: str, location: str, level: str) -> None:
    """Jane's browser goes to the page and comes straight back; what she decides holds for the
    calendars that were asked for, and for no other."""
    sandbox = open_sandbox(scenario=scenario)
    (jane,) = sandbox.document["connected"]
    before = calendars(sandbox, jane)
    assert [c["permission_level"] for c in before] == ["sandbox"] * 3

    asked = ask(sandbox, jane, before[0]["calendar_id"], redirect_uri=BACK)
    assert asked.status_code == 200
    assert calendars(sandbox, jane) == before
    page = asked.json()["permissions_request"].pop("url")
    decided = sandbox.http.get(page)
    assert (decided.status_code, decided.headers["location"]) == (302, location)

    after = [{**before[0], "permission_level": level}, *before[1:]]
    assert calendars(sandbox, jane) == after
    assert sandbox.http.get(page).status_code == 410


def test_permissions_enterprise(open_sandbox: Open) -> None:
    """No page: the administrator has agreed beforehand, to people's calendars; to rooms'
    calendars the service account lacks the scope."""
    sandbox = open_sandbox(scenario="permissions-enterprise")
    _, jane, room = sandbox.document["connected"]
    before = calendars(sandbox, jane)
    accepted = ask(sandbox, jane, *(c["calendar_id"] for c in before[:2]))
    assert (accepted.status_code, accepted.json()) == (
        200,
        {"permissions_request": {"accepted": True}},
    )
    levels = [c["permission_level"] for c in calendars(sandbox, jane)]
    assert levels == ["unrestricted", "unrestricted", "sandbox"]

    (only,) = calendars(sandbox, room)
    refusal = ask(sandbox, room, only["calendar_id"])
    assert refusal.status_code == 403
    assert read(sandbox, room, "/v1/userinfo") == account(
        ROOM, "read_write", read_write_profile(ROOM)
    )


def test_disconnected_profile(open_sandbox: Open) -> None:
    """The profile shows that it is not connected, and where it can be; until then nothing can
    be made in it. Jane has got the address by mail, opens it, and all is as before."""
    sandbox = open_sandbox(scenario="disconnected-profile")
    (jane,) = sandbox.document["connected"]
    lapsed = {"profile_connected": False, "profile_relink_url": SOME_TEXT}
    expected = account(JANE, "read_write", read_write_profile(JANE, **lapsed))
    shown = read(sandbox, jane, "/v1/userinfo")
    assert shown == expected
    (profile,) = shown["cronofy.data"]["profiles"]

    wish = {"profile_id": profile["profile_id"], "name": "Interviews"}
    locked = sandbox.call(jane["access_token"], "POST", "/v1/calendars", json=wish)
    assert locked.status_code == 423

    (message,) = sandbox.control("GET", "/inbox", params={"to": JANE}).json()["messages"]
    mail = sandbox.control("GET", f"/inbox/{message['message_id']}").json()["text"]
    address = urlsplit(profile["profile_relink_url"])
    assert f"{address.path}?{address.query}" in mail

    assert sandbox.http.get(profile["profile_relink_url"]).status_code == 200
    assert sandbox.http.post(profile["profile_relink_url"]).status_code == 200
    shown = read(sandbox, jane, "/v1/userinfo")
    assert shown == account(JANE, "read_write", read_write_profile(JANE))
    made = sandbox.call(jane["access_token"], "POST", "/v1/calendars", json=wish)
    assert made.status_code == 200
    assert made.json()["calendar"] == {
        "provider_name": "google",
        "profile_id": profile["profile_id"],
        "profile_name": JANE,
        **calendar("Interviews", primary=False, conferencing=True, level="unrestricted"),
    }

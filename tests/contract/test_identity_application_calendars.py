"""identity.md §8.4, events.md §1.3: application calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.documents import (
    APPLICATION_CALENDAR_ID,
    PROFILE_ID,
    Document,
    errors,
    token,
)
from tests.contract.stories import read, refused, revoke
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

CLOCK = "2026-05-11T08:00:00Z"


def ask(sandbox: Sandbox, name: object = "desk-42", **more: Any) -> httpx.Response:
    body = {**sandbox.credentials, "application_calendar_id": name, **more}
    return sandbox.http.post("/v1/application_calendars", json=body)


def expected(name: str = "desk-42", expires_in: int = 3600) -> Document:
    return {
        **token("read_write", expires_in),
        "application_calendar_id": name,
        "sub": APPLICATION_CALENDAR_ID,
        "linking_profile": {
            "provider_name": "cronofy",
            "profile_id": PROFILE_ID,
            "profile_name": name,
        },
    }


@pytest.mark.parametrize("name", ["desk-42", "x", "Größe 🗓", "n" * 255],
                         ids=lambda name: f"8.4 {name[:9]}")  # fmt: skip
def test_the_answer(sandbox: Sandbox, name: str) -> None:
    """token_type, access_token, expires_in, refresh_token, scope, application_calendar_id, sub
    and linking_profile; no account_id."""
    response = ask(sandbox, name)
    assert response.status_code == 200
    assert response.json() == expected(name)


def test_later_uses_return_the_existing_one(open_sandbox: Open) -> None:
    """While the access token is valid the same token pair is returned, with the time that is
    left; afterwards a fresh one of the same calendar."""
    sandbox = open_sandbox(clock=CLOCK)
    first = ask(sandbox).json()
    sandbox.advance(minutes=10)
    second = ask(sandbox).json()
    assert second == expected(expires_in=3000)
    sandbox.advance(minutes=50)
    third = ask(sandbox).json()
    assert third == expected()
    for name in ("sub", "linking_profile", "refresh_token"):
        assert first[name] == second[name] == third[name]
    assert first["access_token"] == second["access_token"] != third["access_token"]


def test_each_name_is_a_calendar_of_its_own(sandbox: Sandbox) -> None:
    """application_calendar_id is the caller's own text."""
    subs = {ask(sandbox, name).json()["sub"] for name in ("a", "b", "A", "b")}
    assert len(subs) == 3


def test_each_application_has_its_own(open_sandbox: Open) -> None:
    """The name belongs to the application."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}]})
    other = sandbox.document["applications"][1]
    credentials = {name: other[name] for name in ("client_id", "client_secret")}
    assert ask(sandbox).json()["sub"] != ask(sandbox, **credentials).json()["sub"]


def test_tokens_are_refreshed_as_usual(sandbox: Sandbox) -> None:
    """Tokens refresh through /oauth/token."""
    answer = ask(sandbox).json()
    response = sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])
    assert response.json() == token("read_write")


@pytest.mark.parametrize("member", ["access_token", "refresh_token", "sub"],
                         ids=lambda member: f"8.4 {member}")  # fmt: skip
def test_revoking(sandbox: Sandbox, member: str) -> None:
    """Revoked by token or sub; the same name afterwards is a new calendar."""
    answer = ask(sandbox).json()
    revoke(sandbox, **{("sub" if member == "sub" else "token"): answer[member]})
    refused(sandbox, answer)
    again = ask(sandbox).json()
    assert again == expected()
    for name in ("sub", "refresh_token", "linking_profile"):
        assert again[name] != answer[name]


def test_it_holds_exactly_one_calendar(sandbox: Sandbox) -> None:
    """One primary calendar, writable; no other can be created."""
    answer = ask(sandbox).json()
    (only,) = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert (only["calendar_primary"], only["calendar_readonly"]) == (True, False)
    body = {"profile_id": only["profile_id"], "name": "Second"}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert response.status_code == 422
    assert response.json() == errors({"profile_id": "calendar_limit_reached"})


@pytest.mark.parametrize(
    ("name", "key"),
    [
        (None, "required"),
        ("", "required"),
        ("n" * 256, "too_long"),
        (5, "invalid"),
        ([], "invalid"),
    ],
    ids=["8.4 missing", "8.4 empty", "8.4 too long", "8.4 a number", "8.4 a list"],
)
def test_the_name_is_required(sandbox: Sandbox, name: object, key: str) -> None:
    """422 application_calendar_id errors.required; at most 255 characters."""
    response = ask(sandbox, name)
    assert response.status_code == 422
    assert response.json() == errors({"application_calendar_id": key})


def test_nobody_can_be_asked(sandbox: Sandbox) -> None:
    """Extended permissions and link tokens need a person: 403 (assumed)."""
    answer = ask(sandbox).json()
    (only,) = read(sandbox, answer, "/v1/calendars")["calendars"]
    wanted = {"calendar_id": only["calendar_id"], "permission_level": "unrestricted"}
    body = {"permissions": [wanted], "redirect_uri": "http://localhost:3000/callback"}
    for path, sent in (("/v1/permissions", body), ("/v1/link_tokens", None)):
        response = sandbox.call(answer["access_token"], "POST", path, json=sent)
        assert (response.status_code, response.content) == (403, b"")

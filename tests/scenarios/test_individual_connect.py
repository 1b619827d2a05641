"""Scenarios in which one person connects, from the authorize address to what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import account_token, calendars_of, cronofy_profile, profiles_of
from tests.contract.stories import exchange, read, refused, revoke
from tests.emulator import Sandbox, redirected
from tests.scenarios.world import (
    JANE,
    LENA,
    PAUL,
    account,
    free_busy_profiles,
    read_write_profile,
)

Open = Callable[..., Sandbox]


def authorized(sandbox: Sandbox, **parameters: str) -> Any:
    """The token answer after the authorize address has answered with a code at once."""
    query = redirected(sandbox.authorize(state="kept", **parameters))
    assert query.keys() == {"code", "state"}
    assert query["state"] == "kept"
    return exchange(sandbox, query["code"])


def shows(sandbox: Sandbox, token: Any, expected: Any) -> None:
    """The token answer, userinfo, profiles and calendars all show ``expected``."""
    assert token == account_token(expected)
    assert read(sandbox, token, "/v1/userinfo") == token["userinfo"]
    assert read(sandbox, token, "/v1/profiles") == profiles_of(token["userinfo"])
    assert read(sandbox, token, "/v1/calendars") == calendars_of(token["userinfo"])


def test_individual_read_write(open_sandbox: Open) -> None:
    """Jane agrees to Read-Write: one profile, the holidays alone cannot be written to, and a
    new calendar can be made."""
    sandbox = open_sandbox(scenario="individual-read-write")
    token = authorized(sandbox, scope="read_write")
    shows(sandbox, token, account(JANE, "read_write", read_write_profile(JANE)))
    wish = {"profile_id": token["linking_profile"]["profile_id"], "name": "Interviews"}
    made = sandbox.call(token["access_token"], "POST", "/v1/calendars", json=wish)
    assert made.status_code == 200
    assert made.json()["calendar"]["permission_level"] == "unrestricted"


def test_free_busy_google(open_sandbox: Open) -> None:
    """Jane chooses Free/Busy: two profiles, and nothing of her own calendars can be written."""
    sandbox = open_sandbox(scenario="free-busy-google")
    token = authorized(sandbox, scope="free_busy_write")
    shows(sandbox, token, account(JANE, "free_busy_write", *free_busy_profiles(JANE)))
    wish = {"profile_id": token["linking_profile"]["profile_id"], "name": "Interviews"}
    refusal = sandbox.call(token["access_token"], "POST", "/v1/calendars", json=wish)
    assert refusal.status_code == 403


def test_jane_accepts_after_five_minutes(open_sandbox: Open) -> None:
    """What is booked reaches her by mail; once she has accepted, her own calendar is busy."""
    sandbox = open_sandbox(scenario="free-busy-google")
    token = authorized(sandbox, scope="free_busy_write")
    bearer = token["access_token"]

    def busy() -> list[str]:
        query = {"tzid": "Etc/UTC", "from": "2026-05-20", "to": "2026-05-21"}
        answer = sandbox.call(bearer, "GET", "/v1/free_busy", params=query)
        return [period["start"] for period in answer.json()["free_busy"]]

    (hosted,) = token["userinfo"]["cronofy.data"]["profiles"][1]["profile_calendars"]
    path = f"/v1/calendars/{hosted['calendar_id']}/events"
    start, end = "2026-05-20T09:00:00Z", "2026-05-20T10:00:00Z"
    body = {"event_id": "interview", "summary": "Interview", "start": start, "end": end}
    assert sandbox.call(bearer, "POST", path, json=body).status_code == 202
    (mail,) = sandbox.control("GET", "/inbox", params={"to": JANE}).json()["messages"]
    assert (mail["method"], mail["subject"]) == ("REQUEST", "Invitation: Interview")
    sandbox.advance(minutes=4, seconds=59)
    assert busy() == []
    sandbox.advance(seconds=1)
    assert busy() == [start]


def test_free_busy_google_is_no_choice_without_its_scope(open_sandbox: Open) -> None:
    """With any scope but free_busy_write Jane is asked for Read-Write, which she has not
    decided on: the page is shown to her."""
    sandbox = open_sandbox(scenario="free-busy-google")
    response = sandbox.authorize(scope="read_write")
    assert response.status_code == 200
    assert "text/html" in response.headers["content-type"]


def test_free_busy_microsoft_365(open_sandbox: Open) -> None:
    """Lena chooses Free/Busy: her profile is called ms_graph_free_busy."""
    sandbox = open_sandbox(scenario="free-busy-microsoft-365")
    token = authorized(sandbox, scope="free_busy_write")
    expected = free_busy_profiles(LENA, "ms_graph_free_busy")
    shows(sandbox, token, account(LENA, "free_busy_write", *expected))


@pytest.mark.parametrize(
    "parameters",
    [
        {"scope": "free_busy_write"},
        {"scope": "free_busy_write", "access_type": "no_calendar"},
        {"scope": "read_write", "provider_name": "cronofy"},
    ],
    ids=["chosen on the page", "access_type", "provider_name"],
)
def test_no_calendar_access(open_sandbox: Open, parameters: dict[str, str]) -> None:
    """Paul gives his e-mail address: one profile, with the Cronofy calendar."""
    sandbox = open_sandbox(scenario="no-calendar-access")
    token = authorized(sandbox, **parameters)
    shows(sandbox, token, account(PAUL, parameters["scope"], cronofy_profile(PAUL)))


def test_person_denies(open_sandbox: Open) -> None:
    """Jane refuses: error=access_denied, and no account comes of it."""
    sandbox = open_sandbox(scenario="person-denies")
    query = redirected(sandbox.authorize(state="kept"))
    assert query == {"error": "access_denied", "state": "kept"}
    assert sandbox.control("GET", "").json()["connected"] == []


@pytest.mark.parametrize(
    "parameters",
    [{}, {"access_type": "free_busy"}, {"provider_name": "google_free_busy"}],
    ids=["no shortcut", "access_type", "provider_name"],
)
def test_feature_not_enabled(open_sandbox: Open, parameters: dict[str, str]) -> None:
    """Free/Busy is switched off: Jane ends up in Read-Write mode, and shortcuts are ignored
    with a warning."""
    sandbox = open_sandbox(scenario="feature-not-enabled")
    response = sandbox.authorize(scope="free_busy_write", **parameters)
    ignored = response.headers.get("mock-cronofy-warning", "")
    assert ("is ignored" in ignored) == bool(parameters)
    token = exchange(sandbox, redirected(response)["code"])
    shows(sandbox, token, account(JANE, "free_busy_write", read_write_profile(JANE)))


def test_reconnect_individual(open_sandbox: Open) -> None:
    """Jane is connected in Read-Write mode; after a revoke she authorizes again in Free/Busy
    mode, and nothing is left of what could be read and written before."""
    sandbox = open_sandbox(scenario="reconnect-individual")
    (before,) = sandbox.document["connected"]
    expected = account(JANE, "read_write", read_write_profile(JANE))
    assert read(sandbox, before, "/v1/userinfo") == expected

    revoke(sandbox, token=before["refresh_token"])
    refused(sandbox, before)

    after = authorized(sandbox, scope="free_busy_write")
    shows(sandbox, after, account(JANE, "free_busy_write", *free_busy_profiles(JANE)))
    assert after["sub"] == before["sub"]
    assert after["refresh_token"] != before["refresh_token"]


MODES = {
    "read_write": [read_write_profile(JANE)],
    "free_busy": free_busy_profiles(JANE),
}


@pytest.mark.parametrize("mode", MODES)
def test_person_chooses_mode(open_sandbox: Open, mode: str) -> None:
    """Nobody has decided: each step is a page, and whoever looks at it chooses."""
    sandbox = open_sandbox(scenario="person-chooses-mode")
    choices: dict[str, str] = {}
    for name, value in (
        ("chosen_mode", mode),
        ("chosen_provider", "google"),
        ("chosen_person", JANE),
    ):
        response = sandbox.authorize(scope="free_busy_write", **choices)
        assert response.status_code == 200
        assert value in response.text
        choices[name] = value
    page = sandbox.authorize(scope="free_busy_write", **choices)
    decided = sandbox.http.post(str(page.url), data={"decision": "allow"})
    token = exchange(sandbox, redirected(decided)["code"])
    shows(sandbox, token, account(JANE, "free_busy_write", *MODES[mode]))


def test_person_chooses_no_calendar_access(open_sandbox: Open) -> None:
    """Paul chooses No Calendar Access, and proves his address with the code in his mail."""
    sandbox = open_sandbox(scenario="person-chooses-mode")
    page = sandbox.authorize(scope="free_busy_write", chosen_mode="no_calendar")
    onward = sandbox.http.post(str(page.url), data={"email": PAUL}, follow_redirects=True)
    message = sandbox.control("GET", "/inbox/latest", params={"to": PAUL}).json()
    code = message["subject"].split()[0]
    onward = sandbox.http.post(str(onward.url), data={"code": code}, follow_redirects=True)
    decided = sandbox.http.post(str(onward.url), data={"decision": "allow"}, follow_redirects=False)
    token = exchange(sandbox, redirected(decided)["code"])
    shows(sandbox, token, account(PAUL, "free_busy_write", cronofy_profile(PAUL)))

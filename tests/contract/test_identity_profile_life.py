"""identity.md §11: a profile's life: disconnected, connected again, synchronized."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.contract.documents import Document, Like, google_profile, profiles_of, userinfo
from tests.contract.stories import add_person, connect, read, works
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
CLOCK = "2026-05-11T08:00:00Z"

# The provider's accounts, and the name that a relink URL has for them.
PROVIDERS = {
    "google": "google",
    "office365": "exchange",
    "exchange": "exchange",
    "apple": "apple",
    "outlook_com": "live_connect",
}


def disconnect(sandbox: Sandbox, answer: Document) -> str:
    """The provider refuses Cronofy's credentials; the relink URL."""
    profile_id = answer["linking_profile"]["profile_id"]
    response = sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    assert response.status_code == 200
    url: str = response.json()["profile_relink_url"]
    return url


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: f"11 {provider}")
def test_a_disconnected_profile(sandbox: Sandbox, provider: str) -> None:
    """profile_connected is false, and profile_relink_url appears, in userinfo and profiles:
    …/relink/{provider}?email=… Tokens keep working."""
    add_person(sandbox, provider=provider)
    answer = connect(sandbox)
    url = disconnect(sandbox, answer)
    parts = urlsplit(url)
    assert parts.path == f"/relink/{PROVIDERS[provider]}"
    assert dict(parse_qsl(parts.query))["email"] == JANE
    (before,) = answer["userinfo"]["cronofy.data"]["profiles"]
    shown = userinfo(
        JANE, "read_write", {**before, "profile_connected": False, "profile_relink_url": url}
    )
    assert read(sandbox, answer, "/v1/userinfo") == shown
    assert read(sandbox, answer, "/v1/profiles") == profiles_of(shown)
    works(sandbox, answer)


def test_the_relink_url_is_a_free_busy_one_too(sandbox: Sandbox) -> None:
    """The provider's name is the reported one."""
    answer = sandbox.connect(JANE, access_mode="free_busy")
    assert urlsplit(disconnect(sandbox, answer)).path == "/relink/google_free_busy"


def test_the_person_gets_a_mail(open_sandbox: Open) -> None:
    """An e-mail with the link, from support@cronofy.com; one only."""
    sandbox = open_sandbox(clock=CLOCK)
    answer = sandbox.connect(JANE)
    for _ in range(2):
        url = disconnect(sandbox, answer)
    messages = sandbox.control("GET", "/inbox", params={"to": JANE}).json()["messages"]
    assert messages == [
        {
            "message_id": Like("msg_[0-9a-f]{24}"),
            "to": JANE,
            "from": "support@cronofy.com",
            "subject": "Your calendar needs to be reconnected",
            "method": None,
            "uid": None,
            "sequence": None,
            "sent_at": CLOCK,
        }
    ]
    latest = sandbox.control("GET", "/inbox/latest").json()
    parts = urlsplit(url)
    assert f"{parts.path}?{parts.query}" in latest["text"]
    assert latest == {**messages[0], "text": latest["text"]}


def test_a_call_that_needs_the_provider_is_locked(sandbox: Sandbox) -> None:
    """423, until the profile is connected again."""
    answer = sandbox.connect(JANE)
    disconnect(sandbox, answer)
    profile_id = answer["linking_profile"]["profile_id"]
    body = {"profile_id": profile_id, "name": "New"}
    call = (answer["access_token"], "POST", "/v1/calendars")
    response = sandbox.call(*call, json=body)
    assert (response.status_code, response.content) == (423, b"")
    sandbox.control("POST", f"/profiles/{profile_id}/reconnect")
    assert sandbox.call(*call, json=body).status_code == 200


def test_connected_again(sandbox: Sandbox) -> None:
    """Same profile, calendars and account; no relink URL any more."""
    add_person(sandbox)
    answer = connect(sandbox)
    first = disconnect(sandbox, answer)
    profile_id = answer["linking_profile"]["profile_id"]
    response = sandbox.control("POST", f"/profiles/{profile_id}/reconnect")
    shown = profiles_of(userinfo(JANE, "read_write", google_profile(JANE)))
    assert response.json() == shown["profiles"][0]
    assert read(sandbox, answer, "/v1/userinfo") == answer["userinfo"]
    assert disconnect(sandbox, answer) != first


def test_elevation_survives_a_lapse(sandbox: Sandbox) -> None:
    """Connected again: what the application was granted is as before."""
    add_person(sandbox)
    answer = connect(sandbox)
    body = {"profile_id": answer["linking_profile"]["profile_id"], "name": "Mine"}
    sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    before = read(sandbox, answer, "/v1/calendars")
    disconnect(sandbox, answer)
    assert read(sandbox, answer, "/v1/calendars") == before
    connect(sandbox)
    assert read(sandbox, answer, "/v1/calendars") == before


@pytest.mark.parametrize("mode", ["read_write", "free_busy"], ids=lambda mode: f"11 {mode}")
def test_the_first_synchronization(sandbox: Sandbox, mode: str) -> None:
    """profile_initial_sync_required is true until it is complete; calendars may be listed
    already. A Cronofy profile needs none."""
    add_person(sandbox, initial_sync="held")
    answer = connect(sandbox, scope="free_busy_write", access_mode=mode)
    required = [True, False][: 1 if mode == "read_write" else 2]
    listed = read(sandbox, answer, "/v1/profiles")["profiles"]
    assert [p["profile_initial_sync_required"] for p in listed] == required
    assert len(read(sandbox, answer, "/v1/calendars")["calendars"]) == len(required)
    sandbox.control("POST", f"/profiles/{listed[0]['profile_id']}/sync")
    listed = read(sandbox, answer, "/v1/profiles")["profiles"]
    assert not any(p["profile_initial_sync_required"] for p in listed)


def test_connecting_again_does_not_synchronize_anew(sandbox: Sandbox) -> None:
    """The first synchronization is the first only."""
    add_person(sandbox, initial_sync="held")
    answer = connect(sandbox)
    profile_id = answer["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile_id}/sync")
    (shown,) = connect(sandbox)["userinfo"]["cronofy.data"]["profiles"]
    assert shown["profile_initial_sync_required"] is False


@pytest.mark.parametrize("action", ["disconnect", "reconnect", "sync"])
def test_an_unknown_profile(sandbox: Sandbox, action: str) -> None:
    """The refusal says what was found and expected."""
    response = sandbox.control("POST", f"/profiles/pro_x/{action}")
    assert response.status_code == 404
    assert response.json() == {
        "errors": [{"place": "profile_id", "found": "'pro_x'", "expected": "one of none yet"}]
    }


def test_a_hosted_profile_cannot_be_disconnected(sandbox: Sandbox) -> None:
    """10.3: never for a Cronofy profile."""
    answer = sandbox.connect(JANE, access_mode="no_calendar")
    profile_id = answer["linking_profile"]["profile_id"]
    response = sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    assert response.status_code == 422
    (problem,) = response.json()["errors"]
    assert problem["place"] == "profile_id"
    (shown,) = read(sandbox, answer, "/v1/profiles")["profiles"]
    assert shown["profile_connected"] is True


def test_a_microsoft_365_profile_from_before_graph(open_sandbox: Open) -> None:
    """8.1: provider_protocol exchange_web_services has a graph_api_migration_url; the person
    opens it to move the profile to Graph in place."""
    connected = {"person": JANE, "protocol": "exchange_web_services"}
    sandbox = open_sandbox(
        scenario={
            "people": [{"email": JANE, "name": "Jane", "provider": "office365"}],
            "connected": [connected],
        }
    )
    answer = {"access_token": sandbox.document["connected"][0]["access_token"]}
    (before,) = read(sandbox, answer, "/v1/userinfo")["cronofy.data"]["profiles"]
    url = before.pop("graph_api_migration_url")
    assert (before["provider_protocol"], before["profile_connected"]) == (
        "exchange_web_services",
        True,
    )
    assert "profile_relink_url" not in before
    assert sandbox.http.get(url).status_code == 200
    assert sandbox.http.post(url).status_code == 200
    (after,) = read(sandbox, answer, "/v1/userinfo")["cronofy.data"]["profiles"]
    assert after == {**before, "provider_protocol": "graph_api"}
    assert sandbox.http.get(url).status_code == 404


@pytest.mark.parametrize(
    ("person", "connected", "place"),
    [
        ({"provider": "google"}, {"protocol": "exchange_web_services"}, "protocol"),
        ({"provider": "none"}, {"disconnected": True}, "disconnected"),
    ],
)
def test_a_state_that_the_profile_cannot_have(
    sandbox: Sandbox, person: Document, connected: Document, place: str
) -> None:
    """Only Microsoft 365 has two protocols; a hosted profile is never disconnected."""
    scenario = {
        "applications": [{"features": {"no_access": True}}],
        "people": [{"email": JANE, "name": "Jane", **person}],
        "connected": [{"person": JANE, **connected}],
    }
    refused = sandbox.http.post("/_mock/sandboxes", json={"scenario": scenario})
    assert refused.status_code == 422
    (problem,) = refused.json()["errors"]
    assert problem["place"] == f"scenario.connected[0].{place}"


def test_a_code_dies_with_the_profile_that_it_names(sandbox: Sandbox) -> None:
    """3.5: what is revoked before the code is redeemed cannot be its linking_profile."""
    answer = sandbox.connect(JANE)
    consent = {"page": "authorize", "decision": "allow", "email": JANE}
    sandbox.control("POST", "/consents", json=consent)
    location = sandbox.authorize().headers["location"]
    code = dict(parse_qsl(urlsplit(location).query))["code"]
    profile_id = answer["linking_profile"]["profile_id"]
    sandbox.call(answer["access_token"], "POST", f"/v1/profiles/{profile_id}/revoke")
    refused = sandbox.token(
        grant_type="authorization_code", code=code, redirect_uri="http://localhost:3000/callback"
    )
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")

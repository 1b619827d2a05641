"""What counts as a finding, of every kind: the calls, and what the report says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.world.findings import KINDS
from tests.emulator import Sandbox, redirected
from tests.findings.reports import (
    CLOCK,
    JANE,
    calendar_id,
    event,
    found,
    refresh,
    switch,
    texts,
    userinfo,
)

Open = Callable[..., Sandbox]
Expected = list[tuple[str, str, str | None, int]]

CALLBACK = "http://localhost:3000/callback"
TOKEN = "POST /oauth/token"
USERINFO = "GET /v1/userinfo"
AUTHORIZE = "GET /oauth/authorize"
CHANNELS = "POST /v1/channels"
UPSERT = "POST /v1/calendars/{calendar_id}/events"


def authorize(sandbox: Sandbox, **parameters: Any) -> Any:
    return sandbox.authorize(**{"state": "s", **parameters})


def code(sandbox: Sandbox) -> str:
    """A code for access to Jane's calendar."""
    sandbox.control("POST", "/people", json={"email": JANE})
    consent = {"page": "authorize", "decision": "allow"}
    sandbox.control("POST", "/consents", json=consent)
    return redirected(authorize(sandbox))["code"]


def exchange(sandbox: Sandbox, code: str, redirect_uri: str = CALLBACK) -> Any:
    return sandbox.token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)


def nothing_wrong(sandbox: Sandbox) -> Expected:
    answer = exchange(sandbox, code(sandbox)).json()
    userinfo(sandbox, answer)
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    sandbox.call(answer["access_token"], "POST", path, json=event())
    refresh(sandbox, answer)
    return []


def unknown_parameters(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    for _ in range(2):
        sandbox.call(answer["access_token"], "GET", "/v1/userinfo?page=1")
    body = {"callback_url": CALLBACK, "secret": "s"}
    sandbox.call(answer["access_token"], "POST", "/v1/channels", json=body)
    authorize(sandbox, prompt="none")
    kind = ("unknown_parameter", "warning")
    return [(*kind, USERINFO, 2), (*kind, CHANNELS, 1), (*kind, AUTHORIZE, 1)]


def unknown_members(sandbox: Sandbox) -> Expected:
    """Wherever they stand, once for each place."""
    answer = sandbox.connect(JANE)
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    guests = {"invites": [], "invite": [{"email": "a@b.test", "nick": "A"}] * 2}
    body = event(attendees=guests, location={"floor": "2"})
    warning = sandbox.call(answer["access_token"], "POST", path, json=body).headers
    assert warning["mock-cronofy-warning"] == (
        "ignored: unknown parameter attendees.invites, attendees.invite[].nick, location.floor"
    )
    return [("unknown_parameter", "warning", UPSERT, 1)]


def ignored_parameters(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    uid = "evt_external_000000000000000000000000"
    sandbox.call(answer["access_token"], "POST", path, json=event(event_uid=uid))
    return [("ignored_parameter", "warning", UPSERT, 1)]


def deprecated_names(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    body = event(attendees={"reject": [{"email": "a@b.test"}]})
    sandbox.call(answer["access_token"], "POST", path, json=body)
    authorize(sandbox, scope="read_events full_access")
    kind = ("deprecated_name", "warning")
    return [(*kind, UPSERT, 1), (*kind, AUTHORIZE, 1)]


def old_names_of_sdks(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    period = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T17:00:00Z"}
    body = {
        "participants": [{"members": [{"sub": answer["sub"]}], "required": "all"}],
        "required_duration": {"minutes": 60},
        "available_periods": [period],
    }
    secret = sandbox.application["client_secret"]
    assert sandbox.call(secret, "POST", "/v1/availability", json=body).status_code == 200
    authorize(sandbox, scope="read_account list_calendars read_events")
    kind = ("old_name_of_sdks", "note")
    return [(*kind, "POST /v1/availability", 1), (*kind, AUTHORIZE, 1), (*kind, AUTHORIZE, 1)]


def unreadable_bodies(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    profile_id = answer["linking_profile"]["profile_id"]
    headers = {"Content-Type": "application/json"}
    path = f"/v1/profiles/{profile_id}/revoke"
    sandbox.call(answer["access_token"], "POST", path, content=b"{", headers=headers)
    return [("unreadable", "warning", "POST /v1/profiles/{profile_id}/revoke", 1)]


def wrong_content_types(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    json = b'{"callback_url": "http://localhost:3000/"}'
    for kind in ("", "text/plain", "application/x-www-form-urlencoded"):
        headers = {"Content-Type": kind}
        sandbox.call(answer["access_token"], "POST", "/v1/channels", content=json, headers=headers)
    sandbox.http.post("/oauth/token", content=b'{"client_id": "x"}')
    return [("wrong_content_type", "error", CHANNELS, 1)] * 3


def secrets_in_urls(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    token = answer["access_token"]
    sandbox.call(token, "GET", f"/v1/userinfo?access_token={token}")
    query = {**sandbox.credentials, "grant_type": "refresh_token"}
    body = {"refresh_token": answer["refresh_token"]}
    sandbox.http.post("/oauth/token", params=query, data=body)
    authorize(sandbox, client_secret=sandbox.application["client_secret"])
    kind, unknown = ("secret_in_url", "warning"), ("unknown_parameter", "warning")
    return [
        (*kind, USERINFO, 1),
        (*unknown, USERINFO, 1),
        (*kind, TOKEN, 1),
        (*unknown, AUTHORIZE, 1),
        (*kind, AUTHORIZE, 1),
    ]


def missing_states(sandbox: Sandbox) -> Expected:
    sandbox.authorize()
    sandbox.authorize(state="")
    # What a person chooses on the pages is no call of the application.
    sandbox.authorize(chosen_mode="read_write")
    return [("missing_state", "warning", AUTHORIZE, 2)]


def choices_ignored(sandbox: Sandbox) -> Expected:
    authorize(sandbox, provider_name="lotus_notes", locale="tlh")
    return [
        ("choice_ignored", "warning", AUTHORIZE, 1),
        ("unknown_language", "note", AUTHORIZE, 1),
    ]


def wrong_credentials(sandbox: Sandbox) -> Expected:
    secret = sandbox.application["client_secret"]
    sandbox.call(secret, "GET", "/v1/userinfo")
    sandbox.http.post("/oauth/token", json={"client_id": sandbox.application["client_id"]})
    body = {**sandbox.credentials, "client_secret": "wrong"}
    sandbox.http.post("/oauth/token", json=body)
    return [
        ("wrong_credential", "error", USERINFO, 1),
        ("unknown_credential", "error", TOKEN, 1),
    ]


def expired_tokens(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    sandbox.advance(hours=1)
    userinfo(sandbox, answer)
    # Seven others that were on their way; and twice more after that.
    for _ in range(7):
        userinfo(sandbox, answer)
    userinfo(sandbox, answer)
    sandbox.advance(seconds=1)
    userinfo(sandbox, answer)
    refresh(sandbox, answer)
    userinfo(sandbox, answer)
    return [
        ("expired_token_again", "warning", USERINFO, 2),
        ("expired_token", "note", USERINFO, 9),
    ]


def expired_tokens_of_another_course_of_events(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    snapshot = sandbox.control("GET", "/snapshot").json()
    for _ in range(2):
        sandbox.advance(hours=2)
        userinfo(sandbox, answer)
        assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code < 300
    sandbox.advance(hours=3)
    userinfo(sandbox, answer)
    return [("expired_token", "note", USERINFO, 3)]


def tokens_that_expired_long_ago(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    sandbox.advance(days=3)
    refresh(sandbox, answer)
    response = userinfo(sandbox, answer)
    expired = "this access token expired at 2026-05-11T09:00:00Z: refresh it"
    assert response.headers["mock-cronofy-hint"] == expired
    return [("expired_token", "note", USERINFO, 1)]


def tokens_that_people_took_back(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    response = sandbox.control("POST", f"/people/{JANE}/revoke")
    client_id = sandbox.application["client_id"]
    assert response.json() == {"revoked": [{"client_id": client_id, "sub": answer["sub"]}]}
    for _ in range(2):
        hint = userinfo(sandbox, answer).headers["mock-cronofy-hint"]
        assert hint.startswith(f"this access token was revoked at {CLOCK} by the person: ")
        sandbox.advance(seconds=1)
    for _ in range(2):
        hint = refresh(sandbox, answer).headers["mock-cronofy-hint"]
        assert hint.startswith(f"this refresh token was revoked at {CLOCK} by the person: ")
        sandbox.advance(seconds=1)
    return [
        ("revoked_token_again", "warning", TOKEN, 1),
        ("revoked_token_again", "warning", USERINFO, 1),
        ("revoked_token", "note", TOKEN, 1),
        ("revoked_token", "note", USERINFO, 1),
    ]


def own_revoked_tokens(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    body = {**sandbox.credentials, "token": answer["access_token"]}
    for _ in range(2):
        sandbox.http.post("/oauth/token/revoke", json=body)
    hint = userinfo(sandbox, answer).headers["mock-cronofy-hint"]
    assert hint.startswith(f"this access token was revoked at {CLOCK} by the application: ")
    refresh(sandbox, answer)
    return [
        ("own_revoked_token", "error", TOKEN, 1),
        ("own_revoked_token", "error", USERINFO, 1),
        ("nothing_revoked", "warning", "POST /oauth/token/revoke", 1),
    ]


def early_refreshes(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    warned = ["mock-cronofy-warning" in refresh(sandbox, answer).headers for _ in range(4)]
    assert warned == [False, False, True, True]
    # Half of the newest one's life is over: that is no longer early, and counting begins anew.
    sandbox.advance(minutes=30)
    assert "mock-cronofy-warning" not in refresh(sandbox, answer).headers
    assert "mock-cronofy-warning" not in refresh(sandbox, answer).headers
    return [("refresh_too_early", "warning", TOKEN, 2)]


def wrong_grants(sandbox: Sandbox) -> Expected:
    one = code(sandbox)
    exchange(sandbox, one, "http://localhost:3000/another")
    exchange(sandbox, one)
    for _ in range(2):
        exchange(sandbox, one)
    exchange(sandbox, "x" * 32)
    sandbox.token(grant_type="refresh_token", refresh_token="x" * 32)
    return [
        ("wrong_redirect_uri", "error", TOKEN, 1),
        ("code_reused", "error", TOKEN, 2),
        ("unknown_grant", "error", TOKEN, 1),
        ("unknown_grant", "error", TOKEN, 1),
    ]


def refused_calls(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE, scope="read_only")
    token = answer["access_token"]
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    for number in range(2):
        sandbox.call(token, "POST", path, json=event(event_id=f"no-{number}"))
    sandbox.call(token, "POST", "/v1/channels", json={})
    sandbox.call(token, "PUT", "/v1/userinfo")
    sandbox.token(grant_type="password")
    # At Cronofy it ends on an error page, and by a redirect that says what is wrong.
    authorize(sandbox, redirect_uri="nowhere")
    authorize(sandbox, scope="everything")
    kind = ("refused", "error")
    return [
        (*kind, UPSERT, 2),
        (*kind, CHANNELS, 1),
        (*kind, None, 1),
        (*kind, TOKEN, 1),
        (*kind, AUTHORIZE, 1),
        (*kind, AUTHORIZE, 1),
    ]


def refused_entries(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    entries = [
        {"method": "POST", "relative_url": path, "data": event()},
        {"method": "POST", "relative_url": path, "data": {"event_id": "two"}},
    ]
    sandbox.call(answer["access_token"], "POST", "/v1/batch", json={"batch": entries})
    return [("refused_entry", "error", "POST /v1/batch", 1)]


def unknown_paths(sandbox: Sandbox) -> Expected:
    token = sandbox.connect(JANE)["access_token"]
    sandbox.call(token, "GET", "/v1/user_info")
    return [("unknown_path", "error", None, 1)]


def what_is_not_found(sandbox: Sandbox) -> Expected:
    token = sandbox.connect(JANE)["access_token"]
    for number in range(3):
        calendar = f"cal_{number:016d}_{number:016d}"
        sandbox.call(token, "POST", f"/v1/calendars/{calendar}/events", json=event())
    assert len(texts(sandbox, "not_found")) == 1
    return [("not_found", "warning", UPSERT, 3)]


def locked_profiles(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    path = f"/v1/calendars/{calendar_id(sandbox, answer)}/events"
    sandbox.control("POST", f"/profiles/{answer['linking_profile']['profile_id']}/disconnect")
    sandbox.call(answer["access_token"], "POST", path, json=event())
    return [("locked", "note", UPSERT, 1)]


def too_many_calls(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    switch(sandbox, rate_limits=True)
    for _ in range(50):
        assert userinfo(sandbox, answer).status_code == 200
    # Another call is no repetition.
    assert sandbox.call(answer["access_token"], "GET", "/v1/account").status_code == 429
    for _ in range(3):
        assert userinfo(sandbox, answer).status_code == 429
    sandbox.advance(seconds=1)
    assert userinfo(sandbox, answer).status_code == 200
    return [
        ("retried_too_early", "warning", USERINFO, 2),
        ("rate_limited", "note", "GET /v1/account", 1),
        ("rate_limited", "note", USERINFO, 3),
    ]


def injected_faults(sandbox: Sandbox) -> Expected:
    answer = sandbox.connect(JANE)
    fault = {"match": {"path": "/v1/userinfo"}, "times": 3, "respond": {"error": "rate_limited"}}
    assert sandbox.control("POST", "/faults", json=fault).status_code == 201
    wait = int(userinfo(sandbox, answer).headers["retry-after"])
    # Too early; in time; and in time again, where there is no fault any more.
    for seconds in (0, wait, wait):
        sandbox.advance(seconds=seconds)
        userinfo(sandbox, answer)
    fault = {"match": {"path": "/v1/account"}, "respond": {"error": "unauthorized"}}
    sandbox.control("POST", "/faults", json=fault)
    response = sandbox.call(answer["access_token"], "GET", "/v1/account?page=1")
    assert response.status_code == 401
    return [("retried_too_early", "warning", USERINFO, 1)]


def what_is_not_built(sandbox: Sandbox) -> Expected:
    token = sandbox.connect(JANE)["access_token"]
    sandbox.call(token, "POST", "/v1/add_to_calendar", json={})
    return [("not_built", "note", "POST /v1/add_to_calendar", 1)]


def attachments_nobody_knows(sandbox: Sandbox) -> Expected:
    body = {
        "attachment": {
            "file_name": "thing.qqq",
            "content_type": "application/x-qqq",
            "base64_content": "eA==",
        }
    }
    secret = sandbox.application["client_secret"]
    response = sandbox.call(secret, "POST", "/v1/attachments", json=body)
    assert response.status_code == 200, response.text
    return [("unchecked_attachment", "note", "POST /v1/attachments", 1)]


def consents_that_do_not_fit(sandbox: Sandbox) -> Expected:
    sandbox.control("POST", "/people", json={"email": JANE})
    consent = {"page": "authorize", "decision": "allow", "access_mode": "free_busy"}
    sandbox.control("POST", "/consents", json=consent)
    authorize(sandbox)
    return [("consent_not_possible", "note", AUTHORIZE, 1)]


STORIES = (
    nothing_wrong,
    unknown_parameters,
    unknown_members,
    ignored_parameters,
    deprecated_names,
    old_names_of_sdks,
    unreadable_bodies,
    wrong_content_types,
    secrets_in_urls,
    missing_states,
    choices_ignored,
    wrong_credentials,
    expired_tokens,
    expired_tokens_of_another_course_of_events,
    tokens_that_expired_long_ago,
    tokens_that_people_took_back,
    own_revoked_tokens,
    early_refreshes,
    wrong_grants,
    refused_calls,
    refused_entries,
    unknown_paths,
    what_is_not_found,
    locked_profiles,
    too_many_calls,
    injected_faults,
    what_is_not_built,
    attachments_nobody_knows,
    consents_that_do_not_fit,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_what_is_found(sandbox: Sandbox, story: Callable[[Sandbox], Expected]) -> None:
    """Each mistake is found once for each operation, counted, and of its level."""
    expected = story(sandbox)
    listed = found(sandbox)
    levels = ["error", "warning", "note"]
    assert listed == sorted(listed, key=lambda each: levels.index(each[1]))
    assert sorted(listed, key=str) == sorted(expected, key=str)
    assert all(KINDS[code].level == level for code, level, *_ in listed)


def test_tokens_find_their_sandbox_after_their_end(open_sandbox: Open) -> None:
    """A token written out in a scenario is free for the next sandbox once it is revoked, and each
    sandbox says what became of its own."""
    scenario = {
        "people": [{"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"}],
        "connected": [{"person": JANE, "access_token": "written-out"}],
    }
    first = open_sandbox(scenario=scenario)
    first.control("POST", f"/people/{JANE}/revoke")
    assert (
        "by the person"
        in first.call("written-out", "GET", "/v1/userinfo").headers["mock-cronofy-hint"]
    )
    second = open_sandbox(scenario=scenario, exact=True)
    assert second.call("written-out", "GET", "/v1/userinfo").status_code == 200
    second.control("POST", f"/people/{JANE}/revoke")
    assert second.call("written-out", "GET", "/v1/userinfo").status_code == 401
    second.control("POST", "/reset")
    assert second.call("written-out", "GET", "/v1/userinfo").status_code == 200


def test_a_token_in_the_query_is_no_credential(sandbox: Sandbox) -> None:
    """It finds its sandbox and is told where it belongs; one that nobody has finds none."""
    token = sandbox.connect(JANE)["access_token"]
    hint = "the Authorization header is missing: there Cronofy takes the access token, not in "
    for query in (token, "nobodys"):
        answer = sandbox.http.get("/v1/userinfo", params={"access_token": query})
        assert (answer.status_code, answer.content) == (401, b"")
        assert answer.headers["www-authenticate"] == 'Bearer realm="cronofy"'
        assert answer.headers["mock-cronofy-hint"] == f"{hint}the query"
        said = "access_token stands in the URL, which ends up in logs"
        assert answer.headers["mock-cronofy-warning"] == said
    assert found(sandbox) == [
        ("missing_credential", "error", USERINFO, 1),
        ("secret_in_url", "warning", USERINFO, 1),
    ]
    assert token not in sandbox.control("GET", "/journal").text


def test_nothing_to_take_back(sandbox: Sandbox) -> None:
    """Who has authorized nothing can take nothing back; who does not exist, neither."""
    sandbox.control("POST", "/people", json={"email": JANE})
    response = sandbox.control("POST", f"/people/{JANE}/revoke")
    assert (response.status_code, response.json()["errors"][0]["place"]) == (422, "person")
    response = sandbox.control("POST", "/people/who@acme.test/revoke")
    assert response.status_code == 404
    sandbox.connect(JANE)
    response = sandbox.control("POST", f"/people/{JANE}/revoke", json={"client_id": "none"})
    assert response.status_code == 404


def test_former_tokens_are_bounded(sandbox: Sandbox) -> None:
    """Of the tokens that hold no longer, the latest thousand are remembered."""
    answer = sandbox.connect(JANE)
    sandbox.advance(days=2)
    for _ in range(3):
        for _ in range(400):
            refresh(sandbox, answer)
        sandbox.advance(days=2)
    refresh(sandbox, answer)
    tables = sandbox.control("GET", "/snapshot").json()["tables"]
    assert len(tables["former_tokens"]) == 1000
    assert (
        userinfo(sandbox, answer)
        .headers["mock-cronofy-hint"]
        .startswith("this Bearer credential is unknown")
    )


def test_former_tokens_are_no_less_secret(sandbox: Sandbox) -> None:
    """Neither before nor after it was taken back does the journal show a token."""
    answer = sandbox.connect(JANE)
    userinfo(sandbox, answer)
    sandbox.control("POST", f"/people/{JANE}/revoke")
    userinfo(sandbox, answer)
    journal = sandbox.control("GET", "/journal")
    assert len(journal.json()["requests"]) == 2
    assert answer["access_token"] not in journal.text

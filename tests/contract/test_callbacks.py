"""Enterprise Connect's callbacks: what is asked for and what is sent (identity.md §6.4)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.acme import (
    CLOCK,
    JANE,
    ROOM,
    accepted,
    deliveries,
    domain,
    entry,
    request_access,
    settle,
)
from tests.contract.documents import (
    SOME_TEXT,
    TOKEN,
    Document,
    account_token,
    calendar,
    errors,
    google_profile,
    oauth_error,
    person,
    profile,
    userinfo,
)
from tests.contract.receiver import Receiver
from tests.contract.stories import MANAGE_RESOURCES, exchange, read, works
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

# --- What is sent --------------------------------------------------------------------


@pytest.mark.parametrize("state", ["room-7", None, "Größe & more"], ids=lambda s: f"6.4 {s}")
def test_success(acme: Sandbox, receiver: Receiver, state: str | None) -> None:
    """6.4: POST {callback_url} with one member, authorization, that has code and state. The
    code is exchanged with the callback_url as redirect_uri, for an account like any other."""
    url = f"{receiver.url}/access?for=jane"
    body = entry(url) if state is None else entry(url, state=state)
    accepted(request_access(acme, domain(acme), body))
    callback = receiver.next()
    assert callback.path == "/access?for=jane"
    expected = {"code": TOKEN} if state is None else {"code": TOKEN, "state": state}
    assert callback.document == {"authorization": expected}
    assert callback.headers["content-type"] == "application/json; charset=utf-8"
    assert callback.headers["user-agent"].startswith("Cronofy")

    code = callback.document["authorization"]["code"]
    wrong = acme.token(grant_type="authorization_code", code=code, redirect_uri=receiver.url)
    expected = oauth_error("invalid_grant", error_key="errors.unknown_or_used")
    assert (wrong.status_code, wrong.json()) == (400, expected)
    answer = exchange(acme, code, url)
    shown = userinfo(JANE, "read_write", google_profile(JANE, "gsuite"))
    assert answer == account_token(shown)
    assert read(acme, answer, "/v1/userinfo") == shown
    works(acme, answer)
    again = acme.token(grant_type="authorization_code", code=code, redirect_uri=url)
    assert (again.status_code, again.json()) == (400, expected)


FAILURES: dict[str, tuple[str, str, str, str]] = {
    "6.4 unknown mailbox": (
        "nobody@acme.test",
        "read_write",
        "access_denied",
        "errors.account_not_found",
    ),
    "6.4 another domain": (
        "jane@other.test",
        "read_write",
        "access_denied",
        "errors.account_not_found",
    ),
    "6.6 AvailabilityOnly": (
        "reader@acme.test",
        "read_events",
        "unable_to_grant_scope",
        "errors.unable_to_grant_scope",
    ),
    "6.6 AvailabilityOnly, more than free_busy": (
        "reader@acme.test",
        "free_busy create_event",
        "unable_to_grant_scope",
        "errors.unable_to_grant_scope",
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_failures(acme: Sandbox, receiver: Receiver, case: str) -> None:
    """6.4: error, error_key, error_description and state. The call itself was accepted."""
    email, scope, error, error_key = FAILURES[case]
    accepted(request_access(acme, domain(acme), entry(receiver.url, email, scope=scope, state="s")))
    assert receiver.next().document == {
        "authorization": {
            "error": error,
            "error_key": error_key,
            "error_description": SOME_TEXT,
            "state": "s",
        }
    }
    assert len(acme.control("GET", "").json()["connected"]) == 1


def test_a_failure_without_state(acme: Sandbox, receiver: Receiver) -> None:
    """6.4: state is left out when none was sent."""
    accepted(request_access(acme, domain(acme), entry(receiver.url, "nobody@acme.test")))
    members = {"error", "error_key", "error_description"}
    assert receiver.next().document["authorization"].keys() == members


def test_a_mailbox_that_the_mode_does_not_reach(acme: Sandbox, receiver: Receiver) -> None:
    """6.4: the service account is not permitted on the mailbox: access_denied."""
    answer = domain(acme, access_mode="free_busy")
    body = entry(receiver.url, "apple@acme.test", scope="free_busy_write")
    accepted(request_access(acme, answer, body))
    outcome = receiver.next().document["authorization"]
    error = ("access_denied", "errors.provider_not_supported")
    assert (outcome["error"], outcome["error_key"]) == error


def test_an_availability_only_mailbox(acme: Sandbox, receiver: Receiver) -> None:
    """6.6: free_busy alone can be requested; only free/busy-level calls are then allowed, and
    no second calendar is created."""
    body = entry(receiver.url, "reader@acme.test", scope="free_busy")
    accepted(request_access(acme, domain(acme), body))
    answer = exchange(acme, receiver.next().document["authorization"]["code"], receiver.url)
    assert answer["scope"] == "free_busy"
    (only,) = read(acme, answer, "/v1/profiles")["profiles"]
    body = {"profile_id": only["profile_id"], "name": "New"}
    response = acme.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert response.status_code == 403


def test_a_resource(acme: Sandbox, receiver: Receiver) -> None:
    """6.4: a resource is requested like a user, with service_account/resources/manage."""
    answer = domain(acme, scope=MANAGE_RESOURCES)
    accepted(request_access(acme, answer, entry(receiver.url, ROOM)))
    room = exchange(acme, receiver.next().document["authorization"]["code"], receiver.url)
    google = profile("google", "gsuite", ROOM, calendar(ROOM, conferencing=True))
    shown = userinfo(ROOM, "read_write", google, name="Room 1", zoneinfo=SOME_TEXT)
    assert room == account_token(shown)
    response = request_access(acme, answer, entry(receiver.url))
    assert (response.status_code, response.content) == (403, b"")


def test_the_same_mailbox_again_is_the_same_account(acme: Sandbox, receiver: Receiver) -> None:
    """6.4: requesting the same e-mail again yields the same account."""
    service_account = domain(acme)
    answers = []
    for email in (JANE, "JANE@Acme.Test"):
        accepted(request_access(acme, service_account, entry(receiver.url, email)))
        code = receiver.next().document["authorization"]["code"]
        answers.append(exchange(acme, code, receiver.url))
    assert answers[0]["sub"] == answers[1]["sub"]
    assert answers[0]["refresh_token"] == answers[1]["refresh_token"]


# --- Many at once --------------------------------------------------------------------


def test_fifty_at_once(open_sandbox: Open, receiver: Receiver) -> None:
    """6.4: a collection of 1 to 50 entries is accepted as one, and calls back once for each;
    callback_url, scope and state may repeat or differ."""
    emails = [f"user-{number}@acme.test" for number in range(50)]
    people = [person(email) for email in emails]
    organizations = [{"domain": "acme.test", "members": emails}]
    scenario = {"people": people, "organizations": organizations}
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    entries = [
        entry(f"{receiver.url}/{index % 2}", email, state=email)
        for index, email in enumerate(emails)
    ]
    body = {"service_account_authorizations": entries}
    accepted(request_access(sandbox, domain(sandbox), body))
    callbacks = [receiver.next() for _ in emails]
    outcomes = {c.document["authorization"]["state"]: c for c in callbacks}
    assert outcomes.keys() == set(emails)
    for index, email in enumerate(emails):
        assert outcomes[email].path == f"/{index % 2}"
    some = outcomes[emails[49]].document["authorization"]
    answer = exchange(sandbox, some["code"], f"{receiver.url}/1")
    assert answer["linking_profile"]["profile_name"] == emails[49]
    settle(sandbox)
    assert [d["state"] for d in deliveries(sandbox)] == ["delivered"] * 50


def test_one_entry_may_fail_alone(acme: Sandbox, receiver: Receiver) -> None:
    """6.4: one POST per entry, each with its own outcome."""
    entries = [entry(f"{receiver.url}/{email}", email) for email in (JANE, "nobody@acme.test")]
    accepted(request_access(acme, domain(acme), {"service_account_authorizations": entries}))
    callbacks = {c.path: c.document["authorization"] for c in (receiver.next(), receiver.next())}
    assert callbacks[f"/{JANE}"].keys() == {"code"}
    assert callbacks["/nobody@acme.test"]["error"] == "access_denied"


def test_a_state_beside_the_collection_is_the_default(acme: Sandbox, receiver: Receiver) -> None:
    """6.4: py can put a state beside the array."""
    entries = [entry(receiver.url), entry(receiver.url, ROOM, state="own")]
    body = {"state": "common", "service_account_authorizations": entries}
    accepted(request_access(acme, domain(acme), body))
    states = {receiver.next().document["authorization"]["state"] for _ in entries}
    assert states == {"common", "own"}


COLLECTION = "service_account_authorizations"
GOOD = {"email": JANE, "callback_url": "http://127.0.0.1:9/", "scope": "read_write"}
INVALID: dict[str, tuple[Document, dict[str, str]]] = {
    "nothing": ({}, dict.fromkeys(GOOD, "required")),
    "no email": ({**GOOD, "email": ""}, {"email": "required"}),
    "no callback_url": ({**GOOD, "callback_url": None}, {"callback_url": "required"}),
    "no scope": ({**GOOD, "scope": None}, {"scope": "required"}),
    "not an e-mail": ({**GOOD, "email": "jane"}, {"email": "invalid"}),
    "not an address": ({**GOOD, "callback_url": "acme://x"}, {"callback_url": "invalid"}),
    "a number": ({**GOOD, "email": 5}, {"email": "invalid"}),
    "outside delegated_scope": ({**GOOD, "scope": "read_everything"}, {"scope": "not_granted"}),
    "an empty collection": ({COLLECTION: []}, {COLLECTION: "required"}),
    "51 entries": ({COLLECTION: [GOOD] * 51}, {COLLECTION: "too_many"}),
    "both shapes": ({**GOOD, COLLECTION: [GOOD]}, {COLLECTION: "invalid"}),
    "both, in part": ({"email": JANE, COLLECTION: [GOOD]}, {COLLECTION: "invalid"}),
    "an entry without members": (
        {COLLECTION: [GOOD, {}]},
        {f"{COLLECTION}[1].{name}": "required" for name in GOOD},
    ),
    "an entry outside delegated_scope": (
        {COLLECTION: [GOOD, {**GOOD, "scope": "nothing"}]},
        {f"{COLLECTION}[1].scope": "not_granted"},
    ),
    "not a list": ({COLLECTION: {}}, {COLLECTION: "invalid"}),
    "an unknown response_type": (
        {**GOOD, "response_type": "code"},
        {"response_type": "not_recognized"},
    ),
}


@pytest.mark.parametrize("case", INVALID, ids=[f"6.4 {case}" for case in INVALID])
def test_what_is_wrong_is_refused_as_a_whole(acme: Sandbox, case: str) -> None:
    """6.4: 422 for missing members, more than 50 entries, both shapes at once, a scope outside
    delegated_scope, an invalid callback_url; nothing is requested then."""
    body, fields = INVALID[case]
    response = request_access(acme, domain(acme), body)
    assert (response.status_code, response.json()) == (422, errors(fields))
    assert deliveries(acme) == []


@pytest.mark.parametrize(
    ("delegated", "scope", "granted"),
    [
        ("read_write", "read_write", True),
        ("read_write", "read_events create_event", True),
        ("read_write", "free_busy_write", True),
        ("free_busy", "free_busy", True),
        ("free_busy", "read_free_busy", True),
        ("free_busy", "read_events", False),
        ("free_busy_write", "free_busy_write", True),
        ("free_busy_write", "read_write", False),
        ("read_only", "read_only", True),
        ("read_only", "write_only", False),
        ("read_only write_only", "read_write", False),
        ("read_events create_event", "read_only", True),
    ],
    ids=lambda value: f"6.4 {value}",
)
def test_the_scope_lies_within_the_delegated_scope(
    acme: Sandbox, receiver: Receiver, delegated: str, scope: str, granted: bool
) -> None:
    """6.4: scope is a subset of the granted delegated_scope."""
    answer = domain(acme, delegated_scope=delegated)
    response = request_access(acme, answer, entry(receiver.url, scope=scope))
    if granted:
        accepted(response)
        assert receiver.next().document["authorization"].keys() == {"code"}
    else:
        assert response.json() == errors({"scope": "not_granted"})


# --- Inline --------------------------------------------------------------------------


def test_inline_answers_with_tokens_at_once(acme: Sandbox) -> None:
    """6.4: response_type=inline is answered 200 with the full token response, before the
    calendar is synchronized; callback_url is not needed, and there is no callback."""
    email = "held@acme.test"
    body = {"email": email, "scope": "read_write", "response_type": "inline"}
    for callback_url in ({}, {"callback_url": "http://8.8.8.8/"}):
        response = request_access(acme, domain(acme), {**body, **callback_url})
        assert response.status_code == 200
        google = google_profile(email, "gsuite", profile_initial_sync_required=True)
        assert response.json() == account_token(userinfo(email, "read_write", google))
        works(acme, response.json())
    assert deliveries(acme) == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"email": "nobody@acme.test", "scope": "read_write"}, {"email": "account_not_found"}),
        (
            {"email": "reader@acme.test", "scope": "read_write"},
            {"scope": "unable_to_grant_scope"},
        ),
        ({"email": JANE, "scope": "everything"}, {"scope": "not_granted"}),
        ({"email": JANE}, {"scope": "required"}),
        ({"scope": "read_write"}, {"email": "required"}),
    ],
    ids=["6.4 unknown", "6.4 AvailabilityOnly", "6.4 scope", "6.4 no scope", "6.4 no email"],
)
def test_inline_failures(acme: Sandbox, body: Document, fields: dict[str, str]) -> None:
    """6.4: what fails inline is 422 on email or scope."""
    response = request_access(acme, domain(acme), {**body, "response_type": "inline"})
    assert (response.status_code, response.json()) == (422, errors(fields))

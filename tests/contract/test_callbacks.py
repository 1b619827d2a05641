"""Callbacks of Enterprise Connect, end to end: identity.md §6.4, notifications.md §1.4.

What is asked for goes through the outbox to a web server on this machine. Time is the
sandbox's; moving it by nothing waits until nothing is on its way any more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mock_server.delivery.worker import PAUSES, sign
from tests.contract.documents import (
    SOME_TEXT,
    TOKEN,
    Document,
    Like,
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

JANE = "jane@acme.test"
ROOM = "room-1@acme.test"
CLOCK = "2026-05-11T08:00:00Z"
SECRETS = ("emulator-secret-A", "emulator-secret-B")


@pytest.fixture
def acme(open_sandbox: Open) -> Sandbox:
    """acme.test at eight o'clock, with a person of every trouble."""
    trouble = [
        person("reader@acme.test"),
        person("apple@acme.test", provider="apple"),
        person("held@acme.test", initial_sync="held"),
    ]
    organization = {
        "domain": "acme.test",
        "members": [JANE, *(somebody["email"] for somebody in trouble)],
        "resources": [{"email": ROOM, "name": "Room 1"}],
        "availability_only": ["reader@acme.test"],
    }
    scenario = {"people": [person(), *trouble], "organizations": [organization]}
    return open_sandbox(clock=CLOCK, scenario=scenario)


def domain(sandbox: Sandbox, **options: Any) -> Document:
    """The token answer of acme.test's service account."""
    body = {"service_account": "acme.test", "delegated_scope": "read_write free_busy_write"}
    return sandbox.control("POST", "/connect", json={**body, **options}).json()


def request_access(sandbox: Sandbox, answer: Document, body: Document) -> httpx.Response:
    path = "/v1/service_account_authorizations"
    return sandbox.call(answer["access_token"], "POST", path, json=body)


def accepted(response: httpx.Response) -> None:
    assert (response.status_code, response.content) == (202, b"")


def entry(url: str, email: str = JANE, **more: Any) -> Document:
    return {"email": email, "callback_url": url, "scope": "read_write", **more}


def settle(sandbox: Sandbox) -> None:
    """Wait until no callback is on its way."""
    assert sandbox.advance(seconds=0)["happened"] == []


def deliveries(sandbox: Sandbox, **query: str) -> list[Document]:
    found: list[Document] = sandbox.control("GET", "/deliveries", params=query).json()["deliveries"]
    return found


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


# --- Signatures ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "secrets", "value"),
    [
        ('{"probe":1}', SECRETS[:1], "3/hC/EFfE9DH2XLNOr3Yc2WGWm2qnvwyDn3QZlLLGA0="),
        ('{"probe":1}', SECRETS[1:], "nNfuZtNALmO41YdqLx7YZ/EH1lxCw7jKgBpMMHa+cVA="),
        (
            '{"probe":1}',
            SECRETS,
            "3/hC/EFfE9DH2XLNOr3Yc2WGWm2qnvwyDn3QZlLLGA0=,"
            "nNfuZtNALmO41YdqLx7YZ/EH1lxCw7jKgBpMMHa+cVA=",
        ),
        ('{"n":"Größe"}', SECRETS[:1], "JZ3u0F7ifbkt37z42uS4AtzZMG6iYUCXPhQwcuGlqyo="),
    ],
    ids=["1.4.2 secret A", "1.4.2 secret B", "1.4.2 both", "1.4.2 not ASCII"],
)
def test_check_vectors(body: str, secrets: tuple[str, ...], value: str) -> None:
    """base64 of HMAC-SHA256 with the client_secret over the body's bytes; a bare comma joins
    the values of several secrets."""
    assert sign(body.encode(), secrets) == value


def signature(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@pytest.mark.parametrize(
    "state", ["plain", "Größe 🗓", 'a/b "c" \\ d', "line\nbreak"], ids=lambda s: f"1.4.2 {s!r}"
)
def test_callbacks_are_signed_over_their_exact_bytes(
    acme: Sandbox, receiver: Receiver, state: str
) -> None:
    """1.4.1, 1.4.2: every callback carries Cronofy-HMAC-SHA256. The signed body is compact
    JSON: no spaces, nothing escaped that need not be."""
    accepted(request_access(acme, domain(acme), entry(receiver.url, state=state)))
    callback = receiver.next()
    expected = signature(acme.application["client_secret"], callback.body)
    assert callback.headers["cronofy-hmac-sha256"] == expected
    code = callback.document["authorization"]["code"]
    document = {"authorization": {"code": code, "state": state}}
    compact = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert callback.body == compact.encode()


def test_one_signature_for_each_active_secret(acme: Sandbox, receiver: Receiver) -> None:
    """1.4.2: several active client secrets give one value each."""
    snapshot = acme.control("GET", "/snapshot").json()
    secrets = [acme.application["client_secret"], f"second-{acme.sandbox_id}"]
    snapshot["tables"]["applications"][0]["client_secrets"] = secrets
    assert acme.control("PUT", "/snapshot", json=snapshot).status_code == 200
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    callback = receiver.next()
    values = [signature(secret, callback.body) for secret in secrets]
    assert callback.headers["cronofy-hmac-sha256"] == ",".join(values)


# --- Retries -------------------------------------------------------------------------


def attempt(at: str, status: int | None, **more: Any) -> Document:
    text = "" if status in (200, None) else f"answered {status}"
    document = {
        "at": at,
        "status": status,
        "error": None,
        "response": text,
        "duration_ms": ANY_NUMBER,
    }
    return {**document, **more}


class _Number:
    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and other >= 0

    __hash__ = None  # type: ignore[assignment]


ANY_NUMBER = _Number()

# Whenever the next attempt is due, when all have failed so far.
TIMES = ["08:00:00", "08:01:00", "08:06:00", "08:36:00", "10:36:00"]
AT = [f"2026-05-11T{time}Z" for time in TIMES]


def test_pauses_grow() -> None:
    """6.4: it is tried a few times, with growing pauses."""
    assert list(PAUSES) == sorted(set(PAUSES))


def test_a_callback_is_retried_until_it_is_taken(acme: Sandbox, receiver: Receiver) -> None:
    """6.4, 1.4.5: 2xx is expected; anything else is tried again, on the sandbox's clock, with
    the same bytes. Redirects are not followed."""
    receiver.answers = [500, 302]
    accepted(request_access(acme, domain(acme), entry(receiver.url, state="s")))
    first = receiver.next()
    settle(acme)
    assert receiver.empty
    (delivery,) = deliveries(acme)
    delivery_id = delivery["delivery_id"]
    assert delivery == {
        "delivery_id": Like("dlv_[0-9a-f]{24}"),
        "kind": "service_account_authorization",
        "url": receiver.url,
        "state": "pending",
        "created_at": AT[0],
        "due_at": AT[1],
        "body": first.document,
        "attempts": [attempt(AT[0], 500)],
    }
    # Not a second too early.
    assert acme.advance(seconds=59)["happened"] == []
    moved = acme.advance(seconds=1)
    assert moved == {
        "now": AT[1],
        "mode": "virtual",
        "happened": [{"attempted_delivery": delivery_id, "at": AT[1]}],
    }
    moved = acme.advance(hours=1)
    assert moved["happened"] == [{"attempted_delivery": delivery_id, "at": AT[2]}]
    assert moved["now"] == "2026-05-11T09:01:00Z"
    later = [receiver.next(), receiver.next()]
    assert [c.body for c in later] == [first.body] * 2
    assert {c.path for c in later} == {"/"}
    assert deliveries(acme) == [
        {
            **delivery,
            "state": "delivered",
            "due_at": AT[2],
            "attempts": [attempt(AT[0], 500), attempt(AT[1], 302), attempt(AT[2], 200)],
        }
    ]
    assert acme.advance(days=2)["happened"] == []


@pytest.mark.parametrize("status", [400, 404, 410, 500, 301], ids=lambda s: f"1.4.5 {s}")
def test_a_callback_fails_in_the_end(acme: Sandbox, receiver: Receiver, status: int) -> None:
    """1.4.5: every status but 2xx is an ordinary failure; after the last pause it has failed."""
    receiver.answers = [status] * 5
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    receiver.next()
    moved = acme.advance(hours=3)
    assert [item["at"] for item in moved["happened"]] == AT[1:]
    (delivery,) = deliveries(acme)
    assert delivery["state"] == "failed"
    assert delivery["attempts"] == [attempt(at, status) for at in AT]
    assert acme.advance(days=30)["happened"] == []
    assert deliveries(acme, state="failed") == [delivery]
    assert deliveries(acme, state="pending") == []


@pytest.mark.parametrize("status", [200, 201, 202, 204], ids=lambda s: f"1.4.5 {s}")
def test_any_2xx_is_success(acme: Sandbox, receiver: Receiver, status: int) -> None:
    """1.4.5: any 2xx within five seconds."""
    receiver.answers = [status]
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    receiver.next()
    settle(acme)
    assert [d["state"] for d in deliveries(acme)] == ["delivered"]


def test_nobody_listens(acme: Sandbox) -> None:
    """1.4.5: a connection error is a failure like any other."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        accepted(request_access(acme, domain(acme), entry(url)))
        settle(acme)
    (delivery,) = deliveries(acme)
    assert delivery["state"] == "pending"
    assert delivery["attempts"] == [attempt(AT[0], None, error=Like("ConnectError: .+"))]


@pytest.mark.parametrize(
    ("minutes", "status"), [(9, 200), (10, 400)], ids=["6.4 nine minutes", "6.4 ten minutes"]
)
def test_the_time_of_a_code_counts_from_its_delivery(
    acme: Sandbox, receiver: Receiver, minutes: int, status: int
) -> None:
    """6.4: the code is short-lived, but not dead before it arrives."""
    receiver.answers = [500] * 3
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    acme.advance(minutes=36)
    codes = {receiver.next().document["authorization"]["code"] for _ in range(4)}
    acme.advance(minutes=minutes)
    (code,) = codes
    response = acme.token(grant_type="authorization_code", code=code, redirect_uri=receiver.url)
    assert response.status_code == status


def test_a_failed_callback_can_be_replayed(acme: Sandbox, receiver: Receiver) -> None:
    """One more attempt, whatever became of the earlier ones; a delivered one too."""
    receiver.answers = [500] * 5
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    acme.advance(hours=3)
    for _ in AT:
        receiver.next()
    (failed,) = deliveries(acme)
    path = f"/deliveries/{failed['delivery_id']}/replay"
    now = "2026-05-11T11:00:00Z"
    for count in (1, 2):
        response = acme.control("POST", path)
        assert response.status_code == 202
        assert response.json()["state"] == "pending"
        callback = receiver.next()
        assert callback.document == failed["body"]
        settle(acme)
        (delivery,) = deliveries(acme)
        assert delivery == {
            **failed,
            "state": "delivered",
            "due_at": now,
            "attempts": [*failed["attempts"], *[attempt(now, 200)] * count],
        }


def test_a_replay_that_fails_has_failed(acme: Sandbox, receiver: Receiver) -> None:
    """A replay is one attempt; it does not begin the retries anew."""
    receiver.answers = [500] * 6
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    acme.advance(hours=3)
    (failed,) = deliveries(acme)
    acme.control("POST", f"/deliveries/{failed['delivery_id']}/replay")
    settle(acme)
    (delivery,) = deliveries(acme)
    assert (delivery["state"], len(delivery["attempts"])) == ("failed", 6)


def test_a_replay_while_the_first_attempt_is_on_its_way(acme: Sandbox, receiver: Receiver) -> None:
    """It has its turn when the first has been answered."""
    receiver.gate.clear()
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    first = receiver.next()
    (delivery,) = deliveries(acme)
    assert (delivery["state"], delivery["attempts"]) == ("pending", [])
    acme.control("POST", f"/deliveries/{delivery['delivery_id']}/replay")
    receiver.gate.set()
    assert receiver.next().body == first.body
    settle(acme)
    assert deliveries(acme) == [
        {**delivery, "state": "delivered", "attempts": [attempt(AT[0], 200)]}
    ]


def test_a_reset_while_a_callback_is_on_its_way(acme: Sandbox, receiver: Receiver) -> None:
    """Nothing is left of it; the next callback, which has its id, leaves as usual."""
    receiver.gate.clear()
    accepted(request_access(acme, domain(acme), entry(receiver.url, state="first")))
    assert receiver.next().document["authorization"]["state"] == "first"
    acme.control("POST", "/reset")
    accepted(request_access(acme, domain(acme), entry(receiver.url, state="second")))
    receiver.gate.set()
    assert receiver.next().document["authorization"]["state"] == "second"
    settle(acme)
    (delivery,) = deliveries(acme)
    assert delivery["state"] == "delivered"
    assert delivery["attempts"] == [attempt(AT[0], 200)]


def test_setting_the_clock_lets_leave_what_is_due(acme: Sandbox, receiver: Receiver) -> None:
    """1.4.5: retries follow the sandbox's clock, however it is moved."""
    receiver.answers = [500]
    accepted(request_access(acme, domain(acme), entry(receiver.url)))
    receiver.next()
    settle(acme)
    assert acme.control("PUT", "/clock", json={"now": AT[1]}).status_code == 200
    receiver.next()
    settle(acme)
    (delivery,) = deliveries(acme)
    assert delivery["attempts"] == [attempt(AT[0], 500), attempt(AT[1], 200)]


def test_an_unknown_delivery(acme: Sandbox) -> None:
    """The refusal names those that exist."""
    response = acme.control("POST", "/deliveries/dlv_0/replay")
    assert response.status_code == 404
    assert response.json() == {
        "errors": [{"place": "delivery_id", "found": "'dlv_0'", "expected": "one of none yet"}]
    }


# --- Where nothing is sent -----------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8/callback",
        "https://1.1.1.1/",
        "http://[2001:4860:4860::8888]:8080/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:8.8.8.8]/",
    ],
)
def test_public_addresses_are_never_contacted(acme: Sandbox, url: str) -> None:
    """Only loopback and private addresses, and hosts named in the settings: anything else is
    refused, once and for all, and the refusal says so."""
    accepted(request_access(acme, domain(acme), entry(url)))
    settle(acme)
    (delivery,) = deliveries(acme)
    assert delivery["state"] == "refused"
    assert delivery["url"] == url
    refusal = Like(r".* is neither a loopback nor a private address; allow it with .*")
    assert delivery["attempts"] == [attempt(AT[0], None, error=refusal, duration_ms=0)]
    assert acme.advance(days=1)["happened"] == []


# --- Held until the first synchronization --------------------------------------------


def test_a_callback_waits_for_the_first_synchronization(acme: Sandbox, receiver: Receiver) -> None:
    """6.4: the result comes after the calendar has been fully synchronized; a code's time
    only counts from then on."""
    email = "held@acme.test"
    accepted(request_access(acme, domain(acme), entry(receiver.url, email, state="s")))
    assert acme.advance(hours=1)["happened"] == []
    assert receiver.empty
    (delivery,) = deliveries(acme)
    assert (delivery["state"], delivery["attempts"]) == ("held", [])
    connected = acme.control("GET", "").json()["connected"]
    (only,) = next(c for c in connected if c["email"] == email)["profiles"]
    assert only["profile_initial_sync_required"] is True

    synced = acme.control("POST", f"/profiles/{only['profile_id']}/sync")
    assert synced.status_code == 200
    assert synced.json()["profile_initial_sync_required"] is False
    outcome = receiver.next().document["authorization"]
    assert outcome == {"code": TOKEN, "state": "s"}
    answer = exchange(acme, outcome["code"], receiver.url)
    shown = userinfo(email, "read_write", google_profile(email, "gsuite"))
    assert answer == account_token(shown)
    settle(acme)
    (delivery,) = deliveries(acme)
    assert delivery["state"] == "delivered"
    assert delivery["attempts"] == [attempt("2026-05-11T09:00:00Z", 200)]


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

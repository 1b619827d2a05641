"""Enterprise Connect's callbacks: signatures, retries, and where nothing is sent.

identity.md §6.4, notifications.md §1.4. Time is the sandbox's; moving it by nothing waits
until nothing is on its way any more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket

import pytest

from mock_server.delivery.courier import sign
from mock_server.rules.deliveries import PAUSES
from tests.contract.acme import (
    accepted,
    deliveries,
    domain,
    entry,
    request_access,
    settle,
)
from tests.contract.deliveries import attempt
from tests.contract.documents import (
    TOKEN,
    Like,
    account_token,
    google_profile,
    userinfo,
)
from tests.contract.receiver import Receiver
from tests.contract.stories import exchange, revoke
from tests.emulator import Sandbox

SECRETS = ("emulator-secret-A", "emulator-secret-B")

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
        "client_id": acme.application["client_id"],
        "queue": None,
        "url": receiver.url,
        "state": "pending",
        "created_at": AT[0],
        "due_at": AT[1],
        "body": first.document,
        "attempts": [attempt(AT[0], 500, receiver.url)],
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
            "attempts": [
                attempt(AT[0], 500, receiver.url),
                attempt(AT[1], 302, receiver.url),
                attempt(AT[2], 200, receiver.url),
            ],
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
    assert delivery["attempts"] == [attempt(at, status, receiver.url) for at in AT]
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
    assert delivery["attempts"] == [attempt(AT[0], None, url, error=Like("ConnectError: .+"))]


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


def test_a_revoke_is_not_told(acme: Sandbox, receiver: Receiver) -> None:
    """3.4: no mail and no callback tells of it; one that was not taken yet is still tried,
    with a code that is worth nothing."""
    receiver.answers = [500]
    service_account = domain(acme)
    accepted(request_access(acme, service_account, entry(receiver.url)))
    code = receiver.next().document["authorization"]["code"]
    revoke(acme, sub=service_account["sub"])
    acme.advance(minutes=1)
    assert receiver.next().document == {"authorization": {"code": code}}
    acme.advance(days=1)
    assert receiver.empty
    assert acme.control("GET", "/inbox").json() == {"messages": []}
    response = acme.token(grant_type="authorization_code", code=code, redirect_uri=receiver.url)
    assert response.json()["error"] == "invalid_grant"


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
            "attempts": [*failed["attempts"], *[attempt(now, 200, receiver.url)] * count],
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
    """It has its turn when the first has been answered; both are shown."""
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
        {**delivery, "state": "delivered", "attempts": [attempt(AT[0], 200, receiver.url)] * 2}
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
    assert delivery["attempts"] == [attempt(AT[0], 200, receiver.url)]


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
    assert delivery["attempts"] == [
        attempt(AT[0], 500, receiver.url),
        attempt(AT[1], 200, receiver.url),
    ]


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
    assert delivery["attempts"] == [attempt(AT[0], None, url, error=refusal, duration_ms=0)]
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
    assert delivery["attempts"] == [attempt("2026-05-11T09:00:00Z", 200, receiver.url)]

"""Deliveries that a test steers: found, looked at, replayed, and failing on request.

What becomes of deliveries by themselves is in test_deliveries.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.acme import deliveries, settle
from tests.contract.control import CLOCK, assert_problems
from tests.contract.deliveries import Somebody, attempt, inject
from tests.contract.documents import Document, Like
from tests.contract.receiver import Receiver
from tests.contract.stories import created
from tests.emulator import Sandbox

FAILURE_ID = Like("flr_[0-9a-f]{24}")


@pytest.fixture
def sandbox(open_sandbox: Any) -> Sandbox:
    return open_sandbox(clock=CLOCK)


def kinds(receiver: Receiver, count: int) -> list[str]:
    return [receiver.next().document["notification"]["type"] for _ in range(count)]


def injected(sandbox: Sandbox) -> list[Document]:
    listed: list[Document] = sandbox.control("GET", "/deliveries/failures").json()["failures"]
    return listed


def responses(delivery: Document) -> list[Any]:
    """The status or the error of each attempt."""
    return [a["response"]["status"] or a["response"]["error"] for a in delivery["attempts"]]


# --- Looking -------------------------------------------------------------------------


def test_a_delivery_shows_request_and_response(sandbox: Sandbox, receiver: Receiver) -> None:
    """The queue of a notification is its channel; the request is what the receiver saw."""
    channel_id = Somebody(sandbox).channel(receiver.url)
    callback = receiver.next()
    settle(sandbox)
    (listed,) = deliveries(sandbox)
    assert listed == {
        "delivery_id": Like("dlv_[0-9a-f]{24}"),
        "kind": "verification",
        "client_id": sandbox.application["client_id"],
        "queue": channel_id,
        "url": receiver.url,
        "state": "delivered",
        "created_at": CLOCK,
        "due_at": CLOCK,
        "body": callback.document,
        "attempts": [attempt(CLOCK, 200, receiver.url)],
    }
    sent = listed["attempts"][0]["request"]["headers"]
    assert {name: callback.headers[name.lower()] for name in sent} == sent
    response = sandbox.control("GET", f"/deliveries/{listed['delivery_id']}")
    assert (response.status_code, response.json()) == (200, listed)


def test_deliveries_by_address_and_channel(sandbox: Sandbox, receiver: Receiver) -> None:
    """The address is a beginning."""
    jane = Somebody(sandbox)
    ids = [jane.channel(f"{receiver.url}/{name}") for name in ("one", "two")]
    jane.notify()
    settle(sandbox)
    listed = deliveries(sandbox)
    assert len(listed) == 4
    for channel_id, name in zip(ids, ("one", "two"), strict=True):
        own = [d for d in listed if d["queue"] == channel_id]
        assert len(own) == 2
        assert deliveries(sandbox, channel_id=channel_id) == own
        assert deliveries(sandbox, url=f"{receiver.url}/{name}") == own
    assert deliveries(sandbox, url=receiver.url) == listed
    assert deliveries(sandbox, url="/one") == []
    query = {"channel_id": ids[0], "kind": "verification", "state": "delivered"}
    assert deliveries(sandbox, **query) == listed[:1]
    assert deliveries(sandbox, channel_id="chn_other") == []


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", "/replay"), ("POST", "/fail")], ids=str
)
def test_an_unknown_delivery(sandbox: Sandbox, method: str, path: str) -> None:
    """404."""
    response = sandbox.control(method, f"/deliveries/x{path}", json={"with": "timeout"})
    assert_problems(response, 404, "delivery_id")


# --- Order ---------------------------------------------------------------------------


def test_a_queue_goes_on_by_itself(sandbox: Sandbox, receiver: Receiver) -> None:
    """What waits behind another leaves as soon as that is through, though nobody asks
    anything meanwhile."""
    receiver.gate.clear()
    jane = Somebody(sandbox)
    jane.channel(receiver.url)
    jane.notify()
    jane.notify()
    assert kinds(receiver, 1) == ["verification"]
    assert receiver.empty
    receiver.gate.set()
    assert kinds(receiver, 2) == ["profile_disconnected"] * 2


def test_a_failure_holds_up_its_own_queue_only(sandbox: Sandbox, receiver: Receiver) -> None:
    """Per channel in order: what is behind a failed one waits for it, another channel's does
    not."""
    jane = Somebody(sandbox)
    inject(sandbox, **{"with": 500, "url": f"{receiver.url}/one"})
    for name in ("one", "two"):
        jane.channel(f"{receiver.url}/{name}")
    jane.notify()
    assert [receiver.next().path for _ in range(2)] == ["/two", "/two"]
    settle(sandbox)
    assert receiver.empty
    moved = sandbox.advance(seconds=15)
    first, _, second, _ = (d["delivery_id"] for d in deliveries(sandbox))
    at = "2026-05-11T08:00:15Z"
    assert moved["happened"] == [
        {"attempted_delivery": first, "at": at},
        {"attempted_delivery": second, "at": at},
    ]
    assert kinds(receiver, 2) == ["verification", "profile_disconnected"]


def test_a_replay_keeps_the_order(sandbox: Sandbox, receiver: Receiver) -> None:
    """It has its turn behind those that wait already; one that waits itself keeps its place."""
    jane = Somebody(sandbox)
    jane.channel(receiver.url)
    settle(sandbox)
    inject(sandbox, **{"with": 500})
    jane.notify()
    jane.notify()
    settle(sandbox)
    verification, first, second = deliveries(sandbox)
    assert [d["state"] for d in (verification, first, second)] == ["delivered"] + ["pending"] * 2
    for delivery in (verification, second):
        path = f"/deliveries/{delivery['delivery_id']}/replay"
        assert sandbox.control("POST", path).status_code == 202
    settle(sandbox)
    assert kinds(receiver, 1) == ["verification"]
    assert receiver.empty
    sandbox.control("POST", f"/deliveries/{first['delivery_id']}/replay")
    assert kinds(receiver, 3) == ["profile_disconnected", "profile_disconnected", "verification"]


# --- Failures on request -------------------------------------------------------------

NO_ANSWER = "no answer within 5 seconds"
REFUSED = "ConnectError: All connection attempts failed"
WAYS: list[tuple[str | int, int | None, str | None, int]] = [
    ("timeout", None, NO_ANSWER, 5000),
    ("connection_refused", None, REFUSED, 0),
    (503, 503, None, 0),
    (302, 302, None, 0),
]


@pytest.mark.parametrize(("way", "status", "error", "duration"), WAYS, ids=lambda v: str(v))
def test_the_next_attempt_of_a_delivery_fails(
    sandbox: Sandbox,
    receiver: Receiver,
    way: str | int,
    status: int | None,
    error: str | None,
    duration: int,
) -> None:
    """1.4.5: it is not sent, but recorded as that failure; the retry follows as for any other."""
    jane = Somebody(sandbox)
    jane.channel(receiver.url)
    receiver.next()
    settle(sandbox)
    (verification,) = deliveries(sandbox)
    path = f"/deliveries/{verification['delivery_id']}"
    failure = created(sandbox.control("POST", f"{path}/fail", json={"with": way}))
    assert failure == {
        "failure_id": FAILURE_ID,
        "with": way,
        "times": 1,
        "delivery_id": verification["delivery_id"],
        "kind": None,
        "url": None,
    }
    assert injected(sandbox) == [failure]
    sandbox.control("POST", f"{path}/replay")
    jane.notify()
    settle(sandbox)
    assert receiver.empty
    failed = attempt(CLOCK, status, receiver.url, body="", error=error, duration_ms=duration)
    failed["injected"] = True
    retried = "2026-05-11T08:01:00Z"
    assert sandbox.control("GET", path).json() == {
        **verification,
        "state": "pending",
        # The second attempt, so the second pause.
        "due_at": retried,
        "attempts": [*verification["attempts"], failed],
    }
    assert injected(sandbox) == []
    sandbox.advance(minutes=1)
    assert kinds(receiver, 2) == ["verification", "profile_disconnected"]
    done = sandbox.control("GET", path).json()
    assert done["state"] == "delivered"
    assert done["attempts"][2] == attempt(retried, 200, receiver.url)


def test_the_next_attempts_of_a_sandbox_fail(sandbox: Sandbox, receiver: Receiver) -> None:
    """As many as it says, of one kind, to one address; the others are sent."""
    jane = Somebody(sandbox)
    here, there = f"{receiver.url}/here", f"{receiver.url}/there"
    failure = inject(
        sandbox, **{"with": "timeout", "times": 2, "kind": "verification", "url": here}
    )
    assert failure == {
        "failure_id": FAILURE_ID,
        "with": "timeout",
        "times": 2,
        "delivery_id": None,
        "kind": "verification",
        "url": here,
    }
    jane.channel(there)
    jane.channel(here)
    settle(sandbox)
    assert injected(sandbox) == [{**failure, "times": 1}]
    sandbox.advance(hours=1)
    assert injected(sandbox) == []
    one, two = deliveries(sandbox)
    assert (responses(one), responses(two)) == ([200], [NO_ANSWER, NO_ANSWER, 200])
    assert [receiver.next().path for _ in range(2)] == ["/there", "/here"]


def test_a_day_of_failures_closes_the_channel(sandbox: Sandbox, receiver: Receiver) -> None:
    """1.4.5: 24 hours without one success; nothing takes as long as it says."""
    jane = Somebody(sandbox)
    inject(sandbox, **{"with": "connection_refused", "times": 100})
    channel_id = jane.channel(receiver.url)
    sandbox.advance(days=2)
    (delivery,) = deliveries(sandbox, channel_id=channel_id)
    assert delivery["state"] == "failed"
    assert set(responses(delivery)) == {REFUSED}
    span = [delivery["attempts"][index]["at"] for index in (0, -1)]
    assert span == [CLOCK, "2026-05-12T08:00:00Z"]
    assert receiver.empty


def test_its_own_failure_comes_first(sandbox: Sandbox, receiver: Receiver) -> None:
    """Then the oldest that matches."""
    jane = Somebody(sandbox)
    jane.channel(receiver.url)
    settle(sandbox)
    (verification,) = deliveries(sandbox)
    path = f"/deliveries/{verification['delivery_id']}"
    for status in (501, 502):
        inject(sandbox, **{"with": status})
    created(sandbox.control("POST", f"{path}/fail", json={"with": 503}))
    sandbox.control("POST", f"{path}/replay")
    sandbox.advance(hours=1)
    assert responses(sandbox.control("GET", path).json()) == [200, 503, 501, 502, 200]


def test_failures_can_be_taken_back(sandbox: Sandbox, receiver: Receiver) -> None:
    """DELETE; and a reset ends them, a snapshot brings them back."""
    before = sandbox.control("GET", "/snapshot").json()
    failure = inject(sandbox, **{"with": 500, "times": 3})
    snapshot = sandbox.control("GET", "/snapshot").json()
    response = sandbox.control("DELETE", "/deliveries/failures")
    assert (response.status_code, response.content) == (204, b"")
    assert injected(sandbox) == []
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert injected(sandbox) == [failure]
    sandbox.control("POST", "/reset")
    assert injected(sandbox) == []
    assert sandbox.control("GET", "/snapshot").json() == before
    Somebody(sandbox).channel(receiver.url)
    assert kinds(receiver, 1) == ["verification"]


WRONG: dict[str, tuple[Document, str]] = {
    "nothing": ({}, "with"),
    "no such failure": ({"with": "earthquake"}, "with"),
    "a success": ({"with": 200}, "with"),
    "no status": ({"with": 600}, "with"),
    "true": ({"with": True}, "with"),
    "never": ({"with": 500, "times": 0}, "times"),
    "half": ({"with": 500, "times": 1.5}, "times"),
    "no kind": ({"with": 500, "kind": ""}, "kind"),
    "another key": ({"with": 500, "state": "pending"}, "state"),
}


@pytest.mark.parametrize("case", WRONG)
def test_failures_that_cannot_be(sandbox: Sandbox, case: str) -> None:
    """422."""
    body, place = WRONG[case]
    response = sandbox.control("POST", "/deliveries/failures", json=body)
    assert_problems(response, 422, place)
    assert injected(sandbox) == []


@pytest.mark.parametrize(
    "wrong", [{"outcome": "earthquake"}, {"times": 0}, {"delivery_id": "dlv_x"}], ids=str
)
def test_a_snapshot_with_a_failure_that_cannot_be(sandbox: Sandbox, wrong: Document) -> None:
    """422, and nothing is changed."""
    failure = inject(sandbox, **{"with": 500})
    snapshot = sandbox.control("GET", "/snapshot").json()
    (record,) = snapshot["tables"]["failures"]
    record.update(wrong)
    response = sandbox.control("PUT", "/snapshot", json=snapshot)
    assert_problems(response, 422, "tables.failures[0]")
    assert injected(sandbox) == [failure]

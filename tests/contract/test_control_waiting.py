"""Waiting for deliveries and mails, instead of asking again and again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.contract.acme import deliveries, settle
from tests.contract.control import CLOCK, JANE, assert_problems, problem
from tests.contract.deliveries import Somebody, inject
from tests.contract.receiver import TIMEOUT, Receiver
from tests.emulator import Sandbox


@pytest.fixture
def sandbox(open_sandbox: Any) -> Sandbox:
    return open_sandbox(clock=CLOCK)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def wait(sandbox: Sandbox, **query: Any) -> httpx.Response:
    return sandbox.control("GET", "/wait", params={"timeout": TIMEOUT, **query})


def test_what_is_there_is_answered_at_once(sandbox: Sandbox, receiver: Receiver) -> None:
    """By kind or by id, as the list shows it."""
    jane = Somebody(sandbox)
    jane.channel(receiver.url)
    jane.notify()
    settle(sandbox)
    one, two = deliveries(sandbox)
    for sought, found in (
        ("verification", one),
        ("profile_disconnected", two),
        (two["delivery_id"], two),
    ):
        response = wait(sandbox, delivery=sought, timeout=0)
        assert (response.status_code, response.json()) == (200, {"deliveries": [found]})


def test_what_is_on_its_way_is_waited_for(
    sandbox: Sandbox, receiver: Receiver, threads: ThreadPoolExecutor
) -> None:
    """The answer comes when the receiver has answered: attempted means an attempt that is
    over."""
    receiver.gate.clear()
    Somebody(sandbox).channel(receiver.url)
    receiver.next()
    waiting: list[Future[httpx.Response]] = [
        threads.submit(wait, sandbox, delivery="verification", **query)
        for query in ({}, {"state": "delivered"})
    ]
    # Neither holds up anything else.
    (delivery,) = deliveries(sandbox)
    assert (delivery["state"], delivery["attempts"]) == ("pending", [])
    assert not any(future.done() for future in waiting)
    receiver.gate.set()
    answers = [future.result() for future in waiting]
    assert [answer.status_code for answer in answers] == [200, 200]
    (done,) = deliveries(sandbox)
    assert [answer.json() for answer in answers] == [{"deliveries": [done]}] * 2


def test_several_are_waited_for(
    sandbox: Sandbox, receiver: Receiver, threads: ThreadPoolExecutor
) -> None:
    """count= of them; the answer has all that there are."""
    jane = Somebody(sandbox)
    jane.channel(receiver.url)
    jane.notify()
    waiting = threads.submit(wait, sandbox, delivery="profile_disconnected", count=3)
    jane.notify()
    assert not waiting.done()
    jane.notify()
    answer = waiting.result()
    assert answer.status_code == 200
    assert answer.json() == {"deliveries": deliveries(sandbox, kind="profile_disconnected")}
    assert len(answer.json()["deliveries"]) == 3


def test_a_failed_attempt_is_an_attempt(sandbox: Sandbox, receiver: Receiver) -> None:
    """But no delivery: the answer says on what that waits."""
    inject(sandbox, **{"with": "timeout"})
    Somebody(sandbox).channel(receiver.url)
    attempted = wait(sandbox, delivery="verification")
    assert attempted.json() == {"deliveries": deliveries(sandbox)}
    (delivery,) = deliveries(sandbox)
    either = ("verification", delivery["delivery_id"])
    for sought in either:
        response = wait(sandbox, delivery=sought, state="delivered", timeout=0)
        assert (response.status_code, response.json()) == (
            504,
            problem(
                "delivery",
                "0 delivered: 1 pending, the next is tried at 2026-05-11T08:00:15Z, and the clock "
                "says 2026-05-11T08:00:00Z",
                "1 within 0 seconds",
            ),
        )
    sandbox.advance(seconds=15)
    for sought in either:
        response = wait(sandbox, delivery=sought, state="delivered", timeout=0)
        assert response.json() == {"deliveries": deliveries(sandbox)}


def test_patience_has_an_end(sandbox: Sandbox, receiver: Receiver) -> None:
    """504, in real seconds; a kind that there is none of may be a mistake, so the others are
    named."""
    none = "none of this kind; there are none at all"
    for seconds in (0, 0.05):
        response = wait(sandbox, delivery="changed", timeout=seconds)
        expected = problem("delivery", none, f"1 within {seconds} seconds")
        assert (response.status_code, response.json()) == (504, expected)
    Somebody(sandbox).channel(receiver.url)
    response = wait(sandbox, delivery="changed", timeout=0)
    found = "none of this kind; there are verification"
    assert response.json() == problem("delivery", found, "1 within 0 seconds")


def test_mails_are_waited_for(sandbox: Sandbox, threads: ThreadPoolExecutor) -> None:
    """By the reader's address, as the inbox lists them."""
    jane = Somebody(sandbox)
    response = wait(sandbox, message=JANE, timeout=0)
    assert (response.status_code, response.json()) == (
        504,
        problem("message", "no mail yet", "1 within 0 seconds"),
    )
    waiting = threads.submit(wait, sandbox, message=JANE.upper())
    jane.disconnect()
    answer = waiting.result()
    assert (answer.status_code, answer.json()) == (200, sandbox.control("GET", "/inbox").json())
    assert [message["to"] for message in answer.json()["messages"]] == [JANE]
    found = f"no mail of these; there are mails to {JANE}"
    for of in ({"message": JANE, "method": "REQUEST"}, {"message": "jane@acme.tset"}):
        response = wait(sandbox, **of, timeout=0)
        expected = problem("message", found, "1 within 0 seconds")
        assert (response.status_code, response.json()) == (504, expected)


def test_a_sandbox_that_ends_is_waited_for_no_longer(
    sandbox: Sandbox, receiver: Receiver, threads: ThreadPoolExecutor
) -> None:
    """404, as for any sandbox that is not there; at once, not when patience ends."""
    receiver.gate.clear()
    Somebody(sandbox).channel(receiver.url)
    receiver.next()
    waiting = threads.submit(wait, sandbox, delivery="verification")
    sandbox.control("DELETE", "")
    receiver.gate.set()
    assert_problems(waiting.result(), 404, "sandbox_id")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "the document"),
    "two things": ({"delivery": "change", "message": JANE}, "the document"),
    "no kind": ({"delivery": ""}, "delivery"),
    "no such state": ({"delivery": "change", "state": "lost"}, "state"),
    "the state of a mail": ({"message": JANE, "state": "delivered"}, "state"),
    "the method of a delivery": ({"delivery": "change", "method": "REQUEST"}, "method"),
    "none": ({"delivery": "change", "count": 0}, "count"),
    "too many": ({"delivery": "change", "count": 1001}, "count"),
    "too long": ({"delivery": "change", "timeout": 61}, "timeout"),
    "no time": ({"delivery": "change", "timeout": "nan"}, "timeout"),
    "another key": ({"delivery": "change", "url": "x"}, "url"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_waited_for(sandbox: Sandbox, case: str) -> None:
    """422."""
    query, place = WRONG[case]
    response = sandbox.control("GET", "/wait", params=query)
    assert_problems(response, 422, place)


def test_an_unknown_delivery_is_not_waited_for(sandbox: Sandbox) -> None:
    """404: nobody chooses the ids of deliveries."""
    assert_problems(wait(sandbox, delivery="dlv_0"), 404, "delivery")

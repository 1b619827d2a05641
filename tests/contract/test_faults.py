"""Faults: what a test breaks on purpose, over a real socket where it is about the wire."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.contract.documents import Document, Like
from tests.contract.faults import World

ANSWERS: dict[str, tuple[Document, int, Document, bytes]] = {
    "a status": ({"status": 503}, 503, {}, b""),
    "a status that nobody knows": ({"status": 299}, 299, {}, b""),
    "JSON": (
        {"status": 200, "body": {"a": [1, None]}},
        200,
        {"content-type": "application/json; charset=utf-8"},
        b'{"a":[1,null]}',
    ),
    "null": ({"status": 200, "body": None}, 200, {}, b"null"),
    "text": (
        {"status": 502, "body": "<h1>Bad Gateway</h1>", "headers": {"Content-Type": "text/html"}},
        502,
        {"content-type": "text/html"},
        b"<h1>Bad Gateway</h1>",
    ),
    "headers": (
        {"status": 429, "headers": {"Retry-After": 17, "X-Proxy": "a b"}},
        429,
        {"retry-after": "17", "x-proxy": "a b"},
        b"",
    ),
    "rate_limited": ({"error": "rate_limited"}, 429, {"retry-after": "1"}, b""),
    "rate_limited for longer": (
        {"error": "rate_limited", "headers": {"Retry-After": 30}},
        429,
        {"retry-after": "30"},
        b"",
    ),
    "unauthorized": (
        {"error": "unauthorized"},
        401,
        {"www-authenticate": Like('Bearer realm="cronofy", error="invalid_token", .*')},
        b"",
    ),
    "payment_required": ({"error": "payment_required"}, 402, {}, b""),
    "forbidden": ({"error": "forbidden"}, 403, {}, b""),
    "not_found": ({"error": "not_found"}, 404, {}, b""),
    "locked": ({"error": "locked"}, 423, {}, b""),
    "unprocessable": (
        {"error": "unprocessable"},
        422,
        {},
        b'{"errors":{"event_id":[{"key":"errors.not_recognized","description":"not recognized"}]}}',
    ),
    "internal_error": ({"error": "internal_error"}, 500, {}, b""),
    "bad_gateway": ({"error": "bad_gateway"}, 502, {}, b""),
    "unavailable": ({"error": "unavailable"}, 503, {}, b""),
    "gateway_timeout": ({"error": "gateway_timeout"}, 504, {}, b""),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_that_is_not_cronofys(world: World, case: str) -> None:
    """Nothing is carried out; the hint and the journal name the fault."""
    respond, status, headers, content = ANSWERS[case]
    fault = world.fault({"method": "POST"}, **respond)
    answer = world.write()
    assert (answer.status_code, answer.content) == (status, content)
    assert {name: answer.headers[name] for name in headers} == headers
    assert answer.headers["mock-cronofy-hint"] == f"fault {fault['fault_id']} of this sandbox"
    assert world.events() == []
    path = f"/v1/calendars/{world.calendar}/events"
    assert world.journal()[-1] == (path, status, fault["fault_id"])
    (entry,) = world.sandbox.control("GET", "/journal").json()["requests"][-1:]
    assert entry["client_id"] == world.sandbox.application["client_id"]
    assert entry["sub"] == world.jane["sub"]


@pytest.mark.parametrize("delay", [False, True])
def test_a_connection_that_is_reset(world: World, delay: bool) -> None:
    """Nothing is done, and there is no answer: not even the end of one."""
    fault = world.fault(reset=True, **({"delay": {"milliseconds": 20}} if delay else {}))
    with pytest.raises(httpx.ReadError):
        world.write()
    assert world.events() == []
    assert world.journal()[-1][1:] == (0, fault["fault_id"])


def test_applied_then_lost(world: World) -> None:
    """The event is there, though its application never hears of it; so is what it writes again,
    once.
    """
    fault = world.fault({"path": "/v1/calendars/{calendar_id}/events"}, lost=True, times=1)
    with pytest.raises(httpx.ReadError):
        world.write()
    assert world.events() == ["Lunch"]
    assert world.journal()[-1][1:] == (202, fault["fault_id"])
    assert world.write().status_code == 202
    assert world.events() == ["Lunch"]


def test_a_late_answer(world: World) -> None:
    """The work is done at once, so who gives up has written it all the same."""
    world.fault({"method": "POST"}, delay={"seconds": 30})
    with pytest.raises(httpx.ReadTimeout):
        world.write(timeout=0.2)
    assert world.events() == ["Lunch"]


@pytest.mark.parametrize(
    "respond", [{"delay": {"milliseconds": 5}}, {"slow_body": {"seconds": 0.02}}]
)
def test_what_is_slow_is_the_real_answer(world: World, respond: Document) -> None:
    """In the end, and with its own headers."""
    real = world.call()
    fault = world.fault(**respond)
    slow = world.call()
    assert (slow.status_code, slow.content) == (200, real.content)
    assert slow.headers["content-length"] == real.headers["content-length"]
    assert slow.headers["mock-cronofy-hint"] == f"fault {fault['fault_id']} of this sandbox"


def test_a_slow_body_begins_at_once(world: World) -> None:
    """Headers come before it, and its first piece long before the last."""
    world.fault(slow_body={"seconds": 60})
    headers = {"Authorization": f"Bearer {world.token}"}
    with world.sandbox.http.stream("GET", "/v1/account", headers=headers) as answer:
        assert answer.status_code == 200
        assert len(next(answer.iter_raw())) < int(answer.headers["content-length"])


def test_json_that_is_cut_off(world: World) -> None:
    """Half of the real answer, with its status; of one without a body, half a document."""
    real = world.call()
    world.fault(malformed_json=True)
    half = world.call()
    assert (half.status_code, half.content) == (200, real.content[: len(real.content) // 2])
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        half.json()
    empty = world.write()
    assert (empty.status_code, empty.content) == (202, b"{")
    assert world.events() == ["Lunch"]


def test_head_has_no_body(world: World) -> None:
    """Whatever the fault says."""
    world.fault({"method": "HEAD"}, status=200, body="four")
    answer = world.call("HEAD")
    assert (answer.content, answer.headers["content-length"]) == (b"", "4")
    assert world.call().json()["account"]["account_id"] == world.jane["sub"]


def test_two_refreshes_at_once(world: World, threads: ThreadPoolExecutor) -> None:
    """A race that is made: both wait, and only then is either carried out."""
    world.sandbox.control("PATCH", "/switches", json={"rotate_refresh_tokens": True})
    fault = world.fault({"path": "/oauth/token"}, hold="request")
    members = {"grant_type": "refresh_token", "refresh_token": world.jane["refresh_token"]}
    waiting = [threads.submit(world.sandbox.token, **members) for _ in range(2)]
    assert world.wait(fault, 2)["held"] == 2
    assert not any(future.done() for future in waiting)
    assert world.release(fault) == 2
    assert sorted(future.result().status_code for future in waiting) == [200, 400]


def test_two_upserts_that_overtake_each_other(world: World, threads: ThreadPoolExecutor) -> None:
    """The first is let go after the second has been carried out: the older words win."""
    fault = world.fault({"method": "POST"}, hold="request", times=1)
    first = threads.submit(world.write, summary="First")
    world.wait(fault)
    assert world.write(summary="Second").status_code == 202
    assert world.events() == ["Second"]
    assert world.release(fault) == 1
    assert first.result().status_code == 202
    assert world.events() == ["First"]


def test_an_answer_that_is_held(world: World, threads: ThreadPoolExecutor) -> None:
    """Its work is done, which others see before the one who asked hears of it."""
    fault = world.fault({"method": "POST"}, hold="answer")
    waiting = [threads.submit(world.write, event_id=f"{n}", summary=f"{n}") for n in range(3)]
    world.wait(fault, 3)
    assert sorted(world.events()) == ["0", "1", "2"]
    assert world.read(fault) == {**fault, "matched": 3, "hits": 3, "held": 3}
    assert world.release(fault, count=1) == 1
    assert world.read(fault)["held"] == 2
    assert world.release(fault) == 2
    assert [future.result().status_code for future in waiting] == [202] * 3
    assert world.release(fault) == 0


Ends = Callable[[World, Document], object]
ENDS: dict[str, tuple[Ends, bool]] = {
    "taken back": (lambda w, f: w.sandbox.control("DELETE", f"/faults/{f['fault_id']}"), True),
    "all taken back": (lambda w, _: w.sandbox.control("DELETE", "/faults"), True),
    "an action": (
        lambda w, _: w.sandbox.control("POST", "/actions", json={"remove_faults": {}}),
        True,
    ),
    "a reset": (lambda w, _: w.sandbox.control("POST", "/reset"), False),
    "a snapshot": (
        lambda w, _: w.sandbox.control(
            "PUT", "/snapshot", json=w.sandbox.control("GET", "/snapshot").json()
        ),
        False,
    ),
    "the end": (lambda w, _: w.sandbox.control("DELETE", ""), False),
}


@pytest.mark.parametrize("case", ENDS)
def test_what_ends_the_waiting(world: World, threads: ThreadPoolExecutor, case: str) -> None:
    """Answers go out in any case; requests are carried out where their world goes on."""
    end, goes_on = ENDS[case]
    answers = world.fault({"method": "POST"}, hold="answer")
    requests = world.fault({"method": "GET"}, hold="request")
    answer = threads.submit(world.write)
    request = threads.submit(world.call)
    world.wait(answers)
    world.wait(requests)
    end(world, answers)
    if case == "taken back":
        assert not request.done()
        end(world, requests)
    if goes_on:
        assert request.result().status_code == 200
    else:
        with pytest.raises(httpx.ReadError):
            request.result()
    assert answer.result().status_code == 202
    if case == "a reset":
        # What was asked of its former life is nothing that this one was asked.
        assert world.sandbox.control("GET", "/journal").json() == {"requests": []}
        assert world.sandbox.control("GET", "/contract").json()["summary"]["calls"] == 0

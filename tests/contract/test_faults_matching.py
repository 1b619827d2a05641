"""Which calls a fault meets, how often, and what the control API says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.control import assert_problems
from tests.contract.documents import Document, Like
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]
CLOCK = "2026-05-11T08:00:00Z"
JANE, KIM = "jane@acme.test", "kim@acme.test"
OUT = {"status": 418}
FAULT_ID = Like(r"flt_[0-9a-f]{24}")


def add(sandbox: Sandbox, /, **fault: Any) -> Document:
    answer = sandbox.control("POST", "/faults", json={"respond": OUT, **fault})
    assert answer.status_code == 201, answer.text
    document: Document = answer.json()
    return document


def read(sandbox: Sandbox, fault: Document) -> Document:
    document: Document = sandbox.control("GET", f"/faults/{fault['fault_id']}").json()
    return document


@pytest.fixture
def world(open_sandbox: Open) -> Sandbox:
    """Jane is at Google, Kim at Microsoft; both are connected."""
    people = [
        {"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"},
        {"email": KIM, "name": "Kim", "zoneinfo": "Etc/UTC", "provider": "office365"},
    ]
    scenario = {"people": people, "connected": [{"person": JANE}, {"person": KIM}]}
    return open_sandbox(scenario=scenario, clock=CLOCK)


def token(sandbox: Sandbox, who: int = 0) -> str:
    found: str = sandbox.document["connected"][who]["access_token"]
    return found


def ask(sandbox: Sandbox, path: str = "/v1/account", method: str = "GET", who: int = 0) -> int:
    return sandbox.call(token(sandbox, who), method, path).status_code


def matching(sandbox: Sandbox, case: str) -> tuple[Document, bool]:
    """A match, and whether ``GET /v1/account`` of Jane fits it."""
    jane = sandbox.document["connected"][0]
    cases: dict[str, tuple[Document, bool]] = {
        "everything": ({}, True),
        "its method": ({"method": "get"}, True),
        "one of its methods": ({"method": ["POST", "GET"]}, True),
        "another method": ({"method": ["POST", "HEAD"]}, False),
        "its path": ({"path": "/v1/account"}, True),
        "a pattern": ({"path": "/v1/*"}, True),
        "any depth": ({"path": "/**"}, True),
        "one segment": ({"path": "/{version}/account"}, True),
        "another path": ({"path": "/v1/accounts"}, False),
        "too short a pattern": ({"path": "/v1"}, False),
        "its token": ({"credential": jane["access_token"]}, True),
        "its account": ({"credential": jane["sub"]}, True),
        "its application": ({"credential": jane["client_id"]}, True),
        "another credential": ({"credential": jane["refresh_token"]}, False),
        "its provider": ({"provider": "google"}, True),
        "another provider": ({"provider": "office365"}, False),
        "its data center": ({"data_center": "us"}, True),
        "another data center": ({"data_center": "de"}, False),
        "all at once": ({"method": "GET", "path": "/v1/**", "provider": "google"}, True),
        "not all at once": ({"method": "GET", "path": "/v1/events"}, False),
    }
    return cases[case]


CASES = (
    *("everything", "its method", "one of its methods", "another method", "its path"),
    *("a pattern", "any depth", "one segment", "another path", "too short a pattern"),
    *("its token", "its account", "its application", "another credential", "its provider"),
    *("another provider", "its data center", "another data center", "all at once"),
    "not all at once",
)


@pytest.mark.parametrize("case", CASES)
def test_what_matches(world: Sandbox, case: str) -> None:
    """A call matches that fits every key."""
    match, fits = matching(world, case)
    fault = add(world, match=match)
    assert ask(world) == (418 if fits else 200)
    assert read(world, fault) == {**fault, "matched": int(fits), "hits": int(fits)}


def test_other_sandboxes_know_nothing_of_it(world: Sandbox, open_sandbox: Open) -> None:
    """A fault is of its sandbox, whoever else calls meanwhile."""
    add(world)
    other = open_sandbox()
    found = other.connect(JANE)
    assert other.call(found["access_token"], "GET", "/v1/account").status_code == 200
    assert other.http.get("/v1/account").status_code == 401


EVERYWHERE: dict[str, Callable[[Sandbox], httpx.Response]] = {
    "an expired token": lambda s: (
        s.advance(days=1),
        s.call(token(s), "GET", "/v1/account"),
    )[1],
    "a path that Cronofy does not have": lambda s: s.call(token(s), "GET", "/v1/nothing"),
    "what is not built yet": lambda s: s.call(token(s), "POST", "/v1/sequenced_availability_x"),
    "a method that there is not": lambda s: s.call(token(s), "PUT", "/v1/account"),
    "HEAD": lambda s: s.call(token(s), "HEAD", "/v1/account"),
    "a body that cannot be read": lambda s: s.call(
        token(s), "POST", "/v1/channels", content=b"{", headers={"Content-Type": "application/json"}
    ),
    "a body that is too large": lambda s: s.call(
        token(s), "POST", "/v1/channels", content=b" " * (2**21 + 1)
    ),
    "an API key": lambda s: s.call(
        s.application["client_secret"], "GET", "/v1/smart_invites", params={"recipient_email": JANE}
    ),
    "a refresh": lambda s: s.token(
        grant_type="refresh_token", refresh_token=s.document["connected"][0]["refresh_token"]
    ),
    "a wrong secret": lambda s: s.http.post(
        "/oauth/token", json={**s.credentials, "client_secret": "wrong"}
    ),
    "a form": lambda s: s.http.post("/oauth/token", data=s.credentials),
    "credentials in the query": lambda s: s.http.post("/oauth/token", params=s.credentials),
    "a revocation": lambda s: s.http.post(
        "/oauth/token/revoke", json={"token": s.document["connected"][0]["refresh_token"]}
    ),
    "an authorize page": lambda s: s.authorize(),
    "a page that wants more": lambda s: s.http.get(
        "/oauth/authorize", params={"client_id": s.application["client_id"]}
    ),
    "a form of a page": lambda s: s.http.post(
        "/oauth/authorize",
        params={"client_id": s.application["client_id"]},
        data={"decision": "allow"},
    ),
    "Enterprise Connect": lambda s: s.http.get(
        "/enterprise_connect/oauth/authorize", params={"client_id": s.application["client_id"]}
    ),
}


@pytest.mark.parametrize("case", EVERYWHERE)
def test_whatever_is_asked(world: Sandbox, case: str) -> None:
    """As soon as the sandbox can be told, and before anything is checked."""
    fault = add(world, respond={"status": 418, "body": "tea"})
    answer = EVERYWHERE[case](world)
    assert answer.status_code == 418
    assert answer.text == ("" if case == "HEAD" else "tea")
    assert answer.headers["mock-cronofy-hint"] == f"fault {fault['fault_id']} of this sandbox"
    (entry,) = world.control("GET", "/journal").json()["requests"]
    assert (entry["status"], entry["fault_id"]) == (418, fault["fault_id"])


def test_pages_by_their_token(world: Sandbox) -> None:
    """A relink page knows whose it is by the token in its address."""
    profile = world.document["connected"][0]["profiles"][0]["profile_id"]
    found = world.control("POST", f"/profiles/{profile}/disconnect").json()
    add(world, match={"path": "/relink/*", "credential": world.document["connected"][0]["sub"]})
    assert world.http.get(found["profile_relink_url"]).status_code == 418


def test_a_page_that_is_late_is_the_real_one(world: Sandbox) -> None:
    """With everything that it carries."""
    real = world.authorize()
    add(world, respond={"delay": {"milliseconds": 1}})
    late = world.authorize()
    assert (late.status_code, late.content) == (200, real.content)
    kept = {*real.headers} - {"date", "mock-cronofy-hint"}
    assert {name: late.headers[name] for name in kept} == {n: real.headers[n] for n in kept}


def test_after_and_times(world: Sandbox) -> None:
    """The first pass, then so many are hit, and no more."""
    fault = add(world, after=2, times=3)
    assert [ask(world) for _ in range(7)] == [200, 200, 418, 418, 418, 200, 200]
    assert read(world, fault) == {**fault, "matched": 5, "hits": 3}


def test_one_after_the_other(world: Sandbox) -> None:
    """The oldest that hits a call takes it, and those behind it do not see the call."""
    first = add(world, times=1, respond={"error": "rate_limited"})
    second = add(world, times=2, respond={"error": "unavailable"})
    assert [ask(world) for _ in range(4)] == [429, 503, 503, 200]
    listed = world.control("GET", "/faults").json()
    hit = [{**first, "matched": 1, "hits": 1}, {**second, "matched": 2, "hits": 2}]
    assert listed == {"faults": hit}


def test_chance_comes_from_the_seed(open_sandbox: Open) -> None:
    """The same seed and calls, the same hits; another seed, others."""

    def hits(seed: int) -> list[int]:
        sandbox = open_sandbox(seed=seed)
        found = sandbox.connect(JANE)["access_token"]
        add(sandbox, probability=0.3)
        return [sandbox.call(found, "GET", "/v1/account").status_code for _ in range(60)]

    first = hits(7)
    assert first == hits(7) != hits(8)
    assert 5 < first.count(418) < 35


WINDOWS: dict[str, tuple[Document, Document]] = {
    "durations": (
        {"from": {"minutes": 5}, "until": {"minutes": 10}},
        {"from": "2026-05-11T08:05:00Z", "until": "2026-05-11T08:10:00Z"},
    ),
    "times": (
        {"from": "2026-05-11T10:05:00+02:00", "until": "2026-05-11T08:10:00Z"},
        {"from": "2026-05-11T08:05:00Z", "until": "2026-05-11T08:10:00Z"},
    ),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_a_window(world: Sandbox, case: str) -> None:
    """By the sandbox's clock; its end is not in it."""
    window, shown = WINDOWS[case]
    fault = add(world, window=window)
    assert fault["window"] == shown
    statuses = []
    for _ in range(11):
        statuses.append(ask(world))
        world.advance(minutes=1)
    assert statuses == [200] * 5 + [418] * 5 + [200]


def test_a_document_comes_back(world: Sandbox) -> None:
    """As it was written, and what has become of it."""
    written = {
        "match": {
            "method": ["POST", "PUT"],
            "path": "/v1/**",
            "credential": "x",
            "provider": "apple",
            "data_center": "sg",
        },
        "after": 1,
        "times": 2,
        "probability": 0.5,
        "window": {"until": "2026-05-12T00:00:00Z"},
        "respond": {
            "status": 500,
            "headers": {"X-Trace": "é"},
            "body": {"a": [1, 2.5, "ü"]},
            "delay": {"milliseconds": 1500},
        },
    }
    answer = world.control("POST", "/faults", json={"faults": [written, {"respond": OUT}]})
    assert answer.status_code == 201
    became = {"matched": 0, "hits": 0, "held": 0}
    first, second = answer.json()["faults"]
    assert first == {"fault_id": FAULT_ID, **written, **became}
    assert second == {"fault_id": FAULT_ID, "match": {}, "respond": OUT, **became}
    path = f"/faults/{first['fault_id']}"
    assert world.control("GET", path).json() == first
    assert world.control("DELETE", path).status_code == 204
    assert_problems(world.control("GET", path), 404, "fault_id")
    assert_problems(world.control("DELETE", path), 404, "fault_id")
    assert_problems(world.control("POST", f"{path}/release"), 404, "fault_id")
    assert world.control("GET", "/faults").json() == {"faults": [second]}
    assert world.control("DELETE", "/faults").status_code == 204
    assert world.control("GET", "/faults").json() == {"faults": []}


def test_hits_are_state(world: Sandbox) -> None:
    """A snapshot keeps them, and a reset forgets the fault with everything else."""
    fault = add(world, times=2)
    assert ask(world) == 418
    snapshot = world.control("GET", "/snapshot").json()
    assert [ask(world), ask(world)] == [418, 200]
    assert world.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert read(world, fault)["hits"] == 1
    assert [ask(world), ask(world)] == [418, 200]
    world.control("POST", "/reset")
    assert world.control("GET", "/faults").json() == {"faults": []}
    assert ask(world) == 200


def test_faults_of_a_scenario(open_sandbox: Open) -> None:
    """They are there from the first call on, and again after a reset; credentials that the
    sandbox had to replace are replaced here, too.
    """
    application = {"client_id": "faulty", "client_secret": "faulty-secret"}
    scenario = {
        "applications": [application],
        "people": [{"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"}],
        "connected": [{"person": JANE}],
        "faults": [{"match": {"credential": "faulty"}, "times": 1, "respond": OUT}],
    }
    open_sandbox(scenario=scenario)
    second = open_sandbox(scenario=scenario)
    assert second.application["client_id"] != "faulty"
    assert [ask(second), ask(second)] == [418, 200]
    second.control("POST", "/reset")
    assert [ask(second), ask(second)] == [418, 200]


def test_a_hit_is_waited_for(world: Sandbox) -> None:
    """The answer is the fault; what does not come is told of."""
    fault = add(world)
    query: Document = {"fault": fault["fault_id"], "timeout": 0}
    answer = world.control("GET", "/wait", params=query)
    assert_problems(answer, 504, "fault")
    assert answer.json()["errors"][0]["found"] == "0 hits among 0 calls that match"
    ask(world)
    answer = world.control("GET", "/wait", params=query)
    assert answer.json() == {**fault, "matched": 1, "hits": 1}
    unknown = world.control("GET", "/wait", params={"fault": "flt_x"})
    assert_problems(unknown, 404, "fault")
    both = world.control("GET", "/wait", params={**query, "state": "pending"})
    assert_problems(both, 422, "state")


def test_rate_limits_as_cronofys(open_sandbox: Open) -> None:
    """Fifty in a second and five hundred in a minute, by the sandbox's clock; then 429, with the
    seconds until it goes on.
    """
    sandbox = open_sandbox(scenario={"switches": {"rate_limits": True}}, clock=CLOCK)
    found = sandbox.connect(JANE)["access_token"]

    def call() -> httpx.Response:
        return sandbox.call(found, "GET", "/v1/account")

    assert {call().status_code for _ in range(50)} == {200}
    refused = call()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    sandbox.advance(seconds=1)
    for _ in range(9):
        assert {call().status_code for _ in range(50)} == {200}
        sandbox.advance(seconds=1)
    refused = call()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "50")
    sandbox.advance(seconds=50)
    assert call().status_code == 200

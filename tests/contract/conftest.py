"""Fixtures of the contract tests. Every answer of the API is held against its schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import httpx
import pytest

from tests.contract.acme import open_acme
from tests.contract.answers import Answers
from tests.contract.faults import World
from tests.contract.receiver import Receiver
from tests.emulator import Sandbox


@cache
def _answers(http: httpx.Client) -> Answers:
    return Answers(http.get("/openapi.json").json())


@pytest.fixture
def http(http: httpx.Client) -> Iterator[httpx.Client]:
    """The client of the whole suite, which here checks what it is answered."""
    http.event_hooks["response"] = [_answers(http).check]
    yield http
    http.event_hooks["response"] = []
    http.cookies.clear()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def acme(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return open_acme(open_sandbox)


@pytest.fixture
def world(served: str) -> Iterator[World]:
    """A sandbox over a real socket, in which Jane is connected."""
    with httpx.Client(base_url=served, timeout=30) as http:
        world = World(http)
        yield world
        world.sandbox.control("DELETE", "")


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool

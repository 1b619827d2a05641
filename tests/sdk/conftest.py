"""Fixtures of the SDK tests: all of them run over a socket, as the SDKs do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.emulator import Sandbox, redirected
from tests.receiver.process import Receiver, ReceiverProcess
from tests.sdk.clients import NodeSdk, PythonSdk, Sdk
from tests.sdk.diary import MODES, Diary
from tests.sdk.node import NodeProcess

# Takes an address; returns the query it redirects to.
Visit = Callable[[str], dict[str, str]]


@pytest.fixture(scope="session")
def http(served: str) -> Iterator[httpx.Client]:
    """A client of the served emulator that follows no redirects."""
    with httpx.Client(base_url=served, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def node() -> Iterator[NodeProcess]:
    process = NodeProcess()
    yield process
    process.stop()


@pytest.fixture
def python_sdk(served: str, monkeypatch: pytest.MonkeyPatch) -> PythonSdk:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return PythonSdk(served, monkeypatch)


@pytest.fixture
def node_sdk(served: str, node: NodeProcess) -> NodeSdk:
    return NodeSdk(served, node)


@pytest.fixture(params=["python", "node"])
def sdk(request: pytest.FixtureRequest) -> Sdk:
    """Both SDKs, one after the other."""
    found: Sdk = request.getfixturevalue(f"{request.param}_sdk")
    return found


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """The access modes in which events are written, one after the other."""
    found: str = request.param
    return found


@pytest.fixture
def diary(sdk: Sdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Diary:
    return Diary(sdk, open_sandbox, mode)


@pytest.fixture
def visit(http: httpx.Client) -> Visit:
    """Opens a page in a fresh browser, where a queued consent answers it at once."""

    def open_page(address: str) -> dict[str, str]:
        http.cookies.clear()
        return redirected(http.get(address))

    return open_page


@pytest.fixture(scope="session")
def receiver_process() -> Iterator[ReceiverProcess]:
    process = ReceiverProcess()
    yield process
    process.stop()


@pytest.fixture
def receiver(receiver_process: ReceiverProcess) -> Iterator[Receiver]:
    """Receives callbacks, in another process."""
    receiver = Receiver(receiver_process)
    yield receiver
    receiver.close()


def decide(sandbox: Sandbox, page: str, decision: str = "allow", **more: Any) -> None:
    """Queue what the next person decides on ``page``."""
    consent = {"page": page, "decision": decision, **more}
    response = sandbox.control("POST", "/consents", json=consent)
    assert response.status_code == 201, response.text

"""Fixtures of the whole suite. It runs in-process, or over a socket with ``--socket``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.serving import Background
from mock_server.settings import Settings
from tests.emulator import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--socket", action="store_true", help="run everything over a socket")


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """Address of an emulator on a real socket, for SDKs and browsers."""
    with Background() as server:
        yield server.url


@pytest.fixture(scope="session")
def http(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """A client of the emulator that follows no redirects."""
    if request.config.getoption("--socket"):
        with httpx.Client(base_url=request.getfixturevalue("served")) as client:
            yield client
    else:
        app: Any = create_app(Settings())
        with TestClient(app, base_url="http://localhost:8282", follow_redirects=False) as client:
            yield client


@pytest.fixture
def open_sandbox(http: httpx.Client) -> Iterator[Callable[..., Sandbox]]:
    """Opens sandboxes; takes the body of POST /_mock/sandboxes. They end with the test."""
    opened: list[Sandbox] = []

    def open_one(**wanted: Any) -> Sandbox:
        response = http.post("/_mock/sandboxes", json=wanted)
        assert response.status_code == 201, response.text
        opened.append(Sandbox(http, response.json()))
        return opened[-1]

    yield open_one
    http.cookies.clear()
    for sandbox in opened:
        sandbox.control("DELETE", "")


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """An empty sandbox with one application that may do everything."""
    return open_sandbox()

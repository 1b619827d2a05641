"""Fixtures of the whole suite. It runs in-process, or over a socket with ``--socket``."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.emulator import Sandbox


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--socket", action="store_true", help="run everything over a socket")


class Served:
    """The emulator on a free port of this machine, in a thread of its own."""

    def __init__(self, settings: Settings) -> None:
        config = uvicorn.Config(create_app(settings), port=0, log_level="warning", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        started = threading.Event()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            started.wait(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="session")
def served() -> Iterator[str]:
    """Address of an emulator on a real socket, for SDKs and browsers."""
    server = Served(Settings())
    yield server.url
    server.stop()


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

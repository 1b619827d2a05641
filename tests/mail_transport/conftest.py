"""Mail servers and clients around an emulator that runs on a socket of this machine."""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from aiosmtpd.controller import Controller

from mock_server.serving import Background
from mock_server.settings import Settings
from tests.emulator import Sandbox

CLOCK = "2026-05-11T08:00:00Z"

# Seconds; only a test that fails waits as long.
TIMEOUT = 10

Start = Callable[..., "Emulator"]


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


class Caught(NamedTuple):
    """A mail as the catcher got it: envelope and content."""

    sender: str
    to: list[str]
    content: bytes


class Catcher:
    """A mail server on this machine. While ``answer`` is set, that is its answer to a mail."""

    def __init__(self) -> None:
        self.answer: str | None = None
        self._caught: queue.Queue[Caught] = queue.Queue()
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()
        self.address = f"127.0.0.1:{self._controller.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer is None:
            self._caught.put(Caught(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.answer or "250 caught"

    def next(self) -> Caught:
        """The next mail, once it is here."""
        return self._caught.get(timeout=TIMEOUT)

    @property
    def empty(self) -> bool:
        """Whether every mail that came has been looked at."""
        return self._caught.empty()

    def stop(self) -> None:
        self._controller.stop()


class Emulator:
    """A served emulator with settings of its own."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**settings)
        self._served = Background(self.settings)
        self.http = httpx.Client(base_url=self._served.url)

    def open(self, **wanted: Any) -> Sandbox:
        response = self.http.post("/_mock/sandboxes", json={"clock": CLOCK, **wanted})
        assert response.status_code == 201, response.text
        return Sandbox(self.http, response.json())

    def stop(self) -> None:
        self.http.close()
        self._served.stop()


@pytest.fixture
def catcher() -> Iterator[Catcher]:
    catcher = Catcher()
    yield catcher
    catcher.stop()


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts emulators; takes their settings."""
    started: list[Emulator] = []

    def start_one(**settings: Any) -> Emulator:
        started.append(Emulator(**settings))
        return started[-1]

    yield start_one
    for emulator in started:
        emulator.stop()

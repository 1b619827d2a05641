"""The application under test, on a port of its own, so that browsers and webhooks reach it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Literal

import httpx
import pytest
import uvicorn

from meetings.app import create_app
from meetings.settings import Settings
from meetings.tests.situation import EMAIL, Mode
from mock_server.testing import Sandbox


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pycronofy asks stays on this machine."""
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture(autouse=True)
def contract(cronofy: Sandbox) -> Iterator[None]:
    """Whatever happens in a test, the application asks nothing that it should not."""
    yield
    assert [f for f in cronofy.contract()["findings"] if f["level"] != "note"] == []


@pytest.fixture
def meetings(cronofy: Sandbox) -> Iterator[httpx.Client]:
    """A browser at the application's address. While the application sleeps, the clock moves."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(
            client_id=cronofy.client_id,
            client_secret=cronofy.client_secret,
            public_url=address,
            api_url=cronofy.base_url,
            app_url=cronofy.base_url,
        )
        app = create_app(settings, sleep=lambda seconds: cronofy.clock.advance(seconds=seconds))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        browser = httpx.Client(base_url=address, follow_redirects=True, timeout=30, trust_env=False)
        with browser:
            yield browser
        server.should_exit = True
        thread.join()


@pytest.fixture
def connect(cronofy: Sandbox, meetings: httpx.Client) -> Callable[..., httpx.Response]:
    """Jane goes to /connect, decides on Cronofy's page, and comes back."""

    def connect(
        mode: Mode = "read_write", decision: Literal["allow", "deny"] = "allow"
    ) -> httpx.Response:
        cronofy.consent("authorize", decision, email=EMAIL, access_mode=mode)
        answer = meetings.get("/connect", params={"mode": mode})
        if decision == "allow":
            # Cronofy tries the new channel at once: from here on all is quiet.
            cronofy.deliveries.wait("verification", state="delivered")
        return answer

    return connect

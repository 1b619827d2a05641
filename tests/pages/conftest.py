"""Sandboxes with people of several providers, for the pages' tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.emulator import Sandbox

PEOPLE: list[dict[str, Any]] = [
    {"email": "jane@acme.test", "name": "Jane Doe", "zoneinfo": "Europe/London"},
    {"email": "gus@acme.test", "name": "Gus Grey", "zoneinfo": "Europe/London"},
    {"email": "olga@acme.test", "name": "Olga", "zoneinfo": "Etc/UTC", "provider": "office365"},
    {"email": "eve@acme.test", "name": "Eve", "zoneinfo": "Etc/UTC", "provider": "exchange"},
    {"email": "adam@acme.test", "name": "Adam", "zoneinfo": "Etc/UTC", "provider": "apple"},
    {"email": "lou@acme.test", "name": "Lou", "zoneinfo": "Etc/UTC", "provider": "outlook_com"},
    {"email": "nora@acme.test", "name": "Nora", "zoneinfo": "Etc/UTC", "provider": "none"},
]

EVERYTHING = {
    "free_busy": True,
    "no_access": True,
    "explicit_linking": True,
    "business_connect": True,
}


def scenario(**changes: Any) -> dict[str, Any]:
    """A scenario with somebody of every provider and one application, changed as given."""
    return {
        "clock": "2026-05-11T08:00:00Z",
        "applications": [{"name": "Planner", "features": EVERYTHING}],
        "people": PEOPLE,
        **changes,
    }


@pytest.fixture
def town(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """Somebody of every provider; an application with every feature switched on."""
    return open_sandbox(scenario=scenario())


@pytest.fixture
def automatic() -> Iterator[httpx.Client]:
    """A client of an emulator with ``--consent auto``."""
    app: Any = create_app(Settings(consent="auto"))
    with TestClient(app, base_url="http://localhost:8282", follow_redirects=False) as client:
        yield client

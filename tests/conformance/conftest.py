"""The suite as its user runs it: by the command, against an address."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from tests.conformance.tampering import Tamper, Tampering
from tests.emulator import Sandbox

# When the person is busy, in hours after the midnight before: something to find.
_BUSY = ((33, 34), (36, 37), (36, 38), (57, 58), (84, 85))


@pytest.fixture(scope="session")
def http(served: str) -> Iterator[httpx.Client]:
    """A client of the served emulator."""
    with httpx.Client(base_url=served, trust_env=False) as client:
        yield client


class Connected(NamedTuple):
    """An account, and the application that it has authorized."""

    sandbox: Sandbox
    token: dict[str, Any]

    @property
    def secrets(self) -> list[str]:
        """What no report may show."""
        secret = self.sandbox.application["client_secret"]
        return [secret, self.token["access_token"], self.token["refresh_token"]]

    @property
    def words(self) -> list[str]:
        """The options that name the credentials."""
        credentials = self.sandbox.credentials
        return [
            *("--client-id", credentials["client_id"]),
            *("--client-secret", credentials["client_secret"]),
            *("--access-token", self.token["access_token"]),
        ]

    def read(self, path: str, **query: str) -> Any:
        """What a reading answers."""
        response = self.sandbox.call(self.token["access_token"], "GET", path, params=query)
        assert response.status_code == 200, response.text
        return response.json()


Connect = Callable[..., Connected]


@pytest.fixture
def connect(open_sandbox: Callable[..., Sandbox]) -> Connect:
    """Connects somebody who has a few events; takes an access mode, and members of a scenario."""

    def connect_one(mode: str = "read_write", **wanted: Any) -> Connected:
        sandbox = open_sandbox(scenario={"name": "conformance", **wanted})
        scope = "read_write" if mode == "read_write" else "free_busy_write"
        token = sandbox.connect(access_mode=mode, scope=scope)
        now = datetime.fromisoformat(sandbox.control("GET", "/clock").json()["now"])
        day = now.replace(hour=0, minute=0, second=0)

        def at(hour: int) -> str:
            return (day + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%SZ")

        events = [{"summary": "Busy", "start": at(begin), "end": at(end)} for begin, end in _BUSY]
        made = sandbox.control("POST", "/people/jane@acme.test/events", json={"events": events})
        assert made.status_code == 201, made.text
        return Connected(sandbox, token)

    return connect_one


def command(*words: str) -> Result:
    """``mock-cronofy conformance``, in an environment without credentials."""
    names = ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "ACCESS_TOKEN")
    environment = {f"CRONOFY_{name}": None for name in names}
    return CliRunner().invoke(main, ["conformance", *words], env=environment)


def report(url: str, connected: Connected, *words: str) -> dict[str, Any]:
    """The JSON report; the exit code fits it, and it shows no secret."""
    result = command("--base-url", url, *connected.words, "--format", "json", *words)
    assert result.exit_code in {0, 1}, result.output
    for secret in connected.secrets:
        assert secret not in result.output
    document: dict[str, Any] = json.loads(result.stdout)
    assert result.exit_code == int(document["summary"]["failed"] > 0)
    return document


def failed(document: dict[str, Any]) -> list[str]:
    """The checks that failed."""
    return [check["name"] for check in document["checks"] if check["result"] == "failed"]


@pytest.fixture
def tampering(served: str) -> Iterator[Callable[[Tamper], str]]:
    """Addresses of servers that change what the emulator answers."""
    opened: list[Tampering] = []

    def open_one(tamper: Tamper) -> str:
        opened.append(Tampering(served, tamper))
        return opened[-1].url

    yield open_one
    for server in opened:
        server.stop()

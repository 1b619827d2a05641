"""Suites of somebody else's, run by pytest's own pytester."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpcore  # noqa: F401 (what a run imports first, pytester forgets, but httpx does not)
import pytest

from mock_server.testing import MockCronofy, Sandbox

NOW = datetime(2026, 5, 11, 8, tzinfo=UTC)

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder for such a suite, whose runs know nothing of the one that they are part of."""
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_XDIST_TESTRUNUID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("MOCK_CRONOFY_URL", raising=False)
    pytester.makeini("[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\n")
    return pytester


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[str]:
    """Address of an emulator in a process of its own, of which pytester forgets nothing."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture
def run(suite: pytest.Pytester, elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a suite of one module, in this process, with that emulator."""
    monkeypatch.setenv("MOCK_CRONOFY_URL", elsewhere)

    def run(module: str, *options: str) -> pytest.RunResult:
        suite.makepyfile(module)
        return suite.runpytest_inprocess(*options)

    return run


@pytest.fixture
def mock(served: str) -> Iterator[MockCronofy]:
    with MockCronofy(served) as mock:
        yield mock


@pytest.fixture
def acme(mock: MockCronofy) -> Iterator[Sandbox]:
    """A sandbox whose clock stands still."""
    with mock.sandbox(clock=NOW) as sandbox:
        yield sandbox

"""The pytest plugin: an emulator for the run, a sandbox for each test.

Nothing is imported, and no emulator started, before the first test that uses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_server.testing import AsyncSandbox, MockCronofy, Sandbox

_MARKER = (
    "cronofy(scenario=None, seed=None, clock=None, sandbox_id=None, exact=False, "
    "switches=None, unused_faults=None): what the sandbox of the fixture `cronofy` is like"
)

_EMULATOR = pytest.StashKey[Any]()
_SANDBOX = pytest.StashKey[Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mock-cronofy")
    group.addoption(
        "--cronofy-url",
        metavar="URL",
        help="emulator to use instead of one started for this run (or MOCK_CRONOFY_URL)",
    )
    parser.addini(
        "cronofy_serve",
        "options of `mock-cronofy serve` for the emulator that is started, such as --consent auto",
        type="args",
    )
    parser.addini(
        "cronofy_unused_faults",
        "what becomes of a test in which a fault was never hit: fail, warn or ignore",
        default="fail",
    )


def pytest_configure(config: pytest.Config) -> None:
    from mock_server.testing.emulator import Emulator

    config.addinivalue_line("markers", _MARKER)
    config.stash[_EMULATOR] = Emulator.of(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    emulator = config.stash.get(_EMULATOR, None)
    if emulator is not None:
        emulator.stop()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Each worker of pytest-xdist uses the one emulator of the run."""
    node.workerinput["cronofy_url"] = node.config.stash[_EMULATOR].url


@pytest.fixture(scope="session")
def cronofy_server(pytestconfig: pytest.Config) -> str:
    """Address of the emulator: one for the whole run, on a free port, or the one that
    ``--cronofy-url`` or ``MOCK_CRONOFY_URL`` names.
    """
    emulator = pytestconfig.stash[_EMULATOR]
    emulator.start()
    return emulator.url


@pytest.fixture(scope="session")
def _cronofy_client(cronofy_server: str) -> Iterator[MockCronofy]:
    from mock_server.testing import MockCronofy

    with MockCronofy(cronofy_server) as client:
        yield client


@pytest.fixture
def cronofy(request: pytest.FixtureRequest, _cronofy_client: MockCronofy) -> Iterator[Sandbox]:
    """A fresh sandbox (``mock_server.testing.Sandbox``), which ends with the test.

    ``@pytest.mark.cronofy(scenario=…, seed=…, clock=…)`` says what it is like.
    """
    from mock_server.testing.marker import wishes

    wanted = wishes(request.node)
    with _cronofy_client.sandbox(**wanted.sandbox) as sandbox:
        if wanted.switches:
            sandbox.switches.set(**wanted.switches)
        request.node.stash[_SANDBOX] = sandbox
        yield sandbox
        del request.node.stash[_SANDBOX]


@pytest.fixture
def async_cronofy(cronofy: Sandbox) -> AsyncSandbox:
    """The sandbox of ``cronofy``, to be awaited, whatever runs the event loop."""
    from mock_server.testing._async.control import open_http
    from mock_server.testing._async.sandbox import AsyncSandbox

    return AsyncSandbox(open_http(cronofy.base_url), cronofy.base_url, cronofy.document, ours=False)

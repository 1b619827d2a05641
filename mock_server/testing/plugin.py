"""The pytest plugin: an emulator for the run, a sandbox for each test.

Nothing more is imported, and no emulator started, before the first test that uses them.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_server.testing import AsyncSandbox, MockCronofy, Sandbox
    from mock_server.testing.emulator import Emulator

_MARKER = (
    "cronofy(scenario=None, seed=None, clock=None, sandbox_id=None, exact=False, switches=None, "
    "unused_faults=None): what the sandbox of the fixture `cronofy` is like."
)

_EMULATOR: pytest.StashKey[Emulator] = pytest.StashKey()
_SANDBOX: pytest.StashKey[Sandbox] = pytest.StashKey()
# What was asked of a sandbox that has ended.
_JOURNAL: pytest.StashKey[str] = pytest.StashKey()
# What was called before the run, and what the run is told of what it called.
_EARLIER: pytest.StashKey[dict[str, Any] | None] = pytest.StashKey()
_CONTRACT: pytest.StashKey[str] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mock-cronofy")
    group.addoption(
        "--cronofy-url",
        metavar="URL",
        help="Emulator to use, instead of one that is started for this run. "
        "Also the variable MOCK_CRONOFY_URL.",
    )
    group.addoption(
        "--cronofy-contract-report",
        metavar="FILE",
        type=Path,
        help="Write what the tests called, against Cronofy's contract: .json, or .xml for JUnit's.",
    )
    group.addoption(
        "--cronofy-fail-on",
        choices=("error", "warning", "note"),
        help="Fail the run if the contract report has anything of this level, or worse.",
    )
    parser.addini(
        "cronofy_serve",
        "Options of `mock-cronofy serve` for the emulator that is started, as --consent auto.",
        type="args",
    )
    parser.addini(
        "cronofy_unused_faults",
        "What becomes of a test with a fault that was never hit: fail, warn or ignore.",
        default="fail",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)
    unused = config.getini("cronofy_unused_faults")
    if unused not in ("fail", "warn", "ignore"):
        expected = "fail, warn or ignore"
        raise pytest.UsageError(f"cronofy_unused_faults: found {unused!r}, expected {expected}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if (emulator := config.stash.get(_EMULATOR, None)) is not None:
        emulator.stop()


def _emulator(config: pytest.Config) -> Emulator:
    if _EMULATOR not in config.stash:
        from mock_server.testing.emulator import Emulator

        config.stash[_EMULATOR] = Emulator.of(config)
    return config.stash[_EMULATOR]


# -- Where it is ------------------------------------------------------------------------


def pytest_report_header(config: pytest.Config) -> str | None:
    emulator = _emulator(config)
    if emulator.named or config.pluginmanager.has_plugin("dsession"):
        return f"mock-cronofy: {emulator.url}"
    return None


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> str | None:
    emulator = _emulator(config)
    wanted = any("cronofy_server" in getattr(item, "fixturenames", ()) for item in items)
    return f"mock-cronofy: {emulator.url}" if wanted and not emulator.named else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Each worker of pytest-xdist uses the one emulator of the run."""
    emulator = _emulator(node.config)
    node.workerinput["cronofy_url"] = emulator.url
    emulator.start_when_asked()


# -- Fixtures ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cronofy_server(pytestconfig: pytest.Config) -> str:
    """Address of the emulator: one for the whole run, on a free port, or the one that
    ``--cronofy-url`` or ``MOCK_CRONOFY_URL`` names.
    """
    from mock_server.testing import MockCronofy, NoEmulator

    emulator = _emulator(pytestconfig)
    problem = None
    try:
        emulator.start()
        with MockCronofy(emulator.url) as client:
            client.health()
    except (pytest.UsageError, NoEmulator, ValueError) as error:
        problem = str(error)
    # Not within the block: pytest shows what an exception comes of.
    if problem is not None:
        pytest.fail(problem, pytrace=False)
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
    from mock_server.testing import ControlError
    from mock_server.testing.marker import wishes

    problem = None
    try:
        opened = wishes(request.node).open(_cronofy_client)
    except (ControlError, OSError, TypeError, ValueError) as error:
        problem = str(error)
    if problem is not None:
        pytest.fail(problem, pytrace=False)
    stash = request.node.stash
    with opened as sandbox:
        stash[_SANDBOX] = sandbox
        yield sandbox
        del stash[_SANDBOX]
        # What fails after this is told by then, too: fixtures of the test that end before.
        stash[_JOURNAL] = _journal(sandbox)


@pytest.fixture
def async_cronofy(cronofy: Sandbox) -> AsyncSandbox:
    """The sandbox of ``cronofy``, to be awaited, whatever runs the event loop."""
    from mock_server.testing import AsyncMockCronofy

    return AsyncMockCronofy(cronofy.base_url).known_sandbox(cronofy.document, cronofy.unused)


# -- What tests are told -----------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test passes only if what was to go wrong did."""
    yield
    text = _unused(item)
    if text and _treatment(item) == "warn":
        item.warn(pytest.PytestWarning(text))
    elif text:
        pytest.fail(text, pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The report of a failure shows what the sandbox was asked, and what did not go wrong."""
    report = yield
    if not report.failed:
        return report
    sandbox = item.stash.get(_SANDBOX, None)
    unused = _unused(item) if call.when == "call" else None
    if unused and unused not in report.longreprtext:
        report.sections.append(("mock-cronofy faults never hit", unused))
    journal = _journal(sandbox) if sandbox is not None else item.stash.get(_JOURNAL, "")
    if journal:
        report.sections.append(("mock-cronofy journal", journal))
    return report


def _treatment(item: pytest.Item) -> str:
    """What becomes of a test in which something never went wrong."""
    from mock_server.testing.marker import wishes

    treatment: str = wishes(item).unused_faults or item.config.getini("cronofy_unused_faults")
    return treatment


def _unused(item: pytest.Item) -> str | None:
    """What was to go wrong in the test and did not, unless it says that it may."""
    sandbox = item.stash.get(_SANDBOX, None)
    if sandbox is None or _treatment(item) == "ignore":
        return None
    from mock_server.testing import ControlError, NoEmulator

    try:
        sandbox.assert_faults_hit()
    except AssertionError as error:
        return str(error)
    except (ControlError, NoEmulator):
        # The test itself has ended the sandbox.
        return None
    return None


def _journal(sandbox: Sandbox) -> str:
    from mock_server.testing import ControlError, NoEmulator

    try:
        return sandbox.journal.text()
    except (ControlError, NoEmulator) as error:
        return f"not to be had: {error}"


# -- What the run is told ----------------------------------------------------------------


def pytest_sessionstart(session: pytest.Session) -> None:
    config = session.config
    if _reports(config) and (emulator := _emulator(config)).named:
        from mock_server.testing.contract_report import before

        config.stash[_EARLIER] = before(emulator.url)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if not _reports(config):
        return
    file: Path | None = config.getoption("--cronofy-contract-report")
    fail_on: str | None = config.getoption("--cronofy-fail-on")
    emulator = _emulator(config)
    if not emulator.used:
        config.stash[_CONTRACT] = "no test has used the emulator"
        return
    from mock_server.testing.contract_report import report

    earlier = config.stash.get(_EARLIER, None)
    config.stash[_CONTRACT], passes = report(emulator.url, earlier, file, fail_on)
    if not passes and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _reports(config: pytest.Config) -> bool:
    """Whether the run ends with a contract report: with pytest-xdist, not that of a worker."""
    wanted = any(map(config.getoption, ("--cronofy-contract-report", "--cronofy-fail-on")))
    return wanted and not hasattr(config, "workerinput")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if (emulator := config.stash.get(_EMULATOR, None)) is not None and emulator.problem:
        terminalreporter.section("mock-cronofy", red=True)
        terminalreporter.line(emulator.problem)
    if (text := config.stash.get(_CONTRACT, None)) is not None:
        terminalreporter.section("mock-cronofy contract")
        terminalreporter.write(f"{text.rstrip()}\n")

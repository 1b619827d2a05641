"""Whole runs of pytest with the plugin, in processes of their own."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from mock_server.testing import MockCronofy

pytest_plugins = ["pytester"]


def test_an_emulator_is_started_for_the_run_and_its_address_shown(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import httpx

        def test_served(cronofy, cronofy_server):
            assert cronofy.base_url == cronofy_server
            assert httpx.get(f"{cronofy_server}/_mock/health").json()["status"] == "ok"
            print("at", cronofy_server)
        """
    )
    result = suite.runpytest_subprocess("-rP")
    result.assert_outcomes(passed=1)
    text = result.stdout.str()
    assert re.findall(r"^mock-cronofy: (.*)$", text, re.M) == re.findall(r"^at (.*)$", text, re.M)


def test_a_suite_that_does_not_use_it_pays_nothing(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import sys
        import threading

        def test_nothing_is_imported():
            heavy = {"httpx", "faker", "starlette", "uvicorn", "pydantic", "msgspec", "click"}
            assert not heavy & sys.modules.keys()
            ours = {name for name in sys.modules if name.startswith("mock_server")}
            assert ours == {
                "mock_server",
                "mock_server.testing",
                "mock_server.testing.emulator",
                "mock_server.testing.plugin",
            }
            assert "mock-cronofy" not in {thread.name for thread in threading.enumerate()}
        """
    )
    # Plugins of others, which are installed here, import some of them.
    others = ("-p", "no:pact-python", "-p", "no:hypothesispytest", "-p", "no:faker")
    result = suite.runpytest_subprocess(*others)
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("mock-cronofy: *")


def test_the_settings_of_the_emulator_are_those_of_the_command(suite: pytest.Pytester) -> None:
    suite.makeini(
        "[pytest]\ncronofy_serve = --consent auto --scenario free-busy-google\n"
        "addopts = -p no:cacheprovider"
    )
    suite.makepyfile(
        """
        from mock_server.testing import MockCronofy

        def test_consent(cronofy_server, cronofy):
            with MockCronofy(cronofy_server) as mock:
                assert mock.get_sandbox().document["scenario"] == "free-busy-google"
            query = {
                "response_type": "code",
                "client_id": cronofy.client_id,
                "redirect_uri": "http://localhost:3000/callback",
                "scope": "read_write",
                "state": "1",
            }
            cronofy.add_person("jane@acme.test")
            assert cronofy.http.get("/oauth/authorize", params=query).status_code == 302
        """
    )
    suite.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (
            "--consent never",
            "*cronofy_serve: Invalid value for '--consent'*: 'never' is not one of *",
        ),
        ("--scenario nope", "the emulator did not start: scenario: found 'nope', expected one of*"),
        ("--help", "*cronofy_serve: options of mock-cronofy serve only*"),
    ],
)
@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_wrong_settings_are_named(
    suite: pytest.Pytester, options: str, problem: str, workers: tuple[str, ...]
) -> None:
    suite.makepyfile("def test_never_run(cronofy): raise AssertionError")
    result = suite.runpytest_subprocess("-o", f"cronofy_serve={options}", *workers)
    assert result.ret != 0
    lines = [*result.outlines, *result.errlines]
    pytest.LineMatcher(lines).fnmatch_lines([problem])
    assert "Traceback" not in "\n".join(lines)


def test_workers_of_xdist_share_one_emulator(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        """
        import os
        import pytest

        @pytest.mark.parametrize("number", range(8))
        def test_shared(cronofy, worker_id, number):
            cronofy.connect("jane@acme.test")
            assert "MOCK_CRONOFY_URL" not in os.environ
            print("on", worker_id, "at", cronofy.base_url, cronofy.sandbox_id)
        """
    )
    result = suite.runpytest_subprocess("-n", "2", "-rP", "--dist", "each")
    result.assert_outcomes(passed=16)
    found = re.findall(r"^on (\w+) at (\S+) (\w+)$", result.stdout.str(), re.M)
    workers, addresses, sandboxes = ({line[i] for line in found} for i in range(3))
    assert workers == {"gw0", "gw1"}
    assert len(sandboxes) == 16
    (address,) = addresses
    result.stdout.fnmatch_lines([f"mock-cronofy: {address}"])


def test_a_run_with_xdist_that_does_not_use_it_starts_none(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """
        import sys

        def pytest_terminal_summary(terminalreporter):
            started = "uvicorn" in sys.modules
            terminalreporter.line(f"started: {started}")
        """
    )
    suite.makepyfile("def test_nothing(): pass")
    result = suite.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["started: False"])


def test_it_works_without_xdist(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_connected(cronofy): cronofy.connect()")
    result = suite.runpytest_subprocess("-p", "no:xdist", "-p", "no:xdist.looponfail")
    result.assert_outcomes(passed=1)


TYPING_MISTAKE = """
    def test_mistaken(cronofy):
        jane = cronofy.connect()
        url = "/v1/events?tzid=Etc/UTC&includ_deleted=true"
        assert cronofy.http.get(url, headers=jane.auth).status_code == 200
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_run_fails_by_the_contract_report(
    suite: pytest.Pytester, workers: tuple[str, ...]
) -> None:
    suite.makepyfile(TYPING_MISTAKE)
    file = suite.path / "reports" / "contract.json"
    result = suite.runpytest_subprocess(
        "--cronofy-fail-on=warning", f"--cronofy-contract-report={file}", *workers
    )
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*= mock-cronofy contract =*",
            "The whole server, 1 call: 0 errors, 1 warning, *",
            "warning  GET /v1/events",
            "failed, as --cronofy-fail-on warning wants it",
        ]
    )
    (finding,) = [
        f for f in json.loads(file.read_text("utf-8"))["findings"] if f["level"] != "note"
    ]
    assert finding["code"] == "unknown_parameter"


def test_a_run_passes_with_what_does_not_count(suite: pytest.Pytester) -> None:
    suite.makepyfile(TYPING_MISTAKE)
    file = suite.path / "contract.xml"
    result = suite.runpytest_subprocess(
        "--cronofy-fail-on=error", f"--cronofy-contract-report={file}"
    )
    assert result.ret == pytest.ExitCode.OK
    assert ElementTree.parse(file).getroot().tag == "testsuites"


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_run_answers_for_its_own_calls(suite: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """Of an emulator that others have used before, nothing is held against it."""
    suite.makepyfile(
        test_mistaken=TYPING_MISTAKE,
        test_clean="""
        def test_clean(cronofy):
            headers = cronofy.connect().auth
            cronofy.http.get("/v1/events?tzid=Etc/UTC", headers=headers)
        """,
    )
    with MockCronofy.start() as mock:

        def run(module: str, file: str) -> int:
            options = (f"--cronofy-url={mock.base_url}", "--cronofy-fail-on=warning")
            report = f"--cronofy-contract-report={file}"
            result = suite.runpytest_subprocess(module, *options, report, *workers)
            result.assert_outcomes(passed=1)
            result.stdout.fnmatch_lines(["The whole server, 1 call: *"])
            return int(result.ret)

        assert run("test_mistaken.py", "mistaken.xml") == pytest.ExitCode.TESTS_FAILED
        assert run("test_clean.py", "clean.json") == pytest.ExitCode.OK
        assert run("test_mistaken.py", "again.xml") == pytest.ExitCode.TESTS_FAILED
    report = json.loads((suite.path / "clean.json").read_text("utf-8"))
    called = {c["operation"]: c["statuses"] for c in report["coverage"] if c["calls"]}
    assert called == {"GET /v1/events": {"200": 1}}
    assert {finding["level"] for finding in report["findings"]} <= {"note"}
    first, again = (
        (suite.path / f"{name}.xml").read_text("utf-8") for name in ("mistaken", "again")
    )
    assert first == again
    (failure,) = ElementTree.fromstring(again).iter("failure")
    assert failure.get("type") == "warning"


def test_what_is_forgotten_meanwhile_is_not_taken_from_the_report(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        TYPING_MISTAKE
        + """
    def test_forgetful(cronofy_server):
        from mock_server.testing import MockCronofy

        with MockCronofy(cronofy_server) as mock:
            mock.forget_contract()
    """
    )
    with MockCronofy.start() as mock:
        for order in ((), ("-k", "mistaken"), ("-k", "forgetful")):
            result = suite.runpytest_subprocess(
                *order, f"--cronofy-url={mock.base_url}", "--cronofy-fail-on=warning"
            )
            forgotten = order != ("-k", "mistaken")
            result.stdout.fnmatch_lines([f"The whole server, {0 if forgotten else 1} call*"])
            assert result.ret == (pytest.ExitCode.OK if forgotten else 1)


def test_a_report_of_no_emulator_is_none(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_nothing(): pass")
    result = suite.runpytest_subprocess("--cronofy-fail-on=note")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["no test has used the emulator"])

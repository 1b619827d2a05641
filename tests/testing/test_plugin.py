"""The pytest plugin, in this process, with an emulator in another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.testing.conftest import Run

pytest_plugins = ["pytester"]


def before_summary(result: pytest.RunResult) -> str:
    """The reports; the summary repeats them, as far as the terminal has room, or in CI whole."""
    return result.stdout.str().partition("short test summary info")[0]


def test_one_word_gives_a_test_an_emulator(run: Run) -> None:
    result = run(
        """
        def test_jane_is_connected(cronofy):
            jane = cronofy.connect("jane@acme.test", access_mode="free_busy")
            answer = cronofy.http.get("/v1/userinfo", headers=jane.auth)
            assert answer.json()["email"] == "jane@acme.test"
            assert cronofy.pycronofy(jane).userinfo() == answer.json()
        """
    )
    result.assert_outcomes(passed=1)


def test_the_example_of_the_readme_passes(run: Run) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(import pytest\n.*?)```", readme, re.DOTALL)
    run(example).assert_outcomes(passed=2)


def test_each_test_has_a_sandbox_of_its_own_which_ends_with_it(run: Run) -> None:
    result = run(
        """
        import pytest
        from mock_server.testing import ControlError, MockCronofy

        seen = []

        @pytest.mark.parametrize("number", range(3))
        def test_alone(cronofy, cronofy_server, number):
            cronofy.add_person("jane@acme.test")
            with MockCronofy(cronofy_server) as mock:
                for sandbox_id in seen:
                    with pytest.raises(ControlError, match="404"):
                        mock.get_sandbox(sandbox_id)
            assert cronofy.sandbox_id not in seen
            seen.append(cronofy.sandbox_id)
        """
    )
    result.assert_outcomes(passed=3)


def test_markers_say_what_the_sandbox_is_like_the_closest_first(run: Run) -> None:
    result = run(
        """
        import pytest

        pytestmark = pytest.mark.cronofy(clock="2026-05-11T08:00:00Z", seed=3)

        def test_of_the_module(cronofy):
            assert cronofy.document["seed"] == 3
            assert cronofy.clock.now.isoformat() == "2026-05-11T08:00:00+00:00"

        @pytest.mark.cronofy(scenario="free-busy-google")
        class TestOfAClass:
            def test_of_the_class(self, cronofy):
                assert (cronofy.document["scenario"], cronofy.document["seed"]) == (
                    "free-busy-google",
                    3,
                )

            @pytest.mark.cronofy(seed=4, scenario={"people": [{"email": "sam@acme.test"}]})
            def test_of_its_own(self, cronofy):
                assert cronofy.document["seed"] == 4
                assert [person.email for person in cronofy.people] == ["sam@acme.test"]
                assert cronofy.clock.now.isoformat() == "2026-05-11T08:00:00+00:00"
        """
    )
    result.assert_outcomes(passed=3)


def test_a_scenario_may_be_a_file_beside_the_test(run: Run, suite: pytest.Pytester) -> None:
    (suite.path / "mine.yaml").write_text("people:\n  - {email: sam@acme.test}\n", "utf-8")
    result = run(
        """
        import pytest

        @pytest.mark.cronofy(scenario="mine.yaml")
        def test_mine(cronofy):
            assert [person.email for person in cronofy.people] == ["sam@acme.test"]
        """
    )
    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            "scenari='default'",
            "@pytest.mark.cronofy: found scenari, expected keywords: scenario, seed, *",
        ),
        ("'default'", "@pytest.mark.cronofy: found 'default' without a name, expected keywords: *"),
        (
            "unused_faults='no'",
            "@pytest.mark.cronofy: found unused_faults='no', expected one of fail, warn, ignore",
        ),
        ("scenario='defalt'", "*scenario: found 'defalt', expected one of *did you mean default*"),
        ("scenario={'peple': []}", "*scenario.peple: found *expected *people*"),
        ("scenario='none.yaml'", "*none.yaml*"),
        ("scenario=5", "*scenario: found 5, expected *"),
        ("scenario=[]", "*scenario: *expected *"),
        ("seed=object()", "*not JSON serializable"),
        ("clock='soon'", "*clock: found 'soon', expected *"),
        ("switches={'rate_limit': True}", "*rate_limit*expected*"),
    ],
)
def test_a_wrong_marker_is_told_without_a_traceback(run: Run, arguments: str, problem: str) -> None:
    result = run(
        f"""
        import pytest

        @pytest.mark.cronofy({arguments})
        def test_never_run(cronofy):
            raise AssertionError
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([problem])
    result.stdout.no_fnmatch_line("*plugin.py*")


def test_a_failure_shows_the_journal_with_secrets_shortened(run: Run) -> None:
    result = run(
        """
        def test_failing(cronofy):
            jane = cronofy.connect("jane@acme.test")
            print("SECRET", jane.access_token)
            cronofy.http.get("/v1/calendars", headers=jane.auth)
            cronofy.http.post(
                "/v1/calendars/cal_none/events?x=1", headers=jane.auth, json={"event_id": "e"}
            )
            assert False
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- mock-cronofy journal -*",
            "#1 ??:??:?? GET /v1/calendars → 200",
            "#2 ??:??:?? POST /v1/calendars/cal_none/events?x=1 → 404",
            "    hint: no calendar 'cal_none' in this authorization*",
            "#2 POST /v1/calendars/cal_none/events",
            "  sent:",
            '*"event_id": "e"*',
            "  answered 404",
        ]
    )
    text = result.stdout.str()
    (secret,) = [line.split()[1] for line in text.splitlines() if line.startswith("SECRET")]
    assert text.count(secret) == 1


def test_the_journal_of_a_failure_is_bounded(run: Run) -> None:
    result = run(
        """
        def test_failing(cronofy):
            jane = cronofy.connect("jane@acme.test")
            for _ in range(60):
                cronofy.http.post(
                    "/v1/calendars/cal_none/events", headers=jane.auth, json={"x": "y" * 9000}
                )
            assert False
        """
    )
    _, journal = result.stdout.str().split("- mock-cronofy journal -")
    assert "… and 10 before these" in journal
    assert len(journal) < 20_000


def test_a_test_without_the_fixture_has_no_journal(run: Run) -> None:
    result = run("def test_failing(): assert False")
    assert "mock-cronofy journal" not in result.stdout.str()


@pytest.mark.parametrize(
    "runner", ["asyncio.run(story(async_cronofy))", "anyio.run(story, async_cronofy)"]
)
def test_the_sandbox_can_be_awaited_in_any_event_loop(run: Run, runner: str) -> None:
    result = run(
        f"""
        import asyncio
        import anyio

        async def story(sandbox):
            jane = await sandbox.connect("jane@acme.test", access_mode="free_busy")
            answer = await sandbox.http.get("/v1/userinfo", headers=jane.auth)
            assert answer.json()["sub"] == jane.sub

        def test_awaited(cronofy, async_cronofy):
            {runner}
            {runner}
            assert async_cronofy.sandbox_id == cronofy.sandbox_id
            assert len(cronofy.journal.requests("/v1/userinfo")) == 2
        """
    )
    result.assert_outcomes(passed=1)


def test_an_async_test_awaits_it(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio"])
        async def test_awaited(async_cronofy):
            jane = await async_cronofy.connect("jane@acme.test")
            assert (await async_cronofy.clock.now).tzinfo
            async with await async_cronofy.faults.rate_limit("/v1/userinfo"):
                answer = await async_cronofy.http.get("/v1/userinfo", headers=jane.auth)
                assert answer.status_code == 429
        """
    )
    result.assert_outcomes(passed=1)


def test_a_unittest_class_asks_for_the_fixture(run: Run) -> None:
    result = run(
        """
        import unittest
        import pytest

        class TestMeetings(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def sandbox(self, cronofy):
                self.cronofy = cronofy

            def test_connected(self):
                self.assertTrue(self.cronofy.connect().sub.startswith("acc_"))

            def test_failing(self):
                headers = self.cronofy.connect().auth
                self.cronofy.http.get("/v1/userinfo", headers=headers)
                self.fail()
        """
    )
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["#1 ??:??:?? GET /v1/userinfo → 200"])


def test_the_address_may_be_an_option_and_is_shown(
    suite: pytest.Pytester, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCK_CRONOFY_URL", "http://127.0.0.1:1")
    suite.makepyfile(f"def test_address(cronofy_server): assert cronofy_server == {elsewhere!r}")
    result = suite.runpytest_inprocess(f"--cronofy-url={elsewhere}/")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"mock-cronofy: {elsewhere}"])


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://127.0.0.1:1", "no emulator answers at http://127.0.0.1:1: *"),
        ("{elsewhere}/elsewhere", "*answered 404, but not as an emulator does"),
        (
            "localhost:8282",
            "base_url: found 'localhost:8282', expected http://localhost:8282",
        ),
    ],
)
def test_an_address_where_no_emulator_answers_is_named(
    suite: pytest.Pytester, elsewhere: str, url: str, problem: str
) -> None:
    suite.makepyfile("def test_never_run(cronofy): raise AssertionError")
    url = url.format(elsewhere=elsewhere)
    result = suite.runpytest_inprocess(f"--cronofy-url={url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([problem])
    for line in ("*plugin.py*", "During handling*"):
        result.stdout.no_fnmatch_line(line)


def test_what_suites_may_configure_is_checked(suite: pytest.Pytester) -> None:
    suite.makepyfile("def test_nothing(): pass")
    result = suite.runpytest_inprocess("-o", "cronofy_unused_faults=perhaps")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*cronofy_unused_faults: found 'perhaps', expected fail, warn or ignore"]
    )


def test_markers_options_and_fixtures_are_described(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("--markers")
    result.stdout.fnmatch_lines(["@pytest.mark.cronofy(scenario=None, seed=None, *"])
    result = suite.runpytest_inprocess("--fixtures")
    result.stdout.fnmatch_lines(["cronofy -- *", "    A fresh sandbox *"])
    result = suite.runpytest_inprocess("--help")
    result.stdout.fnmatch_lines(["*--cronofy-url=URL*", "*--cronofy-fail-on=*", "*cronofy_serve*"])


UNUSED = """
    import pytest

    {marker}
    def test_nothing_went_wrong(cronofy):
        jane = cronofy.connect()
        cronofy.faults.rate_limit("/v1/userinfo", after=1, credential=jane.access_token)
        met = cronofy.faults.rate_limit("/v1/calendars")
        cronofy.http.get("/v1/userinfo", headers=jane.auth)
        assert cronofy.http.get("/v1/calendars", headers=jane.auth).status_code == 429
"""


def test_a_test_in_which_a_fault_was_never_hit_fails(run: Run) -> None:
    result = run(UNUSED.format(marker=""))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "what was to go wrong did not, as no call met these faults:",
            '  flt_*"/v1/userinfo"*"credential": "??????…????"*rate_limited*(1 calls let through)',
            "*- mock-cronofy journal -*",
        ]
    )
    lines = before_summary(result).splitlines()
    faults = [line for line in lines if line.startswith("  flt_")]
    assert len(faults) == 1


def test_a_fault_that_was_never_hit_may_be_a_warning_or_nothing(run: Run) -> None:
    warned = run(UNUSED.format(marker=""), "-o", "cronofy_unused_faults=warn", "-W", "always")
    warned.assert_outcomes(passed=1, warnings=1)
    warned.stdout.fnmatch_lines(["*PytestWarning: what was to go wrong did not, *"])
    ignored = run(UNUSED.format(marker="@pytest.mark.cronofy(unused_faults='ignore')"))
    ignored.assert_outcomes(passed=1)


def test_a_failure_tells_of_faults_that_were_never_hit(run: Run) -> None:
    """A path that was mistyped may be why the test fails."""
    result = run(
        """
        import pytest

        def test_failing(cronofy):
            cronofy.faults.rate_limit("/v1/user_info")
            answer = cronofy.http.get("/v1/userinfo", headers=cronofy.connect().auth)
            assert answer.status_code == 429

        @pytest.mark.cronofy(unused_faults="ignore")
        def test_careless(cronofy):
            cronofy.faults.rate_limit("/v1/user_info")
            assert False
        """
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "E *assert 200 == 429*",
            "*- mock-cronofy faults never hit -*",
            "what was to go wrong did not, as no call met these faults:",
            '  flt_*"/v1/user_info"*',
            "*- mock-cronofy journal -*",
        ]
    )
    assert before_summary(result).count("faults never hit") == 1


def test_what_was_taken_back_before_it_went_wrong_is_told_too(run: Run) -> None:
    result = run(
        """
        import pytest

        def userinfo(cronofy):
            return cronofy.http.get("/v1/userinfo", headers=cronofy.connect().auth)

        @pytest.mark.parametrize("back", ["remove", "clear", "reset", "restore", "raises"])
        def test_mistyped(cronofy, back):
            before = cronofy.snapshot()
            fault = cronofy.faults.rate_limit("/v1/user_info")
            if back == "remove":
                fault.remove()
            elif back == "clear":
                cronofy.faults.clear()
            elif back == "reset":
                cronofy.reset()
            elif back == "restore":
                cronofy.restore(before)
            else:
                with pytest.raises(OSError), fault:
                    raise OSError

        @pytest.mark.parametrize("back", ["remove", "clear", "reset", "restore", "later"])
        def test_hit(cronofy, back):
            fault = cronofy.faults.rate_limit("/v1/userinfo", times=None)
            before = cronofy.snapshot()
            if back == "later":
                cronofy.restore(before)
            assert userinfo(cronofy).status_code == 429
            if back == "remove":
                fault.remove()
            elif back == "clear":
                cronofy.faults.clear()
            elif back == "reset":
                cronofy.reset()
            elif back == "restore":
                cronofy.restore(before)

        def test_awaited(cronofy, async_cronofy):
            import asyncio

            async def story():
                await (await async_cronofy.faults.rate_limit("/v1/user_info")).remove()

            asyncio.run(story())
        """
    )
    result.assert_outcomes(passed=5, failed=6)
    assert before_summary(result).count("  flt_") == 6


def test_failures_of_deliveries_that_never_came_are_told(run: Run) -> None:
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("back", ["nothing", "clear", "reset", "restore"])
        def test_unused(cronofy, back):
            before = cronofy.snapshot()
            cronofy.deliveries.fail(503, times=2, kind="chnge")
            if back == "clear":
                cronofy.deliveries.clear_failures()
            elif back == "reset":
                cronofy.reset()
            elif back == "restore":
                cronofy.restore(before)

        @pytest.mark.parametrize("times", [1, 2])
        def test_used(cronofy, times):
            cronofy.deliveries.fail(503, times=times, kind="verification")
            before = cronofy.snapshot()
            cronofy.restore(before)
            client = cronofy.pycronofy(cronofy.connect())
            client.create_notification_channel("http://localhost:1/")
            cronofy.deliveries.wait("verification")
        """
    )
    result.assert_outcomes(passed=2, failed=4)
    result.stdout.fnmatch_lines(
        [
            "no delivery was attempted that was to fail by these:",
            '  flr_*: {"with": 503, "times": 2, "kind": "chnge"}',
        ]
    )


def test_what_fails_after_the_test_shows_the_journal(run: Run) -> None:
    """An assertion of a fixture, when the sandbox is about to end, or has ended."""
    result = run(
        """
        import pytest

        @pytest.fixture
        def checked(cronofy):
            yield cronofy
            cronofy.journal.verify("/v1/userinfo", exactly=0)

        @pytest.fixture
        def unrelated():
            yield
            assert False

        def test_passing(checked):
            checked.http.get("/v1/userinfo", headers=checked.connect().auth)

        def test_outlived(unrelated, cronofy):
            cronofy.http.get("/v1/calendars", headers=cronofy.connect().auth)
        """
    )
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_passing*",
            "*- mock-cronofy journal -*",
            "#1 ??:??:?? GET /v1/userinfo → 200",
            "*ERROR at teardown of test_outlived*",
            "*- mock-cronofy journal -*",
            "#1 ??:??:?? GET /v1/calendars → 200",
        ]
    )


def test_a_failure_is_told_as_the_test_s_own_not_the_client_s(run: Run) -> None:
    result = run(
        """
        def test_failing(cronofy):
            cronofy.journal.verify("/v1/channels")
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">*cronofy.journal.verify*", "E *AssertionError: Wanted: at least*"]
    )
    result.stdout.no_fnmatch_line("*_sync*")

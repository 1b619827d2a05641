"""The command: what it prints, and what it says when the server cannot be examined."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mock_server.conformance.suite import CHECKS
from tests.conformance.conftest import Connect, command
from tests.conformance.tampering import Passing, Tamper
from tests.conformance.test_differing import answering


def refusal(*words: str) -> str:
    """What it says on standard error when it cannot run."""
    result = command(*words)
    assert (result.exit_code, result.stdout) == (2, ""), result.output
    return result.stderr


def test_the_text_report_is_for_people(
    tampering: Callable[[Tamper], str], connect: Connect
) -> None:
    url = tampering(answering("GET /v1/channels", 200, b"[", "application/json"))
    only = ("--only", "answers.channels", "--only", "notifications", "--only", "calls.no-cors")
    result = command("--base-url", url, *connect().words, *only)
    assert result.exit_code == 1
    assert (
        result.stdout
        == f"""\
Conformance of {url}

Answers
  FAIL  answers.channels
        differs: GET /v1/channels
          expected: a JSON document
          found:    application/json: "["
        checked:  GET /v1/channels with nothing but what it needs
        right is: 200, and list notification channels in the declared shape
        source:   identity §1.7; https://docs.cronofy.com/developers/api/push-notifications/list-channels

Calls
  ok    calls.no-cors

Notifications
  skip  notifications.channels (needs GET /v1/channels, which does not answer as expected: see \
its own check)
  ok    notifications.invite-required
  ok    notifications.unknown-invite

5 checks: 3 passed, 1 failed, 1 skipped; 0 differences from assumptions, 0 notes; 6 requests
"""
    )


def test_the_junit_report_is_for_ci_servers(
    tampering: Callable[[Tamper], str], connect: Connect, tmp_path: Path
) -> None:
    url, file = tampering(answering("GET /v1/channels", 500)), tmp_path / "report.xml"
    only = ("--only", "answers.channels", "--only", "notifications")
    words = ("--base-url", url, *connect().words, *only, "--format", "junit")
    result = command(*words, "--output", str(file))
    assert (result.exit_code, result.stdout) == (1, "")
    root = ElementTree.parse(file).getroot()
    assert {name: root.get(name) for name in ("tests", "failures", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "skipped": "1",
    }
    (failure,) = root.iter("failure")
    assert failure.get("message") == (
        "GET /v1/channels: expected status 200, found status 500, an empty body"
    )
    assert "source:" in (failure.text or "")


def test_the_list_tells_every_check_and_sends_nothing() -> None:
    printed = command("--list").stdout
    for check in CHECKS:
        assert f"  {check.name}" in printed
        assert check.sends in printed
        assert check.expects in printed
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    listed = command("--list", "--only", "tokens.form").stdout
    assert (
        listed
        == """\
Tokens
  tokens.form
      sends    POST /oauth/token with an unknown refresh_token, form-encoded
      expects  400 invalid_grant: the body is read as JSON would be
      source   identity §1.2; https://docs.cronofy.com/developers/api/
"""
    )


def test_names_choose_checks(served: str, connect: Connect) -> None:
    words = ("--base-url", served, *connect().words, "--format", "json")
    result = command(*words, "--only", "calendars", "--only", "events.i*")
    names = [check["name"] for check in json.loads(result.stdout)["checks"]]
    assert names == ["calendars.agree", "calendars.primary", "calendars.hosted", "events.ids"]


def test_a_server_that_is_not_there(connect: Connect) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        said = refusal("--base-url", url, *connect().words)
    assert said.startswith(f"mock-cronofy: {url} cannot be examined: GET /v1/userinfo: ")
    assert "refused" in said


def test_a_server_that_does_not_answer(connect: Connect) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen()
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        said = refusal("--base-url", url, *connect().words, "--timeout", "0.2")
    assert said == (
        f"mock-cronofy: {url} cannot be examined: GET /v1/userinfo: no answer within 0.2 s\n"
    )


def test_wrong_credentials(served: str, connect: Connect) -> None:
    jane = connect()
    base = ("--base-url", served)
    assert refusal(*base, "--access-token", "wrong-wrong-wrong") == (
        "mock-cronofy: the access token is refused (401): expected one that is valid now, of "
        "this server\n"
    )
    words = [*jane.words]
    words[words.index("--client-secret") + 1] = "wrong-wrong-wrong"
    said = refusal(*base, *words)
    assert said == (
        "mock-cronofy: client_id and client_secret are refused (invalid_client): expected those "
        "of the application that the access token was issued to\n"
    )


def test_a_server_that_answers_pages(tampering: Callable[[Tamper], str], connect: Connect) -> None:
    def pages(passing: Passing) -> None:
        passing.status, passing.content = 200, b"<html>Welcome</html>"
        passing.headers = {"Content-Type": "text/html"}

    url = tampering(pages)
    assert refusal("--base-url", url, *connect().words) == (
        "mock-cronofy: GET /v1/userinfo was answered 200, text/html: expected Cronofy's API at "
        f"{url}, such as https://api.cronofy.com\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--base-url is missing"),
        (("--base-url", "http://127.0.0.1:1"), "--access-token is missing"),
        (("--base-url", "ftp://a.test", "--access-token", "t"), "--base-url: expected an http"),
        (("--base-url", "http://a:b@c.test", "--access-token", "t"), "without user and password"),
        (("--list", "--only", "tokens.from"), "did you mean tokens.form?"),
        (
            ("--base-url", "http://a.test", "--access-token", "t", "--calendar-id", "cal_1_2"),
            "--calendar-id: expected together with --writes",
        ),
    ],
)
def test_options_that_make_no_sense_are_told(words: tuple[str, ...], said: str) -> None:
    assert said in refusal(*words)


@pytest.mark.parametrize("option", ["--access-token", "--client-secret", "--base-url"])
def test_what_no_header_takes_is_refused_and_not_shown(option: str) -> None:
    said = refusal(option, "top\x1bsecret\nword")
    assert "secret" not in said.partition("Error")[2].replace("client-secret", "")
    assert "expected one word" in " ".join(said.split())

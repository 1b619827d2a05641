"""``mock-cronofy contract check``: what it prints, writes, and exits with."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from click.testing import CliRunner, Result

from mock_server.cli import main
from tests.emulator import Sandbox
from tests.findings.reports import CLOCK, DOCS, JANE

Open = Callable[..., Sandbox]


@pytest.fixture
def sandbox(served: str) -> Iterator[Sandbox]:
    with httpx.Client(base_url=served) as http:
        document = http.post("/_mock/sandboxes", json={"clock": CLOCK}).json()
        sandbox = Sandbox(http, document)
        yield sandbox
        sandbox.control("DELETE", "")


def check(*words: str) -> Result:
    return CliRunner().invoke(main, ["contract", "check", *words])


def of(sandbox: Sandbox, *words: str) -> Result:
    url = str(sandbox.http.base_url)
    return check("--url", url, "--sandbox", sandbox.sandbox_id, *words)


def mistakes(sandbox: Sandbox, *, error: bool = False) -> None:
    """A warning and a note; with ``error``, one of these as well."""
    token = sandbox.connect(JANE)["access_token"]
    sandbox.call(token, "GET", "/v1/userinfo?page=1")
    if error:
        sandbox.call(token, "POST", "/v1/channels", json={})


def test_a_report_for_people(sandbox: Sandbox) -> None:
    """What matters most comes first, with its operation, how often, and where to read more."""
    mistakes(sandbox, error=True)
    result = of(sandbox)
    assert result.output.splitlines() == [
        f"Sandbox {sandbox.sandbox_id}, 2 calls: 1 error, 1 warning, 2 notes",
        "",
        "error    POST /v1/channels",
        "         A call that Cronofy refuses (refused), once",
        "         callback_url: required",
        "         in the journal: request 2",
        f"         {DOCS}api/push-notifications/create-channel/",
        "",
        "warning  GET /v1/userinfo",
        "         A parameter that Cronofy does not have (unknown_parameter), once",
        "         ignored: unknown query parameter page",
        "         in the journal: request 1",
        f"         {DOCS}api/identity/userinfo/",
        "",
        "note     assumed in part, as /docs says:",
        "         GET /v1/userinfo",
        "         POST /v1/channels",
    ]
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("fail_on", "code"), [("error", 0), ("warning", 1), ("note", 1), ("never", 0)]
)
def test_what_fails(sandbox: Sandbox, fail_on: str, code: int) -> None:
    """With a warning: everything that minds warnings or less."""
    mistakes(sandbox)
    assert of(sandbox, "--fail-on", fail_on).exit_code == code


def test_nothing_was_asked(sandbox: Sandbox) -> None:
    result = of(sandbox, "--fail-on", "note")
    expected = f"Sandbox {sandbox.sandbox_id}, 0 calls: 0 errors, 0 warnings, 0 notes\n"
    assert (result.exit_code, result.output) == (0, expected)


def test_other_formats_and_a_file(sandbox: Sandbox, tmp_path: Path) -> None:
    """JSON and JUnit XML as the control API has them; the exit status stays."""
    mistakes(sandbox)
    result = of(sandbox, "--format", "json", "--fail-on", "warning")
    assert json.loads(result.output) == sandbox.control("GET", "/contract").json()
    assert result.exit_code == 1
    path = tmp_path / "report.xml"
    result = of(sandbox, "--format", "junit", "--output", str(path), "--fail-on", "warning")
    assert (result.exit_code, result.output) == (1, "")
    assert ElementTree.fromstring(path.read_bytes()).attrib["failures"] == "1"


def test_a_whole_server_by_a_process(sandbox: Sandbox) -> None:
    """As CI runs it."""
    mistakes(sandbox, error=True)
    words = ["contract", "check", "--url", str(sandbox.http.base_url)]
    done = subprocess.run(
        [sys.executable, "-m", "mock_server", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("The whole server, ")


def test_terminals_are_left_alone(sandbox: Sandbox) -> None:
    """Nothing that an application sends moves the cursor of who reads about it."""
    token = sandbox.connect(JANE)["access_token"]
    sandbox.call(token, "GET", "/v1/%1B%5B2Jnothing")
    output = of(sandbox).output
    assert "\x1b" not in output
    assert "Cronofy has no path /v1/\\x1b[2Jnothing" in output


def test_a_sandbox_that_is_not_there(served: str) -> None:
    """2, and what the server says."""
    result = check("--url", served, "--sandbox", "none")
    assert result.exit_code == 2
    assert "sandbox_id: found 'none', expected a living sandbox" in result.output


class _Html(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def another_server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Html) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_no_emulator(another_server: str) -> None:
    """2 for a server that is another, for none at all, and for no address."""
    result = check("--url", another_server)
    assert result.exit_code == 2
    assert "the answer is no contract report: is this mock-cronofy?" in result.output
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        result = check("--url", nowhere)
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert f"no contract report from {nowhere}/" in result.output
    for wrong in ("localhost:8282", "file:///etc/passwd", "http://[", "http://local host"):
        result = check("--url", wrong)
        assert (result.exit_code, result.output.count("\n")) == (2, 1), result.output
        assert result.output.startswith("mock-cronofy: ")


def test_a_file_that_cannot_be_written(sandbox: Sandbox, tmp_path: Path) -> None:
    result = of(sandbox, "--output", str(tmp_path / "none" / "report.xml"))
    assert result.exit_code == 2
    assert "No such file or directory" in result.output

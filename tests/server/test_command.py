"""The command as a user runs it: what it prints, and what it says when something is wrong."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

COMMAND = [sys.executable, "-m", "mock_server"]


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


@contextmanager
def serving(folder: Path, *words: str, **environment: str) -> Iterator[str]:
    """Everything a server started in ``folder`` prints before it is ready."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    try:
        printed = ""
        while "API document" not in printed:
            line = process.stdout.readline()
            assert line, printed
            printed += line
        yield printed
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_serve_prints_address_credentials_and_an_authorize_url_that_works(tmp_path: Path) -> None:
    with serving(tmp_path) as printed:
        address = re.search(r"ready on (http://127\.0\.0\.1:\d+)$", printed, re.MULTILINE)
        assert address, printed
        client_id = re.search(r"client_id +(\S+)", printed)
        secret = re.search(r"client_secret +(\S+)", printed)
        assert client_id, printed
        assert secret, printed
        url = re.search(r"Connect +(\S+)", printed)
        assert url, printed
        with httpx.Client(base_url=address[1]) as http:
            assert http.get("/_mock/health").json()["status"] == "ok"
            assert http.get(url[1]).status_code == 200
            refused = http.post(
                "/oauth/token",
                json={
                    "client_id": client_id[1],
                    "client_secret": secret[1],
                    "grant_type": "refresh_token",
                    "refresh_token": "unknown",
                },
            )
            assert refused.json()["error"] == "invalid_grant"


def test_health_answers_by_its_exit_code(tmp_path: Path) -> None:
    with serving(tmp_path) as printed:
        port = re.search(r"ready on http://127\.0\.0\.1:(\d+)", printed)
        assert port
        healthy = run("health", MOCK_CRONOFY_PORT=port[1])
        assert (healthy.returncode, '"status":"ok"' in healthy.stdout) == (0, True)
    ill = run("health", "--port", port[1])
    assert ill.returncode == 1
    assert "no healthy answer from" in ill.stderr


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    with serving(
        tmp_path,
        MOCK_CRONOFY_CONSENT="auto",
        MOCK_CRONOFY_PUBLIC_URL="https://mock.acme.test/",
        MOCK_CRONOFY_SEED="99",
    ) as printed:
        assert re.search(r"Start page +https://mock\.acme\.test/$", printed, re.MULTILINE), printed


def test_it_is_ready_once_it_says_so_and_ends_quietly(tmp_path: Path) -> None:
    """A connection made at the first word is answered; Ctrl-C is no failure."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    address = process.stdout.readline().rpartition(" ")[2].strip()
    assert httpx.get(f"{address}/_mock/health").status_code == 200
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert rest.rstrip().endswith("/openapi.json")


def test_it_ends_though_somebody_waits(tmp_path: Path) -> None:
    """What would be waited for is cut short, after a moment."""
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    address = process.stdout.readline().rpartition(" ")[2].strip()
    path = "/_mock/sandboxes/default/wait?delivery=change&timeout=60"
    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))) as waiting:
        waiting.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        # What came before this call has begun when it is answered.
        assert httpx.get(f"{address}/_mock/health").status_code == 200
        process.terminate()
        process.wait(timeout=30)
    process.stdout.close()


def test_a_taken_port_is_said_plainly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run("serve", "--port", str(port))
    assert refused.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_unknown_host_is_said_plainly() -> None:
    refused = run("serve", "--host", "no-such-host.invalid", "--port", "0")
    assert refused.returncode == 1
    assert "cannot listen on no-such-host.invalid" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_unknown_scenario_is_said_plainly() -> None:
    refused = run("serve", "--scenario", "nowhere")
    assert refused.returncode == 2
    assert "'nowhere'" in refused.stderr
    assert "default" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("words", [("--help",), ("serve", "--help"), ("--version",)])
def test_help_exits_well(words: tuple[str, ...]) -> None:
    assert run(*words).returncode == 0


def test_the_openapi_command_writes_the_document(tmp_path: Path) -> None:
    target = tmp_path / "openapi.json"
    assert run("openapi", "--output", str(target)).returncode == 0
    assert '"openapi": "3.1.0"' in target.read_text("utf-8")

"""The settings for mail on the command line."""

from __future__ import annotations

import re
import smtplib
import socket
from pathlib import Path

import pytest

from tests.server.test_command import run, serving


def test_the_greeting_says_where_mail_is_taken(tmp_path: Path) -> None:
    """Port 0 picks a free one, and whoever has read it may connect."""
    with serving(tmp_path, "--smtp-port", "0") as printed:
        found = re.search(r"SMTP +127\.0\.0\.1:(\d+)$", printed, re.MULTILINE)
        assert found, printed
        with smtplib.SMTP("127.0.0.1", int(found[1]), timeout=30) as client:
            assert client.noop()[0] == 250
    with serving(tmp_path) as printed:
        assert "SMTP" not in printed


def test_a_port_that_is_taken() -> None:
    """One line that names the option, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = run("serve", "--port", "0", "--smtp-port", port)
    assert result.returncode == 1
    assert result.stderr == (
        f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "choose another with --host and --smtp-port\n"
    )


@pytest.mark.parametrize("value", ["localhost", "::1:25", "http://localhost:25"])
def test_a_relay_that_is_no_address(value: str) -> None:
    """Place, found and expected; from the environment too."""
    expected = f"found {value!r}, expected HOST:PORT, such as localhost:1025 or [::1]:1025"
    for result in (
        run("serve", "--smtp-relay", value),
        run("serve", MOCK_CRONOFY_SMTP_RELAY=value),
    ):
        assert result.returncode == 2
        assert "Invalid value for '--smtp-relay'" in result.stderr
        assert expected in result.stderr

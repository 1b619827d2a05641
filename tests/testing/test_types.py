"""The client is typed: a suite that mypy checks strictly can rely on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

RIGHT = """
from mock_server.testing import AsyncSandbox, Connection, MockCronofy, Sandbox


def book(cronofy: Sandbox) -> Connection:
    jane = cronofy.connect("jane@acme.test", access_mode="free_busy")
    reveal_type(cronofy.clock.now)
    reveal_type(cronofy.inbox.latest(to="jane@acme.test").ics)
    reveal_type(cronofy.deliveries.wait("change")[0].attempts[0].response.status)
    reveal_type(cronofy.journal.requests()[0].findings)
    with cronofy.faults.rate_limit("/v1/events") as fault:
        reveal_type(fault.hits)
    return jane


async def awaited(cronofy: AsyncSandbox) -> str:
    return await (await cronofy.inbox.latest()).text


with MockCronofy.start() as mock, mock.sandbox(clock="2026-05-11T08:00:00Z") as sandbox:
    book(sandbox)
"""

REVEALED = [
    "datetime.datetime",
    "str",
    "int | None",
    "list[mock_server.testing.records.Finding]",
    "int",
]

WRONG = """
from mock_server.testing import Sandbox


def book(cronofy: Sandbox) -> None:
    cronofy.connect("jane@acme.test", access_mode="free")
    cronofy.clock.advance(hour=1)
"""


def check(module: str, folder: Path) -> list[str]:
    (folder / "suite.py").write_text(module, "utf-8")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--no-pretty", "suite.py"]
    done = subprocess.run(mypy, cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_a_suite_is_checked_against_the_types_of_the_client(tmp_path: Path) -> None:
    *notes, summary = check(RIGHT, tmp_path)
    assert summary == "Success: no issues found in 1 source file"
    assert [note.partition('type is "')[2].rstrip('"') for note in notes] == REVEALED
    # What it has learnt of the client by now, it knows.
    *errors, _ = check(WRONG, tmp_path)
    assert [error.rpartition("[")[2] for error in errors if ": error: " in error] == [
        "arg-type]",
        "call-arg]",
    ]

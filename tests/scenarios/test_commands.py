"""The commands ``mock-cronofy scenarios`` and ``mock-cronofy fixtures``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from mock_server.cli import main
from mock_server.rules import time_zones
from mock_server.scenarios.files import data_folder, scenario_names


def run(*words: str) -> Result:
    """The command's outcome; an exception that is no exit is raised here."""
    return CliRunner().invoke(main, words, catch_exceptions=False)


def test_list() -> None:
    """Every scenario on a line of its own, with its description."""
    result = run("scenarios", "list")
    assert (result.exit_code, result.stderr) == (0, "")
    described = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert list(described) == scenario_names()
    assert described["sync-delay"] == (
        "Cronofy sees what Jane changes ten minutes later; "
        "of Kenji's calendars it has seen nothing yet."
    )


def test_show() -> None:
    """The file, byte for byte."""
    result = run("scenarios", "show", "free-busy-google")
    path = data_folder("scenarios") / "free-busy-google.yaml"
    assert (result.exit_code, result.stdout_bytes) == (0, path.read_bytes())
    assert run("scenarios", "show", str(path)).stdout_bytes == path.read_bytes()


def test_show_what_is_not_there(tmp_path: Path) -> None:
    result = run("scenarios", "show", "nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "'nowhere', expected one of conferencing" in result.stderr
    result = run("scenarios", "show", str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "found a directory, expected a file" in result.stderr


def test_check() -> None:
    """A name, and what its sandbox would hold."""
    result = run("scenarios", "check", "reconnect-domain")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "reconnect-domain: fine (applications: 1, people: 8, connected: 3)\n"


def test_check_everything_that_is_shipped() -> None:
    paths = [*data_folder("scenarios").glob("*.yaml"), *data_folder("fixtures").glob("*.yaml")]
    result = run("scenarios", "check", *map(str, paths))
    assert (result.exit_code, result.stderr) == (0, "")
    assert len(result.stdout.splitlines()) == len(paths)


def test_check_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are checked, whatever is wrong with the first; problems go to standard error."""
    monkeypatch.chdir(tmp_path)
    Path("one.yaml").write_text("seed: x\nclock: y\n", "utf-8")
    Path("two.yaml").write_text("include: [./missing.yaml]\n", "utf-8")
    result = run("scenarios", "check", "one.yaml", "default", "two.yaml", "nowhere")
    assert result.exit_code == 2
    assert result.stdout == "default: fine (applications: 1, people: 15, connected: 0)\n"
    *lines, last = result.stderr.splitlines()
    assert lines == [
        "one.yaml:1: seed: found 'x', expected a whole number",
        "one.yaml:2: clock: found 'y', expected a time with its offset from UTC, such as "
        "2026-05-11T08:00:00Z",
        "two.yaml:1: include[0]: found './missing.yaml', expected a file: there is no missing.yaml",
    ]
    assert last.startswith("scenario: found 'nowhere', expected one of conferencing")


def test_check_nothing() -> None:
    assert run("scenarios", "check").exit_code == 2


def test_generate(tmp_path: Path) -> None:
    """Made-up people of many kinds; the file can be checked, and included."""
    result = run("fixtures", "generate", "--people", "40", "--seed", "7", "--domain", "Many.test")
    assert (result.exit_code, result.stderr) == (0, "")
    people = yaml.safe_load(result.stdout)["people"]
    assert len({person["email"] for person in people}) == 40
    assert all(person["email"].endswith("@many.test") for person in people)
    assert len({person["provider"] for person in people}) == 5
    assert len({person["zoneinfo"] for person in people}) == 14
    assert {person["zoneinfo"] for person in people} <= time_zones.names()
    assert len({person["locale"] for person in people}) == 14
    assert any(not person["name"].isascii() for person in people)
    assert all(
        person.keys() == {"email", "name", "zoneinfo", "locale", "provider"} for person in people
    )

    (tmp_path / "many.yaml").write_text(result.stdout, "utf-8")
    scenario = tmp_path / "scenario.yaml"
    first = people[0]["email"]
    scenario.write_text(
        f"include: [./many.yaml]\npeople: [{{email: {first}, consent: {{authorize: deny}}}}]\n",
        "utf-8",
    )
    checked = run("scenarios", "check", str(tmp_path / "many.yaml"), str(scenario))
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert checked.stdout == (
        f"{tmp_path}/many.yaml: fine (applications: 1, people: 40, connected: 0)\n"
        f"{scenario}: fine (applications: 1, people: 40, connected: 0)\n"
    )


def test_generate_events(tmp_path: Path) -> None:
    """Events are made up when the fixture is loaded."""
    result = run("fixtures", "generate", "--people", "2", "--events", "3")
    assert [p["generate"] for p in yaml.safe_load(result.stdout)["people"]] == [{"events": 3}] * 2
    path = tmp_path / "people.yaml"
    path.write_text(result.stdout, "utf-8")
    assert run("scenarios", "check", str(path)).exit_code == 0


def test_generate_the_same() -> None:
    """The same seed makes the same bytes, another seed other people, more people the same
    first ones."""
    words = ("fixtures", "generate", "--people")
    one = run(*words, "30", "--seed", "5").stdout
    assert run(*words, "30", "--seed", "5").stdout == one
    assert run(*words, "30", "--seed", "6").stdout != one
    assert run(*words, "31", "--seed", "5").stdout.startswith(one)


@pytest.mark.parametrize(
    "words",
    [
        ("--people", "0"),
        ("--people", "10001"),
        ("--people", "x"),
        (),
        ("--people", "1", "--seed", "-1"),
        ("--people", "1", "--events", "10001"),
        ("--people", "1", "--domain", "a b"),
        ("--people", "1", "--domain", ""),
    ],
)
def test_generate_what_cannot_be(words: tuple[str, ...]) -> None:
    result = run("fixtures", "generate", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Error: " in result.stderr


def test_a_real_process(tmp_path: Path) -> None:
    """As a user runs it, in a plain environment: bytes in UTF-8, exit codes 0 and 2, no
    traceback."""

    def process(*words: str) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
        command = [sys.executable, "-m", "mock_server", *words]
        return subprocess.run(
            command, capture_output=True, timeout=60, check=False, cwd=tmp_path, env=environment
        )

    made = process("fixtures", "generate", "--people", "20", "--seed", "7")
    assert (made.returncode, made.stderr) == (0, b"")
    expected = run("fixtures", "generate", "--people", "20", "--seed", "7").stdout_bytes
    assert made.stdout == expected
    (tmp_path / "people.yaml").write_bytes(made.stdout)
    fine = process("scenarios", "check", "people.yaml")
    assert (fine.returncode, fine.stderr) == (0, b"")
    (tmp_path / "wrong.yaml").write_text("peeple: []\n", "utf-8")
    wrong = process("scenarios", "check", "wrong.yaml")
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.startswith(b"wrong.yaml:1: peeple: found the key 'peeple'")
    assert b"Traceback" not in wrong.stderr

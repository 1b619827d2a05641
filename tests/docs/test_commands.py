"""Commands of the pages: they run, or at least they are what the program understands."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.settings import ENVIRONMENT_PREFIX, setting_fields
from tests.docs.pages import EXAMPLES, PAGES, ROOT, SCRIPTS, all_commands, commands, is_tried, read

OWN = all_commands("mock-cronofy")
PYTEST = all_commands("pytest")
MAKE = all_commands("make")

# What begins an example of a command, and where it is tried.
PROGRAMS = {
    "mock-cronofy": "here",
    "pytest": "here",
    "make": "here",
    "curl": "tests/docs/test_requests.py",
    "export": "tests/docs/test_meetings.py, but for conformance, which has a test of its own",
    "uvicorn": "tests/docs/test_meetings.py",
    "pip": "tests/server/test_distribution.py installs the wheel",
}

# Options of other programs that the pages name.
OTHERS = {"--factory"}

# They end by themselves, and need no server.
RUNNING = ("scenarios", "fixtures")


def test_every_command_belongs_to_a_program_that_is_tried() -> None:
    assert {words[0] for one in SCRIPTS for words in commands(one.text)} == PROGRAMS.keys()
    assert len(SCRIPTS) > 10


def command(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that the first words name, and the rest of them."""
    found: click.Command = main
    while isinstance(found, click.Group):
        assert words[0] in found.commands, words
        found, words = found.commands[words[0]], words[1:]
    return found, words


@pytest.mark.parametrize("name", OWN)
def test_a_command_is_understood(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its options and arguments are such as it takes; what ends by itself runs."""
    monkeypatch.chdir(tmp_path)
    for file in ("my-scenario.yaml", "my-fixture.yaml"):
        Path(file).write_text("people:\n  - email: jane@acme.test\n", "utf-8")
    found, rest = command(OWN[name])
    assert found.make_context(found.name, list(rest)).args == []
    if OWN[name][0] in RUNNING:
        result = CliRunner().invoke(main, OWN[name], catch_exceptions=False)
        assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("name", PYTEST)
def test_pytest_runs_so(name: str, tmp_path: Path) -> None:
    """Folders of the repository are collected; elsewhere a test is run, and what is asked for is
    written.
    """
    words = PYTEST[name]
    own = any((ROOT / word).is_dir() for word in words)
    if not own:
        (tmp_path / "test_it.py").write_text("def test_it(cronofy):\n    cronofy.connect()\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    run = subprocess.run(
        [*command, "--collect-only", "-q"] if own else command,
        cwd=ROOT if own else tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    files = [tmp_path / word for word in words if word.endswith(".xml")]
    assert own or [file.exists() for file in files] == [True]


@pytest.mark.parametrize("name", MAKE)
def test_make_has_the_target(name: str) -> None:
    makefile = read("Makefile")
    for target in MAKE[name]:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_targets_that_are_named_exist() -> None:
    makefile = read("Makefile")
    for page in PAGES:
        for target in re.findall(r"`make ([a-z-]+)", read(page)):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), (page, target)


def options(found: click.Command) -> set[str]:
    """Those of a command, and of all below it."""
    own = {name for option in found.params for name in (*option.opts, *option.secondary_opts)}
    below = found.commands.values() if isinstance(found, click.Group) else ()
    return own.union({"--help"}, *map(options, below))


@pytest.mark.parametrize("page", PAGES)
def test_options_that_are_named_exist(page: str, pytestconfig: pytest.Config) -> None:
    """Of mock-cronofy, of its pytest plugin, or of the programs that are known here."""
    known = options(main) | OTHERS
    text = read(page)
    for one in EXAMPLES:
        if one.language == "sh" and not is_tried(one.text):
            text = text.replace(one.text, "")
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", text))
    assert {name for name in named - known if not _of_pytest(pytestconfig, name)} == set()


def _of_pytest(config: pytest.Config, option: str) -> bool:
    missing = object()
    return option.startswith("--cronofy") and config.getoption(option, missing) is not missing


@pytest.mark.parametrize("page", PAGES)
def test_variables_and_ini_options_that_are_named_exist(
    page: str, pytestconfig: pytest.Config
) -> None:
    settings = {f"{ENVIRONMENT_PREFIX}{setting.name.upper()}" for setting in setting_fields()}
    named = set(re.findall(rf"\b{ENVIRONMENT_PREFIX}[A-Z_]*[A-Z]", read(page)))
    assert named <= settings | {"MOCK_CRONOFY_URL"}
    for name in re.findall(r"`(\w+)` in the ini file", read(page)):
        pytestconfig.getini(name)  # which refuses those that nobody has declared

"""The examples of docs/testing.md run as they stand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from mock_server.cli import main

GUIDE = (Path(__file__).parents[2] / "docs/testing.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


def test_the_examples_of_the_guide_pass(tmp_path: Path) -> None:
    """Each is a module of tests; all of them run in one go, as a user runs theirs."""
    for number, example in enumerate(EXAMPLES, 1):
        (tmp_path / f"test_example_{number}.py").write_text(example, "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run(
        [*command, str(tmp_path)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    count = sum(len(re.findall(r"^ *def test_", example, re.MULTILINE)) for example in EXAMPLES)
    assert run.returncode == 0, run.stdout + run.stderr
    assert int(re.findall(r"(\d+) passed", run.stdout)[-1]) >= count >= len(EXAMPLES)


def test_the_table_of_contents_is_that_of_the_guide() -> None:
    headings = re.findall(r"^## (.*)$", GUIDE, re.MULTILINE)
    contents = re.findall(r"^- \[(.*)\]\(#(.*)\)$", GUIDE, re.MULTILINE)
    slugs = [re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert contents == list(zip(headings, slugs, strict=True))


def test_the_commands_of_the_guide_have_the_options_that_it_names() -> None:
    commands = re.findall(r"^mock-cronofy (.*(?:\\\n.*)*)", GUIDE, re.MULTILINE)
    assert commands
    for words in (command.replace("\\\n", " ").split() for command in commands):
        command = main
        while words and not words[0].startswith("-"):
            command = command.commands[words.pop(0)]  # type: ignore[attr-defined, assignment]
        known = {name for option in command.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= known

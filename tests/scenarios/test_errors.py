"""What is said about a file that is wrong: everything at once, each problem with file, line,
place, what was found and what was expected."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mock_server.scenarios.files import find_scenario, read_scenario, scenario_names
from mock_server.scenarios.load import open_sandbox
from mock_server.scenarios.problems import Invalid
from mock_server.world.sandboxes import Sandboxes
from tests.scenarios.wrong import WRONG

Said = Callable[..., list[str]]


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Said:
    """Writes ``wrong.yaml`` (and other files) and gives what is said about it, line by line."""
    monkeypatch.chdir(tmp_path)

    def say(content: str | bytes, **others: str) -> list[str]:
        for name, text in others.items():
            Path(f"{name}.yaml").write_text(text, "utf-8")
        written = content if isinstance(content, bytes) else content.encode()
        Path("wrong.yaml").write_bytes(written)
        return what_is_wrong_with("wrong.yaml")

    return say


def what_is_wrong_with(name: str) -> list[str]:
    sandboxes = Sandboxes()
    with pytest.raises(Invalid) as caught:
        open_sandbox(sandboxes, read_scenario(find_scenario(name)))
    assert len(sandboxes) == 0
    assert not any(vars_of(sandboxes))
    return str(caught.value).splitlines()


def vars_of(sandboxes: Sandboxes) -> list[object]:
    """Every namespace of the directory: no credential may be left behind."""
    directory = sandboxes.directory
    return [getattr(directory, name) for name in ("client_id", "bearer", "refresh_token", "page")]


@pytest.mark.parametrize(("content", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file(said: Said, content: str, expected: list[str]) -> None:
    """Every problem is told at once, in the order of the file."""
    assert said(content) == [f"wrong.yaml:{line}" for line in expected]


def test_a_file_that_is_not_utf_8(said: Said) -> None:
    found = "found bytes that are not UTF-8, expected UTF-8 text"
    assert said("name: Zoë\n".encode("latin-1")) == [f"wrong.yaml:1: the document: {found}"]
    assert said("seed: 1\n".encode("utf-16")) == [f"wrong.yaml:1: the document: {found}"]


def test_a_huge_file(said: Said) -> None:
    content = b"# " + b"x" * 4 * 1024 * 1024
    expected = "found more than 4194304 bytes, expected a smaller file"
    assert said(content) == [f"wrong.yaml: the document: {expected}"]


def test_more_problems_than_anybody_reads(said: Said) -> None:
    """A hundred problems are told, and how many more there are."""
    lines = said("people:\n" + "  - {email: jane}\n" * 250)
    assert len(lines) == 101
    assert lines[-1] == "wrong.yaml:1: the document: found 150 more problems, expected none"


def test_a_wrong_fixture(said: Said) -> None:
    """A problem in an included fixture names the fixture's file; the scenario's own problems
    are told with it."""
    people = "clock: 2026-05-11T08:00:00Z\npeople:\n  - email: jane\n"
    lines = said("seed: x\ninclude: [./people.yaml]\n", people=people)
    assert lines == [
        "wrong.yaml:1: seed: found 'x', expected a whole number",
        "people.yaml:1: clock: found the key 'clock', expected no clock in a fixture, only in a "
        "scenario",
        "people.yaml:3: people[0].email: found 'jane', expected an e-mail address, such as "
        "jane@acme.test",
    ]


def test_entries_twice_in_a_fixture(said: Said) -> None:
    """The same person twice is wrong within one file, and is told of that file."""
    people = "people:\n  - email: jane@acme.test\n  - email: jane@acme.test\n"
    assert said("include: [./people.yaml]\n", people=people) == [
        "people.yaml:3: people[1].email: found 'jane@acme.test' a second time, expected it once"
    ]


def test_a_broken_fixture(said: Said) -> None:
    lines = said("include: [./people.yaml]\n", people="people: [\n")
    assert lines == [
        "people.yaml:2: people: found broken YAML (did not find expected node content), expected "
        "valid YAML"
    ]


def test_files_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory, a broken link, a pipe, and nothing at all."""
    monkeypatch.chdir(tmp_path)
    Path("folder.yaml").mkdir()
    Path("link.yaml").symlink_to("nowhere.yaml")
    os.mkfifo("pipe.yaml")
    for name, found in {
        "folder.yaml": "a directory",
        "./folder.yaml/../folder.yaml/": "a directory",
        "link.yaml": "a link to a file that is not there",
        "pipe.yaml": "something that is not a file",
        "missing.yaml": "no file",
        "folder.yaml/missing": "no file",
        "a\0b.yaml": "a file that cannot be read (embedded null byte)",
        f"{'x' * 300}.yaml": "a file that cannot be read (File name too long)",
    }.items():
        (line,) = what_is_wrong_with(name)
        assert line == f"{Path(name)}: the document: found {found}, expected a file"


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("secret.yaml").write_text("seed: 1\n", "utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert what_is_wrong_with("secret.yaml") == [
        "secret.yaml: the document: found a file that cannot be read (Permission denied), "
        "expected a file"
    ]


def test_an_unknown_name() -> None:
    """The first twenty names are listed, and the one that was meant."""
    names = scenario_names()
    listed = f"{', '.join(names[:20])} and {len(names) - 20} more"
    assert what_is_wrong_with("free-busy-gogle") == [
        f"scenario: found 'free-busy-gogle', expected one of {listed} (did you mean "
        "free-busy-google?); or a path that ends in .yaml"
    ]

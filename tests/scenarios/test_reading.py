"""Which YAML is understood, and as what."""

from __future__ import annotations

from pathlib import Path

import pytest

from mock_server.scenarios import reading


def read(folder: Path, text: str) -> object:
    path = folder / "document.yaml"
    path.write_text(text, "utf-8")
    return reading.read(path)


VALUES = {
    "1": 1,
    "-12": -12,
    "0123": 123,
    "1.5": 1.5,
    "1e3": 1000.0,
    "true": True,
    "False": False,
    "null": None,
    "~": None,
    "": None,
    "text": "text",
    "'1'": "1",
    '"true"': "true",
    "!!str 1": "1",
    "! 1": "1",
    # What YAML 1.1 reads as something else is text.
    "no": "no",
    "on": "on",
    "08:00:00": "08:00:00",
    "2026-05-11": "2026-05-11",
    "2026-05-11T08:00:00Z": "2026-05-11T08:00:00Z",
    "0x10": "0x10",
    "1_000": "1_000",
    ".inf": ".inf",
    "1" * 40: "1" * 40,
    "1.2.3": "1.2.3",
    "[1, [], {}]": [1, [], {}],
    "{1: a, true: b, null: c}": {"1": "a", "true": "b", "null": "c"},
    "|\n  two\n  lines": "two\nlines",
    "Ünïcödé 日本語": "Ünïcödé 日本語",
}


@pytest.mark.parametrize("text", VALUES)
def test_values(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, f"key: {text}") == {"key": VALUES[text]}


def test_aliases(tmp_path: Path) -> None:
    """What an anchor marks can stand in several places."""
    text = "first: &jane {email: jane@acme.test}\nsecond: [*jane, *jane]\n"
    jane = {"email": "jane@acme.test"}
    assert read(tmp_path, text) == {"first": jane, "second": [jane, jane]}


def test_json(tmp_path: Path) -> None:
    """JSON is YAML, indented with tabs as well."""
    text = '{\n\t"seed": 1,\n\t"people": [\n\t\t{"name": "\\u65e5"}\n\t]\n}\n'
    assert read(tmp_path, text) == {"seed": 1, "people": [{"name": "日"}]}


def test_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    """As editors on Windows write them."""
    path = tmp_path / "document.yaml"
    path.write_bytes(b"\xef\xbb\xbfseed: 1\r\nname: x\r\n")
    assert reading.read(path) == {"seed": 1, "name": "x"}


def test_lines(tmp_path: Path) -> None:
    """Every place has the line of its key, or of its value in a list."""
    path = tmp_path / "document.yaml"
    path.write_text("seed: 1\npeople:\n  - email: a\n    name:\n      b\n  - {email: c}\n", "utf-8")
    assert reading.lines(path) == {
        "the document": 1,
        "seed": 1,
        "people": 2,
        "people[0]": 3,
        "people[0].email": 3,
        "people[0].name": 4,
        "people[1]": 6,
        "people[1].email": 6,
    }


def test_lines_of_a_broken_file(tmp_path: Path) -> None:
    """As far as it can be read."""
    path = tmp_path / "document.yaml"
    path.write_text("seed: 1\npeople: [\n", "utf-8")
    assert reading.lines(path) == {"the document": 1, "seed": 1, "people": 2}

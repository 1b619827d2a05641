"""Reading YAML (and with it JSON) from a file, with bounds on what a file may do.

What is understood is YAML 1.2's plain core: mappings, lists, text, numbers, ``true``,
``false`` and ``null``. Times stay text, ``no`` is Norwegian, and nothing is executed.
The parser's events are read here rather than its trees, which are built without a
bound on nesting or on what aliases unfold to.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from mock_server.scenarios.problems import (
    MOST_PROBLEMS,
    THE_DOCUMENT,
    Invalid,
    Problem,
    place,
    shown,
)

# Ten thousand generated people take about a third of each.
LARGEST = 4 * 1024 * 1024
MOST_VALUES = 500_000
DEEPEST = 32

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}

_TEXT_TAG = "tag:yaml.org,2002:str"


def read(path: Path) -> object:
    """What the file says; raises Invalid, naming file and line."""
    return _Reader(text(path), str(path)).document()


def lines(path: Path) -> dict[str, int]:
    """The line of every place in the file, as far as it can be read.

    Only problems need them, so they are not kept on every reading.
    """
    found: dict[str, int] = {}
    with suppress(Invalid):
        _Reader(text(path), str(path), found).document()
    return found


def text(path: Path) -> str:
    """The file's text; raises Invalid where it has none."""
    file = str(path)

    def invalid(found: str, expected: str, line: int | None = None) -> Invalid:
        return Invalid([Problem(THE_DOCUMENT, found, expected, file, line)])

    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            found = "a directory" if stat.S_ISDIR(mode) else "something that is not a file"
            raise invalid(found, "a file")
        with path.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except FileNotFoundError:
        found = "a link to a file that is not there" if path.is_symlink() else "no file"
        raise invalid(found, "a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise invalid(f"a file that cannot be read ({reason})", "a file") from None
    if len(content) > LARGEST:
        raise invalid(f"more than {LARGEST} bytes", "a smaller file")
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise invalid("bytes that are not UTF-8", "UTF-8 text", line) from None
    if "\0" in decoded:
        line = decoded[: decoded.index("\0")].count("\n") + 1
        raise invalid("a NUL character", "text without one", line)
    return decoded


class _Reader:
    """One document, from the parser's events. ``lines``, if given, takes every place."""

    def __init__(self, text: str, file: str, lines: dict[str, int] | None = None) -> None:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._text = text
        self._file = file
        self._lines = lines
        self._next: Callable[[], Any] = loader(text).get_event
        self._path: list[str | int] = []
        self._values = 0
        # What an anchor stands for, and how many values that is.
        self._anchors: dict[str, tuple[object, int]] = {}
        self._problems: list[Problem] = []

    def document(self) -> object:
        try:
            document = self._document()
        except yaml.YAMLError as error:
            raise self._broken(error) from None
        if self._problems:
            raise Invalid(self._problems)
        return document

    def _document(self) -> object:
        self._next()  # the stream's start
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        document = self._value(self._next())
        self._next()  # the document's end
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._invalid(event, "a second document", "one document")
        return document

    def _broken(self, error: yaml.YAMLError) -> Invalid:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        if "'\\t'" in str(reason) or (mark and self._indented_with_tab(mark.line)):
            return self._at(line, "a tab", "spaces: YAML is not indented with tabs")
        if mark is None and hasattr(error, "position"):
            line = self._text[: error.position].count("\n") + 1
        return self._at(line, f"broken YAML ({reason})", "valid YAML")

    def _indented_with_tab(self, line: int) -> bool:
        lines = self._text.split("\n", line + 1)
        return len(lines) > line and lines[line].lstrip(" ").startswith("\t")

    def _invalid(self, event: Any, found: str, expected: str) -> Invalid:
        return self._at(event.start_mark.line + 1, found, expected)

    def _at(self, line: int | None, found: str, expected: str) -> Invalid:
        problem = Problem(place(self._path), found, expected, self._file, line)
        return Invalid([*self._problems, problem])

    def _value(self, event: Any) -> object:
        if self._lines is not None:
            self._lines.setdefault(place(self._path), event.start_mark.line + 1)
        before = self._values
        self._values += 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        elif len(self._path) >= DEEPEST:
            del self._path[1:]  # where it begins says more
            raise self._invalid(event, f"more than {DEEPEST} levels", "fewer levels")
        elif isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(event)
        else:
            value = self._list(event)
        if event.anchor:
            self._anchors[event.anchor] = value, self._values - before
        if self._values > MOST_VALUES:
            raise self._invalid(event, f"more than {MOST_VALUES} values", "fewer values")
        return value

    def _alias(self, event: Any) -> object:
        if event.anchor not in self._anchors:
            raise self._invalid(event, f"*{event.anchor}", "an anchor that is further up")
        value, size = self._anchors[event.anchor]
        self._values += size
        if self._values > MOST_VALUES:
            raise self._invalid(event, "aliases that unfold without end", "fewer of them")
        return value

    def _scalar(self, event: Any) -> object:
        text: str = event.value
        if "\0" in text:
            raise self._invalid(event, "a NUL character", "text without one")
        if event.tag is not None and event.tag not in {_TEXT_TAG, "!"}:
            raise self._invalid(event, f"the tag {event.tag}", "plain YAML, without tags")
        if event.tag is not None or not event.implicit[0]:
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if _INTEGER.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _list(self, start: Any) -> list[object]:
        self._plain(start)
        values: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            self._path.append(len(values))
            values.append(self._value(event))
            self._path.pop()
        return values

    def _mapping(self, start: Any) -> dict[str, object]:
        self._plain(start)
        values: dict[str, object] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            if not isinstance(event, yaml.ScalarEvent):
                raise self._at(line, "a key that is not text", "text")
            key: str = event.value
            self._path.append(key)
            if self._lines is not None:
                self._lines.setdefault(place(self._path), line)
            if key in values:
                found = f"the key {shown(key)} a second time"
                where = place(self._path)
                self._problems.append(Problem(where, found, "it once", self._file, line))
                if len(self._problems) == MOST_PROBLEMS:
                    raise Invalid(self._problems)
            values[key] = self._value(self._next())
            self._path.pop()
        return values

    def _plain(self, event: Any) -> None:
        if event.tag is not None:
            raise self._invalid(event, f"the tag {event.tag}", "plain YAML, without tags")

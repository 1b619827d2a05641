"""The pages for readers, and the examples that stand in them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
    "examples/README.md",
    *(f"examples/{path.parent.name}/README.md" for path in (ROOT / "examples").glob("*/README.md")),
]


class Example(NamedTuple):
    page: str
    language: str
    text: str


def read(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


EXAMPLES = [
    Example(page, language, text)
    for page in PAGES
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```", read(page), re.DOTALL | re.MULTILINE)
]


def examples(page: str, language: str) -> list[str]:
    return [one.text for one in EXAMPLES if (one.page, one.language) == (page, language)]


def commands(script: str) -> list[list[str]]:
    """The words of each command of a shell script, its variables put in."""
    found: list[list[str]] = []
    variables: dict[str, str] = {}
    unfinished = ""
    for line in script.splitlines():
        unfinished += line.removesuffix("\\") + (" " if line.endswith("\\") else "\n")
        if line.endswith("\\"):
            continue
        try:
            words = shlex.split(unfinished, comments=True)
        except ValueError:
            continue  # A quotation goes on in the next line.
        unfinished = ""
        for name, value in variables.items():
            words = [word.replace(f"${name}", value) for word in words]
        if words and all(re.match(r"[a-zA-Z_]\w*=", word) for word in words):
            variables.update(word.partition("=")[::2] for word in words)
        elif words:
            found.append(words)
    assert not unfinished, f"no end of {unfinished!r}"
    return found


# Programs whose scripts are tried nowhere, whatever else is in them.
LEFT_OUT = {"docker": "a container cannot be built wherever the suite runs"}


def is_tried(script: str) -> bool:
    return not any(words[0] in LEFT_OUT for words in commands(script))


SCRIPTS = [one for one in EXAMPLES if one.language == "sh" and is_tried(one.text)]


def all_commands(program: str) -> dict[str, list[str]]:
    """The commands of that name on all pages, without it, by what they are."""
    return {
        f"{one.page}: {shlex.join(words)}": words[1:]
        for one in SCRIPTS
        for words in commands(one.text)
        if words[0] == program
    }

"""The contract report of a test run: as a file, in the terminal, and as the run's outcome."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mock_server.testing import MockCronofy
    from mock_server.testing.records import Document

LEVELS = ("note", "warning", "error")


class Report(NamedTuple):
    """``text`` is for the terminal; ``failed`` where something of a level that counts was
    found.
    """

    text: str
    failed: bool


def write(client: MockCronofy, file: Path) -> None:
    """The whole report: JUnit's format for a name that ends in .xml, else JSON."""
    if file.suffix == ".xml":
        text = client.contract_as_junit()
    else:
        text = json.dumps(client.contract(), indent=2, ensure_ascii=False) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def summarized(document: Document, fail_on: str | None) -> Report:
    """What was found, most serious first."""
    findings = sorted(document["findings"], key=lambda f: -LEVELS.index(f["level"]))
    lines = [_line(finding) for finding in findings]
    called = [line for line in document["coverage"] if line["calls"]]
    calls = sum(line["calls"] for line in called)
    of = len(document["coverage"])
    lines.append(f"{calls} calls of {len(called)} operations, of {of} that there are")
    counts = {level: sum(f["level"] == level for f in findings) for level in reversed(LEVELS)}
    lines.append(", ".join(f"{level}s: {count}" for level, count in counts.items()))
    serious = LEVELS[LEVELS.index(fail_on) :] if fail_on else ()
    failed = any(counts[level] for level in serious)
    if failed:
        lines.append(f"failed, because of --cronofy-fail-on {fail_on}")
    return Report("\n".join(lines), failed)


def _line(finding: Document) -> str:
    times = f" ({finding['count']} times)" if finding["count"] > 1 else ""
    return f"{finding['level']} {finding['operation']}: {finding['text']}{times}"

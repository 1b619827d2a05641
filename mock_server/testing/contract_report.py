"""The contract report of a test run: in the terminal, as a file, and as the run's outcome."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from mock_server.commands import contract_check
from mock_server.commands.contract_check import Report


def fetch(url: str) -> Report:
    """What was called at ``url`` by now. Raises CannotAsk."""
    return contract_check.read(contract_check.fetch(url, None))


def before(url: str) -> Report | None:
    """What was called before the run begins; None for an emulator that is yet to start."""
    try:
        return fetch(url)
    except contract_check.CannotAsk:
        return None


def report(
    url: str, earlier: Report | None, file: Path | None, fail_on: str | None
) -> tuple[str, bool]:
    """What the tests called at ``url``, for the terminal, and whether the run passes.

    What was called ``earlier`` does not count. Written to ``file`` as well: in JUnit's format if
    its name ends in .xml, else as JSON. An emulator that cannot be asked, or a file that cannot
    be written, is no pass.
    """
    try:
        found = fetch(url)
        uncounted = 0
        if earlier is not None and _has_grown(earlier, found):
            found = since(earlier, found)
            uncounted = earlier["summary"]["calls"]
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(_written(found, file))
    except (contract_check.CannotAsk, OSError) as error:
        return str(error), False
    text, passes = contract_check.text(found), contract_check.passes(found, fail_on or "never")
    if uncounted:
        text += f"\nnot counted: {uncounted} calls from before this run\n"
    if not passes:
        text += f"\nfailed, as --cronofy-fail-on {fail_on} wants it\n"
    return text, passes


def since(earlier: Report, now: Report) -> Report:
    """What the report ``now`` has beyond that of ``earlier``."""
    known = _counts(earlier)
    findings = [
        {**found, "count": count}
        for found in now["findings"]
        if (count := found["count"] - known[_finding(found)]) > 0
    ]
    levels = Counter(f"{found['level']}s" for found in findings)
    summary = {
        name: count - earlier["summary"][name] if name in ("calls", "more") else levels[name]
        for name, count in now["summary"].items()
    }
    return {
        **now,
        "summary": summary,
        "findings": findings,
        "coverage": [
            {
                **covered,
                "calls": covered["calls"] - known[covered["operation"]],
                "statuses": {
                    status: added
                    for status, count in covered["statuses"].items()
                    if (added := count - known[covered["operation"], status])
                },
            }
            for covered in now["coverage"]
        ],
        "unbuilt": [
            {**unbuilt, "calls": unbuilt["calls"] - known[unbuilt["operation"]]}
            for unbuilt in now["unbuilt"]
        ],
    }


def _has_grown(earlier: Report, now: Report) -> bool:
    """Whether all of ``earlier`` is part of it still: nobody has had it forgotten meanwhile."""
    return _counts(earlier) <= _counts(now)


def _counts(report: Report) -> Counter[Any]:
    """Every number of it, by what it counts."""
    counts: Counter[Any] = Counter()
    for found in report["findings"]:
        counts[_finding(found)] = found["count"]
    for called in (*report["coverage"], *report["unbuilt"]):
        counts[called["operation"]] = called["calls"]
        for status, count in called.get("statuses", {}).items():
            counts[called["operation"], status] = count
    # Beside what is counted by operation.
    counts["calls"], counts["more"] = report["summary"]["calls"], report["summary"]["more"]
    return counts


def _finding(found: Report) -> tuple[str | None, str, str]:
    return found["operation"], found["code"], found["text"]


def _written(found: Report, file: Path) -> bytes:
    if file.suffix != ".xml":
        return json.dumps(found, indent=2, ensure_ascii=False).encode() + b"\n"
    from mock_server.contract_junit import contract_junit

    return contract_junit(found)

"""What a run has found, for people (text), programs (JSON) and CI servers (JUnit XML)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from mock_server.conformance.checks import Check, Difference, Outcome
from mock_server.junit import Case, Failure, Suite, junit_xml

_DOCS = "https://docs.cronofy.com/developers"

_MARKS = {"passed": "ok  ", "failed": "FAIL", "skipped": "skip"}
_TITLES = {
    "difference": "differs",
    "assumption": "differs from an assumption",
    "note": "note",
}


def _counts(outcomes: Iterable[Outcome]) -> dict[str, int]:
    outcomes = list(outcomes)
    results = Counter(outcome.result for outcome in outcomes)
    levels = Counter(found.level for outcome in outcomes for found in outcome.differences)
    return {
        "checks": len(outcomes),
        "passed": results["passed"],
        "failed": results["failed"],
        "skipped": results["skipped"],
        "assumptions": levels["assumption"],
        "notes": levels["note"],
        "requests": sum(outcome.requests for outcome in outcomes),
    }


def text(base_url: str, outcomes: Sequence[Outcome]) -> str:
    """By section; of each check that failed what was asked, expected and found, and where from."""
    lines = [f"Conformance of {base_url}"]
    for section, checks in groupby(outcomes, lambda outcome: outcome.check.section):
        lines += ["", section]
        for outcome in checks:
            why = f" ({outcome.skipped})" if outcome.skipped is not None else ""
            lines.append(f"  {_MARKS[outcome.result]}  {outcome.check.name}{why}")
            for found in outcome.differences:
                lines += _difference(found)
            if outcome.result == "failed":
                lines += _source(outcome.check)
    counts = _counts(outcomes)
    lines += [
        "",
        f"{counts['checks']} checks: {counts['passed']} passed, {counts['failed']} failed, "
        f"{counts['skipped']} skipped; {counts['assumptions']} differences from assumptions, "
        f"{counts['notes']} notes; {counts['requests']} requests",
    ]
    return "\n".join(lines) + "\n"


def _difference(found: Difference) -> list[str]:
    place = f", {found.at}" if found.at else ""
    return [
        f"        {_TITLES[found.level]}: {found.request}{place}",
        f"          expected: {found.expected}",
        f"          found:    {found.found}",
    ]


def _source(check: Check) -> list[str]:
    return [
        f"        checked:  {check.sends}",
        f"        right is: {check.expects}",
        f"        source:   {check.source}; {_DOCS}/{check.docs}",
    ]


def document(base_url: str, outcomes: Sequence[Outcome]) -> str:
    """``{base_url, summary, checks: [{name, result, differences: […], …}]}``."""
    found = {
        "base_url": base_url,
        "summary": _counts(outcomes),
        "checks": [
            {
                **_described(outcome.check),
                "result": outcome.result,
                "skipped": outcome.skipped,
                "requests": outcome.requests,
                "differences": [
                    {
                        "level": difference.level,
                        "request": difference.request,
                        "at": difference.at,
                        "expected": difference.expected,
                        "found": difference.found,
                    }
                    for difference in outcome.differences
                ],
            }
            for outcome in outcomes
        ],
    }
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def _described(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "section": check.section,
        "sends": check.sends,
        "expects": check.expects,
        "source": check.source,
        "docs": f"{_DOCS}/{check.docs}",
        "writes": check.writes,
    }


def junit(base_url: str, outcomes: Sequence[Outcome]) -> str:
    """A test suite for each section; what is only assumed or noted is a case's output."""
    suites = [
        Suite(section, [_case(outcome) for outcome in listed])
        for section, listed in groupby(outcomes, lambda outcome: outcome.check.section)
    ]
    return junit_xml(f"Conformance of {base_url}", suites).decode()


def _case(outcome: Outcome) -> Case:
    check = outcome.check
    case = Case(check.section, check.name)
    lines = [line.strip() for found in outcome.differences for line in _difference(found)]
    if outcome.result == "failed":
        first = next(found for found in outcome.differences if found.level == "difference")
        message = f"{first.request}: expected {first.expected}, found {first.found}"
        lines += [line.strip() for line in _source(check)]
        return case._replace(failure=Failure(message, "\n".join(lines)))
    return case._replace(skipped=outcome.skipped, output="\n".join(lines))


def listing(checks: Iterable[Check]) -> str:
    """Every check with what it sends and expects, and where that comes from."""
    lines: list[str] = []
    for section, listed in groupby(checks, lambda check: check.section):
        lines += ["", section] if lines else [section]
        for check in listed:
            lines += [
                f"  {check.name}{' (with --writes)' if check.writes else ''}",
                f"      sends    {check.sends}",
                f"      expects  {check.expects}",
                f"      source   {check.source}; {_DOCS}/{check.docs}",
            ]
    return "\n".join(lines) + "\n"

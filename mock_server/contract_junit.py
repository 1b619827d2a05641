"""The contract report as JUnit XML: what the server answers, and what a run of tests writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.junit import Case, Failure, Suite, junit_xml


def contract_junit(report: Mapping[str, Any]) -> bytes:
    """A test case for each operation that was called, and one for each finding.

    Errors and warnings are failures of their level's kind; notes pass, with their text as output.
    """
    cases = []
    for covered in report["coverage"]:
        if covered["calls"]:
            statuses = ", ".join(f"{n} × {status}" for status, n in covered["statuses"].items())
            output = f"{covered['title']}: {statuses}"
            cases.append(Case(covered["operation"], "called", output=output))
    for found in report["findings"]:
        case = Case(found["operation"] or "no endpoint", f"{found['code']}: {found['text']}")
        details = _details(found)
        if found["level"] == "note":
            cases.append(case._replace(output=details))
        else:
            failure = Failure(found["text"], details, found["level"])
            cases.append(case._replace(failure=failure))
    name = f"Cronofy contract: {report['sandbox_id'] or 'the whole server'}"
    return junit_xml(name, [Suite(name, cases)])


def _details(found: Mapping[str, Any]) -> str:
    times = "once" if found["count"] == 1 else f"{found['count']} times"
    details = f"{found['level']}: {found['title']}, {times}\n{found['text']}"
    return f"{details}\n{found['docs']}" if found["docs"] else details

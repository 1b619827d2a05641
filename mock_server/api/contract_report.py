"""The contract report: what was asked, held against what Cronofy documents.

Made of a ledger and of the declarations of endpoints and pages. The control API, the page
/contract and ``mock-cronofy contract`` all show this one document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from typing_extensions import TypedDict

from mock_server.api.browser import PAGES, Page
from mock_server.api.catalogue import ENDPOINTS, UNBUILT
from mock_server.api.endpoint import Endpoint
from mock_server.world.findings import LEVELS, Calls, Finding, Ledger, Tally

_DOCS = "https://docs.cronofy.com/developers/"
_ASSUMED = "Cronofy's documentation leaves parts of this open: /docs says what is assumed"


class Summary(TypedDict):
    """How many findings there are of each level, and calls; ``more`` counts how often findings
    were met that are not told apart any more, since there are too many.
    """

    errors: int
    warnings: int
    notes: int
    calls: int
    more: int


class Found(TypedDict):
    """One finding of one operation; ``first`` and ``last`` are numbers of journal entries."""

    code: str
    level: str
    title: str
    text: str
    operation: str | None
    count: int
    first: int | None
    last: int | None
    docs: str | None


class Covered(TypedDict):
    """How often an operation was called, by status."""

    operation: str
    title: str
    calls: int
    statuses: dict[str, int]
    fidelity: str


class NotBuilt(TypedDict):
    """A call of Cronofy's that the emulator does not have."""

    operation: str
    title: str
    calls: int


class Report(TypedDict):
    """``sandbox_id`` is None for the whole server."""

    sandbox_id: str | None
    summary: Summary
    findings: list[Found]
    coverage: list[Covered]
    unbuilt: list[NotBuilt]


_DECLARED: dict[str, Endpoint | Page] = {
    **{endpoint.operation: endpoint for endpoint in ENDPOINTS},
    **{page.operation: page for page in PAGES},
}


def report(ledger: Ledger, sandbox_id: str | None = None) -> Report:
    """The report of what ``ledger`` has summed up, what matters most first."""
    numbered = sandbox_id is not None
    findings = [_found(tally, numbered) for tally in (*ledger, *_assumed(ledger))]
    findings.sort(key=lambda found: -LEVELS.index(found["level"]))
    levels = [found["level"] for found in findings]
    return {
        "sandbox_id": sandbox_id,
        "summary": {
            "errors": levels.count("error"),
            "warnings": levels.count("warning"),
            "notes": levels.count("note"),
            "calls": sum(calls.count for calls in ledger.calls.values()),
            "more": ledger.more,
        },
        "findings": findings,
        "coverage": [
            {
                "operation": operation,
                "title": declared.title,
                "calls": _calls(ledger, operation).count,
                "statuses": _statuses(_calls(ledger, operation)),
                "fidelity": declared.fidelity,
            }
            for operation, declared in _DECLARED.items()
        ],
        "unbuilt": [
            {
                "operation": unbuilt.operation,
                "title": unbuilt.title,
                "calls": _calls(ledger, unbuilt.operation).count,
            }
            for unbuilt in UNBUILT
        ],
    }


def of_server(ended: Ledger, living: Iterable[Ledger]) -> Report:
    """The report of everything that a server was asked."""
    whole = Ledger()
    for ledger in (ended, *living):
        whole.merge(ledger)
    return report(whole)


def docs(operation: str | None) -> str | None:
    """The page of Cronofy's documentation about ``operation``."""
    declared = _DECLARED.get(operation or "")
    if declared is None:
        return None
    # Sections of the API reference are declared by their own names.
    reference = declared.docs.startswith(("authorization/", "enterprise-connect/"))
    return f"{_DOCS}{'api/' if reference else ''}{declared.docs}/"


def _found(tally: Tally, numbered: bool) -> Found:
    return {
        "code": tally.finding.code,
        "level": tally.finding.level,
        "title": tally.finding.title,
        "text": tally.finding.text,
        "operation": tally.operation,
        "count": tally.count,
        "first": tally.first if numbered else None,
        "last": tally.last if numbered else None,
        "docs": docs(tally.operation),
    }


def _assumed(ledger: Ledger) -> Iterator[Tally]:
    """One finding for each operation that was called and is assumed in part."""
    for operation, calls in ledger.calls.items():
        declared = _DECLARED.get(operation or "")
        if declared is not None and declared.assumed:
            finding = Finding("assumed", _ASSUMED)
            yield Tally(finding, operation, calls.count, calls.first, calls.last)


def _calls(ledger: Ledger, operation: str) -> Calls:
    return ledger.calls.get(operation) or Calls(0, 0, {})


def _statuses(calls: Calls) -> dict[str, int]:
    return {str(status): count for status, count in sorted(calls.statuses.items())}

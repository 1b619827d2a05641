"""A contract report as JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from mock_server.api.contract_report import Found, Report

# What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> bytes:
    """A test case for each operation that was called, and one for each finding.

    Errors and warnings are failures of their level's type; notes pass, with their text as
    output.
    """
    called = [covered for covered in report["coverage"] if covered["calls"]]
    findings = report["findings"]
    failures = report["summary"]["errors"] + report["summary"]["warnings"]
    counts = {"tests": str(len(called) + len(findings)), "failures": str(failures), "errors": "0"}
    name = f"Cronofy contract: {report['sandbox_id'] or 'the whole server'}"
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": _clean(name), **counts})
    for covered in called:
        statuses = ", ".join(f"{n} × {status}" for status, n in covered["statuses"].items())
        case = _case(suite, covered["operation"], "called")
        ElementTree.SubElement(case, "system-out").text = f"{covered['title']}: {statuses}"
    for found in findings:
        case = _case(suite, found["operation"], f"{found['code']}: {found['text']}")
        if found["level"] == "note":
            ElementTree.SubElement(case, "system-out").text = _clean(_details(found))
        else:
            marks = {"type": found["level"], "message": _clean(found["text"])}
            ElementTree.SubElement(case, "failure", marks).text = _clean(_details(found))
    ElementTree.indent(suites)
    content: bytes = ElementTree.tostring(suites, encoding="utf-8", xml_declaration=True)
    return content


def _case(suite: ElementTree.Element, operation: str | None, name: str) -> ElementTree.Element:
    attributes = {"classname": _clean(operation or "no endpoint"), "name": _clean(name)}
    return ElementTree.SubElement(suite, "testcase", attributes)


def _details(found: Found) -> str:
    times = "once" if found["count"] == 1 else f"{found['count']} times"
    details = f"{found['level']}: {found['title']}, {times}\n{found['text']}"
    return f"{details}\n{found['docs']}" if found["docs"] else details


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)

"""JUnit XML, which continuous integration shows as tests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree

# What XML 1.0 cannot hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Failure(NamedTuple):
    """``message`` is short, ``text`` everything; ``kind`` is what kind of failure it is."""

    message: str
    text: str
    kind: str = ""


class Case(NamedTuple):
    """A test case. ``skipped`` says why; ``output`` is what there is to know of one that passed."""

    group: str
    name: str
    failure: Failure | None = None
    skipped: str | None = None
    output: str = ""


class Suite(NamedTuple):
    name: str
    cases: Sequence[Case]


def junit_xml(name: str, suites: Sequence[Suite]) -> bytes:
    """The document of a whole run."""
    root = ElementTree.Element("testsuites", name=_clean(name))
    _count(root, [case for suite in suites for case in suite.cases])
    for suite in suites:
        element = ElementTree.SubElement(root, "testsuite", name=_clean(suite.name))
        _count(element, suite.cases)
        for case in suite.cases:
            _add(element, case)
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _count(element: ElementTree.Element, cases: Sequence[Case]) -> None:
    element.set("tests", str(len(cases)))
    element.set("failures", str(sum(case.failure is not None for case in cases)))
    element.set("errors", "0")
    element.set("skipped", str(sum(case.skipped is not None for case in cases)))


def _add(suite: ElementTree.Element, case: Case) -> None:
    attributes = {"classname": _clean(case.group), "name": _clean(case.name)}
    element = ElementTree.SubElement(suite, "testcase", attributes)
    if case.failure is not None:
        message, text, kind = map(_clean, case.failure)
        marks = {"message": message, **({"type": kind} if kind else {})}
        ElementTree.SubElement(element, "failure", marks).text = text
    elif case.skipped is not None:
        ElementTree.SubElement(element, "skipped", message=_clean(case.skipped))
    if case.output:
        ElementTree.SubElement(element, "system-out").text = _clean(case.output)


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)

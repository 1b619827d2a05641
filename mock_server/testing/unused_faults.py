"""Faults that were never hit: a test that wanted something to go wrong, where nothing did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_server.testing import Sandbox
    from mock_server.testing.terms import Document

# What may become of a test that has some.
CHOICES = ("fail", "warn", "ignore")


def unused_faults(sandbox: Sandbox) -> str | None:
    """A line for each; None where there is none, or the sandbox is gone already."""
    from mock_server.testing.errors import ControlError

    try:
        faults = sandbox.faults.list()
    except ControlError:
        return None
    lines = [_line(fault.document) for fault in faults if not fault.document["hits"]]
    if not lines:
        return None
    return "\n".join(["what was to go wrong did not, as no call met these faults:", *lines])


def _line(document: Document) -> str:
    written = {
        key: value
        for key, value in document.items()
        if key not in {"fault_id", "matched", "hits", "held"} and value not in (None, {}, [])
    }
    match = document["match"]
    if "credential" in match:
        written["match"] = {**match, "credential": f"{match['credential'][:6]}…"}
    text = f"  {document['fault_id']}: {json.dumps(written, ensure_ascii=False)}"
    matched = document["matched"]
    return f"{text} ({matched} calls let through)" if matched else text

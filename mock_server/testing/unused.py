"""What was to go wrong and never did: faults that no call has met, failures of no delivery."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_server.testing.records import Failure
    from mock_server.testing.terms import Document

# What may become of a test that has some.
CHOICES = ("fail", "warn", "ignore")

# How a fault stands, besides how it is written.
_STANDING = {"matched", "hits", "held"}


class Unused:
    """Of one sandbox. What is taken back, or lost by a reset, is remembered: it was asked for."""

    def __init__(self) -> None:
        self._faults: dict[str, Document] = {}
        self._failures: dict[str, Failure] = {}
        self._taken_back: list[Failure] = []

    def saw_faults(self, documents: Iterable[Document]) -> None:
        """Faults as they stand now. One that was ever hit stays so, whatever is restored."""
        for document in documents:
            key = json.dumps({k: v for k, v in document.items() if k not in _STANDING})
            if key not in self._faults or document["hits"]:
                self._faults[key] = document

    def asked(self, failure: Failure) -> None:
        """Deliveries are to fail."""
        self._failures[failure.failure_id] = failure

    @property
    def awaits_failures(self) -> bool:
        """Whether any was asked for, and not known to have happened."""
        return bool(self._failures)

    def saw_failures(self, failures: Iterable[Failure]) -> None:
        """Those not yet used up: of the others, and of those with fewer times, there was one."""
        waiting = {failure.failure_id: failure for failure in failures}
        self._failures = {
            failure_id: failure
            for failure_id, failure in self._failures.items()
            if waiting.get(failure_id) == failure
        }

    def took_failures_back(self, but: Iterable[Failure] = ()) -> None:
        """None of them is to come any more, except for those."""
        taken_back = list(self._failures.values())
        self.saw_failures(but)
        self._taken_back += [f for f in taken_back if f.failure_id not in self._failures]

    def text(self) -> str | None:
        """A line for each; None where there is none."""
        faults = [fault_line(fault) for fault in self._faults.values() if not fault["hits"]]
        failures = [_failure_line(f) for f in (*self._taken_back, *self._failures.values())]
        parts = []
        if faults:
            parts += ["what was to go wrong did not, as no call met these faults:", *faults]
        if failures:
            parts += ["no delivery was attempted that was to fail by these:", *failures]
        return "\n".join(parts) or None


def fault_line(document: Document) -> str:
    """A fault as it is written, its credential shortened."""
    from mock_server.world.masking import shortened

    written = {
        key: value
        for key, value in document.items()
        if key not in {"fault_id", *_STANDING} and value not in (None, {}, [])
    }
    match = document["match"]
    if "credential" in match:
        written["match"] = {**match, "credential": shortened(match["credential"])}
    text = f"  {document['fault_id']}: {json.dumps(written, ensure_ascii=False)}"
    matched = document["matched"]
    return f"{text} ({matched} calls let through)" if matched else text


def _failure_line(failure: Failure) -> str:
    whose = {"kind": failure.kind, "url": failure.url, "delivery_id": failure.delivery_id}
    given = {name: value for name, value in whose.items() if value is not None}
    written = {"with": failure.outcome, "times": failure.times, **given}
    return f"  {failure.failure_id}: {json.dumps(written, ensure_ascii=False)}"

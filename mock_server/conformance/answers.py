"""An answer that a check holds against what it expects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.conformance.checks import Difference, Halt, Level
from mock_server.conformance.server import Exchange
from mock_server.conformance.shapes import compare, quoted

# Of each check; one that goes wrong in every event of a year says so often enough.
_MOST_DIFFERENCES = 20


class Answer:
    """Every difference goes to ``record``; ``shown`` takes the secrets out of a text."""

    def __init__(
        self,
        exchange: Exchange,
        record: Callable[[Difference], None],
        shown: Callable[[str], str],
    ) -> None:
        self.exchange = exchange
        self._record = record
        self._shown = shown

    def differs(
        self, expected: str, found: object, at: str = "", *, level: Level = "difference"
    ) -> None:
        """Record a difference; what was ``found`` is shown as JSON."""
        self._record(
            Difference(level, self.exchange.line, at, expected, quoted(found, self._shown))
        )

    def expect(
        self, holds: bool, expected: str, found: object, at: str = "", *, assumed: bool = False
    ) -> bool:
        """Whether it ``holds``; else a difference, or one from what the contract assumes."""
        if not holds:
            level: Level = "assumption" if assumed else "difference"
            self.differs(expected, found, at, level=level)
        return holds

    def status(self, *expected: int, assumed: bool = False) -> None:
        """Go on only with one of these statuses; the first is the contract's."""
        if self.exchange.status not in expected:
            level: Level = "assumption" if assumed else "difference"
            found = f"status {self.exchange.status}, {self._body()}"
            line = self.exchange.line
            self._record(Difference(level, line, "", f"status {expected[0]}", found))
            raise Halt

    def empty(self, *, assumed: bool = False) -> None:
        """The body has nothing in it."""
        content = self.exchange.content
        self.expect(
            not content, "an empty body", content.decode("utf-8", "replace"), "", assumed=assumed
        )

    def header(self, name: str) -> str:
        return self.exchange.headers.get(name.lower(), "")

    def json(self) -> Any:
        """The JSON document; without one the check cannot go on."""
        kind = self.header("Content-Type")
        try:
            document = self.exchange.document()
        except ValueError:
            self._record(
                Difference("difference", self.exchange.line, "", "a JSON document", self._body())
            )
            raise Halt from None
        self.expect(self.exchange.is_json, "Content-Type application/json", kind)
        return document

    def document(self, shape: Any) -> Any:
        """The document, compared with ``shape``; where it lacks something, the check ends."""
        document = self.json()
        misfits = compare(document, shape, self._shown)
        for misfit in misfits[:_MOST_DIFFERENCES]:
            self._record(
                Difference(
                    misfit.level, self.exchange.line, misfit.at, misfit.expected, misfit.found
                )
            )
        if any(misfit.level == "difference" for misfit in misfits):
            raise Halt
        return document

    def refuses(self, field: str, *keys: str, assumed: bool = False) -> None:
        """422, with one of ``keys`` on ``field``; ``assumed`` are the keys."""
        self.status(422)
        errors = self.document(dict[str, dict[str, list[dict[str, str]]]]).get("errors", {})
        if not self.expect(field in errors, f"an error on {field}", errors, "errors"):
            return
        at = f"errors.{field}"
        entries = errors[field]
        whole = bool(entries) and all({"key", "description"} <= entry.keys() for entry in entries)
        self.expect(whole, "a list of objects with key and description", entries, at)
        found = [entry.get("key") for entry in entries]
        wanted = " or ".join(keys)
        self.expect(
            not keys or bool({*keys} & {*found}), f"the key {wanted}", found, at, assumed=assumed
        )

    def _body(self) -> str:
        kind = self.header("Content-Type") or "of no type"
        content = self.exchange.content
        if not content:
            return "an empty body"
        return f"{kind}: {quoted(content.decode('utf-8', 'replace'), self._shown)}"

"""What is asked of a request and what it is instead, in words that hold no secret."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

import orjson

from mock_server.control.bodies import Body
from mock_server.control.exchange import Exchange, Shown
from mock_server.control.journal_criteria import (
    Credential,
    Criteria,
    Criterion,
    Outline,
    Parameter,
    Value,
)
from mock_server.control.journal_queries import Condition
from mock_server.control.json_paths import Steps
from mock_server.scenarios.problems import did_you_mean, printable
from mock_server.world.masking import Masking, hidden, shortened
from mock_server.world.sandbox import Sandbox
from mock_server.world.secret_names import is_secret

_LONGEST = 200

# Of the values that stand where one is wanted, and of the names beside a wanted one.
_MOST_VALUES = 5
_MOST_NAMES = 100

# Characters that the comparisons of one question look at together.
_MOST_COMPARED = 300_000


class Likeness:
    """How alike texts are, in one question. Once it has compared a lot, nothing is alike any
    more: what is said of near misses is then less, and never wrong.
    """

    def __init__(self) -> None:
        self._left = _MOST_COMPARED
        self._known: dict[tuple[str, str], float] = {}

    def of(self, wanted: str, found: str) -> float:
        """From 0 to 0.9; texts that are the same are another matter."""
        pair = wanted[:_LONGEST], found[:_LONGEST]
        known = self._known.get(pair)
        if known is None:
            known = self._known[pair] = self._compared(*pair)
        return known

    def hint(self, name: str, known: Iterable[str]) -> str:
        """``(did you mean …?)``, or nothing."""
        names = [each[:_LONGEST] for each in islice(known, _MOST_NAMES)]
        return did_you_mean(name, names) if self._may_look_at(name, *names) else ""

    def _compared(self, wanted: str, found: str) -> float:
        from difflib import SequenceMatcher  # slow to import, and seldom needed

        if not self._may_look_at(wanted, found):
            return 0.0
        return SequenceMatcher(None, wanted, found).ratio() * 0.9

    def _may_look_at(self, *texts: str) -> bool:
        self._left -= sum(map(len, texts))
        return self._left >= 0


class Missed(NamedTuple):
    """A criterion that a request does not meet, in words; ``closeness`` is from 0 to 1."""

    criterion: str
    wanted: str
    found: str
    closeness: float

    def document(self) -> dict[str, str]:
        return {"criterion": self.criterion, "wanted": self.wanted, "found": self.found}


class Wording:
    """Says what one question wants, and what there is instead."""

    def __init__(self, sandbox: Sandbox, masking: Masking, steps: Steps) -> None:
        self._sandbox = sandbox
        self._masking = masking
        self._steps = steps
        self._likeness = Likeness()

    def lines(self, criteria: Criteria) -> list[str]:
        """One for each criterion: ``path /v1/events``."""
        lines = [f"{self._name(criterion)}{self._how(criterion)}" for criterion in criteria]
        if criteria.since:
            lines.append(f"after request #{criteria.since}")
        return list(map(printable, lines))

    def missed(self, criterion: Criterion, exchange: Exchange, shown: Shown) -> Missed:
        """That this one is not met, with what there is instead. Raises TooMuch."""
        match criterion:
            case Outline():
                found, near = self._outline(criterion, shown)
            case Credential():
                entry = exchange.entry
                found = f"client_id {entry.client_id or 'none'}, sub {entry.sub or 'none'}"
                near = 0.0
            case Parameter():
                found, near = self._parameter(criterion, exchange, shown)
            case Value():
                found, near = self._value(criterion, shown)
        name, wanted = self._name(criterion), self._wanted(criterion)
        return Missed(printable(name), printable(wanted), printable(found), near)

    def _name(self, criterion: Criterion) -> str:
        match criterion:
            case Outline(name):
                return name
            case Credential():
                return "credential"
            case Parameter(condition):
                return f"query {self._masking.text(condition.path)}"
            case Value(side, condition):
                return f"{side} {self._masking.text(condition.path)}"

    def _how(self, criterion: Criterion) -> str:
        if isinstance(criterion, Outline | Credential):
            return f" {self._wanted(criterion)}"
        return "" if criterion.condition.values is None else f" == {self._wanted(criterion)}"

    def _wanted(self, criterion: Criterion) -> str:
        match criterion:
            case Outline():
                return self._masking.text(criterion.wanted)
            case Credential(wanted):
                return wanted if self._is_public(wanted) else shortened(wanted)
        return self._wanted_value(criterion.condition)

    def _is_public(self, credential: str) -> bool:
        return credential in self._sandbox.applications or credential in self._sandbox.accounts

    def _wanted_value(self, condition: Condition) -> str:
        if condition.values is None:
            return "anything"
        name = condition.path.rstrip("]'\"").split(".")[-1].split("'")[-1].split('"')[-1]
        value = condition.values[-1]
        return _written(hidden(value) if is_secret(name) else self._masking.value(value))

    def _outline(self, criterion: Outline, shown: Shown) -> tuple[str, float]:
        found = criterion.found(shown.entry)
        # All paths are somewhat alike.
        near = max(0.0, 2 * self._likeness.of(criterion.wanted, found or "") - 0.9)
        if found is None:
            return "none", near
        return shown.path if criterion.name == "path" else shown.masking.text(found), near

    def _parameter(
        self, criterion: Parameter, exchange: Exchange, shown: Shown
    ) -> tuple[str, float]:
        condition, texts = criterion.condition, criterion.found(exchange)[:_MOST_VALUES]
        if texts:
            # The masking may shorten the name, too.
            (values,) = shown.masking.value({condition.path: texts}).values()
            found = ", ".join(map(_written, values))
        elif not exchange.entry.whole:
            found = "a query that is not kept any more"
        else:
            names = map(shown.masking.text, exchange.query)
            found = f"none{self._likeness.hint(condition.path, names)}"
        wanted = str(condition.values)
        return found, max((self._likeness.of(wanted, text) for text in texts), default=0.0)

    def _value(self, criterion: Value, shown: Shown) -> tuple[str, float]:
        body = criterion.body(shown)
        values = criterion.found(body, self._steps)
        if not values:
            found = _nothing(body, criterion.condition.path, self._likeness)
            return found, 0.7 if "did you mean" in found else 0.0
        written = [_written(value) for value in values[:_MOST_VALUES]]
        found = ", ".join(written)
        if len(values) > len(written):
            found += f" and {len(values) - len(written)} more"
        wanted = self._wanted(criterion)
        # Something stands where it should, which is nearer than nothing.
        return found, 0.3 + 0.6 * max(self._likeness.of(wanted, text) for text in written)


def _written(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _nothing(body: Body, path: str, likeness: Likeness) -> str:
    """Why there is nothing at ``path``."""
    if body.cut and body.kind != "binary":
        return f"a body of {body.size} bytes that was not kept whole"
    if body.kind in {"json", "form"}:
        names = body.value if isinstance(body.value, dict) else ()
        return f"nothing there{likeness.hint(path.removeprefix('$.'), names)}"
    return {"nothing": "no body", "binary": "a body that is no text"}.get(
        body.kind, "a body that is no JSON"
    )

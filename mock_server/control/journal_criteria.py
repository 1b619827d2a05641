"""Holding requests of the journal against what is asked: criterion by criterion, so that those
that nearly fit can be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from mock_server.control.bodies import Body
from mock_server.control.exchange import Exchange
from mock_server.control.journal_queries import Condition, RequestMatch
from mock_server.control.json_paths import Steps
from mock_server.world.journal import Entry
from mock_server.world.path_patterns import is_status, matches


class Outline(NamedTuple):
    """What the journal itself says of a request: method, path, status, …"""

    name: str
    wanted: str

    def found(self, entry: Entry) -> str | None:
        value = getattr(entry, self.name)
        return None if value is None else str(value)

    def is_met(self, exchange: Exchange, steps: Steps) -> bool:
        return _MEETS.get(self.name, _same_text)(self.wanted, self.found(exchange.entry))


class Credential(NamedTuple):
    """Who calls: a client_id, a sub, or the token or secret itself."""

    wanted: str

    def is_met(self, exchange: Exchange, steps: Steps) -> bool:
        return self.wanted in exchange.credentials()


class Parameter(NamedTuple):
    """Of the query."""

    condition: Condition

    def found(self, exchange: Exchange) -> list[str]:
        values = exchange.query.get(self.condition.path, [])
        return values if isinstance(values, list) else [values]

    def is_met(self, exchange: Exchange, steps: Steps) -> bool:
        return _holds(self.condition, self.found(exchange))


class Value(NamedTuple):
    """In the ``body``, or in the ``response``."""

    side: str
    condition: Condition

    def body(self, of: Any) -> Body:
        """The body that is asked: of an Exchange, or of one as it is shown."""
        body: Body = of.response if self.side == "response" else of.request
        return body

    def found(self, body: Body, steps: Steps) -> list[Any]:
        """What stands there. Raises TooMuch."""
        return steps.find(self.condition.path, body.value) if body.kind in _READABLE else []

    def is_met(self, exchange: Exchange, steps: Steps) -> bool:
        return _holds(self.condition, self.found(self.body(exchange), steps))


Criterion = Outline | Credential | Parameter | Value

_OUTLINE = ("method", "path", "status", "operation", "client_id", "sub", "fault_id", "outage_id")
_READABLE = {"json", "form"}


class Criteria:
    """Everything that a ``match`` asks for."""

    def __init__(self, match: RequestMatch) -> None:
        self.since = match.since
        self._criteria: list[Criterion] = [
            Outline(name, getattr(match, name))
            for name in _OUTLINE
            if getattr(match, name) is not None
        ]
        if match.credential is not None:
            self._criteria.append(Credential(match.credential))
        self._criteria += map(Parameter, match.query)
        for side in ("body", "response"):
            self._criteria += [Value(side, condition) for condition in getattr(match, side)]

    def __len__(self) -> int:
        return len(self._criteria)

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self._criteria)

    def concerns(self, entry: Entry) -> bool:
        """Whether it came when it is asked for."""
        return entry.number > self.since

    def hold(self, exchange: Exchange, steps: Steps) -> bool:
        """Whether the request is what is asked for. Raises TooMuch."""
        return self.concerns(exchange.entry) and all(
            criterion.is_met(exchange, steps) for criterion in self
        )

    def unmet(self, exchange: Exchange, steps: Steps) -> list[Criterion]:
        """What the request is not. Raises TooMuch."""
        return [criterion for criterion in self if not criterion.is_met(exchange, steps)]


def _same_text(wanted: str, found: str | None) -> bool:
    return wanted == found


def _same_path(wanted: str, found: str | None) -> bool:
    # What came by mail has a UID in place of a path.
    path = found or ""
    return matches(wanted, path if path.startswith("/") else f"/{path}")


def _same_status(wanted: str, found: str | None) -> bool:
    return found is not None and is_status(wanted, int(found))


_MEETS: dict[str, Callable[[str, str | None], bool]] = {"path": _same_path, "status": _same_status}


def _holds(condition: Condition, found: list[Any]) -> bool:
    if condition.values is None:
        return bool(found)
    return any(_same(value, wanted) for value in found for wanted in condition.values)


def _same(value: Any, wanted: Any) -> bool:
    # JSON's true is no 1.
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)

"""Holding requests of the journal against what is asked: criterion by criterion, so that those
that nearly fit can be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

import orjson

from mock_server.control import bodies
from mock_server.control.journal_queries import Condition, RequestMatch
from mock_server.control.json_paths import Steps
from mock_server.scenarios.problems import did_you_mean, printable
from mock_server.world.journal import Entry
from mock_server.world.masking import Masking, hidden, is_secret
from mock_server.world.path_patterns import is_status, matches

_LONGEST = 200

# Of the values that stand where one is wanted, and of the names beside a wanted one.
_MOST_VALUES = 5
_MOST_NAMES = 100

# Characters that the comparisons of one question look at together: about a second's work.
_MOST_COMPARED = 1_000_000

# What carries a credential in a body or a query.
_CREDENTIALS = (
    *("client_id", "client_secret", "access_token", "refresh_token", "code", "token"),
    *("link_token", "sub"),
)


class Seen:
    """One request with its answer, read as far as it is asked about."""

    def __init__(self, entry: Entry, steps: Steps) -> None:
        self.entry = entry
        self._steps = steps
        self._shown: dict[str, Any] = {}

    @cached_property
    def request(self) -> bodies.Body:
        entry = self.entry
        return bodies.read(entry.request_body, entry.request_size, entry.request_headers)

    @cached_property
    def response(self) -> bodies.Body:
        entry = self.entry
        return bodies.read(entry.response_body, entry.response_size, entry.response_headers)

    @cached_property
    def query(self) -> dict[str, str | list[str]]:
        return bodies.query(self.entry.query)

    @cached_property
    def _documents(self) -> list[Any]:
        return [
            self._steps.watched(body.value) if body.kind in {"json", "form"} else None
            for body in (self.request, self.response)
        ]

    def find(self, side: str, path: str) -> list[Any]:
        """What stands at ``path`` of the ``body`` or the ``response``."""
        return self._steps.find(path, self._documents[side == "response"])

    def find_shown(self, side: str, path: str, masking: Masking) -> list[Any]:
        """The same, as it may be shown."""
        if side not in self._shown:
            body = self.response if side == "response" else self.request
            self._shown[side] = self._steps.watched(masking.value(body.value))
        return self._steps.find(path, self._shown[side])

    def credentials(self) -> Iterator[str | None]:
        """Whatever says who calls."""
        entry = self.entry
        yield from (entry.client_id, entry.sub)
        for name, value in entry.request_headers:
            if name == b"authorization":
                yield value.decode("latin-1").partition(" ")[2].strip()
        for parameters in (self.query, self.request.value):
            if isinstance(parameters, dict):
                yield from filter(_is_text, map(parameters.get, _CREDENTIALS))


def _is_text(value: object) -> bool:
    return isinstance(value, str)


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


class Criteria:
    """Everything that a ``match`` asks for."""

    def __init__(self, match: RequestMatch, masking: Masking) -> None:
        self._match = match
        self._masking = masking
        self._plain: list[tuple[str, str, Callable[[Seen], str | None]]] = [
            (name, getattr(match, name), look)
            for name, look in _PLAIN.items()
            if getattr(match, name) is not None
        ]

    def __len__(self) -> int:
        match = self._match
        conditions = len(match.query) + len(match.body) + len(match.response)
        return len(self._plain) + conditions + (match.credential is not None)

    def words(self) -> list[str]:
        """A line for each: ``path /v1/events``."""
        match, masking = self._match, self._masking
        lines = [f"{name} {masking.text(wanted)}" for name, wanted, _ in self._plain]
        if match.credential is not None:
            lines.append(f"credential {masking.text(match.credential)}")
        for side in ("query", "body", "response"):
            lines += [f"{side} {self._condition(c)}" for c in getattr(match, side)]
        if match.since:
            lines.append(f"after request #{match.since}")
        return list(map(printable, lines))

    def concerns(self, entry: Entry) -> bool:
        """Whether it came when it is asked for."""
        return entry.number > self._match.since

    def hold(self, seen: Seen) -> bool:
        """Whether the request is what is asked for. Raises TooMuch."""
        return self.concerns(seen.entry) and next(self._missed(seen), None) is None

    def missed(self, seen: Seen, likeness: Likeness) -> list[Missed]:
        """What it is not, in words. Raises TooMuch."""
        return [
            Missed(printable(what), printable(wanted), printable(found), near)
            for what, wanted, found, near in self._missed(seen, likeness)
        ]

    def _missed(self, seen: Seen, likeness: Likeness | None = None) -> Iterator[Missed]:
        """Without ``likeness``, what is missed is all that can be said."""
        match, masking = self._match, self._masking
        for name, wanted, look in self._plain:
            found = look(seen)
            if not _MEETS.get(name, _same_text)(wanted, found):
                if likeness is None:
                    yield _ANYTHING
                    continue
                shown = masking.text(found) if found is not None else "none"
                # All paths are somewhat alike.
                near = max(0.0, 2 * likeness.of(wanted, found or "") - 0.9)
                yield Missed(name, masking.text(wanted), shown, near)
        if match.credential is not None and match.credential not in seen.credentials():
            whose = f"client_id {seen.entry.client_id or 'none'}, sub {seen.entry.sub or 'none'}"
            yield Missed("credential", masking.text(match.credential), whose, 0)
        for condition in match.query:
            values = seen.query.get(condition.path, [])
            texts = values if isinstance(values, list) else [values]
            if not _met(condition, texts):
                yield self._parameter(seen, condition, texts, likeness) if likeness else _ANYTHING
        for side in ("body", "response"):
            for condition in getattr(match, side):
                if not _met(condition, seen.find(side, condition.path)):
                    yield self._value(seen, side, condition, likeness) if likeness else _ANYTHING

    def _condition(self, condition: Condition) -> str:
        path = self._masking.text(condition.path)
        return path if condition.values is None else f"{path} == {self._wanted(condition)}"

    def _wanted(self, condition: Condition) -> str:
        if condition.values is None:
            return "anything"
        name = condition.path.rstrip("]'\"").split(".")[-1].split("'")[-1].split('"')[-1]
        value = condition.values[-1]
        return _written(hidden(value) if is_secret(name) else self._masking.value(value))

    def _parameter(
        self, seen: Seen, condition: Condition, texts: list[str], likeness: Likeness
    ) -> Missed:
        name, texts = condition.path, texts[:_MOST_VALUES]
        # The masking may shorten the name, too.
        (shown,) = self._masking.value({name: texts}).values()
        if shown:
            found = ", ".join(_written(text) for text in shown)
        elif not seen.entry.whole:
            found = "a query that is not kept any more"
        else:
            found = f"none{likeness.hint(name, seen.query)}"
        near = max((likeness.of(str(condition.values), text) for text in texts), default=0.0)
        return Missed(f"query {name}", self._wanted(condition), found, near)

    def _value(self, seen: Seen, side: str, condition: Condition, likeness: Likeness) -> Missed:
        values = seen.find_shown(side, condition.path, self._masking)
        wanted = self._wanted(condition)
        if values:
            written = [_written(value) for value in values[:_MOST_VALUES]]
            found = ", ".join(written)
            if len(values) > len(written):
                found += f" and {len(values) - len(written)} more"
            # Something stands where it should, which is nearer than nothing.
            near = 0.3 + 0.6 * max(likeness.of(wanted, text) for text in written)
        else:
            body = seen.response if side == "response" else seen.request
            found = _nothing(body, condition.path, likeness)
            near = 0.7 if "did you mean" in found else 0.0
        return Missed(f"{side} {self._masking.text(condition.path)}", wanted, found, near)


_ANYTHING = Missed("", "", "", 0)

_PLAIN: dict[str, Callable[[Seen], str | None]] = {
    "method": lambda seen: seen.entry.method,
    "path": lambda seen: seen.entry.path,
    "status": lambda seen: str(seen.entry.status),
    "operation": lambda seen: seen.entry.operation,
    "client_id": lambda seen: seen.entry.client_id,
    "sub": lambda seen: seen.entry.sub,
    "fault_id": lambda seen: seen.entry.fault_id,
    "outage_id": lambda seen: seen.entry.outage_id,
}


def _same_text(wanted: str, found: str | None) -> bool:
    return wanted == found


def _same_path(wanted: str, found: str | None) -> bool:
    # What came by mail has a UID in place of a path.
    path = found or ""
    return matches(wanted, path if path.startswith("/") else f"/{path}")


def _same_status(wanted: str, found: str | None) -> bool:
    return found is not None and is_status(wanted, int(found))


_MEETS = {"path": _same_path, "status": _same_status}


def _met(condition: Condition, found: list[Any]) -> bool:
    if condition.values is None:
        return bool(found)
    return any(_same(value, wanted) for value in found for wanted in condition.values)


def _same(value: Any, wanted: Any) -> bool:
    # JSON's true is no 1.
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _written(value: Any) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _nothing(body: bodies.Body, path: str, likeness: Likeness) -> str:
    """Why there is nothing at ``path``."""
    if body.cut and body.kind != "binary":
        return f"a body of {body.size} bytes that was not kept whole"
    if body.kind in {"json", "form"}:
        names = body.value if isinstance(body.value, dict) else ()
        return f"nothing there{likeness.hint(path.removeprefix('$.'), names)}"
    return {"nothing": "no body", "binary": "a body that is no text"}.get(
        body.kind, "a body that is no JSON"
    )

"""What has changed in a sandbox since a snapshot: as a document, and as text for a failed test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import orjson
from starlette.responses import Response

from mock_server.control.app import Control, answer
from mock_server.control.documents import Document
from mock_server.scenarios.problems import Problem, Unknown, one_of, printable, shown
from mock_server.world.clock import as_text
from mock_server.world.masking import Masking, secrets_of
from mock_server.world.sandbox import START, Kept, Sandbox
from mock_server.world.tables import Table

# What changes while nothing happens that a test would ask about: not part of the text.
QUIET = ("usages", "browsers", "authors", "result_pages", "former_tokens")

_MOST_LINES = 200
_LONGEST = 100

# What a record is known by, for people: the first three that it has.
_TITLES = (
    *("name", "subject", "summary", "details.summary", "kind", "page", "callback_url", "url"),
    *("email", "to", "file_name", "state", "status", "start", "details.start", "outcome"),
)


async def diff(control: Control) -> Response:
    """Since the snapshot that ``?since=`` names; since the scenario left it, without."""
    sandbox, since = control.sandbox, control.request.query_params.get("since", START)
    kept = sandbox.kept(since)
    if kept is None:
        known = [START, *sandbox.snapshots]
        expected = one_of(since, known, what="a snapshot that is kept:")
        raise Unknown(Problem("since", shown(since), expected))
    return answer(diff_document(sandbox, since, kept))


def diff_document(sandbox: Sandbox, since: str, kept: Kept) -> Document:
    """Table by table what is new, other or gone; costs a look at each record, and what changed."""
    state = kept.state
    found = {
        name: _Changes(table, state.tables.get(name, {}))
        for name, table in sandbox.tables_of(state).items()
    }
    changed = {name: changes for name, changes in found.items() if changes}
    records = [(name, record) for name, changes in changed.items() for record in changes.records()]
    masking = Masking(secrets_of(sandbox, records))
    shown_changes = {name: changes.shown(masking) for name, changes in changed.items()}
    switches = _difference(
        msgspec.to_builtins(state.switches), msgspec.to_builtins(sandbox.switches)
    )
    lines = [
        line
        for name, changes in shown_changes.items()
        if name not in QUIET
        for line in _lines(name, changes)
    ]
    if switches:
        lines += [f"~ switches: {change}" for change in _changed(*switches)]
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES:] = [f"and {len(lines) - _MOST_LINES} more changes"]
    return {
        "since": since,
        "changes": {name: _document(changes) for name, changes in shown_changes.items()},
        "switches": {"before": switches[0], "after": switches[1]} if switches else None,
        "clock": {
            "before": None if kept.at is None else as_text(kept.at),
            "after": as_text(sandbox.now()),
        },
        "text": "\n".join(map(printable, lines)),
    }


class _Changes:
    """Those of one table."""

    def __init__(self, table: Table[Any], before: dict[Any, Any]) -> None:
        leaving, coming = table.differences(before)
        self._pairs = [
            (key, before.get(key), table.get(key)) for key in dict.fromkeys((*coming, *leaving))
        ]

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def records(self) -> Iterator[Any]:
        for _, *pair in self._pairs:
            yield from (record for record in pair if record is not None)

    def shown(self, masking: Masking) -> list[_Change]:
        return [
            _Change(
                masking.value(list(key) if isinstance(key, tuple) else key),
                _shown(before, masking),
                _shown(after, masking),
            )
            for key, before, after in self._pairs
        ]


class _Change(NamedTuple):
    """A record as it may be shown; ``before`` is None for a new one, ``after`` for one gone."""

    key: Any
    before: Any
    after: Any


def _document(changes: list[_Change]) -> Document:
    changed = []
    for key, before, after in changes:
        if before is not None and after is not None:
            less, more = _difference(before, after) or ({}, {})
            changed.append({"key": key, "before": less, "after": more})
    return {
        "added": [change.after for change in changes if change.before is None],
        "changed": changed,
        "removed": [change.before for change in changes if change.after is None],
    }


def _shown(record: Any, masking: Masking) -> Any:
    return masking.value(msgspec.to_builtins(record, order="deterministic"))


def _difference(before: Any, after: Any) -> tuple[Any, Any] | None:
    """Of two mappings, those members that are not alike, however deep; None if they all are."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return None if before == after else (before, after)
    less, more = {}, {}
    for name in {**before, **after}:
        pair = _difference(before.get(name), after.get(name))
        if pair is not None:
            less[name], more[name] = pair
    return (less, more) if less else None


def _lines(table: str, changes: list[_Change]) -> Iterator[str]:
    for change in changes:
        key, before, after = change
        name = " ".join(map(str, key)) if isinstance(key, list) else str(key)
        known = _known(change)
        if before is not None and after is not None:
            who = f" ({known[0]})" if known else ""
            less, more = _difference(before, after) or ({}, {})
            yield f"~ {table} {name}{who}: " + "; ".join(_changed(less, more))
        else:
            words = f": {', '.join(known[:3])}" if known else ""
            yield f"{'+' if before is None else '-'} {table} {name}{words}"


def _known(change: _Change) -> list[str]:
    """What the record is known by, besides its key: ``name "Jane"``."""
    record, seen, words = change.before or change.after, [change.key, None, ""], []
    for path in _TITLES:
        value = _at(record, path)
        if value not in seen:
            seen.append(value)
            words.append(f"{path} {_value(path, value)}")
    return words


def _at(record: Any, path: str) -> Any:
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def _changed(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """``details.summary "Interviw" → "Interview"``, for each member."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before:
            yield from _changed(before[name], after[name], f"{place}.{name}" if place else name)
    else:
        yield f"{place} {_value(place, before)} → {_value(place, after)}"


def _value(place: str, value: Any) -> str:
    name = place.rpartition(".")[2]
    if value is None:
        return "nothing"
    if isinstance(value, int) and (name in {"start", "end", "at"} or name.endswith("_at")):
        return as_text(value)
    text = orjson.dumps(value).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


ROUTES = (("GET", "/sandboxes/{sandbox_id}/diff", diff),)

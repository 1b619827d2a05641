"""A whole sandbox as one document, and back."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import orjson

from mock_server.control import soundness
from mock_server.control.documents import Document
from mock_server.scenarios.problems import Invalid, Problem, shown
from mock_server.world.clock import EARLIEST, LATEST, as_text
from mock_server.world.sandbox import Sandbox, State
from mock_server.world.switches import Switches


def take(sandbox: Sandbox) -> Document:
    """Records by table, counters, clock and switches; ``snapshot_id`` names the content.

    The sandbox remembers this moment under it, to be compared with.
    """
    document: Document = {
        "sandbox_id": sandbox.sandbox_id,
        "scenario": sandbox.scenario,
        "seed": sandbox.seed,
        "clock": {
            "now": as_text(sandbox.now()),
            "mode": sandbox.clock.mode,
            "state": list(sandbox.clock.state()),
        },
        "switches": msgspec.to_builtins(sandbox.switches),
        "counts": dict(sandbox.ids.counts),
        "tables": {
            # Sets have no order of their own, and the same state must give the same bytes.
            name: msgspec.to_builtins(list(table), order="deterministic")
            for name, table in sandbox.tables().items()
        },
    }
    # The clock runs on; what is named is everything else.
    named = {key: value for key, value in document.items() if key != "clock"}
    content = orjson.dumps(named, option=orjson.OPT_SORT_KEYS)
    snapshot_id = f"snp_{hashlib.blake2b(content, digest_size=12).hexdigest()}"
    sandbox.keep(snapshot_id)
    return {"snapshot_id": snapshot_id, **document}


def put_back(sandbox: Sandbox, document: object) -> None:
    """Make ``sandbox`` what ``document`` says; raises Invalid, or Clash, changing nothing."""
    if not isinstance(document, dict):
        raise Invalid([Problem("the document", shown(document), "a snapshot")])
    if document.get("seed") != sandbox.seed:
        # Identifiers are derived from the seed; counters of another would repeat them.
        expected = f"the sandbox's seed, {sandbox.seed}"
        raise Invalid([Problem("seed", shown(document.get("seed")), expected)])
    tables = _tables(sandbox, document.get("tables"))
    state = State(
        tables=tables,
        counts=_read("counts", document.get("counts"), dict[str, int]),
        clock=_clock(document.get("clock")),
        switches=_read("switches", document.get("switches"), Switches),
    )
    problem = soundness.check(sandbox, {name: [*rows.values()] for name, rows in tables.items()})
    if problem is not None:
        raise Invalid([problem])
    sandbox.restore(state)
    sandbox.held.end()


def _clock(given: object) -> tuple[int | None, int]:
    state = given.get("state") if isinstance(given, dict) else None
    at, offset = _read("clock.state", state, tuple[int | None, int])
    if not (EARLIEST <= (at or 0) <= LATEST and abs(offset) <= LATEST):
        raise Invalid([Problem("clock.state", shown(state), "a time between 1970 and 9999")])
    return at, offset


def _tables(sandbox: Sandbox, given: object) -> dict[str, dict[Any, Any]]:
    known = sandbox.tables()
    if not isinstance(given, dict):
        raise Invalid([Problem("tables", shown(given), "a mapping of tables")])
    tables: dict[str, dict[Any, Any]] = {}
    for name, rows in given.items():
        if name not in known:
            expected = f"one of {', '.join(known)}"
            raise Invalid([Problem("tables", f"the key {name!r}", expected)])
        record: Any = known[name].record
        records = _read(f"tables.{name}", rows, list[record])
        tables[name] = {known[name].key(record): record for record in records}
    return tables


def _read(place: str, value: object, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        expected, _, inside = str(error).partition(" - at `$")
        expected = expected.removeprefix("Expected ")
        where = place + inside.removesuffix("`")
        raise Invalid([Problem(where, "something else", expected)]) from None

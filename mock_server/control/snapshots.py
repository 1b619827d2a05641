"""A whole sandbox as one document, and back."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from functools import cache
from typing import Any, cast

import orjson
from pydantic import TypeAdapter, ValidationError

from mock_server.control.documents import Document
from mock_server.scenarios.problems import Invalid, Problem, place, shown
from mock_server.world.clock import as_text
from mock_server.world.sandbox import Sandbox, State, Switches


@cache
def _records(record: Hashable) -> TypeAdapter[list[Any]]:
    return TypeAdapter(list[record])  # type: ignore[valid-type]


def take(sandbox: Sandbox) -> Document:
    """Records by table, counters, clock and switches; ``snapshot_id`` names the content."""
    document: Document = {
        "sandbox_id": sandbox.sandbox_id,
        "scenario": sandbox.scenario,
        "seed": sandbox.seed,
        "clock": {
            "now": as_text(sandbox.now()),
            "mode": sandbox.clock.mode,
            "state": list(sandbox.clock.state()),
        },
        "switches": {name: getattr(sandbox.switches, name) for name in sandbox.switches.__slots__},
        "counts": dict(sandbox.ids.counts),
        "tables": {
            name: _records(cast("Hashable", table.record)).dump_python(list(table), mode="json")
            for name, table in sandbox.tables().items()
        },
    }
    content = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return {
        "snapshot_id": "snp_" + hashlib.blake2b(content, digest_size=12).hexdigest(),
        **document,
    }


def put_back(sandbox: Sandbox, document: object) -> None:
    """Make ``sandbox`` what ``document`` says; raises Invalid, or Clash, changing nothing."""
    sandbox.restore(_state(sandbox, document))


def _state(sandbox: Sandbox, document: object) -> State:
    if not isinstance(document, dict):
        raise Invalid([Problem("the document", shown(document), "a snapshot")])
    seed = document.get("seed")
    if seed != sandbox.seed:
        # Identifiers are derived from the seed; counters of another would repeat them.
        raise Invalid([Problem("seed", shown(seed), f"the sandbox's seed, {sandbox.seed}")])
    tables: dict[str, dict[Any, Any]] = {}
    given = document.get("tables")
    if not isinstance(given, dict):
        raise Invalid([Problem("tables", shown(given), "a mapping of tables")])
    known = sandbox.tables()
    for name, rows in given.items():
        if name not in known:
            raise Invalid([Problem(f"tables.{name}", "the table", f"one of {', '.join(known)}")])
        try:
            records = _records(cast("Hashable", known[name].record)).validate_python(
                rows, strict=False
            )
        except ValidationError as error:
            raise Invalid(
                Problem(place(["tables", name, *d["loc"]]), shown(d["input"]), d["msg"])
                for d in error.errors(include_url=False)
            ) from None
        tables[name] = dict(enumerate(records))
    try:
        counts = TypeAdapter(dict[str, int]).validate_python(document.get("counts"))
        clock = TypeAdapter(tuple[int | None, int]).validate_python(
            (document.get("clock") or {}).get("state")
        )
        switches = TypeAdapter(Switches).validate_python(document.get("switches"))
    except (ValidationError, AttributeError) as error:
        expected = "what a snapshot holds under counts, clock and switches"
        raise Invalid([Problem("the document", shown(str(error)), expected)]) from None
    return State(tables=tables, counts=counts, clock=clock, switches=switches)

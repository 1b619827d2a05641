"""Snapshots whose faults, timeline and former tokens somebody has altered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hostile.test_instrument_documents import Box, deep
from tests.hostile.wire import Wire

Tables = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def box(wire: Wire) -> Box:
    """With a fault, an entry that has happened and one that waits, and a token of before."""
    box = Box(wire)
    application = box.document["applications"][0]
    entry = {"when": {"request": "GET /v1/account"}, "do": {"clear_journal": {}}}
    fault = {"match": {"path": "/v1/channels"}, "respond": {"status": 500, "body": {}}}
    former = box.token
    credentials = {name: application[name] for name in ("client_id", "client_secret")}
    revoked = {**credentials, "token": former}
    assert box.wire.ask("POST", "/oauth/token/revoke", document=revoked).status == 200
    connected = wire.connect(box.document["sandbox_id"], email="jane@acme.test")
    box.token = connected["access_token"]
    box.control("POST", "/timeline", entry)
    assert box.call("GET", "/v1/account").status == 200
    box.control("POST", "/timeline", entry)
    box.control("POST", "/faults", fault)
    return box


@pytest.fixture
def snapshot(box: Box) -> Any:
    return box.control("GET", "/snapshot").json()


FAULT: dict[str, dict[str, Any]] = {
    "a path of the control API": {"match": {"path": "/_mock/**"}},
    "no path": {"match": {"path": "x"}},
    "a status": {"response": {"status": 99}},
    "a header of two lines": {"response": {"status": 500, "headers": [["a", "b\r\nc: d"]]}},
    "no JSON": {"response": {"status": 500, "body": "{", "is_json": True}},
    "deep JSON": {"response": {"status": 500, "body": "[" * 200 + "]" * 200, "is_json": True}},
    "two answers": {"response": {"status": 500, "reset": True}},
    "an unknown error": {"response": {"error": "gone"}},
    "a time": {"window": {"begins": 10**18}},
    "a chance": {"probability": 2.0},
}

WAITING: dict[str, dict[str, Any]] = {
    "a long pattern": {"when": {"kind": "request", "name": "/" + "**/a/" * 20_000}},
    "no pattern": {"when": {"kind": "request", "name": "\x00"}},
    "the control API": {"when": {"kind": "request", "name": "/_mock/sandboxes"}},
    "no person": {"when": {"kind": "mail", "name": "\n"}},
    "a count below zero": {"when": {"kind": "request", "name": "/", "after": -1}},
    "a huge count": {"when": {"kind": "request", "name": "/", "times": 10**18}},
    "neither at nor when": {"when": None},
    "both": {"at": 0},
    "a time": {"when": None, "at": 10**18},
    "actions that are none": {"do": "null"},
    "deep actions": {"do": "[" * 5000},
    "an unknown action": {"do": '[{"explode": {}}]'},
}


@pytest.mark.parametrize(
    ("table", "change"),
    [*(("faults", c) for c in FAULT.values()), *(("timeline", c) for c in WAITING.values())],
    ids=[*FAULT, *WAITING],
)
def test_what_no_document_could_have_made_is_refused(
    box: Box, snapshot: Any, table: str, change: dict[str, Any]
) -> None:
    before = box.control("GET", "/snapshot").body
    snapshot["tables"][table][-1].update(change)
    answer = box.control("PUT", "/snapshot", snapshot)
    assert answer.status == 422
    assert answer.json()["errors"][0]["place"].startswith(f"tables.{table}[")
    assert box.control("GET", "/snapshot").body == before


@pytest.mark.parametrize("outcome", ["", "{", "NaN", str(deep(250)), "[" * 100_000])
def test_an_outcome_that_cannot_be_shown_is_refused(box: Box, snapshot: Any, outcome: str) -> None:
    happening = {"at": 0, "action": "clear_journal", "outcome": outcome, "failed": False}
    snapshot["tables"]["timeline"][0]["happened"] = [happening]
    assert box.control("PUT", "/snapshot", snapshot).status == 422


@pytest.mark.parametrize(("table", "key"), [("faults", "fault_id"), ("timeline", "entry_id")])
def test_more_than_there_may_be_is_refused(box: Box, snapshot: Any, table: str, key: str) -> None:
    row = snapshot["tables"][table][-1]
    snapshot["tables"][table] = [{**row, key: f"{key}_{n}"} for n in range(1001)]
    assert box.control("PUT", "/snapshot", snapshot).status == 422


def test_ids_of_any_characters_do_no_harm(box: Box, snapshot: Any) -> None:
    """They stand in headers, hints and reports as what is no header's end, and no markup."""
    odd = "\x1b[31m\r\nX: y\u2603<script>" * 50
    good = box.control("GET", "/snapshot").json()
    snapshot["tables"]["faults"][0]["fault_id"] = odd
    snapshot["tables"]["timeline"][1]["entry_id"] = odd
    if box.control("PUT", "/snapshot", snapshot).status == 200:
        answer = box.call("POST", "/v1/channels", document={})
        assert answer.status == 500
        for name, value in answer.headers:
            assert value.isascii(), name
            assert value.decode().isprintable(), name
        assert box.call("GET", "/v1/account").status == 200
        box.everything()
    assert box.control("PUT", "/snapshot", good).status == 200


@pytest.mark.parametrize(
    "change",
    [
        *({"token": ""}, {"client_id": "nobody"}, {"sub": "nobody"}, {"ended_at": 10**18}),
        *({"ended_at": -(10**18)}, {"ended_by": "nobody"}, {"token": "\x00"}),
    ],
)
def test_former_tokens_that_were_altered_are_refused_or_hold_together(
    box: Box, snapshot: Any, change: dict[str, Any]
) -> None:
    good = box.control("GET", "/snapshot").json()
    former = snapshot["tables"]["former_tokens"][0]["token"]
    snapshot["tables"]["former_tokens"][0].update(change)
    if box.control("PUT", "/snapshot", snapshot).status == 200:
        assert box.call("GET", "/v1/userinfo").status == 200
        for token in (former, change.get("token", former)):
            answer = box.wire.ask("GET", "/v1/userinfo", token=token)
            assert answer.status == 401
        box.everything()
    assert box.control("PUT", "/snapshot", good).status == 200

"""An emulator that is broken on purpose: the suite names what, and nothing else."""

from __future__ import annotations

from typing import Any

from tests.conformance.conftest import Connect, report

FAULTS: tuple[dict[str, Any], ...] = (
    {
        "match": {"method": "GET", "path": "/v1/channels"},
        "respond": {"error": "unavailable"},
    },
    {
        "match": {"method": "GET", "path": "/v1/account"},
        "respond": {"malformed_json": True},
    },
    {
        "match": {"method": "GET", "path": "/v1/availability_rules/*"},
        "respond": {"status": 200, "body": {"availability_rule": {}}},
    },
)


def test_three_faults_are_the_three_that_are_named(served: str, connect: Connect) -> None:
    jane = connect()
    assert report(served, jane)["summary"]["failed"] == 0
    for fault in FAULTS:
        made = jane.sandbox.control("POST", "/faults", json=fault)
        assert made.status_code == 201, made.text
    found = {
        check["name"]: check["differences"]
        for check in report(served, jane)["checks"]
        if check["result"] == "failed"
    }
    assert {name: [d["request"] for d in differences] for name, differences in found.items()} == {
        "answers.account": ["GET /v1/account"],
        "answers.channels": ["GET /v1/channels"],
        "calls.unknown-id": [f"GET /v1/availability_rules/{'0' * 24}"],
    }
    (unreadable,), (unavailable,), (answered,) = found.values()
    assert unreadable["expected"] == "a JSON document"
    assert (unavailable["expected"], unavailable["found"]) == (
        "status 200",
        "status 503, an empty body",
    )
    assert (answered["expected"], answered["found"]) == (
        "status 404",
        'status 200, application/json; charset=utf-8: "{"availability_rule":{}}"',
    )

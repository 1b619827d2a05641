"""The control API's snapshots: a whole sandbox as one document, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.control import CLOCK, SCENARIO, assert_problems
from tests.contract.documents import Document, Like
from tests.contract.stories import read, revoke
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]


@pytest.fixture
def whole(open_sandbox: Open) -> Sandbox:
    return open_sandbox(scenario=SCENARIO)


def test_a_snapshot(whole: Sandbox) -> None:
    """The whole sandbox as one document; snapshot_id names its content."""
    response = whole.control("GET", "/snapshot")
    assert response.status_code == 200
    snapshot = response.json()
    named = {
        "snapshot_id": Like("snp_[0-9a-f]{24}"),
        "sandbox_id": whole.sandbox_id,
        "scenario": "whole",
        "seed": 42,
        "clock": {
            "now": CLOCK,
            "mode": "virtual",
            "state": snapshot["clock"]["state"],
        },
        "switches": {
            "implicit_linking": True,
            "rotate_refresh_tokens": False,
            "rate_limits": False,
            "page_size": 100,
            "include_free": False,
            "queue_writes": False,
            "party_crashers": "ignore",
            "first_event_year": 1900,
            "last_event_year": 2100,
            "most_query_periods": 50,
            "most_query_days": None,
            "most_query_slots": 512,
            "most_groups": 10,
            "most_members": 50,
            "notification_delay": 1,
            "profile_connected": False,
            "close_on_gone": False,
            "strictness": "cronofy",
        },
        "counts": snapshot["counts"],
        "tables": snapshot["tables"],
    }
    assert snapshot == named
    assert len(snapshot["tables"]["authorizations"]) == 3
    assert whole.control("GET", "/snapshot").json() == snapshot
    whole.advance(minutes=1)
    later = whole.control("GET", "/snapshot").json()
    assert later["snapshot_id"] == snapshot["snapshot_id"]
    whole.connect("mary@acme.test", scope="free_busy_write")
    changed = whole.control("GET", "/snapshot").json()
    assert changed["snapshot_id"] != snapshot["snapshot_id"]


def test_a_snapshot_brings_everything_back(whole: Sandbox) -> None:
    """And back: people, connections, tokens, clock, deliveries and what comes next."""
    mary = whole.connect("mary@acme.test", scope="free_busy_write")
    whole.advance(minutes=7)
    before, snapshot = whole.control("GET", "").json(), whole.control("GET", "/snapshot").json()
    following = whole.connect("ann@acme.test")
    revoke(whole, sub=mary["sub"])
    whole.advance(days=1)

    response = whole.control("PUT", "/snapshot", json=snapshot)
    assert (response.status_code, response.json()) == (200, before)
    assert whole.control("GET", "").json() == before
    assert read(whole, mary, "/v1/userinfo") == mary["userinfo"]
    assert whole.connect("ann@acme.test") == following
    # A reset still leads to the first state.
    assert whole.control("POST", "/reset").json() == whole.document


WRONG_SNAPSHOTS: dict[str, tuple[Callable[[Document], Any], str]] = {
    "a list": (lambda snapshot: [], "the document"),
    "nothing": (lambda snapshot: {}, "seed"),
    "another seed": (lambda snapshot: {**snapshot, "seed": 5}, "seed"),
    "no tables": (lambda snapshot: {**snapshot, "tables": None}, "tables"),
    "an unknown table": (lambda snapshot: {**snapshot, "tables": {"pets": []}}, "tables"),
    "a wrong value": (
        lambda snapshot: {
            **snapshot,
            "tables": {"people": [{**snapshot["tables"]["people"][0], "email": 5}]},
        },
        "tables.people[0].email",
    ),
    "no clock": (lambda snapshot: {**snapshot, "clock": None}, "clock.state"),
    "no counts": (lambda snapshot: {**snapshot, "counts": None}, "counts"),
    "no switches": (lambda snapshot: {**snapshot, "switches": 5}, "switches"),
}


@pytest.mark.parametrize("case", WRONG_SNAPSHOTS)
def test_a_wrong_snapshot_changes_nothing(whole: Sandbox, case: str) -> None:
    """422 with the place in the document."""
    change, place = WRONG_SNAPSHOTS[case]
    snapshot = whole.control("GET", "/snapshot").json()
    assert_problems(whole.control("PUT", "/snapshot", json=change(snapshot)), 422, place)
    assert whole.control("GET", "/snapshot").json() == snapshot


def test_a_snapshot_whose_credentials_are_held(open_sandbox: Open) -> None:
    """409 for what another living sandbox holds; nothing has changed."""
    first, second = open_sandbox(clock=CLOCK), open_sandbox(clock=CLOCK)
    snapshot = first.control("GET", "/snapshot").json()
    response = second.control("PUT", "/snapshot", json=snapshot)
    assert_problems(response, 409, "client_id")
    assert second.control("GET", "").json() == second.document
    first.control("DELETE", "")
    restored = second.control("PUT", "/snapshot", json=snapshot)
    assert restored.status_code == 200
    assert restored.json() == {**first.document, "sandbox_id": second.sandbox_id}

"""Availability beside others: snapshots that somebody has edited, other applications, and
whatever else happens at the same time.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.hostile.test_availability import AVAILABILITY, ask, documents, period
from tests.hostile.wire import Answer, Wire, check_manners
from tests.hostile.worlds import EVENT, World


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    return World(wire)


@pytest.fixture(autouse=True)
def first_moment(world: World) -> None:
    world.reset()
    for name in ("rule", "period"):
        assert ask(world, name, documents(world)[name]).status in {200, 202}


# --- Snapshots edited by hand ------------------------------------------------------------

EDITED: dict[str, tuple[str, dict[str, Any], bool]] = {
    "a zone of no clock": ("availability_rules", {"tzid": "Mars/Olympus"}, False),
    "hours that end first": ("availability_rules", {"weekly_periods": [("monday", 9, 8)]}, False),
    "hours of no length": ("availability_rules", {"weekly_periods": [("monday", 9, 9)]}, False),
    "hours of no day": ("availability_rules", {"weekly_periods": [("someday", 8, 9)]}, False),
    "hours past midnight": ("availability_rules", {"weekly_periods": [("monday", 9, 1441)]}, False),
    "hours before the day": ("availability_rules", {"weekly_periods": [("monday", -1, 9)]}, False),
    "a long id": ("availability_rules", {"availability_rule_id": "x" * 65}, False),
    "calendars of nobody": ("availability_rules", {"calendar_ids": ["cal_nobody"]}, False),
    "no calendars": ("availability_rules", {"calendar_ids": []}, True),
    "a rule of nobody": ("availability_rules", {"sub": "acc_nobody"}, False),
    "a rule of no application": ("availability_rules", {"client_id": "nobody"}, False),
    "a period of another zone": ("available_periods", {"tzid": "\ud83d\ude00"}, False),
    "a period that ends first": ("available_periods", {"end": 0}, False),
    "a period before time": ("available_periods", {"start": -(2**40)}, False),
    "a period after time": ("available_periods", {"end": 2**40}, False),
    "a period of no number": ("available_periods", {"end": "soon"}, False),
    "a period of a long id": ("available_periods", {"available_period_id": "x" * 65}, False),
    "a period of nobody": ("available_periods", {"sub": "acc_nobody"}, False),
}

IDS = {"default", "one"}


@pytest.mark.parametrize("edit", EDITED)
def test_snapshots_are_sound_or_refused(world: World, edit: str) -> None:
    """What a rule relies on holds in every sandbox; what else stands there does no harm."""
    table, changes, taken = EDITED[edit]
    path = f"/_mock/sandboxes/{world.sandbox_id}/snapshot"
    snapshot = world.wire.ask("GET", path).json()
    number, record = next(
        (number, record)
        for number, record in enumerate(snapshot["tables"][table])
        if record["sub"] == world.subs[0]
        and record.get("availability_rule_id", record.get("available_period_id")) in IDS
    )
    record |= changes
    if "weekly_periods" in changes:
        ((day, start, end),) = changes["weekly_periods"]
        record["weekly_periods"] = [{"day": day, "start": start, "end": end}]
    before = world.sandbox.state()
    answer = world.wire.ask("PUT", path, document=snapshot)
    check_manners(answer)
    if taken:
        assert answer.status == 200, answer
    else:
        assert answer.status == 422, answer
        (problem,) = answer.json()["errors"]
        assert problem["place"].startswith(f"tables.{table}[{number}]"), problem
        assert problem["found"]
        assert problem["expected"]
        assert world.sandbox.state() == before
    someone = {"sub": world.subs[0], "managed_availability": True}
    query = documents(world)["query"] | {"participants": [{"members": [someone]}]}
    assert ask(world, "query", query).status == 200


# --- Others, and at the same time --------------------------------------------------------


def test_other_applications_do_not_count(world: World) -> None:
    """Neither their rules, nor their periods, events, tags and ids; nor may they be named."""
    wire = world.wire
    answer = wire.ask(
        "PUT",
        f"/_mock/sandboxes/{world.sandbox_id}/snapshot",
        document=_with_a_plan(world),
    )
    assert answer.status == 200, answer
    other = world.tokens[4]
    query = {
        "participants": [{"members": [{"sub": world.subs[0], "managed_availability": True}]}],
        "required_duration": {"minutes": 1},
        "query_periods": [period("2026-05-11T00:00", "2026-05-18T00:00")],
    }
    assert ask(world, "query", query).json()["available_periods"] != []
    assert ask(world, "query", query, other).json() == {"available_periods": []}
    someone = query["participants"][0]["members"][0]  # type: ignore[index]
    named = {**someone, "availability_rule_ids": ["default"]}
    answer = ask(world, "query", {**query, "participants": [{"members": [named]}]}, other)
    assert [*answer.json()["errors"]] == ["participants[0].members[0].availability_rule_ids"]
    # The first application's events block the other's query, but do not fill its quotas, and
    # cannot be excluded by its ids.
    someone = {"sub": world.subs[0]}
    query["participants"] = [{"members": [someone]}]
    own = ask(world, "query", query).json()
    assert ask(world, "query", query, other).json() == own
    full = {**someone, "availability_constraints": [{"period": "week", "limit": 1}]}
    limited = {**query, "participants": [{"members": [full]}]}
    assert ask(world, "query", limited).json() != own
    assert ask(world, "query", limited, other).json() == own
    excluded = {**query, "excluded_events": [{"event_id": "review"}, {"event_id": "standup"}]}
    assert ask(world, "query", excluded).json() != own
    assert ask(world, "query", excluded, other).json() == own
    stranger = {**query, "participants": [{"members": [{"sub": world.subs[1]}]}]}
    assert [*ask(world, "query", stranger, other).json()["errors"]] == [
        "participants[0].members[0].sub"
    ]


def _with_a_plan(world: World) -> Any:
    """The sandbox, in which every application may ask for availability."""
    snapshot = world.wire.ask("GET", f"/_mock/sandboxes/{world.sandbox_id}/snapshot").json()
    for application in snapshot["tables"]["applications"]:
        application["plan"] = snapshot["tables"]["applications"][0]["plan"]
    return snapshot


def test_queries_while_everything_changes(wire: Wire) -> None:
    """Events are written, the sandbox is reset and goes: each query is answered whole, from
    before or after, or there is nobody any more whom it could be about.
    """
    world = World(wire, "passing-")
    query = {
        "participants": [{"members": [{"sub": sub} for sub in world.subs[:3]]}],
        "required_duration": {"minutes": 30},
        "query_periods": [period("2026-05-11T00:00", "2026-06-11T00:00")],
    }
    base = f"/_mock/sandboxes/{world.sandbox_id}"
    path = f"/v1/calendars/{world.calendar_of('rita@acme.test')}/events"
    token, key = world.tokens[0], world.main["client_secret"]

    async def everything() -> list[Answer]:
        asked = []
        for number in range(40):
            event = {**EVENT, "event_id": f"e{number}"}
            asked += [
                wire.asked("POST", AVAILABILITY, token=key, document=query),
                wire.asked("POST", path, token=token, document=event),
                wire.asked("POST", AVAILABILITY, token=token, document=query),
            ]
            if number % 10 == 5:
                asked.append(wire.asked("POST", f"{base}/reset"))
            if number == 30:
                asked.append(wire.asked("DELETE", base))
        return list(await asyncio.gather(*asked))

    answers = wire.run(everything())
    assert {answer.status for answer in answers} == {200, 202, 204, 401, 404}
    for answer in answers:
        check_manners(answer)

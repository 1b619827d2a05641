"""Availability, and what it is worked out from, asked with everything but good sense.

Whatever stands in a field: an answer in Cronofy's shape, which names what was sent.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest

from mock_server.rules import time_zones
from tests.hostile.strategies import NUMBERS, OTHERS, TEXTS, nested
from tests.hostile.wire import Answer, Wire, check_manners
from tests.hostile.worlds import World

AVAILABILITY, SEQUENCED = "/v1/availability", "/v1/sequenced_availability"
RULES, PERIODS = "/v1/availability_rules", "/v1/available_periods"

DIGITS = "\u0663\uff15\u0967"
WRONG: tuple[Any, ...] = ("\u0663", " ", "NaN", "9" * 5000, -1, 1.5, True, 2**63, [], {}, "\ud800")
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *NUMBERS,
    *OTHERS,
    *(nested(depth) for depth in (8, 60, 400)),
    *("NaN", "Infinity", "-Infinity", "1e3", "0x10", "1_0", "+5", "-5", "30.0", " 30 ", DIGITS),
    *(f"202{DIGITS[0]}-05-12T09:00:00Z", f"0{DIGITS[0]}:00", "24:00", "24:01", "9:00", "09:00\n"),
    *({"minutes": value} for value in WRONG),
    *({"hours": value, "minutes": 1} for value in WRONG),
    *({"minimum": value} for value in (*WRONG, {"minutes": 1e308}, {"hours": {}})),
    *({"time": value, "tzid": "Etc/UTC"} for value in (*WRONG, "9999-12-31")),
    *({"time": "2026-05-12T09:00:00Z", "tzid": value} for value in (*WRONG, "utc")),
    ["all"] * 600,
    [{}] * 600,
    [[]] * 60,
    {str(number): number for number in range(600)},
)


def period(start: str, end: str) -> dict[str, str]:
    return {"start": f"{start}:00Z", "end": f"{end}:00Z"}


NINE, TEN = "2026-05-12T09:00", "2026-05-12T10:00"
MINUTES = {"hours": 0, "minutes": 5}
SIDE = {"minimum": MINUTES, "maximum": {"minutes": 50}}


def member(sub: str, calendar_id: str) -> dict[str, Any]:
    tags = {"private": [{"value": "a"}], "public": [{"value": "b"}]}
    return {
        "sub": sub,
        "calendar_ids": [calendar_id],
        "available_periods": [period(NINE, TEN)],
        "managed_availability": False,
        "availability_rule_ids": ["default"],
        "buffer": {"before": SIDE, "after": MINUTES},
        "availability_constraints": [
            {"period": "day", "limit": 1, "tags": tags, "tzid": "Europe/London"}
        ],
        "only_managed_events": False,
        "ignore_tentative": True,
        "ignored_extended_transparencies": ["tentative"],
        "ignored_extended_transparency": ["unknown"],
    }


def documents(world: World) -> dict[str, dict[str, Any]]:
    """A body of each call with everything in it that it may have."""
    someone = member(world.subs[0], world.calendar_of("rita@acme.test"))
    groups = [{"members": [someone, {"sub": world.subs[2]}], "required": 1}]
    search = {
        "response_format": "slots",
        "max_results": 5,
        "query_periods": [period(NINE, TEN), period("2026-05-13T09:00", "2026-05-13T12:00")],
    }
    query = {
        **search,
        "participants": groups,
        "required_duration": MINUTES,
        "start_interval": MINUTES,
        "buffer": {"before": SIDE, "after": SIDE},
        "include_member_statuses": True,
        "excluded_events": [{"event_id": "review"}, {"event_uid": "evt_external_1"}],
        "ignored_extended_transparencies": ["out_of_office"],
    }
    step = {
        "participants": groups,
        "required_duration": MINUTES,
        "start_interval": MINUTES,
        "buffer": {"before": SIDE, "after": SIDE},
        "query_periods": [period(NINE, TEN)],
        "event": {"summary": "x"},
    }
    slots = [{"start": f"{NINE}:00Z"}, {"start": f"{TEN}:00Z"}]
    return {
        "query": query,
        "slots": {
            "participants": [{"members": [{"sub": world.subs[2]}]}],
            "required_duration": MINUTES,
            "query_slots": slots,
        },
        "sequence": {
            **search,
            "sequence": [
                {**step, "sequence_id": 1, "ordinal": 1},
                {
                    "sequence_id": "b",
                    "participants": [{"members": [{"sub": world.subs[2]}]}],
                    "required_duration": MINUTES,
                },
            ],
        },
        "rule": {
            "availability_rule_id": "default",
            "tzid": "Europe/London",
            "calendar_ids": [world.calendar_of("rita@acme.test")],
            "weekly_periods": [{"day": "monday", "start_time": "09:00", "end_time": "24:00"}],
        },
        "period": {
            "available_period_id": "one",
            "start": {"time": f"{NINE}:00Z", "tzid": "Europe/London"},
            "end": f"{TEN}:00Z",
            "tzid": "Europe/Paris",
        },
        "deletion": {"available_period_id": "one"},
        "bulk deletion": {"delete_all": True},
    }


CALLS = {
    "query": ("POST", AVAILABILITY),
    "slots": ("POST", AVAILABILITY),
    "sequence": ("POST", SEQUENCED),
    "rule": ("POST", RULES),
    "period": ("POST", PERIODS),
    "deletion": ("DELETE", PERIODS),
    "bulk deletion": ("DELETE", PERIODS),
}
Place = tuple[str | int, ...]


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    return World(wire)


@pytest.fixture(autouse=True)
def first_moment(world: World) -> None:
    world.reset()
    for name in ("rule", "period"):
        assert ask(world, name, documents(world)[name]).status in {200, 202}


def ask(world: World, name: str, document: Any, token: str | None = None) -> Answer:
    method, path = CALLS[name]
    content = json.dumps(document).encode()
    headers = [("content-type", "application/json")]
    token = token or world.tokens[0]
    return world.wire.ask(method, path, token=token, body=content, headers=headers)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    if at:
        yield at
    entries = value.items() if isinstance(value, dict) else ()
    for name, inside in entries or (enumerate(value) if isinstance(value, list) else ()):
        yield from places(inside, (*at, name))


def exchanged(document: Any, at: Place, value: Any) -> Any:
    """``document`` with ``value`` in one place."""
    if not at:
        return value
    changed = copy.copy(document)
    changed[at[0]] = exchanged(changed[at[0]], at[1:], value)
    return changed


_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")


def is_sent(document: Any, path: str) -> bool:
    """Whether ``path`` is a field of ``document``, or one that is missing in an object there."""
    if path == "body":
        return True
    value = document
    *way, last = (int(m[2]) if m[2] else m[1] for m in _STEP.finditer(path))
    for step in way:
        if isinstance(step, int) != isinstance(value, list):
            return False
        if step not in (range(len(value)) if isinstance(step, int) else value):
            return False
        value = value[step]
    if isinstance(last, int):
        return isinstance(value, list) and last < len(value)
    return isinstance(value, dict) or value == []


def check(answer: Answer, document: Any) -> None:
    """Taken, or refused with paths that the document has."""
    check_manners(answer)
    assert answer.status in {200, 202, 422}, answer
    if answer.status == 422:
        assert answer.header("mock-cronofy-hint")
        errors = answer.json()["errors"]
        assert errors
        for path, entries in errors.items():
            assert is_sent(document, path), (path, str(document)[:500])
            assert [*entries[0]] == ["key", "description"]


@pytest.mark.parametrize("name", CALLS)
def test_every_field_takes_every_value(world: World, name: str) -> None:
    """Of whatever type, size and depth: it is taken, or refused by the name that was sent."""
    document = documents(world)[name]
    assert ask(world, name, document).status in {200, 202}
    for place in places(document):
        for value in VALUES:
            wrong = exchanged(document, place, value)
            check(ask(world, name, wrong), wrong)


@pytest.mark.parametrize("value", [True, False, 1.0, -0.0, "1_0", "+5", "30.0", " 30 ", DIGITS])
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("sequence", ("sequence", 0, "ordinal")),
        (
            "query",
            ("participants", 0, "members", 0, "availability_constraints", 0, "limit"),
        ),
    ],
    ids=("ordinal", "limit"),
)
def test_only_numbers_are_numbers(world: World, name: str, place: Place, value: object) -> None:
    """Not what Python can read as one."""
    answer = ask(world, name, exchanged(documents(world)[name], place, value))
    assert answer.status == 422, answer


# Paths are split where they have a slash, encoded or not.
IDS = [t for t in TEXTS if 0 < len(t) <= 64 and t.isascii() and "\0" not in t and "/" not in t]


@pytest.mark.parametrize("rule_id", IDS)
def test_rules_are_found_by_the_ids_they_were_given(world: World, rule_id: str) -> None:
    """Whatever stands in them, once they are encoded."""
    document = {"availability_rule_id": rule_id, "tzid": "Etc/UTC", "weekly_periods": []}
    answer = ask(world, "rule", document)
    assert (answer.status, answer.json()) == (200, {"availability_rule": document})
    target, token = f"{RULES}/{quote(rule_id, safe='')}", world.tokens[0]
    answer = world.wire.ask("GET", target, token=token)
    check_manners(answer)
    assert (answer.status, answer.json()) == (200, {"availability_rule": document})
    assert world.wire.ask("DELETE", target, token=token).status == 202
    assert world.wire.ask("GET", target, token=token).status == 404


EDGES = (
    ("1000-01-01T00:00:00+23:59", "1000-01-02T00:00:00-23:59"),
    ("9000-12-30T00:00:00+23:59", "9000-12-31T23:59:59-23:59"),
    ("2026-03-29T00:59:59Z", "2026-03-29T01:00:01Z"),
    ("2026-10-25T00:00:00Z", "2026-10-25T01:30:00Z"),
    ("2011-12-29T00:00:00Z", "2012-01-01T00:00:00Z"),
)


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge[0][:10])
def test_the_edges_of_time_in_every_zone(world: World, edge: tuple[str, str]) -> None:
    """The first and the last years, the hours when clocks are moved, and the day that Apia left
    out.
    """
    window = {"start": edge[0], "end": edge[1]}
    hours = [
        {"day": day, "start_time": "00:00", "end_time": "24:00"}
        for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    ]
    for tzid in sorted(time_zones.names()):
        rule = {"availability_rule_id": "default", "tzid": tzid, "weekly_periods": hours}
        assert ask(world, "rule", rule).status == 200
        constraint = {"period": "week", "limit": 5, "tzid": tzid}
        someone = {
            "sub": world.subs[0],
            "managed_availability": True,
            "availability_constraints": [constraint],
            "calendar_ids": [],
        }
        query = {
            "participants": [{"members": [someone]}],
            "required_duration": {"minutes": 1},
            "query_periods": [window],
        }
        answer = ask(world, "query", query)
        assert answer.status == 200, (tzid, answer)
        check_manners(answer)
        found = answer.json()["available_periods"]
        lasting = (instant(edge[1]) - instant(edge[0])).total_seconds() >= 60
        spans = [(instant(item["start"]), instant(item["end"])) for item in found]
        assert spans == [(instant(edge[0]), instant(edge[1]))] * lasting, tzid


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

"""The brute force over sequences itself, and the random queries that it is asked."""

from __future__ import annotations

from collections import Counter
from datetime import date

from tests.availability.by_sequence import sequences
from tests.availability.chance import Chance
from tests.availability.model import Document, Event, Person, World
from tests.availability.queries import random_sequence
from tests.availability.worlds import random_world

ASKED = 100


def minutes(count: int) -> Document:
    return {"minutes": count}


def at(clock: str) -> str:
    return f"2026-05-12T{clock}:00Z"


def item(sequence_id: str, name: str, start: str, end: str) -> Document:
    participants = [{"sub": name}]
    return {
        "sequence_id": sequence_id,
        "start": at(start),
        "end": at(end),
        "participants": participants,
    }


def test_s1() -> None:
    """2.3, example S1: the panel 15 to 30 minutes after the call, and after what Q has before."""
    busy = Event("busy", "main", at("09:00"), at("10:00"))
    people = (Person("P", "Etc/UTC", ("main",)), Person("Q", "Etc/UTC", ("main",), (busy,)))
    call = {
        "sequence_id": "call",
        "ordinal": 1,
        "participants": [{"members": [{"sub": "P"}]}],
        "required_duration": minutes(30),
        "start_interval": minutes(15),
    }
    panel = {
        "sequence_id": "panel",
        "ordinal": 2,
        "participants": [{"members": [{"sub": "Q"}]}],
        "required_duration": minutes(60),
        "start_interval": minutes(15),
        "buffer": {"before": {"minimum": minutes(15), "maximum": minutes(30)}},
    }
    periods = [{"start": at("09:00"), "end": at("12:00")}]
    query = {"sequence": [call, panel], "query_periods": periods}
    assert sequences(World(date(2026, 5, 12), people), query) == {
        "sequences": [
            {"sequence": [item("call", "P", *first), item("panel", "Q", *second)]}
            for first, second in (
                (("09:15", "09:45"), ("10:15", "11:15")),
                (("09:30", "10:00"), ("10:15", "11:15")),
                (("09:45", "10:15"), ("10:30", "11:30")),
                (("10:00", "10:30"), ("10:45", "11:45")),
                (("10:15", "10:45"), ("11:00", "12:00")),
            )
        ]
    }


def test_what_is_asked_matters() -> None:
    """Many queries find something, several items in one order or another, and maxima matter."""
    count: Counter[str] = Counter()
    chance = Chance(0)
    for _ in range(ASKED):
        world = random_world(chance)
        query = random_sequence(chance, world)
        found = sequences(world, query)["sequences"]
        orders = {tuple(one["sequence_id"] for one in each["sequence"]) for each in found}
        count["found"] += bool(found)
        count["several items"] += bool(found) and len(query["sequence"]) > 1
        count["several orders"] += len(orders) > 1
        for name in ("buffer", "start_interval", "ordinal", "query_periods"):
            steps = [{k: v for k, v in s.items() if k != name} for s in query["sequence"]]
            less = {**query, "sequence": steps}
            count[name] += sequences(world, less)["sequences"] != found
    assert {name: number for name, number in count.items() if number < 0.04 * ASKED} == {}
    assert count["found"] >= 0.3 * ASKED

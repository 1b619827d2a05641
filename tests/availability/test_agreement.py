"""The emulator's availability and the brute force, on ten thousand queries about random worlds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pprint import pformat

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.availability.brute import answer
from tests.availability.by_sequence import sequences
from tests.availability.chance import Chance
from tests.availability.emulated import Emulated, Refused
from tests.availability.model import Document, Event, Person, World
from tests.availability.queries import random_query, random_sequence
from tests.availability.simplest import simplest
from tests.availability.worlds import later_world, random_world
from tests.hostile.wire import Wire

PARTS, WORLDS, QUERIES = 10, 50, 20
SEQUENCES = 40


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """An emulator for all worlds, one after another."""
    wire = Wire()
    yield wire
    wire.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_agreement(wire: Wire, part: int) -> None:
    """Whatever is asked about whatever world, both answer the same document."""
    tried = set()

    # What is drawn is a number that all chance in a world follows from. Drawing worlds and
    # queries themselves repeats the small ones: a quarter of them was different.
    @seed(part)
    @settings(
        max_examples=WORLDS,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(min_value=0, max_value=2**63 - 1))
    def agree(number: int) -> None:
        tried.add(number)
        ask(wire, Chance(number))

    agree()
    assert len(tried) == WORLDS


def ask(wire: Wire, chance: Chance) -> None:
    """Twenty queries about one world, which changes after the tenth."""
    world = random_world(chance)
    emulated = Emulated(wire, world)
    for number in range(QUERIES):
        if number == QUERIES // 2:
            before, world = world, later_world(chance, world)
            emulated.become(world, before)
        query = random_query(chance, world)
        if emulated.answer(query) != answer(world, query):
            pytest.fail(in_short(wire, world, query))
    emulated.close()


@pytest.mark.parametrize("number", range(SEQUENCES))
def test_agreement_on_sequences(wire: Wire, number: int) -> None:
    """Of all ways to place items one after another, both find the same ones."""
    chance = Chance(number)
    world = random_world(chance)
    emulated = Emulated(wire, world)
    for _ in range(QUERIES // 2):
        query = random_sequence(chance, world)
        if emulated.answer(query) != sequences(world, query):
            pytest.fail(in_short(wire, world, query))
    emulated.close()


@pytest.mark.parametrize("most", [1, 2, 3])
def test_weeks_without_an_event(wire: Wire, most: int) -> None:
    """A period is as long as it is, however few of them are wanted."""
    event = Event("ann 0", "ann/main", "2026-05-12T09:00:00Z", "2026-05-12T10:00:00Z")
    ann = Person("ann", "Etc/UTC", ("ann/main",), (event,))
    query = {
        "participants": [{"members": [{"sub": "ann"}]}],
        "required_duration": {"minutes": 30},
        "query_periods": [{"start": "2026-05-12T00:00:00Z", "end": "2026-06-15T00:00:00Z"}],
        "max_results": most,
    }
    found, expected = both(wire, World(date(2026, 5, 12), (ann,)), query)
    assert found == expected


def in_short(wire: Wire, world: World, query: Document) -> str:
    """What is asked and answered in the simplest case of a disagreement."""

    def disagree(world: World, query: Document) -> bool:
        try:
            found, expected = both(wire, world, query)
        except (Refused, LookupError, ValueError):
            return False  # no query any more
        return found != expected

    if not disagree(world, query):
        return f"only after changes, in\n{pformat(world)}\n{pformat(query)}"
    world, query = simplest(world, query, disagree)
    found, expected = both(wire, world, query)
    parts = {"world": world, "query": query, "emulator": found, "brute force": expected}
    return "\n".join(f"{name}:\n{pformat(part, width=100)}" for name, part in parts.items())


def both(wire: Wire, world: World, query: Document) -> tuple[Document, Document]:
    expected = sequences(world, query) if "sequence" in query else answer(world, query)
    emulated = Emulated(wire, world)
    try:
        return emulated.answer(query), expected
    finally:
        emulated.close()

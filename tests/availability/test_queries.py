"""The random queries themselves: they ask about everything, and it matters what they ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.availability.brute import answer
from tests.availability.chance import Chance
from tests.availability.model import Document, World
from tests.availability.queries import FORMATS, random_query
from tests.availability.simplest import simplest
from tests.availability.worlds import random_world

WORLDS, QUERIES = 100, 4
ASKED = WORLDS * QUERIES

OF_QUERIES = (
    "response_format",
    "start_interval",
    "buffer",
    "excluded_events",
    "max_results",
    "include_member_statuses",
    "ignored_extended_transparencies",
)
OF_MEMBERS = (
    "calendar_ids",
    "available_periods",
    "managed_availability",
    "availability_rule_ids",
    "buffer",
    "availability_constraints",
    "only_managed_events",
    "ignore_tentative",
    "ignored_extended_transparencies",
)


def without(document: Document, name: str) -> Document:
    return {other: value for other, value in document.items() if other != name}


def without_options(query: Document) -> Iterator[tuple[str, Document]]:
    """Without one option for everybody, by its name."""
    groups = query["participants"]
    for name in OF_QUERIES:
        yield name, without(query, name)
    yield "required", {**query, "participants": [without(group, "required") for group in groups]}
    for name in OF_MEMBERS:
        less = [
            {**group, "members": [without(member, name) for member in group["members"]]}
            for group in groups
        ]
        yield f"{name} of members", {**query, "participants": less}


def test_every_option_matters() -> None:
    """Most queries find something, all formats are asked for, and no option says nothing."""
    count: Counter[str] = Counter()
    chance = Chance(0)
    for _ in range(WORLDS):
        world = random_world(chance)
        for _ in range(QUERIES):
            query = random_query(chance, world)
            found = answer(world, query)
            count["found"] += bool(found.get("available_periods") or found.get("available_slots"))
            count[query.get("response_format", "no format")] += 1
            count["slots"] += "query_slots" in query
            for name, less in without_options(query):
                count[name] += less != query and answer(world, less) != found
    assert count["found"] >= 0.6 * ASKED
    assert min(count[name] for name in (*FORMATS, "no format", "slots")) >= 0.05 * ASKED
    of_members = [f"{name} of members" for name in OF_MEMBERS]
    assert {
        name: count[name]
        for name in (*OF_QUERIES, "required", *of_members)
        if count[name] < 0.01 * ASKED
    } == {}


def test_a_disagreement_is_told_in_short() -> None:
    """Whatever has nothing to do with a disagreement is left out of its description."""
    chance = Chance(5)
    world = random_world(chance)
    query = {**random_query(chance, world), "max_results": 7}

    def disagree(world: World, query: Document) -> bool:
        return bool(query.get("max_results") and world.people and world.people[0].events)

    less_world, less_query = simplest(world, query, disagree)
    assert less_query == {"max_results": 7}
    (person,) = less_world.people
    assert (len(person.events), person.rules, person.periods) == (1, (), ())

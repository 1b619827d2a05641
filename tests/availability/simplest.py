"""The simplest case of a disagreement: whatever can be left out, is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.availability.model import Document, World


def simplest(
    world: World, query: Document, disagree: Callable[[World, Document], bool]
) -> tuple[World, Document]:
    """The world and the query without all that is not needed for ``disagree``."""
    for less in _smaller(world, query):
        if disagree(*less):
            return simplest(*less, disagree)
    return world, query


def _smaller(world: World, query: Document) -> Iterator[tuple[World, Document]]:
    for less_query in _smaller_documents(query):
        yield world, less_query
    for less_world in _smaller_worlds(world):
        yield less_world, query


def _smaller_documents(document: Any) -> Iterator[Any]:
    """Without one member or one item, anywhere."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield {other: document[other] for other in document if other != name}
            for less in _smaller_documents(value):
                yield {**document, name: less}
    elif isinstance(document, list):
        for index, value in enumerate(document):
            before, after = document[:index], document[index + 1 :]
            yield [*before, *after]
            for less in _smaller_documents(value):
                yield [*before, less, *after]


def _smaller_worlds(world: World) -> Iterator[World]:
    """Without one person, or one of their events, rules or periods."""
    for index, person in enumerate(world.people):
        before, after = world.people[:index], world.people[index + 1 :]
        yield replace(world, people=(*before, *after))
        for name in ("events", "rules", "periods"):
            several = getattr(person, name)
            for left_out in range(len(several)):
                kept = several[:left_out] + several[left_out + 1 :]
                yield replace(world, people=(*before, replace(person, **{name: kept}), *after))

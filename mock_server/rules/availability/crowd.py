"""Who is free when: counting members over time (scheduling §1.6, step 7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mock_server.rules.availability.intervals import Intervals, intersect
from mock_server.world.records import Record


class Group(Record, frozen=True):
    """Members, by their place in the query, of whom at least ``required`` must be free."""

    members: tuple[int, ...]
    required: int


class Stretch(NamedTuple):
    """From ``start`` until before ``end`` the same ``members``, as the bits of a number."""

    start: int
    end: int
    members: int


class Crowd(Record, frozen=True):
    """When whom: sets of members, as the bits of a number, and when all of each are free.

    Those whom every item needs are one set; every other member is one, as far as the needed
    ones are free. ``groups`` are the members of each and how many it requires.
    """

    free: list[tuple[int, Intervals]]
    groups: list[tuple[int, int]]

    def suffices(self, members: int) -> bool:
        """Whether each group has as many of its members among these as it requires."""
        return all((members & group).bit_count() >= required for group, required in self.groups)


def gather(free: list[Intervals], groups: list[Group]) -> Crowd:
    """Members by when they are ``free``; whoever is needed in any case narrows the others."""
    needed = {
        member
        for group in groups
        if group.required == len(group.members)
        for member in group.members
    }
    others = {member for group in groups for member in group.members} - needed
    sets: list[tuple[int, Intervals]] = []
    # The busiest first, since they leave the others least to compare.
    busiest_first = sorted(needed, key=lambda member: len(free[member]))
    common = free[busiest_first[0]] if busiest_first else None
    for member in busiest_first[1:]:
        common = intersect(common or [], free[member])
    if common is not None:
        sets.append((_bits(needed), common))
    for member in sorted(others):
        own = free[member]
        sets.append((_bits((member,)), own if common is None else intersect(common, own)))
    return Crowd(sets, [(_bits(group.members), group.required) for group in groups])


def _bits(members: Iterable[int]) -> int:
    bits = 0
    for member in members:
        bits |= 1 << member
    return bits


def valid_starts(crowd: Crowd, duration: int) -> Iterator[Stretch]:
    """When an item of ``duration`` seconds may start, by whom it would be with, in order.

    Somebody can be there from the moment they are free until ``duration`` before they are
    busy again, that last moment included.
    """
    changes: dict[int, int] = {}
    for members, intervals in crowd.free:
        for start, end in intervals:
            last = end - duration
            if last >= start:
                changes[start] = changes.get(start, 0) ^ members
                changes[last + 1] = changes.get(last + 1, 0) ^ members
    # Mostly there are too few to look at each group, which takes much longer.
    fewest = sum(required for _, required in crowd.groups)
    present, since = 0, 0
    for moment in sorted(changes):
        if present.bit_count() >= fewest and crowd.suffices(present):
            yield Stretch(since, moment, present)
        present ^= changes[moment]
        since = moment

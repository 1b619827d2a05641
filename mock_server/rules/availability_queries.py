"""Availability queries: when the accounts that are asked about can meet (scheduling §§1, 2).

From an application's words (who, in which calendars, within which hours) to the intervals that
the engine in ``availability/`` searches, and back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from mock_server.rules import availability_constraints, busy_times, working_hours
from mock_server.rules.availability.crowd import Group, gather, valid_starts
from mock_server.rules.availability.formats import Item
from mock_server.rules.availability.intervals import Interval, Intervals, at_least, intersect, merge
from mock_server.rules.availability.search import Member, Wish, free_time, search
from mock_server.rules.availability.sequences import Gap, Step, sequences
from mock_server.rules.availability_parties import (
    Buffer,
    GroupQuery,
    Party,
    resolve,
)
from mock_server.rules.busy_times import Asking, Disregarded
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

_DAY = 86_400

# The days at the beginning of a window that are searched before the whole of it is: often
# they hold as many items as are wanted.
_FIRST_DAYS = 8


class AvailabilityQuery(Record, frozen=True):
    """``window`` is merged; ``buffer`` is that of members who have none of their own."""

    groups: tuple[GroupQuery, ...]
    window: Intervals
    wish: Wish
    buffer: Buffer = Buffer()
    excluded_ids: frozenset[str] = frozenset()
    excluded_uids: frozenset[str] = frozenset()


class StepQuery(Record, frozen=True):
    """One item of a sequence; ``window`` restricts it further, if there is one."""

    groups: tuple[GroupQuery, ...]
    duration: int
    interval: int | None = None
    before: Gap = Gap()
    after: Gap = Gap()
    ordinal: int | None = None
    window: Intervals | None = None


class Found(Record, frozen=True):
    """A time, and who is free throughout."""

    start: int
    end: int
    subs: tuple[str, ...]


def find(sandbox: Sandbox, client_id: str, query: AvailabilityQuery) -> list[Found]:
    """What is found, by start; raises Unprocessable for members that cannot be asked about."""
    [parties] = resolve(sandbox, client_id, [("", query.groups)])
    groups = _places(query.groups)
    asking = Asking(client_id, query.excluded_ids, query.excluded_uids)
    found: list[Item] = []
    for until in _horizons(query.window, query.wish):
        window = intersect(query.window, [(query.window[0][0], until)])
        members = [_member(sandbox, party, window, query.buffer, asking) for party in parties]
        found = search(members, groups, query.wish)
        if len(found) == query.wish.most and all(item.end < until for item in found):
            break
    return [*_with_subs(parties, found)]


def find_sequences(
    sandbox: Sandbox, client_id: str, steps: Sequence[StepQuery], window: Intervals, most: int
) -> list[list[tuple[int, Found]]]:
    """Sequences by their first start; each item with the place of its step in the query.

    Raises Unprocessable for members that cannot be asked about.
    """
    asked = [(f"sequence[{number}].", step.groups) for number, step in enumerate(steps)]
    parties = resolve(sandbox, client_id, asked)
    asking = Asking(client_id)
    placed = sequences(
        [
            _step(sandbox, query, members, window, asking)
            for query, members in zip(steps, parties, strict=True)
        ],
        window,
    )
    return [
        [(number, next(_with_subs(parties[number], [item]))) for number, item in sequence]
        for sequence in islice(placed, most)
    ]


def _step(
    sandbox: Sandbox,
    query: StepQuery,
    parties: list[Party],
    window: Intervals,
    asking: Asking,
) -> Step:
    if query.window is not None:
        window = intersect(window, query.window)
    buffer = Buffer(query.before.least, query.after.least)
    members = [_member(sandbox, party, window, buffer, asking) for party in parties]
    free = [at_least(query.duration, free_time(member)) for member in members]
    return Step(
        valid=[*valid_starts(gather(free, _places(query.groups)), query.duration)],
        duration=query.duration,
        interval=query.interval,
        before=query.before,
        after=query.after,
        ordinal=query.ordinal,
    )


def _places(groups: Sequence[GroupQuery]) -> list[Group]:
    """The groups, their members counted through."""
    places: list[Group] = []
    first = 0
    for group in groups:
        following = first + len(group.members)
        places.append(Group(tuple(range(first, following)), group.required))
        first = following
    return places


def _horizons(window: Intervals, wish: Wish) -> Iterator[int]:
    """Until when to search, again and again, as long as too little is found."""
    if not window:
        return
    start, end = window[0][0], window[-1][1]
    days = _FIRST_DAYS
    # What is searched in vain is never more than half of what is searched after it.
    while start + 2 * days * _DAY <= end:
        until = start + days * _DAY
        if _may_hold_enough(intersect(window, [(start, until)]), wish):
            yield until
        days *= 4
    yield end


def _may_hold_enough(window: Intervals, wish: Wish) -> bool:
    """Whether there are as many starts in it as items are wanted; periods start anywhere."""
    if wish.format == "periods":
        return True
    step = wish.interval or wish.duration
    return sum((end - start) // step + 1 for start, end in window) >= wish.most


def _with_subs(parties: list[Party], items: list[Item]) -> Iterator[Found]:
    known: dict[int, tuple[str, ...]] = {}
    for start, end, members in items:
        if members not in known:
            subs = (party.query.sub for place, party in enumerate(parties) if members >> place & 1)
            known[members] = tuple(dict.fromkeys(subs))
        yield Found(start, end, known[members])


def _member(
    sandbox: Sandbox, party: Party, window: Intervals, buffer: Buffer, asking: Asking
) -> Member:
    """Steps 1 to 3 of contract §1.6, and the full days of step 6."""
    query = party.query
    buffer = query.buffer or buffer
    allowed = window
    if query.available_periods is not None:
        allowed = intersect(allowed, query.available_periods)
    if party.rules is not None and allowed:
        managed = working_hours.managed_time(
            sandbox, party.authorization, party.rules, allowed[0][0], allowed[-1][1]
        )
        allowed = intersect(allowed, managed)
    if not allowed:
        return Member([], [])
    span = (allowed[0][0] - buffer.before, allowed[-1][1] + buffer.after)
    disregarded = Disregarded(
        asking.client_id if query.only_managed_events else None,
        query.ignore_tentative,
        query.ignored_transparencies,
    )
    return Member(
        allowed,
        busy_times.busy_times(sandbox, party.calendars, span, party.tzid, disregarded, asking),
        buffer.before,
        buffer.after,
        _full(sandbox, party, (allowed[0][0], allowed[-1][1]), asking),
    )


def _full(sandbox: Sandbox, party: Party, window: Interval, asking: Asking) -> Intervals:
    return merge(
        period
        for constraint in party.query.constraints
        for period in availability_constraints.full_periods(
            sandbox, party.calendars, window, constraint, party.tzid, asking
        )
    )

"""Placing several items one after another (scheduling §2.3).

First it is found out, from the last item back to the first, at which starts of an item
everything after it still has a place. Then each possible start of a first item is followed
forward, every further item as early as it can be. So no choice is ever taken back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from heapq import merge as merge_ascending

from mock_server.rules.availability.crowd import Stretch
from mock_server.rules.availability.formats import Item
from mock_server.rules.availability.intervals import (
    Interval,
    Intervals,
    intersect,
    merge,
    round_up,
)
from mock_server.world.records import Record


class Gap(Record, frozen=True):
    """The seconds that must lie between an item and the one beside it; no ``most``, no bound."""

    least: int = 0
    most: int | None = None


class Step(Record, frozen=True):
    """One item to place: when it may start and with whom, and how it stands to its neighbours.

    A step comes before all that have a higher ``ordinal``; without one, anywhere.
    """

    valid: list[Stretch]
    duration: int
    interval: int | None = None
    before: Gap = Gap()
    after: Gap = Gap()
    ordinal: int | None = None


# The steps' places in the query, and the item of each.
Sequence = list[tuple[int, Item]]


def sequences(steps: list[Step], windows: Intervals) -> Iterator[Sequence]:
    """By the start of their first item, one for each. All of a sequence lies in one window."""
    for window in windows:
        yield from _Placing(steps, window).sequences()


class _Placing:
    """Steps in one window. Sets of steps are the bits of a number, starts are intervals."""

    def __init__(self, steps: list[Step], window: Interval) -> None:
        self._steps = steps
        self._window = window
        self._starts = [_on_grid(_within(step.valid, window), step.interval) for step in steps]
        self._feasible: dict[tuple[int, int], Intervals] = {}

    def sequences(self) -> Iterator[Sequence]:
        everything = (1 << len(self._steps)) - 1
        firsts = merge_ascending(
            *(self._firsts(step, everything & ~(1 << step)) for step in self._next(everything))
        )
        earlier: int | None = None
        for start, step in firsts:
            if start != earlier:
                yield self._followed(step, start, everything & ~(1 << step))
            earlier = start

    def _firsts(self, number: int, rest: int) -> Iterator[tuple[int, int]]:
        """Starts of a first item: all on the grid, without one as slots would have them."""
        step = self._steps[number]
        earliest = self._window[0]
        for first, end in self.feasible(number, rest):
            start = max(first, earliest)
            while start < end:
                yield start, number
                earliest = start + (step.interval or step.duration)
                start = earliest

    def _followed(self, number: int, start: int, rest: int) -> Sequence:
        sequence = [(number, self._item(number, start))]
        while rest:
            start, number = min(
                (following, candidate)
                for candidate in self._next(rest)
                if (following := self._following(number, start, candidate, rest)) is not None
            )
            rest &= ~(1 << number)
            sequence.append((number, self._item(number, start)))
        return sequence

    def _following(self, number: int, start: int, candidate: int, rest: int) -> int | None:
        """The earliest start of ``candidate`` right after ``number`` has started at ``start``."""
        least, most = self._distance(number, candidate)
        feasible = self.feasible(candidate, rest & ~(1 << candidate))
        interval = self._steps[candidate].interval
        # From the stretch that holds the earliest start, or the next, on.
        passed = bisect_right(feasible, start + least, key=lambda stretch: stretch[1])
        for place in range(passed, len(feasible)):
            first, end = feasible[place]
            found = max(first, start + least)
            if interval:
                found = round_up(found, interval)
            if most is not None and found > start + most:
                return None
            if found < end:
                return found
        return None

    def feasible(self, number: int, rest: int) -> Intervals:
        """The starts of a step after which ``rest`` has a place."""
        known = self._feasible.get((number, rest))
        if known is None:
            known = self._starts[number]
            if rest:
                reach = merge(
                    span
                    for follower in self._next(rest)
                    for span in self._reach(number, follower, rest)
                )
                known = _on_grid(intersect(known, reach), self._steps[number].interval)
            self._feasible[number, rest] = known
        return known

    def _reach(self, number: int, follower: int, rest: int) -> Iterator[Interval]:
        """From where the starts of ``follower`` are neither too near nor too far."""
        least, most = self._distance(number, follower)
        interval = self._steps[follower].interval or 1
        own = self._steps[number].interval or 1
        if most is not None and own % interval == 0:
            # Starts on grids of which one holds the other are whole steps apart.
            least, most = round_up(least, interval), most // interval * interval
        if most is not None and most < least:
            return
        feasible = self.feasible(follower, rest & ~(1 << follower))
        if most is None:
            # Whatever reaches any of them reaches the last.
            if feasible:
                yield self._window[0], feasible[-1][1] - least
            return
        for first, end in feasible:
            if own % interval == 0 or most - least >= interval - 1:
                yield first - most, end - least
            else:
                # Between two starts on the grid there are times that reach neither.
                for start in range(first, end, interval):
                    yield start - most, start - least + 1

    def _distance(self, number: int, follower: int) -> tuple[int, int | None]:
        """The least and the most seconds from the start of one to the start of the next."""
        step, following = self._steps[number], self._steps[follower]
        least = max(step.after.least, following.before.least)
        bounds = [gap.most for gap in (step.after, following.before) if gap.most is not None]
        return step.duration + least, step.duration + min(bounds) if bounds else None

    def _next(self, rest: int) -> list[int]:
        """Which of ``rest`` may come first: those without an ordinal, and those of the lowest."""
        left = [number for number in range(len(self._steps)) if rest >> number & 1]
        ordinals = [o for number in left if (o := self._steps[number].ordinal) is not None]
        lowest = min(ordinals, default=None)
        return [n for n in left if self._steps[n].ordinal in (None, lowest)]

    def _item(self, number: int, start: int) -> Item:
        step = self._steps[number]
        at = bisect_right(step.valid, start, key=lambda stretch: stretch.start) - 1
        return Item(start, start + step.duration, step.valid[at].members)


def _within(valid: list[Stretch], window: Interval) -> Intervals:
    """The starts in ``window``, which may be one of many."""
    start, end = window
    first = bisect_right(valid, start, key=lambda stretch: stretch.end)
    last = bisect_left(valid, end, key=lambda stretch: stretch.start)
    return intersect([(start, end) for start, end, _ in valid[first:last]], [window])


def _on_grid(starts: Intervals, interval: int | None) -> Intervals:
    """From the first start on the grid to the last of each; without a grid, as they are."""
    if interval is None:
        return starts
    snapped = [
        (round_up(start, interval), (end - 1) // interval * interval + 1) for start, end in starts
    ]
    return [(start, end) for start, end in snapped if start < end]

"""Sequences worked out minute by minute: every choice is tried (scheduling §2.3)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.availability.brute import (
    Crowd,
    Item,
    Minutes,
    each_once,
    free_minutes,
    in_minutes,
    least_gap,
    spans_of,
)
from tests.availability.model import Document, Span, World, text_of

# Items, each behind the number of what it is an item of.
Sequence = tuple[tuple[int, Item], ...]


class Steps:
    """What is to be placed, with every item that each could be by itself, in order."""

    def __init__(self, world: World, query: Document) -> None:
        self.steps: list[Document] = query["sequence"]
        asked = spans_of(query.get("query_periods") or query["available_periods"])
        self.minutes = Minutes(asked)
        self.items = [
            self._items(world, query, step, self.minutes.among(asked)) for step in self.steps
        ]

    def _items(self, world: World, query: Document, step: Document, window: int) -> list[Item]:
        periods = step.get("query_periods") or step.get("available_periods")
        if periods:
            window &= self.minutes.among(spans_of(periods))
        members = [member for group in step["participants"] for member in group["members"]]
        said = {**query, "buffer": step.get("buffer")}
        free = [free_minutes(world, said, member, self.minutes, window) for member in members]
        interval = in_minutes(step.get("start_interval")) or 1
        starts = (
            start for start in range(self.minutes.first, self.minutes.last) if start % interval == 0
        )
        crowd = Crowd(self.minutes, step["participants"], free)
        return list(crowd.items(starts, in_minutes(step["required_duration"])))

    def next(self, left: frozenset[int]) -> list[int]:
        """Which of those that are ``left`` may come now."""
        ordinals = [self.steps[n]["ordinal"] for n in left if "ordinal" in self.steps[n]]
        lowest = min(ordinals, default=None)
        return [n for n in sorted(left) if self.steps[n].get("ordinal", lowest) == lowest]

    def may_follow(self, number: int, item: Item, following: int, later: Item) -> bool:
        """Whether the gap between two items is neither too short nor too long."""
        sides = (
            self.steps[number].get("buffer", {}).get("after", {}),
            self.steps[following].get("buffer", {}).get("before", {}),
        )
        gap = later[0] - item[1]
        longest = [in_minutes(side["maximum"]) for side in sides if "maximum" in side]
        return max(map(least_gap, sides)) <= gap <= min(longest, default=gap)

    def within(self, window: Span) -> Iterator[Sequence]:
        """All sequences in a window, by their first start; one for each."""

        @cache
        def after(number: int, item: Item, left: frozenset[int]) -> Sequence | None:
            """The rest of a sequence: of all that are possible, the one with the earliest items."""
            if not left:
                return ()
            followers = sorted(
                (later, following)
                for following in self.next(left)
                for later in self.items[following]
                if later[1] <= window[1] and self.may_follow(number, item, following, later)
            )
            for later, following in sorted(followers, key=lambda one: (one[0][0], one[1])):
                rest = after(following, later, left - {following})
                if rest is not None:
                    return ((following, later), *rest)
            return None

        everything = frozenset(range(len(self.steps)))
        found: dict[int, Sequence] = {}
        for first in self.next(everything):
            step = self.steps[first]
            distance = in_minutes(step.get("start_interval") or step["required_duration"])
            earliest = window[0]
            for item in self.items[first]:
                if item[0] < earliest or item[1] > window[1]:
                    continue
                rest = after(first, item, everything - {first})
                if rest is not None:
                    found.setdefault(item[0], ((first, item), *rest))
                    earliest = item[0] + distance
        for start in sorted(found):
            yield found[start]

    def document(self, sequence: Sequence) -> Document:
        found = []
        for number, (start, end, present) in sequence:
            step = self.steps[number]
            subs = [member["sub"] for group in step["participants"] for member in group["members"]]
            found.append(
                {
                    "sequence_id": step["sequence_id"],
                    "start": text_of(start),
                    "end": text_of(end),
                    "participants": [{"sub": sub} for sub in each_once(subs[n] for n in present)],
                }
            )
        return {"sequence": found}


def sequences(world: World, query: Document) -> Document:
    """What POST /v1/sequenced_availability answers."""
    steps = Steps(world, query)
    asked = spans_of(query.get("query_periods") or query["available_periods"])
    windows = steps.minutes.runs(steps.minutes.among(asked))
    found = [sequence for window in windows for sequence in steps.within(window)]
    return {"sequences": [steps.document(one) for one in found[: query.get("max_results", 512)]]}

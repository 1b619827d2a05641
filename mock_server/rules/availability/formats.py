"""What a search gives out: slots, overlapping slots, periods (scheduling §§1.4, 1.7).

All in ascending order, one by one, so that whoever has enough of them can stop. Starts are
multiples of ``interval`` seconds, if there is one, counted from the hour in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mock_server.rules.availability.crowd import Crowd, Stretch
from mock_server.rules.availability.intervals import round_up

# An item looks as a stretch does: when, and with whom.
Item = Stretch


def slots(valid: Iterable[Stretch], duration: int, interval: int | None) -> Iterator[Item]:
    """The earliest, then the earliest that does not start before that one ends, and so on."""
    step = interval or 1
    earliest: int | None = None
    for stretch in valid:
        start = stretch.start if earliest is None else max(stretch.start, earliest)
        start = round_up(start, step)
        while start < stretch.end:
            yield Item(start, start + duration, stretch.members)
            earliest = start + duration
            start = round_up(earliest, step)


def overlapping_slots(valid: Iterable[Stretch], duration: int, interval: int) -> Iterator[Item]:
    """Every one."""
    for stretch in valid:
        for start in range(round_up(stretch.start, interval), stretch.end, interval):
            yield Item(start, start + duration, stretch.members)


def exact(valid: Iterable[Stretch], starts: Sequence[int], duration: int) -> Iterator[Item]:
    """Those that start at one of ``starts``, which are ascending."""
    waiting = iter(starts)
    start = next(waiting, None)
    for stretch in valid:
        while start is not None and start < stretch.start:
            start = next(waiting, None)
        while start is not None and start < stretch.end:
            yield Item(start, start + duration, stretch.members)
            start = next(waiting, None)


def periods(crowd: Crowd, duration: int, interval: int | None) -> Iterator[Item]:
    """Stretches that cannot be longer with the same members, nor have more of them.

    Each begins when somebody becomes free and ends when the first of its members is busy. So
    from each beginning the ends of all who are free then are tried, the nearest first: past
    each, fewer members are left. Behind the last end of those who have just become free, only
    stretches are left that began earlier.
    """
    beginnings: dict[int, list[tuple[int, int]]] = {}
    for members, intervals in crowd.free:
        for free_from, end in intervals:
            start = round_up(free_from, interval) if interval else free_from
            if end - start >= duration:
                beginnings.setdefault(start, []).append((end, members))
    present: list[tuple[int, int]] = []
    for start in sorted(beginnings):
        new = beginnings[start]
        present = [(end, members) for end, members in present if end - start >= duration] + new
        left = 0
        for _, members in present:
            left |= members
        if not crowd.suffices(left):
            continue
        last = max(end for end, _ in new)
        ends: dict[int, int] = {}
        for end, members in sorted(present):
            ends[end] = ends.get(end, 0) | members
        for end, leaving in ends.items():
            if end > last or not crowd.suffices(left):
                break
            yield Item(start, end, left)
            left &= ~leaving

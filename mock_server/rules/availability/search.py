"""Searching for times at which enough members of every group are free (scheduling §1.6).

The steps stand in the contract's order. The caller knows the window, what each member is allowed
of it, and when they are busy (1 to 3). Here busy times grow by the buffers (4), what is left is
free (5), without full days and weeks (6); then members are counted (7) and items given out (8).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from mock_server.rules.availability import formats
from mock_server.rules.availability.crowd import Crowd, Group, gather, valid_starts
from mock_server.rules.availability.formats import Item
from mock_server.rules.availability.intervals import Intervals, at_least, grow, subtract
from mock_server.world.records import Record


class Member(Record, frozen=True):
    """Somebody who may take part.

    ``allowed`` is when they may at all, ``busy`` what is in the way, ``before`` and ``after``
    are the seconds that have to be free around a meeting, ``full`` the days and weeks that
    hold no more of them.
    """

    allowed: Intervals
    busy: Intervals
    before: int = 0
    after: int = 0
    full: Intervals | None = None


class Wish(Record, frozen=True):
    """How items are to be given out.

    ``duration`` and ``interval`` in seconds; ``format`` is ``periods``, ``slots`` or
    ``overlapping_slots``; ``starts``, ascending, are the only ones looked at, if any are given.
    """

    duration: int
    format: str = "periods"
    interval: int | None = None
    starts: tuple[int, ...] | None = None
    most: int = 512


def search(members: list[Member], groups: list[Group], wish: Wish) -> list[Item]:
    """The items, by start and end, at most ``wish.most``."""
    free = [at_least(wish.duration, free_time(member)) for member in members]
    return list(islice(_items(gather(free, groups), wish), wish.most))


def free_time(member: Member) -> Intervals:
    """Steps 4 to 6: what is allowed, but for busy times with their buffers, and full days."""
    blocked = grow(member.busy, before=member.after, after=member.before)
    free = subtract(member.allowed, blocked)
    return subtract(free, member.full) if member.full else free


def _items(crowd: Crowd, wish: Wish) -> Iterator[Item]:
    """Steps 7 and 8: when enough of every group are free, in each format."""
    if wish.starts is None and wish.format == "periods":
        return formats.periods(crowd, wish.duration, wish.interval)
    valid = valid_starts(crowd, wish.duration)
    if wish.starts is not None:
        return formats.exact(valid, wish.starts, wish.duration)
    if wish.format == "overlapping_slots" and wish.interval is not None:
        return formats.overlapping_slots(valid, wish.duration, wish.interval)
    return formats.slots(valid, wish.duration, wish.interval)

"""Sets of moments as sorted lists of intervals.

An interval is ``(start, end)`` in whole seconds, half-open: the end is no part of it. In a list
they are ascending, not empty, and do not touch one another.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

Interval = tuple[int, int]
Intervals = list[Interval]


def merge(intervals: Iterable[Interval]) -> Intervals:
    """What any of the ``intervals`` covers, whatever their order; empty ones cover nothing."""
    merged: Intervals = []
    last = None
    for interval in sorted(intervals):
        start, end = interval
        if end <= start:
            continue
        if last is None or start > last:
            merged.append(interval)
            last = end
        elif end > last:
            merged[-1] = (merged[-1][0], end)
            last = end
    return merged


def intersect(a: Intervals, b: Intervals) -> Intervals:
    """What both cover."""
    common: Intervals = []
    i = j = 0
    while i < len(a) and j < len(b):
        (a_start, a_end), (b_start, b_end) = a[i], b[j]
        start = a_start if a_start > b_start else b_start
        end = a_end if a_end < b_end else b_end
        if start < end:
            common.append((start, end))
        if a_end < b_end:
            i += 1
        else:
            j += 1
    return common


def subtract(a: Intervals, b: Intervals) -> Intervals:
    """What ``a`` covers and ``b`` does not."""
    left: Intervals = []
    for start, end in a:
        first = bisect_left(b, (start,))
        if first and b[first - 1][1] > start:
            first -= 1
        for b_start, b_end in b[first : bisect_left(b, (end,))]:
            if b_start > start:
                left.append((start, b_start))
            start = b_end
        if start < end:
            left.append((start, end))
    return left


def grow(intervals: Intervals, before: int, after: int) -> Intervals:
    """Each begins ``before`` seconds earlier and ends ``after`` seconds later."""
    if not before and not after:
        return intervals
    grown: Intervals = []
    last = None
    for start, end in intervals:
        start -= before
        end += after
        if last is None or start > last:
            grown.append((start, end))
        else:
            grown[-1] = (grown[-1][0], end)
        last = end
    return grown


def at_least(length: int, intervals: Intervals) -> Intervals:
    """Those that last so long."""
    return [(start, end) for start, end in intervals if end - start >= length]


def round_up(moment: int, step: int) -> int:
    """The first multiple of ``step`` that is not before ``moment``."""
    return -(-moment // step) * step

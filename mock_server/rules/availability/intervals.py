"""Sets of moments as sorted lists of intervals.

An interval is ``(start, end)`` in whole seconds, half-open: the end is no part of it. In a list
they are ascending, not empty, and do not touch one another.
"""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[int, int]
Intervals = list[Interval]


def merge(intervals: Iterable[Interval]) -> Intervals:
    """What any of the ``intervals`` covers, whatever their order; empty ones cover nothing."""
    merged: Intervals = []
    start = end = None
    for s, e in sorted(intervals):
        if e <= s:
            continue
        if end is None or s > end:
            if start is not None and end is not None:
                merged.append((start, end))
            start, end = s, e
        elif e > end:
            end = e
    if start is not None and end is not None:
        merged.append((start, end))
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
    j = 0
    for start, end in a:
        while j < len(b) and b[j][1] <= start:
            j += 1
        k = j
        while k < len(b) and b[k][0] < end:
            b_start, b_end = b[k]
            if b_start > start:
                left.append((start, b_start))
            start = b_end
            k += 1
        if start < end:
            left.append((start, end))
    return left


def grow(intervals: Intervals, before: int, after: int) -> Intervals:
    """Each begins ``before`` seconds earlier and ends ``after`` seconds later."""
    if not before and not after:
        return intervals
    return merge((start - before, end + after) for start, end in intervals)


def at_least(length: int, intervals: Intervals) -> Intervals:
    """Those that last so long."""
    return [(start, end) for start, end in intervals if end - start >= length]


def round_up(moment: int, step: int) -> int:
    """The first multiple of ``step`` that is not before ``moment``."""
    return -(-moment // step) * step

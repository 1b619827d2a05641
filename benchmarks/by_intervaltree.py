"""The query of ``office.py`` answered with intervaltree, a library of intervals."""

from __future__ import annotations

from intervaltree import IntervalTree  # type: ignore[import-untyped]

from benchmarks.office import Document, Span
from benchmarks.questions import Question, document


def answer(question: Document, busy: dict[str, list[Span]]) -> Document:
    """What the emulator answers, of people with these events."""
    asked = Question(question)
    free = {}
    for sub in asked.subs:
        tree = IntervalTree.from_tuples(asked.periods)
        tree.merge_overlaps(strict=False)
        for start, end in asked.blocked(busy[sub]):
            tree.chop(start, end)
        free[sub] = tree
    found = []
    for start in asked.starts():
        end = start + asked.length
        present = [
            sub for sub in asked.subs if any(free_time.end >= end for free_time in free[sub][start])
        ]
        if len(present) >= asked.required:
            found.append((start, present))
        if len(found) == asked.most:
            break
    return document(found, asked.length)

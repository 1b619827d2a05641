"""The query of ``office.py`` answered with portion, a library of intervals."""

from __future__ import annotations

import portion  # type: ignore[import-untyped]

from benchmarks.office import Document, Span
from benchmarks.questions import Question, document


def answer(question: Document, busy: dict[str, list[Span]]) -> Document:
    """What the emulator answers, of people with these events."""
    asked = Question(question)
    window = portion.Interval(*(portion.closedopen(*period) for period in asked.periods))
    free = {}
    for sub in asked.subs:
        taken = (portion.closedopen(*span) for span in asked.blocked(busy[sub]))
        free[sub] = window - portion.Interval(*taken)
    found = []
    for start in asked.starts():
        meeting = portion.closedopen(start, start + asked.length)
        present = [sub for sub in asked.subs if meeting in free[sub]]
        if len(present) >= asked.required:
            found.append((start, present))
        if len(found) == asked.most:
            break
    return document(found, asked.length)

"""The query of ``office.py`` answered by brute force: every minute of every member is looked at."""

from __future__ import annotations

from benchmarks.office import MINUTE, Document, Span
from benchmarks.questions import Question, document


def answer(question: Document, busy: dict[str, list[Span]]) -> Document:
    """What the emulator answers, of people with these events."""
    asked = Question(question)
    taken = {
        sub: {
            minute
            for start, end in asked.blocked(busy[sub])
            for minute in range(start, end, MINUTE)
        }
        for sub in asked.subs
    }
    found = []
    for start in asked.starts():
        meeting = range(start, start + asked.length, MINUTE)
        free = [sub for sub in asked.subs if taken[sub].isdisjoint(meeting)]
        if len(free) >= asked.required:
            found.append((start, free))
        if len(found) == asked.most:
            break
    return document(found, asked.length)

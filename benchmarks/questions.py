"""What an availability query of ``office.py`` says, for those who answer it otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from benchmarks.office import MINUTE, Document, Span
from mock_server.world.clock import as_text


class Question:
    """One group, overlapping slots on a grid; all times in seconds."""

    def __init__(self, query: Document) -> None:
        (group,) = query["participants"]
        self.subs: list[str] = [member["sub"] for member in group["members"]]
        required = group["required"]
        self.required: int = len(self.subs) if required == "all" else required
        self.length = _seconds(query["required_duration"])
        self.interval = _seconds(query["start_interval"])
        self._before = _seconds(query["buffer"]["before"])
        self._after = _seconds(query["buffer"]["after"])
        self.periods = [
            (_moment(period["start"]), _moment(period["end"])) for period in query["query_periods"]
        ]
        self.most: int = query.get("max_results", 512)

    def starts(self) -> Iterator[int]:
        """Where a meeting may start, whoever is free: these periods begin on the grid."""
        for start, end in self.periods:
            yield from range(start, end - self.length + 1, self.interval)

    def blocked(self, events: list[Span]) -> list[Span]:
        """The events with their buffers, as far as they reach into the days asked about."""
        first, last = self.periods[0][0], self.periods[-1][1]
        grown = ((start - self._after, end + self._before) for start, end in events)
        return [(start, end) for start, end in grown if start < last and end > first]


def document(found: list[tuple[int, list[str]]], length: int) -> Document:
    """The answer with meetings of ``length`` at these starts, with whom."""
    return {
        "available_slots": [
            {
                "start": as_text(start),
                "end": as_text(start + length),
                "participants": [{"sub": sub} for sub in subs],
            }
            for start, subs in found
        ]
    }


def _seconds(duration: Document) -> int:
    minutes: int = duration["minutes"]
    return minutes * MINUTE


def _moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())

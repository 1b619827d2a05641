"""The timeline: what a scenario lets happen, at a time or when something has happened."""

from __future__ import annotations

from mock_server.world.records import Record


class TimelineEntry(Record, frozen=True):
    """An action that waits for its time ``at``, or for an ``event`` of that name."""

    entry_id: str
    action: str
    arguments: bytes
    at: int | None = None
    event: str | None = None
    done: bool = False

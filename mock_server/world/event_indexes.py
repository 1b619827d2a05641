"""What events are found by, beside their own key (world/sandbox.py)."""

from __future__ import annotations

from collections.abc import Hashable

from mock_server.world.clock import LATEST
from mock_server.world.events import Event, buckets, series_part


def span(event: Event) -> list[Hashable]:
    """Where it takes place; a series may do so until the end of time."""
    end = LATEST if event.details.recurrence else event.details.end
    return [(event.calendar_id, *bucket) for bucket in buckets(event.details.start, end)]


def moved(event: Event) -> list[Hashable]:
    """Where it took place before."""
    return [
        (event.calendar_id, *bucket)
        for start, end in event.moved_from
        for bucket in buckets(start, end)
    ]


def series(event: Event) -> tuple[Hashable, ...]:
    """Occurrences of a series have uids that begin as its own."""
    if event.details.recurrence is None:
        return ()
    return ((event.calendar_id, series_part(event.event_uid)),)


def event_id(event: Event) -> tuple[Hashable, ...]:
    managed = event.managed
    return ((event.calendar_id, managed.client_id, managed.event_id),) if managed else ()

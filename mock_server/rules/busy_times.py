"""When events keep somebody from meeting (scheduling §§1.6 step 3, 1.8).

What stands in a day of a calendar is summed up once, and again only after something in it has
changed. So a query costs what lies in its days, not what the calendar holds.
"""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.rules import recurrence, time_zones
from mock_server.rules.availability.intervals import Interval, Intervals, merge
from mock_server.rules.event_reads import free_busy_status
from mock_server.world.accounts import Calendar
from mock_server.world.events import (
    Event,
    Transparency,
    buckets_between,
    occurrence_uid,
)
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

_DAY = 86_400


class Disregarded(Record, frozen=True):
    """Events that do not block, although others like them would.

    ``except_of``: all but those that this application wrote. ``tentative``: all that are.
    ``transparencies``: all with one of these extended ones.
    """

    except_of: str | None = None
    tentative: bool = False
    transparencies: frozenset[Transparency] = frozenset()

    def __contains__(self, event: Event) -> bool:
        return (
            (self.except_of is not None and not event.written_by(self.except_of))
            or (self.tentative and free_busy_status(event) == "tentative")
            or event.details.transparency in self.transparencies
        )


class Asking(Record, frozen=True):
    """Which application asks, and what it wants to count as if it were not there: events of its
    own by ``event_ids``, any by ``event_uids``.
    """

    client_id: str
    event_ids: frozenset[str] = frozenset()
    event_uids: frozenset[str] = frozenset()

    def excludes(self, event: Event) -> bool:
        """Whether all of it counts as if it were not there."""
        managed = event.managed
        return event.event_uid in self.event_uids or (
            managed is not None
            and managed.client_id == self.client_id
            and managed.event_id in self.event_ids
        )

    def touches(self, sandbox: Sandbox, calendar: Calendar) -> bool:
        """Whether it excludes all of any event in ``calendar``."""
        of = calendar.calendar_id
        events = sandbox.events
        return any(
            events.one("event_id", (of, self.client_id, event_id)) for event_id in self.event_ids
        ) or any((of, uid) in events for uid in self.event_uids)


class _Summary(Record, frozen=True):
    """Of the blocking events in one place: when they take place, merged; but all-day events
    and series, whose times depend on a time zone or a window, as they are.
    """

    spans: Intervals
    others: list[Event]


def busy_times(
    sandbox: Sandbox,
    calendars: Iterable[Calendar],
    window: Interval,
    tzid: str,
    disregarded: Disregarded,
    asking: Asking,
) -> Intervals:
    """When something blocks in ``calendars`` within ``window``, and what reaches into it.

    All-day events last from midnight to midnight in ``tzid``.
    """
    spans: Intervals = []
    everything_counts = disregarded == Disregarded()
    # A day more on each side, for all-day events of every time zone.
    days = list(buckets_between(window[0] - _DAY, window[1] + _DAY))
    for calendar in calendars:
        if calendar.deleted:
            continue
        places = [(calendar.calendar_id, *day) for day in days]
        if everything_counts and not asking.touches(sandbox, calendar):
            for place in places:
                summary = sandbox.events.digest("span", place, _summary)
                if summary is not None:
                    spans += summary.spans
                    for event in summary.others:
                        spans += _times(event, window, tzid, asking)
        else:
            for event in sandbox.events.among("span", places):
                if blocks(event) and event not in disregarded and not asking.excludes(event):
                    spans += _times(event, window, tzid, asking)
    after, before = window
    return [(start, end) for start, end in merge(spans) if start < before and end > after]


def blocks(event: Event) -> bool:
    """Whether it keeps somebody from meeting, as long as nobody asks to disregard it."""
    details = event.details
    return (
        not event.deleted
        and details.start < details.end
        and free_busy_status(event) not in {None, "free"}
    )


def _summary(events: list[Event]) -> _Summary:
    blocking = [event for event in events if blocks(event)]
    others = [event for event in blocking if _depends(event)]
    return _Summary(
        merge(
            (event.details.start, event.details.end) for event in blocking if not _depends(event)
        ),
        others,
    )


def _depends(event: Event) -> bool:
    return event.details.all_day or event.details.recurrence is not None


def _times(event: Event, window: Interval, tzid: str, asking: Asking) -> Intervals:
    """When it takes place around ``window``, without excluded occurrences."""
    details = event.details
    if details.recurrence is None:
        found = [(details.start, details.end)]
    else:
        found = [
            (start, end)
            for start, end in recurrence.occurrences(details, window[0] - _DAY, window[1] + _DAY)
            if occurrence_uid(event.event_uid, start) not in asking.event_uids
        ]
    if details.all_day:
        return [
            (time_zones.of_wall_clock(start, tzid), time_zones.of_wall_clock(end, tzid))
            for start, end in found
        ]
    return found

"""Reading events and busy times: which of them a query finds (events §§4.1, 4.3, 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from mock_server.rules import access_modes, recurrence, time_zones
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import (
    Details,
    Event,
    Occurrence,
    buckets_between,
    occurrence_uid,
)
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox

# What is read without saying when, and the most of other people's events that can be.
DAYS_BACK, DAYS_AHEAD = 42, 201

_DAY, _HOUR = 86_400, 3600

# Beyond this width, all of an application's own events are looked at instead of days.
_WIDEST = 800 * _DAY


class Edge(Record, frozen=True):
    """One end of a window: an instant, and what clocks in the query's time zone show then.

    Both are kept since neither gives the other for certain: there are days whose midnight
    is left out when clocks are moved.
    """

    instant: int
    wall: int


# As far as clocks of every time zone go.
_BEGINNING, _END = Edge(-62_135_000_000, -62_135_000_000), Edge(253_402_000_000, 253_402_000_000)


def _on_clocks(seconds: int) -> int:
    return min(max(seconds, _BEGINNING.instant), _END.instant)


def at(seconds: int, tzid: str) -> Edge:
    """The edge at an instant."""
    seconds = _on_clocks(seconds)
    return Edge(seconds, time_zones.wall_clock(seconds, tzid))


def midnight(date: int, tzid: str) -> Edge:
    """The edge at which a date, given as its midnight in UTC, begins in ``tzid``."""
    date = _on_clocks(date)
    return Edge(time_zones.of_wall_clock(date, tzid), date)


FreeBusyStatus = Literal["busy", "free", "tentative", "unknown"]


class Window(Record, frozen=True):
    """From (an event that ends then still counts) until (one that starts then does not).

    All-day events have no instants: they are compared by what clocks show.
    """

    start: Edge
    end: Edge

    def holds(self, start: int, end: int, *, all_day: bool) -> bool:
        if self.start.instant > self.end.instant:
            return False
        if all_day:
            return start < self.end.wall and end >= self.start.wall
        return start < self.end.instant and end >= self.start.instant

    def within(self, limit: Window) -> Window:
        """What of it lies in ``limit``."""
        return Window(
            Edge(
                max(self.start.instant, limit.start.instant),
                max(self.start.wall, limit.start.wall),
            ),
            Edge(min(self.end.instant, limit.end.instant), min(self.end.wall, limit.end.wall)),
        )


class Query(Record, frozen=True):
    """``after`` and ``before`` are None where the request does not say.

    ``tzid`` cuts the days. ``own`` are the application's events, ``others`` everything
    else in the calendars.
    """

    tzid: str
    after: Edge | None = None
    before: Edge | None = None
    own: bool = False
    others: bool = True
    deleted: bool = False
    moved: bool = False
    last_modified: int | None = None


def find(
    sandbox: Sandbox,
    authorization: Authorization,
    calendars: list[Calendar],
    query: Query,
    *,
    whole_events: bool,
) -> list[Occurrence]:
    """What ``query`` finds in ``calendars``, by start.

    With ``whole_events`` only where the access mode lets events be read, not busy times
    alone.
    """
    found: list[Occurrence] = []
    default = _default_window(sandbox.now(), query.tzid)
    asked = Window(query.after or _BEGINNING, query.before or _END)
    # Other people's events are only known near today: what lies beyond is cut off.
    near = asked.within(default)
    # A series may have no end: where the request has none either, the default's stands.
    closed = Window(query.after or default.start, query.before or default.end)
    everything = asked.end.instant - asked.start.instant > _WIDEST
    for calendar in calendars:
        profile = sandbox.profiles[calendar.profile_id]
        if whole_events and not access_modes.of(profile).readable:
            continue
        days = near if everything else asked
        candidates = _of_days(sandbox, calendar, days, moved=query.moved)
        if everything and query.own:
            candidates |= _own(sandbox, authorization, calendar)
        for event in candidates.values():
            own = event.written_by(authorization.client_id)
            if not (query.own if own else query.others):
                continue
            if event.deleted and not query.deleted:
                continue
            if query.last_modified is not None and event.updated < query.last_modified:
                continue
            if event.details.recurrence is not None:
                found += _expanded(event, closed if own else near, moved=query.moved)
            elif _held(event, asked if own else near, moved=query.moved):
                details = event.details
                found.append(Occurrence(event, event.event_uid, details.start, details.end))
    found.sort(key=lambda occurrence: (occurrence.start, occurrence.event_uid))
    return found


def _default_window(now: int, tzid: str) -> Window:
    today = at(now, tzid).wall // _DAY * _DAY
    return Window(
        midnight(today - DAYS_BACK * _DAY, tzid), midnight(today + DAYS_AHEAD * _DAY, tzid)
    )


def _of_days(
    sandbox: Sandbox, calendar: Calendar, window: Window, *, moved: bool
) -> dict[str, Event]:
    """Every event that ``window`` may hold, by uid, and few others."""
    # A day more on either side, for all-day events of every time zone.
    days = [
        (calendar.calendar_id, *bucket)
        for bucket in buckets_between(window.start.instant - _DAY, window.end.instant + _DAY)
    ]
    found = sandbox.events.among("span", days)
    if moved:
        found += sandbox.events.among("moved", days)
    return {event.event_uid: event for event in found}


def _own(sandbox: Sandbox, authorization: Authorization, calendar: Calendar) -> dict[str, Event]:
    own = sandbox.events.by("application", (calendar.calendar_id, authorization.client_id))
    return {event.event_uid: event for event in own}


def _held(event: Event, window: Window, *, moved: bool) -> bool:
    """Whether ``event`` takes place in ``window`` or, with ``moved``, once did."""
    details = event.details
    spans = [(details.start, details.end), *(event.moved_from if moved else ())]
    return any(window.holds(*span, all_day=details.all_day) for span in spans)


def _expanded(event: Event, window: Window, *, moved: bool) -> Iterator[Occurrence]:
    """The occurrences of a series in ``window``, deleted as it is or not; with ``moved`` also
    those that its rule had there when it began at another time.
    """
    details = event.details
    spans = set(_in(details, window))
    for start, end in event.moved_from if moved else ():
        shift = details.start - start
        for earlier, _ in _in(replace(details, start=start, end=end), window):
            now = earlier + shift
            # Clocks may have been put on or back on the way.
            near = recurrence.occurrences(details, now - _HOUR, now + _HOUR + 1)
            spans.update(span for span in near if abs(span[0] - now) <= _HOUR)
    first = recurrence.first_start(details) if event.managed is not None else None
    for start, end in spans:
        uid = event.event_uid if start == first else occurrence_uid(event.event_uid, start)
        yield Occurrence(event, uid, start, end)


def _in(details: Details, window: Window) -> list[tuple[int, int]]:
    """When a series takes place in ``window``."""
    after = window.start.wall if details.all_day else window.start.instant
    before = window.end.wall if details.all_day else window.end.instant
    return [
        span
        for span in recurrence.occurrences(details, after, before)
        if window.holds(*span, all_day=details.all_day)
    ]


def free_busy_status(event: Event) -> FreeBusyStatus | None:
    """None for what is no time at all.

    Declined and cancelled events are left out (events §5, assumed); deleted ones never are,
    since whoever asks for those wants to hear that they are gone.
    """
    details = event.details
    is_off = details.participation == "declined" or details.status == "cancelled"
    if is_off and not event.deleted:
        return None
    if details.transparency == "transparent":
        return "free"
    if "tentative" in {details.transparency, details.status, details.participation}:
        return "tentative"
    if details.transparency == "unknown":
        return "unknown"
    return "busy"

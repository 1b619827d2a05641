"""Reading events and busy times: which of them a query finds (events §§4.1, 4.3, 5)."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.rules import access_modes, recurrence
from mock_server.rules.time_zones import instant, local, wall_clock
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Event, Occurrence, buckets_between, occurrence_uid
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

# What is read without saying when, and the most of other people's events that can be.
DAYS_BACK, DAYS_AHEAD = 42, 201

_DAY = 86_400

# Beyond this width, all of an application's own events are looked at instead of days.
_WIDEST = 800 * _DAY
_BEGINNING, _END = -(10**11), 10**12


class Window(Record, frozen=True):
    """From (an event that ends then still counts) until (one that starts then does not).

    All-day events have no instants: they are compared by what clocks in the query's time
    zone show, ``wall_start`` and ``wall_end``.
    """

    start: int
    end: int
    wall_start: int
    wall_end: int

    def holds(self, start: int, end: int, *, all_day: bool) -> bool:
        if all_day:
            return start < self.wall_end and end >= self.wall_start
        return start < self.end and end >= self.start


class Query(Record, frozen=True):
    """``after`` and ``before`` are instants, None where the request does not say.

    ``tzid`` cuts the days. ``own`` are the application's events, ``others`` everything
    else in the calendars.
    """

    tzid: str
    after: int | None = None
    before: int | None = None
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
    default = _default_window(sandbox, query.tzid)
    asked = _asked_window(query)
    bounded = query.after is not None or query.before is not None
    everything = asked.end - asked.start > _WIDEST
    near = _within(asked, default)
    for calendar in calendars:
        profile = sandbox.profiles[calendar.profile_id]
        if whole_events and not access_modes.of(profile).readable:
            continue
        days = near if everything else asked
        candidates = _of_days(sandbox, calendar, days, moved=query.moved)
        if everything and query.own:
            candidates |= _own(sandbox, authorization, calendar)
        for event in candidates.values():
            own = event.managed is not None and event.managed.client_id == authorization.client_id
            if not (query.own if own else query.others):
                continue
            if event.deleted and not query.deleted:
                continue
            if query.last_modified is not None and event.updated < query.last_modified:
                continue
            window = near if not own else asked if bounded else None
            found += _occurrences(event, window, default, moved=query.moved)
    found.sort(key=lambda occurrence: (occurrence.start, occurrence.event_uid))
    return found


def _default_window(sandbox: Sandbox, tzid: str) -> Window:
    today = local(sandbox.now(), tzid).replace(hour=0, minute=0, second=0, tzinfo=None)
    midnight = instant(today, "Etc/UTC")
    return _days(midnight - DAYS_BACK * _DAY, midnight + DAYS_AHEAD * _DAY, tzid)


def _days(wall_start: int, wall_end: int, tzid: str) -> Window:
    """The window between two midnights of clocks in ``tzid``."""
    start = instant(local(wall_start, "Etc/UTC").replace(tzinfo=None), tzid)
    end = instant(local(wall_end, "Etc/UTC").replace(tzinfo=None), tzid)
    return Window(start, end, wall_start, wall_end)


def _asked_window(query: Query) -> Window:
    """What the request says; where it says nothing, everything."""
    start, wall_start = _BEGINNING, _BEGINNING
    end, wall_end = _END, _END
    if query.after is not None:
        start, wall_start = query.after, wall_clock(query.after, query.tzid)
    if query.before is not None:
        end, wall_end = query.before, wall_clock(query.before, query.tzid)
    return Window(start, end, wall_start, wall_end)


def _within(asked: Window, limit: Window) -> Window:
    """Other people's events are only known near today: what lies beyond is cut off."""
    return Window(
        max(asked.start, limit.start),
        min(asked.end, limit.end),
        max(asked.wall_start, limit.wall_start),
        min(asked.wall_end, limit.wall_end),
    )


def _of_days(
    sandbox: Sandbox, calendar: Calendar, window: Window, *, moved: bool
) -> dict[str, Event]:
    """Every event that ``window`` may hold, by uid, and few others."""
    # A day more on either side, for all-day events of every time zone.
    days = [
        (calendar.calendar_id, *bucket)
        for bucket in buckets_between(window.start - _DAY, window.end + _DAY)
    ]
    found = sandbox.events.among("span", days)
    if moved:
        found += sandbox.events.among("moved", days)
    return {event.event_uid: event for event in found}


def _own(sandbox: Sandbox, authorization: Authorization, calendar: Calendar) -> dict[str, Event]:
    written = sandbox.events.by("application", (calendar.calendar_id, authorization.client_id))
    return {event.event_uid: event for event in written}


def _occurrences(
    event: Event, window: Window | None, default: Window, *, moved: bool
) -> Iterator[Occurrence]:
    """When ``event`` takes place in ``window``; None is always, for the application's own."""
    details = event.details
    if details.recurrence is not None and not event.deleted:
        yield from _expanded(event, _closed(window or default, default))
        return
    spans = [(details.start, details.end), *(event.moved_from if moved else ())]
    if window is None or any(window.holds(*span, all_day=details.all_day) for span in spans):
        yield Occurrence(event, event.event_uid, details.start, details.end)


def _closed(window: Window, default: Window) -> Window:
    """A series may have no end: where the window has none either, the default's stands."""
    return Window(
        default.start if window.start == _BEGINNING else window.start,
        default.end if window.end == _END else window.end,
        default.wall_start if window.wall_start == _BEGINNING else window.wall_start,
        default.wall_end if window.wall_end == _END else window.wall_end,
    )


def _expanded(event: Event, window: Window) -> Iterator[Occurrence]:
    details = event.details
    after = window.wall_start if details.all_day else window.start
    before = window.wall_end if details.all_day else window.end
    for start, end in recurrence.occurrences(details, after, before):
        first_of_own = event.managed is not None and start == details.start
        uid = event.event_uid if first_of_own else occurrence_uid(event.event_uid, start)
        yield Occurrence(event, uid, start, end)


def free_busy_status(event: Event) -> str | None:
    """``busy``, ``free``, ``tentative`` or ``unknown``; None for what is no time at all.

    Declined and cancelled events are left out, but those that are deleted say what they
    were (events §5, assumed).
    """
    details = event.details
    if details.participation == "declined" or details.status == "cancelled":
        return None
    if details.transparency == "transparent":
        return "free"
    if "tentative" in {details.transparency, details.status, details.participation}:
        return "tentative"
    if details.transparency == "unknown":
        return "unknown"
    return "busy"

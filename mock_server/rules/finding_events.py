"""Finding calendars and events for an application."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mock_server.errors import NotFound, Unprocessable
from mock_server.rules.recurrence import occurrences
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Event, occurrence_start, occurrence_uid, series_part
from mock_server.world.sandbox import Sandbox

# What an occurrence's uid tells of its start.
_MINUTE = 60

_EVENT_UID = re.compile(r"evt_external_[0-9a-f]{24}")


def calendar_of(sandbox: Sandbox, authorization: Authorization, calendar_id: str) -> Calendar:
    """The calendar with this id, if the authorization opened it; raises NotFound."""
    calendar = sandbox.calendars.get(calendar_id)
    if calendar is None or calendar.profile_id not in authorization.profile_ids:
        raise NotFound(
            f"no calendar {calendar_id!r} in this authorization: GET /v1/calendars lists them"
        )
    if calendar.deleted:
        raise NotFound(f"calendar {calendar_id} is calendar_deleted")
    return calendar


def find_managed(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event_id: str
) -> Event | None:
    """The application's own event of this id, deleted or not."""
    return sandbox.events.one("event_id", (calendar.calendar_id, authorization.client_id, event_id))


def chosen(
    sandbox: Sandbox, authorization: Authorization, calendar_ids: Iterable[str] | None
) -> list[Calendar]:
    """The calendars of these ids, or all there are; raises Unprocessable for others'."""
    opened = [
        calendar
        for profile_id in authorization.profile_ids
        for calendar in sandbox.calendars.by("profile", profile_id)
    ]
    if calendar_ids is None:
        return opened
    known: dict[str, Calendar] = {calendar.calendar_id: calendar for calendar in opened}
    unknown = [calendar_id for calendar_id in calendar_ids if calendar_id not in known]
    if unknown:
        raise Unprocessable.of(
            "calendar_ids",
            "errors.invalid_calendar_ids",
            "contains invalid calendar ids",
            f"{', '.join(map(repr, unknown[:5]))}: not calendars of this authorization",
        )
    return [known[calendar_id] for calendar_id in dict.fromkeys(calendar_ids)]


def is_event_uid(text: str) -> bool:
    """Whether ``text`` has the form of what reads answer as ``event_uid``."""
    return _EVENT_UID.fullmatch(text) is not None


def find(sandbox: Sandbox, calendar: Calendar, event_uid: str) -> Event:
    """The event, or the series that an occurrence is of; raises NotFound."""
    event = sandbox.events.get((calendar.calendar_id, event_uid))
    if event is None and occurrence_start(event_uid) is not None:
        event = sandbox.events.one("series", (calendar.calendar_id, series_part(event_uid)))
        if event is not None and not _has_occurrence(event, event_uid):
            event = None
    if event is None or event.deleted:
        raise NotFound(f"no event {event_uid!r} in calendar {calendar.calendar_id}")
    return event


def _has_occurrence(series: Event, event_uid: str) -> bool:
    start = occurrence_start(event_uid) or 0
    found = occurrences(series.details, start, start + _MINUTE)
    return any(occurrence_uid(series.event_uid, begun) == event_uid for begun, _ in found)

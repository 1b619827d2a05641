"""Events and busy times as reads answer them (events §§4.2, 5)."""

from __future__ import annotations

import re
from typing import Any

from mock_server.api import shapes_events as shapes
from mock_server.api.event_times import answered, time_text
from mock_server.rules import event_reads
from mock_server.rules.event_options import options
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Details, Event, Occurrence, series_part
from mock_server.world.sandbox import Sandbox

# Where people meet: found in the words of an external event (events §4.2).
_MEETING_URL = re.compile(
    r"https://(?:[\w.-]*zoom\.us/[jw]|meet\.google\.com|teams\.(?:microsoft|live)\.com"
    r"|[\w.-]*webex\.com|meet\.goto\.com|[\w.-]*gotomeet(?:ing)?\.(?:com|me)|8x8\.vc)/"
    # What ends a sentence is no part of it.
    r"[^\s<>\"]*[^\s<>\".,;:!?)\]']"
)

# What transparency says without Microsoft's finer words; all others are opaque.
_PLAIN = {"transparent", "unknown"}


class Reader:
    """Who reads, and how: one for each request, for all that it answers."""

    def __init__(
        self, sandbox: Sandbox, authorization: Authorization, asked: frozenset[str]
    ) -> None:
        self._sandbox = sandbox
        self._authorization = authorization
        self._asked = asked
        self._localized = "localized_times" in asked

    def event(self, occurrence: Occurrence) -> shapes.Event:
        """One entry of ``events``."""
        event, details = occurrence.event, occurrence.event.details
        calendar = self._sandbox.calendars[event.calendar_id]
        document: dict[str, Any] = {
            "calendar_id": event.calendar_id,
            "event_uid": occurrence.event_uid,
        }
        own = self._own(event)
        continued = details.recurrence is not None and occurrence.event_uid != event.event_uid
        if own and not continued:
            assert event.managed is not None
            document["event_id"] = event.managed.event_id
        if "google_event_ids" in self._asked and self._is_google(calendar):
            document["google_event_id"] = event.event_uid.removeprefix("evt_external_")
        document |= {
            "summary": details.summary,
            "description": details.description,
            **self._times(occurrence),
            "deleted": event.deleted,
            "created": time_text(event.created),
            "updated": time_text(event.updated),
            "event_private": details.private,
        }
        location = self._location(details)
        if location:
            document["location"] = location
        document |= {
            "participation_status": details.participation,
            "attendees": [
                {"email": a.email, "display_name": a.display_name, "status": a.status}
                for a in details.attendees
            ],
            "organizer": self._organizer(details, calendar),
            "transparency": details.transparency if details.transparency in _PLAIN else "opaque",
            "extended_transparency": details.transparency,
            "status": details.status,
            "categories": list(details.categories),
            "recurring": details.recurrence is not None,
        }
        if details.recurrence is not None:
            part = series_part(event.event_uid)
            document["series_identifier"] = part.removeprefix("evt_external_")
            if own and not continued:
                document["recurrence"] = recurrence_document(details)
            elif own:
                document["series_master"] = event.event_uid
        if details.url:
            document["url"] = details.url
        conferencing = _conferencing(event, own=own)
        if conferencing:
            document["conferencing"] = conferencing
        meeting_url = None if own else _meeting_url(details)
        if meeting_url:
            document["meeting_url"] = meeting_url
        allowed = options(self._sandbox, self._authorization, calendar, event)
        document["options"] = {**allowed, "update": False} if own and continued else allowed
        return document  # type: ignore[return-value]

    def period(self, occurrence: Occurrence) -> shapes.Period:
        """One entry of ``free_busy``, of an event that is some time."""
        event = occurrence.event
        document: dict[str, Any] = {
            "calendar_id": event.calendar_id,
            **self._times(occurrence),
            "free_busy_status": event_reads.free_busy_status(event),
        }
        if "include_ids" in self._asked:
            document["event_uid"] = occurrence.event_uid
            if self._own(event):
                assert event.managed is not None
                document["event_id"] = event.managed.event_id
        if event.deleted:
            document["deleted"] = True
        return document  # type: ignore[return-value]

    def _own(self, event: Event) -> bool:
        return event.written_by(self._authorization.client_id)

    def _is_google(self, calendar: Calendar) -> bool:
        profile = self._sandbox.profiles[calendar.profile_id]
        return profile.provider_name == "google"

    def _times(self, occurrence: Occurrence) -> dict[str, Any]:
        details, localized = occurrence.event.details, self._localized
        return {
            "start": answered(
                occurrence.start, details.start_tzid, all_day=details.all_day, localized=localized
            ),
            "end": answered(
                occurrence.end, details.end_tzid, all_day=details.all_day, localized=localized
            ),
        }

    def _location(self, details: Details) -> dict[str, str]:
        words = {"description": details.location}
        if "include_geo" in self._asked and details.lat is not None and details.long is not None:
            return {**words, "lat": details.lat, "long": details.long}
        return words if details.location else {}

    def _organizer(self, details: Details, calendar: Calendar) -> dict[str, str | None]:
        """Somebody on every event: clients read the address without looking first."""
        if details.organizer is not None:
            return {
                "email": details.organizer.email,
                "display_name": details.organizer.display_name,
            }
        profile = self._sandbox.profiles[calendar.profile_id]
        return {"email": profile.email, "display_name": None}


def recurrence_document(details: Details) -> dict[str, Any]:
    """``recurrence`` as it was written (events §2.8)."""
    given = details.recurrence
    assert given is not None
    rule: dict[str, Any] = {"frequency": given.frequency, "interval": given.interval}
    if given.by_day:
        rule["by_day"] = [
            {"day": entry.day} | ({"nth_of_period": entry.nth} if entry.nth else {})
            for entry in given.by_day
        ]
    if given.count is not None:
        rule["count"] = given.count
    if given.until is not None:
        rule["until"] = given.until
    document: dict[str, Any] = {"rules": [rule]}
    if given.exceptions:
        document["exceptions"] = {"add": [{"date": day} for day in given.exceptions]}
    return document


def _conferencing(event: Event, *, own: bool) -> dict[str, Any] | None:
    """Where to join; that a meeting is awaited, only who asked for it knows."""
    asked_for = event.managed.conferencing if event.managed and own else None
    meeting = event.details.meeting
    if meeting is not None:
        name = {"provider_name": meeting.provider_name} if meeting.provider_name else {}
        return {**name, "join_url": meeting.join_url}
    return {"pending": True} if asked_for is not None else None


def _meeting_url(details: Details) -> str | None:
    if details.meeting is not None:
        return details.meeting.join_url
    for text in (details.location, details.url or "", details.description):
        found = _MEETING_URL.search(text) if "://" in text else None
        if found:
            return found[0]
    return None

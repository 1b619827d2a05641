"""Events and busy times as reads answer them (events §§4.2, 5)."""

from __future__ import annotations

import re
from typing import Literal

from mock_server.api import shapes_events as shapes
from mock_server.api.event_times import time_document
from mock_server.rules import event_reads
from mock_server.rules.event_options import options
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.clock import as_text
from mock_server.world.events import (
    Attendee,
    Details,
    Event,
    Managed,
    Occurrence,
    Recurrence,
    Transparency,
    series_part,
)
from mock_server.world.sandbox import Sandbox

# Where people meet: found in the words of an external event (events §4.2).
_MEETING_URL = re.compile(
    r"https://(?:[\w.-]*zoom\.us/[jw]|meet\.google\.com|teams\.(?:microsoft|live)\.com"
    r"|[\w.-]*webex\.com|meet\.goto\.com|[\w.-]*gotomeet(?:ing)?\.(?:com|me)|8x8\.vc)/"
    # What ends a sentence is no part of it.
    r"[^\s<>\"]*[^\s<>\".,;:!?)\]']"
)


class EventDocuments:
    """What one request answers of events: to whom, and with what they asked for."""

    def __init__(
        self, sandbox: Sandbox, authorization: Authorization, asked: frozenset[str]
    ) -> None:
        self._sandbox = sandbox
        self._authorization = authorization
        self._asked = asked

    def event(self, occurrence: Occurrence) -> shapes.Event:
        """One entry of ``events``."""
        event, details = occurrence.event, occurrence.event.details
        calendar = self._sandbox.calendars[event.calendar_id]
        start, end = self._span(occurrence)
        document: shapes.Event = {
            "calendar_id": event.calendar_id,
            "event_uid": occurrence.event_uid,
            "summary": details.summary,
            "description": details.description,
            "start": start,
            "end": end,
            "deleted": event.deleted,
            "created": as_text(event.created),
            "updated": as_text(event.updated),
            "event_private": details.private,
            "participation_status": details.participation,
            "attendees": [attendee_document(attendee) for attendee in details.attendees],
            "organizer": self._organizer(details, calendar),
            "transparency": _plain(details.transparency),
            "extended_transparency": details.transparency,
            "status": details.status,
            "categories": list(details.categories),
            "recurring": details.recurrence is not None,
            "options": self._options(occurrence, calendar),
        }
        if "google_event_ids" in self._asked and self._is_google(calendar):
            document["google_event_id"] = event.event_uid.removeprefix("evt_external_")
        if details.url:
            document["url"] = details.url
        self._add_identity(document, occurrence)
        self._add_location(document, details)
        self._add_meeting(document, event)
        return document

    def period(self, occurrence: Occurrence) -> shapes.Period:
        """One entry of ``free_busy``, of an event that is some time."""
        event = occurrence.event
        status = event_reads.free_busy_status(event)
        assert status is not None
        start, end = self._span(occurrence)
        document: shapes.Period = {
            "calendar_id": event.calendar_id,
            "start": start,
            "end": end,
            "free_busy_status": status,
        }
        if "include_ids" in self._asked:
            document["event_uid"] = occurrence.event_uid
            managed = self._own(event)
            if managed:
                document["event_id"] = managed.event_id
        if event.deleted:
            document["deleted"] = True
        return document

    def _own(self, event: Event) -> Managed | None:
        """What the application keeps with ``event``, if it wrote it."""
        managed = event.managed
        own = managed is not None and managed.client_id == self._authorization.client_id
        return managed if own else None

    def _is_google(self, calendar: Calendar) -> bool:
        profile = self._sandbox.profiles[calendar.profile_id]
        return profile.provider_name == "google"

    def _span(self, occurrence: Occurrence) -> tuple[shapes.Time, shapes.Time]:
        details = occurrence.event.details
        how = {"all_day": details.all_day, "localized": "localized_times" in self._asked}
        return (
            time_document(occurrence.start, details.start_tzid, **how),
            time_document(occurrence.end, details.end_tzid, **how),
        )

    def _organizer(self, details: Details, calendar: Calendar) -> shapes.Organizer:
        """Somebody on every event: clients read the address without looking first."""
        if details.organizer is not None:
            return {
                "email": details.organizer.email,
                "display_name": details.organizer.display_name,
            }
        profile = self._sandbox.profiles[calendar.profile_id]
        return {"email": profile.email, "display_name": None}

    def _options(self, occurrence: Occurrence, calendar: Calendar) -> shapes.Options:
        event = occurrence.event
        allowed = options(self._sandbox, self._authorization, calendar, event)
        continues = self._own(event) is not None and _continues(occurrence)
        return {
            "delete": allowed["delete"] and not continues,
            "update": allowed["update"] and not continues,
            "change_participation_status": allowed["change_participation_status"],
        }

    def _add_identity(self, document: shapes.Event, occurrence: Occurrence) -> None:
        """``event_id``, and of a series what holds its occurrences together (events §2.8)."""
        event, recurrence = occurrence.event, occurrence.event.details.recurrence
        managed = self._own(event)
        if managed and not _continues(occurrence):
            document["event_id"] = managed.event_id
        if recurrence is None:
            return
        document["series_identifier"] = series_part(event.event_uid).removeprefix("evt_external_")
        if managed and _continues(occurrence):
            document["series_master"] = event.event_uid
        elif managed:
            document["recurrence"] = recurrence_document(recurrence)

    def _add_location(self, document: shapes.Event, details: Details) -> None:
        location: shapes.Location = {"description": details.location}
        if "include_geo" in self._asked and details.lat is not None and details.long is not None:
            document["location"] = {**location, "lat": details.lat, "long": details.long}
        elif details.location:
            document["location"] = location

    def _add_meeting(self, document: shapes.Event, event: Event) -> None:
        """Where to join; that a meeting is awaited, only who asked for it knows."""
        managed, meeting = self._own(event), event.details.meeting
        if meeting is not None:
            conferencing: shapes.Conferencing = {"join_url": meeting.join_url}
            if meeting.provider_name:
                conferencing["provider_name"] = meeting.provider_name
            document["conferencing"] = conferencing
        elif managed and managed.conferencing:
            document["conferencing"] = {"pending": True}
        meeting_url = None if managed else _meeting_url(event.details)
        if meeting_url:
            document["meeting_url"] = meeting_url


def attendee_document(attendee: Attendee) -> shapes.Attendee:
    return {
        "email": attendee.email,
        "display_name": attendee.display_name,
        "status": attendee.status,
    }


def recurrence_document(recurrence: Recurrence) -> shapes.Recurrence:
    """``recurrence`` as it was written (events §2.8)."""
    rule: shapes.Rule = {"frequency": recurrence.frequency, "interval": recurrence.interval}
    if recurrence.by_day:
        rule["by_day"] = [
            {"day": entry.day, "nth_of_period": entry.nth} if entry.nth else {"day": entry.day}
            for entry in recurrence.by_day
        ]
    if recurrence.count is not None:
        rule["count"] = recurrence.count
    if recurrence.until is not None:
        rule["until"] = recurrence.until
    document: shapes.Recurrence = {"rules": [rule]}
    if recurrence.exceptions:
        document["exceptions"] = {"add": [{"date": day} for day in recurrence.exceptions]}
    return document


def _continues(occurrence: Occurrence) -> bool:
    """Whether it is a later occurrence of a series, not its first."""
    event = occurrence.event
    return event.details.recurrence is not None and occurrence.event_uid != event.event_uid


def _plain(transparency: Transparency) -> Literal["opaque", "transparent", "unknown"]:
    """Without Microsoft's finer words, all of which are some kind of opaque."""
    if transparency == "transparent" or transparency == "unknown":  # noqa: PLR1714
        return transparency
    return "opaque"


def _meeting_url(details: Details) -> str | None:
    if details.meeting is not None:
        return details.meeting.join_url
    for text in (details.location, details.url or "", details.description):
        found = _MEETING_URL.search(text) if "://" in text else None
        if found:
            return found[0]
    return None

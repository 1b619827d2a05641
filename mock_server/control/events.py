"""What people do in their own calendars, and what really stands there.

Synchronization follows, as the access modes and ``sync_delay`` have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from mock_server.api.event_times import plain_time
from mock_server.control.app import Control, Unknown, answer, no_content
from mock_server.control.documents import Document
from mock_server.control.requests import DeleteEvents, PostedEvent, PostedEvents
from mock_server.rules import provider_events, replies, synchronization
from mock_server.scenarios.event_documents import changed, details
from mock_server.scenarios.problems import Invalid, Problem, collecting, one_of, shown, validate
from mock_server.world.clock import as_text
from mock_server.world.events import Attendee, Details, Managed, Organizer, Recurrence
from mock_server.world.people import Person, ProviderCalendar, ProviderEvent
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox


class _Wanted(Record, frozen=True):
    """One event to be: new in ``calendar``, or in place of ``known``."""

    calendar: ProviderCalendar
    known: ProviderEvent | None
    details: Details


async def list_person_events(control: Control) -> Response:
    sandbox = control.sandbox
    person = _person(control)
    documents = (
        _provider_document(sandbox, calendar, event)
        for calendar in sandbox.provider_calendars.by("email", person.email)
        for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id)
    )
    return _listed(documents)


async def list_calendar_events(control: Control) -> Response:
    """By the id of a Cronofy calendar or of a provider's; hosted ones have their own events."""
    sandbox = control.sandbox
    calendar_id = control.request.path_params["calendar_id"]
    calendar = sandbox.calendars.get(calendar_id)
    source = sandbox.provider_calendars.get(
        calendar.provider_calendar_id if calendar else calendar_id
    )
    if source is not None:
        events = sandbox.provider_events.by("calendar", source.provider_calendar_id)
        return _listed(_provider_document(sandbox, source, event) for event in events)
    if calendar is None:
        known = [item.calendar_id for item in sandbox.calendars]
        raise Unknown(Problem("calendar_id", shown(calendar_id), one_of(calendar_id, known)))
    return _listed(
        _document(
            event.details,
            event_uid=event.event_uid,
            calendar=calendar.name,
            created=event.created,
            updated=event.updated,
            managed=event.managed,
        )
        for event in sandbox.events.by("calendar", calendar_id)
        if not event.deleted
    )


async def post_events(control: Control) -> Response:
    """One event, or many: all or nothing."""
    sandbox = control.sandbox
    person = _person(control)
    body = await control.document()
    if not isinstance(body, dict) or "events" not in body:
        wanted = _wanted(sandbox, person, body, "")
        return answer(_made(sandbox, wanted), 201)
    posted = validate(PostedEvents, body)
    problems: list[Problem] = []
    many = []
    for index, given in enumerate(posted.events):
        place = f"events[{index}]"
        if posted.calendar is not None and isinstance(given, dict) and "event_uid" not in given:
            given = {"calendar": posted.calendar, **given}
        with collecting(problems):
            try:
                many.append(_wanted(sandbox, person, given, f"{place}."))
            except Invalid as invalid:
                raise invalid.within(place) from None
    if problems:
        raise Invalid(problems)
    return answer({"events": [_made(sandbox, wanted) for wanted in many]}, 201)


async def delete_events(control: Control) -> Response:
    """One by its ``event_uid``, or with ``all`` everything in the person's calendars."""
    sandbox = control.sandbox
    person = _person(control)
    query = dict(control.request.query_params)
    if query.get("all") in {"true", "false"}:
        query["all"] = query["all"] == "true"  # type: ignore[assignment]
    body = await control.document()
    wanted = validate(DeleteEvents, {**query, **body} if isinstance(body, dict) else body)
    if wanted.event_uid is not None:
        _, event = _own_event(sandbox, person, wanted.event_uid, "")
        _remove(sandbox, event)
        return no_content()
    for calendar in sandbox.provider_calendars.by("email", person.email):
        for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id):
            _remove(sandbox, event)
    return no_content()


def _remove(sandbox: Sandbox, event: ProviderEvent) -> None:
    """Who deletes an invitation from their calendar declines it."""
    provider_events.remove(sandbox, event.provider_event_id)
    synchronization.follow(sandbox, event.provider_calendar_id, event.provider_event_id)
    replies.answered_at_provider(sandbox, event, "declined")


def _wanted(sandbox: Sandbox, person: Person, given: Any, at: str) -> _Wanted:
    """Raises Invalid, and Unknown with the place behind ``at``."""
    uid = given.get("event_uid") if isinstance(given, dict) else None
    if not isinstance(uid, str):
        document = validate(PostedEvent, given)
        calendar = _calendar(sandbox, person, document.calendar, at)
        return _Wanted(calendar, None, details(document, person))
    calendar, known = _own_event(sandbox, person, uid, at)
    current = _provider_document(sandbox, calendar, known)
    # What is the same stays as it is, so that what was read can be sent back.
    news = {
        key: value
        for key, value in given.items()
        if key in _ZONES or key not in current or current[key] != value
    }
    document = validate(PostedEvent, {**{key: current[key] for key in _NEEDED}, **news})
    if document.calendar is not None:
        expected = f"{calendar.name}, where the event is, or nothing"
        raise Invalid([Problem("calendar", shown(document.calendar), expected)])
    return _Wanted(calendar, known, changed(known.details, document, news.keys(), person))


# What a change is checked together with, if it says nothing of it itself.
_NEEDED = ("summary", "start", "end", "recurrence")

# One of them without the other means something else than both.
_ZONES = {"tzid", "end_tzid"}


def _made(sandbox: Sandbox, wanted: _Wanted) -> Document:
    known = wanted.known
    event = provider_events.put(
        sandbox,
        wanted.calendar,
        wanted.details,
        provider_event_id=known.provider_event_id if known else None,
    )
    synchronization.follow(sandbox, event.provider_calendar_id, event.provider_event_id)
    if known is not None:
        replies.answered_at_provider(sandbox, known, event.details.participation)
    return _provider_document(sandbox, wanted.calendar, event)


def _person(control: Control) -> Person:
    sandbox = control.sandbox
    email = control.request.path_params["email"].lower()
    person = sandbox.people.get(email)
    if person is None:
        known = [somebody.email for somebody in sandbox.people]
        raise Unknown(Problem("email", shown(email), one_of(email, known)))
    return person


def _calendar(sandbox: Sandbox, person: Person, name: str | None, at: str) -> ProviderCalendar:
    """The person's calendar of this name, or their primary one."""
    calendars = sandbox.provider_calendars.by("email", person.email)
    for calendar in calendars:
        if calendar.name == name or (name is None and calendar.primary):
            return calendar
    expected = one_of(name, [calendar.name for calendar in calendars])
    raise Unknown(Problem(f"{at}calendar", shown(name), expected))


def _own_event(
    sandbox: Sandbox, person: Person, uid: str, at: str
) -> tuple[ProviderCalendar, ProviderEvent]:
    """The event with this id in one of the person's calendars."""
    event = sandbox.provider_events.get(uid)
    calendar = sandbox.provider_calendars[event.provider_calendar_id] if event else None
    if event is None or calendar is None or calendar.email != person.email:
        known = [
            event.provider_event_id
            for calendar in sandbox.provider_calendars.by("email", person.email)
            for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id)
        ]
        listed = ", ".join(known[:10]) + (f" and {len(known) - 10} more" if known[10:] else "")
        expected = f"an event of {person.email}: {listed or 'there is none'}"
        raise Unknown(Problem(f"{at}event_uid", shown(uid), expected))
    return calendar, event


def _listed(documents: Iterable[Document]) -> Response:
    return answer({"events": sorted(documents, key=lambda d: (d["start"], d["event_uid"]))})


def _provider_document(
    sandbox: Sandbox, calendar: ProviderCalendar, event: ProviderEvent
) -> Document:
    """An event as the provider has it, with what an application keeps of it at Cronofy."""
    copies = sandbox.calendars.by("provider_calendar", calendar.provider_calendar_id)
    found = (sandbox.events.get((copy.calendar_id, event.provider_event_id)) for copy in copies)
    return _document(
        event.details,
        event_uid=event.provider_event_id,
        calendar=calendar.name,
        created=event.created,
        updated=event.updated,
        managed=next((copy.managed for copy in found if copy and copy.managed), None),
        ical_uid=event.uid,
    )


def _document(
    said: Details,
    *,
    event_uid: str,
    calendar: str,
    created: int,
    updated: int,
    managed: Managed | None,
    ical_uid: str | None = None,
) -> Document:
    """A scenario's event, and what only exists once it is there: ``event_uid``, ``created``,
    ``updated``, ``ical_uid`` and ``managed``.
    """
    return {
        "event_uid": event_uid,
        "calendar": calendar,
        "summary": said.summary,
        "start": plain_time(said.start, all_day=said.all_day),
        "end": plain_time(said.end, all_day=said.all_day),
        "tzid": said.start_tzid,
        "end_tzid": said.end_tzid,
        "description": said.description,
        "location": said.location,
        "lat": said.lat,
        "long": said.long,
        "url": said.url,
        "meeting_url": said.meeting.join_url if said.meeting else None,
        "transparency": said.transparency,
        "status": said.status,
        "private": said.private,
        "organizer": _somebody(said.organizer) if said.organizer else None,
        "attendees": [{**_somebody(one), "status": one.status} for one in said.attendees],
        "participation_status": said.participation,
        "reminders": None if said.reminders is None else list(said.reminders),
        "color": said.color,
        "categories": list(said.categories),
        "recurrence": _recurrence(said.recurrence) if said.recurrence else None,
        "created": as_text(created),
        "updated": as_text(updated),
        "ical_uid": managed.uid if managed else ical_uid,
        "managed": _managed(managed) if managed else None,
    }


def _somebody(one: Attendee | Organizer) -> Document:
    return {"email": one.email, "name": one.display_name}


def _recurrence(given: Recurrence) -> Document:
    return {
        "frequency": given.frequency,
        "interval": given.interval,
        "by_day": [{"day": day.day, "nth_of_period": day.nth} for day in given.by_day],
        "count": given.count,
        "until": given.until,
        "exceptions": list(given.exceptions),
    }


def _managed(managed: Managed) -> Document:
    """What the application keeps with it, as it was written."""
    conferencing = managed.conferencing
    return {
        "client_id": managed.client_id,
        "event_id": managed.event_id,
        "description": managed.description,
        "location": managed.location,
        "locale": managed.locale,
        "sequence": managed.sequence,
        "replies": [
            {"email": reply.email, "at": as_text(reply.stamp), "comment": reply.comment}
            for reply in managed.replies
        ],
        "conferencing": conferencing
        and {
            "profile_id": conferencing.profile_id,
            "state": conferencing.state,
            "join_url": conferencing.meeting.join_url if conferencing.meeting else None,
        },
        "subscriptions": [
            {
                "uri": subscription.uri,
                "interactions": list(subscription.interactions),
                "transitions": [
                    {one.side: one.moment, "minutes": one.offset}
                    for one in subscription.transitions
                ],
            }
            for subscription in managed.subscriptions
        ],
        "attachments": list(managed.attachments),
        "tags": list(managed.tags),
        "event_classes": managed.event_classes,
        "meeting_agent": managed.meeting_agent,
    }


_EVENTS = "/sandboxes/{sandbox_id}/people/{email}/events"

ROUTES = (
    ("GET", _EVENTS, list_person_events),
    ("POST", _EVENTS, post_events),
    ("DELETE", _EVENTS, delete_events),
    ("GET", "/sandboxes/{sandbox_id}/calendars/{calendar_id}/events", list_calendar_events),
)

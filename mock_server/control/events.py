"""What people do in their own calendars, and what really stands there.

Synchronization follows, as the access modes and ``sync_delay`` have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import Document
from mock_server.control.event_documents import hosted_document, provider_document
from mock_server.control.requests import DeleteEvents, PostedEvent, PostedEvents
from mock_server.rules import own_calendar
from mock_server.scenarios.event_documents import changed, details
from mock_server.scenarios.problems import Invalid, Problem, Unknown, one_of, shown, validate
from mock_server.world.events import Details
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
    person = person_of(control)
    documents = (
        provider_document(sandbox, calendar, event)
        for calendar in own_calendar.calendars(sandbox, person)
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
        return _listed(provider_document(sandbox, source, event) for event in events)
    if calendar is None:
        known = [item.calendar_id for item in sandbox.calendars]
        raise Unknown(Problem("calendar_id", shown(calendar_id), one_of(calendar_id, known)))
    return _listed(
        hosted_document(calendar, event)
        for event in sandbox.events.by("calendar", calendar_id)
        if not event.deleted
    )


async def post_events(control: Control) -> Response:
    """One event, or many: all or nothing."""
    sandbox = control.sandbox
    person = person_of(control)
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
        try:
            many.append(_wanted(sandbox, person, given, f"{place}."))
        except Unknown:
            raise
        except Invalid as invalid:
            problems += invalid.within(place).problems
    if problems:
        raise Invalid(problems)
    return answer({"events": [_made(sandbox, wanted) for wanted in many]}, 201)


async def delete_events(control: Control) -> Response:
    """One by its ``event_uid``, or with ``all`` everything in the person's calendars."""
    sandbox = control.sandbox
    person = person_of(control)
    query = dict(control.request.query_params)
    if query.get("all") in {"true", "false"}:
        query["all"] = query["all"] == "true"  # type: ignore[assignment]
    body = await control.document()
    wanted = validate(DeleteEvents, {**query, **body} if isinstance(body, dict) else body)
    if wanted.event_uid is not None:
        _, event = _own_event(sandbox, person, wanted.event_uid, "")
        own_calendar.delete(sandbox, event)
        return no_content()
    for calendar in own_calendar.calendars(sandbox, person):
        for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id):
            own_calendar.delete(sandbox, event)
    return no_content()


def _wanted(sandbox: Sandbox, person: Person, given: Any, at: str) -> _Wanted:
    """Raises Invalid, and Unknown with the place behind ``at``."""
    uid = given.get("event_uid") if isinstance(given, dict) else None
    if not isinstance(uid, str):
        document = validate(PostedEvent, given)
        calendar = calendar_of(sandbox, person, document.calendar, f"{at}calendar")
        return _Wanted(calendar, None, details(document, person))
    calendar, known = _own_event(sandbox, person, uid, at)
    current = provider_document(sandbox, calendar, known)
    # What is the same stays as it is, so that what was read can be sent back.
    news = {
        key: value
        for key, value in given.items()
        if key in _ZONES or key not in current or current[key] != value
    }
    together = (*_NEEDED, "recurrence") if "start" in news else _NEEDED
    document = validate(PostedEvent, {**{key: current[key] for key in together}, **news})
    if document.calendar is not None:
        expected = f"{calendar.name}, where the event is, or nothing"
        raise Invalid([Problem("calendar", shown(document.calendar), expected)])
    return _Wanted(calendar, known, changed(known.details, document, news.keys(), person))


# What a change is checked together with, if it says nothing of it itself.
_NEEDED = ("summary", "start", "end", "lat", "long")

# One of them without the other means something else than both.
_ZONES = {"tzid", "end_tzid"}


def _made(sandbox: Sandbox, wanted: _Wanted) -> Document:
    calendar, known = wanted.calendar, wanted.known
    if known is None:
        event = own_calendar.add(sandbox, calendar, wanted.details)
    else:
        event = own_calendar.change(sandbox, calendar, known, wanted.details)
    return provider_document(sandbox, wanted.calendar, event)


def person_of(control: Control) -> Person:
    """Whom the path names. Raises Unknown."""
    sandbox = control.sandbox
    email = control.request.path_params["email"].lower()
    person = sandbox.people.get(email)
    if person is None:
        known = [somebody.email for somebody in sandbox.people]
        raise Unknown(Problem("email", shown(email), one_of(email, known)))
    return person


def calendar_of(
    sandbox: Sandbox, person: Person, name: str | None, place: str = "calendar"
) -> ProviderCalendar:
    """The person's calendar of this name, or their primary one. Raises Unknown."""
    calendars = own_calendar.calendars(sandbox, person)
    for calendar in calendars:
        if calendar.name == name or (name is None and calendar.primary):
            return calendar
    expected = one_of(name, [calendar.name for calendar in calendars])
    raise Unknown(Problem(place, shown(name), expected))


def _own_event(
    sandbox: Sandbox, person: Person, uid: str, at: str
) -> tuple[ProviderCalendar, ProviderEvent]:
    """The event with this id in one of the person's calendars."""
    event = sandbox.provider_events.get(uid)
    calendar = sandbox.provider_calendars[event.provider_calendar_id] if event else None
    if event is None or calendar is None or calendar.email != person.email:
        known = [
            event.provider_event_id
            for calendar in own_calendar.calendars(sandbox, person)
            for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id)
        ]
        listed = ", ".join(known[:10]) + (f" and {len(known) - 10} more" if known[10:] else "")
        expected = f"an event of {person.email}: {listed or 'there is none'}"
        raise Unknown(Problem(f"{at}event_uid", shown(uid), expected))
    return calendar, event


def _listed(documents: Iterable[Document]) -> Response:
    return answer({"events": sorted(documents, key=lambda d: (d["start"], d["event_uid"]))})


_EVENTS = "/sandboxes/{sandbox_id}/people/{email}/events"

ROUTES = (
    ("GET", _EVENTS, list_person_events),
    ("POST", _EVENTS, post_events),
    ("DELETE", _EVENTS, delete_events),
    ("GET", "/sandboxes/{sandbox_id}/calendars/{calendar_id}/events", list_calendar_events),
)

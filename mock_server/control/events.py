"""What people do in their own calendars, and what really stands there.

Synchronization follows, as the access modes and ``sync_delay`` have it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import Document
from mock_server.control.event_documents import hosted_document, provider_document
from mock_server.rules import own_calendar
from mock_server.scenarios.actions import action, events
from mock_server.scenarios.actions.action import listed
from mock_server.scenarios.actions.events import PostedEvent, Wanted
from mock_server.scenarios.fields import Model, Text
from mock_server.scenarios.problems import Invalid, Problem, Unknown, one_of, shown, validate
from mock_server.world.people import Person, ProviderCalendar, ProviderEvent
from mock_server.world.sandbox import Sandbox


class PostedEvents(Model):
    """Many of them; ``calendar`` is that of those which name none."""

    events: Annotated[list[Any], Field(max_length=10_000)]
    calendar: Text | None = None


class DeleteEvents(Model):
    event_uid: Text | None = None
    all: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_or_all(self) -> Self:
        if (self.event_uid is None) != self.all:
            raise ValueError("either an event_uid, or all: true")
        return self


async def list_person_events(control: Control) -> Response:
    sandbox = control.sandbox
    found = events.all_of(sandbox, person_of(control))
    return _listed(provider_document(sandbox, calendar, event) for calendar, event in found)


async def list_calendar_events(control: Control) -> Response:
    """By the id of a Cronofy calendar or of a provider's; hosted ones have their own events."""
    sandbox = control.sandbox
    calendar_id = control.request.path_params["calendar_id"]
    calendar = sandbox.calendars.get(calendar_id)
    source = sandbox.provider_calendars.get(
        calendar.provider_calendar_id if calendar else calendar_id
    )
    if source is not None:
        found = sandbox.provider_events.by("calendar", source.provider_calendar_id)
        return _listed(provider_document(sandbox, source, event) for event in found)
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
    for _, event in events.all_of(sandbox, person):
        own_calendar.delete(sandbox, event)
    return no_content()


def _wanted(sandbox: Sandbox, person: Person, given: Any, at: str) -> Wanted:
    """Raises Invalid, and Unknown with the place behind ``at``."""
    uid = given.get("event_uid") if isinstance(given, dict) else None
    if not isinstance(uid, str):
        return events.new(sandbox, person, validate(PostedEvent, given), f"{at}calendar")
    calendar, known = _own_event(sandbox, person, uid, at)
    current = provider_document(sandbox, calendar, known)
    return events.changing(person, calendar, known, given, current)


def _made(sandbox: Sandbox, wanted: Wanted) -> Document:
    return provider_document(sandbox, wanted.calendar, events.put(sandbox, wanted))


def person_of(control: Control) -> Person:
    """Whom the path names. Raises Unknown."""
    return action.person_of(control.sandbox, control.request.path_params["email"].lower(), "email")


def _own_event(
    sandbox: Sandbox, person: Person, uid: str, at: str
) -> tuple[ProviderCalendar, ProviderEvent]:
    """The event with this id in one of the person's calendars."""
    event = sandbox.provider_events.get(uid)
    calendar = sandbox.provider_calendars[event.provider_calendar_id] if event else None
    if event is None or calendar is None or calendar.email != person.email:
        known = listed(event.provider_event_id for _, event in events.all_of(sandbox, person))
        expected = f"an event of {person.email}: {known or 'there is none'}"
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

"""What people do in their own calendars."""

# Annotations are evaluated at once here, as in documents.py.

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from mock_server.rules import own_calendar
from mock_server.scenarios.actions.action import Action, Outcome, listed, person_of
from mock_server.scenarios.actions.calendars import calendar_of
from mock_server.scenarios.event_documents import EventDocument, changed, details, written
from mock_server.scenarios.fields import Email, EventTime, Model, Text
from mock_server.scenarios.problems import Invalid, Problem, Unknown, shown, validate
from mock_server.world.events import Details
from mock_server.world.people import Person, ProviderCalendar, ProviderEvent
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox


class PostedEvent(EventDocument):
    """An event for the person's ``calendar`` of that name, or in place of ``event_uid``.

    What reading an event answers besides comes back as it was.
    """

    refused_keys = dict.fromkeys(
        ("created", "updated", "ical_uid", "managed"),
        "nothing, or with an event_uid what the event has: nobody chooses it",
    )
    # As an application may have written it.
    may_have_no_day = True

    calendar: Text | None = None
    event_uid: Text | None = None


class Wanted(Record, frozen=True):
    """One event to be: new in ``calendar``, or in place of ``known``."""

    calendar: ProviderCalendar
    known: ProviderEvent | None
    details: Details


def new(sandbox: Sandbox, person: Person, document: PostedEvent, place: str = "calendar") -> Wanted:
    """``place`` is that of the calendar's name."""
    calendar = calendar_of(sandbox, person, document.calendar, place)
    return Wanted(calendar, None, details(document, person))


def changing(
    person: Person,
    calendar: ProviderCalendar,
    known: ProviderEvent,
    given: Mapping[str, Any],
    current: Mapping[str, Any],
) -> Wanted:
    """``known``, which is read as ``current``, with the keys that are ``given``."""
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
    return Wanted(calendar, known, changed(known.details, document, news.keys(), person))


# What a change is checked together with, if it says nothing of it itself.
_NEEDED = ("summary", "start", "end", "lat", "long")

# One of them without the other means something else than both.
_ZONES = {"tzid", "end_tzid"}


def put(sandbox: Sandbox, wanted: Wanted) -> ProviderEvent:
    if wanted.known is None:
        return own_calendar.add(sandbox, wanted.calendar, wanted.details)
    return own_calendar.change(sandbox, wanted.calendar, wanted.known, wanted.details)


def all_of(
    sandbox: Sandbox, person: Person, calendar: str | None = None
) -> list[tuple[ProviderCalendar, ProviderEvent]]:
    """The events in all calendars of ``person``, or in the one of that name."""
    if calendar is None:
        calendars = own_calendar.calendars(sandbox, person)
    else:
        calendars = [calendar_of(sandbox, person, calendar)]
    return [
        (calendar, event)
        for calendar in calendars
        for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id)
    ]


class MakeEvent(EventDocument):
    """``person`` makes it, in their primary calendar or the ``calendar`` of that name."""

    may_have_no_day = True

    person: Email
    calendar: Text | None = None


class DeleteEvents(Model):
    """All that the person has, or has in one calendar."""

    person: Email
    calendar: Text | None = None


class DeleteEvent(DeleteEvents):
    """One event of the person: by its title, its event_uid, or an application's ``event_id``."""

    summary: str | None = None
    event_uid: Text | None = None
    event_id: Text | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.summary is None and self.event_uid is None and self.event_id is None:
            raise ValueError("at least one of summary, event_uid, event_id")
        return self


class EventChanges(EventDocument):
    """Any of an event's keys."""

    may_have_no_day = True

    summary: str = ""
    start: EventTime | None = None  # type: ignore[assignment]
    end: EventTime | None = None  # type: ignore[assignment]

    @model_validator(mode="after")
    def _whole_place(self) -> Self:
        # The event may have the other half.
        return self


class ChangeEvent(DeleteEvent):
    """The same, which then says what ``changes`` say."""

    changes: EventChanges


def _one(
    sandbox: Sandbox, person: Person, wanted: DeleteEvent
) -> tuple[ProviderCalendar, ProviderEvent]:
    """The event that is meant. Raises Unknown, and Invalid where it could be several."""
    there = all_of(sandbox, person, wanted.calendar)
    found = [
        (calendar, event)
        for calendar, event in there
        if wanted.summary in (None, event.details.summary)
        and wanted.event_uid in (None, event.provider_event_id)
        and (wanted.event_id is None or wanted.event_id in _event_ids(sandbox, calendar, event))
    ]
    key = next(k for k in ("summary", "event_uid", "event_id") if getattr(wanted, k) is not None)
    if not found:
        names = listed(shown(event.details.summary) for _, event in there)
        expected = f"an event of {person.email}: {names or 'there is none'}"
        raise Unknown(Problem(key, shown(getattr(wanted, key)), expected))
    if len(found) > 1:
        uids = listed(event.provider_event_id for _, event in found)
        expected = f"one: calendar or event_uid says which ({uids})"
        raise Invalid([Problem(key, f"{len(found)} such events of {person.email}", expected)])
    return found[0]


def _event_ids(sandbox: Sandbox, calendar: ProviderCalendar, event: ProviderEvent) -> set[str]:
    """What applications call it that have written it."""
    copies = sandbox.calendars.by("provider_calendar", calendar.provider_calendar_id)
    found = (sandbox.events.get((copy.calendar_id, event.provider_event_id)) for copy in copies)
    return {copy.managed.event_id for copy in found if copy is not None and copy.managed}


def _make(sandbox: Sandbox, wanted: MakeEvent) -> Outcome:
    person = person_of(sandbox, wanted.person)
    calendar = calendar_of(sandbox, person, wanted.calendar)
    made = put(sandbox, Wanted(calendar, None, details(wanted, person)))
    return {"event_uid": made.provider_event_id}


def _change(sandbox: Sandbox, wanted: ChangeEvent) -> Outcome:
    person = person_of(sandbox, wanted.person)
    calendar, event = _one(sandbox, person, wanted)
    given = {key: getattr(wanted.changes, key) for key in wanted.changes.model_fields_set}
    try:
        change = changing(person, calendar, event, given, written(event.details))
    except Invalid as invalid:
        raise invalid.within("changes") from None
    return {"event_uid": put(sandbox, change).provider_event_id}


def _delete(sandbox: Sandbox, wanted: DeleteEvent) -> Outcome:
    _, event = _one(sandbox, person_of(sandbox, wanted.person), wanted)
    own_calendar.delete(sandbox, event)
    return {"event_uid": event.provider_event_id}


def _delete_all(sandbox: Sandbox, wanted: DeleteEvents) -> Outcome:
    events = all_of(sandbox, person_of(sandbox, wanted.person), wanted.calendar)
    for _, event in events:
        own_calendar.delete(sandbox, event)
    return {"deleted": len(events)}


ACTIONS = {
    "make_event": Action(MakeEvent, _make),
    "change_event": Action(ChangeEvent, _change),
    "delete_event": Action(DeleteEvent, _delete),
    "delete_events": Action(DeleteEvents, _delete_all),
}

"""Calendars that people make, rename and delete themselves, at their provider."""

# Annotations are evaluated at once here, as in documents.py.

from typing import Annotated

from pydantic import Field

from mock_server.rules import own_calendar
from mock_server.rules.providers import NO_PROVIDER
from mock_server.scenarios.actions.action import Action, Outcome, person_of
from mock_server.scenarios.fields import Color, Email, Model, Text
from mock_server.scenarios.problems import Invalid, Problem, Unknown, one_of, shown
from mock_server.world.people import Person, ProviderCalendar
from mock_server.world.sandbox import Sandbox


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


class CalendarToMake(Model):
    """A calendar that a person makes; ``readonly`` for one that others share with them."""

    name: Text
    readonly: Annotated[bool, Field(strict=True)] = False
    color: Color | None = None


def make(sandbox: Sandbox, person: Person, wanted: CalendarToMake) -> ProviderCalendar:
    """One whose name tells it from the person's others."""
    if person.provider == NO_PROVIDER:
        expected = "somebody with a calendar account: their provider is none"
        raise Invalid([Problem("email", shown(person.email), expected)])
    _check_name(sandbox, person, wanted.name)
    return own_calendar.open_calendar(
        sandbox, person, wanted.name, readonly=wanted.readonly, color=wanted.color
    )


def rename(sandbox: Sandbox, calendar: ProviderCalendar, name: str) -> ProviderCalendar:
    if name == calendar.name:
        return calendar
    _check_name(sandbox, sandbox.people[calendar.email], name)
    return own_calendar.rename_calendar(sandbox, calendar, name)


def _check_name(sandbox: Sandbox, person: Person, name: str) -> None:
    """Raise Invalid for one that another calendar of ``person`` has."""
    if any(known.name == name for known in own_calendar.calendars(sandbox, person)):
        expected = f"a name that no calendar of {person.email} has yet"
        raise Invalid([Problem("name", shown(name), expected)])


def delete(sandbox: Sandbox, calendar: ProviderCalendar, place: str) -> None:
    """``calendar``, named at ``place``, with its events."""
    if calendar.primary:
        expected = "another calendar than the primary one, which every calendar account keeps"
        raise Invalid([Problem(place, shown(calendar.name), expected)])
    own_calendar.delete_calendar(sandbox, calendar)


class MakeCalendar(CalendarToMake):
    person: Email


class DeleteCalendar(Model):
    """The person's ``calendar`` of that name."""

    person: Email
    calendar: Text


class RenameCalendar(DeleteCalendar):
    """``name`` is the new one."""

    name: Text


def _make(sandbox: Sandbox, wanted: MakeCalendar) -> Outcome:
    return {"calendar": make(sandbox, person_of(sandbox, wanted.person), wanted).name}


def _rename(sandbox: Sandbox, wanted: RenameCalendar) -> Outcome:
    calendar = calendar_of(sandbox, person_of(sandbox, wanted.person), wanted.calendar)
    return {"calendar": rename(sandbox, calendar, wanted.name).name}


def _delete(sandbox: Sandbox, wanted: DeleteCalendar) -> Outcome:
    calendar = calendar_of(sandbox, person_of(sandbox, wanted.person), wanted.calendar)
    delete(sandbox, calendar, "calendar")
    return {"calendar": calendar.name}


ACTIONS = {
    "make_calendar": Action(MakeCalendar, _make),
    "rename_calendar": Action(RenameCalendar, _rename),
    "delete_calendar": Action(DeleteCalendar, _delete),
}

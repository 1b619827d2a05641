"""Calendars that people make, rename and delete themselves, at their provider."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import person_calendar_document
from mock_server.control.events import calendar_of, person_of
from mock_server.control.requests import PostedCalendar, RenamedCalendar
from mock_server.rules import own_calendar
from mock_server.rules.providers import NO_PROVIDER
from mock_server.scenarios.problems import Invalid, Problem, shown, validate
from mock_server.world.people import Person


async def post_calendar(control: Control) -> Response:
    """One whose name tells it from the person's others."""
    sandbox = control.sandbox
    person = person_of(control)
    wanted = validate(PostedCalendar, await control.document())
    if person.provider == NO_PROVIDER:
        expected = "somebody with a calendar account: their provider is none"
        raise Invalid([Problem("email", shown(person.email), expected)])
    _check_name(control, person, wanted.name)
    made = own_calendar.open_calendar(
        sandbox, person, wanted.name, readonly=wanted.readonly, color=wanted.color
    )
    return answer(person_calendar_document(made), 201)


async def rename_calendar(control: Control) -> Response:
    person = person_of(control)
    calendar = calendar_of(control.sandbox, person, control.request.path_params["name"], "name")
    wanted = validate(RenamedCalendar, await control.document())
    if wanted.name != calendar.name:
        _check_name(control, person, wanted.name)
        calendar = own_calendar.rename_calendar(control.sandbox, calendar, wanted.name)
    return answer(person_calendar_document(calendar))


def _check_name(control: Control, person: Person, name: str) -> None:
    """Raise Invalid for one that another calendar of ``person`` has."""
    if any(known.name == name for known in own_calendar.calendars(control.sandbox, person)):
        expected = f"a name that no calendar of {person.email} has yet"
        raise Invalid([Problem("name", shown(name), expected)])


async def delete_calendar(control: Control) -> Response:
    person = person_of(control)
    calendar = calendar_of(control.sandbox, person, control.request.path_params["name"], "name")
    if calendar.primary:
        expected = "another calendar than the primary one, which every calendar account keeps"
        raise Invalid([Problem("name", shown(calendar.name), expected)])
    own_calendar.delete_calendar(control.sandbox, calendar)
    return no_content()


_CALENDARS = "/sandboxes/{sandbox_id}/people/{email}/calendars"

ROUTES = (
    ("POST", _CALENDARS, post_calendar),
    # A name may hold slashes.
    ("PATCH", f"{_CALENDARS}/{{name:path}}", rename_calendar),
    ("DELETE", f"{_CALENDARS}/{{name:path}}", delete_calendar),
)

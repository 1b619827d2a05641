"""Calendars that people make, rename and delete themselves, at their provider."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import person_calendar_document
from mock_server.control.events import person_of
from mock_server.scenarios.actions import calendars
from mock_server.scenarios.actions.calendars import CalendarToMake
from mock_server.scenarios.fields import Model, Text
from mock_server.scenarios.problems import validate
from mock_server.world.people import ProviderCalendar


class RenamedCalendar(Model):
    name: Text


async def post_calendar(control: Control) -> Response:
    person = person_of(control)
    wanted = validate(CalendarToMake, await control.document())
    return answer(person_calendar_document(calendars.make(control.sandbox, person, wanted)), 201)


async def rename_calendar(control: Control) -> Response:
    calendar = _calendar(control)
    wanted = validate(RenamedCalendar, await control.document())
    renamed = calendars.rename(control.sandbox, calendar, wanted.name)
    return answer(person_calendar_document(renamed))


async def delete_calendar(control: Control) -> Response:
    calendars.delete(control.sandbox, _calendar(control), "name")
    return no_content()


def _calendar(control: Control) -> ProviderCalendar:
    """The calendar that the path names. Raises Unknown."""
    name = control.request.path_params["name"]
    return calendars.calendar_of(control.sandbox, person_of(control), name, "name")


_CALENDARS = "/sandboxes/{sandbox_id}/people/{email}/calendars"

ROUTES = (
    ("POST", _CALENDARS, post_calendar),
    # A name may hold slashes.
    ("PATCH", f"{_CALENDARS}/{{name:path}}", rename_calendar),
    ("DELETE", f"{_CALENDARS}/{{name:path}}", delete_calendar),
)

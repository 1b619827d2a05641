"""Calendars and application calendars (events §§1.1-1.3; identity §8.4)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.identity import calendar_document
from mock_server.api.oauth import issued_document
from mock_server.rules import calendars, profiles, tokens
from mock_server.world.accounts import Calendar, Profile


class CreateCalendarRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    profile_id: str
    name: str
    color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] | None = None


class ApplicationCalendarRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    client_id: str
    client_secret: str
    application_calendar_id: Annotated[str, Field(max_length=255)]


def _listed(call: Call, profile: Profile, calendar: Calendar) -> shapes.Calendar:
    return {
        "provider_name": profile.provider_name,
        "profile_id": profile.profile_id,
        "profile_name": profile.name,
        **calendar_document(call.sandbox, call.authorization, calendar),
    }


@endpoint(
    "GET",
    "/v1/calendars",
    title="List calendars",
    docs="api/calendars/list-calendars",
    credentials=(Credential.ACCESS_TOKEN,),
    answer=shapes.Calendars,
    errors=(401,),
    assumed=(
        "Integrated conferencing is available on writable Google and Microsoft 365 calendars, "
        "attachments on Apple calendars.",
    ),
)
def list_calendars(call: Call) -> shapes.Calendars:
    return {
        "sub": call.authorization.sub,
        "calendars": [
            _listed(call, profile, calendar)
            for profile in profiles.visible(call.sandbox, call.authorization)
            for calendar in call.sandbox.calendars.by("profile", profile.profile_id)
        ],
    }


@endpoint(
    "POST",
    "/v1/calendars",
    title="Create a calendar",
    docs="api/calendars/create-calendar",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("create_calendar",),
    body=CreateCalendarRequest,
    answer=shapes.CreatedCalendar,
    errors=(401, 403, 404, 422, 423),
    assumed=(
        "An unknown profile_id is 404.",
        "Exchange, Microsoft 365 and Outlook.com refuse two calendars of one name, Google and "
        "Apple allow them.",
        "A Free/Busy profile answers 403, a Cronofy-hosted one 422 with errors.calendar_limit_"
        "reached on profile_id.",
    ),
)
def create_calendar(call: Call) -> shapes.CreatedCalendar:
    body: CreateCalendarRequest = call.body
    profile = profiles.own(call.sandbox, call.authorization, body.profile_id)
    client_id = call.application.client_id
    calendar = calendars.create(call.sandbox, client_id, profile, body.name, body.color)
    return {"calendar": _listed(call, profile, calendar)}


@endpoint(
    "POST",
    "/v1/application_calendars",
    title="Application calendars",
    docs="api/calendars/application-calendars",
    credentials=(Credential.CLIENT_CREDENTIALS,),
    body=ApplicationCalendarRequest,
    answer=shapes.ApplicationCalendarToken,
    no_store=True,
    errors=(400, 422),
    assumed=(
        "Wrong client credentials are 400 invalid_client.",
        "linking_profile.profile_name and calendar_name are the application_calendar_id.",
        "While the current access token is valid, asking again answers the same token pair.",
        "The name may have 255 characters.",
    ),
)
def application_calendar(call: Call) -> shapes.ApplicationCalendarToken:
    body: ApplicationCalendarRequest = call.body
    sandbox = call.sandbox
    calendar, authorization = calendars.application_calendar(
        sandbox, call.application, body.application_calendar_id
    )
    profile = sandbox.profiles[calendar.profile_id]
    current = tokens.current(sandbox, authorization)
    if current:
        issued = issued_document(authorization, current, now=sandbox.now())
    else:
        issued = issued_document(authorization, tokens.issue(sandbox, authorization))
    return {
        **issued,
        "application_calendar_id": calendar.application_calendar_id,
        "sub": calendar.sub,
        "linking_profile": {
            "provider_name": profile.provider_name,
            "profile_id": profile.profile_id,
            "profile_name": profile.name,
        },
    }


ENDPOINTS = (list_calendars, create_calendar, application_calendar)

"""Business Connect: calendars that a person's own account reaches (identity §7)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.fields import Email, HttpUrl
from mock_server.rules import business_connect, profiles


class AccessibleCalendarsQuery(BaseModel):
    model_config = ConfigDict(defer_build=True)

    profile_id: str
    calendar_type: str | None = None


class DelegatedAuthorizationRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    profile_id: str
    email: Email
    callback_url: HttpUrl
    scope: Annotated[str, Field(min_length=1)]
    state: str | None = None


def _permitted(call: Call) -> None:
    business_connect.require(call.application, call.authorization)


@endpoint(
    "GET",
    "/v1/accessible_calendars",
    title="Accessible calendars",
    docs="api-alpha/business-connect/accessible-calendars",
    credentials=(Credential.ACCESS_TOKEN,),
    permitted=_permitted,
    query=AccessibleCalendarsQuery,
    answer=shapes.AccessibleCalendars,
    errors=(401, 403, 404, 422),
    assumed=(
        "403 where Business Connect is not switched on, or the account never delegated anything.",
        "Reachable are the resources and members of the person's organization who have a calendar.",
    ),
)
def accessible_calendars(call: Call) -> shapes.AccessibleCalendars:
    query: AccessibleCalendarsQuery = call.query
    profile = profiles.own(call.sandbox, call.authorization, query.profile_id)
    found = business_connect.accessible(call.sandbox, profile, query.calendar_type)
    return {
        "accessible_calendars": [
            {"calendar_type": kind, "email": email, "name": name} for kind, email, name in found
        ]
    }


@endpoint(
    "POST",
    "/v1/delegated_authorizations",
    title="Delegated authorization",
    docs="api-alpha/business-connect/delegated-authorization",
    credentials=(Credential.ACCESS_TOKEN,),
    permitted=_permitted,
    body=DelegatedAuthorizationRequest,
    status=202,
    errors=(401, 403, 404, 422),
    assumed=(
        "403 where Business Connect is not switched on, or the account never delegated anything.",
        "A scope outside the delegated one is 422 errors.not_granted.",
        "The callback has the shape of Enterprise Connect's; revoking the primary account "
        "revokes its delegates.",
    ),
)
def authorize_delegate(call: Call) -> None:
    body: DelegatedAuthorizationRequest = call.body
    profile = profiles.own(call.sandbox, call.authorization, body.profile_id)
    business_connect.request_access(
        call.sandbox,
        call.application,
        call.authorization,
        profile,
        email=body.email,
        callback_url=body.callback_url,
        scope=body.scope,
        state=body.state,
    )


ENDPOINTS = (accessible_calendars, authorize_delegate)

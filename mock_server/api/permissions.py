"""Extended permissions and explicit linking (seed 004; identity §§4.2, 5)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.fields import HttpUrl
from mock_server.errors import Unprocessable
from mock_server.rules import linking, permissions


class CalendarPermission(BaseModel):
    model_config = ConfigDict(defer_build=True)

    calendar_id: Annotated[str, Field(min_length=1)]
    permission_level: Literal["unrestricted"]


class PermissionsRequest(BaseModel):
    """``redirect_uri`` may be left out for accounts under Enterprise Connect."""

    model_config = ConfigDict(defer_build=True)

    permissions: Annotated[list[CalendarPermission], Field(min_length=1)]
    redirect_uri: HttpUrl | None = None


@endpoint(
    "POST",
    "/v1/permissions",
    title="Extended permissions",
    docs="api/extended-permissions",
    credentials=(Credential.ACCESS_TOKEN,),
    permitted=lambda call: permissions.require(call.sandbox, call.authorization),
    body=PermissionsRequest,
    answer=shapes.Permissions,
    errors=(401, 402, 403, 422),
    assumed=(
        "A calendar of another account, and one of a Free/Busy profile, is 422 "
        "errors.not_recognized on permissions[n].calendar_id.",
        "A calendar that Cronofy hosts may be asked for, though it is unrestricted already.",
        "A level other than unrestricted is 422 errors.not_recognized.",
        "Under Enterprise Connect, 403 where the service account lacks the unrestricted-access "
        "scope.",
        "An application calendar is refused with 403.",
        "The page can be opened for a day and decides once.",
        "Revoking the authorization drops elevation.",
    ),
)
def request_permissions(call: Call) -> shapes.Permissions:
    body: PermissionsRequest = call.body
    sandbox, authorization = call.sandbox, call.authorization
    calendar_ids = [entry.calendar_id for entry in body.permissions]
    through_enterprise = permissions.through_enterprise_connect(authorization)
    if body.redirect_uri is None and not through_enterprise:
        raise Unprocessable.of(
            "redirect_uri",
            "errors.required",
            "required",
            "redirect_uri is where the person returns after deciding",
        )
    permissions.check(sandbox, authorization, calendar_ids)
    if through_enterprise:
        permissions.elevate(sandbox, authorization, calendar_ids)
        return {"permissions_request": {"accepted": True}}
    request = permissions.ask(sandbox, authorization, calendar_ids, body.redirect_uri or "")
    return {"permissions_request": {"url": f"{call.base_url}/permissions/{request.token}"}}


@endpoint(
    "POST",
    "/v1/link_tokens",
    title="Link tokens",
    docs="api-alpha/explicit-linking",
    credentials=(Credential.ACCESS_TOKEN,),
    answer=shapes.LinkToken,
    errors=(401, 403),
    assumed=(
        "A link token works once, within five minutes.",
        "403 where the application's explicit linking is not switched on, and for an application "
        "calendar.",
        "A calendar account that belongs to another account of the application ends in a "
        "redirect with error=access_denied; an unknown link token in error=invalid_request.",
    ),
)
def create_link_token(call: Call) -> shapes.LinkToken:
    token = linking.issue_link_token(call.sandbox, call.application, call.authorization)
    return {"link_token": token.token}


ENDPOINTS = (request_permissions, create_link_token)

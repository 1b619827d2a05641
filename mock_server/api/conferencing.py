"""Conferencing services: asking a person to connect one (events §9.1)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.fields import HttpUrl
from mock_server.rules import conferencing_profiles
from mock_server.rules.conferencing_profiles import SERVICES


def _service(value: str) -> str:
    if value not in SERVICES:
        raise ValueError(f"errors.not_recognized: must be one of {', '.join(SERVICES)}")
    return value


class ConferencingAuthorizationRequest(BaseModel):
    """``provider_name`` chooses the service; without it the person does."""

    model_config = ConfigDict(defer_build=True)

    redirect_uri: HttpUrl
    provider_name: Annotated[str, AfterValidator(_service)] | None = None


@endpoint(
    "POST",
    "/v1/conferencing_service_authorizations",
    title="Conferencing authorization",
    docs="api/conferencing-services/authorization",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("create_event", "delete_event", "create_calendar"),
    permitted=lambda call: conferencing_profiles.require_account(call.authorization),
    body=ConferencingAuthorizationRequest,
    answer=shapes.ConferencingAuthorization,
    errors=(401, 403, 422),
    assumed=(
        "Any scope that lets an application write suffices.",
        "google_meet and webex are asked for by these names, beside the documented zoom, go_to "
        "and ms_teams; every other name is 422 errors.not_recognized.",
        "An application calendar is refused with 403.",
        "The page can be opened for a day and decides once.",
        "The profile is named by the account's e-mail address; connecting the same service again "
        "updates it in place, and makes it the most recently linked one.",
    ),
)
def authorize_conferencing_service(call: Call) -> shapes.ConferencingAuthorization:
    body: ConferencingAuthorizationRequest = call.body
    request = conferencing_profiles.ask(
        call.sandbox, call.authorization, body.redirect_uri, body.provider_name
    )
    url = f"{call.base_url}/conferencing_services/{request.token}"
    return {"authorization_request": {"url": url}}


ENDPOINTS = (authorize_conferencing_service,)

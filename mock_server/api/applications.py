"""Administration: provisioning and verifying applications (identity §§9, 12.1; prerelease)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.fields import Email, HttpUrl
from mock_server.rules import applications


def _registrable(value: str) -> str:
    if not applications.is_registrable(value):
        raise ValueError("errors.invalid: must be an http or https address")
    return value


class ApplicationRequest(BaseModel):
    """``name`` is shown to people; ``url`` is the homepage, not a redirect URI."""

    model_config = ConfigDict(defer_build=True)

    name: Annotated[str, Field(min_length=1)]
    url: HttpUrl


class VerificationContact(BaseModel):
    model_config = ConfigDict(defer_build=True)

    email: Email
    display_name: str | None = None


class VerificationRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    redirect_uris: Annotated[
        list[Annotated[str, AfterValidator(_registrable)]], Field(min_length=1)
    ]
    contact: VerificationContact


@endpoint(
    "POST",
    "/v1/applications",
    title="Provision a new application",
    docs="admin-api/provision-application",
    credentials=(Credential.ADMIN_KEY,),
    body=ApplicationRequest,
    answer=shapes.ProvisionedApplication,
    errors=(401, 422),
    assumed=(
        "Missing members are 422 errors.required.",
        "The new application has the plan strategic, and of the features Free/Busy alone.",
    ),
)
def provision_application(call: Call) -> shapes.ProvisionedApplication:
    body: ApplicationRequest = call.body
    made = applications.provision(call.sandbox, body.name, body.url)
    return {"oauth_client": {"client_id": made.client_id, "client_secret": made.client_secret}}


@endpoint(
    "POST",
    "/v1/application_verification",
    title="Verify an existing application",
    docs="admin-api/verify-application",
    credentials=(Credential.API_KEY,),
    body=VerificationRequest,
    answer=shapes.Empty,
    status=202,
    errors=(401, 422),
    assumed=("Verification is granted at once.",),
)
def verify_application(call: Call) -> shapes.Empty:
    body: VerificationRequest = call.body
    applications.verify(call.sandbox, call.application, body.redirect_uris)
    return {}


ENDPOINTS = (provision_application, verify_application)

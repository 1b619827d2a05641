"""Enterprise Connect: access to users and resources of a domain (identity §§6.4, 6.5)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Answer, Credential, endpoint
from mock_server.api.fields import Email, HttpUrl
from mock_server.api.oauth import token_document
from mock_server.api.parsing import validate
from mock_server.errors import Unprocessable
from mock_server.rules import enterprise_connect
from mock_server.rules.enterprise_connect import AccessRequest, Failure

MOST_ENTRIES = 50


class AccessEntry(BaseModel):
    model_config = ConfigDict(defer_build=True)

    email: Email
    callback_url: HttpUrl
    scope: Annotated[str, Field(min_length=1)]
    state: str | None = None


class InlineEntry(BaseModel):
    """``response_type: inline`` is answered with tokens at once (prerelease)."""

    model_config = ConfigDict(defer_build=True)

    email: Email
    callback_url: HttpUrl | None = None
    scope: Annotated[str, Field(min_length=1)]
    state: str | None = None
    response_type: Literal["inline"]


class ServiceAccountAuthorizationsRequest(BaseModel):
    """Either one entry's members, or ``service_account_authorizations`` with 1 to 50 entries."""

    model_config = ConfigDict(defer_build=True)

    email: str | None = None
    callback_url: str | None = None
    scope: str | None = None
    state: str | None = None
    response_type: str | None = None
    service_account_authorizations: (
        Annotated[list[AccessEntry], Field(min_length=1, max_length=MOST_ENTRIES)] | None
    ) = None


def _entries(body: ServiceAccountAuthorizationsRequest) -> list[AccessRequest]:
    """What is asked for, one request an entry; raises Unprocessable."""
    single = body.model_dump(exclude_none=True, exclude={"service_account_authorizations", "state"})
    collection = body.service_account_authorizations
    if collection is None:
        entry = validate(AccessEntry, {**single, "state": body.state})
        assert isinstance(entry, AccessEntry)
        return [AccessRequest(entry.email, entry.scope, entry.callback_url, entry.state)]
    if single:
        raise Unprocessable.of(
            "service_account_authorizations",
            "errors.invalid",
            "cannot be combined with the members of a single request",
            f"send either one request's members ({', '.join(single)}) or the array, not both",
        )
    return [
        AccessRequest(
            entry.email,
            entry.scope,
            entry.callback_url,
            # A state beside the array is the default for entries without one (assumed).
            entry.state if entry.state is not None else body.state,
            f"service_account_authorizations[{index}].",
        )
        for index, entry in enumerate(collection)
    ]


@endpoint(
    "POST",
    "/v1/service_account_authorizations",
    title="Request user or resource access",
    docs="enterprise-connect/delegated-access",
    credentials=(Credential.SERVICE_ACCOUNT_TOKEN,),
    plan="growth",
    body=ServiceAccountAuthorizationsRequest,
    answer=shapes.Token,
    status=202,
    answered_at_once=True,
    errors=(401, 402, 403, 422),
    assumed=(
        "403 where the service account may not manage accounts (users) or resources.",
        "422 keys other than errors.required: errors.invalid, errors.too_many, errors.not_granted.",
        "A state beside the array is that of entries without one.",
        "Inside the callback, error_key is errors. and a reason, and error_description is prose; "
        "an unknown mailbox is access_denied with errors.account_not_found, one that the access "
        "mode does not reach access_denied with errors.provider_not_supported.",
        "An AvailabilityOnly mailbox gets no Cronofy calendar beside its own, unless the service "
        "account is in Free/Busy mode, in which everybody gets one.",
        "The callback is signed like push notifications, and leaves out state where none was "
        "sent. It is retried after 1, 5, 30 and 120 minutes, unless answered 2xx.",
        "The time of a code that is called back counts from its last attempt on.",
        "An entry that fails inline is answered 422 on email or scope.",
    ),
)
def authorize_accounts(call: Call) -> Answer | None:
    body: ServiceAccountAuthorizationsRequest = call.body
    if body.response_type is not None:
        return _authorize_inline(call, body)
    requests = _entries(body)
    enterprise_connect.check_requests(call.sandbox, call.authorization, requests)
    for request in requests:
        enterprise_connect.request_access(
            call.sandbox, call.application, call.authorization, request
        )
    return None


def _authorize_inline(call: Call, body: ServiceAccountAuthorizationsRequest) -> Answer:
    entry = validate(InlineEntry, body.model_dump(exclude_none=True))
    assert isinstance(entry, InlineEntry)
    request = AccessRequest(entry.email, entry.scope, None, entry.state)
    sandbox = call.sandbox
    enterprise_connect.check_requests(sandbox, call.authorization, [request])
    try:
        authorization, profile = enterprise_connect.authorize_user(
            sandbox, call.application, call.authorization, request
        )
    except Failure as failure:
        field = "scope" if failure.error == "unable_to_grant_scope" else "email"
        raise Unprocessable.of(field, failure.error_key, failure.description) from None
    return Answer(token_document(sandbox, authorization, profile.profile_id, call.base_url))


class ResourcesQuery(BaseModel):
    """``include_details``: capacity and location, separated by a space."""

    model_config = ConfigDict(defer_build=True)

    include_details: str | None = None


@endpoint(
    "GET",
    "/v1/resources",
    title="List resources",
    docs="enterprise-connect/list-resources",
    credentials=(Credential.SERVICE_ACCOUNT_TOKEN,),
    scope=("service_account/resources/manage",),
    plan="growth",
    query=ResourcesQuery,
    answer=shapes.Resources,
    errors=(401, 402, 403, 422),
    assumed=("Details other than capacity and location are ignored.",),
)
def list_resources(call: Call) -> shapes.Resources:
    query: ResourcesQuery = call.query
    details = (query.include_details or "").split()
    domain = call.sandbox.service_accounts[call.authorization.sub].domain
    listed: list[shapes.ResourceItem] = []
    for resource in call.sandbox.organizations[domain].resources:
        item: shapes.ResourceItem = {"email": resource.email, "name": resource.name}
        if "capacity" in details and resource.capacity is not None:
            item["capacity"] = resource.capacity
        if "location" in details and resource.location is not None:
            item["location"] = resource.location
        listed.append(item)
    return {"resources": listed}


ENDPOINTS = (authorize_accounts, list_resources)

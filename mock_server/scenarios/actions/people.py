"""People and organizations that come, and decisions that wait for their page."""

# Annotations are evaluated at once here, as in documents.py.

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from mock_server.rules.permissions import decide
from mock_server.scenarios import provider_side
from mock_server.scenarios.actions.action import Action, Outcome, check_names
from mock_server.scenarios.actions.connections import known_person, provider_name
from mock_server.scenarios.documents import OrganizationDocument, PersonDocument
from mock_server.scenarios.fields import (
    AccessMode,
    Credential,
    Decision,
    Email,
    Model,
    Text,
    conferencing_name,
)
from mock_server.scenarios.problems import Invalid, Problem, shown
from mock_server.world.grants import Consent, PermissionRequest
from mock_server.world.people import Organization, Person
from mock_server.world.sandbox import Sandbox


def add_person(sandbox: Sandbox, wanted: PersonDocument) -> Person:
    if wanted.email in sandbox.people:
        raise Invalid([Problem("email", shown(wanted.email), "somebody not in the sandbox yet")])
    return provider_side.add_person(sandbox, wanted)


def add_organization(sandbox: Sandbox, wanted: OrganizationDocument) -> Organization:
    if wanted.domain in sandbox.organizations:
        raise Invalid([Problem("domain", shown(wanted.domain), "a domain not in the sandbox yet")])
    return provider_side.add_organization(sandbox, wanted)


def _members(wanted: OrganizationDocument) -> Iterable[str]:
    yield wanted.administrator or f"admin@{wanted.domain}"
    yield from wanted.members
    yield from wanted.availability_only
    yield from (resource.email for resource in wanted.resources)


class QueueConsent(Model):
    """``times`` pages are answered, the next ones of their kind."""

    page: Literal["authorize", "enterprise", "permissions", "conferencing"]
    decision: Decision
    email: Email | None = None
    client_id: Credential | None = None
    access_mode: AccessMode | None = None
    provider_name: Text | None = None
    times: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    @field_validator("provider_name")
    @classmethod
    def _of_the_page(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is None or info.data.get("page") != "conferencing":
            return name and provider_name(name)
        return conferencing_name(name)


def queue_consent(sandbox: Sandbox, wanted: QueueConsent) -> Consent:
    if wanted.client_id is not None and wanted.client_id not in sandbox.applications:
        known = ", ".join(item.client_id for item in sandbox.applications)
        raise Invalid([Problem("client_id", shown(wanted.client_id), f"one of {known}")])
    with sandbox.atomic():
        if wanted.email is not None:
            known_person(sandbox, wanted.email, wanted.provider_name, wanted.access_mode)
        return sandbox.consents.put(Consent(consent_id=sandbox.ids.hex("cns"), **dict(wanted)))


class DecidePermissions(Model):
    """The open permission requests: of one person, of one application, or all."""

    person: Email | None = None
    application: Credential | None = None


def decide_permissions(
    sandbox: Sandbox, wanted: DecidePermissions, *, allow: bool
) -> list[PermissionRequest]:
    """What the person does on the page of each; returns the requests as they were."""
    check_names(sandbox, wanted.person, wanted.application)
    found = [
        request
        for request in sandbox.permission_requests
        if request.decision is None
        and request.expires_at > sandbox.now()
        and wanted.application in (None, request.client_id)
        and wanted.person in (None, sandbox.accounts[request.sub].email)
    ]
    if not found:
        whose = f" of {wanted.person}" if wanted.person else ""
        raise Invalid([Problem("person", f"no open permission request{whose}", "at least one")])
    for request in found:
        decide(sandbox, request, allow=allow)
    return found


def _decide(sandbox: Sandbox, wanted: DecidePermissions, *, allow: bool) -> Outcome:
    decided = decide_permissions(sandbox, wanted, allow=allow)
    return {"calendar_ids": [one for request in decided for one in request.calendar_ids]}


ACTIONS = {
    "add_person": Action(
        PersonDocument,
        lambda sandbox, wanted: {"email": add_person(sandbox, wanted).email},
        lambda wanted: (wanted.email,),
    ),
    "add_organization": Action(
        OrganizationDocument,
        lambda sandbox, wanted: {"domain": add_organization(sandbox, wanted).domain},
        _members,
    ),
    "queue_consent": Action(
        QueueConsent,
        lambda sandbox, wanted: {"consent_id": queue_consent(sandbox, wanted).consent_id},
        lambda wanted: filter(None, (wanted.email,)),
    ),
    "allow_permissions": Action(
        DecidePermissions, lambda sandbox, wanted: _decide(sandbox, wanted, allow=True)
    ),
    "reject_permissions": Action(
        DecidePermissions, lambda sandbox, wanted: _decide(sandbox, wanted, allow=False)
    ),
}

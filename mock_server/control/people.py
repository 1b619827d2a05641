"""People, organizations, connecting them, and their decisions."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.api.oauth import token_document
from mock_server.control.app import Control, answer
from mock_server.control.documents import (
    consent_document,
    organization_document,
    person_document,
)
from mock_server.scenarios.actions import connections, people
from mock_server.scenarios.actions.connections import Connect
from mock_server.scenarios.documents import OrganizationDocument, PersonDocument
from mock_server.scenarios.problems import validate


async def add_person(control: Control) -> Response:
    sandbox = control.sandbox
    person = people.add_person(sandbox, validate(PersonDocument, await control.document()))
    return answer(person_document(sandbox, person), 201)


async def list_people(control: Control) -> Response:
    sandbox = control.sandbox
    return answer({"people": [person_document(sandbox, person) for person in sandbox.people]})


async def add_organization(control: Control) -> Response:
    wanted = validate(OrganizationDocument, await control.document())
    return answer(organization_document(people.add_organization(control.sandbox, wanted)), 201)


async def list_organizations(control: Control) -> Response:
    return answer(
        {"organizations": [organization_document(o) for o in control.sandbox.organizations]}
    )


async def connect(control: Control) -> Response:
    """The OAuth flow without a browser: the token answer's fields, and userinfo."""
    sandbox = control.sandbox
    wanted = validate(Connect, await control.document())
    authorization, profile, token = connections.connect(sandbox, wanted)
    return answer(
        token_document(
            sandbox,
            authorization,
            profile.profile_id if profile else None,
            control.base_url,
            token,
        ),
        201,
    )


async def queue_consent(control: Control) -> Response:
    wanted = validate(people.QueueConsent, await control.document())
    return answer(consent_document(people.queue_consent(control.sandbox, wanted)), 201)


async def list_consents(control: Control) -> Response:
    return answer({"consents": [consent_document(c) for c in control.sandbox.consents]})


ROUTES = (
    ("POST", "/sandboxes/{sandbox_id}/people", add_person),
    ("GET", "/sandboxes/{sandbox_id}/people", list_people),
    ("POST", "/sandboxes/{sandbox_id}/organizations", add_organization),
    ("GET", "/sandboxes/{sandbox_id}/organizations", list_organizations),
    ("POST", "/sandboxes/{sandbox_id}/connect", connect),
    ("POST", "/sandboxes/{sandbox_id}/consents", queue_consent),
    ("GET", "/sandboxes/{sandbox_id}/consents", list_consents),
)

"""People, organizations, connecting them, and their decisions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.responses import Response

from mock_server.api.oauth import token_document
from mock_server.control.app import Control, answer
from mock_server.control.documents import (
    consent_document,
    organization_document,
    person_document,
)
from mock_server.control.requests import Connect, QueueConsent
from mock_server.rules.providers import Provider, by_request_name
from mock_server.scenarios import connect as connecting
from mock_server.scenarios import provider_side
from mock_server.scenarios.documents import ConnectedDocument, OrganizationDocument, PersonDocument
from mock_server.scenarios.problems import Invalid, Problem, validate
from mock_server.world.grants import Consent
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


async def add_person(control: Control) -> Response:
    sandbox = control.sandbox
    wanted = validate(PersonDocument, await control.document())
    if wanted.email in sandbox.people:
        raise Invalid([Problem("email", repr(wanted.email), "somebody not in the sandbox yet")])
    person = provider_side.add_person(sandbox, wanted)
    return answer(person_document(sandbox, person), 201)


async def list_people(control: Control) -> Response:
    sandbox = control.sandbox
    return answer({"people": [person_document(sandbox, person) for person in sandbox.people]})


async def add_organization(control: Control) -> Response:
    sandbox = control.sandbox
    wanted = validate(OrganizationDocument, await control.document())
    if wanted.domain in sandbox.organizations:
        raise Invalid([Problem("domain", repr(wanted.domain), "a domain not in the sandbox yet")])
    return answer(organization_document(provider_side.add_organization(sandbox, wanted)), 201)


async def list_organizations(control: Control) -> Response:
    return answer(
        {"organizations": [organization_document(o) for o in control.sandbox.organizations]}
    )


async def connect(control: Control) -> Response:
    """The OAuth flow without a browser: the token answer's fields, and userinfo."""
    sandbox = control.sandbox
    wanted = validate(Connect, await control.document())
    with sandbox.atomic(), _in_the_words_of_connect():
        if wanted.service_account is not None:
            mode = _known_organization(sandbox, wanted.service_account, wanted)
        else:
            assert wanted.email is not None
            mode = _known_person(sandbox, wanted.email, wanted.provider_name, wanted.access_mode)
        document = validate(
            ConnectedDocument,
            {
                "person": wanted.email,
                "service_account": wanted.service_account,
                "application": wanted.client_id,
                "access_mode": mode,
                "scope": wanted.scope,
                "delegated_scope": wanted.delegated_scope,
                "availability_rules": wanted.availability_rules,
                "available_periods": wanted.available_periods,
            },
        )
        authorization, profile, token = connecting.connect(sandbox, document, "")
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


@contextmanager
def _in_the_words_of_connect() -> Iterator[None]:
    """Problems of the documents that stand behind it, at the places of its own."""
    places = {"person": "email", "application": "client_id", "provider": "provider_name"}
    try:
        yield
    except Invalid as invalid:
        raise Invalid(
            replace(problem, place=places.get(problem.place, problem.place))
            for problem in invalid.problems
        ) from None


def _known_organization(sandbox: Sandbox, domain: str, wanted: Connect) -> str | None:
    """Make sure that ``domain`` is an organization, and a person a mailbox of it.

    Returns the access mode that is meant.
    """
    if wanted.email is not None and wanted.provider_name is not None:
        expected = (
            "no provider_name: a person connected through a service account inherits its mode"
        )
        raise Invalid([Problem("provider_name", repr(wanted.provider_name), expected)])
    named = by_request_name(wanted.provider_name) if wanted.provider_name else None
    provider = named[1] if named else None
    organization = sandbox.organizations.get(domain)
    if organization is None:
        key = provider.key if provider else "google"
        document = validate(OrganizationDocument, {"domain": domain, "provider": key})
        organization = provider_side.add_organization(sandbox, document)
    elif provider and provider.key != organization.provider:
        raise _unfitting(wanted.provider_name, domain, organization.provider)
    member = wanted.email
    if member is not None and member not in sandbox.people:
        provider_side.add_person(
            sandbox, validate(PersonDocument, {"email": member, "provider": organization.provider})
        )
        sandbox.organizations.put(replace(organization, members=(*organization.members, member)))
    return _meant_mode(named, wanted.access_mode)


def _known_person(
    sandbox: Sandbox, email: str, provider_name: str | None, mode: str | None
) -> str | None:
    """Make sure that ``email`` is somebody; the access mode that is meant."""
    named = by_request_name(provider_name) if provider_name else None
    provider = named[1] if named else None
    if email not in sandbox.people:
        key = provider.key if provider else "google"
        wanted = validate(PersonDocument, {"email": email, "provider": key})
        provider_side.add_person(sandbox, wanted)
    elif provider and sandbox.people[email].provider != provider.key:
        raise _unfitting(provider_name, email, sandbox.people[email].provider)
    return _meant_mode(named, mode)


def _unfitting(provider_name: str | None, whose: str, provider: str) -> Invalid:
    expected = f"a name that fits {whose}, whose provider is {provider}"
    return Invalid([Problem("provider_name", repr(provider_name), expected)])


def _meant_mode(named: tuple[str, Provider | None] | None, mode: str | None) -> str | None:
    """``mode``, or what a provider's name says; raises Invalid where they differ."""
    if named and mode is None:
        return named[0]
    if named and named[0] not in (mode, "read_write"):
        expected = f"{named[0]}, as provider_name says, or nothing"
        raise Invalid([Problem("access_mode", repr(mode), expected)])
    return mode


async def queue_consent(control: Control) -> Response:
    sandbox = control.sandbox
    wanted = validate(QueueConsent, await control.document())
    if wanted.client_id is not None and wanted.client_id not in sandbox.applications:
        known = ", ".join(item.client_id for item in sandbox.applications)
        raise Invalid([Problem("client_id", repr(wanted.client_id), f"one of {known}")])
    with sandbox.atomic():
        if wanted.email is not None:
            _known_person(sandbox, wanted.email, wanted.provider_name, wanted.access_mode)
        consent = sandbox.consents.put(
            Consent(
                consent_id=sandbox.ids.hex("cns"),
                page=wanted.page,
                decision=wanted.decision,
                email=wanted.email,
                client_id=wanted.client_id,
                access_mode=wanted.access_mode,
                provider_name=wanted.provider_name,
                times=wanted.times,
            )
        )
    return answer(consent_document(consent), 201)


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

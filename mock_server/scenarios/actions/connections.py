"""Connecting somebody, or a domain: the OAuth flow without a browser."""

# Annotations are evaluated at once here, as in documents.py.

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from mock_server.rules.providers import Provider, by_request_name, request_names
from mock_server.scenarios import connect as connecting
from mock_server.scenarios import provider_side
from mock_server.scenarios.actions.action import Action, Outcome
from mock_server.scenarios.availability_documents import AvailabilityRules, AvailablePeriods
from mock_server.scenarios.documents import ConnectedDocument, OrganizationDocument, PersonDocument
from mock_server.scenarios.fields import AccessMode, Credential, Domain, Email, Model, UserScope
from mock_server.scenarios.problems import Invalid, Problem, validate
from mock_server.world.accounts import Authorization, Profile
from mock_server.world.grants import AccessToken
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def provider_name(value: str) -> str:
    """A provider, as authorize addresses name it; raises ValueError."""
    if value not in request_names():
        raise ValueError("one of " + ", ".join(request_names()))
    return value


ProviderName = Annotated[str, AfterValidator(provider_name)]


class Connect(Model):
    """A person by ``email``, a domain by ``service_account``, or a person through a domain."""

    email: Email | None = None
    access_mode: AccessMode | None = None
    provider_name: ProviderName | None = None
    scope: str | None = None
    client_id: Credential | None = None
    service_account: Domain | None = None
    delegated_scope: UserScope | None = None
    availability_rules: Annotated[AvailabilityRules, Field(default_factory=list)]
    available_periods: Annotated[AvailablePeriods, Field(default_factory=list)]

    @field_validator("availability_rules", "available_periods")
    @classmethod
    def _of_a_person(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("email", "unreadable") is None:
            raise ValueError(f"{info.field_name} only with email")
        return value

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.email is None and self.service_account is None:
            raise ValueError("email, service_account, or both")
        return self


def connect(sandbox: Sandbox, wanted: Connect) -> tuple[Authorization, Profile | None, AccessToken]:
    """Whoever is not known yet is created."""
    with sandbox.atomic(), _in_the_words_of_connect():
        if wanted.service_account is not None:
            mode = _known_organization(sandbox, wanted.service_account, wanted)
        else:
            assert wanted.email is not None
            mode = known_person(sandbox, wanted.email, wanted.provider_name, wanted.access_mode)
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
        return connecting.connect(sandbox, document, "")


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


def known_person(
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


def _connect(sandbox: Sandbox, wanted: Connect) -> Outcome:
    """Without the tokens, which GET of the sandbox tells."""
    authorization, profile, _ = connect(sandbox, wanted)
    return {"sub": authorization.sub, "profile_id": profile.profile_id if profile else None}


def _connected(wanted: Connect) -> Iterable[str]:
    if wanted.email is not None:
        yield wanted.email
    if wanted.service_account is not None:
        yield f"admin@{wanted.service_account}"


ACTIONS = {"connect": Action(Connect, _connect, _connected)}

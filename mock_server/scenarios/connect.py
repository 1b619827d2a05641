"""Connections that exist already: the OAuth flow without a browser.

Made by the same rules as on the pages; a scenario's ``connected`` and the control API's
``connect`` both come here.
"""

from __future__ import annotations

from mock_server.rules import (
    access_modes,
    authorizations,
    enterprise_connect,
    linking,
    profiles,
    scopes,
)
from mock_server.rules.enterprise_connect import AccessRequest
from mock_server.rules.providers import NO_PROVIDER
from mock_server.rules.tokens import lifetime
from mock_server.scenarios import availability, channels
from mock_server.scenarios.documents import ConnectedDocument
from mock_server.scenarios.problems import Invalid, Problem, one_of, shown
from mock_server.world.accounts import INDIVIDUAL, Authorization, Profile
from mock_server.world.applications import Application
from mock_server.world.directory import Clash
from mock_server.world.grants import AccessToken
from mock_server.world.people import Organization, Person
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

DEFAULT_SCOPE = "read_write"
DEFAULT_FREE_BUSY_SCOPE = "free_busy_write"
DEFAULT_SERVICE_ACCOUNT_SCOPE = "service_account/accounts/manage service_account/resources/manage"
DEFAULT_DELEGATED_SCOPE = "read_write free_busy_write"


def connect(
    sandbox: Sandbox, document: ConnectedDocument, where: str, *, exact: bool = False
) -> tuple[Authorization, Profile | None, AccessToken]:
    """Connect a person, or a domain, and hand out tokens.

    ``where`` is the place of the document in messages. Raises Invalid where the world
    does not allow it; Clash for a literal token that another sandbox holds, if ``exact``.
    """
    application = _application(sandbox, document, where)
    if document.person is None:
        authorization, profile = _connect_domain(sandbox, application, document, where), None
    elif document.service_account is not None:
        authorization, profile = _connect_delegate(sandbox, application, document, where)
    else:
        authorization, profile = _connect_person(sandbox, application, document, where)
    if document.refresh_token:
        authorization = _keep_refresh_token(
            sandbox, authorization, document.refresh_token, exact=exact
        )
    token = _token(sandbox, authorization, document.access_token, exact=exact)
    if profile is not None:
        profile = _as_it_stands(sandbox, profile, document, where)
        availability.add(sandbox, authorization, document, where)
        channels.add(sandbox, authorization, document, where)
    return authorization, profile, token


def _as_it_stands(
    sandbox: Sandbox, profile: Profile, document: ConnectedDocument, where: str
) -> Profile:
    """The profile in the state that the document says it is in by now."""
    if document.protocol == "exchange_web_services":
        if profile.provider_protocol is None:
            expected = "a person of provider office365, connected in mode read_write"
            raise _invalid(where, "protocol", document.protocol, expected)
        profile = profiles.use_exchange_web_services(sandbox, profile)
    if document.disconnected:
        if profile.hosted:
            expected = "a profile with a provider behind it, which alone can be disconnected"
            raise _invalid(where, "disconnected", True, expected)
        profile = profiles.disconnect(sandbox, profile)
    return profile


def _keep_refresh_token(
    sandbox: Sandbox, authorization: Authorization, literal: str, *, exact: bool
) -> Authorization:
    try:
        return sandbox.authorizations.put(replace(authorization, refresh_token=literal))
    except Clash:
        if exact:
            raise
        return authorization


def _token(
    sandbox: Sandbox, authorization: Authorization, literal: str | None, *, exact: bool
) -> AccessToken:
    now = sandbox.now()
    derived = AccessToken(
        token=sandbox.ids.token("access_token"),
        client_id=authorization.client_id,
        sub=authorization.sub,
        issued_at=now,
        expires_at=now + lifetime(authorization),
    )
    if literal:
        try:
            return sandbox.access_tokens.put(replace(derived, token=literal))
        except Clash:
            if exact:
                raise
    return sandbox.access_tokens.put(derived)


def _application(sandbox: Sandbox, document: ConnectedDocument, where: str) -> Application:
    if document.application is None:
        return next(iter(sandbox.applications))
    application = sandbox.applications.get(document.application)
    if application is None:
        known = [application.client_id for application in sandbox.applications]
        expected = one_of(document.application, known, what="one of the applications")
        raise _invalid(where, "application", document.application, expected)
    return application


def _person(sandbox: Sandbox, document: ConnectedDocument, where: str) -> Person:
    person = sandbox.people.get(document.person)
    if person is None:
        known = [person.email for person in sandbox.people]
        expected = one_of(document.person, known, what="one of the people")
        raise _invalid(where, "person", document.person, expected)
    return person


def _organization(sandbox: Sandbox, document: ConnectedDocument, where: str) -> Organization:
    organization = sandbox.organizations.get(document.service_account)
    if organization is None:
        known = [organization.domain for organization in sandbox.organizations]
        expected = one_of(document.service_account, known, what="one of the organizations")
        raise _invalid(where, "service_account", document.service_account, expected)
    return organization


def _connect_person(
    sandbox: Sandbox, application: Application, document: ConnectedDocument, where: str
) -> tuple[Authorization, Profile]:
    person = _person(sandbox, document, where)
    mode_name = document.access_mode or (
        "no_calendar" if person.provider == NO_PROVIDER else "read_write"
    )
    mode = access_modes.ACCESS_MODES[mode_name]
    scope = document.scope or (
        DEFAULT_SCOPE if mode_name == "read_write" else DEFAULT_FREE_BUSY_SCOPE
    )
    _check_mode(application, mode, scope, person, where)
    return authorizations.connect(
        sandbox,
        application,
        linking.account_for(sandbox, application, person),
        person,
        mode.name,
        scope=scope,
        source=INDIVIDUAL,
        delegated_scope=document.delegated_scope,
    )


def _check_mode(
    application: Application,
    mode: access_modes.AccessMode,
    scope: str,
    person: Person,
    where: str,
) -> None:
    if not mode.reaches(person.provider):
        expected = f"a mode that reaches a person of provider {person.provider}"
        raise _invalid(where, "access_mode", mode.name, expected)
    if not mode.offered(application, scope):
        expected = (
            "a mode on offer: free_busy and no_calendar need the scope free_busy_write and the "
            f"feature free_busy or no_access of application {application.client_id}"
        )
        raise _invalid(where, "access_mode", mode.name, expected)


def _connect_domain(
    sandbox: Sandbox, application: Application, document: ConnectedDocument, where: str
) -> Authorization:
    organization = _organization(sandbox, document, where)
    mode = access_modes.ACCESS_MODES[document.access_mode or "read_write"]
    delegated = document.delegated_scope or DEFAULT_DELEGATED_SCOPE
    if not mode.reaches(organization.provider) or not mode.offered(application, delegated):
        expected = (
            f"a mode on offer to {organization.domain} ({organization.provider}) with "
            f"delegated_scope {delegated!r} and the application's features"
        )
        raise _invalid(where, "access_mode", mode.name, expected)
    return enterprise_connect.connect_domain(
        sandbox,
        application,
        organization,
        mode.name,
        scope=document.scope or DEFAULT_SERVICE_ACCOUNT_SCOPE,
        delegated_scope=delegated,
    )


def _connect_delegate(
    sandbox: Sandbox, application: Application, document: ConnectedDocument, where: str
) -> tuple[Authorization, Profile]:
    organization = _organization(sandbox, document, where)
    service_account = enterprise_connect.service_account_of(
        sandbox, application, organization.domain
    )
    if service_account is None:
        expected = "a domain that is connected further up"
        raise _invalid(where, "service_account", organization.domain, expected)
    authority = sandbox.authorizations[(application.client_id, service_account.sub)]
    person = _person(sandbox, document, where)
    scope = document.scope or _default_delegate_scope(service_account.access_mode)
    if not scopes.within(scope, authority.delegated_scope or ""):
        expected = f"a scope within the delegated_scope {authority.delegated_scope!r}"
        raise _invalid(where, "scope", scope, expected)
    try:
        return enterprise_connect.authorize_user(
            sandbox, application, authority, AccessRequest(person.email, scope, None, None)
        )
    except enterprise_connect.Failure as failure:
        expected = f"a mailbox that can be connected ({failure.description})"
        raise _invalid(where, "person", person.email, expected) from None


def _default_delegate_scope(mode: str) -> str:
    return DEFAULT_SCOPE if mode == "read_write" else DEFAULT_FREE_BUSY_SCOPE


def _invalid(where: str, key: str, found: object, expected: str) -> Invalid:
    return Invalid([Problem(f"{where}.{key}" if where else key, shown(found), expected)])

"""The authorize pages' rules: what a request may ask, what a person is offered, what follows.

Individual Connect (identity §3.1), Enterprise Connect (§6.1), access modes (§10.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from mock_server.rules import (
    authorizations,
    business_connect,
    enterprise_connect,
    linking,
    outages,
    scopes,
)
from mock_server.rules.access_modes import ACCESS_MODES, NO_CALENDAR, AccessMode
from mock_server.rules.applications import reaches_plan, redirect_uri_problem
from mock_server.rules.providers import (
    NO_PROVIDER,
    PROVIDERS,
    Provider,
    by_request_name,
    request_names,
)
from mock_server.world.accounts import INDIVIDUAL, Account
from mock_server.world.applications import Application
from mock_server.world.findings import Finding
from mock_server.world.people import Organization, Person
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

INDIVIDUAL_PARAMETERS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "provider_name",
    "access_type",
    "avoid_linking",
    "link_token",
    "delegated_scope",
    "locale",
)
ENTERPRISE_PARAMETERS = INDIVIDUAL_PARAMETERS


class UnsafeRequest(Exception):
    """The request cannot be answered by a redirect: a person is shown an error page."""


class RefusedRequest(Exception):
    """The request is answered by a redirect with ``error`` (RFC 6749 §4.1.2.1).

    Not so in a lenient sandbox, if it has a ``leniency``: a kind of findings.
    """

    def __init__(self, error: str, description: str, leniency: str | None = None) -> None:
        super().__init__(description)
        self.leniency = leniency
        self.error = error
        self.description = description


class AuthorizeRequest(Record, frozen=True):
    """What an application asks for; absent and empty parameters are ``""``."""

    enterprise: bool
    client_id: str
    redirect_uri: str
    response_type: str
    scope: str
    state: str
    provider_name: str
    access_type: str
    avoid_linking: bool
    link_token: str
    delegated_scope: str
    locale: str

    @classmethod
    def of(cls, query: Mapping[str, str], *, enterprise: bool) -> AuthorizeRequest:
        def text(name: str) -> str:
            return query.get(name, "")

        return cls(
            enterprise=enterprise,
            client_id=text("client_id"),
            redirect_uri=text("redirect_uri"),
            response_type=text("response_type"),
            scope=text("scope"),
            state=text("state"),
            provider_name=text("provider_name"),
            access_type=text("access_type"),
            # Python's SDK sends True and False.
            avoid_linking=text("avoid_linking").lower() in {"true", "1"},
            link_token=text("link_token"),
            delegated_scope=text("delegated_scope"),
            locale=text("locale"),
        )

    @property
    def mode_scope(self) -> str:
        """The scope that decides which access modes are on offer."""
        return self.delegated_scope if self.enterprise else self.scope


class Offer(msgspec.Struct):
    """What the person may choose from, after the request's shortcuts are applied.

    ``modes`` are on offer; ``mode`` and ``provider`` are chosen already, or None.
    ``findings`` say which shortcuts were ignored, and why.
    """

    modes: list[AccessMode]
    mode: AccessMode | None
    provider: Provider | None = None
    findings: list[Finding] = []

    def remark(self, code: str, text: str) -> None:
        """Note what is odd about the request: a kind of findings, and a sentence."""
        self.findings.append(Finding.of(code, text))


def check(sandbox: Sandbox, application: Application, request: AuthorizeRequest) -> None:
    """Raise UnsafeRequest or RefusedRequest for what cannot be asked."""
    problem = redirect_uri_problem(application, request.redirect_uri)
    if problem:
        raise UnsafeRequest(problem)
    if application.internal:
        raise RefusedRequest(
            "unauthorized_client", "internal applications cannot ask for authorization"
        )
    if not request.response_type:
        raise RefusedRequest("invalid_request", "response_type is missing; it must be code")
    if request.response_type != "code":
        raise RefusedRequest(
            "unsupported_response_type",
            f"response_type must be code, found {request.response_type}",
        )
    if request.enterprise:
        if not reaches_plan(application, "growth"):
            needed = "Enterprise Connect needs the plan growth"
            raise RefusedRequest("unauthorized_client", needed, "lenient_plan")
        _check_scope("scope", request.scope, scopes.SERVICE_ACCOUNT_SCOPES)
        _check_scope("delegated_scope", request.delegated_scope, scopes.USER_SCOPES)
        return
    _check_scope("scope", request.scope, scopes.USER_SCOPES)
    if request.delegated_scope:
        _check_scope("delegated_scope", request.delegated_scope, business_connect.DELEGATED_SCOPES)
        if not application.features.business_connect:
            raise RefusedRequest(
                "invalid_request",
                "delegated_scope belongs to Business Connect, which is not switched on for "
                "this application",
                "lenient_feature",
            )
    if request.link_token:
        _link_target(sandbox, application, request)


def _check_scope(name: str, value: str, known: frozenset[str]) -> None:
    if not value.split():
        raise RefusedRequest("invalid_request", f"{name} is missing")
    unknown = scopes.unknown(value, known)
    if unknown:
        raise RefusedRequest("invalid_scope", f"{name} has unknown values: {' '.join(unknown)}")


def _link_target(sandbox: Sandbox, application: Application, request: AuthorizeRequest) -> str:
    token = sandbox.link_tokens.get(request.link_token)
    if (
        token is None
        or token.client_id != application.client_id
        or token.expires_at <= sandbox.now()
        or (application.client_id, token.sub) not in sandbox.authorizations
    ):
        raise RefusedRequest(
            "invalid_request",
            "link_token is unknown, used, or older than "
            f"{linking.LINK_TOKEN_LIFETIME // 60} minutes",
        )
    return token.sub


def offer(application: Application, request: AuthorizeRequest) -> Offer:
    """Which modes are on offer, and what the request has chosen beforehand.

    Without ``free_busy_write`` only Read-Write is, and there is nothing to choose. A
    shortcut to what is not on offer is ignored (assumed, identity §§3.1, 10.1).
    """
    modes = [m for m in ACCESS_MODES.values() if m.offered(application, request.mode_scope)]
    made = Offer(modes, mode=modes[0] if len(modes) == 1 else None)
    names = [mode.name for mode in modes]
    if request.access_type:
        if request.access_type in names:
            made.mode = ACCESS_MODES[request.access_type]
        else:
            made.remark(
                "choice_ignored",
                f"access_type={request.access_type} is ignored: on offer here: "
                f"{', '.join(names)} (free_busy and no_calendar need the scope free_busy_write "
                "and the application's feature)",
            )
    if request.provider_name and not request.enterprise:
        _apply_provider_name(made, application, request.provider_name)
    return made


def _apply_provider_name(made: Offer, application: Application, provider_name: str) -> None:
    named = by_request_name(provider_name)
    if named is None:
        made.remark(
            "choice_ignored",
            f"provider_name={provider_name} is ignored: known are {', '.join(request_names())}",
        )
        return
    mode_name, provider = named
    # provider_name=cronofy leads to No Calendar Access with any scope (identity §10.1).
    on_offer = ACCESS_MODES[mode_name] in made.modes or (
        mode_name == "no_calendar" and application.features.no_access
    )
    if provider and made.mode and made.mode.name == "free_busy" and mode_name == "read_write":
        # access_type=free_busy with a plain provider: that provider, in that mode.
        if made.mode.reaches(provider.key):
            made.provider = provider
            return
        on_offer = False
    if not on_offer:
        made.remark(
            "choice_ignored",
            f"provider_name={provider_name} is ignored: its access mode is not on offer here",
        )
        return
    made.mode = ACCESS_MODES[mode_name]
    made.provider = provider


def people_for(sandbox: Sandbox, made: Offer) -> list[Person]:
    """Who can sign in, given what is chosen so far; rooms and the like cannot."""
    found = []
    for person in sandbox.people:
        organization = sandbox.organizations.one("mailbox", person.email)
        if organization and organization.resource(person.email):
            continue
        if made.provider and person.provider != made.provider.key:
            continue
        if made.mode and not made.mode.reaches(person.provider):
            continue
        if any(mode.reaches(person.provider) for mode in made.modes) or made.mode:
            found.append(person)
    return found


def organizations_for(sandbox: Sandbox, made: Offer) -> list[Organization]:
    """Whose administrator can connect, given what is chosen so far."""
    return [
        organization
        for organization in sandbox.organizations
        if made.mode is None or made.mode.reaches(organization.provider)
    ]


def providers_for(mode: AccessMode) -> list[Provider]:
    """The providers among which a person chooses in ``mode``."""
    return [provider for provider in PROVIDERS.values() if mode.reaches(provider.key)]


def verified_person(sandbox: Sandbox, email: str) -> Person:
    """The person of a verified address; nobody known means somebody without a calendar."""
    return sandbox.people.get(email) or sandbox.people.put(
        Person(email=email, name=None, zoneinfo=None, locale=None, provider=NO_PROVIDER)
    )


def allow(
    sandbox: Sandbox,
    application: Application,
    request: AuthorizeRequest,
    person: Person,
    mode: AccessMode,
    *,
    browser_sub: str | None,
) -> tuple[str, Account]:
    """``person`` agrees: where to redirect to, and the account they are now known by.

    ``browser_sub`` is the account of the browser's cookie. Raises RefusedRequest where the
    link token does not allow it, or the provider is out of order.
    """
    if mode.name != NO_CALENDAR.name:
        _require_provider(sandbox, person.provider)
    explicit = _link_target(sandbox, application, request) if request.link_token else None
    implicit = browser_sub if sandbox.switches.implicit_linking else None
    try:
        account = linking.account_for(
            sandbox,
            application,
            person,
            explicit=explicit,
            implicit=None if request.avoid_linking else implicit,
        )
    except linking.OwnedByAnother:
        raise RefusedRequest(
            "access_denied", f"{person.email} already belongs to another account"
        ) from None
    sandbox.link_tokens.remove(request.link_token)
    authorization, profile = authorizations.connect(
        sandbox,
        application,
        account,
        person,
        mode.name,
        scope=request.scope,
        source=INDIVIDUAL,
        delegated_scope=request.delegated_scope or None,
    )
    code = authorizations.issue_code(sandbox, authorization, request.redirect_uri, profile)
    return success(request, code.code), account


def allow_enterprise(
    sandbox: Sandbox,
    application: Application,
    request: AuthorizeRequest,
    organization: Organization,
    mode: AccessMode,
) -> str:
    """The administrator agrees for the whole domain: where to redirect to.

    Raises RefusedRequest where the provider is out of order.
    """
    _require_provider(sandbox, organization.provider)
    authorization = enterprise_connect.connect_domain(
        sandbox,
        application,
        organization,
        mode.name,
        scope=request.scope,
        delegated_scope=request.delegated_scope,
    )
    code = authorizations.issue_code(sandbox, authorization, request.redirect_uri, None)
    return success(request, code.code)


def _require_provider(sandbox: Sandbox, provider: str) -> None:
    outage = outages.of_provider(sandbox, provider)
    if outage is not None:
        label = PROVIDERS[provider].label
        raise RefusedRequest(
            "temporarily_unavailable", f"{label} is out of order: outage {outage.outage_id}"
        )


def success(request: AuthorizeRequest, code: str) -> str:
    return with_query(request.redirect_uri, code=code, state=request.state)


def refusal(request: AuthorizeRequest, refused: RefusedRequest) -> str:
    return with_query(
        request.redirect_uri,
        error=refused.error,
        error_description=refused.description,
        state=request.state,
    )


def denial(request: AuthorizeRequest) -> str:
    """The person said no."""
    return with_query(request.redirect_uri, error="access_denied", state=request.state)


def with_query(address: str, **values: str) -> str:
    """``address`` with the non-empty ``values`` added to whatever query it has."""
    parts = urlsplit(address)
    added = urlencode({name: value for name, value in values.items() if value})
    query = "&".join(piece for piece in (parts.query, added) if piece)
    return urlunsplit(parts._replace(query=query))

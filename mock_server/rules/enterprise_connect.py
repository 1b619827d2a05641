"""Enterprise Connect: a whole domain, connected by its administrator (identity §6)."""

from __future__ import annotations

from mock_server.errors import Document, Forbidden, Unprocessable
from mock_server.rules import access_modes, authorizations, callbacks, linking, scopes
from mock_server.rules.providers import PROVIDERS
from mock_server.world.accounts import (
    INDIVIDUAL,
    Authorization,
    Grant,
    Profile,
    ServiceAccount,
)
from mock_server.world.applications import Application
from mock_server.world.people import Organization
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

CALLBACK_KIND = "service_account_authorization"


class Failure(Exception):
    """A user or resource cannot be authorized: the members of the callback's error."""

    def __init__(self, error: str, reason: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.error_key = f"errors.{reason}"
        self.description = description

    def document(self) -> Document:
        return {
            "error": self.error,
            "error_key": self.error_key,
            "error_description": self.description,
        }


class AccessRequest(Record, frozen=True):
    """One entry of POST /v1/service_account_authorizations; ``field`` is its path."""

    email: str
    scope: str
    callback_url: str | None
    state: str | None
    field: str = ""


def connect_domain(
    sandbox: Sandbox,
    application: Application,
    organization: Organization,
    mode: str,
    *,
    scope: str,
    delegated_scope: str,
) -> Authorization:
    """The administrator agrees: a service account for the domain, in the chosen mode.

    While one is connected, agreeing again widens its scopes; in another mode, or after a
    revoke, a new service account appears (seed 003). Without a revoke the old one stays
    beside it (assumed, as for individual accounts).
    """
    provider = PROVIDERS[organization.provider]
    known = service_account_of(sandbox, application, organization.domain, mode)
    if known is None:
        known = sandbox.service_accounts.put(
            ServiceAccount(
                sub=sandbox.ids.hex("ser"),
                client_id=application.client_id,
                domain=organization.domain,
                email=organization.administrator,
                access_mode=mode,
                provider_name=access_modes.ACCESS_MODES[mode].service_account_name(provider),
            )
        )
    return authorizations.grant(
        sandbox,
        application.client_id,
        known.sub,
        "service_account",
        Grant(INDIVIDUAL, scope, ()),
        delegated_scope=delegated_scope,
    )


def service_account_of(
    sandbox: Sandbox, application: Application, domain: str, mode: str | None = None
) -> ServiceAccount | None:
    """The application's first service account for ``domain`` (in ``mode``), if it has one."""
    return next(
        (
            account
            for account in sandbox.service_accounts
            if account.domain == domain
            and account.client_id == application.client_id
            and mode in (None, account.access_mode)
        ),
        None,
    )


def check_requests(
    sandbox: Sandbox, authorization: Authorization, requests: list[AccessRequest]
) -> None:
    """Raise what refuses the whole call before anything is requested.

    Unprocessable for a scope outside ``delegated_scope``; Forbidden where the service
    account may not manage accounts or resources (status assumed, identity §6.4).
    """
    fields: dict[str, list[tuple[str, str]]] = {}
    delegated = authorization.delegated_scope or ""
    for request in requests:
        if not scopes.within(request.scope, delegated):
            field = f"{request.field}scope"
            refusal = f"{request.scope!r} is not within the delegated_scope {delegated!r}"
            fields[field] = [("errors.not_granted", refusal)]
    organization = _organization(sandbox, authorization)
    held = scopes.expand(authorization.scope)
    for request in requests:
        is_resource = organization.resource(request.email) is not None
        needed = scopes.MANAGE_RESOURCES if is_resource else scopes.MANAGE_ACCOUNTS
        if needed not in held:
            raise Forbidden(
                f"{request.email} needs the service account scope {needed}; it holds: "
                f"{authorization.scope}"
            )
    if fields:
        raise Unprocessable(fields, "; ".join(e[0][1] for e in fields.values()))


def request_access(
    sandbox: Sandbox, application: Application, authorization: Authorization, ask: AccessRequest
) -> None:
    """Authorize one user or resource, and put the outcome into the outbox as a callback."""
    assert ask.callback_url is not None
    profile, code = None, None
    try:
        granted, profile = authorize_user(sandbox, application, authorization, ask)
    except Failure as failure:
        outcome = failure.document()
    else:
        code = authorizations.issue_code(sandbox, granted, ask.callback_url, profile)
        outcome = {"code": code.code}
    if ask.state is not None:
        outcome["state"] = ask.state
    callbacks.record(
        sandbox,
        application,
        kind=CALLBACK_KIND,
        url=ask.callback_url,
        body={"authorization": outcome},
        code=code,
        after_sync_of=profile,
    )


def authorize_user(
    sandbox: Sandbox, application: Application, authorization: Authorization, ask: AccessRequest
) -> tuple[Authorization, Profile]:
    """Open a user's or resource's calendars in the service account's mode.

    Raises Failure where the domain has no such mailbox, or the scope exceeds what the
    service account can read in it.
    """
    service_account = sandbox.service_accounts[authorization.sub]
    organization = _organization(sandbox, authorization)
    if not organization.has_mailbox(ask.email):
        raise Failure(
            "access_denied",
            "account_not_found",
            f"No mailbox for {ask.email} at {organization.domain}",
        )
    if ask.email in organization.availability_only and ask.scope.split() != ["free_busy"]:
        raise Failure(
            "unable_to_grant_scope",
            "unable_to_grant_scope",
            f"{ask.email} is an AvailabilityOnly mailbox: only the scope free_busy can be "
            f"granted, found {ask.scope}",
        )
    person = sandbox.people[ask.email]
    mode = access_modes.ACCESS_MODES[service_account.access_mode]
    if not mode.reaches(person.provider):
        raise Failure(
            "access_denied",
            "provider_not_supported",
            f"The mailbox of {ask.email} cannot be connected in mode {mode.name}",
        )
    account = linking.account_for(sandbox, application, person)
    return authorizations.connect(
        sandbox,
        application,
        account,
        person,
        mode.name,
        scope=ask.scope,
        source=service_account.sub,
    )


def _organization(sandbox: Sandbox, authorization: Authorization) -> Organization:
    return sandbox.organizations[sandbox.service_accounts[authorization.sub].domain]

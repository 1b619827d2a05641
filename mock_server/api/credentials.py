"""Checking who calls: the credential finds the sandbox (identity §1.3)."""

from __future__ import annotations

from typing import Any

from mock_server.api import asking
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, Endpoint
from mock_server.api.leniency import forgive
from mock_server.api.parsing import Parameters, header
from mock_server.errors import (
    CronofyError,
    Forbidden,
    OAuthError,
    ScopeMissing,
    Unauthorized,
)
from mock_server.rules import contract, rate_limits, scopes
from mock_server.rules.applications import require_plan
from mock_server.world.applications import Application
from mock_server.world.directory import Directory
from mock_server.world.grants import AccessToken, FormerToken
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes

# What clients send for a token that they do not have.
_UNSET = {"undefined", "null", "None", "nil", "", "[object Object]"}


def check(call: Call, endpoint: Endpoint, sandboxes: Sandboxes, members: Parameters) -> None:
    """Authenticate ``call``, then check rate limits, plan, kind and scope, in that order.

    ``members`` are the body's, for endpoints that carry client credentials there.
    Raises Unauthorized, OAuthError, TooManyRequests, PaymentRequired or Forbidden.
    """
    if Credential.CLIENT_CREDENTIALS in endpoint.credentials:
        _client_credentials(call, sandboxes, members)
    else:
        _bearer(call, endpoint, sandboxes.directory)
    if call.client_id is not None:
        try:
            rate_limits.count(call.sandbox, call.application)
        except CronofyError as error:
            forgive(call, error)
    check_access(call, endpoint, members)


def check_access(call: Call, endpoint: Endpoint, members: Parameters) -> None:
    """Check plan, kind and scope of who has been authenticated; ``members`` are the body's.

    Raises PaymentRequired or Forbidden.
    """
    if call.client_id is not None:
        try:
            require_plan(call.application, endpoint.plan)
        except CronofyError as error:
            forgive(call, error)
    if call.sub is not None:
        try:
            _check_scope(call, endpoint, members)
        except CronofyError as error:
            forgive(call, error)


def _client_credentials(call: Call, sandboxes: Sandboxes, members: Parameters) -> None:
    client_id, secret = members.get("client_id"), members.get("client_secret")
    for name, value in (("client_id", client_id), ("client_secret", secret)):
        if not value:
            if header(call.scope, b"authorization")[:6].lower() == "basic ":
                # What Ruby's oauth2 gem does by default (issue 109 of cronofy-ruby).
                raise OAuthError(
                    "invalid_client",
                    f"{name} is missing from the body, where Cronofy takes it; HTTP Basic is "
                    "not read",
                    finding="missing_credential",
                )
            raise OAuthError(
                "invalid_request",
                f"{name} is missing from the body",
                finding="missing_credential",
            )
        if not isinstance(value, str):
            raise OAuthError("invalid_request", f"{name} must be text")
    found: Any = sandboxes.directory.client_id.get(client_id)
    if found is None:
        raise OAuthError(
            "invalid_client",
            f"no application has the client_id {client_id!r}",
            finding="unknown_credential",
        )
    sandbox: Sandbox = found
    call.reach(sandbox)
    application = sandbox.applications[client_id]
    if secret not in application.client_secrets:
        raise OAuthError(
            "invalid_client",
            f"client_secret does not belong to the client_id {client_id!r}",
            finding="unknown_credential",
        )
    call.authenticate(sandbox, application)


def _bearer(call: Call, endpoint: Endpoint, directory: Directory) -> None:
    token = asking.bearer(call.scope)
    if token is None:
        raise _without(call, directory)
    held = asking.held_by(token, directory)
    if held is None:
        raise _unknown(token, endpoint)
    sandbox, holder = held
    call.reach(sandbox)
    if isinstance(holder, AccessToken):
        if holder.expires_at <= sandbox.now():
            raise contract.expired(sandbox, holder)
        if not (
            Credential.ACCESS_TOKEN in endpoint.credentials
            or Credential.SERVICE_ACCOUNT_TOKEN in endpoint.credentials
        ):
            raise _wrong_kind("an access token", endpoint)
        call.authenticate(
            sandbox,
            sandbox.applications[holder.client_id],
            sandbox.authorizations[(holder.client_id, holder.sub)],
        )
    elif isinstance(holder, Application):
        if Credential.API_KEY not in endpoint.credentials:
            raise _wrong_kind("a client_secret", endpoint)
        call.authenticate(sandbox, holder)
    elif isinstance(holder, FormerToken):
        if holder.kind == "refresh":
            raise _unknown(token, endpoint)
        raise contract.former(sandbox, holder)
    else:
        if Credential.ADMIN_KEY not in endpoint.credentials:
            raise _wrong_kind("an Admin API key", endpoint)
        call.authenticate(sandbox, None)


def _without(call: Call, directory: Directory) -> Unauthorized:
    """The refusal of a call that has no Bearer credential, or has it elsewhere."""
    finding = "missing_credential"
    if b"authorization" in dict(call.scope["headers"]):
        hint = "the Authorization header must read: Bearer, a space, and the token"
        return Unauthorized(hint, error="invalid_request", finding=finding)
    hint = "the Authorization header is missing"
    query = asking.query(call.scope)
    if secrets := contract.secrets_in(query):
        call.remark("secret_in_url", secrets)
    if "access_token" in query:
        held = asking.held_by(query["access_token"], directory)
        if held is not None:
            call.reach(held[0])
        hint += ": there Cronofy takes the access token, not in the query"
    elif "et" in query:
        hint += (
            "; element tokens (et) exist at Cronofy, but this version of the emulator does not "
            "have them yet"
        )
    return Unauthorized(hint, error=None, finding=finding)


def _unknown(token: str, endpoint: Endpoint) -> Unauthorized:
    if token in _UNSET:
        return Unauthorized(
            f"the token is the word {token!r}: the client sent a variable that was never set",
            finding="unknown_credential",
        )
    return Unauthorized(
        "this Bearer credential is unknown: never issued, revoked, or of a sandbox that has "
        f"ended; expected: {_accepted(endpoint)}",
        finding="unknown_credential",
    )


def _wrong_kind(found: str, endpoint: Endpoint) -> Unauthorized:
    return Unauthorized(f"{endpoint.operation} does not take {found}: {_accepted(endpoint)}")


def _accepted(endpoint: Endpoint) -> str:
    return " or ".join(credential.value for credential in endpoint.credentials)


def _check_scope(call: Call, endpoint: Endpoint, members: Parameters) -> None:
    """Raise Forbidden where this kind of subject, or what it has granted, is not enough."""
    authorization = call.authorization
    if authorization.kind == "service_account":
        if Credential.SERVICE_ACCOUNT_TOKEN not in endpoint.credentials:
            raise Forbidden(
                f"{authorization.sub} is a service account, which can only authorize users and "
                "resources, list resources, and read its userinfo and account"
            )
    elif Credential.ACCESS_TOKEN not in endpoint.credentials:
        raise Forbidden(f"{endpoint.operation} takes the access token of a service account only")
    if endpoint.scope and scopes.expand(authorization.scope).isdisjoint(endpoint.scope):
        if endpoint.own_alone is not None and endpoint.own_alone(call, members):
            return
        raise ScopeMissing(
            f"the scope {' or '.join(endpoint.scope)} is needed; granted is: {authorization.scope}"
        )

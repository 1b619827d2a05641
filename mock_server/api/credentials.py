"""Checking who calls: the credential finds the sandbox (identity §1.3)."""

from __future__ import annotations

from typing import Any

from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, Endpoint
from mock_server.api.parsing import Parameters, header
from mock_server.api.strictness import forgive
from mock_server.errors import (
    CronofyError,
    Forbidden,
    OAuthError,
    ScopeMissing,
    Unauthorized,
)
from mock_server.rules import contract, rate_limits, scopes
from mock_server.rules.applications import require_plan
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes

_BEARER = b"bearer "

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
        _bearer(call, endpoint, sandboxes)
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


def _bearer(call: Call, endpoint: Endpoint, sandboxes: Sandboxes) -> None:
    token = bearer_token(call.scope)
    directory = sandboxes.directory
    found: Any = directory.bearer.get(token) or directory.former.get(token)
    if found is None:
        raise _unknown(token, endpoint)
    sandbox: Sandbox = found
    call.reach(sandbox)
    if token not in directory.bearer:
        former = sandbox.former_tokens[token]
        if former.kind == "refresh":
            raise _unknown(token, endpoint)
        raise contract.former(sandbox, former)
    access = sandbox.access_tokens.get(token)
    if access is not None:
        if access.expires_at <= sandbox.now():
            raise contract.expired(sandbox, access)
        if not (
            Credential.ACCESS_TOKEN in endpoint.credentials
            or Credential.SERVICE_ACCOUNT_TOKEN in endpoint.credentials
        ):
            raise _wrong_kind("an access token", endpoint)
        call.authenticate(
            sandbox,
            sandbox.applications[access.client_id],
            sandbox.authorizations[(access.client_id, access.sub)],
        )
        return
    application = sandbox.applications.one("secret", token)
    if application is not None:
        if Credential.API_KEY not in endpoint.credentials:
            raise _wrong_kind("a client_secret", endpoint)
        call.authenticate(sandbox, application)
        return
    if Credential.ADMIN_KEY not in endpoint.credentials:
        raise _wrong_kind("an Admin API key", endpoint)
    call.authenticate(sandbox, None)


def find_sandbox(call: Call, sandboxes: Sandboxes) -> None:
    """Let ``call`` reach the sandbox of its Bearer credential, if it has one; checks nothing."""
    for name, value in call.scope["headers"]:
        if name == b"authorization" and value[:7].lower() == _BEARER:
            token, directory = value[7:].strip().decode("latin-1"), sandboxes.directory
            found: Any = directory.bearer.get(token) or directory.former.get(token)
            if found is not None:
                call.reach(found)


def bearer_token(scope: Any) -> str:
    """The token of the Authorization header; raises Unauthorized where there is none."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            if value[:7].lower() != _BEARER:
                raise Unauthorized(
                    "the Authorization header must read: Bearer, a space, and the token",
                    error="invalid_request",
                    finding="missing_credential",
                )
            token: str = value[7:].strip().decode("latin-1")
            return token
    if b"et=" in scope["query_string"]:
        raise Unauthorized(
            "the Authorization header is missing; element tokens (et) exist at Cronofy, but this "
            "version of the emulator does not have them yet",
            error=None,
            finding="missing_credential",
        )
    raise Unauthorized(
        "the Authorization header is missing", error=None, finding="missing_credential"
    )


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

"""Tokens: redeeming codes, refreshing, and finding what a token stands for (identity §3)."""

from __future__ import annotations

from mock_server.errors import OAuthError
from mock_server.rules.authorizations import expires_at, remember, revoke
from mock_server.world.accounts import Authorization
from mock_server.world.applications import Application
from mock_server.world.clock import as_text
from mock_server.world.grants import AccessToken, Code
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

ACCESS_TOKEN_LIFETIME = 3600
SERVICE_ACCOUNT_TOKEN_LIFETIME = 1800

# For so long an expired token is one of its authorization's; then it is only remembered.
REMEMBERED = 86_400


def redeem(
    sandbox: Sandbox, application: Application, code: str, redirect_uri: str
) -> tuple[Authorization, Code]:
    """Spend ``code``; it works once, in time, and with the very same redirect URI.

    Raises OAuthError ``invalid_grant`` otherwise (docs: faqs/invalid-grant).
    """
    found = sandbox.codes.get(code)
    if found is None or found.client_id != application.client_id:
        raise _unknown_or_used("this code was never issued to this application, or was revoked")
    if found.used:
        raise _unknown_or_used(
            "this code has been redeemed already; each code works once", "code_reused"
        )
    expired_at = expires_at(sandbox, found)
    if expired_at <= sandbox.now():
        raise _unknown_or_used(f"this code expired at {as_text(expired_at)}")
    if found.redirect_uri != redirect_uri:
        raise _unknown_or_used(
            f"redirect_uri differs: found {redirect_uri!r}, the code was issued for "
            f"{found.redirect_uri!r}",
            "wrong_redirect_uri",
        )
    sandbox.codes.put(replace(found, used=True))
    return sandbox.authorizations[(found.client_id, found.sub)], found


def _unknown_or_used(hint: str, finding: str = "unknown_grant") -> OAuthError:
    return OAuthError("invalid_grant", hint, error_key="errors.unknown_or_used", finding=finding)


def issue(sandbox: Sandbox, authorization: Authorization) -> AccessToken:
    """A new access token; earlier ones stay valid until they expire (assumed, §3.3)."""
    now = sandbox.now()
    for old in sandbox.access_tokens.leading(
        lambda token: token.expires_at + REMEMBERED <= now, "authorization", authorization.key
    ):
        sandbox.access_tokens.remove(old.token)
        remember(sandbox, old, old.expires_at, "time")
    return sandbox.access_tokens.put(
        AccessToken(
            token=sandbox.ids.token("access_token"),
            client_id=authorization.client_id,
            sub=authorization.sub,
            issued_at=now,
            expires_at=now + lifetime(authorization),
        )
    )


def current(sandbox: Sandbox, authorization: Authorization) -> AccessToken | None:
    """The newest access token that has not expired."""
    issued = sandbox.access_tokens.by("authorization", authorization.key)
    return next((token for token in reversed(issued) if token.expires_at > sandbox.now()), None)


def lifetime(authorization: Authorization) -> int:
    """Seconds; service accounts get less, on purpose (identity §6.2)."""
    if authorization.kind == "service_account":
        return SERVICE_ACCOUNT_TOKEN_LIFETIME
    return ACCESS_TOKEN_LIFETIME


def refresh(sandbox: Sandbox, application: Application, refresh_token: str) -> Authorization | None:
    """The authorization of ``refresh_token``, with a new one where the sandbox rotates them.

    None for a token that is unknown to this application.
    """
    authorization = sandbox.authorizations.one("refresh_token", refresh_token)
    if authorization is None or authorization.client_id != application.client_id:
        return None
    if sandbox.switches.rotate_refresh_tokens:
        rotated = replace(authorization, refresh_token=sandbox.ids.token("refresh_token"))
        return sandbox.authorizations.put(rotated)
    return authorization


def revoke_token(sandbox: Sandbox, application: Application, token: str) -> bool:
    """End the authorization that ``token`` (access or refresh) belongs to.

    False for a token that is unknown, another application's, or an expired access token,
    which cannot be used to revoke (identity §3.4).
    """
    authorization = sandbox.authorizations.one("refresh_token", token)
    if authorization is None:
        access = sandbox.access_tokens.get(token)
        if access is None or access.expires_at <= sandbox.now():
            return False
        authorization = sandbox.authorizations[(access.client_id, access.sub)]
    if authorization.client_id != application.client_id:
        return False
    revoke(sandbox, authorization)
    return True


def revoke_subject(sandbox: Sandbox, application: Application, sub: str) -> bool:
    """End the authorization on the subject ``sub``; False if there is none."""
    authorization = sandbox.authorizations.get((application.client_id, sub))
    if authorization is None:
        return False
    revoke(sandbox, authorization)
    return True

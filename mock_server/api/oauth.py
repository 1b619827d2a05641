"""Tokens: exchange, refresh, revoke (identity §§3.2-3.4, 6.2)."""

from __future__ import annotations

from typing import Literal, cast

from pydantic import BaseModel, ConfigDict

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.identity import userinfo_document
from mock_server.errors import OAuthError
from mock_server.rules import contract, tokens
from mock_server.world.accounts import Authorization
from mock_server.world.grants import AccessToken
from mock_server.world.sandbox import Sandbox


class TokenRequest(BaseModel):
    """``code`` and ``redirect_uri`` for authorization_code, ``refresh_token`` for refresh_token."""

    model_config = ConfigDict(defer_build=True)

    client_id: str
    client_secret: str
    grant_type: Literal["authorization_code", "refresh_token"]
    code: str | None = None
    redirect_uri: str | None = None
    refresh_token: str | None = None


class RevokeRequest(BaseModel):
    """``token`` (access or refresh) or ``sub``; the token wins if both are given."""

    model_config = ConfigDict(defer_build=True)

    client_id: str
    client_secret: str
    token: str | None = None
    sub: str | None = None
    request_pii_erasure: bool | None = None


def issued_document(
    authorization: Authorization, token: AccessToken, *, now: int | None = None
) -> shapes.RefreshedToken:
    """The five members that every token answer has.

    ``now`` is for a token that is handed out again, some of whose time has passed.
    """
    return {
        "token_type": "bearer",
        "access_token": token.token,
        "expires_in": token.expires_at - (token.issued_at if now is None else now),
        "refresh_token": authorization.refresh_token,
        "scope": authorization.scope,
    }


def token_document(
    sandbox: Sandbox,
    authorization: Authorization,
    profile_id: str | None,
    base_url: str,
    token: AccessToken | None = None,
) -> shapes.Token:
    """The answer to a code; ``profile_id`` is the profile just authorized with.

    With a new access token, unless it is ``token``.
    """
    token = token or tokens.issue(sandbox, authorization)
    document = cast("shapes.Token", issued_document(authorization, token))
    document["sub"] = authorization.sub
    document["userinfo"] = userinfo_document(sandbox, authorization, base_url)
    if authorization.kind == "service_account":
        document["service_account_id"] = authorization.sub
    else:
        document["account_id"] = authorization.sub
    if profile_id is not None:
        profile = sandbox.profiles[profile_id]
        document["linking_profile"] = {
            "provider_name": profile.provider_name,
            "provider_service": profile.provider_service,
            "profile_id": profile.profile_id,
            "profile_name": profile.name,
        }
    return document


@endpoint(
    "POST",
    "/oauth/token",
    title="Request or refresh an access token",
    docs="authorization/request-token",
    credentials=(Credential.CLIENT_CREDENTIALS,),
    body=TokenRequest,
    answer=shapes.Token | shapes.RefreshedToken,
    oauth=True,
    no_store=True,
    errors=(400,),
    assumed=(
        "A code lives ten minutes.",
        "userinfo stands in the answer to a code as a member of that name.",
        "error_key of an unknown or used code is errors.unknown_or_used; error_description is "
        "ours.",
        "A refresh always answers a new access token; earlier ones stay valid until they expire.",
        "Members in the body win over the same members in the query string.",
        "Wrong client credentials are 400 invalid_client.",
    ),
)
def token(call: Call) -> shapes.Token | shapes.RefreshedToken:
    body: TokenRequest = call.body
    if body.grant_type == "refresh_token":
        if not body.refresh_token:
            raise OAuthError("invalid_request", "refresh_token is missing")
        authorization = tokens.refresh(call.sandbox, call.application, body.refresh_token)
        if authorization is None:
            raise contract.unknown_refresh_token(call.sandbox, call.application, body.refresh_token)
        if needless := contract.needless_refresh(call.sandbox, authorization):
            call.remark("refresh_too_early", needless)
        return issued_document(authorization, tokens.issue(call.sandbox, authorization))
    for name in ("code", "redirect_uri"):
        if not getattr(body, name):
            raise OAuthError("invalid_request", f"{name} is missing")
    authorization, code = tokens.redeem(
        call.sandbox, call.application, body.code or "", body.redirect_uri or ""
    )
    return token_document(call.sandbox, authorization, code.profile_id, call.base_url)


@endpoint(
    "POST",
    "/oauth/token/revoke",
    title="Revoking authorization",
    docs="authorization/revoke",
    credentials=(Credential.CLIENT_CREDENTIALS,),
    body=RevokeRequest,
    oauth=True,
    errors=(400,),
    assumed=(
        "Neither token nor sub is 400 invalid_request.",
        "Only this application's access ends; others on the same account keep theirs.",
        "Revoking a service account leaves what the same people have authorized some other way.",
        "Elevated permissions and pending permission requests end with the authorization.",
        "No mail and no callback tells of it; callbacks that were not taken yet are still tried.",
        "request_pii_erasure is accepted and changes nothing that an application can see.",
    ),
)
def revoke(call: Call) -> None:
    body: RevokeRequest = call.body
    if body.token:
        known = tokens.revoke_token(call.sandbox, call.application, body.token)
    elif body.sub:
        known = tokens.revoke_subject(call.sandbox, call.application, body.sub)
    else:
        raise OAuthError("invalid_request", "token or sub is missing")
    if not known:
        call.remark(
            "nothing_revoked",
            "nothing was revoked: this token or sub is unknown to the application, or an expired "
            "access token",
        )


ENDPOINTS = (token, revoke)

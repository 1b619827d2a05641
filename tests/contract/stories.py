"""The steps that the stories of the documentation are made of."""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.documents import Document, person
from tests.emulator import Sandbox, redirected

CALLBACK = "http://localhost:3000/callback"
STATE = "kept as it is"

MANAGE_ACCOUNTS = "service_account/accounts/manage"
MANAGE_RESOURCES = "service_account/resources/manage"
UNRESTRICTED_ACCOUNTS = "service_account/accounts/unrestricted_access"
UNRESTRICTED_RESOURCES = "service_account/resources/unrestricted_access"


def created(response: httpx.Response) -> Any:
    assert response.status_code == 201, response.text
    return response.json()


def add_person(sandbox: Sandbox, email: str = "jane@acme.test", **more: Any) -> None:
    created(sandbox.control("POST", "/people", json=person(email, **more)))


def add_organization(sandbox: Sandbox, provider: str = "google", **more: Any) -> None:
    """acme.test with admin@, jane@, mary@ and a room."""
    for name in ("admin", "jane", "mary"):
        add_person(sandbox, f"{name}@acme.test", provider=provider)
    organization = {
        "domain": "acme.test",
        "provider": provider,
        "administrator": "admin@acme.test",
        "members": ["jane@acme.test", "mary@acme.test"],
        "resources": [{"email": "room-1@acme.test", "name": "Room 1"}],
        **more,
    }
    created(sandbox.control("POST", "/organizations", json=organization))


def decide(sandbox: Sandbox, page: str, decision: str = "allow", **more: Any) -> None:
    """Queue what is decided on the next ``page``."""
    consent = {"page": page, "decision": decision, **more}
    created(sandbox.control("POST", "/consents", json=consent))


def exchange(sandbox: Sandbox, code: str, redirect_uri: str = CALLBACK) -> Document:
    """The token answer to ``code``."""
    response = sandbox.token(grant_type="authorization_code", code=code, redirect_uri=redirect_uri)
    assert response.status_code == 200, response.text
    document: Document = response.json()
    return document


def authorize_enterprise(sandbox: Sandbox, **parameters: Any) -> httpx.Response:
    """GET the page that asks a domain's administrator."""
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": CALLBACK,
        "scope": MANAGE_ACCOUNTS,
        "delegated_scope": "read_write",
        **parameters,
    }
    query = {name: value for name, value in query.items() if value is not None}
    return sandbox.http.get("/enterprise_connect/oauth/authorize", params=query)


def connect(sandbox: Sandbox, email: str = "jane@acme.test", **parameters: Any) -> Document:
    """Walk a person through the authorize page, agreeing; the token answer."""
    sandbox.http.cookies.clear()
    access_mode = parameters.pop("access_mode", None)
    decide(sandbox, "authorize", email=email, access_mode=access_mode)
    query = redirected(sandbox.authorize(state=STATE, **parameters))
    assert query.keys() == {"code", "state"}
    assert query["state"] == STATE
    return exchange(sandbox, query["code"], parameters.get("redirect_uri", CALLBACK))


def connect_domain(sandbox: Sandbox, **parameters: Any) -> Document:
    """Walk the administrator through the authorize page, agreeing; the token answer."""
    access_mode = parameters.pop("access_mode", None)
    decide(sandbox, "enterprise", access_mode=access_mode)
    query = redirected(authorize_enterprise(sandbox, state=STATE, **parameters))
    assert query.keys() == {"code", "state"}
    assert query["state"] == STATE
    return exchange(sandbox, query["code"])


def revoke(sandbox: Sandbox, **members: str) -> httpx.Response:
    """POST /oauth/token/revoke, answered 200 with nothing."""
    response = sandbox.http.post("/oauth/token/revoke", json={**sandbox.credentials, **members})
    assert (response.status_code, response.content) == (200, b"")
    return response


def read(sandbox: Sandbox, token: Document, path: str) -> Any:
    """GET ``path`` with the access token of ``token``, a token answer."""
    response = sandbox.call(token["access_token"], "GET", path)
    assert response.status_code == 200, response.text
    return response.json()


def refused(sandbox: Sandbox, token: Document) -> None:
    """Neither the access nor the refresh token of ``token`` works any more."""
    for path in ("/v1/userinfo", "/v1/account"):
        response = sandbox.call(token["access_token"], "GET", path)
        assert (response.status_code, response.content) == (401, b"")
        assert 'error="invalid_token"' in response.headers["www-authenticate"]
    response = sandbox.token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_grant"


def works(sandbox: Sandbox, token: Document) -> None:
    """Both the access and the refresh token of ``token`` work."""
    assert sandbox.call(token["access_token"], "GET", "/v1/userinfo").status_code == 200
    response = sandbox.token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert response.status_code == 200

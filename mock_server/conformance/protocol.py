"""What holds for every call, and the token endpoint (identity §§1, 3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mock_server.api import shapes
from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Section, Skip
from mock_server.conformance.readings import NOBODY
from mock_server.conformance.shapes import Words
from mock_server.conformance.target import BY_OPERATION, UNKNOWN_TOKEN
from mock_server.conformance.visit import Visit

_CALLS = Section("Calls")
_TOKENS = Section("Tokens")

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@_CALLS.check(
    "calls.unknown-path",
    "identity §1.7",
    "api/error-codes",
    sends="GET of a path that nobody has",
    expects="404",
)
def _unknown_path(visit: Visit) -> None:
    token = visit.target.server.credentials.access_token
    visit.send("GET", "/v1/mock_cronofy_conformance", bearer=token).status(404)


@_CALLS.check(
    "calls.unknown-id",
    "identity §1.7",
    "api/error-codes",
    sends="GET of an availability rule and of pages that nobody has",
    expects="404 with an empty body",
)
def _unknown_id(visit: Visit) -> None:
    for operation, listing in (
        ("GET /v1/availability_rules/{availability_rule_id}", "GET /v1/availability_rules"),
        ("GET /v1/events/pages/{page_id}", "GET /v1/events"),
        ("GET /v1/free_busy/pages/{page_id}", "GET /v1/free_busy"),
        ("GET /v1/available_periods/pages/{page_id}", "GET /v1/available_periods"),
    ):
        if visit.target.covers(*BY_OPERATION[operation].scope) and visit.target.sound(listing):
            answer = visit.call(operation, re.sub(r"{\w+}", NOBODY, operation[4:]))
            if answer.exchange.status != 402:
                answer.status(404)
                answer.empty(assumed=True)


@_CALLS.check(
    "calls.trailing-slash",
    "identity §1.2",
    "api/",
    sends="GET /v1/calendars/",
    expects="the same answer as without the slash",
)
def _trailing_slash(visit: Visit) -> None:
    known = visit.read("GET /v1/calendars")
    answer = visit.call("GET /v1/calendars", "/v1/calendars/")
    answer.status(200)
    answer.expect(answer.json() == known, "what GET /v1/calendars answers", answer.json())


@_CALLS.check(
    "calls.body-of-get",
    "identity §1.2",
    "api/",
    sends="GET /v1/calendars with the JSON body {}, as the Python SDK does",
    expects="200",
)
def _body_of_get(visit: Visit) -> None:
    visit.read("GET /v1/calendars")
    visit.call("GET /v1/calendars", json={}).status(200)


@_CALLS.check(
    "calls.no-cors",
    "identity §1.11",
    "faqs/authorizations",
    sends="GET /v1/calendars with an Origin header",
    expects="no Access-Control-Allow-Origin header: browsers are refused",
)
def _no_cors(visit: Visit) -> None:
    visit.read("GET /v1/calendars")
    answer = visit.call("GET /v1/calendars", headers={"Origin": "https://origin.invalid"})
    allowed = answer.header("Access-Control-Allow-Origin")
    answer.expect(not allowed, "no Access-Control-Allow-Origin", allowed)


def _client(visit: Visit) -> dict[str, str]:
    credentials = visit.target.server.credentials
    if credentials.client_id is None or credentials.client_secret is None:
        raise Skip("needs --client-id and --client-secret")
    return {"client_id": credentials.client_id, "client_secret": credentials.client_secret}


def _refused(answer: Answer, error: str, *, assumed: bool = False) -> None:
    """400 with this error, as RFC 6749 asks."""
    answer.status(400, assumed=assumed)
    document = answer.json()
    found = document.get("error") if isinstance(document, dict) else document
    answer.expect(found == error, error, found, "error", assumed=assumed)


def _refresh(visit: Visit, **changed: str) -> Mapping[str, str]:
    """A refresh with a token that was never issued."""
    grant = {"grant_type": "refresh_token", "refresh_token": UNKNOWN_TOKEN}
    return {**_client(visit), **grant, **changed}


@_TOKENS.check(
    "tokens.unknown-refresh-token",
    "identity §3.3",
    "authorization/refresh-token",
    sends="POST /oauth/token with a refresh_token that was never issued, as JSON",
    expects="400 invalid_grant",
)
def _unknown_refresh_token(visit: Visit) -> None:
    _refused(visit.send("POST", "/oauth/token", json=_refresh(visit)), "invalid_grant")


@_TOKENS.check(
    "tokens.unknown-code",
    "identity §3.2",
    "authorization/request-token",
    sends="POST /oauth/token with a code that was never issued",
    expects="400 invalid_grant",
)
def _unknown_code(visit: Visit) -> None:
    members = {
        **_client(visit),
        "grant_type": "authorization_code",
        "code": UNKNOWN_TOKEN,
        "redirect_uri": "https://callback.invalid/",
    }
    _refused(visit.send("POST", "/oauth/token", json=members), "invalid_grant")


@_TOKENS.check(
    "tokens.unknown-client",
    "identity §3.3",
    "authorization/refresh-token",
    sends="POST /oauth/token with a wrong client_secret",
    expects="400 invalid_client",
)
def _unknown_client(visit: Visit) -> None:
    members = _refresh(visit, client_secret=UNKNOWN_TOKEN)
    # Comments in one SDK say 401, the tests of another 400.
    _refused(visit.send("POST", "/oauth/token", json=members), "invalid_client", assumed=True)


@_TOKENS.check(
    "tokens.unknown-grant",
    "identity §3.2",
    "authorization/request-token",
    sends="POST /oauth/token with a grant_type that does not exist",
    expects="400 unsupported_grant_type",
)
def _unknown_grant(visit: Visit) -> None:
    members = _refresh(visit, grant_type="mock_cronofy_conformance")
    _refused(visit.send("POST", "/oauth/token", json=members), "unsupported_grant_type")


@_TOKENS.check(
    "tokens.form",
    "identity §1.2",
    "api/",
    sends="POST /oauth/token with an unknown refresh_token, form-encoded",
    expects="400 invalid_grant: the body is read as JSON would be",
)
def _form(visit: Visit) -> None:
    _refused(visit.send("POST", "/oauth/token", form=_refresh(visit)), "invalid_grant")


@_TOKENS.check(
    "tokens.authorization-ignored",
    "identity §1.2",
    "authorization/refresh-token",
    sends="POST /oauth/token with an unknown refresh_token, and Authorization: Bearer None",
    expects="400 invalid_grant: the header is ignored",
)
def _authorization_ignored(visit: Visit) -> None:
    answer = visit.send("POST", "/oauth/token", json=_refresh(visit), bearer="None")
    _refused(answer, "invalid_grant")


@_TOKENS.check(
    "tokens.revoke-client",
    "identity §3.4",
    "authorization/revoke",
    sends="POST /oauth/token/revoke of an unknown token with a wrong client_secret",
    expects="400 invalid_client",
)
def _revoke_client(visit: Visit) -> None:
    members = {**_client(visit), "client_secret": UNKNOWN_TOKEN, "token": UNKNOWN_TOKEN}
    _refused(
        visit.send("POST", "/oauth/token/revoke", json=members), "invalid_client", assumed=True
    )


@_TOKENS.check(
    "tokens.refresh",
    "identity §3.3",
    "authorization/refresh-token",
    sends="POST /oauth/token with the refresh token, then GET /v1/userinfo with the new token",
    expects="a token answer of five members that is not to be stored, and a token that works",
)
def _refresh_token(visit: Visit) -> None:
    server = visit.target.server
    if server.credentials.refresh_token is None:
        raise Skip("needs --refresh-token: a refresh may rotate it")
    members = _refresh(visit, refresh_token=server.credentials.refresh_token)
    exchange = server.send("POST", "/oauth/token", json=members)
    try:
        document: Any = exchange.document()
        server.keep_secret(*(document[name] for name in ("access_token", "refresh_token")))
    except (ValueError, KeyError, TypeError):
        document = None
    answer = visit.answer(exchange)
    answer.status(200)
    if document is None:
        answer.differs("a JSON object with access_token and refresh_token", Words("something else"))
        return
    answer.document(shapes.RefreshedToken)
    for name in ("access_token", "refresh_token"):
        whole = _TOKEN.fullmatch(document[name]) is not None
        answer.expect(
            whole, "32 letters, digits, - and _", Words(f"{len(document[name])} of them"), name
        )
    answer.expect(
        document["expires_in"] > 0, "seconds to come", document["expires_in"], "expires_in"
    )
    for name, value in (("Cache-Control", "no-store"), ("Pragma", "no-cache")):
        answer.expect(value in answer.header(name), f"{name}: {value}", answer.header(name))
    same = document["refresh_token"] == server.credentials.refresh_token
    answer.expect(
        same, "the refresh token that was sent", Words("another one"), "refresh_token", assumed=True
    )
    visit.send("GET", "/v1/userinfo", bearer=document["access_token"]).status(200)


CHECKS = [*_CALLS.checks, *_TOKENS.checks]

"""The page /callback: the application's side of the flow, shown step by step.

The authorize links of the start page lead here. It does what an application does next,
through the very API that an application would call.
"""

from __future__ import annotations

import json
import shlex
from typing import Any

import msgspec
from starlette.responses import Response

from mock_server.pages.visit import Visit
from mock_server.world.grants import Code
from mock_server.world.sandbox import Sandbox

_ERRORS = {
    "access_denied": "The person said no, or cancelled.",
    "invalid_request": "A parameter of the authorize address is missing or wrong.",
    "invalid_scope": "The scope names something that does not exist.",
    "unsupported_response_type": "response_type must be code.",
    "unauthorized_client": "This application may not ask for authorization.",
}


class Exchange(msgspec.Struct, frozen=True):
    """A request as a command to copy, and the answer it got."""

    command: str
    status: int
    answer: str
    document: dict[str, Any]

    @property
    def fine(self) -> bool:
        return self.status < 400


async def show(visit: Visit) -> Response:
    """The redirect that arrived."""
    visit.refuse_public_name()
    query = visit.query
    code = query.get("code", "")
    found = _code(visit, code)
    return _page(
        visit,
        arrived=query,
        explanation=_ERRORS.get(query.get("error", ""), "The application is told what went wrong."),
        code=found[1] if found else None,
        command=_exchange_command(visit, *found) if found else "",
    )


async def submit(visit: Visit) -> Response:
    """Exchange the code, or refresh the token; then ask who was connected."""
    visit.refuse_public_name()
    form = await visit.form()
    if form.get("refresh_token"):
        return await _refreshed(visit, form["refresh_token"])
    found = _code(visit, form.get("code", ""))
    if found is None:
        return _page(visit, 422, arrived={"code": form.get("code", "")})
    sandbox, code = found
    body = _exchange_body(sandbox, code)
    exchanged = await _call(visit, "POST", "/oauth/token", body=body)
    return await _answered(visit, exchanged, title="The code is exchanged")


async def _refreshed(visit: Visit, refresh_token: str) -> Response:
    sandbox: Any = visit.app.sandboxes.directory.refresh_token.get(refresh_token)
    if sandbox is None:
        return _page(visit, 422, arrived={})
    authorization = sandbox.authorizations.one("refresh_token", refresh_token)
    application = sandbox.applications[authorization.client_id]
    body = {
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
    }
    refreshed = await _call(visit, "POST", "/oauth/token", body=body)
    return await _answered(visit, refreshed, title="The access token is refreshed")


async def _answered(visit: Visit, tokens: Exchange, title: str) -> Response:
    userinfo = None
    if tokens.fine:
        userinfo = await _call(visit, "GET", "/v1/userinfo", bearer=tokens.document["access_token"])
    return _page(visit, title=title, tokens=tokens, userinfo=userinfo)


def _page(visit: Visit, status: int = 200, **values: Any) -> Response:
    shown = {
        "title": "The redirect has arrived",
        "arrived": None,
        "explanation": "",
        "code": None,
        "command": "",
        "tokens": None,
        "userinfo": None,
    }
    return visit.render(
        "callback.html", status, language=visit.pages.languages.english, **{**shown, **values}
    )


def _code(visit: Visit, code: str) -> tuple[Sandbox, Code] | None:
    sandbox: Any = visit.app.sandboxes.directory.code.get(code)
    return (sandbox, sandbox.codes[code]) if sandbox else None


def _exchange_body(sandbox: Sandbox, code: Code) -> dict[str, str]:
    application = sandbox.applications[code.client_id]
    return {
        "client_id": application.client_id,
        "client_secret": application.client_secret,
        "grant_type": "authorization_code",
        "code": code.code,
        "redirect_uri": code.redirect_uri,
    }


def _exchange_command(visit: Visit, sandbox: Sandbox, code: Code) -> str:
    return _command(visit, "POST", "/oauth/token", _exchange_body(sandbox, code), None)


async def _call(
    visit: Visit,
    method: str,
    path: str,
    *,
    body: dict[str, str] | None = None,
    bearer: str | None = None,
) -> Exchange:
    """Call the API of this very server, as if the request had come in by the same door."""
    content = json.dumps(body).encode() if body else b""
    headers = [(b"host", visit.request.headers.get("host", "").encode("latin-1"))]
    if body:
        headers.append((b"content-type", b"application/json; charset=utf-8"))
    if bearer:
        headers.append((b"authorization", f"Bearer {bearer}".encode()))
    scope = {
        **visit.request.scope,
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
    }
    status, answer = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, answer
        status = message.get("status", status)
        answer += message.get("body", b"")

    await visit.app.api(scope, receive, send)
    document = json.loads(answer) if answer else {}
    pretty = json.dumps(document, indent=2, ensure_ascii=False)
    return Exchange(_command(visit, method, path, body, bearer), status, pretty, document)


def _command(
    visit: Visit, method: str, path: str, body: dict[str, str] | None, bearer: str | None
) -> str:
    """The request as a command line for curl."""
    lines = [f"curl {visit.base_url}{path}"]
    if method != "GET":
        lines[0] = f"curl -X {method} {visit.base_url}{path}"
    if bearer:
        lines.append(f"-H 'Authorization: Bearer {bearer}'")
    if body:
        lines.append("-H 'Content-Type: application/json; charset=utf-8'")
        lines.append(f"-d {shlex.quote(json.dumps(body, indent=2, ensure_ascii=False))}")
    return " \\\n  ".join(lines)


ROUTES = (
    ("GET", "/callback", show),
    ("POST", "/callback", submit),
)

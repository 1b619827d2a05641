"""The pages room: every path outside the APIs, found and carried out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mock_server.api import faults
from mock_server.api.answered import Answered
from mock_server.api.browser import PAGES
from mock_server.api.parsing import Disconnected
from mock_server.api.router import Router
from mock_server.api.serve import Receive, Send
from mock_server.errors import TooLarge
from mock_server.pages import (
    assets,
    attachments,
    authorize,
    callback,
    conferencing,
    contract,
    mailboxes,
    meeting_agents,
    permissions,
    reference,
    relink,
    start,
)
from mock_server.pages.assets import Assets
from mock_server.pages.languages import Languages
from mock_server.pages.templates import Templates
from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import timeline
from mock_server.world.journal import Entry

if TYPE_CHECKING:
    from mock_server.app import App

logger = logging.getLogger(__name__)

Handler = Callable[[Visit], Awaitable[Response]]

_MODULES = (
    attachments,
    authorize,
    permissions,
    conferencing,
    relink,
    start,
    callback,
    mailboxes,
    contract,
    meeting_agents,
    reference,
    assets,
)

# What applications send people to; everything else is the emulator's own.
_OF_CRONOFY = {page.operation for page in PAGES}

# No script, nothing from elsewhere, in nobody's frame. There is no form-action: Chromium
# would apply it to the redirect that follows a form, which leads to the application.
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; " + (
    "frame-ancestors 'none'"
)

_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer, under which a browser hides the Origin of our own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Pages:
    """Serves the pages of one server; holds its templates and catalogs."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.languages = Languages()
        self.assets = Assets()
        self.templates = Templates(self.assets)
        self._router: Router[tuple[str, Handler]] = Router()
        for module in _MODULES:
            for method, path, handler in module.ROUTES:
                self._router.add(method, path, (f"{method} {path}", handler))

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        started = perf_counter_ns()
        visit = Visit(self, Request(scope, receive))
        hit = None
        if self.app.sandboxes.directory.fault:
            hit = faults.of_page(scope, self.app.sandboxes, self.app.worker.wake)
        if hit is None:
            response = await self._respond(visit)
            _record(visit, response, started)
            await response(scope, receive, send)
            return
        answered = await hit.answered(lambda: self._answered(visit))
        response = Response(answered.content, answered.status)
        response.raw_headers += answered.headers
        visit.sandbox, visit.fault_id, visit.hint = hit.sandbox, hit.fault_id, answered.hint
        if hit.instead_of != (None, None):
            visit.client_id, visit.sub = hit.instead_of
        _record(visit, response, started)
        await hit.send(answered._replace(headers=response.raw_headers), scope, receive, send)

    async def _answered(self, visit: Visit) -> Answered:
        response = await self._respond(visit)
        content = bytes(response.body)
        return Answered(response.status_code, response.raw_headers, content, visit.hint)

    async def _respond(self, visit: Visit) -> Response:
        scope = visit.request.scope
        try:
            response = await self._answer(visit)
        except Trouble as trouble:
            response = _trouble(visit, trouble)
            visit.blame(trouble)
        except TooLarge as error:
            response = _trouble(visit, Trouble("request", error.hint, error.status))
        except Disconnected:
            raise
        except Exception:
            logger.exception("%s %s failed", scope["method"], scope["path"])
            hint = "this is a bug of mock-cronofy: please report it with the server's log"
            response = _trouble(visit, Trouble("server", hint, 500))
        visit.finish(response)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if scope["method"] == "HEAD":
            response.body = b""
        return response

    async def _answer(self, visit: Visit) -> Response:
        method, path = visit.request.method, visit.request.scope["path"]
        methods, visit.path = self._router.find(path)
        found = methods.get("GET" if method == "HEAD" else method)
        if found is not None:
            visit.operation, handler = found
            return await handler(visit)
        if methods:
            allowed = ", ".join(sorted(methods))
            response = _trouble(
                visit, Trouble("request", f"{path} takes {allowed}, found {method}", 405)
            )
            response.headers["Allow"] = allowed
            return response
        detail = f"nothing has the path {path}; /docs and /openapi.json list what there is"
        raise Trouble("not_found", detail, 404)


def _trouble(visit: Visit, trouble: Trouble) -> Response:
    """An error page; plain JSON for a program that does not ask for a page."""
    visit.hint = trouble.detail
    if "text/html" not in visit.request.headers.get("accept", "") and trouble.status == 404:
        return JSONResponse({"error": "not_found"}, 404)
    return visit.render("error.html", trouble.status, trouble=trouble)


def _record(visit: Visit, response: Response, started: int) -> None:
    """Put the visit into the journal of its sandbox."""
    if visit.refusal is not None:
        visit.findings.append(visit.refusal)
    sandbox = visit.sandbox
    if sandbox is None:
        if visit.operation in _OF_CRONOFY:
            ledger = visit.app.sandboxes.ledger
            ledger.add(visit.operation, response.status_code, 0, visit.findings)
        return
    sandbox.journal.append(
        Entry(
            at=sandbox.now(),
            method=visit.request.method,
            path=visit.request.scope["path"],
            status=response.status_code,
            duration=(perf_counter_ns() - started) // 1000,
            operation=visit.operation,
            client_id=visit.client_id,
            sub=visit.sub,
            hint=visit.hint,
            findings=tuple(visit.findings),
            fault_id=visit.fault_id,
            query=visit.request.scope["query_string"],
            request_headers=visit.request.scope["headers"],
            request_body=visit.content,
            response_headers=response.raw_headers,
            response_body=bytes(response.body),
        )
    )
    scope = visit.request.scope
    if timeline.requested(sandbox, scope["method"], scope["path"], response.status_code):
        visit.app.worker.wake()  # before anything else is asked


def create_pages(app: App) -> Any:
    """The pages of ``app`` as an ASGI application."""
    return Pages(app)

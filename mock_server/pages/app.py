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
from mock_server.api.recording import Recorder
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
        self._recorder = Recorder(app.sandboxes, app.worker.wake)
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
            self._record(visit, _answered(visit, response), started)
            await response(scope, receive, send)
            return
        answered = await hit.answered(lambda: self._carried_out(visit))
        response = Response(answered.content, answered.status)
        answered = answered._replace(headers=[*response.raw_headers, *answered.headers])
        visit.meet(hit)
        if not hit.abandoned:
            self._record(visit, answered, started)
        await hit.send(answered, scope, receive, send)

    async def _carried_out(self, visit: Visit) -> Answered:
        return _answered(visit, await self._respond(visit))

    def _record(self, visit: Visit, answered: Answered, started: int) -> None:
        if visit.refusal is not None:
            visit.findings.append(visit.refusal)
        if visit.sandbox is not None or visit.operation in _OF_CRONOFY:
            self._recorder.record(visit.sandbox, visit, visit.operation, answered, started)

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


def _answered(visit: Visit, response: Response) -> Answered:
    content = bytes(response.body)
    return Answered(response.status_code, response.raw_headers, content, visit.hint)


def create_pages(app: App) -> Any:
    """The pages of ``app`` as an ASGI application."""
    return Pages(app)

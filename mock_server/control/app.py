"""The control API's routes (design: control API). JSON in, JSON out; no credential."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from mock_server.address import base_url, is_private_name
from mock_server.api.parsing import Disconnected, read_body
from mock_server.errors import TooLarge
from mock_server.scenarios.load import Taken
from mock_server.scenarios.problems import Invalid, Problem, Unknown
from mock_server.world.directory import Clash
from mock_server.world.sandbox import Sandbox

if TYPE_CHECKING:
    from mock_server.app import App

logger = logging.getLogger(__name__)


class Control:
    """One control request: the server, the request, and what its path and body name."""

    def __init__(self, app: App, request: Request, content: bytes) -> None:
        self.app = app
        self.request = request
        self._content = content

    @property
    def base_url(self) -> str:
        return self.app.settings.public_url or base_url(self.request.scope)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of the path; raises Unknown."""
        sandbox_id = self.request.path_params["sandbox_id"]
        sandbox = self.app.sandboxes.get(sandbox_id)
        if sandbox is None:
            living = ", ".join(s.sandbox_id for s in list(self.app.sandboxes)[:10])
            raise Unknown(
                Problem("sandbox_id", repr(sandbox_id), f"a living sandbox, such as {living}")
            )
        return sandbox

    async def document(self) -> Any:
        """The JSON body; an empty one is an empty object. Raises Invalid.

        It has been read before the handler began, which so is one atomic step: what it
        finds in the sandbox stays true until its end.
        """
        if not self._content.strip():
            return {}
        try:
            return orjson.loads(self._content)
        except orjson.JSONDecodeError as error:
            raise Invalid([Problem("the body", str(error), "a JSON document")]) from None


Handler = Callable[[Control], Awaitable[Response]]


def answer(document: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(document), status, media_type="application/json")


def no_content() -> Response:
    return Response(status_code=204)


def create_control(app: App) -> Any:
    """The control API of ``app`` as an ASGI application."""
    from mock_server.control.routes import ROUTES

    def route(method: str, path: str, handler: Handler) -> Route:
        # A scenario or a snapshot may be larger than any call of Cronofy's.
        limit = 16 * app.settings.max_body

        async def run(request: Request) -> Response:
            content = await read_body(request.scope, request.receive, limit)
            try:
                response = await handler(Control(app, request, content))
            except (Invalid, Taken, Clash):
                raise
            except Exception:
                logger.exception("%s %s failed", method, request.url.path)
                report = "an answer: please report it with the server's log"
                return problems([Problem("the server", "a bug of mock-cronofy", report)], 500)
            # What follows at once has happened when this is answered.
            app.worker.wake()
            return response

        return Route(f"/_mock{path}", run, methods=[method], name=handler.__name__)

    # Starlette tries them in order, so literal paths come first.
    declared = sorted(ROUTES, key=lambda line: line[1].count("{"))
    starlette = Starlette(
        routes=[route(method, path, handler) for method, path, handler in declared],
        exception_handlers={
            Invalid: _on_invalid(422),
            Unknown: _on_invalid(404),
            Taken: _on_taken,
            Clash: _on_clash,
            TooLarge: _on_too_large,
            Disconnected: _on_disconnected,
            404: _on_no_route,
            405: _on_wrong_method,
        },
    )
    # A redirect would repeat whatever the request calls our host.
    starlette.router.redirect_slashes = False
    return _SameOriginOnly(starlette, app)


def problems(found: list[Problem], status: int) -> Response:
    return answer({"errors": [problem.document() for problem in found]}, status)


def _on_invalid(status: int) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def handle(_: Request, error: Exception) -> Response:
        assert isinstance(error, Invalid)
        return problems(error.problems, status)

    return handle


async def _on_taken(_: Request, error: Exception) -> Response:
    assert isinstance(error, Taken)
    return problems([error.problem], 409)


async def _on_clash(_: Request, error: Exception) -> Response:
    assert isinstance(error, Clash)
    expected = "a value that no other living sandbox holds"
    return problems([Problem(error.namespace, repr(error.value), expected)], 409)


async def _on_too_large(_: Request, error: Exception) -> Response:
    return problems([Problem("the body", str(error), "a smaller body")], 413)


async def _on_disconnected(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # which nobody is left to read


async def _on_no_route(request: Request, _: Exception) -> Response:
    expected = "a path of the control API, as docs/control-api.md lists them"
    return problems([Problem("path", request.scope["path"], expected)], 404)


async def _on_wrong_method(request: Request, error: Exception) -> Response:
    allowed = dict(getattr(error, "headers", None) or {}).get("Allow", "")
    response = problems([Problem("method", request.method, allowed or "another method")], 405)
    if allowed:
        response.headers["Allow"] = allowed
    return response


class _SameOriginOnly:
    """Refuses what a browser sends from another site's page: that site is not a tester; and
    what the emulator sends to itself, because somebody has called this a callback_url.

    Nor is one whose name somebody has let point at this machine (DNS rebinding): such a
    page reads under its own origin, so its name in the Host header is what gives it away.
    """

    def __init__(self, wrapped: Any, app: App) -> None:
        self._wrapped = wrapped
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        problem = self._problem(scope)
        if problem is not None:
            await problems([problem], 403)(scope, receive, send)
            return
        await self._wrapped(scope, receive, send)

    def _problem(self, scope: Any) -> Problem | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if b"cronofy-hmac-sha256" in headers:
            # It would replay itself for ever, or reset what it comes from.
            found = "a callback of mock-cronofy"
            return Problem("Cronofy-HMAC-SHA256", found, "a request of a test's own")
        origin = headers.get(b"origin")
        site = headers.get(b"sec-fetch-site", "same-origin")
        own, public = base_url(scope), self._app.settings.public_url
        if origin not in (None, own, public) or site not in {"same-origin", "none"}:
            found = origin or f"Sec-Fetch-Site: {site}"
            return Problem("Origin", found, "a request that no other site's page has made")
        host = urlsplit(own).hostname or ""
        if not is_private_name(host) and host != urlsplit(public or "").hostname:
            expected = "localhost, an address, a private name, or the host of --public-url"
            return Problem("Host", host, expected)
        return None

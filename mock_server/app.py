"""create_app(): puts the parts together, nothing else."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

from mock_server import __version__
from mock_server.api.parsing import Disconnected
from mock_server.api.serve import Api, Receive, Send
from mock_server.delivery.listener import Listener
from mock_server.delivery.worker import Worker
from mock_server.settings import Settings
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes
from mock_server.world.switches import Strictness
from mock_server.world.timeline import Happening, TimelineEntry

_HEALTH = b'{"status":"ok","version":"' + __version__.encode() + b'"}'


class App:
    """The ASGI application: one server with its sandboxes, and the rooms that serve them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        base_url = settings.public_url or f"http://{settings.host}:{settings.port}"
        self.sandboxes = Sandboxes(base_url, cast("Strictness", settings.strictness))
        self.worker = Worker(self.sandboxes, settings, _act)
        self.listener = Listener(self.sandboxes, settings, self.worker.wake)
        self.api = Api(self.sandboxes, settings, self.worker.wake)
        self._control: Any = None
        self._pages: Any = None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._other(scope, receive, send)
            return
        path: str = scope["path"]
        try:
            if path.startswith("/v1/") or path.startswith("/oauth/token"):
                await self.api(scope, receive, send)
            elif path == "/_mock/health":
                await _json(send, _HEALTH)
            elif path == "/openapi.json":
                await _json(send, self.openapi)
            elif path.startswith("/_mock/"):
                await self.control(scope, receive, send)
            else:
                await self.pages(scope, receive, send)
        except Disconnected:
            pass  # nobody is left to be answered
        finally:
            self.worker.wake()

    @property
    def control(self) -> Any:
        """The control API, imported when it is first asked for."""
        if self._control is None:
            from mock_server.control.app import create_control

            self._control = create_control(self)
        return self._control

    @property
    def pages(self) -> Any:
        """The pages that people see, imported when the first is asked for."""
        if self._pages is None:
            from mock_server.pages.app import create_pages

            self._pages = create_pages(self)
        return self._pages

    @cached_property
    def openapi(self) -> bytes:
        """The OpenAPI document, made when it is first asked for."""
        import orjson

        from mock_server.api.openapi import document

        return orjson.dumps(document())

    async def _other(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.listener.start()
                self.worker.wake()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.listener.close()
                await self.worker.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _act(sandbox: Sandbox, entry: TimelineEntry) -> list[Happening]:
    """Carry out an entry of a timeline; what can do so is imported for the first."""
    from mock_server.scenarios.timeline import act

    return act(sandbox, entry)


async def _json(send: Send, content: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(content)),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def create_app(settings: Settings | None = None) -> App:
    """The emulator as an ASGI application, with the sandbox ``default`` of its scenario.

    Raises :class:`~mock_server.scenarios.problems.Invalid` for a scenario that is wrong.
    """
    from mock_server.scenarios.files import find_scenario, read_scenario
    from mock_server.scenarios.load import open_sandbox

    app = App(settings or Settings())
    path = find_scenario(app.settings.scenario)
    open_sandbox(
        app.sandboxes,
        read_scenario(path),
        sandbox_id="default",
        seed=app.settings.seed,
    )
    return app

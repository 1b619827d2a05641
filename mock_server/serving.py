"""Running the server: uvicorn with the settings that were measured to matter."""

from __future__ import annotations

import gc
import socket
import struct
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urlencode

import click
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_server.app import App, create_app
from mock_server.settings import Settings

# Seconds that calls under way have at the end: `…/wait` may go on for a minute.
_PATIENCE = 3

# Seconds that an idle connection is kept. A client that uses it again at the very moment in which
# it is closed gets no answer; suites that pause for uvicorn's five seconds would see that.
_KEPT_OPEN = 75

# Connections that may wait to be taken; as uvicorn has it.
_BACKLOG = 2048


# To linger for no time at all: what is closed so, is reset.
_AT_ONCE = struct.pack("ii", 1, 0)


class Protocol(HttpToolsProtocol):
    """HTTP as uvicorn speaks it; faults may reset the connection of a request besides.

    They find ``reset`` among the extensions of its scope.
    """

    # Requests of this connection that are not answered yet.
    _unanswered: Sequence[RequestResponseCycle] = ()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {"reset": self._reset}  # type: ignore[dict-item]

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        unanswered = [cycle for cycle in self._unanswered if not cycle.response_complete]
        self._unanswered = [*unanswered, self.cycle]

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # The latest has been told; whoever sent several at once has one before it under way.
        for cycle in self._unanswered:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def _reset(self) -> None:
        if not self.transport.is_closing():
            bound = self.transport.get_extra_info("socket")
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.transport.abort()


class Background:
    """An emulator in a thread of its own, on a free port; for whoever is in this process.

    ``settings.port`` does not count. ``bound`` is a socket that listens already, for an emulator
    that starts when the first call is there. Raises RuntimeError where it does not start.
    """

    def __init__(
        self, settings: Settings | None = None, *, bound: socket.socket | None = None
    ) -> None:
        settings = replace(settings or Settings(), port=0)
        self.app = create_app(settings)
        bound = _listen(self.app, bound)
        self.url = _address(settings, bound)
        # Logging is the business of the process that this is a part of.
        self._server = _Server(self.app, log_config=None)
        self._thread = threading.Thread(
            target=self._server.run, args=([bound],), name="mock-cronofy", daemon=True
        )
        self._thread.start()
        self._server.settled.wait()
        if not self._server.started:
            bound.close()
            raise RuntimeError("the emulator did not start; its log says why")

    def stop(self) -> None:
        """End it; calls under way have a few seconds."""
        self._server.should_exit = True
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(uvicorn.Server):
    """Says when it has started, or that it will not; waits in the end for no call that is held."""

    def __init__(self, app: App, **more: Any) -> None:
        super().__init__(_config(app, **more))
        self._app = app
        self.settled = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.settled.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for sandbox in self._app.sandboxes:
            sandbox.held.end()
        await super().shutdown(sockets)


def run(settings: Settings) -> None:
    """Serve until interrupted; prints where, and what a newcomer needs."""
    app = create_app(settings)
    server = _Server(app)
    bound = _listen(app)
    click.echo(_greeting(app, settings.public_url or _address(settings, bound)))
    # Nor is it looked through each time that garbage is: that took 50 ms of somebody's call.
    gc.freeze()
    gc.enable()
    with suppress(KeyboardInterrupt):  # which is how it is ended
        server.run(sockets=[bound])


def _config(app: App, **more: Any) -> uvicorn.Config:
    settings = app.settings
    return uvicorn.Config(
        app,
        http=Protocol,
        log_level="info" if settings.access_log else "warning",
        access_log=settings.access_log,
        server_header=False,
        lifespan="on",
        ws="none",
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_PATIENCE,
        timeout_keep_alive=_KEPT_OPEN,
        **more,
    )


def _listen(app: App, bound: socket.socket | None = None) -> socket.socket:
    """Where ``app`` is to be served; its addresses begin with that from now on."""
    settings = app.settings
    bound = bound or _bind(settings.host, settings.port, "--port")
    if settings.smtp_port is not None:
        app.listener.bound = _bind(settings.host, settings.smtp_port, "--smtp-port")
    app.sandboxes.base_url = settings.public_url or _address(settings, bound)
    for sandbox in app.sandboxes:
        sandbox.base_url = app.sandboxes.base_url
    return bound


def _bind(host: str, port: int, option: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        # Whoever reads that it is ready may connect at once, and waits at the most.
        bound.listen(_BACKLOG)
    except OSError as error:
        bound.close()
        raise click.ClickException(
            f"cannot listen on {host} port {port}: {error.strerror or error}; "
            f"choose another with --host and {option}"
        ) from None
    return bound


def _address(settings: Settings, bound: socket.socket) -> str:
    host = settings.host
    if host in {"0.0.0.0", "::"}:
        host = "localhost"
    elif ":" in host:
        host = f"[{host}]"
    return f"http://{host}:{bound.getsockname()[1]}"


def _greeting(app: App, address: str) -> str:
    sandbox = app.sandboxes.get("default")
    assert sandbox is not None
    application = next(iter(sandbox.applications))
    query = urlencode(
        {
            "response_type": "code",
            "client_id": application.client_id,
            "redirect_uri": f"{address}/callback",
            "scope": "free_busy_write",
            "state": "start",
        }
    )
    smtp = [f"  SMTP           {app.listener.address}"] if app.listener.bound else []
    return "\n".join(
        (
            f"mock-cronofy is ready on {address}",
            "",
            f"  client_id      {application.client_id}",
            f"  client_secret  {application.client_secret}",
            f"  scenario       {sandbox.scenario}, {len(sandbox.people)} people",
            "",
            *smtp,
            f"  Start page     {address}/",
            f"  Connect        {address}/oauth/authorize?{query}",
            f"  API document   {address}/openapi.json",
            "",
        )
    )

"""Running the server: uvicorn with the settings that were measured to matter."""

from __future__ import annotations

import gc
import socket
from contextlib import suppress
from urllib.parse import urlencode

import click
import uvicorn

from mock_server.app import App, create_app
from mock_server.settings import Settings

# Seconds that calls under way have at the end: `…/wait` may go on for a minute.
_PATIENCE = 3

# Connections that may wait to be taken; as uvicorn has it.
_BACKLOG = 2048


def run(settings: Settings) -> None:
    """Serve until interrupted; prints where, and what a newcomer needs."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="info" if settings.access_log else "warning",
        access_log=settings.access_log,
        server_header=False,
        lifespan="on",
        ws="none",
        backlog=_BACKLOG,
        timeout_graceful_shutdown=_PATIENCE,
    )
    bound = _bind(settings.host, settings.port, "--port")
    if settings.smtp_port is not None:
        app.listener.bound = _bind(settings.host, settings.smtp_port, "--smtp-port")
    address = _address(settings, bound)
    app.sandboxes.base_url = settings.public_url or address
    for sandbox in app.sandboxes:
        sandbox.base_url = app.sandboxes.base_url
    click.echo(_greeting(app, settings.public_url or address))
    # Nor is it looked through each time that garbage is: that took 50 ms of somebody's call.
    gc.freeze()
    gc.enable()
    with suppress(KeyboardInterrupt):  # which is how it is ended
        uvicorn.Server(config).run(sockets=[bound])


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

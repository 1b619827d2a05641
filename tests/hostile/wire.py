"""Requests below any client library's good manners: bytes in, bytes out.

:class:`Wire` drives the ASGI application directly, so that a property can be tried on
hundreds of requests in a second; ``tests/hostile/raw.py`` does it over a real socket.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any
from urllib.parse import unquote, urlencode

from mock_server.app import App, create_app
from mock_server.settings import Settings

Headers = Iterable[tuple[str | bytes, str | bytes]]


class Answer:
    """One answer: ``headers`` as sent, names in lower case."""

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def header(self, name: str) -> str | None:
        """The value of the first header ``name``."""
        wanted = name.lower().encode()
        return next((v.decode("latin-1") for k, v in self.headers if k.lower() == wanted), None)

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    def __repr__(self) -> str:
        return f"<{self.status} {self.headers} {self.body[:500]!r}>"


class Wire:
    """An emulator in this thread, asked with exactly the bytes given."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.loop = asyncio.new_event_loop()
        # No test looks up a name: nothing of this machine's network is asked.
        self.names: dict[str, str] = {"localhost": "127.0.0.1"}
        self.loop.getaddrinfo = self._getaddrinfo  # type: ignore[method-assign]
        self.reached: list[tuple[str, int]] = []
        self._connect = self.loop.create_connection
        self.loop.create_connection = self._create_connection  # type: ignore[assignment]
        self.app: App = create_app(settings or Settings())

    async def _getaddrinfo(self, host: Any, port: Any, **_: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        found = self.names.get(name.rstrip("."), name)
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                socket.inet_pton(family, found)
            except (OSError, ValueError):
                continue
            return [(family, socket.SOCK_STREAM, 6, "", (found, port or 0))]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def _create_connection(
        self, protocol: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """Note who is connected to; nobody but this machine is."""
        self.reached.append((host, port))
        assert host in {"127.0.0.1", "::1"}, f"a connection to {host} port {port}"
        return await self._connect(protocol, host, port, **options)

    def close(self) -> None:
        self.loop.run_until_complete(self.app.worker.close())
        self.loop.close()

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Whatever ``awaitable`` gives, in the emulator's own loop."""

        async def wait() -> Any:
            return await awaitable

        return self.loop.run_until_complete(wait())

    def ask(self, method: str, target: str | bytes, **options: Any) -> Answer:
        answer: Answer = self.run(self.asked(method, target, **options))
        return answer

    async def asked(
        self,
        method: str,
        target: str | bytes,
        *,
        headers: Headers = (),
        body: bytes = b"",
        form: Any = None,
        document: Any = None,
        token: str | None = None,
        chunks: Sequence[bytes] | None = None,
        disconnect: bool = False,
        receive: Callable[[], Awaitable[Any]] | None = None,
    ) -> Answer:
        """Ask; ``target`` is the raw path with its query.

        ``chunks`` sends the body in pieces, ``disconnect`` hangs up after them.
        """
        sent = [(_raw(name).lower(), _raw(value)) for name, value in headers]
        if document is not None:
            body = json.dumps(document).encode()
            sent.append((b"content-type", b"application/json"))
        if form is not None:
            body = urlencode(form).encode()
            sent.append((b"content-type", b"application/x-www-form-urlencoded"))
        if token is not None:
            sent.append((b"authorization", b"Bearer " + token.encode("latin-1")))
        if not any(name == b"host" for name, _ in sent):
            sent.append((b"host", b"localhost:8282"))
        raw_path, _, query = _raw(target).partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw_path.decode("latin-1")),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": sent,
            "client": ("127.0.0.1", 40000),
            "server": ("127.0.0.1", 8282),
            "state": {},
        }
        pieces = list(chunks) if chunks is not None else [body]
        started: dict[str, Any] = {}
        content: list[bytes] = []

        async def from_client() -> Any:
            if pieces:
                piece = pieces.pop(0)
                more = bool(pieces) or disconnect
                return {"type": "http.request", "body": piece, "more_body": more}
            return {"type": "http.disconnect"}

        async def to_client(message: Any) -> None:
            if message["type"] == "http.response.start":
                assert not started, "the answer began twice"
                started.update(message)
            else:
                content.append(message.get("body", b""))

        await self.app(scope, receive or from_client, to_client)
        if not started:
            return Answer(0, [], b"")
        return Answer(started["status"], list(started["headers"]), b"".join(content))

    def open_sandbox(self, **wanted: Any) -> dict[str, Any]:
        """The document of a new sandbox."""
        answer = self.ask("POST", "/_mock/sandboxes", document=wanted)
        assert answer.status == 201, answer
        document: dict[str, Any] = answer.json()
        return document

    def connect(self, sandbox_id: str, **wanted: Any) -> dict[str, Any]:
        """Connect somebody without a browser; the token answer."""
        answer = self.ask("POST", f"/_mock/sandboxes/{sandbox_id}/connect", document=wanted)
        assert answer.status == 201, answer
        document: dict[str, Any] = answer.json()
        return document


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


def check_manners(answer: Answer) -> None:
    """What holds for every answer of the emulator, whoever it is for."""
    for name, value in answer.headers:
        assert value.isascii(), (name, value)
        assert value.decode().isprintable(), (name, value)
        assert name.decode() == name.decode().strip().lower(), name
        # Some clients read no more than 8 KiB of a header.
        assert len(value) <= 8000 or name == b"location", (name, len(value))
    length = answer.header("content-length")
    if answer.status != 204:
        assert length == str(len(answer.body)), answer

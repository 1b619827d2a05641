"""A server between the suite and the emulator, whose answers a test can change."""

from __future__ import annotations

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx


class Passing:
    """An answer on its way to whoever asked; a test changes what it wants."""

    def __init__(self, request: str, response: httpx.Response) -> None:
        self.request = request
        self.status = response.status_code
        self.headers = {
            name: value
            for name, value in response.headers.items()
            if name not in ("content-length", "date", "server")
        }
        self.content = response.content


# Takes every answer; ``request`` is ``GET /v1/calendars``, without a query.
Tamper = Callable[[Passing], None]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Who asked may have gone meanwhile."""


class Tampering:
    """Passes everything on to ``emulator``, and what it answers through ``tamper``."""

    def __init__(self, emulator: str, tamper: Tamper) -> None:
        http = httpx.Client(base_url=emulator, trust_env=False)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # An answer leaves at once, not in pieces that wait for each other.

            def _pass(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                content = self.rfile.read(length)
                request = f"{self.command} {self.path.partition('?')[0].rstrip('/')}"
                headers = dict(self.headers.items())
                response = http.request(self.command, self.path, content=content, headers=headers)
                passing = Passing(request, response)
                tamper(passing)
                self.send_response(passing.status)
                for name, value in passing.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(passing.content)))
                self.end_headers()
                self.wfile.write(passing.content)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self._pass
                raise AttributeError(name)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = http
        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._http.close()

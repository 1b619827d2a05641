"""A small web server that receives callbacks."""

from __future__ import annotations

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

# Seconds.
TIMEOUT = 10


class Callback(NamedTuple):
    path: str
    headers: dict[str, str]
    body: str


class Receiver:
    """Answers every POST with an empty 200, and keeps what came."""

    def __init__(self) -> None:
        self._came: queue.Queue[Callback] = queue.Queue()
        came = self._came

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                came.put(Callback(self.path, headers, body))

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def next(self) -> Callback:
        """The next callback, once it is here."""
        return self._came.get(timeout=TIMEOUT)

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

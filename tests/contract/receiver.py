"""A small web server that receives callbacks."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

# Seconds; only a test that fails waits as long.
TIMEOUT = 10


class Callback(NamedTuple):
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


class _Server(ThreadingHTTPServer):
    # As many connections may wait as the worker makes at once, and more.
    request_queue_size = 64


class Receiver:
    """Answers POSTs with the statuses of ``answers``, one after another, then with 200.

    While ``gate`` is closed, no answer leaves; what came can be looked at all the same.
    """

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self._came: queue.Queue[Callback] = queue.Queue()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status = receiver.answers.pop(0) if receiver.answers else 200
                text = b"" if status == 200 else b"answered %d" % status
                receiver._came.put(Callback(self.path, headers, body))
                receiver.gate.wait(TIMEOUT)
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{receiver.url}/elsewhere")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def next(self) -> Callback:
        """The next callback, once it is here."""
        return self._came.get(timeout=TIMEOUT)

    @property
    def empty(self) -> bool:
        """Whether every callback that came has been looked at."""
        return self._came.empty()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

"""Bytes over a real socket: what no client library lets anybody send."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.hostile.wire import Answer

# Seconds; only a test that fails waits as long.
TIMEOUT = 10


def request(
    method: str | bytes,
    target: str | bytes,
    headers: Iterable[tuple[str | bytes, str | bytes]] = (),
    body: bytes = b"",
    *,
    length: bool = True,
) -> bytes:
    """One request, with nothing escaped; ``length`` adds an honest Content-Length."""
    lines = [_raw(method) + b" " + _raw(target) + b" HTTP/1.1"]
    sent = [(_raw(name), _raw(value)) for name, value in headers]
    if not any(name.lower() == b"host" for name, _ in sent):
        sent.insert(0, (b"Host", b"localhost"))
    if body and length:
        sent.append((b"Content-Length", b"%d" % len(body)))
    lines += [name + b": " + value for name, value in sent]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Connection:
    """One connection to the emulator at ``url``."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, content: bytes) -> None:
        """Send; a server that has hung up already is no error here."""
        with suppress(ConnectionError):
            self._socket.sendall(content)

    def finish_sending(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def answer(self, method: str = "GET") -> Answer | None:
        """The next answer; None where the server has hung up instead."""
        try:
            status_line = self._file.readline()
        except ConnectionError:
            return None
        if not status_line:
            return None
        protocol, status, _ = status_line.decode("ascii").split(" ", 2)
        assert protocol == "HTTP/1.1", status_line
        headers: list[tuple[bytes, bytes]] = []
        while (line := self._file.readline()) not in {b"\r\n", b""}:
            name, colon, value = line.removesuffix(b"\r\n").partition(b":")
            assert colon, line
            headers.append((name.lower(), value.strip()))
        answer = Answer(int(status), headers, b"")
        length = answer.header("content-length")
        if method != "HEAD" and status not in {"204", "304"}:
            answer.body = self._file.read() if length is None else self._file.read(int(length))
        return answer

    def ask(self, content: bytes, method: str = "GET") -> Answer | None:
        self.send(content)
        return self.answer(method)


def _raw(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")

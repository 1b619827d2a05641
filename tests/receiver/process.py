"""The receiving process as tests see it: each has an address of its own there."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from tests.receiver.app import PATIENCE

_ROOT = Path(__file__).parents[2]
# Seconds, to start and to end in.
_TIMEOUT = 30


@dataclass(frozen=True)
class Callback:
    """``path`` is what follows the receiver's address, with the query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def document(self) -> Any:
        return json.loads(self.body)

    @property
    def signature(self) -> str:
        return self.headers["cronofy-hmac-sha256"]


class Receiver:
    """Answers with an empty 200, unless told otherwise; keeps what came."""

    def __init__(self, process: ReceiverProcess) -> None:
        self._http = process.http
        name = uuid4().hex
        self._path, self._desk = f"/{name}", f"/_/{name}"
        self.url = process.url + self._path

    def answer(self, *answers: dict[str, Any]) -> None:
        """What the next callbacks are answered: ``status_code``, ``headers``, ``content``."""
        assert self._http.post(self._desk, json=answers).status_code == 204

    def _take(self, patience: float) -> Callback | None:
        response = self._http.get(self._desk, params={"patience": patience})
        if response.status_code == 204:
            return None
        came = response.json()
        path = came["target"].removeprefix(self._path)
        headers = {name.lower(): value for name, value in came["headers"]}
        assert len(headers) == len(came["headers"])
        return Callback(came["method"], path, headers, base64.b64decode(came["body"]))

    def next(self) -> Callback:
        """The next callback, once it is here."""
        callback = self._take(PATIENCE)
        assert callback is not None, f"nothing came within {PATIENCE} seconds"
        return callback

    def rest(self) -> list[Callback]:
        """All that has come by now and was not looked at."""
        return list(iter(lambda: self._take(0), None))

    def close(self) -> None:
        self._http.delete(self._desk)


class ReceiverProcess:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.receiver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the receiver did not start; its standard error says why"
        self.http = httpx.Client(base_url=self.url, trust_env=False, timeout=_TIMEOUT)

    def stop(self) -> None:
        self.http.close()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(_TIMEOUT)
        self._process.stdout.close()

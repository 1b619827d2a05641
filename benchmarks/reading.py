"""One week of a calendar, read from calendars of ever more events around that week."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from collections.abc import Awaitable, Callable
from statistics import median, quantiles

import httpx

from benchmarks.processes import resident_megabytes
from mock_server.app import App, create_app
from mock_server.rules import own_calendar
from mock_server.settings import Settings
from mock_server.world.events import Details
from mock_server.world.people import ProviderCalendar
from mock_server.world.sandbox import Sandbox

SIZES = (100, 10_000, 1_000_000)
FOUND = 100
ROUNDS = 300

_DAY = 86_400
_WEEK = 1_778_457_600  # Monday 2026-05-11, UTC
_YEARS = 30

Read = Callable[[], Awaitable[float]]


def report() -> None:
    asyncio.run(_report())


async def _report() -> None:
    reads: dict[int, Read] = {}
    memory: dict[int, float] = {}
    clients = []
    for size in SIZES:
        client, reads[size], memory[size] = await prepared(size)
        clients.append(client)
    for read in reads.values():
        await read()
    taken: dict[int, list[float]] = {size: [] for size in SIZES}
    # By turns, so that whatever else the machine does falls on all.
    for _ in range(ROUNDS):
        for size, read in reads.items():
            taken[size].append(await read())
    print(f"GET /v1/events, a week with {FOUND} events, {ROUNDS} rounds by turns, in-process")
    for size, times in taken.items():
        p99 = quantiles(times, n=100)[98]
        print(
            f"  calendar of {size:>9,}  {median(times) * 1000:8.2f} ms   p99 {p99 * 1000:6.2f} ms"
        )
    ratio = median(taken[SIZES[-1]]) / median(taken[SIZES[0]])
    print(f"  ratio, largest to smallest {ratio:5.2f}")
    print(
        f"  memory of a stored event   {memory[SIZES[-1]]:5.0f} bytes, of {SIZES[-1]:,}: the "
        "provider's, Cronofy's copy, and their indexes\n"
    )
    for client in clients:
        await client.aclose()


async def prepared(size: int) -> tuple[httpx.AsyncClient, Read, float]:
    """A client, a read that says how many seconds it took, and the memory of each event."""
    app = create_app(Settings())
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://localhost:8282",
    )
    base = "/_mock/sandboxes/default"
    await client.put(f"{base}/clock", json={"now": "2026-05-11T08:00:00Z"})
    connected = (await client.post(f"{base}/connect", json={"email": "bench@acme.test"})).json()
    gc.collect()
    before = resident_megabytes(os.getpid())
    _fill(_sandbox(app), size)
    gc.collect()
    grown = (resident_megabytes(os.getpid()) - before) * 1024 * 1024
    headers = {"Authorization": f"Bearer {connected['access_token']}"}
    query = {"tzid": "Etc/UTC", "from": "2026-05-11", "to": "2026-05-18"}

    async def read() -> float:
        started = time.perf_counter()
        response = await client.get("/v1/events", params=query, headers=headers)
        taken = time.perf_counter() - started
        assert len(response.json()["events"]) == FOUND, response.text[:200]
        return taken

    return client, read, grown / size


def _sandbox(app: App) -> Sandbox:
    sandbox = app.sandboxes.get("default")
    assert sandbox is not None
    return sandbox


def _fill(sandbox: Sandbox, size: int) -> None:
    """``FOUND`` events in the week, all others in the years before and after it."""
    chance = random.Random(size)
    calendar = sandbox.provider_calendars.by("email", "bench@acme.test")[0]
    for index in range(FOUND):
        _put(sandbox, calendar, _WEEK + index * 3600 + 1800, 1800)
    for _ in range(size - FOUND):
        # One in a hundred lasts for weeks.
        length = chance.randrange(1, 40) * _DAY if chance.random() < 0.01 else 1800
        away = chance.randrange(2 * _DAY, _YEARS * 365 * _DAY)
        after = chance.random() < 0.5
        start = _WEEK + 7 * _DAY + away if after else _WEEK - away - length
        _put(sandbox, calendar, start, length)


def _put(sandbox: Sandbox, calendar: ProviderCalendar, start: int, length: int) -> None:
    details = Details(summary=f"Meeting {start}", start=start, end=start + length)
    own_calendar.add(sandbox, calendar, details)

"""The worker keeps to itself: few timers, bounded waiting, one sandbox apart from another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mock_server.delivery.worker import Worker
from mock_server.rules import deliveries
from mock_server.rules.deliveries import PAUSES
from mock_server.settings import Settings
from mock_server.world.outbox import Delivery
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes

# Nobody listens there.
CLOSED = "http://127.0.0.1:9"

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def pending(sandbox: Sandbox, number: int, url: str) -> None:
    now = sandbox.now()
    sandbox.deliveries.put(Delivery(f"dlv_{number}", "app", "test", url, "{}", "pending", now, now))


def opened(sandboxes: Sandboxes, sandbox_id: str, start: int | None = None) -> Sandbox:
    sandbox = sandboxes.open(sandbox_id, 1, start=start)
    sandboxes.add(sandbox)
    return sandbox


@asynccontextmanager
async def receiver(serve: Serve) -> AsyncIterator[str]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def test_one_timer_waits_for_all_that_is_due_later() -> None:
    """Not one for each callback, each time that anything happens."""

    async def run() -> None:
        sandboxes = Sandboxes()
        worker = Worker(sandboxes, Settings())
        sandbox = opened(sandboxes, "one")
        loop = asyncio.get_running_loop()
        timers: list[asyncio.TimerHandle] = []
        call_later = loop.call_later

        def noted(delay: float, *arguments: Any, **options: Any) -> asyncio.TimerHandle:
            handle = call_later(delay, *arguments, **options)
            if delay > PAUSES[0] - 5:
                timers.append(handle)
            return handle

        loop.call_later = noted  # type: ignore[method-assign,assignment]
        for number in range(20):
            pending(sandbox, number, CLOSED)
        worker.wake()
        await worker.advance(sandbox, 0)
        assert all(len(delivery.attempts) == 1 for delivery in sandbox.deliveries)
        assert len([timer for timer in timers if not timer.cancelled()]) == 1
        sandboxes.discard(sandbox)
        worker.wake()
        assert all(timer.cancelled() for timer in timers)
        await worker.close()

    asyncio.run(run())


def test_an_answer_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver has its time as a whole, not anew for each byte."""
    schedule = deliveries.Schedule(0.2, PAUSES)
    monkeypatch.setattr(deliveries, "schedule", lambda _: schedule)

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _second in range(1000):
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def run() -> None:
        sandboxes = Sandboxes()
        worker = Worker(sandboxes, Settings())
        sandbox = opened(sandboxes, "one", start=0)
        async with receiver(drip) as url:
            pending(sandbox, 1, url)
            await asyncio.wait_for(worker.advance(sandbox, 0), 5)
            (attempt,) = sandbox.deliveries["dlv_1"].attempts
            assert (attempt.status, attempt.error) == (None, "no answer within 0.2 seconds")
            await worker.close()

    asyncio.run(run())


def test_proxies_of_the_environment_get_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is for this machine stays on it, whatever the machine does with other calls."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, CLOSED)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n{}")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        await writer.drain()

    async def run() -> None:
        sandboxes = Sandboxes()
        worker = Worker(sandboxes, Settings())
        sandbox = opened(sandboxes, "one", start=0)
        async with receiver(serve) as url:
            pending(sandbox, 1, url)
            await asyncio.wait_for(worker.advance(sandbox, 0), 5)
            (attempt,) = sandbox.deliveries["dlv_1"].attempts
            assert (attempt.status, attempt.error) == (204, None)
            await worker.close()

    asyncio.run(run())


def test_moving_a_clock_waits_for_no_other_sandbox() -> None:
    """A receiver that keeps one test waiting does not hold up the others."""

    async def run() -> None:
        sandboxes = Sandboxes()
        worker = Worker(sandboxes, Settings())
        slow, quick = opened(sandboxes, "slow", start=0), opened(sandboxes, "quick", start=0)
        gate = asyncio.Event()

        async def wait(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
            await gate.wait()

        async with receiver(wait) as url:
            pending(slow, 1, url)
            worker.wake()
            pending(quick, 1, CLOSED)
            happened = await asyncio.wait_for(worker.advance(quick, 60), 3)
            assert happened == [{"attempted_delivery": "dlv_1", "at": 60}]
            assert not slow.deliveries["dlv_1"].attempts
            gate.set()
            await worker.close()

    asyncio.run(run())

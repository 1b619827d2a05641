"""The worker: empties the sandboxes' outboxes, never in a request's way.

A callback is tried when it falls due by its sandbox's clock, signed over the exact
bytes, and tried again with growing pauses until a 2xx answer or the last pause.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from mock_server import __version__
from mock_server.settings import Settings
from mock_server.world.outbox import Attempt, Delivery
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox, Sandboxes

# Seconds to wait after each failed attempt (assumed, identity §6.4); then it has failed.
PAUSES = (60, 300, 1800, 7200)

# A receiver has this long to answer.
TIMEOUT = 5.0

_AT_ONCE = 16
_SHOWN = 2000


class Worker:
    """Delivers for every sandbox of a server."""

    def __init__(self, sandboxes: Sandboxes, settings: Settings) -> None:
        self._sandboxes = sandboxes
        self._settings = settings
        self._tasks: dict[asyncio.Task[None], Sandbox] = {}
        self._timers: dict[Sandbox, asyncio.TimerHandle] = {}
        self._in_flight: set[tuple[Sandbox, str]] = set()
        self._client: Any = None
        self._slots: asyncio.Semaphore | None = None

    def wake(self) -> None:
        """Look after the sandboxes whose outbox has changed; costs nothing if none has."""
        stirred = self._sandboxes.directory.stirred
        while stirred:
            sandbox: Any = stirred.pop()
            self._look_after(sandbox)

    def _look_after(self, sandbox: Sandbox) -> None:
        """Start what is due; one timer waits for whatever falls due next."""
        timer = self._timers.pop(sandbox, None)
        if timer is not None:
            timer.cancel()
        waits = []
        for delivery in sandbox.deliveries.by("state", "pending"):
            wait = delivery.due_at - sandbox.now()
            if wait <= 0:
                self._start(sandbox, delivery)
            else:
                waits.append(wait)
        if waits and sandbox.clock.mode == "real":
            loop = asyncio.get_running_loop()
            self._timers[sandbox] = loop.call_later(min(waits), self._stir, sandbox)

    def _stir(self, sandbox: Sandbox) -> None:
        self._sandboxes.directory.stirred.add(sandbox)
        self.wake()

    def _start(self, sandbox: Sandbox, delivery: Delivery) -> None:
        mark = (sandbox, delivery.delivery_id)
        if mark in self._in_flight:
            return
        self._in_flight.add(mark)
        task = asyncio.create_task(self._carry_out(sandbox, delivery))
        self._tasks[task] = sandbox
        task.add_done_callback(self._tasks.pop)

    async def _carry_out(self, sandbox: Sandbox, delivery: Delivery) -> None:
        if self._slots is None:
            self._slots = asyncio.Semaphore(_AT_ONCE)
        try:
            async with self._slots:
                if _is_current(sandbox, delivery):
                    refusal = await self._refusal(delivery.url)
                    attempt = await self._attempt(sandbox, delivery, refusal)
                    if _is_current(sandbox, delivery):
                        after = _after(delivery, attempt, refused=refusal is not None)
                        sandbox.deliveries.put(after)
        finally:
            self._in_flight.discard((sandbox, delivery.delivery_id))
        # What was put in its place, while it was on its way, has its turn now.
        self._stir(sandbox)

    async def _attempt(self, sandbox: Sandbox, delivery: Delivery, refusal: str | None) -> Attempt:
        at = sandbox.now()
        if refusal is not None:
            return Attempt(at, None, refusal, 0)
        import httpx  # here, not above: most servers never call back

        if self._client is None:
            # Their time is measured as a whole, below.
            self._client = httpx.AsyncClient(timeout=None, trust_env=False)
        application = sandbox.applications.get(delivery.client_id)
        body = delivery.body.encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": f"Cronofy (mock-cronofy {__version__})",
            "Cronofy-HMAC-SHA256": sign(body, application.client_secrets if application else ()),
        }
        loop = asyncio.get_running_loop()
        started = loop.time()
        status, problem, answer = None, None, ""
        try:
            async with asyncio.timeout(TIMEOUT):
                response = await self._client.post(delivery.url, content=body, headers=headers)
            status, answer = response.status_code, response.text[:_SHOWN]
        except TimeoutError:
            problem = f"no answer within {TIMEOUT:g} seconds"
        except Exception as error:  # whatever it is, this was an attempt: the next one waits
            problem = f"{type(error).__name__}: {error}".rstrip(": ")
        duration = round((loop.time() - started) * 1000)
        return Attempt(at, status, problem, duration, answer)

    async def _refusal(self, url: str) -> str | None:
        """Why nothing may be sent to ``url``; None if it may.

        Only loopback and private addresses, and hosts named in the settings: a CI run
        never calls the internet by accident.
        """
        host = urlsplit(url).hostname or ""
        if host in self._settings.allow_callback_host:
            return None
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            return f"the host {host} cannot be found: {error}"
        for *_, address in found:
            if not _is_near(str(address[0])):
                return (
                    f"{host} is neither a loopback nor a private address; allow it with "
                    f"--allow-callback-host {host}"
                )
        return None

    async def _settle(self, sandbox: Sandbox) -> None:
        """Wait until nothing of ``sandbox`` is on its way any more."""
        self.wake()
        while tasks := [task for task, whose in self._tasks.items() if whose is sandbox]:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def advance(self, sandbox: Sandbox, seconds: int) -> list[dict[str, Any]]:
        """Move the sandbox's clock; what falls due on the way happens in order.

        Returns what happened: one document for each attempt made.
        """
        end = sandbox.now() + seconds
        happened = []
        await self._settle(sandbox)
        while True:
            due = [d for d in sandbox.deliveries.by("state", "pending") if d.due_at <= end]
            if not due:
                break
            following = min(due, key=lambda d: d.due_at)
            sandbox.clock.move(max(0, following.due_at - sandbox.now()))
            self._start(sandbox, following)
            await self._settle(sandbox)
            happened.append({"attempted_delivery": following.delivery_id, "at": sandbox.now()})
        sandbox.clock.move(max(0, end - sandbox.now()))
        return happened

    async def close(self) -> None:
        for timer in self._timers.values():
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()


def _is_current(sandbox: Sandbox, delivery: Delivery) -> bool:
    """Whether this is still to be done: no reset, no end of the sandbox, no replay since."""
    return sandbox.deliveries.get(delivery.delivery_id) is delivery


def _after(delivery: Delivery, attempt: Attempt, *, refused: bool) -> Delivery:
    """The delivery once ``attempt`` has been made."""
    tries = len(delivery.attempts)
    delivery = replace(delivery, attempts=(*delivery.attempts, attempt))
    if refused:
        return replace(delivery, state="refused")
    if attempt.status is not None and 200 <= attempt.status < 300:
        return replace(delivery, state="delivered")
    if tries >= len(PAUSES):
        return replace(delivery, state="failed")
    return replace(delivery, due_at=attempt.at + PAUSES[tries])


def _is_near(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    return (ip.is_loopback or ip.is_private) and not ip.is_link_local


def sign(body: bytes, secrets: Iterable[str]) -> str:
    """``Cronofy-HMAC-SHA256``: one value for each active secret, joined by a bare comma."""
    return ",".join(
        base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
        for secret in secrets
    )

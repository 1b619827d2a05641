"""The worker: lets happen what is due by a sandbox's clock, and empties its outbox.

A timer's rule is carried out at its time. A callback is tried when it falls due, signed
over the exact bytes, and tried again with growing pauses until a 2xx answer or the last
pause; never in a request's way. So is a mail, where there is a relay that takes them.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import heapq
import hmac
import logging
import weakref
from collections.abc import Hashable, Iterable
from typing import Any

from mock_server import __version__
from mock_server.delivery import relay
from mock_server.delivery.sender import Outcome, Sender
from mock_server.rules import deliveries, due
from mock_server.settings import Settings
from mock_server.world.outbox import Attempt, Delivery, Message
from mock_server.world.sandbox import Sandbox, Sandboxes
from mock_server.world.timers import Timer

logger = logging.getLogger(__name__)

# Callbacks of one sandbox that are on their way together, so that a receiver which never
# answers holds up no other sandbox's; and of all of them.
_AT_ONCE = 16
_ALTOGETHER = 128

# Event loops keep no longer timers.
_LONGEST_WAIT = 86_400


class _Lane:
    """What is on its way from one sandbox, and when to look at it again.

    ``ahead`` is a heap of its timers by time; those that have gone meanwhile are passed over.
    """

    __slots__ = ("advancing", "ahead", "in_flight", "slots", "tasks", "timer")

    def __init__(self) -> None:
        self.ahead: list[tuple[int, str]] = []
        self.in_flight: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.slots = asyncio.Semaphore(_AT_ONCE)
        self.advancing = asyncio.Lock()
        self.timer: asyncio.TimerHandle | None = None


class Worker:
    """Lets happen what is due, and delivers, for every sandbox of a server."""

    def __init__(self, sandboxes: Sandboxes, settings: Settings) -> None:
        self._sandboxes = sandboxes
        self._sender = Sender(settings)
        self._relay = settings.relay
        self._lanes: weakref.WeakKeyDictionary[Sandbox, _Lane] = weakref.WeakKeyDictionary()
        self._slots: asyncio.Semaphore | None = None

    def wake(self) -> None:
        """Look after what has changed; costs nothing if nothing has."""
        changes = self._sandboxes.directory.changes
        while changes:
            changed = list(changes)
            changes.clear()
            for owner, record, key in changed:
                sandbox: Any = owner
                if record is Delivery:
                    self._delivery_changed(sandbox, key)
                elif record is Timer:
                    self._timer_changed(sandbox, key)
                elif record is Message:
                    self._mail_changed(sandbox, key)

    def _delivery_changed(self, sandbox: Sandbox, key: Hashable) -> None:
        delivery = sandbox.deliveries.get(key)
        if delivery is not None and delivery.queue is not None:
            # Whatever has become of this one, it may be the turn of another.
            delivery = sandbox.deliveries.one("queue", delivery.queue)
        if delivery is not None and delivery.state == "pending":
            self._consider(sandbox, delivery)
        elif sandbox.deliveries.one("state", "pending") is None and not sandbox.timers:
            self._stop_looking(sandbox)

    def _mail_changed(self, sandbox: Sandbox, key: Hashable) -> None:
        message = sandbox.messages.get(key)
        if self._relay is None or message is None:
            return
        if relay.delivery_id(message.message_id) not in sandbox.deliveries:
            sandbox.deliveries.put(relay.delivery(message, self._relay, sandbox.now()))

    def _record_mails(self, sandbox: Sandbox) -> None:
        """Put what has just been mailed into the outbox, beside what else is due now."""
        changes = self._sandboxes.directory.changes
        for owner, record, key in list(changes):
            if owner is sandbox and record is Message:
                del changes[owner, record, key]
                self._mail_changed(sandbox, key)

    def _timer_changed(self, sandbox: Sandbox, key: Hashable) -> None:
        timer = sandbox.timers.get(key)
        if timer is not None:
            heapq.heappush(self._lane(sandbox).ahead, (timer.due_at, timer.timer_id))
            self._happen(sandbox)

    def look(self, sandbox: Sandbox) -> None:
        """Look after everything that is pending: the clock has changed."""
        self._happen(sandbox)
        for delivery in sandbox.deliveries.by("state", "pending"):
            self._consider(sandbox, delivery)
        self.wake()

    def _happen(self, sandbox: Sandbox) -> list[Timer]:
        """Let everything happen that is due by now; returns it in order."""
        happened = []
        while (timer := self._next_timer(sandbox)) and timer.due_at <= sandbox.now():
            sandbox.timers.remove(timer.timer_id)
            happened.append(timer)
            try:
                due.carry_out(sandbox, timer)
            except Exception:
                logger.exception("%s of %r failed", timer.kind, timer.subject)
        if timer is not None and sandbox.clock.mode == "real":
            self._look_later(sandbox, min(timer.due_at - sandbox.now(), _LONGEST_WAIT))
        return happened

    def _next_timer(self, sandbox: Sandbox) -> Timer | None:
        ahead = self._lane(sandbox).ahead
        while ahead:
            due_at, timer_id = ahead[0]
            timer = sandbox.timers.get(timer_id)
            if timer is not None and timer.due_at == due_at:
                return timer
            heapq.heappop(ahead)
        return None

    def _lane(self, sandbox: Sandbox) -> _Lane:
        lane = self._lanes.get(sandbox)
        if lane is None:
            lane = self._lanes[sandbox] = _Lane()
        return lane

    def _consider(self, sandbox: Sandbox, delivery: Delivery) -> None:
        if not deliveries.is_next(sandbox, delivery):
            return
        wait = delivery.due_at - sandbox.now()
        if wait <= 0:
            self._start(sandbox, delivery)
        elif sandbox.clock.mode == "real":
            self._look_later(sandbox, min(wait, _LONGEST_WAIT))

    def _look_later(self, sandbox: Sandbox, wait: int) -> None:
        """Look again in ``wait`` seconds, unless that happens before anyway."""
        lane, loop = self._lane(sandbox), asyncio.get_running_loop()
        if lane.timer is not None:
            if lane.timer.when() <= loop.time() + wait:
                return
            lane.timer.cancel()

        # A sandbox that has ended is not kept for its retries.
        waiting = weakref.ref(sandbox)

        def look() -> None:
            lane.timer = None
            if (living := waiting()) is not None:
                self.look(living)

        lane.timer = loop.call_later(wait, look)

    def _stop_looking(self, sandbox: Sandbox) -> None:
        lane = self._lanes.get(sandbox)
        if lane is not None and lane.timer is not None:
            lane.timer.cancel()
            lane.timer = None

    def _start(self, sandbox: Sandbox, delivery: Delivery) -> None:
        lane = self._lane(sandbox)
        if delivery.delivery_id in lane.in_flight:
            return
        lane.in_flight.add(delivery.delivery_id)
        task = asyncio.create_task(self._carry_out(sandbox, lane, delivery))
        lane.tasks.add(task)
        task.add_done_callback(lane.tasks.discard)

    async def _carry_out(self, sandbox: Sandbox, lane: _Lane, delivery: Delivery) -> None:
        if self._slots is None:
            self._slots = asyncio.Semaphore(_ALTOGETHER)
        try:
            async with lane.slots, self._slots:
                if _is_current(sandbox, delivery):
                    at = sandbox.now()
                    headers = _headers(sandbox, delivery)
                    outcome = await self._send(sandbox, delivery, headers)
                    if _is_current(sandbox, delivery):
                        attempt = Attempt(
                            at,
                            outcome.status,
                            outcome.error,
                            outcome.duration,
                            outcome.answer,
                            tuple(headers.items()),
                        )
                        deliveries.tried(sandbox, delivery, attempt, refused=outcome.refused)
        finally:
            lane.in_flight.discard(delivery.delivery_id)
        # Tried again later, or what was put in its place while it was on its way.
        current = sandbox.deliveries.get(delivery.delivery_id)
        if current is not None and current.state == "pending":
            self._consider(sandbox, current)

    async def _send(self, sandbox: Sandbox, delivery: Delivery, headers: dict[str, str]) -> Outcome:
        try:
            if delivery.kind == relay.KIND:
                return await self._mail(sandbox, delivery)
            timeout = deliveries.schedule(delivery).timeout
            return await self._sender.send(delivery.url, delivery.body.encode(), headers, timeout)
        except Exception:
            logger.exception("the delivery to %r failed", delivery.url)
            return Outcome(None, "a bug of mock-cronofy: please report it with the server's log")

    async def _mail(self, sandbox: Sandbox, delivery: Delivery) -> Outcome:
        # A snapshot may come from a server with another relay, and from whoever edited it.
        if self._relay is None or delivery.url != relay.url(self._relay):
            expected = f"--smtp-relay {delivery.url.removeprefix('smtp://')}"
            return Outcome(None, f"not the relay of this server: expected {expected}", refused=True)
        message = sandbox.messages.get(relay.message_id(delivery.delivery_id))
        if message is None:
            return Outcome(None, "the mail is not in the sandbox any more", refused=True)
        return await relay.send(message, self._relay)

    async def settle(self, sandbox: Sandbox) -> None:
        """Wait until nothing of ``sandbox`` is on its way any more."""
        self.wake()
        lane = self._lane(sandbox)
        while lane.tasks:
            await asyncio.gather(*lane.tasks, return_exceptions=True)

    async def advance(self, sandbox: Sandbox, seconds: int) -> list[dict[str, Any]]:
        """Move the sandbox's clock; what falls due on the way happens in order.

        Returns what happened: one document for each timer and each attempt made. Whoever
        sets the clock meanwhile (a reset does) has the last word.
        """
        happened: list[dict[str, Any]] = []
        async with self._lane(sandbox).advancing:
            await self.settle(sandbox)
            end = sandbox.now() + seconds
            while True:
                following, timer = _following(sandbox, end), self._next_timer(sandbox)
                moments = [item.due_at for item in (*following[:1], timer) if item]
                if not moments or min(moments) > end:
                    break
                sandbox.clock.move(max(0, min(moments) - sandbox.now()))
                at, mark = sandbox.now(), sandbox.clock.state()
                happened += [
                    {"happened": timer.kind, "subject": list(timer.subject), "at": at}
                    for timer in self._happen(sandbox)
                ]
                self._record_mails(sandbox)
                for delivery in _following(sandbox, at):
                    self._start(sandbox, delivery)
                    happened.append({"attempted_delivery": delivery.delivery_id, "at": at})
                await self.settle(sandbox)
                if sandbox.clock.state() != mark:
                    return happened
            sandbox.clock.move(max(0, end - sandbox.now()))
        return happened

    async def close(self) -> None:
        for lane in self._lanes.values():
            if lane.timer is not None:
                lane.timer.cancel()
            for task in list(lane.tasks):
                task.cancel()
            await asyncio.gather(*lane.tasks, return_exceptions=True)
        await self._sender.close()


def _following(sandbox: Sandbox, end: int) -> list[Delivery]:
    """What falls due next, all of the same moment, if that is not after ``end``."""
    pending = [
        delivery
        for delivery in sandbox.deliveries.by("state", "pending")
        if deliveries.is_next(sandbox, delivery)
    ]
    due = min((delivery.due_at for delivery in pending), default=end + 1)
    return [delivery for delivery in pending if delivery.due_at == due] if due <= end else []


def _is_current(sandbox: Sandbox, delivery: Delivery) -> bool:
    """Whether this is still to be done: no reset, no end of the sandbox, no replay since."""
    return sandbox.deliveries.get(delivery.delivery_id) is delivery


def _headers(sandbox: Sandbox, delivery: Delivery) -> dict[str, str]:
    """Of the request that calls back; a mail has none."""
    if delivery.kind == relay.KIND:
        return {}
    application = sandbox.applications.get(delivery.client_id)
    secrets = application.client_secrets if application else ()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Cronofy (mock-cronofy {__version__})",
        "Cronofy-HMAC-SHA256": sign(delivery.body.encode(), secrets),
    }


def sign(body: bytes, secrets: Iterable[str]) -> str:
    """``Cronofy-HMAC-SHA256``: one value for each active secret, joined by a bare comma."""
    return ",".join(
        base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
        for secret in secrets
    )

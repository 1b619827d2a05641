"""The worker: lets happen what is due by a sandbox's clock, and empties its outbox.

A timer's rule is carried out at its time. A callback is tried when it falls due, signed
over the exact bytes, and tried again with growing pauses until a 2xx answer or the last
pause; never in a request's way. So is a mail, where there is a relay that takes them.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Hashable, Sequence
from typing import Any

from mock_server.delivery import relay
from mock_server.delivery.agenda import Agenda
from mock_server.delivery.courier import Courier
from mock_server.rules import deliveries, due, timeline
from mock_server.settings import Settings
from mock_server.world.outbox import Delivery, Message
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes
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

    While its clock is moved, ``attempted`` lists the deliveries that are tried, and
    ``happened`` the timers. ``changed`` is set when somebody waits for a change, and it comes.
    """

    __slots__ = (
        "advancing",
        "attempted",
        "changed",
        "due",
        "happened",
        "in_flight",
        "tasks",
        "timer",
        "timers",
    )

    def __init__(self) -> None:
        self.due = Agenda()
        self.timers = Agenda()
        self.in_flight: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.advancing = asyncio.Lock()
        self.attempted: list[tuple[int, str]] = []
        self.happened: list[dict[str, Any]] = []
        self.changed: asyncio.Event | None = None
        self.timer: asyncio.TimerHandle | None = None


class Worker:
    """Lets happen what is due, and delivers, for every sandbox of a server."""

    def __init__(
        self, sandboxes: Sandboxes, settings: Settings, act: timeline.Act | None = None
    ) -> None:
        """``act`` carries out what stands on the timelines."""
        self._sandboxes = sandboxes
        self._act = act
        self._courier = Courier(settings)
        self._relay = settings.relay
        self._lanes: weakref.WeakKeyDictionary[Sandbox, _Lane] = weakref.WeakKeyDictionary()
        self._slots: asyncio.Semaphore | None = None

    def wake(self) -> None:
        """Look after what has changed; costs nothing if nothing has."""
        if self._sandboxes.directory.changes:
            self._go_on({})

    def look(self, sandbox: Sandbox) -> None:
        """Look after everything that is pending: the clock has changed."""
        self._go_on({sandbox: None})

    async def change(self, sandbox: Sandbox) -> None:
        """Wait until anything changes in the outbox, the mailboxes or the timers."""
        lane = self._lane(sandbox)
        if lane.changed is None:
            lane.changed = asyncio.Event()
        await lane.changed.wait()

    def _go_on(self, touched: dict[Sandbox, None]) -> None:
        """Let happen and start what is due in ``touched``, and wherever something changes."""
        while True:
            self._note_changes(touched)
            happened = [self._happen(sandbox) for sandbox in touched]
            if not any(happened):
                break
        for sandbox in touched:
            self._start_due(sandbox)
            self._look_later(sandbox)
            lane = self._lane(sandbox)
            if lane.changed is not None:
                lane.changed.set()
                lane.changed = None

    def _note_changes(self, touched: dict[Sandbox, None]) -> None:
        """Take down what has changed, and add to ``touched`` where."""
        changes = self._sandboxes.directory.changes
        while changes:
            changed = list(changes)
            changes.clear()
            for owner, record, key in changed:
                sandbox: Any = owner
                touched[sandbox] = None
                if record is Delivery:
                    self._delivery_changed(sandbox, key)
                elif record is Timer:
                    self._timer_changed(sandbox, key)
                elif record is Message:
                    self._mail_changed(sandbox, key)

    def _delivery_changed(self, sandbox: Sandbox, key: Any) -> None:
        due, delivery = self._lane(sandbox).due, sandbox.deliveries.get(key)
        if delivery is None or delivery.state != "pending":
            due.forget(key)
        else:
            due.know(key)
        if delivery is not None and delivery.queue is not None:
            # Whatever has become of this one, it may be the turn of another.
            delivery = sandbox.deliveries.one("queue", delivery.queue)
        if delivery is not None and delivery.state == "pending":
            due.put(delivery.delivery_id, delivery.due_at)

    def _timer_changed(self, sandbox: Sandbox, key: Any) -> None:
        timers, timer = self._lane(sandbox).timers, sandbox.timers.get(key)
        if timer is None:
            timers.forget(key)
        else:
            timers.put(key, timer.due_at)

    def _mail_changed(self, sandbox: Sandbox, key: Hashable) -> None:
        message = sandbox.messages.get(key)
        if self._relay is None or message is None or message.received:
            return
        if relay.delivery_id(message.message_id) not in sandbox.deliveries:
            sandbox.deliveries.put(relay.delivery(message, self._relay, sandbox.now()))

    def _happen(self, sandbox: Sandbox) -> bool:
        """Let everything happen that is due by now, in order; says whether anything was."""
        lane, happened = self._lane(sandbox), False
        while (timer_id := lane.timers.take(sandbox.now())) is not None:
            timer = sandbox.timers.get(timer_id)
            if timer is None:
                continue
            sandbox.timers.remove(timer_id)
            happened = True
            told: Sequence[dict[str, Any]] = ({},)
            try:
                told = due.carry_out(sandbox, timer, self._act)
            except Exception:
                logger.exception("%s of %r failed", timer.kind, timer.subject)
            if lane.advancing.locked():
                subject = list(timer.subject)
                lane.happened += [{"happened": timer.kind, "subject": subject, **t} for t in told]
        return happened

    def _lane(self, sandbox: Sandbox) -> _Lane:
        lane = self._lanes.get(sandbox)
        if lane is None:
            lane = self._lanes[sandbox] = _Lane()
        return lane

    def _next_moment(self, sandbox: Sandbox) -> int | None:
        """When something falls due that need not wait for what is on its way."""
        lane = self._lane(sandbox)
        moments = [lane.timers.first()]
        if len(lane.in_flight) < _AT_ONCE:
            moments.append(lane.due.first())
        return min((moment for moment in moments if moment is not None), default=None)

    def _look_later(self, sandbox: Sandbox) -> None:
        """Look again when something falls due, unless that happens before anyway."""
        lane, loop = self._lane(sandbox), asyncio.get_running_loop()
        moment = self._next_moment(sandbox) if sandbox.clock.mode == "real" else None
        if moment is None:
            if lane.timer is not None:
                lane.timer.cancel()
                lane.timer = None
            return
        wait = min(max(0, moment - sandbox.now()), _LONGEST_WAIT)
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

    def _start_due(self, sandbox: Sandbox) -> None:
        lane = self._lane(sandbox)
        while len(lane.in_flight) < _AT_ONCE:
            key = lane.due.take(sandbox.now())
            if key is None:
                return
            delivery = sandbox.deliveries.get(key)
            # One that is on its way is looked at again when it has come back.
            if delivery is None or key in lane.in_flight:
                continue
            if delivery.state == "pending" and deliveries.is_next(sandbox, delivery):
                self._start(sandbox, delivery)

    def _start(self, sandbox: Sandbox, delivery: Delivery) -> None:
        lane = self._lane(sandbox)
        lane.in_flight.add(delivery.delivery_id)
        if lane.advancing.locked():
            lane.attempted.append((lane.due.know(delivery.delivery_id), delivery.delivery_id))
        task = asyncio.create_task(self._carry_out(sandbox, lane, delivery))
        lane.tasks.add(task)
        task.add_done_callback(lane.tasks.discard)

    async def _carry_out(self, sandbox: Sandbox, lane: _Lane, delivery: Delivery) -> None:
        if self._slots is None:
            self._slots = asyncio.Semaphore(_ALTOGETHER)
        try:
            async with self._slots:
                if _is_current(sandbox, delivery):
                    attempt, refused = await self._courier.attempt(sandbox, delivery)
                    if _is_current(sandbox, delivery):
                        deliveries.tried(sandbox, delivery, attempt, refused=refused)
                    else:
                        deliveries.overtaken(sandbox, delivery, attempt)
        except Exception:
            logger.exception("the delivery to %r failed", delivery.url)
            if _is_current(sandbox, delivery):
                # Once more, but not for ever at this moment.
                later = sandbox.now() + deliveries.PAUSES[0]
                sandbox.deliveries.put(replace(delivery, due_at=later))
        finally:
            lane.in_flight.discard(delivery.delivery_id)
        # Tried again later, or what was put in its place while it was on its way.
        self._delivery_changed(sandbox, delivery.delivery_id)
        self.look(sandbox)

    async def settle(self, sandbox: Sandbox) -> None:
        """Wait until nothing of ``sandbox`` is on its way any more."""
        self.wake()
        lane = self._lane(sandbox)
        while lane.tasks:
            await asyncio.gather(*lane.tasks, return_exceptions=True)

    async def advance(self, sandbox: Sandbox, seconds: int) -> list[dict[str, Any]]:
        """Move the sandbox's clock; what falls due on the way happens in order.

        Returns what happened: one document for each timer and each attempt made; of one
        moment, the timers first, then the attempts in the order the deliveries came. Whoever
        sets the clock meanwhile (a reset does) has the last word.
        """
        happened: list[dict[str, Any]] = []
        lane = self._lane(sandbox)
        async with lane.advancing:
            await self.settle(sandbox)
            end = sandbox.now() + seconds
            while (moment := self._next_moment(sandbox)) is not None and moment <= end:
                sandbox.clock.move(max(0, moment - sandbox.now()))
                at, mark = sandbox.now(), sandbox.clock.state()
                lane.happened, lane.attempted = [], []
                self.look(sandbox)
                await self.settle(sandbox)
                happened += [{**item, "at": at} for item in lane.happened]
                happened += [
                    {"attempted_delivery": delivery_id, "at": at}
                    for _, delivery_id in sorted(lane.attempted)
                ]
                if sandbox.clock.state() != mark:
                    return happened
            sandbox.clock.move(max(0, end - sandbox.now()))
        self._look_later(sandbox)
        return happened

    async def close(self) -> None:
        for lane in self._lanes.values():
            if lane.timer is not None:
                lane.timer.cancel()
            for task in list(lane.tasks):
                task.cancel()
            await asyncio.gather(*lane.tasks, return_exceptions=True)
        await self._courier.close()


def _is_current(sandbox: Sandbox, delivery: Delivery) -> bool:
    """Whether this is still to be done: no reset, no end of the sandbox, no replay since."""
    return sandbox.deliveries.get(delivery.delivery_id) is delivery

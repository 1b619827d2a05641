"""Receivers that never answer, that fail, that are many: nobody else notices.

Nothing here is timed. A receiver's answers wait for the test, and what matters is counted: what
has come to it, and what was answered meanwhile.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.delivery.sender import Outcome, Sender
from mock_server.delivery.worker import Worker
from mock_server.rules import deliveries, failures, mail
from mock_server.settings import Settings
from mock_server.world.outbox import Attempt, Delivery
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes

URL = "http://127.0.0.1:9/"
START = 1_778_486_400
WEEK = 7 * 86_400

# What may be on its way at a time (delivery/worker.py): of a sandbox, and of all.
OF_ONE, OF_ALL = 16, 128

Answer = Callable[[str], Awaitable[Outcome]]


def put(sandbox: Sandbox, number: int, queue: str | None = None, **more: Any) -> None:
    now = sandbox.now()
    sandbox.deliveries.put(
        Delivery(
            delivery_id=f"dlv_{number}",
            client_id="app",
            kind="change",
            url=URL,
            body=str(number),
            state="pending",
            created_at=now,
            due_at=now,
            queue=queue,
            **more,
        )
    )


class Receiver:
    """In place of the network: what comes is noted, and answered by ``answer``."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.came: list[int] = []
        self.waiting = 0
        self.most = 0
        self.answer: Answer = self.well
        receiver = self

        async def send(_: Sender, url: str, body: bytes, *__: object) -> Outcome:
            receiver.came.append(int(body))
            receiver.waiting += 1
            receiver.most = max(receiver.most, receiver.waiting)
            try:
                return await receiver.answer(body.decode())
            finally:
                receiver.waiting -= 1

        monkeypatch.setattr(Sender, "send", send)

    async def well(self, _: str) -> Outcome:
        await asyncio.sleep(0)
        return Outcome(200, None)

    async def never(self, _: str) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    async def quiet(self) -> None:
        """Until nothing more comes by itself: every task has had many turns."""
        for _ in range(100):
            await asyncio.sleep(0)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    return Receiver(monkeypatch)


def opened(sandboxes: Sandboxes, sandbox_id: str = "one") -> Sandbox:
    sandbox = sandboxes.open(sandbox_id, 1, start=START)
    sandboxes.add(sandbox)
    return sandbox


def run(story: Callable[[Worker, Sandboxes], Awaitable[None]]) -> None:
    async def told() -> None:
        sandboxes = Sandboxes()
        worker = Worker(sandboxes, Settings())
        try:
            await story(worker, sandboxes)
        finally:
            await worker.close()

    asyncio.run(told())


# --- Nobody is held up ---------------------------------------------------------------


def test_a_dead_receiver_slows_no_call(receiver: Receiver) -> None:
    """Every call is answered while a thousand deliveries wait for a receiver that never
    answers, of which a few are on their way."""
    receiver.answer = receiver.never

    async def told() -> None:
        app = create_app(Settings())
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url="http://localhost:8282",
        )
        sandbox = app.sandboxes.get("default")
        assert sandbox is not None
        base = "/_mock/sandboxes/default"
        connected = (await client.post(f"{base}/connect", json={"email": "x@acme.test"})).json()
        headers = {"Authorization": f"Bearer {connected['access_token']}"}
        for number in range(1000):
            put(sandbox, number, None if number % 2 else f"chn_{number % 50}")
        for _ in range(200):
            answer = await client.get("/v1/userinfo", headers=headers)
            assert answer.status_code == 200
            await asyncio.sleep(0)
        # Not one attempt has ended, and no more are on their way than may be.
        assert receiver.waiting == receiver.most == OF_ONE
        assert sandbox.deliveries.count("progress", ("change", "attempted")) == 0
        assert sandbox.deliveries.count("state", "pending") == 1000
        # What is not on its way costs a place in a list, no task.
        assert len(asyncio.all_tasks()) <= OF_ONE + 2
        await client.aclose()
        await app.worker.close()

    asyncio.run(told())


def test_so_many_at_a_time_and_no_more(receiver: Receiver) -> None:
    """Of each sandbox a few, so that one with a dead receiver leaves room for the others."""
    receiver.answer = receiver.never

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        for place in range(12):
            sandbox = opened(sandboxes, f"sandbox-{place}")
            for number in range(40):
                put(sandbox, number)
            worker.wake()
            await receiver.quiet()
            assert receiver.waiting == min(OF_ONE * (place + 1), OF_ALL)

    run(story)


def test_the_next_leaves_when_one_comes_back(receiver: Receiver) -> None:
    """Nobody has to ask for it."""
    gate = asyncio.Semaphore(0)

    async def answer(_: str) -> Outcome:
        await gate.acquire()
        return Outcome(200, None)

    receiver.answer = answer

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for number in range(50):
            put(sandbox, number)
        worker.wake()
        for ended in range(50):
            await receiver.quiet()
            assert receiver.came == list(range(min(ended + OF_ONE, 50)))
            gate.release()

    run(story)


# --- Order, and nothing lost ---------------------------------------------------------


def test_order_within_a_queue(receiver: Receiver) -> None:
    """Whatever fails, and however often: in a queue each comes after the one before it has
    arrived, and all arrive."""
    chance = random.Random(8)
    arrived: dict[int, list[int]] = defaultdict(list)
    queues = 7

    async def answer(body: str) -> Outcome:
        for _ in range(chance.randrange(5)):
            await asyncio.sleep(0)
        number = int(body)
        queue = arrived[number % queues]
        # All that were before it are there already, and it is not.
        assert queue == list(range(number % queues, number, queues))
        if chance.random() < 0.4:
            return Outcome(500, None)
        queue.append(number)
        return Outcome(200, None)

    receiver.answer = answer

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for number in range(300):
            put(sandbox, number, f"chn_{number % queues}")
        happened = await worker.advance(sandbox, WEEK)
        assert {delivery.state for delivery in sandbox.deliveries} == {"delivered"}
        assert sorted(number for queue in arrived.values() for number in queue) == list(range(300))
        moments = [item["at"] for item in happened]
        assert moments == sorted(moments)

    run(story)


def test_the_same_moments_whatever_comes_back_first(receiver: Receiver) -> None:
    """What happened is told in the order the deliveries came, not that of their answers."""
    told = []

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for number in range(60):
            put(sandbox, number, f"chn_{number % 20}" if number % 3 else None)
        failures.add(sandbox, 500, times=60)
        told.append(await worker.advance(sandbox, WEEK))

    for seed in range(3):
        chance = random.Random(seed)

        async def answer(_: str, chance: random.Random = chance) -> Outcome:
            for _ in range(chance.randrange(20)):
                await asyncio.sleep(0)
            return Outcome(200, None)

        receiver.answer = answer
        run(story)
    assert told[0] == told[1] == told[2]


def test_an_attempt_that_crashes_is_made_again(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """It is recorded as a failure of the emulator's, with the queue in order."""
    crashes = [RuntimeError("a bug")]

    async def answer(body: str) -> Outcome:
        if crashes:
            raise crashes.pop()
        return await receiver.well(body)

    receiver.answer = answer

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for number in range(3):
            put(sandbox, number, "chn_1")
        await worker.advance(sandbox, 15)
        assert receiver.came == [0, 0, 1, 2]
        crashed, delivered = sandbox.deliveries["dlv_0"].attempts
        assert crashed.status is None
        assert crashed.error is not None
        assert crashed.error.startswith("a bug of mock-cronofy")
        assert delivered.succeeded

    run(story)
    assert "a bug" in caplog.text


def test_a_rule_that_crashes_loses_nothing(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was answered but not recorded is sent once more, later."""
    tried, crashes = deliveries.tried, [RuntimeError("a bug"), RuntimeError("another")]

    def sometimes(sandbox: Sandbox, *arguments: Any, **options: Any) -> None:
        if crashes:
            raise crashes.pop()
        tried(sandbox, *arguments, **options)

    monkeypatch.setattr(deliveries, "tried", sometimes)

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for number in range(2):
            put(sandbox, number, "chn_1")
        await worker.advance(sandbox, 3600)
        assert receiver.came == [0, 0, 0, 1]
        assert {delivery.state for delivery in sandbox.deliveries} == {"delivered"}

    run(story)


def test_what_was_on_its_way_when_the_server_ended_is_sent_again(receiver: Receiver) -> None:
    """At least once: it is pending in a snapshot, and in the sandbox that takes it."""
    receiver.answer = receiver.never

    async def ended(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        put(sandbox, 1)
        worker.wake()
        await receiver.quiet()
        states.append(sandbox.state())

    async def begun(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        sandbox.restore(states[0])
        await worker.advance(sandbox, 0)
        (delivery,) = sandbox.deliveries
        assert delivery.state == "delivered"

    states: list[Any] = []
    run(ended)
    receiver.answer = receiver.well
    run(begun)
    assert receiver.came == [1, 1]


# --- Bounds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome(200, None), "delivered"),
        (Outcome(500, None), "failed"),
        (Outcome(None, "no", refused=True), "refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_ended_is_kept_so_far(receiver: Receiver, outcome: Outcome, state: str) -> None:
    """The latest 2000 of each state; failures that were for the others end with them."""

    async def answer(_: str) -> Outcome:
        return outcome

    receiver.answer = answer
    # The next attempt of each is its last.
    attempts = (Attempt(START, 500, None, 0),) * 10

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for number in range(2050):
            put(sandbox, number, attempts=attempts)
        await worker.advance(sandbox, 0)
        for number in range(2050):
            if f"dlv_{number}" in sandbox.deliveries:
                failures.add(sandbox, 500, delivery_id=f"dlv_{number}")
        assert sandbox.deliveries.count("state", state) == len(sandbox.deliveries) == 2000
        put(sandbox, 9999, attempts=attempts)
        await worker.advance(sandbox, 0)
        assert len(sandbox.deliveries) == 2000
        assert len(sandbox.failures) == 1999

    run(story)


def test_attempts_are_kept_so_far(receiver: Receiver) -> None:
    """The latest fifty of a delivery that is replayed again and again."""

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for _ in range(60):
            attempts = sandbox.deliveries["dlv_1"].attempts if len(sandbox.deliveries) else ()
            put(sandbox, 1, attempts=attempts)
            await worker.advance(sandbox, 1)
        assert [a.at for a in sandbox.deliveries["dlv_1"].attempts] == [
            START + second for second in range(10, 60)
        ]

    run(story)


def test_a_mailbox_keeps_so_many(receiver: Receiver) -> None:
    """The latest thousand; somebody else's mails are not its concern."""

    async def story(_: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        mail.send(sandbox, "mary@acme.test", "first of all", "")
        for number in range(1010):
            mail.send(sandbox, "jane@acme.test", str(number), "")
        kept = [message.subject for message in sandbox.messages]
        assert kept == ["first of all", *map(str, range(10, 1010))]

    run(story)


def test_moving_the_clock_looks_at_what_is_due_only(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many queues with many that wait: what is looked at grows with the attempts, not with
    their square."""
    is_next, looked = deliveries.is_next, []

    def noted(sandbox: Sandbox, delivery: Delivery) -> bool:
        looked.append(delivery.delivery_id)
        return is_next(sandbox, delivery)

    monkeypatch.setattr(deliveries, "is_next", noted)

    async def story(worker: Worker, sandboxes: Sandboxes) -> None:
        sandbox = opened(sandboxes)
        for number in range(1500):
            put(sandbox, number, f"chn_{number % 50}")
        failures.add(sandbox, 500, times=300)
        happened = await worker.advance(sandbox, WEEK)
        assert sandbox.deliveries.count("state", "delivered") == 1500
        assert len(receiver.came) == 1500
        assert len(looked) == 1500 + 300
        assert len(happened) <= len(looked)

    run(story)

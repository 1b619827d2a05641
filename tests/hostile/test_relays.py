"""Mail servers that misbehave: what ``--smtp-relay`` leads to may do anything but disturb."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Any

import pytest

from mock_server.delivery import relay
from mock_server.rules.deliveries import PAUSES
from mock_server.settings import Settings
from tests.hostile.test_deliveries import Serve, never
from tests.hostile.wire import Answer, Wire
from tests.hostile.worlds import EVENT, START
from tests.inviting import GUEST, JANE, Organizer
from tests.mail_transport.conftest import Start, free_port, start

__all__ = ["start"]

# Seconds: far longer than anybody would wait for a test, so that one which ends did not.
FOREVER = 3600


class Mailing:
    """An emulator with a relay, and Jane, whose application invites her and a guest."""

    def __init__(self, **wanted: Any) -> None:
        self.port = free_port()
        self.wire = Wire(Settings(smtp_relay=f"127.0.0.1:{self.port}"))
        scenario = {"people": [{"email": JANE}]}
        document = self.wire.open_sandbox(clock=START, scenario=scenario, **wanted)
        self.sandbox_id: str = document["sandbox_id"]
        self.base = f"/_mock/sandboxes/{self.sandbox_id}"
        connected = self.wire.connect(
            self.sandbox_id,
            email=JANE,
            access_mode="free_busy",
            scope="free_busy_write read_events",
        )
        self.token: str = connected["access_token"]
        listed = self.wire.ask("GET", "/v1/calendars", token=self.token).json()["calendars"]
        (calendar_id,) = [c["calendar_id"] for c in listed if not c["calendar_readonly"]]
        self.path = f"/v1/calendars/{calendar_id}/events"

    async def invite(self, *guests: str, **changes: Any) -> None:
        """Write the event: Jane and each of ``guests`` get a mail."""
        event = {**EVENT, "attendees": {"invite": [{"email": email} for email in guests]}}
        answer = await self.wire.asked(
            "POST", self.path, token=self.token, document={**event, **changes}
        )
        assert answer.status == 202, answer

    async def settled(self) -> dict[str, dict[str, Any]]:
        """The deliveries by recipient, once nothing is on its way any more."""
        sandbox = self.wire.app.sandboxes.get(self.sandbox_id)
        assert sandbox is not None
        await self.wire.app.worker.settle(sandbox)
        return await self.deliveries()

    async def deliveries(self) -> dict[str, dict[str, Any]]:
        listed = (await self.control("GET", "/deliveries")).json()["deliveries"]
        assert {delivery["kind"] for delivery in listed} <= {"mail"}
        return {delivery["body"]["to"]: delivery for delivery in listed}

    async def control(self, method: str, path: str, document: Any = None) -> Answer:
        return await self.wire.asked(method, self.base + path, document=document)

    async def advance(self, seconds: int) -> list[dict[str, Any]]:
        answer = await self.control("POST", "/clock/advance", {"seconds": seconds})
        assert answer.status == 200, answer
        happened: list[dict[str, Any]] = answer.json()["happened"]
        return happened


@pytest.fixture
def mailing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailing]:
    """No attempt is given up, unless a test says so."""
    monkeypatch.setattr(relay, "TIMEOUT", FOREVER)
    mailing = Mailing()
    yield mailing
    mailing.wire.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch, mailing: Mailing) -> None:
    """Relays have a moment for everything, where the story is that they need longer."""
    monkeypatch.setattr(relay, "TIMEOUT", 0.25)


@asynccontextmanager
async def server(port: int, serve: Serve) -> AsyncIterator[None]:
    """A mail server whose connections ``serve`` has."""
    serving: set[Any] = set()

    async def carefully(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await serve(reader, writer)
        finally:
            writer.close()

    listening = await asyncio.start_server(carefully, "127.0.0.1", port)
    try:
        yield
    finally:
        listening.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


# The steps of a delivery, and what a good server says to each.
GOOD = {
    "connect": b"220 mail.test\r\n",
    "EHLO": b"250 mail.test\r\n",
    "MAIL": b"250 go on\r\n",
    "RCPT": b"250 go on\r\n",
    "DATA": b"354 go on\r\n",
    "content": b"250 taken\r\n",
    "QUIT": b"221 bye\r\n",
}

Say = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]


async def _at_once(writer: asyncio.StreamWriter, content: bytes) -> None:
    writer.write(content)
    await writer.drain()


def talking(
    lines: dict[str, bytes | Serve] | None = None,
    *,
    say: Say = _at_once,
    refused: tuple[str, ...] = (),
    taken: list[str] | None = None,
) -> Serve:
    """A server that says something else at some steps, ``lines``, or does something else.

    Its list ``taken`` is whose mails it has taken; ``refused`` are the recipients it refuses.
    """

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to = ""

        async def step(name: str) -> bool:
            """Whether it goes on after this."""
            said = {**GOOD, **(lines or {})}[name]
            if callable(said):
                await said(reader, writer)
                return False
            if name == "RCPT" and any(email in to for email in refused):
                said = b"550 5.1.1 nobody of this name\r\n"
            await say(writer, said)
            return True

        if not await step("connect"):
            return
        while line := await reader.readline():
            verb = line[:4].decode("ascii").upper()
            to = line.decode() if verb == "RCPT" else to
            if verb == "DATA":
                if not await step("DATA"):
                    return
                await reader.readuntil(b"\r\n.\r\n")
                verb = "content"
                if taken is not None:
                    taken.append(to.partition("<")[2].partition(">")[0])
            if verb in GOOD and not await step(verb):
                return
            if verb not in GOOD:
                await say(writer, b"250 as you like\r\n")

    return serve


async def closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hang up without a word."""


HANGING = [step for step in GOOD if step != "QUIT"]


@pytest.mark.parametrize("step", HANGING)
def test_a_relay_that_hangs(mailing: Mailing, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """The API goes on, and so does the mailbox; the attempt that was given up is shown, and the
    mail is tried again on the sandbox's clock until the relay takes it."""
    taken: list[str] = []

    async def run() -> None:
        async with server(mailing.port, talking({step: never})):
            await mailing.invite()
            for _ in range(50):
                answer = await mailing.wire.asked("GET", "/v1/userinfo", token=mailing.token)
                assert answer.status == 200
            (mail,) = (await mailing.control("GET", "/inbox")).json()["messages"]
            answered = f"/inbox/{mail['message_id']}/reply"
            reply = await mailing.control("POST", answered, {"status": "accepted"})
            assert reply.status == 200
            (waiting,) = (await mailing.deliveries()).values()
            assert (waiting["state"], waiting["attempts"]) == ("pending", [])
            assert (await mailing.control("POST", "/reset")).status == 200
        monkeypatch.setattr(relay, "TIMEOUT", 0.25)
        answer = await mailing.control("POST", "/connect", {"email": JANE})
        profile = answer.json()["linking_profile"]
        async with server(mailing.port, talking({step: never})):
            path = f"/profiles/{profile['profile_id']}/disconnect"
            assert (await mailing.control("POST", path)).status == 200
            (delivery,) = (await mailing.settled()).values()
            (attempt,) = delivery["attempts"]
            assert attempt["response"]["error"] == "no answer within 0.25 seconds"
            assert (delivery["state"], attempt["response"]["status"]) == ("pending", None)
        monkeypatch.setattr(relay, "TIMEOUT", FOREVER)
        async with server(mailing.port, talking(taken=taken)):
            assert await mailing.advance(PAUSES[0] - 1) == []
            assert len(await mailing.advance(1)) == 1
            (delivery,) = (await mailing.settled()).values()
            assert [a["response"]["status"] for a in delivery["attempts"]] == [None, 250]
            assert delivery["state"] == "delivered"

    mailing.wire.run(run())
    assert taken == [JANE]


def test_a_relay_that_never_says_goodbye(mailing: Mailing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has taken the mail all the same: it is not sent twice."""
    # Enough for everything before, on any machine.
    monkeypatch.setattr(relay, "TIMEOUT", 1.5)
    taken: list[str] = []

    async def run() -> None:
        async with server(mailing.port, talking({"QUIT": never}, taken=taken)):
            await mailing.invite()
            delivery = (await mailing.settled())[JANE]
            assert (delivery["state"], delivery["attempts"][0]["response"]["error"]) == (
                "delivered",
                None,
            )
            assert await mailing.advance(sum(PAUSES)) == []

    mailing.wire.run(run())
    assert taken == [JANE]


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"250-and another thing\r\n" * 1000)
        await writer.drain()


async def _endless_line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"x" * 65536)
        await writer.drain()


MISBEHAVIOUR: dict[str, bytes | Serve] = {
    "says another language": b"HTTP/1.1 200 OK\r\n\r\n",
    "says garbage": b"\x00\xff\xfe" * 500 + b"\r\n",
    "says an empty line": b"\r\n",
    "says a code without words": b"250\r\n",
    "says a code out of range": b"999 x\r\n",
    "says a code that is none": b"2x0 y\r\n",
    "refuses without ASCII": b"451 \xff\xfe\xed\xa0\x80 sp\xc3\xa4ter\x00\x1b[31m\r\n",
    "refuses at length": b"451-no\r\n" * 100 + b"451 no\r\n",
    "refuses for good": b"554 5.7.1 never\r\n",
    "goes away": b"421 4.3.2 going down\r\n",
    "goes on at another step": b"354 go on\r\n",
    "closes": closes,
    "talks without end": _endless,
    "says a line without end": _endless_line,
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("case", MISBEHAVIOUR)
@pytest.mark.parametrize("step", HANGING)
def test_what_a_relay_does_wrong_is_shown(
    mailing: Mailing, monkeypatch: pytest.MonkeyPatch, step: str, case: str
) -> None:
    """One attempt with a code or a reason, in words that any client can read; then another."""

    async def run() -> None:
        async with server(mailing.port, talking({step: MISBEHAVIOUR[case]})):
            await mailing.invite()
            delivery = (await mailing.settled())[JANE]
        (attempt,) = delivery["attempts"]
        assert "bug" not in (attempt["response"]["error"] or ""), attempt
        # Which 2xx code a server says where is its own affair.
        if attempt["response"]["status"] != 250:
            assert delivery["state"] == "pending", attempt
            assert (
                attempt["response"]["error"]
                if attempt["response"]["status"] is None
                else attempt["response"]["status"] >= 200
            )
        assert len((attempt["response"]["error"] or "") + attempt["response"]["body"]) <= 4000
        monkeypatch.setattr(relay, "TIMEOUT", FOREVER)
        async with server(mailing.port, talking()):
            await mailing.advance(PAUSES[0])
            assert (await mailing.settled())[JANE]["state"] == "delivered"

    mailing.wire.run(run())


def test_a_slow_relay(mailing: Mailing) -> None:
    """Takes its mails in the end, byte by byte; meanwhile others are not held up."""
    taken: list[str] = []

    async def slowly(writer: asyncio.StreamWriter, content: bytes) -> None:
        for byte in content:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0)

    async def run() -> None:
        async with server(mailing.port, talking(say=slowly, taken=taken)):
            await mailing.invite(GUEST)
            assert (await mailing.wire.asked("GET", "/_mock/health")).status == 200
            assert taken == []
            found = await mailing.settled()
            assert {delivery["state"] for delivery in found.values()} == {"delivered"}

    mailing.wire.run(run())
    assert sorted(taken) == [GUEST, JANE]


def test_some_recipients_are_refused(mailing: Mailing) -> None:
    """The others have got theirs, once; the refused one's mail is tried again, and then given
    up."""
    taken: list[str] = []

    async def run() -> None:
        async with server(mailing.port, talking(refused=(GUEST,), taken=taken)):
            await mailing.invite(GUEST, "friend@partner.test")
            found = await mailing.settled()
            assert {to: delivery["state"] for to, delivery in found.items()} == {
                JANE: "delivered",
                GUEST: "pending",
                "friend@partner.test": "delivered",
            }
            (attempt,) = found[GUEST]["attempts"]
            assert (attempt["response"]["status"], attempt["response"]["error"]) == (550, None)
            assert attempt["response"]["body"] == "5.1.1 nobody of this name"
            happened = await mailing.advance(sum(PAUSES))
            expected = found[GUEST]["delivery_id"]
            assert [item["attempted_delivery"] for item in happened] == [expected] * len(PAUSES)
            refused = (await mailing.settled())[GUEST]
            assert (refused["state"], len(refused["attempts"])) == ("failed", len(PAUSES) + 1)

    mailing.wire.run(run())
    assert sorted(taken) == ["friend@partner.test", JANE]


def test_two_hundred_mails_to_a_dead_relay_hold_up_nobody(mailing: Mailing) -> None:
    """Reads take no longer than before, and no more connections are open than were promised."""
    open_now = most_open = 0
    arrived = asyncio.Event()

    async def dead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most_open
        arrived.set()
        open_now += 1
        most_open = max(most_open, open_now)
        await reader.read()
        open_now -= 1

    async def reading() -> float:
        """Seconds that twenty reads take at best."""
        best = float(FOREVER)
        for _ in range(5):
            started = perf_counter()
            for _ in range(20):
                answer = await mailing.wire.asked("GET", "/v1/userinfo", token=mailing.token)
                assert answer.status == 200
            best = min(best, perf_counter() - started)
        return best

    async def run() -> None:
        before = await reading()
        guests = [f"guest-{number}@partner.test" for number in range(49)]
        async with server(mailing.port, dead):
            await mailing.invite(*guests)
            for number in range(3):
                await mailing.invite(*guests, summary=f"Version {number}")
            await arrived.wait()
            during = await reading()
            # Far more than noise makes of it, far less than waiting for anybody would.
            assert during < 20 * before
            found = (await mailing.control("GET", "/deliveries")).json()["deliveries"]
            assert len(found) == 200
            assert {delivery["state"] for delivery in found} == {"pending"}
            assert (await mailing.control("DELETE", "")).status == 204

    mailing.wire.run(run())
    assert 0 < most_open <= 16


@pytest.mark.parametrize("step", HANGING)
def test_the_emulator_ends_though_its_relay_hangs(mailing: Mailing, step: str) -> None:
    """It waits for no attempt: this one would have an hour."""
    arrived = asyncio.Event()

    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    async def run() -> None:
        async with server(mailing.port, talking({step: hangs})):
            await mailing.invite(GUEST)
            await arrived.wait()
            await mailing.wire.app.worker.close()

    mailing.wire.run(run())


@pytest.mark.parametrize("end", ["reset", "delete"])
def test_a_sandbox_that_ends_with_mails_on_their_way(mailing: Mailing, end: str) -> None:
    """What the relay says afterwards concerns nobody; a mail of the same name that comes later
    is a new one."""
    arrived, goes_on = asyncio.Event(), asyncio.Event()
    taken: list[str] = []

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await goes_on.wait()
        writer.write(GOOD["content"])

    async def run() -> None:
        async with server(mailing.port, talking({"content": late})):
            await mailing.invite()
            await arrived.wait()
            sandbox = mailing.wire.app.sandboxes.get(mailing.sandbox_id)
            assert sandbox is not None
            if end == "reset":
                assert (await mailing.control("POST", "/reset")).status == 200
            else:
                assert (await mailing.control("DELETE", "")).status == 204
            goes_on.set()
            await mailing.wire.app.worker.settle(sandbox)
        if end == "delete":
            assert (await mailing.control("GET", "/deliveries")).status == 404
            return
        assert await mailing.deliveries() == {}
        answer = await mailing.control("POST", "/connect", {"email": JANE})
        profile_id = answer.json()["linking_profile"]["profile_id"]
        async with server(mailing.port, talking(taken=taken)):
            await mailing.control("POST", f"/profiles/{profile_id}/disconnect")
            assert (await mailing.settled())[JANE]["state"] == "delivered"
        assert taken == [JANE]

    mailing.wire.run(run())


def test_a_server_ends_though_its_relay_hangs(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a process does, with a mail on its way that would have an hour."""
    monkeypatch.setattr(relay, "TIMEOUT", FOREVER)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        emulator = start(smtp_relay=f"127.0.0.1:{silent.getsockname()[1]}")
        Organizer(emulator.open()).write()
        connection, _ = silent.accept()
        with connection:
            emulator.stop()
            assert connection.recv(1) == b"", "the server has hung up"

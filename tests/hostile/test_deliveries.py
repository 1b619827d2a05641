"""Callbacks to where nobody should be called, and to receivers that misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from mock_server.rules import deliveries
from mock_server.settings import Settings
from tests.hostile.wire import Wire

START = "2026-05-11T08:00:00Z"
MOST_AT_ONCE = 16

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _answered_within(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = deliveries.Schedule(seconds, deliveries.PAUSES)
    monkeypatch.setattr(deliveries, "schedule", lambda _: schedule)


@pytest.fixture
def impatient(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Receivers have a moment to answer, where the story is that they do not."""
    _answered_within(0.25, monkeypatch)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    # Longer than any machine takes, so that only what should time out does.
    _answered_within(60, monkeypatch)
    wire = Wire(Settings(allow_callback_host=("Allowed.Example",)))
    yield wire
    wire.close()


class Domain:
    """A sandbox with a service account, whose callbacks go wherever a test wants."""

    def __init__(self, wire: Wire, **wanted: Any) -> None:
        self.wire = wire
        self.sandbox_id: str = wire.open_sandbox(**{"clock": START, **wanted})["sandbox_id"]
        self.base = f"/_mock/sandboxes/{self.sandbox_id}"
        answer = wire.ask("POST", f"{self.base}/organizations", document={"domain": "acme.test"})
        assert answer.status == 201
        connected = wire.connect(self.sandbox_id, service_account="acme.test")
        self.token: str = connected["access_token"]

    async def call_back(self, url: str, times: int = 1) -> None:
        """Let ``times`` callbacks go to ``url``."""
        entry = {"email": "nobody@acme.test", "callback_url": url, "scope": "read_write"}
        for start in range(0, times, 50):
            entries = [entry] * min(50, times - start)
            answer = await self.wire.asked(
                "POST",
                "/v1/service_account_authorizations",
                token=self.token,
                document={"service_account_authorizations": entries},
            )
            assert answer.status == 202, answer

    async def settled(self) -> list[dict[str, Any]]:
        """Every callback, once nothing is on its way any more."""
        sandbox = self.wire.app.sandboxes.get(self.sandbox_id)
        assert sandbox is not None
        await self.wire.app.worker.settle(sandbox)
        return await self.deliveries()

    async def deliveries(self, query: str = "") -> list[dict[str, Any]]:
        answer = await self.wire.asked("GET", f"{self.base}/deliveries{query}")
        listed: list[dict[str, Any]] = answer.json()["deliveries"]
        return listed

    async def advance(self, **duration: int) -> dict[str, Any]:
        answer = await self.wire.asked("POST", f"{self.base}/clock/advance", document=duration)
        assert answer.status == 200, answer
        document: dict[str, Any] = answer.json()
        return document


@pytest.fixture
def domain(wire: Wire) -> Domain:
    return Domain(wire)


@asynccontextmanager
async def receiver(serve: Serve) -> AsyncIterator[str]:
    """The address of a receiver whose connections ``serve`` has."""

    serving: set[Any] = set()

    async def carefully(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(carefully, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


def answering(content: bytes) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(content)
        await writer.drain()

    return serve


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything and say nothing."""
    await reader.read()


ELSEWHERE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://[fe80::1%25lo]/",
    "http://[fd00:ec2::254]/",
    "http://8.8.8.8/",
    "http://134744072/",
    "http://0x08080808/",
    "http://010.8.8.8/",
    "http://8.8/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[64:ff9b::808:808]/",
    "http://[2002:808:808::1]/",
    "http://[2001:4860:4860::8888]/",
    "http://100.100.100.200/",
    "http://198.18.0.1/",
    "http://192.0.2.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://0.0.0.1/",
    "http://127.0.0.1@8.8.8.8/",
    "http://127.0.0.1:80@8.8.8.8:9/",
    "http://localhost@evil.example/",
    "http://public.example/",
    "http://public.example.:8080/",
    "http://both.example/",
    "https://public.example/",
    "http://PUBLIC.example/",
    "http://allowed.example.evil.example/",
]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_leaves_for_elsewhere(wire: Wire, domain: Domain, url: str) -> None:
    """Public and link-local addresses, however written, are refused without a connection."""
    names = ("public.example", "PUBLIC.example", "evil.example", "allowed.example.evil.example")
    wire.names |= dict.fromkeys(names, "93.184.216.34")

    async def both(host: Any, port: Any, **_: Any) -> Any:
        near = (2, 1, 6, "", ("127.0.0.1", 0))
        return [near, (2, 1, 6, "", ("93.184.216.34", 0))]

    if "both" in url:
        wire.loop.getaddrinfo = both  # type: ignore[method-assign]

    async def run() -> None:
        await domain.call_back(url)
        (delivery,) = await domain.settled()
        assert delivery["state"] == "refused"
        (attempt,) = delivery["attempts"]
        assert "neither a loopback nor a private address" in attempt["response"]["error"]
        assert attempt["response"]["status"] is None
        assert (await domain.advance(hours=3))["happened"] == []

    wire.run(run())
    assert wire.reached == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://unknown.example/", "cannot be found"),
        ("http://xn--a.example/", "cannot be found"),
        ("http://" + "a" * 64 + ".example/", "cannot be found"),
        ("http://a..b/", "cannot be found"),
        ("http://..../", "cannot be found"),
        ("http://127.0.0.1:99999/", None),
        ("http://127.0.0.1:0/", "ConnectError"),
        ("http://[::1/", None),
        ("http://[127.0.0.1]/", None),
        ("http://ä" + "ö" * 70 + ".example/", ""),
        ("http://127.0.0.1:1/", "ConnectError"),
        ("https://127.0.0.1:1/", "ConnectError"),
        ("http://localhost.:1/", "ConnectError"),
        ("http://2130706433:1/", "ConnectError"),
        ("http://127.1:1/", "ConnectError"),
        ("http://[::ffff:127.0.0.1]:1/", "ConnectError"),
        ("http://user:secret@127.0.0.1:1/", "ConnectError"),
        ("http://127.0.0.1:1/%00%0d%0aHost:%20x", "ConnectError"),
        ("http://127.0.0.1:1/" + "x" * 60000, "ConnectError"),
    ],
)
def test_addresses_that_lead_nowhere_say_why(
    wire: Wire, domain: Domain, url: str, reason: str | None
) -> None:
    """``reason`` None: the API does not take such a URL in the first place."""
    entry = {"email": "nobody@acme.test", "callback_url": url, "scope": "read_write"}

    async def run() -> None:
        path = "/v1/service_account_authorizations"
        answer = await wire.asked("POST", path, token=domain.token, document=entry)
        if reason is None:
            assert answer.status == 422, answer
            return
        assert answer.status == 202, answer
        (delivery,) = await domain.settled()
        assert delivery["state"] in {"pending", "refused"}
        (attempt,) = delivery["attempts"]
        assert reason in attempt["response"]["error"]
        assert attempt["response"]["error"].isprintable()

    wire.run(run())


def test_a_name_is_looked_up_once_for_check_and_connection(wire: Wire, domain: Domain) -> None:
    """A name that leads to this machine first and elsewhere then (DNS rebinding) leads here."""

    async def run() -> None:
        async with receiver(answering(b"HTTP/1.1 204 No Content\r\n\r\n")) as address:
            lookups = iter(("127.0.0.1", "93.184.216.34", "93.184.216.34"))

            async def rebinding(host: Any, port: Any, **_: Any) -> Any:
                return [(2, 1, 6, "", (next(lookups), port or 0))]

            wire.loop.getaddrinfo = rebinding  # type: ignore[method-assign]
            await domain.call_back(address.replace("127.0.0.1", "rebinding.example"))
            (delivery,) = await domain.settled()
            assert delivery["state"] == "delivered"

    wire.run(run())
    assert {host for host, _ in wire.reached} == {"127.0.0.1"}


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "receiver.test", "Allowed.example"])
def test_the_receiver_sees_its_own_name(wire: Wire, domain: Domain, name: str) -> None:
    """Connecting to an address that was looked up before does not change the request."""
    wire.names |= {"receiver.test": "127.0.0.1", "allowed.example": "127.0.0.1"}
    heads = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def run() -> int:
        async with receiver(serve) as address:
            await domain.call_back(address.replace("127.0.0.1", name))
            (delivery,) = await domain.settled()
            assert delivery["state"] == "delivered", delivery
            return int(address.split(":")[2].partition("/")[0])

    # An allowed name is looked up by the client itself, which is not guarded here.
    if name == "Allowed.example":
        wire.loop.create_connection = wire._connect
    port = wire.run(run())
    assert f"host: {name.lower()}:{port}\r\n".encode() in heads[0].lower()


MISBEHAVIOUR: dict[str, tuple[bytes, int | None, str]] = {
    "says nothing": (b"", None, "RemoteProtocolError"),
    "speaks another language": (b"220 mail ready\r\n", None, "RemoteProtocolError"),
    "garbage": (b"\x00\xff" * 500 + b"\r\n\r\n", None, "RemoteProtocolError"),
    "status out of range": (b"HTTP/1.1 99999 X\r\n\r\n", None, "RemoteProtocolError"),
    "negative length": (
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        None,
        "RemoteProtocolError",
    ),
    "hangs up early": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        None,
        "RemoteProtocolError",
    ),
    "headers without end": (
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 20000,
        None,
        "RemoteProtocolError",
    ),
    "says it is gzip": (
        b"HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
        500,
        "plain",
    ),
    "another charset": (
        b"HTTP/1.1 500 No\r\nContent-Type: text/plain; charset=no-such\r\n"
        b"Content-Length: 4\r\n\r\n\xff\xfe\x00a",
        500,
        "\ufffd\ufffd\0a",
    ),
    "elsewhere": (
        b"HTTP/1.1 307 Elsewhere\r\nLocation: http://93.184.216.34/\r\nContent-Length: 0\r\n\r\n",
        307,
        "",
    ),
    "elsewhere on this machine": (
        b"HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        302,
        "",
    ),
    "an interim answer": (
        b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        204,
        "",
    ),
}


@pytest.mark.parametrize("case", MISBEHAVIOUR)
def test_what_a_receiver_does_wrong_is_shown(wire: Wire, domain: Domain, case: str) -> None:
    """One attempt, with its status or the reason why there is none; redirects are no answer."""
    content, status, shown = MISBEHAVIOUR[case]

    async def run() -> int:
        async with receiver(answering(content)) as address:
            await domain.call_back(address)
            (delivery,) = await domain.settled()
        (attempt,) = delivery["attempts"]
        assert delivery["state"] == ("delivered" if status == 204 else "pending")
        assert attempt["response"]["status"] == status
        if status is None:
            assert attempt["response"]["error"].startswith(shown)
        else:
            assert (attempt["response"]["error"], attempt["response"]["body"]) == (None, shown)
        return len(wire.reached)

    assert wire.run(run()) == 1


def test_an_answer_without_end_is_read_only_so_far(wire: Wire, domain: Domain) -> None:
    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await writer.drain()

    async def run() -> None:
        async with receiver(endless) as address:
            await domain.call_back(address)
            (delivery,) = await domain.settled()
            assert delivery["state"] == "delivered"
            assert len(delivery["attempts"][0]["response"]["body"]) == 2000

    wire.run(run())


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("drips", [False, True])
def test_an_answer_that_takes_too_long_has_failed(wire: Wire, domain: Domain, drips: bool) -> None:
    """The time is for all of it: a byte now and then does not win more."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async def run() -> None:
        async with receiver(drip if drips else never) as address:
            await domain.call_back(address)
            (delivery,) = await domain.settled()
            assert delivery["state"] == "pending"
            assert delivery["attempts"][0]["response"]["error"] == "no answer within 0.25 seconds"

    wire.run(run())


@pytest.mark.usefixtures("impatient")
def test_a_lookup_that_takes_too_long_has_failed(wire: Wire, domain: Domain) -> None:
    async def slow(host: Any, port: Any, **_: Any) -> Any:
        await asyncio.Event().wait()

    async def run() -> None:
        wire.loop.getaddrinfo = slow  # type: ignore[method-assign]
        await domain.call_back("http://slow.example/")
        (delivery,) = await domain.settled()
        assert delivery["attempts"][0]["response"]["error"] == "no answer within 0.25 seconds"

    wire.run(run())


def test_cookies_of_receivers_are_not_kept(wire: Wire, domain: Domain) -> None:
    heads = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=b; Path=/\r\n\r\n")

    async def run() -> None:
        async with receiver(serve) as address:
            for _ in range(2):
                await domain.call_back(address)
                await domain.settled()

    wire.run(run())
    assert len(heads) == 2
    assert not any(b"cookie" in head.lower() for head in heads)


def test_a_thousand_callbacks_to_a_dead_receiver_hold_up_nobody(wire: Wire, domain: Domain) -> None:
    """The API goes on answering, another sandbox's callbacks go on leaving, its clock goes on
    moving, and no more connections are open than were promised."""
    other = Domain(wire, sandbox_id="other")
    open_now = most_open = 0

    async def dead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_now, most_open
        open_now += 1
        most_open = max(most_open, open_now)
        await reader.read()

    async def run() -> None:
        async with (
            receiver(dead) as address,
            receiver(answering(b"HTTP/1.1 204 No Content\r\n\r\n")) as good,
        ):
            await domain.call_back(address, times=1000)
            for _ in range(200):
                answer = await wire.asked("GET", "/v1/userinfo", token=domain.token)
                assert answer.status == 200
            await other.call_back(good)
            (delivery,) = await other.settled()
            assert delivery["state"] == "delivered"
            await other.call_back("http://127.0.0.1:1/")
            assert len((await other.advance(hours=3))["happened"]) == 4
            pending = await domain.deliveries("?state=pending")
            assert len(pending) == 1000
            # Ending the sandbox ends the waiting: nothing of it is sent any more.
            assert (await wire.asked("DELETE", domain.base)).status == 204
            assert (await wire.asked("DELETE", other.base)).status == 204

    wire.run(run())
    assert 0 < most_open <= MOST_AT_ONCE


def test_retries_on_a_running_clock_need_one_timer(wire: Wire) -> None:
    """However many callbacks wait, and however often somebody looks."""
    domain = Domain(wire, clock=None)

    async def run() -> None:
        loop: Any = asyncio.get_running_loop()
        before = len(loop._scheduled)
        await domain.call_back("http://127.0.0.1:1/", times=300)
        listed = await domain.settled()
        assert {delivery["state"] for delivery in listed} == {"pending"}
        for _ in range(20):
            await wire.asked("PUT", f"{domain.base}/clock", document={"mode": "real"})
        alive = [timer for timer in loop._scheduled if not timer.cancelled()]
        assert len(alive) - before <= 2

    wire.run(run())


@pytest.mark.usefixtures("impatient")
def test_advances_at_the_same_time_add_up(wire: Wire, domain: Domain) -> None:
    """Each waits its turn, so no part of any is lost to another's callbacks."""

    async def run() -> None:
        async with receiver(never) as address:
            await domain.call_back(address)
            await asyncio.gather(*(domain.advance(hours=1) for _ in range(5)))
        clock = (await wire.asked("GET", f"{domain.base}/clock")).json()
        assert clock["now"] == "2026-05-11T13:00:00Z"

    wire.run(run())


@pytest.mark.usefixtures("impatient")
def test_a_reset_while_the_clock_advances_has_the_last_word(wire: Wire, domain: Domain) -> None:
    async def run() -> None:
        arrived = asyncio.Event()

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await reader.read()

        async with receiver(serve) as address:
            await domain.call_back(address)
            await domain.settled()
            arrived.clear()
            advancing = asyncio.create_task(domain.advance(hours=10))
            await arrived.wait()
            assert (await wire.asked("POST", f"{domain.base}/reset")).status == 200
            await advancing
        document = (await wire.asked("GET", domain.base)).json()
        assert document["clock"] == {"now": START, "mode": "virtual"}
        assert await domain.deliveries() == []

    wire.run(run())

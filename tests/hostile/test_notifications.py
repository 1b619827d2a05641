"""Push notifications: receivers that do things of their own while they are called, callbacks to
the emulator itself, and snapshots that somebody has edited.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.hostile.test_deliveries import receiver
from tests.hostile.wire import Wire
from tests.hostile.worlds import EVENT, World

MOST_CHANNELS = 128

Handler = Callable[[dict[str, Any]], Awaitable[None]]


@pytest.fixture
def world(wire: Wire) -> World:
    """Nobody has a channel yet."""
    world = World(wire)
    for channel_id in world.channel_ids:
        wire.ask("DELETE", f"/v1/channels/{channel_id}", token=world.tokens[0])
    return world


def base(world: World) -> str:
    return f"/_mock/sandboxes/{world.sandbox_id}"


async def read_body(reader: asyncio.StreamReader) -> dict[str, Any]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split()[0])
    document: dict[str, Any] = json.loads(await reader.readexactly(length))
    return document


def told(world: World, handle: Handler) -> list[str]:
    """The notifications of a channel, Rita having changed something, within an hour; ``handle``
    is what its receiver does before it answers.
    """
    types: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        document = await read_body(reader)
        types.append(document["notification"]["type"])
        await handle(document)
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()

    async def run() -> None:
        own = {name: EVENT[name] for name in ("summary", "start", "end")}
        async with receiver(serve) as url:
            ask, token = world.wire.asked, world.tokens[0]
            created = await ask("POST", "/v1/channels", token=token, document={"callback_url": url})
            assert created.status == 200, created
            await ask("POST", f"{base(world)}/people/rita@acme.test/events", document=own)
            await ask("POST", f"{base(world)}/clock/advance", document={"hours": 1})

    world.wire.run(run())
    return types


def deliveries(world: World) -> list[tuple[str, str]]:
    """Those to receivers of this machine, and their states."""
    path = f"{base(world)}/deliveries?url=http://127.0.0.1"
    listed = world.wire.ask("GET", path).json()["deliveries"]
    return [(delivery["kind"], delivery["state"]) for delivery in listed]


def test_who_writes_when_told_of_a_change_is_not_told_again(world: World) -> None:
    """1.4.4: an application's own writes are no changes to it, also inside its handler."""
    path = f"/v1/calendars/{world.calendar_of('rita@acme.test')}/events"

    async def write(document: dict[str, Any]) -> None:
        body = {**EVENT, "summary": document["notification"]["type"]}
        answer = await world.wire.asked("POST", path, token=world.tokens[0], document=body)
        assert answer.status == 202

    assert told(world, write) == ["verification", "change"]


def test_channels_that_make_channels_come_to_an_end(world: World) -> None:
    """Who opens another channel on each call has the most that there can be, each verified."""

    async def open_another(document: dict[str, Any]) -> None:
        url = document["channel"]["callback_url"] + "x"
        await world.wire.asked(
            "POST", "/v1/channels", token=world.tokens[0], document={"callback_url": url}
        )

    types = told(world, open_another)
    assert types.count("verification") == MOST_CHANNELS
    listed = world.wire.ask("GET", f"{base(world)}/channels").json()["channels"]
    assert len(listed) == MOST_CHANNELS


def test_a_channel_that_is_closed_while_it_is_called(world: World) -> None:
    """Nothing more is sent, not even what has happened meanwhile."""

    async def close(document: dict[str, Any]) -> None:
        path = f"/v1/channels/{document['channel']['channel_id']}"
        assert (await world.wire.asked("DELETE", path, token=world.tokens[0])).status == 202

    assert told(world, close) == ["verification"]
    assert deliveries(world) == [("verification", "failed")]


def test_a_reset_while_a_receiver_is_called(world: World) -> None:
    """What was on its way is of a world that is no more: it leaves no trace."""

    async def reset(_: dict[str, Any]) -> None:
        assert (await world.wire.asked("POST", f"{base(world)}/reset")).status == 200

    assert told(world, reset) == ["verification"]
    assert deliveries(world) == []


def test_a_sandbox_that_ends_while_a_receiver_is_called(world: World) -> None:
    """Nothing more is sent, and nothing fails."""

    async def end(_: dict[str, Any]) -> None:
        assert (await world.wire.asked("DELETE", base(world))).status == 204

    assert told(world, end) == ["verification"]
    assert world.wire.ask("GET", base(world)).status == 404


def test_a_snapshot_that_comes_back_while_a_receiver_is_called(world: World) -> None:
    """It says what is true already, so nothing has changed: what is on its way counts."""
    taken: list[Any] = []

    async def restore(_: dict[str, Any]) -> None:
        path = f"{base(world)}/snapshot"
        if not taken:
            taken.append((await world.wire.asked("GET", path)).json())
            assert (await world.wire.asked("PUT", path, document=taken[0])).status == 200

    assert told(world, restore) == ["verification", "change"]
    assert deliveries(world) == [("verification", "delivered"), ("change", "delivered")]


@pytest.mark.parametrize(
    "path", ["/reset", "/deliveries/{delivery_id}/replay", "/clock/advance", "/channels/x/notify"]
)
def test_no_callback_reaches_the_control_api(served: str, path: str) -> None:
    """It would replay itself for ever, or take away what it comes from: it is refused."""
    wanted = {"clock": "2026-05-11T08:00:00Z", "seed": 7}
    with httpx.Client(base_url=served) as client:
        opened = client.post("/_mock/sandboxes", json=wanted).json()
        own = f"/_mock/sandboxes/{opened['sandbox_id']}"
        connected = client.post(f"{own}/connect", json={"email": "jane@acme.test"}).json()
        bearer = {"Authorization": f"Bearer {connected['access_token']}"}

        def channel(url: str) -> Any:
            # What everybody may know: after a reset, ids are the same again.
            body = {"callback_url": url}
            assert client.post("/v1/channels", headers=bearer, json=body).status_code == 200
            return client.get(f"{own}/deliveries").json()["deliveries"][0]["delivery_id"]

        snapshot = client.get(f"{own}/snapshot").json()
        delivery_id = channel("http://127.0.0.1:1/")
        assert client.put(f"{own}/snapshot", json=snapshot).status_code == 200
        assert channel(served + own + path.format(delivery_id=delivery_id)) == delivery_id
        client.post(f"{own}/clock/advance", json={"seconds": 60})
        delivery = client.get(f"{own}/deliveries/{delivery_id}").json()
        assert delivery["state"] == "pending"
        assert [attempt["response"]["status"] for attempt in delivery["attempts"]] == [403, 403]
        problem = {
            "place": "Cronofy-HMAC-SHA256",
            "found": "a callback of mock-cronofy",
            "expected": "a request of a test's own",
        }
        (said, _) = (json.loads(a["response"]["body"]) for a in delivery["attempts"])
        assert said == {"errors": [problem]}
        client.delete(own)


@pytest.mark.parametrize(
    "body", ['"\\ud800"', "[" * 300 + "]" * 300, "[" * 5000 + "]" * 5000, "{", "nul", ""]
)
def test_a_body_that_cannot_be_shown_is_no_snapshots(world: World, body: str) -> None:
    """An edited snapshot with such a delivery is refused: listing deliveries would fail."""
    channel = {"callback_url": "http://127.0.0.1:1/"}
    world.wire.ask("POST", "/v1/channels", token=world.tokens[0], document=channel)
    snapshot = world.wire.ask("GET", f"{base(world)}/snapshot").json()
    snapshot["tables"]["deliveries"][0]["body"] = body
    answer = world.wire.ask("PUT", f"{base(world)}/snapshot", document=snapshot)
    assert answer.status == 422
    assert answer.json()["errors"][0]["place"] == "tables.deliveries[0]"
    assert world.wire.ask("GET", f"{base(world)}/deliveries").status == 200


def test_snapshots_of_the_last_second_there_is(world: World) -> None:
    """What is done then reaches no further: the sandbox's own snapshot is taken back."""
    wire, key = world.wire, world.main["client_secret"]
    last = {"now": "9999-12-31T23:59:59Z"}
    assert wire.ask("PUT", f"{base(world)}/clock", document=last).status == 200
    agent = {"join_url": "https://meet.acme.test/"}
    planned = {**agent, "scheduling_key": "last", "join_time": EVENT["start"]}
    for body, status in ((agent, 200), (planned, 202)):
        answer = wire.ask("POST", "/v1/meeting_agents", token=key, document=body)
        assert answer.status == status
    own = {name: EVENT[name] for name in ("summary", "start", "end")}
    wire.ask("POST", f"{base(world)}/people/rita@acme.test/events", document=own)
    snapshot = wire.ask("GET", f"{base(world)}/snapshot").json()
    answer = wire.ask("PUT", f"{base(world)}/snapshot", document=snapshot)
    assert answer.status == 200, answer

"""Each SDK's calls about channels, sent raw, are answered and have effect as a plain one's.

Ruby: client.rb 485-556. PHP: Cronofy.php 636-664, whose DELETE has the body ``[]``. C#:
CreateChannelRequest.cs, of which what is not set is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import csharp, node, php, pycronofy, ruby
from tests.sdk.expected import unprocessable
from tests.sdk.matching import Like
from tests.sdk.wire import CALLBACK_URL, Answer, Call, Case, Effect, World

PATH = "/v1/channels"
URL = f"{CALLBACK_URL}?user=7&token=a%2Fb"
CHANNEL = Like(r"chn_[0-9a-f]{24}")


class ChannelWorld(World):
    """One channel is open, which only own events are told on."""

    def __init__(self, sandbox: Sandbox, visit: Visit) -> None:
        super().__init__(sandbox, visit)
        self.calendar_id: str = self.plain("/v1/calendars")["calendars"][0]["calendar_id"]
        body = {"callback_url": CALLBACK_URL, "filters": {"only_managed": True}}
        response = sandbox.call(self.token, "POST", PATH, json=body)
        assert response.status_code == 200, response.text
        self.channel: dict[str, Any] = response.json()["channel"]
        self.path = f"{PATH}/{self.channel['channel_id']}"


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> ChannelWorld:
    return ChannelWorld(open_sandbox(scenario=wire.SCENARIO), visit)


def created(**filters: Any) -> dict[str, Any]:
    return {"channel_id": CHANNEL, "callback_url": URL, "filters": filters}


def answer(make: Callable[[Any], dict[str, Any]]) -> Answer:
    return lambda w: {"channel": make(w)}


def listed(*more: Callable[[Any], dict[str, Any]]) -> Effect:
    """The channels are the one that was open, and these."""

    def check(w: Any) -> bool:
        expected = [w.channel, *(make(w) for make in more)]
        return bool(w.plain(PATH) == {"channels": expected})

    return check


def none_left(w: World) -> bool:
    return bool(w.plain(PATH) == {"channels": []})


def create(
    filters: Callable[[Any], dict[str, Any]] | None,
    echoed: Callable[[Any], dict[str, Any]],
    by: str = wire.ALL,
) -> Call:
    def body(w: World) -> dict[str, Any]:
        more = {"filters": filters(w)} if filters else {}
        return {"callback_url": URL, **more}

    def channel(w: World) -> dict[str, Any]:
        return created(**echoed(w))

    return Call(
        lambda sdk, w: sdk.api("POST", PATH, w.token, body(w)),
        answer(channel),
        effect=listed(channel),
        by=by,
    )


def own_and_calendar(w: Any) -> dict[str, Any]:
    return {"calendar_ids": [w.calendar_id], "only_managed": True}


CALLS = {
    "create": create(None, lambda _: {}),
    "create with filters": create(own_and_calendar, own_and_calendar),
    "create with what is no filter yet": create(
        lambda w: {**own_and_calendar(w), "future_parameter": "for flexibility"},
        own_and_calendar,
        by="ruby node php",
    ),
    "create for all events": create(
        lambda _: {"only_managed": False},
        lambda _: {"only_managed": False},
        by="ruby node php csharp",
    ),
    "list": Call(
        lambda sdk, w: sdk.api("GET", PATH, w.token),
        lambda w: {"channels": [w.channel]},
    ),
    "close": Call(lambda sdk, w: sdk.api("DELETE", w.path, w.token), wire.nothing, 202, none_left),
    "close none": Call(
        lambda sdk, w: sdk.api("DELETE", f"{PATH}/chn_0", w.token), wire.nothing, 404, listed()
    ),
    "create without an address": Call(
        lambda sdk, w: sdk.api("POST", PATH, w.token, {"callback_url": ""}),
        wire.document(unprocessable("callback_url", "errors.required", "required")),
        422,
        listed(),
    ),
}

OPEN = {"callback_url": CALLBACK_URL, "filters": {"only_managed": True}}
ODDITIES = {
    "python: no calendars at all": Case(
        lambda w: pycronofy("POST", PATH, w.token, {"callback_url": URL}),
        answer(lambda _: created()),
        effect=listed(lambda _: created()),
    ),
    "node: the same again, with options of other calls": Case(
        lambda w: node("POST", PATH, w.token, {**OPEN, "bearer_token": "x"}),
        lambda w: {"channel": w.channel},
        effect=listed(),
    ),
    "node: a list of options": Case(
        lambda w: node("GET", f"{PATH}?tzid=Etc%2FUTC&bearer_token=x", w.token),
        lambda w: {"channels": [w.channel]},
    ),
    "ruby: conversations": Case(
        lambda w: ruby(
            "POST",
            PATH,
            w.token,
            {"scheduling_conversations": {"enabled": True}, "callback_url": URL},
        ),
        answer(lambda _: {**created(), "scheduling_conversations": {"enabled": True}}),
    ),
    "php: filters that are empty": Case(
        lambda w: php("POST", PATH, w.token, {"callback_url": URL, "filters": []}),
        answer(lambda _: created()),
    ),
    "php: no callback_url": Case(
        lambda w: php("POST", PATH, w.token, {"callback_url": None}),
        wire.document(unprocessable("callback_url", "errors.required", "required")),
        422,
        listed(),
    ),
    "csharp: filters of null": Case(
        lambda w: csharp("POST", PATH, w.token, {"callback_url": URL, "filters": None}),
        answer(lambda _: created()),
    ),
    "csharp: a token that nobody has": Case(
        lambda w: csharp("GET", PATH, "stale"), wire.nothing, 401
    ),
    "field: the application's secret has no channels": Case(
        lambda w: ruby("GET", PATH, w.client_secret), wire.nothing, 401
    ),
}

CASES = {**wire.in_dialects(CALLS), **ODDITIES}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: ChannelWorld, served: str) -> None:
    """The request is answered as a plain one would be, and has the same effect."""
    wire.check(CASES[name], world, served)

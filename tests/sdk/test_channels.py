"""An application keeps up with Jane's calendars, through both SDKs, in every access mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.receiver.process import Receiver
from tests.sdk import channel_calls
from tests.sdk.channel_calls import Channels
from tests.sdk.clients import Client, Document, Sdk
from tests.sdk.diary import BEN, JANE, Diary, event
from tests.sdk.event_calls import refusal
from tests.sdk.expected import unprocessable
from tests.sdk.matching import Like

CHANNEL = Like(r"chn_[0-9a-f]{24}")
IN_ONE_MODE = pytest.mark.parametrize("mode", ["read_write-google"], indirect=True)
LUNCH = {"summary": "Lunch", "start": "2026-05-12T12:00:00Z", "end": "2026-05-12T13:00:00Z"}
CLOCK = "2026-05-11T08:00:00Z"


class Listener:
    """An application that asks for all that it is told of."""

    def __init__(self, diary: Diary, receiver: Receiver, client: Client | None = None) -> None:
        self.diary = diary
        self.client = client or diary.client
        self.receiver = receiver
        self.url = f"{receiver.url}/hook?user=7&token=a%2Fb"
        self.channels = channel_calls.of(self.client)

    def open(self, **filters: Any) -> Document:
        """A new channel, as its answer, the list and its first call show it."""
        answer = self.channels.create(self.url, **filters)
        channel_id = answer["channel"]["channel_id"]
        assert channel_id == CHANNEL
        channel = {"channel_id": channel_id, "callback_url": self.url, "filters": filters}
        assert answer == {"channel": channel}
        assert channel in self.channels.list()["channels"]
        assert self.told() == [{"notification": {"type": "verification"}, "channel": channel}]
        return channel

    def told(self, **duration: int) -> list[Document]:
        """What has been told since, and within ``duration``; the SDK checks each signature."""
        self.diary.sandbox.advance(**(duration or {"seconds": 0}))
        came = self.receiver.rest()
        assert all(callback.path == "/hook?user=7&token=a%2Fb" for callback in came)
        assert all(self.client.hmac_valid(c.signature, c.text) for c in came)
        return [callback.document for callback in came]


@pytest.fixture
def listener(diary: Diary, receiver: Receiver) -> Listener:
    return Listener(diary, receiver)


def told_of_change(channel: Document, since: str = CLOCK) -> list[Document]:
    notification = {"type": "change", "changes_since": since}
    return [{"notification": notification, "channel": channel}]


def books(diary: Diary, **changes: Any) -> None:
    """Jane writes into her own calendar."""
    response = diary.sandbox.control("POST", f"/people/{JANE}/events", json={**LUNCH, **changes})
    assert response.status_code == 201, response.text


def test_life(listener: Listener) -> None:
    """Asked for again, it is the same; closed, it is told of nothing and listed no more."""
    assert listener.channels.list() == {"channels": []}
    channel = listener.open()
    assert listener.channels.create(listener.url) == {"channel": channel}
    second = listener.open(only_managed=True)
    third = listener.open(calendar_ids=[listener.diary.calendar_id], only_managed=True)
    assert listener.channels.list() == {"channels": [channel, second, third]}
    for closed in (channel, third):
        listener.channels.close(closed["channel_id"])
    assert listener.channels.list() == {"channels": [second]}
    closing = listener.channels.close
    for gone in (channel["channel_id"], "chn_0", "x/y"):
        assert refusal(closing, gone) == (404, None)
    assert listener.told(days=2) == []


def test_changes_are_read_by_their_time(listener: Listener) -> None:
    """changes_since is what to read from: last_modified finds what Jane did, and nothing else.
    What the application does itself is not told. Of a calendar that it does not see, nothing."""
    diary = listener.diary
    channel = listener.open()
    diary.events.upsert(diary.calendar_id, event())
    assert listener.told(minutes=5) == []
    books(diary)
    now = "2026-05-11T08:05:00Z"
    seen = diary.mode != "no_calendar"
    assert listener.told(seconds=1) == (told_of_change(channel, now) if seen else [])
    found = diary.events.read(last_modified=now, include_deleted=True)
    if diary.hosted:
        # Busy times are all that is seen of it.
        assert found == []
    else:
        assert [changed["summary"] for changed in found] == ["Lunch"]
    diary.events.delete(diary.calendar_id, "planning")
    assert listener.told(days=1) == []


def test_what_becomes_of_own_events(listener: Listener) -> None:
    """Jane changes what the application has written; or answers, where it came by mail."""
    diary = listener.diary
    channel = listener.open(only_managed=True)
    diary.events.upsert(diary.calendar_id, event())
    if diary.hosted:
        (mail,) = diary.sandbox.control("GET", "/inbox", params={"to": JANE}).json()["messages"]
        path = f"/inbox/{mail['message_id']}/reply"
        response = diary.sandbox.control("POST", path, json={"status": "declined"})
    else:
        listed = diary.sandbox.control("GET", f"/people/{JANE}/events").json()["events"]
        (planning,) = (e for e in listed if e["summary"] == "Planning")
        wanted = {"event_uid": planning["event_uid"], "summary": "Plans"}
        response = diary.sandbox.control("POST", f"/people/{JANE}/events", json=wanted)
    assert response.is_success, response.text
    assert listener.told(seconds=1) == told_of_change(channel)
    (read,) = diary.events.read(last_modified=CLOCK, only_managed=True)
    changed = {"participation_status": "declined"} if diary.hosted else {"summary": "Plans"}
    assert {name: read[name] for name in changed} == changed


@IN_ONE_MODE
def test_filters(listener: Listener) -> None:
    """Own events only, or those of one calendar: the rest is not told."""
    diary = listener.diary
    listener.open(only_managed=True)
    everything = listener.open(calendar_ids=[diary.calendar_id])
    listener.open(calendar_ids=[diary.own["Holidays"]])
    books(diary)
    assert listener.told(minutes=1) == told_of_change(everything)


@IN_ONE_MODE
def test_another_application(sdk: Sdk, diary: Diary, receiver: Receiver) -> None:
    """Each has channels of its own, and is told of what the other writes."""
    first = Listener(diary, receiver)
    first.open()
    client_id = diary.sandbox.document["applications"][1]["client_id"]
    token = diary.sandbox.connect(JANE, client_id=client_id, access_mode="read_write")
    other = Listener(diary, receiver, diary.client_of(token, 1))
    assert other.channels.list() == {"channels": []}
    second = other.open()
    diary.events.upsert(diary.calendar_id, event())
    assert other.told(seconds=1) == told_of_change(second)
    assert refusal(first.channels.close, second["channel_id"]) == (404, None)


@IN_ONE_MODE
def test_revoking_closes(listener: Listener) -> None:
    listener.open()
    listener.client.revoke()
    books(listener.diary)
    assert listener.told(days=2) == []
    found = listener.diary.sandbox.control("GET", "/channels").json()
    assert found == {"channels": []}


REFUSED: dict[str, tuple[str, dict[str, Any], Document]] = {
    "no address": ("", {}, unprocessable("callback_url", "errors.required", "required")),
    "another scheme": (
        "ftp://app.test/hook",
        {},
        unprocessable("callback_url", "errors.invalid", "must be an http or https address"),
    ),
    "an unknown calendar": (
        "https://app.test/hook",
        {"calendar_ids": ["cal_none"]},
        unprocessable("filters.calendar_ids", "errors.not_found", "contains unknown calendar ids"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
@IN_ONE_MODE
def test_refusals(listener: Listener, case: str) -> None:
    url, filters, document = REFUSED[case]
    assert refusal(listener.channels.create, url, **filters) == (422, document)
    assert listener.channels.list() == {"channels": []}


# Each with the status for who may not read: what they wrote themselves they may be told of, so
# listing and closing are open to them.
CALLS: dict[str, tuple[Callable[[Channels], Any], int | None]] = {
    "create": (lambda channels: channels.create("https://app.test/hook"), 403),
    "list": (lambda channels: channels.list(), None),
    "close": (lambda channels: channels.close("chn_0"), 404),
}


@pytest.mark.parametrize("name", CALLS)
@IN_ONE_MODE
def test_who_may(diary: Diary, name: str) -> None:
    """403 for who may not read, and 401 for a token that nobody has."""
    call, status = CALLS[name]
    writer = channel_calls.of(diary.client_of(diary.sandbox.connect(BEN, scope="create_event")))
    nobody = diary.sdk.client(diary.sandbox.credentials, "stale")
    assert refusal(call, channel_calls.of(nobody)) == (401, None)
    if status is None:
        assert call(writer) == {"channels": []}
    else:
        assert refusal(call, writer) == (status, None)


@IN_ONE_MODE
def test_too_many(listener: Listener) -> None:
    """128 are as many as an account has by one application."""
    for number in range(128):
        listener.channels.create(f"{listener.url}&{number}")
    status, document = refusal(listener.channels.create, f"{listener.url}&128")
    assert (status, document) == (
        422,
        unprocessable("base", "errors.too_many_channels", "must have at most 128 channels"),
    )
    assert listener.channels.create(f"{listener.url}&0")["channel"]["channel_id"] == CHANNEL

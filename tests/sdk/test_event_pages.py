"""Long answers come in pages, which each SDK turns in its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pycronofy.pagination import Pages

from tests.emulator import Sandbox
from tests.sdk import event_calls
from tests.sdk.clients import NodeClient, NodeSdk, PythonClient, PythonSdk, Refused, Sdk
from tests.sdk.diary import BEN, SCOPE, Diary, event
from tests.sdk.matching import Like

IDS = [f"planning-{number}" for number in range(5)]
WANTED = {"tzid": "Etc/UTC", "only_managed": True}


def filled(sdk: Sdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Diary:
    """Five events of the application's, two on a page."""
    diary = Diary(sdk, open_sandbox, mode, switches={"page_size": 2})
    for number, event_id in enumerate(IDS):
        times = {
            "start": f"2026-05-{13 + number}T09:00:00Z",
            "end": f"2026-05-{13 + number}T10:00:00Z",
        }
        diary.events.upsert(diary.calendar_id, event(event_id=event_id, **times))
    return diary


@pytest.fixture
def diary(sdk: Sdk, open_sandbox: Callable[..., Sandbox], mode: str) -> Diary:
    return filled(sdk, open_sandbox, mode)


def ids(found: list[Any]) -> list[str]:
    return [entry["event_id"] for entry in found]


def test_every_page_is_read(diary: Diary) -> None:
    """Both kinds of reading, over all pages, in order."""
    assert ids(diary.managed()) == IDS
    busy = diary.events.free_busy(include_managed=True)
    ours = [p for p in busy if p["calendar_id"] == diary.calendar_id]
    assert len(busy) == 5 + len(diary.own_busy())
    assert [p["start"][:10] for p in ours if p["start"] > "2026-05-13"][:5] == [
        f"2026-05-{13 + number}" for number in range(5)
    ]
    assert diary.events.read() == diary.own_events()


def next_page(kind: str, served: str) -> Like:
    return Like(rf"{served}/v1/{kind}/pages/[0-9a-f]{{24}}")


@pytest.fixture
def in_python(python_sdk: PythonSdk, open_sandbox: Callable[..., Sandbox]) -> Diary:
    return filled(python_sdk, open_sandbox, "no_calendar")


def pages(diary: Diary, **options: Any) -> Pages:
    assert isinstance(diary.client, PythonClient)
    return diary.client.client.read_events(only_managed=True, **options)


def test_python_iterates(in_python: Diary) -> None:
    """By itself, ``Pages`` goes on to the last page."""
    assert ids(list(pages(in_python))) == IDS
    assert ids(pages(in_python).all()) == IDS
    busy = pages(in_python)
    assert [next(busy)["event_id"] for _ in range(5)] == IDS
    with pytest.raises(StopIteration):
        next(busy)


def test_python_turns_pages(in_python: Diary, served: str) -> None:
    """Told not to, it stays on a page until it is turned."""
    found = pages(in_python, automatic_pagination=False)
    assert (found.current, found.total, len(found)) == (1, 3, 2)
    assert found.json()["pages"] == {
        "current": 1,
        "total": 3,
        "next_page": next_page("events", served),
    }
    assert ids(list(found)) == IDS[:2] == ids(found.current_page())
    assert found[1]["event_id"] == IDS[1]
    found.fetch_next_page()
    assert found.next_page_url == next_page("events", served)
    assert ids(list(found)) == IDS[2:4]
    found.fetch_next_page()
    assert found.json()["pages"] == {"current": 3, "total": 3}
    assert found.next_page_url is None
    assert ids(list(found)) == IDS[4:]


def test_python_turns_pages_of_busy_times(in_python: Diary, served: str) -> None:
    assert isinstance(in_python.client, PythonClient)
    found = in_python.client.client.read_free_busy(automatic_pagination=False)
    assert found.next_page_url == next_page("free_busy", served)
    assert len(found.all()) == 5


@pytest.fixture
def in_node(node_sdk: NodeSdk, open_sandbox: Callable[..., Sandbox]) -> Diary:
    return filled(node_sdk, open_sandbox, "read_write-google")


def test_node_turns_pages(in_node: Diary, served: str) -> None:
    """The address of the next page is an option; the others end up in its query, unread."""
    assert isinstance(in_node.client, NodeClient)
    first = in_node.client.call("readEvents", **WANTED)
    assert first["pages"] == {"current": 1, "total": 3, "next_page": next_page("events", served)}
    assert ids(first["events"]) == IDS[:2]
    for options in ({}, WANTED, {"tzid": "Mars/Olympus", "calendar_ids": ["cal_1", "cal_2"]}):
        address = first["pages"]["next_page"]
        second = in_node.client.call("readEvents", next_page=address, **options)
        assert second["pages"]["current"] == 2
        assert ids(second["events"]) == IDS[2:4]
    last = in_node.client.call("readEvents", next_page=second["pages"]["next_page"])
    assert last["pages"] == {"current": 3, "total": 3}
    assert ids(last["events"]) == IDS[4:]


def turn(diary: Diary, address: str) -> Any:
    """The page at ``address``, through the SDK."""
    if isinstance(diary.client, PythonClient):
        handler = diary.client.client.request_handler
        return diary.client.call(handler.get, url=address)[1]
    assert isinstance(diary.client, NodeClient)
    return diary.client.call("readEvents", next_page=address)


def first_address(diary: Diary) -> str:
    if isinstance(diary.client, PythonClient):
        return str(pages(diary).next_page_url)
    assert isinstance(diary.client, NodeClient)
    return str(diary.client.call("readEvents", **WANTED)["pages"]["next_page"])


def test_pages_are_a_snapshot(diary: Diary) -> None:
    """Pages show what the first request found, again and again, for an hour."""
    address = first_address(diary)
    before = turn(diary, address)
    diary.events.upsert(diary.calendar_id, event(event_id="first", start="2026-05-11T12:00:00Z"))
    diary.events.delete(diary.calendar_id, IDS[2])
    assert turn(diary, address) == before
    assert ids(diary.managed())[0] == "first"
    diary.sandbox.advance(hours=1)
    diary.client.refresh()
    with pytest.raises(Refused) as refused:
        turn(diary, address)
    assert (refused.value.status, refused.value.document) == (404, None)


def test_pages_are_ones_own(diary: Diary) -> None:
    """404 for somebody else's page, for one that is none, and for one of the other kind."""
    address = first_address(diary)
    token = diary.sandbox.connect(BEN, scope=SCOPE)
    mine = diary.client
    diary.client = diary.client_of(token)
    with pytest.raises(Refused) as refused:
        turn(diary, address)
    assert (refused.value.status, refused.value.document) == (404, None)
    diary.client = mine
    wrong = [address[:-1] + ("0" if address[-1] != "0" else "1")]
    wrong.append(address.replace("/events/", "/free_busy/"))
    for other in wrong:
        assert event_calls.refusal(turn, diary, other) == (404, None)
    assert ids(turn(diary, address)["events"]) == IDS[2:4]

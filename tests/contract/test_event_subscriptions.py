"""Event subscriptions: webhooks on one event, and those of conferencing among them.

notifications.md §§4.1, 4.3, events.md §2.6.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest

from tests.contract.documents import Document
from tests.contract.events import accepted
from tests.contract.receiver import Receiver
from tests.contract.subscribing import interaction, next_body, transition, webhook
from tests.contract.test_conferencing_events import EXPLICIT, JOIN_URLS, Jane, assigned
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

ASSIGNED, FAILING = "conferencing_assigned", "conferencing_failing"
BROKEN = {"provider_name": "zoom", "failing": True}


def both(receiver: Receiver) -> list[Document]:
    return [webhook(receiver, ASSIGNED, FAILING)]


def nothing_more(jane: Jane, receiver: Receiver) -> None:
    """Nobody is called, however long one waits."""
    jane.sandbox.advance(hours=48)
    assert receiver.empty


WRITTEN: dict[str, tuple[Document, Document]] = {
    "as little as possible": ({}, {}),
    "4.1 description?": ({"description": "Notes"}, {"description": "Notes"}),
    "4.1 plain times and tzid": (
        {
            "start": {"time": "2026-05-12T09:00:00", "tzid": "Europe/Paris"},
            "end": {"time": "2026-05-12T09:30:00", "tzid": "Europe/Paris"},
            "tzid": "Europe/London",
        },
        {"start": "2026-05-12T07:00:00Z", "end": "2026-05-12T07:30:00Z", "tzid": "Europe/Paris"},
    ),
    "4.1 all day": (
        {"start": "2026-05-12", "end": "2026-05-14"},
        {"start": "2026-05-12", "end": "2026-05-14"},
    ),
    "4.1 meeting_agent {profile_id}": (
        {"meeting_agent": {"profile_id": "cronofy", "display_name": "Notes"}},
        {"meeting_agent": {"profile_id": "cronofy"}},
    ),
    "4.1 no meeting_agent": ({"meeting_agent": {"profile_id": "none"}}, {}),
    "4.1 nothing else": (
        {
            "location": {"description": "Room 1"},
            "attendees": {"invite": [{"email": "mary@acme.test"}]},
            "url": "https://acme.test/",
            "tags": {"private": [{"value": "vip"}]},
        },
        {},
    ),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_conferencing_assigned(open_sandbox: Open, receiver: Receiver, case: str) -> None:
    """4.3: conferencing is attached after the 202; then conferencing_assigned is sent, with the
    event as it was written and where to join."""
    written, shown = WRITTEN[case]
    jane = Jane(open_sandbox, "zoom")
    jane.write(jane.services["zoom"], subscriptions=both(receiver), **written)
    assert receiver.empty
    jane.sandbox.advance(seconds=2)
    callback = receiver.next()
    expected = interaction(ASSIGNED, conferencing=assigned("zoom"), **shown)
    assert callback.document == expected
    assert callback.path == "/hook"
    nothing_more(jane, receiver)


@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
@pytest.mark.parametrize("provider_name", JOIN_URLS)
def test_every_service(
    open_sandbox: Open, receiver: Receiver, provider_name: str, mode: str
) -> None:
    """In every access mode the callback has what reads have from then on."""
    scope = "read_write free_busy_write"
    jane = Jane(open_sandbox, provider_name, scope=scope, access_mode=mode)
    jane.write(jane.services[provider_name], subscriptions=both(receiver))
    where = jane.arranged()
    body = next_body(receiver)
    assert body["event"]["conferencing"] == where == assigned(provider_name)
    nothing_more(jane, receiver)


def test_the_words_in_a_callback(open_sandbox: Open, receiver: Receiver) -> None:
    """Assumed: the event says what it says now, with its templates filled in."""
    jane = Jane(open_sandbox, "zoom")
    template = "Join at {{ cronofy.conferencing.join_url }}"
    members = {"description": template, "locale": "en", "subscriptions": both(receiver)}
    jane.write(jane.services["zoom"], **members)
    where = jane.arranged()
    assert where is not None
    body = next_body(receiver)
    assert body["event"]["description"] == f"Join at {where['join_url']}"


def test_conferencing_failing(open_sandbox: Open, receiver: Receiver) -> None:
    """4.3: on a provider's failure conferencing_failing is sent, with an event that stands
    without conferencing; a later success sends conferencing_assigned. Assumed: retries that fail
    say nothing."""
    jane = Jane(open_sandbox, BROKEN)
    zoom = jane.services["zoom"]
    jane.write(zoom, subscriptions=both(receiver))
    jane.sandbox.advance(seconds=2)
    assert next_body(receiver) == interaction(FAILING)
    jane.sandbox.advance(minutes=10)
    assert receiver.empty
    jane.control("fail", zoom, failing=False)
    jane.sandbox.advance(minutes=1)
    assert next_body(receiver) == interaction(ASSIGNED, conferencing=assigned("zoom"))
    nothing_more(jane, receiver)


def test_failing_for_good(open_sandbox: Open, receiver: Receiver) -> None:
    """4.3: it is sent once, while retries go on until the event is over."""
    jane = Jane(open_sandbox, BROKEN)
    jane.write(jane.services["zoom"], subscriptions=both(receiver))
    jane.sandbox.advance(hours=48)
    assert next_body(receiver) == interaction(FAILING)
    nothing_more(jane, receiver)


def test_a_calendar_that_is_disconnected(open_sandbox: Open, receiver: Receiver) -> None:
    """Assumed: so it is while the calendar cannot be told of a meeting."""
    jane = Jane(open_sandbox, "zoom")
    jane.write(jane.services["zoom"], subscriptions=both(receiver))
    jane.control("disconnect", jane.profile_id)
    jane.sandbox.advance(seconds=2)
    assert next_body(receiver) == interaction(FAILING)
    jane.control("reconnect", jane.profile_id)
    jane.sandbox.advance(minutes=1)
    assert next_body(receiver) == interaction(ASSIGNED, conferencing=assigned("zoom"))
    nothing_more(jane, receiver)


PAST = {"start": "2026-05-10T09:00:00Z", "end": "2026-05-10T09:30:00Z"}


def _subscribed_too_late(jane: Jane, receiver: Receiver) -> None:
    jane.write("default")
    jane.arranged()
    jane.write("default", subscriptions=both(receiver))


def _asked_away(jane: Jane, receiver: Receiver) -> None:
    jane.write("default", subscriptions=both(receiver))
    jane.write("none")


def _deleted(jane: Jane, receiver: Receiver) -> None:
    jane.write("default", subscriptions=both(receiver))
    accepted(jane.sandbox.call(jane.token, "DELETE", jane.path, json={"event_id": "standup"}))


def _taken_away(jane: Jane, receiver: Receiver) -> None:
    jane.write("default", subscriptions=both(receiver))
    jane.write("default", subscriptions=[])


def _revoked(jane: Jane, receiver: Receiver) -> None:
    jane.write("default", subscriptions=both(receiver))
    body = {**jane.sandbox.credentials, "token": jane.token}
    assert jane.sandbox.http.post("/oauth/token/revoke", json=body).status_code == 200


def _others(jane: Jane, receiver: Receiver) -> None:
    kinds = (FAILING, "meeting_agent_activated", "meeting_agent_failed")
    jane.write("default", subscriptions=[webhook(receiver, *kinds)])


QUIET: dict[str, Callable[[Jane, Receiver], None]] = {
    "assumed: explicit conferencing": lambda jane, receiver: jane.write(
        EXPLICIT, subscriptions=both(receiver)
    ),
    "no conferencing": lambda jane, receiver: jane.write(None, subscriptions=both(receiver)),
    "conferencing none": lambda jane, receiver: jane.write("none", subscriptions=both(receiver)),
    "an event of the past": lambda jane, receiver: jane.write(
        "default", subscriptions=both(receiver), **PAST
    ),
    "subscribed to other interactions": _others,
    "subscribed too late": _subscribed_too_late,
    "asked away": _asked_away,
    "4.1 the event is deleted": _deleted,
    "4.1 subscriptions are replaced by none": _taken_away,
    "assumed: revoked": _revoked,
}


@pytest.mark.parametrize("case", QUIET)
def test_not_called(open_sandbox: Open, receiver: Receiver, case: str) -> None:
    """Nobody is called."""
    jane = Jane(open_sandbox, "zoom")
    QUIET[case](jane, receiver)
    nothing_more(jane, receiver)
    assert jane.sandbox.control("GET", "/deliveries").json() == {"deliveries": []}


def test_subscriptions_of_later_upserts(open_sandbox: Open, receiver: Receiver) -> None:
    """4.1: an upsert without subscriptions leaves them, with subscriptions replaces them."""
    jane = Jane(open_sandbox, "zoom", "webex")
    jane.write(jane.services["zoom"], subscriptions=[webhook(receiver, ASSIGNED, path="/1")])
    jane.write(jane.services["zoom"], summary="Retro")
    jane.sandbox.advance(seconds=2)
    first = receiver.next()
    assert first.path == "/1"
    assert first.document == interaction(ASSIGNED, summary="Retro", conferencing=assigned("zoom"))
    jane.write(jane.services["webex"], subscriptions=[webhook(receiver, ASSIGNED, path="/2?a=b")])
    jane.sandbox.advance(seconds=2)
    second = receiver.next()
    assert second.path == "/2?a=b"
    assert second.document == interaction(ASSIGNED, conferencing=assigned("webex"))
    nothing_more(jane, receiver)


def test_every_subscription_is_called(open_sandbox: Open, receiver: Receiver) -> None:
    """Several subscriptions of one event, some with transitions beside, are all called."""
    jane = Jane(open_sandbox, "zoom")
    subscriptions = [
        webhook(receiver, ASSIGNED, path="/1"),
        webhook(receiver, FAILING, path="/2"),
        webhook(receiver, ASSIGNED, path="/3", transitions=[transition("before", "start", 9)]),
        webhook(receiver, ASSIGNED, FAILING, path="/1"),
    ]
    jane.write("default", subscriptions=subscriptions)
    jane.sandbox.advance(seconds=2)
    came = [receiver.next() for _ in range(3)]
    assert sorted(callback.path for callback in came) == ["/1", "/1", "/3"]
    expected = interaction(ASSIGNED, conferencing=assigned("zoom"))
    assert [callback.document for callback in came] == [expected] * 3
    assert receiver.empty


def test_callbacks_are_signed(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.1, 1.4.2: JSON, compact, and signed as every callback."""
    jane = Jane(open_sandbox, "zoom")
    jane.write("default", subscriptions=both(receiver), summary="Größe/🗓")
    jane.sandbox.advance(seconds=2)
    callback = receiver.next()
    body = callback.document
    assert callback.body == json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    assert list(body) == ["notification", "event"]
    assert body["event"]["summary"] == "Größe/🗓"
    secret = jane.sandbox.application["client_secret"].encode()
    digest = hmac.new(secret, callback.body, hashlib.sha256).digest()
    assert callback.headers["cronofy-hmac-sha256"] == base64.b64encode(digest).decode()
    assert callback.headers["content-type"] == "application/json; charset=utf-8"


def test_tried_again(open_sandbox: Open, receiver: Receiver) -> None:
    """4.1, 4.2: what is not answered with 2xx is tried again; later calls of the event to the
    same address wait for it, those to others and of other events do not."""
    jane = Jane(open_sandbox, BROKEN)
    zoom = jane.services["zoom"]
    here, there = (webhook(receiver, ASSIGNED, FAILING, path=path) for path in ("/1", "/2"))
    jane.write(zoom, subscriptions=[here])
    receiver.answers = [500] * 5
    jane.sandbox.advance(seconds=2)
    jane.control("fail", zoom, failing=False)
    jane.write(zoom, subscriptions=[here, there])
    jane.write(zoom, event_id="other", subscriptions=[here])
    jane.sandbox.advance(hours=48)
    listed = jane.sandbox.control("GET", "/deliveries").json()["deliveries"]
    assert {delivery["state"] for delivery in listed} == {"delivered"}
    shown = {
        (delivery["body"]["event"]["event_id"], delivery["url"][-2:], _what(delivery)): [
            attempt["at"][11:] for attempt in delivery["attempts"]
        ]
        for delivery in listed
    }
    assert shown == {
        ("standup", "/1", FAILING): ["08:00:02Z", "08:00:17Z", "08:01:17Z"],
        ("other", "/1", ASSIGNED): ["08:00:04Z", "08:00:19Z", "08:01:19Z"],
        ("standup", "/1", ASSIGNED): ["08:01:17Z"],
        ("standup", "/2", ASSIGNED): ["08:01:02Z", "08:01:17Z"],
    }


def _what(delivery: Document) -> str:
    (fired,) = delivery["body"]["notification"]["interactions"]
    kind: str = fired["type"]
    return kind

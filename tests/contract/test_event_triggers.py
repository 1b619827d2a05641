"""Event triggers: webhooks for when an event begins and ends (notifications.md §4.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import Document
from tests.contract.events import (
    Writer,
    accepted,
    event,
    external,
    open_writer,
    own_calendar,
    removed,
    second_application,
)
from tests.contract.receiver import Receiver
from tests.contract.subscribing import next_body, transition, triggered, webhook
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

# The event takes place on 2026-05-12 from 09:00 to 09:30; it is 2026-05-11 08:00.
SOON = transition("before", "start", 5)


def trigger(receiver: Receiver, *transitions: Document) -> list[Document]:
    return [webhook(receiver, transitions=list(transitions))]


def times(writer: Writer, **duration: int) -> list[str]:
    """When event triggers were called while the clock moved so far."""
    happened = writer.sandbox.advance(**duration)["happened"]
    return [item["at"] for item in happened if item.get("happened") == "event_trigger"]


def nothing_follows(writer: Writer, receiver: Receiver, **duration: int) -> None:
    """Nobody is called while the clock moves on, for a month if nothing else is said."""
    assert times(writer, **(duration or {"hours": 31 * 24})) == []
    assert receiver.empty


MOMENTS: dict[str, tuple[Document, str]] = {
    "4.2 before event_start": (transition("before", "start", 5), "2026-05-12T08:55:00Z"),
    "4.2 after event_start": (transition("after", "start", 10), "2026-05-12T09:10:00Z"),
    "4.2 before event_end": (transition("before", "end", 1), "2026-05-12T09:29:00Z"),
    "4.2 after event_end": (transition("after", "end", 10), "2026-05-12T09:40:00Z"),
    "4.2 offset 0, before": (transition("before", "start", 0), "2026-05-12T09:00:00Z"),
    "4.2 offset 0, after": (transition("after", "end", 0), "2026-05-12T09:30:00Z"),
    "assumed: exactly now": (transition("before", "start", 1500), "2026-05-11T08:00:00Z"),
    "assumed: a year": (transition("after", "end", 525_600), "2027-05-12T09:30:00Z"),
}


@pytest.mark.parametrize("case", MOMENTS)
@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
def test_moments(open_sandbox: Open, receiver: Receiver, mode: str, case: str) -> None:
    """Called at the exact second, once, whatever the access mode; the body repeats the
    transition."""
    what, at = MOMENTS[case]
    scope = "read_write free_busy_write"
    features = {"free_busy": True, "no_access": True}
    writer = open_writer(open_sandbox, access_mode=mode, scope=scope, features=features)
    writer.write(subscriptions=trigger(receiver, what))
    assert times(writer, hours=400 * 24) == ([] if case == "assumed: exactly now" else [at])
    callback = receiver.next()
    assert callback.document == triggered(what)
    assert callback.path == "/hook"
    assert callback.headers["content-type"] == "application/json; charset=utf-8"
    (delivery,) = writer.sandbox.control("GET", "/deliveries").json()["deliveries"]
    assert (delivery["kind"], delivery["created_at"]) == ("event_subscription", at)
    assert receiver.empty


def test_several_transitions_and_subscriptions(open_sandbox: Open, receiver: Receiver) -> None:
    """4.2: several transitions may stand in one subscription, and several subscriptions may name
    the same one; a subscription may have interactions too."""
    writer = open_writer(open_sandbox)
    late = transition("after", "end", 10)
    first = webhook(receiver, "conferencing_assigned", path="/1", transitions=[SOON, late, SOON])
    second = webhook(receiver, path="/2?token=a%20b", transitions=[late])
    writer.write(subscriptions=[first, second])
    assert times(writer, hours=26) == ["2026-05-12T08:55:00Z", "2026-05-12T09:40:00Z"]
    came = [receiver.next() for _ in range(3)]
    assert came[0].document == triggered(SOON)
    assert [callback.document for callback in came[1:]] == [triggered(late)] * 2
    assert sorted(callback.path for callback in came) == ["/1", "/1", "/2?token=a%20b"]
    nothing_follows(writer, receiver)


MOVES: dict[str, tuple[Document, Document, list[str]]] = {
    "4.2 moved": (
        SOON,
        {"start": "2026-05-13T09:00:00Z", "end": "2026-05-13T09:30:00Z"},
        ["2026-05-13T08:55:00Z"],
    ),
    "4.2 longer": (
        transition("after", "end", 10),
        {"end": "2026-05-12T10:00:00Z"},
        ["2026-05-12T10:10:00Z"],
    ),
    "4.2 shorter, to where the moment is past": (
        transition("before", "end", 30),
        {"start": "2026-05-11T08:00:00Z", "end": "2026-05-11T08:29:00Z"},
        [],
    ),
    "4.2 moved to where the moment is past": (
        SOON,
        {"start": "2026-05-11T08:04:59Z", "end": "2026-05-11T09:00:00Z"},
        [],
    ),
    "4.2 the start stays": (SOON, {"end": "2026-05-12T10:00:00Z"}, ["2026-05-12T08:55:00Z"]),
    "2.6 the moment is past for one of two": (
        transition("after", "end", 0),
        {"start": "2026-05-11T07:00:00Z", "end": "2026-05-11T08:30:00Z"},
        ["2026-05-11T08:30:00Z"],
    ),
}


@pytest.mark.parametrize("case", MOVES)
def test_moved_by_api(open_sandbox: Open, receiver: Receiver, case: str) -> None:
    """The target time follows the event; a moment that is past is not sent."""
    what, changes, expected = MOVES[case]
    writer = open_writer(open_sandbox)
    writer.write(subscriptions=trigger(receiver, what))
    writer.write(**changes)
    assert times(writer, hours=72) == expected
    for _ in expected:
        assert next_body(receiver) == triggered(what, **changes)
    nothing_follows(writer, receiver)


@pytest.mark.parametrize("case", MOVES)
def test_moved_by_the_person(open_sandbox: Open, receiver: Receiver, case: str) -> None:
    """4.2: the same when the person moves it in their own calendar; no re-subscription."""
    what, changes, expected = MOVES[case]
    writer = open_writer(open_sandbox)
    writer.write(subscriptions=trigger(receiver, what))
    (own,) = own_calendar(writer)
    external(writer, event_uid=own["event_uid"], summary="Retro", **changes)
    assert times(writer, hours=72) == expected
    for _ in expected:
        assert next_body(receiver) == triggered(what, summary="Retro", **changes)
    nothing_follows(writer, receiver)


def test_moved_by_the_person_and_seen_later(open_sandbox: Open, receiver: Receiver) -> None:
    """What Cronofy sees only later moves the trigger then; until then it is where it was."""
    writer = open_writer(open_sandbox, sync_delay={"minutes": 10})
    writer.write(subscriptions=trigger(receiver, SOON))
    (own,) = own_calendar(writer)
    later = {"start": "2026-05-12T12:00:00Z", "end": "2026-05-12T12:30:00Z"}
    writer.sandbox.advance(hours=24, minutes=50)
    external(writer, event_uid=own["event_uid"], **later)
    assert times(writer, minutes=5) == ["2026-05-12T08:55:00Z"]
    assert next_body(receiver) == triggered(SOON)
    assert times(writer, hours=4) == ["2026-05-12T11:55:00Z"]
    assert next_body(receiver) == triggered(SOON, **later)
    nothing_follows(writer, receiver)


def test_moved_again_after_it_was_called(open_sandbox: Open, receiver: Receiver) -> None:
    """Assumed: another time triggers anew, also in the second of the call; the same does not."""
    writer = open_writer(open_sandbox)
    first = {"start": "2026-05-11T08:30:00Z", "end": "2026-05-11T09:00:00Z"}
    writer.write(subscriptions=trigger(receiver, SOON), **first)
    assert times(writer, minutes=25) == ["2026-05-11T08:25:00Z"]
    assert next_body(receiver) == triggered(SOON, **first)
    writer.write(summary="Retro", **first)
    writer.write(summary="Retro", subscriptions=trigger(receiver, SOON), **first)
    nothing_follows(writer, receiver, seconds=0)
    later = {"start": "2026-05-11T10:00:00Z", "end": "2026-05-11T10:30:00Z"}
    writer.write(**later)
    assert times(writer, hours=2) == ["2026-05-11T09:55:00Z"]
    assert next_body(receiver) == triggered(SOON, **later)
    nothing_follows(writer, receiver)


def _revokes(writer: Writer) -> None:
    body = {**writer.sandbox.credentials, "token": writer.token}
    assert writer.sandbox.http.post("/oauth/token/revoke", json=body).is_success


ENDINGS: dict[str, Callable[[Writer], Any]] = {
    "4.1 deleted by API": lambda writer: accepted(writer.delete()),
    "2.6 deleted with everything else": lambda writer: accepted(
        writer.call("DELETE", "/v1/events", {"delete_all": True})
    ),
    "4.2 deleted by the person": lambda writer: removed(
        writer, own_calendar(writer)[0]["event_uid"]
    ),
    "4.1 other subscriptions": lambda writer: writer.write(
        subscriptions=[
            {
                "type": "webhook",
                "uri": "http://127.0.0.1:1/",
                "interactions": [{"type": "conferencing_assigned"}],
            }
        ]
    ),
    "4.1 no subscriptions": lambda writer: writer.write(subscriptions=[]),
    "assumed: revoked": _revokes,
    "assumed: revoked, but not for all": lambda writer: (
        second_application(writer),
        _revokes(writer),
    ),
    "assumed: deleted and written again": lambda writer: (writer.delete(), writer.write()),
}


@pytest.mark.parametrize("case", ENDINGS)
def test_not_sent(open_sandbox: Open, receiver: Receiver, case: str) -> None:
    """Nobody is called any more. Nothing waits for the time either, but where the person may
    connect again."""
    writer = open_writer(open_sandbox, two=True)
    writer.write(subscriptions=trigger(receiver, SOON))
    ENDINGS[case](writer)
    waited = times(writer, hours=72)
    assert waited == (["2026-05-12T08:55:00Z"] if "revoked" in case else [])
    assert receiver.empty
    assert writer.sandbox.control("GET", "/deliveries").json() == {"deliveries": []}


def test_past_when_it_is_written(open_sandbox: Open, receiver: Receiver) -> None:
    """2.6: a trigger time already past when written is not fired."""
    writer = open_writer(open_sandbox)
    past = {"start": "2026-05-11T08:04:59Z", "end": "2026-05-11T09:00:00Z"}
    writer.write(subscriptions=trigger(receiver, SOON), **past)
    nothing_follows(writer, receiver)


def test_upserts_without_subscriptions(open_sandbox: Open, receiver: Receiver) -> None:
    """4.1: a later upsert without subscriptions leaves them, with subscriptions replaces them."""
    writer = open_writer(open_sandbox)
    late = transition("after", "end", 10)
    writer.write(subscriptions=trigger(receiver, SOON, late))
    writer.write(summary="Retro")
    writer.write(summary="Planning", subscriptions=trigger(receiver, late))
    assert times(writer, hours=72) == ["2026-05-12T09:40:00Z"]
    assert next_body(receiver) == triggered(late, summary="Planning")
    nothing_follows(writer, receiver)


ALL_DAY: dict[str, tuple[str, Document, str]] = {
    "UTC": ("Etc/UTC", transition("before", "start", 60), "2026-05-11T23:00:00Z"),
    "far west": ("Pacific/Honolulu", transition("before", "start", 0), "2026-05-12T10:00:00Z"),
    "far east": ("Pacific/Auckland", transition("before", "start", 30), "2026-05-11T11:30:00Z"),
    "its end": ("Europe/Berlin", transition("after", "end", 1), "2026-05-12T22:01:00Z"),
}


@pytest.mark.parametrize("case", ALL_DAY)
def test_all_day(open_sandbox: Open, receiver: Receiver, case: str) -> None:
    """Assumed: an all-day event begins and ends at midnight in its own tzid; the callback has
    its dates."""
    tzid, what, at = ALL_DAY[case]
    writer = open_writer(open_sandbox)
    days = {"start": "2026-05-12", "end": "2026-05-13", "tzid": tzid}
    writer.write(subscriptions=trigger(receiver, what), **days)
    assert times(writer, hours=72) == [at]
    assert next_body(receiver) == triggered(what, **days)
    nothing_follows(writer, receiver)


def test_series(open_sandbox: Open, receiver: Receiver) -> None:
    """Assumed: every occurrence triggers, by the clocks of the series' own time zone, and is the
    event of its callback."""
    writer = open_writer(open_sandbox, features={"recurring_events": True})
    rule = {"frequency": "weekly", "by_day": ["saturday", "monday"], "count": 4}
    recurrence = {"rules": [rule], "exceptions": {"add": [{"date": "2026-10-26"}]}}
    writer.write(
        start="2026-10-24T09:00:00+01:00",
        end="2026-10-24T09:30:00+01:00",
        tzid="Europe/London",
        recurrence=recurrence,
        subscriptions=trigger(receiver, SOON),
    )
    expected = [
        ("2026-10-24T07:55:00Z", "2026-10-24T08:00:00Z", "2026-10-24T08:30:00Z"),
        ("2026-10-31T08:55:00Z", "2026-10-31T09:00:00Z", "2026-10-31T09:30:00Z"),
        ("2026-11-02T08:55:00Z", "2026-11-02T09:00:00Z", "2026-11-02T09:30:00Z"),
    ]
    assert times(writer, hours=200 * 24) == [at for at, _, _ in expected]
    for _, start, end in expected:
        body = triggered(SOON, start=start, end=end, tzid="Europe/London")
        assert next_body(receiver) == body
    nothing_follows(writer, receiver)


def test_a_series_that_ends_early_or_moves(open_sandbox: Open, receiver: Receiver) -> None:
    """The occurrences that are left trigger at their new times."""
    writer = open_writer(open_sandbox, features={"recurring_events": True})
    daily = {"rules": [{"frequency": "daily", "count": 3}]}
    first = {"start": "2026-05-11T08:30:00Z", "end": "2026-05-11T09:00:00Z"}
    writer.write(**first, recurrence=daily, subscriptions=trigger(receiver, SOON))
    assert times(writer, minutes=30) == ["2026-05-11T08:25:00Z"]
    assert next_body(receiver) == triggered(SOON, **first)
    later = {"start": "2026-05-11T09:00:00Z", "end": "2026-05-11T09:30:00Z"}
    writer.write(**later, recurrence=daily)
    assert times(writer, minutes=29) == ["2026-05-11T08:55:00Z"]
    assert next_body(receiver) == triggered(SOON, **later)
    writer.write(**later, recurrence={"rules": []})
    nothing_follows(writer, receiver)


def test_a_clock_that_jumps(open_sandbox: Open, receiver: Receiver) -> None:
    """What the clock was set forward beyond is called once it gets there: of a series, the last
    occurrence."""
    writer = open_writer(open_sandbox, features={"recurring_events": True})
    daily = {"rules": [{"frequency": "daily"}]}
    writer.write(recurrence=daily, subscriptions=trigger(receiver, SOON))
    clock = {"mode": "virtual", "now": "2026-06-01T12:00:00Z"}
    assert writer.sandbox.control("PUT", "/clock", json=clock).status_code == 200
    last = {"start": "2026-06-01T09:00:00Z", "end": "2026-06-01T09:30:00Z"}
    assert next_body(receiver) == triggered(SOON, **last)
    assert times(writer, hours=24) == ["2026-06-02T08:55:00Z"]
    assert next_body(receiver)["event"]["start"] == "2026-06-02T09:00:00Z"
    assert receiver.empty


def test_tried_again(open_sandbox: Open, receiver: Receiver) -> None:
    """4.2: what is not answered with 2xx is tried again, with the same body; later calls of the
    event to the same address wait for it."""
    writer = open_writer(open_sandbox)
    receiver.answers = [500, 302]
    what = transition("before", "start", 0)
    writer.write(subscriptions=trigger(receiver, SOON, what))
    writer.sandbox.advance(hours=26)
    came = [receiver.next() for _ in range(4)]
    assert [callback.document for callback in came] == [triggered(SOON)] * 3 + [triggered(what)]
    assert {callback.body for callback in came[:3]} == {came[0].body}
    first, second = writer.sandbox.control("GET", "/deliveries").json()["deliveries"]
    assert [attempt["at"] for attempt in first["attempts"]] == [
        "2026-05-12T08:55:00Z",
        "2026-05-12T08:55:15Z",
        "2026-05-12T08:56:15Z",
    ]
    assert (first["state"], second["state"]) == ("delivered", "delivered")


def test_snapshots(open_sandbox: Open, receiver: Receiver) -> None:
    """What is waited for is part of a snapshot, and back after a reset of the time."""
    writer = open_writer(open_sandbox)
    writer.write(subscriptions=trigger(receiver, SOON))
    snapshot = writer.sandbox.control("GET", "/snapshot").json()
    assert times(writer, hours=25) == ["2026-05-12T08:55:00Z"]
    answer = writer.sandbox.control("PUT", "/snapshot", json=snapshot)
    assert answer.status_code == 200, answer.text
    assert times(writer, hours=25) == ["2026-05-12T08:55:00Z"]
    assert [next_body(receiver) for _ in range(2)] == [triggered(SOON)] * 2


def test_application_calendar(sandbox: Sandbox, receiver: Receiver) -> None:
    """The events of an application calendar trigger as well."""
    clock = {"mode": "virtual", "now": "2026-05-11T08:00:00Z"}
    sandbox.control("PUT", "/clock", json=clock)
    body = {**sandbox.credentials, "application_calendar_id": "rooms"}
    answer = sandbox.http.post("/v1/application_calendars", json=body).json()
    (calendar,) = sandbox.call(answer["access_token"], "GET", "/v1/calendars").json()["calendars"]
    path = f"/v1/calendars/{calendar['calendar_id']}/events"
    written = event(subscriptions=trigger(receiver, SOON))
    accepted(sandbox.call(answer["access_token"], "POST", path, json=written))
    sandbox.advance(hours=25)
    assert next_body(receiver) == triggered(SOON)

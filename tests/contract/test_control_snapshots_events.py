"""Snapshots that somebody has edited: what they say of events has to make sense."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from tests.contract.control import assert_problems
from tests.contract.documents import Document
from tests.contract.events import JANE, Open, Writer, external, open_writer

SERIES: Document = {"rules": [{"frequency": "weekly", "by_day": ["monday"]}]}
DETAILS = ("events", 0, "details")
RECURRENCE = (*DETAILS, "recurrence")
TOO_LONG = [-(10**17), 10**17]


@pytest.fixture
def busy(open_sandbox: Open) -> Writer:
    """A series with a guest, a second event, a page, a timer and an invitation's mail."""
    writer = open_writer(
        open_sandbox,
        access_mode="free_busy",
        sync_delay={"minutes": 1},
        features={"free_busy": True, "recurring_events": True},
        switches={"page_size": 1},
    )
    writer.write(recurrence=SERIES, attendees={"invite": [{"email": "guest@else.test"}]})
    writer.write(event_id="second")
    external(writer)
    busy_times(writer)
    return writer


def busy_times(writer: Writer) -> tuple[list[Document], int]:
    query = {"tzid": "Etc/UTC", "include_managed": "true"}
    answer = writer.sandbox.call(writer.token, "GET", "/v1/free_busy", params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found["free_busy"], found["pages"]["total"]


def changed(document: Document, place: tuple[str | int, ...], value: Any) -> Document:
    """``document`` with ``value`` at ``place``, below its tables."""
    target: Any = document["tables"]
    for step in place[:-1]:
        target = target[step]
    assert place[-1] == "subject" or place[-1] in target or place[-1] == 0
    target[place[-1]] = value
    return document


# What is wrong, and what the answer calls the place: of words msgspec names it exactly.
WRONG: dict[str, tuple[tuple[str | int, ...], Any, str]] = {
    "a frequency": ((*RECURRENCE, "frequency"), "hourly", "events[0].details.recurrence.frequency"),
    "an interval": ((*RECURRENCE, "interval"), 0, "events[0].details.recurrence.interval"),
    "a count": ((*RECURRENCE, "count"), 10_001, "events[0].details.recurrence.count"),
    "a last day": ((*RECURRENCE, "until"), "x", "events[0]"),
    "a last day that never was": ((*RECURRENCE, "until"), "2026-02-30", "events[0]"),
    "a day left out": ((*RECURRENCE, "exceptions"), ["x"], "events[0]"),
    "a day": (
        (*RECURRENCE, "by_day", 0),
        {"day": "doomsday"},
        "events[0].details.recurrence.by_day[0].day",
    ),
    "the nth of a week": ((*RECURRENCE, "by_day", 0), {"day": "monday", "nth": 1}, "events[0]"),
    "a status": ((*DETAILS, "status"), "maybe", "events[0].details.status"),
    "transparency": ((*DETAILS, "transparency"), "glass", "events[0].details.transparency"),
    "participation": ((*DETAILS, "participation"), "x", "events[0].details.participation"),
    "an answer": (
        (*DETAILS, "attendees", 0, "status"),
        "x",
        "events[0].details.attendees[0].status",
    ),
    "a latitude": ((*DETAILS, "lat"), "north", "events[0].details.lat"),
    "a colour": ((*DETAILS, "color"), "red", "events[0].details.color"),
    "an end before the start": ((*DETAILS, "end"), 0, "events[0]"),
    "classes ever so deep": (
        ("events", 0, "managed", "event_classes"),
        reduce(lambda inside, _: [inside], range(150), "x"),
        "events[0]",
    ),
    "earlier times": (("events", 0, "moved_from"), [TOO_LONG], "events[0]"),
    "an event of a page": (
        ("result_pages", 0, "items", 0, "event", "created"),
        10**17,
        "result_pages[0]",
    ),
    "a span of a page": (("result_pages", 0, "items", 0, "start"), 10**17, "result_pages[0]"),
    "a kind of page": (("result_pages", 0, "kind"), "pets", "result_pages[0].kind"),
    "an event of no time": (
        ("result_pages", 0, "items", 0, "event", "details", "status"),
        "cancelled",
        "result_pages[0]",
    ),
    "a mail's method": (("messages", 0, "invite", "method"), "PUBLISH", "messages[0]"),
    "a mail's answer": (
        ("messages", 0, "invite", "attendees", 0, "status"),
        "x",
        "messages[0].invite.attendees[0].status",
    ),
    "a timer's subject": (("timers", 0, "subject"), [], "timers[0]"),
    "a longer subject": (("timers", 0, "subject"), ["a", "b", "c"], "timers[0]"),
    "a habit": (("people", 0, "invites"), {"reply": "x"}, "people[0].invites.reply"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_event_changes_nothing(busy: Writer, case: str) -> None:
    """422 with the place, and the sandbox answers as before."""
    place, value, named = WRONG[case]
    snapshot = busy.sandbox.control("GET", "/snapshot").json()
    wrong = changed(busy.sandbox.control("GET", "/snapshot").json(), place, value)
    refusal = busy.sandbox.control("PUT", "/snapshot", json=wrong)
    assert_problems(refusal, 422, f"tables.{named}")
    assert busy.sandbox.control("GET", "/snapshot").json() == snapshot


def test_its_own_snapshot_makes_sense(busy: Writer) -> None:
    snapshot = busy.sandbox.control("GET", "/snapshot").json()
    before = busy_times(busy), busy.mails(JANE)
    assert busy.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert (busy_times(busy), busy.mails(JANE)) == before

"""The timeline: what happens at a time, or when something has happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.control import assert_problems
from tests.contract.documents import Document, Like
from tests.contract.receiver import Receiver
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE, KIM = "jane@acme.test", "kim@acme.test"
CLOCK, NINE = "2026-05-11T08:00:00Z", "2026-05-11T09:00:00Z"
ENTRY = Like("tle_[0-9a-f]{24}")
WORLD: Document = {
    "clock": CLOCK,
    "people": [{"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"}],
    "connected": [{"person": JANE}],
}
BROKEN = {"rename_calendar": {"person": JANE, "calendar": "x", "name": "y"}}
WRONG_NAME = {"place": "rename_calendar.calendar", "found": "'x'", "expected": f"one of {JANE}"}


def calendar(name: str) -> Document:
    return {"make_calendar": {"person": JANE, "name": name}}


def open_with(open_sandbox: Open, *timeline: Document, **scenario: Any) -> Sandbox:
    return open_sandbox(scenario={**WORLD, "timeline": list(timeline), **scenario})


def entries(sandbox: Sandbox) -> list[Document]:
    answer = sandbox.control("GET", "/timeline")
    assert answer.status_code == 200
    found: list[Document] = answer.json()["entries"]
    return found


def states(sandbox: Sandbox) -> list[str]:
    return [entry["state"] for entry in entries(sandbox)]


def names(sandbox: Sandbox) -> list[str]:
    """Jane's calendars but for the primary one, in the order they came."""
    (jane, *_) = sandbox.control("GET", "/people").json()["people"]
    return [calendar["name"] for calendar in jane["calendars"][1:]]


def ask(sandbox: Sandbox, path: str = "/v1/userinfo") -> int:
    token = sandbox.document["connected"][0]["access_token"]
    return sandbox.call(token, "GET", path).status_code


def happened(name: str, at: str, **more: Any) -> Document:
    return {"happened": "timeline", "subject": [ENTRY], "action": name, "at": at, **more}


def test_a_scenario_goes_on(open_sandbox: Open) -> None:
    """At their times, of one moment in the order they are written; moving the clock says what."""
    sandbox = open_with(
        open_sandbox,
        {"at": NINE, "do": [calendar("third"), calendar("fourth")]},
        {"at": {"days": 400}, "do": calendar("last")},
        {"at": {"minutes": 30}, "do": calendar("first")},
        {"at": {"minutes": 30}, "do": calendar("second")},
        {"at": "2026-05-11T11:00:00+02:00", "do": calendar("fifth")},
    )
    assert (states(sandbox), names(sandbox)) == (["waiting"] * 5, [])
    assert sandbox.advance(minutes=29, seconds=59)["happened"] == []
    assert sandbox.advance(hours=1)["happened"] == [
        *[happened("make_calendar", "2026-05-11T08:30:00Z")] * 2,
        *[happened("make_calendar", NINE)] * 3,
    ]
    assert names(sandbox) == ["first", "second", "third", "fourth", "fifth"]
    assert states(sandbox) == ["done", "waiting", "done", "done", "done"]
    assert sandbox.advance(days=500)["happened"] == [
        happened("make_calendar", "2027-06-15T08:00:00Z")
    ]
    assert names(sandbox)[-1] == "last"


def test_an_entry_at_the_beginning(open_sandbox: Open) -> None:
    """A running clock gets there by itself."""
    sandbox = open_with(open_sandbox, {"at": {"seconds": 0}, "do": calendar("now")}, clock=None)
    assert ask(sandbox) == 200
    assert (states(sandbox), names(sandbox)) == (["done"], ["now"])


def test_the_same_again(open_sandbox: Open) -> None:
    """The same scenario and the same calls: the same bytes."""

    def play() -> tuple[bytes, bytes, Document]:
        sandbox = open_with(
            open_sandbox,
            {"at": {"minutes": 5}, "do": {"disconnect_profile": {}}},
            {"when": {"mail": JANE}, "do": [{"reconnect_profile": {"person": JANE}}, BROKEN]},
        )
        moved = sandbox.control("POST", "/clock/advance", json={"hours": 1})
        listed = sandbox.control("GET", "/timeline")
        return moved.content, listed.content, moved.json()

    first, again = play(), play()
    assert first == again
    assert first[2]["happened"] == [
        happened("disconnect_profile", "2026-05-11T08:05:00Z"),
        happened("reconnect_profile", "2026-05-11T08:05:00Z"),
        happened("rename_calendar", "2026-05-11T08:05:00Z", errors=[WRONG_NAME]),
    ]


def test_what_fails(open_sandbox: Open) -> None:
    """The entry is failed and says why; what came before it stays, what would follow does not
    happen, and nobody else is concerned."""
    sandbox = open_with(
        open_sandbox,
        {"at": {"minutes": 1}, "do": [calendar("before"), BROKEN, calendar("after")]},
        {"at": {"minutes": 1}, "do": calendar("next")},
    )
    wrong = {**WRONG_NAME, "expected": f"one of {JANE}, before"}
    assert sandbox.advance(minutes=1)["happened"] == [
        happened("make_calendar", "2026-05-11T08:01:00Z"),
        happened("rename_calendar", "2026-05-11T08:01:00Z", errors=[wrong]),
        happened("make_calendar", "2026-05-11T08:01:00Z"),
    ]
    assert names(sandbox) == ["before", "next"]
    failed, done = entries(sandbox)
    assert (failed["state"], done["state"]) == ("failed", "done")
    at = "2026-05-11T08:01:00Z"
    assert failed["happened"] == [
        {"at": at, "action": "make_calendar", "outcome": {"calendar": "before"}},
        {"at": at, "action": "rename_calendar", "errors": [wrong]},
    ]


def test_when_a_request_is_answered(open_sandbox: Open) -> None:
    """By method, path and status; the first ``after`` of them do nothing, the next ``times`` do.
    It has happened before the answer is here."""
    when = {"request": "GET /v1/*", "status": 200, "after": 1, "times": 2}
    sandbox = open_with(open_sandbox, {"when": when, "do": {"add_person": {"email": KIM}}})
    (waiting,) = entries(sandbox)
    assert waiting == {
        "entry_id": ENTRY,
        "at": None,
        "when": {**when, "met": 0},
        "do": [{"add_person": {"email": KIM}}],
        "state": "waiting",
        "happened": [],
    }
    assert ask(sandbox, "/v1/calendars/x/y") == 404
    token = sandbox.document["connected"][0]["access_token"]
    sandbox.call(token, "POST", "/v1/permissions", json={})
    assert ask(sandbox) == 200
    assert entries(sandbox) == [{**waiting, "when": {**when, "met": 1}}]
    assert ask(sandbox) == 200
    (met,) = entries(sandbox)
    assert (met["state"], met["when"]["met"], len(met["happened"])) == ("waiting", 2, 1)
    assert len(sandbox.control("GET", "/people").json()["people"]) == 2
    # She is there already.
    assert ask(sandbox) == 200
    (met,) = entries(sandbox)
    assert (met["state"], met["when"]["met"], len(met["happened"])) == ("failed", 3, 2)
    assert ask(sandbox) == 200
    assert entries(sandbox) == [met]


def test_requests_are_named_with_little_ceremony(open_sandbox: Open) -> None:
    """Methods in any case, statuses by their class."""
    when = {"request": "get /v1/calendars/**", "status": "4XX"}
    sandbox = open_with(open_sandbox, {"when": when, "do": calendar("met")})
    assert ask(sandbox) == 200
    assert names(sandbox) == []
    assert ask(sandbox, "/v1/calendars/x/y") == 404
    assert names(sandbox) == ["met"]
    (met,) = entries(sandbox)
    assert met["when"] == {
        "request": "GET /v1/calendars/**",
        "status": "4xx",
        "after": 0,
        "times": 1,
        "met": 1,
    }


def test_when_a_page_is_visited(open_sandbox: Open) -> None:
    """Pages are requests as well; any method is ``*``."""
    when = {"request": "* /oauth/authorize"}
    sandbox = open_with(open_sandbox, {"when": when, "do": calendar("met")})
    assert sandbox.authorize().status_code == 200
    assert names(sandbox) == ["met"]


def test_when_a_mail_comes(open_sandbox: Open) -> None:
    """Into the mailbox of that person, whatever is in it."""
    sandbox = open_with(
        open_sandbox,
        {"when": {"mail": JANE.upper(), "times": 2}, "do": {"reconnect_profile": {"person": JANE}}},
        {"when": {"mail": KIM}, "do": calendar("for Kim")},
    )
    act = {"disconnect_profile": {"person": JANE}}
    for _ in range(2):
        assert sandbox.control("POST", "/actions", json=act).status_code == 200
        token = sandbox.document["connected"][0]["access_token"]
        (profile,) = sandbox.call(token, "GET", "/v1/profiles").json()["profiles"]
        assert profile["profile_connected"]
    assert states(sandbox) == ["done", "waiting"]
    assert names(sandbox) == []


def test_when_a_delivery_is_attempted(open_sandbox: Open, receiver: Receiver) -> None:
    """By its kind; what follows from it comes in the same move of the clock."""
    receiver.answers = [500, 200, 500]
    sandbox = open_with(
        open_sandbox,
        {"when": {"delivery": "verification"}, "do": {"notify_channel": {"type": "second"}}},
        {"when": {"delivery": "second", "after": 1}, "do": calendar("retried")},
        connected=[{"person": JANE, "channels": [{"callback_url": receiver.url}]}],
    )
    sandbox.advance(days=1)
    assert (states(sandbox), names(sandbox)) == (["done", "done"], ["retried"])
    kinds = [receiver.next().document["notification"]["type"] for _ in range(4)]
    assert kinds == ["verification", "verification", "second", "second"]


def test_one_thing_leads_to_another(open_sandbox: Open) -> None:
    """And comes to an end: each entry happens so often and no more."""
    lapse = {"disconnect_profile": {"person": JANE}}
    sandbox = open_with(
        open_sandbox,
        {"at": {"minutes": 1}, "do": lapse},
        {
            "when": {"mail": JANE, "times": 50},
            "do": [{"reconnect_profile": {"person": JANE}}, lapse],
        },
    )
    told = sandbox.advance(minutes=1)["happened"]
    assert [one["action"] for one in told] == [
        "disconnect_profile",
        *["reconnect_profile", "disconnect_profile"] * 50,
    ]
    assert states(sandbox) == ["done", "done"]
    assert len(sandbox.control("GET", "/inbox").json()["messages"]) == 51


def test_adding_to_it(open_sandbox: Open) -> None:
    """One, or several at a time; a duration counts from now on."""
    sandbox = open_with(open_sandbox)
    assert entries(sandbox) == []
    sandbox.advance(hours=1)
    answer = sandbox.control(
        "POST", "/timeline", json={"at": {"minutes": 1}, "do": calendar("one")}
    )
    one = {
        "entry_id": ENTRY,
        "at": "2026-05-11T09:01:00Z",
        "when": None,
        "do": [calendar("one")],
        "state": "waiting",
        "happened": [],
    }
    assert (answer.status_code, answer.json()) == (201, one)
    when = {"delivery": "change"}
    more = [{"at": NINE, "do": calendar("two")}, {"when": when, "do": [{"clear_journal": {}}]}]
    answer = sandbox.control("POST", "/timeline", json={"entries": more})
    shown: Document = {**when, "after": 0, "times": 1, "met": 0}
    two = {**one, "at": NINE, "do": [calendar("two")]}
    three: Document = {**one, "at": None, "when": shown, "do": [{"clear_journal": {}}]}
    assert (answer.status_code, answer.json()) == (201, {"entries": [two, three]})
    # What was due at once has happened.
    assert names(sandbox) == ["two"]
    first, second, third = entries(sandbox)
    assert [first, second["state"], third] == [one, "done", three]
    path = f"/timeline/{third['entry_id']}"
    assert sandbox.control("GET", path).json() == third
    assert sandbox.control("DELETE", path).status_code == 204
    assert_problems(sandbox.control("GET", path), 404, "entry_id")
    assert_problems(sandbox.control("DELETE", path), 404, "entry_id")
    assert sandbox.control("DELETE", "/timeline").status_code == 204
    assert (entries(sandbox), sandbox.advance(hours=1)["happened"]) == ([], [])
    assert names(sandbox) == ["two"]


def test_reset_and_snapshot(open_sandbox: Open) -> None:
    """They put its entries back as they were, with what has become of them."""
    sandbox = open_with(
        open_sandbox,
        {"at": {"hours": 1}, "do": calendar("nine")},
        {"at": {"hours": 2}, "do": calendar("ten")},
        {"when": {"request": "GET /v1/userinfo", "times": 3}, "do": {"sync_profile": {}}},
    )
    begun = entries(sandbox)
    sandbox.advance(hours=1)
    ask(sandbox)
    later, snapshot = entries(sandbox), sandbox.control("GET", "/snapshot").json()
    assert [entry["state"] for entry in later] == ["done", "waiting", "waiting"]
    for _ in range(2):
        assert sandbox.advance(hours=1)["happened"] == [
            happened("make_calendar", "2026-05-11T10:00:00Z")
        ]
        ask(sandbox)
        assert [len(entry["happened"]) for entry in entries(sandbox)] == [1, 1, 2]
        assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
        assert (entries(sandbox), names(sandbox)) == (later, ["nine"])
    for _ in range(2):
        assert sandbox.control("POST", "/reset").status_code == 200
        assert (entries(sandbox), names(sandbox)) == (begun, [])
        sandbox.advance(hours=2)
        assert names(sandbox) == ["nine", "ten"]


WRONG_SNAPSHOTS: dict[str, Document] = {
    "neither": {"at": None},
    "both": {"when": {"kind": "mail", "name": JANE}},
    "no JSON": {"do": "x"},
    "no action": {"do": '[{"reset": {}}]'},
    "a time that is none": {"at": 10**15},
    "no outcome": {"happened": [{"at": 0, "action": "x", "outcome": "x"}]},
}


@pytest.mark.parametrize("case", WRONG_SNAPSHOTS)
def test_a_snapshot_that_somebody_has_edited(open_sandbox: Open, case: str) -> None:
    """What no timeline can be is refused."""
    sandbox = open_with(open_sandbox, {"at": {"hours": 1}, "do": calendar("nine")})
    snapshot = sandbox.control("GET", "/snapshot").json()
    snapshot["tables"]["timeline"][0].update(WRONG_SNAPSHOTS[case])
    response = sandbox.control("PUT", "/snapshot", json=snapshot)
    assert_problems(response, 422, "tables.timeline[0]")


DO: Document = {"clear_journal": {}}
WRONG: dict[str, tuple[Any, list[str]]] = {
    "nothing": ({}, ["do"]),
    "no mapping": ([DO], ["the document"]),
    "another key": ({"at": NINE, "do": DO, "then": DO}, ["then"]),
    "never": ({"do": DO}, ["the document"]),
    "at and when": ({"at": NINE, "when": {"mail": JANE}, "do": DO}, ["the document"]),
    "no time": ({"at": "soon", "do": DO}, ["at"]),
    "no duration": ({"at": {}, "do": DO}, ["at"]),
    "an unknown part": ({"at": {"weeks": 1}, "do": DO}, ["at.weeks"]),
    "a time that is over": ({"at": "2026-05-11T07:59:59Z", "do": DO}, ["at"]),
    "nothing to do": ({"at": NINE, "do": []}, ["do"]),
    "too much to do": ({"at": NINE, "do": [DO] * 101}, ["do"]),
    "two at once": ({"at": NINE, "do": {**DO, "forget_failures": {}}}, ["do"]),
    "something unknown": ({"at": NINE, "do": {"dance": {}}}, ["do.dance"]),
    "the clock": ({"at": NINE, "do": [DO, {"advance": {"hours": 1}}]}, ["do[1].advance"]),
    "a key of an action": ({"at": NINE, "do": {"clear_journal": {"x": 1}}}, ["do.clear_journal.x"]),
    "nobody": (
        {"at": NINE, "do": [{"sync_profile": {"person": KIM, "application": "x"}}]},
        ["do[0].sync_profile.person", "do[0].sync_profile.application"],
    ),
    "no such client_id": (
        {"at": NINE, "do": {"connect": {"email": KIM, "client_id": "x"}}},
        ["do.connect.client_id"],
    ),
    "when what": ({"when": {}, "do": DO}, ["when"]),
    "when two": ({"when": {"mail": JANE, "delivery": "change"}, "do": DO}, ["when"]),
    "no request": ({"when": {"request": "/v1/events"}, "do": DO}, ["when.request"]),
    "no method": ({"when": {"request": "LOOK /v1/events"}, "do": DO}, ["when.request"]),
    "a query": ({"when": {"request": "GET /v1/events?a=b"}, "do": DO}, ["when.request"]),
    "no status": ({"when": {"request": "GET /", "status": 600}, "do": DO}, ["when.status"]),
    "a control call": ({"when": {"request": "GET /_mock/x"}, "do": DO}, ["when.request"]),
    "a status of a mail": ({"when": {"mail": JANE, "status": 200}, "do": DO}, ["when.status"]),
    "never, again": (
        {"when": {"mail": JANE, "times": 0, "after": -1}, "do": DO},
        ["when.after", "when.times"],
    ),
    "too often": ({"when": {"mail": JANE, "times": 1001}, "do": DO}, ["when.times"]),
    "entries and more": ({"entries": [], "at": NINE}, ["at"]),
    "entries that are none": ({"entries": {}}, ["entries"]),
    "one of them": (
        {"entries": [{"at": NINE, "do": DO}, {"at": NINE, "do": {"x": {}}}]},
        ["entries[1].do.x"],
    ),
    "a past one of them": (
        {"entries": [{"at": "1999-01-01T00:00:00Z", "do": DO}]},
        ["entries[0].at"],
    ),
    "too many": ({"entries": [{"at": NINE, "do": DO}] * 1001}, ["entries"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong(open_sandbox: Open, case: str) -> None:
    """422 with every place, and no entry is there."""
    sandbox = open_with(open_sandbox)
    given, places = WRONG[case]
    assert_problems(sandbox.control("POST", "/timeline", json=given), 422, *places)
    assert entries(sandbox) == []


def test_how_much_there_is(open_sandbox: Open) -> None:
    """1000 entries of a sandbox, those that are through included; 256 KiB of one."""
    sandbox = open_with(open_sandbox)
    many = {"entries": [{"at": NINE, "do": DO}] * 999}
    assert sandbox.control("POST", "/timeline", json=many).status_code == 201
    sandbox.advance(hours=1)
    assert sandbox.control("POST", "/timeline", json={"at": NINE, "do": DO}).status_code == 201
    full = sandbox.control("POST", "/timeline", json={"at": NINE, "do": DO})
    assert_problems(full, 422, "the document")
    assert sandbox.control("DELETE", "/timeline").status_code == 204
    large = {"at": NINE, "do": {"make_event": {**EVENT, "description": "x" * 300_000}}}
    assert_problems(sandbox.control("POST", "/timeline", json=large), 422, "do")


EVENT = {"person": JANE, "summary": "E", "start": NINE, "end": NINE}


def test_who_comes_later(open_sandbox: Open) -> None:
    """Whoever another entry makes may be named."""
    sandbox = open_with(
        open_sandbox,
        {"at": {"hours": 1}, "do": {"connect": {"email": KIM}}},
        {"at": {"hours": 2}, "do": {"make_event": {**EVENT, "person": KIM}}},
    )
    sandbox.advance(hours=2)
    assert states(sandbox) == ["done", "done"]
    (event,) = sandbox.control("GET", f"/people/{KIM}/events").json()["events"]
    assert event["summary"] == "E"


def test_credentials_that_are_taken(open_sandbox: Open) -> None:
    """Where another sandbox holds a client_id, the timeline names the one that took its place."""
    named = {"applications": [{"client_id": "timeline-taken"}]}
    do = {"add_secret": {"application": "timeline-taken"}}
    open_with(open_sandbox, **named)
    sandbox = open_with(open_sandbox, {"at": NINE, "do": do}, **named)
    held = sandbox.application["client_id"]
    assert held != "timeline-taken"
    sandbox.advance(hours=1)
    (entry,) = entries(sandbox)
    assert entry["happened"][0]["outcome"] == {"client_id": held}

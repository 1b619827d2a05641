"""What people do in their own calendars, and what Cronofy sees of it, and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.control import CLOCK, assert_problems, problem
from tests.contract.documents import Document, Like, person
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE, MARY = "jane@acme.test", "mary@acme.test"
EVENT_UID = Like(r"evt_external_[0-9a-f]{24}")
EVENTS = f"/people/{JANE}/events"
STANDUP = {"summary": "Standup", "start": "2026-05-12T09:00:00Z", "end": "2026-05-12T09:15:00Z"}
WHOLE = {
    "summary": "Review",
    "start": "2026-05-12T13:00:00Z",
    "end": "2026-05-12T14:00:00Z",
    "tzid": "Europe/Paris",
    "end_tzid": "Asia/Tokyo",
    "description": "Bring numbers",
    "location": "Room 1",
    "lat": "51.5035",
    "long": "-0.1278",
    "url": "https://acme.test/review",
    "meeting_url": "https://zoom.us/j/1",
    "transparency": "out_of_office",
    "status": "tentative",
    "private": True,
    "organizer": {"email": MARY, "name": "Mary"},
    "attendees": [
        {"email": MARY, "name": "Mary", "status": "accepted"},
        {"email": JANE, "name": None, "status": "tentative"},
    ],
    "participation_status": "tentative",
    "reminders": [10, 60],
    "color": "#1A73E8",
    "categories": ["Work"],
    "recurrence": {
        "frequency": "monthly",
        "interval": 2,
        "by_day": [{"day": "tuesday", "nth_of_period": 2}],
        "count": None,
        "until": "2026-12-31",
        "exceptions": ["2026-07-14"],
    },
}


def shown(event: Document, **more: Any) -> Document:
    """The control API's document of ``event``."""
    return {
        "event_uid": EVENT_UID,
        "calendar": JANE,
        "tzid": "Europe/London",
        "end_tzid": event.get("tzid", "Europe/London"),
        "description": "",
        "location": "",
        "lat": None,
        "long": None,
        "url": None,
        "meeting_url": None,
        "transparency": "opaque",
        "status": "confirmed",
        "private": False,
        "organizer": None,
        "attendees": [],
        "participation_status": "accepted",
        "reminders": None,
        "color": None,
        "categories": [],
        "recurrence": None,
        "created": CLOCK,
        "updated": CLOCK,
        "ical_uid": None,
        "managed": None,
        **event,
        **more,
    }


def opened(open_sandbox: Open, **jane: Any) -> Sandbox:
    return open_sandbox(clock=CLOCK, scenario={"people": [person(JANE, **jane)]})


@pytest.fixture
def jane(open_sandbox: Open) -> Sandbox:
    return opened(open_sandbox)


def post(sandbox: Sandbox, **event: Any) -> Document:
    response = sandbox.control("POST", EVENTS, json=event)
    assert response.status_code == 201, response.text
    found: Document = response.json()
    return found


def listed(sandbox: Sandbox, path: str = EVENTS) -> list[Document]:
    response = sandbox.control("GET", path)
    assert response.status_code == 200
    found: list[Document] = response.json()["events"]
    return found


def read(sandbox: Sandbox, token: str, what: str = "events", **query: str) -> list[Document]:
    """What the application reads."""
    path = "free_busy" if what == "free_busy" else "events"
    response = sandbox.call(token, "GET", f"/v1/{path}", params={"tzid": "Etc/UTC", **query})
    assert response.status_code == 200, response.text
    found: list[Document] = response.json()[what]
    return found


def summaries(sandbox: Sandbox, token: str, **query: str) -> list[str]:
    return [event["summary"] for event in read(sandbox, token, **query)]


def first_calendar(connected: Document) -> str:
    profile = connected["userinfo"]["cronofy.data"]["profiles"][0]
    found: str = profile["profile_calendars"][0]["calendar_id"]
    return found


def test_an_event(jane: Sandbox) -> None:
    """201 with the whole event; it stands in the list, and is read by its event_uid."""
    token = jane.connect(JANE)["access_token"]
    made = post(jane, **STANDUP)
    assert made == shown(STANDUP)
    assert listed(jane) == [made]
    (event,) = read(jane, token)
    assert (event["event_uid"], event["summary"]) == (made["event_uid"], "Standup")


def test_an_event_without_length(open_sandbox: Open) -> None:
    """4.2: in live data start and end may be the same; a person and a scenario make it so."""
    instant = {**STANDUP, "end": STANDUP["start"]}
    work = {"name": "Work", "primary": True, "events": [instant]}
    scenario = {"people": [person(calendars=[work], zoneinfo="Europe/London")]}
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    token = sandbox.connect(JANE)["access_token"]
    later = {"start": "2026-05-13T09:00:00Z", "end": "2026-05-13T10:00:00+01:00"}
    made = post(sandbox, **{**STANDUP, **later})
    assert made == shown({**STANDUP, **later, "end": later["start"]}, calendar="Work")
    assert [(event["start"], event["end"]) for event in read(sandbox, token)] == [
        (instant["start"], instant["end"]),
        (later["start"], later["start"]),
    ]


def test_everything_that_an_event_can_say(jane: Sandbox) -> None:
    """Every key comes back, and reads show what Cronofy has a word for."""
    connected = jane.connect(JANE)
    made = post(jane, **WHOLE)
    assert made == shown(WHOLE)
    event = read(jane, connected["access_token"])[0]
    assert event == {
        "calendar_id": first_calendar(connected),
        "event_uid": EVENT_UID,
        "summary": "Review",
        "description": "Bring numbers",
        "start": "2026-05-12T13:00:00Z",
        "end": "2026-05-12T14:00:00Z",
        "deleted": False,
        "created": CLOCK,
        "updated": CLOCK,
        "event_private": True,
        "location": {"description": "Room 1"},
        "participation_status": "tentative",
        "attendees": [
            {"email": MARY, "display_name": "Mary", "status": "accepted"},
            {"email": JANE, "display_name": None, "status": "tentative"},
        ],
        "organizer": {"email": MARY, "display_name": "Mary"},
        "transparency": "opaque",
        "extended_transparency": "out_of_office",
        "status": "tentative",
        "categories": ["Work"],
        "recurring": True,
        "series_identifier": made["event_uid"].removeprefix("evt_external_")[:16],
        "url": "https://acme.test/review",
        "meeting_url": "https://zoom.us/j/1",
        "conferencing": {"join_url": "https://zoom.us/j/1"},
        "options": {"delete": False, "update": False, "change_participation_status": True},
    }


# What the event says of others, and the owner's answer.
ANSWERS: dict[str, tuple[Document, str]] = {
    "nobody else": ({}, "accepted"),
    "the organizer": ({"organizer": {"email": JANE}}, "accepted"),
    "somebody else's": ({"organizer": {"email": MARY}}, "needs_action"),
    "invited": ({"attendees": [{"email": JANE}]}, "needs_action"),
    "declined": ({"attendees": [{"email": JANE, "status": "declined"}]}, "declined"),
    "said outright": ({"organizer": {"email": MARY}, "participation_status": "unknown"}, "unknown"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_the_owners_answer(jane: Sandbox, case: str) -> None:
    """It follows from the attendees and the organizer."""
    said, expected = ANSWERS[case]
    made = post(jane, **STANDUP, **said)
    assert made["participation_status"] == expected
    own = [one["status"] for one in made["attendees"] if one["email"] == JANE]
    assert own in ([], [expected])


def test_changing_an_event(jane: Sandbox) -> None:
    """Only the keys that are given change; what stays the same is no change."""
    token = jane.connect(JANE)["access_token"]
    uid = post(jane, **WHOLE)["event_uid"]
    jane.advance(minutes=1)
    same = post(jane, event_uid=uid, summary="Review", reminders=[10, 60])
    assert same == shown(WHOLE)
    assert read(jane, token)[0]["updated"] == CLOCK
    changes = {
        "summary": "Retrospective",
        "end": "2026-05-12T15:00:00Z",
        "participation_status": "declined",
        "recurrence": None,
    }
    changed = post(jane, event_uid=uid, **changes)
    attendees = [WHOLE["attendees"][0], {"email": JANE, "name": None, "status": "declined"}]
    now = "2026-05-11T08:01:00Z"
    assert changed == shown(WHOLE, **changes, attendees=attendees, updated=now)
    (event,) = read(jane, token)
    assert (event["summary"], event["updated"], event["created"]) == ("Retrospective", now, CLOCK)


def test_what_was_read_can_be_sent_back(jane: Sandbox) -> None:
    """As it is, it is no change, whoever wrote it; what only Cronofy knows cannot be changed."""
    connected = jane.connect(JANE)
    token, calendar_id = connected["access_token"], first_calendar(connected)
    early = {"start": "1950-01-01T09:00:00Z", "end": "1950-01-01T09:00:00Z", "url": "tel:+44"}
    body = {"event_id": "mine", "summary": "First", **early}
    path = f"/v1/calendars/{calendar_id}/events"
    assert jane.call(token, "POST", path, json=body).status_code == 202
    uid = post(jane, **WHOLE)["event_uid"]
    before = listed(jane)
    jane.advance(minutes=1)
    for event in before:
        assert post(jane, **event) == event
    sent = {"events": before}
    assert jane.control("POST", EVENTS, json=sent).json() == sent
    assert listed(jane) == before
    assert post(jane, event_uid=uid, lat="50")["lat"] == "50"
    mine = before[0]
    changed = post(jane, **{**mine, "summary": "Second"})
    assert changed == {**mine, "summary": "Second", "updated": "2026-05-11T08:01:00Z"}
    for key in ("created", "updated", "ical_uid", "managed"):
        body = {"event_uid": uid, key: {"event_id": "x"}}
        assert_problems(jane.control("POST", EVENTS, json=body), 422, key)
        assert_problems(jane.control("POST", EVENTS, json={**STANDUP, key: None}), 422, key)


def test_time_zones(jane: Sandbox) -> None:
    """Both ends are planned in tzid, unless end_tzid says otherwise."""
    uid = post(jane, **STANDUP)["event_uid"]
    paris, tokyo = "Europe/Paris", "Asia/Tokyo"
    for given, expected in (
        ({"tzid": paris}, (paris, paris)),
        ({"end_tzid": tokyo}, (paris, tokyo)),
        ({"tzid": tokyo, "end_tzid": paris}, (tokyo, paris)),
        ({"tzid": paris, "end_tzid": paris}, (paris, paris)),
    ):
        changed = post(jane, event_uid=uid, **given)
        assert (changed["tzid"], changed["end_tzid"]) == expected


def test_times_and_dates(jane: Sandbox) -> None:
    """An event becomes all-day and timed again, with both ends."""
    uid = post(jane, **STANDUP)["event_uid"]
    days = {"start": "2026-05-12", "end": "2026-05-13"}
    changed = post(jane, event_uid=uid, **days)
    assert changed == shown({**STANDUP, **days}, tzid="Etc/UTC", end_tzid="Etc/UTC")
    response = jane.control("POST", EVENTS, json={"event_uid": uid, "start": STANDUP["start"]})
    assert_problems(response, 422, "end")
    times = {"start": STANDUP["start"], "end": STANDUP["end"]}
    assert post(jane, event_uid=uid, **times) == shown(STANDUP)


def test_deleting_an_event(jane: Sandbox) -> None:
    """204; it is deleted at Cronofy, with its last known fields. In the body or the query."""
    token = jane.connect(JANE)["access_token"]
    one, two, three = (post(jane, **{**STANDUP, "summary": name}) for name in ("A", "B", "C"))
    jane.advance(minutes=1)
    response = jane.control("DELETE", EVENTS, json={"event_uid": one["event_uid"]})
    assert (response.status_code, response.content) == (204, b"")
    response = jane.control("DELETE", EVENTS, params={"event_uid": two["event_uid"]})
    assert response.status_code == 204
    assert [event["summary"] for event in listed(jane)] == ["C"]
    assert summaries(jane, token) == ["C"]
    found = read(jane, token, include_deleted="true")
    assert sorted((e["summary"], e["deleted"], e["updated"]) for e in found) == [
        ("A", True, "2026-05-11T08:01:00Z"),
        ("B", True, "2026-05-11T08:01:00Z"),
        ("C", False, CLOCK),
    ]
    assert three["event_uid"] == listed(jane)[0]["event_uid"]
    assert jane.control("DELETE", EVENTS, json={"all": True}).status_code == 204
    assert listed(jane) == summaries(jane, token) == []


def test_calendars(open_sandbox: Open) -> None:
    """The primary calendar, or the one of that name; an event stays in its own."""
    sandbox = opened(open_sandbox, calendars=[{"name": "Work", "primary": True}, {"name": "Home"}])
    work, home = post(sandbox, **STANDUP), post(sandbox, **STANDUP, calendar="Home")
    assert [work["calendar"], home["calendar"]] == ["Work", "Home"]
    post(sandbox, event_uid=home["event_uid"], calendar="Home", summary="Lunch")
    body = {"event_uid": home["event_uid"], "calendar": "Work"}
    assert_problems(sandbox.control("POST", EVENTS, json=body), 422, "calendar")
    body = {"events": [STANDUP, {**STANDUP, "calendar": "Work"}], "calendar": "Home"}
    many = sandbox.control("POST", EVENTS, json=body).json()["events"]
    assert [event["calendar"] for event in many] == ["Home", "Work"]
    connected = sandbox.connect(JANE)
    (profile,) = connected["userinfo"]["cronofy.data"]["profiles"]
    counts = [
        len(listed(sandbox, f"/calendars/{calendar['calendar_id']}/events"))
        for calendar in profile["profile_calendars"]
    ]
    assert counts == [2, 2]


def test_many_events(jane: Sandbox) -> None:
    """New and changed ones, ten thousand at once."""
    token = jane.connect(JANE)["access_token"]
    uid = post(jane, **STANDUP)["event_uid"]
    events = [{"event_uid": uid, "summary": "First"}, *[STANDUP] * 9_999]
    response = jane.control("POST", EVENTS, json={"events": events})
    assert response.status_code == 201
    made = response.json()["events"]
    assert made[:2] == [shown(STANDUP, summary="First", event_uid=uid), shown(STANDUP)]
    assert len(made) == len(listed(jane)) == 10_000
    assert jane.control("DELETE", EVENTS, params={"all": "true"}).status_code == 204
    assert summaries(jane, token) == []
    response = jane.control("POST", EVENTS, json={"events": [STANDUP] * 10_001})
    assert_problems(response, 422, "events")


def test_all_or_nothing(jane: Sandbox) -> None:
    """Every problem is told, at its place; nothing has happened."""
    events = [STANDUP, {"summary": "No times"}, 5, {**STANDUP, "color": "red"}]
    response = jane.control("POST", EVENTS, json={"events": events})
    places = ["events[1].start", "events[1].end", "events[2]", "events[3].color"]
    assert_problems(response, 422, *places)
    events = [STANDUP, {"event_uid": "evt_external_0", "summary": "Nobody's"}]
    response = jane.control("POST", EVENTS, json={"events": events})
    assert_problems(response, 404, "events[1].event_uid")
    assert listed(jane) == []


WRONG: dict[str, tuple[Document, str]] = {
    "no summary": ({"summary": None}, "summary"),
    "another key": ({"title": "Standup"}, "title"),
    "another zone": ({"tzid": "Europe/Lundon"}, "tzid"),
    "ends before it starts": ({"end": "2026-05-12T08:00:00Z"}, "end"),
    "another end's zone": ({"end_tzid": "Mars/Base"}, "end_tzid"),
    "far north": ({"lat": "90", "long": "0"}, "lat"),
    "no longitude": ({"lat": "10", "long": "east"}, "long"),
    "no address": ({"url": "acme.test"}, "url"),
    "no meeting": ({"meeting_url": "javascript:alert(1)"}, "meeting_url"),
    "another transparency": ({"transparency": "busy"}, "transparency"),
    "another status": ({"status": "deleted"}, "status"),
    "another answer": ({"participation_status": "yes"}, "participation_status"),
    "no attendee": ({"attendees": [{"email": "jane"}]}, "attendees[0].email"),
    "no organizer": ({"organizer": {}}, "organizer.email"),
    "late reminder": ({"reminders": [-5]}, "reminders[0]"),
    "no frequency": ({"recurrence": {}}, "recurrence.frequency"),
    "another frequency": ({"recurrence": {"frequency": "hourly"}}, "recurrence.frequency"),
    "no interval": ({"recurrence": {"frequency": "daily", "interval": 0}}, "recurrence.interval"),
    "another day": (
        {"recurrence": {"frequency": "weekly", "by_day": ["Monday"]}},
        "recurrence.by_day[0]",
    ),
    "the second Monday of a week": (
        {"recurrence": {"frequency": "weekly", "by_day": [{"day": "monday", "nth_of_period": 2}]}},
        "recurrence.by_day",
    ),
    "no such Monday": (
        {"recurrence": {"frequency": "monthly", "by_day": [{"day": "monday", "nth_of_period": 0}]}},
        "recurrence.by_day",
    ),
    "two ends": (
        {"recurrence": {"frequency": "daily", "count": 2, "until": "2026-06-01"}},
        "recurrence.until",
    ),
    "over before it begins": (
        {"recurrence": {"frequency": "daily", "until": "2026-05-11"}},
        "recurrence",
    ),
    "no exceptions": (
        {"recurrence": {"frequency": "daily", "exceptions": ["never"]}},
        "recurrence.exceptions[0]",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_events(jane: Sandbox, case: str) -> None:
    """422, for new events and for changes."""
    said, place = WRONG[case]
    assert_problems(jane.control("POST", EVENTS, json={**STANDUP, **said}), 422, place)
    uid = post(jane, **STANDUP)["event_uid"]
    assert_problems(jane.control("POST", EVENTS, json={"event_uid": uid, **said}), 422, place)
    assert listed(jane) == [shown(STANDUP)]


def test_what_is_not_there(open_sandbox: Open) -> None:
    """404, with what there is."""
    scenario = {"people": [person(JANE), person(MARY), person("paul@acme.test", provider="none")]}
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    uid = sandbox.control("POST", f"/people/{MARY}/events", json=STANDUP).json()["event_uid"]
    known = f"an event of {JANE}: there is none"
    for method, body in (("POST", {"event_uid": uid}), ("DELETE", {"event_uid": uid})):
        response = sandbox.control(method, EVENTS, json=body)
        assert (response.status_code, response.json()) == (
            404,
            problem("event_uid", repr(uid), known),
        )
    for method in ("GET", "POST", "DELETE"):
        response = sandbox.control(method, "/people/joan@acme.test/events", json={"all": True})
        assert_problems(response, 404, "email")
    response = sandbox.control("POST", "/people/paul@acme.test/events", json=STANDUP)
    assert_problems(response, 404, "calendar")
    response = sandbox.control("POST", EVENTS, json={**STANDUP, "calendar": "Home"})
    expected = problem("calendar", "'Home'", f"one of {JANE}")
    assert (response.status_code, response.json()) == (404, expected)
    assert_problems(sandbox.control("GET", "/calendars/cal_1/events"), 404, "calendar_id")
    for body in ({}, {"all": True, "event_uid": "x"}, {"all": False}, {"everything": True}):
        assert sandbox.control("DELETE", EVENTS, json=body).status_code == 422


def test_what_an_application_wrote(jane: Sandbox) -> None:
    """It stands in the person's calendar, with what the application keeps; the person's changes
    are read, and it stays the application's."""
    connected = jane.connect(JANE)
    token, calendar_id = connected["access_token"], first_calendar(connected)
    path = f"/v1/calendars/{calendar_id}/events"
    body = {"event_id": "mine", **STANDUP, "description": "As written"}
    assert jane.call(token, "POST", path, json=body).status_code == 202
    (event,) = listed(jane, f"/calendars/{calendar_id}/events")
    managed = event.pop("managed")
    assert (managed["event_id"], managed["description"]) == ("mine", "As written")
    assert managed["client_id"] == jane.application["client_id"]
    assert event["ical_uid"] == Like(r"[0-9a-z]+@cronofy\.com")
    assert listed(jane) == [{**event, "managed": managed}]
    post(jane, event_uid=event["event_uid"], summary="Moved", start="2026-05-12T09:05:00Z")
    (found,) = read(jane, token, only_managed="true")
    assert (found["event_id"], found["summary"]) == ("mine", "Moved")
    assert found["event_uid"] == event["event_uid"]
    assert found["start"] == "2026-05-12T09:05:00Z"
    assert jane.control("DELETE", EVENTS, json={"all": True}).status_code == 204
    (found,) = read(jane, token, only_managed="true", include_deleted="true")
    assert (found["event_id"], found["deleted"]) == ("mine", True)


def test_a_hosted_calendar(open_sandbox: Open) -> None:
    """It holds what applications wrote there, and nothing of the person's own calendar."""
    sandbox = opened(open_sandbox)
    post(sandbox, **STANDUP)
    connected = sandbox.connect(JANE, access_mode="no_calendar", scope="free_busy_write")
    calendar_id = first_calendar(connected)
    path = f"/v1/calendars/{calendar_id}/events"
    body = {"event_id": "mine", **STANDUP, "summary": "Interview"}
    assert sandbox.call(connected["access_token"], "POST", path, json=body).status_code == 202
    (event,) = listed(sandbox, f"/calendars/{calendar_id}/events")
    assert (event["summary"], event["calendar"]) == ("Interview", "Cronofy Calendar")
    assert event["managed"]["event_id"] == "mine"
    assert [one["summary"] for one in listed(sandbox)] == ["Standup"]
    sandbox.call(connected["access_token"], "DELETE", path, json={"event_id": "mine"})
    assert listed(sandbox, f"/calendars/{calendar_id}/events") == []


def test_free_busy_sees_when_and_not_what(open_sandbox: Open) -> None:
    """The copy says when the person is busy; what else an event says stays at the provider."""
    sandbox = opened(open_sandbox)
    post(sandbox, **WHOLE)
    connected = sandbox.connect(JANE, access_mode="free_busy", scope="free_busy_write")
    window = {"from": "2026-05-12", "to": "2026-05-13"}
    periods = read(sandbox, connected["access_token"], "free_busy", **window)
    assert periods == [
        {
            "calendar_id": first_calendar(connected),
            "start": WHOLE["start"],
            "end": WHOLE["end"],
            "free_busy_status": "tentative",
        }
    ]
    tables = sandbox.control("GET", "/snapshot").json()["tables"]
    (copy,) = tables["events"]
    said = str(copy["details"])
    for word in ("Review", "numbers", "Room 1", "acme.test", "zoom", "1A73E8", "Work"):
        assert word not in said
    # Another description is no change that Cronofy could see.
    sandbox.advance(minutes=1)
    uid = listed(sandbox)[0]["event_uid"]
    post(sandbox, event_uid=uid, description="Bring cake")
    assert sandbox.control("GET", "/snapshot").json()["tables"]["events"] == [copy]


def test_two_applications_see_the_same_calendar(open_sandbox: Open) -> None:
    """What one writes, the other reads as an event of the person's."""
    scenario = {
        "people": [person(JANE)],
        "applications": [{"client_id": "provider-side-1"}, {"client_id": "provider-side-2"}],
    }
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    one, two = (
        sandbox.connect(JANE, client_id=application["client_id"])
        for application in sandbox.document["applications"]
    )
    path = f"/v1/calendars/{first_calendar(one)}/events"
    body = {"event_id": "mine", **STANDUP}
    assert sandbox.call(one["access_token"], "POST", path, json=body).status_code == 202
    assert read(sandbox, one["access_token"]) == []
    (event,) = read(sandbox, two["access_token"])
    assert "event_id" not in event


def test_a_delay(open_sandbox: Open) -> None:
    """Cronofy sees changes after sync_delay, all that there are by then; a later change does
    not put off the ones before it."""
    sandbox = opened(open_sandbox, sync_delay={"minutes": 10})
    token = sandbox.connect(JANE)["access_token"]
    uid = post(sandbox, **STANDUP)["event_uid"]
    sandbox.advance(minutes=9)
    post(sandbox, **{**STANDUP, "summary": "Lunch"})
    gone = post(sandbox, **{**STANDUP, "summary": "Never seen"})["event_uid"]
    sandbox.control("DELETE", EVENTS, json={"event_uid": gone})
    assert summaries(sandbox, token) == []
    assert len(listed(sandbox)) == 2
    (happened,) = sandbox.advance(minutes=1)["happened"]
    assert (happened["happened"], happened["at"]) == (
        "synchronize_calendar",
        "2026-05-11T08:10:00Z",
    )
    assert sorted(summaries(sandbox, token)) == ["Lunch", "Standup"]
    post(sandbox, event_uid=uid, summary="Stand-down")
    assert sorted(summaries(sandbox, token)) == ["Lunch", "Standup"]
    sandbox.advance(minutes=10)
    assert sorted(summaries(sandbox, token)) == ["Lunch", "Stand-down"]
    assert sandbox.advance(days=1)["happened"] == []


def test_a_delay_ends_with_a_synchronization(open_sandbox: Open) -> None:
    """Which sees everything; what applications write themselves they read at once."""
    sandbox = opened(open_sandbox, sync_delay={"hours": 1})
    connected = sandbox.connect(JANE)
    token, profile_id = connected["access_token"], connected["linking_profile"]["profile_id"]
    path = f"/v1/calendars/{first_calendar(connected)}/events"
    sandbox.call(token, "POST", path, json={"event_id": "mine", **STANDUP})
    assert summaries(sandbox, token, only_managed="true") == ["Standup"]
    post(sandbox, **STANDUP)
    assert summaries(sandbox, token) == []
    sandbox.control("POST", f"/profiles/{profile_id}/sync")
    assert summaries(sandbox, token) == ["Standup"]
    assert sandbox.advance(hours=2)["happened"] == []


def test_a_first_synchronization_that_is_held(open_sandbox: Open) -> None:
    """Nothing is seen before it is over, and everything after."""
    sandbox = opened(open_sandbox, initial_sync="held")
    post(sandbox, **STANDUP)
    connected = sandbox.connect(JANE)
    token, profile_id = connected["access_token"], connected["linking_profile"]["profile_id"]
    post(sandbox, **{**STANDUP, "summary": "Lunch"})
    assert summaries(sandbox, token) == []
    sandbox.connect(JANE)
    assert summaries(sandbox, token) == []
    sandbox.control("POST", f"/profiles/{profile_id}/sync")
    assert sorted(summaries(sandbox, token)) == ["Lunch", "Standup"]
    post(sandbox, **{**STANDUP, "summary": "Dinner"})
    assert sorted(summaries(sandbox, token)) == ["Dinner", "Lunch", "Standup"]


@pytest.mark.parametrize("how", ["control", "page"])
def test_a_disconnected_profile(jane: Sandbox, how: str) -> None:
    """It shows what was last seen. Connected again, it shows what is there now."""
    connected = jane.connect(JANE)
    token, profile_id = connected["access_token"], connected["linking_profile"]["profile_id"]
    uid = post(jane, **STANDUP)["event_uid"]
    gone = post(jane, **{**STANDUP, "summary": "Gone"})["event_uid"]
    response = jane.control("POST", f"/profiles/{profile_id}/disconnect")
    post(jane, event_uid=uid, summary="Stand-down")
    post(jane, **{**STANDUP, "summary": "Lunch"})
    jane.control("DELETE", EVENTS, json={"event_uid": gone})
    jane.control("POST", f"/profiles/{profile_id}/sync")
    assert sorted(summaries(jane, token)) == ["Gone", "Standup"]
    if how == "control":
        jane.control("POST", f"/profiles/{profile_id}/reconnect")
    else:
        url = response.json()["profile_relink_url"]
        assert jane.http.post(url).status_code == 200
    assert sorted(summaries(jane, token)) == ["Lunch", "Stand-down"]


def test_what_moved(jane: Sandbox) -> None:
    """An event that was moved out of the window is still read with include_moved."""
    token = jane.connect(JANE)["access_token"]
    uid = post(jane, **STANDUP)["event_uid"]
    later = {"start": "2026-06-12T09:00:00Z", "end": "2026-06-12T09:15:00Z"}
    post(jane, event_uid=uid, **later)
    window = {"from": "2026-05-12", "to": "2026-05-13"}
    assert read(jane, token, **window) == []
    (event,) = read(jane, token, **window, include_moved="true")
    assert (event["event_uid"], event["start"]) == (uid, later["start"])


def test_a_reset(open_sandbox: Open) -> None:
    """What people did is undone, and does not happen later."""
    sandbox = opened(open_sandbox, sync_delay={"minutes": 1})
    sandbox.connect(JANE)
    post(sandbox, **STANDUP)
    assert sandbox.control("POST", "/reset").status_code == 200
    assert listed(sandbox) == []
    assert sandbox.advance(hours=1)["happened"] == []

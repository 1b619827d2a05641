"""Events are written, read and deleted through both SDKs, in every access mode."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk import event_calls
from tests.sdk.diary import BEN, JANE, PEOPLE_ONLY, SCOPE, Diary, event
from tests.sdk.event_calls import refusal
from tests.sdk.expected import unprocessable

LATER = "2026-05-11T08:05:00Z"
MOVED = {"start": "2026-05-20T09:00:00Z", "end": "2026-05-20T10:00:00Z"}
NOWHERE = "evt_external_000000000000000000000000"


def test_life(diary: Diary) -> None:
    """Created, written again, changed, deleted and created anew; Jane hears of it by mail where
    her calendar is none that Cronofy writes to."""
    events = diary.events
    events.upsert(diary.calendar_id, event())
    assert diary.managed() == [diary.written()]
    assert events.read() == diary.own_events()
    everything = [*diary.own_events(), diary.written()]
    assert events.read(include_managed=True) == sorted(everything, key=lambda e: e["start"])

    diary.sandbox.advance(minutes=5)
    events.upsert(diary.calendar_id, event())
    assert diary.managed() == [diary.written()]

    (before,) = diary.managed()
    events.upsert(diary.calendar_id, event(**MOVED, summary="Plans"))
    changed = {**before, **MOVED, "summary": "Plans", "updated": LATER}
    assert diary.managed() == [changed]

    diary.sandbox.advance(minutes=5)
    events.delete(diary.calendar_id, "planning")
    events.delete(diary.calendar_id, "planning")
    assert diary.managed() == []
    gone = {
        **changed,
        "deleted": True,
        "updated": "2026-05-11T08:10:00Z",
        "options": PEOPLE_ONLY,
    }
    assert events.read(only_managed=True, include_deleted=True) == [gone]

    events.upsert(diary.calendar_id, event())
    now = "2026-05-11T08:10:00Z"
    (again,) = diary.managed()
    assert again == diary.written(created=now, updated=now)
    assert again["event_uid"] != before["event_uid"]
    requests = [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2), ("REQUEST", 0)]
    assert diary.mails() == (requests if diary.hosted else [])


def test_windows(diary: Diary) -> None:
    """from, to, last_modified, include_moved and calendar_ids choose what is read."""
    events = diary.events
    events.upsert(diary.calendar_id, event())
    day = {"from": "2026-05-13", "to": "2026-05-14", "only_managed": True}
    assert events.read(**day) == [diary.written()]
    diary.sandbox.advance(minutes=5)
    events.upsert(diary.calendar_id, event(**MOVED))
    moved = diary.written(**MOVED, updated=LATER)
    assert events.read(**day) == []
    assert events.read(**day, include_moved=True) == [moved]
    assert events.read(last_modified=LATER, include_managed=True) == [moved]
    assert events.read(last_modified="2026-05-11T08:05:01Z", include_managed=True) == []
    assert events.read(calendar_ids=[diary.calendar_id], only_managed=True) == [moved]
    for name, calendar_id in diary.own.items():
        expected = [e for e in diary.own_events() if e["calendar_id"] == diary.own[name]]
        assert events.read(calendar_ids=[calendar_id]) == expected
    # The end of a window is exclusive, and in Tokyo it is another day.
    assert events.read(**{"from": "2026-05-20T10:00:01Z"}, only_managed=True) == []
    assert events.read(**{"to": "2026-05-20T09:00:00Z"}, only_managed=True) == []
    late = {"start": "2026-05-13T15:30:00Z", "end": "2026-05-13T16:00:00Z"}
    events.upsert(diary.calendar_id, event(**late))
    assert [e["start"] for e in events.read(**day)] == [late["start"]]
    assert events.read(**day, tzid="Asia/Tokyo") == []


FORMS: dict[str, tuple[dict[str, Any], tuple[Any, Any], tuple[Any, Any]]] = {
    "times with offsets": (
        {"start": "2026-05-13T11:00:00+02:00", "end": "2026-05-13T10:00:00+00:00"},
        ("2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z"),
        (
            {"time": "2026-05-13T09:00:00+00:00", "tzid": "Etc/UTC"},
            {"time": "2026-05-13T10:00:00+00:00", "tzid": "Etc/UTC"},
        ),
    ),
    "milliseconds": (
        {"start": "2026-05-13T09:00:00.000Z", "end": "2026-05-13T10:00:00.000Z"},
        ("2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z"),
        (
            {"time": "2026-05-13T09:00:00+00:00", "tzid": "Etc/UTC"},
            {"time": "2026-05-13T10:00:00+00:00", "tzid": "Etc/UTC"},
        ),
    ),
    "one zone for both": (
        {
            "start": "2026-05-13T09:00:00Z",
            "end": "2026-05-13T10:00:00Z",
            "tzid": "Europe/Paris",
        },
        ("2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z"),
        (
            {"time": "2026-05-13T11:00:00+02:00", "tzid": "Europe/Paris"},
            {"time": "2026-05-13T12:00:00+02:00", "tzid": "Europe/Paris"},
        ),
    ),
    "two zones": (
        {
            "start": {"time": "2026-05-13T09:00:00Z", "tzid": "Europe/London"},
            "end": {"time": "2026-05-13T21:30:00Z", "tzid": "America/New_York"},
        },
        ("2026-05-13T09:00:00Z", "2026-05-13T21:30:00Z"),
        (
            {"time": "2026-05-13T10:00:00+01:00", "tzid": "Europe/London"},
            {"time": "2026-05-13T17:30:00-04:00", "tzid": "America/New_York"},
        ),
    ),
    "days": (
        {"start": "2026-05-13", "end": "2026-05-15"},
        ("2026-05-13", "2026-05-15"),
        (
            {"time": "2026-05-13", "tzid": "Etc/UTC"},
            {"time": "2026-05-15", "tzid": "Etc/UTC"},
        ),
    ),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("mode", ["read_write-google", "no_calendar"], indirect=True)
def test_times(diary: Diary, form: str) -> None:
    """Every form in which times are written is read in one, or with its zone."""
    members, (start, end), (local_start, local_end) = FORMS[form]
    diary.events.upsert(diary.calendar_id, event(**members))
    # What lasts for days is free, unless it says otherwise.
    shown = "transparent" if form == "days" else "opaque"
    expected = diary.written(transparency=shown, extended_transparency=shown)
    assert diary.managed() == [{**expected, "start": start, "end": end}]
    localized = diary.events.read(only_managed=True, localized_times=True)
    assert localized == [{**expected, "start": local_start, "end": local_end}]


def test_free_busy(diary: Diary) -> None:
    """Busy times of both sides: Jane's own, and what the application has written."""
    events = diary.events
    assert events.free_busy() == diary.own_busy()
    events.upsert(diary.calendar_id, event())
    assert events.free_busy() == diary.own_busy()
    ours = diary.period(diary.calendar_id, "2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z")
    both = sorted([*diary.own_busy(), ours], key=lambda period: period["start"])
    assert events.free_busy(include_managed=True) == both
    day = {"from": "2026-05-13", "to": "2026-05-14"}
    assert events.free_busy(**day, include_managed=True) == [ours]
    local = {"start": "2026-05-13T09:00:00+00:00", "end": "2026-05-13T10:00:00+00:00"}
    localized = {name: {"time": time, "tzid": "Etc/UTC"} for name, time in local.items()}
    found = events.free_busy(**day, include_managed=True, localized_times=True)
    assert found == [{**ours, **localized}]
    only = events.free_busy(calendar_ids=[diary.calendar_id], include_managed=True)
    assert only == [p for p in both if p["calendar_id"] == diary.calendar_id]
    events.upsert(diary.calendar_id, event(transparency="transparent"))
    assert events.free_busy(include_managed=True) == diary.own_busy()


def test_everything_that_can_be_said(diary: Diary) -> None:
    """Place, guests, reminders and the rest come back as far as they are read at all."""
    more = {
        "location": {"description": "Room 2", "lat": "51.5", "long": "-0.12"},
        "url": "https://acme.test/plans/1",
        "reminders": [{"minutes": 30}],
        "event_private": True,
        "color": "#1A73E8",
        "attendees": {"invite": [{"email": BEN, "display_name": "Ben Lee"}]},
        "transparency": "transparent",
    }
    diary.events.upsert(diary.calendar_id, event(**more))
    jane = {"email": JANE, "display_name": None, "status": "needs_action"}
    ben = {"email": BEN, "display_name": "Ben Lee", "status": "needs_action"}
    expected = diary.written(
        location={"description": "Room 2"},
        url=more["url"],
        event_private=True,
        attendees=[{**jane, "status": jane["status"] if diary.hosted else "accepted"}, ben],
        transparency="transparent",
        extended_transparency="transparent",
    )
    if diary.client.profiles()["profiles"][0]["provider_name"] == "exchange":
        del expected["url"]  # Microsoft's calendars have no place for it.
    assert diary.managed() == [expected]
    geo = {**expected, "location": more["location"]}
    assert diary.events.read(only_managed=True, include_geo=True) == [geo]
    away = {"remove": [{"email": BEN}]}
    diary.events.upsert(diary.calendar_id, event(attendees=away, url=None))
    (left,) = diary.managed()
    assert BEN not in str(left)


def test_bulk_deletion(diary: Diary) -> None:
    """All that the application has written, everywhere or in some calendars; nothing else."""
    events = diary.events
    events.upsert(diary.calendar_id, event())
    events.upsert(diary.calendar_id, event(event_id="retro", summary="Retro"))
    if diary.own:
        events.delete_all([diary.own["Holidays"]])
    assert len(diary.managed()) == 2
    events.delete_all([diary.calendar_id, *diary.own.values()])
    assert diary.managed() == []
    events.upsert(diary.calendar_id, event())
    events.delete_all()
    assert diary.managed() == []
    assert events.read() == diary.own_events()
    events.delete_all()
    assert refusal(events.delete_all, ["cal_none_none"]) == (
        422,
        unprocessable(
            "calendar_ids", "errors.invalid_calendar_ids", "contains invalid calendar ids"
        ),
    )


@pytest.mark.parametrize("mode", ["read_write-google", "read_write-office365"], indirect=True)
def test_external_events(diary: Diary) -> None:
    """Jane's own events can be changed and deleted once she has agreed to that."""
    events, calendar_id = diary.events, diary.calendar_id
    review = next(e for e in events.read() if e["summary"] == "Review")
    words = {
        "event_uid": review["event_uid"],
        "summary": "Second review",
        "start": "2026-05-12T10:30:00Z",
        "end": "2026-05-12T11:30:00Z",
    }
    assert refusal(events.edit_external, calendar_id, words) == (403, None)
    assert refusal(events.delete_external, calendar_id, review["event_uid"]) == (403, None)
    diary.elevate()
    free_hand = {"delete": True, "update": True, "change_participation_status": False}
    assert {**review, "options": free_hand} in events.read()
    diary.sandbox.advance(minutes=5)
    events.edit_external(calendar_id, words)
    changed = {**review, **words, "updated": LATER, "options": free_hand}
    del changed["location"]
    found = next(e for e in events.read() if e["event_uid"] == review["event_uid"])
    assert found == changed
    events.delete_external(calendar_id, review["event_uid"])
    assert [e["summary"] for e in events.read()] == ["Exhibition", "Bank holiday"]
    assert refusal(events.delete_external, calendar_id, review["event_uid"]) == (404, None)
    assert refusal(events.edit_external, calendar_id, words) == (404, None)


def test_external_events_that_are_none(diary: Diary) -> None:
    """Whatever is not of the form of an event_uid is 422, what nobody has is 404."""
    if not diary.hosted:
        diary.elevate()
    malformed = (
        422,
        unprocessable(
            "event_uid", "errors.must_be_external_event_uid", "must be an external event uid"
        ),
    )
    for uid, expected in (("planning", malformed), (NOWHERE, (404, None))):
        assert refusal(diary.events.delete_external, diary.calendar_id, uid) == expected
        words = {**event(), "event_uid": uid}
        del words["event_id"]
        assert refusal(diary.events.edit_external, diary.calendar_id, words) == expected


def test_another_application(diary: Diary) -> None:
    """To another application, what this one has written is like anything else in the calendar."""
    other = diary.sandbox.document["applications"][1]["client_id"]
    token = diary.sandbox.connect(JANE, access_mode=diary.mode, scope=SCOPE, client_id=other)
    theirs = event_calls.of(diary.client_of(token, 1))
    diary.events.upsert(diary.calendar_id, event())
    assert theirs.read(only_managed=True) == []
    # A calendar that Cronofy hosts is open to all.
    seen = diary.written() if diary.hosted else diary.written(options=PEOPLE_ONLY)
    del seen["event_id"]
    everything = [*diary.own_events(), seen]
    assert theirs.read() == sorted(everything, key=lambda e: e["start"])
    theirs.delete(diary.calendar_id, "planning")
    theirs.delete_all()
    assert diary.managed() == [diary.written()]

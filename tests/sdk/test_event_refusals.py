"""What both SDKs are told when an event cannot be written or read: nothing changes then."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.clients import Document
from tests.sdk.diary import BEN, CLOCK, Diary, event
from tests.sdk.event_calls import refusal

PRESENT = {"from": "2026-05-01", "to": "2026-06-01"}


def errors(**fields: tuple[str, str]) -> Document:
    return {
        "errors": {
            name: [{"key": f"errors.{key}", "description": description}]
            for name, (key, description) in fields.items()
        }
    }


REQUIRED = ("required", "required")
WRONG: dict[str, tuple[dict[str, Any], Document]] = {
    "no summary": ({"summary": None}, errors(summary=REQUIRED)),
    "an empty summary": ({"summary": ""}, errors(summary=REQUIRED)),
    "no id": ({"event_id": None}, errors(event_id=REQUIRED)),
    "no start": ({"start": None}, errors(start=REQUIRED)),
    "the end first": (
        {"start": "2026-05-13T10:00:00Z", "end": "2026-05-13T09:00:00Z"},
        errors(end=("invalid_time_pair", "end must be after start")),
    ),
    "a day and a time": (
        {"start": "2026-05-13"},
        errors(end=("invalid", "must be a date or a time, as start is")),
    ),
    "no time": (
        {"start": "tomorrow"},
        errors(
            start=("invalid", "must be a time or a date in ISO 8601, such as 2027-03-04T09:30:00Z")
        ),
    ),
    "an unknown zone": (
        {"tzid": "Mars/Olympus"},
        errors(tzid=("tzid_unrecognized", "TZID not recognized")),
    ),
    "an unknown zone of a time": (
        {"end": {"time": "2026-05-13T10:00:00Z", "tzid": "Mars/Olympus"}},
        errors(**{"end.tzid": ("tzid_unrecognized", "TZID not recognized")}),
    ),
    "a guest without address": (
        {"attendees": {"invite": [{"email": "ben"}]}},
        errors(**{"attendees.invite[0].email": ("invalid_email", "must be an e-mail address")}),
    ),
    "a word that is none": (
        {"transparency": "glassy"},
        errors(transparency=("not_recognized", "not recognized")),
    ),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("mode", ["read_write-google", "free_busy-office365"], indirect=True)
def test_wrong_events(diary: Diary, case: str) -> None:
    """422 with every field that is wrong; the event that is there stays as it is."""
    diary.events.upsert(diary.calendar_id, event())
    members, document = WRONG[case]
    wrong = event(description="Another", **members)
    assert refusal(diary.events.upsert, diary.calendar_id, wrong) == (422, document)
    assert diary.managed() == [diary.written()]


def test_wrong_queries(diary: Diary) -> None:
    """422 as well for what cannot be read."""
    for read in (diary.events.read, diary.events.free_busy):
        assert refusal(read, tzid="Mars/Olympus") == (
            422,
            errors(tzid=("tzid_unrecognized", "TZID not recognized")),
        )
        assert refusal(read, calendar_ids=["cal_none_none"]) == (
            422,
            errors(calendar_ids=("invalid_calendar_ids", "contains invalid calendar ids")),
        )
        status, document = refusal(read, **{"from": "yesterday"})
        assert (status, list(document["errors"])) == (422, ["from"])


def test_unknown_calendars(diary: Diary) -> None:
    """404 for a calendar that nobody has, and for somebody else's."""
    theirs = diary.sandbox.connect(BEN)["userinfo"]["cronofy.data"]["profiles"][0]
    hers = theirs["profile_calendars"][0]["calendar_id"]
    for calendar_id in ("cal_none_none", hers):
        assert refusal(diary.events.upsert, calendar_id, event()) == (404, None)
        assert refusal(diary.events.delete, calendar_id, "planning") == (404, None)
        assert diary.managed() == []


def test_calendars_that_cannot_be_written(diary: Diary) -> None:
    """403: read-only ones, and in Free/Busy mode all that are the person's own."""
    closed = [i for i in diary.own.values() if i != diary.calendar_id]
    assert len(closed) == {"read_write": 1, "free_busy": 2, "no_calendar": 0}[diary.mode]
    for calendar_id in closed:
        assert refusal(diary.events.upsert, calendar_id, event()) == (403, None)
        assert refusal(diary.events.delete, calendar_id, "planning") == (403, None)
    assert diary.managed() == []
    assert diary.events.free_busy() == diary.own_busy()


def test_scopes(diary: Diary) -> None:
    """403 for what the person has not agreed to: with free_busy_write, to reading events."""
    diary.client.revoke()
    diary.connect("free_busy_write")
    diary.events.upsert(diary.calendar_id, event())
    assert refusal(diary.events.read, **PRESENT) == (403, None)
    ours = diary.period(diary.calendar_id, "2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z")
    assert ours in diary.events.free_busy(include_managed=True)
    diary.events.delete(diary.calendar_id, "planning")
    assert diary.events.free_busy(include_managed=True) == diary.own_busy()


@pytest.mark.parametrize("mode", ["read_write-google"], indirect=True)
def test_a_scope_that_only_reads(diary: Diary) -> None:
    diary.client.revoke()
    diary.connect("read_only")
    writes: list[tuple[Any, ...]] = [
        (diary.events.upsert, diary.calendar_id, event()),
        (diary.events.delete, diary.calendar_id, "planning"),
        (diary.events.delete_all,),
    ]
    for write in writes:
        assert refusal(*write) == (403, None)
    (answer,) = diary.events.batch(("upsert", diary.calendar_id, event()))
    assert answer == {"status": 403}
    assert diary.events.read() == diary.own_events()


def test_expired_tokens(diary: Diary) -> None:
    """401 until the token is refreshed."""
    diary.sandbox.advance(hours=1)
    calls: list[tuple[Any, ...]] = [
        (diary.events.upsert, diary.calendar_id, event()),
        (diary.events.delete, diary.calendar_id, "planning"),
        (diary.events.delete_all,),
        (diary.events.read,),
        (diary.events.free_busy,),
        (diary.events.batch, ("upsert", diary.calendar_id, event())),
    ]
    for call in calls:
        assert refusal(*call) == (401, None)
    diary.client.refresh()
    diary.events.upsert(diary.calendar_id, event())
    now = CLOCK.replace("08", "09", 1)
    assert diary.managed() == [diary.written(created=now, updated=now)]


@pytest.mark.parametrize("mode", ["read_write-google", "read_write-office365"], indirect=True)
def test_a_profile_that_lapsed(diary: Diary) -> None:
    """423 for writing; what is known can still be read."""
    diary.events.upsert(diary.calendar_id, event())
    diary.sandbox.control("POST", f"/profiles/{diary.profile_id}/disconnect")
    assert refusal(diary.events.upsert, diary.calendar_id, event(summary="X")) == (423, None)
    assert refusal(diary.events.delete, diary.calendar_id, "planning") == (423, None)
    assert refusal(diary.events.delete_all) == (423, None)
    (answer,) = diary.events.batch(("delete", diary.calendar_id, "planning"))
    assert answer == {"status": 423}
    assert diary.managed() == [diary.written()]
    diary.sandbox.control("POST", f"/profiles/{diary.profile_id}/reconnect")
    diary.events.delete(diary.calendar_id, "planning")
    assert diary.managed() == []

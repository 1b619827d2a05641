"""events.md §5: GET /v1/free_busy, when somebody is busy and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import Document
from tests.contract.events import EVENT_UID, JANE, attendee, event
from tests.contract.reading import (
    FREE_BUSY,
    Open,
    Reader,
    entry,
    in_calendar,
    open_reader,
    out_of_calendar,
    second_reader,
)

START, END = "2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"
ANN = "ann@else.test"
ON, OFF = ("true", "True", "1"), ("false", "False", "0", "")


def period(reader: Reader, status: str = "busy", **more: Any) -> Document:
    document = {"calendar_id": reader.calendar_id, "start": START, "end": END}
    return {**document, "free_busy_status": status, **more}


def invited(status: str) -> Document:
    """Ann invites Jane, who has answered."""
    return {"organizer": {"email": ANN}, "attendees": [{"email": JANE, "status": status}]}


STATUSES = [
    pytest.param({"transparency": "transparent"}, "free", id="5 transparency transparent: free"),
    pytest.param(
        {"transparency": "tentative"},
        "tentative",
        id="5 extended_transparency tentative: tentative",
    ),
    pytest.param({"status": "tentative"}, "tentative", id="5 event status tentative: tentative"),
    pytest.param(invited("tentative"), "tentative", id="5 participation tentative: tentative"),
    pytest.param({}, "busy", id="5 opaque: busy"),
    pytest.param({"transparency": "out_of_office"}, "busy", id="5 out_of_office: busy"),
    pytest.param({"transparency": "working_elsewhere"}, "busy", id="5 working_elsewhere: busy"),
    pytest.param({"transparency": "unknown"}, "unknown", id="5 provider gives nothing: unknown"),
    pytest.param(invited("needs_action"), "busy", id="5 not answered yet: busy (assumed)"),
    pytest.param(invited("accepted"), "busy", id="5 accepted: busy"),
    pytest.param(invited("declined"), None, id="5 declined by the user: left out [3p compat]"),
    pytest.param({"status": "cancelled"}, None, id="5 event cancelled: left out [3p compat]"),
    pytest.param({"status": "unknown"}, "busy", id="5 event status unknown: as it is opaque"),
    pytest.param(
        {"transparency": "transparent", "status": "tentative"},
        "free",
        id="5 transparent and tentative: free (assumed)",
    ),
    pytest.param({"private": True, "location": "Bed"}, "busy", id="5 private: no less busy"),
]


@pytest.mark.parametrize(("said", "status"), STATUSES)
@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_status(open_sandbox: Open, said: Document, status: str | None, mode: str) -> None:
    """The status mapping, the same in both modes that know when somebody is busy."""
    dentist = {**entry("Dentist", START, END), **said}
    reader = open_reader(open_sandbox, dentist, access_mode=mode)
    busy = reader.call("GET", "/v1/calendars").json()["calendars"][0]["calendar_id"]
    expected = [period(reader, status, calendar_id=busy)] if status else []
    assert reader.periods("include_free=true") == expected
    assert reader.periods() == [one for one in expected if status != "free"]


@pytest.mark.parametrize("value", [*ON, *OFF])
def test_include_free(open_sandbox: Open, value: str) -> None:
    """5 include_free: periods with status free are left out by default [app: leasing]."""
    free = entry("Birthday", START, END, transparency="transparent")
    reader = open_reader(open_sandbox, free)
    expected = [period(reader, "free")] if value in ON else []
    assert reader.periods(f"include_free={value}") == expected
    assert reader.periods() == []


def test_the_switch_include_free(open_sandbox: Open) -> None:
    """5 include_free: the docs' sample answers a free period without being asked for it."""
    free = entry("Birthday", START, END, transparency="transparent")
    reader = open_reader(open_sandbox, free, switches={"include_free": True})
    assert reader.periods() == reader.periods("include_free=false") == [period(reader, "free")]


@pytest.mark.parametrize("value", [*ON, *OFF])
def test_include_ids(open_sandbox: Open, value: str) -> None:
    """5 include_ids: event_uid of all, event_id of own managed events [C# sdk]."""
    reader = open_reader(open_sandbox, entry("Dentist", START, END))
    reader.write()
    second_reader(reader).write(event_id="theirs")
    query = f"include_managed=true&include_ids={value}"
    found = sorted(reader.periods(query), key=lambda one: one.get("event_id", ""))
    ids: list[Document] = [{}, {}, {}]
    if value in ON:
        ids = [{"event_uid": EVENT_UID}, {"event_uid": EVENT_UID}]
        ids += [{"event_uid": reader.event()["event_uid"], "event_id": "standup"}]
    assert found == [period(reader, **more) for more in ids]
    # What is added comes last.
    assert list(found[-1])[:4] == ["calendar_id", "start", "end", "free_busy_status"]


@pytest.mark.parametrize("value", [*ON, *OFF])
def test_include_managed(open_sandbox: Open, value: str) -> None:
    """5 include_managed: own events are left out by default [docs]; those of others are not."""
    reader = open_reader(open_sandbox)
    reader.write()
    other = second_reader(reader)
    expected = [period(reader)] if value in ON else []
    assert reader.periods(f"include_managed={value}") == expected
    assert reader.periods() == []
    assert other.periods() == [period(reader)]


@pytest.mark.parametrize("value", [*ON, *OFF])
def test_include_deleted(open_sandbox: Open, value: str) -> None:
    """5 include_deleted: with deleted true, and their ids; on the others it is absent."""
    reader = open_reader(open_sandbox, entry("Dentist", START, END))
    reader.write()
    ids = {"event_uid": reader.event()["event_uid"], "event_id": "standup"}
    reader.delete()
    query = f"include_managed=1&include_ids=1&include_deleted={value}"
    expected = [period(reader, event_uid=EVENT_UID)]
    if value in ON:
        expected.append(period(reader, deleted=True, **ids))
    assert sorted(reader.periods(query), key=len) == expected


@pytest.mark.parametrize(
    "said", [invited("declined"), {"status": "cancelled"}, {"transparency": "transparent"}], ids=str
)
def test_everything_that_is_deleted(open_sandbox: Open, said: Document) -> None:
    """5 include_deleted: whatever it was, somebody may have copied it before (assumed)."""
    reader = open_reader(open_sandbox, entry("Dentist", START, END))
    (before,) = reader.periods("include_ids=true")
    in_calendar(reader, event_uid=before["event_uid"], **said)
    out_of_calendar(reader, before["event_uid"])
    (after,) = reader.periods("include_ids=true&include_deleted=true&include_free=true")
    assert after == {**before, "free_busy_status": after["free_busy_status"], "deleted": True}


def test_the_read_after_a_change(open_sandbox: Open) -> None:
    """5 last_modified: everything that has changed since a notification [app: leasing]."""
    busy, free, gone, same = (entry(name, START, END) for name in ("Busy", "Free", "Gone", "Same"))
    reader = open_reader(open_sandbox, busy, free, gone, same)
    uids = {event["summary"]: event["event_uid"] for event in reader.events()}
    reader.sandbox.advance(minutes=10)
    in_calendar(reader, event_uid=uids["Busy"], end="2026-05-12T10:00:00Z")
    in_calendar(reader, event_uid=uids["Free"], transparency="transparent")
    out_of_calendar(reader, uids["Gone"])
    reader.write()
    own = reader.event()
    query = (
        "last_modified=2026-05-11T08:10:00Z&include_deleted=true&include_free=true"
        "&include_managed=true&include_ids=true"
    )
    found = {one["event_uid"]: one for one in reader.periods(query)}
    expected = [
        period(reader, event_uid=uids["Busy"], end="2026-05-12T10:00:00Z"),
        period(reader, "free", event_uid=uids["Free"]),
        period(reader, event_uid=uids["Gone"], deleted=True),
        period(reader, event_uid=own["event_uid"], event_id="standup"),
    ]
    assert found == {one["event_uid"]: one for one in expected}


def test_neither_clipped_nor_merged(open_sandbox: Open) -> None:
    """5 start, end: not clipped to the window, not merged: one for each event or occurrence."""
    long = entry("Long", "2026-05-11T00:00:00Z", "2026-05-14T00:00:00Z")
    daily = entry("Daily", START, END, tzid="UTC", recurrence={"frequency": "daily", "count": 3})
    reader = open_reader(open_sandbox, long, daily, daily)
    found = reader.periods("from=2026-05-12&to=2026-05-13")
    expected = [period(reader, start="2026-05-11T00:00:00Z", end="2026-05-14T00:00:00Z")]
    assert found == [*expected, period(reader), period(reader)]
    # An end at the beginning of the window is in it.
    days = [one["start"][8:10] for one in reader.periods("from=2026-05-14")]
    assert days == ["11", "14", "14"]


def test_userinfo(open_sandbox: Open) -> None:
    """5 include_userinfo: as for events; include_geo changes nothing [elements]."""
    reader = open_reader(open_sandbox, entry("Dentist", START, END))
    answer = reader.page(FREE_BUSY, "include_userinfo=True&include_geo=True")
    assert answer == {
        "pages": {"current": 1, "total": 1},
        "free_busy": [period(reader)],
        "userinfo": reader.call("GET", "/v1/userinfo").json(),
    }


def test_no_details(open_sandbox: Open) -> None:
    """5: no attendees, location, description, summary, whatever the event says."""
    reader = open_reader(open_sandbox)
    details = event(
        summary="Secret",
        description="Secret",
        location={"description": "Secret", "lat": "1", "long": "1"},
        url="https://secret.test",
        attendees={"invite": [{"email": ANN}]},
        conferencing={"profile_id": "integrated"},
    )
    assert reader.call("POST", reader.path, details).status_code == 202
    assert reader.event()["attendees"] == [attendee(JANE, "accepted"), attendee(ANN)]
    assert reader.periods("include_managed=1&include_geo=1") == [period(reader)]

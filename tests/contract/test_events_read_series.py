"""events.md §§2.8, 4.1, 4.2: what recurs is read as its occurrences."""

from __future__ import annotations

import pytest

from tests.contract.documents import NAME, Like
from tests.contract.events import EVENT_UID, JANE, written
from tests.contract.reading import Open, entry, open_reader, out_of_calendar, stands

START, END = "2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"


@pytest.mark.parametrize("all_day", [False, True], ids=["timed", "all-day"])
def test_a_series(open_sandbox: Open, all_day: bool) -> None:
    """4.1, 4.2: a recurring external event is expanded to its occurrences in the window."""
    start, end = ("2026-05-12", "2026-05-13") if all_day else (START, END)
    weekly = {"frequency": "weekly", "exceptions": ["2026-05-26"]}
    reader = open_reader(
        open_sandbox, entry("Standup", start, end, tzid="Etc/UTC", recurrence=weekly)
    )
    found = reader.events("from=2026-05-12&to=2026-06-09")
    days = ["2026-05-12", "2026-05-19", "2026-06-02"]
    nights = ["2026-05-13", "2026-05-20", "2026-06-03"] if all_day else days
    series = found[0]["series_identifier"]
    assert found == [
        stands(
            reader.calendar_id,
            event_uid=Like(rf"evt_external_{series}[0-9a-f]{{8}}"),
            start=day + start[10:],
            end=night + end[10:],
            recurring=True,
            series_identifier=Like(r"[0-9a-f]{16}"),
        )
        for day, night in zip(days, nights, strict=True)
    ]
    assert len({event["event_uid"] for event in found}) == 3
    assert len({event["series_identifier"] for event in found}) == 1
    assert [event["event_uid"] for event in reader.events()[:3]] == [e["event_uid"] for e in found]
    # Without an end it goes on to the end of what is known.
    assert reader.events()[-1]["start"] == "2026-11-24" + start[10:]
    assert len(reader.periods()) == len(reader.events()) == 28


def test_a_series_in_its_zone(open_sandbox: Open) -> None:
    """4.1: occurrences are at the same hour of their own zone, over the change of clocks."""
    daily = {"frequency": "daily"}
    begin, end = "2026-10-23T08:00:00Z", "2026-10-23T09:00:00Z"
    reader = open_reader(open_sandbox, entry("Standup", begin, end, recurrence=daily))
    found = reader.events("from=2026-10-24&to=2026-10-27")
    assert [event["start"] for event in found] == [
        "2026-10-24T08:00:00Z",
        "2026-10-25T09:00:00Z",
        "2026-10-26T09:00:00Z",
    ]


@pytest.mark.parametrize("all_day", [False, True], ids=["timed", "all-day"])
def test_a_series_that_has_moved(open_sandbox: Open, all_day: bool) -> None:
    """4.1 include_moved: what took place in the window is told where it is now, over a change
    of clocks too."""
    start, end = ("2026-05-12", "2026-05-13") if all_day else (START, END)
    later, until = ("2026-11-03", "2026-11-04") if all_day else (
        "2026-11-03T10:00:00Z", "2026-11-03T10:30:00Z"
    )  # fmt: skip
    daily = {"frequency": "daily", "count": 10}
    london = {"tzid": "Europe/London"}
    reader = open_reader(open_sandbox, entry("Standup", start, end, recurrence=daily, **london))
    window = "from=2026-05-14&to=2026-05-16"
    found = reader.events(window)
    assert len(found) == 2 + all_day
    uid = reader.sandbox.control("GET", f"/people/{JANE}/events").json()["events"][0]["event_uid"]
    body = {"event_uid": uid, "start": later, "end": until}
    answer = reader.sandbox.control("POST", f"/people/{JANE}/events", json=body)
    assert answer.status_code == 201, answer.text
    assert reader.events(window) == []
    days = [event["start"][:10] for event in reader.events(f"{window}&include_moved=1")]
    expected = ["2026-11-05", "2026-11-06"]
    assert days == (["2026-11-04", *expected] if all_day else expected)


def test_a_deleted_series(open_sandbox: Open) -> None:
    """4.3 deleted: each occurrence that was read before is read as deleted."""
    reader = open_reader(
        open_sandbox,
        entry("Standup", START, END, recurrence={"frequency": "daily", "count": 3}),
    )
    before = reader.events()
    (series,) = reader.sandbox.control("GET", f"/people/{JANE}/events").json()["events"]
    out_of_calendar(reader, series["event_uid"])
    assert reader.events() == []
    after = reader.events("include_deleted=true")
    assert after == [{**event, "deleted": True} for event in before]
    assert len(after) == 3


def test_an_own_series(open_sandbox: Open) -> None:
    """2.8: the first occurrence has event_id and recurrence, later ones series_master."""
    reader = open_reader(open_sandbox)
    rule = {"frequency": "daily", "interval": 1, "count": 3}
    reader.write(recurrence={"rules": [rule]})
    series = {"recurring": True, "series_identifier": Like(r"[0-9a-f]{16}")}
    first, *later = reader.events("only_managed=true")
    assert first == written(reader.calendar_id, recurrence={"rules": [rule]}, **series)
    assert later == [
        stands(
            reader.calendar_id,
            event_uid=EVENT_UID,
            start=f"{day}T09:00:00Z",
            end=f"{day}T09:30:00Z",
            organizer={"email": JANE, "display_name": NAME},
            options={"delete": False, "update": False, "change_participation_status": False},
            series_master=first["event_uid"],
            **series,
        )
        for day in ("2026-05-13", "2026-05-14")
    ]

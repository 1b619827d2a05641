"""scheduling.md §1.9: how many events of an application fit into a day or a week."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.availability import (
    Office,
    busy,
    group,
    member,
    open_office,
    somebody,
    spans,
)
from tests.contract.documents import Document
from tests.contract.events import Open, accepted, refused, second_application

MODES = pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])

WEEK = "10T00:00–19T00:00"


def constrained(*constraints: Document, **more: Any) -> list[Document]:
    return [group(member("jane", availability_constraints=list(constraints), **more))]


def per_day(limit: Any, **more: Any) -> Document:
    return {"period": "day", "limit": limit, **more}


def per_week(limit: int, **more: Any) -> Document:
    return {"period": "week", "limit": limit, **more}


def write(office: Office, **times: str) -> None:
    """The application's events, by event_id; they block nothing but what they fill."""
    for event_id, span in times.items():
        event = {"event_id": event_id, "transparency": "transparent", **spans(span)[0]}
        office.writer("jane").write(**event)


def open_jane(open_sandbox: Open, zoneinfo: str = "Etc/UTC", **how: Any) -> Office:
    return open_office(open_sandbox, {"jane": somebody(zoneinfo=zoneinfo)}, **how)


@MODES
def test_day(open_sandbox: Open, mode: str) -> None:
    """1.9: when the count has reached the limit, the whole day is removed; others are not."""
    office = open_jane(open_sandbox, access_mode=mode)
    write(office, first="10:00–11:00")
    window = "11T12:00–13T12:00"
    two = constrained(per_day(2))
    assert office.available(window, participants=two) == office.periods(window)
    write(office, second="15:00–16:00")
    expected = office.periods("11T12:00–12T00:00, 13T00:00–13T12:00")
    assert office.available(window, participants=two) == expected
    write(office, third="17:00–18:00")
    assert office.available(window, participants=two) == expected


def test_week(open_sandbox: Open) -> None:
    """1.9: weeks begin on Monday (assumed)."""
    office = open_jane(open_sandbox)
    write(office, sunday="10T10:00–10T11:00", monday="11T10:00–11T11:00", late="17T23:00–18T01:00")
    found = office.available(WEEK, participants=constrained(per_week(2)))
    assert found == office.periods("10T00:00–11T00:00, 18T00:00–19T00:00")
    found = office.available(WEEK, participants=constrained(per_week(3)))
    assert found == office.periods(WEEK)


def test_bucket_of_the_start(open_sandbox: Open) -> None:
    """1.9: an event counts in the day that it starts on (assumed)."""
    office = open_jane(open_sandbox)
    write(office, night="11T23:30–12T01:00")
    found = office.available("11T00:00–13T00:00", participants=constrained(per_day(1)))
    assert found == office.periods("12T00:00–13T00:00")


def test_events_outside_the_window_count(open_sandbox: Open) -> None:
    """1.9: it is the whole day that is full, whatever of it is asked about."""
    office = open_jane(open_sandbox)
    write(office, evening="20:00–21:00")
    assert office.available(participants=constrained(per_day(1))) == office.periods("")
    write(office, evening="15T20:00–15T21:00")
    found = office.available(participants=constrained(per_day(1)))
    assert found == office.periods("09:00–12:00")
    assert office.available(participants=constrained(per_week(1))) == office.periods("")


def test_none_at_all(open_sandbox: Open) -> None:
    """1.9: where no event is allowed, every day is full."""
    office = open_jane(open_sandbox)
    assert office.available(participants=constrained(per_day(0))) == office.periods("")
    assert office.available(participants=constrained(per_day("0"))) == office.periods("")


def test_several(open_sandbox: Open) -> None:
    """1.9: all of them apply."""
    office = open_jane(open_sandbox)
    write(office, tuesday="10:00–11:00", monday="18T10:00–18T11:00", sunday="24T10:00–24T11:00")
    window = "11T00:00–26T00:00"
    found = office.available(window, participants=constrained(per_day(1), per_week(2)))
    expected = "11T00:00–12T00:00, 13T00:00–18T00:00, 25T00:00–26T00:00"
    assert found == office.periods(expected)


@pytest.mark.parametrize(
    ("zoneinfo", "more", "free"),
    [
        pytest.param(
            "Asia/Tokyo", {}, "11T00:00–12T15:00, 13T15:00–14T00:00", id="the account's (assumed)"
        ),
        pytest.param(
            "Asia/Tokyo",
            {"tzid": None},
            "11T00:00–12T15:00, 13T15:00–14T00:00",
            id="null: the account's",
        ),
        pytest.param(
            "Asia/Tokyo",
            {"tzid": "America/New_York"},
            "11T00:00–12T04:00, 13T04:00–14T00:00",
            id="the constraint's",
        ),
    ],
)
def test_zone(open_sandbox: Open, zoneinfo: str, more: Document, free: str) -> None:
    """1.9, 7: days are those of the constraint's zone."""
    office = open_jane(open_sandbox, zoneinfo)
    write(office, evening="16:00–17:00")
    constraint = per_day(1, **more)
    found = office.available("11T00:00–14T00:00", participants=constrained(constraint))
    assert found == office.periods(free)


@pytest.mark.parametrize("recurs", [False, True], ids=["once", "a series"])
def test_another_date_than_utcs(open_sandbox: Open, recurs: bool) -> None:
    """1.9, 7: the day that is full may begin, in its zone, the evening before."""
    office = open_jane(open_sandbox, "Asia/Tokyo")
    rules = {"recurrence": {"rules": [{"frequency": "daily", "count": 2}]}} if recurs else {}
    office.writer("jane").write(transparency="transparent", **spans("16:00–17:00")[0], **rules)
    one = constrained(per_day(1))
    assert office.available("12T09:00–12T12:00", participants=one) == office.periods(
        "12T09:00–12T12:00"
    )
    assert office.available("13T09:00–13T12:00", participants=one) == office.periods("")


@MODES
def test_whole_day(open_sandbox: Open, mode: str) -> None:
    """1.9, 7: an all-day event counts on its date."""
    office = open_jane(open_sandbox, "America/New_York", access_mode=mode)
    office.writer("jane").write(start="2026-05-12", end="2026-05-13", transparency="transparent")
    found = office.available("11T00:00–14T00:00", participants=constrained(per_day(1)))
    assert found == office.periods("11T00:00–12T04:00, 13T04:00–14T00:00")


def test_day_of_25_hours(open_sandbox: Open) -> None:
    """7: a day is what its zone makes of it."""
    office = open_jane(open_sandbox, "Europe/London")
    write(office, autumn="10-25T10:00–10-25T11:00")
    window = "10-24T12:00–10-26T12:00"
    found = office.available(window, participants=constrained(per_day(1)))
    assert found == office.periods("10-24T12:00–10-24T23:00, 10-26T00:00–10-26T12:00")


def test_tags(open_sandbox: Open) -> None:
    """1.9 tags: only events that carry them count; left out, all do."""
    office = open_jane(open_sandbox)
    writer = office.writer("jane")

    def tagged(event_id: str, *tags: str) -> None:
        private = [{"value": tag} for tag in tags]
        writer.write(
            event_id=event_id,
            transparency="transparent",
            tags={"private": private},
            **spans("14:00–15:00")[0],
        )

    def full(limit: int, **more: Any) -> bool:
        found = office.available(participants=constrained(per_day(limit, **more)))
        free = found == office.periods("09:00–12:00")
        assert free or found == office.periods("")
        return not free

    interview: Document = {"tags": {"private": [{"value": "interview"}]}}
    both: Document = {"tags": {"private": [{"value": "interview"}, {"value": "onsite"}]}}
    write(office, untagged="15:00–16:00")
    tagged("other", "lunch")
    assert full(2)
    assert not full(1, **interview)
    tagged("first", "lunch", "interview")
    assert full(1, **interview)
    assert not full(2, **interview)
    assert not full(1, **both)
    tagged("second", "onsite", "interview")
    assert full(1, **both)
    assert full(2, **interview)
    # An event has tags of no other context.
    assert not full(1, tags={"public": [{"value": "interview"}]})


def test_what_counts(open_sandbox: Open) -> None:
    """1.9: the application's own events, as long as they take place."""
    office = open_jane(open_sandbox, two=True)
    fits = office.periods("09:00–12:00")
    one = constrained(per_day(1))
    office.enters("jane", "14:00–15:00")
    second_application(office.writer("jane")).write(**spans("15:00–16:00")[0])
    assert office.available(participants=one) == fits
    write(office, standup="16:00–17:00")
    assert office.available(participants=one) == office.periods("")
    excluded = [{"event_id": "standup"}]
    assert office.available(participants=one, excluded_events=excluded) == fits
    accepted(office.writer("jane").delete())
    assert office.available(participants=one) == fits


def test_what_is_cancelled_does_not_count(open_sandbox: Open) -> None:
    """1.9: nor does what its person has called off."""
    office = open_jane(open_sandbox)
    write(office, standup="16:00–17:00")
    one = constrained(per_day(1))
    assert office.available(participants=one) == office.periods("")
    (event,) = office.control("GET", "/people/jane@acme.test/events")["events"]
    office.enters("jane", "16:00–17:00", event_uid=event["event_uid"], status="cancelled")
    assert office.available(participants=one) == office.periods("09:00–12:00")


def test_what_is_declined_does_not_count(open_sandbox: Open) -> None:
    """1.9: nor does what its person has declined."""
    office = open_jane(open_sandbox, access_mode="no_calendar")
    write(office, standup="16:00–17:00")
    one = constrained(per_day(1))
    assert office.available(participants=one) == office.periods("")
    office.control("POST", "/inbox/latest/reply", {"status": "declined"})
    assert office.available(participants=one) == office.periods("09:00–12:00")


def test_only_the_calendars_that_are_looked_at(open_sandbox: Open) -> None:
    """1.9: events in the member's other calendars do not count."""
    work, home = {"name": "Work", "primary": True}, {"name": "Home"}
    office = open_office(open_sandbox, {"jane": {"calendars": [work, home]}})
    ids = office.calendars("jane")
    write(office, standup="16:00–17:00")
    one = per_day(1)

    def free(**says: Any) -> Document:
        return office.available(participants=constrained(one, **says))

    assert free() == free(calendar_ids=list(ids.values())) == office.periods("")
    assert free(calendar_ids=[ids["Work"]]) == office.periods("")
    assert free(calendar_ids=[ids["Home"]]) == office.periods("09:00–12:00")
    assert free(calendar_ids=[]) == office.periods("09:00–12:00")


def test_a_series_counts_by_its_occurrences(open_sandbox: Open) -> None:
    """1.9: on each day that it takes place."""
    office = open_jane(open_sandbox)
    rules = [{"frequency": "daily", "interval": 2, "count": 2}]
    office.writer("jane").write(
        transparency="transparent", recurrence={"rules": rules}, **spans("10:00–11:00")[0]
    )
    found = office.available("12T00:00–16T00:00", participants=constrained(per_day(1)))
    assert found == office.periods("13T00:00–14T00:00, 15T00:00–16T00:00")


def test_an_excluded_occurrence_does_not_count(open_sandbox: Open) -> None:
    """1.2, 1.9: the day of one occurrence has room again, that of the other has not."""
    office = open_jane(open_sandbox)
    daily = {"rules": [{"frequency": "daily", "count": 2}]}
    writer = office.writer("jane")
    writer.write(transparency="opaque", recurrence=daily, **spans("16:00–17:00")[0])
    path = "/v1/free_busy?tzid=UTC&include_managed=true&include_ids=true"
    _, second = writer.call("GET", path).json()["free_busy"]
    window = "12T00:00–14T00:00"
    one = constrained(per_day(1))
    assert office.available(window, participants=one) == office.periods("")
    excluded = [{"event_uid": second["event_uid"]}]
    found = office.available(window, participants=one, excluded_events=excluded)
    assert found == office.periods("13T00:00–14T00:00")


def test_one_member_alone(open_sandbox: Open) -> None:
    """1.9: whose days are full is not free; others of the group are."""
    office = open_office(open_sandbox, {"jane": somebody(*busy("09:00–10:00")), "Q": ""})
    write(office, standup="16:00–17:00")
    jane = member("jane", availability_constraints=[per_day(1)])
    found = office.available(participants=[group(jane, "Q", required=1)])
    assert found == office.periods("09:00–12:00 Q")


REFUSED: dict[str, tuple[Document, str, str]] = {
    "no period": ({"limit": 1}, "period", "required"),
    "another period": ({"period": "month", "limit": 1}, "period", "not_recognized"),
    "no limit": ({"period": "day"}, "limit", "required"),
    "limit below nothing": (per_day(-1), "limit", "must_be_integer"),
    "limit of no number": (per_day("many"), "limit", "must_be_integer"),
    "unknown zone": (per_day(1, tzid="Mars/Olympus"), "tzid", "tzid_unrecognized"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(open_sandbox: Open, name: str) -> None:
    """1.9: period and limit are required; keys as elsewhere (assumed)."""
    constraint, field, key = REFUSED[name]
    office = open_jane(open_sandbox)
    answer = office.ask(participants=constrained(per_day(1), constraint))
    place = f"participants[0].members[0].availability_constraints[1].{field}"
    refused(answer, 422, {place: key})

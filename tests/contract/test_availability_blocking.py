"""scheduling.md §1.8: which events make somebody busy."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.availability import (
    at,
    busy,
    group,
    member,
    open_office,
    somebody,
    spans,
)
from tests.contract.documents import Document
from tests.contract.events import JANE, LEFT_OUT, Open, accepted, second_application

MODES = pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
SEEN = pytest.mark.parametrize("mode", ["read_write", "free_busy"])

ALL, AROUND, NOTHING = "09:00–12:00", "09:00–10:00, 11:00–12:00", ""


def invited(status: str) -> Document:
    """Jane invites P, who has answered."""
    attendees = [{"email": "p@acme.test", "status": status}]
    return {"organizer": {"email": JANE}, "attendees": attendees}


# What an event from 10:00 to 11:00 says, and what is free from 09:00 to 12:00.
EVENTS: dict[str, tuple[Document, str]] = {
    "opaque": ({"transparency": "opaque"}, AROUND),
    "transparent": ({"transparency": "transparent"}, ALL),
    "tentatively shown": ({"transparency": "tentative"}, AROUND),
    "status tentative": ({"status": "tentative"}, AROUND),
    "tentatively accepted": (invited("tentative"), AROUND),
    "transparent and tentative": ({"transparency": "transparent", "status": "tentative"}, ALL),
    "out of office": ({"transparency": "out_of_office"}, AROUND),
    "working elsewhere": ({"transparency": "working_elsewhere"}, AROUND),
    "unknown (assumed)": ({"transparency": "unknown"}, AROUND),
    "status unknown": ({"status": "unknown"}, AROUND),
    "cancelled (assumed)": ({"status": "cancelled"}, ALL),
    "declined (assumed)": (invited("declined"), ALL),
    "not answered (assumed)": (invited("needs_action"), AROUND),
    "accepted": (invited("accepted"), AROUND),
    "private": ({"private": True, "summary": "Surgeon"}, AROUND),
    "ends as it starts (assumed)": ({"end": "2026-05-12T10:00:00Z"}, ALL),
}


@SEEN
@pytest.mark.parametrize("name", EVENTS)
def test_event_in_an_own_calendar(open_sandbox: Open, name: str, mode: str) -> None:
    """1.8: what of a person's own events blocks, in both modes that see them."""
    said, free = EVENTS[name]
    provider = "office365" if "transparency" in said else "google"
    (event,) = busy("10:00–11:00")
    person = somebody({**event, **said}, provider=provider)
    office = open_office(open_sandbox, {"P": person}, access_mode=mode)
    assert office.available() == office.periods(free)


@pytest.mark.parametrize("name", EVENTS)
def test_event_in_a_calendar_that_nobody_sees(open_sandbox: Open, name: str) -> None:
    """Seed 000: with No Calendar Access a person's own events are not known."""
    (event,) = busy("10:00–11:00")
    person = somebody({**event, **EVENTS[name][0]})
    office = open_office(open_sandbox, {"P": person}, access_mode="no_calendar")
    assert office.available() == office.periods(ALL)


@SEEN
@pytest.mark.parametrize(
    "said",
    [{"transparency": "tentative"}, {"status": "tentative"}, invited("tentative")],
    ids=["shown", "status", "answer"],
)
def test_ignore_tentative(open_sandbox: Open, said: Document, mode: str) -> None:
    """1.2, 1.8 ignore_tentative: only what is certain blocks."""
    events = [*busy("09:00–10:00", **said), *busy("10:00–11:00")]
    events += busy("11:00–12:00", transparency="unknown")
    provider = "office365"
    office = open_office(
        open_sandbox, {"P": somebody(*events, provider=provider)}, access_mode=mode
    )

    def free(ignored: Any) -> Document:
        return office.available(participants=[group(member("P", ignore_tentative=ignored))])

    assert free(True) == office.periods("09:00–10:00")
    assert free(False) == office.periods(NOTHING)


@SEEN
@pytest.mark.parametrize(
    ("said", "free"),
    [
        pytest.param({}, "11T00:00–11T23:00, 13T23:00–15T00:00", id="opaque"),
        pytest.param({"transparency": "transparent"}, "11T00:00–15T00:00", id="transparent"),
        pytest.param(
            {"transparency": "working_elsewhere"},
            "11T00:00–11T23:00, 13T23:00–15T00:00",
            id="working from home",
        ),
    ],
)
def test_all_day(open_sandbox: Open, said: Document, free: str, mode: str) -> None:
    """1.8: of several days, every one from midnight to midnight in the account's zone."""
    days = {"summary": "Away", "start": "2026-05-12", "end": "2026-05-14", **said}
    person = somebody(days, zoneinfo="Europe/London", provider="office365")
    office = open_office(open_sandbox, {"P": person}, access_mode=mode)
    assert office.available("11T00:00–15T00:00") == office.periods(free)


@SEEN
def test_several_days_with_hours(open_sandbox: Open, mode: str) -> None:
    """1.8: from start to end, whatever the midnights between them."""
    office = open_office(open_sandbox, {"P": "11T17:00–13T09:30"}, access_mode=mode)
    expected = office.periods("11T12:00–11T17:00, 13T09:30–13T12:00")
    assert office.available("11T12:00–13T12:00") == expected


@SEEN
def test_intervals_are_half_open(open_sandbox: Open, mode: str) -> None:
    """1.8: an event may end as the item starts, and start as it ends (assumed)."""
    office = open_office(open_sandbox, {"P": "09:00–10:00, 11:00–12:00"}, access_mode=mode)
    assert office.available() == office.periods("10:00–11:00")
    found = office.available("10:00–11:00", response_format="slots")
    assert found == office.slots("10:00–11:00")


@SEEN
def test_events_that_overlap_or_touch(open_sandbox: Open, mode: str) -> None:
    """1.6: what is busy is merged; a gap too short for anything is none."""
    times = "09:00–10:00, 09:30–10:15, 10:15–10:30, 09:15–09:20, 10:31–11:00"
    office = open_office(open_sandbox, {"P": times}, access_mode=mode)
    assert office.available(length=1) == office.periods("10:30–10:31, 11:00–12:00")


@MODES
def test_what_the_application_has_written(open_sandbox: Open, mode: str) -> None:
    """1.8, seed 000: its own events block too, as they stand now."""
    office = open_office(open_sandbox, {"P": ""}, access_mode=mode)
    writer = office.writer("P")
    writer.write(**spans("10:00–11:00")[0])
    assert office.available() == office.periods(AROUND)
    writer.write(**spans("09:00–10:30")[0])
    assert office.available() == office.periods("10:30–12:00")
    writer.write(**spans("09:00–10:30")[0], transparency="transparent")
    assert office.available() == office.periods(ALL)
    writer.write(**spans("09:00–10:30")[0], transparency="opaque")
    assert office.available() == office.periods("10:30–12:00")
    accepted(writer.delete())
    assert office.available() == office.periods(ALL)


@MODES
def test_what_another_application_has_written(open_sandbox: Open, mode: str) -> None:
    """1.8, seed 000: whoever has written it, two meetings do not fit into one hour."""
    office = open_office(open_sandbox, {"jane": ""}, access_mode=mode, two=True)
    office.writer("jane").write(**spans("09:00–10:00")[0])
    other = second_application(office.writer("jane"), access_mode=mode)
    other.write(**spans("11:00–12:00")[0])
    assert office.available() == office.periods("10:00–11:00")


@MODES
def test_only_managed_events(open_sandbox: Open, mode: str) -> None:
    """1.2 only_managed_events: only what the application that asks has written blocks."""
    office = open_office(open_sandbox, {"jane": "10:00–10:30"}, access_mode=mode, two=True)
    office.writer("jane").write(**spans("09:00–10:00")[0])
    other = second_application(office.writer("jane"), access_mode=mode)
    other.write(**spans("11:00–11:30")[0])

    def free(flag: bool) -> Document:
        groups = [group(member("jane", only_managed_events=flag))]
        return office.available(length=30, participants=groups)

    assert free(True) == office.periods("10:00–12:00")
    unseen = "10:00–11:00, 11:30–12:00"
    seen = "10:30–11:00, 11:30–12:00"
    assert free(False) == office.periods(unseen if mode == "no_calendar" else seen)


@MODES
@pytest.mark.parametrize("all_day", [False, True], ids=["timed", "all-day"])
def test_excluded_event(open_sandbox: Open, mode: str, all_day: bool) -> None:
    """1.2 excluded_events: an application that moves its event finds the time it has now."""
    office = open_office(open_sandbox, {"P": ""}, access_mode=mode)
    days = {"start": "2026-05-12", "end": "2026-05-13", "transparency": "opaque"}
    writer = office.writer("P")
    writer.write(**(days if all_day else spans(ALL)[0]))
    assert office.available() == office.periods(NOTHING)
    (period,) = writer.call(
        "GET", "/v1/free_busy?tzid=UTC&include_managed=true&include_ids=true"
    ).json()["free_busy"]
    for excluded in ({"event_id": "standup"}, {"event_uid": period["event_uid"]}):
        assert office.available(excluded_events=[excluded]) == office.periods(ALL)


def test_an_event_id_is_of_one_application(open_sandbox: Open) -> None:
    """1.2 excluded_events: another application's event of the same id is another one."""
    office = open_office(open_sandbox, {"jane": ""}, two=True)
    office.writer("jane").write(**spans("09:00–10:00")[0])
    second_application(office.writer("jane")).write(**spans("11:00–12:00")[0])
    found = office.available(excluded_events=[{"event_id": "standup"}])
    assert found == office.periods("09:00–11:00")


@SEEN
def test_what_began_long_ago(open_sandbox: Open, mode: str) -> None:
    """1.8: an event of any length blocks until it ends."""
    office = open_office(open_sandbox, {"P": "01-05T09:00–12T10:00"}, access_mode=mode)
    assert office.available() == office.periods("10:00–12:00")
    office.enters("P", "11:00–12-24T18:00")
    assert office.available() == office.periods("10:00–11:00")


@SEEN
@pytest.mark.parametrize(
    ("tzid", "date", "free"),
    [
        pytest.param("Pacific/Kiritimati", "13", "09:00–10:00", id="14 hours before UTC"),
        pytest.param("Etc/GMT+12", "11", "", id="12 hours behind UTC"),
        pytest.param("Asia/Kathmandu", "12", "", id="a quarter of an hour"),
    ],
)
def test_all_day_far_from_utc(
    open_sandbox: Open, tzid: str, date: str, free: str, mode: str
) -> None:
    """7: another date than UTC's may be the day that is asked about."""
    following = f"2026-05-{int(date) + 1}"
    day = {"summary": "Day", "start": f"2026-05-{date}", "end": following}
    person = somebody(day, zoneinfo=tzid)
    office = open_office(open_sandbox, {"P": person}, access_mode=mode)
    assert office.available() == office.periods(free)


@SEEN
def test_all_day_of_23_hours(open_sandbox: Open, mode: str) -> None:
    """7: a day lasts as long as its zone lets it."""
    day = {"summary": "Day", "start": "2026-03-29", "end": "2026-03-30"}
    office = open_office(
        open_sandbox, {"P": somebody(day, zoneinfo="Europe/London")}, access_mode=mode
    )
    found = office.available("03-28T12:00–03-30T12:00")
    assert found == office.periods("03-28T12:00–03-29T00:00, 03-29T23:00–03-30T12:00")


@SEEN
def test_buffers_reach_a_day_far(open_sandbox: Open, mode: str) -> None:
    """1.6: what is busy is read as far outside the window as the buffers reach."""
    times = "11T10:00–11T11:00, 13T10:00–13T11:00"
    office = open_office(open_sandbox, {"P": times}, access_mode=mode)
    window, day = "12T09:00–12T12:00", {"hours": 24}
    assert office.available(window, buffer={"before": day}) == office.periods("11:00–12:00")
    assert office.available(window, buffer={"after": day}) == office.periods("09:00–10:00")
    slots = [{"start": at(start)} for start in ("09:00", "10:00", "10:59", "11:00")]
    found = office.available(query_periods=LEFT_OUT, query_slots=slots, buffer={"before": day})
    assert found == office.periods("11:00–12:00")

"""Times in invitations mean the same instants to another library, on every day of a year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mock_server.ical import ics
from mock_server.rules import recurrence
from mock_server.world.events import Recurrence, WeekDay
from tests.mail.invites import at, invite
from tests.mail.reading import read
from tests.mail.strict import check

ZONES = (
    "Europe/London",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Auckland",
)
DAY, HOUR, QUARTER = 86_400, 3600, 900


def changes(tzid: str, year: int) -> list[int]:
    """The seconds since the epoch at which clocks in ``tzid`` change in ``year``."""
    zone, begin = ZoneInfo(tzid), at(year, 1, 1)
    offsets = [
        datetime.fromtimestamp(begin + hour * HOUR, zone).utcoffset() for hour in range(366 * 24)
    ]
    return [
        begin + hour * HOUR for hour in range(1, len(offsets)) if offsets[hour] != offsets[hour - 1]
    ]


def moments(tzid: str) -> list[int]:
    """One a day at changing hours, and each quarter of an hour around every change."""
    days = [at(2027, 1, 1) + day * DAY + day * 37 % 96 * QUARTER for day in range(365)]
    near = [
        change + quarter * QUARTER for change in changes(tzid, 2027) for quarter in range(-14, 15)
    ]
    return days + near


@pytest.mark.parametrize("tzid", ZONES)
def test_every_day_of_a_year(tzid: str) -> None:
    starts = moments(tzid)
    written = [
        ics.document(invite(start=start, end=start + HOUR, start_tzid=tzid, end_tzid=tzid))
        for start in starts
    ]
    for document in written[::7]:
        check(document)
    found = [(said["start"], said["end"]) for said in read(written)]
    assert found == [(start, start + HOUR) for start in starts]


@pytest.mark.parametrize("year", [1972, 1986, 2006, 2007, 2011, 2016, 2034])
def test_years_in_which_rules_changed(year: int) -> None:
    zones = ("Europe/London", "America/New_York", "Pacific/Apia", "Asia/Pyongyang", "Africa/Cairo")
    expected, written = [], []
    for tzid in zones:
        for change in [*changes(tzid, year), at(year, 7, 1)]:
            for quarter in range(-14, 15, 2):
                start = change + quarter * QUARTER
                times = {"start": start, "end": start + HOUR}
                expected.append((start, start + HOUR))
                written.append(ics.document(invite(**times, start_tzid=tzid, end_tzid=tzid)))
    assert [(said["start"], said["end"]) for said in read(written)] == expected


def test_start_and_end_in_different_zones() -> None:
    starts = [at(2027, 1, 1) + day * DAY for day in range(0, 365, 5)]
    written = [
        ics.document(
            invite(
                start=start,
                end=start + 7 * HOUR,
                start_tzid="Europe/London",
                end_tzid="America/New_York",
            )
        )
        for start in starts
    ]
    for document in written:
        zones = check(document).components("VTIMEZONE")
        assert [z.one("TZID").value for z in zones] == ["Europe/London", "America/New_York"]
    found = [(said["start"], said["end"]) for said in read(written)]
    assert found == [(start, start + 7 * HOUR) for start in starts]


RULES = [
    Recurrence("daily", 1),
    Recurrence("daily", 3, count=300, exceptions=("2027-03-13", "2027-06-02")),
    Recurrence("weekly", 2, (WeekDay("monday"), WeekDay("thursday"))),
    Recurrence("monthly", 1, (WeekDay("thursday", 1),), until="2029-11-01"),
    Recurrence("monthly", 1, (WeekDay("thursday", 1),)),
    Recurrence("yearly", 1),
]


@pytest.mark.parametrize("tzid", ["Europe/London", "America/New_York", "Africa/Casablanca", "UTC"])
def test_series_take_place_at_the_same_instants(tzid: str) -> None:
    """Years of them, over every change of the clocks."""
    invites = [
        invite(
            start=at(2027, 3, 4, 9, 30),
            end=at(2027, 3, 4, 10),
            start_tzid=tzid,
            end_tzid=tzid,
            recurrence=rule,
        )
        for rule in RULES
    ]
    written = [ics.document(wanted) for wanted in invites]
    for document in written:
        check(document)
    for wanted, said in zip(invites, read(written, occurrences=250), strict=True):
        expected = recurrence.occurrences(wanted.details, 0, at(2038, 1, 1))
        wanted_starts = [start for start, _ in expected][:250]
        found = [start for start in said["occurrences"] if start < at(2038, 1, 1)]
        assert found == wanted_starts


def test_all_day_series() -> None:
    wanted = invite(
        start=at(2027, 3, 4),
        end=at(2027, 3, 5),
        all_day=True,
        recurrence=Recurrence("weekly", until="2027-04-01", exceptions=("2027-03-18",)),
    )
    document = ics.document(wanted)
    check(document)
    (said,) = read([document], occurrences=9)
    days = [datetime.fromtimestamp(start, UTC) for start in said["occurrences"]]
    first = datetime(2027, 3, 4, tzinfo=UTC)
    assert days == [first + timedelta(weeks=week) for week in (0, 1, 3, 4)]


def test_a_zone_with_yearly_rules_is_written_as_these() -> None:
    """The change is at two o'clock by the clocks before it (RFC 5545 §3.6.5)."""
    document = ics.document(invite(start_tzid="America/New_York", end_tzid="America/New_York"))
    assert (
        document.decode()
        .replace("\r\n", "\n")
        .split("METHOD:REQUEST\n")[1]
        .startswith(
            """\
BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
DTSTART:20260308T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20261101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
END:STANDARD
END:VTIMEZONE
"""
        )
    )


@pytest.mark.parametrize("start", [at(1970, 1, 1), at(9999, 12, 30)])
def test_the_ends_of_time(start: int) -> None:
    zone = {"start_tzid": "Europe/London", "end_tzid": "Europe/London"}
    forever = Recurrence("yearly", until="9999-12-31")
    check(ics.document(invite(start=start, end=start + HOUR, **zone)))
    check(ics.document(invite(start=start, end=start + HOUR, **zone, recurrence=forever)))

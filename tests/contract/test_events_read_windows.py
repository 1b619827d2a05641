"""events.md §4.1, "Window rules": which events a reading finds, to the second."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.contract.documents import Document
from tests.contract.reading import Open, entry, open_reader

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)

# Today in each zone is the 11th of May by the clock of the tests, but the 10th in Pago Pago.
# The first column are the instants at which the days of the default window begin there.
DEFAULT_WINDOWS = [
    ("Etc/UTC", "2026-03-30T00:00:00", "2026-11-28T00:00:00", "2026-03-30", "2026-11-28"),
    ("Europe/London", "2026-03-29T23:00:00", "2026-11-28T00:00:00", "2026-03-30", "2026-11-28"),
    ("America/New_York", "2026-03-30T04:00:00", "2026-11-28T05:00:00", "2026-03-30", "2026-11-28"),
    ("Asia/Tokyo", "2026-03-29T15:00:00", "2026-11-27T15:00:00", "2026-03-30", "2026-11-28"),
    ("Asia/Kathmandu", "2026-03-29T18:15:00", "2026-11-27T18:15:00", "2026-03-30", "2026-11-28"),
    (
        "Pacific/Kiritimati",
        "2026-03-29T10:00:00",
        "2026-11-27T10:00:00",
        "2026-03-30",
        "2026-11-28",
    ),
    ("Pacific/Pago_Pago", "2026-03-29T11:00:00", "2026-11-27T11:00:00", "2026-03-29", "2026-11-27"),
]

# The same of from and to; in some of them, clocks have no midnight that day, or two.
WINDOWS = [
    ("Etc/UTC", "2026-05-11T00:00:00", "2026-05-12T00:00:00", "2026-05-11", "2026-05-12"),
    ("Europe/London", "2026-10-24T23:00:00", "2026-10-26T00:00:00", "2026-10-25", "2026-10-26"),
    ("America/New_York", "2026-11-01T04:00:00", "2026-11-02T05:00:00", "2026-11-01", "2026-11-02"),
    ("Africa/Cairo", "2026-04-23T22:00:00", "2026-04-24T21:00:00", "2026-04-24", "2026-04-25"),
    ("Africa/Cairo", "2026-04-22T22:00:00", "2026-04-23T22:00:00", "2026-04-23", "2026-04-24"),
    ("America/Santiago", "2026-09-06T04:00:00", "2026-09-07T03:00:00", "2026-09-06", "2026-09-07"),
    ("America/Havana", "2026-11-01T04:00:00", "2026-11-02T05:00:00", "2026-11-01", "2026-11-02"),
    (
        "Pacific/Kiritimati",
        "2026-05-10T10:00:00",
        "2026-05-11T10:00:00",
        "2026-05-11",
        "2026-05-12",
    ),
    ("Pacific/Pago_Pago", "2026-05-11T11:00:00", "2026-05-12T11:00:00", "2026-05-11", "2026-05-12"),
    ("UTC", "2026-05-11T00:00:00", "2026-05-12T00:00:00", "2026-05-11", "2026-05-12"),
]

INSIDE = [
    "ends at from",
    "starts before to",
    "all along",
    "day ends at from",
    "day before to",
    "days all along",
]
# Only applications write events without any length.
INSIDE_WRITTEN = [*INSIDE, "no length at from"]


def around(first: str, last: str, first_day: str, last_day: str) -> list[Document]:
    """Events that a window, given as instants and as days, just holds or just misses."""
    begin, end = datetime.fromisoformat(first), datetime.fromisoformat(last)
    timed = {
        "ends before from": (begin - HOUR, begin - SECOND),
        "ends at from": (begin - HOUR, begin),
        "all along": (begin - HOUR, end + HOUR),
        "starts before to": (end - SECOND, end + HOUR),
        "starts at to": (end, end + HOUR),
    }
    since, until = date.fromisoformat(first_day), date.fromisoformat(last_day)
    dated = {
        "day ends before from": (since - 2 * DAY, since - DAY),
        "day ends at from": (since - DAY, since),
        "days all along": (since - DAY, until + DAY),
        "day before to": (until - DAY, until),
        "day starts at to": (until, until + DAY),
    }
    return [
        entry(name, f"{a.isoformat()}Z", f"{b.isoformat()}Z") for name, (a, b) in timed.items()
    ] + [entry(name, a.isoformat(), b.isoformat()) for name, (a, b) in dated.items()]


def written_around(first: str, last: str, *days: str) -> list[Document]:
    instants = {"no length at from": f"{first}Z", "no length at to": f"{last}Z"}
    found = around(first, last, *days) + [entry(name, at, at) for name, at in instants.items()]
    return [{**one, "event_id": one["summary"]} for one in found]


@pytest.mark.parametrize(
    "window",
    DEFAULT_WINDOWS,
    ids=[f"4.1 from, to: default in {w[0]} [docs]" for w in DEFAULT_WINDOWS],
)
@pytest.mark.parametrize(
    "asked",
    [
        "",
        "&from={2}",
        "&to={3}",
        "&from=2020-01-01",
        "&to=2031-01-01",
        "&from=1990-01-01&to=2090-01-01",
    ],
    ids=["not given", "from", "to", "from too early", "to too late", "both too far"],
)
def test_default_window(open_sandbox: Open, window: tuple[str, ...], asked: str) -> None:
    """42 days back to 201 ahead, in days of tzid; external events are never read beyond."""
    zone, *span = window
    reader = open_reader(open_sandbox, *around(*span))
    query = f"tzid={zone}" + asked.format("", "", *span[2:])
    assert sorted(reader.summaries(query)) == sorted(INSIDE)
    assert len(reader.periods(f"{query}&include_free=true")) == len(INSIDE)


@pytest.mark.parametrize(
    "window", WINDOWS, ids=[f"4.1 window rules: {w[3]} in {w[0]} [docs]" for w in WINDOWS]
)
def test_window_of_days(open_sandbox: Open, window: tuple[str, ...]) -> None:
    """start < to and end >= from, day boundaries in tzid: for external and managed events."""
    zone, *span = window
    query = f"tzid={zone}&from={span[2]}&to={span[3]}"
    reader = open_reader(open_sandbox, *around(*span))
    assert sorted(reader.summaries(query)) == sorted(INSIDE)
    reader.write_all(written_around(*span))
    assert sorted(reader.summaries(f"{query}&only_managed=true")) == sorted(INSIDE_WRITTEN)
    both = sorted([*INSIDE, *INSIDE_WRITTEN])
    assert sorted(reader.summaries(f"{query}&include_managed=true")) == both
    periods = reader.periods(f"{query}&include_managed=true&include_free=true")
    assert len(periods) == len(both)


@pytest.mark.parametrize(
    ("since", "until"),
    [
        pytest.param("2026-05-11", "2026-05-12", id="4.1 from, to: Date [docs]"),
        pytest.param(
            "2026-05-11T00:00:00Z", "2026-05-12T00:00:00Z", id="4.1 from, to: Time [app: leasing]"
        ),
        pytest.param(
            "2026-05-11T00:00:00.000Z",
            "2026-05-12T00:00:00.000Z",
            id="0.1 Time: .000Z [app: board]",
        ),
        pytest.param(
            "2026-05-11T00%3A00%3A00.000Z",
            "2026-05-12T00%3A00%3A00Z",
            id="0.1 Time: percent-encoded [app: leasing]",
        ),
        pytest.param(
            "2026-05-11T02:00:00%2B02:00",
            "2026-05-11T20:00:00-04:00",
            id="0.1 Time: offset (memory)",
        ),
        pytest.param(
            "2026-05-11+00:00:00Z", "2026-05-12%2000:00:00Z", id="2.2 Time: a space, no T [C# sdk]"
        ),
        pytest.param(
            "2026-05-11T00:00:00UTC", "2026-05-12T00:00:00%2B00:00", id="2.2 Time: UTC [py sdk]"
        ),
        pytest.param("2026-05-11T00:00:00", "2026-05-12T00:00", id="2.2 Time: no offset (assumed)"),
    ],
)
def test_forms_of_from_and_to(open_sandbox: Open, since: str, until: str) -> None:
    span = WINDOWS[0][1:]
    reader = open_reader(open_sandbox, *around(*span))
    found = reader.summaries(f"from={since}&to={until}")
    assert sorted(found) == sorted(INSIDE)


@pytest.mark.parametrize("zone", ["Etc/UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01",
        "to=9999-12-31",
        "from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z",
        "last_modified=0001-01-01T00:00:00Z",
    ],
)
def test_as_far_as_calendars_go(open_sandbox: Open, zone: str, query: str) -> None:
    """4.1 (assumed): times that no clock shows are as far away as those that one does."""
    reader = open_reader(open_sandbox, entry("near", "2026-05-11", "2026-05-12"))
    reader.write_all(
        [
            event_on("1901-01-01", "1901-01-02"),
            event_on("2026-05-12", "2026-05-13"),
            event_on("2099-12-30", "2099-12-31"),
        ]
    )
    found = reader.summaries(f"{query}&tzid={zone}&include_managed=true")
    assert found == ["1901-01-01", "near", "2026-05-12", "2099-12-30"]


def event_on(start: str, end: str) -> Document:
    return {"event_id": start, "summary": start, "start": start, "end": end}


MANAGED = ["2001-03-01", "2026-03-29", "2026-05-12", "2026-11-28", "2077-07-07"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", MANAGED, id="4.1 managed: neither from nor to, all of all time [docs]"),
        pytest.param("&from=2001-03-02", MANAGED, id="4.1 managed: ends on from"),
        pytest.param("&from=2001-03-03", MANAGED[1:], id="4.1 managed: from is honoured (assumed)"),
        pytest.param("&to=2026-11-28", MANAGED[:3], id="4.1 managed: to is exclusive [docs]"),
        pytest.param(
            "&from=2020-01-01&to=2030-01-01",
            MANAGED[1:4],
            id="4.1 managed: beyond −42/+201 (assumed)",
        ),
        pytest.param("&from=2050-01-01", MANAGED[4:], id="4.1 managed: from beyond 201 days"),
        pytest.param("&from=2026-06-01&to=2026-05-01", [], id="4.1 from after to (assumed)"),
        pytest.param("&from=2026-12-01&to=2026-03-01", [], id="4.1 from after to, far (assumed)"),
    ],
)
def test_managed_events_have_no_default_window(
    open_sandbox: Open, query: str, expected: list[str]
) -> None:
    reader = open_reader(open_sandbox)
    reader.write_all([event_on(day, str(date.fromisoformat(day) + DAY)) for day in MANAGED])
    assert reader.summaries(f"only_managed=true{query}") == expected
    assert reader.summaries(f"include_managed=true{query}") == expected
    query = f"include_managed=true&include_ids=true&include_free=true{query}"
    assert [period["event_id"] for period in reader.periods(query)] == expected


def test_nothing_beyond_what_is_known(open_sandbox: Open) -> None:
    """4.1: a window beyond 201 days holds no external event, however long that lasts."""
    reader = open_reader(open_sandbox, entry("Long", "2026-01-01", "2027-12-31"))
    assert reader.summaries() == ["Long"]
    for query in ("from=2027-01-01", "from=2027-01-01&to=2027-02-01", "to=2026-02-01"):
        assert reader.summaries(query) == []
        assert reader.periods(f"{query}&include_free=true") == []
    reader.write_all([event_on("2026-01-02", "2027-12-31")])
    for query in ("from=2027-01-01", "from=2027-01-01&to=2027-02-01", "to=2026-02-01"):
        assert reader.summaries(f"{query}&include_managed=1") == ["2026-01-02"]


def test_the_window_moves_with_the_clock(open_sandbox: Open) -> None:
    """4.1: an event comes into the default window at midnight in tzid, and leaves it again."""
    reader = open_reader(open_sandbox, entry("Far", "2026-11-28T12:00:00Z", "2026-11-28T13:00:00Z"))
    assert reader.summaries() == []
    reader.later(hours=15, minutes=59, seconds=59)
    assert reader.summaries() == []
    reader.later(seconds=1)
    assert reader.summaries() == ["Far"]
    assert reader.summaries("tzid=America/New_York") == []

"""scheduling.md §§1.2, 1.8, 7: what recurs, in whichever mode it is known."""

from __future__ import annotations

import pytest

from tests.contract.availability import Office, busy, minutes, open_office, somebody
from tests.contract.documents import Document
from tests.contract.events import Open

MODES = pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])


def daily(mode: str, open_sandbox: Open, *, written: bool) -> Office:
    """P at 10:00 in London for ten days, around the end of summer time: the application's
    series, or P's own.
    """
    times = {"start": "2026-10-23T09:00:00Z", "end": "2026-10-23T10:00:00Z"}
    rule = {"frequency": "daily", "count": 10}
    london = {"tzid": "Europe/London"}
    if not written:
        own = {"summary": "Standup", **times, **london, "recurrence": rule}
        return open_office(open_sandbox, {"P": somebody(own)}, access_mode=mode)
    office = open_office(open_sandbox, {"P": somebody()}, access_mode=mode)
    office.writer("P").write(**times, **london, recurrence={"rules": [rule]})
    return office


@pytest.mark.parametrize(
    ("mode", "written"),
    [
        ("read_write", False),
        ("free_busy", False),
        ("read_write", True),
        ("free_busy", True),
        ("no_calendar", True),
    ],
)
def test_series(open_sandbox: Open, mode: str, written: bool) -> None:
    """1.8, 7: every occurrence blocks, at its own hour when clocks have changed."""
    office = daily(mode, open_sandbox, written=written)
    found = office.available("10-24T08:00–10-24T12:00")
    assert found == office.periods("10-24T08:00–10-24T09:00, 10-24T10:00–10-24T12:00")
    found = office.available("10-26T08:00–10-26T12:00")
    assert found == office.periods("10-26T08:00–10-26T10:00, 10-26T11:00–10-26T12:00")
    # Outside its ten days there is none.
    for window in ("10-22T08:00–10-22T12:00", "11-02T08:00–11-02T12:00"):
        assert office.available(window) == office.periods(window)
    # Buffers reach an occurrence beside the window.
    found = office.available("10-26T11:00–10-26T13:00", buffer={"before": minutes(30)})
    assert found == office.periods("10-26T11:30–10-26T13:00")


@pytest.mark.parametrize(
    ("mode", "written"), [("read_write", False), ("free_busy", False), ("read_write", True)]
)
def test_excluded_occurrence(open_sandbox: Open, mode: str, written: bool) -> None:
    """1.2 excluded_events: one occurrence by its event_uid, the others block as before."""
    office = daily(mode, open_sandbox, written=written)
    path = "/v1/free_busy?tzid=UTC&include_managed=true&include_ids=true"
    found = office.writer("P").call("GET", f"{path}&from=2026-10-24&to=2026-10-27").json()
    (uid,) = [
        period["event_uid"]
        for period in found["free_busy"]
        if period["start"] == "2026-10-24T09:00:00Z"
    ]
    excluded: Document = {"excluded_events": [{"event_uid": uid}]}
    window = "10-24T08:00–10-24T12:00"
    assert office.available(window, **excluded) == office.periods(window)
    found = office.available("10-26T08:00–10-26T12:00", **excluded)
    assert found == office.periods("10-26T08:00–10-26T10:00, 10-26T11:00–10-26T12:00")


@pytest.mark.parametrize("written", [False, True])
def test_excluded_first_occurrence(open_sandbox: Open, written: bool) -> None:
    """1.2 excluded_events: where an application wrote the series, it has the uid of the series,
    which is excluded whole (assumed)."""
    office = daily("read_write", open_sandbox, written=written)
    path = "/v1/free_busy?tzid=UTC&include_managed=true&include_ids=true"
    first, *_ = office.writer("P").call("GET", path).json()["free_busy"]
    assert first["start"] == "2026-10-23T09:00:00Z"
    excluded: Document = {"excluded_events": [{"event_uid": first["event_uid"]}]}
    window = "10-23T08:00–10-23T12:00"
    assert office.available(window, **excluded) == office.periods(window)
    window = "10-26T08:00–10-26T12:00"
    others = "10-26T08:00–10-26T10:00, 10-26T11:00–10-26T12:00"
    assert office.available(window, **excluded) == office.periods(window if written else others)


@MODES
def test_excluded_series(open_sandbox: Open, mode: str) -> None:
    """1.2 excluded_events: by the application's event_id a series is excluded whole."""
    office = daily(mode, open_sandbox, written=True)
    for window in ("10-23T08:00–10-23T12:00", "10-26T08:00–10-26T12:00"):
        found = office.available(window, excluded_events=[{"event_id": "standup"}])
        assert found == office.periods(window)


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_whole_days_that_recur(open_sandbox: Open, mode: str) -> None:
    """1.8, 7: all-day occurrences are whole days in the account's zone."""
    friday = {"summary": "Off", "start": "2026-05-01", "end": "2026-05-02"}
    weekly = {"frequency": "weekly", "exceptions": ["2026-05-22"]}
    person = somebody({**friday, "recurrence": weekly}, zoneinfo="America/New_York")
    office = open_office(open_sandbox, {"P": person}, access_mode=mode)
    found = office.available("14T00:00–17T00:00")
    assert found == office.periods("14T00:00–15T04:00, 16T04:00–17T00:00")
    # Its last hours are those of another date in UTC.
    assert office.available("16T02:00–16T06:00") == office.periods("16T04:00–16T06:00")
    # One is an exception.
    assert office.available("21T00:00–24T00:00") == office.periods("21T00:00–24T00:00")


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_long_occurrences(open_sandbox: Open, mode: str) -> None:
    """1.8: one that began days before the window blocks until its end."""
    (stay,) = busy("04T09:00–09T10:00")
    person = somebody({**stay, "recurrence": {"frequency": "weekly"}})
    office = open_office(open_sandbox, {"P": person}, access_mode=mode)
    assert office.available("16T08:00–16T12:00") == office.periods("16T10:00–16T12:00")


def test_excluded_series_of_others(open_sandbox: Open) -> None:
    """1.2 excluded_events: by its own event_uid a series is excluded whole."""
    office = daily("read_write", open_sandbox, written=False)
    (series,) = office.control("GET", "/people/p@acme.test/events")["events"]
    excluded = [{"event_uid": series["event_uid"]}]
    for window in ("10-23T08:00–10-23T12:00", "10-26T08:00–10-26T12:00"):
        assert office.available(window, excluded_events=excluded) == office.periods(window)

"""scheduling.md §3.1 and §3.3: single times at which an account is available."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import Document, errors
from tests.contract.events import (
    LEFT_OUT,
    SCOPE,
    Open,
    Writer,
    accepted,
    open_writer,
    refused,
    second_application,
)
from tests.contract.managed import PERIODS, at, ids, localized, page, period, periods, put_period


@pytest.fixture
def writer(open_sandbox: Open) -> Writer:
    return open_writer(open_sandbox)


def test_a_life(writer: Writer) -> None:
    """3.1: a period is made, read, replaced and deleted."""
    assert page(writer) == {"pages": {"current": 1, "total": 1}, "available_periods": []}
    put_period(writer)
    assert periods(writer) == [period()]
    put_period(writer, "lunch", "12:00", "13:00")
    assert periods(writer) == [period("lunch", "12:00", "13:00")]
    accepted(writer.call("DELETE", PERIODS, {"available_period_id": "lunch"}))
    assert periods(writer) == []


def test_order(writer: Writer) -> None:
    """3.1 (assumed): by start, then by id, whatever came first."""
    for one in (("d", "11:00", "12:00"), ("c", "09:00", "10:00"), ("b", "10:00", "11:00"),
                ("a", "10:00", "20:00"), ("e", "11T23:00", "13T01:00")):  # fmt: skip
        put_period(writer, *one)
    assert ids(writer) == "e c a b d"


TIMES: dict[str, tuple[Any, Any]] = {
    "0-Z": ("2026-05-12T09:00:00Z", "09:00"),
    "0-offset": ("2026-05-12T11:00:00+02:00", "09:00"),
    "0-offset-of-nothing": ("2026-05-12T09:00:00+00:00", "09:00"),
    "0-no-milliseconds[app]": ("2026-05-12T09:00:00.000Z", "09:00"),
    "0-space[csharp test]": ("2026-05-12 09:00:00Z", "09:00"),
    "0-seconds[docs]": ("2026-05-12T09:00:59Z", "2026-05-12T09:00:59Z"),
    "0-no-offset[assumed]": ("2026-05-12T09:00:00", "09:00"),
    "3.1-object": ({"time": "2026-05-12T09:00:00Z", "tzid": "Asia/Tokyo"}, "09:00"),
    "3.1-object-with-space[csharp]": (
        {"time": "2026-05-12 09:00:00Z", "tzid": "Europe/Paris"},
        "09:00",
    ),
    "3.1-object-no-offset[docs]": ({"time": "2026-05-12T09:00:00", "tzid": "Asia/Tokyo"}, "09:00"),
    "3.1-object-without-tzid[assumed]": ({"time": "2026-05-12T09:00:00Z"}, "09:00"),
    "3.1-object-tzid-null[assumed]": ({"time": "2026-05-12T09:00:00Z", "tzid": None}, "09:00"),
}


@pytest.mark.parametrize("case", TIMES)
def test_forms_of_times(writer: Writer, case: str) -> None:
    """3.1, 0: all are taken, and answered in UTC, with Z and whole seconds."""
    given, expected = TIMES[case]
    put_period(writer, "lunch", given, "10:00")
    assert periods(writer) == [period("lunch", expected, "10:00")]
    put_period(writer, "lunch", "08:00", given)
    assert periods(writer) == [period("lunch", "08:00", expected)]


def body(**changes: Any) -> Document:
    document = {**period(), **changes}
    return {name: value for name, value in document.items() if value is not LEFT_OUT}


REFUSED: dict[str, tuple[Document, dict[str, str]]] = {
    "3.1-nothing[assumed]": (
        {},
        dict.fromkeys(("available_period_id", "start", "end"), "required"),
    ),
    "3.1-no-id[assumed]": (
        body(available_period_id=LEFT_OUT),
        {"available_period_id": "required"},
    ),
    "3.1-empty-id[assumed]": (body(available_period_id=""), {"available_period_id": "required"}),
    "3.1-id-of-65[assumed]": (
        body(available_period_id="x" * 65),
        {"available_period_id": "too_long"},
    ),
    "3.1-id-not-ASCII[assumed]": (
        body(available_period_id="ß"),
        {"available_period_id": "invalid"},
    ),
    "3.1-id-a-number[assumed]": (body(available_period_id=1), {"available_period_id": "invalid"}),
    "3.1-no-start[assumed]": (body(start=LEFT_OUT), {"start": "required"}),
    "3.1-start-null[assumed]": (body(start=None), {"start": "required"}),
    "3.1-no-end[assumed]": (body(end=""), {"end": "required"}),
    "3.1-end-equals-start[assumed]": (body(end=at("09:00")), {"end": "invalid"}),
    "3.1-end-before-start[assumed]": (body(end=at("08:00")), {"end": "invalid"}),
    "3.1-end-equals-start-elsewhere[assumed]": (
        body(end="2026-05-12T10:00:00+01:00"),
        {"end": "invalid"},
    ),
    "3.1-unknown-tzid[assumed]": (body(tzid="Mars"), {"tzid": "unknown_tzid"}),
    "3.1-unknown-tzid-inside[assumed]": (
        body(start={"time": at("09:00"), "tzid": "Mars"}),
        {"start.tzid": "unknown_tzid"},
    ),
    "3.1-no-time-inside[assumed]": (body(end={"tzid": "Etc/UTC"}), {"end.time": "required"}),
    "3.1-bad-time-inside[assumed]": (body(end={"time": "noon"}), {"end.time": "invalid"}),
    "0-milliseconds[docs]": (body(start="2026-05-12T09:00:00.500Z"), {"start": "invalid"}),
    "3.1-a-date[assumed]": (body(start="2026-05-12"), {"start": "invalid"}),
    "3.1-a-date-inside[assumed]": (body(end={"time": "2026-05-13"}), {"end": "invalid"}),
    "3.1-no-such-day[assumed]": (body(start="2026-02-30T09:00:00Z"), {"start": "invalid"}),
    "3.1-text[assumed]": (body(start="tomorrow"), {"start": "invalid"}),
    "3.1-a-number[assumed]": (body(start=1778580000), {"start": "invalid"}),
    "3.1-a-list[assumed]": (body(start=["x"]), {"start": "invalid"}),
    "3.1-year-1899[assumed]": (body(start="1899-12-31T23:59:59Z"), {"start": "invalid"}),
    "3.1-year-2101[assumed]": (body(end="2101-01-01T00:00:00Z"), {"end": "invalid"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(writer: Writer, case: str) -> None:
    """422 with the place, and what was there stays."""
    wrong, fields = REFUSED[case]
    put_period(writer, "lunch", "12:00", "13:00")
    refused(writer.call("POST", PERIODS, wrong), 422, fields)
    assert periods(writer) == [period("lunch", "12:00", "13:00")]


def test_years(open_sandbox: Open) -> None:
    """3.1 (assumed): the scenario's switches say which years there are."""
    switches = {"first_event_year": 1000, "last_event_year": 9000}
    writer = open_writer(open_sandbox, switches=switches)
    put_period(writer, "ages", "1000-01-01T00:00:00Z", "9000-12-31T23:59:59Z")
    expected = [period("ages", "1000-01-01T00:00:00Z", "9000-12-31T23:59:59Z")]
    assert periods(writer) == expected
    put_period(writer, "ages", "1000-01-01T00:00:00Z", "9000-12-31T23:59:59Z", tzid="Asia/Tokyo")
    assert len(periods(writer, "localized_times=true&from=9000-12-31&tzid=Asia/Tokyo")) == 1


# Of 09:00-10:00 on Tuesday the 12th, in UTC.
WINDOWS: dict[str, tuple[str, bool]] = {
    "3.1-no-dates[assumed]": ("", True),
    "3.1-tzid-alone[ruby spec]": ("tzid=Asia/Tokyo", True),
    "3.1-its-day": ("from=2026-05-12&to=2026-05-13&tzid=Etc/UTC", True),
    "3.1-nothing-on-the-to-date[docs]": ("from=2026-05-01&to=2026-05-12&tzid=Etc/UTC", False),
    "3.1-from-its-day": ("from=2026-05-12&tzid=Etc/UTC", True),
    "3.1-from-the-day-after": ("from=2026-05-13&tzid=Etc/UTC", False),
    "3.1-to-alone": ("to=2026-05-13&tzid=Etc/UTC", True),
    "3.1-to-alone-before": ("to=2026-05-12&tzid=Etc/UTC", False),
    "3.1-starts-before-to[docs]": ("to=2026-05-12T09:00:01Z&tzid=Etc/UTC", True),
    "3.1-starts-at-to[docs]": ("to=2026-05-12T09:00:00Z&tzid=Etc/UTC", False),
    "3.1-ends-on-from[docs]": ("from=2026-05-12T10:00:00Z&tzid=Etc/UTC", True),
    "3.1-ends-before-from[docs]": ("from=2026-05-12T10:00:01Z&tzid=Etc/UTC", False),
    "3.1-time-without-offset[assumed]": ("to=2026-05-12T19:00:01&tzid=Australia/Brisbane", True),
    "3.1-time-without-offset-before[assumed]": (
        "to=2026-05-12T19:00:00&tzid=Australia/Brisbane",
        False,
    ),
    # Midnight of the 13th is 10:00 on the 12th there, and 10:00 of the 12th is 22:00 there.
    "3.1-dates-are-read-in-tzid": ("from=2026-05-13&tzid=Pacific/Kiritimati", True),
    "3.1-dates-are-read-in-tzid-to": ("to=2026-05-12&tzid=Pacific/Honolulu", True),
    "3.1-dates-are-read-in-tzid-after": ("from=2026-05-13&tzid=Pacific/Honolulu", False),
    "3.1-from-after-to": ("from=2026-05-14&to=2026-05-10&tzid=Etc/UTC", False),
    "3.1-the-ages": ("from=0001-01-01&to=9999-12-31&tzid=Pacific/Apia", True),
    "0-empty-values": ("from=&to=&tzid=", True),
    "0-unknown-parameter": ("bearer_token=x", True),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_windows(writer: Writer, case: str) -> None:
    """3.1: they start before ``to``, and end on or after ``from``."""
    query, found = WINDOWS[case]
    put_period(writer)
    assert periods(writer, query) == ([period()] if found else [])


QUERIES: dict[str, tuple[str, dict[str, str]]] = {
    "3.1-from-without-tzid": ("from=2026-05-12", {"tzid": "required"}),
    "3.1-to-without-tzid": ("to=2026-05-12", {"tzid": "required"}),
    "3.1-both-without-tzid": ("from=2026-05-12&to=2026-05-13", {"tzid": "required"}),
    "3.1-an-empty-tzid[assumed]": ("from=2026-05-12&tzid=", {"tzid": "required"}),
    "3.1-unknown-tzid[assumed]": ("from=2026-05-12&tzid=Mars", {"tzid": "unknown_tzid"}),
    "3.1-unknown-tzid-alone[assumed]": ("tzid=Mars", {"tzid": "unknown_tzid"}),
    "3.1-no-date[assumed]": ("from=monday&tzid=Etc/UTC", {"from": "invalid"}),
    "3.1-no-such-date[assumed]": ("to=2026-02-30&tzid=Etc/UTC", {"to": "invalid"}),
    "3.1-localized_times[assumed]": (
        "localized_times=maybe",
        {"localized_times": "must_be_boolean"},
    ),
}


@pytest.mark.parametrize("case", QUERIES)
def test_wrong_queries(writer: Writer, case: str) -> None:
    query, fields = QUERIES[case]
    refused(writer.call("GET", f"{PERIODS}?{query}"), 422, fields)


IN_TOKYO = (localized("18:00:00+09:00", "Asia/Tokyo"), localized("19:00:00+09:00", "Asia/Tokyo"))
LOCALIZED: dict[str, tuple[Document, tuple[Document, Document]]] = {
    "3.1-no-tzid-is-Etc/UTC": (
        {},
        (localized("09:00:00+00:00", "Etc/UTC"), localized("10:00:00+00:00", "Etc/UTC")),
    ),
    "3.1-tzid-beside": ({"tzid": "Asia/Tokyo"}, IN_TOKYO),
    "3.1-tzid-inside": ({"start": {"time": at("09:00"), "tzid": "Asia/Tokyo"}}, IN_TOKYO),
    "3.1-tzid-in-the-end": ({"end": {"time": at("10:00"), "tzid": "Asia/Tokyo"}}, IN_TOKYO),
    "3.1-inside-the-end-goes-first": (
        {"end": {"time": at("10:00"), "tzid": "Asia/Tokyo"}, "tzid": "Europe/Paris"},
        IN_TOKYO,
    ),
    "3.1-inside-goes-first": (
        {"start": {"time": at("09:00"), "tzid": "Asia/Tokyo"}, "tzid": "Europe/Paris"},
        IN_TOKYO,
    ),
}


@pytest.mark.parametrize("case", LOCALIZED)
@pytest.mark.parametrize("word", ["true", "True", "1"])
def test_localized_times(writer: Writer, case: str, word: str) -> None:
    """3.1: as objects, with what is known; the form is that of read events (assumed)."""
    given, (start, end) = LOCALIZED[case]
    put_period(writer, **given)
    expected = {"available_period_id": "lunch", "start": start, "end": end}
    assert periods(writer, f"localized_times={word}") == [expected]
    assert periods(writer, f"localized_times={word}&tzid=Europe/Rome") == [expected]
    assert periods(writer, "localized_times=False") == [period()]


def test_an_update_forgets_the_zone(writer: Writer) -> None:
    """3.1: an upsert replaces everything."""
    put_period(writer, tzid="Asia/Tokyo")
    put_period(writer)
    (found,) = periods(writer, "localized_times=true")
    assert found["start"]["tzid"] == "Etc/UTC"


def test_of_application_and_account(open_sandbox: Open) -> None:
    """3.3: another application does not see them, nor has another account any."""
    writer = open_writer(open_sandbox, two=True)
    other = second_application(writer)
    mary = Writer(writer.sandbox, writer.sandbox.connect("mary@acme.test"))
    put_period(writer)
    assert (periods(other), periods(mary)) == ([], [])
    put_period(other, "lunch", "12:00", "13:00")
    accepted(mary.call("DELETE", PERIODS, {"delete_all": True}))
    accepted(other.call("DELETE", PERIODS, {"available_period_id": "lunch"}))
    assert (periods(writer), periods(other)) == ([period()], [])


@pytest.mark.parametrize("path", [PERIODS, f"{PERIODS}/"])
@pytest.mark.parametrize("value", [True, "true", "True", 1], ids=repr)
def test_delete_all(writer: Writer, path: str, value: object) -> None:
    """3.1: all of the account's go; PHP sends a trailing slash."""
    put_period(writer)
    put_period(writer, "tea", "15:00", "16:00")
    accepted(writer.call("DELETE", path, {"delete_all": value}))
    assert periods(writer) == []
    accepted(writer.call("DELETE", path, {"delete_all": value}))


DELETES: dict[str, tuple[Any, dict[str, str]]] = {
    "3.1-neither": ({}, {"available_period_id": "required"}),
    "3.1-no-body": (None, {"available_period_id": "required"}),
    "3.1-an-empty-list[php]": ([], {"available_period_id": "required"}),
    "3.1-empty-id": ({"available_period_id": ""}, {"available_period_id": "required"}),
    "3.1-delete_all-false": ({"delete_all": False}, {"delete_all": "must_be_boolean"}),
    "3.1-delete_all-false-beside-an-id": (
        {"delete_all": False, "available_period_id": "lunch"},
        {"delete_all": "must_be_boolean"},
    ),
    "3.1-delete_all-a-word": ({"delete_all": "yes"}, {"delete_all": "must_be_boolean"}),
    "3.1-delete_all-a-list": ({"delete_all": [True]}, {"delete_all": "must_be_boolean"}),
    "3.1-both": (
        {"delete_all": True, "available_period_id": "lunch"},
        {"delete_all": "conflict"},
    ),
    "3.1-id-of-65": ({"available_period_id": "x" * 65}, {"available_period_id": "too_long"}),
    "3.1-id-not-ASCII": ({"available_period_id": "ü"}, {"available_period_id": "invalid"}),
}


@pytest.mark.parametrize("case", DELETES)
def test_wrong_deletes(writer: Writer, case: str) -> None:
    """Assumed: 422, and nothing is deleted."""
    wrong, fields = DELETES[case]
    put_period(writer)
    refused(writer.call("DELETE", PERIODS, wrong), 422, fields)
    assert periods(writer) == [period()]


def test_delete_what_is_not_there(writer: Writer) -> None:
    """3.1 (assumed): 202, like deleting events."""
    put_period(writer)
    accepted(writer.call("DELETE", PERIODS, {"available_period_id": "other"}))
    assert periods(writer) == [period()]


def test_batch(writer: Writer) -> None:
    """3.1, 5.6 [docs]: upsert, delete and bulk delete may all be sent in one."""

    def send(*entries: tuple[str, str, Any]) -> list[Document]:
        batch = [{"method": m, "relative_url": url, "data": data} for m, url, data in entries]
        answer = writer.call("POST", "/v1/batch", {"batch": batch})
        found: list[Document] = answer.json()["batch"]
        return found

    wrong = {"status": 422, "data": errors({"end": "invalid"})}
    assert (
        send(
            ("POST", PERIODS, period("a")),
            ("POST", f"{PERIODS}/", period("b")),
            ("POST", PERIODS, period("c", "10:00", "10:00")),
            ("DELETE", PERIODS, {"available_period_id": "a"}),
            ("GET", PERIODS, {}),
            ("POST", "/v1/availability_rules", {}),
            ("POST", "/v1/availability", {}),
        )
        == [{"status": 202}] * 2 + [wrong, {"status": 202}] + [{"status": 404}] * 3
    )
    assert ids(writer) == "b"
    answers = send(("DELETE", f"{PERIODS}/", {"delete_all": True}), ("DELETE", PERIODS, {}))
    required = errors({"available_period_id": "required"})
    assert answers == [{"status": 202}, {"status": 422, "data": required}]
    assert ids(writer) == ""


@pytest.mark.parametrize("plan", ["starter", "emerging"])
def test_plan(open_sandbox: Open, plan: str) -> None:
    """3.1: plan Emerging, or Starter, as the lowest one was called before."""
    application = {"plan": plan, "mode": "production"}
    sandbox = open_sandbox(scenario={"applications": [application]})
    put_period(Writer(sandbox, sandbox.connect()))


def test_credential(writer: Writer) -> None:
    """3.1: the user's access token; any scope will do (assumed)."""
    key = writer.sandbox.application["client_secret"]
    for method in ("GET", "POST", "DELETE"):
        refused(writer.sandbox.call(key, method, PERIODS, json={}), 401)
    reading = Writer(
        writer.sandbox, writer.sandbox.connect("joe@acme.test", scope="read_free_busy")
    )
    put_period(reading)
    assert periods(reading) == [period()]


@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
def test_in_each_mode(open_sandbox: Open, mode: str) -> None:
    """3.1: periods are no events: they do not depend on the calendars, and nobody gets a mail."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=f"read_write {SCOPE}")
    put_period(writer)
    assert periods(writer) == [period()]
    assert (writer.all_events(), writer.mails()) == ([], [])


def test_reset_and_snapshot(writer: Writer) -> None:
    """They go with a reset, and come back with a snapshot."""
    put_period(writer, tzid="Asia/Tokyo")
    snapshot = writer.sandbox.control("GET", "/snapshot").json()
    accepted(writer.call("DELETE", PERIODS, {"delete_all": True}))
    assert writer.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert periods(writer) == [period()]
    assert writer.sandbox.control("POST", "/reset").status_code == 200
    assert periods(Writer(writer.sandbox, writer.sandbox.connect())) == []

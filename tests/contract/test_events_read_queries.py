"""events.md §4.1: the parameters of GET /v1/events, in every form that clients send them."""

from __future__ import annotations

import pytest

from tests.contract.documents import Document
from tests.contract.events import refused
from tests.contract.reading import (
    EVENTS,
    FREE_BUSY,
    Open,
    Reader,
    entry,
    in_calendar,
    open_reader,
    out_of_calendar,
    second_reader,
    stands,
)

PATHS = pytest.mark.parametrize("path", [EVENTS, FREE_BUSY])
START, END = "2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"
DENTIST = entry("Dentist", START, END)
ON = [
    pytest.param("true", id="0.1 Boolean: true"),
    pytest.param("True", id="0.1 Boolean: True [py sdk]"),
    pytest.param("1", id="0.1 Boolean: 1 [app: crm]"),
]
OFF = [
    pytest.param("false", id="0.1 Boolean: false"),
    pytest.param("False", id="0.1 Boolean: False [py sdk]"),
    pytest.param("0", id="0.1 Boolean: 0 [app: crm]"),
    pytest.param("", id="0.1 Boolean: empty"),
]


@PATHS
@pytest.mark.parametrize(
    ("query", "fields"),
    [
        pytest.param("", {"tzid": "tzid_unrecognized"}, id="4.1 tzid: required [docs]"),
        pytest.param("tzid=", {"tzid": "tzid_unrecognized"}, id="4.1 tzid: empty"),
        pytest.param(
            "tzid=Mars/Base", {"tzid": "tzid_unrecognized"}, id="4.1 tzid: unknown [3p compat]"
        ),
        pytest.param("tzid=../UTC", {"tzid": "tzid_unrecognized"}, id="4.1 tzid: a path"),
        pytest.param("tzid=UTC&from=soon", {"from": "invalid"}, id="4.1 from: no date"),
        pytest.param("tzid=UTC&to=2026-02-30", {"to": "invalid"}, id="4.1 to: no such day"),
        pytest.param(
            "tzid=UTC&from=2026-05-11T00:00:00.123Z",
            {"from": "invalid"},
            id="0.1 Time: milliseconds [docs]",
        ),
        pytest.param(
            "tzid=UTC&last_modified=yesterday", {"last_modified": "invalid"}, id="4.1 last_modified"
        ),
        pytest.param(
            "tzid=UTC&include_deleted=maybe",
            {"include_deleted": "must_be_boolean"},
            id="4.1 include_deleted: no Boolean",
        ),
        pytest.param(
            "tzid=UTC&calendar_ids[]=cal_x",
            {"calendar_ids": "invalid_calendar_ids"},
            id="4.1 calendar_ids: unknown (assumed)",
        ),
        pytest.param(
            "tzid=Mars&from=soon&include_managed=2",
            {
                "tzid": "tzid_unrecognized",
                "from": "invalid",
                "include_managed": "must_be_boolean",
            },
            id="0.1 validation errors: all at once",
        ),
    ],
)
def test_refused(open_sandbox: Open, path: str, query: str, fields: dict[str, str]) -> None:
    refused(open_reader(open_sandbox).get(path, query), 422, fields)


@PATHS
@pytest.mark.parametrize(
    "zone", ["UTC", "Etc/UTC", "GMT", "Zulu", "US/Eastern", "Asia/Calcutta", "Europe%2FParis"]
)
def test_every_name_of_the_database(open_sandbox: Open, path: str, zone: str) -> None:
    """4.1 tzid: aliases are sent by several applications."""
    reader = open_reader(open_sandbox, DENTIST)
    (found,) = reader.page(path, f"tzid={zone}")[path.rpartition("/")[2]]
    assert (found["start"], found["end"]) == (START, END)


def _dentist(reader: Reader) -> Document:
    return stands(reader.calendar_id, summary="Dentist")


@pytest.mark.parametrize("value", ON)
def test_switched_on(open_sandbox: Open, value: str) -> None:
    """4.1: each switch adds what its name says, to events that are otherwise the same."""
    reader = open_reader(open_sandbox, DENTIST)
    reader.write(start="2026-05-13T09:00:00Z", end="2026-05-13T09:30:00Z")
    standup = reader.event()
    assert reader.events() == [_dentist(reader)]
    assert reader.events(f"include_managed={value}") == [_dentist(reader), standup]
    assert reader.events(f"only_managed={value}") == [standup]
    gone = in_calendar(reader, summary="Gone", start=START, end=END)
    out_of_calendar(reader, gone)
    assert reader.summaries() == ["Dentist"]
    deleted = stands(reader.calendar_id, summary="Gone", deleted=True)
    found = reader.events(f"include_deleted={value}")
    assert sorted(found, key=lambda event: event["summary"]) == [_dentist(reader), deleted]
    (event,) = reader.events(f"google_event_ids={value}")
    google_event_id = event["event_uid"].removeprefix("evt_external_")
    assert event == {**_dentist(reader), "google_event_id": google_event_id}
    (event,) = reader.events(f"localized_times={value}")
    assert event["start"] == {"time": "2026-05-12T10:00:00+01:00", "tzid": "Europe/London"}
    answer = reader.page(EVENTS, f"include_userinfo={value}")
    userinfo = reader.call("GET", "/v1/userinfo").json()
    assert answer == {
        "pages": {"current": 1, "total": 1},
        "events": [_dentist(reader)],
        "userinfo": userinfo,
    }


@pytest.mark.parametrize("value", OFF)
def test_switched_off(open_sandbox: Open, value: str) -> None:
    """4.1: false is the default of each."""
    reader = open_reader(open_sandbox, DENTIST)
    reader.write()
    names = (
        "include_deleted",
        "include_moved",
        "include_managed",
        "only_managed",
        "localized_times",
        "include_geo",
        "include_userinfo",
        "google_event_ids",
    )
    query = "&".join(f"{name}={value}" for name in names)
    assert reader.page(EVENTS, query) == {
        "pages": {"current": 1, "total": 1},
        "events": [_dentist(reader)],
    }


def test_only_managed_counts_more(open_sandbox: Open) -> None:
    """4.1: the Python SDK sends both, whichever it means."""
    reader = open_reader(open_sandbox, DENTIST)
    reader.write()
    for managed in ("True", "False"):
        query = f"only_managed=True&include_managed={managed}"
        assert reader.summaries(query) == ["Standup"]
    assert reader.summaries("only_managed=False&include_managed=True") == ["Dentist", "Standup"]


def test_include_ids_is_for_busy_times(open_sandbox: Open) -> None:
    """4.1 include_ids: ignored here, as is what nobody knows."""
    reader = open_reader(open_sandbox, DENTIST)
    answer = reader.get(EVENTS, "tzid=UTC&include_ids=true&colour=red")
    assert answer.json()["events"] == [_dentist(reader)]
    warning = answer.headers["mock-cronofy-warning"]
    assert warning == "ignored: unknown query parameter include_ids, colour"


CALENDARS = [
    {"name": "Work", "primary": True, "events": [entry("At work", START, END)]},
    {"name": "Home", "events": [entry("At home", START, END)]},
    {"name": "Team", "readonly": True, "events": [entry("In the team", START, END)]},
]


@PATHS
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", {0, 1, 2}, id="4.1 calendar_ids[]: default all"),
        pytest.param("calendar_ids[]={0}", {0}, id="4.1 calendar_ids[]: filter"),
        pytest.param(
            "calendar_ids[]={0}&calendar_ids[]={2}", {0, 2}, id="0.1 array: repeated [C# sdk]"
        ),
        pytest.param(
            "calendar_ids%5B%5D={1}&calendar_ids%5B%5D={2}",
            {1, 2},
            id="J array: brackets percent-encoded [node sdk]",
        ),
        pytest.param("calendar_ids={1}", {1}, id="0.1 array: no brackets [app: board]"),
        pytest.param("calendar_ids[]={1}&calendar_ids[]={1}", {1}, id="0.1 array: twice the same"),
        pytest.param("calendar_ids[]=", {0, 1, 2}, id="4.1 calendar_ids[]: empty (assumed)"),
        pytest.param("calendar_ids=", {0, 1, 2}, id="4.1 calendar_ids: empty (assumed)"),
    ],
)
def test_calendar_ids(open_sandbox: Open, path: str, query: str, expected: set[int]) -> None:
    reader = open_reader(open_sandbox, calendars=CALENDARS)
    (profile,) = reader.call("GET", "/v1/userinfo").json()["cronofy.data"]["profiles"]
    ids = [calendar["calendar_id"] for calendar in profile["profile_calendars"]]
    answer = reader.page(path, query.format(*ids))
    found = [entry["calendar_id"] for entry in answer[path.rpartition("/")[2]]]
    assert len(found) == len(expected)
    assert set(found) == {ids[index] for index in expected}


@PATHS
def test_calendars_of_others(open_sandbox: Open, path: str) -> None:
    """0.1 404 row, 4.1: another account's calendar id is as unknown as one that never was."""
    reader = open_reader(open_sandbox, DENTIST)
    mary = reader.sandbox.connect("mary@acme.test")
    calendars = mary["userinfo"]["cronofy.data"]["profiles"][0]["profile_calendars"]
    for calendar_id in (calendars[0]["calendar_id"], "cal_n0_t", reader.calendar_id.lower()):
        query = f"tzid=UTC&calendar_ids[]={reader.calendar_id}&calendar_ids[]={calendar_id}"
        refused(reader.get(path, query), 422, {"calendar_ids": "invalid_calendar_ids"})


def test_last_modified(open_sandbox: Open) -> None:
    """4.1 last_modified: changed at or after it, whoever changed it and however."""
    reader = open_reader(open_sandbox, DENTIST, entry("Lunch", START, END))
    dentist, lunch = sorted(reader.events(), key=lambda event: event["summary"])
    reader.write()
    reader.sandbox.advance(minutes=10)
    in_calendar(reader, event_uid=dentist["event_uid"], summary="Surgeon")
    reader.sandbox.advance(minutes=10)
    out_of_calendar(reader, lunch["event_uid"])
    query = "include_managed=true&include_deleted=true&last_modified="
    for since, expected in (
        ("2026-05-11T08:00:00Z", {"Standup", "Surgeon", "Lunch"}),
        ("2026-05-11%2008:00:01Z", {"Surgeon", "Lunch"}),
        ("2026-05-11T08:10:00.000Z", {"Surgeon", "Lunch"}),
        ("2026-05-11T09:10:01%2B01:00", {"Lunch"}),
        ("2026-05-11T08:20:00Z", {"Lunch"}),
        ("2026-05-11T08:20:01Z", set()),
        ("2026-05-11", {"Standup", "Surgeon", "Lunch"}),
        ("2026-05-12", set()),
    ):
        assert set(reader.summaries(query + since)) == expected, since
    assert reader.summaries("last_modified=2026-05-11T08:10:00Z") == ["Surgeon"]
    query = f"{query}2026-05-11T08:20:00Z&include_free=true"
    assert [period["deleted"] for period in reader.periods(query)] == [True]


def test_deleted(open_sandbox: Open) -> None:
    """4.1 include_deleted, 4.3 deleted: its last known fields, and nothing can be done to it."""
    reader = open_reader(open_sandbox, DENTIST)
    (dentist,) = reader.events()
    reader.write()
    standup = reader.event()
    reader.sandbox.advance(minutes=5)
    out_of_calendar(reader, dentist["event_uid"])
    assert reader.delete().status_code == 202
    gone = {
        "deleted": True,
        "updated": "2026-05-11T08:05:00Z",
        "options": {"delete": False, "update": False, "change_participation_status": False},
    }
    assert reader.events("include_managed=true") == []
    assert reader.events("include_deleted=true") == [{**dentist, **gone}]
    assert reader.events("include_deleted=true&only_managed=true") == [{**standup, **gone}]


def test_moved(open_sandbox: Open) -> None:
    """4.1 include_moved: events that were once inside the window, where they are now."""
    reader = open_reader(open_sandbox, DENTIST)
    reader.write()
    (dentist,) = reader.events()
    standup = reader.event()
    in_calendar(
        reader,
        event_uid=dentist["event_uid"],
        start="2026-06-01T09:00:00Z",
        end="2026-06-01T09:30:00Z",
    )
    reader.write(start="2026-06-02T09:00:00Z", end="2026-06-02T09:30:00Z")
    june = {"start": "2026-06-01T09:00:00Z", "end": "2026-06-01T09:30:00Z"}
    window = "from=2026-05-12&to=2026-05-13"
    assert reader.events(f"{window}&include_managed=1") == []
    assert reader.events(f"{window}&include_moved=1") == [{**dentist, **june}]
    june2 = {"start": "2026-06-02T09:00:00Z", "end": "2026-06-02T09:30:00Z"}
    assert reader.events(f"{window}&include_moved=1&include_managed=1") == [
        {**dentist, **june},
        {**standup, **june2},
    ]
    assert reader.events("from=2026-05-14&to=2026-05-20&include_moved=1&include_managed=1") == []
    # From where it is now it has not moved: once is enough.
    assert reader.events("from=2026-06-01&to=2026-06-02&include_moved=1") == [{**dentist, **june}]
    out_of_calendar(reader, dentist["event_uid"])
    assert reader.events(f"{window}&include_moved=1") == []
    (deleted,) = reader.events(f"{window}&include_moved=1&include_deleted=1")
    assert deleted["deleted"]


def test_geo(open_sandbox: Open) -> None:
    """4.1 include_geo: adds location.lat and .long; the words stand there in any case."""
    reader = open_reader(open_sandbox)
    place = {"lat": "51.5074", "long": "-0.1278"}
    reader.write(location={"description": "London", **place})
    assert reader.event()["location"] == {"description": "London"}
    assert reader.event(include_geo="true")["location"] == {"description": "London", **place}
    reader.write(location=place)
    assert "location" not in reader.event()
    assert reader.event(include_geo="true")["location"] == {"description": "", **place}
    reader.write()
    assert "location" not in reader.event(include_geo="true")


@pytest.mark.parametrize(
    ("application", "status"),
    [
        pytest.param(
            {"mode": "production", "plan": "starter"}, 402, id="4.1 include_geo: 402 [docs]"
        ),
        pytest.param(
            {"mode": "production", "plan": "emerging"}, 402, id="4.1 include_geo: emerging"
        ),
        pytest.param({"mode": "production", "plan": "growth"}, 200, id="4.1 include_geo: growth"),
        pytest.param(
            {"mode": "development", "plan": "starter"}, 200, id="4.1 include_geo: not verified"
        ),
    ],
)
def test_geo_needs_a_plan(open_sandbox: Open, application: Document, status: int) -> None:
    reader = open_reader(open_sandbox, DENTIST, application=application)
    answer = reader.get(EVENTS, "tzid=UTC&include_geo=true")
    assert answer.status_code == status
    assert (answer.content == b"") == (status == 402)
    assert reader.get(EVENTS, "tzid=UTC&include_geo=false").status_code == 200
    assert reader.get(FREE_BUSY, "tzid=UTC&include_geo=true").status_code == 200


@pytest.mark.parametrize(
    ("scope", "events", "free_busy"),
    [
        pytest.param("read_events", 200, 200, id="0.2 read_events implies read_free_busy [docs]"),
        pytest.param("read_free_busy", 403, 200, id="0.2 read_free_busy"),
        pytest.param("read_only", 200, 200, id="0.2 read_only (memory)"),
        pytest.param("read_write", 200, 200, id="0.2 read_write (memory)"),
        pytest.param("write_only", 403, 403, id="4.3 write_only: 403"),
        pytest.param("free_busy", 403, 200, id="4.3 free_busy: 403"),
        pytest.param("free_busy_write", 403, 200, id="4.3 free_busy_write: 403"),
        pytest.param("create_event delete_event", 403, 403, id="4.1 other scopes: 403"),
    ],
)
def test_scopes(open_sandbox: Open, scope: str, events: int, free_busy: int) -> None:
    reader = open_reader(open_sandbox, DENTIST, scope=scope, access_mode="read_write")
    for path, status in ((EVENTS, events), (FREE_BUSY, free_busy)):
        assert reader.get(path, "tzid=UTC").status_code == status
        # The scope comes before what the query says.
        assert reader.get(path).status_code == {200: 422, 403: 403}[status]
    # What the application wrote itself it may always read (identity 2.1).
    assert reader.get(EVENTS, "tzid=UTC&only_managed=true").status_code == 200
    assert reader.get(EVENTS, "only_managed=true").status_code == 422
    assert reader.get(f"{EVENTS}/pages/none").status_code == 404
    wrong = {200: 404, 403: 403}[free_busy]
    assert reader.get(f"{FREE_BUSY}/pages/none").status_code == wrong


@PATHS
def test_credentials(open_sandbox: Open, path: str) -> None:
    """4.1 Auth, 0.1 401: a user token; every other credential is not recognised."""
    reader = open_reader(open_sandbox)
    for token in ("nonsense", reader.sandbox.application["client_secret"]):
        answer = reader.sandbox.call(token, "GET", f"{path}?tzid=UTC")
        assert (answer.status_code, answer.content) == (401, b"")
        assert answer.headers["www-authenticate"]
    assert reader.sandbox.http.get(f"{path}?tzid=UTC").status_code == 401


def test_quirks(open_sandbox: Open) -> None:
    """10 Python: a JSON body {} on GET; C#: Content-Encoding on a plain request."""
    reader = open_reader(open_sandbox, DENTIST)
    headers = {"Content-Encoding": "gzip;q=1.0,deflate;q=0.6,identity;q=0.3"}
    for options in ({"content": b"{}"}, {"json": {}}, {"headers": headers}):
        answer = reader.sandbox.call(reader.token, "GET", f"{EVENTS}?tzid=UTC", **options)
        assert (answer.status_code, answer.json()["events"]) == (200, [_dentist(reader)])


def test_order(open_sandbox: Open) -> None:
    """4.1 order: by start, then event_uid, over all calendars and whoever wrote it (assumed)."""
    times = [f"2026-05-{day}T09:00:00Z" for day in (14, 12, 13, 12)]
    entries = [entry(f"{number}", at, "2026-05-20T09:00:00Z") for number, at in enumerate(times)]
    reader = open_reader(
        open_sandbox,
        calendars=[
            {"name": "Work", "primary": True, "events": entries},
            {"name": "Home", "events": [*entries, entry("Day", "2026-05-12", "2026-05-13")]},
        ],
    )
    reader.write(start=times[1], end=times[0])
    second_reader(reader).write(start=times[2], end=times[0])
    found = [(e["start"], e["event_uid"]) for e in reader.events("include_managed=true")]
    assert len(found) == 11
    moments = [(f"{start}T00:00:00Z"[:20], uid) for start, uid in found]
    assert moments == sorted(moments)
    assert found[0][0] == "2026-05-12"

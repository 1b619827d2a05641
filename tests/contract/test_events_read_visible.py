"""events.md §§4.3, 6: what is visible in which access mode, and what never is (seeds 000, 002)."""

from __future__ import annotations

import pytest

from tests.contract.documents import Document
from tests.contract.events import EVENT_UID, JANE, SCOPE, invited, refused
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

START, END = "2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"
ANN = "secret-ann@else.test"
SECRET = {
    "summary": "Secret summary",
    "description": "Secret description, https://zoom.us/j/secret",
    "location": "Secret place",
    "url": "https://secret.test",
    "meeting_url": "https://meet.google.com/secret",
    "organizer": {"email": ANN, "name": "Secret Ann"},
    "attendees": [{"email": JANE, "status": "accepted"}, {"email": ANN, "name": "Secret Ann"}],
    "categories": ["Secret category"],
    "color": "#5ec2e7",
    "private": True,
}
FREE_BUSY_MODE = pytest.mark.parametrize(
    ("provider", "provider_name"),
    [
        pytest.param("google", "google_free_busy", id="4.3, seed 002: Google"),
        pytest.param("office365", "ms_graph_free_busy", id="4.3, seed 002: Microsoft 365"),
    ],
)


def calendars(reader: Reader) -> list[Document]:
    found: list[Document] = reader.call("GET", "/v1/calendars").json()["calendars"]
    return found


def busy(calendar_id: str, **more: str) -> Document:
    document = {"calendar_id": calendar_id, "start": START, "end": END}
    return {**document, "free_busy_status": "busy", **more}


def test_private(open_sandbox: Open) -> None:
    """4.3 private external event: event_private, and all its details for the owner (assumed)."""
    said = {"summary": "Surgeon", "description": "Knee", "private": True}
    reader = open_reader(open_sandbox, {**entry("", START, END), **said})
    expected = stands(reader.calendar_id, summary="Surgeon", description="Knee", event_private=True)
    assert reader.events() == [expected]


@FREE_BUSY_MODE
def test_no_events_of_a_free_busy_profile(
    open_sandbox: Open, provider: str, provider_name: str
) -> None:
    """4.3: no events here at all, even for a token that may read events; busy times in §5."""
    reader = open_reader(
        open_sandbox,
        {**entry("", START, END), **SECRET},
        provider=provider,
        access_mode="free_busy",
    )
    listed = calendars(reader)
    assert [calendar["provider_name"] for calendar in listed] == [provider_name, "cronofy"]
    shown, hosted = (calendar["calendar_id"] for calendar in listed)
    queries = ["", "include_deleted=1&include_moved=1&include_managed=1", f"calendar_ids[]={shown}"]
    for query in queries:
        assert reader.events(query) == []
        assert reader.periods(query) == [busy(shown)]
    # What the application writes stands in the Cronofy calendar, and is read from there.
    reader.write()
    event = invited(hosted)
    assert reader.events() == []
    for query in (
        "only_managed=true",
        "include_managed=true",
        f"only_managed=1&calendar_ids={hosted}",
    ):
        assert reader.events(query) == [event]
    assert reader.events(f"only_managed=true&calendar_ids[]={shown}") == []
    # Both profiles together are what is known of somebody's time.
    both = [busy(hosted), busy(shown)]
    found = reader.periods("include_managed=true")
    assert sorted(found, key=both.index) == both


@FREE_BUSY_MODE
def test_nothing_secret_leaves_the_provider(
    open_sandbox: Open, provider: str, provider_name: str
) -> None:
    """Seed 000: the details of events are in no answer of the API, whatever is asked for."""
    reader = open_reader(
        open_sandbox,
        {**entry("", START, END), **SECRET},
        provider=provider,
        access_mode="free_busy",
    )
    changed = {**SECRET, "summary": "Secret change", "start": "2026-05-13T09:00:00Z"}
    (source,) = reader.sandbox.control("GET", f"/people/{JANE}/events").json()["events"]
    in_calendar(reader, event_uid=source["event_uid"], **changed, end="2026-05-13T10:00:00Z")
    gone = in_calendar(reader, **SECRET, start=START, end=END)
    out_of_calendar(reader, gone)
    everything = "&".join(
        f"{name}=true"
        for name in (
            "include_deleted",
            "include_moved",
            "include_managed",
            "include_geo",
            "include_userinfo",
            "include_ids",
            "include_free",
            "localized_times",
            "google_event_ids",
        )
    )
    answers = [reader.get(path, f"tzid=UTC&{everything}") for path in (EVENTS, FREE_BUSY)]
    answers += [
        reader.get(path)
        for path in ("/v1/userinfo", "/v1/account", "/v1/calendars", "/v1/profiles")
    ]
    assert len(answers[1].json()["free_busy"]) == 2
    for answer in answers:
        assert answer.status_code == 200
        assert "secret" not in f"{answer.headers} {answer.text}".lower()
        assert SECRET["color"] not in answer.text


def test_the_scope_of_free_busy_mode(open_sandbox: Open) -> None:
    """4.3 scope free_busy_write: 403, but for what the application wrote itself (identity 2.1)."""
    reader = open_reader(open_sandbox, scope="free_busy_write", access_mode="free_busy")
    reader.write()
    for query in ("", "include_managed=true", "only_managed=false", "only_managed=maybe"):
        refused(reader.get(EVENTS, f"tzid=UTC&{query}"), 403)
    for flag in ("true", "1", "yes"):
        (event,) = reader.get(EVENTS, f"tzid=UTC&only_managed={flag}").json()["events"]
        assert event["calendar_id"] == reader.calendar_id
    assert reader.periods("include_managed=1") == [busy(reader.calendar_id)]


def test_no_calendar_access(open_sandbox: Open) -> None:
    """6: only what applications write is known; each of them sees the others' time."""
    reader = open_reader(
        open_sandbox, {**entry("", START, END), **SECRET}, access_mode="no_calendar"
    )
    assert reader.events() == reader.periods() == []
    reader.write()
    other = second_reader(reader, access_mode="no_calendar")
    assert other.calendar_id == reader.calendar_id
    assert reader.events("include_managed=true") == [invited(reader.calendar_id)]
    # 4.3 managed by another app: as external, in a calendar that is unrestricted.
    theirs = invited(reader.calendar_id)
    del theirs["event_id"]
    assert other.events() == [theirs]
    assert other.events("only_managed=true") == []
    assert other.periods("include_ids=1") == [busy(reader.calendar_id, event_uid=EVENT_UID)]
    assert reader.periods() == []
    assert "Secret" not in reader.get(FREE_BUSY, "tzid=UTC&include_ids=1&include_free=1").text


def test_application_calendar(open_sandbox: Open) -> None:
    """1.3: a calendar without a person is read like any other."""
    sandbox = open_reader(open_sandbox).sandbox
    body = {**sandbox.credentials, "application_calendar_id": "rota"}
    connected = sandbox.http.post("/v1/application_calendars", json=body).json()
    token = connected["access_token"]
    (calendar,) = sandbox.call(token, "GET", "/v1/calendars").json()["calendars"]
    calendar_id = calendar["calendar_id"]
    event = {"event_id": "shift", "summary": "Shift", "start": START, "end": END}
    path = f"/v1/calendars/{calendar_id}/events"
    assert sandbox.call(token, "POST", path, json=event).status_code == 202
    query = "tzid=UTC&only_managed=true"
    (found,) = sandbox.call(token, "GET", f"{EVENTS}?{query}").json()["events"]
    expected = invited(
        calendar_id,
        event_id="shift",
        summary="Shift",
        attendees=[],
        participation_status="accepted",
        options={"delete": True, "update": True, "change_participation_status": False},
    )
    assert found == expected
    query = "tzid=UTC&include_managed=true"
    periods = sandbox.call(token, "GET", f"{FREE_BUSY}?{query}").json()["free_busy"]
    assert periods == [busy(calendar_id)]


def test_before_the_first_synchronization(open_sandbox: Open) -> None:
    """4.1: only what Cronofy has seen by now; what the application writes is there at once."""
    reader = open_reader(open_sandbox, entry("Dentist", START, END), initial_sync="held")
    assert reader.events() == reader.periods() == []
    reader.write()
    assert reader.summaries("include_managed=true") == ["Standup"]
    reader.sandbox.control("POST", f"/profiles/{reader.profile_id}/sync")
    assert reader.summaries() == ["Dentist"]
    assert sorted(reader.summaries("include_managed=true")) == ["Dentist", "Standup"]


def test_seen_with_delay(open_sandbox: Open) -> None:
    """4.1: what changes at the provider is read once it is synchronized."""
    reader = open_reader(open_sandbox, sync_delay={"seconds": 30})
    in_calendar(reader, summary="Dentist", start=START, end=END)
    reader.sandbox.advance(seconds=29)
    assert reader.events() == []
    reader.sandbox.advance(seconds=1)
    assert reader.events() == [
        stands(
            reader.calendar_id,
            summary="Dentist",
            updated="2026-05-11T08:00:30Z",
        )
    ]


def test_a_disconnected_profile(open_sandbox: Open) -> None:
    """What Cronofy had seen before stays readable; what came after is not."""
    reader = open_reader(open_sandbox, entry("Dentist", START, END))
    before = reader.events()
    path = f"/profiles/{reader.profile_id}"
    assert reader.sandbox.control("POST", f"{path}/disconnect").status_code == 200
    in_calendar(reader, summary="Lunch", start=START, end=END)
    assert reader.events() == before
    assert reader.sandbox.control("POST", f"{path}/reconnect").status_code == 200
    assert sorted(reader.summaries()) == ["Dentist", "Lunch"]


def test_people_of_a_domain(open_sandbox: Open) -> None:
    """4.3: a delegated account is read as its mode says, and no mailbox but its own."""
    people = [
        {
            "email": email,
            "calendars": [{"name": "Work", "primary": True, "events": [entry(email, START, END)]}],
        }
        for email in (JANE, "mary@acme.test")
    ]
    for mode, expected in (("read_write", [JANE]), ("free_busy", [])):
        scenario = {
            "people": people,
            "organizations": [{"domain": "acme.test", "members": [JANE, "mary@acme.test"]}],
            "connected": [
                {
                    "service_account": "acme.test",
                    "access_mode": mode,
                    "delegated_scope": f"read_write {SCOPE}",
                },
                {"person": JANE, "service_account": "acme.test", "scope": f"read_write {SCOPE}"},
            ],
        }
        sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario=scenario)
        token = sandbox.document["connected"][1]["access_token"]
        events = sandbox.call(token, "GET", f"{EVENTS}?tzid=UTC").json()["events"]
        assert [event["summary"] for event in events] == expected
        periods = sandbox.call(token, "GET", f"{FREE_BUSY}?tzid=UTC").json()["free_busy"]
        assert [period["start"] for period in periods] == [START]

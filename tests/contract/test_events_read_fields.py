"""events.md §§4.2, 9.3: what reads say of an event, row by row and document by document."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import NAME, Document, Like
from tests.contract.events import JANE, attendee, elevate, invited, written
from tests.contract.reading import (
    NOTHING_ALLOWED,
    Open,
    entry,
    in_calendar,
    open_reader,
    second_reader,
    stands,
)

START, END = "2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"
ANN, BOB = "ann@else.test", "bob@else.test"
ZOOM = "https://acme.zoom.us/j/12345678901?pwd=a.b"
MEET = "https://meet.google.com/abc-defg-hij"
TEAMS = (
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_x%40thread.v2/0?context=%7b%22a%22%7d"
)


def row(name: str, said: Document, **changes: Any) -> Any:
    """A row of the table: what an event says at the provider, and what that changes in reads."""
    return pytest.param(said, changes, id=name)


def invitation(status: str) -> Document:
    """Ann invites Jane and Bob."""
    return {
        "organizer": {"email": ANN, "name": "Ann"},
        "attendees": [
            {"email": ANN, "name": "Ann", "status": "accepted"},
            {"email": JANE, "status": status},
            {"email": BOB, "status": "unknown"},
        ],
    }


def invitation_read(status: str, may_answer: bool = True) -> Document:
    return {
        "participation_status": status,
        "organizer": {"email": ANN, "display_name": "Ann"},
        "attendees": [
            attendee(ANN, "accepted", "Ann"),
            attendee(JANE, status),
            attendee(BOB, "unknown"),
        ],
        "options": {**NOTHING_ALLOWED, "change_participation_status": may_answer},
    }


def transparency(value: str, plain: str) -> Any:
    return row(
        f"4.2 extended_transparency: {value} [C# sdk]",
        {"transparency": value},
        transparency=plain,
        extended_transparency=value,
    )


def found_meeting(where: str, text: str, found: str = ZOOM, **changes: Any) -> Any:
    name = f"4.2 meeting_url: {where} [C# sdk]"
    return row(name, {where.partition(",")[0]: text}, **changes, meeting_url=found)


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        row("4.2 every field that is always there [docs]", {}),
        row("4.2 summary: empty", {"summary": ""}, summary=""),
        row("4.2 description", {"description": "At\nnine"}, description="At\nnine"),
        row("4.2 location [C# sdk]", {"location": "Room 1"}, location={"description": "Room 1"}),
        row("4.2 url (assumed)", {"url": "https://acme.test/1"}, url="https://acme.test/1"),
        row("4.2 event_private", {"private": True}, event_private=True),
        row("4.2 categories", {"categories": ["Red", "Blue"]}, categories=["Red", "Blue"]),
        *[
            row(f"4.2 status: {status}", {"status": status}, status=status)
            for status in ("confirmed", "tentative", "cancelled", "unknown")
        ],
        *[
            row(
                f"4.2 participation_status: {status}",
                invitation(status),
                **invitation_read(status),
            )
            for status in ("needs_action", "accepted", "declined", "tentative", "unknown")
        ],
        row(
            "4.2 participation_status: who organizes takes part (assumed)",
            {
                "organizer": {"email": JANE},
                "attendees": [{"email": JANE, "status": "accepted"}, {"email": BOB}],
            },
            attendees=[attendee(JANE, "accepted"), attendee(BOB)],
        ),
        row(
            "4.2 organizer: somebody else, nobody invited",
            {"organizer": {"email": ANN}},
            organizer={"email": ANN, "display_name": None},
            participation_status="needs_action",
        ),
        transparency("opaque", "opaque"),
        transparency("transparent", "transparent"),
        transparency("working_elsewhere", "opaque"),
        transparency("tentative", "opaque"),
        transparency("out_of_office", "opaque"),
        transparency("unknown", "unknown"),
        row(
            "9.3 conferencing: of an external event",
            {"meeting_url": MEET},
            conferencing={"join_url": MEET},
            meeting_url=MEET,
        ),
        found_meeting("location", ZOOM, location={"description": ZOOM}),
        found_meeting("url", MEET, MEET, url=MEET),
        found_meeting("description", f"Join: {ZOOM}", description=f"Join: {ZOOM}"),
        found_meeting(
            "description, in a sentence", f"Join ({ZOOM}).", description=f"Join ({ZOOM})."
        ),
        found_meeting(
            "description, in HTML",
            f'<a href="{TEAMS}">Join</a>',
            TEAMS,
            description=f'<a href="{TEAMS}">Join</a>',
        ),
        found_meeting(
            "description, the first", f"{MEET}\n{ZOOM}", MEET, description=f"{MEET}\n{ZOOM}"
        ),
        row(
            "4.2 meeting_url: none in other addresses",
            {"description": "See https://zoom.us/pricing or http://acme.test/meet.google.com/abc"},
            description="See https://zoom.us/pricing or http://acme.test/meet.google.com/abc",
        ),
    ],
)
def test_external(open_sandbox: Open, said: Document, changes: Document) -> None:
    """What somebody has in their own calendar."""
    reader = open_reader(open_sandbox, {**entry("Standup", START, END), **said})
    assert reader.events() == [stands(reader.calendar_id, **changes)]


def localized(time: str, tzid: str) -> Document:
    return {"time": time, "tzid": tzid}


@pytest.mark.parametrize(
    ("said", "plain", "local"),
    [
        pytest.param(
            {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T09:30:00Z"},
            ["2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"],
            [
                localized("2026-05-12T10:00:00+01:00", "Europe/London"),
                localized("2026-05-12T10:30:00+01:00", "Europe/London"),
            ],
            id="4.2 timed: in its owner's zone",
        ),
        pytest.param(
            {
                "start": "2026-05-12T09:00:00Z",
                "end": "2026-05-12T09:30:00Z",
                "tzid": "Asia/Kathmandu",
            },
            ["2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"],
            [
                localized("2026-05-12T14:45:00+05:45", "Asia/Kathmandu"),
                localized("2026-05-12T15:15:00+05:45", "Asia/Kathmandu"),
            ],
            id="4.2 timed: in the event's zone [docs mirror 2017]",
        ),
        pytest.param(
            {
                "start": "2026-05-12T09:00:00Z",
                "end": "2026-05-12T09:30:00Z",
                "tzid": "Etc/UTC",
            },
            ["2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"],
            [
                localized("2026-05-12T09:00:00+00:00", "Etc/UTC"),
                localized("2026-05-12T09:30:00+00:00", "Etc/UTC"),
            ],
            id="4.2 timed: in UTC",
        ),
        pytest.param(
            {
                "start": "2026-11-01T05:30:00Z",
                "end": "2026-11-01T06:30:00Z",
                "tzid": "America/New_York",
            },
            ["2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"],
            [
                localized("2026-11-01T01:30:00-04:00", "America/New_York"),
                localized("2026-11-01T01:30:00-05:00", "America/New_York"),
            ],
            id="4.2 timed: while clocks are put back",
        ),
        pytest.param(
            {"start": "2026-05-12", "end": "2026-05-14", "tzid": "Asia/Tokyo"},
            ["2026-05-12", "2026-05-14"],
            [localized("2026-05-12", "Etc/UTC"), localized("2026-05-14", "Etc/UTC")],
            id="4.2 all-day: the end exclusive [docs]",
        ),
    ],
)
def test_times(open_sandbox: Open, said: Document, plain: list[str], local: list[Document]) -> None:
    """start and end, with localized_times and without it, of an event and of a busy time."""
    reader = open_reader(open_sandbox, {"summary": "Standup", **said})
    for query, (start, end) in (("", plain), ("localized_times=true", local)):
        expected = stands(reader.calendar_id, start=start, end=end)
        assert reader.events(query) == [expected]
        period = {"calendar_id": reader.calendar_id, "start": start, "end": end}
        assert reader.periods(query) == [{**period, "free_busy_status": "busy"}]


def test_two_zones(open_sandbox: Open) -> None:
    """2.2: start and end may differ in zone; each is told in its own."""
    reader = open_reader(open_sandbox)
    start = localized("2026-05-12T09:00:00Z", "Europe/Paris")
    end = localized("2026-05-12T19:00:00Z", "America/New_York")
    reader.write(start=start, end=end)
    assert reader.event(localized_times="true") == written(
        reader.calendar_id,
        start=localized("2026-05-12T11:00:00+02:00", "Europe/Paris"),
        end=localized("2026-05-12T15:00:00-04:00", "America/New_York"),
    )


def test_old_offsets(open_sandbox: Open) -> None:
    """4.2: an offset is one of hours and minutes, when clocks went by the sun as well."""
    reader = open_reader(open_sandbox)
    start = localized("1905-05-12T09:00:00Z", "Europe/Paris")
    reader.write(start=start, end=start)
    local = localized("1905-05-12T09:09:00+00:09", "Europe/Paris")
    assert reader.event(localized_times="1") == written(reader.calendar_id, start=local, end=local)


def test_no_length(open_sandbox: Open) -> None:
    """4.2: start = end occurs."""
    reader = open_reader(open_sandbox)
    reader.write(end=START)
    assert reader.events("only_managed=1") == [written(reader.calendar_id, end=START)]
    period = {"calendar_id": reader.calendar_id, "start": START, "end": START}
    assert reader.periods("include_managed=1") == [{**period, "free_busy_status": "busy"}]


WRITABLE = {"delete": True, "update": True, "change_participation_status": False}
WEEKLY = {"recurrence": {"frequency": "weekly", "count": 1}}


@pytest.mark.parametrize(
    ("said", "how", "options"),
    [
        pytest.param({}, {}, NOTHING_ALLOWED, id="4.2 options: external, sandbox"),
        pytest.param(
            invitation("accepted"),
            {},
            {**NOTHING_ALLOWED, "change_participation_status": True},
            id="4.2 options: external, sandbox, invited [elements]",
        ),
        pytest.param(
            {"attendees": [{"email": JANE}, {"email": BOB}]},
            {},
            NOTHING_ALLOWED,
            id="4.2 options: no organizer known, so the owner is (assumed)",
        ),
        pytest.param(
            {"organizer": {"email": JANE}, "attendees": [{"email": JANE}, {"email": BOB}]},
            {},
            NOTHING_ALLOWED,
            id="4.2 options: organizer (assumed)",
        ),
        pytest.param(
            invitation("accepted"),
            {"readonly": True},
            NOTHING_ALLOWED,
            id="4.2 options: read-only calendar (assumed)",
        ),
        pytest.param({}, {"elevated": True}, WRITABLE, id="4.2 options: external, unrestricted"),
        pytest.param(
            invitation("accepted"),
            {"elevated": True},
            {**WRITABLE, "change_participation_status": True},
            id="4.2 options: external, unrestricted, invited",
        ),
        pytest.param(
            WEEKLY,
            {"elevated": True},
            NOTHING_ALLOWED,
            id="4.2 options: external, unrestricted, recurring [docs]",
        ),
        pytest.param(
            {**WEEKLY, **invitation("accepted")},
            {"elevated": True},
            {**NOTHING_ALLOWED, "change_participation_status": True},
            id="4.2 options: external, unrestricted, recurring, invited",
        ),
    ],
)
def test_options(open_sandbox: Open, said: Document, how: Document, options: Document) -> None:
    event = {**entry("Standup", START, END), **said}
    team = {"name": "Team", "readonly": "readonly" in how, "events": [event]}
    calendars = [{"name": "Work", "primary": True}, team]
    reader = open_reader(open_sandbox, calendars=calendars)
    (found,) = reader.events()
    assert found["options"] == options if "elevated" not in how else NOTHING_ALLOWED
    reader.calendar_id = found["calendar_id"]
    if "elevated" in how:
        elevate(reader)
        assert reader.events() == [{**found, "options": options}]


def test_options_of_own_events(open_sandbox: Open) -> None:
    """4.2 options, managed (own): all but the answer, where the user organizes it."""
    reader = open_reader(open_sandbox)
    reader.write(attendees={"invite": [{"email": BOB}]})
    assert reader.event() == written(
        reader.calendar_id, attendees=[attendee(JANE, "accepted"), attendee(BOB)]
    )
    hosted = open_reader(open_sandbox, access_mode="no_calendar")
    hosted.write()
    assert hosted.event() == invited(hosted.calendar_id)


def test_conferencing(open_sandbox: Open) -> None:
    """9.3: pending, then where to join; no meeting_url in what the application wrote."""
    reader = open_reader(open_sandbox)
    reader.write(conferencing={"profile_id": "integrated"}, description=f"Not {ZOOM}")
    expected = written(reader.calendar_id, description=f"Not {ZOOM}")
    assert reader.event() == {**expected, "conferencing": {"pending": True}}
    reader.sandbox.advance(seconds=2)
    url = Like(r"https://meet\.google\.com/[a-z]{3}-[a-z]{4}-[a-z]{3}")
    meeting = {"provider_name": "google_meet", "join_url": url}
    expected["updated"] = "2026-05-11T08:00:02Z"
    assert reader.event() == {**expected, "conferencing": meeting}


def test_another_application(open_sandbox: Open) -> None:
    """4.3 managed by another app: an external event, in every respect."""
    writer = open_reader(open_sandbox)
    reader = second_reader(writer)
    explicit = {"profile_id": "explicit", "provider_description": "Zoom", "join_url": ZOOM}
    writer.write(conferencing={"profile_id": "integrated"})
    writer.write(event_id="call", conferencing=explicit)
    organizer = {"email": JANE, "display_name": NAME}
    pending = stands(reader.calendar_id, organizer=organizer)
    call = {
        **pending,
        "conferencing": {"provider_name": "Zoom", "join_url": ZOOM},
        "meeting_url": ZOOM,
    }
    found = reader.events()
    assert sorted(found, key=len) == [pending, call]
    assert reader.events("only_managed=true") == []
    assert writer.summaries() == []
    periods = reader.periods("include_ids=true")
    assert [period.keys() for period in periods] == [
        {"calendar_id", "start", "end", "free_busy_status", "event_uid"}
    ] * 2
    # The same event_id is another event, and each application has its own.
    reader.write(summary="Own")
    assert reader.summaries("only_managed=true") == ["Own"]
    assert "Own" not in writer.summaries("only_managed=true")
    assert writer.summaries() == ["Own"]


def test_what_somebody_changes(open_sandbox: Open) -> None:
    """2.9: reads return the user's version, of managed events too."""
    reader = open_reader(open_sandbox)
    reader.write()
    reader.sandbox.advance(minutes=1)
    in_calendar(reader, event_uid=reader.event()["event_uid"], summary="Lie-in", location="Bed")
    assert reader.event() == written(
        reader.calendar_id,
        summary="Lie-in",
        location={"description": "Bed"},
        updated="2026-05-11T08:01:00Z",
    )

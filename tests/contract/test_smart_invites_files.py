"""The iCalendar files of Smart Invites, as RFC 5545 and 5546 have them (notifications §2.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.contract.documents import Document, Like
from tests.emulator import Sandbox
from tests.mail import strict
from tests.mail.reading import read
from tests.smart_inviting import CLOCK, KIM, LEE, LEFT_OUT, MARY, Application, event, people

Open = Callable[..., Sandbox]

ORGANIZER = Like(r"mailto:[0-9a-f]{32}@invite\.mock-cronofy\.test")


@pytest.fixture
def application(open_sandbox: Open) -> Application:
    return Application(open_sandbox(clock=CLOCK))


def file_of(answer: Document) -> bytes:
    file: str = answer["attachments"]["icalendar"]
    return file.encode()


def vevent(file: bytes) -> strict.Component:
    (found,) = strict.check(file).components("VEVENT")
    return found


def lines(file: bytes) -> list[str]:
    """Unfolded."""
    strict.check(file)
    return file.decode().replace("\r\n ", "").split("\r\n")[:-1]


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def test_a_request_from_end_to_end(application: Application) -> None:
    """2.4, column REQUEST."""
    answer = application.invite(
        event=event(
            tzid="Etc/UTC",
            description="Bring the keys; and a pen,\nplease.",
            location={"description": "Calle Mayor 1", "lat": "40.4168", "long": "-3.7038"},
            url="https://app.test/bookings/118?a=b",
            reminders=[{"minutes": 60}, {"minutes": 0}],
            color="#1A73E8",
        ),
        organizer={"name": "Agency", "email": "viewings@agency.test"},
    )
    uid = Like(r"UID:[0-9a-f]{32}@cronofy\.com")
    assert lines(file_of(answer)) == [
        "BEGIN:VCALENDAR",
        "PRODID:-//mock-cronofy//Invitations//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        uid,
        "DTSTAMP:20260511T080000Z",
        "SEQUENCE:0",
        "DTSTART:20260602T090000Z",
        "DTEND:20260602T093000Z",
        "SUMMARY:Viewing",
        "DESCRIPTION:Bring the keys\\; and a pen\\,\\nplease.",
        "LOCATION:Calle Mayor 1",
        "GEO:40.4168;-3.7038",
        "URL:https://app.test/bookings/118?a=b",
        "TRANSP:OPAQUE",
        "STATUS:CONFIRMED",
        "ORGANIZER;CN=Agency:mailto:viewings@agency.test",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;"
        f"RSVP=TRUE;CN={KIM}:mailto:{KIM}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Viewing",
        "TRIGGER:-PT60M",
        "END:VALARM",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Viewing",
        "TRIGGER:-PT0M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_a_cancellation_from_end_to_end(application: Application) -> None:
    """2.4, column CANCEL: SEQUENCE raised, DTSTAMP new, the people cancelled, no alarm."""
    application.invite(event=event(tzid="Etc/UTC", reminders=[{"minutes": 60}]))
    application.answered(KIM, "accepted")
    application.sandbox.advance(minutes=5)
    assert lines(file_of(application.cancel())) == [
        "BEGIN:VCALENDAR",
        "PRODID:-//mock-cronofy//Invitations//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:CANCEL",
        "BEGIN:VEVENT",
        Like(r"UID:[0-9a-f]{32}@cronofy\.com"),
        "DTSTAMP:20260511T080500Z",
        "SEQUENCE:1",
        "DTSTART:20260602T090000Z",
        "DTEND:20260602T093000Z",
        "SUMMARY:Viewing",
        "TRANSP:OPAQUE",
        "STATUS:CANCELLED",
        Like(r'ORGANIZER;CN="Example Application":mailto:\w{32}@invite\.mock-cronofy\.test'),
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN={KIM}:mailto:{KIM}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@pytest.mark.parametrize(
    ("organizer", "name", "address"),
    [
        (LEFT_OUT, "Example Application", ORGANIZER),
        ({"name": 'The "Agency"'}, 'The "Agency"', ORGANIZER),
        ({"email": "viewings@agency.test"}, "viewings@agency.test", "mailto:viewings@agency.test"),
        ({"name": "A", "email": "V@Agency.test"}, "A", "mailto:v@agency.test"),
    ],
    ids=["none", "name", "email", "both"],
)
def test_organizers(application: Application, organizer: object, name: str, address: str) -> None:
    """2.4 ORGANIZER: an address of the invite's own, or the one that is given."""
    found = vevent(file_of(application.invite(organizer=organizer))).one("ORGANIZER")
    assert (found.parameters["CN"], found.value) == (name, address)


def test_each_invite_has_an_organizer_of_its_own(application: Application) -> None:
    """2.4: unguessable, per invite."""
    files = [file_of(application.invite(smart_invite_id=name)) for name in ("1", "2")]
    assert len({vevent(file).one("ORGANIZER").value for file in files}) == 2


@pytest.mark.parametrize(
    ("status", "partstat", "rsvp"),
    [
        ("pending", "NEEDS-ACTION", "TRUE"),
        ("accepted", "ACCEPTED", None),
        ("tentative", "TENTATIVE", None),
        ("declined", "DECLINED", None),
    ],
)
def test_statuses(application: Application, status: str, partstat: str, rsvp: str | None) -> None:
    """2.4 "Mapping": at first, and after an answer; nobody is asked who has answered."""
    recipients = [{"email": KIM, "status": status}, {"email": LEE}]
    answer = application.invite(recipient=LEFT_OUT, recipients=recipients)
    if status != "pending":
        application.answered(LEE, status)
    newest = application.file(recipient_email=LEFT_OUT)
    for file, people_of in ((file_of(answer), [KIM]), (newest, [KIM])):
        found = {a.value: a.parameters for a in vevent(file).all("ATTENDEE")}
        for email in people_of:
            parameters = found[f"mailto:{email}"]
            assert (parameters["PARTSTAT"], parameters.get("RSVP")) == (partstat, rsvp)
    last = vevent(newest).all("ATTENDEE")[1].parameters
    assert last["PARTSTAT"] == partstat


def test_one_file_for_all_and_one_for_who_leaves(application: Application) -> None:
    """2.1, RFC 5546 §3.2.5: who is taken out is alone in the cancellation, which has no STATUS;
    the others stand in the request, whose SEQUENCE is raised, too."""
    application.invite_several(KIM, LEE, MARY)
    answer = application.invite(method="remove", event=LEFT_OUT)
    staying = vevent(file_of(answer))
    leaving = strict.check(answer["attachments"]["removed"]["icalendar"].encode())
    assert leaving.one("METHOD").value == "CANCEL"
    (gone,) = leaving.components("VEVENT")
    assert [a.value for a in gone.all("ATTENDEE")] == [f"mailto:{KIM}"]
    assert gone.all("STATUS") == []
    assert [a.value for a in staying.all("ATTENDEE")] == [f"mailto:{LEE}", f"mailto:{MARY}"]
    for name in ("UID", "SEQUENCE", "DTSTAMP", "ORGANIZER"):
        assert gone.one(name).value == staying.one(name).value
    assert staying.one("SEQUENCE").value == "1"


@pytest.mark.parametrize(
    ("changes", "start", "end", "zones"),
    [
        ({"tzid": "Etc/UTC"}, "DTSTART:20260602T090000Z", "DTEND:20260602T093000Z", []),
        (
            {},
            "DTSTART;TZID=Europe/Madrid:20260602T110000",
            "DTEND;TZID=Europe/Madrid:20260602T113000",
            ["Europe/Madrid"],
        ),
        (
            {"end": {"time": "2026-06-02T12:00:00", "tzid": "Europe/Lisbon"}},
            "DTSTART;TZID=Europe/Madrid:20260602T110000",
            "DTEND;TZID=Europe/Lisbon:20260602T120000",
            ["Europe/Madrid", "Europe/Lisbon"],
        ),
        (
            {"start": "2026-06-02", "end": "2026-06-04"},
            "DTSTART;VALUE=DATE:20260602",
            "DTEND;VALUE=DATE:20260604",
            [],
        ),
    ],
    ids=["UTC", "zone", "two zones", "all day"],
)
def test_times(
    application: Application, changes: Document, start: str, end: str, zones: list[str]
) -> None:
    """2.4 DTSTART, DTEND: Z for UTC, TZID with its VTIMEZONE otherwise, dates with an exclusive
    end; in cancellations, too."""
    for answer in (application.invite(event=event(**changes)), application.cancel()):
        calendar = strict.check(file_of(answer))
        assert {start, end} <= set(lines(file_of(answer)))
        found = [zone.one("TZID").value for zone in calendar.components("VTIMEZONE")]
        assert found == zones


def test_all_day_is_free_unless_it_says_otherwise(application: Application) -> None:
    """TRANSP, from the event (assumed for days)."""
    day: Any = {"start": "2026-06-02", "end": "2026-06-03"}
    for more, expected in (({}, "TRANSPARENT"), ({"transparency": "opaque"}, "OPAQUE")):
        answer = application.invite(event=event(**day, **more))
        assert vevent(file_of(answer)).one("TRANSP").value == expected


def test_what_thunderbird_reads(application: Application) -> None:
    """ical.js, its calendar library, reads what was meant: texts that need escaping, time zones
    in summer and winter, whole days, people."""
    said = {
        "summary": 'Größe; "C:\\New", 🗓 ' + "long " * 30,
        "description": "One\nTwo; three, four\\n",
        "location": {"description": "Calle Mayor, 1"},
    }
    spans = [
        ("2026-06-02T09:00:00Z", "2026-06-02T09:30:00Z", "Europe/Madrid"),
        ("2026-12-02T09:00:00Z", "2026-12-02T09:30:00Z", "America/New_York"),
        ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "Europe/Madrid"),
        ("2026-06-02", "2026-06-04", "Asia/Tokyo"),
    ]
    recipients = [*people(KIM, status="tentative"), *people(LEE)]
    files = []
    for start, end, tzid in spans:
        body = {**said, "start": start, "end": end, "tzid": tzid}
        answer = application.invite(recipient=LEFT_OUT, recipients=recipients, event=body)
        strict.check(file_of(answer))
        files.append(file_of(answer))
    files.append(file_of(application.cancel(recipient=LEFT_OUT, recipients=recipients)))
    methods = ["REQUEST"] * 4 + ["CANCEL"]
    for found, method, (start, end, _) in zip(
        read(files), methods, [*spans, spans[-1]], strict=True
    ):
        all_day = len(start) == 10
        instants = [f"{text}T00:00:00Z" if all_day else text for text in (start, end)]
        assert found == {
            "method": method,
            "uid": Like(r"[0-9a-f]{32}@cronofy\.com"),
            "summary": said["summary"],
            "description": said["description"],
            "location": "Calle Mayor, 1",
            "categories": [],
            "start": seconds(instants[0]),
            "end": seconds(instants[1]),
            "all_day": all_day,
            "attendees": [
                [f"mailto:{KIM}", KIM, "TENTATIVE"],
                [f"mailto:{LEE}", LEE, "NEEDS-ACTION"],
            ],
            "occurrences": [],
        }

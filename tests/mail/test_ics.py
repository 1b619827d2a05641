"""Invitations as iCalendar objects: whole documents, and text that tries to break out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.ical import ics
from mock_server.world.events import Attached, Attendee, Meeting, Organizer, Recurrence, WeekDay
from mock_server.world.outbox import Invite
from tests.mail.invites import KIM, at, invite
from tests.mail.reading import read
from tests.mail.strict import Component, check

FRAME = """\
BEGIN:VCALENDAR
PRODID:-//mock-cronofy//Invitations//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:{method}
BEGIN:VEVENT
UID:evt_1@cronofy.com
DTSTAMP:20270201T080000Z
SEQUENCE:0
{event}END:VEVENT
END:VCALENDAR
"""
PEOPLE = """\
ORGANIZER;CN=Planner:mailto:planner@cronofy.test
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP
 =TRUE;CN=Kim:mailto:kim@guest.test
"""
CANCELLED_PEOPLE = """\
ORGANIZER;CN=Planner:mailto:planner@cronofy.test
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN=K
 im:mailto:kim@guest.test
"""


def written(wanted: Invite) -> str:
    """The document with plain newlines, after the strict reader has had it."""
    content = ics.document(wanted)
    check(content)
    return content.decode().replace("\r\n", "\n")


def event(wanted: Invite) -> Component:
    return check(ics.document(wanted)).components("VEVENT")[0]


def said(wanted: Invite, *names: str) -> list[str]:
    """The properties of these names, as NAME:value or NAME;VALUE=DATE:value."""
    return [
        "".join([p.name, *(f";{k}={v}" for k, v in p.parameters.items()), ":", p.value])
        for name in names
        for p in event(wanted).all(name)
    ]


def test_a_request() -> None:
    assert written(invite()) == FRAME.format(
        method="REQUEST",
        event=f"""\
DTSTART:20270304T093000Z
DTEND:20270304T100000Z
SUMMARY:Planning
TRANSP:OPAQUE
STATUS:CONFIRMED
{PEOPLE}""",
    )


def test_everything_that_an_event_may_say() -> None:
    wanted = invite(
        description="Bring numbers;\nand cake, please",
        location="Room 1",
        lat="52.5",
        long="-13.25",
        url="https://acme.test/planning?a=1",
        transparency="out_of_office",
        private=True,
        categories=("a, b", "c"),
        reminders=(10, 1440),
        meeting=Meeting("https://zoom.us/j/1", "zoom"),
        attachments=(
            Attached("att_1", "a, b; (ß).pdf", "application/pdf", "https://acme.test/a%2C"),
            Attached("att_2", "c.pdf", "application/pdf", "no address"),
        ),
    )
    assert written(wanted) == FRAME.format(
        method="REQUEST",
        event=f"""\
DTSTART:20270304T093000Z
DTEND:20270304T100000Z
SUMMARY:Planning
DESCRIPTION:Bring numbers\\;\\nand cake\\, please
LOCATION:Room 1
GEO:52.5;-13.25
URL:https://acme.test/planning?a=1
CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=zoom:https://zoom.us/j/1
CATEGORIES:a\\, b,c
TRANSP:OPAQUE
X-MICROSOFT-CDO-BUSYSTATUS:OOF
CLASS:PRIVATE
STATUS:CONFIRMED
{PEOPLE}ATTACH;FMTTYPE=application/pdf;FILENAME="a, b; (ß).pdf":https://acme.test
 /a%2C
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Planning
TRIGGER:-PT10M
END:VALARM
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Planning
TRIGGER:-PT1440M
END:VALARM
""",
    )


@pytest.mark.parametrize(("whole", "status"), [(True, "STATUS:CANCELLED\n"), (False, "")])
def test_a_cancellation(whole: bool, status: str) -> None:
    """No alarm, no file, no answer wanted; STATUS only where the event itself ends (RFC 5546
    §3.2.5)."""
    file = Attached("att_1", "a.pdf", "application/pdf", "https://acme.test/a")
    told = invite("CANCEL", whole=whole, reminders=(10,), attachments=(file,))
    assert written(told) == FRAME.format(
        method="CANCEL",
        event=f"""\
DTSTART:20270304T093000Z
DTEND:20270304T100000Z
SUMMARY:Planning
TRANSP:OPAQUE
{status}{CANCELLED_PEOPLE}""",
    )


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"start": at(2027, 3, 4), "end": at(2027, 3, 6), "all_day": True},
            ["DTSTART;VALUE=DATE:20270304", "DTEND;VALUE=DATE:20270306"],
        ),
        # DTEND has to be later; without it an event lasts no time, or its day.
        ({"start": at(2027, 3, 4, 9), "end": at(2027, 3, 4, 9)}, ["DTSTART:20270304T090000Z"]),
        (
            {"start": at(2027, 3, 4), "end": at(2027, 3, 4), "all_day": True},
            ["DTSTART;VALUE=DATE:20270304"],
        ),
        (
            {"start_tzid": "Asia/Tokyo", "end_tzid": "UTC"},
            ["DTSTART;TZID=Asia/Tokyo:20270304T183000", "DTEND:20270304T100000Z"],
        ),
        # Clocks in London show half past one twice on this day.
        (
            {
                "start": at(2027, 10, 31, 0, 30),
                "end": at(2027, 10, 31, 2),
                "start_tzid": "Europe/London",
                "end_tzid": "Europe/London",
            },
            ["DTSTART:20271031T003000Z", "DTEND;TZID=Europe/London:20271031T020000"],
        ),
    ],
)
def test_times(changed: dict[str, Any], expected: list[str]) -> None:
    assert said(invite(**changed), "DTSTART", "DTEND") == expected


@pytest.mark.parametrize(
    ("transparency", "expected"),
    [
        ("opaque", ["TRANSP:OPAQUE"]),
        ("transparent", ["TRANSP:TRANSPARENT"]),
        ("tentative", ["TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE"]),
        ("out_of_office", ["TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF"]),
        ("working_elsewhere", ["TRANSP:OPAQUE", "X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE"]),
    ],
)
def test_busy_or_free(transparency: str, expected: list[str]) -> None:
    found = said(invite(transparency=transparency), "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS")
    assert found == expected


def test_answers_that_are_known() -> None:
    statuses = ("needs_action", "accepted", "tentative", "declined", "unknown")
    people = tuple(Attendee(f"{status}@guest.test", None, status) for status in statuses)
    found = event(invite(attendees=people)).all("ATTENDEE")
    assert [(p.parameters["PARTSTAT"], p.parameters.get("RSVP"), p.value) for p in found] == [
        ("NEEDS-ACTION", "TRUE", "mailto:needs_action@guest.test"),
        ("ACCEPTED", None, "mailto:accepted@guest.test"),
        ("TENTATIVE", None, "mailto:tentative@guest.test"),
        ("DECLINED", None, "mailto:declined@guest.test"),
        ("NEEDS-ACTION", "TRUE", "mailto:unknown@guest.test"),
    ]


LONDON = {"start_tzid": "Europe/London", "end_tzid": "Europe/London"}
ALL_DAY = {"start": at(2027, 3, 4), "end": at(2027, 3, 5), "all_day": True}


@pytest.mark.parametrize(
    ("recurrence", "changed", "expected"),
    [
        (Recurrence("daily"), {}, ["RRULE:FREQ=DAILY"]),
        (Recurrence("yearly", 2, count=3), {}, ["RRULE:FREQ=YEARLY;COUNT=3;INTERVAL=2"]),
        (
            Recurrence("weekly", 1, (WeekDay("monday"), WeekDay("sunday"))),
            {},
            ["RRULE:FREQ=WEEKLY;BYDAY=MO,SU"],
        ),
        (
            Recurrence("monthly", 1, (WeekDay("friday", -1), WeekDay("friday", 1))),
            {},
            ["RRULE:FREQ=MONTHLY;BYDAY=-1FR,1FR"],
        ),
        # The last moment of that day in London, an hour ahead by then.
        (
            Recurrence("daily", until="2027-06-01", exceptions=("2027-03-30",)),
            LONDON,
            [
                "RRULE:FREQ=DAILY;UNTIL=20270601T225959Z",
                "EXDATE;TZID=Europe/London:20270330T093000",
            ],
        ),
        (
            Recurrence("daily", exceptions=("2027-03-30", "2027-03-31")),
            {},
            ["RRULE:FREQ=DAILY", "EXDATE:20270330T093000Z,20270331T093000Z"],
        ),
        (
            Recurrence("daily", until="2027-06-01", exceptions=("2027-03-30",)),
            ALL_DAY,
            ["RRULE:FREQ=DAILY;UNTIL=20270601", "EXDATE;VALUE=DATE:20270330"],
        ),
    ],
)
def test_series(recurrence: Recurrence, changed: dict[str, Any], expected: list[str]) -> None:
    assert said(invite(recurrence=recurrence, **changed), "RRULE", "EXDATE") == expected


HOSTILE = [
    "x\r\nBEGIN:VEVENT\r\nUID:2",
    "x\nEND:VEVENT",
    "\r",
    "a\"b;c:d,e\\n^n^'^^",
    "C:\\New\\Notes",
    "tab\tnull\x00bell\x07delete\x7fnext\x85line\u2028paragraph\u2029",
    "😀" * 300,
    "é\u0301" * 5000,
    "long " * 20_000,
    " leading and trailing ",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_text_stays_in_its_property(text: str) -> None:
    wanted = invite(
        summary=text,
        description=text,
        location=text,
        url=f"https://x.test/{text}",
        categories=(text, "last"),
        organizer=Organizer(f"o{text}@x.test", text),
        attendees=(KIM, Attendee(f"{text}@x.test", text)),
        meeting=Meeting(f"https://x.test/{text}", text),
        reminders=(5,),
    )
    content = ics.document(wanted)
    found = check(content).components("VEVENT")[0]
    shown = ics.clean(text)
    assert len(check(content).components("VEVENT")) == 1
    assert [p.text for n in ("SUMMARY", "DESCRIPTION", "LOCATION") for p in found.all(n)] == (
        [shown] * 3
    )
    assert found.one("CATEGORIES").texts == [shown, "last"]
    assert found.one("ORGANIZER").parameters["CN"] == shown
    assert [p.parameters["CN"] for p in found.all("ATTENDEE")] == ["Kim", shown]
    assert found.components("VALARM")[0].one("DESCRIPTION").text == shown


def test_what_is_no_address_is_left_out() -> None:
    found = said(invite(url="planning", lat="1e3", long="0"), "URL", "GEO")
    assert found == []


def test_another_library_reads_the_same_words() -> None:
    # But for a backslash in a name: ical.js reads \\n there as a newline, against RFC 6868.
    names = [text.replace("\\", "/") for text in HOSTILE]
    invites = [
        invite(
            summary=text,
            description=text,
            location=text,
            categories=(text, "last"),
            attendees=(Attendee("kim@guest.test", name, "accepted"),),
        )
        for text, name in zip(HOSTILE, names, strict=True)
    ]
    found = read([ics.document(wanted) for wanted in invites])
    for wanted, said in zip(invites, found, strict=True):
        text, name = ics.clean(wanted.details.summary), wanted.attendees[0].display_name or ""
        assert said == {
            "method": "REQUEST",
            "uid": "evt_1@cronofy.com",
            "summary": text,
            "description": text,
            "location": text,
            "categories": [text, "last"],
            "start": at(2027, 3, 4, 9, 30),
            "end": at(2027, 3, 4, 10),
            "all_day": False,
            "attendees": [["mailto:kim@guest.test", ics.clean(name), "ACCEPTED"]],
            "occurrences": [],
        }


texts = st.text(st.characters(codec=None), max_size=200) | st.text('\\nN;,:"^\r\n \t', max_size=40)


@given(summary=texts, description=texts, location=texts, name=texts, category=texts)
def test_any_text_comes_back(
    summary: str, description: str, location: str, name: str, category: str
) -> None:
    wanted = invite(
        summary=summary,
        description=description,
        location=location,
        organizer=Organizer("o@x.test", name),
        categories=(category,),
    )
    found = check(ics.document(wanted)).components("VEVENT")[0]
    assert found.one("SUMMARY").text == ics.clean(summary)
    assert [p.text for p in found.all("DESCRIPTION")] == [ics.clean(t) for t in (description,) if t]
    assert [p.text for p in found.all("LOCATION")] == [ics.clean(t) for t in (location,) if t]
    assert found.one("ORGANIZER").parameters["CN"] == (ics.clean(name) if name else "o@x.test")
    assert found.one("CATEGORIES").texts == [ics.clean(category)]

"""Reading invitations, as applications mail them: what was written comes back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.ical import ics, reading
from mock_server.ical.invitations import invitation
from mock_server.ical.reading import Unreadable
from mock_server.world.events import Attendee, Organizer
from mock_server.world.outbox import Invite
from tests.mail.invites import KIM, STAMP, UID, at, invite

LEE = Attendee("lee+x@guest.test", None, "tentative")


def back(wanted: Invite) -> Invite:
    """``wanted``, after it has been written and read."""
    return invitation(reading.read(ics.document(wanted)))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"start": at(2027, 3, 4), "end": at(2027, 3, 6), "all_day": True},
        {"start_tzid": "Europe/Madrid", "end_tzid": "Europe/Madrid"},
        {"start_tzid": "America/New_York", "end_tzid": "Asia/Tokyo"},
        {"attendees": (KIM, LEE, Attendee("m@x.test", 'A "B", C; D^', "declined"))},
        {"organizer": Organizer("agency@x.test")},
        {"lat": "40.4168", "long": "-3.7"},
        {"url": "https://app.test/118?a=b,c;d"},
        {"transparency": "transparent"},
        {"reminders": (60, 0, 40320)},
    ],
    ids=lambda changed: ",".join(changed) or "plain",
)
@pytest.mark.parametrize("method", ["REQUEST", "CANCEL"])
def test_round_trip(method: str, changed: dict[str, Any]) -> None:
    """Alarms are the request's alone."""
    wanted = invite(method, **changed)
    if method == "CANCEL":
        without = {**changed, "reminders": None}
        assert back(wanted) == invite(method, **without)
    else:
        assert back(wanted) == wanted


def test_who_is_taken_out() -> None:
    wanted = invite("CANCEL", whole=False)
    assert back(wanted) == wanted


texts = st.text(st.characters(codec="utf-8"), max_size=200) | st.text(
    '\\nN;,:"^\r\n \t', max_size=40
)


@given(summary=texts, description=texts, location=texts, name=texts)
def test_any_text(summary: str, description: str, location: str, name: str) -> None:
    """But for what no calendar could show."""
    found = back(
        invite(
            summary=summary,
            description=description,
            location=location,
            attendees=(Attendee(KIM.email, name),),
        )
    ).details
    assert (found.summary, found.description, found.location) == (
        ics.clean(summary),
        ics.clean(description),
        ics.clean(location),
    )


def calendar(*lines: str) -> bytes:
    """A request with ``lines``, besides what it has to have."""
    written = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:REQUEST", "BEGIN:VEVENT", f"UID:{UID}"),
        *("DTSTAMP:20270201T080000Z", "ORGANIZER:mailto:a@b.test", "ATTENDEE:MAILTO:Kim@x.test"),
        *lines,
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    return "\r\n".join(written).encode()


@pytest.mark.parametrize(
    ("lines", "start", "end"),
    [
        (["DTSTART:20270304T110000Z"], at(2027, 3, 4, 11), at(2027, 3, 4, 11)),
        (
            ["DTSTART:20270304T110000Z", "DURATION:PT45M"],
            at(2027, 3, 4, 11),
            at(2027, 3, 4, 11, 45),
        ),
        (["DTSTART:20270304T110000Z", "DTEND:20270304T100000Z"], at(2027, 3, 4, 11), None),
        (["DTSTART;VALUE=DATE:20270304"], at(2027, 3, 4), at(2027, 3, 5)),
        (["DTSTART:20270304T110000"], at(2027, 3, 4, 11), at(2027, 3, 4, 11)),
    ],
    ids=["no end", "duration", "end before start", "one day", "floating"],
)
def test_times(lines: list[str], start: int, end: int | None) -> None:
    """RFC 5545 §3.6.1: an end may be missing."""
    found = invitation(reading.read(calendar(*lines))).details
    assert (found.start, found.end) == (start, end or start)


def test_what_need_not_be_there() -> None:
    found = invitation(reading.read(calendar("DTSTART:20270304T110000Z")))
    assert found.stamp == STAMP
    assert found.attendees == (Attendee("kim@x.test"),)
    assert found.details.organizer == Organizer("a@b.test")
    assert (found.sequence, found.details.summary) == (0, "")


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20270304T110000Z", "DURATION:P999999999D"],
        ["DTSTART:20270304T110000Z", "DURATION:-PT1H"],
        ["DTSTART:99990304T110000Z"],
        ["DTSTART;TZID=Mars:20270304T110000"],
        ["DTSTART:soon"],
        ["DTSTART:20270304T110000Z", "SEQUENCE:-1"],
        ["DTSTART:20270304T110000Z", "RDATE:20270305T110000Z"],
        ["DTSTART:20270304T110000Z", "RECURRENCE-ID:20270305T110000Z"],
        ["DTSTART:20270304T110000Z", "ATTENDEE:mailto:kim"],
    ],
    ids=lambda lines: lines[-1],
)
def test_what_is_refused(lines: list[str]) -> None:
    with pytest.raises(Unreadable, match=r"expected|It has an|no zone"):
        invitation(reading.read(calendar(*lines)))


words = st.sampled_from(
    [
        *ics.document(invite(reminders=(5,), lat="1", long="2")).decode().split("\r\n"),
        *("DTSTART;VALUE=DATE:20270304", "DURATION:PT1H", "GEO:1", "GEO:1;x", "STATUS:CANCELLED"),
        *("TRIGGER:-PT1H", "URL:", "ATTENDEE;CN=:mailto:@", "DTEND;TZID=:20270304T110000"),
    ]
)


@given(st.lists(words | st.text(max_size=30), max_size=30))
def test_any_lines_are_read_or_refused(written: list[str]) -> None:
    """And what has been read can be written."""
    try:
        found = invitation(reading.read(calendar(*written)))
    except Unreadable:
        return
    ics.document(found)

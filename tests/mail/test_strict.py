"""The strict reader itself: it refuses what is broken."""

from __future__ import annotations

import pytest

from mock_server.ical import ics
from mock_server.world.events import Recurrence
from tests.mail.invites import invite
from tests.mail.strict import Broken, check

GOOD = ics.document(
    invite(
        start_tzid="Europe/London",
        end_tzid="Europe/London",
        reminders=(5,),
        recurrence=Recurrence("daily", until="2027-06-01", exceptions=("2027-03-05",)),
        description="é" * 100,
    )
)


def test_it_takes_what_is_right() -> None:
    check(GOOD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\r\n", b"\n"),
        (b"SUMMARY:Planning\r\n", b"SUMMARY:Planning\n"),
        (b"SUMMARY:Planning", b"SUMMARY:" + b"x" * 70),
        (b"\xc3\xa9\r\n \xc3", b"\xc3\xa9\xc3\r\n "),
        (b"SUMMARY:Planning", b"SUMMARY:a;b"),
        (b"SUMMARY:Planning", b"SUMMARY:a\\x"),
        (b"SUMMARY:Planning", b"SUMMARY:a\x00"),
        (b"SUMMARY:Planning", b"SUMMARY Planning"),
        (b"SUMMARY:Planning\r\n", b""),
        (b"SUMMARY:Planning\r\n", b"SUMMARY:Planning\r\nSUMMARY:Again\r\n"),
        (b"UID:evt_1@cronofy.com\r\n", b""),
        (b"DTSTAMP:20270201T080000Z", b"DTSTAMP:20270201T080000"),
        (b"VERSION:2.0\r\n", b""),
        (b"PRODID:", b"X-PRODID:"),
        (b"METHOD:REQUEST", b"METHOD:PUBLISH"),
        (b"METHOD:REQUEST", b"METHOD:CANCEL"),
        (b"DTSTART;TZID=Europe/London:", b"DTSTART;TZID=Europe/Paris:"),
        (b"DTSTART;TZID=Europe/London:", b"DTSTART:"),
        (b"DTSTART;TZID=Europe/London:20270304T093000", b"DTSTART;VALUE=DATE:20270304"),
        (b"DTEND;TZID=Europe/London:20270304T1", b"DTEND;TZID=Europe/London:20270303T1"),
        (b"DTEND;", b"DTSTART;"),
        (b"DTEND;TZID=Europe/London:20270304T100000", b"DURATION:PT1H"),
        (b"20270304T093000", b"20270230T093000"),
        (b"EXDATE;TZID=Europe/London:20270305T093000", b"EXDATE;VALUE=DATE:20270305"),
        (b"UNTIL=20270601T225959Z", b"UNTIL=20270601"),
        (b"UNTIL=20270601T225959Z", b"UNTIL=20270601T225959Z;COUNT=3"),
        (b"UNTIL=20270601T225959Z", b"BYDAY=1MO"),
        (b"FREQ=DAILY", b"FREQ=SOMETIMES"),
        (b"TZOFFSETFROM:+0000", b"TZOFFSETFROM:0000"),
        (b"TZOFFSETFROM:+0000\r\n", b""),
        (b"CN=Kim", b'CN="Kim'),
        (b"CN=Kim", b"CN=^Kim"),
        (b"CN=Kim", b"CN=a\x07"),
        (b"mailto:kim@guest.test", b"kim@guest.test"),
        (b"mailto:kim@guest.test", b"mailto:kim @guest.test"),
        (b"PARTSTAT=NEEDS-ACTION", b"PARTSTAT=PERHAPS"),
        (b"STATUS:CONFIRMED", b"STATUS:CANCELLED"),
        (b"TRIGGER:-PT5M", b"TRIGGER:5"),
        (b"ACTION:DISPLAY\r\n", b""),
        (b"END:VALARM\r\n", b""),
        (b"END:VCALENDAR", b"END:VCALENDAR\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR"),
        (b"BEGIN:VALARM", b"BEGIN:VTODO"),
    ],
)
def test_it_refuses_what_is_broken(old: bytes, new: bytes) -> None:
    assert old in GOOD
    broken = GOOD.replace(old, new) if old == b"\r\n" else GOOD.replace(old, new, 1)
    if old.startswith((b"DTSTART;", b"TZOFF")) or old == b"BEGIN:VALARM":
        broken = GOOD.replace(old, new)
    with pytest.raises((Broken, ValueError)):
        check(broken)

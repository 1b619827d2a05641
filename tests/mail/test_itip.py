"""Reading answers: what mail programs send, what is malformed, and what is meant to harm."""

from __future__ import annotations

import base64
import time
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.delivery.itip import LARGEST_MAIL
from mock_server.delivery.itip import from_mail as read_mail
from mock_server.ical import answers, ics, reading
from mock_server.ical.answers import Answer
from mock_server.ical.reading import LARGEST_CALENDAR, Unreadable
from tests.mail.invites import at, invite

# Seconds that reading anything may take; on a busy machine most of it is waiting.
LIMIT = 5

REPLY = b"""\
BEGIN:VCALENDAR\r
PRODID:-//Acme//Mail//EN\r
VERSION:2.0\r
METHOD:REPLY\r
BEGIN:VEVENT\r
UID:evt_1@cronofy.com\r
DTSTAMP:20270201T090000Z\r
SEQUENCE:2\r
ATTENDEE;PARTSTAT=DECLINED;CN="Kim; G":mailto:Kim@Guest.test\r
ORGANIZER:mailto:planner@cronofy.test\r
COMMENT:Sorry\\, no\\ntime\r
REQUEST-STATUS:2.0;Success\r
END:VEVENT\r
END:VCALENDAR\r
"""
DECLINED = Answer(
    method="REPLY",
    uid="evt_1@cronofy.com",
    attendee="kim@guest.test",
    status="declined",
    sequence=2,
    stamp=at(2027, 2, 1, 9),
    comment="Sorry, no\ntime",
)


def parse(content: bytes, sender: str | None = None) -> Answer:
    return answers.answer(reading.read(content), sender)


def calendar(*lines: str, method: str = "REPLY") -> bytes:
    """An answer with ``lines`` in its VEVENT, besides a UID."""
    written = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        "UID:1",
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(written).encode()


KIM = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:kim@guest.test"


def test_a_reply() -> None:
    assert parse(REPLY) == DECLINED


@pytest.mark.parametrize(
    "content",
    [
        REPLY.replace(b"\r\n", b"\n"),
        b"\xef\xbb\xbf" + REPLY,
        REPLY.replace(b"\r\n", b"\r\n\r\n"),
        REPLY.replace(b"UID:evt_1@cronofy.com", b"UID:evt_1@cron\r\n ofy.com"),
        REPLY.replace(b"PARTSTAT=DECLINED", b"partstat=declined"),
        REPLY.replace(b"mailto:", b"MAILTO:"),
        REPLY.replace(b"Kim@Guest.test", b"Kim%40Guest.test"),
        REPLY.replace(
            b"BEGIN:VEVENT", b"BEGIN:VTIMEZONE\r\nTZID:x\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT"
        ),
        REPLY.replace(b"END:VEVENT", b"BEGIN:VALARM\r\nUID:other\r\nEND:VALARM\r\nEND:VEVENT"),
    ],
)
def test_the_same_reply_written_otherwise(content: bytes) -> None:
    assert parse(content) == DECLINED


@pytest.mark.parametrize(
    ("partstat", "reply", "counter"),
    [
        (";PARTSTAT=ACCEPTED", "accepted", "accepted"),
        (";PARTSTAT=TENTATIVE", "tentative", "tentative"),
        (";PARTSTAT=DECLINED", "declined", "declined"),
        (";PARTSTAT=NEEDS-ACTION", "needs_action", "tentative"),
        (";PARTSTAT=DELEGATED", "needs_action", "tentative"),
        (";PARTSTAT=X-OTHER", "needs_action", "tentative"),
        ("", "needs_action", "tentative"),
    ],
)
def test_statuses(partstat: str, reply: str, counter: str) -> None:
    attendee = f"ATTENDEE{partstat}:mailto:kim@guest.test"
    assert parse(calendar(attendee)) == Answer("REPLY", "1", "kim@guest.test", reply)
    assert parse(calendar(attendee, method="COUNTER")) == Answer(
        "COUNTER", "1", "kim@guest.test", counter
    )


@pytest.mark.parametrize(
    ("times", "start", "end"),
    [
        (
            ["DTSTART:20270304T110000Z", "DTEND:20270304T113000Z"],
            at(2027, 3, 4, 11),
            at(2027, 3, 4, 11, 30),
        ),
        (
            ["DTSTART;TZID=Europe/Madrid:20270604T110000", "DURATION:PT30M"],
            at(2027, 6, 4, 9),
            at(2027, 6, 4, 9, 30),
        ),
        (
            ['DTSTART;TZID="W. Europe Standard Time":20270304T110000', "DURATION:P1D"],
            at(2027, 3, 4, 10),
            at(2027, 3, 5, 10),
        ),
        (
            ["DTSTART;TZID=/vendor.test/2027/America/New_York:20270304T110000", "DURATION:PT1H"],
            at(2027, 3, 4, 16),
            at(2027, 3, 4, 17),
        ),
        (
            [
                "DTSTART;TZID=/vendor.test/America/Argentina/Ushuaia:20270304T110000",
                "DURATION:PT1H",
            ],
            at(2027, 3, 4, 14),
            at(2027, 3, 4, 15),
        ),
        (
            ["DTSTART;VALUE=DATE:20270304", "DTEND;VALUE=DATE:20270306"],
            at(2027, 3, 4),
            at(2027, 3, 6),
        ),
    ],
)
def test_proposals(times: list[str], start: int, end: int) -> None:
    proposal = parse(calendar(KIM, *times, method="COUNTER")).proposal
    assert proposal is not None
    assert (proposal.start, proposal.end) == (start, end)


@pytest.mark.parametrize("times", [[], ["DTSTART:20270304T110000Z"]])
def test_half_a_proposal(times: list[str]) -> None:
    """Nothing is proposed by whoever does not say both when it starts and when it ends."""
    assert parse(calendar(KIM, *times, method="COUNTER")).proposal is None


def test_a_reply_proposes_nothing() -> None:
    answer = parse(calendar(KIM, "DTSTART;TZID=Unknown:20270304T110000"))
    assert answer.proposal is None


def test_the_sender_among_several() -> None:
    content = calendar(KIM, "ATTENDEE;PARTSTAT=DECLINED:mailto:lee@guest.test", method="COUNTER")
    assert parse(content, "lee@guest.test").status == "declined"


def test_the_address_beside_an_identifier() -> None:
    """Apple names people so who are in a directory."""
    content = calendar("ATTENDEE;PARTSTAT=ACCEPTED;EMAIL=kim@guest.test:urn:uuid:1-2")
    assert parse(content).attendee == "kim@guest.test"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "It holds no VEVENT in a VCALENDAR."),
        (b"Hello\r\n", "It begins with 'Hello'; expected BEGIN:VCALENDAR."),
        (ics.document(invite()), "METHOD is 'REQUEST'; expected REPLY or COUNTER."),
        (REPLY.replace(b"METHOD:REPLY\r\n", b""), "It has no METHOD."),
        (REPLY.replace(b"UID:evt_1@cronofy.com\r\n", b""), "It has no UID."),
        (calendar(), "It has no ATTENDEE, so nobody answers."),
        (
            calendar(KIM, KIM.replace("kim", "lee")),
            "It names 2 ATTENDEEs, none of them its sender; expected the one who answers.",
        ),
        (
            calendar("ATTENDEE:mailto:kim"),
            "ATTENDEE is 'mailto:kim'; expected mailto: and an e-mail address.",
        ),
        (
            calendar("ATTENDEE:mailto:kim@x%0d%0aBcc:y"),
            "ATTENDEE is 'mailto:kim@x%0d%0aBcc:y'; expected mailto: and an e-mail address.",
        ),
        (calendar(KIM, "SEQUENCE:-1"), "SEQUENCE is '-1'; expected a whole number from 0."),
        (calendar(KIM, "DTSTAMP:soon"), "DTSTAMP is 'soon'; expected a date or a time."),
        (
            calendar(KIM, "DTSTART;TZID=Moon:20270304T110000", method="COUNTER"),
            "DTSTART has the TZID 'Moon', which is no zone of the tz database.",
        ),
        (
            calendar(KIM, "DTSTART:20270304T110000Z", "DURATION:20270304", method="COUNTER"),
            "DURATION is a time; expected a duration like PT30M.",
        ),
        (
            calendar(KIM, "RECURRENCE-ID:20270304T110000Z"),
            "It has a RECURRENCE-ID, so it is about one occurrence; "
            "expected an answer about the whole series.",
        ),
        (calendar(KIM, "garbage"), "'garbage' is not a line of the form NAME:value."),
        (calendar(KIM, "END:VALARM"), "'END:VALARM' ends no component that has begun."),
        (calendar(KIM, "BEGIN:VALARM"), "'END:VEVENT' ends no component that has begun."),
        (REPLY[: -len("END:VCALENDAR\r\n")], "The component 'VCALENDAR' has no END."),
        (
            b"x" * (LARGEST_CALENDAR + 1),
            "The calendar has 262145 octets; expected at most 262144.",
        ),
    ],
)
def test_what_is_no_answer_says_why(content: bytes, why: str) -> None:
    with pytest.raises(Unreadable) as error:
        parse(content)
    assert str(error.value) == why


def mail(**part: str) -> EmailMessage:
    """A mail of Kim's mail program, which has the answer beside its words."""
    message = EmailMessage()
    message["From"] = "Kim <Kim@Guest.test>"
    message["To"] = "planner@cronofy.test"
    message.set_content("Kim has declined.\n")
    message.add_alternative(REPLY.decode(), subtype="calendar", params={"method": "REPLY"}, **part)
    return message


@pytest.mark.parametrize("cte", ["7bit", "8bit", "quoted-printable", "base64"])
def test_mails_in_every_transfer_encoding(cte: str) -> None:
    assert read_mail(bytes(mail(cte=cte))) == DECLINED


def test_a_calendar_alone() -> None:
    assert read_mail(b"Content-Type: text/calendar; method=REPLY\r\n\r\n" + REPLY) == DECLINED


def test_an_attachment_in_a_forwarded_mail() -> None:
    inner = EmailMessage()
    inner.set_content("Fwd")
    inner.add_attachment(REPLY, maintype="application", subtype="octet-stream", filename="A.ICS")
    outer = EmailMessage()
    outer.set_content("See below")
    outer.add_attachment(inner)
    assert read_mail(bytes(outer)) == DECLINED


def test_a_charset_other_than_utf8() -> None:
    content = calendar(KIM, "COMMENT:später").decode().encode("latin-1")
    raw = b'Content-Type: text/calendar; charset="ISO-8859-1"\r\n\r\n' + content
    answer = read_mail(raw)
    assert answer is not None
    assert answer.comment == "später"


def test_the_first_calendar_that_is_an_answer() -> None:
    message = EmailMessage()
    message.set_content("Re: Invitation")
    for content in (ics.document(invite()), REPLY):
        message.add_attachment(content, maintype="text", subtype="calendar", filename="x.ics")
    assert read_mail(bytes(message)) == DECLINED


def test_a_mail_without_a_calendar_is_no_answer() -> None:
    assert read_mail(b"From: kim@guest.test\r\n\r\nThank you!\r\n") is None


def test_a_mail_whose_calendar_is_no_answer_says_why() -> None:
    message = EmailMessage()
    published = ics.document(invite()).decode().replace("METHOD:REQUEST", "METHOD:PUBLISH")
    message.set_content(published, subtype="calendar")
    with pytest.raises(Unreadable, match="METHOD is 'PUBLISH'"):
        read_mail(bytes(message))


def headed(content_type: bytes, body: bytes) -> bytes:
    return b"From: a@b.test\r\nContent-Type: " + content_type + b"\r\n\r\n" + body


MIXED = b"multipart/mixed; boundary=b"
HOSTILE_MAILS = {
    "large": b"x" * (LARGEST_MAIL + 1),
    "many lines": b"\r\n" * 60_000,
    "many parts": headed(MIXED, b"--b\r\nContent-Type: text/plain\r\n\r\n" * 1000),
    "empty parts": headed(MIXED, b"--b\r\n\r\n" * 16_000),
    "deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(64)
    )
    + b"--b\r\n" * 45_000,
    "deeper": headed(b"message/rfc822", b"Content-Type: message/rfc822\r\n\r\n" * 5000),
    "long parameter": headed(b'text/calendar; a="' + b";" * 1_000_000, REPLY),
    "long name": b'Content-Disposition: attachment; a="' + b";" * 1_000_000 + b"\r\n\r\n" + REPLY,
    "long sender": b"From: " + b"(" * 1_000_000 + b"\r\n\r\n" + REPLY,
    "folded header": b"X: y\r\n" + b" y\r\n" * 49_000 + b"\r\n",
    "bare returns": b"From: a@b.test\r" + b"Content-Type: text/plain\r\r" * 1000,
    "broken base64": headed(
        b"text/calendar\r\nContent-Transfer-Encoding: base64", b"!!!!" * 60_000
    ),
    "slow charset": headed(b"text/calendar; charset=punycode", b"a-" * 120_000),
    "binary charset": headed(b"text/calendar; charset=zlib", bytes(range(256)) * 900),
    "binary": bytes(range(256)) * 8000,
}
BEGUN = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
ROOM = LARGEST_CALENDAR - 100
HOSTILE_CALENDARS = {
    "deep": b"BEGIN:VEVENT\r\n" * (ROOM // 14),
    "blank": b"\r\n" * (ROOM // 2),
    "folds": BEGUN + b"\r\n " * (ROOM // 3),
    "parameters": BEGUN + b"X" + b";A=B" * (ROOM // 4) + b":x",
    "values": BEGUN + b"X;A=" + b"," * ROOM + b":x",
    "quotes": BEGUN + b"X;A=" + b'"' * ROOM + b":x",
    "blanks": BEGUN + b"X;A=" + b" ;" * (ROOM // 2) + b":x",
    "people": BEGUN + b"ATTENDEE:mailto:a@b.test\r\n" * (ROOM // 26),
    "binary": bytes(range(256)) * (ROOM // 256),
    "duration": calendar(
        KIM, "DTSTART:20270304T110000Z", "DURATION:P" + "9" * 100_000 + "W", method="COUNTER"
    ),
    "file": calendar(KIM, "DTSTART;TZID=../../../etc/passwd:20270304T110000", method="COUNTER"),
}


@pytest.mark.parametrize("name", HOSTILE_MAILS)
def test_hostile_mails_are_read_or_refused_soon(name: str) -> None:
    started = time.process_time()
    try:
        said = str(read_mail(HOSTILE_MAILS[name]))
    except Unreadable as error:
        said = str(error)
    assert len(said) < 400
    assert time.process_time() - started < LIMIT


@pytest.mark.parametrize("name", HOSTILE_CALENDARS)
def test_hostile_calendars_are_refused_soon(name: str) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable) as error:
        parse(HOSTILE_CALENDARS[name])
    assert len(str(error.value)) < 400
    assert time.process_time() - started < LIMIT


def test_time_zones_that_come_along_are_not_carried_out() -> None:
    """Neither do they cost anything, nor do they mean anything to the next answer."""
    zone = [
        "BEGIN:VTIMEZONE",
        "TZID:Bomb",
        "BEGIN:STANDARD",
        "DTSTART:00010101T000000",
        "TZOFFSETFROM:+0000",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=SECONDLY",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
    content = calendar(KIM, "DTSTART;TZID=Bomb:20270304T110000", method="COUNTER")
    content = content.replace(b"BEGIN:VEVENT", "\r\n".join([*zone, "BEGIN:VEVENT"]).encode())
    with pytest.raises(Unreadable, match="Bomb"):
        parse(content)


@given(st.binary(max_size=400))
def test_any_octets_are_read_or_refused(content: bytes) -> None:
    encoded = base64.b64encode(content)
    for written in (
        content,
        headed(b"text/calendar", content),
        headed(b"text/calendar\r\nContent-Transfer-Encoding: base64", encoded),
        b"Content-Type: " + content,
    ):
        try:
            read_mail(written)
        except Unreadable:
            continue


lines = st.sampled_from(
    [
        *REPLY.decode().split("\r\n"),
        *("DTSTART;TZID=Europe/Madrid:20270604T110000", "METHOD:COUNTER", "RECURRENCE-ID:x"),
        *("DURATION:PT1H", "DTEND;VALUE=DATE:20270304", "ATTENDEE:", "SEQUENCE:x", " folded"),
    ]
)


@given(st.lists(lines | st.text(max_size=30), max_size=30))
def test_any_lines_are_read_or_refused(written: list[str]) -> None:
    for content in (
        "\r\n".join(written),
        "\r\n".join(["BEGIN:VCALENDAR", "METHOD:COUNTER", "BEGIN:VEVENT", *written, "END:VEVENT"]),
    ):
        try:
            parse(content.encode("utf-8", "surrogatepass"))
        except Unreadable:
            continue

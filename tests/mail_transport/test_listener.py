"""``--smtp-port``: mail clients answer invitations by SMTP (notifications §3.3)."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Iterator
from email import policy
from email.message import EmailMessage

import pytest
from icalendar import Calendar

from tests.contract.receiver import Receiver
from tests.inviting import GUEST, JANE, Organizer
from tests.mail_transport.conftest import CLOCK, Emulator, Start, free_port

Reply = Callable[..., tuple[int, str]]


@pytest.fixture
def emulator(start: Start) -> Emulator:
    return start(smtp_port=free_port())


@pytest.fixture
def organizer(emulator: Emulator) -> Organizer:
    """Jane's application has invited her and a guest."""
    organizer = Organizer(emulator.open())
    organizer.write()
    return organizer


@pytest.fixture
def client(emulator: Emulator) -> Iterator[smtplib.SMTP]:
    assert emulator.settings.smtp_port
    with smtplib.SMTP("127.0.0.1", emulator.settings.smtp_port, timeout=10) as client:
        yield client


def reply_to(organizer: Organizer, to: str, partstat: str, method: str = "REPLY") -> bytes:
    """The mail with which the client of ``to`` answers the newest invitation."""
    invitation = organizer.sandbox.control("GET", "/inbox/latest.ics", params={"to": to})
    calendar = Calendar.from_ical(invitation.content)
    calendar["METHOD"] = method
    (event,) = calendar.walk("VEVENT")
    attendees = event["ATTENDEE"]
    (own,) = [a for a in attendees if str(a).lower() == f"mailto:{to}"]
    own.params["PARTSTAT"] = partstat
    event["ATTENDEE"] = own
    return mail(to, calendar.to_ical().decode(), method)


def mail(sender: str, calendar: str, method: str = "REPLY") -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = sender, "organizer@invite.test"
    message["Subject"] = "An answer"
    message.set_content("I have answered.")
    message.add_alternative(calendar, subtype="calendar", params={"method": method})
    return message.as_bytes(policy=policy.SMTP)


def send(client: smtplib.SMTP, content: bytes, to: tuple[str, ...] = ("x@y.test",)) -> str:
    """What the server says to the mail, code and text."""
    client.ehlo_or_helo_if_needed()
    assert client.mail("client@example.test")[0] == 250
    assert {client.rcpt(address)[0] for address in to} == {250}
    code, text = client.data(content)
    return f"{code} {text.decode('ascii')}"


@pytest.mark.parametrize(
    ("partstat", "status"),
    [("ACCEPTED", "accepted"), ("TENTATIVE", "tentative"), ("DECLINED", "declined")],
)
def test_a_reply(organizer: Organizer, client: smtplib.SMTP, partstat: str, status: str) -> None:
    """The attendee's status changes, of everybody else nothing."""
    organizer.sandbox.advance(minutes=1)
    said = send(client, reply_to(organizer, GUEST, partstat))
    assert said.startswith(f"250 2.0.0 {GUEST} has ")
    assert said.endswith(status)
    assert organizer.statuses() == {JANE: "needs_action", GUEST: status}


@pytest.mark.parametrize("who", [JANE, GUEST])
def test_a_reply_is_a_change(organizer: Organizer, client: smtplib.SMTP, who: str) -> None:
    """1.4.4: of the application's own event; channels hear of it, once."""
    receiver = Receiver()
    try:
        body = {"callback_url": receiver.url, "filters": {"only_managed": True}}
        organizer.sandbox.call(organizer.token, "POST", "/v1/channels", json=body)
        assert receiver.next().document["notification"] == {"type": "verification"}
        answer = reply_to(organizer, who, "ACCEPTED")
        for _ in range(2):
            organizer.sandbox.advance(minutes=1)
            assert send(client, answer).startswith("250")
        organizer.sandbox.advance(minutes=1)
        notification = receiver.next().document["notification"]
        assert notification == {"type": "change", "changes_since": "2026-05-11T08:01:00Z"}
        assert receiver.empty
    finally:
        receiver.stop()


def test_a_counter_proposal(organizer: Organizer, client: smtplib.SMTP) -> None:
    """Whoever proposes another time has not made up their mind."""
    said = send(client, reply_to(organizer, GUEST, "NEEDS-ACTION", "COUNTER"))
    assert said.startswith("250 2.0.0")
    assert organizer.statuses() == {JANE: "needs_action", GUEST: "tentative"}


def test_what_is_proposed(organizer: Organizer, client: smtplib.SMTP) -> None:
    """The other time is kept beside the event, with what they wrote; the event stays."""
    before = organizer.event()
    answer = Calendar.from_ical(organizer.sandbox.control("GET", "/inbox/latest.ics").content)
    (event,) = answer.walk("VEVENT")
    uid, stamp = event["UID"], event["DTSTAMP"].to_ical().decode()
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "METHOD:COUNTER", "BEGIN:VEVENT", f"UID:{uid}"),
        *(f"DTSTAMP:{stamp}", "SEQUENCE:0", f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{GUEST}"),
        *("DTSTART:20260513T100000Z", "DURATION:PT45M", "COMMENT:A day later?"),
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    assert send(client, mail(GUEST, "\r\n".join(lines), "COUNTER")).startswith("250 2.0.0 guest")
    path = f"/calendars/{organizer.calendar_id}/events"
    (found,) = organizer.sandbox.control("GET", path).json()["events"]
    (reply,) = found["managed"]["replies"]
    at = reply.pop("at")
    assert at.replace("-", "").replace(":", "") == stamp
    assert reply == {
        "email": GUEST,
        "status": "tentative",
        "comment": "A day later?",
        "proposal": {"start": "2026-05-13T10:00:00Z", "end": "2026-05-13T10:45:00Z"},
    }
    after = organizer.event()
    assert (after["start"], after["end"]) == (before["start"], before["end"])


def test_a_mail_counts_by_its_own_clock(organizer: Organizer, client: smtplib.SMTP) -> None:
    """3.3: of two mails the older is ignored; a button that was pressed in a sandbox whose
    clock is far ahead does not outlive every mail."""
    answer = reply_to(organizer, GUEST, "DECLINED")
    organizer.sandbox.advance(minutes=50)
    path = f"/inbox/latest/reply?to={GUEST}"
    pressed = organizer.sandbox.control("POST", path, json={"status": "accepted"})
    assert pressed.status_code == 200
    assert organizer.statuses()[GUEST] == "accepted"
    assert send(client, answer).endswith("declined")
    assert organizer.statuses()[GUEST] == "declined"


def test_several_mails_and_recipients(organizer: Organizer, client: smtplib.SMTP) -> None:
    """One connection may bring several answers, to as many addresses as it likes."""
    everybody = tuple(f"organizer{number}@invite.test" for number in range(200))
    for to, partstat in ((JANE, "ACCEPTED"), (GUEST, "DECLINED")):
        assert send(client, reply_to(organizer, to, partstat), everybody).startswith("250")
    assert organizer.statuses() == {JANE: "accepted", GUEST: "declined"}


def test_the_uid_finds_the_sandbox(emulator: Emulator, client: smtplib.SMTP) -> None:
    """Of two worlds that are alike, only the one that is answered changes."""
    organizers = [Organizer(emulator.open()) for _ in range(2)]
    for organizer in organizers:
        organizer.write()
    assert send(client, reply_to(organizers[1], GUEST, "ACCEPTED")).startswith("250")
    assert [o.statuses()[GUEST] for o in organizers] == ["needs_action", "accepted"]


def test_what_is_ignored(organizer: Organizer, client: smtplib.SMTP) -> None:
    """Taken, and without effect: too late, from somebody else, no answer at all; it says why."""
    late = reply_to(organizer, GUEST, "ACCEPTED")
    nothing = reply_to(organizer, GUEST, "NEEDS-ACTION")
    stranger = late.replace(GUEST.encode(), b"mary@partner.test")
    assert "neither accepted" in send(client, nothing)
    assert "mary@partner.test is not invited" in send(client, stranger)
    organizer.write(summary="Another review")
    assert send(client, late).startswith("250 2.0.0 ignored: this answers version 0")
    late = reply_to(organizer, GUEST, "ACCEPTED")
    assert organizer.statuses() == {JANE: "needs_action", GUEST: "needs_action"}
    organizer.delete()
    assert send(client, late) == "250 2.0.0 ignored: the event has been cancelled"


def test_what_came_by_mail_is_in_the_journal(organizer: Organizer, client: smtplib.SMTP) -> None:
    """3.3 "ignore, log": answers that were taken, and those that changed nothing."""
    organizer.sandbox.control("DELETE", "/journal")
    answer = reply_to(organizer, GUEST, "ACCEPTED")
    for content in (answer, answer.replace(GUEST.encode(), b"mary@partner.test")):
        send(client, content)
    uid = organizer.mails()[0]["uid"]
    entries = organizer.sandbox.control("GET", "/journal", params={"path": uid}).json()["requests"]
    assert [entry.pop("duration_us") >= 0 for entry in entries] == [True, True]
    kept = {"at": CLOCK, "method": "SMTP", "path": uid, "status": 250}
    assert [{name: entry[name] for name in (*kept, "hint")} for entry in entries] == [
        {**kept, "hint": f"{GUEST} has accepted"},
        {**kept, "hint": "ignored: mary@partner.test is not invited to this event"},
    ]


def test_party_crashers(emulator: Emulator, client: smtplib.SMTP) -> None:
    """3.3 "address unknown": with the switch they are added, with their answer; only to what
    they could still come to."""
    organizer = Organizer(emulator.open(scenario={"switches": {"party_crashers": "add"}}))
    organizer.write()
    mary = "mary@partner.test"
    early = reply_to(organizer, GUEST, "ACCEPTED").replace(GUEST.encode(), mary.encode())
    organizer.write(summary="Another review")
    assert "ignored: this answers version 0" in send(client, early)
    answer = reply_to(organizer, GUEST, "TENTATIVE").replace(GUEST.encode(), mary.encode())
    assert send(client, answer) == f"250 2.0.0 {mary} has answered tentative"
    statuses = {JANE: "needs_action", GUEST: "needs_action", mary: "tentative"}
    assert organizer.statuses() == statuses
    organizer.write(summary="The third review")
    assert organizer.statuses() == statuses
    assert [mail["subject"] for mail in organizer.mails(to=mary)] == [
        "Updated invitation: The third review"
    ]
    organizer.delete()
    assert "cancelled" in send(client, answer)


def test_what_is_refused(organizer: Organizer, client: smtplib.SMTP) -> None:
    """Not an answer, of no event, or not readable; it says which, and the next mail is heard."""
    plain = b"From: a@b.test\r\nSubject: Hello\r\n\r\nHow are you?\r\n"
    assert send(client, plain).startswith("550 5.6.0 not an answer to an invitation: expected")
    request = reply_to(organizer, GUEST, "ACCEPTED", "REQUEST")
    assert send(client, request).startswith("554 5.6.0 not read: ")
    assert send(client, mail(GUEST, "BEGIN:VCALENDAR\r\nEND:VCA")).startswith("554 5.6.0")
    answer = reply_to(organizer, GUEST, "ACCEPTED")
    uid = organizer.mails()[0]["uid"].encode()
    assert send(client, answer.replace(uid, b"Gr=C3=BC=C3=9Fe\\ny@x")).startswith("550 5.1.1 no ")
    assert organizer.statuses() == {JANE: "needs_action", GUEST: "needs_action"}
    assert send(client, answer).startswith("250")


def test_a_large_mail(organizer: Organizer, client: smtplib.SMTP) -> None:
    """Refused by its size: beforehand if it is told, afterwards if not."""
    client.ehlo()
    size = int(client.esmtp_features["size"])
    assert client.mail("a@b.test", [f"size={size + 1}"])[0] == 552
    line = b"x" * 70 + b"\r\n"
    assert send(client, line * (size // len(line) + 1)).startswith("552")
    assert send(client, reply_to(organizer, GUEST, "ACCEPTED")).startswith("250")


def test_rude_clients(emulator: Emulator, organizer: Organizer, client: smtplib.SMTP) -> None:
    """Who says nonsense, or leaves in the middle, disturbs nobody."""
    assert emulator.settings.smtp_port
    address = ("127.0.0.1", emulator.settings.smtp_port)
    for said in (b"", b"\xff\xfe\r\n", b"GET / HTTP/1.1\r\n\r\n", b"EHLO x\r\nMAIL FROM:<a@b>\r\n"):
        with socket.create_connection(address, timeout=10) as rude:
            assert rude.recv(3) == b"220"
            rude.sendall(said)
    with socket.create_connection(address, timeout=10) as rude:
        rude.sendall(b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: half")
    assert send(client, reply_to(organizer, GUEST, "ACCEPTED")).startswith("250")
    assert emulator.http.get("/_mock/health").status_code == 200


def test_without_the_setting_nobody_listens(start: Start) -> None:
    """Off by default; the server ends though a client stays connected."""
    emulator = start(smtp_port=free_port())
    assert emulator.settings.smtp_port
    address = ("127.0.0.1", emulator.settings.smtp_port)
    staying = socket.create_connection(address, timeout=10)
    assert staying.recv(3) == b"220"
    emulator.stop()
    while staying.recv(1000):
        pass
    staying.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(address, timeout=10)
    assert start().settings.smtp_port is None

"""Smart Invites by mail: what an application sends to ``--smtp-port``, and what people answer
(notifications §§2.1, 2.5, 3.3)."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from icalendar import Calendar

from tests.contract.documents import Document, Like
from tests.contract.receiver import Receiver
from tests.emulator import Sandbox
from tests.inviting import JANE, Organizer
from tests.mail import strict
from tests.mail_transport.conftest import Catcher, Emulator, Start, free_port
from tests.smart_inviting import (
    CLOCK,
    END,
    ID,
    KIM,
    LEE,
    LEFT_OUT,
    MARY,
    START,
    Application,
    event,
)

AGENCY = "viewings@agency.test"


@pytest.fixture
def emulator(start: Start) -> Emulator:
    return start(smtp_port=free_port())


@pytest.fixture
def client(emulator: Emulator) -> Iterator[smtplib.SMTP]:
    assert emulator.settings.smtp_port
    with smtplib.SMTP("127.0.0.1", emulator.settings.smtp_port, timeout=10) as client:
        yield client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def scripted(**members: Any) -> Document:
    """A scenario in which Kim has a calendar and a mailbox."""
    return {"people": [{"email": KIM, "provider": "google", **members}]}


@pytest.fixture
def application(emulator: Emulator) -> Application:
    return Application(emulator.open(scenario=scripted()))


# --- What the application mails ------------------------------------------------------


def mailed(answer: Document, method: str = "REQUEST", subject: str = "Viewing, 2 June") -> bytes:
    """2.5: the mail that an application makes of an invite: the file twice."""
    file = answer["attachments"]["icalendar"]
    message = EmailMessage()
    message["From"], message["To"] = f"Agencia Müller <{AGENCY}>", KIM
    message["Subject"] = subject
    message.set_content("Please find the invitation attached.\n")
    message.add_alternative(file, subtype="calendar", params={"method": method})
    message.add_attachment(
        file.encode(), maintype="application", subtype="ics", filename="invite.ics"
    )
    return message.as_bytes(policy=policy.SMTP)


def send(client: smtplib.SMTP, content: bytes, *to: str) -> str:
    """What the server says to the mail, code and text."""
    client.ehlo_or_helo_if_needed()
    assert client.mail(AGENCY)[0] == 250
    assert {client.rcpt(address)[0] for address in to or ("x@y.test",)} == {250}
    code, text = client.data(content)
    return f"{code} {text.decode('ascii')}"


def inbox(sandbox: Sandbox, to: str = KIM) -> list[Document]:
    found: list[Document] = sandbox.control("GET", "/inbox", params={"to": to}).json()["messages"]
    return found


def newest(sandbox: Sandbox, to: str = KIM) -> Document:
    document: Document = sandbox.control("GET", "/inbox/latest", params={"to": to}).json()
    return document


def own_calendar(sandbox: Sandbox, email: str = KIM) -> list[Document]:
    found: list[Document] = sandbox.control("GET", f"/people/{email}/events").json()["events"]
    return found


def press(sandbox: Sandbox, status: str, to: str = KIM) -> Document:
    """The button in the newest mail."""
    path = f"/inbox/latest/reply?to={to}"
    response = sandbox.control("POST", path, json={"status": status})
    assert response.status_code == 200, response.text
    document: Document = response.json()
    return document


def test_the_mail_lands_in_the_mailbox(application: Application, client: smtplib.SMTP) -> None:
    """With what it says, and in the journal."""
    sandbox = application.sandbox
    answer = application.invite(
        event=event(location={"description": "Calle Mayor, 1"}), organizer={"name": "Agency"}
    )
    sandbox.control("DELETE", "/journal")
    assert send(client, mailed(answer), KIM.upper()) == f"250 2.0.0 mailed to {KIM}"
    (listed,) = application.sandbox.control("GET", "/smart_invites").json()["smart_invites"]
    found = newest(sandbox)
    address = f"/_mock/sandboxes/{sandbox.sandbox_id}/inbox/{found['message_id']}"
    assert found == {
        "message_id": Like("msg_[0-9a-f]{24}"),
        "to": KIM,
        "from": AGENCY,
        "subject": "Viewing, 2 June",
        "method": "REQUEST",
        "uid": listed["uid"],
        "sequence": 0,
        "sent_at": CLOCK,
        "text": "Please find the invitation attached.\n",
        "invite": {
            "summary": "Viewing",
            "start": START,
            "end": END,
            "tzid": "Europe/Madrid",
            "location": "Calle Mayor, 1",
            "organizer": {"email": listed["organizer"]["email"], "display_name": "Agency"},
            "attendees": [{"email": KIM, "display_name": None, "status": "needs_action"}],
            "standing": "current",
            "status": "needs_action",
            "eml_url": Like(rf"http://.+{address}\.eml"),
            "ics_url": Like(rf"http://.+{address}\.ics"),
        },
    }
    (entry,) = sandbox.control("GET", "/journal", params={"path": listed["uid"]}).json()["requests"]
    assert (entry["method"], entry["hint"]) == ("SMTP", f"mailed to {KIM}")


def test_nothing_of_the_file_is_lost(application: Application, client: smtplib.SMTP) -> None:
    """What the mailbox hands out is the file that was mailed, of every form of event."""
    events = [
        event(
            description="One\nTwo; three, four",
            url="https://app.test/118",
            location={"description": "Calle Mayor 1", "lat": "40.4168", "long": "-3.7038"},
            reminders=[{"minutes": 60}, {"minutes": 0}],
            transparency="transparent",
        ),
        event(start="2026-06-02", end="2026-06-04"),
        event(tzid="Etc/UTC"),
        event(end={"time": END, "tzid": "America/New_York"}),
    ]
    people = [{"email": KIM, "status": "accepted"}, {"email": LEE}]
    for body in events:
        answer = application.invite(recipient=LEFT_OUT, recipients=people, event=body)
        assert send(client, mailed(answer), KIM).startswith("250")
        found = application.sandbox.control("GET", "/inbox/latest.ics", params={"to": KIM})
        assert found.text == answer["attachments"]["icalendar"]
    eml = application.sandbox.control("GET", "/inbox/latest.eml", params={"to": KIM}).content
    assert message_from_bytes(eml, policy=policy.default)["From"] == f"Agencia Müller <{AGENCY}>"


def test_answering_in_the_mailbox(
    application: Application, client: smtplib.SMTP, receiver: Receiver
) -> None:
    """The button reaches the application, and the event stands in Kim's own calendar; it follows
    an update, which asks anew, and a cancellation."""
    url = f"{receiver.url}/si"
    sandbox = application.sandbox
    send(client, mailed(application.invite(callback_url=url)), KIM)
    found = press(sandbox, "accepted")
    assert found["outcome"] == f"{KIM} has accepted"
    kim = {"email": KIM, "status": "accepted"}
    assert found["smart_invite"]["recipient"] == kim
    assert receiver.next().document["smart_invite"]["reply"] == kim
    (own,) = own_calendar(sandbox)
    assert (own["summary"], own["start"], own["participation_status"]) == (
        "Viewing",
        START,
        "accepted",
    )
    moved = application.invite(event=event(start="2026-06-02T08:00:00Z"))
    assert newest(sandbox)["invite"]["standing"] == "superseded"
    late = sandbox.control("POST", f"/inbox/latest/reply?to={KIM}", json={"status": "declined"})
    assert late.status_code == 422
    send(client, mailed(moved), KIM)
    (own,) = own_calendar(sandbox)
    assert (own["start"], own["participation_status"]) == ("2026-06-02T08:00:00Z", "needs_action")
    # As in production: what cancels says REQUEST outside.
    send(client, mailed(application.cancel(), "REQUEST"), KIM)
    assert [mail["method"] for mail in inbox(sandbox)] == ["REQUEST", "REQUEST", "CANCEL"]
    assert own_calendar(sandbox) == []
    assert newest(sandbox)["invite"]["standing"] == "cancelled"


def test_answering_in_ones_own_calendar(
    application: Application, client: smtplib.SMTP, receiver: Receiver
) -> None:
    """Whoever deletes there what they have accepted declines it."""
    sandbox = application.sandbox
    send(client, mailed(application.invite(callback_url=receiver.url)), KIM)
    press(sandbox, "accepted")
    (own,) = own_calendar(sandbox)
    sandbox.control("DELETE", f"/people/{KIM}/events", params={"event_uid": own["event_uid"]})
    replies = [receiver.next().document["smart_invite"]["reply"]["status"] for _ in range(2)]
    assert replies == ["accepted", "declined"]
    assert application.status()["recipient"] == {"email": KIM, "status": "declined"}


def test_a_cancellation_that_was_not_mailed(
    application: Application, client: smtplib.SMTP, receiver: Receiver
) -> None:
    """2.1: later replies are ignored, also where the event still stands in Kim's calendar."""
    sandbox = application.sandbox
    send(client, mailed(application.invite(callback_url=receiver.url)), KIM)
    press(sandbox, "accepted")
    assert receiver.next().document["smart_invite"]["reply"]["status"] == "accepted"
    application.cancel()
    before = application.status()
    (own,) = own_calendar(sandbox)
    sandbox.control("DELETE", f"/people/{KIM}/events", params={"event_uid": own["event_uid"]})
    assert own_calendar(sandbox) == []
    assert application.status() == before
    assert sandbox.advance(days=2)["happened"] == []
    assert receiver.empty


def test_the_mailbox_in_a_browser(
    emulator: Emulator, application: Application, client: smtplib.SMTP
) -> None:
    """The page has the buttons, and what has been answered."""
    send(client, mailed(application.invite()), KIM)
    query = {"sandbox": application.sandbox.sandbox_id}
    page = f"/mailboxes/{KIM}/{newest(application.sandbox)['message_id']}"
    assert "Viewing, 2 June" in emulator.http.get(page, params=query).text
    pressed = emulator.http.post(page, params=query, data={"status": "declined"})
    assert pressed.status_code == 303, pressed.text
    assert application.status()["recipient"]["status"] == "declined"
    application.cancel()
    late = emulator.http.post(page, params=query, data={"status": "accepted"})
    assert late.status_code == 422
    assert "the invite has been cancelled" in late.text


def test_accepting_makes_busy(application: Application, client: smtplib.SMTP) -> None:
    """What Kim has accepted is busy time for an application that Kim has connected."""
    sandbox = application.sandbox
    token = sandbox.connect(KIM, scope="read_free_busy")["access_token"]
    query = {"from": "2026-06-02", "to": "2026-06-03", "tzid": "Etc/UTC"}

    def busy() -> list[Document]:
        response = sandbox.call(token, "GET", "/v1/free_busy", params=query)
        found: list[Document] = response.json()["free_busy"]
        return [{"start": period["start"], "end": period["end"]} for period in found]

    send(client, mailed(application.invite()), KIM)
    assert busy() == []
    press(sandbox, "accepted")
    assert busy() == [{"start": START, "end": END}]


def test_a_habit_answers(emulator: Emulator, client: smtplib.SMTP, receiver: Receiver) -> None:
    """A scripted person's ``invites``: each version is answered once, after some time; whoever
    is said to have accepted already is left alone."""
    invites = {"reply": "tentative", "after": {"minutes": 5}}
    application = Application(emulator.open(scenario=scripted(invites=invites)))
    sandbox = application.sandbox
    send(client, mailed(application.invite(callback_url=receiver.url)), KIM)
    assert application.status()["recipient"]["status"] == "pending"
    sandbox.advance(minutes=5)
    assert receiver.next().document["smart_invite"]["reply"]["status"] == "tentative"
    assert application.status()["recipient"]["status"] == "tentative"
    known = {"email": KIM, "status": "accepted"}
    send(client, mailed(application.invite(smart_invite_id="other", recipient=known)), KIM)
    sandbox.advance(minutes=5)
    assert receiver.empty
    assert len(inbox(sandbox)) == 2


def test_an_old_version_comes_late(application: Application, client: smtplib.SMTP) -> None:
    """It lies in the mailbox, and no calendar follows it."""
    sandbox = application.sandbox
    first = application.invite()
    second = application.invite(event=event(start="2026-06-02T08:00:00Z"))
    send(client, mailed(second), KIM)
    press(sandbox, "accepted")
    said = send(client, mailed(first), KIM)
    assert said == f"250 2.0.0 mailed to {KIM}; version 0 is older than 1, the newest"
    (own,) = own_calendar(sandbox)
    assert (own["start"], own["participation_status"]) == ("2026-06-02T08:00:00Z", "accepted")
    assert newest(sandbox)["invite"]["standing"] == "superseded"


def test_who_is_taken_out(emulator: Emulator, client: smtplib.SMTP) -> None:
    """The cancellation drops it from their calendar, and from nobody else's who gets it."""
    everybody = [{"email": email, "provider": "google"} for email in (KIM, LEE)]
    application = Application(emulator.open(scenario={"people": everybody}))
    sandbox = application.sandbox
    send(client, mailed(application.invite_several(KIM, LEE)), KIM, LEE)
    press(sandbox, "accepted", KIM)
    press(sandbox, "accepted", LEE)
    answer = application.invite(method="remove", event=LEFT_OUT)
    removed = {"attachments": answer["attachments"]["removed"]}
    send(client, mailed(removed, "CANCEL"), KIM, LEE)
    assert own_calendar(sandbox, KIM) == []
    assert len(own_calendar(sandbox, LEE)) == 1


def test_a_relay_gets_nothing_that_has_come_by_mail(start: Start, catcher: Catcher) -> None:
    """The application has mailed it already; and a relay that leads back here would never end."""
    emulator = start(smtp_port=free_port(), smtp_relay=catcher.address)
    application = Application(emulator.open(scenario=scripted()))
    assert emulator.settings.smtp_port
    with smtplib.SMTP("127.0.0.1", emulator.settings.smtp_port, timeout=10) as client:
        send(client, mailed(application.invite()), KIM)
    organizer = Organizer(application.sandbox)
    organizer.write()
    application.sandbox.advance(seconds=1)
    subjects = [message_from_bytes(catcher.next().content)["Subject"] for _ in range(2)]
    assert subjects == ["Invitation: Quarterly review"] * 2
    assert catcher.empty


# --- What people answer --------------------------------------------------------------


def answer_to(
    answer: Document, email: str, partstat: str, *lines: str, method: str = "REPLY", **more: str
) -> bytes:
    """The mail with which the client of ``email`` answers the file of ``answer``; ``more`` are
    properties in place of those that it would have.
    """
    (found,) = strict.check(answer["attachments"]["icalendar"].encode()).components("VEVENT")
    said = {name: found.one(name).value for name in ("UID", "SEQUENCE", "ORGANIZER")}
    said = {**said, "DTSTAMP": "20260511T080100Z", **more}
    written = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Acme//Mail//EN", f"METHOD:{method}"),
        "BEGIN:VEVENT",
        *(f"{name}:{value}" for name, value in said.items() if value),
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{email}",
        *lines,
        *("END:VEVENT", "END:VCALENDAR", ""),
    ]
    message = EmailMessage()
    message["From"], message["To"] = email, "somebody@agency.test"
    message.set_content("I have answered.")
    message.add_alternative("\r\n".join(written), subtype="calendar", params={"method": method})
    return message.as_bytes(policy=policy.SMTP)


@pytest.mark.parametrize(
    ("partstat", "status"),
    [("ACCEPTED", "accepted"), ("TENTATIVE", "tentative"), ("DECLINED", "declined")],
)
def test_a_reply(
    application: Application,
    client: smtplib.SMTP,
    receiver: Receiver,
    partstat: str,
    status: str,
) -> None:
    """3.3: PARTSTAT and COMMENT reach the recipient, the replies and the callback."""
    answer = application.invite(callback_url=receiver.url)
    said = send(client, answer_to(answer, KIM.title(), partstat, "COMMENT:See you\\, there"))
    assert said.startswith(f"250 2.0.0 {KIM} has ")
    kim = {"email": KIM, "status": status, "comment": "See you, there"}
    assert receiver.next().document["smart_invite"] == {
        "smart_invite_id": ID,
        "callback_url": receiver.url,
        "recipient": kim,
        "reply": kim,
    }
    found = application.status()
    assert (found["recipient"], found["replies"]) == (kim, [kim])


@pytest.mark.parametrize(
    ("lines", "tzid", "begins", "ends"),
    [
        (
            (
                "DTSTART;TZID=Europe/Lisbon:20260602T150000",
                "DTEND;TZID=Europe/Lisbon:20260602T153000",
            ),
            "Europe/Lisbon",
            "2026-06-02T15:00:00+01:00",
            "2026-06-02T15:30:00+01:00",
        ),
        (
            ("DTSTART;TZID=Romance Standard Time:20260602T160000", "DURATION:PT30M"),
            "Europe/Paris",
            "2026-06-02T16:00:00+02:00",
            "2026-06-02T16:30:00+02:00",
        ),
        (
            ("DTSTART:20260602T140000Z", "DTEND:20260602T143000Z"),
            "Europe/Madrid",
            "2026-06-02T16:00:00+02:00",
            "2026-06-02T16:30:00+02:00",
        ),
        (
            ("DTSTART;VALUE=DATE:20260603", "DTEND;VALUE=DATE:20260604"),
            "Europe/Madrid",
            "2026-06-03",
            "2026-06-04",
        ),
    ],
    ids=["zone", "Windows", "UTC", "days"],
)
@pytest.mark.parametrize(
    ("partstat", "status"), [("NEEDS-ACTION", "tentative"), ("DECLINED", "declined")]
)
def test_a_counter_proposal(
    application: Application,
    client: smtplib.SMTP,
    partstat: str,
    status: str,
    lines: tuple[str, ...],
    tzid: str,
    begins: str,
    ends: str,
) -> None:
    """3.3 "METHOD:COUNTER": status by PARTSTAT, else tentative; the proposal in its own zone, or
    in the event's."""
    content = answer_to(application.invite(), KIM, partstat, *lines, method="COUNTER")
    assert send(client, content).startswith("250 2.0.0 kim")
    proposal = {"start": {"time": begins, "tzid": tzid}, "end": {"time": ends, "tzid": tzid}}
    expected = {"email": KIM, "status": status, "proposal": proposal}
    assert application.status()["recipient"] == expected
    assert application.status()["event"]["start"]["time"] == START


def test_the_uid_and_the_attendee_are_enough(
    application: Application, client: smtplib.SMTP
) -> None:
    """2.1, 2.4: what the mailbox of a custom organizer forwards may say nothing else, whatever
    address it is sent to."""
    answer = application.invite(organizer={"email": AGENCY})
    bare = {"SEQUENCE": "", "ORGANIZER": "", "DTSTAMP": ""}
    content = answer_to(answer, KIM, "ACCEPTED", **bare)
    said = send(client, content, "organizer@invite.mock-cronofy.test")
    assert said == f"250 2.0.0 {KIM} has accepted"
    assert application.status()["recipient"] == {"email": KIM, "status": "accepted"}


def test_a_party_crasher(application: Application, client: smtplib.SMTP) -> None:
    """3.3 "address unknown": into the replies, whatever the switch says of events."""
    content = answer_to(application.invite(), MARY, "DECLINED")
    assert send(client, content) == f"250 2.0.0 {MARY} has declined"
    found = application.status()
    assert found["recipient"]["status"] == "pending"
    assert found["replies"] == [{"email": MARY, "status": "declined"}]


def test_what_is_ignored(
    application: Application, client: smtplib.SMTP, receiver: Receiver
) -> None:
    """3.3, in order: cancelled, stale after a new version, not newer than one that was taken;
    the journal keeps it, nobody is told."""
    first = application.invite(callback_url=receiver.url)
    assert send(client, answer_to(first, KIM, "ACCEPTED")).endswith("accepted")
    assert receiver.next().document["smart_invite"]["reply"]["status"] == "accepted"
    said = [send(client, answer_to(first, KIM, "DECLINED"))]
    said.append(send(client, answer_to(first, KIM, "DECLINED", DTSTAMP="20260511T080000Z")))
    second = application.invite()
    said.append(send(client, answer_to(first, KIM, "DECLINED", DTSTAMP="20260511T090000Z")))
    said.append(send(client, answer_to(second, KIM, "NEEDS-ACTION", DTSTAMP="20260511T090000Z")))
    assert application.status()["recipient"]["status"] == "accepted"
    cancelled = application.cancel()
    said.append(send(client, answer_to(cancelled, KIM, "DECLINED", DTSTAMP="20260511T100000Z")))
    hints = [
        "ignored: an answer of 2026-05-11T08:01:00Z or later has been taken already",
        "ignored: an answer of 2026-05-11T08:01:00Z or later has been taken already",
        "ignored: this answers version 0 of the invite, and version 1 has been made since",
        "ignored: neither accepted, nor tentative, nor declined",
        "ignored: the invite has been cancelled",
    ]
    assert said == [f"250 2.0.0 {hint}" for hint in hints]
    journal = application.sandbox.control("GET", "/journal").json()["requests"]
    kept = [entry["hint"] for entry in journal if entry["method"] == "SMTP"]
    assert kept == [f"{KIM} has accepted", *hints]
    assert receiver.empty
    assert application.status()["replies"] == [{"email": KIM, "status": "accepted"}]


def test_the_uid_finds_the_sandbox(emulator: Emulator, client: smtplib.SMTP) -> None:
    """Of two worlds that are alike, only the one that is answered, or mailed in, changes."""
    one, two = (Application(emulator.open(scenario=scripted())) for _ in range(2))
    one.invite()
    answer = two.invite()
    send(client, mailed(answer), KIM)
    send(client, answer_to(answer, KIM, "ACCEPTED"))
    assert [a.status()["recipient"]["status"] for a in (one, two)] == ["pending", "accepted"]
    assert [len(inbox(a.sandbox)) for a in (one, two)] == [0, 1]


def changed(content: bytes, **properties: str) -> bytes:
    """The mail with other properties in its calendar; an empty text leaves one out."""
    message: Any = message_from_bytes(content, policy=policy.default)
    part = message.get_body(("calendar",))
    calendar = Calendar.from_ical(part.get_content())
    (found,) = calendar.walk("VEVENT")
    for name, value in properties.items():
        target = calendar if name == "METHOD" else found
        target.pop(name, None)
        if value:
            target.add(name, value, encode=0)
    alone = EmailMessage()
    alone.set_content(calendar.to_ical().decode(), subtype="calendar")
    return alone.as_bytes(policy=policy.SMTP)


def test_what_is_refused(application: Application, client: smtplib.SMTP) -> None:
    """It says why: not the file of a Smart Invite, or one that nobody can read; then the next
    mail is heard."""
    content = mailed(application.invite())
    for properties, said in (
        ({"UID": "1@cronofy.com"}, "550 5.1.1 no invitation has the UID 1@cronofy.com"),
        ({"METHOD": "PUBLISH"}, "554 5.6.0 not read: METHOD is 'PUBLISH'"),
        ({"RRULE": "FREQ=DAILY"}, "554 5.6.0 not read: It has an RRULE"),
        ({"ATTENDEE": ""}, "554 5.6.0 not read: It has no ATTENDEE"),
        ({"ORGANIZER": ""}, "554 5.6.0 not read: It has no ORGANIZER"),
        ({"DTSTART": ""}, "554 5.6.0 not read: It has no DTSTART"),
        ({"DTSTAMP": ""}, "554 5.6.0 not read: It has no DTSTAMP"),
        ({"DTSTART": "09990101T000000Z"}, "554 5.6.0 not read: DTSTART is '09990101T000000Z'"),
        ({"ORGANIZER": "mailto:agency"}, "554 5.6.0 not read: ORGANIZER is 'mailto:agency'"),
    ):
        assert send(client, changed(content, **properties), KIM).startswith(said)
    assert inbox(application.sandbox) == []
    assert send(client, changed(content), KIM).startswith("250")


def test_invitations_that_cronofy_mails_are_not_taken(
    application: Application, client: smtplib.SMTP
) -> None:
    """Of an event there is a mail in the mailbox already."""
    Organizer(application.sandbox).write()
    content = application.sandbox.control("GET", "/inbox/latest.eml", params={"to": JANE}).content
    assert send(client, content, JANE).startswith("554 5.6.0 not read: Cronofy mails ")
    assert len(inbox(application.sandbox, JANE)) == 1


@pytest.mark.parametrize("address", [b"\xff@guest.test", b"kim", b"a b@guest.test", b"\x01@x.test"])
def test_a_mail_to_what_is_no_address(
    application: Application, client: smtplib.SMTP, address: bytes
) -> None:
    """The listener refuses it as a recipient, and no mailbox comes of it; the others get the
    mail."""
    answer = application.invite()
    client.ehlo()
    assert client.mail(AGENCY, ["SMTPUTF8"])[0] == 250
    assert client.sock is not None
    client.sock.sendall(b"RCPT TO:<" + address + b">\r\n")
    assert client.getreply()[0] in {501, 553}
    assert client.rcpt(KIM)[0] == 250
    assert client.data(mailed(answer))[0] == 250
    assert [mail["to"] for mail in inbox(application.sandbox)] == [KIM]
    assert application.sandbox.control("GET", "/journal").status_code == 200
    assert application.sandbox.control("GET", "/snapshot").status_code == 200

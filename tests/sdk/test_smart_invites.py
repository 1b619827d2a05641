"""An application invites people whose calendars it does not know, through both SDKs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.mail import strict
from tests.receiver.process import Receiver
from tests.sdk import smart_invite_calls
from tests.sdk.clients import Client, Document, PythonSdk, Sdk
from tests.sdk.event_calls import refusal
from tests.sdk.expected import unprocessable
from tests.sdk.matching import Like

KIM, LEE, MARY = "kim+sales@guest.test", "lee@guest.test", "mary@partner.test"
ID = "booking/118 ä"
MADRID = "Europe/Madrid"
FILE = Like(r"(?s)BEGIN:VCALENDAR\r\n.*\r\nEND:VCALENDAR\r\n")
EVENT = {
    "summary": "Viewing",
    "description": "Bring the keys.\nCalle Größe 1",
    "start": "2026-06-02T09:00:00Z",
    "end": "2026-06-02T09:30:00Z",
    "tzid": MADRID,
    "url": "https://app.test/bookings/118",
    "location": {"description": "Calle Mayor 1", "lat": "40.4168", "long": "-3.7038"},
    "reminders": [{"minutes": 60}, {"minutes": 10}],
    "transparency": "transparent",
    "color": "#1A73E8",
}
ECHO = {
    **{name: value for name, value in EVENT.items() if name != "tzid"},
    "start": {"time": EVENT["start"], "tzid": MADRID},
    "end": {"time": EVENT["end"], "tzid": MADRID},
}
ORGANIZER = {"name": "Agency"}


def but(document: Document, *left_out: str, **changes: Any) -> Document:
    changed = {**document, **changes}
    return {name: value for name, value in changed.items() if name not in left_out}


class Agency:
    """``url`` is where it is told of answers."""

    def __init__(self, sdk: Sdk, sandbox: Sandbox, receiver: Receiver) -> None:
        self.client: Client = sdk.client(sandbox.credentials)
        self.sandbox = sandbox
        self.receiver = receiver
        self.url = f"{receiver.url}/invites?token=a%2Fb"
        self.invites = smart_invite_calls.of(self.client)

    def invite(self, to: smart_invite_calls.To = KIM, **changes: Any) -> Document:
        event = {**EVENT, **changes}
        return self.invites.invite(ID, to, event, callback_url=self.url, organizer=ORGANIZER)

    def answered(self, *people: Document, several: bool = False, **changes: Any) -> Document:
        """The answer to :meth:`invite`, with people as they are known."""
        who: Document = {"recipients": [*people]} if several else {"recipient": people[0]}
        return {
            **who,
            "smart_invite_id": ID,
            "callback_url": self.url,
            "method": "request",
            "event": ECHO,
            "attachments": {"icalendar": FILE},
            **changes,
        }

    def status(self, *people: Document, replies: list[Document], **more: Any) -> Document:
        return but(self.answered(*people, **more), "attachments", replies=replies)

    def reply(self, email: str, status: str, **more: Any) -> None:
        """Somebody presses a button in the mail, as the control API has it."""
        body = {"email": email, "status": status, **more}
        path = "/smart_invites/booking%2F118%20%C3%A4/reply"
        response = self.sandbox.control("POST", path, json=body)
        assert response.status_code == 200, response.text

    def told(self, **duration: int) -> list[Document]:
        """What it has been told of, with signatures that the SDK has checked."""
        self.sandbox.advance(**(duration or {"seconds": 0}))
        came = self.receiver.rest()
        assert all(callback.path == "/invites?token=a%2Fb" for callback in came)
        assert all(self.client.hmac_valid(c.signature, c.text) for c in came)
        documents = [callback.document for callback in came]
        for document in documents:
            assert document.pop("notification") == {"type": "smart_invite"}
            assert document.keys() == {"smart_invite"}
        return [document["smart_invite"] for document in documents]

    def callback(self, *people: Document, reply: Document, several: bool = False) -> Document:
        whole = self.answered(*people, several=several, reply=reply)
        return but(whole, "method", "event", "attachments")


@pytest.fixture
def agency(sdk: Sdk, open_sandbox: Callable[..., Sandbox], receiver: Receiver) -> Agency:
    scenario = {"name": "sdk-smart-invites", "clock": "2026-05-11T08:00:00Z"}
    return Agency(sdk, open_sandbox(scenario=scenario), receiver)


def person(email: str, status: str = "pending", **more: Any) -> Document:
    return {"email": email, "status": status, **more}


def version(answer: Document) -> tuple[str, str, int]:
    """METHOD, UID and SEQUENCE of the file, which is as the standards want it."""
    calendar = strict.check(answer["attachments"]["icalendar"].encode())
    (found,) = calendar.components("VEVENT")
    return (
        calendar.one("METHOD").value,
        found.one("UID").value,
        int(found.one("SEQUENCE").value),
    )


def test_life(agency: Agency) -> None:
    """Invited, asked about, told of the answer, moved, and cancelled: every answer whole."""
    pending = person(KIM)
    created = agency.invite()
    assert created == agency.answered(pending)
    method, uid, sequence = version(created)
    assert (method, sequence) == ("REQUEST", 0)
    assert uid.endswith("@cronofy.com")
    assert agency.invites.status(ID, KIM) == agency.status(pending, replies=[])
    assert agency.told() == []

    comment = "¿Más tarde?"
    proposal = {"start": "2026-06-02T14:00:00Z", "end": "2026-06-02T14:30:00Z", "tzid": MADRID}
    agency.reply(KIM, "declined", comment=comment, proposal=proposal)
    proposed = {
        "start": {"time": "2026-06-02T16:00:00+02:00", "tzid": MADRID},
        "end": {"time": "2026-06-02T16:30:00+02:00", "tzid": MADRID},
    }
    declined = person(KIM, "declined", comment=comment, proposal=proposed)
    assert agency.told() == [agency.callback(declined, reply=declined)]
    assert agency.invites.status(ID, KIM) == agency.status(declined, replies=[declined])

    moved = {"start": proposal["start"], "end": proposal["end"]}
    echo = {name: {"time": time, "tzid": MADRID} for name, time in moved.items()}
    updated = agency.invite(**moved)
    assert updated == agency.answered(pending, event={**ECHO, **echo})
    assert version(updated) == ("REQUEST", uid, 1)
    agency.reply(KIM, "accepted")
    accepted = person(KIM, "accepted")
    assert agency.told() == [agency.callback(accepted, reply=accepted)]
    expected = agency.answered(accepted, event={**ECHO, **echo}, replies=[declined, accepted])
    assert agency.invites.status(ID, KIM) == but(expected, "attachments")

    cancelled = agency.invites.cancel(ID, KIM)
    assert cancelled == agency.answered(accepted, event={**ECHO, **echo}, method="cancel")
    assert version(cancelled) == ("CANCEL", uid, 2)
    assert agency.told(days=1) == []


def test_several(agency: Agency) -> None:
    """One file for all; who answers is told, also somebody to whom it was forwarded."""
    people = [{"email": KIM}, {"email": LEE, "status": "accepted"}]
    known = [person(KIM), person(LEE, "accepted")]
    created = agency.invite(people)
    assert created == agency.answered(*known, several=True)
    assert agency.invites.status(ID, None) == agency.status(*known, several=True, replies=[])
    tentative, forwarded = person(KIM, "tentative"), person(MARY, "accepted")
    agency.reply(KIM, "tentative")
    agency.reply(MARY, "accepted")
    known = [tentative, person(LEE, "accepted")]
    assert agency.told() == [
        agency.callback(*known, several=True, reply=reply) for reply in (tentative, forwarded)
    ]
    replies = [tentative, forwarded]
    found = agency.invites.status(ID, None)
    assert found == agency.status(*known, several=True, replies=replies)
    cancelled = agency.invites.cancel(ID, people)
    assert cancelled == agency.answered(*known, several=True, method="cancel")
    assert version(cancelled) == ("CANCEL", version(created)[1], 1)


def test_each_is_an_invite_of_its_own(agency: Agency) -> None:
    """Of one id: for Kim, for Lee, and for both together."""
    answers = [agency.invite(KIM), agency.invite(LEE), agency.invite([{"email": KIM}])]
    assert answers == [
        agency.answered(person(KIM)),
        agency.answered(person(LEE)),
        agency.answered(person(KIM), several=True),
    ]
    assert len({version(answer)[1] for answer in answers}) == 3


def test_least(agency: Agency) -> None:
    """Without callback_url and organizer: nobody is told."""
    event = {name: EVENT[name] for name in ("summary", "start", "end")}
    times = {name: {"time": EVENT[name], "tzid": "Etc/UTC"} for name in ("start", "end")}
    expected = but(
        agency.answered(person(KIM), event={"summary": "Viewing", **times}), "callback_url"
    )
    assert agency.invites.invite(ID, KIM, event) == expected
    agency.reply(KIM, "accepted")
    assert agency.told(days=1) == []


def test_pythons_own_times(python_sdk: PythonSdk, sandbox: Sandbox, receiver: Receiver) -> None:
    """Of datetime and date pycronofy makes texts."""
    agency = Agency(python_sdk, sandbox, receiver)
    start = datetime(2026, 6, 2, 9, tzinfo=UTC)
    event = agency.invite(start=start, end=start.replace(minute=30))["event"]
    assert event == ECHO
    days = {"start": "2026-06-02", "end": "2026-06-03"}
    answer = agency.invite(start=date(2026, 6, 2), end=date(2026, 6, 3))
    assert answer["event"] == {
        **ECHO,
        **{name: {"time": day, "tzid": MADRID} for name, day in days.items()},
    }


def test_refusals(agency: Agency, sdk: Sdk) -> None:
    """404 for what there is not, 422 for what cannot be, 401 for an unknown secret."""
    invites = agency.invites
    assert refusal(invites.status, ID, KIM) == (404, None)
    assert refusal(invites.cancel, ID, KIM) == (404, None)
    required = unprocessable("recipient_email", "errors.required", "required")
    agency.invite()
    assert refusal(invites.status, ID, None) == (422, required)
    assert refusal(invites.status, ID, LEE) == (404, None)
    assert refusal(invites.invite, ID, LEE, but(EVENT, "summary")) == (
        422,
        unprocessable("event.summary", "errors.required", "required"),
    )
    status, document = refusal(invites.invite, ID, "kim", EVENT)
    assert (status, list(document["errors"])) == (422, ["recipient.email"])
    credentials = {**agency.sandbox.credentials, "client_secret": "another"}
    stranger = smart_invite_calls.of(sdk.client(credentials))
    assert refusal(stranger.status, ID, KIM) == (401, None)
    assert refusal(stranger.cancel, ID, KIM) == (401, None)
    assert refusal(stranger.invite, ID, KIM, EVENT) == (401, None)

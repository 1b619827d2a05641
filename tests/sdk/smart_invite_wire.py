"""A world with Smart Invites for raw requests, and what they should be answered."""

from __future__ import annotations

from typing import Any

from tests.emulator import Sandbox
from tests.sdk import wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import Dialect
from tests.sdk.matching import Like
from tests.sdk.wire import CALLBACK_URL, Answer, Effect, World

PATH = "/v1/smart_invites"
KIM, LEE = "kim+sales@guest.test", "lee@guest.test"
ALONE, TOGETHER = "alone/1", "together"
ZONE = "Europe/London"
WHEN = ("2026-06-02T09:00:00Z", "2026-06-02T09:30:00Z")
DAYS = ("2026-06-02", "2026-06-04")
WORDS = {
    "summary": "Viewing",
    "description": "a/b: Größe",
    "url": "https://app.test/1",
    "location": {"description": "Calle Mayor 1", "lat": "40.4168", "long": "-3.7038"},
    "reminders": [{"minutes": 60}, {"minutes": 0}, {"minutes": 10}],
    "transparency": "opaque",
}
FILE = Like(r"(?s)BEGIN:VCALENDAR\r\n.*\r\nMETHOD:REQUEST\r\n.*\r\nEND:VCALENDAR\r\n")
CANCEL = Like(r"(?s)BEGIN:VCALENDAR\r\n.*\r\nMETHOD:CANCEL\r\n.*\r\nEND:VCALENDAR\r\n")
FOR_KIM: dict[str, Any] = {"recipient": {"email": KIM}}
FOR_BOTH: dict[str, Any] = {"recipients": [{"email": KIM}, {"email": LEE}]}


class InviteWorld(World):
    """Kim is invited alone, and together with Lee, who has accepted."""

    def __init__(self, sandbox: Sandbox, visit: Visit) -> None:
        super().__init__(sandbox, visit)
        for name, people in ((ALONE, FOR_KIM), (TOGETHER, FOR_BOTH)):
            event = {"summary": "Visit", "start": WHEN[0], "end": WHEN[1]}
            body = {"smart_invite_id": name, "event": event, **people}
            response = sandbox.call(self.client_secret, "POST", PATH, json=body)
            assert response.status_code == 200, response.text
        reply = {"email": LEE, "status": "accepted"}
        response = sandbox.control("POST", f"/smart_invites/{TOGETHER}/reply", json=reply)
        assert response.status_code == 200, response.text

    def organizer_of_kim(self) -> str:
        """The address to which Kim's answers go."""
        (found,) = (
            invite["organizer"]["email"]
            for invite in self.sandbox.control("GET", "/smart_invites").json()["smart_invites"]
            if invite["smart_invite_id"] == ALONE
        )
        return str(found)

    def known(self) -> dict[str, Any]:
        """Whom the invites are for and how they stand, by their ids."""
        listed = self.sandbox.control("GET", "/smart_invites").json()["smart_invites"]
        return {
            invite["smart_invite_id"]: {
                "method": invite["method"],
                **{name: invite[name] for name in ("recipient", "recipients") if name in invite},
            }
            for invite in listed
        }


def person(email: str, status: str = "pending") -> dict[str, Any]:
    return {"email": email, "status": status}


KIM_ALONE: dict[str, Any] = {"recipient": person(KIM)}
BOTH: dict[str, Any] = {"recipients": [person(KIM), person(LEE, "accepted")]}
VISIT = {
    "summary": "Visit",
    "start": {"time": WHEN[0], "tzid": "Etc/UTC"},
    "end": {"time": WHEN[1], "tzid": "Etc/UTC"},
}


def known(changes: dict[str, Any] | None = None) -> Effect:
    """The invites that there are; ``changes`` are of those of :class:`InviteWorld`, by id."""
    expected = {
        ALONE: {"method": "request", **KIM_ALONE},
        TOGETHER: {"method": "request", **BOTH},
        **(changes or {}),
    }
    return lambda w: bool(w.known() == expected)


def planned(*when: str) -> dict[str, Any]:
    start, end = when
    return {
        **WORDS,
        "start": {"time": start, "tzid": ZONE},
        "end": {"time": end, "tzid": ZONE},
    }


def answer(name: str, people: dict[str, Any], **more: Any) -> Answer:
    return wire.document({**people, "smart_invite_id": name, "method": "request", **more})


def body(sdk: Dialect, name: str, when: tuple[str, str] = WHEN, **more: Any) -> dict[str, Any]:
    """Everything that the SDKs name."""
    event = {**WORDS, **sdk.times(*when, ZONE)}
    return {
        "method": "request",
        "smart_invite_id": name,
        "callback_url": CALLBACK_URL,
        "event": event,
        "organizer": {"name": "My Cool Application"},
        **more,
    }


def created(name: str, people: dict[str, Any], *when: str) -> Answer:
    return answer(
        name,
        people,
        callback_url=CALLBACK_URL,
        event=planned(*(when or WHEN)),
        attachments={"icalendar": FILE},
    )

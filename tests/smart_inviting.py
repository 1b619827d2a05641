"""An application that invites people by Smart Invites, and what it is answered."""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.documents import Document
from tests.emulator import Sandbox

KIM, LEE, MARY = "kim@guest.test", "lee@guest.test", "mary@partner.test"
CLOCK = "2026-05-11T08:00:00Z"
START, END = "2026-06-02T09:00:00Z", "2026-06-02T09:30:00Z"
ID = "booking-118"

# In place of a member's value: the member is left out.
LEFT_OUT: Any = object()


def but(document: Document, changes: Document) -> Document:
    return {name: value for name, value in {**document, **changes}.items() if value is not LEFT_OUT}


def event(**changes: Any) -> Document:
    """What an application sends."""
    return but({"summary": "Viewing", "start": START, "end": END, "tzid": "Europe/Madrid"}, changes)


def echoed(**changes: Any) -> Document:
    """The same as it is answered."""
    document = {
        "summary": "Viewing",
        "start": {"time": START, "tzid": "Europe/Madrid"},
        "end": {"time": END, "tzid": "Europe/Madrid"},
    }
    return but(document, changes)


def people(*emails: str, **more: str) -> list[Document]:
    return [{"email": email, **more} for email in emails]


class Application:
    """One of the sandbox's applications, with its API key."""

    def __init__(self, sandbox: Sandbox, number: int = 0) -> None:
        self.sandbox = sandbox
        self.key: str = sandbox.document["applications"][number]["client_secret"]

    def call(self, method: str, **options: Any) -> httpx.Response:
        return self.sandbox.call(self.key, method, "/v1/smart_invites", **options)

    def post(self, **changes: Any) -> httpx.Response:
        """Invite Kim, whatever comes of it; ``changes`` add, replace, or remove members."""
        body = {"smart_invite_id": ID, "recipient": {"email": KIM}, "event": event()}
        return self.call("POST", json=but(body, changes))

    def invite(self, **changes: Any) -> Document:
        """The answer to what has been done."""
        response = self.post(**changes)
        assert response.status_code == 200, response.text
        document: Document = response.json()
        return document

    def invite_several(self, *emails: str, **changes: Any) -> Document:
        return self.invite(recipient=LEFT_OUT, recipients=people(*emails), **changes)

    def cancel(self, **changes: Any) -> Document:
        return self.invite(method="cancel", event=LEFT_OUT, **changes)

    def status(self, **changes: Any) -> Document:
        response = self.call(
            "GET", params=but({"smart_invite_id": ID, "recipient_email": KIM}, changes)
        )
        assert response.status_code == 200, response.headers
        document: Document = response.json()
        return document

    def status_of_several(self, **changes: Any) -> Document:
        return self.status(recipient_email=LEFT_OUT, **changes)

    def file(self, **changes: Any) -> bytes:
        """The newest one."""
        document = self.status(include_ics="true", **changes)
        file: str = document["attachments"]["icalendar"]
        return file.encode()

    def answer(self, email: str, status: str, name: str = ID, **more: Any) -> httpx.Response:
        """``email`` answers, by the control API."""
        body = {"email": email, "status": status, **more}
        return self.sandbox.control("POST", f"/smart_invites/{name}/reply", json=body)

    def answered(self, email: str, status: str, **more: Any) -> Document:
        response = self.answer(email, status, **more)
        assert response.status_code == 200, response.text
        document: Document = response.json()
        return document

    def deliveries(self) -> list[Document]:
        query = {"kind": "smart_invite"}
        found: list[Document] = self.sandbox.control("GET", "/deliveries", params=query).json()[
            "deliveries"
        ]
        return found

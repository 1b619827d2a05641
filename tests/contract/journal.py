"""What the tests of the journal ask."""

from __future__ import annotations

from typing import Any

import httpx

from mock_server.world.masking import shortened
from tests.contract.control import CLOCK
from tests.contract.documents import ANY_NUMBER, Document
from tests.emulator import Sandbox

EVENT = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T10:00:00Z"}


def entry(number: int, method: str, path: str, status: int, **more: Any) -> Document:
    """What is shown of a request, without its headers and bodies."""
    return {
        "number": number,
        "at": CLOCK,
        "method": method,
        "path": path,
        "query": "",
        "operation": f"{method} {path}",
        "status": status,
        "duration_us": ANY_NUMBER,
        "client_id": None,
        "sub": None,
        "hint": None,
        "findings": [],
        "fault_id": None,
        "outage_id": None,
        **more,
    }


def journal(sandbox: Sandbox, query: Any = None) -> list[Document]:
    response = sandbox.control("GET", "/journal", params=query)
    assert response.status_code == 200, response.text
    found: list[Document] = response.json()["requests"]
    return found


def numbers(sandbox: Sandbox, query: Any = None) -> list[int]:
    """Which requests ``query`` finds."""
    return [one["number"] for one in journal(sandbox, query)]


def outline(sandbox: Sandbox) -> list[Document]:
    """All of them, without headers and bodies."""
    inner = {"request", "response"}
    return [{k: v for k, v in one.items() if k not in inner} for one in journal(sandbox)]


def verify(sandbox: Sandbox, **wanted: Any) -> Document:
    response = sandbox.control("POST", "/journal/verify", json=wanted)
    assert response.status_code == 200, response.text
    verdict: Document = response.json()
    return verdict


class Caller:
    """An application that reads and writes Jane's calendar."""

    def __init__(self, sandbox: Sandbox, **options: Any) -> None:
        self.sandbox = sandbox
        self.answer = sandbox.connect(**options)
        self.token: str = self.answer["access_token"]
        self.client_id: str = sandbox.application["client_id"]
        self.sub: str = self.answer["sub"]
        profile = self.answer["userinfo"]["cronofy.data"]["profiles"][0]
        self.calendar_id: str = profile["profile_calendars"][0]["calendar_id"]

    @property
    def events(self) -> str:
        return f"/v1/calendars/{self.calendar_id}/events"

    @property
    def bearer(self) -> str:
        return f"Bearer {shortened(self.token)}"

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.sandbox.call(self.token, method, path, **options)

    def write(self, summary: str, **more: Any) -> None:
        """An event of that ``summary``."""
        body = {"event_id": summary.lower(), "summary": summary, **EVENT, **more}
        response = self.call("POST", self.events, json=body)
        assert response.status_code == 202, response.text

"""What tests of faults have in common: a sandbox over a real socket, in which Jane is connected."""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.documents import Document
from tests.emulator import Sandbox

CLOCK = "2026-05-11T08:00:00Z"
JANE = "jane@acme.test"
EVENT = {
    "event_id": "lunch",
    "summary": "Lunch",
    "start": "2026-05-12T11:00:00Z",
    "end": "2026-05-12T12:00:00Z",
}


class World:
    """A sandbox over a real socket, in which Jane is connected."""

    def __init__(self, http: httpx.Client, **wanted: Any) -> None:
        answer = http.post("/_mock/sandboxes", json={"clock": CLOCK, **wanted})
        assert answer.status_code == 201, answer.text
        self.sandbox = Sandbox(http, answer.json())
        self.jane = self.sandbox.connect(JANE)
        self.token: str = self.jane["access_token"]

    def fault(self, match: Document | None = None, /, **more: Any) -> Document:
        """One that responds with ``more``, but for the keys of the fault itself."""
        own = {
            key: more.pop(key)
            for key in ("after", "times", "probability", "window", "respond")
            if key in more
        }
        document = {"match": match or {}, "respond": more, **own}
        answer = self.sandbox.control("POST", "/faults", json=document)
        assert answer.status_code == 201, answer.text
        fault: Document = answer.json()
        return fault

    def read(self, fault: Document) -> Document:
        document: Document = self.sandbox.control("GET", f"/faults/{fault['fault_id']}").json()
        return document

    def release(self, fault: Document, **body: Any) -> int:
        path = f"/faults/{fault['fault_id']}/release"
        released: int = self.sandbox.control("POST", path, json=body).json()["released"]
        return released

    def wait(self, fault: Document, count: int = 1) -> Document:
        query = {"fault": fault["fault_id"], "count": count, "timeout": 20}
        answer = self.sandbox.control("GET", "/wait", params=query)
        assert answer.status_code == 200, answer.text
        document: Document = answer.json()
        return document

    def call(self, method: str = "GET", path: str = "/v1/account", **more: Any) -> httpx.Response:
        return self.sandbox.call(self.token, method, path, **more)

    def write(self, *, timeout: float = 30, **more: Any) -> httpx.Response:
        path = f"/v1/calendars/{self.calendar}/events"
        return self.call("POST", path, json={**EVENT, **more}, timeout=timeout)

    @property
    def calendar(self) -> str:
        (profile,) = self.sandbox.control("GET", "").json()["connected"][0]["profiles"]
        calendar_id: str = profile["profile_calendars"][0]["calendar_id"]
        return calendar_id

    def events(self) -> list[str]:
        """What stands in Jane's own calendar."""
        listed = self.sandbox.control("GET", f"/people/{JANE}/events").json()["events"]
        return [event["summary"] for event in listed]

    def journal(self) -> list[tuple[str, int, str | None]]:
        requests = self.sandbox.control("GET", "/journal").json()["requests"]
        return [(r["path"], r["status"], r["fault_id"]) for r in requests]

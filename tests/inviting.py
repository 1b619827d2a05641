"""Somebody in Free/Busy mode, whose events reach them and their guests by mail."""

from __future__ import annotations

from typing import Any

from tests.emulator import Sandbox

JANE = "jane@acme.test"
GUEST = "guest@partner.test"

EVENT: dict[str, Any] = {
    "event_id": "review",
    "summary": "Quarterly review",
    "description": "Bring the numbers.",
    "start": "2026-05-12T09:00:00Z",
    "end": "2026-05-12T10:00:00Z",
    "tzid": "Europe/London",
    "location": {"description": "Board room, 3rd floor"},
    "attendees": {"invite": [{"email": GUEST, "display_name": "Guest Partner"}]},
}


class Organizer:
    """Writes events into the Cronofy calendar of ``JANE``, as an application does."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.token: str = sandbox.connect(
            JANE, access_mode="free_busy", scope="free_busy_write read_events"
        )["access_token"]
        listed = sandbox.call(self.token, "GET", "/v1/calendars").json()["calendars"]
        (self.calendar_id,) = [c["calendar_id"] for c in listed if not c["calendar_readonly"]]

    @property
    def _path(self) -> str:
        return f"/v1/calendars/{self.calendar_id}/events"

    def write(self, **changes: Any) -> None:
        """Create the event, or change it."""
        event = {**EVENT, **changes}
        response = self.sandbox.call(self.token, "POST", self._path, json=event)
        assert response.status_code == 202, response.text

    def delete(self) -> None:
        body = {"event_id": EVENT["event_id"]}
        response = self.sandbox.call(self.token, "DELETE", self._path, json=body)
        assert response.status_code == 202, response.text

    def event(self) -> dict[str, Any]:
        """The event as the application reads it."""
        query = {"from": "2026-05-01", "to": "2026-06-01", "tzid": "Etc/UTC"}
        query["include_managed"] = "true"
        response = self.sandbox.call(self.token, "GET", "/v1/events", params=query)
        assert response.status_code == 200, response.headers
        (found,) = response.json()["events"]
        document: dict[str, Any] = found
        return document

    def statuses(self) -> dict[str, str]:
        """What everybody who is invited has answered."""
        return {a["email"]: a["status"] for a in self.event()["attendees"]}

    def mails(self, **query: str) -> list[dict[str, Any]]:
        response = self.sandbox.control("GET", "/inbox", params=query)
        assert response.status_code == 200, response.headers
        listed: list[dict[str, Any]] = response.json()["messages"]
        return listed

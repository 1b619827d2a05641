"""Somebody's calendar as an application reads it: queries are written as clients send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.contract.documents import Document, person
from tests.contract.events import CLOCK, JANE, LEFT_OUT, SCOPE, Writer, event, written
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

EVENTS, FREE_BUSY = "/v1/events", "/v1/free_busy"
WORK = "Work"
_PERSONAL = ("calendars", "initial_sync", "invites", "provider", "sync_delay")
NOTHING_ALLOWED = {"delete": False, "update": False, "change_participation_status": False}
EVERYTHING_ON = {"free_busy": True, "no_access": True, "recurring_events": True}


class Reader(Writer):
    """An application that reads; it may write as well."""

    def get(self, path: str, query: str = "") -> httpx.Response:
        return self.sandbox.call(self.token, "GET", f"{path}?{query}" if query else path)

    def page(self, path: str = EVENTS, query: str = "") -> Document:
        """The answer to ``query``; in UTC if it names no time zone."""
        zone = "" if "tzid=" in query else "&tzid=Etc/UTC"
        answer = self.get(path, f"{query}{zone}".removeprefix("&"))
        assert answer.status_code == 200, answer.text
        found: Document = answer.json()
        return found

    def events(self, query: str = "") -> list[Document]:
        found: list[Document] = self.page(EVENTS, query)["events"]
        return found

    def summaries(self, query: str = "") -> list[str]:
        return [found["summary"] for found in self.events(query)]

    def periods(self, query: str = "") -> list[Document]:
        found: list[Document] = self.page(FREE_BUSY, query)["free_busy"]
        return found

    def later(self, **duration: int) -> None:
        """Some time passes, in which access tokens expire."""
        self.sandbox.advance(**duration)
        self.token = self.sandbox.connect(JANE, scope=f"read_write {SCOPE}")["access_token"]

    def write_all(self, bodies: list[Document]) -> None:
        """Upsert :func:`event` with each of ``bodies``, all in one call."""
        batch = [
            {"method": "POST", "relative_url": self.path, "data": event(**body)} for body in bodies
        ]
        answer = self.call("POST", "/v1/batch", {"batch": batch})
        assert answer.json() == {"batch": [{"status": 202}] * len(bodies)}


def open_reader(open_sandbox: Open, *events: Document, **how: Any) -> Reader:
    """Jane with ``events`` in her calendar, connected; ``how`` are members of her person, the
    scenario's ``switches`` and application, and what the control API's connect takes.
    """
    application = {"name": "Example Application", "features": EVERYTHING_ON}
    scenario: Document = {
        "applications": [{**application, **how.pop("application", {})}, application],
        "switches": how.pop("switches", {}),
    }
    jane = {name: how.pop(name) for name in _PERSONAL if name in how}
    jane.setdefault("calendars", [{"name": WORK, "primary": True, "events": list(events)}])
    scenario["people"] = [person(JANE, **jane)]
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    return Reader(sandbox, sandbox.connect(JANE, **{"scope": f"read_write {SCOPE}", **how}))


def second_reader(reader: Reader, **how: Any) -> Reader:
    """Jane's calendar as the sandbox's second application reads it."""
    client_id = reader.sandbox.document["applications"][1]["client_id"]
    how = {"scope": f"read_write {SCOPE}", "client_id": client_id, **how}
    return Reader(reader.sandbox, reader.sandbox.connect(JANE, **how))


def entry(summary: str, start: str, end: str, **more: Any) -> Document:
    """An event of a scenario."""
    return {"summary": summary, "start": start, "end": end, **more}


def stands(calendar_id: str, **changes: Any) -> Document:
    """What reads answer of an event that the application has not written."""
    changes = {
        "event_id": LEFT_OUT,
        "organizer": {"email": JANE, "display_name": None},
        "options": NOTHING_ALLOWED,
        **changes,
    }
    return written(calendar_id, **changes)


def in_calendar(reader: Reader, **details: Any) -> str:
    """Jane makes an event in her own calendar, or changes the one of ``event_uid``."""
    answer = reader.sandbox.control("POST", f"/people/{JANE}/events", json=details)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["event_uid"]
    return found


def out_of_calendar(reader: Reader, event_uid: str) -> None:
    """Jane deletes an event in her own calendar."""
    query = {"event_uid": event_uid}
    answer = reader.sandbox.control("DELETE", f"/people/{JANE}/events", params=query)
    assert answer.status_code == 204, answer.text

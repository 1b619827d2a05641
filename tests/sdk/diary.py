"""Jane's calendars as an application sees them through one SDK, in each access mode.

What is written and read is the same in all modes; what differs is said here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.emulator import Sandbox, redirected
from tests.sdk import event_calls
from tests.sdk.clients import Client, Document, Sdk
from tests.sdk.matching import Like

JANE = "jane@acme.test"
BEN = "ben@acme.test"
CLOCK = "2026-05-11T08:00:00Z"
# Everything that applications can be allowed, in a form that offers every access mode.
SCOPE = "free_busy_write read_events change_participation_status"

MODES = {
    "read_write-google": ("read_write", "google"),
    "read_write-office365": ("read_write", "office365"),
    "free_busy-google": ("free_busy", "google"),
    "free_busy-office365": ("free_busy", "office365"),
    "no_calendar": ("no_calendar", "google"),
}

EVENT_UID = Like(r"evt_external_[0-9a-f]{24}")
PEOPLE_ONLY = {"delete": False, "update": False, "change_participation_status": False}

PLANNING = {
    "event_id": "planning",
    "summary": "Planning",
    "description": "What comes next",
    "start": "2026-05-13T09:00:00Z",
    "end": "2026-05-13T10:00:00Z",
}


def event(**changes: Any) -> Document:
    """What an application writes."""
    return {**PLANNING, **changes}


class Diary:
    def __init__(
        self, sdk: Sdk, open_sandbox: Callable[..., Sandbox], mode: str, **scenario: Any
    ) -> None:
        self.mode, provider = MODES[mode]
        person = {
            "email": JANE,
            "name": "Jane Doe",
            "zoneinfo": "Europe/London",
            "provider": provider,
            "calendars": [
                {
                    "name": "Jane",
                    "primary": True,
                    "events": [
                        {
                            "summary": "Review",
                            "start": "2026-05-12T10:00:00Z",
                            "end": "2026-05-12T11:00:00Z",
                            "location": "Room 1",
                        },
                        {
                            "summary": "Exhibition",
                            "start": "2026-05-14",
                            "end": "2026-05-16",
                            "transparency": "transparent",
                        },
                    ],
                },
                {
                    "name": "Holidays",
                    "readonly": True,
                    "events": [
                        {"summary": "Bank holiday", "start": "2026-05-25", "end": "2026-05-26"}
                    ],
                },
            ],
        }
        ben = {"email": BEN, "name": "Ben Lee", "zoneinfo": "Asia/Tokyo"}
        document = {
            "name": "sdk-events",
            "clock": CLOCK,
            "applications": [
                {"name": name, "features": {"no_access": True}} for name in ("Planner", "Other")
            ],
            "people": [person, ben],
            **scenario,
        }
        self.sdk = sdk
        self.sandbox = open_sandbox(scenario=document)
        self.connect(SCOPE)

    def connect(self, scope: str) -> None:
        """Jane agrees to ``scope``."""
        token = self.sandbox.connect(JANE, access_mode=self.mode, scope=scope)
        self.client = self.client_of(token)
        self.events = event_calls.of(self.client)
        profiles = token["userinfo"]["cronofy.data"]["profiles"]
        self.profile_id: str = profiles[-1]["profile_id"]
        listed = [c for profile in profiles for c in profile["profile_calendars"]]
        (self.calendar_id,) = (c["calendar_id"] for c in listed if not c["calendar_readonly"])
        # Her own, by name; none in No Calendar Access mode.
        self.own: dict[str, str] = {
            c["calendar_name"]: c["calendar_id"]
            for c in listed
            if c["calendar_name"] != "Cronofy Calendar"
        }

    def client_of(self, token: Document, application: int = 0) -> Client:
        found = self.sandbox.document["applications"][application]
        credentials = {name: found[name] for name in ("client_id", "client_secret")}
        return self.sdk.client(credentials, token["access_token"], token["refresh_token"])

    def elevate(self) -> None:
        """Jane agrees to unrestricted access to her calendar."""
        consent = {"page": "permissions", "decision": "allow", "email": JANE}
        self.sandbox.control("POST", "/consents", json=consent)
        asked = self.client.elevate([self.calendar_id], "https://app.acme.test/elevated")
        redirected(self.sandbox.http.get(asked["permissions_request"]["url"]))

    @property
    def hosted(self) -> bool:
        """Whether what is written stays with Cronofy, and goes to Jane by mail."""
        return self.mode != "read_write"

    def managed(self) -> list[Document]:
        """What the application has written, as it is read."""
        return self.events.read(only_managed=True)

    def written(self, **changes: Any) -> Document:
        """``PLANNING`` as it is read; ``changes`` are of that."""
        options = {"delete": True, "update": True, "change_participation_status": self.hosted}
        jane = {"email": JANE, "display_name": None, "status": "needs_action"}
        organizer = (
            {"email": Like(r".+@invite\.mock-cronofy\.test"), "display_name": "Planner"}
            if self.hosted
            else {"email": JANE, "display_name": "Jane Doe"}
        )
        return {
            "calendar_id": self.calendar_id,
            "event_uid": EVENT_UID,
            **PLANNING,
            "deleted": False,
            "created": CLOCK,
            "updated": CLOCK,
            "event_private": False,
            "participation_status": "needs_action" if self.hosted else "accepted",
            "attendees": [jane] if self.hosted else [],
            "organizer": organizer,
            "transparency": "opaque",
            "extended_transparency": "opaque",
            "status": "confirmed",
            "categories": [],
            "recurring": False,
            "options": options,
            **changes,
        }

    def period(self, calendar_id: str, start: str, end: str, status: str = "busy") -> Document:
        return {
            "calendar_id": calendar_id,
            "start": start,
            "end": end,
            "free_busy_status": status,
        }

    def own_busy(self) -> list[Document]:
        """When Jane's own calendars say that she is busy."""
        if not self.own:
            return []
        review = ("2026-05-12T10:00:00Z", "2026-05-12T11:00:00Z")
        return [
            self.period(self.own["Jane"], *review),
            self.period(self.own["Holidays"], "2026-05-25", "2026-05-26"),
        ]

    def own_events(self) -> list[Document]:
        """What her own calendars hold, where it can be read."""
        if self.hosted:
            return []
        exhibition = {
            "calendar_id": self.own["Jane"],
            "summary": "Exhibition",
            "start": "2026-05-14",
            "end": "2026-05-16",
            "transparency": "transparent",
            "extended_transparency": "transparent",
        }
        holiday = {
            "calendar_id": self.own["Holidays"],
            "summary": "Bank holiday",
            "start": "2026-05-25",
            "end": "2026-05-26",
        }
        review = {
            "summary": "Review",
            "start": "2026-05-12T10:00:00Z",
            "end": "2026-05-12T11:00:00Z",
            "location": {"description": "Room 1"},
        }
        return [self.external(**words) for words in (review, exhibition, holiday)]

    def external(self, **words: Any) -> Document:
        """An event of Jane's own as it is read."""
        document = self.written(
            description="", organizer={"email": JANE, "display_name": None}, options=PEOPLE_ONLY
        )
        del document["event_id"]
        return {**document, **words}

    def mails(self) -> list[tuple[str, int]]:
        """Method and SEQUENCE of the invitations that Jane has got."""
        found = self.sandbox.control("GET", "/inbox", params={"to": JANE}).json()["messages"]
        return [(mail["method"], mail["sequence"]) for mail in found]

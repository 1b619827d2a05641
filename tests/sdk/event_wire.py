"""A world with events for raw requests, and what they should bring about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.emulator import Sandbox, redirected
from tests.sdk import wire
from tests.sdk.conftest import Visit, decide
from tests.sdk.wire import BEN, JANE, World

SCOPE = wire.SCOPE
ZONE = "Europe/London"
WHEN = ("2026-05-13T09:00:00Z", "2026-05-13T10:00:00Z")
WORDS = {"summary": "Planning", "description": "What comes next: a/b"}

_REVIEW = {
    "summary": "Review",
    "start": "2026-05-12T10:00:00Z",
    "end": "2026-05-12T11:00:00Z",
}
_RETRO = {
    "summary": "Retro",
    "start": "2026-05-15T10:00:00Z",
    "end": "2026-05-15T11:00:00Z",
}
SCENARIO = {
    **wire.SCENARIO,
    "name": "sdk-event-wire",
    "people": [
        {
            "email": JANE,
            "name": "Jane Doe",
            "zoneinfo": ZONE,
            "calendars": [
                {"name": "Jane", "primary": True, "events": [_REVIEW]},
                {"name": "Team", "events": [_RETRO]},
            ],
        },
        {"email": BEN, "name": "Ben Lee", "zoneinfo": "Asia/Tokyo"},
    ],
}


class EventWorld(World):
    """Jane has allowed everything. Of the application's events one has been moved, one is
    deleted; Ben has invited Jane to another.
    """

    def __init__(self, sandbox: Sandbox, visit: Visit) -> None:
        super().__init__(sandbox, visit)
        listed = self.plain("/v1/calendars")["calendars"]
        self.calendar_id, self.team_id = (c["calendar_id"] for c in listed)
        self.path = f"/v1/calendars/{self.calendar_id}/events"
        self._elevate()
        self._invite()
        self.write("moved")
        self.write("gone")
        sandbox.advance(minutes=5)
        self.write("moved", start="2026-05-21T09:00:00Z", end="2026-05-21T10:00:00Z")
        self.change("DELETE", {"event_id": "gone"})
        self.review_uid = self.uid("Review")
        self.invited_uid = self.uid("Standup")

    def _elevate(self) -> None:
        decide(self.sandbox, "permissions", email=JANE)
        level = {"calendar_id": self.calendar_id, "permission_level": "unrestricted"}
        body = {"permissions": [level], "redirect_uri": wire.REDIRECT_URI}
        asked = self.sandbox.call(self.token, "POST", "/v1/permissions", json=body).json()
        redirected(self.sandbox.http.get(asked["permissions_request"]["url"]))

    def _invite(self) -> None:
        ben = self.connect(email=BEN, scope=SCOPE)
        calendar = ben["userinfo"]["cronofy.data"]["profiles"][0]["profile_calendars"][0]
        event = {
            "event_id": "standup",
            "summary": "Standup",
            "start": "2026-05-14T09:00:00Z",
            "end": "2026-05-14T09:15:00Z",
            "attendees": {"invite": [{"email": JANE}]},
        }
        path = f"/v1/calendars/{calendar['calendar_id']}/events"
        self.sandbox.call(ben["access_token"], "POST", path, json=event)
        reply = f"/inbox/latest/reply?to={JANE}"
        self.sandbox.control("POST", reply, json={"status": "tentative"})

    def change(self, method: str, body: Any) -> None:
        response = self.sandbox.call(self.token, method, self.path, json=body)
        assert (response.status_code, response.content) == (202, b""), response.text

    def write(self, event_id: str, **changes: Any) -> None:
        """A plain upsert of an event that says ``WORDS`` in London, unless ``changes`` say more."""
        times = {"start": WHEN[0], "end": WHEN[1], "tzid": ZONE}
        self.change("POST", {"event_id": event_id, **WORDS, **times, **changes})

    def read(self, **parameters: Any) -> list[Any]:
        query = urlencode({"tzid": "Etc/UTC", "include_managed": "true", **parameters})
        page = self.plain(f"/v1/events?{query}")
        found: list[Any] = page["events"]
        while "next_page" in page["pages"]:
            page = self.plain(urlsplit(page["pages"]["next_page"]).path)
            found += page["events"]
        return found

    def uid(self, summary: str) -> str:
        (found,) = (e["event_uid"] for e in self.read() if e["summary"] == summary)
        return str(found)

    def ids(self) -> list[str]:
        """What of the application's is there, by event_id."""
        return sorted(e["event_id"] for e in self.read(only_managed="true"))


Effect = Callable[[EventWorld], bool]


def left(*event_ids: str) -> Effect:
    """Of the application's events, these are there."""
    return lambda world: world.ids() == sorted(event_ids)


def external(*summaries: str) -> Effect:
    """Of everybody else's in that calendar, these are."""

    def check(world: EventWorld) -> bool:
        found = [e for e in world.read() if "event_id" not in e]
        there = [e["summary"] for e in found if e["calendar_id"] == world.calendar_id]
        return sorted(there) == sorted(summaries)

    return check


def written(event_id: str, **members: Any) -> Effect:
    """The event reads as one does that a plain request has written with ``members``."""

    def check(world: EventWorld) -> bool:
        world.write("beside", **members)
        localized = world.read(localized_times="true", include_geo="true")
        found = {e["event_id"]: e for e in localized if "event_id" in e}
        own = ("event_id", "event_uid")
        first, second = (
            {name: value for name, value in found[i].items() if name not in own}
            for i in (event_id, "beside")
        )
        return first == second

    return check


def answered(status: str) -> Effect:
    """Jane has answered Ben's invitation so."""
    return lambda world: (
        [e["participation_status"] for e in world.read() if e["summary"] == "Standup"] == [status]
    )

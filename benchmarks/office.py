"""An office of people with full calendars, and queries about when they can meet."""

from __future__ import annotations

import random
import time
from typing import Any

import httpx

from mock_server.app import create_app
from mock_server.rules import own_calendar
from mock_server.settings import Settings
from mock_server.world.clock import as_text
from mock_server.world.events import Details
from mock_server.world.sandbox import Sandbox

Document = dict[str, Any]
Span = tuple[int, int]

MINUTE, HOUR, DAY = 60, 3600, 86_400
MONDAY = 1_778_457_600  # 2026-05-11, UTC: the first day that queries are about
FIRST_HOUR, LAST_HOUR = 9, 17

# The days around Monday that events are spread over.
YEAR = range(-182, 182)
MONTH = range(30)

_LENGTHS = (15, 30, 30, 45, 60)


class Office:
    """People, connected to one application, each with events in the working hours of weekdays."""

    def __init__(
        self, client: httpx.AsyncClient, sandbox: Sandbox, secret: str, busy: dict[str, list[Span]]
    ) -> None:
        self.client = client
        self.busy = busy
        self._sandbox = sandbox
        self._headers = {"Authorization": f"Bearer {secret}"}

    @property
    def subs(self) -> list[str]:
        return [*self.busy]

    async def ask(self, query: Document) -> tuple[float, Document]:
        """How many seconds the call took, and its answer."""
        started = time.perf_counter()
        response = await self.client.post("/v1/availability", json=query, headers=self._headers)
        taken = time.perf_counter() - started
        assert response.status_code == 200, response.text[:200]
        document: Document = response.json()
        return taken, document

    def add(self, number: int, span: Span) -> None:
        """One event more in somebody's calendar."""
        calendar = self._sandbox.provider_calendars.by("email", _email(number))[0]
        own_calendar.add(self._sandbox, calendar, Details("Meeting", *span))
        self.busy[self.subs[number]].append(span)


async def open_office(people: int, events: int, days: range) -> Office:
    app = create_app(Settings())
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://localhost:8282",
    )
    emails = [_email(number) for number in range(people)]
    scenario = {
        "people": [{"email": email} for email in emails],
        "connected": [{"person": email} for email in emails],
        "switches": {"most_members": None},
    }
    body = {"clock": as_text(MONDAY), "scenario": scenario}
    opened = (await client.post("/_mock/sandboxes", json=body)).json()
    sandbox = app.sandboxes.get(opened["sandbox_id"])
    assert sandbox is not None
    busy: dict[str, list[Span]] = {one["sub"]: [] for one in opened["connected"]}
    office = Office(client, sandbox, opened["applications"][0]["client_secret"], busy)
    chance = random.Random(people * events)
    for number in range(people):
        for _ in range(events):
            office.add(number, _meeting(chance, days))
    return office


def _email(number: int) -> str:
    return f"member{number}@acme.test"


def _meeting(chance: random.Random, days: range) -> Span:
    """Within working hours, on the quarter."""
    length = chance.choice(_LENGTHS) * MINUTE
    quarters = range(FIRST_HOUR * HOUR, LAST_HOUR * HOUR - length + 1, 15 * MINUTE)
    start = MONDAY + chance.choice(_weekdays(days)) * DAY + chance.choice(quarters)
    return start, start + length


def _weekdays(days: range) -> list[int]:
    return [day for day in days if day % 7 < 5]


def query(subs: list[str], required: int | str, periods: list[Document]) -> Document:
    """When so many of them have half an hour, every quarter of an hour, with buffers."""
    quarter = {"minutes": 15}
    return {
        "participants": [{"members": [{"sub": sub} for sub in subs], "required": required}],
        "required_duration": {"minutes": 30},
        "start_interval": quarter,
        "buffer": {"before": quarter, "after": quarter},
        "response_format": "overlapping_slots",
        "query_periods": periods,
    }


def day_and_night(days: int) -> list[Document]:
    """One period."""
    return [_period(0, days * DAY)]


def working_hours(days: int) -> list[Document]:
    """A period for each weekday."""
    return [
        _period(day * DAY + FIRST_HOUR * HOUR, day * DAY + LAST_HOUR * HOUR)
        for day in _weekdays(range(days))
    ]


def _period(start: int, end: int) -> Document:
    return {"start": as_text(MONDAY + start), "end": as_text(MONDAY + end)}

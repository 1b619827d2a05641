"""A world for raw requests about availability, and how each SDK writes them.

Ruby: ``availability`` and its ``map_`` methods, client.rb 854-920 and 1729-1870, keys and tokens
1921-1927, available periods 1624-1680. PHP: Cronofy.php 750-787 (availability), 1099-1148
(available periods), 1153-1205 (rules). C#: AvailabilityRequest.cs and its builders, of which
what is not set is left out (HttpRequest.cs 19); times as TimestampConverter.cs writes them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.emulator import Sandbox
from tests.sdk import event_wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import DIALECTS, Request
from tests.sdk.team import item, period, placed
from tests.sdk.wire import BEN, SCOPE, Answer, World

_LUNCH = {"summary": "Lunch", **period("12:00-13:00")}
SCENARIO = {
    **event_wire.SCENARIO,
    "name": "sdk-availability-wire",
    "people": [
        event_wire.SCENARIO["people"][0],
        {
            "email": BEN,
            "name": "Ben Lee",
            "zoneinfo": "Asia/Tokyo",
            "calendars": [{"name": "Ben", "primary": True, "events": [_LUNCH]}],
        },
    ],
}
ROOM = "room-1@acme.test"

TUESDAYS = [{"day": "tuesday", "start_time": "12:00", "end_time": "16:00"}]
RULE = {"availability_rule_id": "work", "tzid": "Europe/London", "weekly_periods": TUESDAYS}


class AvailabilityWorld(World):
    """On Tuesday Jane is busy at 10, Ben at 12, the room never."""

    def __init__(self, sandbox: Sandbox, visit: Visit) -> None:
        super().__init__(sandbox, visit)
        ben = self.connect(email=BEN, scope=SCOPE)
        self.jane_sub = str(self.jane["sub"])
        self.ben_sub = str(ben["sub"])
        self.room_sub = str(self.connect(email=ROOM, service_account="acme.test")["sub"])
        (calendar,) = ben["userinfo"]["cronofy.data"]["profiles"][0]["profile_calendars"]
        self.ben_calendar = str(calendar["calendar_id"])
        self.jane_calendar = str(self.plain("/v1/calendars")["calendars"][0]["calendar_id"])

    def store(self, path: str, body: Any) -> None:
        """A plain upsert of Jane's."""
        response = self.sandbox.call(self.token, "POST", path, json=body)
        assert response.status_code in (200, 202), response.text

    def periods(self) -> Any:
        return self.plain("/v1/available_periods?localized_times=true")["available_periods"]

    def rules(self) -> Any:
        return self.plain("/v1/availability_rules")["availability_rules"]


def _plain(time: str) -> str:
    return time


def _with_milliseconds(time: str) -> str:
    """Date.toISOString"""
    return time.replace("Z", ".000Z")


def _with_space(time: str) -> str:
    """DateTimeOffset.ToString("u")"""
    return time.replace("T", " ")


@dataclass(frozen=True)
class Form:
    """``key``: whether the SDK shows the application's secret, not an access token. ``always``
    stands in every query, ``step`` in every event of a sequence.
    """

    sdk: str
    periods: str = "query_periods"
    key: bool = False
    time: Callable[[str], str] = _plain
    least: bool = False
    always: dict[str, Any] = field(default_factory=dict)
    step: dict[str, Any] = field(default_factory=dict)

    def token(self, world: World) -> str:
        return world.client_secret if self.key else world.token

    def post(self, path: str, world: World, body: Any) -> Request:
        return DIALECTS[self.sdk].api("POST", path, self.token(world), body)

    def when(self, *periods: dict[str, str]) -> dict[str, Any]:
        times = [{name: self.time(time) for name, time in p.items()} for p in periods]
        return {self.periods: times}

    def buffer(self, minutes: int) -> Any:
        duration = {"minutes": minutes}
        return {"minimum": duration} if self.least else duration


FORMS = {
    "python": Form(
        "python",
        "available_periods",
        always={"buffer": {}},
        step={"start_interval": None, "buffer": {}},
    ),
    "node": Form("node", time=_with_milliseconds),
    # With an access token as well as a secret it shows the token.
    "ruby": Form("ruby", key=True),
    "php": Form("php", key=True),
    "csharp": Form(
        "csharp",
        "available_periods",
        time=_with_space,
        least=True,
        step={"available_periods": []},
    ),
}


# -- Queries, and what they find ----------------------------------------------------------

HOUR = {"minutes": 60}
DAY = period("09:00-17:00")

Members = Callable[[Form, AvailabilityWorld], dict[str, Any]]


def group(*members: Any, required: Any = "all") -> dict[str, Any]:
    listed = [{"sub": member} if isinstance(member, str) else member for member in members]
    return {"members": listed, "required": required}


def both(w: AvailabilityWorld) -> list[Any]:
    return [group(w.jane_sub, w.ben_sub)]


def an_hour(form: Form, w: AvailabilityWorld, **more: Any) -> dict[str, Any]:
    """An hour that Jane and Ben have that day, unless ``more`` says otherwise."""
    return {
        "participants": both(w),
        "required_duration": HOUR,
        **form.when(DAY),
        **form.always,
        **more,
    }


def of_both(*times: str, named: str = "available_periods") -> Answer:
    def answer(w: Any) -> Any:
        return {named: [item(found, w.jane_sub, w.ben_sub) for found in times]}

    return answer


def one_of_two(form: Form, w: AvailabilityWorld) -> dict[str, Any]:
    groups = [group(w.jane_sub), group(w.ben_sub, w.room_sub, required=1)]
    return an_hour(form, w, participants=groups)


def with_one_of_two(w: Any) -> Any:
    everybody = (w.jane_sub, w.ben_sub, w.room_sub)
    return {
        "available_periods": [
            item("09:00-10:00", *everybody),
            item("11:00-12:00", *everybody),
            item("11:00-17:00", w.jane_sub, w.room_sub),
            item("13:00-17:00", *everybody),
        ]
    }


def of_a_member(form: Form, w: AvailabilityWorld) -> dict[str, Any]:
    """Ben's own times and calendars."""
    (times,) = form.when(period("09:00-12:00")).values()
    ben = {"sub": w.ben_sub, "available_periods": times, "calendar_ids": [w.ben_calendar]}
    return an_hour(form, w, participants=[group(w.jane_sub, ben)])


def with_buffers(form: Form, w: AvailabilityWorld) -> dict[str, Any]:
    buffer = {"before": form.buffer(30), "after": form.buffer(15)}
    return an_hour(form, w, buffer=buffer, start_interval=HOUR)


def managed(form: Form, w: AvailabilityWorld) -> dict[str, Any]:
    """Jane by a rule, which is 11 to 15 o'clock in UTC; Ben by no rule and at no time."""
    w.store("/v1/availability_rules", RULE)
    jane = {"sub": w.jane_sub, "managed_availability": True, "availability_rule_ids": ["work"]}
    ben = {"sub": w.ben_sub, "managed_availability": True, "availability_rule_ids": []}
    return an_hour(form, w, participants=[group(jane, ben, required=1)])


def exact(form: Form, w: AvailabilityWorld) -> dict[str, Any]:
    starts = [{"start": form.time(f"2026-05-12T{at}:00Z")} for at in ("09:00", "09:30", "13:15")]
    members = {"participants": both(w), "required_duration": HOUR, "query_slots": starts}
    return {**members, **form.always}


def overlapping(form: Form, w: AvailabilityWorld) -> dict[str, Any]:
    more = {"response_format": "overlapping_slots", "start_interval": {"minutes": 30}}
    return an_hour(form, w, **more, **form.when(period("11:00-14:30")))


# The Ruby SDK's own tests have numbers for them.
NUMBERS = (1234, 4567)
TEXTS = ("1234", "4567")


def a_sequence(form: Form, w: AvailabilityWorld) -> dict[str, Any]:
    """A call of Jane's, and a panel of both, half an hour later or a little more."""
    first, second = NUMBERS if form.sdk == "ruby" else TEXTS
    call = {
        **form.step,
        "sequence_id": first,
        "ordinal": 1,
        "participants": [group(w.jane_sub)],
        "required_duration": {"minutes": 30},
        "start_interval": {"minutes": 30},
        "event": {"summary": "Call"},
    }
    panel = {
        **form.step,
        "sequence_id": second,
        "ordinal": 2,
        "participants": both(w),
        "required_duration": HOUR,
        "start_interval": HOUR,
        "buffer": {"before": {"minimum": {"minutes": 30}, "maximum": {"minutes": 45}}},
    }
    return {"sequence": [call, panel], **form.when(period("11:00-17:00"))}


def in_sequence(first: Any, second: Any) -> Answer:
    found = [
        ("13:00-13:30", "14:00-15:00"),
        ("14:00-14:30", "15:00-16:00"),
        ("15:00-15:30", "16:00-17:00"),
    ]

    def answer(w: Any) -> Any:
        def of(call: str, panel: str) -> Any:
            held = placed(first, call, w.jane_sub)
            return {"sequence": [held, placed(second, panel, w.jane_sub, w.ben_sub)]}

        return {"sequences": [of(*times) for times in found]}

    return answer

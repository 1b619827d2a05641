"""What availability remembers of calendars: never wrong, whatever happens to them, nor more for
being asked more often.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import process_time
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.hostile.test_growth import Town
from tests.hostile.wire import Answer, Wire

START = datetime(2026, 5, 11, 8, tzinfo=UTC)
DAY = timedelta(days=1)
PEOPLE = {"rita@acme.test": "read_write", "fred@acme.test": "free_busy"}
PEOPLE_ST = st.sampled_from(sorted(PEOPLE))
SEED = 7

MINUTES = st.integers(-3 * 24 * 60, 20 * 24 * 60)
LENGTHS = st.sampled_from((0, 1, 30, 60, 24 * 60, 3 * 24 * 60, 30 * 24 * 60, 900 * 24 * 60))
OPTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"ignore_tentative": True},
    {"only_managed_events": True},
    {"availability_constraints": [{"period": "day", "limit": 1, "tzid": "Asia/Tokyo"}]},
)


def at(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@st.composite
def spans(draw: st.DrawFn) -> dict[str, Any]:
    """Times, or dates, and now and then of a series."""
    start = START + timedelta(minutes=draw(MINUTES))
    end = start + timedelta(minutes=draw(LENGTHS))
    if draw(st.integers(0, 3)) == 0:
        day = start.date()
        return {"start": day.isoformat(), "end": max(end.date(), day + DAY).isoformat()}
    return {"start": at(start), "end": at(end)}


class Remembering(RuleBasedStateMachine):
    """After each step the answers are those of a sandbox that has never been asked before."""

    @initialize()
    def open(self) -> None:
        scenario = {
            "seed": SEED,
            "clock": at(START),
            "applications": [
                {"features": {"free_busy": True, "recurring_events": True, "no_access": True}}
            ],
            "people": [
                {"email": "rita@acme.test", "name": "R", "zoneinfo": "America/New_York"},
                {
                    "email": "fred@acme.test",
                    "name": "F",
                    "provider": "office365",
                    "zoneinfo": "Asia/Kolkata",
                },
            ],
        }
        document = _WIRE.open_sandbox(scenario=scenario)
        self.base = f"/_mock/sandboxes/{document['sandbox_id']}"
        self.key = document["applications"][0]["client_secret"]
        self.connected: dict[str, dict[str, Any]] = {}
        self.uids: list[tuple[str, str]] = []
        self.made = 0
        self.snapshot: bytes | None = None
        for email in PEOPLE:
            self.connect(email)

    def teardown(self) -> None:
        if hasattr(self, "base"):
            _WIRE.ask("DELETE", self.base)

    def control(self, method: str, path: str, document: Any = None) -> Answer:
        answer = _WIRE.ask(method, f"{self.base}{path}", document=document)
        assert answer.status < 300 or answer.status in {404, 409, 422}, answer
        return answer

    @rule(email=PEOPLE_ST)
    def connect(self, email: str) -> None:
        answer = self.control("POST", "/connect", {"email": email, "access_mode": PEOPLE[email]})
        assert answer.status == 201, answer
        self.connected[email] = answer.json()

    def profiles(self, email: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.connected[email]["userinfo"]["cronofy.data"]["profiles"]
        return found

    def calendar(self, email: str) -> str:
        return next(
            str(calendar["calendar_id"])
            for profile in self.profiles(email)
            for calendar in profile["profile_calendars"]
            if not calendar["calendar_readonly"]
        )

    def call(self, email: str, method: str, path: str, document: Any) -> Answer:
        """As the application; its token may have been revoked or have expired."""
        token = self.connected[email]["access_token"]
        return _WIRE.ask(method, path, token=token, document=document)

    @rule(email=PEOPLE_ST, event_id=st.sampled_from("abc"), span=spans(), more=st.data())
    def write(self, email: str, event_id: str, span: dict[str, Any], more: st.DataObject) -> None:
        body = {"event_id": event_id, "summary": event_id, **span}
        body["transparency"] = more.draw(st.sampled_from(("opaque", "opaque", "transparent")))
        if more.draw(st.integers(0, 3)) == 0:
            body["recurrence"] = {"rules": [{"frequency": "daily", "count": 4}]}
        self.call(email, "POST", f"/v1/calendars/{self.calendar(email)}/events", body)

    @rule(email=PEOPLE_ST, event_id=st.sampled_from("abc"))
    def delete(self, email: str, event_id: str) -> None:
        path = f"/v1/calendars/{self.calendar(email)}/events"
        self.call(email, "DELETE", path, {"event_id": event_id})

    @rule(email=PEOPLE_ST, span=spans(), daily=st.booleans())
    def enter(self, email: str, span: dict[str, Any], daily: bool) -> None:
        self.made += 1
        guests = [{"email": email, "status": "needs_action"}]
        body: dict[str, Any] = {"summary": str(self.made), **span, "attendees": guests}
        if daily:
            body["recurrence"] = {"frequency": "weekly", "by_day": [{"day": "tuesday"}]}
        answer = self.control("POST", f"/people/{email}/events", body)
        if answer.status == 201:
            self.uids.append((email, answer.json()["event_uid"]))

    @rule(
        data=st.data(),
        change=st.one_of(
            spans(),
            st.sampled_from(
                (
                    {"participation_status": "declined"},
                    {"participation_status": "accepted"},
                    {"transparency": "transparent"},
                    {"transparency": "tentative"},
                    {"status": "cancelled"},
                    {"summary": "renamed"},
                )
            ),
        ),
    )
    def change(self, data: st.DataObject, change: dict[str, Any]) -> None:
        if self.uids:
            email, uid = data.draw(st.sampled_from(self.uids))
            self.control("POST", f"/people/{email}/events", {"event_uid": uid, **change})

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        if self.uids:
            email, uid = data.draw(st.sampled_from(self.uids))
            self.control("DELETE", f"/people/{email}/events?event_uid={uid}")

    @rule(email=PEOPLE_ST, existing=st.booleans())
    def calendars(self, email: str, existing: bool) -> None:
        """A second calendar comes, with something in it, or goes."""
        if existing:
            self.control("DELETE", f"/people/{email}/calendars/Second")
        else:
            self.control("POST", f"/people/{email}/calendars", {"name": "Second"})
            event = {"summary": "x", "start": at(START + DAY), "end": at(START + DAY * 2)}
            self.control("POST", f"/people/{email}/events", {"calendar": "Second", **event})

    @rule(email=PEOPLE_ST, act=st.sampled_from(("disconnect", "reconnect", "revoke")))
    def profile(self, email: str, act: str) -> None:
        profile_id = self.profiles(email)[0]["profile_id"]
        if act == "revoke":
            self.call(email, "POST", f"/v1/profiles/{profile_id}/revoke", {})
        else:
            self.control("POST", f"/profiles/{profile_id}/{act}", {})

    @rule(minutes=st.sampled_from((1, 59, 24 * 60, 30 * 24 * 60)))
    def advance(self, minutes: int) -> None:
        self.control("POST", "/clock/advance", {"minutes": minutes})

    @rule()
    def take(self) -> None:
        self.snapshot = self.control("GET", "/snapshot").body

    @rule()
    def restore(self) -> None:
        if self.snapshot is not None:
            answer = _WIRE.ask("PUT", f"{self.base}/snapshot", body=self.snapshot)
            assert answer.status == 200, answer

    @rule()
    def reset(self) -> None:
        self.control("POST", "/reset")
        for email in PEOPLE:
            self.connect(email)

    @rule(day=st.integers(-3, 30), length=st.integers(1, 40), options=st.sampled_from(OPTIONS))
    def ask(self, day: int, length: int, options: dict[str, Any]) -> None:
        self.compare(START + day * DAY, START + (day + length) * DAY, options)

    @invariant()
    def everything(self) -> None:
        if hasattr(self, "base"):
            self.compare(START - 5 * DAY, START + 60 * DAY, {})

    def compare(self, start: datetime, end: datetime, options: dict[str, Any]) -> None:
        subs = [connected["sub"] for connected in self.connected.values()]
        query = {
            "participants": [{"members": [{"sub": sub, **options} for sub in subs], "required": 1}],
            "required_duration": {"minutes": 1},
            "query_periods": [{"start": at(start), "end": at(end)}],
        }
        answer = _WIRE.ask("POST", "/v1/availability", token=self.key, document=query)
        # Somebody whose last profile was revoked is nobody any more.
        assert answer.status in {200, 422}, answer
        snapshot = self.control("GET", "/snapshot").body
        fresh = _OTHER.open_sandbox(scenario={"seed": SEED})
        base = f"/_mock/sandboxes/{fresh['sandbox_id']}"
        assert _OTHER.ask("PUT", f"{base}/snapshot", body=snapshot).status == 200
        again = _OTHER.ask("POST", "/v1/availability", token=self.key, document=query)
        assert _OTHER.ask("DELETE", base).status == 204
        assert (answer.status, answer.body) == (again.status, again.body)


_WIRE, _OTHER = Wire(), Wire()

TestRemembering = Remembering.TestCase
TestRemembering.settings = settings(max_examples=30, stateful_step_count=25)


# --- Memory and time -------------------------------------------------------------------

# Seconds of work, far above what is needed: what these prevent took from ten to forty.
PATIENCE = 8
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_HOUR = [
    {"day": day, "start_time": f"{hour:02}:10", "end_time": f"{hour:02}:40"}
    for day in WEEK
    for hour in range(24)
]
NO_LIMITS = dict.fromkeys(("most_query_periods", "most_groups", "most_members"))


@pytest.fixture(scope="module")
def town(wire: Wire) -> Town:
    """Fifty people with thirty series of every day, and hours between them."""
    days = [
        {
            "summary": "x",
            "start": at(START + timedelta(minutes=30 * number)),
            "end": at(START + timedelta(minutes=30 * number + 10)),
            "recurrence": {"frequency": "daily"},
        }
        for number in range(30)
    ]
    town = Town(wire, count=50, switches=NO_LIMITS)
    for connected in town.connected:
        for event in days:
            path = f"{town.base}/people/{connected['email']}/events"
            assert wire.ask("POST", path, document=event).status == 201
        rule = {"availability_rule_id": "r", "tzid": "Asia/Tokyo", "weekly_periods": EVERY_HOUR}
        path = "/v1/availability_rules"
        assert wire.ask("POST", path, token=connected["access_token"], document=rule).status == 200
    return town


def window(days: int) -> list[dict[str, str]]:
    return [{"start": at(START), "end": at(START + days * DAY)}]


def quickly(town: Town, path: str, document: dict[str, Any]) -> dict[str, Any]:
    """What is answered, in good time."""
    started = process_time()
    key = town.credentials["client_secret"]
    answer = town.wire.ask("POST", path, token=key, document=document)
    assert process_time() - started < PATIENCE
    assert answer.status == 200, answer
    found: dict[str, Any] = answer.json()
    return found


def test_what_is_remembered_is_no_more_than_what_there_is(town: Town) -> None:
    """However many windows are asked about: a day's events are summed up once."""
    members = [{"sub": connected["sub"]} for connected in town.connected[:3]]
    query = {"participants": [{"members": members}], "required_duration": {"minutes": 1}}
    for number in range(300):
        start = START + timedelta(days=number % 100 - 50, minutes=7 * number)
        periods = [{"start": at(start), "end": at(start + DAY * (1 + number % 9))}]
        quickly(town, "/v1/availability", {**query, "query_periods": periods})
    events = town.sandbox.events
    made = events._digests["span"]
    assert 0 < len(made) <= len(events._indexes["span"][1])
    assert {len(kinds) for kinds in made.values()} == {1}


CONSTRAINTS = [{"period": "week", "limit": 0, "tzid": "Europe/London"}]
MEMBERS: dict[str, tuple[dict[str, Any], int]] = {
    "busy people": ({}, 400),
    "working hours": ({"managed_availability": True, "calendar_ids": []}, 400),
    "constraints": ({"availability_constraints": CONSTRAINTS}, 200),
    "some events do not count": ({"ignore_tentative": True}, 400),
}


@pytest.mark.parametrize("required", ["all", 25])
@pytest.mark.parametrize("name", MEMBERS)
def test_no_query_takes_long(town: Town, name: str, required: object) -> None:
    """The widest window that so many members may have, and nothing to be found in it; a wider
    one is refused at once.
    """
    says, days = MEMBERS[name]
    members = [{"sub": connected["sub"], **says} for connected in town.connected]
    query = {
        "participants": [{"members": members, "required": required}],
        "required_duration": {"minutes": 1440},
    }
    answer = quickly(town, "/v1/availability", {**query, "query_periods": window(days)})
    assert answer == {"available_periods": []}
    wider = {**query, "query_periods": window(days + 1)}
    key = town.credentials["client_secret"]
    refused = town.wire.ask("POST", "/v1/availability", token=key, document=wider)
    assert refused.status == 422, refused
    description = f"must lie within {days} days, from the first start to the last end"
    expected = {"query_periods": [{"key": "errors.invalid", "description": description}]}
    assert refused.json() == {"errors": expected}


GAPS: dict[str, dict[str, Any]] = {
    "none": {},
    "that match nothing": {"minimum": {"minutes": 1}, "maximum": {"minutes": 3}},
    "of no length": {"minimum": {"minutes": 0}, "maximum": {"minutes": 0}},
    "narrow": {"minimum": {"minutes": 0}, "maximum": {"minutes": 7}},
}


@pytest.mark.parametrize("interval", [None, 5])
@pytest.mark.parametrize("gap", GAPS)
def test_no_sequence_takes_long(town: Town, gap: str, interval: int | None) -> None:
    """Six items in any order, in as many days as there may be."""
    steps = [
        {
            "sequence_id": number,
            "participants": [{"members": [{"sub": town.connected[0]["sub"]}]}],
            "required_duration": {"minutes": 5},
            "start_interval": interval and {"minutes": interval},
            "buffer": {"after": GAPS[gap]},
        }
        for number in range(6)
    ]
    query = {"sequence": steps, "query_periods": window(100)}
    found = quickly(town, "/v1/sequenced_availability", query)["sequences"]
    assert len(found) == (0 if interval and gap == "that match nothing" else 512)

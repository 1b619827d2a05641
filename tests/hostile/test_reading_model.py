"""Somebody's calendar against a plain model of it, through writes and reads in any order.

The model keeps a list of events and scans it by the rules of events.md §4.1: no index, no
instants where dates will do. Whatever happened before, a reading finds the same in both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.hostile.wire import Answer, Wire

JANE = "jane@acme.test"
START = datetime(2026, 5, 11, 8, tzinfo=UTC)
DAY = timedelta(days=1)
BACK, AHEAD = 42, 201

ZONES = [
    "Etc/UTC",
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
]

# Days and times at which something is just inside a window, or just outside.
DAYS = st.one_of(
    st.sampled_from((-43, -42, -41, -18, -17, -1, 0, 1, 117, 118, 200, 201, 202, 203)),
    st.integers(-60, 230),
    st.sampled_from((-20_000, -400, 400, 20_000)),
).map(lambda days: START.date() + timedelta(days=days))
CLOCKS = st.sampled_from(
    [time(hour, minute) for hour in range(24) for minute in (0, 15)] + [time(23, 59)]
)
MOMENTS = st.builds(lambda day, at: datetime.combine(day, at, UTC), DAYS, CLOCKS)
LENGTHS = st.sampled_from(
    [timedelta(minutes=15), timedelta(hours=1), DAY, 3 * DAY, 60 * DAY, 900 * DAY]
)
WHOLE_DAYS = st.sampled_from([DAY, 2 * DAY, 60 * DAY])

Moment = datetime | date
Span = tuple[Moment, Moment]

TIMED = st.builds(lambda start, length: (start, start + length), MOMENTS, LENGTHS)
DATED = st.builds(lambda start, length: (start, start + length), DAYS, WHOLE_DAYS)
NO_LENGTH = MOMENTS.map(lambda start: (start, start))


# Ends of windows, and what is asked for besides.
EDGES = st.one_of(st.none(), DAYS, MOMENTS)
ASKED = st.sets(
    st.sampled_from(("include_deleted", "include_moved", "include_managed", "only_managed"))
)


def date_in(moment: Moment, zone: str) -> Moment:
    """The date, if it is midnight by clocks in ``zone``; else the instant."""
    if isinstance(moment, datetime) and moment.astimezone(ZoneInfo(zone)).time() == time():
        return moment.astimezone(ZoneInfo(zone)).date()
    return moment


@dataclass
class Event:
    """``name`` is its summary, and its ``event_id`` where the application wrote it."""

    name: str
    own: bool
    span: Span
    updated: datetime
    daily: int = 1
    deleted: bool = False
    moved_from: list[Span] = field(default_factory=list)

    def move(self, span: Span, now: datetime) -> None:
        if span != self.span:
            self.moved_from = [*self.moved_from, self.span][-10:]
            self.span, self.updated = span, now

    @property
    def spans(self) -> list[Span]:
        """When it takes place: a series on so many days in a row."""
        start, end = self.span
        return [(start + number * DAY, end + number * DAY) for number in range(self.daily)]


@dataclass(frozen=True)
class Window:
    """``None`` is no end. All-day events are compared by dates and clocks, others by instants."""

    zone: ZoneInfo
    after: Moment | None
    before: Moment | None

    def holds(self, span: Span) -> bool:
        start, end = span
        edge = self.wall if not isinstance(start, datetime) else self.instant
        if not isinstance(start, datetime):
            start, end = datetime.combine(start, time()), datetime.combine(end, time())
        return (self.before is None or start < edge(self.before)) and (
            self.after is None or end >= edge(self.after)
        )

    def instant(self, moment: Moment) -> datetime:
        if not isinstance(moment, datetime):
            moment = datetime.combine(moment, time(), self.zone)
        return moment.astimezone(UTC)

    def wall(self, moment: Moment) -> datetime:
        if not isinstance(moment, datetime):
            return datetime.combine(moment, time())
        return moment.astimezone(self.zone).replace(tzinfo=None)


def text(moment: Moment) -> str:
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


class Calendar(RuleBasedStateMachine):
    """What an application and its person do with one calendar."""

    @initialize()
    def open(self) -> None:
        self.wire = _WIRE
        self.now = START
        self.events: list[Event] = []
        self.uids: dict[str, str] = {}
        scenario = {
            "clock": text(START),
            "switches": {"page_size": 3},
            "people": [{"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"}],
        }
        self.sandbox_id = self.wire.open_sandbox(scenario=scenario)["sandbox_id"]
        self.connect()

    def teardown(self) -> None:
        if hasattr(self, "sandbox_id"):
            self.wire.ask("DELETE", f"/_mock/sandboxes/{self.sandbox_id}")

    def connect(self) -> None:
        answer = self.wire.connect(self.sandbox_id, email=JANE)
        self.token = answer["access_token"]
        (profile,) = answer["userinfo"]["cronofy.data"]["profiles"]
        (calendar,) = profile["profile_calendars"]
        self.path = f"/v1/calendars/{calendar['calendar_id']}/events"

    def call(self, method: str, path: str, **options: Any) -> Answer:
        return self.wire.ask(method, path, token=self.token, **options)

    def person(self, method: str, query: str = "", **options: Any) -> Answer:
        path = f"/_mock/sandboxes/{self.sandbox_id}/people/{JANE}/events{query}"
        return self.wire.ask(method, path, **options)

    def standing(self, *, own: bool | None = None) -> list[Event]:
        return [e for e in self.events if not e.deleted and own in {None, e.own}]

    @rule(event_id=st.sampled_from("ab"), span=st.one_of(TIMED, NO_LENGTH))
    def upsert_timed(self, event_id: str, span: Span) -> None:
        self.upsert(event_id, span)

    @rule(event_id=st.sampled_from("cd"), span=DATED)
    def upsert_dated(self, event_id: str, span: Span) -> None:
        self.upsert(event_id, span)

    def upsert(self, event_id: str, span: Span) -> None:
        body = {
            "event_id": event_id,
            "summary": event_id,
            "start": text(span[0]),
            "end": text(span[1]),
        }
        assert self.call("POST", self.path, document=body).status == 202
        known = next((e for e in self.standing(own=True) if e.name == event_id), None)
        if known is not None:
            known.move(span, self.now)
            return
        # What was deleted and is written again is another event.
        self.events = [e for e in self.events if not (e.own and e.name == event_id)]
        self.events.append(Event(event_id, True, span, self.now))
        answer = self.call("GET", "/v1/events?tzid=UTC&only_managed=1")
        while True:
            document = answer.json()
            self.uids |= {e["event_id"]: e["event_uid"] for e in document["events"]}
            if "next_page" not in document["pages"]:
                return
            answer = self.call("GET", document["pages"]["next_page"].partition(":8282")[2])

    @rule(event_id=st.sampled_from("abcd"))
    def delete(self, event_id: str) -> None:
        body = {"event_id": event_id}
        assert self.call("DELETE", self.path, document=body).status == 202
        for event in self.standing(own=True):
            if event.name == event_id:
                event.deleted, event.updated = True, self.now

    @rule(span=st.one_of(TIMED, DATED), daily=st.sampled_from((1, 1, 1, 5)))
    def make(self, span: Span, daily: int) -> None:
        """The person makes an event, or a short series."""
        name = f"external {len(self.uids)}"
        body: dict[str, Any] = {"summary": name, "start": text(span[0]), "end": text(span[1])}
        if daily > 1:
            body["recurrence"] = {"frequency": "daily", "count": daily}
        answer = self.person("POST", document=body)
        assert answer.status == 201, answer
        self.uids[name] = answer.json()["event_uid"]
        self.events.append(Event(name, False, span, self.now, daily))

    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        """The person moves an event, whoever made it."""
        found = [event for event in self.standing() if event.daily == 1]
        if found:
            event = data.draw(st.sampled_from(found))
            span = data.draw(TIMED if isinstance(event.span[0], datetime) else DATED)
            document = {
                "event_uid": self.uids[event.name],
                "start": text(span[0]),
                "end": text(span[1]),
            }
            answer = self.person("POST", document=document)
            assert answer.status == 201, answer
            event.move(span, self.now)

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """The person deletes an event, whoever made it."""
        if self.standing():
            event = data.draw(st.sampled_from(self.standing()))
            assert self.person("DELETE", f"?event_uid={self.uids[event.name]}").status == 204
            event.deleted, event.updated = True, self.now

    @rule(minutes=st.sampled_from((1, 59, 16 * 60, 24 * 60, 30 * 24 * 60)))
    def advance(self, minutes: int) -> None:
        path = f"/_mock/sandboxes/{self.sandbox_id}/clock/advance"
        assert self.wire.ask("POST", path, document={"minutes": minutes}).status == 200
        self.now += timedelta(minutes=minutes)
        self.connect()

    @rule(zone=st.sampled_from(ZONES), asked=ASKED, after=EDGES, before=EDGES)
    def read(self, zone: str, asked: set[str], after: Moment | None, before: Moment | None) -> None:
        self.compare(zone, asked, after, before)

    @rule(zone=st.sampled_from(ZONES), data=st.data())
    def read_on_the_edge(self, zone: str, data: st.DataObject) -> None:
        """A window that begins and ends where something does, or did, in that zone."""
        spans = [span for event in self.events for span in (*event.spans, *event.moved_from)]
        if spans:
            edges = st.sampled_from([edge for span in spans for edge in span])
            edges = edges.map(lambda edge: date_in(edge, zone))
            after, before = data.draw(st.none() | edges), data.draw(st.none() | edges)
            self.compare(zone, data.draw(ASKED), after, before)

    @rule(zone=st.sampled_from(ZONES), days=st.integers(0, 40), asked=ASKED)
    def read_changes(self, zone: str, days: int, asked: set[str]) -> None:
        self.compare(zone, asked, None, None, START + timedelta(days=days))

    @invariant()
    def read_everything(self) -> None:
        if hasattr(self, "token"):
            asked = {"include_deleted", "include_managed", "include_moved"}
            self.compare(ZONES[len(self.events) % len(ZONES)], asked, None, None)

    def compare(
        self,
        zone: str,
        asked: set[str],
        after: Moment | None,
        before: Moment | None,
        changed: datetime | None = None,
    ) -> None:
        query = {"tzid": zone, **dict.fromkeys(sorted(asked), "true")}
        for name, moment in (("from", after), ("to", before), ("last_modified", changed)):
            if moment is not None:
                query[name] = text(moment)
        window = Window(ZoneInfo(zone), after, before)
        expected = self.expected(window, asked, changed)
        found = self.read_all("events", query)
        assert sorted((e["start"], e["end"], e["summary"], e["deleted"]) for e in found) == expected
        if not asked & {"only_managed", "include_moved"}:
            busy = self.read_all("free_busy", {**query, "include_free": "true"})
            times = sorted((e["start"], e["end"], e.get("deleted", False)) for e in busy)
            assert times == sorted((start, end, gone) for start, end, _, gone in expected)

    def read_all(self, kind: str, query: dict[str, str]) -> list[dict[str, Any]]:
        """All pages, each entry after the one before."""
        found: list[dict[str, Any]] = []
        answer = self.call("GET", f"/v1/{kind}?{urlencode(query)}")
        while True:
            assert answer.status == 200, answer
            document = answer.json()
            found += document[kind]
            if "next_page" not in document["pages"]:
                break
            answer = self.call("GET", document["pages"]["next_page"].partition(":8282")[2])
        order = [(f"{e['start']}T00:00:00Z"[:20], e.get("event_uid", "")) for e in found]
        assert order == sorted(order) or kind == "free_busy"
        assert document["pages"]["total"] == max(1, -(-len(found) // 3))
        return found

    def expected(
        self, window: Window, asked: set[str], since: datetime | None
    ) -> list[tuple[str, str, str, bool]]:
        today = self.now.astimezone(window.zone).date()
        limit = Window(window.zone, today - BACK * DAY, today + AHEAD * DAY)
        found = []
        for event in self.events:
            wanted = (
                bool(asked & {"include_managed", "only_managed"})
                if event.own
                else ("only_managed" not in asked)
            )
            if event.deleted and "include_deleted" not in asked:
                wanted = False
            if since is not None and event.updated < since:
                wanted = False
            if not wanted:
                continue
            windows = [window] if event.own else [window, limit]
            if self.is_empty(windows):
                continue
            before = event.moved_from if "include_moved" in asked and event.daily == 1 else []
            for span in event.spans:
                if any(all(w.holds(s) for w in windows) for s in (span, *before)):
                    found.append((text(span[0]), text(span[1]), event.name, event.deleted))
        return sorted(found)

    def is_empty(self, windows: list[Window]) -> bool:
        """Whether nothing lies in all of them, since one begins after another has ended."""
        starts = [w.instant(w.after) for w in windows if w.after is not None]
        ends = [w.instant(w.before) for w in windows if w.before is not None]
        return bool(starts and ends) and max(starts) > min(ends)


_WIRE = Wire()

TestCalendar = Calendar.TestCase
TestCalendar.settings = settings(max_examples=60, stateful_step_count=40)

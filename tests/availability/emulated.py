"""A world made true in the emulator, and queries that are asked there."""

from __future__ import annotations

from typing import Any

from tests.availability.model import OURS, THEIRS, Document, Event, Person, Rule, World
from tests.hostile.wire import Answer, Wire


class Refused(Exception):
    """The emulator does not answer a query."""


class Emulated:
    """A sandbox in which people are as the world has them. Names stand for ids, and back."""

    def __init__(self, wire: Wire, world: World) -> None:
        self.wire = wire
        self.document = wire.open_sandbox(clock=f"{world.day}T00:00:00Z", scenario=scenario(world))
        self.path = f"/_mock/sandboxes/{self.document['sandbox_id']}"
        self.secret: str = self.document["applications"][0]["client_secret"]
        self.ids: dict[str, str] = {}
        self.tokens = [connection["access_token"] for connection in self.document["connected"]]
        for person, connection in zip(world.people, self.document["connected"], strict=False):
            self._know(person, connection)
        self.names = {found: name for name, found in self.ids.items()}
        self._write(world, World(world.day, ()))

    def become(self, world: World, before: World) -> None:
        """People and applications change whatever is not as ``before``."""
        for person in world.people:
            path = f"{self.path}/people/{email(person)}/events"
            for event in set(person.events) - set(before.person(person.name).events):
                if event.writer is None:
                    uid = {"event_uid": self.ids[event.name]}
                    if event.deleted:
                        assert self._ask("DELETE", path, uid).status == 204
                    else:
                        answer = self._ask("POST", path, {**own_event(event, person), **uid})
                        assert answer.status == 201, answer
        self._write(world, before)

    def close(self) -> None:
        assert self.wire.ask("DELETE", self.path).status == 204

    def answer(self, query: Document) -> Document:
        """What the emulator answers, in names."""
        path = "/v1/sequenced_availability" if "sequence" in query else "/v1/availability"
        answer = self._ask("POST", path, renamed(query, self.ids), self.secret)
        if answer.status != 200:
            raise Refused(answer)
        document: Document = renamed(answer.json(), self.names)
        return document

    def _know(self, person: Person, connection: Document) -> None:
        """The ids of a person, of their calendars, and of their own events."""
        self.ids[person.name] = connection["sub"]
        found = (c for profile in connection["profiles"] for c in profile["profile_calendars"])
        for name, calendar in zip(person.calendars, found, strict=True):
            self.ids[name] = calendar["calendar_id"]
        own = self.wire.ask("GET", f"{self.path}/people/{email(person)}/events").json()
        for event in own["events"]:
            self.ids[event["summary"]] = event["event_uid"]

    def _write(self, world: World, before: World) -> None:
        """What applications say of people, unless it is as ``before``."""
        known = {(p.name, thing) for p in before.people for thing in (*p.events, *p.rules)}
        for (person, application), token in zip(connected(world), self.tokens, strict=True):
            if application == OURS:
                self._batch(token, available_periods(person))
                for rule in person.rules:
                    if (person.name, rule) not in known:
                        document = renamed(availability_rule(rule), self.ids)
                        answer = self._ask("POST", "/v1/availability_rules", document, token)
                        assert answer.status == 200, answer
            events = [event for event in person.events if event.writer == application]
            self._write_events(token, [e for e in events if (person.name, e) not in known])

    def _write_events(self, token: str, events: list[Event]) -> None:
        """Those of one application, with the answers of whoever is invited."""
        declined = [event for event in events if event.participation == "declined"]
        self._batch(token, [self._upsert(event) for event in events if event not in declined])
        for event in declined:
            self._batch(token, [self._upsert(event)])
            reply = self._ask("POST", f"{self.path}/inbox/latest/reply", {"status": "declined"})
            assert reply.status == 200, reply
        self._batch(token, [self._deletion(event) for event in events if event.deleted])

    def _upsert(self, event: Event) -> Document:
        return entry("POST", self._events_of(event.calendar), upsert(event))

    def _deletion(self, event: Event) -> Document:
        return entry("DELETE", self._events_of(event.calendar), {"event_id": event.name})

    def _events_of(self, calendar: str) -> str:
        return f"/v1/calendars/{self.ids[calendar]}/events"

    def _batch(self, token: str, entries: list[Document]) -> None:
        if entries:
            answer = self._ask("POST", "/v1/batch", {"batch": entries}, token)
            assert {entry["status"] for entry in answer.json()["batch"]} == {202}, answer

    def _ask(self, method: str, path: str, document: Document, token: str | None = None) -> Answer:
        return self.wire.ask(method, path, document=document, token=token)


def entry(method: str, path: str, document: Document) -> Document:
    """Of a batch."""
    return {"method": method, "relative_url": path, "data": document}


def email(person: Person) -> str:
    return f"{person.name}@acme.test"


def connected(world: World) -> list[tuple[Person, str]]:
    """Everybody with the application that asks, and some with another one."""
    ours = [(person, OURS) for person in world.people]
    theirs = [(person, THEIRS) for person in world.people if any(e.foreign for e in person.events)]
    return ours + theirs


def scenario(world: World) -> Document:
    """What is in people's calendars without applications, and who is connected."""
    return {
        "applications": [{"client_id": name, "name": name} for name in (OURS, THEIRS)],
        "people": [
            {
                "email": email(person),
                "name": person.name,
                "zoneinfo": person.tzid,
                # Its calendars know all kinds of transparency.
                "provider": "office365",
                "calendars": [
                    {
                        "name": name,
                        "primary": name == person.calendars[0],
                        "events": [
                            own_event(event, person)
                            for event in person.events
                            if event.calendar == name and event.writer is None and not event.deleted
                        ],
                    }
                    for name in person.calendars
                    if not (person.free_busy and name == person.calendars[-1])
                ],
            }
            for person in world.people
        ],
        "connected": [
            {
                "person": email(person),
                "application": application,
                "access_mode": "free_busy" if person.free_busy else "read_write",
            }
            for person, application in connected(world)
        ],
    }


def own_event(event: Event, person: Person) -> Document:
    document: Document = {
        "summary": event.name,
        "start": event.start,
        "end": event.end,
        "tzid": person.tzid,
        "transparency": event.transparency,
        "status": event.status,
        "participation_status": event.participation,
    }
    if event.days > 1:
        document["recurrence"] = {"frequency": "daily", "count": event.days}
    return document


def upsert(event: Event) -> Document:
    return {
        "event_id": event.name,
        "summary": event.name,
        "start": event.start,
        "end": event.end,
        "extended_transparency": event.transparency,
        "tags": {"private": [{"value": tag} for tag in event.tags]},
    }


def available_periods(person: Person) -> list[Document]:
    """As entries of a batch."""
    periods = [
        {"available_period_id": str(number), "start": start, "end": end}
        for number, (start, end) in enumerate(person.periods)
    ]
    return [entry("POST", "/v1/available_periods", period) for period in periods]


def availability_rule(rule: Rule) -> Document:
    document: Document = {
        "availability_rule_id": rule.rule_id,
        "tzid": rule.tzid,
        "weekly_periods": [
            {"day": day, "start_time": start, "end_time": end} for day, start, end in rule.weekly
        ],
    }
    if rule.calendars is not None:
        document["calendar_ids"] = list(rule.calendars)
    return document


def renamed(document: Any, names: dict[str, str]) -> Any:
    """With other words for those in ``names``, wherever they stand."""
    if isinstance(document, dict):
        return {key: renamed(value, names) for key, value in document.items()}
    if isinstance(document, list):
        return [renamed(value, names) for value in document]
    return names.get(document, document) if isinstance(document, str) else document

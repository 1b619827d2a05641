"""People whose time is asked about, in the words of the contract's tables (scheduling §1).

Every time is on Tuesday 2026-05-12 in UTC unless more of it is written: ``09:00`` that morning,
``11T23:00`` the evening before, ``10-25T01:00`` in autumn.
"""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.documents import Document, person
from tests.contract.events import CLOCK, LEFT_OUT, Open, Writer
from tests.contract.reading import EVERYTHING_ON, WORK
from tests.emulator import Sandbox

AVAILABILITY, SEQUENCED = "/v1/availability", "/v1/sequenced_availability"

_THE_DAY = "2026-05-12T00:00"


def at(text: str) -> str:
    """``09:00`` as the API writes it."""
    return f"{_THE_DAY[: -len(text)]}{text}:00Z"


def spans(text: str) -> list[Document]:
    """``09:00–10:00, 11:00–12:00`` as periods."""
    pairs = (pair.split("–") for pair in text.split(", ") if pair)
    return [{"start": at(start), "end": at(end)} for start, end in pairs]


def minutes(count: Any) -> Document:
    return {"minutes": count}


def grid(count: Any) -> Document:
    """Starts every so many minutes."""
    return {"start_interval": minutes(count)}


def busy(text: str, **details: Any) -> list[Document]:
    """Events of a scenario at these times."""
    return [{"summary": "Busy", **span, **details} for span in spans(text)]


def somebody(*events: Document, **more: Any) -> Document:
    """What a scenario says of a person with these events; ``more`` are members of theirs."""
    calendar = {"name": WORK, "primary": True, "events": list(events)}
    return {"calendars": [calendar], "zoneinfo": "Etc/UTC", **more}


def member(name: str, **more: Any) -> Document:
    """Somebody in a group, by their name in the office."""
    return {"sub": name, **more}


def group(*members: str | Document, required: Any = "all") -> Document:
    named = [member(one) if isinstance(one, str) else one for one in members]
    return {"members": named, "required": required}


def step(sequence_id: Any, *members: str | Document, length: int = 60, **more: Any) -> Document:
    """An item of a sequence."""
    return {
        "sequence_id": sequence_id,
        "participants": [group(*members)],
        "required_duration": minutes(length),
        **more,
    }


class Office:
    """People by name, connected to the first application of a sandbox.

    In what is asked, the names stand for their subs.
    """

    def __init__(self, sandbox: Sandbox, connected: dict[str, Document]) -> None:
        self.sandbox = sandbox
        self.connected = connected

    @property
    def key(self) -> str:
        """The API key of the application."""
        found: str = self.sandbox.application["client_secret"]
        return found

    def sub(self, name: str) -> str:
        found: str = self.connected[name]["sub"]
        return found

    def writer(self, name: str) -> Writer:
        """The application as it writes into somebody's calendar."""
        return Writer(self.sandbox, self.connected[name])

    def profiles(self, name: str) -> list[Document]:
        """Somebody's profiles, as userinfo has them now."""
        token = self.connected[name]["access_token"]
        userinfo = self.sandbox.call(token, "GET", "/v1/userinfo").json()
        found: list[Document] = userinfo["cronofy.data"]["profiles"]
        return found

    def calendars(self, name: str) -> dict[str, str]:
        """Ids of somebody's calendars, by name."""
        return {
            calendar["calendar_name"]: calendar["calendar_id"]
            for profile in self.profiles(name)
            for calendar in profile["profile_calendars"]
        }

    def control(self, method: str, path: str, body: Document | None = None) -> Any:
        answer = self.sandbox.control(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def enters(self, name: str, span: str, **details: Any) -> str:
        """Somebody puts an event into their own calendar, or is invited; its event_uid."""
        (body,) = busy(span, **details)
        found: str = self.control("POST", f"/people/{address(name)}/events", body)["event_uid"]
        return found

    def query(self, window: str = "09:00–12:00", length: int = 60, **more: Any) -> Document:
        """The body of an availability query about everybody; ``more`` adds, replaces, or
        (LEFT_OUT) removes members.
        """
        body = {
            "participants": [group(*self.connected)],
            "required_duration": minutes(length),
            "query_periods": spans(window),
            **more,
        }
        kept = {name: value for name, value in body.items() if value is not LEFT_OUT}
        found: Document = self._named(kept)
        return found

    def _named(self, value: Any) -> Any:
        """``value`` with subs instead of names."""
        if isinstance(value, list):
            return [self._named(one) for one in value]
        if not isinstance(value, dict):
            return value
        named = {name: self._named(one) for name, one in value.items()}
        if named.get("sub") in list(self.connected):
            named["sub"] = self.sub(named["sub"])
        return named

    def post(self, path: str, body: Any, credential: str | None = None) -> httpx.Response:
        return self.sandbox.call(credential or self.key, "POST", path, json=self._named(body))

    def ask(self, *about: Any, credential: str | None = None, **more: Any) -> httpx.Response:
        """Post :meth:`query`."""
        return self.post(AVAILABILITY, self.query(*about, **more), credential)

    def available(self, *about: Any, credential: str | None = None, **more: Any) -> Document:
        """What is answered to :meth:`query`."""
        answer = self.ask(*about, credential=credential, **more)
        assert answer.status_code == 200, answer.text
        found: Document = answer.json()
        return found

    def items(self, text: str) -> list[Document]:
        """``09:00–10:00 ann bob``: who is free; everybody, where nobody is named."""
        found = []
        for item in text.split(", ") if text else []:
            span, *names = item.split()
            free = [{"sub": self.sub(name)} for name in names or self.connected]
            found.append({**spans(span)[0], "participants": free})
        return found

    def periods(self, text: str) -> Document:
        """The answer with :meth:`items`."""
        return {"available_periods": self.items(text)}

    def slots(self, text: str) -> Document:
        return {"available_slots": self.items(text)}

    def sequenced(self, window: str, *steps: Document, **more: Any) -> Document:
        """What is answered to a query for these steps."""
        body = {"sequence": list(steps), "query_periods": spans(window), **more}
        answer = self.post(SEQUENCED, body)
        assert answer.status_code == 200, answer.text
        found: Document = answer.json()
        return found

    def sequences(self, *texts: str) -> Document:
        """The answer with ``call 09:00–09:30 ann, panel 10:00–11:00 bob`` and so on."""
        split = [[item.split(" ", 1) for item in text.split(", ")] for text in texts]
        return {
            "sequences": [
                {"sequence": [{"sequence_id": i, **self.items(t)[0]} for i, t in sequence]}
                for sequence in split
            ]
        }


def address(name: str) -> str:
    return f"{name.lower()}@acme.test"


def open_office(open_sandbox: Open, people: dict[str, str | Document], **how: Any) -> Office:
    """``people`` by name, each with when they are busy or as :func:`somebody`, all connected.

    ``how`` are the scenario's ``switches``, ``plan`` of the application, ``two`` for a second
    one, and what the control API's connect takes.
    """
    application = {"plan": how.pop("plan", "emerging"), "features": EVERYTHING_ON}
    applications = [{**application, "name": "Example Application"}]
    if how.pop("two", False):
        applications.append({**application, "name": "Other Application"})
    described = {
        name: somebody(*busy(said)) if isinstance(said, str) else said
        for name, said in people.items()
    }
    scenario = {
        "applications": applications,
        "people": [person(address(name), **said) for name, said in described.items()],
        "switches": how.pop("switches", {}),
    }
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    return Office(sandbox, {name: sandbox.connect(address(name), **how) for name in people})

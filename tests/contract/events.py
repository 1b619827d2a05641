"""Events as applications write them and as reads answer them, and somebody who writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.contract.documents import NAME, Document, Like, errors, person
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
CLOCK = "2026-05-11T08:00:00Z"
START, END = "2026-05-12T09:00:00Z", "2026-05-12T09:30:00Z"

EVENT_UID = Like(r"evt_external_[0-9a-f]{24}")

# Who invites to what stands in a Cronofy calendar: an address of the event's own.
INVITER = Like(r"[0-9a-z]+@invite\.mock-cronofy\.test")

# In place of a member's value: the member is left out.
LEFT_OUT: Any = object()

# Every scope, and the modes in which people connect with it.
SCOPE = "free_busy_write read_events change_participation_status"


def _but(document: Document, changes: Document) -> Document:
    return {name: value for name, value in {**document, **changes}.items() if value is not LEFT_OUT}


def event(**changes: Any) -> Document:
    """The body of an upsert; ``changes`` add, replace, or (LEFT_OUT) remove members."""
    document = {"event_id": "standup", "summary": "Standup", "start": START, "end": END}
    return _but(document, changes)


def written(calendar_id: str, **changes: Any) -> Document:
    """What reads answer of :func:`event` in a provider's calendar, once it is written."""
    document = {
        "calendar_id": calendar_id,
        "event_uid": EVENT_UID,
        "event_id": "standup",
        "summary": "Standup",
        "description": "",
        "start": START,
        "end": END,
        "deleted": False,
        "created": CLOCK,
        "updated": CLOCK,
        "event_private": False,
        "participation_status": "accepted",
        "attendees": [],
        "organizer": {"email": JANE, "display_name": NAME},
        "transparency": "opaque",
        "extended_transparency": "opaque",
        "status": "confirmed",
        "categories": [],
        "recurring": False,
        "options": {"delete": True, "update": True, "change_participation_status": False},
    }
    return _but(document, changes)


def invited(calendar_id: str, **changes: Any) -> Document:
    """The same in a Cronofy calendar: its owner is invited to it, and may answer."""
    document = written(
        calendar_id,
        participation_status="needs_action",
        attendees=[attendee(JANE)],
        organizer={"email": INVITER, "display_name": "Example Application"},
        options={"delete": True, "update": True, "change_participation_status": True},
    )
    return _but(document, changes)


def attendee(email: str, status: str = "needs_action", name: str | None = None) -> Document:
    return {"email": email, "display_name": name, "status": status}


def calendar_of(connected: Document) -> str:
    """The first calendar that can be written to, of a token answer."""
    profiles = connected["userinfo"]["cronofy.data"]["profiles"]
    found: str = next(
        calendar["calendar_id"]
        for profile in profiles
        for calendar in profile["profile_calendars"]
        if not calendar["calendar_readonly"]
    )
    return found


def accepted(response: httpx.Response) -> None:
    assert (response.status_code, response.content) == (202, b""), response.text


def refused(response: httpx.Response, status: int, fields: dict[str, str] | None = None) -> None:
    """``fields`` are those of a 422, with their keys; other refusals have no body."""
    assert response.status_code == status, response.text
    if fields is None:
        assert response.content == b""
    else:
        assert response.json() == errors(fields)
    assert response.headers["mock-cronofy-hint"]


class Writer:
    """An application that writes into somebody's calendar, and reads it back."""

    def __init__(self, sandbox: Sandbox, connected: Document) -> None:
        self.sandbox = sandbox
        self.token: str = connected["access_token"]
        self.sub: str = connected["sub"]
        self.profile_id: str = connected["linking_profile"]["profile_id"]
        self.calendar_id = calendar_of(connected)

    def call(self, method: str, path: str, body: Document | None = None) -> httpx.Response:
        return self.sandbox.call(self.token, method, path, json=body)

    @property
    def path(self) -> str:
        return f"/v1/calendars/{self.calendar_id}/events"

    def post(self, **changes: Any) -> httpx.Response:
        """Upsert :func:`event`, whatever comes of it."""
        return self.call("POST", self.path, event(**changes))

    def write(self, **changes: Any) -> None:
        accepted(self.post(**changes))

    def delete(self, **body: Any) -> httpx.Response:
        return self.call("DELETE", self.path, body or {"event_id": "standup"})

    def read(self, **query: Any) -> list[Document]:
        """The application's own events, as GET /v1/events answers them."""
        response = self.sandbox.call(
            self.token,
            "GET",
            "/v1/events",
            params={"tzid": "Etc/UTC", "only_managed": "true", **query},
        )
        assert response.status_code == 200, response.text
        found: list[Document] = response.json()["events"]
        return found

    def event(self, **query: Any) -> Document:
        """The only one."""
        (found,) = self.read(**query)
        return found

    def all_events(self, **query: Any) -> list[Document]:
        """Those of other people too."""
        return self.read(only_managed="false", include_managed="true", **query)

    def record(self) -> Document:
        """The only event as the sandbox has it, with what no read shows."""
        (found,) = self.sandbox.control("GET", "/snapshot").json()["tables"]["events"]
        document: Document = found
        return document

    def mails(self, to: str = JANE) -> list[Document]:
        """The mails in a mailbox, oldest first."""
        answer = self.sandbox.control("GET", "/inbox", params={"to": to}).json()
        found: list[Document] = answer["messages"]
        return found

    def invites(self, to: str = JANE) -> list[tuple[str, int]]:
        """Method and SEQUENCE of each invitation that somebody has got."""
        return [(mail["method"], mail["sequence"]) for mail in self.mails(to) if mail["method"]]


def open_writer(open_sandbox: Open, provider: str = "google", **how: Any) -> Writer:
    """Jane, connected; ``how`` are the scenario's members of hers, its ``seed`` and ``switches``,
    ``features`` of the application, ``two`` for a second one, and what the control API's connect
    takes.
    """
    switches = how.pop("switches", {})
    features, seed, two = how.pop("features", {}), how.pop("seed", 1), how.pop("two", False)
    jane = {name: how.pop(name) for name in ("calendars", "invites", "sync_delay") if name in how}
    scenario: Document = {"people": [person(JANE, provider, **jane)], "switches": switches}
    if features or two:
        first = {"name": "Example Application", "features": features}
        other = {"name": "Other Application", "features": features}
        scenario["applications"] = [first, other] if two else [first]
    sandbox = open_sandbox(clock=CLOCK, seed=seed, scenario=scenario)
    return Writer(sandbox, sandbox.connect(JANE, **how))


def external(writer: Writer, **details: Any) -> str:
    """Jane makes an event in her own calendar, or somebody invites her; its ``event_uid``.

    ``details`` as a scenario's events have them; with an ``event_uid``, of one that is there.
    """
    body = _but({"summary": "Dentist", "start": START, "end": END, "tzid": "Etc/UTC"}, details)
    if "event_uid" in details:
        body = details
    answer = writer.sandbox.control("POST", f"/people/{JANE}/events", json=body)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["event_uid"]
    return found


def removed(writer: Writer, event_uid: str) -> None:
    """Jane deletes an event in her own calendar."""
    query = {"event_uid": event_uid}
    answer = writer.sandbox.control("DELETE", f"/people/{JANE}/events", params=query)
    assert answer.status_code == 204, answer.text


def own_calendar(writer: Writer, email: str = JANE) -> list[Document]:
    """What really stands in somebody's provider calendars, as the control API tells."""
    answer = writer.sandbox.control("GET", f"/people/{email}/events")
    assert answer.status_code == 200, answer.text
    found: list[Document] = answer.json()["events"]
    return found


def read_external(calendar_id: str, **changes: Any) -> Document:
    """What reads answer of :func:`external` in a sandboxed calendar."""
    nothing = {"delete": False, "update": False, "change_participation_status": False}
    jane = {"email": JANE, "display_name": None}
    document = written(
        calendar_id, event_id=LEFT_OUT, summary="Dentist", organizer=jane, options=nothing
    )
    return _but(document, changes)


def second_application(writer: Writer, **how: Any) -> Writer:
    """Another application, connected with Jane too."""
    client_id = writer.sandbox.document["applications"][1]["client_id"]
    return Writer(writer.sandbox, writer.sandbox.connect(JANE, client_id=client_id, **how))


def elevate(writer: Writer) -> None:
    """Jane grants the application unrestricted access to the calendar."""
    consent = {"page": "permissions", "decision": "allow"}
    assert writer.sandbox.control("POST", "/consents", json=consent).status_code == 201
    permission = {"calendar_id": writer.calendar_id, "permission_level": "unrestricted"}
    body = {"permissions": [permission], "redirect_uri": "http://localhost:3000/callback"}
    answer = writer.call("POST", "/v1/permissions", body)
    assert answer.status_code == 200, answer.text
    url = answer.json()["permissions_request"]["url"]
    assert writer.sandbox.http.get(url).status_code == 302

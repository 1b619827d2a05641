"""The stories behind the samples of docs/webhooks.md: what an application does, or somebody else,
that is followed by a notification. Each has the same beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.contract.attaching import SUSPICIOUS, file
from tests.contract.documents import Document, person
from tests.contract.events import calendar_of
from tests.contract.stories import connect
from tests.emulator import Sandbox

RECEIVER = "http://localhost:3000"
CLOCK = "2026-05-11T08:00:00Z"
JANE, MARY, ROOM = "jane@acme.test", "mary@acme.test", "room-1@acme.test"
KIM, LEE = "kim@guest.test", "lee@guest.test"

SCENARIO: Document = {
    "applications": [
        {
            "name": "Acme Scheduler",
            "features": {"business_connect": True, "meeting_agents": True, "attachments": True},
        }
    ],
    "people": [
        person(JANE, conferencing=[{"provider_name": "zoom"}]),
        person(MARY, initial_sync="held"),
    ],
    "organizations": [
        {
            "domain": "acme.test",
            "members": [JANE, MARY],
            "resources": [{"email": ROOM, "name": "Room 1"}],
        }
    ],
    "switches": {"profile_connected": True},
}


class Office:
    """What the application does, and what happens to Jane; nothing leaves the emulator."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        # What is not sent is in the outbox all the same.
        self.control("/deliveries/failures", {"with": "timeout", "times": 1000})

    def control(self, path: str, body: Document | None = None) -> Document:
        answer = self.sandbox.control("POST", path, json=body or {})
        assert answer.is_success, answer.text
        document: Document = answer.json()
        return document

    def call(self, token: str, path: str, body: Document) -> Document:
        answer = self.sandbox.call(token, "POST", path, json=body)
        assert answer.is_success, answer.text
        document: Document = answer.json() if answer.content else {}
        return document

    def by_key(self, path: str, body: Document) -> Document:
        """A call with the application's API key."""
        return self.call(self.sandbox.application["client_secret"], path, body)

    def listen(self, email: str = JANE, **channel: Any) -> Document:
        """Somebody is connected, and has a channel; the token answer."""
        connected = self.sandbox.connect(email)
        body = {"callback_url": f"{RECEIVER}/notifications", **channel}
        connected |= self.call(connected["access_token"], "/v1/channels", body)
        return connected

    def notify(self, channel: Document, kind: str, **more: str) -> None:
        """One notification, by hand."""
        self.control(f"/channels/{channel['channel_id']}/notify", {"type": kind, **more})

    def profile(self, connected: Document, what: str) -> None:
        profile_id = connected["linking_profile"]["profile_id"]
        self.control(f"/profiles/{profile_id}/{what}")

    def service(self, connected: Document, what: str) -> None:
        """The same of Jane's Zoom."""
        (zoom,) = connected["userinfo"]["cronofy.data"]["conferencing_profiles"]
        self.control(f"/profiles/{zoom['profile_id']}/{what}")

    def book(self, connected: Document, subscription: Document, **more: Any) -> None:
        """An event at noon, with a subscription."""
        body = {
            "event_id": "interview-1",
            "summary": "Interview",
            "start": "2026-05-11T12:00:00Z",
            "end": "2026-05-11T13:00:00Z",
            "subscriptions": [{"type": "webhook", "uri": f"{RECEIVER}/events", **subscription}],
            **more,
        }
        path = f"/v1/calendars/{calendar_of(connected)}/events"
        self.call(connected["access_token"], path, body)

    def upload(self, content: bytes) -> None:
        both = {"type": "webhook", "uri": f"{RECEIVER}/files"}
        both |= interactions("attachment_approved", "attachment_rejected")
        self.by_key("/v1/attachments", {"attachment": file(content), "subscriptions": [both]})
        self.sandbox.advance(seconds=2)

    def invite(self, smart_invite_id: str, **people: Any) -> None:
        event = {
            "summary": "Viewing",
            "start": "2026-05-12T09:00:00Z",
            "end": "2026-05-12T09:30:00Z",
            "tzid": "Europe/Madrid",
        }
        body = {"smart_invite_id": smart_invite_id, "callback_url": f"{RECEIVER}/invites"}
        self.by_key("/v1/smart_invites", {**body, "event": event, **people})

    def answer(self, smart_invite_id: str, email: str, status: str, **more: Any) -> None:
        body = {"email": email, "status": status, **more}
        self.control(f"/smart_invites/{smart_invite_id}/reply", body)


def interactions(*kinds: str) -> Document:
    return {"interactions": [{"type": kind} for kind in kinds]}


# --- One story for each section, by the name in its heading -----------------------------


def change(office: Office) -> None:
    office.listen()
    office.control(
        f"/people/{JANE}/events",
        {"summary": "Dentist", "start": "2026-05-12T10:00:00Z", "end": "2026-05-12T11:00:00Z"},
    )
    office.sandbox.advance(seconds=1)


def profile_connected(office: Office) -> None:
    connected = office.listen()
    office.profile(connected, "disconnect")
    office.profile(connected, "reconnect")


def conferencing_failing(office: Office) -> None:
    connected = office.sandbox.connect(JANE)
    office.service(connected, "fail")
    conference = {"conferencing": {"profile_id": "default"}}
    office.book(connected, interactions("conferencing_failing"), **conference)
    office.sandbox.advance(seconds=2)


def conferencing_assigned(office: Office) -> None:
    conference = {"conferencing": {"profile_id": "default"}}
    office.book(office.sandbox.connect(JANE), interactions("conferencing_assigned"), **conference)
    office.sandbox.advance(seconds=2)


def conversation(office: Office, kind: str) -> None:
    """There are none yet, so it is sent by hand."""
    channel = office.listen(scheduling_conversations={"enabled": True})["channel"]
    office.notify(channel, kind, scheduling_conversation_id="scv_64aa00000000000000000001")


def transitions(office: Office) -> None:
    before = {"before": "event_start", "offset": {"minutes": 10}}
    office.book(office.sandbox.connect(JANE), {"transitions": [before]})
    office.sandbox.advance(hours=4)


def meeting_agent(office: Office, **event: Any) -> None:
    """Until the meeting is over, and some more."""
    kinds = ("meeting_agent_activated", "meeting_agent_complete", "meeting_agent_failed")
    agent = {"meeting_agent": {"profile_id": "cronofy"}}
    office.book(office.sandbox.connect(JANE), interactions(*kinds), **agent, **event)
    office.sandbox.advance(hours=6)


def meeting_agent_at_work(office: Office) -> None:
    join_url = "https://meet.acme.test/interview"
    conference = {"profile_id": "explicit", "provider_description": "Meet", "join_url": join_url}
    meeting_agent(office, conferencing=conference)


def meeting_agent_complete(office: Office) -> None:
    """One of an event, and one without."""
    told = {"type": "webhook", "uri": f"{RECEIVER}/agents"}
    alone = {
        "scheduling_key": "call-7",
        "join_time": "2026-05-11T12:30:00Z",
        "join_url": "https://meet.acme.test/call-7",
        "subscriptions": [told | interactions("meeting_agent_complete")],
    }
    office.by_key("/v1/meeting_agents", alone)
    meeting_agent_at_work(office)


def smart_invite(office: Office) -> None:
    """One of a single recipient, and one of several that is forwarded."""
    times = {"start": "2026-05-12T16:00:00+02:00", "end": "2026-05-12T16:30:00+02:00"}
    office.invite("booking-118", recipient={"email": KIM})
    proposal = {**times, "tzid": "Europe/Madrid"}
    office.answer("booking-118", KIM, "declined", comment="Later, please?", proposal=proposal)
    office.invite("booking-119", recipients=[{"email": KIM}, {"email": LEE}])
    office.answer("booking-119", LEE, "accepted")


def service_account_authorization(office: Office) -> None:
    """Somebody who is there, and somebody who is not."""
    body = {"service_account": "acme.test", "delegated_scope": "read_write"}
    token = office.control("/connect", body)["access_token"]
    for email in (JANE, "nobody@acme.test"):
        office.call(
            token,
            "/v1/service_account_authorizations",
            {
                "email": email,
                "callback_url": f"{RECEIVER}/authorizations",
                "scope": "read_write",
                "state": "42",
            },
        )


def delegated_authorization(office: Office) -> None:
    jane = connect(office.sandbox, JANE, scope="read_write", delegated_scope="read_only")
    office.call(
        jane["access_token"],
        "/v1/delegated_authorizations",
        {
            "profile_id": jane["linking_profile"]["profile_id"],
            "email": ROOM,
            "callback_url": f"{RECEIVER}/authorizations",
            "scope": "read_only",
            "state": "42",
        },
    )


STORIES: dict[str, Callable[[Office], object]] = {
    "verification": lambda office: office.listen(),
    "change": change,
    "profile_disconnected": lambda office: office.profile(office.listen(), "disconnect"),
    "profile_connected": profile_connected,
    "conferencing_profile_disconnected": lambda office: office.service(
        office.listen(), "disconnect"
    ),
    "profile_initial_sync_completed": lambda office: office.profile(office.listen(MARY), "sync"),
    "gdpr_requested": lambda office: office.notify(office.listen()["channel"], "gdpr_requested"),
    "scheduling_conversation_joined": lambda office: conversation(
        office, "scheduling_conversation_joined"
    ),
    "scheduling_conversation_updated": lambda office: conversation(
        office, "scheduling_conversation_updated"
    ),
    "smart_invite": smart_invite,
    "conferencing_assigned": conferencing_assigned,
    "conferencing_failing": conferencing_failing,
    "transitions": transitions,
    "meeting_agent_activated": meeting_agent_at_work,
    "meeting_agent_complete": meeting_agent_complete,
    "meeting_agent_failed": meeting_agent,
    "attachment_approved": lambda office: office.upload(b"%PDF-1.4 agenda"),
    "attachment_rejected": lambda office: office.upload(SUSPICIOUS),
    "service_account_authorization": service_account_authorization,
    "delegated_authorization": delegated_authorization,
}


def played(http: httpx.Client, name: str, **later: int) -> list[Document]:
    """The deliveries that ``name``'s story is about, some time after it."""
    wanted = {"sandbox_id": "webhooks", "seed": 42, "clock": CLOCK, "scenario": SCENARIO}
    sandbox = Sandbox(http, http.post("/_mock/sandboxes", json=wanted).json())
    try:
        STORIES[name](Office(sandbox))
        sandbox.advance(**(later or {"seconds": 0}))
        outbox = sandbox.control("GET", "/deliveries").json()["deliveries"]
        return [delivery for delivery in outbox if name in _names(delivery)]
    finally:
        sandbox.control("DELETE", "")
        http.cookies.clear()


def _names(delivery: Document) -> set[str]:
    """What a section about it may be called."""
    notification = delivery["body"].get("notification", {})
    fired = {interaction["type"] for interaction in notification.get("interactions", [])}
    return {delivery["kind"], *fired, *notification}

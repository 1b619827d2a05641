"""Meeting agents: what is asked of them, and what the answers and callbacks show of them."""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.documents import Document, Like
from tests.contract.events import CLOCK, JANE, Open, Writer, open_writer
from tests.contract.receiver import Receiver
from tests.contract.subscribing import webhook
from tests.emulator import Sandbox

PATH = "/v1/meeting_agents"
JOIN_URL = "https://meet.acme.test/standup"
NOON = "2026-05-11T12:00:00Z"
SUB = Like(r"agt_[0-9a-f]{24}")
DASHBOARD = Like(r"https?://[^/]+/meeting_agents/[A-Za-z0-9_-]{32}")
CONFERENCING = {
    "profile_id": "explicit",
    "provider_description": "Acme Meet",
    "join_url": JOIN_URL,
}
CRONOFY, NONE = {"profile_id": "cronofy"}, {"profile_id": "none"}
INTERACTIONS = ("meeting_agent_activated", "meeting_agent_complete", "meeting_agent_failed")


def open_office(open_sandbox: Open, **application: Any) -> Sandbox:
    """An application without accounts; ``application`` are its scenario's keys."""
    features = {"meeting_agents": True}
    scenario = {"applications": [{"features": features, **application}]}
    return open_sandbox(clock=CLOCK, scenario=scenario)


def ask(sandbox: Sandbox, method: str, body: Document, token: str | None = None) -> httpx.Response:
    """A call about an agent without an event, by default as the application."""
    secret: str = sandbox.application["client_secret"]
    return sandbox.call(token or secret, method, PATH, json=body)


def scheduled(**changes: Any) -> Document:
    """The body that schedules an agent for noon; ``changes`` add or replace members."""
    return {"scheduling_key": "standup", "join_time": NOON, "join_url": JOIN_URL, **changes}


def agents(sandbox: Sandbox) -> list[Document]:
    """All of them, as the control API lists them."""
    answer = sandbox.control("GET", "/meeting_agents")
    assert answer.status_code == 200, answer.text
    found: list[Document] = answer.json()["meeting_agents"]
    return found


def states(sandbox: Sandbox) -> list[str]:
    return [agent["state"] for agent in agents(sandbox)]


def shown(state: str = "created") -> Document:
    """An agent as answers and callbacks show it; complete ones have recordings."""
    resources = [{"category": "cronofy", "type": "dashboard", "url": DASHBOARD}]
    if state == "complete":
        resources += [
            {
                "category": category,
                "type": kind,
                "url": Like(rf"https?://[^/]+{PATH}/agt_[0-9a-f]{{24}}/resources/{category}"),
            }
            for category, kind in (
                ("transcript", "cronofy"),
                ("audio", "voice"),
                ("video", "conference"),
            )
        ]
    return {"sub": SUB, "state": state, "resources": resources}


def listed(**changes: Any) -> Document:
    """An agent that is scheduled for noon, as the control API lists it."""
    document = {
        **shown(),
        "client_id": Like(r".+"),
        "join_time": NOON,
        "leave_time": "2026-05-11T13:00:00Z",
        "join_url": JOIN_URL,
        "display_name": None,
        "scheduling_key": "standup",
        "on_behalf_of_attendee": None,
        "event": None,
    }
    return {**document, **changes}


def end(sandbox: Sandbox, agent: Document, state: str) -> httpx.Response:
    """Let it fail, or be done, by the control API."""
    return sandbox.control("POST", f"/meeting_agents/{agent['sub']}", json={"state": state})


def open_meeting(open_sandbox: Open, receiver: Receiver | None = None, **how: Any) -> Writer:
    """Jane, with a standup at which there is an agent; ``receiver`` is told of all it does."""
    writer = open_writer(open_sandbox, **how)
    more: Document = {"subscriptions": [webhook(receiver, *INTERACTIONS)]} if receiver else {}
    writer.write(conferencing=CONFERENCING, meeting_agent=CRONOFY, **more)
    return writer


def begin(writer: Writer) -> None:
    """The standup begins, a day later: the application needs another token."""
    writer.sandbox.advance(days=1, hours=1)
    writer.token = writer.sandbox.connect(JANE)["access_token"]


def of_event(**changes: Any) -> Document:
    """The agent of :func:`open_meeting`, as the control API lists it."""
    document = {
        "join_time": "2026-05-12T09:00:00Z",
        "leave_time": "2026-05-12T09:30:00Z",
        "join_url": None,
        "scheduling_key": None,
        "event": {
            "calendar_id": Like(r"cal_.+"),
            "event_uid": Like(r"evt_external_[0-9a-f]{24}"),
        },
    }
    return listed(**{**document, **changes})

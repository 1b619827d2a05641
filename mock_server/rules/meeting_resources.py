"""What a meeting agent has to show: a page about it, and in the end what it has recorded."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from mock_server.errors import NotFound
from mock_server.world.applications import Application
from mock_server.world.meeting_agents import MeetingAgent
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

# Seconds for which an address without a credential leads to a recording (assumed).
LIFETIME = 300


class Recording(Record, frozen=True):
    """A resource: its ``category`` and ``type`` are Cronofy's words."""

    category: str
    type: str


# The page about the agent, which there is from the beginning.
DASHBOARD = Recording("cronofy", "dashboard")

# What a meeting leaves behind, by its name in addresses (assumed).
RECORDINGS = {
    "transcript": Recording("transcript", "cronofy"),
    "audio": Recording("audio", "voice"),
    "video": Recording("video", "conference"),
}


class ResourceDocument(TypedDict):
    category: str
    type: str
    url: str


class AgentDocument(TypedDict):
    sub: str
    state: Literal["created", "complete", "failed"]
    resources: list[ResourceDocument]


def document(agent: MeetingAgent, base_url: str) -> AgentDocument:
    """An agent as answers and callbacks show it; one that has joined is still *created*."""
    dashboard = f"{base_url}/meeting_agents/{agent.token}"
    resources = [_resource(DASHBOARD, dashboard)]
    if agent.state == "complete":
        url = f"{base_url}/v1/meeting_agents/{agent.sub}/resources"
        resources += [_resource(item, f"{url}/{name}") for name, item in RECORDINGS.items()]
    state = "created" if agent.state == "activated" else agent.state
    return {"sub": agent.sub, "state": state, "resources": resources}


def _resource(recording: Recording, url: str) -> ResourceDocument:
    return {"category": recording.category, "type": recording.type, "url": url}


def download_url(sandbox: Sandbox, agent: MeetingAgent, name: str, base_url: str) -> str:
    """Where the recording ``name`` can be had for a while, without a credential."""
    expires = sandbox.now() + LIFETIME
    return f"{base_url}/meeting_agents/{agent.token}/{name}?expires={expires}"


def recorded(sandbox: Sandbox, application: Application, sub: str, name: str) -> MeetingAgent:
    """The application's agent that has recorded ``name``; raises NotFound."""
    agent = sandbox.meeting_agents.get(sub)
    if agent is None or agent.client_id != application.client_id:
        raise NotFound(
            f"no meeting agent {sub!r} of this application: POST /v1/meeting_agents and callbacks "
            "name their sub"
        )
    if name not in RECORDINGS or agent.state != "complete":
        raise NotFound(
            f"the meeting agent {sub} has no resource {name!r}: its callbacks list those that "
            "there are"
        )
    return agent

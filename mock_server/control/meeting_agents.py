"""Meeting agents: those that there are, and letting one fail or leave before its time."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer
from mock_server.control.documents import Document
from mock_server.rules import meeting_resources
from mock_server.scenarios.actions import meeting_agents
from mock_server.scenarios.actions.action import find
from mock_server.scenarios.actions.meeting_agents import EndAgent
from mock_server.scenarios.problems import validate
from mock_server.world.clock import as_text
from mock_server.world.meeting_agents import MeetingAgent


async def list_agents(control: Control) -> Response:
    agents = control.sandbox.meeting_agents
    return answer({"meeting_agents": [_document(control, agent) for agent in agents]})


async def end(control: Control) -> Response:
    """It fails, or its work is done."""
    sandbox = control.sandbox
    agent = find(sandbox.meeting_agents, control.request.path_params["sub"], "sub")
    wanted = validate(EndAgent, await control.document())
    return answer(_document(control, meeting_agents.end(sandbox, agent, wanted)))


def _document(control: Control, agent: MeetingAgent) -> Document:
    calendar_id, event_uid = agent.event or (None, None)
    return {
        **meeting_resources.document(agent, control.base_url),
        "state": agent.state,
        "client_id": agent.client_id,
        "join_time": as_text(agent.start),
        "leave_time": as_text(agent.end),
        "join_url": agent.join_url,
        "display_name": agent.display_name,
        "scheduling_key": agent.scheduling_key,
        "on_behalf_of_attendee": agent.on_behalf_of and {"email": agent.on_behalf_of},
        "event": agent.event and {"calendar_id": calendar_id, "event_uid": event_uid},
    }


_AGENTS = "/sandboxes/{sandbox_id}/meeting_agents"

ROUTES = (
    ("GET", _AGENTS, list_agents),
    ("POST", f"{_AGENTS}/{{sub}}", end),
)

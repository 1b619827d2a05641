"""Meeting agents that fail, or leave before their time."""

# Annotations are evaluated at once here, as in documents.py.

from typing import Literal

from mock_server.rules import meeting_agents
from mock_server.scenarios.actions.action import Action, Outcome, check_names, listed
from mock_server.scenarios.fields import Credential, Email, Model, Text
from mock_server.scenarios.problems import Invalid, Problem
from mock_server.world.clock import as_text
from mock_server.world.meeting_agents import MeetingAgent
from mock_server.world.sandbox import Sandbox


class EndAgent(Model):
    """What becomes of a meeting agent before its time."""

    state: Literal["complete", "failed"]


def end(sandbox: Sandbox, agent: MeetingAgent, wanted: EndAgent) -> MeetingAgent:
    """It fails, or its work is done."""
    if agent.ended:
        raise _unfit(agent, "an agent that is created or activated")
    if wanted.state == "complete" and agent.waiting:
        expected = f"one that is activated, as it will be at {as_text(agent.start)}"
        raise _unfit(agent, f"{expected}: advance the clock")
    return meeting_agents.end(sandbox, agent, wanted.state)


def _unfit(agent: MeetingAgent, expected: str) -> Invalid:
    return Invalid([Problem("state", f"an agent that is {agent.state}", expected)])


class EndAgents(EndAgent):
    """Every agent that is meant and has not ended: of one person, application, event or key."""

    person: Email | None = None
    application: Credential | None = None
    event_id: Text | None = None
    scheduling_key: Text | None = None
    sub: Text | None = None


def _end(sandbox: Sandbox, wanted: EndAgents) -> Outcome:
    check_names(sandbox, wanted.person, wanted.application)
    going = [agent for agent in sandbox.meeting_agents if not agent.ended]
    found = [
        agent
        for agent in going
        if wanted.sub in (None, agent.sub)
        and wanted.application in (None, agent.client_id)
        and wanted.scheduling_key in (None, agent.scheduling_key)
        and wanted.person in (None, _person(sandbox, agent))
        and wanted.event_id in (None, _event_id(sandbox, agent))
    ]
    if not found:
        expected = f"one that has not ended: {listed(a.sub for a in going) or 'there is none'}"
        raise Invalid([Problem("sub", "no such agent", expected)])
    return {"subs": [end(sandbox, agent, wanted).sub for agent in found]}


def _person(sandbox: Sandbox, agent: MeetingAgent) -> str | None:
    account = sandbox.accounts.get(agent.account)
    return account.email if account else None


def _event_id(sandbox: Sandbox, agent: MeetingAgent) -> str | None:
    event = sandbox.events.get(agent.event)
    return event.managed.event_id if event is not None and event.managed else None


ACTIONS = {"end_agent": Action(EndAgents, _end)}

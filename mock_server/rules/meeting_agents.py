"""Meeting agents: on events, or alone; what becomes of them, and who is told (notifications §4.4).

An agent on an event follows it until it has joined; then it stays until the end.
"""

from __future__ import annotations

from typing import Any, Literal

from mock_server.errors import FeatureOff
from mock_server.rules import meeting_resources, subscriptions, time_zones, timers
from mock_server.world.applications import Application
from mock_server.world.clock import LATEST
from mock_server.world.events import Details, Event, Managed, Subscription
from mock_server.world.meeting_agents import MeetingAgent
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox

# The kinds of timer (rules/due.py).
JOIN = "join_meeting"
LEAVE = "leave_meeting"

# An event's meeting_agent.profile_id that takes the agent off; the other one is PROVIDED.
NONE = "none"
PROVIDED = "cronofy"

ACTIVATED = "meeting_agent_activated"
COMPLETE = "meeting_agent_complete"
FAILED = "meeting_agent_failed"

# Seconds that an agent without an event stays in its meeting (assumed).
_STAY = 3600

# Of those that have ended, so many are kept to be looked at.
_KEPT = 1000


class Invitation(Record, frozen=True):
    """What an application wants of an agent without an event."""

    join_url: str
    display_name: str | None = None
    on_behalf_of: str | None = None
    subscriptions: tuple[Subscription, ...] = ()


def require(application: Application) -> None:
    """Raise Forbidden unless the application's meeting agents are switched on."""
    if not application.features.meeting_agents:
        raise FeatureOff(
            "meeting agents are switched on for each application in Cronofy's dashboard; here: "
            "features: {meeting_agents: true} of the application"
        )


def send(sandbox: Sandbox, application: Application, wanted: Invitation) -> MeetingAgent:
    """A new agent, which joins at once."""
    return _invite(sandbox, _new(sandbox, application.client_id), wanted, sandbox.now())


def plan(
    sandbox: Sandbox, application: Application, wanted: Invitation, key: str, join_time: int
) -> MeetingAgent:
    """The application's agent ``key`` joins at ``join_time``.

    One that has joined already is left alone, and another one gets the key.
    """
    waiting = _planned(sandbox, application, key)
    agent = waiting or _new(sandbox, application.client_id, scheduling_key=key)
    return _invite(sandbox, agent, wanted, join_time)


def call_off(sandbox: Sandbox, application: Application, key: str) -> None:
    """Cancel the application's agent ``key``; nothing happens if none waits for its time."""
    waiting = _planned(sandbox, application, key)
    if waiting is not None:
        _remove(sandbox, waiting)


def _planned(sandbox: Sandbox, application: Application, key: str) -> MeetingAgent | None:
    agents = sandbox.meeting_agents.by("key", (application.client_id, key))
    return next((agent for agent in agents if agent.waiting), None)


def _new(
    sandbox: Sandbox,
    client_id: str,
    *,
    scheduling_key: str | None = None,
    event: tuple[str, str] | None = None,
    account: str | None = None,
) -> MeetingAgent:
    """An agent that has yet to be told what to do, and when."""
    return MeetingAgent(
        sub=sandbox.ids.hex("agt"),
        client_id=client_id,
        token=sandbox.ids.token("meeting_agent"),
        start=sandbox.now(),
        end=sandbox.now(),
        scheduling_key=scheduling_key,
        event=event,
        account=account,
    )


def _invite(
    sandbox: Sandbox, agent: MeetingAgent, wanted: Invitation, join_time: int
) -> MeetingAgent:
    return _appoint(
        sandbox,
        replace(
            agent,
            start=join_time,
            end=_leaves_at(sandbox, join_time),
            join_url=wanted.join_url,
            display_name=wanted.display_name,
            on_behalf_of=wanted.on_behalf_of,
            subscriptions=wanted.subscriptions,
        ),
    )


def _leaves_at(sandbox: Sandbox, join_time: int) -> int:
    """When an agent without an event leaves its meeting: not after the last moment there is."""
    return min(max(join_time, sandbox.now()) + _STAY, LATEST)


def follow(sandbox: Sandbox, event: Event) -> None:
    """``event`` is new or has changed: its agent joins when it now begins, or not at all."""
    managed = event.managed
    if managed is None or managed.meeting_agent is None:
        return
    account, (start, end) = _account(sandbox, event, managed), _times(event.details)
    agents = sandbox.meeting_agents.by("event", event.key)
    waiting = next((agent for agent in agents if agent.waiting), None)
    present = next((a for a in agents if a.start == start and not a.waiting), None)
    if waiting is not None and (account is None or present is not None):
        _remove(sandbox, waiting)
    if account is None:
        return
    wish = managed.meeting_agent
    name = str(wish["display_name"]) if "display_name" in wish else None
    if present is not None:
        if not present.ended:
            _appoint(sandbox, replace(present, end=end))
    elif waiting is not None or end > sandbox.now():
        agent = waiting or _new(sandbox, managed.client_id, event=event.key, account=account)
        _appoint(sandbox, replace(agent, start=start, end=end, display_name=name))


def _times(details: Details) -> tuple[int, int]:
    """When the event begins and ends: a whole day at midnight in its own time zone."""
    if not details.all_day:
        return details.start, details.end
    return (
        time_zones.of_wall_clock(details.start, details.start_tzid),
        time_zones.of_wall_clock(details.end, details.end_tzid),
    )


def _account(sandbox: Sandbox, event: Event, managed: Managed) -> str | None:
    """Whose event it is, if its application wants an agent on it and may still look at it."""
    profile = sandbox.profiles[sandbox.calendars[event.calendar_id].profile_id]
    authorized = (managed.client_id, profile.sub) in sandbox.authorizations
    wanted = (managed.meeting_agent or {}).get("profile_id") == PROVIDED
    return profile.sub if authorized and wanted and not event.deleted else None


def _appoint(sandbox: Sandbox, agent: MeetingAgent) -> MeetingAgent:
    """Put ``agent``, and let it join or leave when its time comes."""
    kind, at = (JOIN, agent.start) if agent.waiting else (LEAVE, agent.end)
    timers.schedule(sandbox, kind, (agent.sub,), max(0, at - sandbox.now()))
    return sandbox.meeting_agents.put(agent)


def _remove(sandbox: Sandbox, agent: MeetingAgent) -> None:
    for kind in (JOIN, LEAVE):
        timers.cancel(sandbox, kind, (agent.sub,))
    sandbox.meeting_agents.remove(agent.sub)


def forget(sandbox: Sandbox, authorization: tuple[str, str]) -> None:
    """The authorization has ended, and with it every agent on its events."""
    for agent in sandbox.meeting_agents.by("authorization", authorization):
        _remove(sandbox, agent)


def join(sandbox: Sandbox, sub: str) -> None:
    """The timer's rule: the meeting begins. Where nobody can join, the agent fails."""
    agent = sandbox.meeting_agents.get(sub)
    if agent is None or not agent.waiting:
        return
    join_url = agent.join_url if agent.event is None else _join_url(sandbox, agent)
    if join_url is None:
        end(sandbox, agent, "failed")
        return
    agent = _appoint(sandbox, replace(agent, state="activated", join_url=join_url))
    _tell(sandbox, agent, ACTIVATED)


def _join_url(sandbox: Sandbox, agent: MeetingAgent) -> str | None:
    event = sandbox.events.get(agent.event)
    conferencing = event.managed.conferencing if event and event.managed else None
    meeting = conferencing.meeting if conferencing else None
    return meeting.join_url if meeting else None


def leave(sandbox: Sandbox, sub: str) -> None:
    """The timer's rule: the meeting is over."""
    agent = sandbox.meeting_agents.get(sub)
    if agent is not None and agent.state == "activated":
        end(sandbox, agent, "complete")


def end(
    sandbox: Sandbox, agent: MeetingAgent, state: Literal["complete", "failed"]
) -> MeetingAgent:
    """The agent has done its work, or could not."""
    for kind in (JOIN, LEAVE):
        timers.cancel(sandbox, kind, (agent.sub,))
    agent = sandbox.meeting_agents.put(replace(agent, state=state))
    _tell(sandbox, agent, COMPLETE if state == "complete" else FAILED)
    spare = sandbox.meeting_agents.count("ended", True) - _KEPT
    for old in sandbox.meeting_agents.by("ended", True)[: max(0, spare)]:
        sandbox.meeting_agents.remove(old.sub)
    return agent


def _tell(sandbox: Sandbox, agent: MeetingAgent, interaction: str) -> None:
    """Call those who have subscribed: to the event, or with the agent."""
    sections: dict[str, Any] = {
        "meeting_agent": meeting_resources.document(agent, sandbox.base_url)
    }
    if agent.event is not None:
        event = sandbox.events.get(agent.event)
        if event is not None:
            subscriptions.fire(sandbox, event, interaction, **sections)
        return
    if agent.scheduling_key is not None:
        sections["scheduling_key"] = agent.scheduling_key
    subscriptions.fire_alone(
        sandbox, agent.client_id, agent.subscriptions, interaction, agent.sub, **sections
    )

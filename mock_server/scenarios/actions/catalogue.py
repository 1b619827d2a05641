"""Every action by its name, and carrying one out."""

from __future__ import annotations

from typing import Any

from mock_server.errors import CronofyError
from mock_server.scenarios.actions import (
    applications,
    authorizations,
    calendars,
    connections,
    deliveries,
    events,
    faults,
    invitations,
    meeting_agents,
    people,
    profiles,
    switches,
)
from mock_server.scenarios.actions.action import Action, Outcome
from mock_server.scenarios.fields import Model
from mock_server.scenarios.problems import Invalid, Problem
from mock_server.world.sandbox import Sandbox

ACTIONS: dict[str, Action] = {
    **people.ACTIONS,
    **connections.ACTIONS,
    **applications.ACTIONS,
    **authorizations.ACTIONS,
    **profiles.ACTIONS,
    **events.ACTIONS,
    **calendars.ACTIONS,
    **meeting_agents.ACTIONS,
    **invitations.ACTIONS,
    **deliveries.ACTIONS,
    **switches.ACTIONS,
    **faults.ACTIONS,
}

_THE_CLOCK = "another action: the clock is what moves a timeline, and no part of it"
_THE_WORLD = "another action: it would take away the timeline that it stands on"
_THE_TIMELINE = "another action: entries say themselves when and how often they happen"

# What the control API does, and no action can.
REFUSED = {
    **dict.fromkeys(("advance", "advance_clock", "set_clock"), _THE_CLOCK),
    **dict.fromkeys(("reset", "restore", "delete_sandbox"), _THE_WORLD),
    **dict.fromkeys(("add_timeline_entries", "remove_timeline_entries"), _THE_TIMELINE),
    "make_events": "a list of make_event, one for each event",
    "fail_delivery": "fail_deliveries, whose kind and url say which are meant",
    "create_sandbox": "another action: it happens in a sandbox, and can make no other",
    "snapshot": "another action: nobody would get the snapshot",
    "wait": "when, beside do: it says what an entry waits for",
    "verify": "another action: what has happened is for the test to judge",
}


def carry_out(sandbox: Sandbox, name: str, document: Model) -> Outcome:
    """Let the action ``name`` happen: all of it, or nothing. Raises Invalid."""
    action: Any = ACTIONS[name]
    with sandbox.atomic():
        try:
            outcome: Outcome = action.carry_out(sandbox, document)
        except CronofyError as error:
            # What an application would be told, too.
            found = error.hint or type(error).__name__
            raise Invalid([Problem("the document", found, "what Cronofy allows")]) from None
    return outcome

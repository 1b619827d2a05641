"""Every call of the control API, by the modules that answer them."""

from __future__ import annotations

from mock_server.control import (
    applications,
    authorizations,
    calendars,
    channels,
    clock,
    contract,
    diff,
    events,
    faults,
    inbox,
    journal,
    meeting_agents,
    outbox,
    people,
    profiles,
    sandboxes,
    smart_invites,
    switches,
    timeline,
    waiting,
)

_MODULES = (
    sandboxes,
    diff,
    switches,
    contract,
    applications,
    people,
    authorizations,
    calendars,
    events,
    profiles,
    meeting_agents,
    channels,
    smart_invites,
    clock,
    timeline,
    outbox,
    inbox,
    journal,
    faults,
    waiting,
)

ROUTES = tuple(line for module in _MODULES for line in module.ROUTES)

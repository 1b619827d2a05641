"""How strictly a sandbox takes what it is asked: its switch ``strictness``.

``cronofy`` answers as Cronofy does. ``strict`` refuses every call with a finding that matters,
and changes nothing then. What ``lenient`` lets pass is in leniency.py.
"""

from __future__ import annotations

from typing import Any

from mock_server.api import leniency, steps
from mock_server.api.call import Call
from mock_server.api.endpoint import Endpoint
from mock_server.api.steps import Members
from mock_server.errors import TooOdd
from mock_server.rules import contract
from mock_server.world.findings import Finding


def carry_out(endpoint: Endpoint, call: Call, members: Members) -> Any:
    """What the endpoint answers, as strictly as the call's sandbox is. Raises CronofyError."""
    strictness = call.sandbox.switches.strictness
    if strictness == "cronofy":
        return steps.carry_out(endpoint, call, members)
    if strictness == "lenient":
        return leniency.carry_out(endpoint, call, leniency.readable(call, members))
    with call.sandbox.atomic():
        outcome = steps.carry_out(endpoint, call, members)
        refuse_odd(call.findings, oauth=endpoint.oauth)
    return outcome


def refuse_odd(findings: list[Finding], *, oauth: bool = False) -> None:
    """Raise TooOdd if any of the ``findings`` matters."""
    reasons = [(found.code, found.text) for found in findings if contract.matters(found)]
    if reasons:
        raise TooOdd(reasons, oauth=oauth)

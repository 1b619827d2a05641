"""What a lenient sandbox lets pass, and what it notes of that.

It goes on where plan, scope, features or rate limits are not enough, and reads JSON under any
Content-Type. Each is a finding.
"""

from __future__ import annotations

from typing import Any

from mock_server.api import parsing, steps
from mock_server.api.call import Call
from mock_server.api.endpoint import Endpoint
from mock_server.api.steps import Members
from mock_server.errors import CronofyError
from mock_server.rules import contract
from mock_server.world.applications import Application, Features
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes

_ALL_FEATURES = Features(**dict.fromkeys(Features.__struct_fields__, True))


def carry_out(endpoint: Endpoint, call: Call, members: Members) -> Any:
    """What the endpoint answers an application that has every feature and plan.

    It is asked as it is first, so that what it lacks can be told.
    """
    before = list(call.findings)
    try:
        with call.sandbox.atomic():
            return steps.carry_out(endpoint, call, members)
    except CronofyError as error:
        if error.leniency is None or call.client_id is None:
            raise
        call.findings[:] = before
        forgive(call, error)
    authorization = call.authorization if call.sub is not None else None
    call.authenticate(call.sandbox, generous(call.application), authorization)
    return steps.carry_out(endpoint, call, members)


def forgive(call: Call, error: CronofyError) -> None:
    """Note ``error`` in a lenient sandbox; raise it in any other, or if it is unforgivable."""
    if error.leniency is None or call.sandbox.switches.strictness != "lenient":
        raise error
    call.remark(error.leniency, contract.general(error.hint))


def generous(application: Application) -> Application:
    """``application`` with every feature, on the highest plan."""
    return replace(application, features=_ALL_FEATURES, plan="strategic")


def readable_by_credentials(call: Call, members: Members, sandboxes: Sandboxes) -> Members:
    """As ``readable``, of a body with client credentials: if those find a lenient sandbox."""
    found = _as_json(call, members)
    client_id = found.parameters.get("client_id")
    known: Any = (
        sandboxes.directory.client_id.get(client_id) if isinstance(client_id, str) else None
    )
    sandbox: Sandbox | None = known
    if sandbox is None or sandbox.switches.strictness != "lenient":
        return members
    return readable(call, members)


def readable(call: Call, members: Members) -> Members:
    """The ``members`` of a body, also of JSON that calls itself something else; that is noted."""
    found = _as_json(call, members)
    if found is not members:
        call.remark("lenient_content_type", f"read as JSON: {members.unreadable}")
    return found


def _as_json(call: Call, members: Members) -> Members:
    if not isinstance(members.unreadable, parsing.WrongContentType):
        return members
    try:
        return Members(parsing.parse_json(call.content))
    except parsing.Unreadable:
        return members

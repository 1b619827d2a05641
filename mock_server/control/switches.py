"""The switches of a sandbox: where Cronofy's behaviour varies, and how strict answers are."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from mock_server.control.app import Control, answer
from mock_server.scenarios.problems import validate
from mock_server.scenarios.switches import SwitchesDocument, change


async def read(control: Control) -> Response:
    return answer(msgspec.to_builtins(control.sandbox.switches))


async def throw(control: Control) -> Response:
    """Those that the body names; the others stay as they are."""
    sandbox = control.sandbox
    change(sandbox, validate(SwitchesDocument, await control.document()))
    return answer(msgspec.to_builtins(sandbox.switches))


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/switches", read),
    ("PATCH", "/sandboxes/{sandbox_id}/switches", throw),
)

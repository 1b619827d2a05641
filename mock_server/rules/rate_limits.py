"""Rate limits: how much an application may ask (identity §1.9). Off unless switched on."""

from __future__ import annotations

from mock_server.errors import TooManyRequests
from mock_server.world.applications import Application, Usage
from mock_server.world.sandbox import Sandbox

PER_SECOND = 50
PER_MINUTE = 500


def count(sandbox: Sandbox, application: Application) -> None:
    """Count a request, by the second and the minute of the sandbox's clock.

    Raises TooManyRequests for one that is over a limit; it is not counted.
    """
    if not sandbox.switches.rate_limits:
        return
    now = sandbox.now()
    before = sandbox.usages.get(application.client_id)
    in_second = before.in_second if before and before.at == now else 0
    in_minute = before.in_minute if before and before.at // 60 == now // 60 else 0
    if in_minute >= PER_MINUTE:
        raise _refusal(application, f"{PER_MINUTE} requests in a minute", 60 - now % 60)
    if in_second >= PER_SECOND:
        raise _refusal(application, f"{PER_SECOND} requests in a second", 1)
    sandbox.usages.put(Usage(application.client_id, now, in_second + 1, in_minute + 1))


def _refusal(application: Application, limit: str, seconds: int) -> TooManyRequests:
    return TooManyRequests(
        f"application {application.client_id} may make {limit}, and the scenario's switch "
        "rate_limits is on",
        seconds=seconds,
    )

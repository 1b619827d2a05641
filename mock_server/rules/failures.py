"""Failures that a test has asked for, in place of attempts of deliveries."""

from __future__ import annotations

from mock_server.world.outbox import Delivery, Failure
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def add(
    sandbox: Sandbox,
    outcome: str | int,
    *,
    times: int = 1,
    delivery_id: str | None = None,
    kind: str | None = None,
    url: str | None = None,
) -> Failure:
    """Let the next ``times`` attempts fail that it concerns."""
    failure_id = sandbox.ids.hex("flr")
    return sandbox.failures.put(Failure(failure_id, outcome, times, delivery_id, kind, url))


def take(sandbox: Sandbox, delivery: Delivery) -> Failure | None:
    """The failure that ``delivery`` meets now, if any: its own first, else the oldest."""
    own = sandbox.failures.by("delivery", delivery.delivery_id)
    common = sandbox.failures.by("delivery", None)
    failure = next((failure for failure in (*own, *common) if failure.concerns(delivery)), None)
    if failure is not None:
        if failure.times > 1:
            sandbox.failures.put(replace(failure, times=failure.times - 1))
        else:
            sandbox.failures.remove(failure.failure_id)
    return failure


def forget(sandbox: Sandbox, delivery: Delivery) -> None:
    """``delivery`` is no more."""
    for failure in sandbox.failures.by("delivery", delivery.delivery_id):
        sandbox.failures.remove(failure.failure_id)

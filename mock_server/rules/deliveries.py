"""What becomes of a delivery that has been tried: it is through, or tried again later."""

from __future__ import annotations

from mock_server.rules import channels
from mock_server.world.outbox import Attempt, Delivery
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox

_HOUR = 3600


class Schedule(Record, frozen=True):
    """Seconds that a receiver has to answer, and the pauses after failed attempts."""

    timeout: float
    pauses: tuple[int, ...]


# Channels, for 24 hours (notifications §1.4.5); their pauses are assumed.
_OF_CHANNELS = Schedule(
    5, (15, 60, 300, 900, _HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR, 10 * _HOUR, 2325)
)
# Seven seconds are documented for event triggers (§4.2); the pauses are assumed.
_OF_EVENTS = Schedule(7, _OF_CHANNELS.pauses)
# Other callbacks, and mails: all assumed (identity §6.4).
PAUSES = (60, 300, 1800, 7200)
_OTHERS = Schedule(5, PAUSES)

# Of those that are through, so many are kept to be looked at.
_KEPT = 2000


def schedule(delivery: Delivery) -> Schedule:
    if delivery.kind in channels.TYPES:
        return _OF_CHANNELS
    if delivery.kind == "event_subscription":
        return _OF_EVENTS
    return _OTHERS


def is_next(sandbox: Sandbox, delivery: Delivery) -> bool:
    """Whether nothing before it in its queue is still to be done."""
    return delivery.queue is None or sandbox.deliveries.one("queue", delivery.queue) == delivery


def tried(sandbox: Sandbox, delivery: Delivery, attempt: Attempt, *, refused: bool) -> None:
    """``delivery`` after one more attempt; ``refused`` is one that must never leave."""
    tries = len(delivery.attempts)
    pauses = schedule(delivery).pauses
    delivery = replace(delivery, attempts=(*delivery.attempts, attempt))
    if refused:
        delivery = replace(delivery, state="refused")
    elif attempt.succeeded:
        delivery = replace(delivery, state="delivered")
    elif tries >= len(pauses):
        delivery = replace(delivery, state="failed")
    else:
        delivery = replace(delivery, due_at=attempt.at + pauses[tries])
    sandbox.deliveries.put(delivery)
    if delivery.kind in channels.TYPES:
        channels.tried(sandbox, delivery, attempt)
    _make_room(sandbox)


def _make_room(sandbox: Sandbox) -> None:
    """Forget the oldest that arrived."""
    spare = sandbox.deliveries.count("state", "delivered") - _KEPT
    if spare > 0:
        for delivery in sandbox.deliveries.by("state", "delivered")[:spare]:
            sandbox.deliveries.remove(delivery.delivery_id)

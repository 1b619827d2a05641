"""What becomes of a delivery that has been tried: it is through, or tried again later."""

from __future__ import annotations

from mock_server.rules import channels, failures, timeline
from mock_server.world.outbox import Attempt, Delivery
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox

_HOUR = 3600


class Schedule(Record, frozen=True):
    """Seconds that a receiver has to answer, and the pauses after failed attempts."""

    timeout: float
    pauses: tuple[int, ...]


# Channels, for 24 hours (notifications §1.4.5); their pauses are assumed, and that Smart
# Invites have the same.
_OF_CHANNELS = Schedule(
    5, (15, 60, 300, 900, _HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR, 10 * _HOUR, 2325)
)
# Seven seconds are documented for event triggers (§4.2); the pauses are assumed.
_OF_EVENTS = Schedule(7, _OF_CHANNELS.pauses)
# Other callbacks, and mails: all assumed (identity §6.4).
PAUSES = (60, 300, 1800, 7200)
_OTHERS = Schedule(5, PAUSES)

# So many are kept to be looked at: of those that are through, of those that have failed, and
# of those that were refused; and so many attempts of each.
_KEPT = 2000
_ATTEMPTS_KEPT = 50


def schedule(delivery: Delivery) -> Schedule:
    if channels.is_notification(delivery) or delivery.kind == "smart_invite":
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
    delivery = _with(delivery, attempt)
    if refused:
        delivery = replace(delivery, state="refused")
    elif attempt.succeeded:
        delivery = replace(delivery, state="delivered")
    elif tries >= len(pauses):
        delivery = replace(delivery, state="failed")
    else:
        delivery = replace(delivery, due_at=attempt.at + pauses[tries])
    sandbox.deliveries.put(delivery)
    if channels.is_notification(delivery):
        channels.tried(sandbox, delivery)
    _make_room(sandbox)
    timeline.attempted(sandbox, delivery.kind)


def overtaken(sandbox: Sandbox, delivery: Delivery, attempt: Attempt) -> None:
    """``delivery`` was being tried when its channel was closed, or it was replayed: the attempt
    has been made all the same, and decides nothing any more.
    """
    current = sandbox.deliveries.get(delivery.delivery_id)
    # Another one may have its id since a reset.
    if current is not None and (current.state == "failed" or current.replays > delivery.replays):
        sandbox.deliveries.put(_with(current, attempt))


def _with(delivery: Delivery, attempt: Attempt) -> Delivery:
    return replace(delivery, attempts=(*delivery.attempts, attempt)[-_ATTEMPTS_KEPT:])


def _make_room(sandbox: Sandbox) -> None:
    """Forget the oldest of those that nothing more will become of."""
    for state in ("delivered", "failed", "refused"):
        while sandbox.deliveries.count("state", state) > _KEPT:
            oldest = sandbox.deliveries.one("state", state)
            assert oldest is not None
            sandbox.deliveries.remove(oldest.delivery_id)
            failures.forget(sandbox, oldest)

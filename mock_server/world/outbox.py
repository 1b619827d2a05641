"""What leaves the sandbox: deliveries over HTTP, and mail into mailboxes.

Rules only record them here; carrying them out is the delivery room's work.
"""

from __future__ import annotations

from typing import Literal

from mock_server.world.events import Attendee, Details
from mock_server.world.records import Record

# What a delivery is in any state, once there was an attempt.
ATTEMPTED: Literal["attempted"] = "attempted"


class Attempt(Record, frozen=True):
    """One try: times in seconds since the epoch, ``duration`` in milliseconds.

    ``headers`` are those of the request. One that is *injected* was not sent: a test has
    asked for this failure.
    """

    at: int
    status: int | None
    error: str | None
    duration: int
    response: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    injected: bool = False

    @property
    def succeeded(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status < 300


class Delivery(Record, frozen=True):
    """A callback, or a mail on its way to a relay (``kind`` ``mail``).

    ``state`` is ``held | pending | delivered | failed | refused``.

    ``body`` is the exact JSON text that is signed and sent. ``due_at`` is when the next
    attempt may start, by the sandbox's clock. A *held* delivery waits for the first
    synchronization of ``profile_id``. Of those that share a ``queue`` (a channel's id, say),
    each waits until the one before it is through. ``replays`` counts how often it was asked for
    once more.
    """

    delivery_id: str
    client_id: str
    kind: str
    url: str
    body: str
    state: str
    created_at: int
    due_at: int
    attempts: tuple[Attempt, ...] = ()
    profile_id: str | None = None
    queue: str | None = None
    replays: int = 0

    @property
    def progress(self) -> list[tuple[str, str]]:
        """How far those of its kind have come: its state, and whether it has been attempted."""
        attempted = [(self.kind, ATTEMPTED)] if self.attempts else []
        return [(self.kind, self.state), *attempted]


class Failure(Record, frozen=True):
    """What becomes of the next ``times`` attempts, which then are not sent.

    ``outcome`` is ``timeout``, ``connection_refused`` or a status. It is for one delivery, or
    for those of a ``kind``, or whose ``url`` begins so; None is any.
    """

    failure_id: str
    outcome: str | int
    times: int
    delivery_id: str | None = None
    kind: str | None = None
    url: str | None = None

    def concerns(self, delivery: Delivery) -> bool:
        return (
            self.delivery_id in (None, delivery.delivery_id)
            and self.kind in (None, delivery.kind)
            and delivery.url.startswith(self.url or "")
        )


class Invite(Record, frozen=True):
    """The calendar part of a mail: one message of RFC 5546.

    ``method`` is ``REQUEST`` or ``CANCEL``; ``stamp`` its DTSTAMP. ``attendees`` are those
    whom it names; ``whole`` says that a CANCEL ends the event, not only their part in it.
    """

    method: str
    uid: str
    sequence: int
    stamp: int
    details: Details
    attendees: tuple[Attendee, ...]
    whole: bool = True


class Message(Record, frozen=True):
    """A mail in somebody's mailbox. Its bytes are made when somebody asks for them.

    One that is ``received`` has come by SMTP: it has left already, so no relay gets it.
    """

    message_id: str
    sender: str
    to: str
    subject: str
    text: str
    sent_at: int
    sender_name: str | None = None
    invite: Invite | None = None
    received: bool = False

"""Invitations to test with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mock_server.world.events import Attendee, Details, Organizer
from mock_server.world.outbox import Invite, Message
from mock_server.world.records import replace

ORGANIZER = Organizer("planner@cronofy.test", "Planner")
KIM = Attendee("kim@guest.test", "Kim")
UID = "evt_1@cronofy.com"


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """Seconds since the epoch of a time in UTC."""
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())


STAMP = at(2027, 2, 1, 8)
DETAILS = Details(
    summary="Planning",
    start=at(2027, 3, 4, 9, 30),
    end=at(2027, 3, 4, 10),
    organizer=ORGANIZER,
    attendees=(KIM,),
)


def invite(method: str = "REQUEST", *, whole: bool = True, **changed: Any) -> Invite:
    """An invitation of Kim; ``changed`` are fields of the event."""
    details = replace(DETAILS, **changed)
    return Invite(method, UID, 0, STAMP, details, details.attendees, whole)


def message(wanted: Invite | None, **changed: Any) -> Message:
    plain = Message(
        message_id="msg_1",
        sender="planner@cronofy.test",
        sender_name="Planner",
        to="kim@guest.test",
        subject="Invitation: Planning",
        text="Invitation: Planning\n",
        sent_at=STAMP,
        invite=wanted,
    )
    return replace(plain, **changed)

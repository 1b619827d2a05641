"""Smart Invites: invitations that an application mails itself (notifications §2)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from mock_server.world.events import Details
from mock_server.world.records import Record

InviteStatus = Literal["pending", "accepted", "tentative", "declined"]


class Proposal(Record, frozen=True):
    """Another time that somebody would like better: seconds since the epoch, and the zone by
    whose clocks they say it, None for that of the event; of whole days, midnights in UTC.
    """

    start: int
    end: int
    tzid: str | None = None
    all_day: bool = False


class Recipient(Record, frozen=True):
    """Somebody who is invited. ``answered`` says that ``status`` is their own answer."""

    email: str
    status: InviteStatus = "pending"
    comment: str | None = None
    proposal: Proposal | None = None
    answered: bool = False


class InviteReply(Record, frozen=True):
    """One answer, of whomever: when, and its DTSTAMP, if it came by mail."""

    email: str
    status: InviteStatus
    at: int
    stamp: int | None = None
    comment: str | None = None
    proposal: Proposal | None = None


class SmartInvite(Record, frozen=True):
    """An invitation to one person (``single``) or to several.

    ``details`` have the organizer, and nobody who is invited. ``given`` are the members of the
    event that the application sent, beside those that every event has. ``sequence`` and
    ``stamp`` are those of the newest file. ``replies`` are in the order they came.
    """

    client_id: str
    smart_invite_id: str
    single: bool
    recipients: Annotated[tuple[Recipient, ...], Meta(min_length=1)]
    uid: str
    details: Details
    given: tuple[str, ...]
    sequence: int
    stamp: int
    callback_url: str | None = None
    cancelled: bool = False
    replies: tuple[InviteReply, ...] = ()

    @property
    def key(self) -> tuple[str, str, str | None]:
        """The application's id names it; of one for a single person, with their address."""
        email = self.recipients[0].email if self.single else None
        return self.client_id, self.smart_invite_id, email

    def recipient(self, email: str) -> Recipient | None:
        return next((found for found in self.recipients if found.email == email), None)

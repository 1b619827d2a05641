"""The provider side: what exists whether or not Cronofy is connected."""

from __future__ import annotations

from typing import Literal

from mock_server.world.events import Details
from mock_server.world.records import Record


class Decisions(Record, frozen=True):
    """What a person decides on a page when asked; None leaves it to whoever looks at it.

    ``authorize``, ``enterprise``, ``permissions`` and ``conferencing`` are ``allow`` or
    ``deny``; ``access_mode`` is the mode they pick where one is on offer.
    """

    authorize: str | None = None
    enterprise: str | None = None
    permissions: str | None = None
    conferencing: str | None = None
    access_mode: str | None = None


class InviteHabit(Record, frozen=True):
    """How a person answers invitations, so many seconds later."""

    reply: Literal["accepted", "tentative", "declined"]
    after: int = 0


class ConferencingService(Record, frozen=True):
    """A conferencing service that a person brings along (world/conferencing.py)."""

    provider_name: str
    name: str
    connected: bool = True
    failing: bool = False


class Person(Record, frozen=True):
    """Somebody with a mailbox. ``email`` is lower-case and the key.

    ``provider`` is ``google | office365 | exchange | apple | outlook_com | none``;
    ``initial_sync`` is ``immediate`` or ``held``: whether Cronofy's first synchronization
    of their calendars completes at once or waits for the control API. ``sync_delay`` is how
    many seconds Cronofy takes to see what they change.
    """

    email: str
    name: str | None
    zoneinfo: str | None
    locale: str | None
    provider: str
    decisions: Decisions = Decisions()
    invites: InviteHabit | None = None
    initial_sync: str = "immediate"
    sync_delay: int = 0
    conferencing: tuple[ConferencingService, ...] = ()


class ProviderCalendar(Record, frozen=True):
    """One calendar in a person's calendar account, as the provider has it."""

    provider_calendar_id: str
    email: str
    name: str
    primary: bool = False
    readonly: bool = False
    deleted: bool = False
    color: str | None = None


class ProviderEvent(Record, frozen=True):
    """One event in a provider calendar. ``uid`` is iCalendar's, of what came by invitation
    or was written by Cronofy.
    """

    provider_event_id: str
    provider_calendar_id: str
    details: Details
    created: int
    updated: int
    uid: str | None = None


class Author(Record, frozen=True):
    """The application that last wrote or deleted a provider's event through the API; there is
    none of what somebody else has changed since.
    """

    provider_event_id: str
    client_id: str


class Resource(Record, frozen=True):
    """A room or other bookable thing of an organization (identity §6.5)."""

    sub: str
    email: str
    name: str
    capacity: int | None = None
    location: dict[str, object] | None = None


class Organization(Record, frozen=True):
    """A domain with an administrator. ``members`` and resources are e-mail addresses.

    ``availability_only`` marks mailboxes on which the service account has no more than
    the AvailabilityOnly right (identity §6.6).
    """

    domain: str
    provider: str
    administrator: str
    members: tuple[str, ...] = ()
    resources: tuple[Resource, ...] = ()
    availability_only: tuple[str, ...] = ()

    def resource(self, email: str) -> Resource | None:
        return next((item for item in self.resources if item.email == email), None)

    def has_mailbox(self, email: str) -> bool:
        return (
            email in self.members or email == self.administrator or self.resource(email) is not None
        )

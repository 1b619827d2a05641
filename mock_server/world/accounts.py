"""The Cronofy side: accounts, their profiles and calendars, and who may use them."""

from __future__ import annotations

from mock_server.world.records import Record

INDIVIDUAL = "individual"


class Account(Record, frozen=True):
    """A person as Cronofy knows them; shared by applications, each seeing its own part."""

    sub: str
    email: str
    name: str | None
    zoneinfo: str | None


class Profile(Record, frozen=True):
    """A window from an account (``sub``) onto one calendar account.

    ``access_mode`` says what passes through it: ``read_write``, ``free_busy``,
    ``no_calendar``, or ``application`` for an application calendar. ``hosted`` profiles
    hold a Cronofy calendar and have no provider behind them. ``email`` is the calendar
    account's address (invites go there); None for an application calendar.
    """

    profile_id: str
    sub: str
    email: str | None
    name: str
    access_mode: str
    provider_name: str
    provider_service: str
    provider_protocol: str | None = None
    hosted: bool = False
    connected: bool = True
    initial_sync_required: bool = False
    relink_token: str | None = None


class Calendar(Record, frozen=True):
    """Cronofy's copy of a calendar; ``provider_calendar_id`` is None for a hosted one.

    ``created_by`` is the client_id of the application that made it through the API.
    """

    calendar_id: str
    profile_id: str
    name: str
    readonly: bool
    primary: bool
    deleted: bool = False
    integrated_conferencing: bool = False
    attachments: bool = False
    provider_calendar_id: str | None = None
    created_by: str | None = None
    color: str | None = None


class Grant(Record, frozen=True):
    """One way an application came to use an account.

    ``source`` is ``individual`` or the ``sub`` of the service account or of the primary
    account (Business Connect) it was made through; ``profile_ids`` are the profiles it
    opened, in link order.
    """

    source: str
    scope: str
    profile_ids: tuple[str, ...]


class Authorization(Record, frozen=True):
    """What one application may do with one subject: an account, a service account or an
    application calendar (``kind``). Identified by ``client_id`` and ``sub``.

    ``refresh_token`` is stable until rotated; ``unrestricted`` are the calendars the
    person has elevated for this application.
    """

    client_id: str
    sub: str
    kind: str
    refresh_token: str
    grants: tuple[Grant, ...]
    delegated_scope: str | None = None
    unrestricted: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        return self.client_id, self.sub

    @property
    def scope(self) -> str:
        """The scopes granted so far, verbatim; several grants add up in order."""
        if len(self.grants) == 1:
            return self.grants[0].scope
        return " ".join(dict.fromkeys(" ".join(g.scope for g in self.grants).split()))

    @property
    def profile_ids(self) -> tuple[str, ...]:
        if len(self.grants) == 1:
            return self.grants[0].profile_ids
        return tuple(dict.fromkeys(p for g in self.grants for p in g.profile_ids))


class ServiceAccount(Record, frozen=True):
    """A domain connected by its administrator; ``access_mode`` is inherited by its users."""

    sub: str
    client_id: str
    domain: str
    email: str
    access_mode: str
    provider_name: str


class ApplicationCalendar(Record, frozen=True):
    """A Cronofy-hosted calendar without a user, named by its application (identity §8.4)."""

    sub: str
    client_id: str
    application_calendar_id: str
    profile_id: str

"""The questions that every access mode answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Protocol

from mock_server.errors import Forbidden, Locked
from mock_server.rules.providers import Provider
from mock_server.world.accounts import Account, Authorization, Calendar, Profile
from mock_server.world.applications import Application
from mock_server.world.events import Attendee, Details, Event, Managed, Organizer
from mock_server.world.people import Person, ProviderCalendar
from mock_server.world.sandbox import Sandbox


class Destination(Protocol):
    """Where what applications write goes: a provider's calendar, or one that Cronofy hosts.

    ``takes_guests``: whether others can be invited to its events.
    """

    takes_guests: ClassVar[bool]

    def organizer(self, sandbox: Sandbox, profile: Profile, managed: Managed) -> Organizer:
        """Who invites to what an application writes there, and gets the answers."""
        ...

    def attendees(self, profile: Profile, guests: tuple[Attendee, ...]) -> tuple[Attendee, ...]:
        """The attendees of an event with ``guests``: the calendar's owner may be one."""
        ...

    def has_conferencing_field(self, sandbox: Sandbox, profile: Profile) -> bool:
        """Whether it shows where to join, without the event's words saying so."""
        ...

    def shaped(
        self, sandbox: Sandbox, profile: Profile, details: Details, before: Details | None
    ) -> Details:
        """What the calendar keeps of ``details``, written in place of ``before``."""
        ...

    def changed(self, sandbox: Sandbox, calendar: Calendar, event: Event, by: str | None) -> None:
        """``event`` is new, or says something new: pass it on to what stands behind. ``by`` is
        the application that does it, None for a person's answer.
        """
        ...

    def removed(self, sandbox: Sandbox, event: Event, by: str | None) -> None:
        """``event`` is deleted; so it is in what stands behind."""
        ...


class AccessMode(Protocol):
    """How one access mode behaves. Implementations hold no state.

    ``readable``: whether events can be read in it, or busy times only. ``behind`` is what
    stands behind its calendars, whether or not applications may write there.
    """

    name: ClassVar[str]
    readable: ClassVar[bool]
    behind: ClassVar[Destination]

    def offered(self, application: Application, scope: str) -> bool:
        """Whether a person may choose this mode when ``scope`` is asked for.

        For Enterprise Connect, ``scope`` is the delegated scope.
        """
        ...

    def reaches(self, provider: str) -> bool:
        """Whether people of ``provider`` (a person's, see providers) can connect this way."""
        ...

    def connect(self, sandbox: Sandbox, account: Account, person: Person) -> Iterator[Profile]:
        """The profiles that connecting ``person`` opens, created or brought back to life; each
        is synchronized before the next is opened.

        The first is the one that the token answer calls ``linking_profile``.
        """
        ...

    def calendar(self, provider: Provider, source: ProviderCalendar) -> dict[str, object] | None:
        """Cronofy's view of one provider calendar, as fields of a Calendar; None if Cronofy
        does not see it at all.
        """
        ...

    def copied(self, details: Details) -> Details:
        """What Cronofy learns of an event in the provider's calendar."""
        ...

    def service_account_name(self, provider: Provider) -> str:
        """``provider_name`` of a service account connected this way."""
        ...

    def permission_level(self, authorization: Authorization, calendar: Calendar) -> str:
        """``sandbox`` or ``unrestricted``, for one application."""
        ...

    def elevation_refusal(self, calendar: Calendar) -> str | None:
        """Why ``calendar`` cannot be elevated by extended permissions; None if it can."""
        ...

    def create_calendar(
        self, sandbox: Sandbox, profile: Profile, client_id: str, name: str, color: str | None
    ) -> Calendar:
        """A new calendar in ``profile``; raises the refusal that Cronofy answers."""
        ...

    def write_refusal(
        self, sandbox: Sandbox, profile: Profile, calendar: Calendar
    ) -> Forbidden | Locked | None:
        """Why nobody can write to ``calendar`` now; None if applications can."""
        ...

"""The questions that every access mode answers."""

from __future__ import annotations

from typing import ClassVar, Protocol

from mock_server.rules.providers import Provider
from mock_server.world.accounts import Account, Authorization, Calendar, Profile
from mock_server.world.applications import Application
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox


class AccessMode(Protocol):
    """How one access mode behaves. Implementations hold no state."""

    name: ClassVar[str]

    def offered(self, application: Application, scope: str) -> bool:
        """Whether a person may choose this mode when ``scope`` is asked for.

        For Enterprise Connect, ``scope`` is the delegated scope.
        """
        ...

    def reaches(self, provider: str) -> bool:
        """Whether people of ``provider`` (a person's, see providers) can connect this way."""
        ...

    def connect(self, sandbox: Sandbox, account: Account, person: Person) -> list[Profile]:
        """The profiles that connecting ``person`` opens, created or brought back to life.

        The first is the one that the token answer calls ``linking_profile``.
        """
        ...

    def synchronize(self, sandbox: Sandbox, profile: Profile) -> None:
        """Bring Cronofy's copy of the profile's calendars up to date with the provider."""
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

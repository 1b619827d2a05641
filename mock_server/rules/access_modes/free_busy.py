"""Free/Busy: Cronofy learns when a person is busy, never with what.

Two profiles: the person's own calendars, readable as busy blocks only, and a *Cronofy
calendar* beside them, into which applications write; each write goes to the person as
an e-mail invite (seeds 000, 002). Google and Microsoft 365 only, with the scope
``free_busy_write`` and the application's feature switched on (identity §10).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mock_server.errors import Forbidden
from mock_server.rules import profiles
from mock_server.rules.access_modes import cronofy_calendar
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.access_modes.provider_calendar import ProvidersCalendar
from mock_server.rules.providers import PROVIDERS, Provider
from mock_server.rules.scopes import FREE_BUSY_WRITE
from mock_server.world.accounts import Account, Authorization, Calendar, Profile
from mock_server.world.applications import Application
from mock_server.world.events import Details
from mock_server.world.people import Person, ProviderCalendar
from mock_server.world.sandbox import Sandbox


class FreeBusy:
    name: ClassVar[str] = "free_busy"
    readable: ClassVar[bool] = False
    behind: ClassVar[Destination] = ProvidersCalendar()

    def offered(self, application: Application, scope: str) -> bool:
        return application.features.free_busy and FREE_BUSY_WRITE in scope.split()

    def reaches(self, provider: str) -> bool:
        return provider in PROVIDERS and PROVIDERS[provider].free_busy_name is not None

    def connect(self, sandbox: Sandbox, account: Account, person: Person) -> Iterator[Profile]:
        name = self.service_account_name(PROVIDERS[person.provider])
        # linking_profile is the free/busy one; applications find the writable profile in
        # userinfo (seeds 000, 003).
        yield profiles.open_profile(
            sandbox,
            account,
            email=person.email,
            access_mode=self.name,
            provider_name=name,
            provider_service=name,
        )
        yield cronofy_calendar.open_hosted(sandbox, account, person)

    def calendar(self, provider: Provider, source: ProviderCalendar) -> dict[str, object]:
        """Nothing can be written, so nothing that needs writing is available (assumed)."""
        return {
            "name": source.name,
            "readonly": True,
            "primary": source.primary,
            "deleted": source.deleted,
            "integrated_conferencing": False,
            "attachments": False,
        }

    def copied(self, details: Details) -> Details:
        """When, and how busy: what else an event says never leaves the provider (seed 000)."""
        return Details(
            summary="",
            start=details.start,
            end=details.end,
            all_day=details.all_day,
            start_tzid=details.start_tzid,
            end_tzid=details.end_tzid,
            transparency=details.transparency,
            status=details.status,
            participation=details.participation,
            recurrence=details.recurrence,
        )

    def service_account_name(self, provider: Provider) -> str:
        assert provider.free_busy_name is not None
        return provider.free_busy_name

    def permission_level(self, authorization: Authorization, calendar: Calendar) -> str:
        return "sandbox"

    def elevation_refusal(self, calendar: Calendar) -> str | None:
        return "a calendar of a free/busy profile is read-only and cannot be elevated"

    def create_calendar(
        self, sandbox: Sandbox, profile: Profile, client_id: str, name: str, color: str | None
    ) -> Calendar:
        raise self._refusal(profile)

    def write_refusal(self, sandbox: Sandbox, profile: Profile, calendar: Calendar) -> Forbidden:
        return self._refusal(profile)

    def _refusal(self, profile: Profile) -> Forbidden:
        return Forbidden(
            f"profile {profile.profile_id} is connected in Free/Busy mode and cannot be written "
            "to; applications write to the Cronofy calendar of the account's other profile"
        )

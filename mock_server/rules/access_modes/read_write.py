"""Read-Write: the seamless mode. Everything passes, both ways.

One profile, the provider's own; its calendars as at the provider. Reads are full
events; writes go straight into the person's provider calendar. Any scope connects this
way (identity §10).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mock_server.errors import Forbidden, Locked, Unprocessable
from mock_server.rules import outages, profiles
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.access_modes.provider_calendar import ProvidersCalendar
from mock_server.rules.providers import NO_PROVIDER, PROVIDERS, Provider
from mock_server.world.accounts import Account, Authorization, Calendar, Profile
from mock_server.world.applications import Application
from mock_server.world.events import Details
from mock_server.world.people import Person, ProviderCalendar
from mock_server.world.sandbox import Sandbox


def _disconnected(profile: Profile) -> Locked:
    return Locked(
        f"profile {profile.profile_id} is disconnected: the person has to follow its "
        "profile_relink_url"
    )


class ReadWrite:
    name: ClassVar[str] = "read_write"
    readable: ClassVar[bool] = True
    behind: ClassVar[Destination] = ProvidersCalendar()

    def offered(self, application: Application, scope: str) -> bool:
        return True

    def reaches(self, provider: str) -> bool:
        return provider != NO_PROVIDER

    def connect(self, sandbox: Sandbox, account: Account, person: Person) -> Iterator[Profile]:
        provider = PROVIDERS[person.provider]
        service = provider.provider_service
        if sandbox.organizations.one("mailbox", person.email):
            service = provider.organization_service or service
        yield profiles.open_profile(
            sandbox,
            account,
            email=person.email,
            access_mode=self.name,
            provider_name=provider.provider_name,
            provider_service=service,
            provider_protocol=provider.provider_protocol,
        )

    def calendar(self, provider: Provider, source: ProviderCalendar) -> dict[str, object]:
        return {
            "name": source.name,
            "readonly": source.readonly,
            "primary": source.primary,
            "deleted": source.deleted,
            "integrated_conferencing": (
                provider.integrated_conferencing is not None and not source.readonly
            ),
            "attachments": provider.attachments,
        }

    def copied(self, details: Details) -> Details:
        return details

    def service_account_name(self, provider: Provider) -> str:
        return provider.provider_name

    def permission_level(self, authorization: Authorization, calendar: Calendar) -> str:
        elevated = calendar.calendar_id in authorization.unrestricted
        # A calendar made through the API is unrestricted for its maker (events §1.2).
        made = calendar.created_by == authorization.client_id
        return "unrestricted" if elevated or made else "sandbox"

    def elevation_refusal(self, calendar: Calendar) -> str | None:
        return None

    def create_calendar(
        self, sandbox: Sandbox, profile: Profile, client_id: str, name: str, color: str | None
    ) -> Calendar:
        if not profile.connected:
            raise _disconnected(profile)
        outage = outages.of_profile(sandbox, profile)
        if outage is not None:
            raise Locked(f"{outage.provider} is out of order: outage {outage.outage_id}")
        person = sandbox.people[profile.email]
        provider = PROVIDERS[person.provider]
        calendars = sandbox.provider_calendars.by("email", person.email)
        if provider.unique_names and any(c.name == name and not c.deleted for c in calendars):
            raise Unprocessable.of(
                "name",
                "errors.duplicate_calendar_name",
                "A calendar with this name already exists and the provider does not allow "
                "duplicates",
                f"{provider.label} refuses a second calendar named {name!r}: choose another name",
            )
        source = sandbox.provider_calendars.put(
            ProviderCalendar(
                provider_calendar_id=sandbox.ids.hex("pcal"),
                email=person.email,
                name=name,
                color=color if provider.calendar_colors else None,
            )
        )
        return profiles.open_calendar(
            sandbox, profile, source, created_by=client_id, **self.calendar(provider, source)
        )

    def write_refusal(
        self, sandbox: Sandbox, profile: Profile, calendar: Calendar
    ) -> Forbidden | Locked | None:
        if calendar.readonly:
            return Forbidden(
                f"calendar {calendar.calendar_id} is calendar_readonly: the person cannot write "
                "there, and so nobody can for them"
            )
        # What is queued waits for the person.
        if profile.connected or sandbox.switches.queue_writes:
            return None
        return _disconnected(profile)

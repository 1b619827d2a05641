"""Read-Write: the seamless mode. Everything passes, both ways.

One profile, the provider's own; its calendars as at the provider. Reads are full
events; writes go straight into the person's provider calendar. Any scope connects this
way (identity §10).
"""

from __future__ import annotations

from typing import ClassVar

from mock_server.errors import Forbidden, Locked, Unprocessable
from mock_server.rules import profiles, provider_events
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.access_modes.cronofy_calendar import joined_at_location
from mock_server.rules.providers import NO_PROVIDER, PROVIDERS, Provider
from mock_server.world.accounts import Account, Authorization, Calendar, Profile
from mock_server.world.applications import Application
from mock_server.world.events import Attendee, Details, Event, Managed, Organizer
from mock_server.world.people import Person, ProviderCalendar
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


class ProvidersCalendar:
    """Writes go straight into the person's own calendar; the person is the organizer."""

    takes_guests: ClassVar[bool] = True

    def organizer(self, sandbox: Sandbox, profile: Profile, managed: Managed) -> Organizer:
        assert profile.email is not None
        account = sandbox.accounts[profile.sub]
        return Organizer(profile.email, account.name)

    def attendees(self, profile: Profile, guests: tuple[Attendee, ...]) -> tuple[Attendee, ...]:
        """Alone, nobody attends their own event; among guests, the organizer does."""
        assert profile.email is not None
        return (Attendee(profile.email, status="accepted"), *guests) if guests else ()

    def shaped(
        self, sandbox: Sandbox, profile: Profile, details: Details, before: Details | None
    ) -> Details:
        person = sandbox.people[profile.email]
        provider = PROVIDERS[person.provider]
        if not provider.conferencing_field:
            details = joined_at_location(details)
        url = details.url if provider.urls else None
        if provider.keeps_urls and before is not None:
            url = url or before.url
        reminders = details.reminders
        return replace(
            details,
            url=url,
            reminders=None if reminders is None else reminders[: provider.reminders],
            color=details.color if provider.colors else None,
            transparency=(
                details.transparency
                if provider.extended_transparency or details.transparency == "transparent"
                else "opaque"
            ),
        )

    def written(self, sandbox: Sandbox, calendar: Calendar, event: Event) -> None:
        provider_events.put(
            sandbox,
            sandbox.provider_calendars[calendar.provider_calendar_id],
            event.details,
            provider_event_id=event.event_uid,
            uid=event.managed.uid if event.managed else None,
            through=calendar.calendar_id,
        )

    def removed(self, sandbox: Sandbox, event: Event) -> None:
        source = sandbox.provider_events.get(event.event_uid)
        if source is not None:
            provider_events.remove(sandbox, source, through=event.calendar_id)


class QueuedForProvider(ProvidersCalendar):
    """Accepted while nobody can write there; the provider gets it when somebody can again."""

    def written(self, sandbox: Sandbox, calendar: Calendar, event: Event) -> None:
        sandbox.events.put(replace(event, queued=True))

    def removed(self, sandbox: Sandbox, event: Event) -> None:
        sandbox.events.put(replace(sandbox.events[event.key], queued=True))


def _check_connected(profile: Profile) -> None:
    if not profile.connected:
        raise Locked(
            f"profile {profile.profile_id} is disconnected: the person has to follow its "
            "profile_relink_url"
        )


class ReadWrite:
    name: ClassVar[str] = "read_write"
    readable: ClassVar[bool] = True

    def offered(self, application: Application, scope: str) -> bool:
        return True

    def reaches(self, provider: str) -> bool:
        return provider != NO_PROVIDER

    def connect(self, sandbox: Sandbox, account: Account, person: Person) -> list[Profile]:
        provider = PROVIDERS[person.provider]
        service = provider.provider_service
        if service == "google" and sandbox.organizations.one("mailbox", person.email):
            service = "gsuite"
        profile = profiles.open_profile(
            sandbox,
            account,
            email=person.email,
            access_mode=self.name,
            provider_name=provider.provider_name,
            provider_service=service,
            provider_protocol=provider.provider_protocol,
        )
        return [profiles.start_sync(sandbox, profile, person, self.calendar)]

    def synchronize(self, sandbox: Sandbox, profile: Profile) -> None:
        profiles.synchronize(sandbox, profile, self.calendar)

    def copied(self, details: Details) -> Details:
        return details

    def destination(self, sandbox: Sandbox, profile: Profile, calendar: Calendar) -> Destination:
        if calendar.readonly:
            raise Forbidden(
                f"calendar {calendar.calendar_id} is calendar_readonly: the person cannot write "
                "there, and so nobody can for them"
            )
        if sandbox.switches.queue_writes and not profile.connected:
            return QueuedForProvider()
        _check_connected(profile)
        return ProvidersCalendar()

    def service_account_name(self, provider: Provider) -> str:
        return provider.provider_name

    def calendar(self, provider: Provider, source: ProviderCalendar) -> dict[str, object]:
        """Cronofy's view of one provider calendar, as fields of a Calendar."""
        return {
            "name": source.name,
            "readonly": source.readonly,
            "primary": source.primary,
            "deleted": source.deleted,
            "integrated_conferencing": provider.integrated_conferencing and not source.readonly,
            "attachments": provider.attachments,
        }

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
        _check_connected(profile)
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
        # Apple and Google keep the colour, Exchange and Microsoft 365 ignore it
        # (events §1.2); Outlook.com's nearest-of-a-palette is left as asked.
        keeps_color = provider.provider_name != "exchange"
        source = sandbox.provider_calendars.put(
            ProviderCalendar(
                provider_calendar_id=sandbox.ids.hex("pcal"),
                email=person.email,
                name=name,
                color=color if keeps_color else None,
            )
        )
        return profiles.open_calendar(
            sandbox, profile, source, created_by=client_id, **self.calendar(provider, source)
        )

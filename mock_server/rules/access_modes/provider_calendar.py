"""The provider's calendar: the person's own, which Read-Write and Free/Busy profiles show."""

from __future__ import annotations

from typing import ClassVar

from mock_server.rules import provider_events, providers
from mock_server.world.accounts import Calendar, Profile
from mock_server.world.events import Attendee, Details, Event, Managed, Organizer
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

    def has_conferencing_field(self, sandbox: Sandbox, profile: Profile) -> bool:
        return providers.of(sandbox, profile).conferencing_field

    def shaped(
        self, sandbox: Sandbox, profile: Profile, details: Details, before: Details | None
    ) -> Details:
        provider = providers.of(sandbox, profile)
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

    def changed(self, sandbox: Sandbox, calendar: Calendar, event: Event, by: str | None) -> None:
        provider_events.put(
            sandbox,
            sandbox.provider_calendars[calendar.provider_calendar_id],
            event.details,
            provider_event_id=event.event_uid,
            uid=event.managed.uid if event.managed else None,
            by=by,
        )

    def removed(self, sandbox: Sandbox, event: Event, by: str | None) -> None:
        provider_events.remove(sandbox, event.event_uid, by=by)


class QueuedForProvider(ProvidersCalendar):
    """Accepted while nobody can write there; the provider gets it when somebody can again."""

    def changed(self, sandbox: Sandbox, calendar: Calendar, event: Event, by: str | None) -> None:
        sandbox.events.put(replace(event, queued=by))

    def removed(self, sandbox: Sandbox, event: Event, by: str | None) -> None:
        sandbox.events.put(replace(event, queued=by))

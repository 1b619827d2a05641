"""The Cronofy calendar: hosted by Cronofy, one to a profile, always writable.

It is the second profile of a Free/Busy account, the only one of a No Calendar Access
account, and all there is to an application calendar. Its flags are assumed, by analogy
with the application calendar that the docs show (identity §8.1, §10.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mock_server.errors import Unprocessable
from mock_server.rules import profiles
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.providers import CRONOFY, Provider
from mock_server.world.accounts import Account, Authorization, Calendar, Profile
from mock_server.world.applications import Application
from mock_server.world.events import Attendee, Details, Event, Managed, Organizer
from mock_server.world.people import Person, ProviderCalendar
from mock_server.world.sandbox import Sandbox

CALENDAR_NAME = "Cronofy Calendar"

# Answers to invitations come back to an address of the event's own, as at Cronofy; the
# domain is one that nobody can own, for mails that a real server carries on.
INVITATION_DOMAIN = "invite.mock-cronofy.test"


class HostedCalendar:
    """Writes stay with Cronofy; the person hears of them by e-mail, and answers."""

    takes_guests: ClassVar[bool] = True

    def organizer(self, sandbox: Sandbox, profile: Profile, managed: Managed) -> Organizer:
        mailbox = managed.uid.partition("@")[0]
        application = sandbox.applications[managed.client_id]
        return Organizer(f"{mailbox}@{INVITATION_DOMAIN}", application.name)

    def attendees(self, profile: Profile, guests: tuple[Attendee, ...]) -> tuple[Attendee, ...]:
        """The person is invited like everybody else."""
        assert profile.email is not None
        return (Attendee(profile.email), *guests)

    def has_conferencing_field(self, sandbox: Sandbox, profile: Profile) -> bool:
        return False

    def shaped(
        self, sandbox: Sandbox, profile: Profile, details: Details, before: Details | None
    ) -> Details:
        return details

    def changed(self, sandbox: Sandbox, calendar: Calendar, event: Event, by: str | None) -> None:
        """Nothing stands behind it."""

    def removed(self, sandbox: Sandbox, event: Event, by: str | None) -> None:
        """Nothing stands behind it."""


class ApplicationCalendarDestination(HostedCalendar):
    """Nobody to invite, and nobody can be invited (events §1.3)."""

    takes_guests: ClassVar[bool] = False

    def attendees(self, profile: Profile, guests: tuple[Attendee, ...]) -> tuple[Attendee, ...]:
        return ()


class CronofyCalendarRules:
    """What every mode with a hosted profile says of that profile's calendar."""

    readable: ClassVar[bool] = True
    behind: ClassVar[Destination] = HostedCalendar()

    def calendar(self, provider: Provider, source: ProviderCalendar) -> None:
        """The person's own calendars are none of its business."""

    def copied(self, details: Details) -> Details:
        return details

    def permission_level(self, authorization: Authorization, calendar: Calendar) -> str:
        return "unrestricted"

    def elevation_refusal(self, calendar: Calendar) -> str | None:
        # Unrestricted already: asking again changes nothing (identity §10.3).
        return None

    def create_calendar(
        self, sandbox: Sandbox, profile: Profile, client_id: str, name: str, color: str | None
    ) -> Calendar:
        raise Unprocessable.of(
            "profile_id",
            "errors.calendar_limit_reached",
            "a Cronofy calendar profile holds one calendar only",
            "write events to the profile's one calendar, found in userinfo or GET /v1/calendars",
        )

    def write_refusal(self, sandbox: Sandbox, profile: Profile, calendar: Calendar) -> None:
        """It is always writable."""


class ApplicationCalendarMode(CronofyCalendarRules):
    """An application calendar has no person, so nobody chooses or connects it."""

    name: ClassVar[str] = "application"
    behind: ClassVar[Destination] = ApplicationCalendarDestination()

    def offered(self, application: Application, scope: str) -> bool:
        return False

    def reaches(self, provider: str) -> bool:
        return False

    def connect(self, sandbox: Sandbox, account: Account, person: Person) -> Iterator[Profile]:
        raise NotImplementedError("application calendars are opened by applications")

    def service_account_name(self, provider: Provider) -> str:
        return CRONOFY


def open_hosted(sandbox: Sandbox, account: Account, person: Person) -> Profile:
    """The hosted profile of ``person`` on ``account``, made with its calendar if need be."""
    profile = profiles.open_profile(
        sandbox,
        account,
        email=person.email,
        access_mode="no_calendar",
        provider_name=CRONOFY,
        provider_service=CRONOFY,
        hosted=True,
    )
    if not sandbox.calendars.by("profile", profile.profile_id):
        profiles.open_calendar(
            sandbox, profile, None, name=CALENDAR_NAME, readonly=False, primary=True
        )
    return profile

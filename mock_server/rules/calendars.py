"""Calendars: creating them, and application calendars (events §§1.2, 1.3; identity §8.4)."""

from __future__ import annotations

from mock_server.rules import access_modes, authorizations, channels, profiles, synchronization
from mock_server.rules.access_modes import APPLICATION_CALENDAR
from mock_server.rules.providers import CRONOFY
from mock_server.world.accounts import (
    INDIVIDUAL,
    ApplicationCalendar,
    Authorization,
    Calendar,
    Grant,
    Profile,
)
from mock_server.world.applications import Application
from mock_server.world.sandbox import Sandbox


def create(
    sandbox: Sandbox, client_id: str, profile: Profile, name: str, color: str | None
) -> Calendar:
    """A new calendar in ``profile``, as its access mode allows; other profiles of the same
    calendar account show it too.

    Raises the mode's refusal.
    """
    made = access_modes.of(profile).create_calendar(sandbox, profile, client_id, name, color)
    channels.calendars_changed(sandbox, profile, client_id)
    synchronization.follow_calendars(sandbox, sandbox.people[profile.email])
    return made


def application_calendar(
    sandbox: Sandbox, application: Application, application_calendar_id: str
) -> tuple[ApplicationCalendar, Authorization]:
    """The application's calendar of this name: made on first use, the same one after."""
    key = (application.client_id, application_calendar_id)
    known = sandbox.application_calendars.one("name", key)
    if known is not None:
        return known, sandbox.authorizations[(application.client_id, known.sub)]
    sub = sandbox.ids.hex("apc")
    profile = sandbox.profiles.put(
        Profile(
            profile_id=sandbox.ids.short("pro"),
            sub=sub,
            email=None,
            name=application_calendar_id,
            access_mode=APPLICATION_CALENDAR.name,
            provider_name=CRONOFY,
            provider_service=CRONOFY,
            hosted=True,
        )
    )
    profiles.open_calendar(
        sandbox, profile, None, name=application_calendar_id, readonly=False, primary=True
    )
    calendar = sandbox.application_calendars.put(
        ApplicationCalendar(sub, application.client_id, application_calendar_id, profile.profile_id)
    )
    authorization = authorizations.grant(
        sandbox,
        application.client_id,
        sub,
        "application_calendar",
        Grant(INDIVIDUAL, "read_write", (profile.profile_id,)),
    )
    return calendar, authorization

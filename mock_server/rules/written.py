"""What an application writes, and what an event says after it (events §2.1).

Only the guests are a change to what was there; everything else is a new version of the
event, in which some keys keep their value when they are left out.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import UNSET, UnsetType

from mock_server.rules import templates
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.conferencing import Wish
from mock_server.world.accounts import Profile
from mock_server.world.events import (
    UTC,
    Attendee,
    Conferencing,
    Details,
    Event,
    Managed,
    Organizer,
    Recurrence,
    Subscription,
    Transparency,
)
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox

T = TypeVar("T")


class Written(Record, frozen=True):
    """One upsert. What is UNSET was left out, and stays as it is.

    ``start`` and ``end`` in seconds since the epoch; ``invite`` and ``remove`` are changes.
    """

    summary: str
    start: int
    end: int
    all_day: bool
    start_tzid: str = UTC
    end_tzid: str = UTC
    description: str = ""
    location: str = ""
    lat: str | None = None
    long: str | None = None
    transparency: Transparency = "opaque"
    url: str | UnsetType | None = UNSET
    reminders: tuple[int, ...] | UnsetType = UNSET
    reminders_create_only: bool = False
    color: str | UnsetType = UNSET
    invite: tuple[Attendee, ...] = ()
    remove: tuple[str, ...] = ()
    private: bool = False
    conferencing: Wish | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    recurrence: Recurrence | UnsetType | None = UNSET
    subscriptions: tuple[Subscription, ...] | UnsetType = UNSET
    attachments: tuple[str, ...] | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    event_classes: object = UNSET
    meeting_agent: dict[str, object] | UnsetType = UNSET


# What people who have been invited need to hear of (events §6).
TIMES = ("start", "end", "all_day", "start_tzid", "end_tzid", "recurrence")
NEWSWORTHY = (*TIMES, "summary", "description", "location", "url", "meeting")


def differ(first: Details, second: Details, fields: tuple[str, ...]) -> bool:
    return any(getattr(first, name) != getattr(second, name) for name in fields)


def managed(before: Managed, written: Written, conferencing: Conferencing | None) -> Managed:
    """What the application keeps with the event, after ``written``."""
    kept = {
        name: value
        for name in (
            "locale",
            "subscriptions",
            "attachments",
            "tags",
            "event_classes",
            "meeting_agent",
        )
        if (value := getattr(written, name)) is not UNSET
    }
    return replace(
        before,
        description=written.description,
        location=written.location,
        conferencing=conferencing,
        **kept,
    )


def details(
    sandbox: Sandbox,
    destination: Destination,
    profile: Profile,
    before: Event | None,
    written: Written,
    kept: Managed | None,
) -> Details:
    """What the event says after ``written``; ``kept`` is None for an external event."""
    old = before.details if before else None
    made = Details(
        summary=written.summary,
        start=written.start,
        end=written.end,
        all_day=written.all_day,
        start_tzid=written.start_tzid,
        end_tzid=written.end_tzid,
        description=written.description,
        location=written.location,
        lat=written.lat,
        long=written.long,
        transparency=written.transparency,
        status=old.status if old else "confirmed",
        url=_kept(written.url, old.url if old else None),
        private=old.private if old else written.private,
        reminders=_reminders(written, old),
        color=_kept(written.color, old.color if old else None),
        recurrence=_kept(written.recurrence, old.recurrence if old else None),
        categories=old.categories if old else (),
        meeting=old.meeting if old else None,
    )
    if kept is not None:
        made = rendered(made, kept)
    else:
        locale = None if written.locale is UNSET else written.locale
        made = _filled(made, written.description, written.location, locale)
    if kept is not None and (old is None or old.organizer is None):
        organizer: Organizer | None = destination.organizer(sandbox, profile, kept)
    else:
        organizer = old.organizer if old else None
    made = replace(made, organizer=organizer)
    attendees = _attendees(destination, profile, old, written, made)
    own = next((a.status for a in attendees if a.email == profile.email), None)
    # Who organizes an event takes part in it.
    participation = own or (old.participation if old else "accepted")
    made = replace(made, attendees=attendees, participation=participation)
    return destination.shaped(sandbox, profile, made, old)


def rendered(details: Details, kept: Managed) -> Details:
    """``details`` with its templates filled in, and where to join, if that is arranged."""
    meeting = kept.conferencing.meeting if kept.conferencing else None
    made = replace(details, meeting=meeting)
    return _filled(made, kept.description, kept.location, kept.locale)


def _filled(details: Details, description: str, location: str, locale: str | None) -> Details:
    """Texts without templates stay as they are: the person may have changed them."""
    if templates.has_templates(description):
        filled = templates.render(description, details.meeting, locale)
        details = replace(details, description=filled)
    if templates.has_templates(location):
        filled = templates.render(location, details.meeting, locale)
        details = replace(details, location=filled)
    return details


def _kept(value: T | UnsetType, old: T) -> T:
    return old if value is UNSET else value


def _reminders(written: Written, old: Details | None) -> tuple[int, ...] | None:
    """With ``reminders_create_only``, those of the first version last."""
    if old is not None and (written.reminders is UNSET or written.reminders_create_only):
        return old.reminders
    return None if written.reminders is UNSET else written.reminders


def _attendees(
    destination: Destination,
    profile: Profile,
    old: Details | None,
    written: Written,
    made: Details,
) -> tuple[Attendee, ...]:
    """Whoever was invited stays so, with their answer, unless the time is another."""
    invited = {a.email: a for a in old.attendees} if old else {}
    staying = {profile.email, *(attendee.email for attendee in written.invite)}
    for email in written.remove:
        if email not in staying:
            invited.pop(email, None)
    for attendee in written.invite:
        if attendee.email != profile.email:
            known = invited.get(attendee.email, attendee)
            name = attendee.display_name or known.display_name
            invited[attendee.email] = replace(known, display_name=name)
    organizer = made.organizer.email if made.organizer else profile.email
    listed = tuple(invited.values())
    if old is None or organizer == profile.email:
        guests = tuple(a for a in listed if a.email != profile.email)
        named = destination.attendees(profile, guests)
        listed = tuple(invited.get(a.email, a) for a in named)
    if old is None or not differ(old, made, TIMES):
        return listed
    return tuple(a if a.email == organizer else replace(a, status="needs_action") for a in listed)

"""What an application writes, and what an event says after it (events §2.1).

Only the guests are a change to what was there; everything else is a new version of the
event, in which some keys keep their value when they are left out.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import UNSET, UnsetType

from mock_server.rules import templates
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.conferencing import ConferencingChoice
from mock_server.world.accounts import Profile
from mock_server.world.events import (
    UTC,
    Attendee,
    Conferencing,
    Details,
    Managed,
    Recurrence,
    Subscription,
    Transparency,
)
from mock_server.world.records import Record, replace

T = TypeVar("T")


class EventWrite(Record, frozen=True):
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
    conferencing: ConferencingChoice | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    recurrence: Recurrence | UnsetType | None = UNSET
    subscriptions: tuple[Subscription, ...] | UnsetType = UNSET
    attachments: tuple[str, ...] | UnsetType = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET
    event_classes: object = UNSET
    meeting_agent: dict[str, object] | UnsetType = UNSET


_TIMES = ("start", "end", "all_day", "recurrence")
_NEWS = ("summary", "description", "location", "lat", "long", "url", "meeting", "attachments")


def is_rescheduled(first: Details, second: Details) -> bool:
    """Whether it takes place at another time. The zone counts where a series goes by it."""
    if first.recurrence is not None and first.start_tzid != second.start_tzid:
        return True
    return any(getattr(first, name) != getattr(second, name) for name in _TIMES)


def is_news(first: Details, second: Details) -> bool:
    """Whether people who have been invited need to hear of it (events §6)."""
    changed = any(getattr(first, name) != getattr(second, name) for name in _NEWS)
    return changed or is_rescheduled(first, second)


def managed(before: Managed, write: EventWrite, conferencing: Conferencing | None) -> Managed:
    """What the application keeps with the event, after ``write``."""
    kept = {
        name: value
        for name in (
            "locale",
            "subscriptions",
            "tags",
            "event_classes",
            "meeting_agent",
        )
        if (value := getattr(write, name)) is not UNSET
    }
    return replace(
        before,
        description=write.description,
        location=write.location,
        conferencing=conferencing,
        **kept,
    )


def details(write: EventWrite, old: Details | None) -> Details:
    """What the event says after ``write``, templates as they are; organizer, guests and
    meeting are those of before.
    """
    return Details(
        summary=write.summary,
        start=write.start,
        end=write.end,
        all_day=write.all_day,
        start_tzid=write.start_tzid,
        end_tzid=write.end_tzid,
        description=write.description,
        location=write.location,
        lat=write.lat,
        long=write.long,
        transparency=write.transparency,
        status=old.status if old else "confirmed",
        url=_kept(write.url, old.url if old else None),
        private=old.private if old else write.private,
        participation=old.participation if old else "accepted",
        organizer=old.organizer if old else None,
        attendees=old.attendees if old else (),
        reminders=_reminders(write, old),
        color=_kept(write.color, old.color if old else None),
        recurrence=_kept(write.recurrence, old.recurrence if old else None),
        categories=old.categories if old else (),
        meeting=old.meeting if old else None,
        attachments=old.attachments if old else (),
    )


def rendered(
    details: Details,
    description: str,
    location: str,
    locale: str | None,
    *,
    has_conferencing_field: bool,
) -> Details:
    """``details`` with these templates filled in, where its meeting takes place among them.

    Texts without templates stay as they are: the person may have changed them. Without any
    template, and without a field for it, where to join is the location, if there is no
    other (events §§2.4, 2.5).
    """
    texts = (description, location)
    if not has_conferencing_field and not any(map(templates.has_templates, texts)):
        place = details.meeting.join_url if details.meeting else ""
        return replace(details, location=details.location or place)
    if templates.has_templates(description):
        filled = templates.render(description, details.meeting, locale)
        details = replace(details, description=filled)
    if templates.has_templates(location):
        filled = templates.render(location, details.meeting, locale)
        details = replace(details, location=filled)
    return details


def _kept(value: T | UnsetType, old: T) -> T:
    return old if value is UNSET else value


def _reminders(write: EventWrite, old: Details | None) -> tuple[int, ...] | None:
    """With ``reminders_create_only``, those of the first version last."""
    if old is not None and (write.reminders is UNSET or write.reminders_create_only):
        return old.reminders
    return None if write.reminders is UNSET else write.reminders


def unanswered(attendees: tuple[Attendee, ...], organizer: str | None) -> tuple[Attendee, ...]:
    """Everybody is asked anew, but for whoever asks."""
    return tuple(
        a if a.email == organizer else replace(a, status="needs_action") for a in attendees
    )


def with_guests(
    details: Details,
    write: EventWrite,
    destination: Destination,
    profile: Profile,
    old: Details | None,
) -> Details:
    """``details`` with whoever is invited after ``write``, and the owner's own answer.

    Whoever was invited stays so, with their answer, unless the time is another.
    """
    invited = {attendee.email: attendee for attendee in details.attendees}
    staying = {profile.email, *(attendee.email for attendee in write.invite)}
    for email in write.remove:
        if email not in staying:
            invited.pop(email, None)
    for attendee in write.invite:
        if attendee.email != profile.email:
            known = invited.get(attendee.email, attendee)
            name = attendee.display_name or known.display_name
            invited[attendee.email] = replace(known, display_name=name)
    organizer = details.organizer.email if details.organizer else profile.email
    attendees = tuple(invited.values())
    if old is None or organizer == profile.email:
        guests = tuple(a for a in attendees if a.email != profile.email)
        named = destination.attendees(profile, guests)
        attendees = tuple(invited.get(a.email, a) for a in named)
    if old is not None and is_rescheduled(old, details):
        attendees = unanswered(attendees, organizer)
    # Who organizes an event takes part in it.
    own = next((a.status for a in attendees if a.email == profile.email), details.participation)
    return replace(details, attendees=attendees, participation=own)

"""Writing events: create or update, delete, and what follows (events §§2, 3)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET

from mock_server.errors import Unprocessable
from mock_server.rules import (
    access_modes,
    conferencing,
    invitations,
    templates,
    timers,
    written,
)
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.event_options import find_external
from mock_server.rules.finding_events import find_managed
from mock_server.rules.written import Written
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import (
    Conferencing,
    Event,
    Managed,
    Meeting,
)
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

UID_DOMAIN = "cronofy.com"

# What only the application that made an event keeps with it.
_OF_ITS_MAKER = ("subscriptions", "attachments", "tags", "event_classes", "meeting_agent")


def upsert(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    event_id: str,
    wanted: Written,
) -> None:
    """Create the application's event ``event_id``, or write it anew.

    Raises Forbidden, Locked or Unprocessable, with nothing changed.
    """
    before = find_managed(sandbox, authorization, calendar, event_id)
    gone = before if before is not None and before.deleted else None
    if gone is not None:
        before = None
    old = before.managed if before else None
    # The body first, then what the calendar can do (events §2.3).
    _check_attachments(wanted)
    meeting = _conferencing(sandbox, authorization, calendar, wanted, old)
    _check_templates(wanted, old)
    profile = sandbox.profiles[calendar.profile_id]
    destination = access_modes.of(profile).destination(sandbox, profile, calendar)
    _check_guests(destination, wanted)
    if old is None:
        uid = f"{sandbox.ids.mailbox('invitation')}@{UID_DOMAIN}"
        old = Managed(authorization.client_id, event_id, uid)
    managed = written.managed(old, wanted, meeting)
    details = written.details(sandbox, destination, profile, before, wanted, managed)
    event_uid = before.event_uid if before else sandbox.ids.hex("evt_external")
    if gone is not None:
        sandbox.events.remove(gone.key)
        # The provider has not heard yet that it was gone.
        event_uid = gone.event_uid if gone.queued else event_uid
    now = sandbox.now()
    _store(
        sandbox,
        destination,
        calendar,
        before,
        Event(
            calendar_id=calendar.calendar_id,
            event_uid=event_uid,
            details=details,
            created=before.created if before else now,
            updated=before.updated if before else now,
            managed=managed,
            moved_from=before.moved_from if before else (),
        ),
    )


def edit_external(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    event_uid: str,
    wanted: Written,
) -> list[str]:
    """Write an event anew that somebody else made (events §2.7).

    Returns the names of what was left alone, because it belongs to whoever made the event.
    Raises NotFound, Forbidden, Locked or Unprocessable.
    """
    event = find_external(sandbox, authorization, calendar, event_uid, "update")
    managed, left = event.managed, []
    _check_attachments(wanted)
    if not event.written_by(authorization.client_id):
        if wanted.conferencing is not UNSET:
            raise Unprocessable.of(
                "conferencing",
                "errors.not_supported",
                "not supported",
                "the conferencing of an external event belongs to whoever made it",
            )
        left = [name for name in _OF_ITS_MAKER if getattr(wanted, name) is not UNSET]
        wanted = replace(wanted, **dict.fromkeys(left, UNSET))
    if managed is not None:
        meeting = _conferencing(sandbox, authorization, calendar, wanted, managed)
        managed = written.managed(managed, wanted, meeting)
    _check_templates(wanted, managed)
    profile = sandbox.profiles[calendar.profile_id]
    destination = access_modes.of(profile).destination(sandbox, profile, calendar)
    _check_guests(destination, wanted)
    details = written.details(sandbox, destination, profile, event, wanted, managed)
    _store(sandbox, destination, calendar, event, replace(event, details=details, managed=managed))
    return left


def delete(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event_id: str
) -> None:
    """Delete the application's event; nothing happens if there is none (events §3.1)."""
    profile = sandbox.profiles[calendar.profile_id]
    destination = access_modes.of(profile).destination(sandbox, profile, calendar)
    event = find_managed(sandbox, authorization, calendar, event_id)
    if event is not None and not event.deleted:
        withdraw(sandbox, destination, event)


def delete_external(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event_uid: str
) -> None:
    """Delete an event that somebody else made (events §3.2)."""
    event = find_external(sandbox, authorization, calendar, event_uid, "delete")
    profile = sandbox.profiles[calendar.profile_id]
    destination = access_modes.of(profile).destination(sandbox, profile, calendar)
    withdraw(sandbox, destination, event)


def delete_all(
    sandbox: Sandbox, authorization: Authorization, calendars: Iterable[Calendar]
) -> None:
    """Delete everything that the application wrote into ``calendars`` (events §3.3).

    Raises Forbidden or Locked, with nothing deleted, if one of them holds such an event
    and cannot be written to.
    """
    doomed: list[tuple[Destination, Event]] = []
    for calendar in calendars:
        held = sandbox.events.by("application", (calendar.calendar_id, authorization.client_id))
        held = [event for event in held if not event.deleted]
        if held:
            profile = sandbox.profiles[calendar.profile_id]
            destination = access_modes.of(profile).destination(sandbox, profile, calendar)
            doomed += [(destination, event) for event in held]
    for destination, event in doomed:
        withdraw(sandbox, destination, event)


def conferencing_arranged(sandbox: Sandbox, event: Event, meeting: Meeting) -> None:
    """The meeting that ``event`` has been waiting for: say so wherever the event stands."""
    calendar = sandbox.calendars[event.calendar_id]
    profile = sandbox.profiles[calendar.profile_id]
    managed = event.managed
    assert managed is not None
    assert managed.conferencing is not None
    managed = replace(
        managed, conferencing=replace(managed.conferencing, state="assigned", meeting=meeting)
    )
    destination = access_modes.of(profile).destination(sandbox, profile, calendar)
    details = destination.shaped(
        sandbox, profile, written.rendered(event.details, managed), event.details
    )
    _store(sandbox, destination, calendar, event, replace(event, details=details, managed=managed))


def conferencing_failing(sandbox: Sandbox, event: Event) -> None:
    """The service refuses for now; the event stands without a conference."""
    managed = event.managed
    assert managed is not None
    assert managed.conferencing is not None
    failing = replace(managed.conferencing, state="failing")
    sandbox.events.put(replace(event, managed=replace(managed, conferencing=failing)))


def set_agent(sandbox: Sandbox, calendar: Calendar, event: Event, agent: dict[str, object]) -> None:
    """Another meeting agent, or none, and nothing else about the event (events §2.9).

    Raises Forbidden or Locked where the calendar cannot be written to.
    """
    profile = sandbox.profiles[calendar.profile_id]
    access_modes.of(profile).destination(sandbox, profile, calendar)
    assert event.managed is not None
    sandbox.events.put(replace(event, managed=replace(event.managed, meeting_agent=agent)))


def _conferencing(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    wanted: Written,
    old: Managed | None,
) -> Conferencing | None:
    before = old.conferencing if old else None
    if wanted.conferencing is UNSET:
        return before
    return conferencing.resolve(
        sandbox, authorization, calendar, wanted.conferencing, start=wanted.start, before=before
    )


def _check_guests(destination: Destination, wanted: Written) -> None:
    if wanted.invite and not destination.takes_guests:
        raise Unprocessable.of(
            "attendees",
            "errors.event.cannot_set_attendees",
            "this calendar cannot send invitations",
            "nobody can be invited to the events of an application calendar",
        )


def _check_attachments(wanted: Written) -> None:
    if wanted.attachments:
        raise Unprocessable.of(
            "attachments[0].attachment_id",
            "errors.not_found",
            "not found",
            f"no attachment {wanted.attachments[0]!r}: none has been uploaded",
        )


def _check_templates(wanted: Written, old: Managed | None) -> None:
    templates.check("description", wanted.description, invite_block=True)
    templates.check("location.description", wanted.location, invite_block=False)
    texts = (wanted.description, wanted.location)
    if any(templates.has_templates(text) for text in texts):
        locale = wanted.locale if wanted.locale is not UNSET else old.locale if old else None
        templates.check_locale(locale)


def _store(
    sandbox: Sandbox,
    destination: Destination,
    calendar: Calendar,
    before: Event | None,
    event: Event,
) -> None:
    """Put ``event`` in the place of ``before``, and tell whom it concerns.

    The same words again change nothing, not even the time of the last change.
    """
    if event == before:
        return
    says_more = before is None or event.details != before.details
    if before is not None and says_more:
        event = replace(event, updated=sandbox.now(), moved_from=before.moved(event.details))
    event = invitations.numbered(before, event)
    sandbox.events.put(event)
    _arrange_conferencing(sandbox, before, event)
    if says_more:
        destination.written(sandbox, calendar, event)
        invitations.announce(sandbox, before, event)


def _arrange_conferencing(sandbox: Sandbox, before: Event | None, event: Event) -> None:
    """Let the meeting be made that ``event`` waits for, and no other."""
    wish = event.managed.conferencing if event.managed else None
    waited = before.managed.conferencing if before and before.managed else None
    if wish is None or wish.state == "assigned":
        timers.cancel(sandbox, conferencing.ASSIGN, event.key)
    elif wish != waited or not timers.is_scheduled(sandbox, conferencing.ASSIGN, event.key):
        timers.schedule(sandbox, conferencing.ASSIGN, event.key, conferencing.ASSIGN_AFTER)


def withdraw(sandbox: Sandbox, destination: Destination, event: Event) -> None:
    """Delete ``event`` wherever it stands; it stays readable for those who ask for it."""
    event = invitations.cancel(sandbox, event)
    sandbox.events.put(replace(event, deleted=True, updated=sandbox.now()))
    timers.cancel(sandbox, conferencing.ASSIGN, event.key)
    destination.removed(sandbox, event)

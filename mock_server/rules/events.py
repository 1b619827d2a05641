"""Writing events: create or update, delete, and what follows (events §§2, 3)."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET

from mock_server.errors import Unprocessable
from mock_server.rules import (
    access_modes,
    attachments,
    channels,
    conferencing,
    event_writes,
    invitations,
    meeting_agents,
    meeting_timers,
    subscriptions,
    synchronization,
    templates,
)
from mock_server.rules.access_modes.base import Destination
from mock_server.rules.event_options import find_external
from mock_server.rules.event_writes import EventWrite
from mock_server.rules.finding_events import find_managed
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.events import Conferencing, Event, Managed, Meeting
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

UID_DOMAIN = "cronofy.com"

_DAY = 86_400

# What only the application that made an event keeps with it.
_OF_ITS_MAKER = ("subscriptions", "attachments", "tags", "event_classes", "meeting_agent")


def upsert(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    event_id: str,
    write: EventWrite,
) -> None:
    """Create the application's event ``event_id``, or write it anew.

    Raises Forbidden, Locked or Unprocessable, with nothing changed.
    """
    known = find_managed(sandbox, authorization, calendar, event_id)
    before = None if known is None or known.deleted else known
    managed = before.managed if before else None
    destination, asked_for = _checked(sandbox, authorization, calendar, write, managed)
    if managed is None:
        uid = f"{sandbox.ids.mailbox('invitation')}@{UID_DOMAIN}"
        managed = Managed(authorization.client_id, event_id, uid)
    managed = event_writes.managed(managed, write, asked_for)
    event_uid = before.event_uid if before else sandbox.ids.hex("evt_external")
    if known is not None and known.deleted:
        sandbox.events.remove(known.key)
        # The provider has not heard yet that it was gone.
        event_uid = known.event_uid if known.queued else event_uid
    _write(sandbox, authorization, calendar, destination, before, event_uid, managed, write)


def edit_external(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    event_uid: str,
    write: EventWrite,
) -> list[str]:
    """Write an event anew that somebody else made (events §2.7).

    Returns the names of what was left alone, because it belongs to whoever made the event.
    Raises NotFound, Forbidden, Locked or Unprocessable.
    """
    event = find_external(sandbox, authorization, calendar, event_uid, "update")
    managed, left = event.managed, []
    # Before what is left alone is left out.
    _check_attachments(sandbox, authorization, write)
    if not event.written_by(authorization.client_id):
        if write.conferencing is not UNSET:
            raise Unprocessable.of(
                "conferencing",
                "errors.not_supported",
                "not supported",
                "the conferencing of an external event belongs to whoever made it",
            )
        left = [name for name in _OF_ITS_MAKER if getattr(write, name) is not UNSET]
        write = replace(write, **dict.fromkeys(left, UNSET))
    destination, asked_for = _checked(sandbox, authorization, calendar, write, managed)
    if managed is not None:
        managed = event_writes.managed(managed, write, asked_for)
    _write(sandbox, authorization, calendar, destination, event, event.event_uid, managed, write)
    return left


def _checked(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    write: EventWrite,
    managed: Managed | None,
) -> tuple[Destination, Conferencing | None]:
    """Where ``write`` goes, and the conferencing that the event then has; raises Forbidden,
    Locked or Unprocessable.
    """
    # The body first, then what the calendar can do (events §2.3).
    _check_attachments(sandbox, authorization, write)
    asked_for = managed.conferencing if managed else None
    if write.conferencing is not UNSET:
        asked_for = conferencing.resolve(
            sandbox,
            authorization,
            calendar,
            write.conferencing,
            # An all-day event has begun when its first day is over in every zone.
            start=write.start + (2 * _DAY if write.all_day else 0),
            before=asked_for,
        )
    _check_templates(write, managed)
    destination = access_modes.destination(sandbox, calendar)
    _check_guests(destination, write)
    return destination, asked_for


def _write(
    sandbox: Sandbox,
    authorization: Authorization,
    calendar: Calendar,
    destination: Destination,
    before: Event | None,
    event_uid: str,
    managed: Managed | None,
    write: EventWrite,
) -> None:
    """Put the event that ``write`` makes in the place of ``before``; ``managed`` is None for
    one that no application made.
    """
    profile = sandbox.profiles[calendar.profile_id]
    old = before.details if before else None
    details = event_writes.details(write, old)
    if write.attachments is not UNSET:
        files = attachments.attached(sandbox, authorization.client_id, write.attachments)
        details = replace(details, attachments=files)
    locale = None if write.locale is UNSET else write.locale
    if managed is not None:
        locale = managed.locale
        meeting = managed.conferencing.meeting if managed.conferencing else None
        organizer = details.organizer or destination.organizer(sandbox, profile, managed)
        details = replace(details, meeting=meeting, organizer=organizer)
    details = event_writes.rendered(
        details,
        write.description,
        write.location,
        locale,
        has_conferencing_field=destination.has_conferencing_field(sandbox, profile),
    )
    details = event_writes.with_guests(details, write, destination, profile, old)
    details = destination.shaped(sandbox, profile, details, old)
    now = sandbox.now()
    event = (
        replace(before, details=details, managed=managed)
        if before
        else Event(calendar.calendar_id, event_uid, details, now, now, managed=managed)
    )
    _store(sandbox, destination, calendar, before, event, by=authorization.client_id)


def delete(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event_id: str
) -> None:
    """Delete the application's event; nothing happens if there is none (events §3.1)."""
    destination = access_modes.destination(sandbox, calendar)
    event = find_managed(sandbox, authorization, calendar, event_id)
    if event is not None and not event.deleted:
        withdraw(sandbox, destination, calendar, event, by=authorization.client_id)


def delete_external(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar, event_uid: str
) -> None:
    """Delete an event by its ``event_uid``, whoever made it (events §3.2)."""
    event = find_external(sandbox, authorization, calendar, event_uid, "delete")
    destination = access_modes.destination(sandbox, calendar)
    withdraw(sandbox, destination, calendar, event, by=authorization.client_id)


def delete_all(
    sandbox: Sandbox, authorization: Authorization, calendars: Iterable[Calendar]
) -> None:
    """Delete everything that the application wrote into ``calendars`` (events §3.3).

    Raises Forbidden or Locked, with nothing deleted, if one of them holds such an event
    and cannot be written to.
    """
    doomed: list[tuple[Destination, Calendar, Event]] = []
    for calendar in calendars:
        held = sandbox.events.by("application", (calendar.calendar_id, authorization.client_id))
        held = [event for event in held if not event.deleted]
        if held:
            destination = access_modes.destination(sandbox, calendar)
            doomed += [(destination, calendar, event) for event in held]
    for destination, calendar, event in doomed:
        withdraw(sandbox, destination, calendar, event, by=authorization.client_id)


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
    destination = access_modes.destination(sandbox, calendar)
    details = event_writes.rendered(
        replace(event.details, meeting=meeting),
        managed.description,
        managed.location,
        managed.locale,
        has_conferencing_field=destination.has_conferencing_field(sandbox, profile),
    )
    details = destination.shaped(sandbox, profile, details, event.details)
    # The application has asked for it, and is told of it in its own way.
    by = managed.client_id
    event, before = replace(event, details=details, managed=managed), event
    _store(sandbox, destination, calendar, before, event, by=by)
    subscriptions.fire(sandbox, sandbox.events[event.key], subscriptions.CONFERENCING_ASSIGNED)


def conferencing_failing(sandbox: Sandbox, event: Event) -> None:
    """The service has refused, perhaps once more; the event stands without a conference."""
    managed = event.managed
    assert managed is not None
    assert managed.conferencing is not None
    asked_for = managed.conferencing
    failing = replace(asked_for, state="failing", failures=asked_for.failures + 1)
    event = sandbox.events.put(replace(event, managed=replace(managed, conferencing=failing)))
    if asked_for.state != "failing":
        subscriptions.fire(sandbox, event, subscriptions.CONFERENCING_FAILING)


def set_agent(sandbox: Sandbox, calendar: Calendar, event: Event, agent: dict[str, object]) -> None:
    """Another meeting agent, or none, and nothing else about the event (events §2.9).

    Raises Forbidden or Locked where the calendar cannot be written to.
    """
    access_modes.destination(sandbox, calendar)
    assert event.managed is not None
    event = replace(event, managed=replace(event.managed, meeting_agent=agent))
    meeting_agents.follow(sandbox, sandbox.events.put(event))


def _check_guests(destination: Destination, write: EventWrite) -> None:
    if write.invite and not destination.takes_guests:
        raise Unprocessable.of(
            "attendees",
            "errors.event.cannot_set_attendees",
            "this calendar cannot send invitations",
            "nobody can be invited to the events of an application calendar",
        )


def _check_attachments(sandbox: Sandbox, authorization: Authorization, write: EventWrite) -> None:
    if write.attachments:
        attachments.attached(sandbox, authorization.client_id, write.attachments)


def _check_templates(write: EventWrite, old: Managed | None) -> None:
    templates.check("description", write.description, invite_block=True)
    templates.check("location.description", write.location, invite_block=False)
    texts = (write.description, write.location)
    if any(templates.has_templates(text) for text in texts):
        locale = write.locale if write.locale is not UNSET else old.locale if old else None
        templates.check_locale(locale)


def _store(
    sandbox: Sandbox,
    destination: Destination,
    calendar: Calendar,
    before: Event | None,
    event: Event,
    *,
    by: str,
) -> None:
    """Put ``event`` in the place of ``before``, and tell whom it concerns, but for the
    application ``by``, which does it.

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
    meeting_agents.follow(sandbox, event)
    subscriptions.retime(sandbox, before, event)
    if says_more:
        channels.event_changed(sandbox, event, by)
        synchronization.write(sandbox, destination, calendar, event, by=by)
        invitations.announce(sandbox, before, event)


def _arrange_conferencing(sandbox: Sandbox, before: Event | None, event: Event) -> None:
    """Let the meeting be made that ``event`` waits for, and no other."""
    asked_for = event.managed.conferencing if event.managed else None
    waited = before.managed.conferencing if before and before.managed else None
    if asked_for is None or asked_for.state == "assigned":
        meeting_timers.stop(sandbox, event)
    elif asked_for != waited or not meeting_timers.is_waiting(sandbox, event):
        meeting_timers.start(sandbox, event)


def withdraw(
    sandbox: Sandbox, destination: Destination, calendar: Calendar, event: Event, *, by: str
) -> None:
    """Delete ``event`` wherever it stands, as the application ``by`` wants it; it stays readable
    for those who ask for it.
    """
    before, event = event, invitations.cancel(sandbox, event)
    event = sandbox.events.put(replace(event, deleted=True, updated=sandbox.now()))
    meeting_timers.stop(sandbox, event)
    meeting_agents.follow(sandbox, event)
    subscriptions.retime(sandbox, before, event)
    channels.event_changed(sandbox, event, by)
    synchronization.write(sandbox, destination, calendar, event, by=by)

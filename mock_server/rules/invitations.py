"""Invitations: the mails that an event sends to whoever is invited (events §6).

In Free/Busy and No Calendar Access mode that is the person whose calendar it is, and
every guest; in Read-Write mode the guests, whom the provider writes to in the person's
name. What the mails hold is RFC 5546; when they are sent is assumed.
"""

from __future__ import annotations

from datetime import date, datetime

from mock_server.rules import mail, mailboxes
from mock_server.rules.event_writes import is_news
from mock_server.rules.time_zones import local
from mock_server.world.events import UTC, Attendee, Details, Event, Managed, Recurrence, WeekDay
from mock_server.world.outbox import Invite
from mock_server.world.people import ProviderEvent
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox

# An attendee's status, as people read it.
ANSWERS = {
    "needs_action": "not answered",
    "accepted": "accepted",
    "tentative": "maybe",
    "declined": "declined",
    "unknown": "not known",
}


class Standing(Record, frozen=True):
    """Whether an invitation may still be answered: ``state`` is ``current``, ``superseded`` by
    a later version, or ``cancelled``.

    ``event`` is the one that a current invitation is for; ``reason`` says in words why there
    is none.
    """

    state: str
    reason: str = ""
    event: Event | None = None


def standing(
    sandbox: Sandbox, uid: str, email: str, sequence: int | None, *, anybody: bool = False
) -> Standing:
    """Of the invitation ``uid`` that ``email`` has got; with ``sequence``, of that version.

    With ``anybody`` it counts for who has not been invited, too.
    """
    event = sandbox.events.one("uid", uid)
    if event is None or event.managed is None:
        return Standing("cancelled", f"no invitation has the UID {uid}")
    if event.deleted:
        return Standing("cancelled", "the event has been cancelled")
    sent = event.managed.sequence
    if sequence is not None and sent is not None and sequence < sent:
        return Standing(
            "superseded",
            f"this answers version {sequence} of the invitation, and version {sent} has been "
            "sent since",
        )
    if not anybody and all(attendee.email != email for attendee in event.details.attendees):
        return Standing("cancelled", f"{email} is not invited to this event")
    return Standing("current", event=event)


def recipients(details: Details) -> dict[str, Attendee]:
    """Everybody who is invited, by address: the organizer invites, and is not."""
    organizer = details.organizer.email if details.organizer else None
    return {a.email: a for a in details.attendees if a.email != organizer}


def numbered(before: Event | None, event: Event) -> Event:
    """``event`` with the SEQUENCE that its next mails will carry."""
    managed = event.managed
    if managed is None or not (recipients(event.details) or _invited(before)):
        return event
    if managed.sequence is None:
        return _with_sequence(event, managed, 0)
    if _is_news(before, event):
        return _with_sequence(event, managed, managed.sequence + 1)
    return event


def announce(sandbox: Sandbox, before: Event | None, event: Event) -> None:
    """Mail what is new about ``event`` to those whom it concerns."""
    managed = event.managed
    if managed is None or managed.sequence is None:
        return
    invited, now_invited = _invited(before), recipients(event.details)
    news = _is_news(before, event)
    request = _invite(sandbox, "REQUEST", event, event.details.attendees)
    for email in now_invited:
        if email not in invited:
            _send(sandbox, email, request, "Invitation")
        elif news:
            _send(sandbox, email, request, "Updated invitation")
    for email, attendee in invited.items():
        if email not in now_invited:
            _send(
                sandbox,
                email,
                _invite(sandbox, "CANCEL", event, (attendee,), whole=False),
                "Cancelled",
            )


def cancel(sandbox: Sandbox, event: Event) -> Event:
    """``event`` has been deleted: tell everybody who was invited. Returns it as told."""
    managed = event.managed
    if managed is None or managed.sequence is None:
        return event
    event = _with_sequence(event, managed, managed.sequence + 1)
    invite = _invite(sandbox, "CANCEL", event, event.details.attendees)
    for email in recipients(event.details):
        _send(sandbox, email, invite, "Cancelled")
    return event


def organized(sandbox: Sandbox, source: ProviderEvent) -> Event | None:
    """The event of which ``source`` is the organizer's own, if an application has invited
    somebody to it.
    """
    event = sandbox.events.one("uid", source.uid) if source.uid else None
    if event is None or event.deleted or event.event_uid != source.provider_event_id:
        return None
    return event if event.managed and event.managed.sequence is not None else None


def changed_at_provider(
    sandbox: Sandbox, before: ProviderEvent, after: ProviderEvent | None
) -> None:
    """The organizer has changed or deleted (None) the event in their own calendar: their
    provider mails the guests, as for what is written through Cronofy.
    """
    event = organized(sandbox, before)
    if event is None:
        return
    was = replace(event, details=before.details)
    if after is None:
        told = cancel(sandbox, was)
    else:
        told = numbered(was, replace(event, details=after.details))
        announce(sandbox, was, told)
    sandbox.events.put(replace(event, managed=told.managed))


def _is_news(before: Event | None, event: Event) -> bool:
    """Whether everybody has to hear of it: whoever joins later is of no concern to the others,
    but who no longer comes is told with a SEQUENCE that all have to follow (RFC 5546 §3.2.5).
    """
    if before is None or is_news(before.details, event.details):
        return True
    return not _invited(before).keys() <= recipients(event.details).keys()


def _invited(before: Event | None) -> dict[str, Attendee]:
    return {} if before is None else recipients(before.details)


def _with_sequence(event: Event, managed: Managed, sequence: int) -> Event:
    return replace(event, managed=replace(managed, sequence=sequence))


def _invite(
    sandbox: Sandbox,
    method: str,
    event: Event,
    attendees: tuple[Attendee, ...],
    *,
    whole: bool = True,
) -> Invite:
    managed = event.managed
    assert managed is not None
    assert managed.sequence is not None
    return Invite(
        method=method,
        uid=managed.uid,
        sequence=managed.sequence,
        stamp=sandbox.now(),
        details=event.details,
        attendees=attendees,
        whole=whole,
    )


def _send(sandbox: Sandbox, to: str, invite: Invite, title: str) -> None:
    organizer = invite.details.organizer
    assert organizer is not None
    message = mail.send(
        sandbox,
        to,
        f"{title}: {invite.details.summary}",
        _text(invite, title),
        sender=organizer.email,
        sender_name=organizer.display_name,
        invite=invite,
    )
    mailboxes.received(sandbox, message)


def _text(invite: Invite, title: str) -> str:
    """The mail in plain words."""
    details = invite.details
    lines = [f"{title}: {details.summary}", "", f"When: {when(details)}"]
    if details.recurrence:
        lines.append(f"Repeats: {repeats(details.recurrence)}")
    if details.location:
        lines.append(f"Where: {details.location}")
    if details.meeting:
        lines.append(f"Join: {details.meeting.join_url}")
    if invite.method == "REQUEST":
        lines += [f"Attached: {file.file_name} {file.url}" for file in details.attachments]
    if details.organizer:
        lines.append(f"From: {details.organizer.display_name or details.organizer.email}")
    if details.description and invite.method == "REQUEST":
        lines += ["", details.description]
    return "\n".join(lines) + "\n"


def when(details: Details) -> str:
    """When it takes place, in words, by the clocks of its own time zone."""
    if details.all_day:
        first = local(details.start, UTC)
        last = local(max(details.start, details.end - 1), UTC)
        return _day(first) if first.date() == last.date() else f"{_day(first)} to {_day(last)}"
    start, end = local(details.start, details.start_tzid), local(details.end, details.end_tzid)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{_day(end)}, {end:%H:%M}"
    if details.end_tzid != details.start_tzid:
        return (
            f"{_day(start)}, {start:%H:%M} ({details.start_tzid}) to {until} ({details.end_tzid})"
        )
    return f"{_day(start)}, {start:%H:%M} to {until} ({details.start_tzid})"


def repeats(recurrence: Recurrence) -> str:
    """How often, in words: ``every 2 weeks on Monday, Friday until 4 June 2027``."""
    unit = _UNITS[recurrence.frequency]
    text = f"every {unit}" if recurrence.interval == 1 else f"every {recurrence.interval} {unit}s"
    if recurrence.by_day:
        text += " on " + ", ".join(_week_day(day) for day in recurrence.by_day)
    if recurrence.until is not None:
        text += f" until {_date(recurrence.until)}"
    if recurrence.count is not None:
        text += ", once" if recurrence.count == 1 else f", {recurrence.count} times"
    if recurrence.exceptions:
        text += ", except on " + ", ".join(_date(day) for day in recurrence.exceptions)
    return text


_UNITS = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}

_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def _week_day(day: WeekDay) -> str:
    """``Friday``, ``the 2nd Friday``, ``the last Friday``, ``the 2nd last Friday``."""
    name = day.day.capitalize()
    if day.nth is None:
        return name
    number = abs(day.nth)
    ending = "th" if number in {11, 12, 13} else _ENDINGS.get(number % 10, "th")
    from_end = "last " if day.nth < 0 else ""
    return f"the last {name}" if day.nth == -1 else f"the {number}{ending} {from_end}{name}"


def _date(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _day(moment: datetime) -> str:
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"

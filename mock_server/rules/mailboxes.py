"""The person's side of invitations: a mail client with a calendar of its own.

What somebody accepts stands in their provider calendar, where Cronofy may see it or not,
as their access mode allows (seed 000). What they have accepted follows later mails.
"""

from __future__ import annotations

from mock_server.rules import provider_events, synchronization, timers
from mock_server.rules.event_writes import is_rescheduled
from mock_server.world.events import Details, with_answer
from mock_server.world.outbox import Invite, Message
from mock_server.world.people import ProviderCalendar, ProviderEvent
from mock_server.world.sandbox import Sandbox

# The timer of an answer that somebody gives by habit.
ANSWER = "answer_invitation"


def received(sandbox: Sandbox, message: Message) -> None:
    """``message`` has arrived: the mail client keeps its calendar true, and a habit answers."""
    invite, person = message.invite, sandbox.people.get(message.to)
    if invite is None or person is None:
        return
    held = _held(sandbox, message.to, invite.uid)
    if invite.method == "CANCEL":
        _drop(sandbox, held)
        return
    if held is not None:
        moved = is_rescheduled(held.details, invite.details)
        status = "needs_action" if moved else held.details.participation
        _keep(sandbox, message.to, invite.uid, invite.details, status)
    if person.invites is not None and _own_status(invite, message.to) == "needs_action":
        timers.schedule(sandbox, ANSWER, (message.message_id,), person.invites.after)


def answered(sandbox: Sandbox, email: str, uid: str, details: Details, status: str) -> None:
    """``email`` has answered the invitation ``uid``: keep the event, or drop it."""
    if email not in sandbox.people:
        return
    if status in {"accepted", "tentative"}:
        _keep(sandbox, email, uid, details, status)
    else:
        _drop(sandbox, _held(sandbox, email, uid))


def _own_status(invite: Invite, email: str) -> str | None:
    return next((a.status for a in invite.attendees if a.email == email), None)


def _primary(sandbox: Sandbox, email: str) -> ProviderCalendar | None:
    calendars = sandbox.provider_calendars.by("email", email)
    return next((c for c in calendars if c.primary and not c.deleted), None)


def _held(sandbox: Sandbox, email: str, uid: str) -> ProviderEvent | None:
    calendar = _primary(sandbox, email)
    if calendar is None:
        return None
    return sandbox.provider_events.one("uid", (calendar.provider_calendar_id, uid))


def _keep(sandbox: Sandbox, email: str, uid: str, details: Details, status: str) -> None:
    """Their copy of the event, with their own answer in it."""
    calendar = _primary(sandbox, email)
    if calendar is None:
        return
    held = _held(sandbox, email, uid)
    event = provider_events.put(
        sandbox,
        calendar,
        with_answer(details, email, status, owner=email),
        provider_event_id=held.provider_event_id if held else None,
        uid=uid,
    )
    synchronization.follow(sandbox, event.provider_calendar_id, event.provider_event_id)


def _drop(sandbox: Sandbox, held: ProviderEvent | None) -> None:
    if held is not None:
        provider_events.remove(sandbox, held.provider_event_id)
        synchronization.follow(sandbox, held.provider_calendar_id, held.provider_event_id)

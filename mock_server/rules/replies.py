"""Answers to invitations, and what they change (notifications §3.3, assumed)."""

from __future__ import annotations

from typing import cast

from mock_server.rules import (
    access_modes,
    channels,
    invitations,
    mailboxes,
    smart_invite_replies,
    synchronization,
)
from mock_server.world.clock import as_text
from mock_server.world.events import Attendee, Event, Managed, Reply, with_answer
from mock_server.world.outbox import Message
from mock_server.world.people import ProviderEvent
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.smart_invites import InviteReply, InviteStatus, Proposal

STATUSES = ("accepted", "tentative", "declined")


class Outcome(Record, frozen=True):
    """Whether an answer was taken, and in words what became of it."""

    applied: bool
    reason: str


def answer(
    sandbox: Sandbox,
    uid: str,
    email: str,
    status: str,
    *,
    sequence: int | None = None,
    stamp: int | None = None,
    comment: str | None = None,
    proposal: Proposal | None = None,
) -> Outcome:
    """``email`` answers the invitation ``uid`` with ``status``.

    ``sequence`` is the one of the invitation that is answered, ``stamp`` the DTSTAMP of the
    answer; None leaves out the check against answers that come late or twice. ``proposal``
    is when they would like it better, which changes nothing by itself.
    """
    said = f"{email} has {'answered ' if status == 'tentative' else ''}{status}"
    smart_invite = sandbox.smart_invites.one("uid", uid)
    if smart_invite is not None:
        answered = cast(InviteStatus, status)
        given = InviteReply(email, answered, sandbox.now(), stamp, comment, proposal)
        ignored = smart_invite_replies.answer(sandbox, smart_invite, given, sequence)
        return Outcome(ignored is None, ignored or said)
    anybody = sandbox.switches.party_crashers == "add"
    standing = invitations.standing(sandbox, uid, email, sequence, anybody=anybody)
    event = standing.event
    if event is None or event.managed is None:
        return Outcome(False, standing.reason)
    earlier = next((r for r in event.managed.replies if r.email == email), None)
    if stamp and earlier and earlier.stamp and stamp <= earlier.stamp:
        return Outcome(
            False, f"an answer of {as_text(earlier.stamp)} or later has been taken already"
        )
    times = (proposal.start, proposal.end) if proposal else None
    reply = Reply(email, sandbox.now(), stamp, comment, times)
    event = _take(sandbox, event, event.managed, reply, status)
    mailboxes.answered(sandbox, email, uid, event.details, status)
    return Outcome(True, said)


def _take(sandbox: Sandbox, event: Event, managed: Managed, reply: Reply, status: str) -> Event:
    """The attendee's status, where the organizer keeps the event."""
    calendar = sandbox.calendars[event.calendar_id]
    profile = sandbox.profiles[calendar.profile_id]
    replies = (*(r for r in managed.replies if r.email != reply.email), reply)
    details = event.details
    if all(attendee.email != reply.email for attendee in details.attendees):
        details = replace(details, attendees=(*details.attendees, Attendee(reply.email)))
    details = with_answer(details, reply.email, status, owner=profile.email)
    changed = details != event.details
    event = sandbox.events.put(
        replace(
            event,
            details=details,
            managed=replace(managed, replies=replies),
            updated=sandbox.now() if changed else event.updated,
        )
    )
    if changed:
        channels.event_changed(sandbox, event, by=None)
        destination = access_modes.behind(sandbox, calendar)
        synchronization.write(sandbox, destination, calendar, event, by=None)
    return event


def answered_at_provider(sandbox: Sandbox, before: ProviderEvent, status: str) -> None:
    """Whoever has ``before`` in their calendar answers it there, or declines by deleting it:
    their provider mails whoever organizes it.
    """
    email = sandbox.provider_calendars[before.provider_calendar_id].email
    organizer = before.details.organizer
    invited = organizer is not None and organizer.email != email
    if before.uid is None or not invited or before.details.participation == status:
        return
    smart_invite = sandbox.smart_invites.one("uid", before.uid)
    if smart_invite is not None:
        if status in STATUSES and smart_invite_replies.refusal(smart_invite, None) is None:
            given = InviteReply(email, cast(InviteStatus, status), sandbox.now())
            smart_invite_replies.take(sandbox, smart_invite, given)
        return
    event = invitations.standing(sandbox, before.uid, email, None).event
    if event is not None and event.managed is not None:
        _take(sandbox, event, event.managed, Reply(email, sandbox.now()), status)


def reply(sandbox: Sandbox, message: Message, status: str) -> Outcome:
    """Whoever got ``message`` presses a button in it."""
    invite = message.invite
    if invite is None:
        return Outcome(False, "this mail is no invitation")
    if invite.method == "CANCEL":
        return Outcome(False, "this mail says that the event is cancelled")
    return answer(sandbox, invite.uid, message.to, status, sequence=invite.sequence)


def answer_by_habit(sandbox: Sandbox, message_id: str) -> None:
    """The timer of somebody who answers invitations after some time."""
    message = sandbox.messages.get(message_id)
    person = sandbox.people.get(message.to) if message else None
    if message is not None and person is not None and person.invites is not None:
        reply(sandbox, message, person.invites.reply)

"""Looking into the mailboxes: which mails there are, and whether an invitation still stands."""

from __future__ import annotations

from mock_server.rules import invitations, smart_invite_replies
from mock_server.world.events import Answer, Attendee
from mock_server.world.outbox import Invite, Message
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def mails(
    sandbox: Sandbox, *, to: str | None = None, uid: str | None = None, method: str | None = None
) -> list[Message]:
    """The mails, oldest first: to one person, about one event, of one iCalendar method."""
    found = sandbox.messages if to is None else sandbox.messages.by("to", to.lower())
    return [
        message
        for message in found
        if (uid is None or (message.invite is not None and message.invite.uid == uid))
        and (
            method is None
            or (message.invite is not None and message.invite.method == method.upper())
        )
    ]


def standing(sandbox: Sandbox, message: Message) -> str | None:
    """Whether the invitation may be answered: ``current``, or it is ``superseded`` by a later
    version, or ``cancelled``. None for a mail that is no invitation.
    """
    invite = message.invite
    if invite is None:
        return None
    if invite.method == "CANCEL":
        return "cancelled"
    smart_invite = sandbox.smart_invites.one("uid", invite.uid)
    if smart_invite is not None:
        return smart_invite_replies.standing(smart_invite, invite.sequence)
    return invitations.standing(sandbox, invite.uid, message.to, invite.sequence).state


def status(sandbox: Sandbox, message: Message) -> str | None:
    """What the recipient has answered by now, ``needs_action`` until then; None for a mail
    that is no invitation, or whose recipient is not invited (any more).
    """
    if message.invite is None:
        return None
    return _answers(sandbox, message.invite).get(message.to)


def guests(sandbox: Sandbox, invite: Invite) -> list[Attendee]:
    """Those whom ``invite`` names, with what they have answered by now."""
    answers = _answers(sandbox, invite)
    return [replace(a, status=answers.get(a.email, a.status)) for a in invite.attendees]


def _answers(sandbox: Sandbox, invite: Invite) -> dict[str, Answer]:
    """The answer of everybody who is invited to the event, as its organizer knows it."""
    smart_invite = sandbox.smart_invites.one("uid", invite.uid)
    if smart_invite is not None:
        return smart_invite_replies.statuses(smart_invite)
    event = sandbox.events.one("uid", invite.uid)
    if event is None or event.deleted:
        return {}
    return {attendee.email: attendee.status for attendee in event.details.attendees}

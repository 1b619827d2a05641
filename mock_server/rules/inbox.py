"""Looking into the mailboxes: which mails there are, and whether an invitation still stands."""

from __future__ import annotations

from mock_server.world.outbox import Message
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
    event = sandbox.events.one("uid", invite.uid)
    if invite.method == "CANCEL" or event is None or event.managed is None or event.deleted:
        return "cancelled"
    if invite.sequence < (event.managed.sequence or 0):
        return "superseded"
    return "cancelled" if _answer(sandbox, message) is None else "current"


def status(sandbox: Sandbox, message: Message) -> str | None:
    """What the recipient has answered by now, ``needs_action`` until then; None for a mail
    that is no invitation, or whose recipient is not invited (any more).
    """
    return None if message.invite is None else _answer(sandbox, message)


def _answer(sandbox: Sandbox, message: Message) -> str | None:
    assert message.invite is not None
    event = sandbox.events.one("uid", message.invite.uid)
    attendees = event.details.attendees if event and not event.deleted else ()
    return next((a.status for a in attendees if a.email == message.to), None)

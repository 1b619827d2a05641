"""Smart Invites on their way to people: the application mails them, and they arrive."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.rules import mail, mailboxes
from mock_server.world.outbox import Invite
from mock_server.world.sandbox import Sandbox
from mock_server.world.smart_invites import SmartInvite


def arrived(
    sandbox: Sandbox,
    invite: SmartInvite,
    message: Invite,
    to: Iterable[str],
    *,
    sender: str,
    sender_name: str | None,
    subject: str,
    text: str,
) -> str:
    """A mail with ``message`` for everybody of ``to``; what becomes of it, in words.

    Calendars and habits follow the newest version, and no older one.
    """
    newest = message.sequence >= invite.sequence
    named = {attendee.email for attendee in message.attendees}
    everybody = list(dict.fromkeys(to))
    for email in everybody:
        arrived = mail.send(
            sandbox,
            email,
            subject,
            text,
            sender=sender,
            sender_name=sender_name,
            invite=message,
            received=True,
        )
        # Who has been taken out is told alone (RFC 5546 §3.2.5).
        concerned = message.method == "REQUEST" or message.whole or email in named
        if newest and concerned:
            mailboxes.received(sandbox, arrived)
    mailed = f"mailed to {', '.join(everybody)}"
    if newest:
        return mailed
    return f"{mailed}; version {message.sequence} is older than {invite.sequence}, the newest"

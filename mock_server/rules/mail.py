"""Mails that Cronofy itself writes to people. They land in the sandbox's mailboxes."""

from __future__ import annotations

from mock_server.rules import timeline
from mock_server.world.outbox import Invite, Message
from mock_server.world.sandbox import Sandbox

SENDER = "support@cronofy.com"

# So many of the latest mails each mailbox keeps.
KEPT = 1000


def send(
    sandbox: Sandbox,
    to: str,
    subject: str,
    text: str,
    *,
    sender: str = SENDER,
    sender_name: str | None = None,
    invite: Invite | None = None,
    received: bool = False,
) -> Message:
    """A mail into the mailbox of ``to``, which forgets its oldest if it has too many."""
    message = sandbox.messages.put(
        Message(
            message_id=sandbox.ids.hex("msg"),
            sender=sender,
            sender_name=sender_name,
            to=to,
            subject=subject,
            text=text,
            sent_at=sandbox.now(),
            invite=invite,
            received=received,
        )
    )
    while sandbox.messages.count("to", to) > KEPT:
        oldest = sandbox.messages.one("to", to)
        assert oldest is not None
        sandbox.messages.remove(oldest.message_id)
    timeline.mailed(sandbox, to)
    return message


def verification_code(sandbox: Sandbox, to: str, code: str, application: str) -> Message:
    """No Calendar Access: proof that the address is the person's."""
    return send(
        sandbox,
        to,
        f"{code} is your verification code",
        f"Use the code {code} to verify your e-mail address and connect it to {application}.\n",
    )


def profile_disconnected(sandbox: Sandbox, to: str, relink_path: str) -> Message:
    """Credentials have lapsed: a link to connect again (identity §11)."""
    return send(
        sandbox,
        to,
        "Your calendar needs to be reconnected",
        f"The calendar of {to} is no longer connected. Reconnect it here:\n\n"
        f"{sandbox.base_url}{relink_path}\n",
    )


def conferencing_disconnected(sandbox: Sandbox, to: str, service: str, relink_path: str) -> Message:
    """The same for a conferencing service."""
    return send(
        sandbox,
        to,
        f"{service} needs to be reconnected",
        f"{service} of {to} is no longer connected. Reconnect it here:\n\n"
        f"{sandbox.base_url}{relink_path}\n",
    )

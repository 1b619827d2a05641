"""Taking mail by SMTP: answers to invitations from real mail clients, and the Smart Invites
that applications mail.

The mail's iCalendar part says what it is (RFC 5546, METHOD), and its UID finds the sandbox.
Whose answer it is does not follow from the envelope; whose mailbox an invite goes to does.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from mock_server.rules import replies, smart_invite_mails, verification
from mock_server.settings import Address, Settings
from mock_server.world.journal import Entry
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes
from mock_server.world.smart_invites import SmartInvite

if TYPE_CHECKING:
    from mock_server.delivery.itip import Invitation
    from mock_server.ical.answers import Answer

logger = logging.getLogger(__name__)

# Seconds that a client may be silent.
_PATIENCE = 60

# A reply line holds 512 octets (RFC 5321 §4.5.3.1.5), with its code and the line's end.
_LONGEST_TEXT = 480


class Listener:
    """The SMTP server of the settings' ``smtp_port``; does nothing without one.

    ``bound`` is its socket, once there is one; ``wake`` tells whoever carries out what an
    answer has changed.
    """

    def __init__(self, sandboxes: Sandboxes, settings: Settings, wake: Callable[[], None]) -> None:
        self._sandboxes = sandboxes
        self._settings = settings
        self._wake = wake
        self._server: asyncio.Server | None = None
        self._open: set[Any] = set()
        self._reading = asyncio.Semaphore(1)
        self.bound: socket.socket | None = None

    @property
    def address(self) -> Address:
        """Where it listens."""
        assert self.bound is not None
        return Address(*self.bound.getsockname()[:2])

    async def start(self) -> None:
        """Listen, on ``bound`` or else on what the settings say. Raises OSError."""
        if self._settings.smtp_port is None:
            return
        loop = asyncio.get_running_loop()
        factory = self._factory(loop)
        if self.bound is None:
            host, port = self._settings.host, self._settings.smtp_port
            self._server = await loop.create_server(factory, host, port)
            self.bound = self._server.sockets[0]
        else:
            self._server = await loop.create_server(factory, sock=self.bound)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for connection in list(self._open):
                connection.transport.close()
            await asyncio.gather(*(c.ended for c in self._open))
            await self._server.wait_closed()

    def _factory(self, loop: asyncio.AbstractEventLoop) -> Callable[[], Any]:
        # Here, not above: most servers take no mail.
        from aiosmtpd.smtp import SMTP

        from mock_server.delivery.itip import LARGEST_MAIL

        alive = self._open

        class Connection(SMTP):
            """Counted while it is open; how a client leaves is its own affair."""

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                self.ended = loop.create_future()
                alive.add(self)
                assert self._handler_coroutine is not None
                self._handler_coroutine.add_done_callback(self._end)

            def _end(self, task: asyncio.Task[None]) -> None:
                alive.discard(self)
                self.ended.set_result(None)
                if not task.cancelled() and (error := task.exception()):
                    logger.info("an SMTP connection ended with %r", error)

        def connection() -> Connection:
            return Connection(
                self,
                data_size_limit=LARGEST_MAIL,
                enable_SMTPUTF8=True,
                hostname="mock-cronofy",
                ident="takes answers to invitations",
                timeout=_PATIENCE,
                loop=loop,
            )

        return connection

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Somebody is named whom the mail is for."""
        if verification.address(address) is None:
            return _reply("553 5.1.3", f"not an e-mail address: {address}")
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """A whole mail has come; the answer to its sender."""
        from mock_server.delivery import itip
        from mock_server.ical.reading import Unreadable

        started = perf_counter_ns()
        try:
            # In a thread: a large mail takes long to read, and the API has to go on. In one:
            # each would take its share of the time from the API.
            async with self._reading:
                found = await asyncio.to_thread(itip.from_mail, envelope.content)
        except Unreadable as problem:
            return _reply("554 5.6.0", f"not read: {problem}")
        if found is None:
            expected = "expected a text/calendar part with METHOD:REPLY or METHOD:COUNTER"
            return _reply("550 5.6.0", f"not an answer to an invitation: {expected}")
        uid = found.invite.uid if isinstance(found, itip.Invitation) else found.uid
        sandbox: Any = self._sandboxes.directory.invitation.get(uid)
        if sandbox is None:
            return _reply("550 5.1.1", f"no invitation has the UID {uid}")
        if isinstance(found, itip.Invitation):
            smart_invite = sandbox.smart_invites.one("uid", uid)
            if smart_invite is None:
                sent = "Cronofy mails the invitations to this event itself"
                return _reply("554 5.6.0", f"not read: {sent}; expected METHOD REPLY or COUNTER")
            said = self._put_into_mailboxes(sandbox, smart_invite, found, envelope.rcpt_tos)
        else:
            said = self._take(sandbox, found)
        _record(sandbox, uid, said, started)
        return _reply("250 2.0.0", said)

    def _put_into_mailboxes(
        self, sandbox: Sandbox, smart_invite: SmartInvite, found: Invitation, to: list[str]
    ) -> str:
        """The application mails a Smart Invite; what becomes of it, in words."""
        organizer = found.invite.details.organizer
        assert organizer is not None
        said = smart_invite_mails.arrived(
            sandbox,
            smart_invite,
            found.invite,
            [address.lower() for address in to],
            sender=found.sender or organizer.email,
            sender_name=found.sender_name,
            subject=found.subject,
            text=found.text,
        )
        self._wake()
        return said

    def _take(self, sandbox: Sandbox, found: Answer) -> str:
        """What becomes of an answer, in words."""
        if found.status not in replies.STATUSES:
            return "ignored: neither accepted, nor tentative, nor declined"
        outcome = replies.answer(
            sandbox,
            found.uid,
            found.attendee,
            found.status,
            sequence=found.sequence,
            stamp=found.stamp,
            comment=found.comment,
            proposal=found.proposal,
        )
        self._wake()
        return outcome.reason if outcome.applied else f"ignored: {outcome.reason}"

    async def handle_exception(self, error: Exception) -> str:
        logger.exception("a mail failed", exc_info=error)
        return "451 4.3.0 a bug of mock-cronofy: please report it with the server's log"


def _record(sandbox: Sandbox, uid: str, said: str, started: int) -> None:
    """Put the mail into the journal: an answer that changes nothing would leave no trace."""
    sandbox.journal.append(
        Entry(
            at=sandbox.now(),
            method="SMTP",
            path=uid,
            status=250,
            duration=(perf_counter_ns() - started) // 1000,
            hint=said,
        )
    )


def _reply(code: str, text: str) -> str:
    """One line of SMTP, whatever a mail has brought into ``text``."""
    plain = " ".join(text.split()).encode("ascii", "backslashreplace").decode("ascii")
    plain = "".join(character for character in plain if character.isprintable())
    return f"{code} {plain[:_LONGEST_TEXT]}"

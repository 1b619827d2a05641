"""Mails that bring invitations or answers to them (RFC 6047; notifications §§2.5, 3).

Anybody may send anything here. Nothing is read that is large, or in more parts than a mail
program makes.
"""

from __future__ import annotations

import codecs
import re
from email.utils import parseaddr
from typing import TYPE_CHECKING

from mock_server.ical import answers, invitations, reading
from mock_server.ical.answers import Answer
from mock_server.ical.reading import Unreadable
from mock_server.world.outbox import Invite
from mock_server.world.records import Record

if TYPE_CHECKING:
    from email.message import Message

# Octets.
LARGEST_MAIL = 2 * 1024 * 1024

# What makes a mail slow to take apart: lines, parts, and parameters of a part.
_MOST_LINES = 50_000
_MOST_PARTS = 64
_LONGEST_HEADER = 4096

# An answer comes as a part, and once more as an attachment.
_MOST_CALENDARS = 4

_CALENDAR_TYPES = {"text/calendar", "application/ics"}
_HEADER = re.compile(
    rb"(?im)(?:^|\r)(content-[a-z-]+|from):[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*"
)

# Characters of a subject and of a text that are kept.
_LONGEST_SUBJECT, _LONGEST_TEXT = 1000, 64 * 1024

# Charsets that mail programs use. Python knows further ones that are slow with hostile text.
_CHARSETS = {
    *("ascii", "utf-8", "utf-16", "iso8859-1", "iso8859-2", "iso8859-15"),
    *("cp1250", "cp1251", "cp1252", "koi8-r", "shift_jis", "iso2022_jp", "gb18030", "gb2312"),
}


class Invitation(Record, frozen=True):
    """A mail that invites, or says that nothing comes of it: who has sent it, and what it says."""

    sender: str
    sender_name: str | None
    subject: str
    text: str
    invite: Invite


def from_mail(content: bytes) -> Answer | Invitation | None:
    """What a mail brings, in whatever part of it; None if it brings no calendar.

    Raises :class:`Unreadable` if no calendar in it is an answer or an invitation, or the mail
    is too large.
    """
    from email import message_from_bytes

    _bound(content)
    try:
        message = message_from_bytes(content)
        sender_name, sender = parseaddr(str(message.get("From", "")))
        calendars = [_content(part) for part in message.walk() if _is_calendar(part)]
        subject, text = _decoded(str(message.get("Subject", ""))), _text(message)
        sender_name = _decoded(sender_name)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Unreadable("The mail is not one that can be taken apart into its parts.") from error
    invitation, unreadable = None, None
    for calendar in calendars[:_MOST_CALENDARS]:
        try:
            found = _read(calendar, sender.lower())
        except Unreadable as reason:
            unreadable = unreadable or reason
        else:
            # Who answers may send along what they answer.
            if isinstance(found, Answer):
                return found
            invitation = invitation or found
    if invitation is not None:
        return Invitation(sender.lower(), sender_name or None, subject, text, invitation)
    if unreadable is not None:
        raise unreadable
    return None


def _read(content: bytes, sender: str) -> Answer | Invite:
    calendar = reading.read(content)
    if calendar.method in invitations.METHODS:
        return invitations.invitation(calendar)
    return answers.answer(calendar, sender)


def _bound(content: bytes) -> None:
    """Refuse what would take long to read."""
    if len(content) > LARGEST_MAIL:
        raise Unreadable(f"The mail has {len(content)} octets; expected at most {LARGEST_MAIL}.")
    lines = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    if lines > _MOST_LINES:
        raise Unreadable(f"The mail has {lines} lines; expected at most {_MOST_LINES}.")
    parts = 0
    for header in _HEADER.finditer(content):
        name, length = header[1].decode().title(), header.end() - header.start()
        parts += name == "Content-Type"
        if length > _LONGEST_HEADER:
            raise Unreadable(
                f"The mail has a {name} of {length} octets; expected at most {_LONGEST_HEADER}."
            )
    if parts > _MOST_PARTS:
        raise Unreadable(f"The mail has {parts} parts; expected at most {_MOST_PARTS}.")


def _is_calendar(part: Message) -> bool:
    if part.is_multipart():
        return False
    named = (part.get_filename() or "").lower()
    return part.get_content_type() in _CALENDAR_TYPES or named.endswith(".ics")


def _decoded(value: str) -> str:
    """A header in words, which may be encoded (RFC 2047)."""
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    shortened = value[:_LONGEST_SUBJECT]
    try:
        decoded = str(make_header(decode_header(shortened)))
    except (HeaderParseError, ValueError, LookupError):
        decoded = shortened
    # Some charsets have halves of characters, which nothing can be written in.
    return " ".join(decoded.encode("utf-8", "replace").decode().split())


def _text(message: Message) -> str:
    """What the mail says in plain words, if it does."""
    for part in message.walk():
        if part.get_content_type() == "text/plain" and part.get_filename() is None:
            text = _content(part).decode("utf-8", "replace")[:_LONGEST_TEXT]
            return text.replace("\r\n", "\n")
    return ""


def _content(part: Message) -> bytes:
    """What a part holds, in UTF-8."""
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        charset = codecs.lookup(part.get_content_charset("utf-8")).name
    except LookupError:
        charset = "utf-8"
    if charset in {"utf-8", "ascii"} or charset not in _CHARSETS:
        return content
    return content.decode(charset, "replace").encode()

"""A mail's bytes (RFC 5322, RFC 2045), as it is sent, and as a page may show it.

Invitations have the parts that calendar programs look for (notifications §3.2). The same
message always has the same bytes.
"""

from __future__ import annotations

import re
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_server.ical import ics
from mock_server.rules.invitations import ANSWERS, repeats, when
from mock_server.rules.time_zones import local
from mock_server.world.events import UTC, Attendee, Organizer
from mock_server.world.outbox import Invite, Message

if TYPE_CHECKING:
    from email.headerregistry import Address
    from email.message import EmailMessage

    from jinja2 import Template

_HOST = "mock-cronofy.invalid"

# Characters of a header that is not cut; what is longer is of no use in a list of mails.
_LONGEST = 1000

_NO_DOMAIN = re.compile(r"[^\w.:\[\]-]")


def rendered(message: Message) -> bytes:
    """``message`` with CRLF line ends: text alone, or an invitation with its calendar."""
    from email import policy
    from email.message import EmailMessage

    # Other addresses than ASCII ones need mail servers that know RFC 6531.
    ascii_only = (message.sender + message.to).isascii()
    mail = EmailMessage(policy.SMTP if ascii_only else policy.SMTPUTF8)
    mail["From"] = _address(message.sender, message.sender_name)
    mail["To"] = _address(message.to, None)
    mail["Subject"] = _header(message.subject)
    mail["Date"] = format_datetime(local(message.sent_at, UTC))
    mail["Message-ID"] = f"<{message.message_id}@{_HOST}>"
    mail.set_content(ics.clean(message.text), cte="quoted-printable")
    if message.invite is not None:
        _invite(mail, message, message.invite)
    return bytes(mail)


def _invite(mail: EmailMessage, message: Message, invite: Invite) -> None:
    """Add the parts of an invitation; one calendar, for clients of either habit."""
    calendar = ics.document(invite)
    mail.add_alternative(html(message), subtype="html", cte="quoted-printable")
    mail.add_alternative(
        calendar.decode(),
        subtype="calendar",
        cte="quoted-printable",
        params={"method": invite.method},
    )
    mail.add_attachment(
        calendar,
        maintype="application",
        subtype="ics",
        filename=ics.FILE_NAME,
        params={"name": ics.FILE_NAME},
    )
    # A line that begins so stands in no part: all are in quoted-printable or base64.
    alternative: Any = next(mail.iter_parts())
    mail.set_boundary(f"=_{message.message_id}_mixed")
    alternative.set_boundary(f"=_{message.message_id}_alternative")


def _header(value: str) -> str:
    """One line, whatever ``value`` holds; the library would take ``=?`` for the beginning of
    an encoded word, and what that stands for may be a line of its own.
    """
    line = " ".join(ics.clean(value).split()).replace("=?", "= ?")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _address(email: str, name: str | None) -> Address:
    from email.headerregistry import Address

    user, _, domain = _header(email).rpartition("@")
    return Address(_header(name or ""), user, _NO_DOMAIN.sub("_", domain))


def html(message: Message) -> str:
    """A document of its own that says in pictures what the mail says in words.

    Everything is escaped, nothing is loaded; styles are in the elements, as mail programs
    want them. A mail that is no invitation shows its text.
    """
    invite = message.invite
    values: dict[str, Any] = {"subject": _header(message.subject), "text": message.text}
    if invite is not None:
        details = invite.details
        start = local(details.start, UTC if details.all_day else details.start_tzid)
        cancelled = invite.method == "CANCEL"
        meeting = details.meeting
        values |= {
            "details": details,
            "kind": "Cancelled" if cancelled else "Invitation",
            "cancelled": cancelled,
            "month": f"{start:%b}",
            "day": start.day,
            "when": when(details),
            "repeats": repeats(details.recurrence) if details.recurrence else None,
            "join_url": _link(meeting.join_url if meeting else None),
            "url": _link(details.url),
            "files": [(file.file_name, _link(file.url)) for file in details.attachments],
            "guests": [a for a in invite.attendees if not _organizes(a, details.organizer)],
        }
    return _template().render(values)


def _organizes(attendee: Attendee, organizer: Organizer | None) -> bool:
    return organizer is not None and attendee.email == organizer.email


def _link(url: str | None) -> str | None:
    """``url`` if it leads to a web page; anything else is not for clicking."""
    return ics.uri(url) if url and url.lower().startswith(("https://", "http://")) else None


def _person(person: Attendee | Organizer) -> str:
    name = f"{person.display_name} ({person.email})" if person.display_name else person.email
    return _header(name)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = ics.clean
    environment.globals.update(person=_person, answers=ANSWERS)
    return environment.get_template("mail.html")

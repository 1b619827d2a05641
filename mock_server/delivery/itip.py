"""Reading answers to invitations: REPLY and COUNTER of RFC 5546, and the mails that bring
them (RFC 6047; notifications §3).

Anybody may send anything here. Nothing is read that is large, or in more parts than a mail
program makes; the time zones that a calendar defines for itself are not carried out.
"""

from __future__ import annotations

import codecs
import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mock_server.ical.ics import PARTSTATS
from mock_server.rules import time_zones
from mock_server.world.events import UTC as ETC_UTC
from mock_server.world.records import Record

if TYPE_CHECKING:
    from email.message import Message

METHODS = ("REPLY", "COUNTER")

# Octets; an answer has a few hundred, and may repeat what the event says.
LARGEST_CALENDAR = 256 * 1024
LARGEST_MAIL = 2 * 1024 * 1024

# What makes a mail slow to take apart: lines, parts, and parameters of a part.
_MOST_LINES = 50_000
_MOST_PARTS = 64
_LONGEST_HEADER = 4096

# An answer comes as a part, and once more as an attachment.
_MOST_CALENDARS = 4

_STATUSES = {partstat: status for status, partstat in PARTSTATS.items()}
_ANSWERS = {"ACCEPTED", "TENTATIVE", "DECLINED"}
_CALENDAR_TYPES = {"text/calendar", "application/ics"}
_HEADER = re.compile(
    rb"(?im)(?:^|\r)(content-[a-z-]+|from):[^\r\n]*(?:(?:\r\n|\r|\n)[ \t][^\r\n]*)*"
)
_ADDRESS = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+")

# Charsets that mail programs use. Python knows further ones that are slow with hostile text.
_CHARSETS = {
    *("ascii", "utf-8", "utf-16", "iso8859-1", "iso8859-2", "iso8859-15"),
    *("cp1250", "cp1251", "cp1252", "koi8-r", "shift_jis", "iso2022_jp", "gb18030", "gb2312"),
}


class Unreadable(ValueError):
    """This is no answer that can be understood; the text says why, in one sentence."""


class Answer(Record, frozen=True):
    """What somebody answers to the invitation ``uid``.

    ``attendee`` is their address in lower case; ``status`` one of ``accepted | tentative |
    declined | needs_action``. ``stamp``, and the start and end that a COUNTER proposes, are
    seconds since the epoch; of dates, midnight UTC.
    """

    method: str
    uid: str
    attendee: str
    status: str
    sequence: int = 0
    stamp: int | None = None
    comment: str | None = None
    proposal: tuple[int, int] | None = None


class _Property(Record, frozen=True):
    parameters: dict[str, Any]
    value: str


_Properties = dict[str, list[_Property]]


def from_mail(content: bytes) -> Answer | None:
    """The answer that a mail brings, in whatever part of it; None if it brings no calendar.

    Raises :class:`Unreadable` if no calendar in it is an answer, or the mail is too large.
    """
    from email import message_from_bytes

    _bound(content)
    try:
        message = message_from_bytes(content)
        sender = parseaddr(str(message.get("From", "")))[1].lower()
        calendars = [_content(part) for part in message.walk() if _is_calendar(part)]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise Unreadable("The mail is not one that can be taken apart into its parts.") from error
    unreadable = None
    for calendar in calendars[:_MOST_CALENDARS]:
        try:
            return parse(calendar, sender)
        except Unreadable as reason:
            unreadable = unreadable or reason
    if unreadable is not None:
        raise unreadable
    return None


def parse(content: bytes, sender: str | None = None) -> Answer:
    """The answer in a VCALENDAR; where it names several people, the one of ``sender``."""
    calendar, event = _read(content)
    method = _text(calendar, "METHOD").upper()
    if method not in METHODS:
        raise Unreadable(f"METHOD is {_shown(method)}; expected REPLY or COUNTER.")
    if "RECURRENCE-ID" in event:
        raise Unreadable(
            "It has a RECURRENCE-ID, so it is about one occurrence; "
            "expected an answer about the whole series."
        )
    attendee, partstat = _attendee(event, sender)
    if method == "COUNTER" and partstat not in _ANSWERS:
        partstat = "TENTATIVE"
    comments = [_unescape(p.value).strip() for p in event.get("COMMENT", ())]
    return Answer(
        method=method,
        uid=_text(event, "UID"),
        attendee=attendee,
        status=_STATUSES.get(partstat, "needs_action"),
        sequence=_sequence(event),
        stamp=_moment(event, "DTSTAMP"),
        comment="\n".join(filter(None, comments)) or None,
        proposal=_proposal(event) if method == "COUNTER" else None,
    )


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


def _read(content: bytes) -> tuple[_Properties, _Properties]:
    """The properties of the VCALENDAR, and of the VEVENT in it that speaks of the whole event."""
    from icalendar.parser import Contentlines

    if len(content) > LARGEST_CALENDAR:
        raise Unreadable(
            f"The calendar has {len(content)} octets; expected at most {LARGEST_CALENDAR}."
        )
    calendar: _Properties = {}
    events: list[_Properties] = []
    path: list[str] = []
    written = content.decode("utf-8", "replace").removeprefix("\ufeff")
    lines: list[Any] = Contentlines.from_ical(written)  # type: ignore[no-untyped-call]
    for line in lines:
        if not line.strip():
            continue
        name, separator, value = line.partition(":")
        keyword, component = name.strip().upper(), value.strip().upper()
        if separator and keyword == "BEGIN":
            path.append(component)
            if path == ["VCALENDAR", "VEVENT"]:
                events.append({})
        elif separator and keyword == "END":
            if not path or path.pop() != component:
                raise Unreadable(f"{_shown(line)} ends no component that has begun.")
        elif path == ["VCALENDAR"]:
            _keep(calendar, line)
        elif path == ["VCALENDAR", "VEVENT"]:
            _keep(events[-1], line)
        elif not path:
            raise Unreadable(f"It begins with {_shown(line)}; expected BEGIN:VCALENDAR.")
    if path:
        raise Unreadable(f"The component {_shown(path[-1])} has no END.")
    if not events:
        raise Unreadable("It holds no VEVENT in a VCALENDAR.")
    return calendar, next((event for event in events if "RECURRENCE-ID" not in event), events[0])


def _keep(properties: _Properties, line: Any) -> None:
    try:
        name, parameters, value = line.raw_parts()
    except ValueError:
        raise Unreadable(f"{_shown(line)} is not a line of the form NAME:value.") from None
    properties.setdefault(name.upper(), []).append(_Property(dict(parameters), value))


def _text(properties: _Properties, name: str) -> str:
    value = _unescape(properties[name][0].value).strip() if name in properties else ""
    if not value:
        raise Unreadable(f"It has no {name}.")
    return value


def _unescape(value: str) -> str:
    from icalendar.parser import unescape_backslash

    return str(unescape_backslash(value))


def _shown(value: str) -> str:
    """A value in an error: not all of a long one, and nothing that a terminal obeys."""
    return repr(value if len(value) <= 60 else value[:57] + "...")


def _attendee(event: _Properties, sender: str | None) -> tuple[str, str]:
    """The address of whoever answers, and their PARTSTAT."""
    found = {}
    for attendee in event.get("ATTENDEE", ()):
        parameters = {name.upper(): value for name, value in attendee.parameters.items()}
        address = _address(attendee.value, parameters.get("EMAIL"))
        found[address] = str(parameters.get("PARTSTAT", "NEEDS-ACTION")).upper()
    if not found:
        raise Unreadable("It has no ATTENDEE, so nobody answers.")
    if sender in found:
        return sender, found[sender]
    if len(found) > 1:
        raise Unreadable(
            f"It names {len(found)} ATTENDEEs, none of them its sender; "
            "expected the one who answers."
        )
    return next(iter(found.items()))


def _address(value: str, email: Any) -> str:
    scheme, _, rest = value.strip().partition(":")
    written = unquote(rest.partition("?")[0]) if scheme.lower() == "mailto" else str(email or value)
    address = written.strip().lower()
    if len(address) > 320 or not _ADDRESS.fullmatch(address):
        raise Unreadable(f"ATTENDEE is {_shown(value)}; expected mailto: and an e-mail address.")
    return address


def _sequence(event: _Properties) -> int:
    if "SEQUENCE" not in event:
        return 0
    value = event["SEQUENCE"][0].value.strip()
    if not re.fullmatch("[0-9]{1,10}", value):
        raise Unreadable(f"SEQUENCE is {_shown(value)}; expected a whole number from 0.")
    return int(value)


def _proposal(event: _Properties) -> tuple[int, int] | None:
    """The start and end that are proposed; None where one of them is not said."""
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if start is not None and end is None and "DURATION" in event:
        length = _value(event, "DURATION")
        if not isinstance(length, timedelta):
            raise Unreadable("DURATION is a time; expected a duration like PT30M.")
        end = start + int(length.total_seconds())
    return None if start is None or end is None else (start, end)


def _moment(event: _Properties, name: str) -> int | None:
    """A date or time in seconds since the epoch; a time without a zone is taken as UTC."""
    if name not in event:
        return None
    value = _value(event, name)
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return int(value.timestamp())
        parameters = event[name][0].parameters
        tzid = next((str(v) for k, v in parameters.items() if k.upper() == "TZID"), ETC_UTC)
        return time_zones.instant(value, _zone(name, tzid))
    if isinstance(value, date):
        return int(datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp())
    raise Unreadable(f"{name} is {_shown(event[name][0].value)}; expected a date or a time.")


def _value(event: _Properties, name: str) -> Any:
    from icalendar.prop import vDDDTypes

    value = event[name][0].value.strip()
    try:
        return vDDDTypes.from_ical(value)  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise Unreadable(f"{name} is {_shown(value)}; expected a date or a time.") from None


def _zone(name: str, tzid: str) -> str:
    """The tz database's name of a zone: its own, Windows', or behind some vendor's prefix."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    tzid = tzid.strip()
    parts = tzid.split("/")
    known = WINDOWS_TO_OLSON.get(tzid, tzid)
    for candidate in (known, "/".join(parts[-2:]), "/".join(parts[-3:])):
        if candidate in time_zones.names():
            return candidate
    raise Unreadable(f"{name} has the TZID {_shown(tzid)}, which is no zone of the tz database.")

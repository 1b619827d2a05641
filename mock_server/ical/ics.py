"""The iCalendar object of an invitation (RFC 5545, RFC 5546; notifications §§2.4, 3.1).

Whatever an event says stays inside its property: text is escaped, what no calendar could
show is replaced, and addresses are URIs.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from mock_server.ical import vtimezone
from mock_server.rules.time_zones import local
from mock_server.world.events import Answer, Attached, Attendee, Details, Recurrence
from mock_server.world.outbox import Invite

if TYPE_CHECKING:
    from icalendar import Component, Event

FILE_NAME = "invite.ics"

PARTSTATS: dict[Answer, str] = {
    "needs_action": "NEEDS-ACTION",
    "accepted": "ACCEPTED",
    "tentative": "TENTATIVE",
    "declined": "DECLINED",
}

_PRODID = "-//mock-cronofy//Invitations//EN"
_UTC_NAMES = {
    *("UTC", "UCT", "Universal", "Zulu"),
    *("Etc/UTC", "Etc/UCT", "Etc/Universal", "Etc/Zulu"),
}

# What Outlook shows where iCalendar knows only busy and free.
_BUSY_STATUSES = {
    "tentative": "TENTATIVE",
    "out_of_office": "OOF",
    "working_elsewhere": "WORKINGELSEWHERE",
}

# Years of a series that its time zone covers; yearly rules hold for longer, lists of dates do not.
_COVERED = 20

_NOT_SHOWN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NEW_LINE = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_ESCAPED = re.compile(r"([\\;,])")
_FLOAT = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def document(invite: Invite) -> bytes:
    """The VCALENDAR of one invitation, its one VEVENT and the time zones that it names."""
    from icalendar import Calendar

    calendar = Calendar()
    for name, value in (
        ("PRODID", _PRODID),
        ("VERSION", "2.0"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", invite.method),
    ):
        _put(calendar, name, value)
    for timezone in _time_zones(invite.details):
        calendar.add_component(timezone)
    calendar.add_component(_event(invite))
    written: bytes = calendar.to_ical(sorted=False)
    return written


def clean(text: str) -> str:
    """``text`` with newlines as ``\\n``, and U+FFFD for control characters."""
    return _NOT_SHOWN.sub("\ufffd", _NEW_LINE.sub("\n", text))


def text(value: str) -> str:
    """A TEXT value (RFC 5545 §3.3.11). The library's own takes the ``\\N`` of ``C:\\New``
    for a newline.
    """
    return _ESCAPED.sub(r"\\\1", clean(value)).replace("\n", r"\n")


def uri(value: str) -> str:
    """A URI with every character escaped that may not stand in one (RFC 3986 §2)."""
    return quote(value, safe="%:/?#[]@!$&'()*+,;=", errors="replace")


def mailto(email: str) -> str:
    """A calendar user's address (RFC 6068)."""
    return "mailto:" + quote(email, safe="@!$'*+", errors="replace")


def _put(component: Component, name: str, value: str, **parameters: str) -> None:
    """A property whose value is written as it has been made here."""
    from icalendar import Parameters
    from icalendar.prop import vInline

    written = vInline(value)
    written.params = Parameters(parameters)
    component.add(name, written, encode=False)


def _event(invite: Invite) -> Event:
    from icalendar import Event

    details, event = invite.details, Event()
    _put(event, "UID", text(invite.uid))
    event.add("DTSTAMP", local(invite.stamp, "UTC"))
    _put(event, "SEQUENCE", str(invite.sequence))
    event.add("DTSTART", _start(details))
    if details.end > details.start:  # else there is none: DTEND is later than DTSTART
        event.add("DTEND", _moment(details, details.end, details.end_tzid))
    if details.recurrence is not None:
        _recurrence(event, details, details.recurrence)
    _words(event, details)
    status = _status(invite)
    if status is not None:
        _put(event, "STATUS", status)
    if details.organizer is not None:
        organizer = details.organizer
        name = clean(organizer.display_name or organizer.email)
        _put(event, "ORGANIZER", mailto(organizer.email), CN=name)
    for attendee in invite.attendees:
        _attendee(event, attendee, invite.method)
    if invite.method != "CANCEL":
        for file in details.attachments:
            _attachment(event, file)
        for minutes in details.reminders or ():
            event.add_component(_alarm(details, minutes))
    return event


def _words(event: Event, details: Details) -> None:
    """What it is about, where, and how it shows."""
    _put(event, "SUMMARY", text(details.summary))
    if details.description:
        _put(event, "DESCRIPTION", text(details.description))
    if details.location:
        _put(event, "LOCATION", text(details.location))
    lat, long = details.lat or "", details.long or ""
    if _FLOAT.fullmatch(lat) and _FLOAT.fullmatch(long):
        _put(event, "GEO", f"{lat};{long}")
    if details.url and _SCHEME.match(details.url):
        _put(event, "URL", uri(details.url))
    if details.meeting is not None and _SCHEME.match(details.meeting.join_url):
        label = clean(details.meeting.provider_name or "Join")
        join_url = uri(details.meeting.join_url)
        _put(event, "CONFERENCE", join_url, VALUE="URI", FEATURE="VIDEO", LABEL=label)
    if details.categories:
        _put(event, "CATEGORIES", ",".join(text(category) for category in details.categories))
    transparent = details.transparency == "transparent"
    _put(event, "TRANSP", "TRANSPARENT" if transparent else "OPAQUE")
    if details.transparency in _BUSY_STATUSES:
        _put(event, "X-MICROSOFT-CDO-BUSYSTATUS", _BUSY_STATUSES[details.transparency])
    if details.private:
        _put(event, "CLASS", "PRIVATE")


def _status(invite: Invite) -> str | None:
    """STATUS; none where some guests are told that they are no longer invited."""
    if invite.method == "CANCEL":
        return "CANCELLED" if invite.whole else None
    return "TENTATIVE" if invite.details.status == "tentative" else "CONFIRMED"


def _attendee(event: Event, attendee: Attendee, method: str) -> None:
    partstat = PARTSTATS.get(attendee.status, "NEEDS-ACTION")
    # Nobody answers a cancellation, nor twice.
    asked = method == "REQUEST" and partstat == "NEEDS-ACTION"
    _put(
        event,
        "ATTENDEE",
        mailto(attendee.email),
        CUTYPE="INDIVIDUAL",
        ROLE="REQ-PARTICIPANT",
        PARTSTAT=partstat,
        **({"RSVP": "TRUE"} if asked else {}),
        CN=clean(attendee.display_name or attendee.email),
    )


def _attachment(event: Event, file: Attached) -> None:
    """Where it can be downloaded (RFC 5545 §3.8.1.1); its name as in RFC 8607 §4.2."""
    if _SCHEME.match(file.url):
        _put(event, "ATTACH", uri(file.url), FMTTYPE=file.content_type, FILENAME=file.file_name)


def _alarm(details: Details, minutes: int) -> Component:
    from icalendar import Alarm

    alarm = Alarm()
    _put(alarm, "ACTION", "DISPLAY")
    _put(alarm, "DESCRIPTION", text(details.summary))
    _put(alarm, "TRIGGER", f"-PT{minutes}M")
    return alarm


def _recurrence(event: Event, details: Details, recurrence: Recurrence) -> None:
    """RRULE, and EXDATE for the dates left out, at the time of day of the first."""
    start = _start(details)
    rule: dict[str, Any] = {"FREQ": recurrence.frequency.upper()}
    last = date.fromisoformat(recurrence.until) if recurrence.until else date.max
    if last.year < MAXYEAR:
        rule["UNTIL"] = last if details.all_day else _end_of_day(last, details.start_tzid)
    if recurrence.count is not None:
        rule["COUNT"] = recurrence.count
    if recurrence.interval != 1:
        rule["INTERVAL"] = recurrence.interval
    if recurrence.by_day:
        counted = recurrence.frequency in {"monthly", "yearly"}
        rule["BYDAY"] = [
            f"{(counted and weekday.nth) or ''}{weekday.day[:2].upper()}"
            for weekday in recurrence.by_day
        ]
    event.add("RRULE", rule)
    dates = [date.fromisoformat(exception) for exception in recurrence.exceptions]
    if isinstance(start, datetime):
        dates = [datetime.combine(day, start.timetz()) for day in dates]
    if dates:
        event.add("EXDATE", dates)


def _end_of_day(day: date, tzid: str) -> datetime:
    """The last second of ``day`` in ``tzid``, in UTC as UNTIL has to be."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(tzid)).astimezone(UTC)


def _start(details: Details) -> date | datetime:
    return _moment(details, details.start, details.start_tzid)


def _moment(details: Details, seconds: int, tzid: str) -> date | datetime:
    """A date, or a time in its zone.

    A time that clocks show twice is the first one in iCalendar, and to some clients the
    second, so it is written in UTC; but not for a series, which goes by its zone's clocks.
    """
    if details.all_day:
        return local(seconds, "UTC").date()
    if tzid in _UTC_NAMES:
        return local(seconds, "UTC")
    moment = local(seconds, tzid)
    twice = moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
    return local(seconds, "UTC") if twice and not details.recurrence else moment


def _time_zones(details: Details) -> list[Component]:
    """A VTIMEZONE for each zone in which the event's times are written."""
    if details.all_day:
        return []
    first, last = local(details.start, "UTC").year, local(details.end, "UTC").year
    if details.recurrence is not None:
        until = details.recurrence.until
        ends = date.fromisoformat(until).year if until else MAXYEAR
        last = max(last, min(first + _COVERED, ends))
    written = [
        moment.tzinfo
        for moment in (_start(details), _moment(details, details.end, details.end_tzid))
        if isinstance(moment, datetime)
    ]
    names = [zone.key for zone in written if isinstance(zone, ZoneInfo) and zone.key != "UTC"]
    return [vtimezone.component(name, first, last) for name in dict.fromkeys(names)]

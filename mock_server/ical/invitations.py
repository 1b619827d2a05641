"""Reading invitations: REQUEST and CANCEL of RFC 5546, as an application mails them."""

from __future__ import annotations

import re

from mock_server.ical import reading
from mock_server.ical.answers import STATUSES
from mock_server.ical.reading import Calendar, Properties, Property, Unreadable
from mock_server.world.events import DEGREES, UTC, Attendee, Details, Organizer
from mock_server.world.outbox import Invite

METHODS = ("REQUEST", "CANCEL")

_DAY = 86_400
_ALARM = re.compile(r"-PT([0-9]{1,6})M")


def invitation(calendar: Calendar) -> Invite:
    """The invitation or cancellation that ``calendar`` is, about one event that does not recur.

    Raises :class:`Unreadable`.
    """
    event = calendar.event
    for name in ("RRULE", "RDATE", "RECURRENCE-ID"):
        if name in event:
            raise Unreadable(f"It has an {name}; expected an event that takes place once.")
    stamp = reading.moment(event, "DTSTAMP")
    if stamp is None:
        raise Unreadable("It has no DTSTAMP.")
    attendees = tuple(map(_attendee, event.get("ATTENDEE", ())))
    if not attendees:
        raise Unreadable("It has no ATTENDEE, so nobody is invited.")
    return Invite(
        method=calendar.method,
        uid=reading.text(event, "UID"),
        sequence=reading.sequence(event),
        stamp=stamp.seconds,
        details=_details(calendar, attendees),
        attendees=attendees,
        whole=calendar.method == "REQUEST" or _word(event, "STATUS") == "CANCELLED",
    )


def _details(calendar: Calendar, attendees: tuple[Attendee, ...]) -> Details:
    event = calendar.event
    start = reading.moment(event, "DTSTART")
    if start is None:
        raise Unreadable("It has no DTSTART.")
    span = reading.span(event)
    end = span[1] if span else None
    lat, long = _geo(event)
    least = start.seconds + (_DAY if start.is_date else 0)
    return Details(
        summary=_said(event, "SUMMARY"),
        start=start.seconds,
        end=max(end.seconds, start.seconds) if end else least,
        all_day=start.is_date,
        start_tzid=start.tzid or UTC,
        end_tzid=(end.tzid if end else start.tzid) or UTC,
        description=_said(event, "DESCRIPTION"),
        location=_said(event, "LOCATION"),
        lat=lat,
        long=long,
        url=event["URL"][0].value if "URL" in event else None,
        transparency="transparent" if _word(event, "TRANSP") == "TRANSPARENT" else "opaque",
        organizer=_organizer(event),
        attendees=attendees,
        reminders=_reminders(calendar.alarms),
    )


def _organizer(event: Properties) -> Organizer:
    if "ORGANIZER" not in event:
        raise Unreadable("It has no ORGANIZER, so nobody can be answered.")
    found = event["ORGANIZER"][0]
    email = reading.address("ORGANIZER", found)
    return Organizer(email, _name(found, email))


def _attendee(found: Property) -> Attendee:
    email = reading.address("ATTENDEE", found)
    partstat = str(found.parameters.get("PARTSTAT", "NEEDS-ACTION")).upper()
    return Attendee(email, _name(found, email), STATUSES.get(partstat, "needs_action"))


def _name(found: Property, email: str) -> str | None:
    """Who has no name is called by their address."""
    name = str(found.parameters.get("CN", email))
    return None if name == email else name


def _said(event: Properties, name: str) -> str:
    return reading.unescape(event[name][0].value) if name in event else ""


def _word(event: Properties, name: str) -> str:
    return _said(event, name).strip().upper()


def _geo(event: Properties) -> tuple[str, str] | tuple[None, None]:
    lat, _, long = _said(event, "GEO").partition(";")
    return (lat, long) if re.match(DEGREES, lat) and re.match(DEGREES, long) else (None, None)


def _reminders(alarms: list[Properties]) -> tuple[int, ...] | None:
    """Minutes before the start; what else a client may be reminded by is left out."""
    found = [_ALARM.fullmatch(_word(alarm, "TRIGGER")) for alarm in alarms]
    return tuple(int(trigger[1]) for trigger in found if trigger) or None

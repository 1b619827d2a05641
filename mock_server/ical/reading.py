"""Reading iCalendar objects that anybody may have made (RFC 5545 §3.1).

Nothing is read that is large; the time zones that a calendar defines for itself are not
carried out.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from mock_server.rules import time_zones
from mock_server.world.events import FIRST_YEAR, LAST_YEAR, UTC
from mock_server.world.records import Record, replace

# Octets; an invitation or an answer has a few hundred, and may have a long description.
LARGEST_CALENDAR = 256 * 1024

# A hundred years: what is longer would leave the years that clocks can show.
_NOTHING, _LONGEST = timedelta(0), timedelta(days=36_525)

_EVENT = ["VCALENDAR", "VEVENT"]
_ALARM = [*_EVENT, "VALARM"]
_ADDRESS = re.compile(r"[^\s@\x00-\x1f\x7f]+@[^\s@\x00-\x1f\x7f]+")


class Unreadable(ValueError):
    """This is nothing that can be understood; the text says why, in one sentence."""


class Property(Record, frozen=True):
    """One line; the names of parameters in capital letters."""

    parameters: dict[str, Any]
    value: str


Properties = dict[str, list[Property]]


class Calendar(Record, frozen=True):
    """The properties of a VCALENDAR, of the VEVENT in it that speaks of the whole event, and of
    its alarms.
    """

    properties: Properties
    event: Properties
    alarms: list[Properties]

    @property
    def method(self) -> str:
        return text(self.properties, "METHOD").upper()


def read(content: bytes) -> Calendar:
    """What ``content`` says; raises :class:`Unreadable`."""
    from icalendar.parser import Contentlines

    if len(content) > LARGEST_CALENDAR:
        raise Unreadable(
            f"The calendar has {len(content)} octets; expected at most {LARGEST_CALENDAR}."
        )
    calendar: Properties = {}
    events: list[Properties] = []
    alarms: list[list[Properties]] = []
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
            if path == _EVENT:
                events.append({})
                alarms.append([])
            elif path == _ALARM:
                alarms[-1].append({})
        elif separator and keyword == "END":
            if not path or path.pop() != component:
                raise Unreadable(f"{shown(line)} ends no component that has begun.")
        elif path == ["VCALENDAR"]:
            _keep(calendar, line)
        elif path == _EVENT:
            _keep(events[-1], line)
        elif path == _ALARM:
            _keep(alarms[-1][-1], line)
        elif not path:
            raise Unreadable(f"It begins with {shown(line)}; expected BEGIN:VCALENDAR.")
    if path:
        raise Unreadable(f"The component {shown(path[-1])} has no END.")
    if not events:
        raise Unreadable("It holds no VEVENT in a VCALENDAR.")
    whole = next((i for i, event in enumerate(events) if "RECURRENCE-ID" not in event), 0)
    return Calendar(calendar, events[whole], alarms[whole])


def _keep(properties: Properties, line: Any) -> None:
    try:
        name, parameters, value = line.raw_parts()
    except ValueError:
        raise Unreadable(f"{shown(line)} is not a line of the form NAME:value.") from None
    named = {parameter.upper(): given for parameter, given in parameters.items()}
    properties.setdefault(name.upper(), []).append(Property(named, value))


def text(properties: Properties, name: str) -> str:
    value = unescape(properties[name][0].value).strip() if name in properties else ""
    if not value:
        raise Unreadable(f"It has no {name}.")
    return value


def unescape(value: str) -> str:
    from icalendar.parser import unescape_backslash

    return str(unescape_backslash(value))


def shown(value: str) -> str:
    """A value in an error: not all of a long one, and nothing that a terminal obeys."""
    return repr(value if len(value) <= 60 else value[:57] + "...")


def address(name: str, found: Property) -> str:
    """The e-mail address that the calendar user ``name`` has, in lower case."""
    value, email = found.value, found.parameters.get("EMAIL")
    scheme, _, rest = value.strip().partition(":")
    written = unquote(rest.partition("?")[0]) if scheme.lower() == "mailto" else str(email or value)
    written = written.strip().lower()
    if len(written) > 320 or not _ADDRESS.fullmatch(written):
        raise Unreadable(f"{name} is {shown(value)}; expected mailto: and an e-mail address.")
    return written


def sequence(event: Properties) -> int:
    if "SEQUENCE" not in event:
        return 0
    value = event["SEQUENCE"][0].value.strip()
    if not re.fullmatch("[0-9]{1,10}", value):
        raise Unreadable(f"SEQUENCE is {shown(value)}; expected a whole number from 0.")
    return int(value)


class Moment(Record, frozen=True):
    """A time or a date: seconds since the epoch, of a date midnight UTC. ``tzid`` is the tz
    database's name of the zone in which a time is given, None for UTC and where none is said.
    """

    seconds: int
    is_date: bool
    tzid: str | None = None


def moment(event: Properties, name: str) -> Moment | None:
    """A date or time; a time without a zone is taken as UTC."""
    if name not in event:
        return None
    value = value_of(event, name)
    if isinstance(value, date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
        expected = f"expected a time between the years {FIRST_YEAR} and {LAST_YEAR}"
        raise Unreadable(f"{name} is {shown(event[name][0].value)}; {expected}.")
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return Moment(int(value.timestamp()), False)
        given = event[name][0].parameters.get("TZID")
        tzid = None if given is None else _zone(name, str(given))
        return Moment(time_zones.instant(value, tzid or UTC), False, tzid)
    if isinstance(value, date):
        midnight = datetime(value.year, value.month, value.day)
        return Moment(time_zones.instant(midnight, UTC), True)
    raise Unreadable(f"{name} is {shown(event[name][0].value)}; expected a date or a time.")


def span(event: Properties) -> tuple[Moment, Moment] | None:
    """Start and end; None where one of them is not said."""
    start, end = moment(event, "DTSTART"), moment(event, "DTEND")
    if start is not None and end is None and "DURATION" in event:
        length = value_of(event, "DURATION")
        if not isinstance(length, timedelta):
            raise Unreadable("DURATION is a time; expected a duration like PT30M.")
        if not _NOTHING <= length <= _LONGEST:
            given = shown(event["DURATION"][0].value)
            raise Unreadable(f"DURATION is {given}; expected up to {_LONGEST.days} days.")
        end = replace(start, seconds=start.seconds + int(length.total_seconds()))
    return None if start is None or end is None else (start, end)


def value_of(event: Properties, name: str) -> Any:
    from icalendar.prop import vDDDTypes

    value = event[name][0].value.strip()
    try:
        return vDDDTypes.from_ical(value)  # type: ignore[no-untyped-call]
    except (ValueError, OverflowError):
        raise Unreadable(f"{name} is {shown(value)}; expected a date or a time.") from None


def _zone(name: str, tzid: str) -> str:
    """The tz database's name of a zone: its own, Windows', or behind some vendor's prefix."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    tzid = tzid.strip()
    parts = tzid.split("/")
    known = WINDOWS_TO_OLSON.get(tzid, tzid)
    for candidate in (known, "/".join(parts[-2:]), "/".join(parts[-3:])):
        if candidate in time_zones.names():
            return candidate
    raise Unreadable(f"{name} has the TZID {shown(tzid)}, which is no zone of the tz database.")

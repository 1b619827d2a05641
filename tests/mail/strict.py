"""A strict reader of iCalendar: what RFC 5545, 5546 and 6868 say of the objects in our mails.

It knows only what these hold, and refuses everything else, so that whatever passes is
sure to be understood elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

_CONTROL = r"\x00-\x08\x0a-\x1f\x7f"
_PARAMETER = re.compile(
    rf';([A-Z0-9-]+)=("[^"{_CONTROL}]*"|[^",:;{_CONTROL}]*)(?=[;:])',
)
_NAME = re.compile(r"[A-Z0-9-]+")
_TEXT = r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*"
_DATE = re.compile(r"\d{8}", re.ASCII)
_DATE_TIME = re.compile(r"\d{8}T\d{6}Z?", re.ASCII)
_URI = re.compile(r"[a-z][a-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-F]{2})+")
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


class Broken(ValueError):
    """It is not what the RFCs say."""


@dataclass
class Property:
    name: str
    parameters: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        return unescaped(self.value)

    @property
    def texts(self) -> list[str]:
        return [unescaped(item) for item in re.findall(f"({_TEXT}),", self.value + ",")]


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    children: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        return [p for p in self.properties if p.name == name]

    def one(self, name: str) -> Property:
        found = self.all(name)
        need(len(found) == 1, f"{self.name} has {len(found)} {name}")
        return found[0]

    def components(self, name: str) -> list[Component]:
        return [c for c in self.children if c.name == name]


def need(condition: object, wrong: str) -> None:
    if not condition:
        raise Broken(wrong)


def unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def check(content: bytes) -> Component:
    """The VCALENDAR in ``content``; raises :class:`Broken` if anything is wrong with it."""
    calendar = _tree(_lines(content))
    _component(calendar)
    zones = [zone.one("TZID").value for zone in calendar.components("VTIMEZONE")]
    need(len(zones) == len(set(zones)), "a VTIMEZONE twice")
    (event,) = calendar.components("VEVENT")
    used = {p.parameters["TZID"] for p in event.properties if "TZID" in p.parameters}
    need(used == set(zones), f"TZIDs {used} with VTIMEZONEs {zones}")
    for zone in calendar.components("VTIMEZONE"):
        need(zone.children, "VTIMEZONE without observance")
    _event(event)
    _method(calendar.one("METHOD").value, event)
    return calendar


def _lines(content: bytes) -> list[str]:
    need(content.endswith(b"\r\n"), "no CRLF at the end")
    physical = content[:-2].split(b"\r\n")
    lines: list[str] = []
    for raw in physical:
        need(b"\r" not in raw and b"\n" not in raw, "a bare CR or LF")
        need(len(raw) <= 75, f"a line of {len(raw)} octets")
        try:
            line = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Broken("folded inside a character, or not UTF-8") from error
        if line.startswith((" ", "\t")):
            need(lines, "begins with a folded line")
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def _tree(lines: list[str]) -> Component:
    root = Component("")
    path = [root]
    for line in lines:
        found = _property(line)
        if found.name == "BEGIN":
            need(not found.parameters, "BEGIN with parameters")
            component = Component(found.value)
            path[-1].children.append(component)
            path.append(component)
        elif found.name == "END":
            need(path.pop().name == found.value, f"END:{found.value} of something else")
            need(path, "END without BEGIN")
        else:
            need(len(path) > 1, f"{found.name} outside of any component")
            path[-1].properties.append(found)
    need(len(path) == 1, "a component without END")
    need(len(root.children) == 1, f"{len(root.children)} objects")
    return root.children[0]


def _property(line: str) -> Property:
    name = _NAME.match(line)
    need(name, f"no name: {line[:40]!r}")
    assert name is not None
    at, parameters = name.end(), {}
    while line[at : at + 1] == ";":
        parameter = _PARAMETER.match(line, at)
        need(parameter, f"a broken parameter: {line[at : at + 40]!r}")
        assert parameter is not None
        need(parameter[1] not in parameters, f"{parameter[1]} twice")
        parameters[parameter[1]] = _parameter(parameter[2].strip('"'))
        at = parameter.end()
    need(line[at : at + 1] == ":", f"no value: {line[:40]!r}")
    value = line[at + 1 :]
    need(not re.search(f"[{_CONTROL}]", value), f"a control character in {name[0]}")
    return Property(name[0], parameters, value)


def _parameter(value: str) -> str:
    """RFC 6868."""
    need(re.fullmatch(r"(?:[^^]|\^[n'^])*", value), f"a lone ^ in {value!r}")
    return re.sub(r"\^(.)", lambda m: {"n": "\n", "'": '"', "^": "^"}[m[1]], value)


def _matches(pattern: str) -> Callable[[Property], None]:
    compiled = re.compile(pattern)

    def checked(found: Property) -> None:
        need(compiled.fullmatch(found.value), f"{found.name}:{found.value[:60]!r}")

    return checked


def _times(found: Property) -> None:
    """DATE or DATE-TIME, one or several."""
    is_date = found.parameters.get("VALUE") == "DATE"
    need(found.parameters.keys() <= {"VALUE", "TZID"}, f"parameters of {found.name}")
    need("VALUE" not in found.parameters or is_date, f"VALUE of {found.name}")
    values = found.value.split(",")
    need(len(values) == 1 or found.name in {"EXDATE", "RDATE"}, f"several {found.name}")
    for value in values:
        need((_DATE if is_date else _DATE_TIME).fullmatch(value), f"{found.name}:{value}")
        date.fromisoformat(value[:8])
        if not is_date:
            datetime.strptime(value.removesuffix("Z"), "%Y%m%dT%H%M%S")
            need(not (value.endswith("Z") and "TZID" in found.parameters), "UTC with TZID")
        else:
            need("TZID" not in found.parameters, "DATE with TZID")


def _uri(found: Property) -> None:
    need(_URI.fullmatch(found.value), f"{found.name}:{found.value[:60]!r}")


def _mailto(found: Property) -> None:
    need(re.fullmatch(r"mailto:[^@]+@[^@]+", found.value), f"{found.name}:{found.value[:60]!r}")
    _uri(found)


def _geo(found: Property) -> None:
    _matches(r"[+-]?[0-9]+(\.[0-9]+)?;[+-]?[0-9]+(\.[0-9]+)?")(found)
    lat, long = map(float, found.value.split(";"))
    need(abs(lat) <= 90 and abs(long) <= 180, "GEO out of range")


def _rule(found: Property) -> None:
    parts = [part.partition("=")[::2] for part in found.value.split(";")]
    names = [name for name, _ in parts]
    need(len(names) == len(set(names)), "a rule part twice")
    rule = dict(parts)
    need(rule.get("FREQ") in _FREQUENCIES and names[0] == "FREQ", "FREQ")
    need(not {"COUNT", "UNTIL"} <= rule.keys(), "COUNT and UNTIL")
    numbered = rule["FREQ"] in {"MONTHLY", "YEARLY"}
    day = (
        r"(?:[+-]?[1-9][0-9]?)?(?:MO|TU|WE|TH|FR|SA|SU)" if numbered else "(?:MO|TU|WE|TH|FR|SA|SU)"
    )
    grammar = {
        "FREQ": r"[A-Z]+",
        "COUNT": r"[1-9][0-9]*",
        "INTERVAL": r"[1-9][0-9]*",
        "BYDAY": rf"{day}(?:,{day})*",
        "BYMONTH": r"[1-9]|1[0-2]",
        "UNTIL": r"[0-9]{8}(?:T[0-9]{6}Z)?",
    }
    for name, value in rule.items():
        need(name in grammar and re.fullmatch(grammar[name], value), f"RRULE {name}={value}")


_TEXT_VALUE, _NUMBER = _matches(_TEXT), _matches(r"[0-9]+")
_STAMP, _OFFSET = _matches(r"\d{8}T\d{6}Z"), _matches(r"[+-](?!000000|0000$)\d{4}(?:\d{2})?|\+0000")
_LOCAL = _matches(r"\d{8}T\d{6}(?:,\d{8}T\d{6})*")
_OBSERVANCE = {
    "DTSTART": (_LOCAL, "1"),
    "TZOFFSETFROM": (_OFFSET, "1"),
    "TZOFFSETTO": (_OFFSET, "1"),
    "TZNAME": (_TEXT_VALUE, "*"),
    "RRULE": (_rule, "?"),
    "RDATE": (_LOCAL, "*"),
}

# Of each component, its properties: how the value is checked, and how often it stands.
_COMPONENTS: dict[str, dict[str, tuple[Callable[[Property], None], str]]] = {
    "VCALENDAR": {
        "PRODID": (_TEXT_VALUE, "1"),
        "VERSION": (_matches(r"2\.0"), "1"),
        "CALSCALE": (_matches("GREGORIAN"), "?"),
        "METHOD": (_matches("REQUEST|CANCEL"), "1"),
    },
    "VTIMEZONE": {"TZID": (_matches(r"[A-Za-z0-9/_+-]+"), "1")},
    "STANDARD": _OBSERVANCE,
    "DAYLIGHT": _OBSERVANCE,
    "VEVENT": {
        "UID": (_TEXT_VALUE, "1"),
        "DTSTAMP": (_STAMP, "1"),
        "SEQUENCE": (_NUMBER, "1"),
        "DTSTART": (_times, "1"),
        "DTEND": (_times, "?"),
        "RRULE": (_rule, "?"),
        "EXDATE": (_times, "*"),
        "SUMMARY": (_TEXT_VALUE, "1"),
        "DESCRIPTION": (_TEXT_VALUE, "?"),
        "LOCATION": (_TEXT_VALUE, "?"),
        "GEO": (_geo, "?"),
        "URL": (_uri, "?"),
        "CONFERENCE": (_uri, "*"),
        "ATTACH": (_uri, "*"),
        "CATEGORIES": (_matches(f"{_TEXT}(?:,{_TEXT})*"), "*"),
        "TRANSP": (_matches("OPAQUE|TRANSPARENT"), "?"),
        "X-MICROSOFT-CDO-BUSYSTATUS": (_matches("FREE|TENTATIVE|BUSY|OOF|WORKINGELSEWHERE"), "?"),
        "CLASS": (_matches("PUBLIC|PRIVATE|CONFIDENTIAL"), "?"),
        "STATUS": (_matches("TENTATIVE|CONFIRMED|CANCELLED"), "?"),
        "ORGANIZER": (_mailto, "?"),
        "ATTENDEE": (_mailto, "*"),
    },
    "VALARM": {
        "ACTION": (_matches("DISPLAY"), "1"),
        "DESCRIPTION": (_TEXT_VALUE, "1"),
        "TRIGGER": (_matches(r"-PT[0-9]+M"), "1"),
    },
}
_INSIDE = {
    "VCALENDAR": {"VTIMEZONE", "VEVENT"},
    "VTIMEZONE": {"STANDARD", "DAYLIGHT"},
    "VEVENT": {"VALARM"},
}
_PARAMETERS = {
    "ATTENDEE": {"CUTYPE", "ROLE", "PARTSTAT", "RSVP", "CN"},
    "ORGANIZER": {"CN"},
    "CONFERENCE": {"VALUE", "FEATURE", "LABEL"},
    "ATTACH": {"FMTTYPE", "FILENAME"},
    "DTSTART": {"VALUE", "TZID"},
    "DTEND": {"VALUE", "TZID"},
    "EXDATE": {"VALUE", "TZID"},
}


def _component(component: Component) -> None:
    need(component.name in _COMPONENTS, f"a {component.name}")
    known = _COMPONENTS[component.name]
    counts = Counter(p.name for p in component.properties)
    for name, (_, often) in known.items():
        fits = {"1": counts[name] == 1, "?": counts[name] <= 1, "*": True}[often]
        need(fits, f"{component.name} has {counts[name]} {name}")
    for found in component.properties:
        need(found.name in known, f"{found.name} in {component.name}")
        need(
            found.parameters.keys() <= _PARAMETERS.get(found.name, set()),
            f"parameters of {found.name}: {found.parameters}",
        )
        known[found.name][0](found)
    for child in component.children:
        need(child.name in _INSIDE.get(component.name, ()), f"{child.name} in {component.name}")
        _component(child)


def _form(found: Property) -> str:
    if found.parameters.get("VALUE") == "DATE":
        return "date"
    return "utc" if found.value.endswith("Z") else "local"


def _event(event: Component) -> None:
    start = event.one("DTSTART")
    for name in ("DTSTART", "DTEND", "EXDATE"):
        for found in event.all(name):
            need((_form(found) == "date") == (_form(start) == "date"), f"{name}'s kind")
            need(_form(found) != "local" or "TZID" in found.parameters, f"floating {name}")
    for end in event.all("DTEND"):
        if end.parameters == start.parameters and _form(end) == _form(start):
            need(end.value > start.value, "DTEND not after DTSTART")
    for found in event.all("EXDATE"):
        need(found.parameters == start.parameters, "EXDATE's form")
    for rule in event.all("RRULE"):
        until = dict(part.partition("=")[::2] for part in rule.value.split(";")).get("UNTIL")
        if until is not None:
            need(until.endswith("Z") == (_form(start) != "date"), "UNTIL's form")
    for attendee in event.all("ATTENDEE"):
        asked = attendee.parameters.get("RSVP", "FALSE")
        need(asked in {"TRUE", "FALSE"}, "RSVP")
        partstat = attendee.parameters["PARTSTAT"]
        need(partstat in {"NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"}, "PARTSTAT")


def _method(method: str, event: Component) -> None:
    """RFC 5546 §3.2.2, §3.2.5. An event of a provider's own may have no organizer."""
    statuses = [status.value for status in event.all("STATUS")]
    if method == "REQUEST":
        need(event.all("ATTENDEE"), "REQUEST without ATTENDEE")
        need(set(statuses) <= {"TENTATIVE", "CONFIRMED"}, f"REQUEST with STATUS {statuses}")
    else:
        need(set(statuses) <= {"CANCELLED"}, f"CANCEL with STATUS {statuses}")
        need(not event.components("VALARM"), "CANCEL with VALARM")
    event.one("ORGANIZER")

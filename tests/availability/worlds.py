"""Worlds to ask about: people all over the earth, on ordinary days and when clocks are changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tests.availability.chance import Chance
from tests.availability.model import DAY, WEEKDAYS, Event, Person, Rule, World, minute, text_of

ZONES = (
    "Etc/UTC",
    "Europe/London",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Pago_Pago",
    "Pacific/Kiritimati",
    "America/St_Johns",
    "America/Santiago",
    "Africa/Cairo",
    "Atlantic/Azores",
)

# Ordinary days, and days on which clocks are changed somewhere in the zones.
DAYS = tuple(
    date.fromisoformat(day)
    for day in (
        "2026-05-12",
        "2026-05-15",
        "2026-03-08",
        "2026-03-29",
        "2026-04-05",
        "2026-04-24",
        "2026-09-06",
        "2026-10-04",
        "2026-10-25",
        "2026-10-30",
        "2026-11-01",
    )
)

Names = tuple[str, ...]

NAMES = ("ann", "bob", "cat", "dan", "eve")
TAGS = ("interview", "remote")
TRANSPARENCIES = (
    "opaque",
    "transparent",
    "working_elsewhere",
    "tentative",
    "out_of_office",
    "unknown",
)

_LENGTHS = (60, 30, 15, 5, 0, 45, 25, 90, 120, 20, 10, 40, 75, 6 * 60)
_LONG = 30 * 60
_STARTS = ("00:00", "01:00", "01:30", "02:00", "02:15", "03:00", "08:00", "09:00", "09:40")
_ENDS = ("00:30", "01:15", "02:00", "02:30", "12:00", "15:45", "17:00", "18:30", "22:00", "24:00")


def moment(day: date, minutes: int) -> str:
    """So many minutes after midnight UTC."""
    return text_of(minute(f"{day}T00:00:00Z") + minutes)


def _times(chance: Chance, day: date, all_day: int = 20) -> tuple[str, str]:
    """Of an event near ``day``: one in ``all_day`` is, and some are off the five minutes."""
    if chance.sometimes(all_day):
        first = day + chance.randint(-1, 2) * DAY
        return str(first), str(first + chance.randint(1, 2) * DAY)
    start = 5 * chance.randint(-6 * 12, 36 * 12) + chance.mostly(0, (1, 7))
    length = _LONG if chance.sometimes(30) else chance.choice(_LENGTHS)
    return moment(day, start), moment(day, start + length)


def _own_event(chance: Chance, day: date, name: str, calendars: list[str]) -> Event:
    """What a person has put into their own calendar."""
    start, end = _times(chance, day)
    is_timed = len(start) > len("2026-05-12")
    return Event(
        name,
        chance.choice(calendars),
        start,
        end,
        transparency=chance.choice(TRANSPARENCIES),
        status=chance.mostly("confirmed", ("tentative", "cancelled", "unknown")),
        participation=chance.mostly(
            "accepted", ("needs_action", "tentative", "declined", "unknown")
        ),
        days=chance.randint(2, 4) if is_timed and chance.sometimes(10) else 1,
    )


def _visit(chance: Chance, day: date, name: str, calendars: list[str], invited: bool) -> Event:
    """What applications write, mostly the one that asks; now and then elsewhere in the week."""
    start, end = _times(chance, day + chance.mostly(0, (-3, 4)) * DAY, all_day=6)
    foreign = not invited and chance.sometimes(3)
    return Event(
        name,
        chance.choice(calendars),
        start,
        end,
        written=not foreign,
        foreign=foreign,
        transparency=chance.choice(TRANSPARENCIES[:-1]),
        participation=chance.mostly("needs_action", ("declined",)) if invited else "accepted",
        tags=tuple(chance.some(TAGS)),
        deleted=chance.sometimes(6),
    )


def _rule(
    chance: Chance, rule_id: str, tzid: str, choices: Sequence[tuple[str, ...] | None]
) -> Rule:
    if chance.sometimes(2):
        weekly = [
            (chance.choice(WEEKDAYS), chance.choice(_STARTS), chance.choice(_ENDS))
            for _ in range(chance.randint(3, 8))
        ]
    else:
        hours = chance.choice((("08:30", "22:00"), ("00:00", "24:00"), ("01:30", "23:15")))
        weekly = [(day, *hours) for day in WEEKDAYS]
    return Rule(
        rule_id,
        chance.mostly(tzid, ZONES),
        tuple(period for period in weekly if period[1] < period[2]),
        chance.choice(choices),
    )


def _person(chance: Chance, day: date, name: str) -> Person:
    tzid = chance.choice(ZONES)
    free_busy = chance.sometimes(4)
    own = [f"{name}/{kind}" for kind in ("main", "team", "home")[: chance.randint(1, 3)]]
    # In Free/Busy mode, what the application writes stands in a calendar of Cronofy's.
    written = [f"{name}/cronofy"] if free_busy else own
    calendars = tuple(dict.fromkeys((*own, *written)))
    events = [
        _own_event(chance, day, f"{name} {count}", own) for count in range(chance.randint(0, 6))
    ]
    events += [
        _visit(chance, day, f"visit {count}", written, free_busy)
        for count in range(chance.randint(0, 4))
    ]
    # All calendars count unless every rule names some.
    named = (calendars[:1], calendars[-2:])
    choices = named if chance.sometimes(2) else (None, *named)
    rules = [
        _rule(chance, rule_id, tzid, choices)
        for rule_id in ("default", "evenings", "other")[: chance.choice((0, 1, 1, 2, 3))]
    ]
    periods = []
    for _ in range(chance.mostly(0, (1, 2))):
        start, length = 15 * chance.randint(-8, 40 * 4), 15 * chance.randint(1, 20 * 4)
        periods.append((moment(day, start), moment(day, start + length)))
    return Person(name, tzid, calendars, tuple(events), tuple(rules), tuple(periods), free_busy)


def random_world(chance: Chance) -> World:
    day = chance.choice(DAYS)
    names = NAMES[: chance.randint(1, 5)]
    return World(day, tuple(_person(chance, day, name) for name in names))


def later_world(chance: Chance, world: World) -> World:
    """After some events have been moved or deleted, and some rules replaced."""
    return replace(world, people=tuple(_later(chance, world.day, p) for p in world.people))


def _later(chance: Chance, day: date, person: Person) -> Person:
    events, rules = list(person.events), list(person.rules)
    for index, event in enumerate(events):
        # Who is invited would be asked anew, and a series stays one.
        if event.days == 1 and not (person.free_busy and event.written) and chance.sometimes(3):
            start, end = _times(chance, day)
            transparency, deleted = chance.choice(TRANSPARENCIES[:-1]), chance.sometimes(3)
            events[index] = replace(
                event, start=start, end=end, transparency=transparency, deleted=deleted
            )
    for index, rule in enumerate(rules):
        if chance.sometimes(3):
            rules[index] = _rule(chance, rule.rule_id, person.tzid, (rule.calendars,))
    return replace(person, events=tuple(events), rules=tuple(rules))

"""Queries about a world, of every kind that there is."""

from __future__ import annotations

from tests.availability.chance import Chance
from tests.availability.model import Document, Person, World
from tests.availability.worlds import TAGS, TRANSPARENCIES, ZONES, moment

FORMATS = ("periods", "slots", "overlapping_slots")
INTERVALS = (5, 10, 15, 20, 30, 60)
_WINDOWS = (12 * 60, 8 * 60, 60, 95, 4 * 60, 24 * 60, 2 * 24 * 60, 10 * 60, 20 * 60)


def _minutes(count: int) -> Document:
    return {"minutes": count}


def _duration(chance: Chance) -> Document:
    minutes = chance.choice((30, 60, 15, 1, 20, 45, 25, 5, 90, 240))
    return {"hours": minutes // 60, "minutes": minutes % 60} if minutes > 60 else _minutes(minutes)


def _buffer(chance: Chance) -> Document:
    buffer: Document = {}
    for side in chance.some(("before", "after")):
        gap = _minutes(chance.choice((15, 30, 0, 5, 7, 60, 90)))
        buffer[side] = {"minimum": gap} if chance.sometimes(4) else gap
    return buffer


def _period(chance: Chance, world: World) -> Document:
    """From an hour to two days, around the world's day; once in a while three weeks."""
    start = 5 * chance.randint(-6 * 12, 24 * 12)
    length = 21 * 24 * 60 if chance.sometimes(100) else chance.choice(_WINDOWS)
    return {
        "start": moment(world.day, start),
        "end": moment(world.day, start + length),
    }


def _window(chance: Chance, world: World) -> list[Document]:
    """One period or several: apart, touching or overlapping, in any order."""
    periods = [_period(chance, world)]
    for _ in range(chance.mostly(0, (1, 2))):
        period = _period(chance, world)
        if periods[-1]["end"] < period["end"] and chance.sometimes(2):
            period["start"] = periods[-1]["end"]
        periods.append(period)
    return chance.sample(periods, len(periods))


def _constraint(chance: Chance) -> Document:
    constraint: Document = {
        "period": chance.choice(("day", "week")),
        "limit": chance.choice((1, 2, 1, 3)),
    }
    if chance.sometimes(2):
        constraint["tzid"] = chance.choice(ZONES)
    if tags := chance.some(TAGS):
        constraint["tags"] = {"private": [{"value": tag} for tag in tags]}
    return constraint


def _member(chance: Chance, world: World, person: Person) -> Document:
    member: Document = {"sub": person.name}
    if chance.sometimes(4):
        member["calendar_ids"] = chance.some(person.calendars)
    if chance.sometimes(8):
        member["available_periods"] = [_period(chance, world) for _ in range(chance.randint(1, 3))]
    if (person.rules or person.periods) and chance.sometimes(3):
        member["managed_availability"] = True
        if chance.sometimes(3):
            known = [rule.rule_id for rule in person.rules]
            member["availability_rule_ids"] = None if chance.sometimes(4) else chance.some(known)
    if chance.sometimes(5):
        member["buffer"] = _buffer(chance)
    if chance.sometimes(4):
        member["availability_constraints"] = [
            _constraint(chance) for _ in range(chance.randint(0, 2))
        ]
    if chance.sometimes(6):
        member["only_managed_events"] = not chance.sometimes(4)
    if chance.sometimes(4):
        member["ignore_tentative"] = not chance.sometimes(4)
    if chance.sometimes(4):
        member["ignored_extended_transparencies"] = chance.some(TRANSPARENCIES[2:])
    return member


def _participants(chance: Chance, world: World) -> list[Document]:
    """Some of the people, now and then one of them once more; in one to three groups."""
    people = chance.sample(world.people, len(world.people))[
        : chance.choice((1, 2, 3, 1, 2, 3, 4, 5))
    ]
    if chance.sometimes(10):
        people.append(people[0])
    members = [_member(chance, world, person) for person in people]
    groups: list[Document] = []
    while members:
        size = len(members) if len(groups) == 2 else chance.randint(1, len(members))
        group: Document = {"members": members[:size]}
        if chance.sometimes(2):
            group["required"] = chance.choice((1, "all", "1", min(2, size), size))
        groups.append(group)
        members = members[size:]
    return groups


def random_query(chance: Chance, world: World) -> Document:
    query: Document = {
        "participants": _participants(chance, world),
        "required_duration": _duration(chance),
    }
    if chance.sometimes(8):
        steps = {chance.randint(0, 36 * 12) for _ in range(chance.randint(1, 12))}
        slots = [{"start": moment(world.day, 5 * step)} for step in sorted(steps)]
        query["query_slots"] = slots[::-1] if chance.sometimes(2) else slots
    else:
        name = "available_periods" if chance.sometimes(8) else "query_periods"
        query[name] = _window(chance, world)
    if not chance.sometimes(5):
        query["response_format"] = chance.choice(FORMATS)
    if chance.sometimes(2):
        query["start_interval"] = _minutes(chance.choice(INTERVALS))
    if chance.sometimes(2):
        query["buffer"] = _buffer(chance)
    if chance.sometimes(5):
        query["max_results"] = chance.choice((1, 2, 3, 10, 511, 512))
    if chance.sometimes(4):
        query["include_member_statuses"] = not chance.sometimes(4)
    if chance.sometimes(5):
        query["ignored_extended_transparencies"] = chance.some(TRANSPARENCIES[2:])
    if chance.sometimes(3):
        query["excluded_events"] = chance.some(_identities(world))
    return query


def _identities(world: World) -> list[Document]:
    """Of the application's events, which may share an id, and of three of people's own."""
    events = [event for person in world.people for event in person.events if event.days == 1]
    written = sorted({event.name for event in events if event.written})
    own = [event.name for event in events if event.writer is None and not event.deleted]
    return [{"event_id": name} for name in written] + [{"event_uid": name} for name in own[:3]]


def _step(chance: Chance, world: World, sequence_id: str) -> Document:
    step: Document = {
        "sequence_id": sequence_id,
        "participants": _participants(chance, world)[: chance.choice((1, 1, 2))],
        "required_duration": _minutes(chance.choice((30, 20, 15, 5, 45, 60, 7))),
    }
    if not chance.sometimes(3):
        step["ordinal"] = chance.choice((1, 2, 2, -3))
    if not chance.sometimes(3):
        step["start_interval"] = _minutes(chance.choice(INTERVALS))
    if chance.sometimes(2):
        step["buffer"] = _bounds(chance)
    if chance.sometimes(6):
        step["query_periods"] = _window(chance, world)
    return step


def _bounds(chance: Chance) -> Document:
    """A buffer of which any side may have a maximum too."""
    buffer = _buffer(chance)
    for side in chance.some(("before", "after")):
        least = chance.choice((0, 0, 5, 7, 15))
        most = least + chance.choice((0, 3, 10, 20, 60))
        bounds = {"minimum": _minutes(least), "maximum": _minutes(most)}
        buffer[side] = {"maximum": bounds["maximum"]} if chance.sometimes(4) else bounds
    return buffer


def random_sequence(chance: Chance, world: World) -> Document:
    """Up to three items, within some hours: every choice is tried in the tests."""
    steps = [_step(chance, world, name) for name in "abc"[: chance.choice((2, 3, 2, 1))]]
    periods = []
    for _ in range(chance.mostly(1, (2, 3))):
        start = 5 * chance.randint(6 * 12, 20 * 12) + chance.mostly(0, (1, 7))
        length = chance.choice((240, 120, 90, 185))
        periods.append(
            {"start": moment(world.day, start), "end": moment(world.day, start + length)}
        )
    query: Document = {"sequence": steps, "query_periods": periods}
    if chance.sometimes(5):
        query["max_results"] = chance.choice((1, 2, 10))
    if chance.sometimes(5):
        query["ignored_extended_transparencies"] = chance.some(TRANSPARENCIES[2:])
    return query

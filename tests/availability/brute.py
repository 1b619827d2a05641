"""Availability worked out minute by minute: slow, and plain enough to be believed.

:func:`answer` follows scheduling §1.6 step by step over sets of minutes. A set is an integer: bit
n stands for the minute n after the first one that the query asks about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, combinations
from typing import Any

from tests.availability.model import (
    DAY,
    Event,
    Span,
    World,
    clocks_show,
    minute,
    seen_in,
    text_of,
)

Document = dict[str, Any]


class Minutes:
    """From ``first`` until ``last``; sets of these minutes as integers."""

    def __init__(self, spans: list[Span]) -> None:
        self.first = min(start for start, _ in spans)
        self.last = max(end for _, end in spans)

    @property
    def everything(self) -> int:
        return (1 << (self.last - self.first)) - 1

    def among(self, spans: Iterable[Span]) -> int:
        """Those that lie in any of ``spans``."""
        found = 0
        for start, end in spans:
            start, end = max(start, self.first), min(end, self.last)
            if start < end:
                found |= ((1 << (end - start)) - 1) << (start - self.first)
        return found

    def runs(self, minutes: int) -> list[Span]:
        """The longest stretches without a gap."""
        row = format(minutes, "b")[::-1]
        return [
            (self.first + run.start(), self.first + run.end()) for run in re.finditer("1+", row)
        ]

    def starts(self, minutes: int, length: int) -> int:
        """Those at which ``length`` minutes in a row begin."""
        found = minutes
        for number in range(1, length):
            found &= minutes >> number
        return found

    def has(self, minutes: int, at: int) -> bool:
        return bool(minutes >> (at - self.first) & 1)


# Start and end of an item, and the members that are free throughout, by their number.
Item = tuple[int, int, tuple[int, ...]]


class Crowd:
    """Everybody that a query names, with the minutes at which each is free."""

    def __init__(self, minutes: Minutes, groups: list[Document], free: list[int]) -> None:
        self.minutes = minutes
        self.free = free
        self.required = [group.get("required", "all") for group in groups]
        everybody = iter(range(len(free)))
        self.groups = [{next(everybody) for _ in group["members"]} for group in groups]

    def suffice(self, members: Iterable[int]) -> bool:
        """Whether enough of every group are among ``members``."""
        return all(
            len(group & set(members)) >= (len(group) if required == "all" else int(required))
            for group, required in zip(self.groups, self.required, strict=True)
        )

    def items(self, starts: Iterable[int], length: int) -> Iterator[Item]:
        """What begins at ``starts``, where enough are free for so long."""
        ready = [self.minutes.starts(free, length) for free in self.free]
        for start in starts:
            present = tuple(n for n, at in enumerate(ready) if self.minutes.has(at, start))
            if present and self.suffice(present):
                yield start, start + length, present

    def slots(self, starts: Iterable[int], length: int) -> Iterator[Item]:
        """The earliest of the items, the earliest that begins no sooner than its end, …"""
        last = self.minutes.first
        for item in self.items(starts, length):
            if item[0] >= last:
                yield item
                last = item[1]

    def periods(self, interval: int, length: int) -> list[Item]:
        """For each sufficient choice of members, when all of them are free long enough.

        What each of them is free for begins on the grid.
        """
        free = [self._from_grid(minutes, interval) for minutes in self.free]
        found = set()
        for chosen in _subsets(len(free)):
            if self.suffice(chosen):
                together = self.minutes.everything
                for member in chosen:
                    together &= free[member]
                for start, end in self.minutes.runs(together):
                    if end - start >= length:
                        whole = self.minutes.among([(start, end)])
                        present = (n for n, minutes in enumerate(free) if whole & ~minutes == 0)
                        found.add((start, end, tuple(present)))
        return sorted(found)

    def _from_grid(self, free: int, interval: int) -> int:
        runs = self.minutes.runs(free)
        return self.minutes.among((_rounded_up(start, interval), end) for start, end in runs)


def _subsets(count: int) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(range(count), size) for size in range(1, count + 1))


def _rounded_up(start: int, interval: int) -> int:
    return -(-start // interval) * interval


def answer(world: World, query: Document) -> Document:
    """What POST /v1/availability answers."""
    length = in_minutes(query["required_duration"])
    interval = in_minutes(query.get("start_interval"))
    response_format = query.get("response_format", "periods")
    asked = _asked(query, length)
    minutes = Minutes(asked)
    window = minutes.among(asked)
    members = [member for group in query["participants"] for member in group["members"]]
    free = [free_minutes(world, query, member, minutes, window) for member in members]
    crowd = Crowd(minutes, query["participants"], free)
    grid = range(_rounded_up(minutes.first, interval or 1), minutes.last, interval or 1)
    if query.get("query_slots"):
        items = list(crowd.items(sorted(start for start, _ in asked), length))
    elif response_format == "periods":
        items = crowd.periods(interval or 1, length)
    elif response_format == "overlapping_slots" and interval:
        items = list(crowd.items(grid, length))
    else:
        items = list(crowd.slots(grid, length))
    found = [
        (start, end, each_once(members[n]["sub"] for n in present)) for start, end, present in items
    ]
    name = "available_periods" if response_format == "periods" else "available_slots"
    document: Document = {
        name: [
            {
                "start": text_of(start),
                "end": text_of(end),
                "participants": [{"sub": sub} for sub in subs],
            }
            for start, end, subs in found[: query.get("max_results", 512)]
        ]
    }
    if query.get("include_member_statuses"):
        subs = each_once(member["sub"] for member in members)
        document["member_statuses"] = [{"sub": sub, "sync_status": "active"} for sub in subs]
    return document


def each_once(names: Iterable[str]) -> list[str]:
    """Each once, in the order of the request."""
    return list(dict.fromkeys(names))


def _asked(query: Document, length: int) -> list[Span]:
    """The periods that are searched, or the slots that are tried."""
    if query.get("query_slots"):
        starts = [minute(slot["start"]) for slot in query["query_slots"]]
        return [(start, start + length) for start in starts]
    return spans_of(query.get("query_periods") or query["available_periods"])


def spans_of(periods: list[Document]) -> list[Span]:
    return [(minute(period["start"]), minute(period["end"])) for period in periods]


def in_minutes(given: Document | None) -> int:
    return 60 * given.get("hours", 0) + given.get("minutes", 0) if given else 0


def least_gap(given: Document | None) -> int:
    """One side of a buffer, which may have its minimum spelled out."""
    return in_minutes(given.get("minimum", given)) if given else 0


def free_minutes(
    world: World, query: Document, member: Document, minutes: Minutes, window: int
) -> int:
    """The minutes at which a member is free (§1.6, steps 2 to 6)."""
    person = world.person(member["sub"])
    managed = bool(member.get("managed_availability"))
    wanted = member.get("availability_rule_ids")
    rules = [
        rule for rule in person.rules if managed and (wanted is None or rule.rule_id in wanted)
    ]

    free = window
    if "available_periods" in member:
        free &= minutes.among(spans_of(member["available_periods"]))
    if managed:
        # A day more on either side, for clocks anywhere.
        first = seen_in(minutes.first, "Etc/UTC").date() - DAY
        last = seen_in(minutes.last, "Etc/UTC").date() + DAY
        hours = [span for rule in rules for span in rule.spans(first, last)]
        periods = [(minute(start), minute(end)) for start, end in person.periods]
        free &= minutes.among(hours + periods)

    calendars = member.get("calendar_ids")
    if calendars is None and rules and all(rule.calendars for rule in rules):
        calendars = [name for rule in rules for name in rule.calendars or ()]
    excluded = query.get("excluded_events", ())
    events = [
        event
        for event in person.events
        if (calendars is None or event.calendar in calendars)
        and {"event_id" if event.written else "event_uid": event.name} not in excluded
        and not event.is_off
    ]

    buffer = member.get("buffer") or query.get("buffer") or {}
    before, after = least_gap(buffer.get("before")), least_gap(buffer.get("after"))
    for event in events:
        if _blocks(event, query, member):
            for start, end in event.spans(person.tzid):
                if start < end:
                    free &= ~minutes.among([(start - after, end + before)])
    for constraint in member.get("availability_constraints", ()):
        free &= ~minutes.among(_full(constraint, events, person.tzid))
    return free


def _blocks(event: Event, query: Document, member: Document) -> bool:
    """Whether an event that takes place is in the way (§1.8)."""
    ignored = {"transparent"}
    for asking in (query, member):
        for name in ("ignored_extended_transparencies", "ignored_extended_transparency"):
            ignored.update(asking.get(name, ()))
    if event.transparency in ignored:
        return False
    if member.get("ignore_tentative") and event.is_tentative:
        return False
    return event.written or not member.get("only_managed_events")


def _full(constraint: Document, events: list[Event], account_tzid: str) -> list[Span]:
    """The days or weeks that have as many of the application's events as may be (§1.9)."""
    tzid = constraint.get("tzid", account_tzid)
    length = 7 * DAY if constraint["period"] == "week" else DAY
    tags = {tag["value"] for tag in constraint.get("tags", {}).get("private", ())}
    buckets: Counter[date] = Counter()
    for event in events:
        if event.written and tags <= set(event.tags):
            if event.all_day:
                day = date.fromisoformat(event.start)
            else:
                day = seen_in(minute(event.start), tzid).date()
            monday = day - day.weekday() * DAY
            buckets[monday if constraint["period"] == "week" else day] += 1
    return [
        (clocks_show(day, 0, tzid), clocks_show(day + length, 0, tzid))
        for day, count in buckets.items()
        if count >= constraint["limit"]
    ]

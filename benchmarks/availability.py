"""When enough people can meet: the whole call, the engine's share, how both grow, and the same
query answered otherwise.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any
from unittest.mock import patch

from benchmarks import by_intervaltree, by_minutes
from benchmarks.office import (
    FIRST_HOUR,
    HOUR,
    MINUTE,
    MONDAY,
    MONTH,
    YEAR,
    Document,
    Office,
    day_and_night,
    open_office,
    query,
    working_hours,
)
from mock_server.rules import availability_queries
from mock_server.rules.availability.search import search

MEMBERS, EVENTS, DAYS = 50, 2000, 30
ROUNDS, CHANGES, SLOW_ROUNDS = 100, 50, 3

Question = tuple[Office, Document]


def report() -> None:
    asyncio.run(_report())


async def _report() -> None:
    print(
        f"POST /v1/availability, {MEMBERS} members with {EVENTS:,} events each, {DAYS} days, "
        f"30 minutes every 15 with buffers of 15, {ROUNDS} rounds by turns, in-process"
    )
    for name, days in (("a year", YEAR), ("the 30 days", MONTH)):
        office = await open_office(MEMBERS, EVENTS, days)
        print(f"  events within {name}")
        await _report_calls(office)
        if days is YEAR:
            await _report_others(office)
        await office.client.aclose()
    await _report_growth()


async def _report_calls(office: Office) -> None:
    hours = query(office.subs, MEMBERS // 2, working_hours(DAYS))
    gc.collect()
    first, _ = await office.ask(hours)
    changed = []
    for number in range(CHANGES):
        start = MONDAY + FIRST_HOUR * HOUR
        office.add(number % MEMBERS, (start, start + 15 * MINUTE))
        changed.append((await office.ask(hours))[0])
    for name, periods in _windows(DAYS).items():
        rows = {
            required: (office, query(office.subs, required, periods))
            for required in (MEMBERS // 2, "all")
        }
        for required, row in (await measured(rows, ROUNDS)).items():
            print(f"    {name:<14} {required!s:>3} required {row}")
    print(
        f"    first call after the start {first * 1000:.1f} ms, after a change of one event "
        f"{median(changed) * 1000:.1f} ms (working hours)"
    )


async def _report_others(office: Office) -> None:
    """The brute force and the library, beside the emulator's whole call."""
    for name, periods in _windows(DAYS).items():
        asked = query(office.subs, MEMBERS // 2, periods)
        taken: dict[str, list[float]] = {"emulator": [], "brute force": [], "intervaltree": []}
        for _ in range(SLOW_ROUNDS):
            calls = [await office.ask(asked) for _ in range(5)]
            taken["emulator"].append(median(seconds for seconds, _ in calls))
            for other, module in (("brute force", by_minutes), ("intervaltree", by_intervaltree)):
                started = time.perf_counter()
                answered = module.answer(asked, office.busy)
                taken[other].append(time.perf_counter() - started)
                assert answered == calls[0][1], f"{other} answers otherwise"
        whole = median(taken.pop("emulator"))
        ratios = ", ".join(f"{other} {median(t) / whole:.0f}" for other, t in taken.items())
        print(f"    {name:<14}  25 required, in times of the whole call: {ratios}")


async def _report_growth() -> None:
    office = await open_office(2 * MEMBERS, EVENTS, YEAR)
    emptier = await open_office(MEMBERS, EVENTS // 2, YEAR)
    fuller = await open_office(MEMBERS, 2 * EVENTS, YEAR)

    def asked(of: Office, members: int = MEMBERS, days: int = DAYS) -> Question:
        return of, query(of.subs[:members], members // 2, working_hours(days))

    def results(most: int) -> Question:
        return office, {**query(office.subs, MEMBERS, day_and_night(DAYS)), "max_results": most}

    doubled = {
        f"members, {MEMBERS // 2} to {MEMBERS}": (asked(office, MEMBERS // 2), asked(office)),
        f"members, {MEMBERS} to {2 * MEMBERS}": (asked(office), asked(office, 2 * MEMBERS)),
        f"events, {EVENTS // 2:,} to {EVENTS:,}": (asked(emptier), asked(office)),
        f"events, {EVENTS:,} to {2 * EVENTS:,}": (asked(office), asked(fuller)),
        f"days, {DAYS} to {2 * DAYS}": (asked(office), asked(office, days=2 * DAYS)),
        "results, 256 to 512": (results(256), results(512)),
    }
    rows = {
        (name, place): question
        for name, pair in doubled.items()
        for place, question in enumerate(pair)
    }
    found = await measured(rows, ROUNDS)
    print("  growth when one thing doubles (working hours, events within a year, half required)")
    for name in doubled:
        once, twice = found[name, 0], found[name, 1]
        print(
            f"    {name:<24} call {twice.p50 / once.p50:5.2f}   engine "
            f"{twice.engine / once.engine:5.2f}   returned {once.returned} and {twice.returned}"
        )
    print()
    for one in (office, emptier, fuller):
        await one.client.aclose()


def _windows(days: int) -> dict[str, list[Document]]:
    return {"day and night": day_and_night(days), "working hours": working_hours(days)}


class Row:
    """What many rounds of one query have taken, in seconds."""

    def __init__(self) -> None:
        self.calls: list[float] = []
        self.engines: list[float] = []
        self.returned = 0

    @property
    def p50(self) -> float:
        return median(self.calls)

    @property
    def engine(self) -> float:
        return median(self.engines)

    def __str__(self) -> str:
        p99 = quantiles(self.calls, n=100)[98]
        return (
            f"p50 {self.p50 * 1000:6.2f} ms   p99 {p99 * 1000:6.2f} ms   engine "
            f"{self.engine / self.p50:4.0%}   returned {self.returned:>3}"
        )


async def measured(questions: dict[Any, Question], rounds: int) -> dict[Any, Row]:
    """By turns, so that whatever else the machine does falls on all."""
    rows = {name: Row() for name in questions}
    for office, asked in questions.values():
        await office.ask(asked)
    gc.collect()
    with _engine() as engine:
        for _ in range(rounds):
            for name, (office, asked) in questions.items():
                engine.clear()
                taken, answer = await office.ask(asked)
                rows[name].calls.append(taken)
                rows[name].engines.append(sum(engine))
                rows[name].returned = len(answer["available_slots"])
    return rows


@contextmanager
def _engine() -> Iterator[list[float]]:
    """How many seconds each search takes from now on: a call may need more than one."""
    seconds: list[float] = []

    def timed(*about: Any) -> Any:
        started = time.perf_counter()
        found = search(*about)
        seconds.append(time.perf_counter() - started)
        return found

    with patch.object(availability_queries, "search", timed):
        yield seconds

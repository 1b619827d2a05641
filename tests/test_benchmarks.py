"""The benchmarks measure what they say, so that they are not found broken when needed."""

from __future__ import annotations

import asyncio

from benchmarks import by_intervaltree, by_minutes
from benchmarks.availability import measured
from benchmarks.notifications import RECEIVER, Queues
from benchmarks.notifications import measured as measured_deliveries
from benchmarks.office import MONTH, day_and_night, open_office, query, working_hours
from benchmarks.processes import EMULATOR, running
from benchmarks.reading import FOUND, prepared


def test_reading_finds_the_week() -> None:
    """A read that finds anything but the week's events raises."""

    async def run() -> float:
        client, read, _ = await prepared(2 * FOUND)
        taken = await read()
        await client.aclose()
        return taken

    assert asyncio.run(run()) > 0


def test_whoever_answers_says_the_same() -> None:
    """The emulator, the brute force and the library find the same times with the same people."""

    async def run() -> list[int]:
        office = await open_office(6, 100, MONTH)
        returned = []
        for periods in (day_and_night(40), working_hours(40)):
            for required in (3, "all"):
                asked = query(office.subs, required, periods)
                _, answer = await office.ask(asked)
                assert answer == by_minutes.answer(asked, office.busy)
                assert answer == by_intervaltree.answer(asked, office.busy)
                returned.append(len(answer["available_slots"]))
        await office.client.aclose()
        return returned

    assert all(asyncio.run(run()))


def test_the_share_of_the_engine_is_measured() -> None:
    """It is a part of the call."""

    async def run() -> None:
        office = await open_office(2, 10, MONTH)
        asked = query(office.subs, "all", working_hours(2))
        row = (await measured({"row": (office, asked)}, 3))["row"]
        await office.client.aclose()
        assert len(row.calls) == 3
        assert 0 < row.engine < row.p50
        assert row.returned > 0

    asyncio.run(run())


def test_notifications_arrive_though_the_receiver_fails() -> None:
    """Each of them, in order; whatever is lost, or overtakes another, raises."""

    async def run() -> None:
        with (
            running(EMULATOR, "/_mock/health") as (port, pid, _),
            running(RECEIVER, "/") as (receiver, _, _),
        ):
            async with Queues(port, receiver, 3) as queues:
                first, second = [await measured_deliveries(queues, pid, 15) for _ in range(2)]
        assert 15 <= first.attempts < 60
        assert 15 <= second.attempts < 60
        assert first.calls
        assert first.before <= first.most

    asyncio.run(run())

"""The benchmarks measure what they say, so that they are not found broken when needed."""

from __future__ import annotations

import asyncio

from benchmarks.reading import FOUND, prepared


def test_reading_finds_the_week() -> None:
    """A read that finds anything but the week's events raises."""

    async def run() -> float:
        client, read, _ = await prepared(2 * FOUND)
        taken = await read()
        await client.aclose()
        return taken

    assert asyncio.run(run()) > 0

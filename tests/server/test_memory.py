"""Sandboxes that have ended leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.processes import EMULATOR, resident_megabytes, running
from benchmarks.sandboxes import Emulator, use


class Watched(Emulator):
    """An emulator in a process of its own, whose memory is looked at from outside."""

    def __init__(self, port: int, pid: int) -> None:
        super().__init__(port)
        self._pid = pid

    @property
    def memory(self) -> float:
        return resident_megabytes(self._pid)


@pytest.fixture
def emulator() -> Iterator[Watched]:
    with running(EMULATOR, "/_mock/health") as (port, pid, _):
        watched = Watched(port, pid)
        yield watched
        watched.close()


def test_a_thousand_sandboxes_one_after_another_leave_memory_where_it_was(
    emulator: Watched,
) -> None:
    """Created, used and deleted: within a tenth (it is nothing at all when measured)."""
    use(emulator, 10)
    before = emulator.memory
    for _ in range(1000):
        use(emulator, 1)
    assert emulator.memory < before * 1.1


def test_a_thousand_more_that_live_together_find_the_room_of_those_that_ended(
    emulator: Watched,
) -> None:
    use(emulator, 1000)
    before = emulator.memory
    use(emulator, 1000)
    assert emulator.memory < before * 1.1
    assert len(emulator.ask("GET", "/_mock/sandboxes")["sandboxes"]) == 1

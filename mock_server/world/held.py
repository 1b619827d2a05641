"""Calls that a fault holds: they wait until a test lets them go."""

from __future__ import annotations

from collections.abc import Callable

# Calls that wait in one sandbox at a time.
MOST_HELD = 1000

# Lets a call go: on its way, or to its end where that way has ended.
Go = Callable[[bool], None]


class Held:
    """Those of one sandbox, by the id of the fault, oldest first. No part of its state."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[str, dict[Go, None]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def count(self, fault_id: str) -> int:
        return len(self._waiting.get(fault_id, ()))

    def add(self, fault_id: str, go: Go) -> None:
        """``go`` is called once."""
        self._waiting.setdefault(fault_id, {})[go] = None

    def forget(self, fault_id: str, go: Go) -> None:
        """Whoever waited does so no longer."""
        waiting = self._waiting.get(fault_id, {})
        waiting.pop(go, None)
        if not waiting:
            self._waiting.pop(fault_id, None)

    def release(self, fault_id: str, count: int | None = None) -> int:
        """Let all that ``fault_id`` holds go on, or the ``count`` oldest; how many they were."""
        released = list(self._waiting.get(fault_id, ()))[:count]
        for go in released:
            self.forget(fault_id, go)
            go(True)
        return len(released)

    def end(self) -> None:
        """The world in which all of them waited is no more."""
        for fault_id, waiting in list(self._waiting.items()):
            for go in list(waiting):
                self.forget(fault_id, go)
                go(False)

"""What falls due, by its moment."""

from __future__ import annotations

import heapq


class Agenda:
    """A heap of keys by the moment they are due; each key is in it once.

    Of one moment, they come in the order in which they became known.
    """

    __slots__ = ("_due", "_heap", "_latest", "_numbers")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, str]] = []
        self._due: dict[str, int] = {}
        self._numbers: dict[str, int] = {}
        self._latest = 0

    def know(self, key: str) -> int:
        """The number of ``key``, which it keeps until it is forgotten."""
        number = self._numbers.get(key)
        if number is None:
            self._latest += 1
            number = self._numbers[key] = self._latest
        return number

    def forget(self, key: str) -> None:
        self._due.pop(key, None)
        self._numbers.pop(key, None)

    def put(self, key: str, due_at: int) -> None:
        """Let ``key`` be due at ``due_at``, whenever it was due before."""
        if self._due.get(key) != due_at:
            self._due[key] = due_at
            heapq.heappush(self._heap, (due_at, self.know(key), key))
            if len(self._heap) > 2 * len(self._due) + 64:
                self._heap = [entry for entry in set(self._heap) if self._holds(entry)]
                heapq.heapify(self._heap)

    def first(self) -> int | None:
        """When something is due next; None if nothing is."""
        while self._heap:
            if self._holds(self._heap[0]):
                return self._heap[0][0]
            heapq.heappop(self._heap)
        return None

    def take(self, now: int) -> str | None:
        """The next that is due by ``now``, and from then on is not; its number stays."""
        due_at = self.first()
        if due_at is None or due_at > now:
            return None
        _, _, key = heapq.heappop(self._heap)
        del self._due[key]
        return key

    def _holds(self, entry: tuple[int, int, str]) -> bool:
        due_at, number, key = entry
        return self._due.get(key) == due_at and self._numbers.get(key) == number

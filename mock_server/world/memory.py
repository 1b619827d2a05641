"""What a sandbox remembers of calls, so that a mistake is found that takes several of them.

It is no part of the state: a call that is undone stays remembered. Whoever puts a state back, or
resets the sandbox, begins without any: what was refused in another course of events is no mistake
in this one.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

from mock_server.world.records import Record

V = TypeVar("V")

# Of each kind of memory.
_MOST_REMEMBERED = 1000


class Refusals(Record, frozen=True):
    """How often a token was refused since the time ``first``, while the newest token of its
    authorization was ``newest``.
    """

    newest: str
    first: int
    count: int


class Remembered(Generic[V]):
    """The latest values by key, of bounded number."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: dict[Hashable, V] = {}

    def get(self, key: Hashable) -> V | None:
        return self._values.get(key)

    def put(self, key: Hashable, value: V) -> None:
        self._values.pop(key, None)
        self._values[key] = value
        if len(self._values) > _MOST_REMEMBERED:
            del self._values[next(iter(self._values))]


class Memory:
    """``refused`` is, for a token, how it was refused; ``early`` how many refreshes in a row an
    authorization did not need; ``told_to_wait`` until when a call was told to wait.
    """

    __slots__ = ("early", "refused", "told_to_wait")

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.refused: Remembered[Refusals] = Remembered()
        self.early: Remembered[int] = Remembered()
        self.told_to_wait: Remembered[int] = Remembered()

"""What is left to chance: the same every time, for each seed."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance(Random):
    def sometimes(self, one_in: int) -> bool:
        return self.randrange(one_in) == 0

    def mostly(self, usual: T, others: Sequence[T]) -> T:
        """Two times in three the usual value."""
        return self.choice(others) if self.sometimes(3) else usual

    def some(self, values: Sequence[T]) -> list[T]:
        """Any selection."""
        return [value for value in values if self.sometimes(2)]

"""The base of every record: immutable, compared by value, cheap to make and to keep.

msgspec's structs behave as frozen, slotted dataclasses do, but making such a class takes
25 µs instead of more than a millisecond, which start-up feels.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

__all__ = ["Record", "replace"]


class Record(msgspec.Struct, frozen=True, gc=False):
    """Fields as annotated; ``replace(record, field=value)`` makes the changed copy.

    Not tracked by the garbage collector: records hold plain values and never each other.
    """

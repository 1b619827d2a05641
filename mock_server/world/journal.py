"""The journal: what was asked of a sandbox lately, in a bounded ring."""

from __future__ import annotations

import msgspec

JOURNAL_SIZE = 1000

# Characters kept of any one text: a ring of a thousand long ones would not be small.
_MOST = 1000


class Entry(msgspec.Struct, gc=False):
    """One request: ``at`` in seconds since the epoch, ``duration`` in microseconds.

    Queries and bodies are not kept, and long texts only in part.
    """

    at: int
    method: str
    path: str
    status: int
    duration: int
    client_id: str | None
    sub: str | None
    hint: str | None
    warnings: tuple[str, ...]

    def __post_init__(self) -> None:
        self.path = self.path[:_MOST]
        if self.hint:
            self.hint = self.hint[:_MOST]
        if self.warnings:
            self.warnings = tuple(warning[:_MOST] for warning in self.warnings)

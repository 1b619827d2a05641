"""The journal: what was asked of a sandbox lately, in a bounded ring."""

from __future__ import annotations

import msgspec

JOURNAL_SIZE = 1000


class Entry(msgspec.Struct, gc=False):
    """One request: ``at`` in seconds since the epoch, ``duration`` in microseconds.

    ``query`` is kept without its values' secrets; bodies are not kept.
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

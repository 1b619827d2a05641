"""What will happen by itself when the sandbox's clock gets there."""

from __future__ import annotations

from mock_server.world.records import Record


class Timer(Record, frozen=True):
    """``kind`` names the rule that is carried out at ``due_at`` (rules/due.py).

    ``subject`` is the key of what it is about, as text for one part or several.
    """

    timer_id: str
    due_at: int
    kind: str
    subject: tuple[str, ...]

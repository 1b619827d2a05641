"""Faults: what a test has asked to go wrong with the calls of its application."""

from __future__ import annotations

from typing import Literal

from mock_server.world.records import Record
from mock_server.world.windows import ALWAYS, Window


class Match(Record, frozen=True):
    """Which calls: every one of those that fit all that is given.

    ``path`` is a pattern; ``credential`` a client_id, a sub, or whatever authenticates a call;
    ``provider`` that of a profile of the account for which is called; ``data_center`` that of
    the application.
    """

    methods: tuple[str, ...] = ()
    path: str | None = None
    credential: str | None = None
    provider: str | None = None
    data_center: str | None = None


class Response(Record, frozen=True):
    """What a call that is hit meets with. Without ``status``, ``error`` and ``reset`` it is
    carried out, sooner or later.

    ``delay`` and ``slow_body`` are real milliseconds; ``body`` is the text that is sent,
    ``is_json`` whether it was given as JSON.
    """

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    is_json: bool = False
    error: str | None = None
    delay: int = 0
    slow_body: int = 0
    malformed_json: bool = False
    reset: bool = False
    lost: bool = False
    hold: Literal["answer", "request"] | None = None

    @property
    def is_work_done(self) -> bool:
        """Whether the call is carried out."""
        return self.status is None and self.error is None and not self.reset


class Fault(Record, frozen=True):
    """A fault lets the first ``after`` calls through and hits ``times`` more, each with the
    ``probability``, while the ``window`` is open; None is for ever.

    ``fault_id`` is unique on the server. ``matched`` calls have been looked at, ``hits`` of them
    have met it.
    """

    fault_id: str
    match: Match
    response: Response
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    window: Window = ALWAYS
    matched: int = 0
    hits: int = 0

    @property
    def is_used_up(self) -> bool:
        return self.times is not None and self.hits >= self.times

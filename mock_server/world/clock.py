"""A sandbox's clock: the only place that reads the machine's time."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta


class Clock:
    """Seconds since the Unix epoch, in one of two modes.

    *real* runs with the machine, shifted by ``offset`` seconds; *virtual* stands still
    at a start and moves only by request.
    """

    __slots__ = ("_at", "_offset")

    def __init__(self, start: int | None = None) -> None:
        self._at = start
        self._offset = 0

    @property
    def mode(self) -> str:
        return "real" if self._at is None else "virtual"

    def now(self) -> int:
        """Whole seconds since the epoch, UTC."""
        if self._at is None:
            return int(time.time()) + self._offset
        return self._at

    def freeze(self, at: int) -> None:
        """Stand still at ``at`` from now on."""
        self._at, self._offset = at, 0

    def run(self) -> None:
        """Run with the machine's time, unshifted."""
        self._at, self._offset = None, 0

    def move(self, seconds: int) -> None:
        """Move forward by ``seconds``; a real clock keeps running from there."""
        if self._at is None:
            self._offset += seconds
        else:
            self._at += seconds

    def state(self) -> tuple[int | None, int]:
        """What :meth:`restore` takes to bring this moment's mode and position back."""
        return self._at, self._offset

    def restore(self, state: tuple[int | None, int]) -> None:
        self._at, self._offset = state


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_UNZONED = datetime(1970, 1, 1)

# The range that every reader of a clock's times can hold: years 1970 to 9999.
EARLIEST = 0
LATEST = 253_402_300_799

_FIRST = -62_135_596_800


def as_text(seconds: int) -> str:
    """``2026-05-11T08:00:00Z``: whole seconds and Z, the form that every SDK parses.

    What lies outside the years 1 to 9999 is shown as their first or last second.
    """
    moment = _EPOCH_UNZONED + timedelta(seconds=min(max(seconds, _FIRST), LATEST))
    return f"{moment.isoformat()}Z"


_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_dated(text: str) -> bool:
    """Whether ``text`` has the form of a date, ``2026-05-11``, the only one that counts."""
    return _DATE.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether ``text`` is a day of the calendar, in that form."""
    try:
        return is_dated(text) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def from_datetime(moment: datetime) -> int:
    """Seconds since the epoch of ``moment``; one without a zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())

"""The time zones of the tz database, the same on every machine."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import tzdata  # type: ignore[import-untyped]

from mock_server.world.clock import EPOCH


@cache
def names() -> frozenset[str]:
    """Every name that the database has, old ones and aliases included.

    Read from the list that tzdata keeps; zoneinfo would search a folder for them.
    """
    listed = Path(tzdata.__file__).with_name("zones")
    return frozenset(listed.read_text("ascii").split())


def local(seconds: int, tzid: str) -> datetime:
    """The moment ``seconds`` after the epoch, as clocks in ``tzid`` show it."""
    return (EPOCH + timedelta(seconds=seconds)).astimezone(ZoneInfo(tzid))


def instant(wall: datetime, tzid: str) -> int:
    """When clocks in ``tzid`` show ``wall``, which has no zone of its own.

    Where they show it twice, the first time; where never, as if they had not been moved.
    """
    return int((wall.replace(tzinfo=ZoneInfo(tzid)) - EPOCH).total_seconds())


def wall_clock(seconds: int, tzid: str) -> int:
    """What clocks in ``tzid`` show then, as seconds since the epoch of a clock in UTC."""
    offset = local(seconds, tzid).utcoffset()
    return seconds + (int(offset.total_seconds()) if offset else 0)


def local_text(seconds: int, tzid: str) -> str:
    """``2027-03-04T10:30:00+01:00``: with the offset of ``tzid``, to the minute.

    Around 1900 offsets had seconds, for which ISO 8601 has no form.
    """
    offset = wall_clock(seconds, tzid) - seconds
    moment = EPOCH + timedelta(seconds=seconds)
    return moment.astimezone(timezone(timedelta(minutes=offset // 60))).isoformat()


# Who is asked about together is often asked about the same days.
@lru_cache(maxsize=4096)
def of_wall_clock(seconds: int, tzid: str) -> int:
    """When clocks in ``tzid`` show what clocks in UTC do ``seconds`` after the epoch: of the
    times of an all-day event, when its days begin there.
    """
    return instant(EPOCH.replace(tzinfo=None) + timedelta(seconds=seconds), tzid)

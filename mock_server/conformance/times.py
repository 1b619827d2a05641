"""Times and dates as answers write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from mock_server.rules import time_zones
from mock_server.world.clock import EPOCH

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def is_time(text: str) -> bool:
    """``2026-05-12T09:00:00Z``: whole seconds and Z, which is all that some SDKs parse."""
    return _TIME.fullmatch(text) is not None


def is_date(text: str) -> bool:
    return _DATE.fullmatch(text) is not None


def instant(text: str) -> int:
    """Seconds since the epoch; of a date, when it begins in UTC. Before the year 1, its first."""
    if text.startswith("0000"):
        text = f"0001-01-01{text[10:]}"
    if is_date(text):
        moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
    else:
        moment = datetime.fromisoformat(text)
    return (moment - EPOCH) // timedelta(seconds=1)


def localized_misfit(value: Any, plain: str) -> str | None:
    """What ``value``, an object of time and tzid, should be where ``plain`` is its time in UTC."""
    if not isinstance(value, dict):
        return "an object with time and tzid"
    text, tzid = value["time"], value["tzid"]
    if tzid not in time_zones.names():
        return "a tzid of the tz database"
    if is_date(plain):
        return None if text == plain else f"the date {plain}"
    if not _LOCAL.fullmatch(text):
        return "a time with whole seconds and the offset of its tzid"
    if instant(text) != instant(plain):
        return f"the moment {plain}"
    there = time_zones.local(instant(plain), tzid)
    right = datetime.fromisoformat(text).utcoffset() == there.utcoffset()
    return None if right else f"the offset that {tzid} has then"

"""Patterns of paths and statuses, in which faults, the journal and the timeline name requests."""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 4096


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    runs: list[str] = [""]
    for segment in pattern.strip("/").split("/"):
        if segment == "**":
            runs.append("")
        else:
            runs[-1] += "/" + _segment(segment)
    # The first place that fits is as good as any later one, so none but the last is tried twice:
    # no pattern takes long.
    first, *others = runs
    for index, run in enumerate(others, 1):
        if index == len(others):
            first += f"(?:/[^/]*)*{run}"
        elif run:
            first += f"(?>(?:/[^/]*)*?{run}(?![^/]))"
    return re.compile(first + "/?", re.DOTALL)


def _segment(segment: str) -> str:
    if segment.startswith("{") and segment.endswith("}"):
        return "[^/]+"
    first, *others = map(re.escape, segment.split("*"))
    for index, part in enumerate(others, 1):
        if index == len(others):
            first += f"[^/]*{part}"
        elif part:
            first += f"(?>[^/]*?{part})"
    return first


def matches(pattern: str, path: str) -> bool:
    """Whether ``path`` is what ``pattern`` says, all of it.

    ``*`` stands for anything within one segment, ``**`` for any number of segments, and
    ``{calendar_id}`` for one segment, so that an endpoint's path is a pattern of its calls.
    What is longer than any path of Cronofy's matches nothing.
    """
    return len(path) <= _LONGEST and _compiled(pattern).fullmatch(path) is not None


def is_status(wanted: str, status: int) -> bool:
    """Whether ``status`` is the one that is ``wanted``, or of that class, such as ``4xx``."""
    return wanted in (str(status), f"{status // 100}xx")

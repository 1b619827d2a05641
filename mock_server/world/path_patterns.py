"""Patterns of paths, in which faults, journal queries and the timeline name requests."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> re.Pattern[str]:
    segments = []
    for segment in pattern.strip("/").split("/"):
        if segment == "**":
            segments.append("(?:/[^/]*)*")
        elif segment.startswith("{") and segment.endswith("}"):
            segments.append("/[^/]+")
        else:
            segments.append("/" + re.escape(segment).replace(r"\*", "[^/]*"))
    return re.compile("".join(segments) + "/?", re.DOTALL)


def matches(pattern: str, path: str) -> bool:
    """Whether ``path`` is what ``pattern`` says, all of it.

    ``*`` stands for anything within one segment, ``**`` for any number of segments, and
    ``{calendar_id}`` for one segment, so that an endpoint's path is a pattern of its calls.
    """
    return _compiled(pattern).fullmatch(path) is not None

"""How requests are named: by faults, by the timeline, and by questions to the journal."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, PlainValidator

from mock_server.scenarios.problems import one_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

LONGEST_PATH = 1000
_STATUS = re.compile(r"[1-5]([0-9]{2}|xx)")


def method(value: str) -> str:
    """In upper case. Raises ValueError."""
    if value.upper() not in METHODS:
        raise ValueError(one_of(value.upper(), METHODS))
    return value.upper()


def _recorded_method(value: str) -> str:
    """Mails stand in the journal, too."""
    return "SMTP" if value.upper() == "SMTP" else method(value)


def path_pattern(value: str) -> str:
    """As world/path_patterns.py reads it. Raises ValueError."""
    if not value.startswith(("/", "**")) or "?" in value or "#" in value:
        raise ValueError("a path without its query, or a pattern, such as /v1/events or /v1/**")
    if value.startswith("/_mock"):
        raise ValueError("a path of Cronofy's API, or of a page: the control API is neither")
    return value


def _recorded_path(value: str) -> str:
    """What came by mail has a UID in place of a path."""
    return path_pattern(value) if value.startswith("/") else value


def _status(value: object) -> str:
    text = str(value).lower() if isinstance(value, str | int) else ""
    if not _STATUS.fullmatch(text):
        raise ValueError("a status, such as 200, or a class of them, such as 4xx")
    return text


_Path = Annotated[str, Field(min_length=1, max_length=LONGEST_PATH)]

Method = Annotated[str, AfterValidator(method)]
PathPattern = Annotated[_Path, AfterValidator(path_pattern)]
RecordedMethod = Annotated[str, AfterValidator(_recorded_method)]
RecordedPath = Annotated[_Path, AfterValidator(_recorded_path)]
Status = Annotated[str, PlainValidator(_status)]

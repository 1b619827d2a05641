"""What a test says to the emulator: the words that there are, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypedDict

Document = dict[str, Any]

Time = datetime | str
Day = date | datetime | str

Conditions = str | list[str] | Mapping[str, Any]

AccessMode = Literal["read_write", "free_busy", "no_calendar"]
Reply = Literal["accepted", "tentative", "declined"]
Error = Literal[
    "rate_limited",
    "unauthorized",
    "payment_required",
    "forbidden",
    "not_found",
    "unprocessable",
    "locked",
    "invalid_grant",
    "invalid_client",
    "internal_error",
    "bad_gateway",
    "unavailable",
    "gateway_timeout",
]
Level = Literal["note", "warning", "error"]
Page = Literal["authorize", "enterprise", "permissions", "conferencing"]
Decision = Literal["allow", "deny"]


class Filters(TypedDict, total=False):
    """Which requests of the journal are meant: all of what is said.

    ``status`` is ``200`` or ``"4xx"``; ``credential`` a client_id, a sub, or a token; ``since``
    the number of a request. ``body`` and ``response`` are JSONPaths that find something
    (``$.summary``), or find a value (``$.summary==Interview``); ``query`` the same with names of
    parameters. The three may be lists, or mappings of paths or names to values.
    """

    method: str
    status: int | str
    operation: str
    credential: str
    client_id: str
    sub: str
    fault_id: str
    outage_id: str
    since: int
    query: Conditions
    body: Conditions
    response: Conditions


class Meeting(TypedDict, total=False):
    """Which calls a fault meets, besides their path.

    ``method`` is one or several; ``credential`` a client_id, a sub, or a token; ``after`` lets so
    many calls through; ``probability`` is up to 1; ``window`` has ``from`` and ``until``, by the
    sandbox's clock.
    """

    method: str | list[str]
    credential: str
    provider: str
    data_center: str
    after: int
    times: int | None
    probability: float
    window: Mapping[str, Any]


class Respond(TypedDict, total=False):
    """What becomes of a call that meets a fault: one of these, and perhaps a ``delay``.

    ``status`` with ``headers`` and ``body``; ``error``, Cronofy's own refusal of that name;
    ``slow_body``, the real answer's bytes over so long; ``malformed_json``, the real answer cut
    off; ``reset``, nothing is done; ``lost``, it is done but not answered; ``hold``, the answer
    or the whole request waits until it is released. Times are real.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    error: Error
    delay: timedelta | Mapping[str, float]
    slow_body: timedelta | Mapping[str, float]
    malformed_json: bool
    reset: bool
    lost: bool
    hold: Literal["answer", "request"]


class Terms(Meeting, Respond, total=False):
    """What a fault is."""


def given(**members: Any) -> Document:
    """The members that were given, as JSON has them."""
    return {name: plain(value) for name, value in members.items() if value is not None}


def plain(value: Any) -> Any:
    """``value`` for JSON: times in ISO 8601, durations as ``{"seconds": …}``."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.isoformat()
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return {"seconds": int(seconds) if seconds.is_integer() else seconds}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value

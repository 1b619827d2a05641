"""The forms that an event's times, and a query's, are given in (events §§0.1, 2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from mock_server.api import shapes_events
from mock_server.api.parsing import FieldError
from mock_server.errors import Unprocessable
from mock_server.rules import time_zones
from mock_server.world.clock import EPOCH, as_text, is_dated
from mock_server.world.events import UTC as UTC_ZONE
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)


class Given(Record, frozen=True):
    """A date, or a time: ``moment`` without a zone where the text has none.

    ``tzid`` is the one given with it, if any.
    """

    moment: datetime
    all_day: bool
    tzid: str | None = None

    def seconds(self, tzid: str) -> int:
        """Since the epoch; a time without offset is what clocks in ``tzid`` show."""
        if self.all_day:
            return int((self.moment.replace(tzinfo=UTC) - EPOCH).total_seconds())
        if self.moment.tzinfo is None:
            return time_zones.instant(self.moment, tzid)
        return int((self.moment - EPOCH).total_seconds())


def parse(text: object) -> Given:
    """A ``Time`` or ``Date`` as clients write them; raises FieldError."""
    if not isinstance(text, str):
        raise FieldError("errors.invalid", "must be a time or a date in ISO 8601")
    given = text.strip()
    try:
        if is_dated(given):
            day = date.fromisoformat(given)
            return Given(datetime(day.year, day.month, day.day), True)
        found = _TIME.fullmatch(given)
        if found is None:
            raise ValueError
        day_text, clock_text, fraction, zone = found.groups()
        if fraction and fraction.strip("0"):
            raise FieldError("errors.invalid", "must not have milliseconds")
        moment = datetime.fromisoformat(f"{day_text}T{clock_text}")
        if zone is None:
            return Given(moment, False)
        offset = "+00:00" if zone in {"Z", "UTC"} else zone
        return Given(datetime.fromisoformat(f"{moment.isoformat()}{offset}"), False)
    except FieldError:
        raise
    except ValueError:
        raise FieldError(
            "errors.invalid", "must be a time or a date in ISO 8601, such as 2027-03-04T09:30:00Z"
        ) from None


def zone(value: object) -> str:
    """A name of the tz database; raises FieldError."""
    if not isinstance(value, str) or value not in time_zones.names():
        raise FieldError("errors.tzid_unrecognized", "TZID not recognized")
    return value


def event_time(value: Any, zone: Callable[[object], str] = zone) -> Given:
    """A time, a date, or one of them in an object with its ``tzid``; raises FieldError."""
    if not isinstance(value, dict):
        return parse(value)
    if value.get("time") in (None, ""):
        raise FieldError("errors.required", "required", "time")
    try:
        given = parse(value["time"])
    except FieldError as error:
        raise FieldError(error.key, error.description, "time") from None
    tzid = value.get("tzid")
    if tzid in (None, ""):
        return given
    try:
        return Given(given.moment, given.all_day, zone(tzid))
    except FieldError as error:
        raise FieldError(error.key, error.description, "tzid") from None


def check_years(sandbox: Sandbox, **times: Given | None) -> None:
    """Raise Unprocessable for ``times`` beyond the years that the sandbox allows."""
    first, last = sandbox.switches.first_event_year, sandbox.switches.last_event_year
    wrong = [
        name for name, given in times.items() if given and not first <= given.moment.year <= last
    ]
    if wrong:
        description = f"must be between the years {first} and {last}"
        raise Unprocessable(
            {name: [("errors.invalid", description)] for name in wrong},
            f"{' and '.join(wrong)} {description} (the scenario's switches first_event_year and "
            "last_event_year)",
        )


_TEXT: dict[str, Any] = {"type": "string", "description": "ISO 8601 time or date"}

Zone = Annotated[str, PlainValidator(zone), WithJsonSchema({"type": "string"})]
QueryTime = Annotated[Given, PlainValidator(parse), WithJsonSchema(_TEXT)]
TIME_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            _TEXT,
            {
                "type": "object",
                "required": ["time"],
                "properties": {"time": _TEXT, "tzid": {"type": ["string", "null"]}},
            },
        ]
    }
)
EventTime = Annotated[Given, PlainValidator(event_time), TIME_SCHEMA]


def plain_time(seconds: int, *, all_day: bool) -> str:
    """``2027-03-04T09:30:00Z``, or of an all-day event ``2027-03-04``."""
    return as_text(seconds)[:10] if all_day else as_text(seconds)


def time_document(seconds: int, tzid: str, *, all_day: bool, localized: bool) -> shapes_events.Time:
    """A start or end as reads answer it (events §4.2)."""
    if not localized:
        return plain_time(seconds, all_day=all_day)
    if all_day:
        return {"time": plain_time(seconds, all_day=True), "tzid": UTC_ZONE}
    return {"time": time_zones.local_text(seconds, tzid), "tzid": tzid}

"""Durations and times of scheduling calls, in the forms that clients write (scheduling §0)."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import PlainValidator, WithJsonSchema, model_validator

from mock_server.api.event_times import parse
from mock_server.api.fields import Part
from mock_server.api.parsing import FieldError
from mock_server.rules.availability.sequences import Gap
from mock_server.world.events import FIRST_YEAR, LAST_YEAR, UTC

MINUTE = 60
DAY = 86_400

# Minutes between starts (scheduling §1.2, from memory).
_INTERVALS = (5, 10, 15, 20, 30, 60)

_WHOLE = "must be a whole number, such as 30"


def whole(value: object) -> int:
    """A whole number from 0, or its digits as text, as forms send it; raises FieldError."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FieldError("errors.invalid", _WHOLE)
    return value


def seconds(value: object) -> int:
    """``{"hours": 1, "minutes": 30}``, either alone, in seconds, at most a day."""
    if value == []:  # PHP's empty object
        value = {}
    if not isinstance(value, dict):
        raise FieldError("errors.invalid", 'must be a duration, such as {"minutes": 30}')
    given = {name: value[name] for name in ("hours", "minutes") if value.get(name) is not None}
    if not given:
        raise FieldError("errors.required", "required")
    hours, minutes = (whole(given.get(name, 0)) for name in ("hours", "minutes"))
    if "hours" in given and minutes >= MINUTE:
        raise FieldError("errors.invalid", "must have fewer than 60 minutes beside its hours")
    found = (hours * 60 + minutes) * MINUTE
    if found > DAY:
        raise FieldError("errors.invalid", "must be at most 24 hours")
    return found


def length(value: object) -> int:
    """A duration of at least a minute."""
    found = seconds(value)
    if not found:
        raise FieldError("errors.invalid", "must be at least a minute")
    return found


def start_interval(value: object) -> int:
    """A duration by which the hours of clocks can be divided."""
    found = seconds(value)
    if found not in {minutes * MINUTE for minutes in _INTERVALS}:
        allowed = ", ".join(map(str, _INTERVALS))
        raise FieldError("errors.invalid", f"must be one of {allowed} minutes")
    return found


def instant(value: object) -> int:
    """A time in seconds since the epoch; one without an offset is in UTC (assumed)."""
    given = parse(value) if isinstance(value, str) else None
    if given is None or given.all_day:
        raise FieldError("errors.invalid", "must be a time, such as 2026-05-12T09:00:00Z")
    if not FIRST_YEAR <= given.moment.year <= LAST_YEAR:
        years = f"between the years {FIRST_YEAR} and {LAST_YEAR}"
        raise FieldError("errors.invalid", f"must be {years}")
    return given.seconds(UTC)


_WHOLE_NUMBER = {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}]}
_DURATION: dict[str, Any] = {
    "type": "object",
    "properties": {"hours": _WHOLE_NUMBER, "minutes": _WHOLE_NUMBER},
}

Length = Annotated[int, PlainValidator(length), WithJsonSchema(_DURATION)]
StartInterval = Annotated[int, PlainValidator(start_interval), WithJsonSchema(_DURATION)]
Instant = Annotated[
    int, PlainValidator(instant), WithJsonSchema({"type": "string", "format": "date-time"})
]


class Period(Part):
    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end <= self.start:
            raise FieldError("errors.invalid", "must be after start", "end")
        return self

    @property
    def interval(self) -> tuple[int, int]:
        return self.start, self.end


def gap(value: object) -> Gap:
    """A duration, which is the least, or ``{"minimum": …, "maximum": …}`` with either or none."""
    if value in ([], {}):  # PHP's empty object is [] in JSON
        return Gap()
    if not isinstance(value, dict) or (
        value.get("minimum") is None and value.get("maximum") is None
    ):
        return Gap(seconds(value))
    bounds: dict[str, int] = {}
    for name in ("minimum", "maximum"):
        if value.get(name) is not None:
            try:
                bounds[name] = seconds(value[name])
            except FieldError as error:
                raise FieldError(error.key, error.description, name, *error.at) from None
    least, most = bounds.get("minimum", 0), bounds.get("maximum")
    if most is not None and most < least:
        raise FieldError("errors.invalid", "must not be less than minimum", "maximum")
    return Gap(least, most)


_BOUNDS = {"type": "object", "properties": {"minimum": _DURATION, "maximum": _DURATION}}

GapField = Annotated[Gap, PlainValidator(gap), WithJsonSchema({"anyOf": [_DURATION, _BOUNDS]})]


class Buffer(Part):
    """What has to be free around something; ``{}`` is none."""

    before: GapField | None = None
    after: GapField | None = None

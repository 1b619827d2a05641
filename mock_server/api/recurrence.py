"""The ``recurrence`` of an event, an alpha feature (events §2.8)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from mock_server.api.parsing import FieldError
from mock_server.world.clock import is_date
from mock_server.world.events import (
    MOST_COUNT,
    MOST_DAYS,
    MOST_EXCEPTIONS,
    MOST_INTERVAL,
    MOST_NTH,
    Day,
    Frequency,
    Recurrence,
    WeekDay,
)


def _positive(most: int) -> Any:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise FieldError(
                "errors.must_be_integer_greater_than_zero", "must be an integer greater than zero"
            )
        if value > most:
            raise FieldError("errors.must_be_integer", f"must be at most {most}")
        return value

    schema = {"type": "integer", "minimum": 1, "maximum": most}
    return Annotated[int, PlainValidator(check), WithJsonSchema(schema)]


def _date(value: Any) -> str:
    if not isinstance(value, str) or not is_date(value):
        raise FieldError("errors.must_be_date", "must be a date")
    return value


def _single(value: Any) -> Any:
    if isinstance(value, list) and len(value) > 1:
        raise FieldError("errors.max_recurrence_rules_exceeded", "must be a single rule")
    return value


Interval: Any = _positive(MOST_INTERVAL)
Count: Any = _positive(MOST_COUNT)
Date = Annotated[str, PlainValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]

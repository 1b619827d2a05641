"""The ``recurrence`` of an event, an alpha feature (events §2.8)."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from mock_server.api.fields import plain_object
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


def _positive(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise FieldError(
            "errors.must_be_integer_greater_than_zero", "must be an integer greater than zero"
        )
    return value


def _date(value: Any) -> str:
    if not isinstance(value, str) or not is_date(value):
        raise FieldError("errors.must_be_date", "must be a date")
    return value


def _day_alone(value: Any) -> Any:
    return {"day": value} if isinstance(value, str) else value


def _single(value: Any) -> Any:
    if isinstance(value, list) and len(value) > 1:
        raise FieldError("errors.max_recurrence_rules_exceeded", "must be a single rule")
    return value


Date = Annotated[str, PlainValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]


class _Strict(BaseModel):
    """Elsewhere unknown keys are ignored; a rule would be another one without them."""

    model_config = ConfigDict(defer_build=True, extra="forbid")

    _plain_object = model_validator(mode="before")(plain_object)


class WeekDayRequest(_Strict):
    """Older clients send the name of the day alone.

    ``nth_of_period`` counts in months and years; days and weeks hold each day once at most.
    """

    day: Day
    nth_of_period: Annotated[int, Field(strict=True)] | None = None


class RuleRequest(_Strict):
    frequency: Frequency
    interval: Annotated[int, BeforeValidator(_positive), Field(ge=1, le=MOST_INTERVAL)] = 1
    by_day: Annotated[
        list[
            Annotated[
                WeekDayRequest,
                BeforeValidator(_day_alone, json_schema_input_type=Day | WeekDayRequest),
            ]
        ],
        Field(max_length=MOST_DAYS),
    ] = []
    count: Annotated[int, BeforeValidator(_positive), Field(ge=1, le=MOST_COUNT)] | None = None
    until: Date | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.count is not None and self.until is not None:
            raise FieldError(
                "errors.not_supported_count_until_combination",
                "count and until cannot be combined",
            )
        most = MOST_NTH.get(self.frequency)
        for index, entry in enumerate(self.by_day):
            at = ("by_day", index, "nth_of_period")
            if entry.nth_of_period is None:
                continue
            if most is None:
                if entry.nth_of_period != 1:
                    raise FieldError("errors.not_supported", "not supported", *at)
            elif not 0 < abs(entry.nth_of_period) <= most:
                described = f"must be an integer from 1 to {most}, or from -1 to -{most}"
                raise FieldError("errors.must_be_integer", described, *at)
        return self


class ExceptionRequest(_Strict):
    date: Date


class ExceptionsRequest(_Strict):
    add: Annotated[list[ExceptionRequest], Field(max_length=MOST_EXCEPTIONS)] = []


class RecurrenceRequest(_Strict):
    """``rules`` holds one rule; none ends the recurrence, so nobody may just forget them.
    ``exceptions.add`` leaves dates out.
    """

    rules: Annotated[list[RuleRequest], BeforeValidator(_single)]
    exceptions: ExceptionsRequest | None = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_none(cls, value: Any) -> Any:
        """Before null members are left out."""
        if isinstance(value, dict) and "rules" in value and value["rules"] is None:
            return {**value, "rules": []}
        return value

    def to_record(self) -> Recurrence | None:
        """None where there is no rule."""
        if not self.rules:
            return None
        rule = self.rules[0]
        counted = rule.frequency in MOST_NTH
        left_out = self.exceptions.add if self.exceptions else []
        return Recurrence(
            frequency=rule.frequency,
            interval=rule.interval,
            by_day=tuple(
                WeekDay(entry.day, entry.nth_of_period if counted else None)
                for entry in rule.by_day
            ),
            count=rule.count,
            until=rule.until,
            exceptions=tuple(dict.fromkeys(entry.date for entry in left_out)),
        )

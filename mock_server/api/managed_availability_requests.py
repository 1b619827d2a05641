"""What calls about availability rules and available periods take (scheduling §§3.1, 3.2)."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from mock_server.api.event_times import TIME_SCHEMA, Given, QueryTime, event_time
from mock_server.api.fields import CalendarIds, OnlyTrue, plain_object
from mock_server.api.parsing import FieldError
from mock_server.rules import time_zones
from mock_server.world.accounts import Authorization
from mock_server.world.availability import (
    MINUTES_OF_DAY,
    MOST_ID,
    AvailabilityRule,
    AvailablePeriod,
    WeeklyPeriod,
    from_clock,
)
from mock_server.world.events import UTC, Day


def _ascii(value: str) -> str:
    if not value.isascii():
        raise FieldError("errors.invalid", "must be ASCII")
    return value


def _zone(value: object) -> str:
    if not isinstance(value, str) or value not in time_zones.names():
        raise FieldError("errors.unknown_tzid", "must be a time zone of the tz database")
    return value


def _minutes(value: object, *, last: bool) -> int:
    minutes = from_clock(value)
    if minutes is None or (minutes == MINUTES_OF_DAY and not last):
        raise FieldError("errors.invalid", "must be a time of day, such as 09:30")
    return minutes


def _time(value: object) -> Given:
    given = event_time(value, _zone)
    if given.all_day:
        raise FieldError("errors.invalid", "must be a time, not a date")
    return given


_TIME_OF_DAY = WithJsonSchema({"type": "string", "description": "HH:MM"})

# The caller's own.
Id = Annotated[str, Field(min_length=1, max_length=MOST_ID), AfterValidator(_ascii)]
Zone = Annotated[str, PlainValidator(_zone), WithJsonSchema({"type": "string"})]
Minutes = Annotated[int, PlainValidator(partial(_minutes, last=False)), _TIME_OF_DAY]
LastMinutes = Annotated[int, PlainValidator(partial(_minutes, last=True)), _TIME_OF_DAY]
Time = Annotated[Given, PlainValidator(_time), TIME_SCHEMA]


class WeeklyPeriodRequest(BaseModel):
    """Hours of a day of the week; ``24:00`` is its end."""

    model_config = ConfigDict(defer_build=True)

    day: Day
    start_time: Minutes
    end_time: LastMinutes

    _plain_object = model_validator(mode="before")(plain_object)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end_time <= self.start_time:
            raise FieldError("errors.invalid", "must be after start_time", "end_time")
        return self


class UpsertRuleRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    availability_rule_id: Id
    tzid: Zone
    calendar_ids: Annotated[CalendarIds, Field(min_length=1)] | None = None
    weekly_periods: list[WeeklyPeriodRequest]

    def to_record(self, authorization: Authorization) -> AvailabilityRule:
        ids = self.calendar_ids
        return AvailabilityRule(
            client_id=authorization.client_id,
            sub=authorization.sub,
            availability_rule_id=self.availability_rule_id,
            tzid=self.tzid,
            weekly_periods=tuple(
                WeeklyPeriod(hours.day, hours.start_time, hours.end_time)
                for hours in self.weekly_periods
            ),
            calendar_ids=None if ids is None else tuple(dict.fromkeys(ids)),
        )


class UpsertPeriodRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    available_period_id: Id
    start: Time
    end: Time
    tzid: Zone | None = None

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end.seconds(UTC) <= self.start.seconds(UTC):
            raise FieldError("errors.invalid", "must be after start", "end")
        return self

    def to_record(self, authorization: Authorization) -> AvailablePeriod:
        return AvailablePeriod(
            client_id=authorization.client_id,
            sub=authorization.sub,
            available_period_id=self.available_period_id,
            start=self.start.seconds(UTC),
            end=self.end.seconds(UTC),
            tzid=self.start.tzid or self.end.tzid or self.tzid,
        )


class DeletePeriodsRequest(BaseModel):
    """Exactly one of the two."""

    model_config = ConfigDict(defer_build=True)

    available_period_id: Id | None = None
    delete_all: OnlyTrue | None = None

    @model_validator(mode="after")
    def _one_or_all(self) -> Self:
        if self.delete_all and self.available_period_id is not None:
            raise FieldError(
                "errors.conflict", "must not be given with available_period_id", "delete_all"
            )
        if not self.delete_all and self.available_period_id is None:
            raise FieldError("errors.required", "required", "available_period_id")
        return self


class PeriodsQuery(BaseModel):
    """``tzid`` says what the dates are, so they need it."""

    model_config = ConfigDict(defer_build=True)

    after: Annotated[QueryTime | None, Field(alias="from")] = None
    before: Annotated[QueryTime | None, Field(alias="to")] = None
    tzid: Zone | None = None
    localized_times: bool = False

    @model_validator(mode="after")
    def _zone_of_dates(self) -> Self:
        if self.tzid is None and not (self.after is None and self.before is None):
            raise FieldError("errors.required", "required with from and to", "tzid")
        return self

    def instant(self, given: Given | None) -> int | None:
        """Of a date, when it begins there."""
        if given is None or self.tzid is None:
            return None
        if given.all_day:
            return time_zones.instant(given.moment, self.tzid)
        return given.seconds(self.tzid)

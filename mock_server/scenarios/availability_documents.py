"""When an account is available, as scenarios say it: rules and periods."""

# Annotations are evaluated at once here: pydantic needs them all, and would have to
# compile each from its text.

from datetime import datetime
from functools import partial
from typing import Annotated

from pydantic import AfterValidator, PlainValidator, ValidationInfo, field_validator

from mock_server.scenarios.fields import Model, Text, Time, TimeZone
from mock_server.world.availability import MINUTES_OF_DAY, MOST_ID, from_clock
from mock_server.world.events import Day


def _own_id(value: str) -> str:
    if not value.isascii() or not 1 <= len(value) <= MOST_ID:
        raise ValueError(f"1 to {MOST_ID} ASCII characters")
    return value


def _minutes(value: object, *, last: bool) -> int:
    minutes = from_clock(value)
    if minutes is None or (minutes == MINUTES_OF_DAY and not last):
        raise ValueError(f"a time of day, such as 09:30{', or 24:00' if last else ''}")
    return minutes


OwnId = Annotated[str, AfterValidator(_own_id)]


class WeeklyPeriodDocument(Model):
    day: Day
    start_time: Annotated[int, PlainValidator(partial(_minutes, last=False))]
    end_time: Annotated[int, PlainValidator(partial(_minutes, last=True))]

    @field_validator("end_time")
    @classmethod
    def _lasts(cls, end: int, info: ValidationInfo) -> int:
        if end <= info.data.get("start_time", 0):
            raise ValueError("a time after the start_time")
        return end


class AvailabilityRuleDocument(Model):
    """``tzid`` is the person's time zone if it names none, ``calendars`` are all of theirs."""

    availability_rule_id: OwnId
    tzid: TimeZone | None = None
    weekly_periods: list[WeeklyPeriodDocument]
    calendars: list[Text] | None = None

    @field_validator("calendars")
    @classmethod
    def _some(cls, names: list[str] | None) -> list[str] | None:
        if names == []:
            raise ValueError("at least one name")
        return names


class AvailablePeriodDocument(Model):
    available_period_id: OwnId
    start: Time
    end: Time
    tzid: TimeZone | None = None

    @field_validator("end")
    @classmethod
    def _lasts(cls, end: datetime, info: ValidationInfo) -> datetime:
        start = info.data.get("start")
        if start is not None and end <= start:
            raise ValueError("a time after the start")
        return end


def _rules_once(rules: list[AvailabilityRuleDocument]) -> list[AvailabilityRuleDocument]:
    if len({rule.availability_rule_id for rule in rules}) < len(rules):
        raise ValueError("each availability_rule_id once")
    return rules


def _periods_once(periods: list[AvailablePeriodDocument]) -> list[AvailablePeriodDocument]:
    if len({period.available_period_id for period in periods}) < len(periods):
        raise ValueError("each available_period_id once")
    return periods


AvailabilityRules = Annotated[list[AvailabilityRuleDocument], AfterValidator(_rules_once)]
AvailablePeriods = Annotated[list[AvailablePeriodDocument], AfterValidator(_periods_once)]

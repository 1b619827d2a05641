"""The ``recurrence`` of an event, an alpha feature (events §2.8)."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from mock_server.api.reading import FieldError
from mock_server.world.events import MOST_NTH, Recurrence, WeekDay

FREQUENCIES = ("daily", "weekly", "monthly", "yearly")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# Assumed; each is looked at whenever the series is read.
_MOST_DAYS, _MOST_EXCEPTIONS = 100, 1000

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class RecurrenceRequest(BaseModel):
    """``rules`` holds one rule; none ends the recurrence. ``exceptions.add`` leaves dates out."""

    model_config = ConfigDict(defer_build=True, extra="allow")

    rules: Any = None
    exceptions: Any = None

    @model_validator(mode="after")
    def _readable(self) -> RecurrenceRequest:
        for name in self.model_extra or {}:
            raise FieldError("errors.not_supported", "not supported", name)
        self.to_record()
        return self

    def to_record(self) -> Recurrence | None:
        """None where there is no rule. Raises FieldError."""
        rules = [] if self.rules is None else self.rules
        if not isinstance(rules, list):
            raise FieldError("errors.invalid", "must be a list", "rules")
        if len(rules) > 1:
            raise FieldError(
                "errors.max_recurrence_rules_exceeded", "must be a single rule", "rules"
            )
        exceptions = _exceptions(self.exceptions)
        return _rule(rules[0], exceptions) if rules else None


def _rule(rule: Any, exceptions: tuple[str, ...]) -> Recurrence:
    at = ("rules", 0)
    if not isinstance(rule, dict):
        raise FieldError("errors.invalid", "must be an object", *at)
    known = {"frequency", "interval", "by_day", "count", "until"}
    for name in rule:
        if name not in known:
            raise FieldError("errors.not_supported", "not supported", *at, name)
    rule = {name: value for name, value in rule.items() if value is not None}
    frequency = rule.get("frequency")
    if frequency is None:
        raise FieldError("errors.required", "required", *at, "frequency")
    if frequency not in FREQUENCIES:
        raise FieldError("errors.not_recognized", "not recognized", *at, "frequency")
    count, until = rule.get("count"), rule.get("until")
    if count is not None and until is not None:
        raise FieldError(
            "errors.not_supported_count_until_combination",
            "count and until cannot be combined",
            *at,
        )
    return Recurrence(
        frequency=frequency,
        interval=_positive(rule.get("interval", 1), *at, "interval"),
        by_day=_by_day(rule.get("by_day") or [], frequency),
        count=None if count is None else _positive(count, *at, "count"),
        until=None if until is None else _date(until, *at, "until"),
        exceptions=exceptions,
    )


def _positive(value: Any, *at: str | int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= 10_000:
        raise FieldError(
            "errors.must_be_integer_greater_than_zero", "must be an integer greater than zero", *at
        )
    return value


def _date(value: Any, *at: str | int) -> str:
    try:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise FieldError("errors.must_be_date", "must be a date", *at) from None


def _by_day(given: Any, frequency: str) -> tuple[WeekDay, ...]:
    """Names of days, or objects with ``day`` and ``nth_of_period``."""
    at = ("rules", 0, "by_day")
    if not isinstance(given, list):
        raise FieldError("errors.invalid", "must be a list", *at)
    if len(given) > _MOST_DAYS:
        raise FieldError("errors.too_many", f"must have at most {_MOST_DAYS} entries", *at)
    days = []
    for index, entry in enumerate(given):
        entry = {"day": entry} if isinstance(entry, str) else entry
        if not isinstance(entry, dict):
            raise FieldError("errors.invalid", "must be a day", *at, index)
        for name in entry:
            if name not in {"day", "nth_of_period"}:
                raise FieldError("errors.not_supported", "not supported", *at, index, name)
        if entry.get("day") not in DAYS:
            raise FieldError("errors.not_recognized", "not recognized", *at, index, "day")
        days.append(WeekDay(entry["day"], _nth(entry, frequency, *at, index)))
    return tuple(days)


def _nth(entry: dict[str, Any], frequency: str, *at: str | int) -> int | None:
    nth = entry.get("nth_of_period")
    if nth is None:
        return None
    if frequency not in MOST_NTH:
        raise FieldError("errors.not_supported", "not supported", *at, "nth_of_period")
    most = MOST_NTH[frequency]
    if isinstance(nth, bool) or not isinstance(nth, int) or not 0 < abs(nth) <= most:
        raise FieldError("errors.must_be_integer", "must be an integer", *at, "nth_of_period")
    return nth


def _exceptions(given: Any) -> tuple[str, ...]:
    at = ("exceptions",)
    if given is None:
        return ()
    if not isinstance(given, dict):
        raise FieldError("errors.invalid", "must be an object", *at)
    for name in given:
        if name != "add":
            raise FieldError("errors.not_supported", "not supported", *at, name)
    listed = given.get("add") or []
    if not isinstance(listed, list):
        raise FieldError("errors.invalid", "must be a list", *at, "add")
    if len(listed) > _MOST_EXCEPTIONS:
        raise FieldError(
            "errors.too_many", f"must have at most {_MOST_EXCEPTIONS} entries", *at, "add"
        )
    days = []
    for index, entry in enumerate(listed):
        day = entry.get("date") if isinstance(entry, dict) else None
        days.append(_date(day, *at, "add", index, "date"))
    return tuple(dict.fromkeys(days))

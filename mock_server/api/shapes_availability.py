"""The shapes of what calls about availability answer (scheduling §§1-3)."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from mock_server.api.shapes_events import Pages, Time
from mock_server.world.events import Day


class WeeklyPeriod(TypedDict):
    day: Day
    start_time: str
    end_time: str


class AvailabilityRule(TypedDict):
    """``calendar_ids`` where the application has named some."""

    availability_rule_id: str
    tzid: str
    calendar_ids: NotRequired[list[str]]
    weekly_periods: list[WeeklyPeriod]


class OneAvailabilityRule(TypedDict):
    availability_rule: AvailabilityRule


class AvailabilityRules(TypedDict):
    availability_rules: list[AvailabilityRule]


class AvailablePeriod(TypedDict):
    available_period_id: str
    start: Time
    end: Time


class AvailablePeriods(TypedDict):
    pages: Pages
    available_periods: list[AvailablePeriod]


class Participant(TypedDict):
    sub: str


class Item(TypedDict):
    """A time at which all of the participants are free."""

    start: str
    end: str
    participants: list[Participant]


class MemberStatus(TypedDict):
    sub: str
    sync_status: Literal["active", "pending", "disconnected"]


class Availability(TypedDict):
    """One of the two lists, as ``response_format`` asks."""

    available_periods: NotRequired[list[Item]]
    available_slots: NotRequired[list[Item]]
    member_statuses: NotRequired[list[MemberStatus]]


class SequenceItem(Item):
    sequence_id: str | int


class Sequence(TypedDict):
    sequence: list[SequenceItem]


class SequencedAvailability(TypedDict):
    sequences: list[Sequence]

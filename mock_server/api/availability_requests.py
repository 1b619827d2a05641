"""What availability queries take (scheduling §§1.2, 2.1)."""

from __future__ import annotations

import re
from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from mock_server.api.durations import Buffer, Instant, Length, Period, StartInterval, whole
from mock_server.api.event_times import Zone
from mock_server.api.fields import CalendarIds, Part
from mock_server.api.parsing import FieldError
from mock_server.errors import NotBuilt
from mock_server.rules import availability_parties
from mock_server.rules.availability.intervals import Intervals, merge
from mock_server.rules.availability.search import Wish
from mock_server.rules.availability.sequences import Gap
from mock_server.rules.availability_constraints import Constraint
from mock_server.rules.availability_parties import GroupQuery, MemberQuery
from mock_server.rules.availability_queries import AvailabilityQuery, StepQuery
from mock_server.world.events import Transparency

# Of one answer.
MOST_RESULTS = 512

# Of a sequence.
MOST_ORDERS = 64

_INTEGER = re.compile(r"-?[0-9]{1,9}")

Format = Literal["periods", "slots", "overlapping_slots"]


def _results(value: object) -> int:
    number = whole(value)
    if not 1 <= number <= MOST_RESULTS:
        raise FieldError("errors.invalid", f"must be from 1 to {MOST_RESULTS}")
    return number


def _required(value: object) -> int | None:
    """None for all."""
    if value == "all":
        return None
    try:
        number = whole(value)
    except FieldError:
        number = 0
    if not number:
        raise FieldError("errors.invalid", 'must be "all" or a number from 1')
    return number


def _sequence_id(value: object) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise FieldError("errors.invalid", "must be a text or an integer")
    return value


def _integer(value: object) -> int:
    """A whole number, or its digits as text, as forms send it."""
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError("errors.must_be_integer", "must be an integer")
    return value


_NUMBER = {"type": ["integer", "string"]}

Results = Annotated[int, PlainValidator(_results), WithJsonSchema(_NUMBER)]
Required = Annotated[
    int | None,
    PlainValidator(_required),
    WithJsonSchema({"type": ["integer", "string", "null"], "description": '"all" or a number'}),
]
Integer = Annotated[int, BeforeValidator(_integer)]
SequenceId = Annotated[str | int, PlainValidator(_sequence_id), WithJsonSchema(_NUMBER)]
Transparencies = list[Transparency]


class Tag(Part):
    value: str


class ConstraintRequest(Part):
    """A quota; tags of an event are all of the context ``private``."""

    period: Literal["day", "week"]
    limit: Annotated[Integer, Field(ge=0)]
    tags: dict[str, list[Tag]] = {}
    tzid: Zone | None = None

    def to_record(self) -> Constraint:
        tags = {
            tag.value if context == "private" else None
            for context, tags in self.tags.items()
            for tag in tags
        }
        return Constraint(self.period, self.limit, frozenset(tags), self.tzid)


class IgnoredTransparencies(Part):
    """The rest of the documented name is not known, so both ends that it may have are taken."""

    ignored_extended_transparencies: Transparencies = []
    ignored_extended_transparency: Transparencies = []

    @property
    def ignored(self) -> frozenset[Transparency]:
        return frozenset(
            (*self.ignored_extended_transparencies, *self.ignored_extended_transparency)
        )


class MemberRequest(IgnoredTransparencies):
    sub: Annotated[str, Field(min_length=1)]
    calendar_ids: CalendarIds | None = None
    available_periods: list[Period] | None = None
    managed_availability: bool = False
    availability_rule_ids: list[str] | None = None
    buffer: Buffer | None = None
    availability_constraints: list[ConstraintRequest] = []
    only_managed_events: bool = False
    ignore_tentative: bool = False

    def to_record(self, ignored: frozenset[Transparency]) -> MemberQuery:
        return MemberQuery(
            sub=self.sub,
            calendar_ids=None if self.calendar_ids is None else tuple(self.calendar_ids),
            available_periods=(
                None if self.available_periods is None else _merged(self.available_periods)
            ),
            managed=self.managed_availability,
            rule_ids=(
                None if self.availability_rule_ids is None else tuple(self.availability_rule_ids)
            ),
            buffer=_buffer(self.buffer),
            constraints=tuple(one.to_record() for one in self.availability_constraints),
            only_managed_events=self.only_managed_events,
            ignore_tentative=self.ignore_tentative,
            ignored_transparencies=self.ignored | ignored,
        )


class GroupRequest(Part):
    members: Annotated[list[MemberRequest], Field(min_length=1)]
    required: Required = None

    @model_validator(mode="after")
    def _enough_members(self) -> Self:
        if self.required is not None and self.required > len(self.members):
            raise FieldError("errors.invalid", "must not be more than its members", "required")
        return self

    def to_record(self, ignored: frozenset[Transparency]) -> GroupQuery:
        members = tuple(member.to_record(ignored) for member in self.members)
        return GroupQuery(members, self.required or len(members))


def _given(value: object) -> object:
    if value == "":
        raise FieldError("errors.required", "required")
    return value


class Window(Part):
    """When to look; ``available_periods`` is the old name of ``query_periods``."""

    query_periods: Annotated[list[Period], BeforeValidator(_given)] = []
    available_periods: list[Period] = []

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if self.query_periods and self.available_periods:
            raise FieldError(
                "errors.invalid", "must not be given under both names", "query_periods"
            )
        return self

    @property
    def name(self) -> str:
        """The one of the two that is given."""
        return "query_periods" if self.query_periods else "available_periods"

    @property
    def periods(self) -> list[Period]:
        return self.query_periods or self.available_periods

    @property
    def window(self) -> Intervals:
        return _merged(self.periods)


def _somewhere(value: Any, *also: str) -> Any:
    """Without any window, the one that is missing is ``query_periods``."""
    names = ("query_periods", "available_periods", *also)
    if isinstance(value, dict) and not any(value.get(name) for name in names):
        return {**value, "query_periods": ""}
    return value


class Slot(Part):
    start: Instant


class ExcludedEvent(Part):
    """Either of the two."""

    event_id: str | None = None
    event_uid: str | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.event_id is None and self.event_uid is None:
            raise FieldError("errors.required", "required, or event_uid", "event_id")
        return self


class AvailabilityRequest(IgnoredTransparencies, Window):
    participants: Annotated[list[GroupRequest], Field(min_length=1)]
    required_duration: Length
    query_slots: list[Slot] = []
    start_interval: StartInterval | None = None
    buffer: Buffer | None = None
    response_format: Format = "periods"
    max_results: Results = MOST_RESULTS
    include_member_statuses: bool = False
    excluded_events: list[ExcludedEvent] = []
    bookable_events: Annotated[Any, WithJsonSchema({})] = None

    @model_validator(mode="before")
    @classmethod
    def _of_people(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("bookable_events") is not None:
            # Another query on the same path, with an answer of its own (§5.3).
            raise NotBuilt(
                "the availability of bookable_events exists at Cronofy, but this version of the "
                "emulator does not have it yet"
            )
        return _somewhere(value, "query_slots")

    @model_validator(mode="after")
    def _periods_or_slots(self) -> Self:
        if self.periods and self.query_slots:
            raise FieldError("errors.invalid", "must not be beside query_periods", "query_slots")
        return self

    def to_record(self) -> AvailabilityQuery:
        starts = tuple(sorted({slot.start for slot in self.query_slots})) or None
        window = self.window
        if starts:
            window = merge((start, start + self.required_duration) for start in starts)
        return AvailabilityQuery(
            groups=tuple(group.to_record(self.ignored) for group in self.participants),
            window=window,
            wish=Wish(
                duration=self.required_duration,
                format=self.response_format,
                interval=self.start_interval,
                starts=starts,
                most=self.max_results,
            ),
            buffer=_buffer(self.buffer) or availability_parties.Buffer(),
            excluded_ids=frozenset(e.event_id for e in self.excluded_events if e.event_id),
            excluded_uids=frozenset(e.event_uid for e in self.excluded_events if e.event_uid),
        )


class StepRequest(Window):
    """One item of a sequence. ``event`` and ``sequence_title`` mean nothing here."""

    sequence_id: SequenceId
    ordinal: Integer | None = None
    participants: Annotated[list[GroupRequest], Field(min_length=1)]
    required_duration: Length
    start_interval: StartInterval | None = None
    buffer: Buffer | None = None
    event: Any = None
    sequence_title: Any = None

    def to_record(self, ignored: frozenset[Transparency]) -> StepQuery:
        buffer = self.buffer or Buffer()
        return StepQuery(
            groups=tuple(group.to_record(ignored) for group in self.participants),
            duration=self.required_duration,
            interval=self.start_interval,
            before=buffer.before or Gap(),
            after=buffer.after or Gap(),
            ordinal=self.ordinal,
            window=self.window if self.periods else None,
        )


class SequencedAvailabilityRequest(IgnoredTransparencies, Window):
    sequence: Annotated[list[StepRequest], Field(min_length=1)]
    response_format: Format = "periods"
    max_results: Results = MOST_RESULTS

    _somewhere = model_validator(mode="before")(_somewhere)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        seen: set[str | int] = set()
        for number, step in enumerate(self.sequence):
            if step.sequence_id in seen:
                at = ("sequence", number, "sequence_id")
                raise FieldError("errors.invalid", "must not be given twice", *at)
            seen.add(step.sequence_id)
        if _orders([step.ordinal for step in self.sequence]) > MOST_ORDERS:
            raise FieldError(
                "errors.too_many",
                "must have fewer items that can come in any order: give them ordinals",
                "sequence",
            )
        return self


def _orders(ordinals: list[int | None]) -> int:
    """How many sets of items can come last: each of those without ordinal may be among them or
    not, and so may, of those that share an ordinal, each once all before them have come.
    """
    shared = Counter(ordinal for ordinal in ordinals if ordinal is not None)
    last = 1 + sum((1 << items) - 1 for items in shared.values())
    return last << ordinals.count(None)


def _merged(periods: list[Period]) -> Intervals:
    return merge(period.interval for period in periods)


def _buffer(buffer: Buffer | None) -> availability_parties.Buffer | None:
    if buffer is None or (buffer.before is None and buffer.after is None):
        return None
    sides = (side.least if side else 0 for side in (buffer.before, buffer.after))
    return availability_parties.Buffer(*sides)

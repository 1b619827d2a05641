"""What an application sends to write an event (events §2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit

from msgspec import UNSET
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from mock_server.api.event_times import EventTime, Given, Zone
from mock_server.api.fields import Part
from mock_server.api.parsing import FieldError
from mock_server.api.recurrence import RecurrenceRequest
from mock_server.api.subscriptions import InteractionRequest, WebhookRequest
from mock_server.rules import verification
from mock_server.rules.applications import is_http_url
from mock_server.rules.conferencing import EXPLICIT, ConferencingChoice
from mock_server.rules.event_writes import EventWrite
from mock_server.world.events import (
    COLOR,
    DEGREES,
    FIRST_YEAR,
    LAST_YEAR,
    MOST_LATITUDE,
    MOST_LONGITUDE,
    MOST_OFFSET,
    UTC,
    Attendee,
    Subscription,
    Transition,
    Transparency,
)
from mock_server.world.records import replace


def _guest(value: str) -> str:
    address = verification.address(value)
    if address is None:
        raise FieldError("errors.invalid_email", "must be an e-mail address")
    return address


def _uri(value: str) -> str:
    try:
        parts = urlsplit(value)
        sound = bool(parts.scheme and (parts.netloc or parts.path)) and value.isprintable()
    except ValueError:
        sound = False
    if not sound or " " in value:
        raise FieldError("errors.invalid_url", "must be a URL")
    return value


def _degrees(value: object, limit: float) -> str:
    text = f"{value:.10f}".rstrip("0") if isinstance(value, float) else str(value)
    if not re.match(DEGREES, text) or abs(float(text)) > limit:
        raise FieldError("errors.invalid", f"must be a decimal from -{limit} to {limit}")
    return text.removesuffix(".")


Url = Annotated[str, AfterValidator(_uri)]
Latitude = Annotated[str, BeforeValidator(partial(_degrees, limit=MOST_LATITUDE))]
Longitude = Annotated[str, BeforeValidator(partial(_degrees, limit=MOST_LONGITUDE))]


def _color(value: str) -> str:
    if not re.match(COLOR, value):
        raise FieldError("errors.invalid", "must be a colour, such as #1A73E8")
    return value


Color = Annotated[str, AfterValidator(_color)]


class Location(Part):
    description: Annotated[str, Field(max_length=1024)] = ""
    lat: Latitude | None = None
    long: Longitude | None = None

    @model_validator(mode="after")
    def _a_pair(self) -> Self:
        for name, other in (("lat", self.long), ("long", self.lat)):
            if other is not None and getattr(self, name) is None:
                raise FieldError("errors.required", "required", name)
        return self


class Reminder(Part):
    minutes: Annotated[int, Field(ge=0, le=40320)]


class Guest(Part):
    email: Annotated[str, Field(min_length=1), AfterValidator(_guest)]
    display_name: str | None = None


class Attendees(Part):
    """``reject`` is an old name of ``remove``."""

    invite: Annotated[list[Guest], Field(max_length=100)] = []
    remove: Annotated[list[Guest], Field(max_length=100)] = []
    reject: Annotated[list[Guest], Field(max_length=100)] = []


class ConferencingRequest(Part):
    profile_id: Annotated[str, Field(min_length=1)]
    provider_description: str | None = None
    join_url: str | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.profile_id == EXPLICIT and self.join_url and not is_http_url(self.join_url):
            raise FieldError("errors.invalid_url", "must be an http or https address", "join_url")
        return self


class Interaction(InteractionRequest):
    type: Literal[
        "conferencing_assigned",
        "conferencing_failing",
        "meeting_agent_activated",
        "meeting_agent_complete",
        "meeting_agent_failed",
    ]


class Offset(Part):
    minutes: Annotated[int, Field(ge=0, le=MOST_OFFSET)]


class TransitionRequest(Part):
    before: Literal["event_start", "event_end"] | None = None
    after: Literal["event_start", "event_end"] | None = None
    offset: Offset

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.before is None) == (self.after is None):
            raise FieldError("errors.invalid", "exactly one of before and after is needed")
        return self

    def record(self) -> Transition:
        if self.before is not None:
            return Transition("before", self.before, self.offset.minutes)
        assert self.after is not None
        return Transition("after", self.after, self.offset.minutes)


class SubscriptionRequest(WebhookRequest):
    interactions: list[Interaction] = []
    transitions: list[TransitionRequest] = []

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.interactions and not self.transitions:
            raise FieldError("errors.required", "interactions or transitions required")
        return self

    def record(self) -> Subscription:
        transitions = tuple(item.record() for item in self.transitions)
        return replace(super().record(), transitions=transitions)


class AttachmentRequest(Part):
    attachment_id: Annotated[str, Field(min_length=1)]


class Tag(Part):
    value: str


class Tags(Part):
    private: list[Tag] = []


class MeetingAgent(Part):
    profile_id: Literal["cronofy", "none"]
    display_name: str | None = None


class UpsertEventRequest(BaseModel):
    """``event_id`` names the application's own event, else ``event_uid`` an external one.

    What is left out keeps its value or loses it, field by field (events §2.1).
    """

    model_config = ConfigDict(defer_build=True)

    # These say something when they are null or empty.
    empty_matters: ClassVar[frozenset[str]] = frozenset({"url", "recurrence", "description"})

    event_id: Annotated[str, Field(max_length=512)] | None = None
    event_uid: str | None = None
    summary: Annotated[str, Field(max_length=1024)] | None = None
    description: Annotated[str, Field(max_length=4096)] | None = None
    tzid: Zone = UTC
    start: EventTime | None = None
    end: EventTime | None = None
    location: Location | None = None
    url: Url | None = None
    reminders: Annotated[list[Reminder], Field(max_length=5)] | None = None
    reminders_create_only: bool = False
    transparency: Literal["opaque", "transparent"] | None = None
    extended_transparency: (
        Literal["transparent", "opaque", "working_elsewhere", "tentative", "out_of_office"] | None
    ) = None
    color: Color | None = None
    attendees: Attendees | None = None
    event_private: bool = False
    conferencing: ConferencingRequest | None = None
    subscriptions: list[SubscriptionRequest] | None = None
    attachments: list[AttachmentRequest] | None = None
    locale: str | None = None
    recurrence: RecurrenceRequest | None = None
    tags: Tags | None = None
    event_classes: Annotated[Any, WithJsonSchema({})] = None
    meeting_agent: MeetingAgent | None = None
    include_userinfo: bool = False

    @model_validator(mode="before")
    @classmethod
    def _empty_text_is_none(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("url") == "":
            return {**value, "url": None}
        return value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start is not None and self.end is not None:
            _check_span(self.start, self.end, self.tzid)
        return self

    @property
    def only_agent(self) -> bool:
        """Whether it says nothing of an event but its meeting agent (events §2.9)."""
        beside = {"event_id", "event_uid", "include_userinfo"}
        return self.model_fields_set - beside == {"meeting_agent"}

    @property
    def agent(self) -> dict[str, object]:
        """``meeting_agent`` as it is kept; it has to be given."""
        assert self.meeting_agent is not None
        return self.meeting_agent.model_dump(exclude_none=True)

    def to_record(self) -> EventWrite:
        """What it says of the event; for its agent alone, it says nothing."""
        assert self.summary is not None
        assert self.start is not None
        assert self.end is not None
        given = self.model_fields_set
        start_tzid, end_tzid = self.start.tzid or self.tzid, self.end.tzid or self.tzid
        location = self.location or Location()
        attendees = self.attendees or Attendees()
        default: Transparency = "transparent" if self.start.all_day else "opaque"
        return EventWrite(
            summary=self.summary,
            start=self.start.seconds(start_tzid),
            end=self.end.seconds(end_tzid),
            all_day=self.start.all_day,
            start_tzid=start_tzid,
            end_tzid=end_tzid,
            description=self.description or "",
            location=location.description,
            lat=location.lat,
            long=location.long,
            transparency=self.extended_transparency or self.transparency or default,
            url=self.url if "url" in given else UNSET,
            reminders=(
                UNSET if self.reminders is None else tuple(item.minutes for item in self.reminders)
            ),
            reminders_create_only=self.reminders_create_only,
            color=UNSET if self.color is None else self.color,
            invite=tuple(Attendee(guest.email, guest.display_name) for guest in attendees.invite),
            remove=_emails((*attendees.remove, *attendees.reject)),
            private=self.event_private,
            conferencing=(
                UNSET
                if self.conferencing is None
                else ConferencingChoice(
                    self.conferencing.profile_id,
                    self.conferencing.provider_description,
                    self.conferencing.join_url,
                )
            ),
            locale=UNSET if self.locale is None else self.locale,
            recurrence=(
                UNSET
                if "recurrence" not in given
                else self.recurrence.to_record()
                if self.recurrence
                else None
            ),
            subscriptions=(
                UNSET
                if self.subscriptions is None
                else tuple(item.record() for item in self.subscriptions)
            ),
            attachments=(
                UNSET
                if self.attachments is None
                else tuple(item.attachment_id for item in self.attachments)
            ),
            tags=UNSET if self.tags is None else tuple(item.value for item in self.tags.private),
            event_classes=UNSET if self.event_classes is None else self.event_classes,
            meeting_agent=UNSET if self.meeting_agent is None else self.agent,
        )


def _check_span(start: Given, end: Given, tzid: str) -> None:
    for name, given in (("start", start), ("end", end)):
        if not FIRST_YEAR <= given.moment.year <= LAST_YEAR:
            raise FieldError(
                "errors.invalid", f"must be between the years {FIRST_YEAR} and {LAST_YEAR}", name
            )
    if start.all_day != end.all_day:
        raise FieldError("errors.invalid", "must be a date or a time, as start is", "end")
    if end.seconds(end.tzid or tzid) < start.seconds(start.tzid or tzid):
        raise FieldError("errors.invalid_time_pair", "end must be after start", "end")


def _emails(guests: Iterable[Guest]) -> tuple[str, ...]:
    return tuple(guest.email for guest in guests)

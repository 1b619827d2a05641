"""What an application sends to make, change or cancel a Smart Invite (notifications §2.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from mock_server.api.event_requests import Color, Location, Reminder, Url
from mock_server.api.event_times import TIME_SCHEMA, Given, event_time, zone
from mock_server.api.fields import Email, HttpUrl, Part
from mock_server.api.parsing import FieldError
from mock_server.rules.smart_invites import Invited, Request
from mock_server.world.events import FIRST_YEAR, LAST_YEAR, UTC, Details

_METHODS = ("request", "cancel", "remove")
_STATUSES = ("pending", "accepted", "tentative", "declined")

# Assumed: of reminders as events have them, of people so that a file is soon made.
_MOST_REMINDERS, _MOST_RECIPIENTS = 5, 1000

# What an event may have besides its summary and times, and is echoed as it was sent.
_OPTIONAL = ("description", "location", "url", "reminders", "transparency", "color")


def _one_of(*words: str) -> Callable[[object], object]:
    """Here even what no vocabulary has is errors.invalid."""

    def check(value: object) -> object:
        if value not in words:
            raise FieldError("errors.invalid", f"must be one of {', '.join(words)}")
        return value

    return check


def _zone(value: object) -> str:
    try:
        return zone(value)
    except FieldError as error:
        raise FieldError("errors.invalid", error.description) from None


def _time(value: object) -> Given:
    return event_time(value, _zone)


InviteTime = Annotated[Given, PlainValidator(_time), TIME_SCHEMA]
InviteZone = Annotated[str, PlainValidator(_zone), WithJsonSchema({"type": "string"})]


class RecipientRequest(Part):
    email: Email
    status: (
        Annotated[
            Literal["pending", "accepted", "tentative", "declined"],
            BeforeValidator(_one_of(*_STATUSES)),
        ]
        | None
    ) = None


class OrganizerRequest(Part):
    name: str | None = None
    email: Email | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: v for name, v in value.items() if v != ""}
        return value


class InviteEventRequest(Part):
    summary: Annotated[str, Field(min_length=1)]
    description: str | None = None
    tzid: InviteZone = UTC
    start: InviteTime
    end: InviteTime
    location: Location | None = None
    url: Url | None = None
    reminders: Annotated[list[Reminder], Field(max_length=_MOST_REMINDERS)] | None = None
    transparency: (
        Annotated[
            Literal["opaque", "transparent"], BeforeValidator(_one_of("opaque", "transparent"))
        ]
        | None
    ) = None
    color: Color | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: v for name, v in value.items() if v != "" or name == "description"}
        return value

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name, given in (("start", self.start), ("end", self.end)):
            if not FIRST_YEAR <= given.moment.year <= LAST_YEAR:
                years = f"must be between the years {FIRST_YEAR} and {LAST_YEAR}"
                raise FieldError("errors.invalid", years, name)
        if self.start.all_day != self.end.all_day:
            raise FieldError("errors.invalid", "must be a date or a time, as start is", "end")
        start_tzid, end_tzid = self._zones
        if self.end.seconds(end_tzid) < self.start.seconds(start_tzid):
            raise FieldError("errors.invalid", "must not be before start", "end")
        return self

    @property
    def _zones(self) -> tuple[str, str]:
        return self.start.tzid or self.tzid, self.end.tzid or self.tzid

    @property
    def given(self) -> tuple[str, ...]:
        return tuple(name for name in _OPTIONAL if getattr(self, name) is not None)

    def to_record(self) -> Details:
        start_tzid, end_tzid = self._zones
        location = self.location or Location()
        default: Literal["opaque", "transparent"] = (
            "transparent" if self.start.all_day else "opaque"
        )
        return Details(
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
            url=self.url,
            transparency=self.transparency or default,
            reminders=(
                None if self.reminders is None else tuple(r.minutes for r in self.reminders)
            ),
            color=self.color,
        )


class SmartInviteRequest(BaseModel):
    """``recipient`` or ``recipients``, never both; ``event`` unless it is cancelled or somebody
    removed.
    """

    model_config = ConfigDict(defer_build=True)

    method: Annotated[
        Literal["request", "cancel", "remove"], BeforeValidator(_one_of(*_METHODS))
    ] = "request"
    smart_invite_id: Annotated[str, Field(min_length=1)]
    recipient: RecipientRequest | None = None
    recipients: (
        Annotated[list[RecipientRequest], Field(min_length=1, max_length=_MOST_RECIPIENTS)] | None
    ) = None
    callback_url: HttpUrl | None = None
    event: InviteEventRequest | None = None
    organizer: OrganizerRequest | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.recipient is None and (self.recipients is None or self.method == "remove"):
            raise FieldError("errors.required", "required", "recipient")
        if self.recipient is not None and self.recipients is not None:
            raise FieldError("errors.invalid", "must not stand beside recipient", "recipients")
        if self.method == "request" and self.event is None:
            raise FieldError("errors.required", "required", "event")
        return self

    @property
    def email(self) -> str | None:
        """Of the only recipient."""
        return self.recipient.email if self.recipient is not None else None

    def to_record(self) -> Request:
        """What creates or updates an invite."""
        assert self.event is not None
        named = [self.recipient] if self.recipient is not None else self.recipients or []
        invited = {r.email: Invited(r.email, r.status) for r in reversed(named)}
        organizer = self.organizer or OrganizerRequest()
        return Request(
            smart_invite_id=self.smart_invite_id,
            single=self.recipient is not None,
            invited=tuple(reversed(invited.values())),
            details=self.event.to_record(),
            given=self.event.given,
            callback_url=self.callback_url,
            organizer_name=organizer.name,
            organizer_email=organizer.email,
        )

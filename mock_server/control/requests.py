"""What the control API takes. Unknown keys are errors, as in scenario files."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    field_validator,
    model_validator,
)

from mock_server.rules.providers import request_names
from mock_server.scenarios.availability_documents import AvailabilityRules, AvailablePeriods
from mock_server.scenarios.event_documents import EventDocument
from mock_server.scenarios.fields import (
    AccessMode,
    Color,
    Credential,
    Decision,
    Domain,
    Email,
    EventTime,
    Model,
    Moment,
    Seed,
    Text,
    TimeZone,
    UserScope,
    conferencing_name,
)
from mock_server.world.events import LAST_YEAR
from mock_server.world.outbox import ATTEMPTED

_SANDBOX_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def _sandbox_id(value: str) -> str:
    if not _SANDBOX_ID.fullmatch(value):
        raise ValueError("up to 64 letters, digits, dots, dashes and underscores, such as test-1")
    return value


SandboxId = Annotated[str, AfterValidator(_sandbox_id)]


def _provider_name(value: str) -> str:
    if value not in request_names():
        raise ValueError("one of " + ", ".join(request_names()))
    return value


ProviderName = Annotated[str, AfterValidator(_provider_name)]


class CreateSandbox(Model):
    """``scenario`` is a name, or a whole scenario document."""

    scenario: str | dict[str, Any] | None = None
    sandbox_id: SandboxId | None = None
    seed: Seed | None = None
    clock: Moment | None = None
    exact: bool = False


class Connect(Model):
    """A person by ``email``, a domain by ``service_account``, or a person through a domain."""

    email: Email | None = None
    access_mode: AccessMode | None = None
    provider_name: ProviderName | None = None
    scope: str | None = None
    client_id: Credential | None = None
    service_account: Domain | None = None
    delegated_scope: UserScope | None = None
    availability_rules: Annotated[AvailabilityRules, Field(default_factory=list)]
    available_periods: Annotated[AvailablePeriods, Field(default_factory=list)]

    @field_validator("availability_rules", "available_periods")
    @classmethod
    def _of_a_person(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("email", "unreadable") is None:
            raise ValueError(f"{info.field_name} only with email")
        return value

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.email is None and self.service_account is None:
            raise ValueError("email, service_account, or both")
        return self


class QueueConsent(Model):
    """``times`` pages are answered, the next ones of their kind."""

    page: Literal["authorize", "enterprise", "permissions", "conferencing"]
    decision: Decision
    email: Email | None = None
    client_id: Credential | None = None
    access_mode: AccessMode | None = None
    provider_name: Text | None = None
    times: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    @field_validator("provider_name")
    @classmethod
    def _of_the_page(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is None or info.data.get("page") != "conferencing":
            return name and _provider_name(name)
        return conferencing_name(name)


class Fail(Model):
    """Whether a conferencing service has trouble."""

    failing: bool = True


class EndAgent(Model):
    """What becomes of a meeting agent before its time."""

    state: Literal["complete", "failed"]


class NotifyChannel(Model):
    """A notification of any ``type``, those that receivers have never heard of included."""

    type: Text
    scheduling_conversation_id: Text | None = None


def failure_outcome(value: object) -> str | int:
    """How an attempt can fail; raises ValueError."""
    if value in ("timeout", "connection_refused"):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and 300 <= value < 600:
        return value
    raise ValueError("timeout, connection_refused, or a status from 300 to 599")


class FailDelivery(Model):
    """How the next attempt fails."""

    outcome: Annotated[str | int, Field(alias="with"), PlainValidator(failure_outcome)]


class FailDeliveries(FailDelivery):
    """How the next ``times`` attempts fail, of one ``kind``, or to what begins with ``url``."""

    times: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    kind: Text | None = None
    url: Text | None = None


class WaitFor(Model):
    """Deliveries by kind or id, or mails by the address of their reader; from a query."""

    delivery: Text | None = None
    message: Email | None = None
    state: Literal["attempted", "held", "pending", "delivered", "failed", "refused"] = ATTEMPTED
    uid: Text | None = None
    method: Text | None = None
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    timeout: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 5

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.delivery is None) == (self.message is None):
            raise ValueError("delivery or message")
        others = {"uid", "method"} if self.message is None else {"state"}
        if others := others & self.model_fields_set:
            kind = "delivery" if self.message is None else "message"
            raise ValueError(f"with {kind} no {', '.join(sorted(others))}")
        return self


class AddSecret(Model):
    """``client_secret`` is chosen here, or by the emulator."""

    client_secret: Credential | None = None


class ReplyToInvitation(Model):
    """The button that the recipient of an invitation presses."""

    status: Literal["accepted", "tentative", "declined"]


class ProposedTime(Model):
    """When somebody would like it better; ``tzid`` is by whose clocks they say so."""

    start: EventTime
    end: EventTime
    tzid: TimeZone | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        start, end = self.start, self.end
        if isinstance(start, datetime) != isinstance(end, datetime):
            raise ValueError("start and end to be both times, or both dates")
        if max(start.year, end.year) > LAST_YEAR or end < start:
            raise ValueError(f"an end that is not before start, and until the year {LAST_YEAR}")
        return self


class ReplyToSmartInvite(ReplyToInvitation):
    """Who answers; ``recipient_email`` and ``client_id`` say which invite, where its id does
    not.
    """

    email: Email
    comment: Text | None = None
    proposal: ProposedTime | None = None
    recipient_email: Email | None = None
    client_id: Credential | None = None


class PostedEvent(EventDocument):
    """An event for the person's ``calendar`` of that name, or in place of ``event_uid``.

    What ``GET`` answers besides comes back as it was.
    """

    refused_keys = dict.fromkeys(
        ("created", "updated", "ical_uid", "managed"),
        "nothing, or with an event_uid what the event has: nobody chooses it",
    )
    # As an application may have written it.
    may_have_no_day = True

    calendar: Text | None = None
    event_uid: Text | None = None


class PostedEvents(Model):
    """Many of them; ``calendar`` is that of those which name none."""

    events: Annotated[list[Any], Field(max_length=10_000)]
    calendar: Text | None = None


class PostedCalendar(Model):
    """A calendar that a person makes; ``readonly`` for one that others share with them."""

    name: Text
    readonly: Annotated[bool, Field(strict=True)] = False
    color: Color | None = None


class RenamedCalendar(Model):
    name: Text


class DeleteEvents(Model):
    event_uid: Text | None = None
    all: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_or_all(self) -> Self:
        if (self.event_uid is None) != self.all:
            raise ValueError("either an event_uid, or all: true")
        return self


class SetClock(Model):
    """``now`` freezes the clock there; ``mode: real`` lets it run with the machine's."""

    now: Moment | None = None
    mode: Literal["virtual", "real"] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.now is None and self.mode is None:
            raise ValueError("now, mode, or both")
        if self.now is not None and self.mode == "real":
            raise ValueError("now only with mode virtual")
        return self

"""The format of scenarios and fixtures (YAML or JSON), as pydantic models.

Unknown keys are errors: nothing that a file says is silently ignored.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from mock_server.rules import scopes
from mock_server.rules.applications import is_http_url
from mock_server.world.clock import EARLIEST, LATEST, from_datetime


def _email(value: str) -> str:
    local, at, domain = value.strip().partition("@")
    if not (local and at and domain) or "@" in domain or any(c.isspace() for c in value.strip()):
        raise ValueError("expected an e-mail address, such as jane@acme.test")
    return f"{local}@{domain}".lower()


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("expected an IANA time zone, such as Europe/London")
    return value


def _moment(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, datetime | date | str | int):
        raise ValueError("expected a time, such as 2026-05-11T08:00:00Z")
    return value


def _in_range(value: datetime) -> datetime:
    if value.year < 1970 or not EARLIEST <= from_datetime(value) <= LATEST:
        raise ValueError("expected a time between 1970 and 9999")
    return value


def _user_scope(value: str) -> str:
    unknown = scopes.unknown(value, scopes.USER_SCOPES)
    if unknown or not value.split():
        raise ValueError(
            "expected scopes, separated by spaces, of: " + ", ".join(sorted(scopes.USER_SCOPES))
        )
    return value


def _service_account_scope(value: str) -> str:
    unknown = scopes.unknown(value, scopes.SERVICE_ACCOUNT_SCOPES)
    if unknown or not value.split():
        raise ValueError(
            "expected scopes, separated by spaces, of: "
            + ", ".join(sorted(scopes.SERVICE_ACCOUNT_SCOPES))
        )
    return value


def _redirect_uri(value: str) -> str:
    if not is_http_url(value.replace("://*.", "://wildcard.", 1)):
        raise ValueError(
            "expected an http or https address, such as http://localhost:3000/callback"
        )
    return value


Email = Annotated[str, AfterValidator(_email)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_in_range)]
UserScope = Annotated[str, AfterValidator(_user_scope)]
ServiceAccountScope = Annotated[str, AfterValidator(_service_account_scope)]
RedirectUri = Annotated[str, AfterValidator(_redirect_uri)]
Text = Annotated[str, Field(min_length=1)]
Credential = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[!-~]+$")]
Decision = Literal["allow", "deny"]
AccessMode = Literal["read_write", "free_busy", "no_calendar"]
ProviderKey = Literal["google", "office365", "exchange", "apple", "outlook_com", "none"]
Seed = Annotated[int, Field(ge=0, lt=2**53)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Duration(Model):
    """``{hours: 1, minutes: 30}``; at least one part."""

    days: Annotated[int, Field(ge=0, le=36500)] = 0
    hours: Annotated[int, Field(ge=0, le=876000)] = 0
    minutes: Annotated[int, Field(ge=0, le=52560000)] = 0
    seconds: Annotated[int, Field(ge=0, le=3153600000)] = 0

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("expected at least one of days, hours, minutes, seconds")
        return self

    @property
    def total(self) -> int:
        """Seconds."""
        return ((self.days * 24 + self.hours) * 60 + self.minutes) * 60 + self.seconds


class FeaturesDocument(Model):
    free_busy: bool = True
    no_access: bool = False
    explicit_linking: bool = False
    business_connect: bool = False


class ApplicationDocument(Model):
    """Missing credentials are derived from the seed."""

    client_id: Credential | None = None
    client_secret: Credential | None = None
    name: Text = "Application"
    url: RedirectUri | None = None
    mode: Literal["development", "production"] = "development"
    redirect_uris: list[RedirectUri] = []
    plan: Literal["starter", "emerging", "growth", "strategic"] = "strategic"
    features: FeaturesDocument = FeaturesDocument()
    internal: bool = False


class EventDocument(Model):
    """A provider event: both ends times, or both dates (end exclusive) for all-day."""

    summary: str
    start: date | Moment
    end: date | Moment
    description: str = ""
    location: str = ""
    transparency: Literal["opaque", "transparent"] = "opaque"
    private: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        timed = [isinstance(end, datetime) for end in (self.start, self.end)]
        if timed[0] != timed[1]:
            raise ValueError("expected start and end to be both times or both dates")
        if timed[0]:
            ordered = from_datetime(self.start) < from_datetime(self.end)  # type: ignore[arg-type]
        else:
            ordered = self.start < self.end
        if not ordered:
            raise ValueError("expected end to be after start")
        return self


class CalendarDocument(Model):
    name: Text
    primary: bool = False
    readonly: bool = False
    color: Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")] | None = None
    events: list[EventDocument] = []


class ConsentDocument(Model):
    """What a person decides on pages, without anybody looking at them."""

    authorize: Decision | None = None
    enterprise: Decision | None = None
    permissions: Decision | None = None
    conferencing: Decision | None = None
    access_mode: AccessMode | None = None


class InvitesDocument(Model):
    reply: Literal["accepted", "tentative", "declined"]
    after: Duration = Duration(seconds=0)


class GenerateEventsDocument(Model):
    """``events`` busy times on weekdays of the next ``days`` days, from the seed."""

    events: Annotated[int, Field(ge=0, le=100_000)]
    days: Annotated[int, Field(ge=1, le=3660)] = 14


class PersonDocument(Model):
    """Missing name and time zone come from Faker; missing calendars are one primary."""

    email: Email
    name: Text | None = None
    zoneinfo: TimeZone | None = None
    locale: Text | None = None
    provider: ProviderKey = "google"
    calendars: list[CalendarDocument] | None = None
    generate: GenerateEventsDocument | None = None
    consent: ConsentDocument = ConsentDocument()
    invites: InvitesDocument | None = None
    initial_sync: Literal["immediate", "held"] = "immediate"

    @model_validator(mode="after")
    def _calendars_fit(self) -> Self:
        if self.provider == "none" and (self.calendars or self.generate):
            raise ValueError("expected no calendars and no generate with provider: none")
        if self.calendars and sum(calendar.primary for calendar in self.calendars) > 1:
            raise ValueError("expected at most one primary calendar")
        return self


class ResourceDocument(Model):
    email: Email
    name: Text
    capacity: Annotated[int, Field(ge=0, lt=2**31)] | None = None
    location: dict[str, object] | None = None


class OrganizationDocument(Model):
    """Members, administrator and rooms that no ``people`` entry describes are made up."""

    domain: Text
    provider: Literal["google", "office365", "exchange"] = "google"
    administrator: Email | None = None
    members: list[Email] = []
    resources: list[ResourceDocument] = []
    availability_only: list[Email] = []


class ConnectedDocument(Model):
    """A connection that exists already, made by the same rules as on the pages.

    With ``person`` an account (through ``service_account``, a domain, if that is given);
    with ``service_account`` alone the domain's administrator.
    """

    person: Email | None = None
    service_account: Text | None = None
    application: Credential | None = None
    access_mode: AccessMode | None = None
    scope: str | None = None
    delegated_scope: UserScope | None = None
    access_token: Credential | None = None
    refresh_token: Credential | None = None
    disconnected: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.person is None and self.service_account is None:
            raise ValueError("expected person, service_account, or both")
        if self.person is None:
            if self.scope is not None:
                _service_account_scope(self.scope)
            if self.disconnected:
                raise ValueError("expected disconnected only with person")
        else:
            if self.scope is not None:
                _user_scope(self.scope)
            if self.service_account and self.access_mode:
                raise ValueError(
                    "expected no access_mode: a person connected through a service account "
                    "inherits its mode"
                )
        return self


class GeneratePeopleDocument(Model):
    """``people`` made up by Faker, of various providers, time zones and languages."""

    people: Annotated[int, Field(ge=0, le=10_000)]
    seed: Seed | None = None
    domain: Text = "example.test"


class SwitchesDocument(Model):
    implicit_linking: bool = True
    rotate_refresh_tokens: bool = False


class FixtureDocument(Model):
    """A reusable piece of a world."""

    name: Text | None = None
    description: str | None = None
    applications: list[ApplicationDocument] = []
    people: list[PersonDocument] = []
    organizations: list[OrganizationDocument] = []
    generate: GeneratePeopleDocument | None = None


class ScenarioDocument(FixtureDocument):
    """A whole situation."""

    seed: Seed = 1
    clock: Moment | None = None
    include: list[Text] = []
    admin_api_key: Credential | None = None
    switches: SwitchesDocument = SwitchesDocument()
    connected: list[ConnectedDocument] = []

"""The format of scenarios and fixtures (YAML or JSON), as pydantic models.

Unknown keys are errors: nothing that a file says is silently ignored.
"""

# Annotations are evaluated at once here: pydantic needs them all, and would have to
# compile each from its text.

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator

from mock_server.scenarios.availability_documents import AvailabilityRules, AvailablePeriods
from mock_server.scenarios.event_documents import EventDocument
from mock_server.scenarios.fields import (
    AccessMode,
    CallbackUrl,
    Color,
    ConferencingName,
    Count,
    Credential,
    DataCenter,
    Decision,
    Domain,
    Email,
    Model,
    Moment,
    ProviderKey,
    RedirectUri,
    Seed,
    Text,
    TimeZone,
    UserScope,
    service_account_scope,
    user_scope,
)
from mock_server.scenarios.switches import SwitchesDocument


class Duration(Model):
    """``{hours: 1, minutes: 30}``; at least one part."""

    days: Annotated[int, Field(ge=0, le=36500, strict=True)] = 0
    hours: Annotated[int, Field(ge=0, le=876000, strict=True)] = 0
    minutes: Annotated[int, Field(ge=0, le=52560000, strict=True)] = 0
    seconds: Annotated[int, Field(ge=0, le=3153600000, strict=True)] = 0

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("at least one of days, hours, minutes, seconds")
        return self

    @property
    def total(self) -> int:
        """Seconds."""
        return ((self.days * 24 + self.hours) * 60 + self.minutes) * 60 + self.seconds


# A time, or one so long after something.
At = Annotated[
    Annotated[Duration, Tag("duration")] | Annotated[Moment, Tag("moment")],
    Discriminator(lambda value: "duration" if isinstance(value, dict | Duration) else "moment"),
]


class FeaturesDocument(Model):
    """Dashboard switches of an application, at Cronofy's defaults."""

    free_busy: bool = True
    no_access: bool = False
    explicit_linking: bool = False
    business_connect: bool = False
    recurring_events: bool = False
    meeting_agents: bool = False
    attachments: bool = False


class ApplicationDocument(Model):
    """``client_id`` is what another piece knows it by; missing credentials are derived."""

    client_id: Credential | None = None
    client_secret: Credential | None = None
    name: Text = "Application"
    url: RedirectUri | None = None
    mode: Literal["development", "production"] = "development"
    redirect_uris: list[RedirectUri] = []
    plan: Literal["none", "starter", "emerging", "growth", "strategic"] = "strategic"
    features: FeaturesDocument = FeaturesDocument.model_construct()
    internal: bool = False
    organization: Domain | None = None
    data_center: DataCenter = "us"

    @model_validator(mode="after")
    def _inside(self) -> Self:
        if self.organization is not None and not self.internal:
            raise ValueError("an organization only with internal: true")
        return self


class CalendarDocument(Model):
    name: Text
    primary: bool = False
    readonly: bool = False
    color: Color | None = None
    events: list[EventDocument] = []


class ConsentDocument(Model):
    """What a person decides on pages, without anybody looking at them."""

    authorize: Decision | None = None
    enterprise: Decision | None = None
    permissions: Decision | None = None
    conferencing: Decision | None = None
    access_mode: AccessMode | None = None


class InvitesDocument(Model):
    """How a person answers invitations."""

    reply: Literal["accepted", "tentative", "declined"]
    after: Duration = Duration.model_construct()


class ConferencingDocument(Model):
    """A conferencing service that a person has connected, under their address or ``name``."""

    provider_name: ConferencingName
    name: Text | None = None
    connected: bool = True
    failing: bool = False


class GenerateEventsDocument(Model):
    """``events`` busy times on weekdays of the next ``days`` days, from the seed."""

    events: Annotated[int, Field(ge=0, le=100_000, strict=True)]
    days: Annotated[int, Field(ge=1, le=3660, strict=True)] = 14


class PersonDocument(Model):
    """Missing name and time zone come from Faker; missing calendars are one primary."""

    email: Email
    name: Text | None = None
    zoneinfo: TimeZone | None = None
    locale: Text | None = None
    provider: ProviderKey = "google"
    calendars: list[CalendarDocument] | None = None
    generate: GenerateEventsDocument | None = None
    consent: ConsentDocument = ConsentDocument.model_construct()
    invites: InvitesDocument | None = None
    conferencing: list[ConferencingDocument] = []
    initial_sync: Literal["immediate", "held"] = "immediate"
    sync_delay: Duration = Duration.model_construct()

    @field_validator("calendars", "generate")
    @classmethod
    def _has_provider(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("provider") == "none":
            raise ValueError(f"no {info.field_name} with provider: none")
        return value

    @field_validator("calendars")
    @classmethod
    def _one_primary(cls, calendars: list[CalendarDocument] | None) -> object:
        if calendars and sum(calendar.primary for calendar in calendars) > 1:
            raise ValueError("at most one primary calendar")
        return calendars

    @field_validator("conferencing")
    @classmethod
    def _once_each(cls, services: list[ConferencingDocument]) -> list[ConferencingDocument]:
        if len({(s.provider_name, s.name) for s in services}) < len(services):
            raise ValueError("each service once under one name")
        return services


class AddressDocument(Model):
    lines: list[Text] = []
    locality: Text | None = None
    region: Text | None = None
    postal_code: Text | None = None
    country: Text | None = None


class CoordinatesDocument(Model):
    lat: Annotated[float, Field(ge=-90, le=90)]
    long: Annotated[float, Field(ge=-180, le=180)]


class LocationDocument(Model):
    """Where a room is, in the words of Cronofy's list of resources (identity §6.5)."""

    building_name: Text | None = None
    floor_name: Text | None = None
    floor_section: Text | None = None
    address: AddressDocument | None = None
    coordinates: CoordinatesDocument | None = None


class ResourceDocument(Model):
    """A room or other bookable thing."""

    email: Email
    name: Text
    capacity: Count | None = None
    location: LocationDocument | None = None


class OrganizationDocument(Model):
    """Members, administrator and rooms that no ``people`` entry describes are made up."""

    domain: Domain
    provider: Literal["google", "office365", "exchange"] = "google"
    administrator: Email | None = None
    members: list[Email] = []
    resources: list[ResourceDocument] = []
    availability_only: list[Email] = []


class ChannelFiltersDocument(Model):
    """``calendars`` by their names."""

    calendars: Annotated[list[Text], Field(min_length=1)] | None = None
    only_managed: Annotated[bool, Field(strict=True)] | None = None


class ChannelDocument(Model):
    """A push notification channel of the application for this person."""

    callback_url: CallbackUrl
    filters: ChannelFiltersDocument = ChannelFiltersDocument.model_construct()


class ConnectedDocument(Model):
    """A connection that exists already, made by the same rules as on the pages.

    With ``person`` an account (through ``service_account``, a domain, if that is given);
    with ``service_account`` alone the domain's administrator.
    """

    person: Email | None = None
    service_account: Domain | None = None
    application: Credential | None = None
    access_mode: AccessMode | None = None
    scope: str | None = None
    delegated_scope: UserScope | None = None
    access_token: Credential | None = None
    refresh_token: Credential | None = None
    disconnected: bool = False
    protocol: Literal["graph_api", "exchange_web_services"] | None = None
    availability_rules: AvailabilityRules = []
    available_periods: AvailablePeriods = []
    channels: list[ChannelDocument] = []

    @field_validator("access_mode")
    @classmethod
    def _own_mode(cls, mode: str | None, info: ValidationInfo) -> str | None:
        if mode and info.data.get("person") and info.data.get("service_account"):
            raise ValueError(
                "no access_mode: a person connected through a service account inherits its mode"
            )
        return mode

    @field_validator("scope")
    @classmethod
    def _known_scope(cls, scope: str | None, info: ValidationInfo) -> str | None:
        if scope is None or "person" not in info.data:
            return scope
        return user_scope(scope) if info.data["person"] else service_account_scope(scope)

    @field_validator(
        "disconnected", "protocol", "availability_rules", "available_periods", "channels"
    )
    @classmethod
    def _has_profile(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("person", "unreadable") is None:
            raise ValueError(f"{info.field_name} only with person")
        return value

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.person is None and self.service_account is None:
            raise ValueError("person, service_account, or both")
        return self


class GeneratePeopleDocument(Model):
    """``people`` made up by Faker, of various providers, time zones and languages."""

    people: Annotated[int, Field(ge=0, le=10_000, strict=True)]
    seed: Seed | None = None
    domain: Domain = "example.test"


class ScenarioDocument(Model):
    """A whole situation; without the keys of SCENARIO_ONLY, a fixture."""

    name: Text | None = None
    description: str | None = None
    seed: Seed = 1
    clock: Moment | None = None
    include: list[Text] = []
    admin_api_key: Credential | None = None
    switches: SwitchesDocument = SwitchesDocument.model_construct()
    applications: list[ApplicationDocument] = []
    people: list[PersonDocument] = []
    organizations: list[OrganizationDocument] = []
    generate: GeneratePeopleDocument | None = None
    connected: list[ConnectedDocument] = []
    # Entries of timeline_documents.py and fault_documents.py, which few scenarios need.
    timeline: list[Any] = []
    faults: list[Any] = []
    outages: list[Any] = []


# What a fixture does not say: it is a piece of a world, in no situation yet.
SCENARIO_ONLY = (
    *("seed", "clock", "include", "admin_api_key", "switches", "connected"),
    *("timeline", "faults", "outages"),
)

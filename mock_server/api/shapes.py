"""The shapes of answers, field by field (identity §§3, 6, 8; events §1.1).

Handlers build these as plain dictionaries, which the type checker compares with them;
the OpenAPI document is made from them, and the tests hold every answer against them.
"""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

PermissionLevel = Literal["sandbox", "unrestricted"]


class ProfileCalendar(TypedDict):
    """A calendar in userinfo."""

    calendar_id: str
    calendar_name: str
    calendar_readonly: bool
    calendar_deleted: bool
    calendar_primary: bool
    calendar_integrated_conferencing_available: bool
    calendar_attachments_available: bool
    permission_level: PermissionLevel


class Calendar(ProfileCalendar):
    """A calendar as listed and created; all keys are always present."""

    provider_name: str
    profile_id: str
    profile_name: str


class Calendars(TypedDict):
    sub: str
    calendars: list[Calendar]


class CreatedCalendar(TypedDict):
    calendar: Calendar


class Profile(TypedDict):
    """``profile_relink_url`` only while the profile is not connected."""

    provider_name: str
    provider_service: str
    profile_id: str
    profile_name: str
    profile_connected: bool
    profile_initial_sync_required: bool
    profile_relink_url: NotRequired[str]


class UserinfoProfile(Profile):
    """``provider_protocol`` for Microsoft 365 only; the address while that is not Graph."""

    provider_protocol: NotRequired[str]
    graph_api_migration_url: NotRequired[str]
    profile_calendars: list[ProfileCalendar]


class Profiles(TypedDict):
    profiles: list[Profile]


class ConferencingProfile(TypedDict):
    provider_name: str
    profile_id: str
    profile_name: str
    profile_connected: bool
    profile_relink_url: NotRequired[str]


class UserinfoAuthorization(TypedDict):
    """``delegated_scope`` for service accounts only."""

    scope: str
    status: str
    delegated_scope: NotRequired[str]


class UserinfoServiceAccount(TypedDict):
    provider_name: str
    domain: str


class UserinfoApplicationCalendar(TypedDict):
    application_calendar_id: str


class UserinfoData(TypedDict):
    """Which members stand here depends on ``cronofy.type``."""

    authorization: UserinfoAuthorization
    profiles: NotRequired[list[UserinfoProfile]]
    conferencing_profiles: NotRequired[list[ConferencingProfile]]
    service_account: NotRequired[UserinfoServiceAccount]
    application_calendar: NotRequired[UserinfoApplicationCalendar]


# Two keys are literally dotted, which only this form of declaration can say.
Userinfo = TypedDict(
    "Userinfo",
    {
        "sub": str,
        "email": NotRequired[str],
        "name": NotRequired[str | None],
        "zoneinfo": NotRequired[str],
        "cronofy.type": Literal["account", "service_account", "application_calendar"],
        "application_calendar_id": NotRequired[str],
        "cronofy.service_account.domain": NotRequired[str],
        "cronofy.data": UserinfoData,
    },
)


class AccountDetails(TypedDict):
    account_id: str
    email: str
    name: str | None
    scope: str
    default_tzid: str


class Account(TypedDict):
    account: AccountDetails
    sub: str


class LinkingProfile(TypedDict):
    provider_name: str
    provider_service: str
    profile_id: str
    profile_name: str


class RefreshedToken(TypedDict):
    """A refresh answers exactly these five."""

    token_type: Literal["bearer"]
    access_token: str
    expires_in: int
    refresh_token: str
    scope: str


class Token(RefreshedToken):
    """The answer to an authorization code: of an account, or of a service account."""

    account_id: NotRequired[str]
    service_account_id: NotRequired[str]
    sub: str
    linking_profile: NotRequired[LinkingProfile]
    userinfo: Userinfo


class ApplicationCalendarProfile(TypedDict):
    provider_name: str
    profile_id: str
    profile_name: str


class ApplicationCalendarToken(RefreshedToken):
    application_calendar_id: str
    sub: str
    linking_profile: ApplicationCalendarProfile


class LinkToken(TypedDict):
    link_token: str


class PermissionsRequest(TypedDict):
    """``url`` for individual accounts, ``accepted`` under Enterprise Connect."""

    url: NotRequired[str]
    accepted: NotRequired[bool]


class Permissions(TypedDict):
    permissions_request: PermissionsRequest


class AuthorizationRequest(TypedDict):
    url: str


class ConferencingAuthorization(TypedDict):
    authorization_request: AuthorizationRequest


class ResourceItem(TypedDict):
    email: str
    name: str
    capacity: NotRequired[int]
    location: NotRequired[dict[str, object]]


class Resources(TypedDict):
    resources: list[ResourceItem]


class AccessibleCalendar(TypedDict):
    calendar_type: str
    email: str
    name: str


class AccessibleCalendars(TypedDict):
    accessible_calendars: list[AccessibleCalendar]


class OauthClient(TypedDict):
    client_id: str
    client_secret: str


class ProvisionedApplication(TypedDict):
    oauth_client: OauthClient


class Empty(TypedDict):
    """``{}``"""

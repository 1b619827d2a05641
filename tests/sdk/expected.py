"""What the API should answer of an account, document by document.

An :class:`ExpectedAccount` begins as what connecting opens, learns the ids from the first
answer, and is changed by hand as a story changes the account: every later read is
compared with it whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.sdk.clients import Client, Document
from tests.sdk.matching import ACCOUNT, PROFILE, TOKEN, calendar_of


@dataclass
class ExpectedCalendar:
    name: str
    readonly: bool = False
    primary: bool = True
    conferencing: bool = False
    level: str = "sandbox"
    calendar_id: str = ""

    def document(self) -> Document:
        return {
            "calendar_id": self.calendar_id,
            "calendar_name": self.name,
            "calendar_readonly": self.readonly,
            "calendar_deleted": False,
            "calendar_primary": self.primary,
            "calendar_integrated_conferencing_available": self.conferencing,
            "calendar_attachments_available": False,
            "permission_level": self.level,
        }


@dataclass
class ExpectedProfile:
    provider_name: str
    provider_service: str
    calendars: list[ExpectedCalendar]
    protocol: str | None = None
    name: str = ""
    profile_id: str = ""

    def document(self) -> Document:
        return {
            "provider_name": self.provider_name,
            "provider_service": self.provider_service,
            "profile_id": self.profile_id,
            "profile_name": self.name,
            "profile_connected": True,
            "profile_initial_sync_required": False,
        }

    def userinfo_document(self) -> Document:
        document = self.document()
        document["profile_calendars"] = [c.document() for c in self.calendars]
        if self.protocol:
            document["provider_protocol"] = self.protocol
        return document

    def listed(self, calendar: ExpectedCalendar) -> Document:
        """The calendar as GET and POST /v1/calendars show it."""
        return {
            "provider_name": self.provider_name,
            "profile_id": self.profile_id,
            "profile_name": self.name,
            **calendar.document(),
        }


def cronofy_profile() -> ExpectedProfile:
    """The profile that Cronofy hosts for people who keep their own calendar closed."""
    calendar = ExpectedCalendar("Cronofy Calendar", level="unrestricted")
    return ExpectedProfile("cronofy", "cronofy", [calendar])


@dataclass
class ExpectedAccount:
    email: str
    name: str | None
    zoneinfo: str | None
    scope: str
    profiles: list[ExpectedProfile]
    sub: str = field(default="", init=False)

    def __post_init__(self) -> None:
        # A profile is named after its calendar account, as a rule the person's address.
        for profile in self.profiles:
            profile.name = profile.name or self.email

    def learn_ids(self, userinfo: Document) -> None:
        """Take the ids from ``userinfo``; their forms are checked."""
        self.sub = userinfo["sub"]
        assert self.sub == ACCOUNT
        found = userinfo["cronofy.data"]["profiles"]
        assert len(found) == len(self.profiles)
        for profile, document in zip(self.profiles, found, strict=True):
            profile.profile_id = document["profile_id"]
            assert profile.profile_id == PROFILE
            calendars = document["profile_calendars"]
            assert len(calendars) == len(profile.calendars)
            for calendar, listed in zip(profile.calendars, calendars, strict=True):
                calendar.calendar_id = listed["calendar_id"]
                assert calendar.calendar_id == calendar_of(profile.profile_id)

    @property
    def calendars(self) -> list[ExpectedCalendar]:
        return [calendar for profile in self.profiles for calendar in profile.calendars]

    def token_document(self, linking_profile: int = 0) -> Document:
        """The answer to a code."""
        profile = self.profiles[linking_profile]
        return {
            **refreshed_document(self.scope),
            "account_id": self.sub,
            "sub": self.sub,
            "linking_profile": {
                "provider_name": profile.provider_name,
                "provider_service": profile.provider_service,
                "profile_id": profile.profile_id,
                "profile_name": profile.name,
            },
            "userinfo": self.userinfo_document(),
        }

    def userinfo_document(self) -> Document:
        document = {
            "sub": self.sub,
            "email": self.email,
            "name": self.name,
            "zoneinfo": self.zoneinfo,
            "cronofy.type": "account",
            "cronofy.data": {
                "authorization": {"scope": self.scope, "status": "active"},
                "profiles": [p.userinfo_document() for p in self.profiles],
                "conferencing_profiles": [],
            },
        }
        if self.zoneinfo is None:
            del document["zoneinfo"]
        return document

    def account_document(self) -> Document:
        return {
            "account": {
                "account_id": self.sub,
                "email": self.email,
                "name": self.name,
                "scope": self.scope,
                "default_tzid": self.zoneinfo or "Etc/UTC",
            },
            "sub": self.sub,
        }

    def profiles_document(self) -> Document:
        return {"profiles": [profile.document() for profile in self.profiles]}

    def calendars_document(self) -> Document:
        return {
            "sub": self.sub,
            "calendars": [
                profile.listed(calendar)
                for profile in self.profiles
                for calendar in profile.calendars
            ],
        }

    def assert_seen_by(self, client: Client) -> None:
        """Every read of the account, whole."""
        assert client.userinfo() == self.userinfo_document()
        assert client.account() == self.account_document()
        assert client.profiles() == self.profiles_document()
        assert client.calendars() == self.calendars_document()


def refreshed_document(scope: str, expires_in: int = 3600) -> Document:
    """The five members of every token answer."""
    document: dict[str, Any] = {
        "token_type": "bearer",
        "access_token": TOKEN,
        "expires_in": expires_in,
        "refresh_token": TOKEN,
        "scope": scope,
    }
    return document


def invalid_grant(description: str, error_key: str | None = None) -> Document:
    document = {"error": "invalid_grant", "error_description": description}
    return {**document, "error_key": error_key} if error_key else document


UNKNOWN_CODE = invalid_grant(
    "this code has been redeemed already; each code works once", "errors.unknown_or_used"
)
REVOKED_REFRESH_TOKEN = invalid_grant(
    "this refresh token was revoked at 2026-05-11T08:00:00Z by the application: "
    "a new authorization is needed"
)


def unprocessable(field_path: str, key: str, description: str) -> Document:
    return {"errors": {field_path: [{"key": key, "description": description}]}}

"""The documents that the API should answer, written out; ids are known by their form."""

from __future__ import annotations

import re
from typing import Any

Document = dict[str, Any]


class Like(str):
    """Equal to every text that the pattern matches from end to end."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(str(self), other) is not None

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return f"Like({str(self)!r})"


class _Number:
    """Equal to every number that is not negative."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and other >= 0

    __hash__ = None  # type: ignore[assignment]


ANY_NUMBER = _Number()

# identity §1.6
TOKEN = Like(r"[A-Za-z0-9_-]{32}")
ACCOUNT_ID = Like(r"acc_[0-9a-f]{24}")
SERVICE_ACCOUNT_ID = Like(r"ser_[0-9a-f]{24}")
APPLICATION_CALENDAR_ID = Like(r"apc_[0-9a-f]{24}")
PROFILE_ID = Like(r"pro_[A-Za-z0-9_-]{16}")
CALENDAR_ID = Like(r"cal_[A-Za-z0-9_-]+_[A-Za-z0-9_@-]+")
SOME_TEXT = Like(r"(?s).+")


def calendar(
    name: str,
    *,
    calendar_id: str = CALENDAR_ID,
    primary: bool = True,
    readonly: bool = False,
    deleted: bool = False,
    conferencing: bool = False,
    attachments: bool = False,
    level: str = "sandbox",
) -> Document:
    """An entry of ``profile_calendars``."""
    return {
        "calendar_id": calendar_id,
        "calendar_name": name,
        "calendar_readonly": readonly,
        "calendar_deleted": deleted,
        "calendar_primary": primary,
        "calendar_integrated_conferencing_available": conferencing,
        "calendar_attachments_available": attachments,
        "permission_level": level,
    }


def profile(
    provider_name: str,
    provider_service: str,
    profile_name: str,
    *calendars: Document,
    **more: Any,
) -> Document:
    """A connected profile of userinfo. ``more`` adds or replaces members."""
    document = {
        "provider_name": provider_name,
        "provider_service": provider_service,
        "profile_id": PROFILE_ID,
        "profile_name": profile_name,
        "profile_connected": True,
        "profile_initial_sync_required": False,
        "profile_calendars": list(calendars),
    }
    return {**document, **more}


def google_profile(email: str, service: str = "google", **more: Any) -> Document:
    """``service`` is ``gsuite`` for somebody of an organization."""
    return profile("google", service, email, calendar(email, conferencing=True), **more)


def free_busy_profile(provider_name: str, email: str, **more: Any) -> Document:
    """The profile that shows busy times only: nothing in it can be written."""
    return profile(provider_name, provider_name, email, calendar(email, readonly=True), **more)


def cronofy_profile(email: str, **more: Any) -> Document:
    """The profile that Cronofy hosts, beside a free/busy one or alone."""
    hosted = calendar("Cronofy Calendar", level="unrestricted")
    return profile("cronofy", "cronofy", email, hosted, **more)


def userinfo(email: str, scope: str, *profiles: Document, **more: Any) -> Document:
    """Userinfo of an account; name and time zone as :func:`person` gives them."""
    document = {
        "sub": ACCOUNT_ID,
        "email": email,
        "name": NAME,
        "zoneinfo": ZONE,
        "cronofy.type": "account",
        "cronofy.data": {
            "authorization": {"scope": scope, "status": "active"},
            "profiles": list(profiles),
            "conferencing_profiles": [],
        },
    }
    return {**document, **more}


def service_account_userinfo(
    email: str, domain: str, provider_name: str, scope: str, delegated_scope: str
) -> Document:
    return {
        "sub": SERVICE_ACCOUNT_ID,
        "email": email,
        "cronofy.type": "service_account",
        "cronofy.service_account.domain": domain,
        "cronofy.data": {
            "authorization": {
                "scope": scope,
                "status": "active",
                "delegated_scope": delegated_scope,
            },
            "service_account": {"provider_name": provider_name, "domain": domain},
        },
    }


def token(scope: str, expires_in: int = 3600) -> Document:
    """The five members of every token answer, and all of a refresh."""
    return {
        "token_type": "bearer",
        "access_token": TOKEN,
        "expires_in": expires_in,
        "refresh_token": TOKEN,
        "scope": scope,
    }


def account_token(userinfo: Document, linking: int = 0) -> Document:
    """The answer to a code; ``linking`` is the profile just authorized with."""
    linked = userinfo["cronofy.data"]["profiles"][linking]
    names = ("provider_name", "provider_service", "profile_id", "profile_name")
    return {
        **token(userinfo["cronofy.data"]["authorization"]["scope"]),
        "account_id": userinfo["sub"],
        "sub": userinfo["sub"],
        "linking_profile": {name: linked[name] for name in names},
        "userinfo": userinfo,
    }


def service_account_token(userinfo: Document) -> Document:
    return {
        **token(userinfo["cronofy.data"]["authorization"]["scope"], expires_in=1800),
        "service_account_id": userinfo["sub"],
        "sub": userinfo["sub"],
        "userinfo": userinfo,
    }


def profiles_of(userinfo: Document) -> Document:
    """GET /v1/profiles, of the account that ``userinfo`` shows."""
    listed = [dict(profile) for profile in userinfo["cronofy.data"]["profiles"]]
    for profile in listed:
        del profile["profile_calendars"]
        profile.pop("provider_protocol", None)
    return {"profiles": listed}


def calendars_of(userinfo: Document) -> Document:
    """GET /v1/calendars, of the account that ``userinfo`` shows."""
    names = ("provider_name", "profile_id", "profile_name")
    return {
        "sub": userinfo["sub"],
        "calendars": [
            {**{name: profile[name] for name in names}, **calendar}
            for profile in userinfo["cronofy.data"]["profiles"]
            for calendar in profile["profile_calendars"]
        ],
    }


NAME = "Jane Doe"
ZONE = "Europe/London"


def person(email: str = "jane@acme.test", provider: str = "google", **more: Any) -> Document:
    """A person, as scenarios and ``POST …/people`` take them."""
    return {"email": email, "name": NAME, "zoneinfo": ZONE, "provider": provider, **more}


def errors(fields: dict[str, str]) -> Document:
    """A 422 body with one error on each field; keys are given without ``errors.``."""
    return {
        "errors": {
            field: [{"key": f"errors.{key}", "description": SOME_TEXT}]
            for field, key in fields.items()
        }
    }


def oauth_error(error: str, **more: Any) -> Document:
    return {"error": error, "error_description": SOME_TEXT, **more}

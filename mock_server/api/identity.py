"""Who somebody is: userinfo, account, profiles (identity §8)."""

from __future__ import annotations

from typing import cast

from mock_server.api import shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.errors import Forbidden
from mock_server.rules import conferencing_profiles, permissions, profiles
from mock_server.world.accounts import Authorization, Calendar, Profile
from mock_server.world.conferencing import ConferencingProfile
from mock_server.world.sandbox import Sandbox


def calendar_document(
    sandbox: Sandbox, authorization: Authorization, calendar: Calendar
) -> shapes.ProfileCalendar:
    return {
        "calendar_id": calendar.calendar_id,
        "calendar_name": calendar.name,
        "calendar_readonly": calendar.readonly,
        "calendar_deleted": calendar.deleted,
        "calendar_primary": calendar.primary,
        "calendar_integrated_conferencing_available": calendar.integrated_conferencing,
        "calendar_attachments_available": calendar.attachments,
        "permission_level": (
            "unrestricted"
            if permissions.level(sandbox, authorization, calendar) == "unrestricted"
            else "sandbox"
        ),
    }


def profile_document(profile: Profile, base_url: str) -> shapes.Profile:
    document: shapes.Profile = {
        "provider_name": profile.provider_name,
        "provider_service": profile.provider_service,
        "profile_id": profile.profile_id,
        "profile_name": profile.name,
        "profile_connected": profile.connected,
        "profile_initial_sync_required": profile.initial_sync_required,
    }
    if not profile.connected:
        document["profile_relink_url"] = base_url + profiles.relink_path(profile)
    return document


def conferencing_profile_document(
    sandbox: Sandbox, profile: ConferencingProfile, base_url: str
) -> shapes.ConferencingProfile:
    document: shapes.ConferencingProfile = {
        "provider_name": profile.provider_name,
        "profile_id": profile.profile_id,
        "profile_name": profile.name,
        "profile_connected": profile.connected,
    }
    if not profile.connected:
        path = conferencing_profiles.relink_path(sandbox, profile)
        document["profile_relink_url"] = base_url + path
    return document


def _userinfo_profile(
    sandbox: Sandbox, authorization: Authorization, profile: Profile, base_url: str
) -> shapes.UserinfoProfile:
    document = cast("shapes.UserinfoProfile", profile_document(profile, base_url))
    document["profile_calendars"] = [
        calendar_document(sandbox, authorization, calendar)
        for calendar in sandbox.calendars.by("profile", profile.profile_id)
    ]
    if profile.provider_protocol:
        document["provider_protocol"] = profile.provider_protocol
    if profile.provider_protocol == profiles.EXCHANGE_WEB_SERVICES:
        document["graph_api_migration_url"] = base_url + profiles.relink_path(profile)
    return document


def own_userinfo(call: Call) -> shapes.Userinfo:
    """Who calls."""
    return userinfo_document(call.sandbox, call.authorization, call.base_url)


def userinfo_document(
    sandbox: Sandbox, authorization: Authorization, base_url: str
) -> shapes.Userinfo:
    """The body of GET /v1/userinfo for any kind of subject."""
    granted: shapes.UserinfoAuthorization = {
        "scope": authorization.scope,
        "status": "active",
    }
    if authorization.kind == "service_account":
        service_account = sandbox.service_accounts[authorization.sub]
        granted["delegated_scope"] = authorization.delegated_scope or ""
        return {
            "sub": authorization.sub,
            "email": service_account.email,
            "cronofy.type": "service_account",
            # A flat copy that older clients read.
            "cronofy.service_account.domain": service_account.domain,
            "cronofy.data": {
                "authorization": granted,
                "service_account": {
                    "provider_name": service_account.provider_name,
                    "domain": service_account.domain,
                },
            },
        }
    listed = [
        _userinfo_profile(sandbox, authorization, profile, base_url)
        for profile in profiles.visible(sandbox, authorization)
    ]
    if authorization.kind == "application_calendar":
        name = sandbox.application_calendars[authorization.sub].application_calendar_id
        return {
            "sub": authorization.sub,
            "cronofy.type": "application_calendar",
            "application_calendar_id": name,
            "cronofy.data": {
                "application_calendar": {"application_calendar_id": name},
                "authorization": granted,
                "profiles": listed,
            },
        }
    account = sandbox.accounts[authorization.sub]
    document: shapes.Userinfo = {
        "sub": account.sub,
        "email": account.email,
        "name": account.name,
        "cronofy.type": "account",
        "cronofy.data": {
            "authorization": granted,
            "profiles": listed,
            "conferencing_profiles": [
                conferencing_profile_document(sandbox, profile, base_url)
                for profile in conferencing_profiles.of_account(sandbox, account.sub)
            ],
        },
    }
    if account.zoneinfo:
        document["zoneinfo"] = account.zoneinfo
    return document


@endpoint(
    "GET",
    "/v1/userinfo",
    title="UserInfo",
    docs="api/identity/userinfo",
    credentials=(Credential.ACCESS_TOKEN, Credential.SERVICE_ACCOUNT_TOKEN),
    answer=shapes.Userinfo,
    errors=(401,),
    assumed=(
        "Profiles appear in the order in which they were linked.",
        "In Free/Busy mode the person's own calendars are listed as calendar_readonly: true, "
        "with no integrated conferencing, no attachments and permission_level sandbox.",
        "The calendar that Cronofy hosts in Free/Busy and No Calendar Access mode is named "
        "Cronofy Calendar, is primary and writable, and has permission_level unrestricted, "
        "by analogy with application calendars.",
        "Profile names are the e-mail address, of both profiles in Free/Busy mode and of the one "
        "in No Calendar Access mode.",
        "authorization.status is always active.",
        "graph_api_migration_url leads to the page that reconnects a profile; signing in there "
        "moves the profile to Graph.",
        "conferencing_profiles is an empty list where there are none; its profiles belong to the "
        "account, so that all its applications see them, in the order in which they first came.",
    ),
)
def userinfo(call: Call) -> shapes.Userinfo:
    return own_userinfo(call)


@endpoint(
    "GET",
    "/v1/account",
    title="Account",
    docs="api/identity/account",
    credentials=(Credential.ACCESS_TOKEN, Credential.SERVICE_ACCOUNT_TOKEN),
    answer=shapes.Account,
    errors=(401, 403),
    text_errors=(403,),
    assumed=(
        "An application calendar is refused with 403 and a plain-text body; its wording is ours.",
        "default_tzid is Etc/UTC where the person's time zone is not known.",
    ),
)
def account(call: Call) -> shapes.Account:
    authorization = call.authorization
    if authorization.kind == "application_calendar":
        raise Forbidden(
            "an application calendar has no account: read /v1/userinfo",
            text="Application calendars do not have an account",
        )
    if authorization.kind == "service_account":
        email = call.sandbox.service_accounts[authorization.sub].email
        administrator = call.sandbox.people.get(email)
        name = administrator.name if administrator else None
        zoneinfo = administrator.zoneinfo if administrator else None
    else:
        found = call.sandbox.accounts[authorization.sub]
        email, name, zoneinfo = found.email, found.name, found.zoneinfo
    return {
        "account": {
            "account_id": authorization.sub,
            "email": email,
            "name": name,
            "scope": authorization.scope,
            "default_tzid": zoneinfo or "Etc/UTC",
        },
        "sub": authorization.sub,
    }


@endpoint(
    "GET",
    "/v1/profiles",
    title="Profiles",
    docs="api/identity/profile",
    credentials=(Credential.ACCESS_TOKEN,),
    answer=shapes.Profiles,
    errors=(401,),
    assumed=(
        "provider_service of on-premise Exchange and of consumer Google are inferred.",
        "A profile that Cronofy hosts is always connected.",
    ),
)
def list_profiles(call: Call) -> shapes.Profiles:
    return {
        "profiles": [
            profile_document(profile, call.base_url)
            for profile in profiles.visible(call.sandbox, call.authorization)
        ]
    }


def _own_profile(call: Call) -> Profile | ConferencingProfile:
    """The profile that the path names, of either kind; NotFound if it is not the caller's."""
    profile_id = call.path["profile_id"]
    return conferencing_profiles.own(call.sandbox, call.authorization, profile_id) or profiles.own(
        call.sandbox, call.authorization, profile_id
    )


@endpoint(
    "POST",
    "/v1/profiles/{profile_id}/revoke",
    title="Revoke a profile",
    docs="authorization/revoke-profile",
    credentials=(Credential.ACCESS_TOKEN,),
    owned=_own_profile,
    status=202,
    errors=(401, 404),
    assumed=(
        "A profile of another account, or an unknown one, is 404.",
        "The profile leaves profiles, calendars and userinfo; tokens keep working, even after "
        "the last profile has gone.",
        "A code that names the profile and was not redeemed yet dies with it.",
        "A conferencing profile leaves its account, and so all applications.",
    ),
)
def revoke_profile(call: Call) -> None:
    if isinstance(call.target, ConferencingProfile):
        conferencing_profiles.revoke(call.sandbox, call.target)
    else:
        profiles.revoke(call.sandbox, call.authorization, call.target.profile_id)


ENDPOINTS = (userinfo, account, list_profiles, revoke_profile)

"""Profiles: opening them, their calendars, and their life cycle (identity §11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from mock_server.errors import NotFound
from mock_server.rules import channels, mail
from mock_server.world.accounts import Account, Authorization, Calendar, Grant, Profile
from mock_server.world.people import ProviderCalendar
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

GRAPH_API = "graph_api"
EXCHANGE_WEB_SERVICES = "exchange_web_services"


def open_profile(
    sandbox: Sandbox,
    account: Account,
    *,
    email: str,
    access_mode: str,
    provider_name: str,
    provider_service: str,
    provider_protocol: str | None = None,
    hosted: bool = False,
) -> Profile:
    """The profile of ``email`` in ``access_mode`` on ``account``, connected.

    Walking a connected calendar account through the flow again finds its profile and
    updates it in place: same id, connected again (identity §3.2).
    """
    known = next(
        (
            p
            for p in sandbox.profiles.by("email", email)
            if p.sub == account.sub and p.access_mode == access_mode
        ),
        None,
    )
    return sandbox.profiles.put(
        Profile(
            profile_id=known.profile_id if known else sandbox.ids.short("pro"),
            sub=account.sub,
            email=email,
            name=email,
            access_mode=access_mode,
            provider_name=provider_name,
            provider_service=provider_service,
            provider_protocol=provider_protocol,
            hosted=hosted,
            initial_sync_required=known.initial_sync_required if known else False,
        )
    )


def open_calendar(
    sandbox: Sandbox,
    profile: Profile,
    source: ProviderCalendar | None,
    *,
    created_by: str | None = None,
    **fields: Any,
) -> Calendar:
    """A new calendar of ``profile``; its id carries the profile's (identity §1.6)."""
    part = sandbox.ids.short("cal", size=9).removeprefix("cal_")
    return sandbox.calendars.put(
        Calendar(
            calendar_id=f"cal_{profile.profile_id.removeprefix('pro_')}_{part}",
            profile_id=profile.profile_id,
            provider_calendar_id=source.provider_calendar_id if source else None,
            created_by=created_by,
            color=source.color if source else None,
            **fields,
        )
    )


def disconnect(sandbox: Sandbox, profile: Profile) -> Profile:
    """The provider refuses Cronofy's credentials: the person gets a mail with a relink URL."""
    if not profile.connected or profile.email is None or profile.hosted:
        return profile
    profile = sandbox.profiles.put(
        replace(profile, connected=False, relink_token=sandbox.ids.token("relink"))
    )
    mail.profile_disconnected(sandbox, profile.name, relink_path(profile))
    channels.tell(sandbox, profile.sub, profile.profile_id, channels.PROFILE_DISCONNECTED)
    return profile


def use_exchange_web_services(sandbox: Sandbox, profile: Profile) -> Profile:
    """A Microsoft 365 profile from before Graph: signing in again moves it, in place."""
    return sandbox.profiles.put(
        replace(
            profile,
            provider_protocol=EXCHANGE_WEB_SERVICES,
            relink_token=sandbox.ids.token("relink"),
        )
    )


def relink_path(profile: Profile) -> str:
    """Path and query of the page that reconnects ``profile`` (identity §11)."""
    query = urlencode({"email": profile.email or "", "token": profile.relink_token or ""})
    return f"/relink/{profile.provider_name}?{query}"


def visible(sandbox: Sandbox, authorization: Authorization) -> list[Profile]:
    """The profiles that an authorization opened, in link order."""
    return [sandbox.profiles[profile_id] for profile_id in authorization.profile_ids]


def own(sandbox: Sandbox, authorization: Authorization, profile_id: str) -> Profile:
    """The profile with this id; NotFound if it is not one of the authorization's."""
    if profile_id in authorization.profile_ids:
        return sandbox.profiles[profile_id]
    raise NotFound(
        f"no profile {profile_id!r} in this authorization; it has: "
        + (", ".join(authorization.profile_ids) or "none")
    )


def revoke(sandbox: Sandbox, authorization: Authorization, profile_id: str) -> None:
    """Take one profile from the application; the authorization itself stays (§3.5).

    A code that names it as ``linking_profile`` and was not redeemed yet dies with it.
    """
    for code in sandbox.codes.by("authorization", authorization.key):
        if code.profile_id == profile_id and not code.used:
            sandbox.codes.remove(code.code)
    calendars = {c.calendar_id for c in sandbox.calendars.by("profile", profile_id)}
    sandbox.authorizations.put(
        replace(
            authorization,
            unrestricted=authorization.unrestricted - calendars,
            grants=tuple(
                Grant(g.source, g.scope, tuple(p for p in g.profile_ids if p != profile_id))
                for g in authorization.grants
            ),
        )
    )

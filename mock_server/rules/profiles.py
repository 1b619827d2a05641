"""Profiles: opening them, their calendars, and their life cycle (identity §11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from mock_server.errors import NotFound

# The modes open and synchronize profiles through this module: looked up when called.
from mock_server.rules import access_modes, mail, provider_events
from mock_server.rules.providers import PROVIDERS, Provider
from mock_server.world.accounts import Account, Authorization, Calendar, Grant, Profile
from mock_server.world.people import Person, ProviderCalendar
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

GRAPH_API = "graph_api"
EXCHANGE_WEB_SERVICES = "exchange_web_services"

# How a mode sees a provider calendar: fields of a Calendar.
View = Callable[[Provider, ProviderCalendar], dict[str, object]]


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


def start_sync(sandbox: Sandbox, profile: Profile, person: Person, view: View) -> Profile:
    """List the calendars; the first synchronization itself may be held back."""
    first = not sandbox.calendars.by("profile", profile.profile_id)
    if first and person.initial_sync == "held":
        profile = sandbox.profiles.put(replace(profile, initial_sync_required=True))
    synchronize(sandbox, profile, view)
    return profile


def synchronize(sandbox: Sandbox, profile: Profile, view: View) -> None:
    """Bring Cronofy's calendars of ``profile``, and their events, up to date."""
    person = sandbox.people[profile.email]
    provider = PROVIDERS[person.provider]
    known = {
        calendar.provider_calendar_id: calendar
        for calendar in sandbox.calendars.by("profile", profile.profile_id)
    }
    for source in sandbox.provider_calendars.by("email", person.email):
        fields: dict[str, Any] = view(provider, source)
        calendar = known.get(source.provider_calendar_id)
        if calendar is None:
            calendar = open_calendar(sandbox, profile, source, **fields)
        else:
            calendar = sandbox.calendars.put(replace(calendar, color=source.color, **fields))
        provider_events.copy_calendar(sandbox, calendar)


def complete_sync(sandbox: Sandbox, profile: Profile) -> Profile:
    """Synchronize; the first time, callbacks that waited for it may leave."""
    profile = sandbox.profiles.put(replace(profile, initial_sync_required=False))
    access_modes.of(profile).synchronize(sandbox, profile)
    for delivery in sandbox.deliveries.by("profile", profile.profile_id):
        if delivery.state == "held":
            sandbox.deliveries.put(replace(delivery, state="pending", due_at=sandbox.now()))
    return profile


def disconnect(sandbox: Sandbox, profile: Profile) -> Profile:
    """The provider refuses Cronofy's credentials: the person gets a mail with a relink URL."""
    if not profile.connected or profile.email is None or profile.hosted:
        return profile
    profile = sandbox.profiles.put(
        replace(profile, connected=False, relink_token=sandbox.ids.token("relink"))
    )
    mail.profile_disconnected(sandbox, profile.name, relink_path(profile))
    return profile


def reconnect(sandbox: Sandbox, profile: Profile) -> Profile:
    """The person has signed in again: same profile, calendars and account.

    At Microsoft 365, whoever signs in does so by Graph, the default for everyone since June
    2024 (docs: office365-graph).
    """
    protocol = GRAPH_API if profile.provider_protocol else None
    profile = sandbox.profiles.put(
        replace(profile, connected=True, relink_token=None, provider_protocol=protocol)
    )
    access_modes.of(profile).synchronize(sandbox, profile)
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

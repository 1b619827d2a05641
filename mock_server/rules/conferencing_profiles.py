"""Conferencing services of an account: connecting them, and their life (events §9)."""

from __future__ import annotations

from urllib.parse import urlencode

from mock_server.errors import Forbidden
from mock_server.rules import channels, mail, meeting_timers
from mock_server.world.accounts import Account, Authorization
from mock_server.world.conferencing import ConferencingProfile, ConferencingRequest
from mock_server.world.people import Person
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

# ``provider_name`` as it is reported, and how people know the service. The first three are
# documented; WebEx and Google Meet are connected alike (seed 001), their names assumed.
SERVICES = {
    "zoom": "Zoom",
    "go_to": "GoTo Meeting",
    "ms_teams": "Microsoft Teams",
    "google_meet": "Google Meet",
    "webex": "Webex",
}

# Assumed: the page of a request may be opened within a day.
REQUEST_LIFETIME = 86_400


def label(provider_name: str) -> str:
    """The name by which people know a service; whatever else it is called, as it stands."""
    return SERVICES.get(provider_name, provider_name)


def require_account(authorization: Authorization) -> None:
    """Raise Forbidden for an application calendar: nobody connects services to it (assumed)."""
    if authorization.kind == "application_calendar":
        raise Forbidden("an application calendar is nobody's to connect a conferencing service to")


def ask(
    sandbox: Sandbox, authorization: Authorization, redirect_uri: str, provider_name: str | None
) -> ConferencingRequest:
    """A request whose page lets the person connect a service.

    ``provider_name`` chooses the service; with None the person does.
    """
    now = sandbox.now()
    for old in sandbox.conferencing_requests.leading(lambda request: request.expires_at <= now):
        sandbox.conferencing_requests.remove(old.token)
    return sandbox.conferencing_requests.put(
        ConferencingRequest(
            token=sandbox.ids.token("conferencing_request"),
            client_id=authorization.client_id,
            sub=authorization.sub,
            redirect_uri=redirect_uri,
            provider_name=provider_name,
            expires_at=now + REQUEST_LIFETIME,
        )
    )


def agree(
    sandbox: Sandbox, request: ConferencingRequest, provider_name: str
) -> ConferencingProfile:
    """The person's agreement, once: the account gets the service."""
    sandbox.conferencing_requests.put(replace(request, decision="allow"))
    account = sandbox.accounts[request.sub]
    return link(sandbox, account.sub, provider_name, account.email)


def refuse(sandbox: Sandbox, request: ConferencingRequest) -> None:
    """The person's refusal, once."""
    sandbox.conferencing_requests.put(replace(request, decision="deny"))


def link(sandbox: Sandbox, sub: str, provider_name: str, name: str) -> ConferencingProfile:
    """The account's profile of a service under ``name``, connected, the most recent one.

    A service that is there under that name is updated in place: same id (assumed).
    """
    held = of_account(sandbox, sub)
    linked = max((profile.linked for profile in held), default=0) + 1
    for known in held:
        if (known.provider_name, known.name) == (provider_name, name):
            connected = replace(known, linked=linked, connected=True, relink_token=None)
            return sandbox.conferencing_profiles.put(connected)
    return sandbox.conferencing_profiles.put(
        ConferencingProfile(
            profile_id=sandbox.ids.short("pro"),
            sub=sub,
            provider_name=provider_name,
            name=name,
            linked=linked,
        )
    )


def bring_along(sandbox: Sandbox, account: Account, person: Person) -> None:
    """``account`` gets the services that ``person`` has, as they stand."""
    for service in person.conferencing:
        profile = link(sandbox, account.sub, service.provider_name, service.name)
        if service.failing:
            profile = set_failing(sandbox, profile, failing=True)
        if not service.connected:
            disconnect(sandbox, profile)


def of_account(sandbox: Sandbox, sub: str) -> list[ConferencingProfile]:
    """The account's conferencing profiles, in the order in which they first came."""
    return sandbox.conferencing_profiles.by("sub", sub)


def own(
    sandbox: Sandbox, authorization: Authorization, profile_id: str
) -> ConferencingProfile | None:
    """The conferencing profile with this id, if it is one of the authorization's account."""
    profile = sandbox.conferencing_profiles.get(profile_id)
    return profile if profile is not None and profile.sub == authorization.sub else None


def latest_connected(sandbox: Sandbox, sub: str) -> ConferencingProfile | None:
    """The account's most recently linked profile among those that are connected."""
    connected = [profile for profile in of_account(sandbox, sub) if profile.connected]
    return max(connected, key=lambda profile: profile.linked, default=None)


def revoke(sandbox: Sandbox, profile: ConferencingProfile) -> None:
    """The profile leaves its account (events §9.2)."""
    sandbox.conferencing_profiles.remove(profile.profile_id)


def disconnect(sandbox: Sandbox, profile: ConferencingProfile) -> ConferencingProfile:
    """The service refuses Cronofy's credentials: the person gets a mail with a relink URL."""
    if not profile.connected:
        return profile
    profile = sandbox.conferencing_profiles.put(
        replace(profile, connected=False, relink_token=sandbox.ids.token("relink"))
    )
    mail.conferencing_disconnected(
        sandbox,
        sandbox.accounts[profile.sub].email,
        label(profile.provider_name),
        relink_path(sandbox, profile),
    )
    channels.tell(sandbox, profile.sub, None, channels.CONFERENCING_DISCONNECTED)
    return profile


def reconnect(sandbox: Sandbox, profile: ConferencingProfile) -> ConferencingProfile:
    """The person has signed in to the service again: same profile."""
    meeting_timers.hasten(sandbox)
    return sandbox.conferencing_profiles.put(replace(profile, connected=True, relink_token=None))


def set_failing(
    sandbox: Sandbox, profile: ConferencingProfile, *, failing: bool
) -> ConferencingProfile:
    """Whether the service has trouble of its own, and arranges no meetings meanwhile."""
    if not failing:
        meeting_timers.hasten(sandbox)
    return sandbox.conferencing_profiles.put(replace(profile, failing=failing))


def relink_path(sandbox: Sandbox, profile: ConferencingProfile) -> str:
    """Path and query of the page that reconnects ``profile`` (identity §11)."""
    email = sandbox.accounts[profile.sub].email
    query = urlencode({"email": email, "token": profile.relink_token or ""})
    return f"/v2/relink/{profile.provider_name}?{query}"

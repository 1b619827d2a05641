"""Authorizations: who may use what, codes, and taking it all away (identity §§3, 6.6)."""

from __future__ import annotations

from mock_server.rules import (
    access_modes,
    channels,
    conferencing_profiles,
    meeting_agents,
    scopes,
    synchronization,
)
from mock_server.world.accounts import Account, Authorization, Grant, Profile
from mock_server.world.applications import Application
from mock_server.world.directory import Clash
from mock_server.world.grants import AccessToken, Code, FormerToken
from mock_server.world.people import Person
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

# Documented only as short-lived (assumed, identity §3.1).
CODE_LIFETIME = 600

# Of the access tokens that hold no longer, the latest are remembered.
MOST_FORMER = 1000


def connect(
    sandbox: Sandbox,
    application: Application,
    account: Account,
    person: Person,
    mode: str,
    *,
    scope: str,
    source: str,
    delegated_scope: str | None = None,
) -> tuple[Authorization, Profile]:
    """Open ``person``'s profiles in ``mode`` to ``application``.

    Returns the authorization and the profile that ``linking_profile`` names. Scopes
    accumulate, and so do profiles, until the authorization is revoked.
    """
    if sandbox.profiles.one("email", person.email) is None:
        conferencing_profiles.bring_along(sandbox, account, person)
    known = {p.profile_id: p.connected for p in sandbox.profiles.by("email", person.email)}
    opened = synchronization.connect(sandbox, access_modes.ACCESS_MODES[mode], account, person)
    authorization = grant(
        sandbox,
        application.client_id,
        account.sub,
        "account",
        Grant(source, scope, tuple(profile.profile_id for profile in opened)),
        delegated_scope=delegated_scope,
    )
    for profile in opened:
        if not known.get(profile.profile_id):
            synchronization.tell_connected(sandbox, profile, again=profile.profile_id in known)
    return authorization, opened[0]


def grant(
    sandbox: Sandbox,
    client_id: str,
    sub: str,
    kind: str,
    new: Grant,
    *,
    delegated_scope: str | None = None,
) -> Authorization:
    """Add ``new`` to what the application already has on ``sub``."""
    known = sandbox.authorizations.get((client_id, sub))
    if known is None:
        return sandbox.authorizations.put(
            Authorization(
                client_id=client_id,
                sub=sub,
                kind=kind,
                refresh_token=sandbox.ids.token("refresh_token"),
                grants=(new,),
                delegated_scope=delegated_scope,
            )
        )
    merged = []
    for old in known.grants:
        if old.source == new.source:
            scope = scopes.union(old.scope, new.scope)
            profile_ids = tuple(dict.fromkeys(old.profile_ids + new.profile_ids))
            new = Grant(new.source, scope, profile_ids)
        else:
            merged.append(old)
    if delegated_scope:
        delegated_scope = scopes.union(known.delegated_scope or "", delegated_scope)
    return sandbox.authorizations.put(
        replace(
            known,
            grants=(*merged, new),
            delegated_scope=delegated_scope or known.delegated_scope,
        )
    )


def issue_code(
    sandbox: Sandbox, authorization: Authorization, redirect_uri: str, profile: Profile | None
) -> Code:
    """A code for ``authorization``, to be redeemed with exactly ``redirect_uri``."""
    now = sandbox.now()
    for old in sandbox.codes.leading(
        lambda code: expires_at(sandbox, code) + CODE_LIFETIME < now,
        "authorization",
        authorization.key,
    ):
        sandbox.codes.remove(old.code)
    return sandbox.codes.put(
        Code(
            code=sandbox.ids.token("code"),
            client_id=authorization.client_id,
            sub=authorization.sub,
            redirect_uri=redirect_uri,
            profile_id=profile.profile_id if profile else None,
            expires_at=now + CODE_LIFETIME,
        )
    )


def expires_at(sandbox: Sandbox, code: Code) -> int:
    """When ``code`` can no longer be redeemed.

    One that is called back may wait, for a first synchronization or for a receiver that
    does not answer: its time counts from the last attempt on (assumed).
    """
    delivery = sandbox.deliveries.get(code.delivery_id)
    if delivery is None:
        return code.expires_at
    waiting = delivery.state in {"held", "pending"} or not delivery.attempts
    return CODE_LIFETIME + (sandbox.now() if waiting else delivery.attempts[-1].at)


def remember(sandbox: Sandbox, token: AccessToken, ended_at: int, ended_by: str) -> None:
    """Keep what became of ``token``, so that its refusal can say it."""
    _remember(sandbox, FormerToken(token.token, token.client_id, token.sub, ended_at, ended_by))


def _remember(sandbox: Sandbox, former: FormerToken) -> None:
    try:
        sandbox.former_tokens.put(former)
    except Clash:
        return  # another sandbox was given the same token, and has seen its end first
    excess = iter(range(len(sandbox.former_tokens) - MOST_FORMER))
    for old in sandbox.former_tokens.leading(lambda _: next(excess, None) is not None):
        sandbox.former_tokens.remove(old.token)


def revoke(sandbox: Sandbox, authorization: Authorization, by: str = "application") -> None:
    """End an authorization, and whatever was authorized through its subject.

    ``by`` is who wants that: the application, or the person.

    Revoking a service account revokes every account authorized through it; accounts the
    same people authorized some other way keep that access (identity §§3.4, 6.6).
    """
    for token in sandbox.access_tokens.by("authorization", authorization.key):
        sandbox.access_tokens.remove(token.token)
        if token.expires_at <= sandbox.now():
            remember(sandbox, token, token.expires_at, "time")
        else:
            remember(sandbox, token, sandbox.now(), by)
    for code in sandbox.codes.by("authorization", authorization.key):
        sandbox.codes.remove(code.code)
    for request in sandbox.permission_requests.by("authorization", authorization.key):
        sandbox.permission_requests.remove(request.token)
    for asked in sandbox.conferencing_requests.by("authorization", authorization.key):
        sandbox.conferencing_requests.remove(asked.token)
    for page in sandbox.result_pages.by("authorization", authorization.key):
        sandbox.result_pages.remove(page.page_id)
    for channel in sandbox.channels.by("owner", authorization.key):
        channels.close(sandbox, channel)
    meeting_agents.forget(sandbox, authorization.key)
    for rule in sandbox.availability_rules.by("authorization", authorization.key):
        sandbox.availability_rules.remove(rule.key)
    for period in sandbox.available_periods.by("authorization", authorization.key):
        sandbox.available_periods.remove(period.key)
    sandbox.authorizations.remove(authorization.key)
    refresh_token, now = authorization.refresh_token, sandbox.now()
    _remember(sandbox, FormerToken(refresh_token, *authorization.key, now, by, kind="refresh"))
    if authorization.kind == "application_calendar":
        sandbox.application_calendars.remove(authorization.sub)
    if authorization.kind == "service_account":
        sandbox.service_accounts.remove(authorization.sub)
    for dependent in sandbox.authorizations.by("source", authorization.sub):
        # Revoking one may have changed, or taken, the next.
        current = sandbox.authorizations.get(dependent.key)
        if current is not None and current.client_id == authorization.client_id:
            _withdraw(sandbox, current, authorization.sub, by)


def _withdraw(sandbox: Sandbox, authorization: Authorization, source: str, by: str) -> None:
    """Take back what came through ``source``; nothing left means revoked."""
    left = tuple(grant for grant in authorization.grants if grant.source != source)
    if not left:
        revoke(sandbox, authorization, by)
        return
    authorization = replace(authorization, grants=left)
    calendars = {
        calendar.calendar_id
        for profile_id in authorization.profile_ids
        for calendar in sandbox.calendars.by("profile", profile_id)
    }
    sandbox.authorizations.put(
        replace(authorization, unrestricted=authorization.unrestricted & calendars)
    )

"""Extended permissions: unrestricted access to calendars (seed 004, identity §5)."""

from __future__ import annotations

from mock_server.errors import Forbidden, Unprocessable
from mock_server.rules import access_modes, scopes
from mock_server.world.accounts import Authorization, Calendar
from mock_server.world.grants import PermissionRequest
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

# Assumed: the page of a request may be opened within a day.
REQUEST_LIFETIME = 86_400


def level(sandbox: Sandbox, authorization: Authorization, calendar: Calendar) -> str:
    """``permission_level`` of ``calendar`` for the application of ``authorization``."""
    mode = access_modes.of(sandbox.profiles[calendar.profile_id])
    return mode.permission_level(authorization, calendar)


def check(sandbox: Sandbox, authorization: Authorization, calendar_ids: list[str]) -> None:
    """Raise Unprocessable for every calendar that is not the account's or cannot be elevated."""
    fields: dict[str, list[tuple[str, str]]] = {}
    hints = []
    for index, calendar_id in enumerate(calendar_ids):
        calendar = sandbox.calendars.get(calendar_id)
        if calendar is None or calendar.profile_id not in authorization.profile_ids:
            refusal: str | None = "not a calendar of this account"
        else:
            mode = access_modes.of(sandbox.profiles[calendar.profile_id])
            refusal = mode.elevation_refusal(calendar)
        if refusal:
            fields[f"permissions[{index}].calendar_id"] = [("errors.not_recognized", refusal)]
            hints.append(f"{calendar_id}: {refusal}")
    if fields:
        raise Unprocessable(fields, "; ".join(hints))


def through_enterprise_connect(authorization: Authorization) -> str | None:
    """The service account an account was authorized through; None if otherwise."""
    for grant in authorization.grants:
        if grant.source.startswith("ser_"):
            return grant.source
    return None


def require(sandbox: Sandbox, authorization: Authorization) -> None:
    """Raise Forbidden where nobody can be asked, or an administrator has not agreed.

    An application calendar has no person, and nothing to elevate (assumed). Enterprise
    Connect asks nobody again: its service account must hold the
    unrestricted-access scope for users, or for resources where the account is one (assumed
    status, identity §5).
    """
    if authorization.kind == "application_calendar":
        raise Forbidden("an application calendar is unrestricted, and nobody's to ask for more")
    sub = through_enterprise_connect(authorization)
    if sub is None:
        return
    service_account = sandbox.service_accounts[sub]
    held = sandbox.authorizations[(authorization.client_id, sub)].scope
    organization = sandbox.organizations[service_account.domain]
    is_resource = any(
        organization.resource(profile.email or "")
        for profile in sandbox.profiles.by("sub", authorization.sub)
    )
    needed = scopes.UNRESTRICTED_RESOURCES if is_resource else scopes.UNRESTRICTED_ACCOUNTS
    if needed not in held.split():
        raise Forbidden(
            f"the service account {sub} does not hold the scope {needed}; it holds: {held}"
        )


def ask(
    sandbox: Sandbox, authorization: Authorization, calendar_ids: list[str], redirect_uri: str
) -> PermissionRequest:
    """A request whose page asks the person; nothing changes until they decide."""
    now = sandbox.now()
    for old in sandbox.permission_requests.leading(lambda request: request.expires_at <= now):
        sandbox.permission_requests.remove(old.token)
    return sandbox.permission_requests.put(
        PermissionRequest(
            token=sandbox.ids.token("permission_request"),
            client_id=authorization.client_id,
            sub=authorization.sub,
            calendar_ids=tuple(calendar_ids),
            redirect_uri=redirect_uri,
            expires_at=now + REQUEST_LIFETIME,
        )
    )


def decide(sandbox: Sandbox, request: PermissionRequest, *, allow: bool) -> None:
    """The person's decision, once: accepting elevates all the listed calendars.

    Those of a profile that the application has lost meanwhile stay out.
    """
    decision = "allow" if allow else "deny"
    sandbox.permission_requests.put(replace(request, decision=decision))
    if allow:
        authorization = sandbox.authorizations[(request.client_id, request.sub)]
        visible = [
            calendar_id
            for calendar_id in request.calendar_ids
            if sandbox.calendars[calendar_id].profile_id in authorization.profile_ids
        ]
        elevate(sandbox, authorization, visible)


def elevate(sandbox: Sandbox, authorization: Authorization, calendar_ids: list[str]) -> None:
    sandbox.authorizations.put(
        replace(authorization, unrestricted=authorization.unrestricted | set(calendar_ids))
    )

"""Business Connect: calendars that a person's own account reaches (identity §7, prerelease)."""

from __future__ import annotations

from mock_server.errors import FeatureOff, Forbidden, Unprocessable
from mock_server.rules import access_modes, authorizations, callbacks, linking, scopes
from mock_server.world.accounts import Authorization, Profile
from mock_server.world.applications import Application
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox

CALLBACK_KIND = "delegated_authorization"

# What an authorize URL's delegated_scope may ask for.
DELEGATED_SCOPES = frozenset({"free_busy", "read_only"})


def require(application: Application, authorization: Authorization) -> None:
    """Raise Forbidden unless Business Connect is on and the person has delegated something."""
    if not application.features.business_connect:
        raise FeatureOff(
            "Business Connect is switched on by Cronofy for each application; here: "
            "features: {business_connect: true} of the application"
        )
    if not authorization.delegated_scope:
        raise Forbidden(
            "this account has delegated nothing: send it to /oauth/authorize with "
            "delegated_scope=free_busy or delegated_scope=read_only"
        )


def accessible(
    sandbox: Sandbox, profile: Profile, calendar_type: str | None = None
) -> list[tuple[str, str, str]]:
    """``(type, e-mail, name)`` of the mailboxes that the profile's owner can reach.

    Resources and colleagues of the owner's organization who have a calendar; empty outside
    one.
    """
    organization = sandbox.organizations.one("mailbox", profile.email)
    if organization is None or profile.hosted:
        return []
    found = [("resource", item.email, item.name) for item in organization.resources]
    found += [
        ("unknown", email, sandbox.people[email].name or email)
        for email in organization.members
        if email != profile.email
    ]
    return [
        entry
        for entry in found
        if calendar_type in (None, entry[0])
        and access_modes.READ_WRITE.reaches(sandbox.people[entry[1]].provider)
    ]


def request_access(
    sandbox: Sandbox,
    application: Application,
    authorization: Authorization,
    profile: Profile,
    *,
    email: str,
    callback_url: str,
    scope: str,
    state: str | None,
) -> None:
    """Authorize a delegate account; the outcome is called back like Enterprise Connect's."""
    delegated = authorization.delegated_scope or ""
    if not scopes.within(scope, delegated):
        raise Unprocessable.of(
            "scope",
            "errors.not_granted",
            f"{scope!r} is not within the delegated_scope {delegated!r}",
        )
    person = _delegate(sandbox, profile, email)
    opened, code = None, None
    if person is None:
        outcome: dict[str, object] = {
            "error": "access_denied",
            "error_key": "errors.account_not_found",
            "error_description": f"{profile.name} cannot reach a mailbox {email}",
        }
    else:
        account = linking.account_for(sandbox, application, person)
        granted, opened = authorizations.connect(
            sandbox,
            application,
            account,
            person,
            access_modes.READ_WRITE.name,
            scope=scope,
            source=authorization.sub,
        )
        code = authorizations.issue_code(sandbox, granted, callback_url, opened)
        outcome = {"code": code.code}
    if state is not None:
        outcome["state"] = state
    callbacks.record(
        sandbox,
        application,
        kind=CALLBACK_KIND,
        url=callback_url,
        body={"authorization": outcome},
        code=code,
        after_sync_of=opened,
    )


def _delegate(sandbox: Sandbox, profile: Profile, email: str) -> Person | None:
    reachable = {entry[1] for entry in accessible(sandbox, profile)}
    return sandbox.people.get(email) if email in reachable else None

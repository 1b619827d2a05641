"""Which account a calendar account joins: implicit and explicit linking (identity §4)."""

from __future__ import annotations

from mock_server.errors import FeatureOff, Forbidden
from mock_server.world.accounts import Account, Authorization
from mock_server.world.applications import Application
from mock_server.world.grants import LinkToken
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox

# Assumed, identity §4.2.
LINK_TOKEN_LIFETIME = 300


class OwnedByAnother(Exception):
    """The calendar account belongs to another account of the same application."""


def owner(sandbox: Sandbox, person: Person) -> Account | None:
    """The account that already holds a profile of ``person``'s calendar account."""
    profile = sandbox.profiles.one("email", person.email)
    return sandbox.accounts[profile.sub] if profile else None


def account_for(
    sandbox: Sandbox,
    application: Application,
    person: Person,
    *,
    explicit: str | None = None,
    implicit: str | None = None,
) -> Account:
    """The account that ``person`` connects to: an existing one, or a new one.

    ``explicit`` is the ``sub`` of a link token: it binds, and a calendar account of
    another account is refused (:class:`OwnedByAnother`). ``implicit`` is that of the
    browser's cookie: it only counts for a calendar account that no account holds yet.
    """
    held = owner(sandbox, person)
    if explicit is not None:
        # Only what this application can see is in its way (assumed).
        if (
            held is not None
            and held.sub != explicit
            and (application.client_id, held.sub) in sandbox.authorizations
        ):
            raise OwnedByAnother
        return sandbox.accounts[explicit]
    if held is not None:
        return held
    if implicit is not None and implicit in sandbox.accounts:
        return sandbox.accounts[implicit]
    return account_of(sandbox, person)


def account_of(sandbox: Sandbox, person: Person) -> Account:
    """The account that ``person`` has anyway; a new one if there is none."""
    held = owner(sandbox, person)
    if held is not None:
        return held
    # Members of organizational units have an account before they connect anything.
    return sandbox.accounts.one("email", person.email) or sandbox.accounts.put(
        Account(
            sub=sandbox.ids.hex("acc"),
            email=person.email,
            name=person.name,
            zoneinfo=person.zoneinfo,
        )
    )


def issue_link_token(
    sandbox: Sandbox, application: Application, authorization: Authorization
) -> LinkToken:
    """A one-time token that links the next calendar account to the authorization's.

    Raises Forbidden unless the application's explicit linking is switched on, and for an
    application calendar, which is no account (assumed).
    """
    if not application.features.explicit_linking:
        raise FeatureOff(
            "explicit linking is switched on by Cronofy for each application; here: "
            "features: {explicit_linking: true} of the application"
        )
    if authorization.kind == "application_calendar":
        raise Forbidden("nobody's calendars can be linked to an application calendar")
    now = sandbox.now()
    for old in sandbox.link_tokens.leading(lambda token: token.expires_at <= now):
        sandbox.link_tokens.remove(old.token)
    return sandbox.link_tokens.put(
        LinkToken(
            token=sandbox.ids.token("link_token"),
            client_id=application.client_id,
            sub=authorization.sub,
            expires_at=now + LINK_TOKEN_LIFETIME,
        )
    )

"""Organizational units: the people and rooms of an organization, as Cronofy's Scheduler has them
(notifications §4.8; identity §12.4). An internal application belongs to one.
"""

from __future__ import annotations

from typing import Literal

from mock_server.errors import Forbidden
from mock_server.rules import linking
from mock_server.rules.providers import NO_PROVIDER
from mock_server.world.accounts import Account
from mock_server.world.applications import Application
from mock_server.world.people import Organization, Resource
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox

Role = Literal["member", "developer", "developer_admin", "owner"]


class Member(Record, frozen=True):
    """Somebody of the unit; ``scheduler`` says whether others can schedule with them."""

    account: Account
    email: str
    roles: tuple[Role, ...]
    scheduler: bool


def require(application: Application) -> None:
    """Raise Forbidden unless the application is an internal one."""
    if not application.internal:
        raise Forbidden(
            "only internal applications belong to an organizational unit; here: internal: true "
            "of the application"
        )


def members(sandbox: Sandbox, application: Application) -> list[Member]:
    """The administrator first, who owns the unit. Whoever has no account yet gets one: it is
    theirs too when they connect a calendar.
    """
    unit = _unit(sandbox, application)
    if unit is None:
        return []
    return [
        _member(sandbox, unit, email)
        for email in dict.fromkeys((unit.administrator, *unit.members))
    ]


def _member(sandbox: Sandbox, unit: Organization, email: str) -> Member:
    person = sandbox.people[email]
    return Member(
        account=linking.account_of(sandbox, person),
        email=email,
        roles=("member", "owner") if email == unit.administrator else ("member",),
        scheduler=person.provider != NO_PROVIDER,
    )


def resources(sandbox: Sandbox, application: Application) -> tuple[Resource, ...]:
    unit = _unit(sandbox, application)
    return unit.resources if unit else ()


def _unit(sandbox: Sandbox, application: Application) -> Organization | None:
    """The application's organization; where it names none, the sandbox's first (assumed)."""
    if application.organization is not None:
        return sandbox.organizations[application.organization]
    return next(iter(sandbox.organizations), None)

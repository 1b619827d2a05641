"""Organizational units: their members and resources (identity §12.4)."""

from __future__ import annotations

from typing_extensions import TypedDict

from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.rules import organizational_units
from mock_server.rules.organizational_units import Role


class Pages(TypedDict):
    current: int
    total: int


class MemberScheduler(TypedDict):
    enabled: bool
    public_url: str | None


class Member(TypedDict):
    sub: str
    email: str
    roles: list[Role]
    scheduler: MemberScheduler


class Members(TypedDict):
    organizational_unit_members: list[Member]
    pages: Pages


class ResourceScheduler(TypedDict):
    enabled: bool


class Resource(TypedDict):
    sub: str
    email: str
    name: str
    scheduler: ResourceScheduler


class Resources(TypedDict):
    organizational_unit_resources: list[Resource]
    pages: Pages


_ALL: Pages = {"current": 1, "total": 1}

_UNIT = (
    "Other applications than internal ones are 403: there is no plan Scheduler, and an internal "
    "application stands for it. The header Cronofy-Impersonate is ignored.",
    "Organization Connect is not in this version, so no access token is taken here.",
    "The unit is the organization that the scenario's application names, else the first. All is "
    "on one page.",
)


def _permitted(call: Call) -> None:
    organizational_units.require(call.application)


@endpoint(
    "GET",
    "/v1/organizational_unit_members",
    title="Organizational unit members",
    docs="api-alpha/organizational-unit-members",
    credentials=(Credential.API_KEY,),
    permitted=_permitted,
    answer=Members,
    errors=(401, 403),
    assumed=(
        *_UNIT,
        "Members are the organization's administrator, who is member and owner, and its members. "
        "Whoever has connected nothing yet has an account too, and keeps its sub.",
        "scheduler is enabled for whoever has a calendar; nobody has a public_url.",
    ),
)
def list_members(call: Call) -> Members:
    found = organizational_units.members(call.sandbox, call.application)
    return {
        "organizational_unit_members": [
            {
                "sub": member.account.sub,
                "email": member.email,
                "roles": list(member.roles),
                "scheduler": {"enabled": member.scheduler, "public_url": None},
            }
            for member in found
        ],
        "pages": _ALL,
    }


@endpoint(
    "GET",
    "/v1/organizational_unit_resources",
    title="Organizational unit resources",
    docs="api-alpha/organizational-unit-resources",
    credentials=(Credential.API_KEY,),
    permitted=_permitted,
    answer=Resources,
    errors=(401, 403),
    assumed=(*_UNIT, "scheduler is enabled for every resource."),
)
def list_unit_resources(call: Call) -> Resources:
    found = organizational_units.resources(call.sandbox, call.application)
    return {
        "organizational_unit_resources": [
            {
                "sub": resource.sub,
                "email": resource.email,
                "name": resource.name,
                "scheduler": {"enabled": True},
            }
            for resource in found
        ],
        "pages": _ALL,
    }


ENDPOINTS = (list_members, list_unit_resources)

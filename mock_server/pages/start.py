"""The start page: what this is, and everything that a newcomer needs for a first call."""

from __future__ import annotations

import json
import shlex

import msgspec
from starlette.responses import Response

from mock_server import __version__
from mock_server.pages.visit import Visit
from mock_server.rules import authorize, scopes
from mock_server.rules.providers import PROVIDERS
from mock_server.world.applications import Application
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox

# The page stays readable; the control API lists everybody.
MOST_PEOPLE = 25

_MODES = {
    "read_write": (
        "Read-Write",
        "Events go straight into the person's calendar. The most seamless way to connect.",
    ),
    "free_busy": (
        "Free/Busy",
        "Only busy times are shared, never details. New events reach the person as e-mail invites.",
    ),
    "no_calendar": (
        "No Calendar Access",
        "No calendar is connected at all. The person verifies an e-mail address and gets invites.",
    ),
}

_CHOICE = "The person picks the access mode."

# The application's switch that puts a mode on offer, as scenarios spell it.
_FEATURES = {"free_busy": "free_busy", "no_calendar": "no_access"}


class Way(msgspec.Struct, frozen=True):
    """A way to connect: an ``address`` to follow, or a ``reason`` why there is none."""

    label: str
    text: str
    address: str | None = None
    reason: str = ""


class Shown(msgspec.Struct, frozen=True):
    """An application with the ways to connect somebody to it."""

    application: Application
    ways: list[Way]


class Row(msgspec.Struct, frozen=True):
    """Somebody who can sign in; ``provider`` is empty where they have no calendar."""

    name: str
    email: str
    provider: str
    zoneinfo: str
    role: str


async def start(visit: Visit) -> Response:
    visit.refuse_public_name()
    sandbox = visit.app.sandboxes.get("default")
    assert sandbox is not None, "the sandbox default always exists"
    applications = [
        Shown(application, _ways(sandbox, application, visit.base_url))
        for application in sandbox.applications
    ]
    people = [row for person in sandbox.people if (row := _row(sandbox, person))]
    return visit.render(
        "start.html",
        language=visit.pages.languages.english,
        version=__version__,
        base_url=visit.base_url,
        scenario=sandbox.scenario,
        applications=applications,
        people=people[:MOST_PEOPLE],
        more_people=max(0, len(people) - MOST_PEOPLE),
        commands=_commands(visit.base_url, _somebody(people)),
        organizations=list(sandbox.organizations),
    )


def _somebody(people: list[Row]) -> str:
    """Somebody whom a command may connect in any way."""
    emails = (row.email for row in people if row.provider and not row.role)
    return next(emails, "new@acme.test")


def _commands(base_url: str, email: str) -> list[tuple[str, str]]:
    """Commands to copy, each with what it does."""
    control = f"{base_url}/_mock/sandboxes"
    json_type = "-H 'Content-Type: application/json'"
    body = shlex.quote(json.dumps({"email": email}))
    return [
        (
            f"Connect {email}, and read the tokens",
            f"curl {control}/default/connect \\\n  {json_type} \\\n  -d {body}",
        ),
        (
            "Ask who was connected, with that access_token",
            f"curl {base_url}/v1/userinfo \\\n  -H 'Authorization: Bearer ACCESS_TOKEN'",
        ),
        (
            "Open a sandbox of your own, apart from everybody else’s",
            f"curl -X POST {control}",
        ),
    ]


def _row(sandbox: Sandbox, person: Person) -> Row | None:
    """``person`` as a row of the page; None for a room, which cannot sign in."""
    provider = PROVIDERS.get(person.provider)
    organization = sandbox.organizations.one("mailbox", person.email)
    role = ""
    if organization and organization.resource(person.email):
        return None
    if organization and organization.administrator == person.email:
        role = f"administrator of {organization.domain}"
    return Row(
        name=person.name or person.email,
        email=person.email,
        provider=provider.label if provider else "",
        zoneinfo=person.zoneinfo or "",
        role=role,
    )


def _ways(sandbox: Sandbox, application: Application, base_url: str) -> list[Way]:
    asked = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": f"{base_url}/callback",
        "scope": scopes.FREE_BUSY_WRITE,
        "state": "from-the-start-page",
        "avoid_linking": "true",
    }
    ways = [_way(sandbox, application, "Let the person choose", _CHOICE, asked)]
    for name, (label, text) in _MODES.items():
        ways.append(_way(sandbox, application, label, text, {**asked, "access_type": name}))
    if sandbox.organizations:
        text = "An administrator connects a whole domain, and with it everybody's calendars."
        asked["scope"] = f"{scopes.MANAGE_ACCOUNTS} {scopes.MANAGE_RESOURCES}"
        asked["delegated_scope"] = scopes.FREE_BUSY_WRITE
        ways.append(_way(sandbox, application, "Enterprise Connect", text, asked, enterprise=True))
    return ways


def _way(
    sandbox: Sandbox,
    application: Application,
    label: str,
    text: str,
    asked: dict[str, str],
    *,
    enterprise: bool = False,
) -> Way:
    """The way that the request ``asked`` opens; asked beforehand, so that no link is dead."""
    request = authorize.AuthorizeRequest.of(asked, enterprise=enterprise)
    try:
        authorize.check(sandbox, application, request)
    except (authorize.UnsafeRequest, authorize.RefusedRequest) as refusal:
        return Way(label, text, None, f"Not for this application: {refusal}.")
    made = authorize.offer(application, request)
    wanted = request.access_type
    if wanted and (made.mode is None or made.mode.name != wanted):
        setting = f"features: {{{_FEATURES[wanted]}: true}}"
        return Way(label, text, None, f"Switched off: the scenario has to say {setting}.")
    if text == _CHOICE:
        text += " On offer: " + ", ".join(_MODES[mode.name][0] for mode in made.modes) + "."
    path = "/enterprise_connect/oauth/authorize" if enterprise else "/oauth/authorize"
    return Way(label, text, authorize.with_query(path, **asked))


ROUTES = (("GET", "/", start),)

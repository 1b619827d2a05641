"""The start page: what this is, and everything that a newcomer needs for a first call."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from mock_server import __version__
from mock_server.pages.visit import Visit
from mock_server.rules import authorize, scopes
from mock_server.rules.access_modes import ACCESS_MODES
from mock_server.rules.applications import redirect_uri_problem
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
        "",
    ),
    "free_busy": (
        "Free/Busy",
        "Only busy times are shared, never details. New events reach the person as e-mail invites.",
        "free_busy",
    ),
    "no_calendar": (
        "No Calendar Access",
        "No calendar is connected at all. The person verifies an e-mail address and gets invites.",
        "no_access",
    ),
}


class Way(msgspec.Struct, frozen=True):
    """A way to connect: an ``address`` to follow, or a ``reason`` why there is none."""

    label: str
    text: str
    address: str | None
    reason: str = ""


class Shown(msgspec.Struct, frozen=True):
    """An application with the ways to connect somebody to it."""

    application: Application
    ways: list[Way]


async def start(visit: Visit) -> Response:
    sandbox = visit.app.sandboxes.get("default")
    assert sandbox is not None, "the sandbox default always exists"
    applications = [
        Shown(application, _ways(sandbox, application, visit.base_url))
        for application in sandbox.applications
    ]
    people = list(sandbox.people)
    return visit.render(
        "start.html",
        language=visit.pages.languages.english,
        version=__version__,
        base_url=visit.base_url,
        scenario=sandbox.scenario,
        applications=applications,
        people=[_row(sandbox, person) for person in people[:MOST_PEOPLE]],
        more_people=max(0, len(people) - MOST_PEOPLE),
        commands=_commands(visit.base_url, _somebody(people)),
        organizations=list(sandbox.organizations),
    )


def _somebody(people: list[Person]) -> str:
    """Somebody whom a command may connect in any way."""
    return next(
        (person.email for person in people if person.provider in PROVIDERS), "new@acme.test"
    )


def _commands(base_url: str, email: str) -> list[tuple[str, str]]:
    """Commands to copy, each with what it does."""
    control = f"{base_url}/_mock/sandboxes"
    json_body = "-H 'Content-Type: application/json'"
    return [
        (
            f"Connect {email}, and read the tokens",
            f'curl {control}/default/connect \\\n  {json_body} \\\n  -d \'{{"email": "{email}"}}\'',
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


def _row(sandbox: Sandbox, person: Person) -> dict[str, str]:
    provider = PROVIDERS.get(person.provider)
    organization = sandbox.organizations.one("mailbox", person.email)
    role = ""
    if organization and organization.resource(person.email):
        role = "room or resource"
    elif organization and organization.administrator == person.email:
        role = f"administrator of {organization.domain}"
    return {
        "name": person.name or "",
        "email": person.email,
        "provider": provider.label if provider else "no calendar",
        "zoneinfo": person.zoneinfo or "",
        "role": role,
    }


def _ways(sandbox: Sandbox, application: Application, base_url: str) -> list[Way]:
    redirect_uri = f"{base_url}/callback"
    asked = {
        "response_type": "code",
        "client_id": application.client_id,
        "redirect_uri": redirect_uri,
        "scope": scopes.FREE_BUSY_WRITE,
        "state": "from-the-start-page",
        "avoid_linking": "true",
    }
    problem = redirect_uri_problem(application, redirect_uri)
    if application.internal:
        problem = "An internal application cannot ask for authorization."
    ways = [_choice(application, asked, problem)]
    for name, (label, text, feature) in _MODES.items():
        reason = problem or ""
        if not reason and not ACCESS_MODES[name].offered(application, scopes.FREE_BUSY_WRITE):
            reason = (
                f"Switched off for this application: set features: {{{feature}: true}} "
                "in the scenario."
            )
        address = _authorize("/oauth/authorize", {**asked, "access_type": name})
        ways.append(Way(label, text, None if reason else address, reason))
    if sandbox.organizations:
        ways.append(_enterprise(asked, problem))
    return ways


def _choice(application: Application, asked: dict[str, str], problem: str | None) -> Way:
    modes = [
        label
        for name, (label, _, _) in _MODES.items()
        if ACCESS_MODES[name].offered(application, scopes.FREE_BUSY_WRITE)
    ]
    text = f"The person chooses: {', '.join(modes)}."
    return Way(
        "Let the person choose",
        text,
        None if problem else _authorize("/oauth/authorize", asked),
        problem or "",
    )


def _enterprise(asked: dict[str, str], problem: str | None) -> Way:
    address = _authorize(
        "/enterprise_connect/oauth/authorize",
        {
            **asked,
            "scope": f"{scopes.MANAGE_ACCOUNTS} {scopes.MANAGE_RESOURCES}",
            "delegated_scope": scopes.FREE_BUSY_WRITE,
        },
    )
    text = "An administrator connects a whole domain, and with it everybody's calendars."
    return Way("Enterprise Connect", text, None if problem else address, problem or "")


def _authorize(path: str, query: dict[str, str]) -> str:
    return authorize.with_query(path, **query)


ROUTES = (("GET", "/", start),)

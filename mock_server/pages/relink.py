"""The page that connects a lapsed profile again, or moves one to Graph (identity §§8.1, 11)."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import synchronization
from mock_server.rules.providers import PROVIDERS
from mock_server.world.accounts import Profile
from mock_server.world.sandbox import Sandbox


def _lapsed(visit: Visit) -> tuple[Sandbox, Profile]:
    """The profile of the address. Raises Trouble unless the link belongs to one."""
    token = visit.query.get("token", "")
    provider_name, email = visit.path["provider"], visit.query.get("email", "")
    found: Any = visit.app.sandboxes.directory.page.get(token) if token else None
    sandbox: Sandbox | None = found
    for profile in sandbox.profiles.by("email", email) if sandbox else ():
        if profile.relink_token == token and profile.provider_name == provider_name:
            assert sandbox is not None
            visit.sandbox, visit.sub = sandbox, profile.sub
            return sandbox, profile
    raise Trouble(
        "not_found",
        "no profile waits at this relink address: it has been connected again already, "
        "or provider, email and token do not belong together",
        404,
    )


def _label(sandbox: Sandbox, profile: Profile) -> str:
    """The provider's name as people know it."""
    return PROVIDERS[sandbox.people[profile.email].provider].label


async def show(visit: Visit) -> Response:
    sandbox, profile = _lapsed(visit)
    provider = _label(sandbox, profile)
    return visit.render("relink.html", profile=profile, provider=provider, done=False)


async def submit(visit: Visit) -> Response:
    await visit.form()
    sandbox, profile = _lapsed(visit)
    synchronization.reconnect(sandbox, profile)
    provider = _label(sandbox, profile)
    return visit.render("relink.html", profile=profile, provider=provider, done=True)


ROUTES = (
    ("GET", "/relink/{provider}", show),
    ("POST", "/relink/{provider}", submit),
)

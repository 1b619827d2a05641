"""The page that connects a lapsed profile again, or moves one to Graph (identity §§8.1, 11)."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.pages import tokens
from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import outages, synchronization
from mock_server.rules.providers import PROVIDERS
from mock_server.world.accounts import Profile
from mock_server.world.sandbox import Sandbox


def _lapsed(visit: Visit) -> tuple[Sandbox, Profile]:
    return tokens.lapsed(visit, "profile", lambda s: s.profiles, lambda _, profile: profile.email)


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
    outage = outages.of_profile(sandbox, profile)
    if outage is not None:
        provider = _label(sandbox, profile)
        raise Trouble("server", f"{provider} is out of order: outage {outage.outage_id}", 503)
    synchronization.reconnect(sandbox, profile)
    provider = _label(sandbox, profile)
    return visit.render("relink.html", profile=profile, provider=provider, done=True)


ROUTES = (
    ("GET", "/relink/{provider}", show),
    ("POST", "/relink/{provider}", submit),
)

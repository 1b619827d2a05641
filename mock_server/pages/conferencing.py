"""The pages on which a person connects a conferencing service, or reconnects it (events §9)."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import conferencing_profiles, consents
from mock_server.rules.authorize import with_query
from mock_server.rules.conferencing_profiles import SERVICES
from mock_server.rules.consents import Decision
from mock_server.world.accounts import Account
from mock_server.world.applications import Application
from mock_server.world.clock import as_text
from mock_server.world.conferencing import ConferencingProfile, ConferencingRequest
from mock_server.world.sandbox import Sandbox

# The parameter that carries the choice of a service, where the request leaves it open.
CHOSEN = "chosen_service"

# What somebody connects who agrees without anybody looking, and without saying what to.
_FIRST = next(iter(SERVICES))


class Wish(msgspec.Struct, frozen=True):
    """An open request, and whose it is; ``service`` once one is chosen."""

    sandbox: Sandbox
    application: Application
    account: Account
    request: ConferencingRequest
    service: str | None


def _wish(visit: Visit) -> Wish:
    """The request of the address. Raises Trouble unless it is open."""
    token = visit.path["token"]
    sandbox: Any = visit.app.sandboxes.directory.page.get(token)
    request: ConferencingRequest | None = sandbox and sandbox.conferencing_requests.get(token)
    if request is None:
        raise Trouble(
            "not_found",
            "no conferencing request has this token: it was never issued, its authorization was "
            "revoked, or it expired a while ago",
            404,
        )
    visit.sandbox, visit.client_id, visit.sub = sandbox, request.client_id, request.sub
    if request.decision is not None:
        raise Trouble("decided", "a conferencing request decides once, and this one has", 410)
    if request.expires_at <= sandbox.now():
        expired = f"this conferencing request expired at {as_text(request.expires_at)}"
        raise Trouble("expired", expired, 410)
    chosen = visit.query.get(CHOSEN)
    return Wish(
        sandbox,
        sandbox.applications[request.client_id],
        sandbox.accounts[request.sub],
        request,
        request.provider_name or (chosen if chosen in SERVICES else None),
    )


async def show(visit: Visit) -> Response:
    """Ask; no page at all where the decision is made already."""
    wish = _wish(visit)
    decision = _decided(visit, wish) if visit.deciding else None
    if decision is None:
        return _page(visit, wish)
    if not decision.allow:
        return _refuse(visit, wish)
    service = decision.provider_name or wish.service or _FIRST
    if wish.request.provider_name not in (None, service):
        visit.warnings.append(
            f"the queued consent cannot be carried out here: it connects {service}, but the "
            f"request is for {wish.request.provider_name}"
        )
        return _page(visit, wish)
    return _agree(visit, wish, service)


async def submit(visit: Visit) -> Response:
    form = await visit.form()
    wish = _wish(visit)
    if form.get("decision") == "deny":
        return _refuse(visit, wish)
    if form.get("decision") == "allow" and wish.service is not None:
        return _agree(visit, wish, wish.service)
    return _page(visit, wish, 422)


def _page(visit: Visit, wish: Wish, status: int = 200) -> Response:
    chosen_here = wish.service is not None and wish.request.provider_name is None
    return visit.render(
        "conferencing.html",
        status,
        application=wish.application,
        account=wish.account,
        service=wish.service,
        services=SERVICES,
        back=visit.address(**{CHOSEN: None}) if chosen_here else None,
    )


def _decided(visit: Visit, wish: Wish) -> Decision | None:
    email = wish.account.email
    queued = consents.take_queued(wish.sandbox, "conferencing", wish.application, email)
    if queued is not None:
        return queued
    person = wish.sandbox.people.get(email)
    scripted = consents.scripted(person, "conferencing") if person else None
    if scripted is None and visit.app.settings.consent == "auto":
        return Decision(allow=True)
    return scripted


def _agree(visit: Visit, wish: Wish, service: str) -> Response:
    profile = conferencing_profiles.agree(wish.sandbox, wish.request, service)
    redirect_uri = wish.request.redirect_uri
    return visit.redirect(with_query(redirect_uri, last_linked_profile_id=profile.profile_id))


def _refuse(visit: Visit, wish: Wish) -> Response:
    conferencing_profiles.refuse(wish.sandbox, wish.request)
    return visit.redirect(with_query(wish.request.redirect_uri, error="access_denied"))


class Lapsed(msgspec.Struct, frozen=True):
    """A profile that waits to be connected again, and whose it is."""

    sandbox: Sandbox
    profile: ConferencingProfile
    email: str


def _lapsed(visit: Visit) -> Lapsed:
    """The profile of the address. Raises Trouble unless the link belongs to one."""
    token = visit.query.get("token", "")
    provider_name, email = visit.path["provider"], visit.query.get("email", "")
    found: Any = visit.app.sandboxes.directory.page.get(token) if token else None
    sandbox: Sandbox | None = found
    for profile in sandbox.conferencing_profiles.by("relink_token", token) if sandbox else ():
        assert sandbox is not None
        account = sandbox.accounts[profile.sub]
        if (profile.provider_name, account.email) == (provider_name, email):
            visit.sandbox, visit.sub = sandbox, profile.sub
            return Lapsed(sandbox, profile, email)
    raise Trouble(
        "not_found",
        "no conferencing profile waits at this relink address: it has been connected again "
        "already, or provider, email and token do not belong together",
        404,
    )


async def show_relink(visit: Visit) -> Response:
    return _relink_page(visit, _lapsed(visit), done=False)


async def relink(visit: Visit) -> Response:
    await visit.form()
    lapsed = _lapsed(visit)
    conferencing_profiles.reconnect(lapsed.sandbox, lapsed.profile)
    return _relink_page(visit, lapsed, done=True)


def _relink_page(visit: Visit, lapsed: Lapsed, *, done: bool) -> Response:
    service = SERVICES[lapsed.profile.provider_name]
    return visit.render("relink_service.html", service=service, email=lapsed.email, done=done)


ROUTES = (
    ("GET", "/conferencing_services/{token}", show),
    ("POST", "/conferencing_services/{token}", submit),
    ("GET", "/v2/relink/{provider}", show_relink),
    ("POST", "/v2/relink/{provider}", relink),
)

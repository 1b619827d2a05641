"""The page that asks a person for unrestricted access to their calendars (seed 004)."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import consents, permissions
from mock_server.rules.authorize import with_query
from mock_server.world.accounts import Account
from mock_server.world.applications import Application
from mock_server.world.clock import as_text
from mock_server.world.grants import PermissionRequest
from mock_server.world.sandbox import Sandbox


class Wish(msgspec.Struct, frozen=True):
    """An open permission request, and whose it is."""

    sandbox: Sandbox
    application: Application
    account: Account
    request: PermissionRequest


def _wish(visit: Visit) -> Wish:
    """The request of the address. Raises Trouble unless it is open."""
    token = visit.path["token"]
    sandbox: Any = visit.app.sandboxes.directory.page.get(token)
    request: PermissionRequest | None = sandbox and sandbox.permission_requests.get(token)
    if request is None:
        raise Trouble(
            "not_found",
            "no permission request has this token: it was never issued, its authorization was "
            "revoked, or it expired a while ago",
            404,
        )
    visit.sandbox, visit.client_id, visit.sub = sandbox, request.client_id, request.sub
    if request.decision is not None:
        raise Trouble("decided", "a permission request decides once, and this one has", 410)
    if request.expires_at <= sandbox.now():
        expired = f"this permission request expired at {as_text(request.expires_at)}"
        raise Trouble("expired", expired, 410)
    return Wish(
        sandbox, sandbox.applications[request.client_id], sandbox.accounts[request.sub], request
    )


async def show(visit: Visit) -> Response:
    """Ask; no page at all where the decision is made already."""
    wish = _wish(visit)
    allow = _decided(visit, wish) if visit.deciding else None
    if allow is not None:
        return _decide(visit, wish, allow=allow)
    return _page(visit, wish)


async def submit(visit: Visit) -> Response:
    form = await visit.form()
    wish = _wish(visit)
    decision = form.get("decision")
    if decision not in {"allow", "deny"}:
        return _page(visit, wish, 422)
    return _decide(visit, wish, allow=decision == "allow")


def _page(visit: Visit, wish: Wish, status: int = 200) -> Response:
    calendars = [wish.sandbox.calendars[calendar_id] for calendar_id in wish.request.calendar_ids]
    return visit.render(
        "permissions.html",
        status,
        application=wish.application,
        account=wish.account,
        calendars=calendars,
        profiles={c.profile_id: wish.sandbox.profiles[c.profile_id] for c in calendars},
    )


def _decided(visit: Visit, wish: Wish) -> bool | None:
    email = wish.account.email
    queued = consents.take_queued(wish.sandbox, "permissions", wish.application, email)
    if queued is not None:
        return queued.allow
    person = wish.sandbox.people.get(email)
    scripted = consents.scripted(person, "permissions") if person else None
    if scripted is not None:
        return scripted.allow
    return True if visit.app.settings.consent == "auto" else None


def _decide(visit: Visit, wish: Wish, *, allow: bool) -> Response:
    permissions.decide(wish.sandbox, wish.request, allow=allow)
    redirect_uri = wish.request.redirect_uri
    return visit.redirect(
        redirect_uri if allow else with_query(redirect_uri, error="access_denied")
    )


ROUTES = (
    ("GET", "/permissions/{token}", show),
    ("POST", "/permissions/{token}", submit),
)

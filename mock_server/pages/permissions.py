"""The page that asks a person for unrestricted access to their calendars (seed 004)."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.pages.tokens import OpenRequest, decision, open_request
from mock_server.pages.visit import Visit
from mock_server.rules import permissions
from mock_server.rules.authorize import with_query
from mock_server.world.grants import PermissionRequest

Asked = OpenRequest[PermissionRequest]


def _open(visit: Visit) -> Asked:
    return open_request(visit, "permission", lambda sandbox: sandbox.permission_requests)


async def show(visit: Visit) -> Response:
    """Ask; no page at all where the decision is made already."""
    asked = _open(visit)
    decided = decision(visit, "permissions", asked)
    return _decide(visit, asked, allow=decided.allow) if decided else _page(visit, asked)


async def submit(visit: Visit) -> Response:
    form = await visit.form()
    asked = _open(visit)
    pressed = form.get("decision")
    if pressed not in {"allow", "deny"}:
        return _page(visit, asked, 422)
    return _decide(visit, asked, allow=pressed == "allow")


def _page(visit: Visit, asked: Asked, status: int = 200) -> Response:
    calendars = [asked.sandbox.calendars[calendar_id] for calendar_id in asked.request.calendar_ids]
    return visit.render(
        "permissions.html",
        status,
        application=asked.application,
        account=asked.account,
        calendars=calendars,
        profiles={c.profile_id: asked.sandbox.profiles[c.profile_id] for c in calendars},
    )


def _decide(visit: Visit, asked: Asked, *, allow: bool) -> Response:
    permissions.decide(asked.sandbox, asked.request, allow=allow)
    redirect_uri = asked.request.redirect_uri
    return visit.redirect(
        redirect_uri if allow else with_query(redirect_uri, error="access_denied")
    )


ROUTES = (
    ("GET", "/permissions/{token}", show),
    ("POST", "/permissions/{token}", submit),
)

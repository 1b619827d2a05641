"""The pages on which a person connects a conferencing service, or reconnects it (events §9)."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.pages.tokens import OpenRequest, decision, lapsed, open_request
from mock_server.pages.visit import Visit
from mock_server.rules import conferencing_profiles
from mock_server.rules.authorize import with_query
from mock_server.rules.conferencing_profiles import SERVICES
from mock_server.world.conferencing import ConferencingProfile, ConferencingRequest
from mock_server.world.sandbox import Sandbox

# The parameter that carries the choice of a service, where the request leaves it open.
CHOSEN = "chosen_service"

# What somebody connects who agrees without anybody looking, and without saying what to.
_FIRST = next(iter(SERVICES))


Asked = OpenRequest[ConferencingRequest]


def _open(visit: Visit) -> tuple[Asked, str | None]:
    """The request, and the service, once one is chosen."""
    asked = open_request(visit, "conferencing", lambda sandbox: sandbox.conferencing_requests)
    chosen = visit.query.get(CHOSEN)
    return asked, asked.request.provider_name or (chosen if chosen in SERVICES else None)


async def show(visit: Visit) -> Response:
    """Ask; no page at all where the decision is made already."""
    asked, service = _open(visit)
    decided = decision(visit, "conferencing", asked)
    if decided is None:
        return _page(visit, asked, service)
    if not decided.allow:
        return _refuse(visit, asked)
    connected = decided.provider_name or service or _FIRST
    if asked.request.provider_name not in (None, connected):
        visit.remark(
            "consent_not_possible",
            f"the queued consent cannot be carried out here: it connects {connected}, but the "
            f"request is for {asked.request.provider_name}",
        )
        return _page(visit, asked, service)
    return _agree(visit, asked, connected)


async def submit(visit: Visit) -> Response:
    form = await visit.form()
    asked, service = _open(visit)
    if form.get("decision") == "deny":
        return _refuse(visit, asked)
    if form.get("decision") == "allow" and service is not None:
        return _agree(visit, asked, service)
    return _page(visit, asked, service, 422)


def _page(visit: Visit, asked: Asked, service: str | None, status: int = 200) -> Response:
    chosen_here = service is not None and asked.request.provider_name is None
    return visit.render(
        "conferencing.html",
        status,
        application=asked.application,
        account=asked.account,
        service=service,
        services=SERVICES,
        back=visit.address(**{CHOSEN: None}) if chosen_here else None,
    )


def _agree(visit: Visit, asked: Asked, service: str) -> Response:
    profile = conferencing_profiles.agree(asked.sandbox, asked.request, service)
    redirect_uri = asked.request.redirect_uri
    return visit.redirect(with_query(redirect_uri, last_linked_profile_id=profile.profile_id))


def _refuse(visit: Visit, asked: Asked) -> Response:
    conferencing_profiles.refuse(asked.sandbox, asked.request)
    return visit.redirect(with_query(asked.request.redirect_uri, error="access_denied"))


def _lapsed(visit: Visit) -> tuple[Sandbox, ConferencingProfile]:
    return lapsed(
        visit,
        "conferencing profile",
        lambda sandbox: sandbox.conferencing_profiles,
        lambda sandbox, profile: sandbox.accounts[profile.sub].email,
    )


async def show_relink(visit: Visit) -> Response:
    _, profile = _lapsed(visit)
    return _relink_page(visit, profile, done=False)


async def relink(visit: Visit) -> Response:
    await visit.form()
    sandbox, profile = _lapsed(visit)
    conferencing_profiles.reconnect(sandbox, profile)
    return _relink_page(visit, profile, done=True)


def _relink_page(visit: Visit, profile: ConferencingProfile, *, done: bool) -> Response:
    service, email = SERVICES[profile.provider_name], visit.query["email"]
    return visit.render("relink_service.html", service=service, email=email, done=done)


ROUTES = (
    ("GET", "/conferencing_services/{token}", show),
    ("POST", "/conferencing_services/{token}", submit),
    ("GET", "/v2/relink/{provider}", show_relink),
    ("POST", "/v2/relink/{provider}", relink),
)

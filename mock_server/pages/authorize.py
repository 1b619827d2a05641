"""The authorize pages: Individual Connect and Enterprise Connect (identity §§3.1, 6.1).

Everything that has been chosen so far stands in the address, so that each step is a page
of its own, the browser's Back works, and no step is trusted: the last one checks it all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.responses import Response

from mock_server.pages import browsers
from mock_server.pages.decisions import Verdict, decide
from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import authorize
from mock_server.rules.authorize import (
    ENTERPRISE_PARAMETERS,
    INDIVIDUAL_PARAMETERS,
    AuthorizeRequest,
    Offer,
    RefusedRequest,
    UnsafeRequest,
)
from mock_server.world.applications import Application
from mock_server.world.sandbox import Sandbox

CHOICES = ("chosen_mode",)


class Asking(msgspec.Struct, frozen=True):
    """An authorize request that may be asked: whose it is, and what it offers."""

    visit: Visit
    sandbox: Sandbox
    application: Application
    request: AuthorizeRequest
    offer: Offer


Step = Callable[[Asking], Awaitable[Response]]


def _authorize(step: Step, *, enterprise: bool) -> Callable[[Visit], Awaitable[Response]]:
    """The handler that carries out ``step`` for a request which may be asked."""

    async def handle(visit: Visit) -> Response:
        request = AuthorizeRequest.of(_parameters(visit, enterprise), enterprise=enterprise)
        sandbox, application = _application(visit, request.client_id)
        try:
            authorize.check(sandbox, application, request)
            made = authorize.offer(application, request)
            response = await step(Asking(visit, sandbox, application, request, made))
        except UnsafeRequest as unsafe:
            raise Trouble("request", str(unsafe)) from None
        except RefusedRequest as refused:
            visit.hint = refused.description
            return visit.redirect(authorize.refusal(request, refused))
        visit.warnings += made.warnings
        return response

    return handle


def _parameters(visit: Visit, enterprise: bool) -> dict[str, str]:
    known = ENTERPRISE_PARAMETERS if enterprise else INDIVIDUAL_PARAMETERS
    repeated = sorted(visit.repeated.intersection(known))
    if repeated:
        expected = "each parameter may stand in the query once (RFC 6749 §3.1)"
        raise Trouble("request", f"{', '.join(repeated)} repeated: {expected}")
    unknown = [name for name in visit.query if name not in known and name not in CHOICES]
    if unknown:
        visit.warnings.append(f"ignored: unknown query parameter {', '.join(unknown)[:400]}")
    return visit.query


def _application(visit: Visit, client_id: str) -> tuple[Sandbox, Application]:
    found: Any = visit.app.sandboxes.directory.client_id.get(client_id)
    if found is None:
        detail = (
            f"no application has the client_id {client_id!r}"
            if client_id
            else "client_id is missing"
        )
        raise Trouble("request", detail)
    sandbox: Sandbox = found
    visit.sandbox, visit.client_id = sandbox, client_id
    return sandbox, sandbox.applications[client_id]


async def _show(asking: Asking) -> Response:
    """The next step that is open; no page at all where the decision is made already."""
    visit = asking.visit
    if visit.deciding and not any(name in visit.query for name in CHOICES):
        verdict = decide(
            asking.sandbox,
            asking.application,
            asking.offer,
            enterprise=asking.request.enterprise,
            auto=visit.app.settings.consent == "auto",
        )
        if verdict is not None:
            return _agree(asking, verdict)
    return visit.render("error.html", trouble=Trouble("x", "not yet"))


def _agree(asking: Asking, verdict: Verdict) -> Response:
    """Carry out ``verdict``, and go back to the application with its outcome."""
    visit, request, signer = asking.visit, asking.request, verdict.signer
    if signer is None or verdict.mode is None:
        return visit.redirect(authorize.denial(request))
    context = (asking.sandbox, asking.application, request)
    if signer.organization:
        return visit.redirect(
            authorize.allow_enterprise(*context, signer.organization, verdict.mode)
        )
    browser_sub = browsers.account_of(visit, asking.sandbox)
    location, account = authorize.allow(
        *context, signer.person, verdict.mode, browser_sub=browser_sub
    )
    visit.sub = account.sub
    response = visit.redirect(location)
    if asking.sandbox.switches.implicit_linking and not request.avoid_linking:
        browsers.remember(visit, asking.sandbox, response, account)
    return response


ROUTES = (
    ("GET", "/oauth/authorize", _authorize(_show, enterprise=False)),
    ("GET", "/enterprise_connect/oauth/authorize", _authorize(_show, enterprise=True)),
    # An old name of the same page (identity §6.1).
    ("GET", "/service_accounts/oauth/authorize", _authorize(_show, enterprise=True)),
)

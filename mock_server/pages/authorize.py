"""The authorize pages: Individual Connect and Enterprise Connect (identity §§3.1, 6.1).

Everything that has been chosen so far stands in the address, so that each step is a page
of its own, the browser's Back works, and no step is trusted: the last one checks it all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any

import msgspec
from starlette.responses import Response

from mock_server.api import leniency, strictness
from mock_server.errors import TooOdd
from mock_server.pages import browsers, meaning, steps
from mock_server.pages.decisions import REFUSED, Verdict, decide
from mock_server.pages.steps import Progress
from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import authorize, contract, scopes, verification
from mock_server.rules.access_modes import FREE_BUSY
from mock_server.rules.authorize import (
    ENTERPRISE_PARAMETERS,
    INDIVIDUAL_PARAMETERS,
    AuthorizeRequest,
    Offer,
    RefusedRequest,
    UnsafeRequest,
)
from mock_server.world.applications import Application
from mock_server.world.findings import Finding
from mock_server.world.sandbox import Sandbox

# Where more people than this can sign in, the others type their address.
MOST_LISTED = 20


class Asking(msgspec.Struct, frozen=True):
    """An authorize request that may be asked: whose it is, and what it offers."""

    visit: Visit
    sandbox: Sandbox
    application: Application
    request: AuthorizeRequest
    offer: Offer

    def progress(self) -> Progress:
        return steps.progress(
            self.sandbox, self.application, self.request, self.offer, self.visit.query
        )


def _handler(*, enterprise: bool) -> Callable[[Visit], Awaitable[Response]]:
    async def handle(visit: Visit) -> Response:
        _ = visit.language  # warns of an unknown locale, even where no page is shown
        form = await visit.form() if visit.request.method == "POST" else None
        # Nothing is awaited from here on: checks and outcome are one atomic step.
        request = AuthorizeRequest.of(_parameters(visit, enterprise), enterprise=enterprise)
        sandbox, application = _application(visit, request.client_id)
        try:
            _check(visit, sandbox, application, request)
            made = authorize.offer(application, request)
            if _by_application(visit):
                _refuse_odd(visit, sandbox, made)
            asking = Asking(visit, sandbox, application, request, made)
            response = _show(asking) if form is None else _submit(asking, form)
        except UnsafeRequest as unsafe:
            raise Trouble("request", str(unsafe)) from None
        except RefusedRequest as refused:
            visit.hint = refused.description
            if _by_application(visit) and refused.error != "access_denied":
                visit.refusal = Finding.of("refused", contract.general(refused.description))
            return visit.redirect(authorize.refusal(request, refused))
        if _by_application(visit):
            visit.findings += made.findings
        return response

    return handle


def _check(
    visit: Visit, sandbox: Sandbox, application: Application, request: AuthorizeRequest
) -> None:
    """Raise UnsafeRequest or RefusedRequest, unless a lenient sandbox lets it pass."""
    try:
        authorize.check(sandbox, application, request)
    except RefusedRequest as refused:
        if refused.leniency is None or sandbox.switches.strictness != "lenient":
            raise
        visit.remark(refused.leniency, contract.general(refused.description))
        authorize.check(sandbox, leniency.generous(application), request)


def _refuse_odd(visit: Visit, sandbox: Sandbox, made: Offer) -> None:
    """Raise Trouble for what a strict sandbox refuses."""
    if sandbox.switches.strictness == "strict":
        try:
            strictness.refuse_odd([*visit.findings, *made.findings])
        except TooOdd as odd:
            visit.findings += made.findings
            raise Trouble("request", odd.hint, finding=None) from None


def _parameters(visit: Visit, enterprise: bool) -> dict[str, str]:
    known = ENTERPRISE_PARAMETERS if enterprise else INDIVIDUAL_PARAMETERS
    repeated = sorted(visit.repeated.intersection(known))
    if repeated:
        expected = "each parameter may stand in the query once (RFC 6749 §3.1)"
        raise Trouble("request", f"{', '.join(repeated)} repeated: {expected}")
    if _by_application(visit):
        _remark(visit, known)
    return visit.query


def _by_application(visit: Visit) -> bool:
    """Whether an application made this address; a person's choices come later."""
    return visit.request.method != "POST" and visit.query.keys().isdisjoint(steps.CHOICES)


def _remark(visit: Visit, known: Collection[str]) -> None:
    """Note what is odd about an address that an application made."""
    unknown = [name for name in visit.query if name not in known and name not in steps.CHOICES]
    if unknown:
        names = ", ".join(unknown)[:400]
        visit.remark("unknown_parameter", f"ignored: unknown query parameter {names}")
    if secrets := contract.secrets_in(visit.query):
        visit.remark("secret_in_url", secrets)
    if not visit.query.get("state"):
        text = "state is missing: without it, somebody else's authorization can be slipped in"
        visit.remark("missing_state", text)
    for name in ("scope", "delegated_scope"):
        for word in scopes.old(visit.query.get(name, "")):
            code = "old_name_of_sdks" if word in scopes.OLD_OF_SDKS else "deprecated_name"
            visit.remark(code, f"{name}: {word} is an old name")


def _application(visit: Visit, client_id: str) -> tuple[Sandbox, Application]:
    found: Any = visit.app.sandboxes.directory.client_id.get(client_id)
    if found is None:
        missing = "client_id is missing"
        unknown = f"no application has the client_id {client_id!r}"
        finding = "unknown_credential" if client_id else "refused"
        raise Trouble("request", unknown if client_id else missing, finding=finding)
    sandbox: Sandbox = found
    visit.sandbox, visit.client_id = sandbox, client_id
    return sandbox, sandbox.applications[client_id]


def _show(asking: Asking) -> Response:
    """The page of the open step; none at all where the decision is made already."""
    visit = asking.visit
    if visit.deciding and not any(name in visit.query for name in steps.CHOICES):
        verdict = decide(
            asking.sandbox,
            asking.application,
            asking.offer,
            enterprise=asking.request.enterprise,
            auto=visit.app.settings.consent == "auto",
        )
        if verdict is not None:
            return _agree(asking, verdict)
    return _page(asking, asking.progress())


def _submit(asking: Asking, form: dict[str, str]) -> Response:
    """A form of the open step, or of one that has closed since."""
    now = asking.progress()
    if form.get("decision") == "deny":
        return _agree(asking, REFUSED)
    if now.step == "email" and "email" in form:
        return _send_code(asking, now, form["email"])
    if now.step == "code" and now.verification:
        if "again" in form:
            return _send_code(asking, now, now.verification.email)
        return _check_code(asking, now, form.get("code", ""))
    if now.step == "consent" and form.get("decision") == "allow":
        if now.verification:
            authorize.verified_person(asking.sandbox, now.verification.email)
        response = _agree(asking, Verdict(now.signer, now.mode))
        if now.verification:
            verification.finish(asking.sandbox, now.verification)
        return response
    return _page(asking, now, 422)


def _send_code(asking: Asking, now: Progress, typed: str) -> Response:
    email = verification.address(typed)
    if email is None:
        return _page(asking, now, 422, problem="email_wrong", typed=typed)
    if now.verification:
        verification.finish(asking.sandbox, now.verification)
    begun = verification.begin(asking.sandbox, asking.application, email)
    return asking.visit.onward(**{steps.VERIFICATION: begun.token})


def _check_code(asking: Asking, now: Progress, typed: str) -> Response:
    assert now.verification is not None
    checked = verification.check(asking.sandbox, now.verification, typed)
    if checked.verified:
        return asking.visit.onward()
    if not verification.tries_left(checked):
        return _page(asking, asking.progress(), 422)
    now.verification = checked
    return _page(asking, now, 422, problem="code_wrong")


def _page(
    asking: Asking, now: Progress, status: int = 200, *, problem: str | None = None, typed: str = ""
) -> Response:
    """The page of the step ``now``; ``problem`` is the key of what was wrong with a form."""
    visit, sandbox, application = asking.visit, asking.sandbox, asking.application
    if problem is None and now.refused:
        problem = {"email": "code_spent", "person": "person_unknown"}.get(
            now.step, "organization_unknown"
        )
        typed = "" if now.step == "email" else now.refused
    values: dict[str, Any] = {}
    if now.step == "mode":
        values["preselected"] = FREE_BUSY if FREE_BUSY in asking.offer.modes else None
    elif now.step == "provider":
        assert now.mode is not None
        values["providers"] = authorize.providers_for(now.mode)
    elif now.step in {"person", "organization"}:
        values["most_listed"] = MOST_LISTED
    elif now.step == "code":
        assert now.verification is not None
        values["tries_left"] = verification.tries_left(now.verification)
        values["message"] = sandbox.messages.get(now.verification.message_id)
    elif now.step == "consent":
        assert now.mode is not None
        scope = asking.request.mode_scope
        delegated = "" if asking.request.enterprise else asking.request.delegated_scope
        values["meaning"] = meaning.of_person(now.mode, scope, delegated)
        values["of_domain"] = meaning.of_domain(asking.request.scope)
    template = "signers" if now.step in {"person", "organization"} else now.step
    return visit.render(
        f"authorize/{template}.html",
        status,
        now=now,
        application=application,
        request=asking.request,
        offer=asking.offer,
        problem=problem,
        typed=typed,
        cancel=authorize.denial(asking.request),
        back=visit.address(**{now.previous: None}) if now.previous else None,
        **values,
    )


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


_individual = _handler(enterprise=False)
_enterprise = _handler(enterprise=True)

ROUTES = tuple(
    (method, path, handler)
    for path, handler in (
        ("/oauth/authorize", _individual),
        ("/enterprise_connect/oauth/authorize", _enterprise),
        # An old name of the same page (identity §6.1).
        ("/service_accounts/oauth/authorize", _enterprise),
    )
    for method in ("GET", "POST")
)

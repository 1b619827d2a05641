"""The cookie by which calendar accounts of one browser are linked (identity §4.1)."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.pages.visit import Visit
from mock_server.world.accounts import Account
from mock_server.world.grants import Browser
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

_YEAR = 365 * 86_400


def _cookie(sandbox: Sandbox) -> str:
    # One for each sandbox: they share a host, and must not see each other.
    return f"mock_cronofy_{sandbox.sandbox_id}"


def _browser(visit: Visit, sandbox: Sandbox) -> Browser | None:
    return sandbox.browsers.get(visit.request.cookies.get(_cookie(sandbox)))


def account_of(visit: Visit, sandbox: Sandbox) -> str | None:
    """The ``sub`` of the account that was last authorized in this browser."""
    browser = _browser(visit, sandbox)
    return browser.sub if browser else None


def remember(visit: Visit, sandbox: Sandbox, response: Response, account: Account) -> None:
    """Let this browser stand for ``account`` from now on."""
    browser = _browser(visit, sandbox)
    if browser is None:
        browser = Browser(token=sandbox.ids.token("browser"), sub=account.sub)
    sandbox.browsers.put(replace(browser, sub=account.sub))
    response.set_cookie(
        _cookie(sandbox),
        browser.token,
        max_age=_YEAR,
        path="/oauth",
        secure=visit.base_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )

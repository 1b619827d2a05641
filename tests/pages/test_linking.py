"""Which account somebody joins: the browser's cookie, avoid_linking, link tokens (identity §4)."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.pages.conftest import scenario
from tests.pages.visitor import authorize, exchange


def connect(sandbox: Sandbox, name: str, **parameters: str) -> dict[str, Any]:
    """``name`` walks through the authorize page; the token answer."""
    visitor = authorize(sandbox, provider_name="google", scope="read_write", **parameters)
    return exchange(sandbox, visitor.follow(name).submit("Allow").outcome)


def test_implicit(town: Sandbox) -> None:
    """Two calendar accounts authorized in one browser are one account."""
    jane = connect(town, "Jane")
    gus = connect(town, "Gus")
    assert gus["sub"] == jane["sub"]
    assert gus["refresh_token"] == jane["refresh_token"]
    assert gus["linking_profile"]["profile_name"] == "gus@acme.test"


def test_another_browser(town: Sandbox) -> None:
    """Without the cookie there is nothing to link with."""
    jane = connect(town, "Jane")
    town.http.cookies.clear()
    assert connect(town, "Gus")["sub"] != jane["sub"]


@pytest.mark.parametrize(
    ("avoid_linking", "linked"),
    [("true", False), ("True", False), ("1", False), ("false", True), ("False", True), ("", True)],
)
def test_avoid_linking(town: Sandbox, avoid_linking: str, linked: bool) -> None:
    """avoid_linking keeps them apart, spelled as any SDK spells it."""
    jane = connect(town, "Jane")
    gus = connect(town, "Gus", avoid_linking=avoid_linking)
    assert (gus["sub"] == jane["sub"]) is linked


def test_avoid_linking_leaves_no_trace(town: Sandbox) -> None:
    """Whoever connects with avoid_linking is not what the next one is linked with."""
    jane = connect(town, "Jane", avoid_linking="true")
    assert dict(town.http.cookies) == {}
    assert connect(town, "Gus")["sub"] != jane["sub"]


def test_switched_off(open_sandbox: Callable[..., Sandbox]) -> None:
    """A scenario can switch implicit linking off; no cookie is set then."""
    sandbox = open_sandbox(scenario=scenario(switches={"implicit_linking": False}))
    jane = connect(sandbox, "Jane")
    assert dict(sandbox.http.cookies) == {}
    assert connect(sandbox, "Gus")["sub"] != jane["sub"]


def test_cookie(town: Sandbox) -> None:
    """The cookie is of one sandbox, out of reach of scripts and of other sites' requests."""
    visitor = authorize(town, provider_name="google", scope="read_write")
    visitor.follow("Jane").submit("Allow")
    cookie = SimpleCookie(visitor.response.headers["set-cookie"])
    ((name, morsel),) = cookie.items()
    assert name == f"mock_cronofy_{town.sandbox_id}"
    assert {key: value for key, value in morsel.items() if value} == {
        "httponly": True,
        "max-age": "31536000",
        "path": "/oauth",
        "samesite": "lax",
    }


def test_forged_cookie(town: Sandbox) -> None:
    """A cookie that this sandbox has not set is as good as none."""
    town.http.cookies.set(f"mock_cronofy_{town.sandbox_id}", "forged")
    assert connect(town, "Jane")["linking_profile"]["profile_name"] == "jane@acme.test"


def test_known_account_comes_first(town: Sandbox) -> None:
    """A calendar account that belongs to an account stays with it, whatever the browser says."""
    gus = town.connect("gus@acme.test")
    connect(town, "Jane")
    assert connect(town, "Gus")["sub"] == gus["sub"]


def test_queued_consents_are_linked_too(town: Sandbox) -> None:
    """A page that nobody looks at is opened in a browser all the same."""
    answers = []
    for email in ("jane@acme.test", "gus@acme.test"):
        consent = {"page": "authorize", "decision": "allow", "email": email}
        town.control("POST", "/consents", json=consent)
        answers.append(exchange(town, authorize(town).outcome))
    assert answers[0]["sub"] == answers[1]["sub"]


def link_token(sandbox: Sandbox, connected: dict[str, Any]) -> str:
    token: str = sandbox.call(connected["access_token"], "POST", "/v1/link_tokens").json()[
        "link_token"
    ]
    return token


def test_explicit(town: Sandbox) -> None:
    """A link token links whatever the browser says, and once only."""
    olga = town.connect("olga@acme.test")
    token = link_token(town, olga)
    assert connect(town, "Jane", link_token=token)["sub"] == olga["sub"]
    assert authorize(town, link_token=token).outcome["error"] == "invalid_request"


def test_explicit_too_late(town: Sandbox) -> None:
    """A link token that expires while somebody is on the page ends in a redirect as well."""
    token = link_token(town, town.connect("olga@acme.test"))
    visitor = authorize(town, provider_name="google", link_token=token).follow("Jane")
    town.advance(minutes=5)
    assert visitor.submit("Allow").outcome["error"] == "invalid_request"


def test_explicit_belongs_to_another(town: Sandbox) -> None:
    """A calendar account of another account of the application is refused (identity §4.2)."""
    town.connect("jane@acme.test")
    token = link_token(town, town.connect("olga@acme.test"))
    visitor = authorize(town, provider_name="google", link_token=token).follow("Jane")
    assert visitor.submit("Allow").outcome == {
        "error": "access_denied",
        "error_description": "jane@acme.test already belongs to another account",
        "state": "s 1&",
    }

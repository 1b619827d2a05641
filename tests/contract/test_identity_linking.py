"""identity.md §4: linking calendar accounts, by the browser and by link tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import TOKEN
from tests.contract.stories import (
    STATE,
    add_person,
    connect,
    decide,
    exchange,
    read,
    revoke,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
MARY = "mary@acme.test"
CLOCK = "2026-05-11T08:00:00Z"


def authorize(sandbox: Sandbox, email: str, **parameters: Any) -> dict[str, Any]:
    """In the same browser as before; the token answer."""
    decide(sandbox, "authorize", email=email)
    return exchange(sandbox, redirected(sandbox.authorize(**parameters))["code"])


def link_token(sandbox: Sandbox, answer: dict[str, Any]) -> str:
    response = sandbox.call(answer["access_token"], "POST", "/v1/link_tokens")
    assert response.json() == {"link_token": TOKEN}
    token: str = response.json()["link_token"]
    return token


@pytest.mark.parametrize(
    ("again", "options", "linked"),
    [
        (True, {}, True),
        (True, {"avoid_linking": "true"}, False),
        (False, {}, False),
        (False, {"avoid_linking": "true"}, False),
    ],
    ids=["4.1 same browser", "4.1 avoid_linking", "4.1 another browser", "4.1 both"],
)
def test_accounts_of_one_browser_are_linked(
    sandbox: Sandbox, again: bool, options: dict[str, str], linked: bool
) -> None:
    """A cookie of the app host links another calendar account that is authorized in the same
    browser: same account, one more profile. avoid_linking=true gives it its own account."""
    add_person(sandbox)
    add_person(sandbox, MARY)
    first = authorize(sandbox, JANE)
    if not again:
        sandbox.http.cookies.clear()
    second = authorize(sandbox, MARY, **options)
    assert (second["account_id"] == first["account_id"]) == linked
    assert (second["refresh_token"] == first["refresh_token"]) == linked
    assert second["linking_profile"]["profile_name"] == MARY
    names = [p["profile_name"] for p in second["userinfo"]["cronofy.data"]["profiles"]]
    assert names == ([JANE, MARY] if linked else [MARY])


def test_an_account_that_owns_the_calendar_account_is_reused(sandbox: Sandbox) -> None:
    """With avoid_linking, and in another's browser too."""
    add_person(sandbox)
    add_person(sandbox, MARY)
    mary = authorize(sandbox, MARY)
    sandbox.http.cookies.clear()
    authorize(sandbox, JANE)
    assert authorize(sandbox, MARY)["account_id"] == mary["account_id"]
    assert authorize(sandbox, MARY, avoid_linking="true")["account_id"] == mary["account_id"]


def test_linking_can_be_switched_off(open_sandbox: Open) -> None:
    """Tests with several people in one cookie jar have a setting for it."""
    sandbox = open_sandbox(scenario={"switches": {"implicit_linking": False}})
    for email in (JANE, MARY):
        add_person(sandbox, email)
    first, second = authorize(sandbox, JANE), authorize(sandbox, MARY)
    assert first["account_id"] != second["account_id"]


def test_sandboxes_do_not_share_their_cookies(open_sandbox: Open) -> None:
    """A browser that has met one sandbox is a stranger to another."""
    first, second = open_sandbox(), open_sandbox()
    for sandbox, email in ((first, JANE), (second, MARY)):
        add_person(sandbox, email)
        authorize(sandbox, email)
    add_person(second, JANE)
    answer = authorize(second, JANE)
    profiles = answer["userinfo"]["cronofy.data"]["profiles"]
    assert [p["profile_name"] for p in profiles] == [MARY, JANE]


def test_a_link_token_links_in_any_browser(sandbox: Sandbox) -> None:
    """The calendar account authorized with link_token is linked to the token's account,
    whatever the browser."""
    for email in (JANE, MARY, "ann@acme.test"):
        add_person(sandbox, email)
    jane = connect(sandbox)
    ann = connect(sandbox, "ann@acme.test")
    # In ann's browser.
    answer = authorize(sandbox, MARY, link_token=link_token(sandbox, jane))
    assert answer["account_id"] == jane["account_id"] != ann["account_id"]
    assert answer["refresh_token"] == jane["refresh_token"]
    profiles = answer["userinfo"]["cronofy.data"]["profiles"]
    assert [p["profile_name"] for p in profiles] == [JANE, MARY]


def refusal(sandbox: Sandbox, token: str) -> dict[str, str]:
    decide(sandbox, "authorize", email=MARY)
    sandbox.http.cookies.clear()
    query = redirected(sandbox.authorize(link_token=token, state=STATE))
    assert query["state"] == STATE
    return query


@pytest.mark.parametrize(
    "case",
    ["used", "expired", "unknown", "revoked", "of another application"],
    ids=lambda case: f"4.2 {case}",
)
def test_a_bad_link_token(open_sandbox: Open, case: str) -> None:
    """Temporary (five minutes, single use); an invalid or expired one is a redirect with
    error=invalid_request."""
    features = {"explicit_linking": True}
    applications = [{"features": features}, {"features": features}]
    sandbox = open_sandbox(clock=CLOCK, scenario={"applications": applications})
    for email in (JANE, MARY):
        add_person(sandbox, email)
    other = sandbox.document["applications"][1]["client_id"]
    options = {"client_id": other} if case == "of another application" else {}
    answer = sandbox.connect(JANE, **options)
    token = link_token(sandbox, answer) if case != "unknown" else "x" * 32
    if case == "used":
        authorize(sandbox, MARY, link_token=token)
    elif case == "expired":
        sandbox.advance(minutes=5)
    elif case == "revoked":
        revoke(sandbox, sub=answer["sub"])
    assert refusal(sandbox, token)["error"] == "invalid_request"


def test_a_link_token_works_until_its_time_is_over(open_sandbox: Open) -> None:
    """4.2: five minutes."""
    sandbox = open_sandbox(clock=CLOCK)
    add_person(sandbox, MARY)
    jane = sandbox.connect(JANE)
    token = link_token(sandbox, jane)
    sandbox.advance(minutes=4, seconds=59)
    assert authorize(sandbox, MARY, link_token=token)["sub"] == jane["sub"]


def test_a_calendar_account_of_another_account_is_refused(sandbox: Sandbox) -> None:
    """4.2: if the calendar account belongs to a different account of the application already,
    error=access_denied."""
    add_person(sandbox, MARY)
    jane, mary = sandbox.connect(JANE), sandbox.connect(MARY)
    token = link_token(sandbox, jane)
    assert refusal(sandbox, token)["error"] == "access_denied"
    assert len(read(sandbox, jane, "/v1/profiles")["profiles"]) == 1
    assert len(read(sandbox, mary, "/v1/profiles")["profiles"]) == 1


def test_a_refusal_does_not_spend_the_link_token(sandbox: Sandbox) -> None:
    """4.2: it is used by linking, not by an attempt."""
    add_person(sandbox, MARY)
    jane = sandbox.connect(JANE)
    token = link_token(sandbox, jane)
    decide(sandbox, "authorize", "deny")
    assert redirected(sandbox.authorize(link_token=token)) == {"error": "access_denied"}
    assert authorize(sandbox, MARY, link_token=token)["sub"] == jane["sub"]


def test_link_tokens_are_switched_on_for_each_application(open_sandbox: Open) -> None:
    """4.2: enabled per application; otherwise 403."""
    sandbox = open_sandbox(scenario={"applications": [{}]})
    answer = sandbox.connect(JANE)
    response = sandbox.call(answer["access_token"], "POST", "/v1/link_tokens")
    assert (response.status_code, response.content) == (403, b"")

"""People connect their calendars in a real browser."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, path_of
from tests.browser.world import World


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("link", name=name).click()


def answer(page: Page, name: str) -> Any:
    """A JSON document that the callback page shows."""
    return json.loads(page.get_by_role("region", name=name).inner_text())


def exchanged(page: Page) -> dict[str, Any]:
    """Back at the callback page, exchange the code; the token answer."""
    expect(page.get_by_role("heading", level=1)).to_have_text("The redirect has arrived")
    press(page, "Exchange the code")
    expect(page.get_by_role("heading", level=1)).to_have_text("The code is exchanged")
    document: dict[str, Any] = answer(page, "Token answer")
    assert answer(page, "Userinfo answer") == document["userinfo"]
    return document


@pytest.mark.parametrize(
    ("mode", "provider", "name", "linked"),
    [
        ("Read-Write access", "Google", "Jane Doe", "google"),
        ("Free/Busy access", "Microsoft 365", "Olga", "ms_graph_free_busy"),
    ],
)
@pytest.mark.parametrize("scripting", [True, False])
def test_allow(
    world: World,
    open_page: Open,
    mode: str,
    provider: str,
    name: str,
    linked: str,
    scripting: bool,
) -> None:
    """Somebody chooses a mode, a provider and themselves, with or without JavaScript."""
    page = open_page(world.authorize(), java_script_enabled=scripting)
    page.get_by_role("radio", name=mode).check()
    press(page, "Continue")
    follow(page, provider)
    follow(page, name)
    press(page, "Allow")
    assert exchanged(page)["linking_profile"]["provider_name"] == linked


@pytest.mark.parametrize("scripting", [True, False])
def test_no_calendar(world: World, open_page: Open, scripting: bool) -> None:
    """Somebody without a calendar verifies their address, after a mistake."""
    page = open_page(world.authorize(), java_script_enabled=scripting)
    page.get_by_role("radio", name="No calendar access").check()
    press(page, "Continue")
    page.get_by_label("E-mail address").fill("nobody")
    press(page, "Send code")
    expect(page.get_by_role("alert")).to_contain_text("Enter an e-mail address")
    page.get_by_label("E-mail address").fill("nora@acme.test")
    press(page, "Send code")
    code = world.code("nora@acme.test")
    expect(page.get_by_text(f"Use the code {code}")).to_be_visible()
    page.get_by_label("Six-digit code").fill("0")
    press(page, "Verify")
    expect(page.get_by_role("alert")).to_contain_text("Tries left: 4")
    page.get_by_label("Six-digit code").fill(code)
    press(page, "Verify")
    press(page, "Allow")
    assert exchanged(page)["linking_profile"]["provider_name"] == "cronofy"


def test_deny(world: World, open_page: Open) -> None:
    """Who does not allow returns with access_denied."""
    page = open_page(world.authorize(provider_name="google", chosen_person="jane@acme.test"))
    press(page, "Don’t allow")
    assert page.url == f"{world.url}/callback?error=access_denied&state=s"
    expect(page.get_by_text("The person said no, or cancelled.")).to_be_visible()


def test_cancel(world: World, open_page: Open) -> None:
    """So does who cancels on the way."""
    page = open_page(world.authorize())
    press(page, "Continue")
    follow(page, "Cancel")
    assert page.url == f"{world.url}/callback?error=access_denied&state=s"


def test_back(world: World, open_page: Open) -> None:
    """The page's Back and the browser's lead to the same places."""
    page = open_page(world.authorize())
    heading = page.get_by_role("heading", level=1)
    press(page, "Continue")
    follow(page, "Google")
    expect(heading).to_have_text("Sign in with Google")
    page.go_back()
    expect(heading).to_have_text("Which calendar do you use?")
    page.go_forward()
    follow(page, "Back")
    expect(heading).to_have_text("Which calendar do you use?")
    follow(page, "Back")
    expect(heading).to_have_text("How should Planner connect to your calendar?")


def test_administrator(world: World, open_page: Open) -> None:
    """An administrator connects a domain."""
    page = open_page(world.authorize_domain())
    page.get_by_role("radio", name="Free/Busy access").check()
    press(page, "Continue")
    follow(page, "Jane Doe")
    expect(page.get_by_text("Ask for access to the calendars of people")).to_be_visible()
    press(page, "Allow")
    found = exchanged(page)["userinfo"]["cronofy.data"]["service_account"]
    assert found == {"provider_name": "google_free_busy", "domain": "acme.test"}


@pytest.mark.parametrize(
    ("button", "query", "level"),
    [("Accept", "", "unrestricted"), ("Reject", "?error=access_denied", "sandbox")],
)
def test_permissions(world: World, open_page: Open, button: str, query: str, level: str) -> None:
    """Somebody accepts or rejects full control of their calendars."""
    address, token = world.permissions()
    page = open_page(address)
    press(page, button)
    assert page.url == f"{world.url}/callback{query}"
    assert {c["permission_level"] for c in world.calendars(token)} == {level}
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text("This has been decided already")


def test_conferencing(world: World, open_page: Open) -> None:
    """Somebody chooses a conferencing service, and allows it to be used."""
    address, token = world.conferencing()
    page = open_page(address)
    follow(page, "Google Meet")
    press(page, "Allow")
    assert page.url.startswith(f"{world.url}/callback?last_linked_profile_id=pro_")
    bearer = {"Authorization": f"Bearer {token}"}
    data = world.http.get("/v1/userinfo", headers=bearer).json()["cronofy.data"]
    assert [p["provider_name"] for p in data["conferencing_profiles"]] == ["google_meet"]


def test_relink_service(world: World, open_page: Open) -> None:
    """Somebody reconnects their Webex."""
    page = open_page(world.relink_service())
    press(page, "Sign in and reconnect")
    expect(page.get_by_role("status")).to_contain_text("is connected. You can close this page.")


def test_relink(world: World, open_page: Open) -> None:
    """Somebody reconnects their calendar."""
    page = open_page(world.relink())
    expect(page.get_by_text("no longer lets us into the calendar of olga@")).to_be_visible()
    press(page, "Sign in and reconnect")
    expect(page.get_by_role("status")).to_contain_text("is connected. You can close this page.")


def test_newcomer(open_page: Open, served: str) -> None:
    """From the start page through a connection to userinfo and a refreshed token."""
    page = open_page(served)
    expect(page.get_by_role("heading", level=1)).to_have_text("A Cronofy API of your own")
    page.get_by_role("link", name="Connect with: Free/Busy").first.click()
    follow(page, "Google")
    page.get_by_role("main").get_by_role("link").first.click()
    press(page, "Allow")
    assert path_of(page) == "/callback"
    document = exchanged(page)
    assert document["linking_profile"]["provider_name"] == "google_free_busy"
    press(page, "Refresh the access token")
    expect(page.get_by_role("heading", level=1)).to_have_text("The access token is refreshed")
    assert answer(page, "Token answer")["access_token"] != document["access_token"]


def test_keyboard(world: World, open_page: Open) -> None:
    """Everything can be done with the keyboard alone, and the focus is always to be seen."""
    page = open_page(world.authorize())

    def tab_to(name: str) -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.textContent.trim()")
            style = page.evaluate(
                """() => {
                    const active = document.activeElement
                    const shown = active.type == 'radio' ? active.closest('label') : active
                    return getComputedStyle(shown).outlineStyle
                }"""
            )
            assert style == "solid", f"no focus to be seen on {focused!r}"
            if focused.startswith(name):
                return
        raise AssertionError(f"no way to {name!r} with Tab")

    tab_to("Skip to content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    checked = "document.querySelector(':checked') === document.activeElement"
    assert page.evaluate(checked), "the chosen mode has the focus first"
    page.keyboard.press("ArrowUp")
    assert page.get_by_role("radio", name="Read-Write access").is_checked()
    tab_to("Continue")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Which calendar do you use?")
    for name in ("G", "J", "Allow"):
        heading = page.get_by_role("heading", level=1).inner_text()
        tab_to(name)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).not_to_have_text(heading)
    assert exchanged(page)["linking_profile"]["provider_name"] == "google"


def test_linking(world: World, open_page: Open) -> None:
    """Two calendar accounts of one browser are linked; those of two browsers are not."""
    page = open_page()
    subs = []
    for person in ("jane@acme.test", "gus@acme.test"):
        page.goto(world.authorize(provider_name="google", chosen_person=person))
        press(page, "Allow")
        subs.append(exchanged(page)["sub"])
    assert subs[0] == subs[1]
    page = open_page(world.authorize(provider_name="office365", chosen_person="olga@acme.test"))
    press(page, "Allow")
    assert exchanged(page)["sub"] != subs[0]


def test_another_sites_form(world: World, open_page: Open) -> None:
    """A form on a page that is not ours is refused by what the browser says of its origin."""
    target = world.authorize(provider_name="google", chosen_person="jane@acme.test")
    page = open_page()
    page.route(
        "**/callback",
        lambda route: route.fulfill(
            content_type="text/html",
            headers={"Content-Security-Policy": "sandbox allow-forms"},
            body=f'<form method="post" action="{target.replace("&", "&amp;")}">'
            '<button name="decision" value="allow">Win a prize</button></form>',
        ),
    )
    page.goto(f"{world.url}/callback")
    press(page, "Win a prize")
    expect(page.get_by_role("heading", level=1)).to_have_text("This form came from another site")
    assert world.control("GET", "").json()["connected"] == []


def test_queued_consent(world: World, open_page: Open) -> None:
    """A queued consent takes the browser straight back to the application."""
    world.control("POST", "/consents", json={"page": "authorize", "decision": "allow"})
    page = open_page(world.authorize())
    assert exchanged(page)["linking_profile"]["profile_name"] == "jane@acme.test"


def test_language_of_the_browser(world: World, open_page: Open) -> None:
    """The page speaks the browser's language, unless the application asks for another."""
    page = open_page(world.authorize(), locale="de-AT")
    expect(page.get_by_role("button", name="Weiter")).to_be_visible()
    page.goto(world.authorize(locale="ar"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    press(page, "متابعة")
    assert page.locator("html").get_attribute("lang") == "ar"

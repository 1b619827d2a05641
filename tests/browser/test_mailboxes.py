"""Reading mails and answering an invitation in a real browser, with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.world import SCENARIO, World


def test_answering_with_the_keyboard(world: World, open_page: Open) -> None:
    """From the list to the mail and its button; what was pressed is said."""
    world.invitation()
    email = SCENARIO["people"][-1]["email"]
    page = open_page(f"{world.url}/mailboxes?sandbox={world.sandbox_id}", java_script_enabled=False)
    page.get_by_role("link", name=email).press("Enter")
    page.get_by_role("link", name="invitation, not answered").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Your answer: not answered")
    page.get_by_role("button", name="Accept").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Your answer: accepted")
    pressed = page.get_by_role("button", pressed=True)
    expect(pressed).to_have_text("Accept")
    page.get_by_role("button", name="Decline").press("Space")
    expect(page.get_by_role("status")).to_have_text("Your answer: declined")


def test_downloads(world: World, open_page: Open) -> None:
    """The mail and the invitation arrive as files with names of their own."""
    page = open_page(world.page("invitation"))
    message_id = page.url.rpartition("/")[2].partition("?")[0]
    for kind in ("eml", "ics"):
        with page.expect_download() as download:
            page.get_by_role("link", name=f"Download .{kind}").click()
        assert download.value.suggested_filename == f"{message_id}.{kind}"

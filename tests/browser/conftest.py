"""A real browser in front of a served emulator, with a sandbox for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from tests.browser.world import World

# As tests/install looks for them; without one, Playwright's own is taken.
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Open = Callable[..., Page]


# For this folder only: while it runs, no other event loop can run in its thread.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    path = next((found for name in _COMMANDS if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def world(served: str) -> Iterator[World]:
    """A sandbox of its own for one test."""
    with httpx.Client(base_url=served) as http:
        made = World(http)
        yield made
        made.close()


@pytest.fixture
def open_page(browser: Browser, served: str) -> Iterator[Open]:
    """Opens an address in a new browser profile; takes the options of ``new_context``.

    At the end, asserts that no page asked anybody but the emulator, and none complained.
    """
    contexts: list[BrowserContext] = []
    foreign: list[str] = []
    complaints: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith(served):
            foreign.append(request.url)

    def complain(message: ConsoleMessage) -> None:
        # A page that answers with an error status is a page all the same.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            complaints.append(message.text)

    def open_one(address: str = "", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 390, "height": 800}, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", watch)
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if address:
            page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert foreign == []
    assert complaints == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of the accessibility checker."""
    package = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core"
    assert package.is_dir(), "the Node packages of the tests are not installed: run make install"
    return (package / "axe.min.js").read_text("utf-8")


def path_of(page: Page) -> str:
    return urlsplit(page.url).path

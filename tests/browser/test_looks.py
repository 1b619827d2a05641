"""How the pages look: on a phone, in both colour schemes, and to those who listen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.world import PAGES, World

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

CHECK = """async (rules) => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: rules}});
  return [...found.violations, ...found.incomplete].map(
    each => [each.id, each.nodes.map(node => node.html.slice(0, 120))]
  );
}"""

# What fingers aim at, where it is lower than 44 pixels.
SMALL = """[...document.querySelectorAll('button, .button, .choice, .option, .field, nav a')]
  .filter(each => each.getBoundingClientRect().height < 44)
  .map(each => each.outerHTML)"""


@pytest.mark.parametrize("name", PAGES)
def test_accessible(world: World, open_page: Open, axe: str, name: str) -> None:
    """The checker finds nothing to complain of, nor anything that it is not sure about."""
    # With motion the colours would still be on their way when they are looked at.
    page = open_page(world.page(name), color_scheme="light", reduced_motion="reduce")
    page.evaluate(axe)
    assert page.evaluate(CHECK, RULES) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(CHECK, RULES) == []


@pytest.mark.parametrize("locale", ["de", "ru", "ja", "ar"])
@pytest.mark.parametrize("name", ["mode", "consent", "permissions"])
def test_accessible_in_other_languages(
    world: World, open_page: Open, axe: str, name: str, locale: str
) -> None:
    """Nor in another language, from right to left neither."""
    page = open_page(world.page(name), locale=locale)
    assert page.locator("html").get_attribute("lang") == locale
    page.evaluate(axe)
    assert page.evaluate(CHECK, RULES) == []
    assert scrolls_sideways(page) == 0


def scrolls_sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


@pytest.mark.parametrize("name", PAGES)
def test_fits_a_phone(world: World, open_page: Open, name: str) -> None:
    """Nothing scrolls sideways, down to the narrowest phone, and fingers hit what they aim at."""
    page = open_page(world.page(name))
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert scrolls_sideways(page) == 0
    assert page.evaluate(SMALL) == []
    # With letters twice as large, on a window twice as wide (WCAG 1.4.4).
    page.set_viewport_size({"width": 640, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert scrolls_sideways(page) == 0


def test_reduced_motion(world: World, open_page: Open) -> None:
    """Who wants less motion gets none."""
    page = open_page(world.page("mode"), reduced_motion="reduce")
    duration = "getComputedStyle(document.querySelector('.button')).transitionDuration"
    assert page.evaluate(duration) == "0s"


def test_colour_schemes_differ(world: World, open_page: Open) -> None:
    """Light is light and dark is dark."""
    colours = {}
    for scheme in ("light", "dark"):
        page = open_page(world.page("mode"), color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        colours[scheme] = sum(int(part) for part in colour[4:-1].split(","))
    assert colours["light"] > 600
    assert colours["dark"] < 150

"""The languages of the pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mock_server.pages import languages
from mock_server.pages.languages import DEFAULT, LOCALES, Language, Languages, match
from tests.emulator import Sandbox
from tests.pages.visitor import Visitor, authorize

PAGES = Path(languages.__file__).parent
ENGLISH = Language(DEFAULT).texts


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w*)\}", text))


def test_one_catalog_for_each_locale() -> None:
    """There is a file for each locale, and no other."""
    assert sorted(path.stem for path in (PAGES / "locales").iterdir()) == sorted(LOCALES)


@pytest.mark.parametrize("tag", LOCALES)
def test_catalog_is_complete(tag: str) -> None:
    """Every catalog has every key once, in the same order, with the same values put in."""
    pairs = json.loads(
        (PAGES / "locales" / f"{tag}.json").read_text("utf-8"), object_pairs_hook=list
    )
    assert [key for key, _ in pairs] == list(ENGLISH)
    for key, text in pairs:
        assert placeholders(text) == placeholders(ENGLISH[key]), key
        assert text == text.strip(), key
        assert text, key


@pytest.mark.parametrize("tag", [tag for tag in LOCALES if tag not in {"en", "fr-CA"}])
def test_catalog_is_translated(tag: str) -> None:
    """Hardly anything reads as it does in English."""
    same = [key for key, text in Language(tag).texts.items() if text == ENGLISH[key]]
    assert len(same) <= 2, same


def test_every_key_is_used() -> None:
    """No key is there for nothing, and none is missing."""
    sources = [*PAGES.rglob("*.html"), *PAGES.glob("*.py")]
    written = "\n".join(path.read_text("utf-8") for path in sources)
    quoted = set(re.findall(r'"([a-z_]+)"', written))
    made = [re.compile(f"{p}.*") for p in ("error_", "mode_")]
    unused = [k for k in ENGLISH if k not in quoted and not any(m.fullmatch(k) for m in made)]
    assert unused == []
    kinds = {
        k[len("error_") : -len("_title")] for k in ENGLISH if re.fullmatch("error_.*_title", k)
    }
    assert kinds == set(re.findall(r'Trouble\(\s*"(\w+)"', written))


WANTED = [
    ("de", "", "de"),
    ("DE", "", "de"),
    ("de-AT", "", "de"),
    ("en-GB", "", "en"),
    ("fr-CA", "", "fr-CA"),
    ("fr_CA", "", "fr-CA"),
    ("fr-BE", "", "fr"),
    ("pt", "", "pt-BR"),
    ("zh-Hans", "", "zh-CN"),
    ("", "", "en"),
    ("", "sv", "sv"),
    ("", "xx, it;q=0.5, nl;q=0.8", "nl"),
    ("", "ja;q=0, *", "en"),
    ("", "cs;q=x, pl", "pl"),
    ("", ";;,,q=1", "en"),
    ("tr", "sv", "tr"),
    ("xx", "sv", "sv"),
]


@pytest.mark.parametrize(("locale", "accept", "expected"), WANTED)
def test_choice(locale: str, accept: str, expected: str) -> None:
    """The parameter wins over the browser, the browser over English."""
    language, warning = Languages().choose(locale, accept)
    assert language.tag == expected
    assert (warning is not None) == (locale == "xx")


def test_match_is_by_whole_language() -> None:
    """A language that only begins alike is another one."""
    assert match("deu") is None
    assert match("") is None


@pytest.mark.parametrize("tag", LOCALES)
def test_page(town: Sandbox, tag: str) -> None:
    """Each locale's page says its language and direction, on every step."""
    language = Language(tag)
    visitor = authorize(town, locale=tag)
    for page in (visitor.page, visitor.submit(language.text("continue")).page):
        assert page.html.attributes == {
            "lang": tag,
            "dir": "rtl" if tag in {"ar", "he"} else "ltr",
        }
        assert visitor.response.headers["content-language"] == tag
    # A page's words are compared with all its spaces alike, French ones too.
    assert visitor.page.heading == " ".join(language.text("provider_title").split())
    assert visitor.warnings == []


def test_other_pages_know_the_parameter(town: Sandbox) -> None:
    """The permissions and relink pages take locale, too, and so do error pages."""
    connected = town.connect("jane@acme.test")
    profile = connected["userinfo"]["cronofy.data"]["profiles"][0]
    wanted = {
        "calendar_id": profile["profile_calendars"][0]["calendar_id"],
        "permission_level": "unrestricted",
    }
    body = {"permissions": [wanted], "redirect_uri": "http://localhost:3000/callback"}
    answer = town.call(connected["access_token"], "POST", "/v1/permissions", json=body).json()
    permissions = answer["permissions_request"]["url"]
    path = f"/profiles/{profile['profile_id']}/disconnect"
    relink = town.control("POST", path).json()["profile_relink_url"]
    french = Language("fr")
    for address, key in ((f"{relink}&locale=fr", "relink_title"), (permissions, None)):
        visitor = Visitor(town.http).open(f"{address}{'' if key else '?locale=fr'}")
        words = french.text(key) if key else french.text("permissions_title", application="Planner")
        assert visitor.page.heading == " ".join(words.split())
    visitor.submit(french.text("permissions_reject"))
    assert visitor.open(f"{permissions}?locale=fr").page.heading == (
        french.text("error_decided_title")
    )


def test_unknown_locale(town: Sandbox) -> None:
    """An unknown locale is ignored in favour of the browser's, with a warning."""
    visitor = authorize(town, locale="tlh")
    assert visitor.page.html.attributes["lang"] == "en"
    (warning,) = visitor.warnings
    assert warning.startswith("locale=tlh is ignored: known are ar, cs, cy, de, en,")


def test_unknown_locale_without_a_page(town: Sandbox) -> None:
    """The warning is there where no page is shown, too."""
    town.control("POST", "/consents", json={"page": "authorize", "decision": "allow"})
    visitor = authorize(town, locale="tlh")
    assert visitor.response.status_code == 302
    assert len(visitor.warnings) == 1


def test_names_are_isolated() -> None:
    """In a right-to-left sentence a name keeps its own direction."""
    text = Language("he").text("consent_can", application="Planner")
    assert "\u2068Planner\u2069" in text
    assert "\u2068" not in Language("de").text("consent_can", application="Planner")


def test_texts_are_not_formatted_twice() -> None:
    """Braces in a name are just characters."""
    name = "{application} {0} {x.__class__}"
    assert Language("en").text("consent_can", application=name) == f"{name} will be able to:"


def test_error_page_speaks_the_language(town: Sandbox) -> None:
    """An error page is in the visitor's language, even where its query cannot be read."""
    headers = {"Accept-Language": "de", "Accept": "text/html"}
    answer = town.http.get("/oauth/authorize?x=%FF", headers=headers)
    assert Language("de").text("error_request_title") in answer.text

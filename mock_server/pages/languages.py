"""The languages of the pages that people see: which one, and its words.

The catalogs are JSON files in ``locales/``: one flat object from key to text, where
``{name}`` stands for a value. English is the reference; every catalog has every key.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path

# Those that Cronofy's pages are seen to know (identity §3.1).
LOCALES = (
    *("ar", "cs", "cy", "de", "en", "es", "fr", "fr-CA", "he", "it"),
    *("ja", "nl", "pl", "pt-BR", "ru", "sv", "tr", "zh-CN"),
)
DEFAULT = "en"

_RIGHT_TO_LEFT = {"ar", "he"}
_FOLDER = Path(__file__).parent / "locales"

# First strong isolate and pop directional isolate: a name inside a sentence that runs the
# other way keeps its own direction.
_ISOLATED = "\u2068{}\u2069"


class Language:
    """One language; its catalog is read when its first word is needed."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.direction = "rtl" if tag in _RIGHT_TO_LEFT else "ltr"

    @cached_property
    def texts(self) -> dict[str, str]:
        texts: dict[str, str] = json.loads((_FOLDER / f"{self.tag}.json").read_text("utf-8"))
        return texts

    def text(self, key: str, **values: object) -> str:
        """The text of ``key`` with ``values`` put in; KeyError for an unknown key."""
        text = self.texts[key]
        if not values:
            return text
        if self.direction == "rtl":
            values = {name: _ISOLATED.format(value) for name, value in values.items()}
        return text.format_map(values)


class Languages:
    """The languages of one server."""

    def __init__(self) -> None:
        self._known = {tag: Language(tag) for tag in LOCALES}

    @property
    def english(self) -> Language:
        return self._known[DEFAULT]

    def choose(self, locale: str, accept: str) -> tuple[Language, str | None]:
        """The language for a ``locale`` parameter and an ``Accept-Language`` header.

        The parameter wins. Where it names none that is known there is a warning, too.
        """
        if locale:
            tag = match(locale)
            if tag is not None:
                return self._known[tag], None
        warning = f"locale={locale} is ignored: known are {', '.join(LOCALES)}" if locale else None
        wanted = (match(tag) for tag in _by_preference(accept))
        return self._known[next((tag for tag in wanted if tag), DEFAULT)], warning


def match(wanted: str) -> str | None:
    """The locale for a language tag: itself, its language, or a variant of its language."""
    wanted = wanted.replace("_", "-").lower()
    for tag in LOCALES:
        if tag.lower() == wanted:
            return tag
    language = wanted.partition("-")[0]
    for tag in LOCALES:
        if tag.lower().partition("-")[0] == language:
            return tag
    return None


def _by_preference(accept: str) -> list[str]:
    """The tags of an ``Accept-Language`` header, the most wanted first (RFC 9110 §12.5.4)."""
    weighed: list[tuple[float, str]] = []
    for entry in accept.split(","):
        tag, _, weight = entry.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            quality = 0.0
        if tag.strip() and quality > 0:
            weighed.append((quality, tag.strip()))
    weighed.sort(key=lambda entry: -entry[0])
    return [tag for _, tag in weighed]

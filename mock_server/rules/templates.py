"""Conferencing templates in an event's description and location (events §2.5)."""

from __future__ import annotations

import re

from mock_server.errors import Unprocessable
from mock_server.rules.conferencing_profiles import label
from mock_server.world.events import Meeting
from mock_server.world.records import Record

JOIN_URL = "cronofy.conferencing.join_url"
INVITE_BLOCK = "cronofy.conferencing.invite_block"

_VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


class Words(Record, frozen=True):
    """The texts that Cronofy puts in (wording assumed)."""

    missing: str
    invite: str


# Only English is known (changelog).
DEFAULT_LOCALE = "en"
LOCALES = {
    DEFAULT_LOCALE: Words(
        missing="Conferencing details to follow",
        invite="Join the meeting: {service}\n{join_url}",
    )
}


def has_templates(text: str) -> bool:
    return _VARIABLE.search(text) is not None


def check(field: str, text: str, *, invite_block: bool) -> None:
    """Raise Unprocessable for a variable that ``text`` of ``field`` cannot have.

    ``invite_block`` says whether it may have the whole invitation: descriptions only.
    """
    known = [JOIN_URL, INVITE_BLOCK] if invite_block else [JOIN_URL]
    for variable in _VARIABLE.findall(text):
        if variable not in known:
            expected = " or ".join(f"{{{{ {name} }}}}" for name in known)
            raise Unprocessable.of(
                field,
                "errors.invalid_template",
                "contains an invalid template",
                f"{field} has the template {{{{ {variable} }}}}: expected {expected}",
            )


def check_locale(locale: str | None) -> None:
    """Raise Unprocessable unless ``locale`` is one in which templates can be rendered."""
    known = ", ".join(LOCALES)
    if not locale:
        hint = f"an event with templates needs a locale: expected one of {known}"
        raise Unprocessable.of("locale", "errors.required", "required", hint)
    if locale not in LOCALES:
        hint = f"locale {locale!r}: expected one of {known}"
        raise Unprocessable.of("locale", "errors.not_recognized", "not recognized", hint)


def render(text: str, meeting: Meeting | None, locale: str | None) -> str:
    """``text`` with its templates filled in; before there is a meeting, with a fallback.

    ``locale`` only matters where there are some, and is a known one then.
    """

    def value(found: re.Match[str]) -> str:
        words = LOCALES[locale or DEFAULT_LOCALE]
        if meeting is None:
            return words.missing
        if found[1] == JOIN_URL:
            return meeting.join_url
        return words.invite.format(
            service=label(meeting.provider_name or ""), join_url=meeting.join_url
        )

    return _VARIABLE.sub(value, text)

"""What an application may do, in plain words: keys of the catalogs.

The words follow from the access mode and the scope together, because the mode narrows
what a scope lets through (identity §§2, 10.3).
"""

from __future__ import annotations

import msgspec

from mock_server.rules import scopes
from mock_server.rules.access_modes import FREE_BUSY, NO_CALENDAR, AccessMode


class Meaning(msgspec.Struct, frozen=True):
    """What the application will be able to do, and what not."""

    able: list[str]
    unable: list[str]


def of_person(mode: AccessMode, scope: str, delegated_scope: str = "") -> Meaning:
    """What ``scope`` means for one person's calendars in ``mode``.

    ``delegated_scope`` is Business Connect's: other people's calendars, seen through this one.
    """
    words = scopes.expand(scope)
    if mode == NO_CALENDAR:
        meaning = _hosted(words, ["can_know_you"], ["cannot_see_calendar"])
    elif mode == FREE_BUSY:
        meaning = _hosted(
            words, ["can_list_calendars", *_busy(words)], ["cannot_see_details", "cannot_write"]
        )
    else:
        meaning = _direct(words)
    delegated = scopes.expand(delegated_scope)
    if "read_events" in delegated:
        meaning.able.append("can_delegate_details")
    elif "read_free_busy" in delegated:
        meaning.able.append("can_delegate_busy")
    return meaning


def _busy(words: frozenset[str]) -> list[str]:
    return ["can_see_busy"] if "read_free_busy" in words else []


def _hosted(words: frozenset[str], able: list[str], unable: list[str]) -> Meaning:
    """Where events are written into a Cronofy calendar and go out as invites."""
    if "create_event" in words:
        able.append("can_invite")
    if "delete_event" in words:
        able.append("can_cancel_invites")
    return Meaning(able, unable)


def _direct(words: frozenset[str]) -> Meaning:
    """Read-Write, where the scope alone says what passes."""
    able = ["can_list_calendars"]
    unable = []
    if "read_events" in words:
        able.append("can_see_details")
    else:
        # free_busy_write lets no details through in any mode (docs: faqs/free-busy-scope-change).
        able += _busy(words)
        unable.append("cannot_see_details")
    writes = [
        meaning
        for word, meaning in (
            ("create_event", "can_create_events"),
            ("delete_event", "can_delete_events"),
            ("create_calendar", "can_create_calendars"),
            ("change_participation_status", "can_respond"),
        )
        if word in words
    ]
    unable.append("cannot_change_others" if writes else "cannot_write")
    return Meaning(able + writes, unable)


_ENTERPRISE = (
    (scopes.MANAGE_ACCOUNTS, "can_manage_accounts"),
    (scopes.UNRESTRICTED_ACCOUNTS, "can_change_accounts"),
    (scopes.MANAGE_RESOURCES, "can_manage_resources"),
    (scopes.UNRESTRICTED_RESOURCES, "can_change_resources"),
)


def of_domain(scope: str) -> list[str]:
    """What a service account's ``scope`` lets the application do with a domain."""
    words = scopes.expand(scope)
    return [meaning for word, meaning in _ENTERPRISE if word in words]

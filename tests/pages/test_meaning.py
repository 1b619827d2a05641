"""What scopes mean, in words (identity §§2, 10.3)."""

from __future__ import annotations

import pytest

from mock_server.pages import meaning
from mock_server.rules.access_modes import ACCESS_MODES

LIST = "can_list_calendars"
CREATE = ["can_create_events", "can_delete_events", "can_create_calendars"]
INVITE = ["can_invite", "can_cancel_invites"]

MEANINGS = [
    ("read_write", "read_only", [LIST, "can_see_details"], ["cannot_write"]),
    ("read_write", "free_busy", [LIST, "can_see_busy"], ["cannot_see_details", "cannot_write"]),
    (
        "read_write",
        "read_write",
        [LIST, "can_see_details", *CREATE, "can_respond"],
        ["cannot_change_others"],
    ),
    (
        "read_write",
        "write_only",
        [LIST, *CREATE],
        ["cannot_see_details", "cannot_change_others"],
    ),
    (
        "read_write",
        "free_busy_write",
        [LIST, "can_see_busy", *CREATE],
        ["cannot_see_details", "cannot_change_others"],
    ),
    (
        "read_write",
        "read_account list_calendars",
        [LIST],
        ["cannot_see_details", "cannot_write"],
    ),
    (
        "read_write",
        "read_events create_event delete_event",
        [LIST, "can_see_details", "can_create_events", "can_delete_events"],
        ["cannot_change_others"],
    ),
    (
        "free_busy",
        "free_busy_write",
        [LIST, "can_see_busy", *INVITE],
        ["cannot_see_details", "cannot_write"],
    ),
    (
        "free_busy",
        "read_events free_busy_write",
        [LIST, "can_see_busy", *INVITE],
        ["cannot_see_details", "cannot_write"],
    ),
    ("no_calendar", "free_busy_write", ["can_know_you", *INVITE], ["cannot_see_calendar"]),
    ("no_calendar", "read_only", ["can_know_you"], ["cannot_see_calendar"]),
]


@pytest.mark.parametrize(("mode", "scope", "able", "unable"), MEANINGS)
def test_of_person(mode: str, scope: str, able: list[str], unable: list[str]) -> None:
    """The mode narrows what the scope says."""
    found = meaning.of_person(ACCESS_MODES[mode], scope)
    assert (found.able, found.unable) == (able, unable)


def test_of_delegates() -> None:
    """Business Connect's delegated scope is one more thing that the application can do."""
    mode = ACCESS_MODES["read_write"]
    assert meaning.of_person(mode, "free_busy", "free_busy").able[-1] == "can_delegate_busy"
    assert meaning.of_person(mode, "free_busy", "read_only").able[-1] == "can_delegate_details"


def test_of_domain() -> None:
    """Each service-account scope has a meaning, under its old spelling, too."""
    old = "service_account/manage_accounts service_account/manage_resources"
    assert meaning.of_domain(old) == ["can_manage_accounts", "can_manage_resources"]
    new = (
        "service_account/accounts/unrestricted_access service_account/resources/unrestricted_access"
    )
    assert meaning.of_domain(new) == ["can_change_accounts", "can_change_resources"]

"""What cannot be found through the SDKs, and who may look for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sdk import availability_calls
from tests.sdk.diary import BEN, Diary
from tests.sdk.event_calls import refusal
from tests.sdk.expected import unprocessable
from tests.sdk.team import LONDON_TUESDAYS, Team, period

IN_ONE_MODE = pytest.mark.parametrize("mode", ["read_write-google"], indirect=True)


@pytest.fixture
def team(diary: Diary) -> Team:
    return Team(diary)


@IN_ONE_MODE
def test_credentials(team: Team) -> None:
    """The application's secret finds what anybody's access token finds; another token nothing."""
    sdk, sandbox = team.diary.sdk, team.sandbox
    found = team.availability.find(**team.query())
    for credential in (sandbox.credentials["client_secret"], sandbox.connect(BEN)["access_token"]):
        client = sdk.client(sandbox.credentials, access_token=credential)
        assert availability_calls.of(client).find(**team.query()) == found
    stranger = availability_calls.of(sdk.client(sandbox.credentials, access_token="stale"))
    assert refusal(stranger.find, **team.query()) == (401, None)
    assert refusal(stranger.upsert_rule, LONDON_TUESDAYS) == (401, None)


STRANGER = "acc_000000000000000000000000"


def of_ben(**more: Any) -> Callable[[Team], dict[str, Any]]:
    """Ben, with more said of him."""
    return lambda t: {"participants": [t.group({"sub": t.ben, **more})]}


def of_anothers_calendar(team: Team) -> dict[str, Any]:
    return of_ben(calendar_ids=[team.diary.calendar_id])(team)


# By what is wrong: what is asked instead; field, key and description of the refusal, in which
# {t} is the team.
REFUSALS: dict[str, tuple[Callable[[Team], dict[str, Any]], str, str, str]] = {
    "nobody": (lambda t: {"participants": []}, "participants", "errors.required", "required"),
    "somebody unknown": (
        lambda t: {"participants": [t.group(t.jane, STRANGER)]},
        "participants[0].members[1].sub",
        "errors.not_recognized",
        f"{STRANGER!r} has not authorized this application",
    ),
    "another's calendar": (
        of_anothers_calendar,
        "participants[0].members[0].calendar_ids",
        "errors.invalid_calendar_ids",
        "not calendars of {t.ben}: '{t.diary.calendar_id}'",
    ),
    "an unknown rule": (
        of_ben(managed_availability=True, availability_rule_ids=["none"]),
        "participants[0].members[0].availability_rule_ids",
        "errors.not_recognized",
        "{t.ben} has no rules 'none'",
    ),
    "more than there are": (
        lambda t: {"participants": [t.group(t.jane, t.ben, required=3)]},
        "participants[0].required",
        "errors.invalid",
        "must not be more than its members",
    ),
    "too many minutes beside hours": (
        lambda t: {"required_duration": {"hours": 1, "minutes": 60}},
        "required_duration",
        "errors.invalid",
        "must have fewer than 60 minutes beside its hours",
    ),
    "a period backwards": (
        lambda t: {"query_periods": [period("10:00-11:00"), period("17:00-09:00")]},
        "{t.availability.periods}[1].end",
        "errors.invalid",
        "must be after start",
    ),
    "an odd interval": (
        lambda t: {"start_interval": {"minutes": 7}},
        "start_interval",
        "errors.invalid",
        "must be one of 5, 10, 15, 20, 30, 60 minutes",
    ),
    "another format": (
        lambda t: {"response_format": "calendar"},
        "response_format",
        "errors.not_recognized",
        "not recognized",
    ),
    "too many results": (
        lambda t: {"max_results": 513},
        "max_results",
        "errors.invalid",
        "must be from 1 to 512",
    ),
}


@IN_ONE_MODE
@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(name: str, team: Team) -> None:
    """What cannot be found is refused by its path, whichever SDK asks."""
    changes, path, key, description = REFUSALS[name]
    asked = refusal(team.availability.find, **team.query(**changes(team)))
    refused = unprocessable(path.format(t=team), key, description.format(t=team))
    assert asked == (422, refused)

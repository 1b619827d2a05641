"""Events that ask for a place to meet, through both SDKs, in every access mode."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sdk.clients import Document
from tests.sdk.conftest import Visit, decide
from tests.sdk.diary import JANE, Diary, event
from tests.sdk.event_calls import refusal
from tests.sdk.expected import unprocessable
from tests.sdk.matching import PROFILE, Like

RETURN_URI = "https://app.acme.test/zoom"
PENDING = {"pending": True}
ZOOM = {"provider_name": "zoom", "join_url": Like(r"https://zoom\.us/j/\d+")}
INTEGRATED = {
    "google": {"provider_name": "google_meet", "join_url": Like(r"https://meet\.google\.com/.+")},
    "exchange": {
        "provider_name": "ms_teams",
        "join_url": Like(r"https://teams\.microsoft\.com/.+"),
    },
}
EXPLICIT = {
    "profile_id": "explicit",
    "provider_description": "Jitsi",
    "join_url": "https://meet.jit.si/planning",
}


@pytest.fixture
def zoom(diary: Diary, visit: Visit) -> str:
    """Jane connects Zoom on the page that the application sends her to."""
    decide(diary.sandbox, "conferencing", email=JANE)
    outcome = visit(diary.client.connect_service(RETURN_URI, "zoom"))
    profile_id = outcome["last_linked_profile_id"]
    assert profile_id == PROFILE
    return profile_id


def ask(diary: Diary, profile_id: str | dict[str, Any]) -> None:
    wanted = {"profile_id": profile_id} if isinstance(profile_id, str) else profile_id
    diary.events.upsert(diary.calendar_id, event(conferencing=wanted))


def conferencing(diary: Diary) -> Document:
    (found,) = diary.managed()
    return found.get("conferencing")


@pytest.mark.parametrize("wanted", ["its id", "default"])
def test_a_connected_service(diary: Diary, zoom: str, wanted: str) -> None:
    """Pending at once, arranged two seconds later; where there is no field for it, the place of
    the event is where to join, and Jane hears of it by mail."""
    ask(diary, zoom if wanted == "its id" else wanted)
    assert diary.managed() == [diary.written(conferencing=PENDING)]
    diary.sandbox.advance(seconds=2)
    (found,) = diary.managed()
    now = "2026-05-11T08:00:02Z"
    place = {"location": {"description": ZOOM["join_url"]}} if diary.hosted else {}
    assert found == diary.written(conferencing=ZOOM, updated=now, **place)
    requests = [("REQUEST", 0), ("REQUEST", 1)]
    assert diary.mails() == (requests if diary.hosted else [])
    diary.events.upsert(diary.calendar_id, event(summary="Plans"))
    assert conferencing(diary) == found["conferencing"]
    ask(diary, "none")
    assert conferencing(diary) is None


def test_the_calendars_own(diary: Diary) -> None:
    """Google Meet and Teams in Read-Write mode; in the others there is nothing to integrate."""
    if diary.hosted:
        key = "errors.integrated_conferencing_not_available"
        status, document = refusal(ask, diary, "integrated")
        (error,) = document["errors"].pop("conferencing.profile_id")
        assert (status, error["key"], document) == (422, key, {"errors": {}})
        ask(diary, "default")
        diary.sandbox.advance(seconds=2)
        assert conferencing(diary) is None
    else:
        provider = diary.client.profiles()["profiles"][0]["provider_name"]
        for wanted in ("integrated", "default"):
            ask(diary, "none")
            ask(diary, wanted)
            diary.sandbox.advance(seconds=2)
            assert conferencing(diary) == INTEGRATED[provider]


def test_the_applications_own(diary: Diary) -> None:
    """What the application brings along is there at once."""
    ask(diary, EXPLICIT)
    expected = {"provider_name": "Jitsi", "join_url": EXPLICIT["join_url"]}
    assert conferencing(diary) == expected


def test_nothing_known(diary: Diary) -> None:
    """422 for a service that Jane does not have."""
    for wanted in ("pro_none", "zoom", diary.profile_id):
        status, document = refusal(ask, diary, wanted)
        assert (status, list(document["errors"])) == (422, ["conferencing.profile_id"])
    status, document = refusal(ask, diary, {})
    assert (status, document) == (
        422,
        unprocessable("conferencing.profile_id", "errors.required", "required"),
    )
    assert diary.managed() == []

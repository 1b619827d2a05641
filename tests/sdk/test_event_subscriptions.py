"""What becomes of an event is told to who asked for it, through both SDKs, in every mode."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.receiver.process import Receiver
from tests.sdk.clients import Document, Sdk
from tests.sdk.conftest import Visit, decide
from tests.sdk.diary import JANE, PLANNING, Diary, event
from tests.sdk.matching import Like

ZOOM = {"provider_name": "zoom", "join_url": Like(r"https://zoom\.us/j/\d+")}
DASHBOARD = {
    "category": "cronofy",
    "type": "dashboard",
    "url": Like(r"http://127\.0\.0\.1:\d+/meeting_agents/[\w-]+"),
}
RECORDINGS = [
    {"category": category, "type": kind, "url": Like(r"http://127\.0\.0\.1:\d+/v1/meeting_.+")}
    for category, kind in (("transcript", "cronofy"), ("audio", "voice"), ("video", "conference"))
]
EARLY = {"before": "event_start", "offset": {"minutes": 10}}


class Hook:
    """A webhook for one event of Jane's."""

    def __init__(self, diary: Diary, receiver: Receiver) -> None:
        self.diary = diary
        self.receiver = receiver

    def write(self, *interactions: str, transitions: list[Document], **more: Any) -> None:
        subscription = {
            "type": "webhook",
            "uri": f"{self.receiver.url}/hook",
            "interactions": [{"type": kind} for kind in interactions],
            "transitions": transitions,
        }
        written = event(subscriptions=[subscription], **more)
        self.diary.events.upsert(self.diary.calendar_id, written)

    def told(self, **duration: int) -> list[Document]:
        """What has been told within ``duration``; the SDK checks each signature."""
        self.diary.sandbox.advance(**duration)
        came = self.receiver.rest()
        valid = self.diary.client.hmac_valid
        assert all(valid(callback.signature, callback.text) for callback in came)
        return [callback.document for callback in came]


@pytest.fixture
def hook(sdk: Sdk, open_sandbox: Callable[..., Sandbox], mode: str, receiver: Receiver) -> Hook:
    features = {"no_access": True, "meeting_agents": True}
    applications = [{"name": "Planner", "features": features}]
    return Hook(Diary(sdk, open_sandbox, mode, applications=applications), receiver)


def told(kind: str, what: Document, shown: Document, **sections: Any) -> Document:
    notification = {"type": "event_subscription", kind: [what]}
    return {
        "notification": notification,
        "event": {**PLANNING, "tzid": "Etc/UTC", **shown},
        **sections,
    }


def agent(state: str, *recordings: Document) -> Document:
    return {
        "sub": Like(r"agt_[0-9a-f]{24}"),
        "state": state,
        "resources": [DASHBOARD, *recordings],
    }


def test_a_meeting_from_beginning_to_end(hook: Hook, visit: Visit) -> None:
    """Zoom is arranged, the meeting draws near, an agent joins and leaves: each is told, with
    the event."""
    diary = hook.diary
    decide(diary.sandbox, "conferencing", email=JANE)
    connect = diary.client.connect_service("https://app.acme.test/zoom", "zoom")
    zoom = visit(connect)["last_linked_profile_id"]
    interactions = (
        "conferencing_assigned",
        "conferencing_failing",
        "meeting_agent_activated",
        "meeting_agent_complete",
        "meeting_agent_failed",
    )
    hook.write(
        *interactions,
        transitions=[EARLY],
        conferencing={"profile_id": zoom},
        meeting_agent={"profile_id": "cronofy"},
    )
    shown = {"conferencing": ZOOM, "meeting_agent": {"profile_id": "cronofy"}}
    assert hook.told(seconds=2) == [told("interactions", {"type": "conferencing_assigned"}, shown)]
    assert hook.told(days=2, minutes=55) == [told("transitions", EARLY, shown)]
    assert hook.told(minutes=10) == [
        told(
            "interactions",
            {"type": "meeting_agent_activated"},
            shown,
            meeting_agent=agent("created"),
        )
    ]
    assert hook.told(hours=1) == [
        told(
            "interactions",
            {"type": "meeting_agent_complete"},
            shown,
            meeting_agent=agent("complete", *RECORDINGS),
        )
    ]
    assert hook.told(days=7) == []

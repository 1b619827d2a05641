"""What makes an application be told, kind by kind of notification.

What pycronofy can do is done by it; the rest by plain requests, people, and the clock.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from tests.sdk.clients import Document
from tests.sdk.conftest import decide
from tests.sdk.matching import TOKEN
from tests.sdk.office import ADMINISTRATOR, BEN, JANE, Office

# Brings it about that the application is told once more; what the body says of it.
Cause = Callable[[Office], Document]

KIM = "kim@guest.test"
REDIRECT_URI = "https://app.acme.test/callback"
MANAGE = "service_account/accounts/manage service_account/accounts/unrestricted_access"

# Ten minutes after the sandbox's clock begins.
MEETING = {
    "event_id": "größe-1",
    "summary": "Größe/Maße 日本 📅",
    "description": "",
    "start": "2026-05-11T08:10:00Z",
    "end": "2026-05-11T08:20:00Z",
}
EXPLICIT = {
    "profile_id": "explicit",
    "provider_description": "Jitsi",
    "join_url": "https://meet.jit.si/größe",
}


def _subscription(office: Office, *interactions: str, **more: Any) -> list[Document]:
    types = [{"type": kind} for kind in interactions]
    return [{"type": "webhook", "uri": office.url, "interactions": types, **more}]


def _write(office: Office, **more: Any) -> None:
    office.client.upsert_event(office.calendar_id, {**MEETING, **more})


def _notified(kind: str, **more: Any) -> Document:
    return {"notification": {"type": kind, **more}}


# -- Channels -------------------------------------------------------------------------------


def _verification(office: Office) -> Document:
    office.client.create_notification_channel(office.url)
    return _notified("verification")


def _change(office: Office) -> Document:
    office.open_channel()
    office.control(f"/profiles/{office.profile_id}/sync")
    assert len(office.told()) == 1
    lunch = {"summary": "Lunch", "start": "2026-05-12T12:00:00Z", "end": "2026-05-12T13:00:00Z"}
    office.control(f"/people/{JANE}/events", **lunch)
    office.sandbox.advance(seconds=1)
    return _notified("change", changes_since="2026-05-11T08:00:00Z")


def _of_profile(kind: str, *steps: tuple[str, str]) -> Cause:
    """The last of ``steps`` with profiles causes it, each before something else."""

    def cause(office: Office) -> Document:
        office.open_channel()
        *earlier, last = steps
        for profile_id, step in earlier:
            office.control(f"/profiles/{getattr(office, profile_id)}/{step}")
            assert len(office.told()) == 1
        profile_id, step = last
        office.control(f"/profiles/{getattr(office, profile_id)}/{step}")
        return _notified(kind)

    return cause


def _by_hand(kind: str, **more: Any) -> Cause:
    def cause(office: Office) -> Document:
        channel_id = office.open_channel()
        office.control(f"/channels/{channel_id}/notify", type=kind, **more)
        return _notified(kind, **more)

    return cause


# -- Smart Invites --------------------------------------------------------------------------


def _smart_invite(*emails: str) -> Cause:
    def cause(office: Office) -> Document:
        event = {name: MEETING[name] for name in ("summary", "start", "end")}
        people = [{"email": email} for email in emails]
        invited = people if len(people) > 1 else people[0]
        office.client.upsert_smart_invite("b-1", invited, event, office.url)
        answer = {"email": KIM, "status": "declined", "comment": "Später, bitte"}
        office.control("/smart_invites/b-1/reply", **answer)
        return _notified("smart_invite")

    return cause


# -- Event subscriptions --------------------------------------------------------------------


def _interaction(kind: str) -> Document:
    return _notified("event_subscription", interactions=[{"type": kind}])


def _conferencing(kind: str, *, failing: bool) -> Cause:
    def cause(office: Office) -> Document:
        office.control(f"/profiles/{office.zoom}/fail", failing=failing)
        wanted = {"profile_id": office.zoom}
        _write(office, conferencing=wanted, subscriptions=_subscription(office, kind))
        office.sandbox.advance(seconds=2)
        return _interaction(kind)

    return cause


def _transition(side: str, moment: str) -> Cause:
    def cause(office: Office) -> Document:
        transition = {side: moment, "offset": {"minutes": 5}}
        _write(office, subscriptions=_subscription(office, transitions=[transition]))
        office.sandbox.advance(minutes=30)
        return _notified("event_subscription", transitions=[transition])

    return cause


def _agent(kind: str, *, minutes: int, state: str | None = None) -> Cause:
    """The agent of a meeting; ``state`` is how it ends before its time."""

    def cause(office: Office) -> Document:
        agent = {"profile_id": "cronofy"}
        subscriptions = _subscription(office, kind)
        _write(office, conferencing=EXPLICIT, meeting_agent=agent, subscriptions=subscriptions)
        office.sandbox.advance(minutes=minutes)
        if state is not None:
            (found,) = office.sandbox.control("GET", "/meeting_agents").json()["meeting_agents"]
            office.control(f"/meeting_agents/{found['sub']}", state=state)
        return _interaction(kind)

    return cause


def _lone_agent(kind: str) -> Cause:
    """An agent that belongs to no event."""

    def cause(office: Office) -> Document:
        wanted = {
            "scheduling_key": "größe",
            "join_time": MEETING["start"],
            "join_url": EXPLICIT["join_url"],
            "subscriptions": _subscription(office, kind),
        }
        office.call("/v1/meeting_agents", wanted)
        office.sandbox.advance(minutes=10)
        return _interaction(kind)

    return cause


def _attachment(kind: str, content: bytes) -> Cause:
    def cause(office: Office) -> Document:
        file = {
            "file_name": "Größe.pdf",
            "content_type": "application/pdf",
            "base64_content": base64.b64encode(content).decode(),
        }
        wanted = {"attachment": file, "subscriptions": _subscription(office, kind)}
        office.call("/v1/attachments", wanted)
        office.sandbox.advance(minutes=1)
        return _interaction(kind)

    return cause


# -- Codes ----------------------------------------------------------------------------------


def _user_access(office: Office) -> Document:
    connected = office.sandbox.control(
        "POST",
        "/connect",
        json={
            "service_account": "acme.test",
            "scope": MANAGE,
            "delegated_scope": "read_write",
        },
    ).json()
    domain = office.sdk.client(office.credentials, connected["access_token"]).client
    domain.authorize_with_service_account(BEN, "read_write", office.url, state="größe/1")
    return {"authorization": {"code": TOKEN, "state": "größe/1"}}


def _delegated(office: Office) -> Document:
    decide(office.sandbox, "authorize", email=BEN)
    query = {
        "response_type": "code",
        "client_id": office.credentials["client_id"],
        "redirect_uri": REDIRECT_URI,
        "scope": "read_write",
        "delegated_scope": "read_only",
    }
    code = office.visit(f"/oauth/authorize?{urlencode(query)}")["code"]
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
    token = office.sandbox.token(**grant).json()
    wanted = {
        "profile_id": token["linking_profile"]["profile_id"],
        "email": ADMINISTRATOR,
        "callback_url": office.url,
        "scope": "read_only",
        "state": "größe/2",
    }
    office.call("/v1/delegated_authorizations", wanted, token["access_token"])
    return {"authorization": {"code": TOKEN, "state": "größe/2"}}


CLEAN, EICAR = b"%PDF-1.4", b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
OFF, ON = ("profile_id", "disconnect"), ("profile_id", "reconnect")
SYNC, ZOOM_OFF = ("profile_id", "sync"), ("zoom", "disconnect")


class Kind(NamedTuple):
    """``sections`` are what the body has beside what the cause says."""

    cause: Cause
    sections: str = ""


CHANNEL, MEETING_AGENT = "channel", "event meeting_agent"

# Each begins with its heading in docs/webhooks.md.
KINDS = {
    "verification": Kind(_verification, CHANNEL),
    "change": Kind(_change, CHANNEL),
    "profile_disconnected": Kind(_of_profile("profile_disconnected", OFF), CHANNEL),
    "profile_connected": Kind(_of_profile("profile_connected", OFF, ON), CHANNEL),
    "conferencing_profile_disconnected": Kind(
        _of_profile("conferencing_profile_disconnected", ZOOM_OFF), CHANNEL
    ),
    "profile_initial_sync_completed": Kind(
        _of_profile("profile_initial_sync_completed", SYNC), CHANNEL
    ),
    "gdpr_requested": Kind(_by_hand("gdpr_requested"), CHANNEL),
    "scheduling_conversation_joined": Kind(
        _by_hand("scheduling_conversation_joined", scheduling_conversation_id="scv_1"), CHANNEL
    ),
    "scheduling_conversation_updated": Kind(
        _by_hand("scheduling_conversation_updated", scheduling_conversation_id="scv_1"), CHANNEL
    ),
    "smart_invite": Kind(_smart_invite(KIM), "smart_invite"),
    "smart_invite of several": Kind(_smart_invite(BEN, KIM), "smart_invite"),
    "conferencing_assigned": Kind(_conferencing("conferencing_assigned", failing=False), "event"),
    "conferencing_failing": Kind(_conferencing("conferencing_failing", failing=True), "event"),
    "transitions before event_start": Kind(_transition("before", "event_start"), "event"),
    "transitions after event_start": Kind(_transition("after", "event_start"), "event"),
    "transitions before event_end": Kind(_transition("before", "event_end"), "event"),
    "transitions after event_end": Kind(_transition("after", "event_end"), "event"),
    "meeting_agent_activated": Kind(_agent("meeting_agent_activated", minutes=10), MEETING_AGENT),
    "meeting_agent_complete": Kind(_agent("meeting_agent_complete", minutes=20), MEETING_AGENT),
    "meeting_agent_failed": Kind(
        _agent("meeting_agent_failed", minutes=1, state="failed"), MEETING_AGENT
    ),
    "meeting_agent_activated without an event": Kind(
        _lone_agent("meeting_agent_activated"), "meeting_agent scheduling_key"
    ),
    "attachment_approved": Kind(_attachment("attachment_approved", CLEAN), "attachment"),
    "attachment_rejected": Kind(_attachment("attachment_rejected", EICAR), "attachment"),
    "service_account_authorization": Kind(_user_access),
    "delegated_authorization": Kind(_delegated),
}

"""notifications.md §4.4: agents on events, and the callbacks that tell of every agent."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

import pytest

from tests.contract.agents import (
    CONFERENCING,
    CRONOFY,
    INTERACTIONS,
    JOIN_URL,
    NONE,
    agents,
    ask,
    begin,
    end,
    of_event,
    open_meeting,
    open_office,
    scheduled,
    shown,
    states,
)
from tests.contract.documents import Document, person
from tests.contract.events import (
    CLOCK,
    JANE,
    LEFT_OUT,
    Open,
    Writer,
    accepted,
    event,
    open_writer,
    refused,
    second_application,
)
from tests.contract.receiver import Receiver
from tests.contract.subscribing import interaction, next_body, webhook
from tests.emulator import Sandbox

MEETING = {
    "conferencing": {"provider_name": "Acme Meet", "join_url": JOIN_URL},
    "meeting_agent": CRONOFY,
}
MODES = ("read_write", "free_busy", "no_calendar")


def told(kind: str, **changes: Any) -> Document:
    """The body of the callback about the agent of the standup."""
    state = {"activated": "created"}.get(kind, kind)
    said = interaction(f"meeting_agent_{kind}", **{**MEETING, **changes})
    return {**said, "meeting_agent": shown(state)}


# --- Agents on events -----------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_it_joins_and_leaves(open_sandbox: Open, receiver: Receiver, mode: str) -> None:
    """4.4 [docs: provisioning, callbacks]: it joins at the event's start, and leaves at its end;
    each is told, with the event and the agent, which has recordings in the end."""
    writer = open_meeting(open_sandbox, receiver, access_mode=mode)
    assert agents(writer.sandbox) == [of_event()]
    writer.sandbox.advance(days=1, minutes=59, seconds=59)
    assert (states(writer.sandbox), receiver.empty) == (["created"], True)
    writer.sandbox.advance(seconds=1)
    assert next_body(receiver) == told("activated")
    assert agents(writer.sandbox) == [of_event(state="activated", join_url=JOIN_URL)]
    writer.sandbox.advance(minutes=29, seconds=59)
    assert receiver.empty
    writer.sandbox.advance(seconds=1)
    assert next_body(receiver) == told("complete")
    assert agents(writer.sandbox) == [of_event(join_url=JOIN_URL, **shown("complete"))]
    writer.sandbox.advance(days=7)
    assert receiver.empty


def test_the_meeting_that_is_made(open_sandbox: Open, receiver: Receiver) -> None:
    """4.3: conferencing that Cronofy arranges has a join_url as well."""
    writer = open_writer(open_sandbox)
    hook = webhook(receiver, "meeting_agent_activated")
    integrated = {"profile_id": "integrated"}
    writer.write(conferencing=integrated, meeting_agent=CRONOFY, subscriptions=[hook])
    begin(writer)
    conferencing = writer.event()["conferencing"]
    assert next_body(receiver) == told("activated", conferencing=conferencing)
    (agent,) = agents(writer.sandbox)
    assert agent["join_url"] == conferencing["join_url"]


def test_nowhere_to_join(open_sandbox: Open, receiver: Receiver) -> None:
    """[assumed] Without a join_url when the event starts, the agent fails, and that is all."""
    writer = open_writer(open_sandbox)
    writer.write(meeting_agent=CRONOFY, subscriptions=[webhook(receiver, *INTERACTIONS)])
    writer.sandbox.advance(days=1, hours=1)
    assert next_body(receiver) == told("failed", conferencing=LEFT_OUT)
    assert agents(writer.sandbox) == [of_event(**shown("failed"))]
    writer.sandbox.advance(days=1)
    assert receiver.empty


def test_its_name(open_sandbox: Open) -> None:
    """display_name is the newest; another upsert without meeting_agent leaves the agent."""
    writer = open_meeting(open_sandbox)
    writer.write(meeting_agent={**CRONOFY, "display_name": "Notes"})
    assert agents(writer.sandbox) == [of_event(display_name="Notes")]
    writer.write(summary="Sitdown")
    assert agents(writer.sandbox) == [of_event(display_name="Notes")]
    accepted(writer.call("POST", writer.path, {"event_id": "standup", "meeting_agent": CRONOFY}))
    assert agents(writer.sandbox) == [of_event()]


LATER = {"start": "2026-05-12T14:00:00Z", "end": "2026-05-12T16:00:00Z"}
MOVED = {"join_time": LATER["start"], "leave_time": LATER["end"]}


def test_a_moved_event(open_sandbox: Open, receiver: Receiver) -> None:
    """It follows: another start and end are the agent's too, and it joins once."""
    writer = open_meeting(open_sandbox, receiver)
    writer.write(**LATER)
    assert agents(writer.sandbox) == [of_event(**MOVED)]
    writer.sandbox.advance(days=1, hours=5)
    assert receiver.empty
    writer.sandbox.advance(hours=1)
    assert next_body(receiver) == told("activated", **LATER)
    writer.sandbox.advance(hours=2)
    assert next_body(receiver) == told("complete", **LATER)
    assert receiver.empty


def test_an_event_that_the_person_moves(open_sandbox: Open, receiver: Receiver) -> None:
    """It follows that as well."""
    writer = open_meeting(open_sandbox, receiver)
    path = f"/people/{JANE}/events"
    moved = {"event_uid": writer.event()["event_uid"], **LATER}
    assert writer.sandbox.control("POST", path, json=moved).status_code == 201
    assert agents(writer.sandbox) == [of_event(**MOVED)]
    writer.sandbox.advance(days=1, hours=6)
    assert next_body(receiver) == told("activated", **LATER)


def test_moved_while_it_is_there(open_sandbox: Open, receiver: Receiver) -> None:
    """[assumed] Another end keeps it longer; another start does not, but has an agent of its
    own, as long as the event stands there."""
    writer = open_meeting(open_sandbox, receiver)
    begin(writer)
    longer = {"end": "2026-05-12T09:50:00Z"}
    writer.write(**longer)
    present = of_event(state="activated", join_url=JOIN_URL, leave_time="2026-05-12T09:50:00Z")
    assert agents(writer.sandbox) == [present]
    writer.write(**LATER)
    assert agents(writer.sandbox) == [present, of_event(**MOVED)]
    writer.sandbox.advance(minutes=30)
    writer.write(**longer)
    assert states(writer.sandbox) == ["activated"]
    writer.write(**LATER)
    writer.sandbox.advance(minutes=20)
    assert states(writer.sandbox) == ["complete", "created"]
    writer.write(**longer)
    assert states(writer.sandbox) == ["complete"]
    writer.write(**LATER)
    writer.sandbox.advance(hours=7)
    assert states(writer.sandbox) == ["complete", "complete"]
    kinds = [next_body(receiver)["notification"]["interactions"] for _ in range(4)]
    wanted = ("activated", "complete", "activated", "complete")
    assert kinds == [[{"type": f"meeting_agent_{kind}"}] for kind in wanted]


TIMES: dict[str, tuple[Document, Document]] = {
    # It joins at once.
    "has-begun": (
        {"start": "2026-05-11T07:30:00Z", "end": "2026-05-11T08:30:00Z"},
        {
            "state": "activated",
            "join_url": JOIN_URL,
            "join_time": "2026-05-11T07:30:00Z",
            "leave_time": "2026-05-11T08:30:00Z",
        },
    ),
    # Midnight in the event's tzid, whatever clocks do that night.
    "all-day": (
        {"start": "2026-10-25", "end": "2026-10-26", "tzid": "Europe/Berlin"},
        {"join_time": "2026-10-24T22:00:00Z", "leave_time": "2026-10-25T23:00:00Z"},
    ),
    # The first of its occurrences.
    "series": (
        {"recurrence": {"rules": [{"frequency": "daily"}]}},
        {},
    ),
}


@pytest.mark.parametrize("case", TIMES)
def test_when_it_joins(open_sandbox: Open, case: str) -> None:
    """[assumed] An event that has begun, a whole day, a series."""
    written, wanted = TIMES[case]
    writer = open_writer(open_sandbox)
    writer.write(conferencing=CONFERENCING, meeting_agent=CRONOFY, **written)
    assert agents(writer.sandbox) == [of_event(**wanted)]


def test_an_event_that_is_over(open_sandbox: Open) -> None:
    """[assumed] Nobody is sent to it, until it is moved."""
    writer = open_writer(open_sandbox)
    past = {"start": "2026-05-11T07:00:00Z", "end": "2026-05-11T08:00:00Z"}
    writer.write(conferencing=CONFERENCING, meeting_agent=CRONOFY, **past)
    assert agents(writer.sandbox) == []
    writer.write()
    assert agents(writer.sandbox) == [of_event()]


# --- Taking it off --------------------------------------------------------------------


def test_none(open_sandbox: Open, receiver: Receiver) -> None:
    """4.4 [docs: cancel-scheduled]: profile_id none takes it off, nobody is told, and another
    one can be put there."""
    writer = open_meeting(open_sandbox, receiver)
    body = {"event_id": "standup", "meeting_agent": NONE}
    accepted(writer.call("POST", writer.path, body))
    assert agents(writer.sandbox) == []
    writer.write(**event(meeting_agent=CRONOFY))
    assert agents(writer.sandbox) == [of_event()]
    writer.write(meeting_agent=NONE)
    assert agents(writer.sandbox) == []
    writer.sandbox.advance(days=2)
    assert receiver.empty


@pytest.mark.parametrize("who", ["application", "person"])
def test_a_deleted_event(open_sandbox: Open, receiver: Receiver, who: str) -> None:
    """So does deleting the event; written again, it has no agent until one is wished for."""
    writer = open_meeting(open_sandbox, receiver)
    if who == "application":
        accepted(writer.delete())
    else:
        body = {"event_uid": writer.event()["event_uid"]}
        answer = writer.sandbox.control("DELETE", f"/people/{JANE}/events", json=body)
        assert answer.status_code == 204
    assert agents(writer.sandbox) == []
    writer.write()
    assert agents(writer.sandbox) == []
    writer.sandbox.advance(days=2)
    assert receiver.empty


@pytest.mark.parametrize("how", ["none", "delete"])
def test_it_has_joined_already(open_sandbox: Open, receiver: Receiver, how: str) -> None:
    """[docs: cancel-scheduled] Then it stays to the end; of an event that is gone, nobody is
    told."""
    writer = open_meeting(open_sandbox, receiver)
    begin(writer)
    assert next_body(receiver) == told("activated")
    if how == "none":
        writer.write(meeting_agent=NONE)
    else:
        accepted(writer.delete())
    assert states(writer.sandbox) == ["activated"]
    writer.sandbox.advance(minutes=30)
    assert states(writer.sandbox) == ["complete"]
    if how == "none":
        assert next_body(receiver) == told("complete", meeting_agent=LEFT_OUT)
    assert receiver.empty


def test_a_revoked_authorization(open_sandbox: Open, receiver: Receiver) -> None:
    """All agents on the account's events end with it, those in a meeting too; those of another
    application stay."""
    both = {"features": {"meeting_agents": True}}
    scenario = {"people": [person(JANE)], "applications": [both, both]}
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    first = Writer(sandbox, sandbox.connect(JANE))
    second = second_application(first)
    hook = [webhook(receiver, *INTERACTIONS)]
    for writer in (first, second):
        writer.write(conferencing=CONFERENCING, meeting_agent=CRONOFY, subscriptions=hook)
        writer.write(event_id="now", start=CLOCK, meeting_agent=CRONOFY, conferencing=CONFERENCING)
    assert states(sandbox) == ["created", "activated"] * 2
    body = {**sandbox.credentials, "token": first.token}
    assert sandbox.http.post("/oauth/token/revoke", json=body).status_code == 200
    ids = [one["client_id"] for one in sandbox.document["applications"]]
    assert [agent["client_id"] for agent in agents(sandbox)] == [ids[1]] * 2
    again = Writer(sandbox, sandbox.connect(JANE))
    again.write(summary="Sitdown")
    assert [agent["client_id"] for agent in agents(sandbox)] == [ids[1], ids[1], ids[0]]
    sandbox.advance(days=1, hours=1)
    said = [next_body(receiver)["event"]["summary"] for _ in range(2)]
    assert sorted(said) == ["Sitdown", "Standup"]
    assert receiver.empty


def test_moved_after_the_authorization_was_revoked(open_sandbox: Open, receiver: Receiver) -> None:
    """Then nobody is sent to it any more."""
    writer = open_meeting(open_sandbox, receiver)
    moved = {"event_uid": writer.event()["event_uid"], **LATER}
    body = {**writer.sandbox.credentials, "token": writer.token}
    assert writer.sandbox.http.post("/oauth/token/revoke", json=body).status_code == 200
    path = f"/people/{JANE}/events"
    assert writer.sandbox.control("POST", path, json=moved).status_code == 201
    assert agents(writer.sandbox) == []
    writer.sandbox.advance(days=3)
    assert receiver.empty


# --- Refusals -------------------------------------------------------------------------


def test_a_profile_that_is_none(open_sandbox: Open) -> None:
    """[assumed] cronofy and none are all that there is: else 422."""
    writer = open_writer(open_sandbox)
    for profile_id in ("pro_1", "default", "Cronofy"):
        response = writer.post(meeting_agent={"profile_id": profile_id})
        refused(response, 422, {"meeting_agent.profile_id": "not_recognized"})
    assert writer.read() == []


def test_switched_off(open_sandbox: Open) -> None:
    """4.14 [assumed]: 403 for an event with an agent; to take one off is no wish."""
    writer = open_writer(open_sandbox, features={"free_busy": True})
    response = writer.post(meeting_agent=CRONOFY)
    refused(response, 403)
    assert "features: {meeting_agents: true}" in response.headers["mock-cronofy-hint"]
    assert writer.read() == []
    writer.write(meeting_agent=NONE)
    batch = {"method": "POST", "relative_url": writer.path, "data": event(meeting_agent=CRONOFY)}
    answer = writer.call("POST", "/v1/batch", {"batch": [batch]})
    assert answer.json() == {"batch": [{"status": 403}]}
    assert agents(writer.sandbox) == []


# --- Callbacks ------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["failed", "complete"])
def test_ended_early(open_sandbox: Open, receiver: Receiver, state: str) -> None:
    """What the control API lets happen is told as well."""
    writer = open_meeting(open_sandbox, receiver)
    writer.sandbox.advance(days=1, hours=1)
    assert next_body(receiver) == told("activated")
    (agent,) = agents(writer.sandbox)
    assert end(writer.sandbox, agent, state).json()["state"] == state
    assert next_body(receiver) == told(state)
    writer.sandbox.advance(days=1)
    assert receiver.empty


def test_only_what_was_asked_for(open_sandbox: Open, receiver: Receiver) -> None:
    """4.1: each subscription is called for its own interactions."""
    writer = open_meeting(open_sandbox)
    hooks = [webhook(receiver, kind, path=f"/{kind}") for kind in INTERACTIONS]
    writer.write(subscriptions=[*hooks, webhook(receiver, "conferencing_failing")])
    writer.sandbox.advance(days=2)
    paths = [receiver.next().path for _ in range(2)]
    assert paths == ["/meeting_agent_activated", "/meeting_agent_complete"]
    assert receiver.empty


def alone(sandbox: Sandbox, receiver: Receiver, **more: Any) -> None:
    """An agent without an event, whose deeds are told."""
    body = {"join_url": JOIN_URL, "subscriptions": [webhook(receiver, *INTERACTIONS)], **more}
    assert ask(sandbox, "POST", body).is_success


def said_alone(kind: str, **more: Any) -> Document:
    state = {"activated": "created"}.get(kind, kind)
    notification = interaction(f"meeting_agent_{kind}")["notification"]
    return {"notification": notification, "meeting_agent": shown(state), **more}


def signed(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def test_without_an_event(open_sandbox: Open, receiver: Receiver) -> None:
    """[assumed] The same envelope, without event; signed as all callbacks are (1.4.2)."""
    sandbox = open_office(open_sandbox)
    alone(sandbox, receiver)
    callback = receiver.next()
    assert callback.document == said_alone("activated")
    secret = sandbox.application["client_secret"]
    assert callback.headers["cronofy-hmac-sha256"] == signed(callback.body, secret)
    sandbox.advance(hours=1)
    assert next_body(receiver) == said_alone("complete")


def test_a_scheduled_one(open_sandbox: Open, receiver: Receiver) -> None:
    """[assumed] With its scheduling_key; one that is cancelled is silent."""
    sandbox = open_office(open_sandbox)
    alone(sandbox, receiver, **scheduled())
    alone(sandbox, receiver, **scheduled(scheduling_key="other"))
    assert ask(sandbox, "DELETE", {"scheduling_key": "other"}).status_code == 202
    sandbox.advance(hours=4)
    assert next_body(receiver) == said_alone("activated", scheduling_key="standup")
    (agent,) = agents(sandbox)
    assert end(sandbox, agent, "failed").status_code == 200
    assert next_body(receiver) == said_alone("failed", scheduling_key="standup")
    assert receiver.empty


def test_in_order(open_sandbox: Open, receiver: Receiver) -> None:
    """Those of one agent leave one after the other, retried as subscriptions of events are;
    another agent's do not wait for them."""
    sandbox = open_office(open_sandbox)
    receiver.answers = [500]
    alone(sandbox, receiver)
    assert receiver.next().document == said_alone("activated")
    (agent,) = agents(sandbox)
    end(sandbox, agent, "complete")
    alone(sandbox, receiver)
    assert next_body(receiver) == said_alone("activated")
    sandbox.advance(seconds=14)
    assert receiver.empty
    sandbox.advance(seconds=1)
    assert [next_body(receiver) for _ in range(2)] == [
        said_alone("activated"),
        said_alone("complete"),
    ]


def test_a_snapshot(open_sandbox: Open, receiver: Receiver) -> None:
    """Agents of events, and what they will tell, come back with it."""
    writer = open_meeting(open_sandbox, receiver)
    snapshot = writer.sandbox.control("GET", "/snapshot").json()
    accepted(writer.delete())
    assert agents(writer.sandbox) == []
    assert writer.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert agents(writer.sandbox) == [of_event()]
    writer.sandbox.advance(days=2)
    assert [next_body(receiver) for _ in range(2)] == [told("activated"), told("complete")]
    assert agents(writer.sandbox) == [of_event(join_url=JOIN_URL, **shown("complete"))]

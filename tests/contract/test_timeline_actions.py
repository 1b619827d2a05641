"""Every action: on the timeline, at once, and as the control API's call of the same thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mock_server.control.routes import ROUTES
from mock_server.scenarios.actions.catalogue import ACTIONS, REFUSED
from tests.contract.control import assert_problems
from tests.contract.documents import ACCOUNT_ID, Document, Like
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]
Call = Callable[[Sandbox], tuple[str, str, Any]]

JANE, PAUL, KIM = "jane@acme.test", "paul@acme.test", "kim@guest.test"
CLOCK = "2026-05-11T08:00:00Z"
TIMES = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T09:30:00Z"}
UID = Like(r"evt_external_[0-9a-f]{24}")
PROFILE = Like(r"pro_\w{16}")
STANDUP = {"summary": "Standup", **TIMES}
WORLD: Document = {
    "applications": [
        {
            "client_id": "timeline-client-id",
            "client_secret": "timeline-client-secret",
            "features": {"no_access": True, "meeting_agents": True},
        }
    ],
    "people": [
        {
            "email": JANE,
            "name": "Jane",
            "zoneinfo": "Europe/London",
            "calendars": [
                {"name": "Work", "primary": True, "events": [STANDUP]},
                {"name": "Trips", "events": [{"summary": "Paris", **TIMES}]},
            ],
            "conferencing": [{"provider_name": "zoom"}],
        },
        {"email": PAUL, "name": "Paul", "zoneinfo": "Etc/UTC", "provider": "none"},
    ],
    "connected": [
        # Nobody listens there.
        {"person": JANE, "channels": [{"callback_url": "http://127.0.0.1:9/told"}]},
        {"person": PAUL, "access_mode": "no_calendar"},
    ],
}


class Case(NamedTuple):
    """``call`` is the control call that does the same; ``before`` happens first."""

    document: Document
    outcome: Document
    call: Call | None = None
    before: tuple[Call, ...] = ()


def post(path: str, **body: Any) -> Call:
    return lambda sandbox: ("POST", path, body)


def profile(sandbox: Sandbox, provider_name: str) -> str:
    """The id of Jane's profile there."""
    token = sandbox.document["connected"][0]["access_token"]
    profiles = sandbox.call(token, "GET", "/v1/profiles").json()["profiles"]
    services = sandbox.call(token, "GET", "/v1/userinfo").json()["cronofy.data"]
    found = [*profiles, *services.get("conferencing_profiles", [])]
    (profile_id,) = (p["profile_id"] for p in found if p["provider_name"] == provider_name)
    return str(profile_id)


def life(of: str, step: str, **body: Any) -> Call:
    return lambda sandbox: ("POST", f"/profiles/{profile(sandbox, of)}/{step}", body)


def uid(sandbox: Sandbox, summary: str = "Standup") -> str:
    events = sandbox.control("GET", f"/people/{JANE}/events").json()["events"]
    (event_uid,) = (event["event_uid"] for event in events if event["summary"] == summary)
    return str(event_uid)


def api(who: int | None, method: str, path: str, **body: Any) -> Call:
    """A call of the API: as a connected account, or as the application."""

    def call(sandbox: Sandbox) -> tuple[str, str, Any]:
        if who is None:
            token = sandbox.application["client_secret"]
        else:
            token = sandbox.document["connected"][who]["access_token"]
        answer = sandbox.call(token, method, path.format(calendar=calendar(sandbox)), json=body)
        assert answer.is_success, answer.text
        return "", "", None

    return call


def calendar(sandbox: Sandbox) -> str:
    """The id of Paul's."""
    (profile,) = sandbox.document["connected"][1]["profiles"]
    found: str = profile["profile_calendars"][0]["calendar_id"]
    return found


def ask(sandbox: Sandbox) -> tuple[str, str, Any]:
    (own, *_) = sandbox.document["connected"][0]["profiles"]
    wish = {
        "calendar_id": own["profile_calendars"][0]["calendar_id"],
        "permission_level": "unrestricted",
    }
    return api(0, "POST", "/v1/permissions", permissions=[wish], redirect_uri="http://a.test")(
        sandbox
    )


def first(path: str, key: str, id_key: str, suffix: str, **body: Any) -> Call:
    """A call about the first of what a list of the control API has."""

    def call(sandbox: Sandbox) -> tuple[str, str, Any]:
        (one, *_) = sandbox.control("GET", path).json()[key]
        return "POST", f"{path}/{one[id_key]}{suffix}", body

    return call


def delete(path: str) -> Call:
    return lambda sandbox: ("DELETE", path, None)


CALENDARS, EVENTS = f"/people/{JANE}/calendars", f"/people/{JANE}/events"
SECRETS = "/applications/timeline-client-id/secrets"
NEW = {"email": "new@acme.test", "name": "New", "zoneinfo": "Etc/UTC"}
INVITE = {
    "recipient": {"email": KIM},
    "smart_invite_id": "booking",
    "callback_url": "http://127.0.0.1:9/answers",
    "event": {**TIMES, "summary": "Viewing", "tzid": "Etc/UTC"},
}
MEETING = {"join_time": TIMES["start"], "join_url": "https://meet.test/1", "scheduling_key": "k"}
ODD = api(0, "POST", "/v1/channels", callback_url="http://127.0.0.1:9/", odd=True)
SENT = api(1, "POST", "/v1/calendars/{calendar}/events", event_id="lunch", **TIMES, summary="Lunch")

CASES: dict[str, Case] = {
    "add_person": Case(NEW, {"email": NEW["email"]}, post("/people", **NEW)),
    "add_organization": Case(
        {"domain": "globex.test", "members": [JANE]},
        {"domain": "globex.test"},
        post("/organizations", domain="globex.test", members=[JANE]),
    ),
    "connect": Case(
        {"email": KIM, "client_id": "timeline-client-id"},
        {"sub": ACCOUNT_ID, "profile_id": PROFILE},
        post("/connect", email=KIM, client_id="timeline-client-id"),
    ),
    "queue_consent": Case(
        {"page": "permissions", "decision": "deny", "times": 2},
        {"consent_id": Like(r"cns_\w+")},
        post("/consents", page="permissions", decision="deny", times=2),
    ),
    "allow_permissions": Case({"person": JANE}, {"calendar_ids": [Like("cal_.*")]}, None, (ask,)),
    "reject_permissions": Case({}, {"calendar_ids": [Like("cal_.*")]}, None, (ask,)),
    "add_secret": Case(
        {"client_secret": "new-secret"},
        {"client_id": "timeline-client-id"},
        post(SECRETS, client_secret="new-secret"),
    ),
    "remove_secret": Case(
        {"application": "timeline-client-id"},
        {"client_id": "timeline-client-id"},
        delete(f"{SECRETS}/timeline-client-secret"),
        (post(SECRETS, client_secret="new-secret"),),
    ),
    "disconnect_profile": Case(
        {"person": JANE}, {"profile_ids": [PROFILE]}, life("google", "disconnect")
    ),
    "disconnect_profile of a service": Case(
        {"provider_name": "zoom"}, {"profile_ids": [PROFILE]}, life("zoom", "disconnect")
    ),
    "reconnect_profile": Case(
        {"person": JANE, "application": "timeline-client-id", "access_mode": "read_write"},
        {"profile_ids": [PROFILE]},
        life("google", "reconnect"),
        (life("google", "disconnect"),),
    ),
    "sync_profile": Case({}, {"profile_ids": [PROFILE]}, life("google", "sync")),
    "fail_profile": Case({"person": JANE}, {"profile_ids": [PROFILE]}, life("zoom", "fail")),
    "make_event": Case(
        {"person": JANE, "calendar": "Trips", "summary": "Rome", **TIMES},
        {"event_uid": UID},
        post(EVENTS, calendar="Trips", summary="Rome", **TIMES),
    ),
    "change_event": Case(
        {"person": JANE, "summary": "Standup", "changes": {"location": "Room 2", "lat": None}},
        {"event_uid": UID},
        lambda sandbox: ("POST", EVENTS, {"event_uid": uid(sandbox), "location": "Room 2"}),
    ),
    "delete_event": Case(
        {"person": JANE, "summary": "Standup", "calendar": "Work"},
        {"event_uid": UID},
        lambda sandbox: ("DELETE", f"{EVENTS}?event_uid={uid(sandbox)}", None),
    ),
    "delete_events": Case({"person": JANE}, {"deleted": 2}, delete(f"{EVENTS}?all=true")),
    "make_calendar": Case(
        {"person": JANE, "name": "Team", "readonly": True},
        {"calendar": "Team"},
        post(CALENDARS, name="Team", readonly=True),
    ),
    "rename_calendar": Case(
        {"person": JANE, "calendar": "Trips", "name": "Voyages"},
        {"calendar": "Voyages"},
        lambda sandbox: ("PATCH", f"{CALENDARS}/Trips", {"name": "Voyages"}),
    ),
    "delete_calendar": Case(
        {"person": JANE, "calendar": "Trips"}, {"calendar": "Trips"}, delete(f"{CALENDARS}/Trips")
    ),
    "end_agent": Case(
        {"state": "failed", "scheduling_key": "k"},
        {"subs": [Like("agt_.*")]},
        first("/meeting_agents", "meeting_agents", "sub", "", state="failed"),
        (api(None, "POST", "/v1/meeting_agents", **MEETING),),
    ),
    "notify_channel": Case(
        {"type": "gdpr_requested", "person": JANE},
        {"delivery_ids": [Like("dlv_.*")]},
        first("/channels", "channels", "channel_id", "/notify", type="gdpr_requested"),
    ),
    "reply_to_invitation": Case(
        {"to": PAUL, "status": "accepted", "event_id": "lunch", "summary": "Lunch"},
        {"message_id": Like("msg_.*"), "outcome": f"{PAUL} has accepted"},
        post("/inbox/latest/reply", status="accepted"),
        (SENT,),
    ),
    "reply_to_smart_invite": Case(
        {"email": KIM, "status": "declined"},
        {"smart_invite_id": "booking", "outcome": f"{KIM} has declined"},
        post("/smart_invites/booking/reply", email=KIM, status="declined"),
        (api(None, "POST", "/v1/smart_invites", **INVITE),),
    ),
    "replay_delivery": Case(
        {"kind": "verification"},
        {"delivery_id": Like("dlv_.*")},
        first("/deliveries", "deliveries", "delivery_id", "/replay"),
    ),
    "fail_deliveries": Case(
        {"with": 503, "times": 2, "kind": "change"},
        {"failure_id": Like("flr_.*")},
        post("/deliveries/failures", **{"with": 503, "times": 2, "kind": "change"}),
    ),
    "forget_failures": Case(
        {},
        {"forgotten": 1},
        delete("/deliveries/failures"),
        (post("/deliveries/failures", **{"with": 503}),),
    ),
    "revoke_access": Case({"person": JANE}, {"subs": [ACCOUNT_ID]}, post(f"/people/{JANE}/revoke")),
    "set_switches": Case(
        {"page_size": 2, "rate_limits": True},
        {"rate_limits": True, "page_size": 2},
        lambda _: ("PATCH", "/switches", {"page_size": 2, "rate_limits": True}),
    ),
    "add_fault": Case(
        {"match": {"path": "/v1/**"}, "respond": {"lost": True}},
        {"fault_id": Like("flt_.*")},
        post("/faults", match={"path": "/v1/**"}, respond={"lost": True}),
    ),
    "remove_faults": Case(
        {}, {"removed": 1}, delete("/faults"), (post("/faults", respond={"reset": True}),)
    ),
    "begin_outage": Case(
        {"provider": "google"}, {"outage_id": Like("out_.*")}, post("/outages", provider="google")
    ),
    "end_outages": Case(
        {}, {"ended": 1}, delete("/outages"), (post("/outages", provider="google"),)
    ),
    "release_fault": Case(
        {"count": 1}, {"released": 0}, None, (post("/faults", respond={"hold": "answer"}),)
    ),
    "clear_journal": Case({}, {"forgotten": 1}, delete("/journal"), (ask,)),
    "forget_contract": Case({}, {"forgotten": 1}, delete("/contract"), (ODD,)),
}

# Actions that leave no trace in a snapshot.
TRACELESS = {"sync_profile", "release_fault", "clear_journal", "forget_contract"}

# What is the call's on a timeline: actions, or the names of those that are refused.
DONE_BY = {
    "POST /sandboxes": {"create_sandbox"},
    "DELETE /sandboxes/{sandbox_id}": {"delete_sandbox"},
    "POST /sandboxes/{sandbox_id}/reset": {"reset"},
    "GET /sandboxes/{sandbox_id}/snapshot": {"snapshot"},
    "PUT /sandboxes/{sandbox_id}/snapshot": {"restore"},
    "PATCH /sandboxes/{sandbox_id}/switches": {"set_switches"},
    "DELETE /contract": {"forget_contract"},
    "DELETE /sandboxes/{sandbox_id}/contract": {"forget_contract"},
    "POST /sandboxes/{sandbox_id}/applications/{client_id}/secrets": {"add_secret"},
    "DELETE /sandboxes/{sandbox_id}/applications/{client_id}/secrets/{secret:path}": {
        "remove_secret"
    },
    "POST /sandboxes/{sandbox_id}/people": {"add_person"},
    "POST /sandboxes/{sandbox_id}/organizations": {"add_organization"},
    "POST /sandboxes/{sandbox_id}/connect": {"connect"},
    "POST /sandboxes/{sandbox_id}/consents": {"queue_consent"},
    "POST /sandboxes/{sandbox_id}/people/{email}/revoke": {"revoke_access"},
    "POST /sandboxes/{sandbox_id}/people/{email}/calendars": {"make_calendar"},
    "PATCH /sandboxes/{sandbox_id}/people/{email}/calendars/{name:path}": {"rename_calendar"},
    "DELETE /sandboxes/{sandbox_id}/people/{email}/calendars/{name:path}": {"delete_calendar"},
    "POST /sandboxes/{sandbox_id}/people/{email}/events": {
        "make_event",
        "make_events",
        "change_event",
    },
    "DELETE /sandboxes/{sandbox_id}/people/{email}/events": {"delete_event", "delete_events"},
    "POST /sandboxes/{sandbox_id}/profiles/{profile_id}/disconnect": {"disconnect_profile"},
    "POST /sandboxes/{sandbox_id}/profiles/{profile_id}/reconnect": {"reconnect_profile"},
    "POST /sandboxes/{sandbox_id}/profiles/{profile_id}/sync": {"sync_profile"},
    "POST /sandboxes/{sandbox_id}/profiles/{profile_id}/fail": {"fail_profile"},
    "POST /sandboxes/{sandbox_id}/meeting_agents/{sub}": {"end_agent"},
    "POST /sandboxes/{sandbox_id}/channels/{channel_id}/notify": {"notify_channel"},
    "POST /sandboxes/{sandbox_id}/smart_invites/{smart_invite_id:path}/reply": {
        "reply_to_smart_invite"
    },
    "PUT /sandboxes/{sandbox_id}/clock": {"set_clock"},
    "POST /sandboxes/{sandbox_id}/clock/advance": {"advance", "advance_clock"},
    "POST /sandboxes/{sandbox_id}/timeline": {"add_timeline_entries"},
    "DELETE /sandboxes/{sandbox_id}/timeline": {"remove_timeline_entries"},
    "DELETE /sandboxes/{sandbox_id}/timeline/{entry_id}": {"remove_timeline_entries"},
    "POST /sandboxes/{sandbox_id}/deliveries/failures": {"fail_deliveries"},
    "DELETE /sandboxes/{sandbox_id}/deliveries/failures": {"forget_failures"},
    "POST /sandboxes/{sandbox_id}/deliveries/{delivery_id}/replay": {"replay_delivery"},
    "POST /sandboxes/{sandbox_id}/deliveries/{delivery_id}/fail": {"fail_delivery"},
    "POST /sandboxes/{sandbox_id}/inbox/{message_id}/reply": {"reply_to_invitation"},
    "DELETE /sandboxes/{sandbox_id}/journal": {"clear_journal"},
    "POST /sandboxes/{sandbox_id}/journal/verify": {"verify"},
    "POST /sandboxes/{sandbox_id}/faults": {"add_fault"},
    "DELETE /sandboxes/{sandbox_id}/faults": {"remove_faults"},
    "DELETE /sandboxes/{sandbox_id}/faults/{fault_id}": {"remove_faults"},
    "POST /sandboxes/{sandbox_id}/faults/{fault_id}/release": {"release_fault"},
    "POST /sandboxes/{sandbox_id}/outages": {"begin_outage"},
    "DELETE /sandboxes/{sandbox_id}/outages": {"end_outages"},
    "DELETE /sandboxes/{sandbox_id}/outages/{outage_id}": {"end_outages"},
    "GET /sandboxes/{sandbox_id}/wait": {"wait"},
}

# What a person does on a page.
ON_PAGES = {"allow_permissions", "reject_permissions"}

# Which carries out actions itself.
ACTING = "POST /sandboxes/{sandbox_id}/actions"


def test_every_call_that_changes_something_has_an_action_or_a_reason() -> None:
    calls = {f"{method} {path}" for method, path, _ in ROUTES}
    changing = {call for call in calls if not call.startswith("GET ")} - {ACTING}
    assert changing <= DONE_BY.keys() <= calls
    assert set().union(*DONE_BY.values()) == {*ACTIONS, *REFUSED} - ON_PAGES
    assert not ACTIONS.keys() & REFUSED.keys()


def test_the_contract_report_begins_anew(open_sandbox: Open) -> None:
    """What was found and counted by then is forgotten."""
    sandbox = open_sandbox(scenario=WORLD, clock=CLOCK)
    control(sandbox, ODD)
    before = sandbox.control("GET", "/contract").json()
    assert "unknown_parameter" in [found["code"] for found in before["findings"]]
    assert sandbox.control("POST", "/actions", json={"forget_contract": {}}).is_success
    after = sandbox.control("GET", "/contract").json()
    assert (after["findings"], {row["calls"] for row in after["coverage"]}) == ([], {0})


def control(sandbox: Sandbox, call: Call) -> None:
    method, path, body = call(sandbox)
    if method:
        answer = sandbox.control(method, path, json=body)
        assert answer.is_success, answer.text


def world(sandbox: Sandbox) -> Document:
    """Everything in the sandbox but its timeline, the ids of timers, and what takes real time."""
    sandbox.advance(seconds=0)
    document: Document = sandbox.control("GET", "/snapshot").json()
    tables = document["tables"]
    del document["snapshot_id"], tables["timeline"]
    for name in ("tmr", "tle"):
        document["counts"].pop(name, None)
    for timer in tables["timers"]:
        del timer["timer_id"]
    for delivery in tables["deliveries"]:
        for attempt in delivery.get("attempts", ()):
            attempt["duration"] = 0
    return document


@pytest.mark.parametrize("case", CASES)
def test_an_action(open_sandbox: Open, case: str) -> None:
    """On the timeline, at once and as a control call, it leaves the same world behind."""
    name, (document, outcome, call, before) = case.partition(" ")[0], CASES[case]
    sandbox = open_sandbox(scenario=WORLD, clock=CLOCK)

    def begin() -> Document:
        sandbox.advance(seconds=0)
        sandbox.control("POST", "/reset")
        for step in before:
            control(sandbox, step)
        return world(sandbox)

    untouched = begin()
    answer = sandbox.control("POST", "/actions", json={name: document})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"action": name, "at": CLOCK, "outcome": outcome}
    at_once = world(sandbox)
    assert (at_once != untouched) or name in TRACELESS

    begin()
    entry = {"at": {"seconds": 0}, "do": {name: document}}
    answer = sandbox.control("POST", "/timeline", json=entry)
    assert answer.status_code == 201, answer.text
    assert world(sandbox) == at_once
    (entry,) = sandbox.control("GET", "/timeline").json()["entries"]
    assert entry == {
        "entry_id": Like("tle_.*"),
        "at": CLOCK,
        "when": None,
        "do": [{name: document}],
        "state": "done",
        "happened": [{"at": CLOCK, "action": name, "outcome": outcome}],
    }

    if call is not None:
        begin()
        control(sandbox, call)
        assert world(sandbox) == at_once


def test_every_action_is_tried_and_described() -> None:
    """docs/control-api.md names each with all its keys, the required ones in bold."""
    assert {case.partition(" ")[0] for case in CASES} == set(ACTIONS)
    page = (Path(__file__).parents[2] / "docs" / "control-api.md").read_text("utf-8")
    described = {
        name: keys
        for names, keys in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (.*?) \|", page, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    for name, action in ACTIONS.items():
        keys = described[name]
        if "those of" in keys and "**" not in keys:
            continue  # and of somebody else's section
        for key, field in action.document.model_fields.items():
            word = f"`{field.alias or key}`"
            if field.is_required():
                assert f"**{word}**" in keys or "those of" in keys, (name, key)
            else:
                assert word in keys or "the same" in keys or "those of" in keys, (name, key)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_action(open_sandbox: Open, name: str) -> None:
    """Some calls of the control API make no sense on a timeline; it says why."""
    sandbox = open_sandbox()
    answer = sandbox.control("POST", "/actions", json={name: {}})
    assert_problems(answer, 422, name)
    assert answer.json()["errors"][0]["expected"] == REFUSED[name]
    entry = {"at": {"seconds": 0}, "do": [{"clear_journal": {}}, {name: {}}]}
    assert_problems(sandbox.control("POST", "/timeline", json=entry), 422, f"do[1].{name}")


TOO_MUCH: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "the document"),
    "two": ({"clear_journal": {}, "forget_failures": {}}, "the document"),
    "a list": ([], "the document"),
    "no mapping": ({"clear_journal": None}, "clear_journal"),
    "nobody": ({"disconnect_profile": {"person": "nora@acme.test"}}, "disconnect_profile.person"),
    "no application": ({"add_secret": {"application": "x"}}, "add_secret.application"),
    "no such provider": ({"sync_profile": {"provider_name": "x"}}, "sync_profile.provider_name"),
    "no profile": ({"fail_profile": {"person": PAUL}}, "fail_profile.person"),
    "no event": (
        {"delete_event": {"person": JANE, "summary": "Nothing"}},
        "delete_event.summary",
    ),
    "which event": ({"delete_event": {"person": JANE}}, "delete_event"),
    "an unknown key of an event": (
        {"change_event": {"person": JANE, "summary": "Standup", "changes": {"colour": "red"}}},
        "change_event.changes.colour",
    ),
    "half a place": (
        {"change_event": {"person": JANE, "summary": "Standup", "changes": {"lat": 1}}},
        "change_event.changes",
    ),
    "the primary calendar": (
        {"delete_calendar": {"person": JANE, "calendar": "Work"}},
        "delete_calendar.calendar",
    ),
    "no calendar": (
        {"rename_calendar": {"person": JANE, "calendar": "x", "name": "y"}},
        "rename_calendar.calendar",
    ),
    "the last secret": ({"remove_secret": {}}, "remove_secret.client_secret"),
    "a secret that is held": (
        {"add_secret": {"client_secret": "timeline-client-secret"}},
        "add_secret.client_secret",
    ),
    "no mail": (
        {"reply_to_invitation": {"to": KIM, "status": "accepted"}},
        "reply_to_invitation.to",
    ),
    "no invite": (
        {"reply_to_smart_invite": {"email": KIM, "status": "accepted"}},
        "reply_to_smart_invite.smart_invite_id",
    ),
    "no request": ({"allow_permissions": {"person": PAUL}}, "allow_permissions.person"),
    "no agent": ({"end_agent": {"state": "failed"}}, "end_agent.sub"),
    "no channel": ({"notify_channel": {"type": "x", "person": PAUL}}, "notify_channel.channel_id"),
    "no delivery": ({"replay_delivery": {"kind": "x"}}, "replay_delivery.kind"),
    "somebody again": ({"add_person": {"email": JANE}}, "add_person.email"),
}


@pytest.mark.parametrize("case", TOO_MUCH)
def test_what_cannot_be_done(open_sandbox: Open, case: str) -> None:
    """At once: 422 with the place, and nothing has changed."""
    sandbox = open_sandbox(scenario=WORLD, clock=CLOCK)
    before = world(sandbox)
    given, place = TOO_MUCH[case]
    assert_problems(sandbox.control("POST", "/actions", json=given), 422, place)
    assert world(sandbox) == before


def test_several_events_of_a_title(open_sandbox: Open) -> None:
    """It says so; the calendar tells which."""
    sandbox = open_sandbox(scenario=WORLD, clock=CLOCK)
    again = {"person": JANE, "calendar": "Trips", **STANDUP}
    assert sandbox.control("POST", "/actions", json={"make_event": again}).is_success
    meant = {"person": JANE, "summary": "Standup"}
    answer = sandbox.control("POST", "/actions", json={"delete_event": meant})
    assert_problems(answer, 422, "delete_event.summary")
    answer = sandbox.control(
        "POST", "/actions", json={"delete_event": {**meant, "calendar": "Trips"}}
    )
    assert answer.json()["outcome"] == {"event_uid": UID}


def test_an_event_by_the_id_of_its_application(open_sandbox: Open) -> None:
    """``event_id`` finds what an application wrote into the person's calendar."""
    sandbox = open_sandbox(scenario=WORLD, clock=CLOCK)
    own = sandbox.document["connected"][0]["profiles"][0]["profile_calendars"][0]["calendar_id"]
    api(0, "POST", f"/v1/calendars/{own}/events", event_id="review", summary="R", **TIMES)(sandbox)
    change = {"person": JANE, "event_id": "review", "changes": {"summary": "Reviewed"}}
    answer = sandbox.control("POST", "/actions", json={"change_event": change})
    assert answer.json()["outcome"] == {"event_uid": uid(sandbox, "Reviewed")}

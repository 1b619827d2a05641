"""events.md §2.3: what an upsert is refused for; nothing is written on any refusal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import Document, person
from tests.contract.events import (
    INVITER,
    JANE,
    LEFT_OUT,
    SCOPE,
    Open,
    Writer,
    accepted,
    event,
    open_writer,
    own_calendar,
    refused,
    written,
)

HOOK = {"type": "webhook", "uri": "https://acme.test/hook"}
ASSIGNED = {"interactions": [{"type": "conferencing_assigned"}]}
NOON, LATER = "2026-05-12T12:00:00Z", "2026-05-12T13:00:00Z"


def times(start: Any, end: Any = LATER) -> Document:
    return {"start": start, "end": end}


def guests(*emails: Any, where: str = "invite") -> Document:
    return {"attendees": {where: [{"email": email} for email in emails]}}


def subscription(**members: Any) -> Document:
    return {"subscriptions": [{**HOOK, **ASSIGNED}, {**HOOK, **members}]}


def transition(**members: Any) -> Document:
    return subscription(transitions=[{"before": "event_start", "offset": {"minutes": 1}}, members])


SECOND = "subscriptions[1]"
STEP = f"{SECOND}.transitions[1]"

REFUSALS: dict[str, tuple[Document, dict[str, str]]] = {
    # Required members.
    "event_id-missing[docs: error-codes]": ({"event_id": LEFT_OUT}, {"event_id": "required"}),
    "event_id-empty[docs: error-codes]": ({"event_id": ""}, {"event_id": "required"}),
    "event_id-null[docs: error-codes]": ({"event_id": None}, {"event_id": "required"}),
    "summary-missing[docs: error-codes]": ({"summary": LEFT_OUT}, {"summary": "required"}),
    "summary-empty[docs: error-codes]": ({"summary": ""}, {"summary": "required"}),
    "start-missing[docs: error-codes]": ({"start": LEFT_OUT}, {"start": "required"}),
    "end-empty[docs: error-codes]": ({"end": ""}, {"end": "required"}),
    "all-missing[docs: batch]": (
        dict.fromkeys(("event_id", "summary", "start", "end"), LEFT_OUT),
        dict.fromkeys(("event_id", "summary", "start", "end"), "required"),
    ),
    "start.time-missing[C# sdk]": (times({"tzid": "Etc/UTC"}), {"start.time": "required"}),
    # Lengths and kinds.
    "event_id-of-513-characters[assumed]": ({"event_id": "x" * 513}, {"event_id": "too_long"}),
    "event_id-a-number[assumed]": ({"event_id": 17}, {"event_id": "invalid"}),
    "summary-of-1025-characters[assumed]": ({"summary": "s" * 1025}, {"summary": "too_long"}),
    "summary-a-list[assumed]": ({"summary": ["Standup"]}, {"summary": "invalid"}),
    "description-of-4097-characters[assumed]": (
        {"description": "d" * 4097},
        {"description": "too_long"},
    ),
    "location-a-text[assumed]": ({"location": "Room 1"}, {"location": "invalid"}),
    "location.description-of-1025[assumed]": (
        {"location": {"description": "r" * 1025}},
        {"location.description": "too_long"},
    ),
    "two-at-once[assumed]": (
        {"url": "no url", "color": "red"},
        {"url": "invalid_url", "color": "invalid"},
    ),
    # Times.
    **{
        f"start-{text}[assumed]": (times(text), {"start": "invalid"})
        for text in (
            "tomorrow",
            "2026-02-30T12:00:00Z",
            "2026-05-12T25:00:00Z",
            "12/05/2026",
            1,
            [],
        )
    },
    "start-milliseconds[docs: data-types]": (
        times("2026-05-12T12:00:00.001Z"),
        {"start": "invalid"},
    ),
    "start.time-unparseable[assumed]": (times({"time": "noon"}), {"start.time": "invalid"}),
    "end.time-milliseconds[docs: data-types]": (
        times(NOON, {"time": "2026-05-12T13:00:00.500Z"}),
        {"end.time": "invalid"},
    ),
    "end-a-date-start-a-time[docs: upsert-event]": (times(NOON, "2026-05-13"), {"end": "invalid"}),
    "end-a-time-start-a-date[docs: upsert-event]": (times("2026-05-12", LATER), {"end": "invalid"}),
    "end-before-start[3p compat]": (times(LATER, NOON), {"end": "invalid_time_pair"}),
    "end-before-start-in-days[3p compat]": (
        times("2026-05-12", "2026-05-11"),
        {"end": "invalid_time_pair"},
    ),
    "end-before-start-by-its-zone[assumed]": (
        times(
            {"time": "2026-05-12T12:00:00", "tzid": "Europe/London"},
            {"time": "2026-05-12T12:30:00", "tzid": "Europe/Paris"},
        ),
        {"end": "invalid_time_pair"},
    ),
    "start-before-1900[connector]": (times("1899-12-31T23:59:59Z"), {"start": "invalid"}),
    "end-after-2100[connector]": (times(NOON, "2101-01-01T00:00:00Z"), {"end": "invalid"}),
    "start-the-year-0001[connector]": (times("0001-01-01T00:00:00+14:00"), {"start": "invalid"}),
    "end-the-year-9999[connector]": (times(NOON, "9999-12-31T23:59:59-14:00"), {"end": "invalid"}),
    "tzid-unknown[3p compat]": ({"tzid": "Mars/Olympus"}, {"tzid": "tzid_unrecognized"}),
    "tzid-a-number[3p compat]": ({"tzid": 1}, {"tzid": "tzid_unrecognized"}),
    "start.tzid-unknown[3p compat]": (
        times({"time": NOON, "tzid": "GMT+25"}),
        {"start.tzid": "tzid_unrecognized"},
    ),
    "end.tzid-unknown[3p compat]": (
        times(NOON, {"time": LATER, "tzid": "europe/paris "}),
        {"end.tzid": "tzid_unrecognized"},
    ),
    # What else an event says.
    "transparency-other[assumed]": ({"transparency": "busy"}, {"transparency": "not_recognized"}),
    "transparency-an-extended-one[assumed]": (
        {"transparency": "tentative"},
        {"transparency": "not_recognized"},
    ),
    "extended_transparency-other[assumed]": (
        {"extended_transparency": "unknown"},
        {"extended_transparency": "not_recognized"},
    ),
    **{
        f"url-{text}[assumed]": ({"url": text}, {"url": "invalid_url"})
        for text in ("acme", "http://[", "https://a b.test", "//acme.test", "https:")
    },
    "url-a-number[assumed]": ({"url": 7}, {"url": "invalid"}),
    "color-a-name[assumed]": ({"color": "red"}, {"color": "invalid"}),
    "color-short[assumed]": ({"color": "#fff"}, {"color": "invalid"}),
    "event_private-other[assumed]": (
        {"event_private": "yes?"},
        {"event_private": "must_be_boolean"},
    ),
    "lat-alone[memory]": ({"location": {"lat": "1"}}, {"location.long": "required"}),
    "long-alone[memory]": ({"location": {"long": "1"}}, {"location.lat": "required"}),
    **{
        f"lat-{text}[memory]": (
            {"location": {"lat": text, "long": "0"}},
            {"location.lat": "invalid"},
        )
        for text in ("85.06", "-86", "north", "NaN", True, "1_0", " 1", "1e1", 1e300, [])
    },
    "long-180.1[memory]": (
        {"location": {"lat": "0", "long": "180.1"}},
        {"location.long": "invalid"},
    ),
    # Reminders.
    "reminders-six[assumed]": (
        {"reminders": [{"minutes": n} for n in range(6)]},
        {"reminders": "too_many"},
    ),
    **{
        f"reminders-{value!r}[assumed]": (
            {"reminders": [{"minutes": 5}, {"minutes": value}]},
            {"reminders[1].minutes": "must_be_integer"},
        )
        for value in ("soon", 1.5, -1, 40321, 10**30, [])
    },
    "reminders-without-minutes[assumed]": (
        {"reminders": [{}]},
        {"reminders[0].minutes": "required"},
    ),
    "reminders-no-list[assumed]": ({"reminders": 5}, {"reminders": "invalid"}),
    # Guests.
    "invite-without-email[3p compat]": (
        {"attendees": {"invite": [{"display_name": "Bob"}]}},
        {"attendees.invite[0].email": "required"},
    ),
    "invite-empty-email[3p compat]": (guests(""), {"attendees.invite[0].email": "required"}),
    "invite-malformed[3p compat]": (
        guests("a@b.test", "bob"),
        {"attendees.invite[1].email": "invalid_email"},
    ),
    "invite-255-characters[3p compat]": (
        guests("b" * 248 + "@b.test"),
        {"attendees.invite[0].email": "invalid_email"},
    ),
    "remove-malformed[3p compat]": (
        guests("bob", where="remove"),
        {"attendees.remove[0].email": "invalid_email"},
    ),
    "invite-101[3p compat]": (
        guests(*(f"{n}@b.test" for n in range(101))),
        {"attendees.invite": "too_many"},
    ),
    "attendees-a-list[assumed]": ({"attendees": [{"email": "a@b.test"}]}, {"attendees": "invalid"}),
    # Subscriptions.
    "subscriptions-type[assumed]": (
        subscription(type="email"),
        {f"{SECOND}.type": "not_recognized"},
    ),
    "subscriptions-no-type[assumed]": (
        subscription(type=None, **ASSIGNED),
        {f"{SECOND}.type": "required"},
    ),
    "subscriptions-no-uri[assumed]": (
        subscription(uri="", **ASSIGNED),
        {f"{SECOND}.uri": "required"},
    ),
    "subscriptions-uri[assumed]": (
        subscription(uri="ftp://acme.test", **ASSIGNED),
        {f"{SECOND}.uri": "invalid"},
    ),
    "subscriptions-to-nothing[docs: event-triggers]": (subscription(), {SECOND: "required"}),
    "subscriptions-interactions.type[assumed]": (
        subscription(interactions=[{"type": "opened"}]),
        {f"{SECOND}.interactions[0].type": "not_recognized"},
    ),
    "subscriptions-no-interactions.type[assumed]": (
        subscription(interactions=[{}]),
        {f"{SECOND}.interactions[0].type": "required"},
    ),
    "transitions-neither-side[docs: event-triggers]": (
        transition(offset={"minutes": 5}),
        {STEP: "invalid"},
    ),
    "transitions-both-sides[docs: event-triggers]": (
        transition(before="event_start", after="event_end", offset={"minutes": 5}),
        {STEP: "invalid"},
    ),
    "transitions-moment[assumed]": (
        transition(before="lunch", offset={"minutes": 5}),
        {f"{STEP}.before": "not_recognized"},
    ),
    "transitions-no-offset[assumed]": (
        transition(after="event_end"),
        {f"{STEP}.offset": "required"},
    ),
    "transitions-offset[assumed]": (
        transition(after="event_end", offset={"minutes": -5}),
        {f"{STEP}.offset.minutes": "must_be_integer"},
    ),
    # Attachments and agents.
    "attachments-unknown[assumed]": (
        {"attachments": [{"attachment_id": "att_0123456789abcdef01234567"}]},
        {"attachments[0].attachment_id": "not_found"},
    ),
    "attachments-without-id[assumed]": (
        {"attachments": [{}]},
        {"attachments[0].attachment_id": "required"},
    ),
    "meeting_agent-without-profile[assumed]": (
        {"meeting_agent": {"display_name": "Notes"}},
        {"meeting_agent.profile_id": "required"},
    ),
    "tags-without-value[assumed]": (
        {"tags": {"private": [{}]}},
        {"tags.private[0].value": "required"},
    ),
    # Edits of external events.
    "event_uid-malformed[C# sdk]": (
        {"event_id": LEFT_OUT, "event_uid": "standup"},
        {"event_uid": "must_be_external_event_uid"},
    ),
}


@pytest.mark.parametrize("case", [pytest.param(c, id=f"2.3-{c}") for c in REFUSALS])
def test_422(open_sandbox: Open, case: str) -> None:
    sent, fields = REFUSALS[case]
    writer = open_writer(open_sandbox)
    refused(writer.post(**sent), 422, fields)
    assert writer.read() == []
    writer.write()
    before = writer.record()
    refused(writer.post(**{"summary": "Another", **sent}), 422, fields)
    assert writer.record() == before


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"null"], ids=repr)
def test_a_body_that_is_none(open_sandbox: Open, body: bytes) -> None:
    """2.3: 422 for what is not JSON, or no object; nothing at all lacks everything."""
    writer = open_writer(open_sandbox)
    headers = {"Content-Type": "application/json"}
    response = writer.sandbox.call(writer.token, "POST", writer.path, content=body, headers=headers)
    names = ("event_id", "summary", "start", "end")
    expected = dict.fromkeys(names, "required") if body in {b"", b"null"} else {"body": "invalid"}
    refused(response, 422, expected)


WRITES = ("POST", "DELETE")


def attempt(writer: Writer, method: str, path: str | None = None, **changes: Any) -> Any:
    """An upsert, or a delete, of the same event."""
    body = event(**changes) if method == "POST" else {"event_id": "standup", **changes}
    return writer.call(method, path or writer.path, body)


@pytest.mark.parametrize("method", WRITES, ids=lambda m: f"2.3-401-{m}[docs: error-codes]")
def test_not_recognized(open_sandbox: Open, method: str) -> None:
    writer = open_writer(open_sandbox)
    writer.token = "wrong"
    response = attempt(writer, method)
    refused(response, 401)
    assert "invalid_token" in response.headers["www-authenticate"]


SCOPES = {
    "POST": ("read_write", "write_only", "free_busy_write", "create_event"),
    "DELETE": ("read_write", "write_only", "free_busy_write", "delete_event"),
}
LACKING = {
    "POST": ("read_only", "free_busy", "read_events delete_event create_calendar"),
    "DELETE": ("read_only", "free_busy", "read_events create_event create_calendar"),
}


@pytest.mark.parametrize(
    ("method", "scope"), [(m, s) for m in WRITES for s in SCOPES[m]], ids=lambda v: f"0.2-{v}"
)
def test_scopes(open_sandbox: Open, method: str, scope: str) -> None:
    """0.2: create_event for upserts, delete_event for deletes, and what contains them."""
    accepted(attempt(open_writer(open_sandbox, scope=scope), method))


@pytest.mark.parametrize(
    ("method", "scope"), [(m, s) for m in WRITES for s in LACKING[m]], ids=lambda v: f"2.3-{v}"
)
def test_without_the_scope(open_sandbox: Open, method: str, scope: str) -> None:
    """2.3, 3.1: 403, before anything of the body is looked at."""
    writer = open_writer(open_sandbox, scope=scope)
    refused(attempt(writer, method), 403)
    refused(writer.call(method, writer.path, {}), 403)


@pytest.mark.parametrize("method", WRITES, ids=lambda m: f"2.3-404-{m}[0.1]")
def test_calendars_that_are_not_there(open_sandbox: Open, method: str) -> None:
    """404: unknown, another account's, or in another sandbox; before the body."""
    writer = open_writer(open_sandbox)
    writer.write()
    created = writer.sandbox.control("POST", "/people", json=person("mary@acme.test"))
    assert created.status_code == 201
    mary = Writer(writer.sandbox, writer.sandbox.connect("mary@acme.test"))
    elsewhere = open_writer(open_sandbox, access_mode="no_calendar", scope=SCOPE, seed=2)
    for calendar_id in ("cal_unknown_1", mary.calendar_id, elsewhere.calendar_id, "%00"):
        path = f"/v1/calendars/{calendar_id}/events"
        refused(attempt(writer, method, path, summary="Another"), 404)
        refused(writer.call(method, path, {}), 404)
    assert writer.event() == written(writer.calendar_id)
    assert mary.read() == elsewhere.read() == []


@pytest.mark.parametrize("method", WRITES, ids=lambda m: f"2.3-calendar_deleted-{m}[assumed]")
def test_a_deleted_calendar(open_sandbox: Open, method: str) -> None:
    """404, though it is still listed."""
    writer = open_writer(open_sandbox)
    writer.write()
    snapshot = writer.sandbox.control("GET", "/snapshot").json()
    snapshot["tables"]["calendars"][0]["deleted"] = True
    assert writer.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    (listed,) = writer.call("GET", "/v1/calendars").json()["calendars"]
    assert listed["calendar_deleted"] is True
    refused(attempt(writer, method), 404)


@pytest.mark.parametrize("method", WRITES, ids=lambda m: f"2.3-profile-revoked-{m}[0.1]")
def test_a_revoked_profile(open_sandbox: Open, method: str) -> None:
    """404: the calendar is no longer one of the authorization's."""
    writer = open_writer(open_sandbox)
    writer.write()
    accepted(writer.call("POST", f"/v1/profiles/{writer.profile_id}/revoke"))
    refused(attempt(writer, method), 404)
    unknown = {"calendar_ids": "invalid_calendar_ids"}
    body = {"calendar_ids": [writer.calendar_id]}
    refused(writer.call("DELETE", "/v1/events", body), 422, unknown)
    assert len(own_calendar(writer)) == 1


@pytest.mark.parametrize("method", WRITES, ids=lambda m: f"2.3-readonly-{m}[3p compat]")
def test_a_readonly_calendar(open_sandbox: Open, method: str) -> None:
    """403; what is wrong with the body is told first."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Holidays", "readonly": True}]
    writer = open_writer(open_sandbox, calendars=calendars)
    listed = writer.call("GET", "/v1/calendars").json()["calendars"]
    (calendar_id,) = (c["calendar_id"] for c in listed if c["calendar_readonly"])
    path = f"/v1/calendars/{calendar_id}/events"
    refused(attempt(writer, method, path), 403)
    assert writer.read() == []
    if method == "POST":
        refused(attempt(writer, method, path, summary=""), 422, {"summary": "required"})
        unknown = {"profile_id": "zoom"}
        key = {"conferencing.profile_id": "not_recognized"}
        refused(attempt(writer, method, path, conferencing=unknown), 422, key)
    else:
        refused(attempt(writer, method, path, event_id=""), 422, {"event_id": "required"})


@pytest.mark.parametrize("method", WRITES, ids=lambda m: f"6-free-busy-calendar-{m}[seed 000]")
def test_the_free_busy_calendar(open_sandbox: Open, method: str) -> None:
    """403: what is busy is all there is to know of it."""
    writer = open_writer(open_sandbox, access_mode="free_busy", scope=SCOPE)
    listed = writer.call("GET", "/v1/calendars").json()["calendars"]
    (calendar_id,) = (c["calendar_id"] for c in listed if c["calendar_readonly"])
    refused(attempt(writer, method, f"/v1/calendars/{calendar_id}/events"), 403)
    assert (writer.read(), writer.mails()) == ([], [])


@pytest.mark.parametrize("method", WRITES, ids=lambda m: f"2.3-423-{m}[assumed]")
def test_a_disconnected_profile(open_sandbox: Open, method: str) -> None:
    """423, last of all; after reconnecting it works again."""
    writer = open_writer(open_sandbox)
    writer.write()
    profile = f"/profiles/{writer.profile_id}"
    assert writer.sandbox.control("POST", f"{profile}/disconnect").status_code == 200
    refused(attempt(writer, method), 423)
    if method == "POST":
        refused(attempt(writer, method, summary=""), 422, {"summary": "required"})
        wanted = {"profile_id": "zoom"}
        key = {"conferencing.profile_id": "not_recognized"}
        refused(attempt(writer, method, conferencing=wanted), 422, key)
        agent = {"event_id": "standup", "meeting_agent": {"profile_id": "none"}}
        refused(writer.call(method, writer.path, agent), 423)
    assert writer.event() == written(writer.calendar_id)
    assert writer.sandbox.control("POST", f"{profile}/reconnect").status_code == 200
    accepted(attempt(writer, method))


PLANS = {("production", "emerging"): 402, ("production", "growth"): 202,
         ("development", "emerging"): 202}  # fmt: skip


@pytest.mark.parametrize(("mode", "plan"), PLANS, ids=lambda v: f"2.3-geo-{v}")
def test_coordinates_and_plans(open_sandbox: Open, mode: str, plan: str) -> None:
    """2.3 [docs mirror 2017]: 402 where the plan lacks them; a place in words needs none."""
    application = {"mode": mode, "plan": plan}
    scenario = {"people": [person()], "applications": [application]}
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario=scenario)
    writer = Writer(sandbox, sandbox.connect(JANE))
    writer.write(location={"description": "Room 1"})
    response = writer.post(location={"lat": "1", "long": "2"})
    assert response.status_code == PLANS[mode, plan]
    batch = {"batch": [{"method": "POST", "relative_url": writer.path,
                        "data": event(location={"lat": "1", "long": "2"})}]}  # fmt: skip
    answer = writer.call("POST", "/v1/batch", batch)
    assert answer.json() == {"batch": [{"status": PLANS[mode, plan]}]}


def test_an_application_calendar(open_sandbox: Open) -> None:
    """2.3 [3p compat], 1.3: nobody can be invited there; everything else works as anywhere."""
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z")
    body = {**sandbox.credentials, "application_calendar_id": "room"}
    token = sandbox.http.post("/v1/application_calendars", json=body).json()
    userinfo = sandbox.call(token["access_token"], "GET", "/v1/userinfo").json()
    writer = Writer(sandbox, {**token, "userinfo": userinfo})
    refused(writer.post(**guests("a@b.test")), 422, {"attendees": "event.cannot_set_attendees"})
    assert writer.read() == []
    writer.write(**guests("a@b.test", where="remove"))
    organizer = {"email": INVITER, "display_name": "Example Application"}
    assert writer.event() == written(writer.calendar_id, organizer=organizer)
    accepted(writer.delete())
    assert writer.read() == []
    assert sandbox.control("GET", "/inbox").json() == {"messages": []}

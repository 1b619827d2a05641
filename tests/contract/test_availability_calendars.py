"""scheduling.md §1.8, seeds 000 and 002: which calendars count, and what is known of them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.availability import (
    AVAILABILITY,
    Office,
    address,
    busy,
    group,
    member,
    open_office,
    somebody,
    spans,
)
from tests.contract.documents import Document, person
from tests.contract.events import CLOCK, Open, accepted, event, refused, second_application
from tests.contract.stories import decide, exchange
from tests.emulator import redirected

ALL, AROUND = "09:00–12:00", "09:00–10:00, 11:00–12:00"


def only(office: Office, *calendars: str) -> Document:
    """What is free if these calendars of P alone are looked at."""
    ids = office.calendars("P")
    chosen = [ids[name] for name in calendars]
    return office.available(participants=[group(member("P", calendar_ids=chosen))])


@pytest.mark.parametrize("provider", ["google", "office365"])
def test_both_profiles_of_free_busy_mode(open_sandbox: Open, provider: str) -> None:
    """Seed 002: the most accurate result comes of both profiles, the provider's and the Cronofy
    calendar; calendar_ids that name one only give the less exact one."""
    person = somebody(*busy("09:00–10:00"), provider=provider)
    office = open_office(open_sandbox, {"P": person}, access_mode="free_busy")
    office.writer("P").write(**spans("11:00–12:00")[0])
    assert office.available() == office.periods("10:00–11:00")
    assert only(office, "Work", "Cronofy Calendar") == office.periods("10:00–11:00")
    assert only(office, "Work") == office.periods("10:00–12:00")
    assert only(office, "Cronofy Calendar") == office.periods("09:00–11:00")


def test_no_calendar_access(open_sandbox: Open) -> None:
    """Seed 000: what is written through Cronofy is all that is known, within the hours that the
    application manages."""
    office = open_office(open_sandbox, {"P": "09:00–10:00"}, access_mode="no_calendar")
    assert office.available() == office.periods(ALL)
    writer = office.writer("P")
    writer.write(**spans("10:00–11:00")[0])
    assert office.available() == office.periods(AROUND)
    managed = [group(member("P", managed_availability=True))]
    assert office.available(participants=managed) == office.periods("")
    period = {"available_period_id": "morning", **spans("08:00–11:30")[0]}
    accepted(writer.call("POST", "/v1/available_periods", period))
    assert office.available(participants=managed) == office.periods("09:00–10:00")


@pytest.mark.parametrize(
    ("mode", "answer", "free"),
    [
        ("free_busy", "accepted", AROUND),
        ("free_busy", "declined", ALL),
        ("no_calendar", "accepted", AROUND),
        ("no_calendar", "declined", ALL),
    ],
)
def test_answers_to_invitations(open_sandbox: Open, mode: str, answer: str, free: str) -> None:
    """1.8: an invitation blocks until it is declined."""
    office = open_office(open_sandbox, {"P": ""}, access_mode=mode)
    office.writer("P").write(**spans("10:00–11:00")[0])
    assert office.available() == office.periods(AROUND)
    office.control("POST", "/inbox/latest/reply", {"status": answer})
    assert office.available() == office.periods(free)


def test_accepted_invitation_stands_in_the_own_calendar(open_sandbox: Open) -> None:
    """Seed 002: once a person accepts the invitation, their own calendar has the event, and the
    Free/Busy profile shows busy time."""
    office = open_office(open_sandbox, {"P": ""}, access_mode="free_busy")
    office.writer("P").write(**spans("10:00–11:00")[0])
    assert only(office, "Work") == office.periods(ALL)
    office.control("POST", "/inbox/latest/reply", {"status": "accepted"})
    assert only(office, "Work") == office.periods(AROUND)
    # Still busy once, wherever it is looked for.
    assert only(office, "Work", "Cronofy Calendar") == office.periods(AROUND)


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_deleted_calendar(open_sandbox: Open, mode: str) -> None:
    """1.8: its events do not block (assumed), though it may still be named."""
    trips = {"name": "Trips", "events": busy("10:00–11:00")}
    work = {"name": "Work", "primary": True}
    people: dict[str, str | Document] = {"P": {"calendars": [work, trips]}}
    office = open_office(open_sandbox, people, access_mode=mode)
    assert office.available() == office.periods(AROUND)
    office.control("DELETE", f"/people/{address('P')}/calendars/Trips")
    assert office.available() == office.periods(ALL)
    assert only(office, "Trips") == office.periods(ALL)


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_deleted_event(open_sandbox: Open, mode: str) -> None:
    """1.8: not any more (assumed)."""
    office = open_office(open_sandbox, {"P": ""}, access_mode=mode)
    uid = office.enters("P", "10:00–11:00")
    assert office.available() == office.periods(AROUND)
    office.control("DELETE", f"/people/{address('P')}/events?event_uid={uid}")
    assert office.available() == office.periods(ALL)


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_disconnected_profile(open_sandbox: Open, mode: str) -> None:
    """1.8: what was last synchronized blocks (assumed); what came later is not known."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"}, access_mode=mode)
    path = f"/profiles/{office.profiles('P')[0]['profile_id']}"
    office.control("POST", f"{path}/disconnect")
    office.enters("P", "09:00–10:00")
    assert office.available() == office.periods(AROUND)
    office.control("POST", f"{path}/reconnect")
    assert office.available() == office.periods("11:00–12:00")


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_first_synchronization(open_sandbox: Open, mode: str) -> None:
    """1.5: nothing is known before it."""
    person = somebody(*busy("10:00–11:00"), initial_sync="held")
    office = open_office(open_sandbox, {"P": person}, access_mode=mode)
    assert office.available() == office.periods(ALL)
    office.control("POST", f"/profiles/{office.profiles('P')[0]['profile_id']}/sync")
    assert office.available() == office.periods(AROUND)


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_sync_delay(open_sandbox: Open, mode: str) -> None:
    """What a person does in their calendar counts once Cronofy has seen it."""
    person = somebody(sync_delay={"minutes": 10})
    office = open_office(open_sandbox, {"P": person}, access_mode=mode)
    office.enters("P", "10:00–11:00")
    office.sandbox.advance(minutes=9)
    assert office.available() == office.periods(ALL)
    office.sandbox.advance(minutes=1)
    assert office.available() == office.periods(AROUND)


def test_linked_profiles(open_sandbox: Open) -> None:
    """1.8: every calendar account of a person counts, until its profile is revoked, also where
    a rule names its calendar."""
    people = [
        person(email, **somebody(*busy(times)))
        for email, times in (("p@acme.test", "09:00–10:00"), ("p@home.test", "11:00–12:00"))
    ]
    sandbox = open_sandbox(clock=CLOCK, scenario={"people": people})
    for email in ("p@acme.test", "p@home.test"):
        decide(sandbox, "authorize", email=email)
        answer = exchange(sandbox, redirected(sandbox.authorize())["code"])
    office = Office(sandbox, {"P": answer})
    assert office.available() == office.periods("10:00–11:00")
    home = office.profiles("P")[1]
    rule = {
        "availability_rule_id": "at home",
        "tzid": "Etc/UTC",
        "calendar_ids": [home["profile_calendars"][0]["calendar_id"]],
        "weekly_periods": [{"day": "tuesday", "start_time": "09:00", "end_time": "24:00"}],
    }
    assert office.writer("P").call("POST", "/v1/availability_rules", rule).status_code == 200
    managed = [group(member("P", managed_availability=True))]
    assert office.available(participants=managed) == office.periods("09:00–11:00")
    revoked = f"/v1/profiles/{home['profile_id']}/revoke"
    accepted(sandbox.call(answer["access_token"], "POST", revoked))
    assert office.available() == office.periods("10:00–12:00")
    # The rule still has its hours; the calendar that it names is gone.
    assert office.available(participants=managed) == office.periods("09:00–12:00")


def test_application_calendar(open_sandbox: Open) -> None:
    """1.2: a calendar without a person is a member like others (assumed)."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    credentials = {**office.sandbox.credentials, "application_calendar_id": "desk"}
    desk = office.sandbox.http.post("/v1/application_calendars", json=credentials).json()
    token = desk["access_token"]
    (calendar,) = office.sandbox.call(token, "GET", "/v1/calendars").json()["calendars"]
    path = f"/v1/calendars/{calendar['calendar_id']}/events"
    written = event(**spans("11:00–12:00")[0])
    accepted(office.sandbox.call(token, "POST", path, json=written))
    office.connected["desk"] = desk
    assert office.available() == office.periods("09:00–10:00")
    alone = [group(member("desk", calendar_ids=[calendar["calendar_id"]]))]
    assert office.available(participants=alone) == office.periods("09:00–11:00 desk")
    with_its_token = office.available(participants=alone, credential=token)
    assert with_its_token == office.periods("09:00–11:00 desk")


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_room(open_sandbox: Open, mode: str) -> None:
    """1.2: a room of a connected domain is a member like its people."""
    people = [
        person(email, **somebody(*busy(times)))
        for email, times in (("p@acme.test", "09:00–10:00"), ("room-1@acme.test", "11:00–12:00"))
    ]
    organization = {
        "domain": "acme.test",
        "members": ["p@acme.test"],
        "resources": [{"email": "room-1@acme.test", "name": "Room 1"}],
    }
    scenario = {"people": people, "organizations": [organization]}
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario)
    scope = "free_busy_write" if mode == "free_busy" else "read_write"
    domain = {"service_account": "acme.test", "access_mode": mode, "delegated_scope": scope}
    assert sandbox.control("POST", "/connect", json=domain).status_code == 201
    connected = {
        name: sandbox.connect(f"{email}@acme.test", service_account="acme.test", scope=scope)
        for name, email in (("P", "p"), ("room", "room-1"))
    }
    office = Office(sandbox, connected)
    groups = [group("P"), group("room", required=1)]
    assert office.available(participants=groups) == office.periods("10:00–11:00")


def test_another_persons_calendar(open_sandbox: Open) -> None:
    """1.6: each member is busy by their own calendars alone."""
    office = open_office(open_sandbox, {"P": "09:00–10:00", "Q": "11:00–12:00"})
    answer = office.post(AVAILABILITY, office.query(participants=[group("Q")]))
    assert answer.json() == office.periods("09:00–11:00 Q")


def test_each_application_knows_what_its_mode_lets_through(open_sandbox: Open) -> None:
    """Seed 000: connected without access for one application, a person stays so, though another
    one may read and write: neither times nor calendars nor the state of profiles get across."""
    office = open_office(open_sandbox, {"jane": "10:00–11:00"}, two=True)
    (calendar_id,) = office.calendars("jane").values()
    (profile,) = office.profiles("jane")
    office.control("POST", f"/profiles/{profile['profile_id']}/disconnect")
    other = second_application(office.writer("jane"), access_mode="no_calendar")
    assert other.sub == office.sub("jane")

    def asked(credential: str, **more: Any) -> httpx.Response:
        groups = [group(member("jane", **more))]
        return office.ask(credential=credential, participants=groups, include_member_statuses=True)

    def answered(free: str, status: str) -> Document:
        statuses = [{"sub": other.sub, "sync_status": status}]
        return {**office.periods(free), "member_statuses": statuses}

    assert asked(office.key).json() == answered(AROUND, "disconnected")
    assert asked(other.token).json() == answered(ALL, "active")
    named = asked(other.token, calendar_ids=[calendar_id])
    field = "participants[0].members[0].calendar_ids"
    refused(named, 422, {field: "invalid_calendar_ids"})


def test_whole_days_of_an_application_calendar(open_sandbox: Open) -> None:
    """7: an account without a zone has its days in UTC (assumed)."""
    office = open_office(open_sandbox, {})
    credentials = {**office.sandbox.credentials, "application_calendar_id": "desk"}
    desk = office.sandbox.http.post("/v1/application_calendars", json=credentials).json()
    token = desk["access_token"]
    (calendar,) = office.sandbox.call(token, "GET", "/v1/calendars").json()["calendars"]
    day = event(start="2026-05-12", end="2026-05-13", transparency="opaque")
    path = f"/v1/calendars/{calendar['calendar_id']}/events"
    accepted(office.sandbox.call(token, "POST", path, json=day))
    office.connected["desk"] = desk
    found = office.available("11T12:00–13T12:00")
    assert found == office.periods("11T12:00–12T00:00, 13T00:00–13T12:00")

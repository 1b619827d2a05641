"""The emulator conforms to its own contract, in every access mode, and is left as it was."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.conformance.readings import READINGS
from mock_server.conformance.server import Credentials, Server
from mock_server.conformance.suite import chosen, run
from mock_server.conformance.target import Options, Target
from tests.conformance.conftest import Connect, Connected, failed, report

MODES = ("read_write", "free_busy", "no_calendar")


def odd(document: dict[str, Any]) -> list[Any]:
    """Every difference, those from assumptions and notes included."""
    return [difference for check in document["checks"] for difference in check["differences"]]


def skipped(document: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["skipped"] for check in document["checks"] if check["skipped"]}


@pytest.mark.parametrize("mode", MODES)
def test_nothing_differs_and_without_writes_nothing_is_made(
    served: str, connect: Connect, mode: str
) -> None:
    jane = connect(mode)
    before = jane.sandbox.control("GET", "/snapshot").json()
    found = report(served, jane)
    assert (failed(found), odd(found)) == ([], [])
    reasons = {name: why for name, why in skipped(found).items() if name.startswith("writing.")}
    assert reasons
    assert {*reasons.values()} == {"needs --writes"}
    after = jane.sandbox.control("GET", "/snapshot").json()
    assert made(after) == made(before)
    assert jane.sandbox.control("GET", "/deliveries").json() == {"deliveries": []}


def made(snapshot: dict[str, Any]) -> dict[str, Any]:
    """What applications have made, of a snapshot."""
    names = ("events", "channels", "smart_invites", "availability_rules", "available_periods")
    return {name: snapshot.get(name) for name in names}


@pytest.mark.parametrize("mode", MODES)
def test_what_is_made_is_deleted_again(served: str, connect: Connect, mode: str) -> None:
    jane = connect(mode)
    found = report(served, jane, "--writes")
    assert (failed(found), odd(found)) == ([], [])
    writing = [check for check in found["checks"] if check["writes"]]
    assert {check["result"] for check in writing if not check["skipped"]} == {"passed"}
    busy = jane.read("/v1/free_busy", tzid="Etc/UTC", include_managed="true", include_ids="true")[
        "free_busy"
    ]
    assert [period for period in busy if "event_id" in period] == []
    assert jane.read("/v1/channels")["channels"] == []
    assert jane.read("/v1/availability_rules")["availability_rules"] == []
    assert jane.read("/v1/available_periods")["available_periods"] == []


def test_everything_that_a_rich_account_has_is_examined(served: str, connect: Connect) -> None:
    """Several pages, series, all-day events, a channel: only what needs others is left out."""
    person = {"email": "jane@acme.test", "generate": {"events": 60, "days": 20}}
    jane = connect(people=[person], switches={"page_size": 7})
    series = {"frequency": "daily", "count": 5}
    now = jane.sandbox.control("GET", "/clock").json()["now"][:10]
    events = [
        {
            "summary": "Holiday",
            "start": now,
            "end": f"{int(now[:4]) + 1}{now[4:]}",
            "transparency": "transparent",
        },
        {
            "summary": "Daily",
            "start": f"{now}T05:00:00Z",
            "end": f"{now}T05:10:00Z",
            "recurrence": series,
        },
    ]
    added = jane.sandbox.control("POST", "/people/jane@acme.test/events", json={"events": events})
    assert added.status_code == 201, added.text
    token = jane.token["access_token"]
    channel = {"callback_url": "http://127.0.0.1:9/"}
    jane.sandbox.call(token, "POST", "/v1/channels", json=channel)
    found = report(served, jane, "--writes", "--refresh-token", jane.token["refresh_token"])
    assert (failed(found), odd(found)) == ([], [])
    assert skipped(found) == {
        "answers.resources": "needs the access token of a service account",
        "answers.organizational_unit_members": "403: it is for internal applications",
        "answers.organizational_unit_resources": "403: it is for internal applications",
        "answers.accessible_calendars": "403: it is for accounts that have granted a "
        "delegated_scope",
        "credentials.scope": "the scope read_write covers every reading call",
        "identity.free-busy": "no profile is in Free/Busy mode",
        "calendars.hosted": "Cronofy hosts none of the account's calendars",
    }


def test_a_service_account_is_examined_as_one(served: str, open_sandbox: Any) -> None:
    sandbox = open_sandbox(scenario="permissions-enterprise")
    token = next(one for one in sandbox.document["connected"] if one["sub"].startswith("ser_"))
    found = report(served, Connected(sandbox, token), "--writes")
    assert (failed(found), odd(found)) == ([], [])
    passed = {check["name"] for check in found["checks"] if check["result"] == "passed"}
    assert {"answers.userinfo", "answers.account", "identity.type"} <= passed
    assert skipped(found)["answers.events"] == "the access token is a service account's"


def test_without_client_credentials_the_rest_is_examined(served: str, connect: Connect) -> None:
    jane = connect()
    server = Server(served, Credentials(jane.token["access_token"]))
    outcomes = {o.check.name: o for o in run(Target(server, Options(), READINGS), chosen(()))}
    assert {outcome.result for outcome in outcomes.values()} == {"passed", "skipped"}
    assert outcomes["availability.slots"].skipped == "needs --client-secret"
    assert outcomes["tokens.form"].skipped == "needs --client-id and --client-secret"
    assert outcomes["events.window"].result == "passed"
    server.close()


def test_a_rate_limit_is_kept(served: str, connect: Connect) -> None:
    """After 429 the suite waits as long as Retry-After says, and asks again."""
    jane = connect(clock="2026-05-11T08:00:00Z", switches={"rate_limits": True})
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        jane.sandbox.advance(seconds=int(seconds))

    credentials = Credentials(jane.token["access_token"], **jane.sandbox.credentials)
    server = Server(served, credentials, pause=pause)
    outcomes = list(run(Target(server, Options(writes=True), READINGS), chosen(())))
    server.close()
    assert {outcome.result for outcome in outcomes} == {"passed", "skipped"}
    assert pauses
    assert {*pauses} == {1}


def test_a_server_that_never_has_room_is_not_asked_for_ever(served: str, connect: Connect) -> None:
    """The pauses of a run are bounded, each and together."""
    jane = connect()
    fault = {"respond": {"error": "rate_limited", "headers": {"Retry-After": "3600"}}}
    jane.sandbox.control("POST", "/faults", json=fault)
    pauses: list[float] = []
    credentials = Credentials(jane.token["access_token"], **jane.sandbox.credentials)
    server = Server(served, credentials, pause=pauses.append)
    list(run(Target(server, Options(), READINGS), chosen(())))
    server.close()
    assert pauses == [60] * 5

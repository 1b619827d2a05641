"""scheduling.md §§0, 1.1, 1.3, 1.5: who may ask, how times are written, and what is answered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.availability import (
    AVAILABILITY,
    SEQUENCED,
    Office,
    address,
    at,
    group,
    member,
    minutes,
    open_office,
    somebody,
    spans,
)
from tests.contract.documents import Document
from tests.contract.events import LEFT_OUT, Open, refused
from tests.contract.stories import revoke

BOTH = pytest.mark.parametrize("path", [AVAILABILITY, SEQUENCED])


def asked(office: Office, path: str, credential: str, *members: str | Document) -> httpx.Response:
    """What is asked of P, or of ``members``, on either path."""
    body = office.query(participants=[group(*members or ("P",))])
    if path == SEQUENCED:
        names = ("participants", "required_duration")
        item = {"sequence_id": "call", **{name: body.pop(name) for name in names}}
        body = {**body, "sequence": [item]}
    return office.post(path, body, credential)


TIMES = {
    "Z": ("2026-05-12T09:00:00Z", "2026-05-12T12:00:00Z"),
    "+00:00": ("2026-05-12T09:00:00+00:00", "2026-05-12T12:00:00+00:00"),
    "other offsets": ("2026-05-12T14:30:00+05:30", "2026-05-12T05:00:00-07:00"),
    "no milliseconds [app]": ("2026-05-12T09:00:00.000Z", "2026-05-12T12:00:00.000Z"),
    "a space [csharp]": ("2026-05-12 09:00:00Z", "2026-05-12 12:00:00Z"),
}


@pytest.mark.parametrize("name", TIMES)
def test_forms_of_times(open_sandbox: Open, name: str) -> None:
    """0: times come with any offset, with a space for T, with .000; answers have one form."""
    office = open_office(open_sandbox, {"P": "09:00–10:00"})
    start, end = TIMES[name]
    period = {"start": start, "end": end}
    free = office.periods("10:00–12:00")
    assert office.available(query_periods=[period]) == free
    assert office.available(query_periods=LEFT_OUT, available_periods=[period]) == free
    own = group(member("P", available_periods=[period]))
    assert office.available("08:00–13:00", participants=[own]) == free
    slots: Document = {"query_periods": LEFT_OUT, "query_slots": [{"start": start}]}
    assert office.available(**slots) == office.periods("")
    ignoring = [group(member("P", calendar_ids=[]))]
    found = office.available(participants=ignoring, **slots)
    assert found == office.periods("09:00–10:00")


@pytest.mark.parametrize(
    "text",
    ["2026-05-12T09:00:00.001Z", "2026-05-12", "09:00", "tomorrow", 1778576400, {}, None],
    ids=str,
)
def test_times_that_are_none(open_sandbox: Open, text: Any) -> None:
    """0: non-zero milliseconds are refused, and so is what is no time."""
    office = open_office(open_sandbox, {"P": ""})
    key = "required" if text is None else "invalid"
    period = {"start": text, "end": at("12:00")}
    answer = office.ask(query_periods=[period])
    refused(answer, 422, {"query_periods[0].start": key})
    slots = [{"start": at("09:00")}, {"start": text}]
    answer = office.ask(query_periods=LEFT_OUT, query_slots=slots)
    refused(answer, 422, {"query_slots[1].start": key})
    own = group(member("P", available_periods=[period]))
    answer = office.ask(participants=[own])
    field = "participants[0].members[0].available_periods[0].start"
    refused(answer, 422, {field: key})


def test_seconds(open_sandbox: Open) -> None:
    """0: seconds need not be zero, in questions and in answers."""
    office = open_office(open_sandbox, {"P": ""})
    period = {"start": "2026-05-12T00:00:30Z", "end": "2026-05-12T23:59:59Z"}
    (found,) = office.available(query_periods=[period])["available_periods"]
    assert found == {**period, "participants": [{"sub": office.sub("P")}]}


@BOTH
def test_credentials(open_sandbox: Open, path: str) -> None:
    """1.1: the API key, or an access token of anybody that the application knows."""
    office = open_office(open_sandbox, {"P": "", "Q": ""})
    tokens = [office.connected[name]["access_token"] for name in ("P", "Q")]
    calendar = office.sandbox.http.post(
        "/v1/application_calendars",
        json={**office.sandbox.credentials, "application_calendar_id": "desk"},
    )
    for credential in (office.key, *tokens, calendar.json()["access_token"]):
        assert asked(office, path, credential).status_code == 200
    nothing = office.sandbox.http.post(path, json=office.query())
    refused(nothing, 401)
    for credential in ("unknown", office.sandbox.document["admin_api_key"]):
        refused(asked(office, path, credential), 401)
    office.sandbox.advance(hours=2)
    refused(asked(office, path, tokens[0]), 401)
    assert asked(office, path, office.key).status_code == 200


@BOTH
@pytest.mark.parametrize("scope", ["read_only", "list_calendars", "read_free_busy"])
def test_no_scope_is_needed(open_sandbox: Open, path: str, scope: str) -> None:
    """1.1: no particular scope is named for the access token (assumed: any)."""
    office = open_office(open_sandbox, {"P": ""}, scope=scope)
    token = office.connected["P"]["access_token"]
    assert asked(office, path, token).status_code == 200


@BOTH
def test_somebody_whom_only_another_application_knows(open_sandbox: Open, path: str) -> None:
    """1.1: whoever is asked about has authorised the application that asks."""
    office = open_office(open_sandbox, {"P": ""}, two=True)
    other = office.sandbox.document["applications"][1]
    client_id, key = other["client_id"], other["client_secret"]
    mary = office.sandbox.connect("mary@acme.test", client_id=client_id)
    field = "participants[0].members[1].sub"
    field = f"sequence[0].{field}" if path == SEQUENCED else field
    about_mary = ("P", member(mary["sub"]))
    refused(asked(office, path, office.key, *about_mary), 422, {field: "not_recognized"})
    assert asked(office, path, key, member(mary["sub"])).status_code == 200
    # P's account is one, whoever asks; the other application may not ask yet.
    refused(asked(office, path, key, member(mary["sub"]), "P"), 422, {field: "not_recognized"})
    office.sandbox.connect(address("P"), client_id=client_id)
    assert asked(office, path, key, member(mary["sub"]), "P").status_code == 200


def test_somebody_who_has_revoked_it(open_sandbox: Open) -> None:
    """1.1, 1.10: an authorization that is over is none."""
    office = open_office(open_sandbox, {"P": "", "Q": ""})
    revoke(office.sandbox, sub=office.sub("Q"))
    field = "participants[0].members[1].sub"
    refused(office.ask(), 422, {field: "not_recognized"})


@BOTH
@pytest.mark.parametrize("plan", ["starter", "emerging"])
def test_plan(open_sandbox: Open, path: str, plan: str) -> None:
    """1, 2: plan Emerging, or Starter, as the lowest one was called before."""
    office = open_office(open_sandbox, {"P": ""}, plan=plan)
    assert asked(office, path, office.key).status_code == 200


@BOTH
def test_service_account(open_sandbox: Open, path: str) -> None:
    """1.1, 1.2: a service account's token is no credential for it, and it is no member."""
    office = open_office(open_sandbox, {"P": ""}, plan="growth")
    office.control("POST", "/organizations", {"domain": "globex.test"})
    service = office.sandbox.control("POST", "/connect", json={"service_account": "globex.test"})
    refused(asked(office, path, service.json()["access_token"]), 403)
    field = "participants[0].members[0].sub"
    field = f"sequence[0].{field}" if path == SEQUENCED else field
    account = member(service.json()["sub"])
    refused(asked(office, path, office.key, account), 422, {field: "not_recognized"})


@BOTH
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods(open_sandbox: Open, path: str, method: str) -> None:
    """1, 2: there is only POST."""
    office = open_office(open_sandbox, {"P": ""})
    answer = office.sandbox.call(office.key, method, path)
    refused(answer, 405)
    assert answer.headers["allow"] == "POST"


def test_an_element_token_is_no_credential_yet(open_sandbox: Open) -> None:
    """1.1: et= stands in place of the Authorization header; nobody has such tokens yet."""
    office = open_office(open_sandbox, {"P": ""})
    answer = office.sandbox.http.post(f"{AVAILABILITY}?et=token", json=office.query())
    refused(answer, 401)
    assert "element token" in answer.headers["mock-cronofy-hint"]


def test_trailing_slash(open_sandbox: Open) -> None:
    """0: accepted."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    answer = office.post(f"{AVAILABILITY}/", office.query())
    assert answer.json() == office.periods("09:00–10:00, 11:00–12:00")


def test_order_of_participants(open_sandbox: Open) -> None:
    """1.3: in the order of the request; a sub named in two groups is listed once."""
    office = open_office(open_sandbox, {"A": "", "B": "", "C": ""})
    groups = [group("C", "A"), group("A", "B", required=1)]
    assert office.available(participants=groups) == office.periods("09:00–12:00 C A B")


def test_all_who_are_free_are_participants(open_sandbox: Open) -> None:
    """1.3: not just as many as are required, and nobody who is not free all the time."""
    office = open_office(open_sandbox, {"A": "", "B": "09:30–09:45", "C": "11:00–12:00", "D": ""})
    everybody = group("A", "B", "C", "D", required=1)
    found = office.available(participants=[everybody], response_format="slots")
    assert found == office.slots("09:00–10:00 A C D, 10:00–11:00 A B C D, 11:00–12:00 A B D")


def test_every_group(open_sandbox: Open) -> None:
    """1.2: all have to be satisfied; one that has more than it needs gives nothing to another."""
    office = open_office(open_sandbox, {"A": "", "B": "", "C": "10:00–11:00", "D": "10:00–12:00"})
    groups = [group("A", "B", required=1), group("C", "D", required=1)]
    found = office.available(participants=groups, response_format="slots")
    assert found == office.slots("09:00–10:00, 11:00–12:00 A B C")
    found = office.available(participants=groups)
    assert found == office.periods("09:00–10:00, 11:00–12:00 A B C")


def test_one_of_two_entries_is_enough_to_be_listed(open_sandbox: Open) -> None:
    """1.3: a sub is a participant if any of its entries is free for the whole item."""
    office = open_office(open_sandbox, {"A": "10:00–11:00", "B": ""})
    late = member("A", available_periods=spans("11:00–12:00"))
    groups = [group("A", "B", required=1), group(late, "B", required=1)]
    found = office.available(participants=groups, response_format="slots")
    assert found == office.slots("09:00–10:00 A B, 10:00–11:00 B, 11:00–12:00 A B")


@pytest.mark.parametrize(
    ("response_format", "key"),
    [
        ("periods", "available_periods"),
        ("slots", "available_slots"),
        ("overlapping_slots", "available_slots"),
    ],
)
def test_nothing_free(open_sandbox: Open, response_format: str, key: str) -> None:
    """1.3: 200 with []."""
    office = open_office(open_sandbox, {"P": "09:00–12:00"})
    assert office.available(response_format=response_format) == {key: []}


def test_member_statuses(open_sandbox: Open) -> None:
    """1.5: how far each member's calendars can be trusted, beside the items, when asked for."""
    held = somebody(initial_sync="held")
    office = open_office(open_sandbox, {"A": "10:00–11:00", "B": held, "C": ""})
    lapsed = office.profiles("C")[0]["profile_id"]
    office.control("POST", f"/profiles/{lapsed}/disconnect")

    def statuses(a: str, b: str, c: str) -> Document:
        found = office.available(include_member_statuses=True)
        assert found == {
            **office.periods("09:00–10:00, 11:00–12:00"),
            "member_statuses": [
                {"sub": office.sub(name), "sync_status": status}
                for name, status in (("A", a), ("B", b), ("C", c))
            ],
        }
        return found

    statuses("active", "pending", "disconnected")
    waiting = office.profiles("B")[0]["profile_id"]
    # What needs relinking outweighs what is still on its way.
    office.control("POST", f"/profiles/{waiting}/disconnect")
    statuses("active", "disconnected", "disconnected")
    office.control("POST", f"/profiles/{waiting}/reconnect")
    office.control("POST", f"/profiles/{waiting}/sync")
    office.control("POST", f"/profiles/{lapsed}/reconnect")
    statuses("active", "active", "active")


@pytest.mark.parametrize("mode", ["free_busy", "no_calendar"])
def test_member_statuses_of_hosted_profiles(open_sandbox: Open, mode: str) -> None:
    """1.5: what Cronofy hosts is always in sync."""
    office = open_office(open_sandbox, {"P": ""}, access_mode=mode)
    expected = [{"sub": office.sub("P"), "sync_status": "active"}]
    assert office.available(include_member_statuses=True)["member_statuses"] == expected


def test_member_statuses_of_two_profiles(open_sandbox: Open) -> None:
    """1.5: one that is in sync makes up for none that is not."""
    office = open_office(
        open_sandbox, {"P": somebody(initial_sync="held")}, access_mode="free_busy"
    )
    profiles = office.profiles("P")
    assert [one["profile_initial_sync_required"] for one in profiles] == [True, False]

    def statuses(status: str) -> bool:
        found = office.available(include_member_statuses=True)["member_statuses"]
        return bool(found == [{"sub": office.sub("P"), "sync_status": status}])

    assert statuses("pending")
    office.control("POST", f"/profiles/{profiles[0]['profile_id']}/disconnect")
    assert statuses("disconnected")


@pytest.mark.parametrize("flag", [LEFT_OUT, False, None], ids=["left out", "false", "null"])
def test_no_member_statuses(open_sandbox: Open, flag: Any) -> None:
    """1.5: the key is absent without the flag."""
    office = open_office(open_sandbox, {"P": ""})
    found = office.available(include_member_statuses=flag)
    assert found == office.periods("09:00–12:00")


def test_member_statuses_of_somebody_named_twice(open_sandbox: Open) -> None:
    """1.5: one entry for each sub, in the order of the request."""
    office = open_office(open_sandbox, {"A": "", "B": ""})
    groups = [group("B"), group("A", "B", required=1)]
    found = office.available(participants=groups, include_member_statuses=True)
    expected = [{"sub": office.sub(name), "sync_status": "active"} for name in ("B", "A")]
    assert found["member_statuses"] == expected


def test_nothing_is_kept(open_sandbox: Open) -> None:
    """1.6: asking has no side effects; a buffer reserves nothing."""
    office = open_office(open_sandbox, {"P": "10:00–11:00"})
    before = office.control("GET", "/snapshot")
    asking: Document = {"buffer": {"before": minutes(30)}, "include_member_statuses": True}
    first = office.ask(**asking)
    assert first.json() == office.ask(**asking).json()
    assert office.control("GET", "/snapshot")["tables"] == before["tables"]

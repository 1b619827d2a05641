"""notifications.md §4.8, identity.md §12.4: members and resources of an organizational unit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.control import assert_problems
from tests.contract.documents import ACCOUNT_ID, Document, Like, person
from tests.contract.events import CLOCK, JANE, Open, refused
from tests.emulator import Sandbox

MEMBERS, RESOURCES = "/v1/organizational_unit_members", "/v1/organizational_unit_resources"
BOTH = pytest.mark.parametrize("path", [MEMBERS, RESOURCES])
MARY, ROOM = "mary@acme.test", "room-1@acme.test"
ACME: Document = {
    "domain": "acme.test",
    "administrator": "boss@acme.test",
    "members": [JANE, MARY],
    "resources": [
        {"email": ROOM, "name": "Room 1", "capacity": 4},
        {"email": "car@acme.test", "name": "The car"},
    ],
}
GLOBEX: Document = {"domain": "globex.test", "members": ["bob@globex.test"]}
INTERNAL = {"name": "Internal", "internal": True}
ONE_PAGE = {"current": 1, "total": 1}


def open_unit(open_sandbox: Open, *applications: Document, **more: Any) -> Sandbox:
    """Acme and Globex, and by default one internal application."""
    scenario = {
        "applications": list(applications) or [INTERNAL],
        "people": [person(MARY, "none")],
        "organizations": [ACME, GLOBEX],
        **more,
    }
    return open_sandbox(clock=CLOCK, scenario=scenario)


def read(sandbox: Sandbox, path: str, application: int = 0) -> Document:
    secret = sandbox.document["applications"][application]["client_secret"]
    response = sandbox.call(secret, "GET", path)
    assert response.status_code == 200, response.text
    document: Document = response.json()
    return document


def member(email: str, *roles: str, enabled: bool = True) -> Document:
    return {
        "sub": ACCOUNT_ID,
        "email": email,
        "roles": ["member", *roles],
        "scheduler": {"enabled": enabled, "public_url": None},
    }


def subs(sandbox: Sandbox) -> dict[str, str]:
    """Each member's ``sub``."""
    found = read(sandbox, MEMBERS)["organizational_unit_members"]
    return {entry["email"]: entry["sub"] for entry in found}


def test_members(open_sandbox: Open) -> None:
    """4.8 [docs: organizational-unit-members]: the administrator owns the unit, and whoever has
    a calendar can be scheduled with [assumed]."""
    sandbox = open_unit(open_sandbox)
    assert read(sandbox, MEMBERS) == {
        "organizational_unit_members": [
            member("boss@acme.test", "owner"),
            member(JANE),
            member(MARY, enabled=False),
        ],
        "pages": ONE_PAGE,
    }
    assert len(set(subs(sandbox).values())) == 3


def test_resources(open_sandbox: Open) -> None:
    """4.8 [docs: organizational-unit-resources]: each has an id of its own, which stays."""
    sandbox = open_unit(open_sandbox)
    found = read(sandbox, RESOURCES)
    assert found == {
        "organizational_unit_resources": [
            {
                "sub": Like(r"res_[0-9a-f]{24}"),
                "email": email,
                "name": name,
                "scheduler": {"enabled": True},
            }
            for email, name in ((ROOM, "Room 1"), ("car@acme.test", "The car"))
        ],
        "pages": ONE_PAGE,
    }
    first, second = (entry["sub"] for entry in found["organizational_unit_resources"])
    assert first != second
    assert read(sandbox, RESOURCES) == found


def test_an_administrator_who_is_a_member_too(open_sandbox: Open) -> None:
    """Is there once."""
    boss = {"domain": "acme.test", "administrator": JANE, "members": [MARY, JANE]}
    sandbox = open_unit(open_sandbox, organizations=[boss])
    members = [member(JANE, "owner"), member(MARY, enabled=False)]
    assert read(sandbox, MEMBERS)["organizational_unit_members"] == members


def test_each_application_has_its_own_unit(open_sandbox: Open) -> None:
    """The organization that the scenario names, else the first [assumed]."""
    globex = {**INTERNAL, "organization": "globex.test"}
    acme = {**INTERNAL, "organization": "acme.test"}
    sandbox = open_unit(open_sandbox, globex, acme, INTERNAL)
    units = [
        {entry["email"] for entry in read(sandbox, MEMBERS, n)["organizational_unit_members"]}
        for n in range(3)
    ]
    of_acme = {"boss@acme.test", JANE, MARY}
    assert units == [{"admin@globex.test", "bob@globex.test"}, of_acme, of_acme]
    counts = [len(read(sandbox, RESOURCES, n)["organizational_unit_resources"]) for n in range(3)]
    assert counts == [0, 2, 2]


@BOTH
def test_no_organization(open_sandbox: Open, path: str) -> None:
    """An empty list, on one page."""
    sandbox = open_unit(open_sandbox, organizations=[])
    assert read(sandbox, path) == {path.removeprefix("/v1/"): [], "pages": ONE_PAGE}


# --- Whose sub it is ------------------------------------------------------------------


def test_an_account_that_is_connected(open_sandbox: Open) -> None:
    """Its sub is the member's: which application it has authorized does not matter."""
    sandbox = open_unit(open_sandbox, INTERNAL, {"name": "Other"})
    client_id = sandbox.document["applications"][1]["client_id"]
    jane = sandbox.connect(JANE, client_id=client_id)
    assert subs(sandbox)[JANE] == jane["sub"]


def test_an_account_that_connects_later(open_sandbox: Open) -> None:
    """Keeps the sub that the member had before, also without a calendar, and when the
    authorization has ended."""
    sandbox = open_unit(open_sandbox, INTERNAL, {"features": {"no_access": True}})
    before = subs(sandbox)
    application = sandbox.document["applications"][1]
    jane = sandbox.connect(JANE, client_id=application["client_id"])
    mary = sandbox.connect(MARY, client_id=application["client_id"], access_mode="no_calendar")
    assert {JANE: jane["sub"], MARY: mary["sub"]} == {e: before[e] for e in (JANE, MARY)}
    body = {name: application[name] for name in ("client_id", "client_secret")}
    body["token"] = jane["access_token"]
    assert sandbox.http.post("/oauth/token/revoke", json=body).status_code == 200
    assert subs(sandbox) == before
    again = sandbox.connect(JANE, client_id=application["client_id"])
    assert again["sub"] == jane["sub"]


def test_through_a_service_account(open_sandbox: Open) -> None:
    """Enterprise Connect opens the same account."""
    sandbox = open_unit(open_sandbox, INTERNAL, {"name": "Other"})
    before = subs(sandbox)
    client_id = sandbox.document["applications"][1]["client_id"]
    for body in ({}, {"email": JANE}):
        connect = {"service_account": "acme.test", "client_id": client_id, **body}
        answer = sandbox.control("POST", "/connect", json=connect)
        assert answer.status_code == 201, answer.text
    assert answer.json()["sub"] == before[JANE]


def test_a_snapshot_and_a_reset(open_sandbox: Open) -> None:
    """Who and what has which sub comes back with a snapshot, and anew after a reset."""
    sandbox = open_unit(open_sandbox)
    before = [read(sandbox, path) for path in (MEMBERS, RESOURCES)]
    snapshot = sandbox.control("GET", "/snapshot").json()
    sandbox.control("POST", "/reset")
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert [read(sandbox, path) for path in (MEMBERS, RESOURCES)] == before
    sandbox.control("POST", "/reset")
    assert [read(sandbox, path) for path in (MEMBERS, RESOURCES)] == before


def test_new_people(open_sandbox: Open) -> None:
    """Whoever joins the organization is a member."""
    sandbox = open_unit(open_sandbox, INTERNAL, {"name": "Other"})
    before = subs(sandbox)
    client_id = sandbox.document["applications"][1]["client_id"]
    connect = {"service_account": "acme.test", "client_id": client_id}
    assert sandbox.control("POST", "/connect", json=connect).status_code == 201
    new = {**connect, "email": "new@acme.test"}
    assert sandbox.control("POST", "/connect", json=new).status_code == 201
    after = subs(sandbox)
    assert list(after) == [*before, "new@acme.test"]
    assert {email: after[email] for email in before} == before


# --- Refusals -------------------------------------------------------------------------


@BOTH
def test_other_applications(open_sandbox: Open, path: str) -> None:
    """12.4: 403, and a hint what would make it one."""
    sandbox = open_unit(open_sandbox, {"name": "Other"})
    response = sandbox.call(sandbox.application["client_secret"], "GET", path)
    refused(response, 403)
    assert "internal: true" in response.headers["mock-cronofy-hint"]


@BOTH
def test_other_credentials(open_sandbox: Open, path: str) -> None:
    """12.4: the client_secret alone; 401 for access tokens, nothing, and nobody's."""
    sandbox = open_unit(open_sandbox, {"name": "Other"})
    refused(sandbox.call(sandbox.connect(JANE)["access_token"], "GET", path), 401)
    refused(sandbox.call("nobody", "GET", path), 401)
    refused(sandbox.http.get(path), 401)


@BOTH
def test_what_is_not_read(open_sandbox: Open, path: str) -> None:
    """No parameters [docs], and nobody is impersonated."""
    sandbox = open_unit(open_sandbox)
    secret = sandbox.application["client_secret"]
    headers = {"Cronofy-Impersonate": "acc_1"}
    response = sandbox.call(secret, "GET", path, headers=headers, params={"page": 2})
    assert response.json() == read(sandbox, path)


# --- Scenarios and snapshots ----------------------------------------------------------


@pytest.mark.parametrize(
    ("application", "place"),
    [
        ({"organization": "acme.test"}, "applications[0]"),
        ({**INTERNAL, "organization": "nobody.test"}, "applications[0].organization"),
        ({**INTERNAL, "organization": "no domain"}, "applications[0].organization"),
    ],
)
def test_wrong_scenarios(sandbox: Sandbox, application: Document, place: str) -> None:
    """An organization is one that there is, and of an internal application."""
    scenario = {"applications": [application], "organizations": [ACME]}
    response = sandbox.http.post("/_mock/sandboxes", json={"scenario": scenario})
    assert_problems(response, 422, f"scenario.{place}")


def test_a_wrong_snapshot(open_sandbox: Open) -> None:
    """422 with the place, and nothing has changed."""
    sandbox = open_unit(open_sandbox)
    before = subs(sandbox)
    snapshot = sandbox.control("GET", "/snapshot").json()
    snapshot["tables"]["applications"][0]["organization"] = "nobody.test"
    response = sandbox.control("PUT", "/snapshot", json=snapshot)
    assert_problems(response, 422, "tables.applications[0]")
    assert subs(sandbox) == before

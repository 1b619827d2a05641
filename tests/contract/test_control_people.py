"""The control API's people and organizations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.control import (
    JANE,
    assert_problems,
    shown_person,
)
from tests.contract.documents import (
    Document,
)
from tests.contract.stories import (
    add_organization,
    add_person,
    created,
)
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

MARY = "mary@acme.test"
# --- People --------------------------------------------------------------------------

PEOPLE: dict[str, tuple[Document, Document]] = {
    "only an address": ({"email": JANE}, shown_person()),
    "in capitals": ({"email": "Jane@ACME.test"}, shown_person()),
    "everything": (
        {
            "email": JANE,
            "name": "Jane Doe",
            "zoneinfo": "Europe/London",
            "locale": "en-GB",
            "provider": "office365",
            "calendars": [{"name": "Work"}, {"name": "Trips", "primary": True, "readonly": True}],
            "consent": {"authorize": "deny", "permissions": "allow"},
            "invites": {"reply": "accepted", "after": {"minutes": 5}},
            "initial_sync": "held",
            "sync_delay": {"minutes": 1},
        },
        shown_person(
            name="Jane Doe",
            zoneinfo="Europe/London",
            locale="en-GB",
            provider="office365",
            calendars=[
                {"name": "Work", "primary": False, "readonly": False},
                {"name": "Trips", "primary": True, "readonly": True},
            ],
            consent={"authorize": "deny", "permissions": "allow"},
            invites={"reply": "accepted", "after": {"seconds": 300}},
            initial_sync="held",
            sync_delay={"seconds": 60},
        ),
    ),
    "without a calendar": (
        {"email": JANE, "provider": "none"},
        shown_person(provider="none", calendars=[]),
    ),
}


@pytest.mark.parametrize("case", PEOPLE)
def test_adding_a_person(sandbox: Sandbox, case: str) -> None:
    """201; body as in a scenario, missing values from Faker."""
    body, shown = PEOPLE[case]
    response = sandbox.control("POST", "/people", json=body)
    assert (response.status_code, response.json()) == (201, shown)
    assert sandbox.control("GET", "/people").json() == {"people": [response.json()]}
    assert sandbox.control("GET", "").json()["people"] == [response.json()]


def test_made_up_people_are_the_same_again(open_sandbox: Open) -> None:
    """Generated data comes from the seed."""
    added = [
        [
            created(sandbox.control("POST", "/people", json={"email": email}))
            for email in (JANE, MARY)
        ]
        for sandbox in (open_sandbox(), open_sandbox())
    ]
    assert added[0] == added[1]
    assert added[0][0]["name"] != added[0][1]["name"]


WRONG_PEOPLE: dict[str, tuple[Any, str]] = {
    "nothing": ({}, "email"),
    "no address": ({"email": "jane"}, "email"),
    "another provider": ({"email": JANE, "provider": "yahoo"}, "provider"),
    "another zone": ({"email": JANE, "zoneinfo": "Mars/Olympus"}, "zoneinfo"),
    "another key": ({"email": JANE, "age": 5}, "age"),
    "a nameless calendar": ({"email": JANE, "calendars": [{}]}, "calendars[0].name"),
    "another decision": ({"email": JANE, "consent": {"authorize": "perhaps"}}, "consent.authorize"),
}


@pytest.mark.parametrize("case", WRONG_PEOPLE)
def test_wrong_people(sandbox: Sandbox, case: str) -> None:
    """422, and nobody is added."""
    body, place = WRONG_PEOPLE[case]
    assert_problems(sandbox.control("POST", "/people", json=body), 422, place)
    assert sandbox.control("GET", "/people").json() == {"people": []}


def test_somebody_who_is_there_already(sandbox: Sandbox) -> None:
    """422, whatever the case of the address."""
    add_person(sandbox)
    for email in (JANE, "JANE@acme.test"):
        response = sandbox.control("POST", "/people", json={"email": email})
        assert_problems(response, 422, "email")


# --- Organizations -------------------------------------------------------------------


def shown_organization(**more: Any) -> Document:
    document = {
        "domain": "acme.test",
        "provider": "google",
        "administrator": "admin@acme.test",
        "members": [],
        "resources": [],
    }
    return {**document, **more}


ROOM = {"email": "room-1@acme.test", "name": "Room 1"}
ORGANIZATIONS: dict[str, tuple[Document, Document, list[str]]] = {
    "only a domain": ({"domain": "acme.test"}, shown_organization(), ["admin@acme.test"]),
    "everything": (
        {
            "domain": "acme.test",
            "provider": "office365",
            "administrator": "boss@acme.test",
            "members": [JANE, MARY],
            "resources": [{**ROOM, "capacity": 4, "location": {"floor_name": "2"}}],
            "availability_only": [MARY],
        },
        shown_organization(
            provider="office365",
            administrator="boss@acme.test",
            members=[JANE, MARY],
            resources=[ROOM],
        ),
        ["boss@acme.test", JANE, MARY, "room-1@acme.test"],
    ),
}


@pytest.mark.parametrize("case", ORGANIZATIONS)
def test_adding_an_organization(sandbox: Sandbox, case: str) -> None:
    """201; whoever of it is not known is made up, with the organization's provider."""
    body, shown, emails = ORGANIZATIONS[case]
    response = sandbox.control("POST", "/organizations", json=body)
    assert (response.status_code, response.json()) == (201, shown)
    assert sandbox.control("GET", "/organizations").json() == {"organizations": [shown]}
    people = sandbox.control("GET", "/people").json()["people"]
    assert [somebody["email"] for somebody in people] == emails
    assert {somebody["provider"] for somebody in people} == {shown["provider"]}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "domain"),
        ({"domain": "acme.test", "provider": "apple"}, "provider"),
        ({"domain": "acme.test", "members": ["jane"]}, "members[0]"),
        ({"domain": "acme.test", "resources": [{"email": JANE}]}, "resources[0].name"),
        ({"domain": "acme.test", "rooms": []}, "rooms"),
    ],
    ids=str,
)
def test_wrong_organizations(sandbox: Sandbox, body: Document, place: str) -> None:
    """422, and nothing is added."""
    assert_problems(sandbox.control("POST", "/organizations", json=body), 422, place)
    assert sandbox.control("GET", "/organizations").json() == {"organizations": []}
    assert sandbox.control("GET", "/people").json() == {"people": []}


def test_an_organization_that_is_there_already(sandbox: Sandbox) -> None:
    """422."""
    add_organization(sandbox)
    response = sandbox.control("POST", "/organizations", json={"domain": "ACME.test"})
    assert_problems(response, 422, "domain")


@pytest.mark.parametrize("zoneinfo", ["Asia/Tokyo", "America/New_York"])
def test_events_at_the_end_of_time(open_sandbox: Open, zoneinfo: str) -> None:
    """Where no later time can be written, made-up events come before it."""
    sandbox = open_sandbox(clock="9999-12-31T23:59:59Z")
    person = {"email": "jane@acme.test", "zoneinfo": zoneinfo, "generate": {"events": 50}}
    response = sandbox.control("POST", "/people", json=person)
    assert response.status_code == 201
    events = sandbox.control("GET", "/snapshot").json()["tables"]["provider_events"]
    assert len(events) == 50
    tenth_of_december = 253_400_400_000
    spans = [(event["details"]["start"], event["details"]["end"]) for event in events]
    assert all(tenth_of_december <= start < end for start, end in spans)

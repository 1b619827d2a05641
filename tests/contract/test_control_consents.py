"""The control API's queued consents: the next pages' decisions."""

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
    Like,
    person,
)
from tests.contract.stories import (
    STATE,
    add_organization,
    add_person,
    authorize_enterprise,
    created,
    exchange,
    read,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

MARY = "mary@acme.test"


def shown_consent(**more: Any) -> Document:
    document = {
        "consent_id": Like("cns_[0-9a-f]{24}"),
        "page": "authorize",
        "decision": "allow",
        "email": None,
        "client_id": None,
        "access_mode": None,
        "provider_name": None,
        "times": 1,
    }
    return {**document, **more}


@pytest.mark.parametrize("page", ["authorize", "enterprise", "permissions", "conferencing"])
@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_queueing_a_consent(sandbox: Sandbox, page: str, decision: str) -> None:
    """201, for any page and decision; read back until it is used up."""
    body = {"page": page, "decision": decision}
    response = sandbox.control("POST", "/consents", json=body)
    assert (response.status_code, response.json()) == (201, shown_consent(**body))
    assert sandbox.control("GET", "/consents").json() == {"consents": [response.json()]}


def test_everything_that_a_consent_can_say(sandbox: Sandbox) -> None:
    """email (somebody not yet known is created), client_id, access_mode, provider_name and
    times."""
    body = {
        "page": "authorize",
        "decision": "allow",
        "email": JANE,
        "client_id": sandbox.application["client_id"],
        "access_mode": "free_busy",
        "provider_name": "ms_graph_free_busy",
        "times": 3,
    }
    response = sandbox.control("POST", "/consents", json=body)
    assert (response.status_code, response.json()) == (201, shown_consent(**body))
    people = sandbox.control("GET", "/people").json()["people"]
    assert people == [shown_person(provider="office365")]
    for left in (2, 1, 0):
        query = redirected(sandbox.authorize(scope="free_busy_write", state=STATE))
        linked = exchange(sandbox, query["code"])["linking_profile"]
        assert linked["provider_name"] == "ms_graph_free_busy"
        consents = sandbox.control("GET", "/consents").json()["consents"]
        assert [consent["times"] for consent in consents] == ([left] if left else [])


def test_consents_are_used_in_order(sandbox: Sandbox) -> None:
    """The first queued for a page answers its next visit; other pages wait for theirs."""
    add_organization(sandbox)
    for body in (
        {"page": "authorize", "decision": "deny"},
        {"page": "enterprise", "decision": "deny"},
        {"page": "authorize", "decision": "allow", "email": MARY},
        {"page": "authorize", "decision": "allow", "email": JANE},
    ):
        created(sandbox.control("POST", "/consents", json=body))
    assert redirected(sandbox.authorize()) == {"error": "access_denied"}
    for email in (MARY, JANE):
        sandbox.http.cookies.clear()
        answer = exchange(sandbox, redirected(sandbox.authorize())["code"])
        assert answer["linking_profile"]["profile_name"] == email
    assert redirected(authorize_enterprise(sandbox)) == {"error": "access_denied"}
    assert sandbox.control("GET", "/consents").json() == {"consents": []}


def test_a_consent_for_one_application(open_sandbox: Open) -> None:
    """client_id: others' pages do not use it up."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}], "people": [person()]})
    second = sandbox.document["applications"][1]["client_id"]
    body = {"page": "authorize", "decision": "deny", "client_id": second}
    created(sandbox.control("POST", "/consents", json=body))
    assert sandbox.authorize().status_code == 200
    assert redirected(sandbox.authorize(client_id=second)) == {"error": "access_denied"}


def test_a_consent_for_one_person(sandbox: Sandbox) -> None:
    """email: on a page that belongs to somebody, only theirs."""
    jane, mary = sandbox.connect(JANE), sandbox.connect(MARY)
    body = {"page": "permissions", "decision": "deny", "email": MARY}
    created(sandbox.control("POST", "/consents", json=body))
    outcomes = []
    for answer in (jane, mary):
        (listed,) = read(sandbox, answer, "/v1/calendars")["calendars"]
        permission = {"calendar_id": listed["calendar_id"], "permission_level": "unrestricted"}
        asked = {"permissions": [permission], "redirect_uri": "http://localhost:3000/done"}
        response = sandbox.call(answer["access_token"], "POST", "/v1/permissions", json=asked)
        url = response.json()["permissions_request"]["url"]
        outcomes.append(sandbox.http.get(url).status_code)
    assert outcomes == [200, 302]


WRONG_CONSENTS: dict[str, tuple[Document, list[str]]] = {
    "nothing": ({}, ["page", "decision"]),
    "another page": ({"page": "front", "decision": "allow"}, ["page"]),
    "another decision": ({"page": "authorize", "decision": "perhaps"}, ["decision"]),
    "no times": ({"page": "authorize", "decision": "allow", "times": 0}, ["times"]),
    "another mode": (
        {"page": "authorize", "decision": "allow", "access_mode": "half"},
        ["access_mode"],
    ),
    "an unknown application": (
        {"page": "authorize", "decision": "allow", "client_id": "x"},
        ["client_id"],
    ),
    "another provider": (
        {"page": "authorize", "decision": "allow", "email": JANE, "provider_name": "apple"},
        ["provider_name"],
    ),
}


@pytest.mark.parametrize("case", WRONG_CONSENTS)
def test_wrong_consents(sandbox: Sandbox, case: str) -> None:
    """422; nothing is queued, nobody created."""
    add_person(sandbox)
    body, places = WRONG_CONSENTS[case]
    assert_problems(sandbox.control("POST", "/consents", json=body), 422, *places)
    assert sandbox.control("GET", "/consents").json() == {"consents": []}
    assert len(sandbox.control("GET", "/people").json()["people"]) == 1

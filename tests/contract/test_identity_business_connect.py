"""identity.md §7: Business Connect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import SOME_TEXT, Document, errors
from tests.contract.receiver import Receiver
from tests.contract.stories import (
    STATE,
    add_organization,
    connect,
    exchange,
    read,
    refused,
    revoke,
    works,
)
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
MARY = "mary@acme.test"
ROOM = "room-1@acme.test"


@pytest.fixture
def jane(sandbox: Sandbox) -> Document:
    """Jane, who has delegated what she reaches."""
    add_organization(sandbox)
    return connect(sandbox, scope="read_write", delegated_scope="read_only")


def delegate(sandbox: Sandbox, answer: Document, url: str, **change: Any) -> Any:
    body = {
        "profile_id": answer["linking_profile"]["profile_id"],
        "email": ROOM,
        "callback_url": url,
        "scope": "read_only",
        **change,
    }
    return sandbox.call(answer["access_token"], "POST", "/v1/delegated_authorizations", json=body)


ALL = [
    {"calendar_type": "resource", "email": ROOM, "name": "Room 1"},
    {"calendar_type": "unknown", "email": MARY, "name": "Jane Doe"},
]


@pytest.mark.parametrize(
    ("calendar_type", "listed"),
    [(None, ALL), ("resource", ALL[:1]), ("unknown", ALL[1:]), ("other", [])],
    ids=["7 all", "7 resource", "7 unknown", "7 another type"],
)
def test_accessible_calendars(
    sandbox: Sandbox, jane: Document, calendar_type: str | None, listed: list[Document]
) -> None:
    """GET /v1/accessible_calendars?profile_id=…[&calendar_type=…]."""
    params = {"profile_id": jane["linking_profile"]["profile_id"]}
    if calendar_type:
        params["calendar_type"] = calendar_type
    response = sandbox.call(jane["access_token"], "GET", "/v1/accessible_calendars", params=params)
    assert response.status_code == 200
    assert response.json() == {"accessible_calendars": listed}


def test_profile_id_is_required(sandbox: Sandbox, jane: Document) -> None:
    """422 without profile_id."""
    response = sandbox.call(jane["access_token"], "GET", "/v1/accessible_calendars")
    assert (response.status_code, response.json()) == (422, errors({"profile_id": "required"}))


@pytest.mark.parametrize("scope", ["free_busy", "read_only"], ids=lambda scope: f"7 {scope}")
def test_a_delegate_account(sandbox: Sandbox, receiver: Receiver, scope: str) -> None:
    """POST /v1/delegated_authorizations: 202 and empty; the callback carries a code, which is
    exchanged with callback_url in place of redirect_uri. Delegates are ordinary accounts."""
    add_organization(sandbox)
    primary = connect(sandbox, scope="read_write", delegated_scope=scope)
    response = delegate(sandbox, primary, receiver.url, scope=scope, state=STATE)
    assert (response.status_code, response.content) == (202, b"")
    outcome = receiver.next().document["authorization"]
    assert outcome == {"code": outcome["code"], "state": STATE}
    answer = exchange(sandbox, outcome["code"], receiver.url)
    assert answer["scope"] == scope
    assert answer["account_id"] != primary["account_id"]
    assert answer["linking_profile"]["profile_name"] == ROOM
    assert len(read(sandbox, answer, "/v1/calendars")["calendars"]) == 1


def test_a_mailbox_out_of_reach(sandbox: Sandbox, receiver: Receiver, jane: Document) -> None:
    """The callback arrives with a failure."""
    response = delegate(sandbox, jane, receiver.url, email="boss@acme.test")
    assert response.status_code == 202
    assert receiver.next().document == {
        "authorization": {
            "error": "access_denied",
            "error_key": "errors.account_not_found",
            "error_description": SOME_TEXT,
        }
    }


def test_a_colleague_without_a_calendar(open_sandbox: Open, receiver: Receiver) -> None:
    """Nothing to reach: not listed, and the callback says so."""
    colleague = {"email": "paul@acme.test", "name": "Paul", "provider": "none"}
    organization = {"domain": "acme.test", "members": [JANE, "paul@acme.test"]}
    scenario = {
        "applications": [{"features": {"business_connect": True}}],
        "people": [colleague],
        "organizations": [organization],
    }
    sandbox = open_sandbox(scenario=scenario)
    primary = connect(sandbox, scope="read_write", delegated_scope="read_only")
    path = f"/v1/accessible_calendars?profile_id={primary['linking_profile']['profile_id']}"
    assert read(sandbox, primary, path) == {"accessible_calendars": []}
    assert delegate(sandbox, primary, receiver.url, email="paul@acme.test").status_code == 202
    failure = receiver.next().document["authorization"]
    assert failure["error_key"] == "errors.account_not_found"


REQUIRED = ["profile_id", "email", "callback_url", "scope"]


@pytest.mark.parametrize("name", REQUIRED, ids=lambda name: f"7 {name}")
def test_members_are_required(sandbox: Sandbox, jane: Document, name: str) -> None:
    """422 errors.required."""
    response = delegate(sandbox, jane, "http://127.0.0.1:9/", **{name: ""})
    assert (response.status_code, response.json()) == (422, errors({name: "required"}))


def test_the_scope_lies_within_what_was_delegated(sandbox: Sandbox, jane: Document) -> None:
    """Scope must be within the granted delegated_scope."""
    response = delegate(sandbox, jane, "http://127.0.0.1:9/", scope="read_write")
    assert (response.status_code, response.json()) == (422, errors({"scope": "not_granted"}))


def test_a_profile_of_somebody_else(sandbox: Sandbox, jane: Document) -> None:
    """404."""
    mary = sandbox.connect(MARY)
    profile_id = mary["linking_profile"]["profile_id"]
    response = delegate(sandbox, jane, "http://127.0.0.1:9/", profile_id=profile_id)
    assert (response.status_code, response.content) == (404, b"")


def test_nothing_was_delegated(sandbox: Sandbox) -> None:
    """403 when the account never granted a delegated_scope."""
    add_organization(sandbox)
    answer = connect(sandbox)
    response = delegate(sandbox, answer, "http://127.0.0.1:9/")
    assert (response.status_code, response.content) == (403, b"")


def test_revoking_the_primary_account_cascades(
    sandbox: Sandbox, receiver: Receiver, jane: Document
) -> None:
    """The delegates' access ends with it."""
    mary = sandbox.connect(MARY, scope="free_busy")
    answers = []
    for email in (ROOM, MARY):
        delegate(sandbox, jane, receiver.url, email=email)
        code = receiver.next().document["authorization"]["code"]
        answers.append(exchange(sandbox, code, receiver.url))
    revoke(sandbox, sub=jane["sub"])
    refused(sandbox, answers[0])
    # Mary had connected on her own before.
    works(sandbox, mary)
    assert read(sandbox, mary, "/v1/account")["account"]["scope"] == "free_busy"


def test_it_is_switched_on_for_each_application(open_sandbox: Open) -> None:
    """Enabled per application: otherwise delegated_scope is refused, and so are the calls."""
    sandbox = open_sandbox(scenario={"applications": [{}]})
    add_organization(sandbox)
    response = sandbox.authorize(delegated_scope="read_only", state=STATE)
    assert response.status_code == 302
    assert "error=invalid_request" in response.headers["location"]
    answer = connect(sandbox)
    response = delegate(sandbox, answer, "http://127.0.0.1:9/")
    assert (response.status_code, response.content) == (403, b"")

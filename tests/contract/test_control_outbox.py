"""The control API's deliveries, inbox and journal.

What becomes of deliveries is in test_callbacks.py, a profile's life in
test_identity_profile_life.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.acme import deliveries
from tests.contract.control import CLOCK, JANE, assert_problems
from tests.contract.documents import ANY_NUMBER, Document, Like
from tests.contract.receiver import Receiver
from tests.contract.stories import add_person, created, decide, read
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

MARY = "mary@acme.test"


# --- Deliveries ----------------------------------------------------------------------


def test_no_deliveries(sandbox: Sandbox) -> None:
    """An empty list."""
    assert sandbox.control("GET", "/deliveries").json() == {"deliveries": []}


def test_deliveries_by_state_and_kind(open_sandbox: Open, receiver: Receiver) -> None:
    """All of them in order; state and kind narrow them down."""
    held = {"email": MARY, "initial_sync": "held"}
    organization = {"domain": "acme.test", "members": [JANE, MARY]}
    sandbox = open_sandbox(
        clock=CLOCK, scenario={"people": [held], "organizations": [organization]}
    )
    receiver.answers = [500]
    domain = created(sandbox.control("POST", "/connect", json={"service_account": "acme.test"}))
    urls = [receiver.url, f"{receiver.url}/2", "http://8.8.8.8/", f"{receiver.url}/held"]
    emails = [JANE, JANE, JANE, MARY]
    for url, email in zip(urls, emails, strict=True):
        body = {"email": email, "callback_url": url, "scope": "read_write"}
        path = "/v1/service_account_authorizations"
        assert sandbox.call(domain["access_token"], "POST", path, json=body).status_code == 202
        sandbox.advance(seconds=0)
    listed = deliveries(sandbox)
    assert [d["url"] for d in listed] == urls
    states = ["pending", "delivered", "refused", "held"]
    assert [d["state"] for d in listed] == states
    assert {d["kind"] for d in listed} == {"service_account_authorization"}
    for delivery, state in zip(listed, states, strict=True):
        assert deliveries(sandbox, state=state) == [delivery]
    assert deliveries(sandbox, kind="service_account_authorization") == listed
    assert deliveries(sandbox, kind="change_notification") == []
    assert deliveries(sandbox, state="held", kind="other") == []


def test_replaying_needs_a_delivery(sandbox: Sandbox) -> None:
    """404."""
    assert_problems(sandbox.control("POST", "/deliveries/x/replay"), 404, "delivery_id")


# --- Inbox ---------------------------------------------------------------------------


@pytest.fixture
def mailed(open_sandbox: Open) -> tuple[Sandbox, list[Document]]:
    """A sandbox, and its mails: to jane, mary and jane again."""
    sandbox = open_sandbox(clock=CLOCK)
    for email in (JANE, MARY):
        add_person(sandbox, email)
    sent = []
    for minute, email in enumerate((JANE, MARY, JANE)):
        answer = sandbox.connect(email)
        profile_id = answer["linking_profile"]["profile_id"]
        sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
        sandbox.advance(minutes=1)
        sent.append(
            {
                "message_id": Like("msg_[0-9a-f]{24}"),
                "to": email,
                "from": "support@cronofy.com",
                "subject": "Your calendar needs to be reconnected",
                "method": None,
                "uid": None,
                "sequence": None,
                "sent_at": f"2026-05-11T08:0{minute}:00Z",
            }
        )
    return sandbox, sent


def test_an_empty_inbox(sandbox: Sandbox) -> None:
    """No messages."""
    response = sandbox.control("GET", "/inbox")
    assert (response.status_code, response.json()) == (200, {"messages": []})
    assert_problems(sandbox.control("GET", "/inbox/latest"), 404, "message_id")


def test_messages(mailed: tuple[Sandbox, list[Document]]) -> None:
    """Oldest first; to= one person, whatever the case."""
    sandbox, sent = mailed
    assert sandbox.control("GET", "/inbox").json() == {"messages": sent}
    for to, own in ((JANE, [sent[0], sent[2]]), (MARY.upper(), [sent[1]]), ("x@y.test", [])):
        response = sandbox.control("GET", "/inbox", params={"to": to})
        assert response.json() == {"messages": own}


def test_one_message(mailed: tuple[Sandbox, list[Document]]) -> None:
    """With its text; latest is an id too."""
    sandbox, sent = mailed
    listed = sandbox.control("GET", "/inbox").json()["messages"]
    text = Like(r"(?s)The calendar of .+ is no longer connected.+/relink/google\?.+\n")
    for message in listed:
        found = sandbox.control("GET", f"/inbox/{message['message_id']}")
        assert found.status_code == 200
        assert found.json() == {**message, "text": text}
    latest = sandbox.control("GET", "/inbox/latest").json()
    assert latest == {**listed[2], "text": text}
    latest = sandbox.control("GET", "/inbox/latest", params={"to": MARY}).json()
    assert latest == {**sent[1], "text": text}
    assert_problems(sandbox.control("GET", "/inbox/msg_x"), 404, "message_id")


# --- Journal -------------------------------------------------------------------------


def entry(method: str, path: str, status: int, **more: Any) -> Document:
    document = {
        "at": CLOCK,
        "method": method,
        "path": path,
        "status": status,
        "duration_us": ANY_NUMBER,
        "client_id": None,
        "sub": None,
        "hint": None,
        "warnings": [],
    }
    return {**document, **more}


def journal(sandbox: Sandbox, **query: str) -> list[Document]:
    response = sandbox.control("GET", "/journal", params=query)
    assert response.status_code == 200
    found: list[Document] = response.json()["requests"]
    return found


def test_the_journal(open_sandbox: Open) -> None:
    """Requests with status, hint and contract warnings; path (a beginning) and status narrow
    them down; DELETE forgets them. Control calls are not in it."""
    sandbox = open_sandbox(clock=CLOCK)
    answer = sandbox.connect(JANE)
    assert journal(sandbox) == []
    read(sandbox, answer, "/v1/userinfo")
    sandbox.call(answer["access_token"], "POST", "/v1/calendars", json={"name": "x", "odd": 1})
    sandbox.token(grant_type="refresh_token", refresh_token="unknown")
    decide(sandbox, "authorize", "deny")
    sandbox.authorize(prompt="consent")
    client_id = sandbox.application["client_id"]
    whose = {"client_id": client_id, "sub": answer["sub"]}
    expected = [
        entry("GET", "/v1/userinfo", 200, **whose),
        entry("POST", "/v1/calendars", 422, **whose, hint="profile_id: required"),
        entry(
            "POST",
            "/oauth/token",
            400,
            client_id=client_id,
            hint=Like("this refresh token is unknown to this application: .+"),
        ),
        entry(
            "GET",
            "/oauth/authorize",
            302,
            client_id=client_id,
            warnings=["ignored: unknown query parameter prompt"],
        ),
    ]
    assert journal(sandbox) == expected
    assert journal(sandbox, path="/oauth") == expected[2:]
    assert journal(sandbox, path="/v1/user") == expected[:1]
    assert journal(sandbox, status="422") == [expected[1]]
    assert journal(sandbox, path="/v1", status="302") == []
    response = sandbox.control("DELETE", "/journal")
    assert (response.status_code, response.content) == (204, b"")
    assert journal(sandbox) == []


def test_warnings_travel_with_the_answer(sandbox: Sandbox) -> None:
    """Odd but accepted requests carry the reason in Mock-Cronofy-Warning and the journal."""
    answer = sandbox.connect(JANE)
    body = {"profile_id": answer["linking_profile"]["profile_id"], "name": "New", "odd": 1}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert response.status_code == 200
    warning = "ignored: unknown parameter odd"
    assert response.headers.get_list("mock-cronofy-warning") == [warning]
    (only,) = journal(sandbox)
    assert only["warnings"] == [warning]


def test_hints_travel_with_a_refusal(sandbox: Sandbox) -> None:
    """A refusal says what would have been right, in Mock-Cronofy-Hint and the journal."""
    answer = sandbox.connect(JANE, scope="read_only")
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json={})
    assert response.status_code == 403
    hint = "the scope create_calendar is needed; granted is: read_only"
    assert response.headers["mock-cronofy-hint"] == hint
    (only,) = journal(sandbox)
    assert only["hint"] == hint


def test_the_journal_is_bounded(sandbox: Sandbox) -> None:
    """The latest thousand requests."""
    answer = sandbox.connect(JANE)
    for _ in range(1003):
        sandbox.call(answer["access_token"], "GET", "/v1/profiles")
    sandbox.call(answer["access_token"], "GET", "/v1/userinfo")
    found = journal(sandbox)
    assert len(found) == 1000
    assert found[-1]["path"] == "/v1/userinfo"

"""The control API's deliveries and inbox.

What becomes of deliveries is in test_callbacks.py, a profile's life in
test_identity_profile_life.py.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.acme import deliveries
from tests.contract.control import CLOCK, JANE, assert_problems
from tests.contract.documents import Document, Like
from tests.contract.receiver import Receiver
from tests.contract.stories import add_person, created
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

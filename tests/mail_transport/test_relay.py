"""``--smtp-relay``: every mail is sent on, tried again on the sandbox's clock, and never twice."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from mock_server.rules.deliveries import PAUSES
from mock_server.settings import Address
from tests.contract.acme import deliveries
from tests.contract.documents import ANY_NUMBER, Document, Like
from tests.emulator import Sandbox
from tests.inviting import GUEST, JANE, Organizer
from tests.mail_transport.conftest import CLOCK, Catcher, Start, free_port


def mails(sandbox: Sandbox) -> list[Document]:
    return deliveries(sandbox, kind="mail")


def attempts(sandbox: Sandbox) -> list[Any]:
    (delivery,) = mails(sandbox)
    tried: list[Any] = delivery["attempts"]
    return tried


def disconnected(sandbox: Sandbox, email: str = JANE) -> None:
    """Let ``email`` get a mail."""
    profile_id = sandbox.connect(email)["linking_profile"]["profile_id"]
    response = sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    assert response.status_code == 200, response.text


def test_every_mail_is_sent(start: Start, catcher: Catcher) -> None:
    """With its own envelope and the bytes that the inbox has, and recorded as a delivery."""
    sandbox = start(smtp_relay=catcher.address).open()
    organizer = Organizer(sandbox)
    organizer.write()
    sandbox.advance(seconds=0)
    listed = organizer.mails()
    assert [message["to"] for message in listed] == [JANE, GUEST]
    caught = sorted((catcher.next(), catcher.next()), key=lambda mail: mail.to != [JANE])
    for message, mail in zip(listed, caught, strict=True):
        assert (mail.sender, mail.to) == (message["from"], [message["to"]])
        file = sandbox.control("GET", f"/inbox/{message['message_id']}.eml")
        assert mail.content == file.content
    assert catcher.empty
    assert mails(sandbox) == [
        {
            "delivery_id": Like("dlv_[0-9a-f]{24}"),
            "kind": "mail",
            "client_id": None,
            "queue": None,
            "url": f"smtp://{catcher.address}",
            "state": "delivered",
            "created_at": CLOCK,
            "due_at": CLOCK,
            "body": {name: message[name] for name in ("message_id", "to", "from", "subject")},
            "attempts": [
                {
                    "at": CLOCK,
                    "injected": False,
                    "request": None,
                    "response": {
                        "status": 250,
                        "body": "caught",
                        "error": None,
                        "duration_ms": ANY_NUMBER,
                    },
                }
            ],
        }
        for message in listed
    ]


def test_a_verification_code_is_sent(start: Start, catcher: Catcher) -> None:
    """What Cronofy itself writes goes the same way."""
    sandbox = start(smtp_relay=catcher.address).open()
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": "http://localhost:3000/callback",
        "scope": "free_busy_write",
        "access_type": "no_calendar",
    }
    sandbox.http.post("/oauth/authorize", params=query, data={"email": JANE})
    assert b"is your verification code" in catcher.next().content


def test_what_is_mailed_while_the_clock_moves(start: Start, catcher: Catcher) -> None:
    """Is sent at its own time, and among what happened: the meeting of an event is arranged
    some seconds later, and then everybody gets an updated invitation."""
    people = [{"email": JANE, "conferencing": [{"provider_name": "zoom", "name": "Jane"}]}]
    sandbox = start(smtp_relay=catcher.address).open(scenario={"people": people})
    organizer = Organizer(sandbox)
    organizer.write(conferencing={"profile_id": "default"}, attendees={"invite": []})
    happened = sandbox.advance(minutes=1)["happened"]
    first, updated = mails(sandbox)
    assert [mail["body"]["subject"].partition(":")[0] for mail in (first, updated)] == [
        "Invitation",
        "Updated invitation",
    ]
    assert happened[-1] == {
        "attempted_delivery": updated["delivery_id"],
        "at": updated["attempts"][0]["at"],
    }
    assert CLOCK < updated["created_at"] == updated["attempts"][0]["at"] < "2026-05-11T08:01:00Z"


def test_without_a_relay_nothing_is_recorded(sandbox: Sandbox) -> None:
    """Mails stay in the mailboxes."""
    disconnected(sandbox)
    assert deliveries(sandbox) == []
    assert len(sandbox.control("GET", "/inbox").json()["messages"]) == 1


def test_a_dead_relay(start: Start) -> None:
    """The request succeeds; attempts follow on the sandbox's clock, until the last has failed."""
    sandbox = start(smtp_relay=f"127.0.0.1:{free_port()}").open()
    disconnected(sandbox)
    sandbox.advance(seconds=0)
    for number, pause in enumerate(PAUSES, start=1):
        (delivery,) = mails(sandbox)
        assert (delivery["state"], len(delivery["attempts"])) == ("pending", number)
        assert delivery["attempts"][-1]["response"]["status"] is None
        assert "SMTPConnectError" in delivery["attempts"][-1]["response"]["error"]
        happened = sandbox.advance(seconds=pause)["happened"]
        assert [item["attempted_delivery"] for item in happened] == [delivery["delivery_id"]]
    (delivery,) = mails(sandbox)
    assert (delivery["state"], len(delivery["attempts"])) == ("failed", len(PAUSES) + 1)


def test_a_relay_that_refuses(start: Start, catcher: Catcher) -> None:
    """Its code and its words are the attempt's; later it takes the mail."""
    catcher.answer = "451 4.2.0 come back later"
    sandbox = start(smtp_relay=catcher.address).open()
    disconnected(sandbox)
    sandbox.advance(seconds=0)
    (attempt,) = attempts(sandbox)
    assert (attempt["response"]["status"], attempt["response"]["error"]) == (451, None)
    assert attempt["response"]["body"] == "4.2.0 come back later"
    catcher.answer = None
    sandbox.advance(seconds=PAUSES[0])
    assert catcher.next().to == [JANE]
    (delivery,) = mails(sandbox)
    assert (delivery["state"], [a["response"]["status"] for a in delivery["attempts"]]) == (
        "delivered",
        [451, 250],
    )


def test_a_relay_that_never_answers(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt ends all the same, and no request waits for it."""
    monkeypatch.setattr("mock_server.delivery.relay.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sandbox = start(smtp_relay=f"127.0.0.1:{silent.getsockname()[1]}").open()
        disconnected(sandbox)
        assert attempts(sandbox) == []
        sandbox.advance(seconds=0)
        (attempt,) = attempts(sandbox)
        assert attempt["response"]["error"] == "no answer within 0.2 seconds"


def test_replaying(start: Start, catcher: Catcher) -> None:
    """The mail is sent once more."""
    sandbox = start(smtp_relay=catcher.address).open()
    disconnected(sandbox)
    first = catcher.next()
    sandbox.advance(seconds=0)
    (delivery,) = mails(sandbox)
    response = sandbox.control("POST", f"/deliveries/{delivery['delivery_id']}/replay")
    assert response.status_code == 202
    assert catcher.next() == first
    sandbox.advance(seconds=0)
    assert [attempt["response"]["status"] for attempt in attempts(sandbox)] == [250, 250]


SCENARIO: dict[str, Any] = {
    "people": [{"email": JANE}],
    "connected": [{"person": JANE, "disconnected": True}],
}


def test_a_scenarios_mails_are_sent(start: Start, catcher: Catcher) -> None:
    """Once, when it is loaded: a reset, or a call that fails and changes nothing, puts them
    back into the mailboxes only."""
    sandbox = start(smtp_relay=catcher.address).open(scenario=SCENARIO)
    assert catcher.next().to == [JANE]
    sandbox.advance(seconds=0)
    assert [delivery["state"] for delivery in mails(sandbox)] == ["delivered"]
    assert sandbox.control("POST", "/reset").status_code == 200
    refused = {"email": JANE, "access_mode": "free_busy", "scope": "read_only"}
    assert sandbox.control("POST", "/connect", json=refused).status_code == 422
    sandbox.advance(seconds=0)
    assert [m["to"] for m in sandbox.control("GET", "/inbox").json()["messages"]] == [JANE]
    assert mails(sandbox) == []
    assert catcher.empty


def test_a_snapshots_mails_are_not_sent(start: Start, catcher: Catcher) -> None:
    """They come back with their deliveries; and once there is a reset between, a mail that is
    made like another is a new one."""
    sandbox = start(smtp_relay=catcher.address).open()
    disconnected(sandbox)
    first = catcher.next()
    sandbox.advance(seconds=0)
    recorded = mails(sandbox)
    snapshot = sandbox.control("GET", "/snapshot").json()
    assert sandbox.control("POST", "/reset").status_code == 200
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    sandbox.advance(seconds=0)
    assert mails(sandbox) == recorded
    assert catcher.empty
    assert sandbox.control("POST", "/reset").status_code == 200
    assert sandbox.control("GET", "/inbox").json() == {"messages": []}
    disconnected(sandbox)
    assert catcher.next() == first


def test_another_servers_relay(start: Start, catcher: Catcher) -> None:
    """A snapshot cannot make the server mail to anywhere else: refused, and said so."""
    sandbox = start(smtp_relay=catcher.address).open()
    disconnected(sandbox)
    catcher.next()
    sandbox.advance(seconds=0)
    snapshot = sandbox.control("GET", "/snapshot").json()
    (delivery,) = snapshot["tables"]["deliveries"]
    delivery.update(url="smtp://mail.example:25", state="pending", attempts=[])
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    sandbox.advance(seconds=0)
    (found,) = mails(sandbox)
    error = "not the relay of this server: expected --smtp-relay mail.example:25"
    assert (found["state"], found["attempts"][0]["response"]["error"]) == ("refused", error)
    assert catcher.empty


@pytest.mark.parametrize(
    ("text", "address"),
    [("localhost:1025", ("localhost", 1025)), ("[::1]:25", ("::1", 25)), ("10.0.0.1:2", None)],
)
def test_addresses(text: str, address: tuple[str, int] | None) -> None:
    """A name or an address and a port, IPv6 in brackets."""
    found = Address.parse(text)
    assert str(found) == text
    assert address in (None, found)


@pytest.mark.parametrize(
    "text", ["", "localhost", "localhost:", ":25", "h:0", "h:65536", "::1:25", "u@h:25", "h:25/x"]
)
def test_wrong_addresses(text: str) -> None:
    """Anything else is refused, with what is expected."""
    with pytest.raises(ValueError, match="HOST:PORT, such as"):
        Address.parse(text)

"""Answers to Smart Invites, and the callbacks that tell of them (notifications §§2.2, 2.3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.control import assert_problems
from tests.contract.documents import Document, Like
from tests.contract.receiver import Receiver
from tests.emulator import Sandbox
from tests.smart_inviting import (
    CLOCK,
    ID,
    KIM,
    LEE,
    LEFT_OUT,
    MARY,
    Application,
    echoed,
    event,
)

Open = Callable[..., Sandbox]

# What Kim would like better, as the control API takes it and as it is answered.
LATER = {
    "start": "2026-06-02T14:00:00Z",
    "end": "2026-06-02T14:30:00Z",
    "tzid": "Europe/Madrid",
}
PROPOSAL = {
    "start": {"time": "2026-06-02T16:00:00+02:00", "tzid": "Europe/Madrid"},
    "end": {"time": "2026-06-02T16:30:00+02:00", "tzid": "Europe/Madrid"},
}


@pytest.fixture
def application(open_sandbox: Open) -> Application:
    return Application(open_sandbox(clock=CLOCK))


@pytest.fixture
def url(receiver: Receiver) -> str:
    return f"{receiver.url}/si"


def told(url: str, reply: Document, **invite: Any) -> Document:
    """The body of a callback."""
    return {
        "notification": {"type": "smart_invite"},
        "smart_invite": {"smart_invite_id": ID, "callback_url": url, **invite, "reply": reply},
    }


# --- Callbacks -----------------------------------------------------------------------


def test_the_callback(application: Application, receiver: Receiver, url: str) -> None:
    """2.3, the example: the recipient as they stand, and the answer; signed as in 1.4.2."""
    application.invite(callback_url=url)
    application.answered(KIM, "declined", comment="Can we do later?", proposal=LATER)
    callback = receiver.next()
    kim = {
        "email": KIM,
        "status": "declined",
        "comment": "Can we do later?",
        "proposal": PROPOSAL,
    }
    assert callback.document == told(url, kim, recipient=kim)
    assert callback.path == "/si"
    assert callback.headers["content-type"] == "application/json; charset=utf-8"
    digest = hmac.new(application.key.encode(), callback.body, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    assert callback.headers["cronofy-hmac-sha256"] == signature


def test_the_status_after_an_answer(application: Application) -> None:
    """2.2: recipient with comment and proposal, and every answer in replies."""
    application.invite()
    application.answered(KIM, "tentative")
    application.answered(KIM, "declined", comment="Can we do later?", proposal=LATER)
    kim = {"email": KIM, "comment": "Can we do later?", "proposal": PROPOSAL}
    assert application.status() == {
        "recipient": {**kim, "status": "declined"},
        "replies": [
            {"email": KIM, "status": "tentative"},
            {**kim, "status": "declined"},
        ],
        "smart_invite_id": ID,
        "method": "request",
        "event": echoed(),
    }


def test_a_later_answer_takes_back_what_was_proposed(application: Application) -> None:
    application.invite()
    application.answered(KIM, "declined", comment="Later?", proposal=LATER)
    application.answered(KIM, "accepted")
    assert application.status()["recipient"] == {"email": KIM, "status": "accepted"}


def test_a_forwarded_invite(application: Application, receiver: Receiver, url: str) -> None:
    """2.2 replies, 2.3 reply: of people other than the recipient, whose status stays."""
    application.invite(callback_url=url)
    application.answered(MARY, "accepted", comment="I come instead.")
    mary = {"email": MARY, "status": "accepted", "comment": "I come instead."}
    kim = {"email": KIM, "status": "pending"}
    assert receiver.next().document == told(url, mary, recipient=kim)
    found = application.status()
    assert (found["recipient"], found["replies"]) == (kim, [mary])


def test_several_recipients(application: Application, receiver: Receiver, url: str) -> None:
    """2.3: recipients in place of recipient; reply is there, too; several answers of one person
    come in order."""
    application.invite_several(KIM, LEE, callback_url=url)
    statuses = {KIM: "pending", LEE: "pending"}
    for email, status in ((LEE, "accepted"), (KIM, "tentative"), (LEE, "declined")):
        application.answered(email, status)
        statuses[email] = status
        recipients = [{"email": email, "status": status} for email, status in statuses.items()]
        answer = {"email": email, "status": status}
        assert receiver.next().document == told(url, answer, recipients=recipients)
    assert application.status_of_several()["replies"] == [
        {"email": LEE, "status": "accepted"},
        {"email": KIM, "status": "tentative"},
        {"email": LEE, "status": "declined"},
    ]


def test_own_calls_are_not_told(application: Application, url: str) -> None:
    """2.1 (assumed)."""
    application.invite_several(KIM, LEE, callback_url=url)
    application.invite_several(KIM, LEE, callback_url=url, event=event(summary="Second"))
    application.invite(method="remove", event=LEFT_OUT)
    application.cancel(recipient=LEFT_OUT, recipients=[{"email": LEE}])
    assert application.deliveries() == []


def test_without_a_callback_url_nobody_is_told(application: Application) -> None:
    """Until there is one; it may come with an update."""
    application.invite()
    application.answered(KIM, "accepted")
    assert application.deliveries() == []
    application.invite(callback_url="http://localhost:9/si")
    application.answered(KIM, "declined")
    (delivery,) = application.deliveries()
    assert delivery["url"] == "http://localhost:9/si"


def test_retries(application: Application, receiver: Receiver, url: str) -> None:
    """2.3: as notifications of channels (assumed); a later answer waits for its turn."""
    application.invite(callback_url=url)
    receiver.answers = [500, 500]
    application.answered(KIM, "tentative")
    application.answered(KIM, "accepted")
    application.sandbox.advance(seconds=14)
    assert [d["state"] for d in application.deliveries()] == ["pending", "pending"]
    application.sandbox.advance(seconds=1)
    application.sandbox.advance(minutes=1)
    tries = [receiver.next().document["smart_invite"]["reply"]["status"] for _ in range(4)]
    assert tries == ["tentative"] * 3 + ["accepted"]
    first, second = application.deliveries()
    assert [a["at"] for a in first["attempts"]] == [
        "2026-05-11T08:00:00Z",
        "2026-05-11T08:00:15Z",
        "2026-05-11T08:01:15Z",
    ]
    assert (first["state"], second["state"]) == ("delivered", "delivered")


def test_nobody_tries_for_ever(application: Application, receiver: Receiver, url: str) -> None:
    """After 24 hours it has failed, and the next answer is told all the same."""
    application.invite(callback_url=url)
    receiver.answers = [500] * 11
    application.answered(KIM, "tentative")
    application.sandbox.advance(hours=25)
    (delivery,) = application.deliveries()
    assert (delivery["state"], len(delivery["attempts"])) == ("failed", 11)
    assert delivery["attempts"][-1]["at"] == "2026-05-12T08:00:00Z"
    application.answered(KIM, "accepted")
    statuses = [receiver.next().document["smart_invite"]["reply"]["status"] for _ in range(12)]
    assert statuses[-1] == "accepted"


def test_so_many_answers_are_kept(application: Application) -> None:
    """The latest 500, of whomever; how the recipients stand is not among what goes."""
    application.invite()
    application.answered(KIM, "accepted")
    for number in range(501):
        application.answered(f"guest{number}@guest.test", "tentative")
    found = application.status()
    assert [reply["email"] for reply in found["replies"]] == [
        f"guest{number}@guest.test" for number in range(1, 501)
    ]
    assert found["recipient"] == {"email": KIM, "status": "accepted"}


# --- Answering by the control API ----------------------------------------------------


def test_what_the_control_api_answers(application: Application) -> None:
    """The outcome in words, and the invite with what only its file says; so does the list."""
    application.invite(callback_url="http://localhost:9/si", organizer={"name": "Agency"})
    found = application.answered(KIM, "tentative", proposal=LATER)
    kim = {"email": KIM, "status": "tentative", "proposal": PROPOSAL}
    invite = {
        "client_id": application.sandbox.application["client_id"],
        "recipient": kim,
        "replies": [kim],
        "smart_invite_id": ID,
        "callback_url": "http://localhost:9/si",
        "method": "request",
        "event": echoed(),
        "uid": Like(r"[0-9a-f]{32}@cronofy\.com"),
        "sequence": 0,
        "organizer": {
            "email": Like(r"[0-9a-f]{32}@invite\.mock-cronofy\.test"),
            "name": "Agency",
        },
    }
    assert found == {"outcome": f"{KIM} has answered tentative", "smart_invite": invite}
    for query, expected in (({}, [invite]), ({"client_id": "x"}, [])):
        listed = application.sandbox.control("GET", "/smart_invites", params=query).json()
        assert listed == {"smart_invites": expected}


@pytest.mark.parametrize(
    ("proposal", "start", "end"),
    [
        (
            {"start": "2026-06-02T14:00:00Z", "end": "2026-06-02T14:30:00Z"},
            {"time": "2026-06-02T16:00:00+02:00", "tzid": "Europe/Madrid"},
            {"time": "2026-06-02T16:30:00+02:00", "tzid": "Europe/Madrid"},
        ),
        (
            {"start": "2026-12-02T14:00:00Z", "end": "2026-12-02T14:30:00Z", "tzid": "Etc/UTC"},
            {"time": "2026-12-02T14:00:00+00:00", "tzid": "Etc/UTC"},
            {"time": "2026-12-02T14:30:00+00:00", "tzid": "Etc/UTC"},
        ),
        (
            {"start": "2026-06-03", "end": "2026-06-05", "tzid": "Asia/Tokyo"},
            {"time": "2026-06-03", "tzid": "Asia/Tokyo"},
            {"time": "2026-06-05", "tzid": "Asia/Tokyo"},
        ),
    ],
    ids=["zone of the event", "UTC", "days"],
)
def test_proposals(
    application: Application, proposal: Document, start: Document, end: Document
) -> None:
    """2.2: start and end as {time, tzid}; a time has a numeric offset."""
    application.invite()
    application.answered(KIM, "declined", proposal=proposal)
    assert application.status()["recipient"]["proposal"] == {"start": start, "end": end}


def test_after_a_cancellation(application: Application, url: str) -> None:
    """2.1: later replies are ignored (assumed)."""
    application.invite(callback_url=url)
    application.cancel()
    before = application.status()
    assert_problems(application.answer(KIM, "accepted"), 422, "smart_invite_id")
    assert application.status() == before
    assert application.deliveries() == []


def test_which_invite_is_answered(open_sandbox: Open) -> None:
    """Of one id, the invite for whoever answers; else it has to be said."""
    names = [{"name": "One"}, {"name": "Two"}]
    sandbox = open_sandbox(clock=CLOCK, scenario={"applications": names})
    one, two = Application(sandbox), Application(sandbox, 1)
    one.invite()
    one.invite(recipient={"email": LEE})
    one.answered(LEE, "accepted")
    assert_problems(one.answer(MARY, "accepted"), 422, "smart_invite_id")
    one.answered(MARY, "declined", recipient_email=KIM)
    assert [reply["email"] for reply in one.status()["replies"]] == [MARY]
    assert one.status(recipient_email=LEE)["recipient"]["status"] == "accepted"
    two.invite()
    assert_problems(one.answer(KIM, "accepted"), 422, "smart_invite_id")
    client_id = sandbox.document["applications"][1]["client_id"]
    one.answered(KIM, "accepted", client_id=client_id)
    statuses = [application.status()["recipient"]["status"] for application in (one, two)]
    assert statuses == ["pending", "accepted"]


def test_an_id_that_is_a_path(application: Application) -> None:
    """Applications name their invites as they like."""
    application.invite(smart_invite_id="offers/7/slot 1")
    response = application.answer(KIM, "accepted", "offers%2F7%2Fslot%201")
    assert response.status_code == 200, response.text


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"email": LEFT_OUT}, "email"),
        ({"email": "kim"}, "email"),
        ({"status": "pending"}, "status"),
        ({"comment": ""}, "comment"),
        ({"proposal": {"start": "2026-06-02T14:00:00Z"}}, "proposal.end"),
        ({"proposal": {**LATER, "tzid": "Mars"}}, "proposal.tzid"),
        ({"proposal": {**LATER, "end": "2026-06-03"}}, "proposal"),
        ({"proposal": {**LATER, "end": "2026-06-01T00:00:00Z"}}, "proposal"),
        ({"proposal": {"start": "9999-01-01", "end": "9999-01-02"}}, "proposal"),
        ({"answer": "yes"}, "answer"),
    ],
)
def test_what_the_control_api_refuses(application: Application, body: Document, place: str) -> None:
    application.invite()
    whole = {"email": KIM, "status": "accepted", **body}
    sent = {name: value for name, value in whole.items() if value is not LEFT_OUT}
    response = application.sandbox.control("POST", f"/smart_invites/{ID}/reply", json=sent)
    assert_problems(response, 422, place)
    assert application.status()["replies"] == []


def test_an_answer_to_nothing(application: Application) -> None:
    application.invite()
    response = application.answer(KIM, "accepted", "other")
    assert_problems(response, 404, "smart_invite_id")
    assert ID in response.json()["errors"][0]["expected"]

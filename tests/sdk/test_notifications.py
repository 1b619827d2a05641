"""Every kind of notification reaches a process of somebody else's, signed as the SDKs check it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.emulator import Sandbox
from tests.receiver.process import Callback, Receiver
from tests.sdk import office as scene
from tests.sdk.causes import KINDS
from tests.sdk.clients import Client, Document, NodeSdk, PythonSdk
from tests.sdk.conftest import Visit
from tests.sdk.matching import Like
from tests.sdk.office import Office

PATH = "/hook?user=J%C3%BCrgen&api-token=a%2Fb"
HEADERS = {
    "accept": "*/*",
    "accept-encoding": "identity",
    "connection": "keep-alive",
    "content-type": "application/json; charset=utf-8",
    "host": Like(r"127\.0\.0\.1:\d+"),
    "user-agent": Like(r"Cronofy .+"),
}
VALUE = r"[A-Za-z0-9+/]{43}="


@pytest.fixture
def office(
    open_sandbox: Callable[..., Sandbox], receiver: Receiver, python_sdk: PythonSdk, visit: Visit
) -> Office:
    return Office(open_sandbox(scenario=scene.SCENARIO), receiver, python_sdk, visit)


# Both SDKs' clients with these credentials.
Clients = Callable[[dict[str, str]], list[Client]]


@pytest.fixture
def clients(python_sdk: PythonSdk, node_sdk: NodeSdk) -> Clients:
    return lambda credentials: [sdk.client(credentials) for sdk in (python_sdk, node_sdk)]


def with_one_byte_changed(text: str) -> Iterator[str]:
    """``text`` wrong at one place, for each."""
    for place, letter in enumerate(text):
        yield text[:place] + ("B" if letter == "A" else "A") + text[place + 1 :]


def bodies_with_one_byte_changed(body: bytes) -> Iterator[str]:
    """Some of them; the first, the last, and one more."""
    for place in (0, body.index(b'"') + 3, len(body) - 1):
        yield (body[:place] + b"~" + body[place + 1 :]).decode()
    yield body.decode() + "\n"
    yield body.decode()[:-1]


def assert_signed(callback: Callback, valid: Callable[[str, str], bool], value: str) -> None:
    """``valid`` takes the header for its ``value``, and no other header or body."""
    others = callback.signature.split(",")
    others.remove(value)
    assert valid(callback.signature, callback.text)
    assert valid(value, callback.text)
    assert not valid("", callback.text)
    assert not any(valid(other, callback.text) for other in others)
    for changed in bodies_with_one_byte_changed(callback.body):
        assert not valid(callback.signature, changed)
    for changed in with_one_byte_changed(value):
        assert not valid(callback.signature.replace(value, changed), callback.text)
        assert valid(",".join([changed, value]), callback.text)


def assert_delivered(office: Office, callback: Callback, kind: str) -> None:
    """The last of the sandbox's deliveries is what has come, byte for byte."""
    delivery = office.sandbox.control("GET", "/deliveries").json()["deliveries"][-1]
    (attempt,) = delivery["attempts"]
    assert (delivery["state"], attempt["response"]["status"]) == ("delivered", 200)
    text = json.dumps(delivery["body"], ensure_ascii=False, separators=(",", ":"))
    assert callback.body == text.encode()
    assert delivery["url"] == attempt["request"]["url"] == office.url
    notification = delivery["body"].get("notification", {"type": kind})
    assert delivery["kind"] == notification["type"]


def test_every_kind_is_here() -> None:
    """Each that has a section in docs/webhooks.md, which is held against what can be sent."""
    page = Path(__file__).parents[2] / "docs" / "webhooks.md"
    sections = set(re.findall(r"^### `(\w+)`", page.read_text("utf-8"), re.MULTILINE))
    assert {kind.split()[0] for kind in KINDS} == sections


@pytest.mark.parametrize("secrets", [1, 2], ids=["one secret", "two secrets"])
@pytest.mark.parametrize("kind", KINDS)
def test_notification(office: Office, clients: Clients, kind: str, secrets: int) -> None:
    """notifications §§1.4.1, 1.4.2, 5: POST, compact JSON in UTF-8, signed with every active
    secret; whoever has one of them finds it valid, as long as not one byte is changed."""
    credentials = [office.credentials]
    if secrets == 2:
        credentials.insert(0, office.add_secret())
    cause, sections = KINDS[kind]
    said = cause(office)
    (callback,) = office.told()
    assert (callback.method, callback.path) == ("POST", PATH)
    lengths = {"content-length": str(len(callback.body))}
    signature = {"cronofy-hmac-sha256": Like(",".join([VALUE] * secrets))}
    assert callback.headers == {**HEADERS, **lengths, **signature}
    document = callback.document
    assert list(document) == [*said, *sections.split()]
    assert {name: document[name] for name in said} == said
    assert_delivered(office, callback, kind)
    for known, value in zip(credentials, callback.signature.split(","), strict=True):
        for client in clients(known):
            assert_signed(callback, client.hmac_valid, value)
    for client in clients({**office.credentials, "client_secret": "another"}):
        assert not client.hmac_valid(callback.signature, callback.text)


def test_rotation(office: Office, clients: Clients) -> None:
    """notifications §1.4.2: the newest secret signs first; one that has ended signs no more.
    Each attempt is signed anew, of the same bytes."""
    first = office.credentials
    office.receiver.answer({"status_code": 503})
    office.client.create_notification_channel(office.url)
    (before,) = office.told()
    second = office.add_secret()
    office.receiver.answer({"status_code": 503})
    (between,) = office.told(seconds=15)
    office.end_secret(first["client_secret"])
    (after,) = office.told(minutes=1)
    assert before.body == between.body == after.body
    assert between.signature == f"{after.signature},{before.signature}"
    for credentials, valid in ((first, [True, True, False]), (second, [False, True, True])):
        for client in clients(credentials):
            came = (before, between, after)
            assert [client.hmac_valid(c.signature, c.text) for c in came] == valid


@pytest.mark.parametrize(
    "answer",
    [
        {"status_code": 500, "content": "Größe"},
        {"status_code": 302, "headers": {"Location": "/elsewhere"}},
        {"status_code": 404},
        {"status_code": 410},
    ],
    ids=lambda answer: str(answer["status_code"]),
)
def test_a_receiver_that_fails(office: Office, answer: Document) -> None:
    """notifications §1.4.5: what is no 2xx is tried again, the same byte for byte."""
    office.receiver.answer(answer, {"status_code": 204})
    office.client.create_notification_channel(office.url)
    (first,) = office.told()
    assert office.told(seconds=14) == []
    assert office.told(seconds=1) == [first]
    assert office.told(days=2) == []
    (delivery,) = office.sandbox.control("GET", "/deliveries").json()["deliveries"]
    answers = [attempt["response"] for attempt in delivery["attempts"]]
    assert [(a["status"], a["body"]) for a in answers] == [
        (answer["status_code"], answer.get("content", "")),
        (204, ""),
    ]
    assert len(office.sandbox.control("GET", "/channels").json()["channels"]) == 1

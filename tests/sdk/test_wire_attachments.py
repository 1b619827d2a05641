"""Attachments as the C# SDK sends them, the only one that has them: CreateAttachmentRequest.cs.

What is not set is left out; the answer is read by AttachmentResponse.cs.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.emulator import Sandbox
from tests.receiver.process import Receiver
from tests.sdk import wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import csharp, send
from tests.sdk.expected import unprocessable
from tests.sdk.matching import Like
from tests.sdk.wire import Case, World

PATH = "/v1/attachments"
CONTENT = "Testing File Content: Größe".encode()
FILE = {
    "file_name": "file_name.txt",
    "content_type": "text/plain",
    "base64_content": base64.b64encode(CONTENT).decode(),
}
ATTACHMENT = {
    "attachment_id": Like(r"att_[0-9a-f]{24}"),
    "file_name": "file_name.txt",
    "content_type": "text/plain",
    "md5": hashlib.md5(CONTENT, usedforsecurity=False).hexdigest(),
}


def scenario(**features: bool) -> dict[str, Any]:
    return {**wire.SCENARIO, "applications": [{"features": {"attachments": True, **features}}]}


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> World:
    return World(open_sandbox(scenario=scenario(business_connect=True)), visit)


def refused(field: str, **changes: Any) -> Case:
    file = {name: value for name, value in {**FILE, **changes}.items() if value is not None}
    return Case(
        lambda w: csharp("POST", PATH, w.client_secret, {"attachment": file}),
        wire.document(unprocessable(f"attachment.{field}", "errors.required", "required")),
        422,
    )


CASES = {
    "create": Case(
        lambda w: csharp("POST", PATH, w.client_secret, {"attachment": FILE}),
        wire.document({"attachment": ATTACHMENT}),
    ),
    "subscriptions of null": Case(
        lambda w: csharp(
            "POST", PATH, w.client_secret, {"attachment": FILE, "subscriptions": None}
        ),
        wire.document({"attachment": ATTACHMENT}),
    ),
    "no name": refused("file_name", file_name=None),
    "no type": refused("content_type", content_type=None),
    "no content": refused("base64_content", base64_content=None),
    "an access token": Case(
        lambda w: csharp("POST", PATH, w.token, {"attachment": FILE}), wire.nothing, 401
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: World, served: str) -> None:
    """The request is answered as a plain one would be."""
    wire.check(CASES[name], world, served)


def test_switched_off(open_sandbox: Callable[..., Sandbox], visit: Visit, served: str) -> None:
    """403 for an application without attachments."""
    world = World(open_sandbox(scenario=scenario(attachments=False)), visit)
    request = csharp("POST", PATH, world.client_secret, {"attachment": FILE})
    wire.check(Case(lambda _: request, wire.nothing, 403), world, served)


def test_on_an_event(world: World, receiver: Receiver, served: str) -> None:
    """It is uploaded, checked, told about and put on an event (UpsertEventRequest.cs)."""
    interactions = [{"type": "attachment_approved"}, {"type": "attachment_rejected"}]
    subscription = {"type": "webhook", "uri": receiver.url, "interactions": interactions}
    upload = {"attachment": FILE, "subscriptions": [subscription]}
    answer = send(served, csharp("POST", PATH, world.client_secret, upload))
    assert (answer.status, answer.document) == (200, {"attachment": ATTACHMENT})
    world.sandbox.advance(minutes=1)
    (callback,) = receiver.rest()
    assert callback.document == {
        "notification": {
            "type": "event_subscription",
            "interactions": [{"type": "attachment_approved"}],
        },
        "attachment": answer.document["attachment"],
    }

    calendar_id = world.plain("/v1/calendars")["calendars"][0]["calendar_id"]
    event = {
        "event_id": "planning",
        "summary": "Planning",
        "start": {"time": "2026-05-13 09:00:00Z", "tzid": "Etc/UTC"},
        "end": {"time": "2026-05-13 10:00:00Z", "tzid": "Etc/UTC"},
        "attachments": [{"attachment_id": answer.document["attachment"]["attachment_id"]}],
    }
    path = f"/v1/calendars/{calendar_id}/events"
    written = send(served, csharp("POST", path, world.token, event))
    assert (written.status, written.document) == (202, None)
    (found,) = world.sandbox.control("GET", f"/calendars/{calendar_id}/events").json()["events"]
    (attached,) = found["managed"]["attachments"]
    downloaded = world.sandbox.http.get(urlsplit(attached["url"]).path)
    assert downloaded.content == CONTENT

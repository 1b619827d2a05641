"""Attachments as applications upload them, and as answers, callbacks and events have them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.contract.documents import Document, Like
from tests.contract.events import LEFT_OUT, Writer, open_writer
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

PATH = "/v1/attachments"
ID = Like(r"att_[0-9a-f]{24}")
PDF, TEXT = b"%PDF-1.4 agenda", b"Agenda\n"
SUSPICIOUS = b"xx EICAR-STANDARD-ANTIVIRUS-TEST-FILE xx"
ON = {"attachments": True, "free_busy": True, "no_access": True}
APPROVED, REJECTED = "attachment_approved", "attachment_rejected"


def file(content: bytes = PDF, **changes: Any) -> Document:
    """``attachment`` of an upload; ``changes`` add, replace, or (LEFT_OUT) remove members."""
    document = {
        "file_name": "agenda.pdf",
        "content_type": "application/pdf",
        "base64_content": base64.b64encode(content).decode(),
        **changes,
    }
    return {name: value for name, value in document.items() if value is not LEFT_OUT}


def post(sandbox: Sandbox, body: Any, secret: str | None = None) -> httpx.Response:
    return sandbox.call(secret or sandbox.application["client_secret"], "POST", PATH, json=body)


def answered(content: bytes = PDF, **changes: Any) -> Document:
    """The attachment in the answer, and in callbacks."""
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    document = {
        "attachment_id": ID,
        "file_name": "agenda.pdf",
        "content_type": "application/pdf",
        "md5": digest,
    }
    return {**document, **changes}


def upload(sandbox: Sandbox, content: bytes = PDF, **changes: Any) -> str:
    """Its id."""
    response = post(sandbox, {"attachment": file(content, **changes)})
    assert response.status_code == 200, response.text
    found: str = response.json()["attachment"]["attachment_id"]
    return found


def attach(*attachment_ids: str) -> list[Document]:
    return [{"attachment_id": attachment_id} for attachment_id in attachment_ids]


def opened(open_sandbox: Open, **how: Any) -> Writer:
    """Somebody connected with an application that may upload."""
    scope = "read_write free_busy_write"
    return open_writer(open_sandbox, features=ON, scope=scope, **how)


def shown(writer: Writer) -> list[Document]:
    """The attachments of the only event, as the control API tells them."""
    answer = writer.sandbox.control("GET", f"/calendars/{writer.calendar_id}/events").json()
    (event,) = answer["events"]
    found: list[Document] = event["managed"]["attachments"]
    return found


def download(writer: Writer) -> httpx.Response:
    """Of the only attachment of the only event, with no credential."""
    (attached,) = shown(writer)
    return writer.sandbox.http.get(urlsplit(attached["url"]).path)


def checked(kind: str, content: bytes = PDF) -> Document:
    """The body of the callback."""
    notification = {"type": "event_subscription", "interactions": [{"type": kind}]}
    return {"notification": notification, "attachment": answered(content)}

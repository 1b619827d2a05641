"""acme.test, a domain with a person of every trouble, and asking for access to its people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx

from tests.contract.documents import Document, person
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
ROOM = "room-1@acme.test"
CLOCK = "2026-05-11T08:00:00Z"


def open_acme(open_sandbox: Open) -> Sandbox:
    """acme.test at eight o'clock."""
    trouble = [
        person("reader@acme.test"),
        person("apple@acme.test", provider="apple"),
        person("held@acme.test", initial_sync="held"),
    ]
    organization = {
        "domain": "acme.test",
        "members": [JANE, *(somebody["email"] for somebody in trouble)],
        "resources": [{"email": ROOM, "name": "Room 1"}],
        "availability_only": ["reader@acme.test"],
    }
    scenario = {"people": [person(), *trouble], "organizations": [organization]}
    return open_sandbox(clock=CLOCK, scenario=scenario)


def domain(sandbox: Sandbox, **options: Any) -> Document:
    """The token answer of acme.test's service account."""
    body = {"service_account": "acme.test", "delegated_scope": "read_write free_busy_write"}
    return sandbox.control("POST", "/connect", json={**body, **options}).json()


def request_access(sandbox: Sandbox, answer: Document, body: Document) -> httpx.Response:
    path = "/v1/service_account_authorizations"
    return sandbox.call(answer["access_token"], "POST", path, json=body)


def accepted(response: httpx.Response) -> None:
    assert (response.status_code, response.content) == (202, b"")


def entry(url: str, email: str = JANE, **more: Any) -> Document:
    return {"email": email, "callback_url": url, "scope": "read_write", **more}


def settle(sandbox: Sandbox) -> None:
    """Wait until no callback is on its way."""
    assert sandbox.advance(seconds=0)["happened"] == []


def deliveries(sandbox: Sandbox, **query: str) -> list[Document]:
    found: list[Document] = sandbox.control("GET", "/deliveries", params=query).json()["deliveries"]
    return found

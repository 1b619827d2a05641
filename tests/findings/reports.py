"""Asking for contract reports, and the stories that they tell of."""

from __future__ import annotations

from typing import Any

import httpx

from tests.emulator import Sandbox

JANE = "jane@acme.test"
CLOCK = "2026-05-11T08:00:00Z"
DOCS = "https://docs.cronofy.com/developers/"

Document = dict[str, Any]


def report(sandbox: Sandbox) -> Document:
    response = sandbox.control("GET", "/contract")
    assert response.status_code == 200, response.text
    document: Document = response.json()
    return document


def found(sandbox: Sandbox) -> list[tuple[str, str, str | None, int]]:
    """``(code, level, operation, count)`` of every finding, but for what is assumed."""
    return [
        (each["code"], each["level"], each["operation"], each["count"])
        for each in report(sandbox)["findings"]
        if each["code"] != "assumed"
    ]


def texts(sandbox: Sandbox, code: str) -> list[str]:
    """What the findings of this kind say."""
    return [each["text"] for each in report(sandbox)["findings"] if each["code"] == code]


def refresh(sandbox: Sandbox, answer: Document) -> httpx.Response:
    return sandbox.token(grant_type="refresh_token", refresh_token=answer["refresh_token"])


def userinfo(sandbox: Sandbox, answer: Document) -> httpx.Response:
    return sandbox.call(answer["access_token"], "GET", "/v1/userinfo")


def calendar_id(sandbox: Sandbox, answer: Document) -> str:
    calendars = sandbox.call(answer["access_token"], "GET", "/v1/calendars").json()["calendars"]
    found: str = calendars[0]["calendar_id"]
    return found


def event(**more: Any) -> Document:
    return {
        "event_id": "one",
        "summary": "Meeting",
        "start": "2026-05-12T09:00:00Z",
        "end": "2026-05-12T10:00:00Z",
        **more,
    }


def switch(sandbox: Sandbox, **switches: Any) -> None:
    response = sandbox.control("PATCH", "/switches", json=switches)
    assert response.status_code == 200, response.text


def state(sandbox: Sandbox) -> Document:
    """The whole sandbox."""
    document: Document = sandbox.control("GET", "/snapshot").json()
    return document

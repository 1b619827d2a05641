"""The scenario about webhooks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mock_server.scenarios import reading
from mock_server.scenarios.files import find_scenario
from tests.contract.documents import Document
from tests.contract.receiver import Receiver
from tests.emulator import Sandbox
from tests.scenarios.world import JANE

Open = Callable[..., Sandbox]

EVERYTHING, OWN = "/webhooks?about=everything", "/webhooks?about=own-events"


def open_with(
    open_sandbox: Open, receiver: Receiver, folder: Path, *, scenario: str, **wanted: Any
) -> Sandbox:
    """The application listens on another port than the scenario says."""
    text = find_scenario(scenario).read_text("utf-8")
    copy = folder / "copy.yaml"
    copy.write_text(text.replace("http://localhost:3000/", f"{receiver.url}/"), "utf-8")
    return open_sandbox(scenario=reading.read(copy), **wanted)


def told(sandbox: Sandbox, receiver: Receiver, **duration: int) -> list[tuple[str, Document]]:
    """Path and ``notification`` of what comes within that time, by path."""
    sandbox.advance(**(duration or {"seconds": 0}))
    came = []
    while not receiver.empty:
        callback = receiver.next()
        came.append((callback.path, callback.document["notification"]))
    return sorted(came, key=lambda one: one[0])


def test_webhooks(open_sandbox: Open, receiver: Receiver, tmp_path: Path) -> None:
    """Both channels are verified. A lunch of Jane's is told to the one for everything; an event of
    the application to nobody, until Jane moves it: then to both. While a receiver fails, its
    channel waits, and a later change is told when it is through."""
    sandbox = open_with(open_sandbox, receiver, tmp_path, scenario="webhooks")
    verified = {"type": "verification"}
    assert told(sandbox, receiver) == [(EVERYTHING, verified), (OWN, verified)]

    (jane,) = sandbox.document["connected"]
    mine = jane["profiles"][0]["profile_calendars"][0]["calendar_id"]
    listed = sandbox.call(jane["access_token"], "GET", "/v1/channels").json()["channels"]
    assert [(channel["callback_url"], channel["filters"]) for channel in listed] == [
        (receiver.url + EVERYTHING, {}),
        (receiver.url + OWN, {"calendar_ids": [mine], "only_managed": True}),
    ]

    def jane_puts(**event: Any) -> None:
        answer = sandbox.control("POST", f"/people/{JANE}/events", json=event)
        assert answer.status_code == 201, answer.text

    def change(since: str) -> Document:
        return {"type": "change", "changes_since": f"2026-05-11T{since}Z"}

    times = {"start": "2026-05-13T12:00:00Z", "end": "2026-05-13T13:00:00Z"}
    jane_puts(summary="Lunch", **times)
    assert told(sandbox, receiver, seconds=1) == [(EVERYTHING, change("08:00:00"))]

    body = {"event_id": "interview", "summary": "Interview", **times}
    path = f"/v1/calendars/{mine}/events"
    assert sandbox.call(jane["access_token"], "POST", path, json=body).status_code == 202
    assert told(sandbox, receiver, minutes=1) == []

    written = sandbox.control("GET", f"/people/{JANE}/events").json()["events"]
    uid = next(event["event_uid"] for event in written if event["summary"] == "Interview")
    receiver.answers = [500, 500]
    jane_puts(event_uid=uid, end="2026-05-13T14:00:00Z")
    moved = change("08:01:01")
    assert told(sandbox, receiver, seconds=1) == [(EVERYTHING, moved), (OWN, moved)]

    jane_puts(summary="Tea", **times)
    assert told(sandbox, receiver, seconds=14) == []
    again = told(sandbox, receiver, seconds=1)
    assert again == [(EVERYTHING, moved), (EVERYTHING, change("08:01:02")), (OWN, moved)]

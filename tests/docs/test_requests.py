"""Requests and answers of the pages: sent as they stand there, and answered as they say."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from os import environ
from pathlib import Path

import httpx
import pytest

from tests.contract.documents import Document
from tests.contract.receiver import Receiver
from tests.docs import curl
from tests.docs.pages import EXAMPLES, all_commands, examples
from tests.emulator import Sandbox
from tests.sdk.node import PACKAGES, TIMEOUT, find_node

EMULATOR = "http://localhost:8282"
CLOCK = "2026-05-11T08:00:00Z"
JANE = "jane@acme.test"
TIMES = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T09:30:00Z"}

# tests/docs/test_meetings.py has those to the application of the examples.
CURL = {name: words for name, words in all_commands("curl").items() if EMULATOR in name}

# Where the examples of each page and language are tried.
TRIED = {
    ("README.md", "js"): "here",
    ("README.md", "python"): "tests/test_docs.py",
    ("docs/control-api.md", "json"): "here",
    ("docs/control-api.md", "text"): "here",
    ("docs/scenarios.md", "text"): "tests/scenarios/test_docs.py",
    ("docs/scenarios.md", "yaml"): "tests/scenarios/test_docs.py",
    ("docs/testing.md", "python"): "tests/testing/test_guide.py",
    ("docs/webhooks.md", "json"): "tests/test_webhooks.py",
    ("docs/webhooks.md", "python"): "tests/test_webhooks.py",
}


def test_every_example_is_tried_somewhere() -> None:
    """Those of shells: tests/docs/test_commands.py."""
    assert {(one.page, one.language) for one in EXAMPLES if one.language != "sh"} == TRIED.keys()


@pytest.fixture
def lively(sandbox: Sandbox) -> Iterator[Sandbox]:
    """A sandbox in which a channel was told of two changes, and Jane has got a mail."""
    receiver = Receiver()
    sandbox.control("PUT", "/clock", json={"now": CLOCK})
    token = sandbox.connect(JANE)["access_token"]
    channel = {"callback_url": receiver.url}
    assert sandbox.call(token, "POST", "/v1/channels", json=channel).status_code == 200
    for count, summary in enumerate(("Standup", "Review"), 1):
        event = {"summary": summary, **TIMES}
        assert sandbox.control("POST", f"/people/{JANE}/events", json=event).status_code == 201
        sandbox.advance(seconds=1)
        query = {"delivery": "change", "state": "delivered", "count": count, "timeout": 20}
        assert sandbox.control("GET", "/wait", params=query).status_code == 200
    lapsed = {"disconnect_profile": {"person": JANE}}
    assert sandbox.control("POST", "/actions", json=lapsed).status_code == 200
    yield sandbox
    receiver.stop()


@pytest.mark.parametrize("name", CURL)
def test_a_request_by_curl_is_answered(lively: Sandbox, name: str) -> None:
    """As it stands there, but for the sandbox and the id of a delivery."""
    deliveries = lively.control("GET", "/deliveries").json()["deliveries"]
    asked = curl.request(
        [
            word.replace("dlv_…", deliveries[-1]["delivery_id"])
            .replace("sandboxes/default", f"sandboxes/{lively.sandbox_id}")
            .removeprefix(EMULATOR)
            for word in CURL[name]
        ]
    )
    answer = lively.http.request(
        asked.method, str(asked.url), headers=asked.headers, content=asked.content
    )
    assert answer.is_success, answer.text
    if asked.url.path == "/_mock/sandboxes":
        Sandbox(lively.http, answer.json()).control("DELETE", "")


def test_the_node_example_runs(served: str, tmp_path: Path) -> None:
    """Its client asks the emulator, as the application of the default scenario."""
    (example,) = examples("README.md", "js")
    asks = """
        cronofy.refreshAccessToken({ refresh_token: process.env.REFRESH_TOKEN })
          .then((answer) => process.stdout.write(answer.access_token));
    """
    script = tmp_path / "example.js"
    script.write_text(example.replace(EMULATOR, served) + asks, "utf-8")
    connected = httpx.post(f"{served}/_mock/sandboxes/default/connect", json={"email": JANE}).json()
    own = {name: value for name, value in environ.items() if not name.lower().endswith("_proxy")}
    run = subprocess.run(
        [find_node(), str(script)],
        env={**own, "NODE_PATH": str(PACKAGES), "REFRESH_TOKEN": connected["refresh_token"]},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert (run.returncode, run.stderr) == (0, "")
    refreshed = {"Authorization": f"Bearer {run.stdout}"}
    account = httpx.get(f"{served}/v1/account", headers=refreshed).json()["account"]
    assert account["account_id"] == connected["sub"]


# --- docs/control-api.md -------------------------------------------------------------------

ERRORS, EVENT, ENTRY, FAULT, VERIFIED = examples("docs/control-api.md", "json")
MESSAGE, CHANGES = examples("docs/control-api.md", "text")

POSTED = {
    "an event": (f"/people/{JANE}/events", EVENT),
    "an entry of the timeline": ("/timeline", ENTRY),
    "a fault": ("/faults", FAULT),
}


@pytest.mark.parametrize("what", POSTED)
def test_what_is_sent_is_taken(sandbox: Sandbox, what: str) -> None:
    path, example = POSTED[what]
    sandbox.connect(JANE)
    answer = sandbox.control("POST", path, json=json.loads(example))
    assert answer.status_code == 201, answer.text


def test_an_error_is_told_as_the_page_has_it(sandbox: Sandbox) -> None:
    answer = sandbox.http.post(
        "/_mock/sandboxes", json={"scenario": {"people": [{"email": "jane"}]}}
    )
    assert answer.status_code == 422
    assert answer.json() == json.loads(ERRORS)


def known_as(text: str) -> str:
    """``text`` with ids such as the page has."""
    return re.sub(r"\b(cal|chn|evt_external)_\w+", r"\1_1", text)


def test_what_is_verified_is_answered_so(sandbox: Sandbox) -> None:
    """Document and message, of the seventh of twelve requests."""
    sandbox.control("PUT", "/clock", json={"now": CLOCK})
    token = sandbox.connect(JANE)["access_token"]
    calendars = sandbox.call(token, "GET", "/v1/calendars").json()["calendars"]
    sandbox.control("DELETE", "/journal")
    path = f"/v1/calendars/{calendars[0]['calendar_id']}/events"
    event = {"event_id": "1", "summary": "Interviw", **TIMES}
    for _ in range(5):
        sandbox.call(token, "GET", "/v1/account")
    sandbox.call(token, "POST", path, json=event)
    for _ in range(6):
        sandbox.call(token, "GET", "/v1/account")
    match = {
        "method": "POST",
        "path": "/v1/calendars/*/events",
        "body": {"$.summary": "Interview"},
    }
    answer = sandbox.control("POST", "/journal/verify", json={"match": match})
    assert known_as(answer.json()["message"]) == MESSAGE.rstrip("\n")
    document = json.loads(known_as(answer.text))
    example = json.loads(VERIFIED)
    assert document["message"].startswith(example.pop("message").removesuffix("…"))
    del document["message"]
    for near in (document["near_misses"][0], example["near_misses"][0]):
        assert near.pop("closeness") == pytest.approx(0.95, abs=0.03)
    assert document == example


def test_changes_are_told_so(sandbox: Sandbox) -> None:
    """A line for each: what is new, what is different, what is gone."""
    sandbox.control("PUT", "/clock", json={"now": CLOCK})
    token = sandbox.connect(JANE)["access_token"]
    channel: Document = {"callback_url": "http://localhost:3000/notifications"}
    opened = sandbox.call(token, "POST", "/v1/channels", json=channel).json()["channel"]
    review = {"summary": "Review", **TIMES}
    event = sandbox.control("POST", f"/people/{JANE}/events", json=review).json()
    since = sandbox.control("GET", "/snapshot").json()["snapshot_id"]
    sandbox.control("POST", "/people", json={"email": "mary@acme.test", "name": "Mary"})
    changed = {"event_uid": event["event_uid"], "location": "Room 1"}
    sandbox.control("POST", f"/people/{JANE}/events", json=changed)
    sandbox.call(token, "DELETE", f"/v1/channels/{opened['channel_id']}")
    text = sandbox.control("GET", "/diff", params={"since": since}).json()["text"]
    assert set(CHANGES.splitlines()) <= set(known_as(text).splitlines())

"""GET …/diff: what has changed in a sandbox since a snapshot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mock_server.world.masking import shortened
from tests.contract.control import CLOCK, assert_problems, problem
from tests.contract.documents import Document
from tests.contract.journal import EVENT, Caller
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]


@pytest.fixture
def jane(open_sandbox: Open) -> Caller:
    """Who has written two events."""
    caller = Caller(open_sandbox(clock=CLOCK))
    caller.write("Interview")
    caller.write("Standup")
    return caller


def snapshot(sandbox: Sandbox) -> str:
    snapshot_id: str = sandbox.control("GET", "/snapshot").json()["snapshot_id"]
    return snapshot_id


def diff(sandbox: Sandbox, since: str | None = None) -> Document:
    response = sandbox.control("GET", "/diff", params={"since": since} if since else {})
    assert response.status_code == 200, response.text
    document: Document = response.json()
    return document


def test_nothing_has_changed(jane: Caller) -> None:
    """An empty text, and no changes; that the clock was moved is told beside them."""
    since = snapshot(jane.sandbox)
    jane.call("GET", "/v1/userinfo")
    jane.sandbox.advance(minutes=5)
    assert diff(jane.sandbox, since) == {
        "since": since,
        "changes": {},
        "switches": None,
        "clock": {"before": CLOCK, "after": "2026-05-11T08:05:00Z"},
        "text": "",
    }


def test_what_has_changed(jane: Caller) -> None:
    """What is new, what is other, and what is gone; of what is other, only that."""
    since = snapshot(jane.sandbox)
    jane.write("Review")
    jane.write("Standup", location={"description": "Room 1"})
    jane.call("DELETE", jane.events, json={"event_id": "interview"})
    found = diff(jane.sandbox, since)
    changes = found["changes"]
    assert list(changes) == ["provider_events", "authors", "events"]
    added, changed, removed = changes["events"].values()
    (new,) = added
    assert (new["calendar_id"], new["details"]["summary"]) == (jane.calendar_id, "Review")
    gone, moved = (change["key"][1] for change in changed)
    assert changed == [
        {
            "key": [jane.calendar_id, gone],
            "before": {"deleted": False},
            "after": {"deleted": True},
        },
        {
            "key": [jane.calendar_id, moved],
            "before": {"details": {"location": ""}, "managed": {"location": ""}},
            "after": {"details": {"location": "Room 1"}, "managed": {"location": "Room 1"}},
        },
    ]
    assert removed == []
    # At the provider, an event that is deleted is gone.
    (removed,) = changes["provider_events"]["removed"]
    assert removed["details"]["summary"] == "Interview"
    cal, start = jane.calendar_id, "details.start 2026-05-12T09:00:00Z"
    moves = 'details.location "" → "Room 1"'
    expected = {
        f'+ provider_events {new["event_uid"]}: details.summary "Review", {start}',
        f'~ provider_events {moved} (details.summary "Standup"): {moves}',
        f'- provider_events {gone}: details.summary "Interview", {start}',
        f'+ events {cal} {new["event_uid"]}: details.summary "Review", {start}',
        f'~ events {cal} {gone} (details.summary "Interview"): deleted false → true',
        f'~ events {cal} {moved} (details.summary "Standup"): {moves}; managed.{moves[8:]}',
    }
    assert {line.replace(', details.status "confirmed"', "") for line in text(found)} == expected


def text(found: Document) -> list[str]:
    lines: list[str] = found["text"].splitlines()
    return lines


def test_since_the_scenario(open_sandbox: Open) -> None:
    """Without a snapshot, since what the scenario left; a reset leads back there."""
    sandbox = open_sandbox(scenario={"clock": CLOCK, "include": ["acme"]})
    assert diff(sandbox)["changes"] == {}
    sandbox.control("POST", "/people", json={"email": "new@acme.test", "name": "New One"})
    found = diff(sandbox, "start")
    assert found["since"] == "start"
    assert '+ people new@acme.test: name "New One"' in found["text"].splitlines()
    sandbox.control("POST", "/reset")
    assert diff(sandbox)["text"] == ""


def test_what_was_put_back(jane: Caller) -> None:
    """Is the same again, although its records are others."""
    before = jane.sandbox.control("GET", "/snapshot").json()
    jane.write("Review")
    assert diff(jane.sandbox, before["snapshot_id"])["text"]
    jane.sandbox.control("PUT", "/snapshot", json=before)
    assert diff(jane.sandbox, before["snapshot_id"])["changes"] == {}


def test_secrets_are_shortened(jane: Caller) -> None:
    """Those that came, and those that went."""
    since = snapshot(jane.sandbox)
    refresh = {"grant_type": "refresh_token", "refresh_token": jane.answer["refresh_token"]}
    token = jane.sandbox.token(**refresh).json()["access_token"]
    jane.call("POST", "/v1/channels", json={"callback_url": "http://x.test/?token=abcdefgh"})
    jane.sandbox.http.post(
        "/oauth/token/revoke", json={**jane.sandbox.credentials, "token": jane.token}
    )
    response = jane.sandbox.control("GET", "/diff", params={"since": since})
    for secret in (token, jane.token, jane.answer["refresh_token"], "abcdefgh"):
        assert secret not in response.text
    assert shortened("abcdefgh") in response.json()["text"]
    assert f"- access_tokens {shortened(jane.token)}" in response.json()["text"]


def test_switches(jane: Caller, open_sandbox: Open) -> None:
    """Are part of it."""
    since = snapshot(jane.sandbox)
    document = jane.sandbox.control("GET", "/snapshot").json()
    document["switches"]["page_size"] = 7
    jane.sandbox.control("PUT", "/snapshot", json=document)
    found = diff(jane.sandbox, since)
    assert found["switches"] == {"before": {"page_size": 100}, "after": {"page_size": 7}}
    assert found["text"] == "~ switches: page_size 100 → 7"


def test_what_is_not_kept(jane: Caller) -> None:
    """404 with what there is."""
    since = snapshot(jane.sandbox)
    response = jane.sandbox.control("GET", "/diff", params={"since": "snp_1"})
    assert response.status_code == 404
    expected = f"a snapshot that is kept: start, {since}"
    assert response.json() == problem("since", "'snp_1'", expected)


def test_the_latest_twenty_are_kept(jane: Caller) -> None:
    """And end with the sandbox."""
    kept = []
    for number in range(21):
        jane.write(f"Event {number}")
        kept.append(snapshot(jane.sandbox))
    assert_problems(jane.sandbox.control("GET", "/diff", params={"since": kept[0]}), 404, "since")
    assert len(diff(jane.sandbox, kept[1])["changes"]["provider_events"]["added"]) == 19
    assert diff(jane.sandbox, kept[20])["changes"] == {}


def test_much_has_changed(jane: Caller) -> None:
    """The text is of bounded length; the document has everything."""
    since = snapshot(jane.sandbox)
    many = {"events": [{"summary": f"Event {n}", **EVENT} for n in range(300)]}
    made = jane.sandbox.control("POST", "/people/jane@acme.test/events", json=many)
    assert made.status_code == 201
    found = diff(jane.sandbox, since)
    assert len(found["changes"]["events"]["added"]) == 300
    lines = found["text"].splitlines()
    assert (len(lines), lines[-1]) == (201, "and 400 more changes")

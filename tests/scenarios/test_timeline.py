"""The scenario that goes on by itself, and files whose timeline is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server.cli import main
from mock_server.serving import Background
from mock_server.settings import Settings
from tests.contract.documents import Document
from tests.contract.receiver import Receiver
from tests.contract.stories import read
from tests.emulator import Sandbox
from tests.scenarios.test_permissions import ask

Open = Callable[..., Sandbox]


def states(sandbox: Sandbox) -> list[str]:
    return [entry["state"] for entry in sandbox.control("GET", "/timeline").json()["entries"]]


def events(sandbox: Sandbox, jane: Document) -> dict[str, tuple[str, str]]:
    """Jane's events of the day, as the application sees them: when, and where."""
    query = "?from=2026-05-11&to=2026-05-12&tzid=Etc/UTC"
    listed = read(sandbox, jane, f"/v1/events{query}")["events"]
    return {
        one["summary"]: (one["start"], one.get("location", {}).get("description", ""))
        for one in listed
    }


def renewed(sandbox: Sandbox, jane: Document) -> Document:
    """Her token has lapsed by now."""
    given = {"grant_type": "refresh_token", "refresh_token": jane["refresh_token"]}
    answer: Document = sandbox.token(**given).json()
    return answer


def test_an_eventful_morning(open_sandbox: Open) -> None:
    """Jane's interview moves to Room 2; her profile lapses at nine and is back at ten; she refuses
    unrestricted access once, and grants it to whoever asks again; at noon her stand-up is gone."""
    sandbox = open_sandbox(scenario="eventful-morning")
    (jane,) = sandbox.document["connected"]
    day = events(sandbox, jane)
    assert day["Interview with Priya"] == ("2026-05-11T13:00:00Z", "Room 1")
    assert states(sandbox) == ["waiting"] * 6

    sandbox.advance(minutes=15)
    moved = {**day, "Interview with Priya": ("2026-05-11T15:00:00Z", "Room 2")}
    assert events(sandbox, jane) == moved

    own = read(sandbox, jane, "/v1/calendars")["calendars"][0]["calendar_id"]
    for level in ("sandbox", "unrestricted"):
        page = ask(sandbox, jane, own, redirect_uri="http://localhost:3000/permission").json()
        # Her decision is made: nothing is left to be asked.
        assert sandbox.http.get(page["permissions_request"]["url"]).status_code == 410
        listed = read(sandbox, jane, "/v1/calendars")["calendars"]
        assert listed[0]["permission_level"] == level

    sandbox.advance(minutes=45)
    jane = renewed(sandbox, jane)
    (profile,) = read(sandbox, jane, "/v1/profiles")["profiles"]
    assert not profile["profile_connected"]
    sandbox.advance(hours=1)
    jane = renewed(sandbox, jane)
    (profile,) = read(sandbox, jane, "/v1/profiles")["profiles"]
    assert profile["profile_connected"]

    happened = sandbox.advance(hours=2)["happened"]
    assert [one["action"] for one in happened] == ["delete_event", "make_event"]
    jane = renewed(sandbox, jane)
    del moved["Stand-up"]
    assert events(sandbox, jane) == {**moved, "Lunch": ("2026-05-11T12:00:00Z", "")}
    assert states(sandbox) == ["done", "done", "done", "done", "waiting", "done"]


WRONG: dict[str, tuple[str, list[str]]] = {
    "no list": ("timeline: {}\n", ["1: timeline: found a mapping, expected a list"]),
    "without a time": (
        "timeline:\n  - do: {clear_journal: {}}\n",
        ["2: timeline[0]: found a mapping, expected either at, or when"],
    ),
    "misspelt": (
        "timeline:\n"
        "  - at: {minute: 1}\n"
        "    do:\n"
        "      - delete_event: {person: jane@acme.test, sumary: x}\n"
        "      - delete_events: {persn: jane@acme.test}\n"
        "  - when: {request: GET v1/events}\n"
        "    do: {clear_journal: {}}\n",
        [
            "2: timeline[0].at.minute: found the key 'minute', expected one of the keys days, "
            "hours, minutes, seconds (did you mean minutes?)",
            "4: timeline[0].do[0].delete_event.sumary: found the key 'sumary', expected one of "
            "the keys person, calendar, summary, event_uid, event_id (did you mean summary?)",
            "5: timeline[0].do[1].delete_events.person: found nothing, expected a value: this key "
            "is required",
            "5: timeline[0].do[1].delete_events.persn: found the key 'persn', expected one of the "
            "keys person, calendar (did you mean person?)",
            "6: timeline[1].when.request: found 'GET v1/events', expected a method (* is any) and "
            "a path, such as POST /v1/permissions",
        ],
    ),
    "what makes no sense": (
        "timeline:\n"
        "  - {at: {hours: 1}, do: {advance: {hours: 1}}}\n"
        "  - {at: {hours: 1}, do: {reset: {}}}\n",
        [
            "2: timeline[0].do.advance: found the key 'advance', expected another action: the "
            "clock is what moves a timeline, and no part of it",
            "3: timeline[1].do.reset: found the key 'reset', expected another action: it would "
            "take away the timeline that it stands on",
        ],
    ),
    "what is over, and who is not there": (
        "clock: 2026-05-11T08:00:00Z\n"
        "people: [{email: jane@acme.test}]\n"
        "applications: [{client_id: timeline-one}]\n"
        "timeline:\n"
        "  - at: 2026-05-11T07:00:00Z\n"
        "    do: {clear_journal: {}}\n"
        "  - at: {hours: 1}\n"
        "    do: {add_person: {email: kim@acme.test}}\n"
        "  - at: {hours: 2}\n"
        "    do:\n"
        "      - delete_events: {person: kim@acme.test}\n"
        "      - delete_events: {person: jan@acme.test}\n"
        "      - add_secret: {application: timeline-on}\n",
        [
            "5: timeline[0].at: found 2026-05-11T07:00:00Z, expected a time from "
            "2026-05-11T08:00:00Z on, where the clock stands, to the year 9999",
            "12: timeline[2].do[1].delete_events.person: found 'jan@acme.test', expected one of "
            "jane@acme.test, kim@acme.test (did you mean jane@acme.test?)",
            "13: timeline[2].do[2].add_secret.application: found 'timeline-on', expected one of "
            "timeline-one (did you mean timeline-one?)",
        ],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_timeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    """Every problem is told at once, with file, line and place."""
    monkeypatch.chdir(tmp_path)
    content, expected = WRONG[case]
    Path("wrong.yaml").write_text(content, "utf-8")
    result = CliRunner().invoke(main, ["scenarios", "check", "wrong.yaml"], catch_exceptions=False)
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [f"wrong.yaml:{line}" for line in expected]


def test_a_server_begins_by_itself(tmp_path: Path, receiver: Receiver) -> None:
    """Nobody needs to ask it for anything first."""
    path = tmp_path / "begin.yaml"
    path.write_text(
        "people: [{email: jane@acme.test}]\n"
        "connected:\n"
        f"  - {{person: jane@acme.test, channels: [{{callback_url: '{receiver.url}'}}]}}\n"
        "timeline:\n"
        "  - {at: {seconds: 0}, do: {notify_channel: {type: begun}}}\n",
        "utf-8",
    )
    with Background(Settings(scenario=str(path))):
        kinds = [receiver.next().document["notification"]["type"] for _ in range(2)]
    assert kinds == ["verification", "begun"]


def test_a_fixture_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in no situation yet."""
    monkeypatch.chdir(tmp_path)
    Path("piece.yaml").write_text("timeline: []\n", "utf-8")
    Path("whole.yaml").write_text("include: [./piece.yaml]\n", "utf-8")
    result = CliRunner().invoke(main, ["scenarios", "check", "whole.yaml"], catch_exceptions=False)
    expected = "1: timeline: found the key 'timeline', expected no timeline in a fixture"
    assert (result.exit_code, expected in result.stderr) == (2, True)

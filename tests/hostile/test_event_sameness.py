"""Same scenario, seed and calls: the same bytes of events, mails, calendars and pages.

On another server, after a reset, and in another sandbox but for what finds the sandbox; and
after a snapshot has been put back, whatever was on its way then goes on.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from icalendar import Calendar

from tests.contract.events import END, JANE, START, Open, Writer, accepted, external
from tests.emulator import Sandbox
from tests.mail_transport.conftest import Start, free_port, start
from tests.scenarios.test_sameness import opened, server

__all__ = ["start"]

GUEST, HABIT = "guest@partner.test", "habit@acme.test"

SCENARIO: dict[str, Any] = {
    "seed": 11,
    "clock": "2026-05-11T08:00:00Z",
    "switches": {"page_size": 2},
    "applications": [
        {"name": "Planner", "features": {"free_busy": True, "recurring_events": True}}
    ],
    "people": [
        {
            "email": JANE,
            "name": "Jane Doe",
            "zoneinfo": "Europe/London",
            "generate": {"events": 6, "days": 5},
            "sync_delay": {"minutes": 1},
            "conferencing": [{"provider_name": "zoom", "name": "Jane"}],
        },
        {"email": HABIT, "invites": {"reply": "tentative", "after": {"minutes": 5}}},
    ],
}

SERIES = {"rules": [{"frequency": "weekly", "by_day": ["monday"], "count": 4}]}


def guests(*emails: str) -> dict[str, Any]:
    return {"invite": [{"email": email} for email in emails]}


def begun(sandbox: Sandbox) -> Writer:
    """Events, a series, a meeting and answers; timers and invitations are on their way."""
    how = {"access_mode": "free_busy", "scope": "free_busy_write read_events"}
    writer = Writer(sandbox, sandbox.connect(JANE, **how))
    writer.write(attendees=guests(GUEST, HABIT), conferencing={"profile_id": "default"})
    writer.write(event_id="series", recurrence=SERIES, attendees=guests(GUEST))
    writer.write(event_id="third", summary="Übergabe 📅", tzid="America/New_York")
    external(writer, start=START, end=END)
    reply(writer, GUEST, "accepted")
    sandbox.advance(minutes=2)
    writer.write(attendees=guests(GUEST, HABIT), summary="Moved", end="2026-05-12T10:00:00Z")
    writer.write(event_id="call", summary="Call", conferencing={"profile_id": "default"})
    external(writer, summary="Lunch")
    return writer


def finished(writer: Writer) -> None:
    """The rest of it: answers, habits, a conference, a cancellation."""
    reply(writer, JANE, "accepted")
    writer.sandbox.advance(minutes=10)
    accepted(writer.delete(event_id="series"))
    writer.write(event_id="fourth", summary="Fourth", attendees=guests(HABIT))
    reply(writer, HABIT, "declined")
    writer.sandbox.advance(minutes=10)


def reply(writer: Writer, to: str, status: str) -> None:
    mail = writer.mails(to)[-1]
    path = f"/inbox/{mail['message_id']}/reply"
    answer = writer.sandbox.control("POST", path, json={"status": status})
    assert answer.status_code == 200, answer.text


def told(writer: Writer, pages: list[bytes] | None = None) -> list[bytes]:
    """Every byte that anybody can read: the API's, with all its pages, the mails' and those of
    the mailboxes as a browser shows them.
    """
    sandbox, http = writer.sandbox, writer.sandbox.http
    found = list(pages or [])
    for kind in ("events", "free_busy"):
        address = f"/v1/{kind}?tzid=Europe/London&include_managed=true"
        while address:
            answer = sandbox.call(writer.token, "GET", address)
            assert answer.status_code == 200, answer.text
            found.append(answer.content)
            address = urlsplit(answer.json()["pages"].get("next_page") or "").path
    for path in ("/snapshot", "/inbox", "/people", f"/people/{JANE}/events"):
        found.append(sandbox.control("GET", path).content)
    query = {"sandbox": sandbox.sandbox_id}
    found.append(http.get("/mailboxes", params=query).content)
    for mail in sandbox.control("GET", "/inbox").json()["messages"]:
        message_id = mail["message_id"]
        files = ["", ".eml", *([".ics"] if mail["method"] else [])]
        found += [sandbox.control("GET", f"/inbox/{message_id}{file}").content for file in files]
        for address in (f"/mailboxes/{mail['to']}", f"/mailboxes/{mail['to']}/{message_id}"):
            answer = http.get(address, params=query)
            assert answer.status_code == 200, answer.text
            found.append(answer.content)
    return found


def story(sandbox: Sandbox) -> list[bytes]:
    """A whole life, read in the middle and at its end."""
    writer = begun(sandbox)
    middle = told(writer)
    finished(writer)
    return told(writer, middle)


@pytest.fixture
def servers() -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two servers that know nothing of each other."""
    with ExitStack() as stack:
        yield server(stack), server(stack)


def test_two_servers_tell_the_same(servers: tuple[httpx.Client, httpx.Client]) -> None:
    """To the byte, though something else has happened before on one of them."""
    one, other = servers
    before = opened(other, scenario=SCENARIO)
    begun(before)
    before.control("DELETE", "")
    wanted = {"scenario": SCENARIO, "sandbox_id": "same"}
    assert story(opened(one, **wanted)) == story(opened(other, **wanted))


def test_a_reset_sandbox_tells_the_same(open_sandbox: Open) -> None:
    """Whatever was on its way: events, timers, pages and answers begin again."""
    sandbox = open_sandbox(scenario=SCENARIO)
    first = story(sandbox)
    begun_again = sandbox.control("POST", "/reset")
    assert begun_again.json() == sandbox.document
    begun(sandbox)
    sandbox.control("POST", "/reset")
    assert story(sandbox) == first


# What an invitation is called, and its organizer's address: unique on the server, so that an
# answer finds its sandbox.
UID = r"[0-9a-f]{32}(?=@)"


def test_another_sandbox_tells_the_same_but_for_what_finds_it(open_sandbox: Open) -> None:
    """Entities have the same ids; credentials and the invitations' UIDs are its own."""
    tables = []
    for sandbox_id in ("one-sandbox", "two-sandbox"):
        sandbox = open_sandbox(scenario=SCENARIO, sandbox_id=sandbox_id)
        writer = begun(sandbox)
        finished(writer)
        read = [writer.read(), writer.all_events(), writer.mails(JANE), writer.mails(GUEST)]
        files = [
            sandbox.control("GET", f"/inbox/{mail['message_id']}.ics").text
            for mail in writer.mails(GUEST)
        ]
        own = {mail["uid"].partition("@")[0] for mail in writer.mails(GUEST)}
        tables.append((read, files, own))
    assert not tables[0][2] & tables[1][2], "a reply finds its sandbox by the UID"
    ours, theirs = (plain(repr(read + files)) for read, files, _ in tables)
    assert ours == theirs


def plain(text: str) -> str:
    """``text`` without its line folding, and without names of invitations."""
    return re.sub(UID, "U" * 32, text.replace("\\r\\n ", ""))


def by_control(writer: Writer, status: str) -> None:
    reply(writer, GUEST, status)


def by_button(writer: Writer, status: str) -> None:
    mail = writer.mails(GUEST)[-1]
    path = f"/mailboxes/{GUEST}/{mail['message_id']}"
    query = {"sandbox": writer.sandbox.sandbox_id}
    answer = writer.sandbox.http.post(path, params=query, data={"status": status})
    assert answer.status_code == 303, answer.text


ANSWERS = {"the control API": by_control, "a button": by_button}


def moved(writer: Writer, snapshot: dict[str, Any], where: str, open_sandbox: Open) -> None:
    """Everything is gone; then ``snapshot`` is put back, and there the writer goes on."""
    old = writer.sandbox
    if where == "after a reset":
        assert old.control("POST", "/reset").status_code == 200
        sandbox = old
    else:
        assert old.control("DELETE", "").status_code == 204
        sandbox = open_sandbox(seed=SCENARIO["seed"])
    answer = sandbox.control("PUT", "/snapshot", json=snapshot)
    assert answer.status_code == 200, answer.text
    writer.sandbox = sandbox


# What is still to happen once a world has begun.
TIMERS = {"answer_invitation", "assign_conferencing", "synchronize_calendar"}

WHERE = ["after a reset", "in another sandbox"]


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("how", ANSWERS)
def test_a_snapshot_goes_on_where_it_was_taken(open_sandbox: Open, where: str, how: str) -> None:
    """With pages to be read, timers to come and invitations to be answered: the rest is what it
    would have been without the way round."""
    writer = begun(open_sandbox(scenario=SCENARIO))
    query = {"tzid": "Etc/UTC", "include_managed": "true"}
    first = writer.sandbox.call(writer.token, "GET", "/v1/events", params=query).json()
    page = urlsplit(first["pages"]["next_page"]).path
    snapshot = writer.sandbox.control("GET", "/snapshot").json()

    def rest() -> str:
        found = [writer.sandbox.call(writer.token, "GET", page).json()["events"]]
        ANSWERS[how](writer, "tentative")
        happened = writer.sandbox.advance(minutes=10)["happened"]
        assert {item["happened"] for item in happened} == TIMERS
        finished(writer)
        tables = writer.sandbox.control("GET", "/snapshot").json()["tables"]
        made = {name: tables[name] for name in ("events", "provider_events", "messages", "timers")}
        found += [happened, writer.read(), writer.mails(GUEST), made]
        # What is written in another sandbox finds that one by its UID.
        return re.sub(UID, "U" * 32, repr(found))

    expected = rest()
    moved(writer, snapshot, where, open_sandbox)
    assert rest() == expected


@pytest.mark.parametrize("where", WHERE)
def test_a_snapshots_invitations_are_answered_by_mail(start: Start, where: str) -> None:
    """The UID finds the sandbox in which the event stands now; before, it found none."""
    port = free_port()
    emulator = start(smtp_port=port)
    writer = begun(emulator.open(scenario=SCENARIO, clock=SCENARIO["clock"]))
    snapshot = writer.sandbox.control("GET", "/snapshot").json()
    content = answer_of(writer, GUEST)
    writer.sandbox.control("POST", "/reset")
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.ehlo()

        def said() -> str:
            client.mail("client@example.test")
            client.rcpt("organizer@invite.test")
            return client.data(content)[1].decode()

        assert said().startswith("5.1.1 no invitation has the UID")
        moved(writer, snapshot, where, emulator.open)
        assert said() == f"2.0.0 {GUEST} has accepted"
    statuses = {
        attendee["email"]: attendee["status"]
        for event in writer.read()
        if event["event_id"] == "standup"
        for attendee in event["attendees"]
    }
    assert statuses[GUEST] == "accepted"


def answer_of(writer: Writer, email: str) -> bytes:
    """The mail in which somebody's client accepts the newest invitation."""
    invitation = writer.sandbox.control("GET", "/inbox/latest.ics", params={"to": email})
    calendar = Calendar.from_ical(invitation.content)
    calendar["METHOD"] = "REPLY"
    (event,) = calendar.walk("VEVENT")
    (mine,) = [a for a in event["ATTENDEE"] if str(a).lower() == f"mailto:{email}"]
    mine.params["PARTSTAT"] = "ACCEPTED"
    event["ATTENDEE"] = mine
    head = b"From: x@y.test\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n"
    return head + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + bytes(calendar.to_ical())

"""events.md §§3.1, 3.3: deleting one of the application's events, and many at a time."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.documents import Document
from tests.contract.events import (
    SCOPE,
    Open,
    Writer,
    accepted,
    elevate,
    event,
    external,
    open_writer,
    own_calendar,
    refused,
    second_application,
    written,
)

MODES = ("read_write", "free_busy", "no_calendar")
NOTHING = {"delete": False, "update": False, "change_participation_status": False}


# --- 3.1 One ---------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"3.1-{mode}[docs: delete-event]")
def test_delete(open_sandbox: Open, mode: str) -> None:
    """202; deleted at once, and kept for those who ask for deleted events."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    writer.write(description="Why", location={"description": "Room 1"})
    before = writer.event()
    writer.sandbox.advance(minutes=1)
    accepted(writer.delete())
    assert (writer.read(), own_calendar(writer)) == ([], [])
    gone = {**before, "deleted": True, "updated": "2026-05-11T08:01:00Z", "options": NOTHING}
    assert writer.event(include_deleted="true") == gone
    mails = writer.invites()
    writer.sandbox.advance(minutes=1)
    accepted(writer.delete())
    assert writer.event(include_deleted="true") == gone
    assert writer.invites() == mails


BODIES: dict[str, tuple[Document, dict[str, str]]] = {
    "3.1-neither[docs: delete-event]": ({"other": 1}, {"event_id": "required"}),
    "3.1-empty[docs: delete-event]": ({"event_id": ""}, {"event_id": "required"}),
    "3.1-null[docs: delete-event]": ({"event_id": None}, {"event_id": "required"}),
    "3.1-both-empty[assumed]": ({"event_id": "", "event_uid": ""}, {"event_id": "required"}),
    "3.1-a-number[assumed]": ({"event_id": 17}, {"event_id": "invalid"}),
    "3.2-malformed[C# sdk]": (
        {"event_uid": "standup"},
        {"event_uid": "must_be_external_event_uid"},
    ),
    "3.1-include_userinfo[assumed]": (
        {"event_id": "standup", "include_userinfo": "perhaps"},
        {"include_userinfo": "must_be_boolean"},
    ),
}


@pytest.mark.parametrize("case", BODIES)
def test_422(open_sandbox: Open, case: str) -> None:
    sent, fields = BODIES[case]
    writer = open_writer(open_sandbox)
    writer.write()
    refused(writer.delete(**sent), 422, fields)
    assert writer.event() == written(writer.calendar_id)


def test_unknown(open_sandbox: Open) -> None:
    """3.1 [3p compat]: 202, nobody hears of it; another calendar's, and the text of another
    event_id, are as unknown."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Home"}]
    writer = open_writer(open_sandbox, calendars=calendars)
    writer.write()
    before = writer.event()
    for event_id in ("another", "STANDUP", " standup", before["event_uid"]):
        accepted(writer.delete(event_id=event_id))
    (home,) = (
        c["calendar_id"]
        for c in writer.call("GET", "/v1/calendars").json()["calendars"]
        if c["calendar_name"] == "Home"
    )
    body = {"event_id": "standup"}
    accepted(writer.call("DELETE", f"/v1/calendars/{home}/events", body))
    assert writer.event() == before
    assert writer.mails() == []


def test_both_ids(open_sandbox: Open) -> None:
    """3.2 (assumed): event_id counts."""
    writer = open_writer(open_sandbox)
    elevate(writer)
    uid = external(writer)
    writer.write()
    accepted(writer.delete(event_id="standup", event_uid=uid))
    (left,) = writer.all_events()
    assert left["event_uid"] == uid


def test_event_members_in_the_body(open_sandbox: Open) -> None:
    """10: node sends what else it has along; it is ignored."""
    writer = open_writer(open_sandbox)
    writer.write()
    accepted(writer.delete(**event(calendar_id=writer.calendar_id, attendees={"invite": []})))
    assert writer.read() == []


# --- 3.3 Many --------------------------------------------------------------------------


class Two(Writer):
    """Two calendars with an event of the application, of another one, and of Jane's each."""

    def __init__(self, open_sandbox: Open) -> None:
        calendars = [{"name": "Work", "primary": True}, {"name": "Home"}]
        writer = open_writer(open_sandbox, calendars=calendars, two=True)
        vars(self).update(vars(writer))
        listed = self.call("GET", "/v1/calendars").json()["calendars"]
        self.ids = [calendar["calendar_id"] for calendar in listed]
        self.other = second_application(writer)
        for calendar_id, name in zip(self.ids, ("Work", "Home"), strict=True):
            self.calendar_id = self.other.calendar_id = calendar_id
            self.write()
            self.other.write(summary="Another's")
            external(self, calendar=name)

    def bulk(self, body: Any = None, **query: Any) -> httpx.Response:
        return self.sandbox.call(self.token, "DELETE", "/v1/events", json=body, params=query)

    def left(self) -> list[str]:
        """The calendars in which the application's event still stands; all others do."""
        assert len(self.other.read()) == 2
        assert len(self.all_events()) == 4 + len(self.read())
        return [event["calendar_id"] for event in self.read()]


def test_delete_all(open_sandbox: Open) -> None:
    """Every event of this application; deleted like one by one."""
    two = Two(open_sandbox)
    two.sandbox.advance(minutes=1)
    accepted(two.bulk({"delete_all": True}))
    assert two.left() == []
    gone = two.read(include_deleted="true")
    assert sorted(gone, key=lambda e: two.ids.index(e["calendar_id"])) == [
        written(i, deleted=True, updated="2026-05-11T08:01:00Z", options=NOTHING) for i in two.ids
    ]
    accepted(two.bulk({"delete_all": True}))


CHOICES: dict[str, Any] = {
    "3.3-body[docs: bulk-delete-events]": lambda i: ({"calendar_ids": [i]}, {}),
    "3.3-body-twice[assumed]": lambda i: ({"calendar_ids": [i, i]}, {}),
    "3.3-body-one-text[assumed]": lambda i: ({"calendar_ids": i}, {}),
    "3.3-query[py sdk]": lambda i: ({}, {"calendar_ids[]": [i]}),
    "3.3-query-without-body[py sdk]": lambda i: (None, {"calendar_ids[]": [i]}),
    "3.3-query-without-brackets[app: board]": lambda i: ({}, {"calendar_ids": i}),
    "3.3-body-before-query[assumed]": lambda i: ({"calendar_ids": [i]}, {"delete_all": "True"}),
}


@pytest.mark.parametrize("case", CHOICES)
def test_chosen_calendars(open_sandbox: Open, case: str) -> None:
    """In those calendars alone."""
    two = Two(open_sandbox)
    body, query = CHOICES[case](two.ids[0])
    accepted(two.bulk(body, **query))
    assert two.left() == [two.ids[1]]


@pytest.mark.parametrize(
    ("body", "query"),
    [({"delete_all": True}, {}), ({"delete_all": "true"}, {}), ({}, {"delete_all": "True"}),
     ({}, {"delete_all": "true"}), ({}, {"delete_all": "1"}), ({"delete_all": 1}, {})],
    ids=lambda value: f"3.3-{value}",
)  # fmt: skip
def test_forms_of_true(open_sandbox: Open, body: Document, query: Document) -> None:
    """0.1: Python sends True, PHP 1."""
    two = Two(open_sandbox)
    accepted(two.bulk(body, **query))
    assert two.left() == []


REFUSALS: dict[str, Any] = {
    "3.3-neither[assumed]": lambda _: ({}, {"delete_all": "required"}),
    "3.3-both[assumed]": lambda i: (
        {"delete_all": True, "calendar_ids": i},
        {"delete_all": "conflict"},
    ),
    "3.3-false[C# sdk]": lambda _: ({"delete_all": False}, {"delete_all": "must_be_boolean"}),
    "3.3-a-text[C# sdk]": lambda _: ({"delete_all": "yes"}, {"delete_all": "must_be_boolean"}),
    "3.3-a-number[C# sdk]": lambda _: ({"delete_all": 0}, {"delete_all": "must_be_boolean"}),
    "3.3-no-calendar[docs: bulk-delete-events]": lambda _: (
        {"calendar_ids": []},
        {"calendar_ids": "required"},
    ),
    "3.3-an-empty-name[assumed]": lambda _: (
        {"calendar_ids": [""]},
        {"calendar_ids": "required"},
    ),
    "3.3-unknown[C# sdk]": lambda i: (
        {"calendar_ids": [*i, "cal_unknown_1"]},
        {"calendar_ids": "invalid_calendar_ids"},
    ),
    "3.3-no-list[assumed]": lambda _: ({"calendar_ids": 1}, {"calendar_ids": "invalid"}),
    "3.3-no-text[assumed]": lambda _: ({"calendar_ids": [1]}, {"calendar_ids[0]": "invalid"}),
}


@pytest.mark.parametrize("case", REFUSALS)
@pytest.mark.parametrize("where", ["body", "query"])
def test_bulk_422(open_sandbox: Open, case: str, where: str) -> None:
    """Nothing is deleted."""
    two = Two(open_sandbox)
    body, fields = REFUSALS[case](two.ids)
    if where == "body":
        response = two.bulk(body)
    else:
        if case.startswith(("3.3-no-list", "3.3-no-text")):
            fields = {"calendar_ids": "invalid_calendar_ids"}
        if case.startswith("3.3-no-calendar"):
            fields = {"delete_all": "required"}
        renamed = {("calendar_ids[]" if isinstance(v, list) else k): v for k, v in body.items()}
        response = two.bulk({}, **renamed)
    refused(response, 422, fields)
    assert two.left() == two.ids


def test_another_accounts_calendar(open_sandbox: Open) -> None:
    """3.3 [C# sdk]: as invalid as an unknown one."""
    two = Two(open_sandbox)
    sandbox = two.sandbox
    mary = Writer(sandbox, sandbox.connect("mary@acme.test", client_id=two_client(two)))
    mary.write()
    fields = {"calendar_ids": "invalid_calendar_ids"}
    refused(two.bulk({"calendar_ids": [two.ids[0], mary.calendar_id]}), 422, fields)
    accepted(two.bulk({"delete_all": True}))
    assert len(mary.read()) == 1


def two_client(two: Two) -> str:
    found: str = two.sandbox.document["applications"][0]["client_id"]
    return found


def test_bulk_scopes(open_sandbox: Open) -> None:
    """3.3: 403 without delete_event."""
    writer = open_writer(open_sandbox, scope="read_events create_event")
    writer.write()
    refused(writer.call("DELETE", "/v1/events", {"delete_all": True}), 403)
    assert len(writer.read()) == 1


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"6-bulk-{mode}[assumed]")
def test_bulk_in_every_mode(open_sandbox: Open, mode: str) -> None:
    """The calendar of busy times holds nothing of the application's, and is in nobody's way."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    for number in range(3):
        writer.write(event_id=f"number {number}")
    accepted(writer.call("DELETE", "/v1/events", {"delete_all": True}))
    assert writer.read() == []
    cancelled = [("REQUEST", 0)] * 3 + [("CANCEL", 1)] * 3
    assert writer.invites() == ([] if mode == "read_write" else cancelled)


def test_bulk_and_a_disconnected_profile(open_sandbox: Open) -> None:
    """(assumed) 423 where a calendar with such an event cannot be written to, and nothing is
    deleted; without any it is nobody's concern."""
    two = Two(open_sandbox)
    path = f"/profiles/{two.profile_id}/disconnect"
    assert two.sandbox.control("POST", path).status_code == 200
    refused(two.bulk({"delete_all": True}), 423)
    assert two.left() == two.ids
    empty = open_writer(open_sandbox)
    path = f"/profiles/{empty.profile_id}/disconnect"
    assert empty.sandbox.control("POST", path).status_code == 200
    accepted(empty.call("DELETE", "/v1/events", {"delete_all": True}))

"""events.md §7, notifications.md §4.6: several writes in one request."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.documents import Document, errors
from tests.contract.events import (
    LEFT_OUT,
    SCOPE,
    Open,
    Writer,
    elevate,
    event,
    external,
    open_writer,
    refused,
    written,
)

UNKNOWN = "evt_external_0123456789abcdef01234567"


def upsert(writer: Writer, **changes: Any) -> Document:
    return {"method": "POST", "relative_url": writer.path, "data": event(**changes)}


def delete(writer: Writer, **data: Any) -> Document:
    data = data or {"event_id": "standup"}
    return {"method": "DELETE", "relative_url": writer.path, "data": data}


def send(writer: Writer, *entries: object) -> httpx.Response:
    return writer.call("POST", "/v1/batch", {"batch": list(entries)})


def batch(writer: Writer, *entries: object) -> list[Document]:
    """What each entry is answered."""
    response = send(writer, *entries)
    assert response.status_code == 207, response.text
    document = response.json()
    assert document.keys() == {"batch"}
    found: list[Document] = document["batch"]
    return found


def refusal(**fields: str) -> Document:
    return {"status": 422, "data": errors(fields)}


def test_upserts_and_deletes(open_sandbox: Open) -> None:
    """207; entries in their order, 202 and nothing else for each that worked."""
    writer = open_writer(open_sandbox)
    answers = batch(
        writer,
        upsert(writer),
        upsert(writer, event_id="second"),
        upsert(writer, summary="Moved"),
        delete(writer, event_id="second"),
        delete(writer, event_id="unknown"),
    )
    assert answers == [{"status": 202}] * 5
    assert writer.event() == written(writer.calendar_id, summary="Moved")


def test_external_events(open_sandbox: Open) -> None:
    """Edits and deletes of external events, in an elevated calendar and in a sandboxed one."""
    writer = open_writer(open_sandbox)
    uids = [external(writer, summary=f"Number {number}") for number in range(2)]

    def both() -> list[Document]:
        edit = upsert(writer, event_id=LEFT_OUT, event_uid=uids[0])
        return batch(writer, edit, delete(writer, event_uid=uids[1]))

    before = writer.all_events()
    assert both() == [{"status": 403}] * 2
    assert writer.all_events() == before
    elevate(writer)
    assert both() == [{"status": 202}] * 2
    assert [found["summary"] for found in writer.all_events()] == ["Standup"]
    assert both() == [{"status": 202}, {"status": 404}]


def test_mixed(open_sandbox: Open) -> None:
    """One that fails stops no other; no entry is taken back."""
    writer = open_writer(open_sandbox)
    elsewhere = "/v1/calendars/cal_unknown_1/events"
    response = send(
        writer,
        upsert(writer, summary=LEFT_OUT, end=LEFT_OUT),
        upsert(writer),
        {**upsert(writer), "relative_url": elsewhere},
        upsert(writer, attendees={"invite": [{"email": "bob"}]}),
        delete(writer, event_uid="wrong"),
        delete(writer, event_uid=UNKNOWN),
        upsert(writer, event_id="second", eventId=1, include_userinfo=True),
        {"method": "DELETE", "relative_url": writer.path},
    )
    assert response.status_code == 207
    userinfo = writer.call("GET", "/v1/userinfo").json()
    assert response.json() == {
        "batch": [
            refusal(summary="required", end="required"),
            {"status": 202},
            {"status": 404},
            refusal(**{"attendees.invite[0].email": "invalid_email"}),
            refusal(event_uid="must_be_external_event_uid"),
            {"status": 404},
            {"status": 202, "data": {"userinfo": userinfo}},
            refusal(event_id="required"),
        ]
    }
    warnings = response.headers.get_list("mock-cronofy-warning")
    beginnings = [warning.partition(":")[0] for warning in warnings]
    assert beginnings == [f"batch[{n}]" for n in (0, 2, 3, 4, 5, 6, 7)]
    assert warnings[5] == "batch[6]: ignored: unknown parameter eventId"
    found = {entry["event_id"] for entry in writer.read()}
    assert found == {"standup", "second"}


def test_scopes_of_each_entry(open_sandbox: Open) -> None:
    """7: scopes are checked per entry; any token may send a batch."""
    writer = open_writer(open_sandbox, scope="read_events create_event")
    assert batch(writer, upsert(writer), delete(writer)) == [{"status": 202}, {"status": 403}]
    assert writer.event() == written(writer.calendar_id)
    reader = open_writer(open_sandbox, scope="read_only")
    assert batch(reader, upsert(reader), delete(reader)) == [{"status": 403}] * 2


@pytest.mark.parametrize("mode", ["free_busy", "no_calendar"])
def test_by_mail(open_sandbox: Open, mode: str) -> None:
    """Entries write as calls of their own do: in the other modes by e-mail."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE)
    answers = batch(writer, upsert(writer), upsert(writer), upsert(writer, summary="Moved"),
                    delete(writer))  # fmt: skip
    assert answers == [{"status": 202}] * 4
    assert writer.invites() == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]


def test_a_disconnected_profile(open_sandbox: Open) -> None:
    writer = open_writer(open_sandbox)
    path = f"/profiles/{writer.profile_id}/disconnect"
    assert writer.sandbox.control("POST", path).status_code == 200
    assert batch(writer, upsert(writer), delete(writer)) == [{"status": 423}] * 2


def test_as_many_as_there_may_be(open_sandbox: Open) -> None:
    """7 [app: leasing]: 50 at a time; with one more the whole call is refused."""
    writer = open_writer(open_sandbox)
    entries = [upsert(writer, event_id=f"number {number}") for number in range(51)]
    refused(send(writer, *entries), 422, {"batch": "too_many"})
    assert writer.read() == []
    assert batch(writer, *entries[:50]) == [{"status": 202}] * 50
    assert len(writer.read()) == 50


ELSEWHERE = {
    "7-a-read[assumed]": ("GET", "/v1/events"),
    "7-an-upsert-by-PUT[assumed]": ("PUT", "{path}"),
    "7-an-unknown-method[assumed]": ("FETCH", "{path}"),
    "7-in-small-letters[assumed]": ("post", "{path}"),
    "7-bulk-delete[docs: batch]": ("DELETE", "/v1/events"),
    "7-participation[docs: batch]": ("POST", "{path}/" + UNKNOWN + "/participation_status"),
    "7-a-batch[docs: batch]": ("POST", "/v1/batch"),
    "7-a-calendar[docs: batch]": ("POST", "/v1/calendars"),
    "7-nothing-Cronofy-has[assumed]": ("POST", "/v1/nothing"),
    "7-no-path[assumed]": ("POST", "?"),
    "7-no-url[assumed]": ("POST", "//["),
}


@pytest.mark.parametrize("case", ELSEWHERE)
def test_what_cannot_be_batched(open_sandbox: Open, case: str) -> None:
    """That entry gets 404, the others are carried out."""
    method, url = ELSEWHERE[case]
    writer = open_writer(open_sandbox)
    entry = {"method": method, "relative_url": url.format(path=writer.path), "data": event()}
    answers = batch(writer, entry, upsert(writer, event_id="second"))
    assert answers == [{"status": 404}, {"status": 202}]
    assert [found["event_id"] for found in writer.read()] == ["second"]


FORMS: dict[str, Any] = {
    "with-a-query": lambda e: {**e, "relative_url": e["relative_url"] + "?x=1"},
    "with-a-host": lambda e: {**e, "relative_url": "https://api.cronofy.com" + e["relative_url"]},
    "with-a-slash": lambda e: {**e, "relative_url": e["relative_url"] + "/"},
    "encoded": lambda e: {**e, "relative_url": e["relative_url"].replace("_", "%5F")},
    "unknown-member": lambda e: {**e, "id": 7},
}


@pytest.mark.parametrize("case", FORMS)
def test_forms_of_an_entry(open_sandbox: Open, case: str) -> None:
    writer = open_writer(open_sandbox)
    assert batch(writer, FORMS[case](upsert(writer))) == [{"status": 202}]
    assert writer.event() == written(writer.calendar_id)


@pytest.mark.parametrize("data", [None, [], {}], ids=repr)
def test_no_data(open_sandbox: Open, data: object) -> None:
    """J: PHP's empty object is []."""
    writer = open_writer(open_sandbox)
    entry = {"method": "DELETE", "relative_url": writer.path, "data": data}
    assert batch(writer, entry) == [refusal(event_id="required")]


MALFORMED: dict[str, Any] = {
    "7-missing[docs: batch]": (lambda _: {}, {"batch": "required"}),
    "7-null[docs: batch]": (lambda _: {"batch": None}, {"batch": "required"}),
    "7-empty[docs: batch]": (lambda _: {"batch": []}, {"batch": "required"}),
    "7-an-object[assumed]": (lambda e: {"batch": e}, {"batch": "invalid"}),
    "7-a-text[assumed]": (lambda _: {"batch": "x"}, {"batch": "invalid"}),
    "7-an-entry-of-text[assumed]": (lambda e: {"batch": [e, "x"]}, {"batch[1]": "invalid"}),
    "7-an-entry-of-nothing[assumed]": (lambda e: {"batch": [e, None]}, {"batch[1]": "invalid"}),
    "7-no-method[assumed]": (
        lambda e: {"batch": [e, {**e, "method": ""}]},
        {"batch[1].method": "required"},
    ),
    "7-no-url[assumed]": (
        lambda e: {"batch": [e, {"method": "POST"}]},
        {"batch[1].relative_url": "required"},
    ),
    "7-data-is-text[assumed]": (
        lambda e: {"batch": [e, {**e, "data": "x"}]},
        {"batch[1].data": "invalid"},
    ),
    "7-data-is-a-list[assumed]": (
        lambda e: {"batch": [e, {**e, "data": [1]}]},
        {"batch[1].data": "invalid"},
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed(open_sandbox: Open, case: str) -> None:
    """422, and no entry is carried out."""
    body, fields = MALFORMED[case]
    writer = open_writer(open_sandbox)
    refused(writer.call("POST", "/v1/batch", body(upsert(writer))), 422, fields)
    assert writer.read() == []


def test_not_recognized(open_sandbox: Open) -> None:
    writer = open_writer(open_sandbox)
    entry = upsert(writer)
    writer.token = "wrong"
    refused(send(writer, entry), 401)


def test_one_call_for_the_rate_limit(open_sandbox: Open) -> None:
    """7 (assumed): a batch counts as one call."""
    scenario = {
        "people": [{"email": "jane@acme.test"}],
        "switches": {"rate_limits": True},
    }
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario=scenario)
    writer = Writer(sandbox, sandbox.connect())
    for _ in range(3):
        answers = batch(writer, *(upsert(writer) for _ in range(50)))
        assert answers == [{"status": 202}] * 50

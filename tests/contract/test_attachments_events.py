"""Attachments on events: in mails, downloads and snapshots (notifications.md §4.5)."""

from __future__ import annotations

from email import message_from_string, policy
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.contract.attaching import (
    APPROVED,
    PDF,
    SUSPICIOUS,
    TEXT,
    Open,
    attach,
    checked,
    download,
    file,
    opened,
    post,
    shown,
    upload,
)
from tests.contract.documents import Document, Like
from tests.contract.events import (
    LEFT_OUT,
    Writer,
    accepted,
    elevate,
    external,
    own_calendar,
    refused,
    second_application,
    written,
)
from tests.contract.receiver import Receiver
from tests.contract.subscribing import next_body, webhook


@pytest.fixture
def jane(open_sandbox: Open) -> Writer:
    return opened(open_sandbox)


def attached(attachment_id: str, **changes: Any) -> Document:
    """An attachment as the control API shows it on an event."""
    document = {
        "attachment_id": attachment_id,
        "file_name": "agenda.pdf",
        "content_type": "application/pdf",
        "url": Like(r"http://\S+/attachments/[A-Za-z0-9_-]{32}/agenda\.pdf"),
    }
    return {**document, **changes}


@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
def test_events(open_sandbox: Open, mode: str) -> None:
    """4.5: the upsert takes attachments; left out they stay, as they were given they are all,
    and [] takes them away. Reads do not have them."""
    writer = opened(open_sandbox, access_mode=mode)
    before = len(writer.mails())
    first, second = upload(writer.sandbox), upload(writer.sandbox, TEXT, file_name="b.pdf")
    writer.write(attachments=attach(first))
    assert shown(writer) == [attached(first)]
    event = writer.event()
    assert "attachments" not in event
    writer.sandbox.advance(seconds=9)
    writer.write(attachments=attach(first))
    writer.write(attachments=attach(first, first))
    assert writer.event() == event
    writer.write(summary="Retro")
    assert shown(writer) == [attached(first)]
    writer.write(attachments=attach(second, first))
    assert [one["file_name"] for one in shown(writer)] == ["b.pdf", "agenda.pdf"]
    assert writer.event()["updated"] == "2026-05-11T08:00:09Z"
    writer.write(attachments=[])
    assert shown(writer) == []
    assert len(writer.mails()) - before == (0 if mode == "read_write" else 4)


def test_what_events_cannot_have(open_sandbox: Open) -> None:
    """Unknown ids, those of other applications, and what has been rejected: 422 on each; nothing
    is changed."""
    writer = opened(open_sandbox, two=True)
    known = upload(writer.sandbox)
    secret = writer.sandbox.document["applications"][1]["client_secret"]
    other = post(writer.sandbox, {"attachment": file()}, secret).json()["attachment"]
    bad = upload(writer.sandbox, SUSPICIOUS)
    assert other["attachment_id"] != known
    field = "attachments[1].attachment_id"
    for unknown in ("att_0123456789abcdef01234567", other["attachment_id"]):
        response = writer.post(attachments=attach(known, unknown))
        refused(response, 422, {field: "not_found"})
    # Assumed: what has not been checked yet is accepted.
    writer.write(attachments=attach(known, bad))
    writer.sandbox.advance(seconds=2)
    refused(writer.post(attachments=attach(known, bad)), 422, {field: "invalid"})
    assert [one["attachment_id"] for one in shown(writer)] == [known, bad]
    writer.write(attachments=attach(known))


def test_external_events(open_sandbox: Open) -> None:
    """Attachments are their maker's: ignored with a warning in an edit by event_uid, and kept."""
    writer = opened(open_sandbox, two=True)
    elevate(writer)
    known = upload(writer.sandbox)
    uid = external(writer)
    changes = {"event_id": LEFT_OUT, "event_uid": uid, "attachments": attach(known)}
    response = writer.post(**changes)
    accepted(response)
    ignored = "ignored: attachments, which only its own application can set"
    assert response.headers["mock-cronofy-warning"] == ignored

    writer.write(event_id="mine", attachments=attach(known))
    other = second_application(writer)
    elevate(other)
    mine = next(one for one in writer.all_events() if one.get("event_id") == "mine")
    accepted(other.post(event_id=LEFT_OUT, event_uid=mine["event_uid"], summary="Theirs"))
    found = next(one for one in own_calendar(writer) if one["event_uid"] == mine["event_uid"])
    assert (found["summary"], found["managed"]["attachments"]) == ("Theirs", [attached(known)])


def test_the_person_changes_the_event(jane: Writer) -> None:
    """They stay when the person changes something else, and what was read can be sent back."""
    known = upload(jane.sandbox)
    jane.write(attachments=attach(known))
    (own,) = own_calendar(jane)
    external(jane, event_uid=own["event_uid"], summary="Retro")
    external(jane, **{**own_calendar(jane)[0], "location": "Room 1"})
    assert shown(jane) == [attached(known)]
    assert jane.event() == written(
        jane.calendar_id, summary="Retro", location={"description": "Room 1"}
    )


# --- Downloads and mails ------------------------------------------------------------------------


def test_download(jane: Writer) -> None:
    """Anybody who has the address gets the file, and a browser saves it."""
    known = upload(jane.sandbox, b"<script>", file_name="Größe 1.html", content_type="text/html")
    jane.write(attachments=attach(known))
    response = download(jane)
    assert (response.status_code, response.content) == (200, b"<script>")
    headers = {
        "content-type": "text/html",
        "content-length": "8",
        "content-disposition": "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.html",
        "x-content-type-options": "nosniff",
    }
    assert {name: response.headers[name] for name in headers} == headers
    assert "default-src 'none'" in response.headers["content-security-policy"]
    path = urlsplit(shown(jane)[0]["url"]).path
    head = jane.sandbox.http.head(path)
    assert (head.status_code, head.content) == (200, b"")
    journal = jane.sandbox.control("GET", "/journal").json()["requests"]
    assert [one["status"] for one in journal if one["path"].startswith("/attachments/")] == [
        200
    ] * 2
    for wrong in (path + "x", path.rpartition("/")[0], "/attachments/x/Gr%C3%B6%C3%9Fe%201.html"):
        assert jane.sandbox.http.get(wrong).status_code == 404


def test_a_rejected_download(jane: Writer) -> None:
    """Assumed: what has been rejected can no longer be downloaded."""
    jane.write(attachments=attach(upload(jane.sandbox, SUSPICIOUS)))
    assert download(jane).content == SUSPICIOUS
    jane.sandbox.advance(seconds=2)
    assert download(jane).status_code == 404


@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
def test_mails(open_sandbox: Open, mode: str) -> None:
    """Whoever is invited can download the files: ATTACH in the calendar, links in the mail. A
    change of them is news; a cancellation has none."""
    writer = opened(open_sandbox, access_mode=mode)
    known = upload(writer.sandbox)
    eve = "eve@partner.test"
    writer.write(attendees={"invite": [{"email": eve}]}, attachments=attach(known))
    (one,) = shown(writer)
    ics = _latest(writer, "ics").replace("\r\n ", "")
    line = f"ATTACH;FMTTYPE=application/pdf;FILENAME=agenda.pdf:{one['url']}"
    assert line in ics.split("\r\n")
    (mail,) = writer.mails(eve)
    message = writer.sandbox.control("GET", f"/inbox/{mail['message_id']}").json()
    assert f"Attached: agenda.pdf {one['url']}\n" in message["text"]
    html = message_from_string(_latest(writer, "eml"), policy=policy.SMTP).get_body(("html",))
    assert html is not None
    assert f'href="{one["url"]}"' in html.get_content()
    assert writer.sandbox.http.get(urlsplit(one["url"]).path).content == PDF
    writer.write(attachments=[])
    assert "ATTACH" not in _latest(writer, "ics").replace("ATTENDEE", "")
    writer.write(attachments=attach(known))
    writer.delete()
    assert writer.invites(eve) == [("REQUEST", 0), ("REQUEST", 1), ("REQUEST", 2), ("CANCEL", 3)]
    assert "ATTACH" not in _latest(writer, "ics")


def _latest(writer: Writer, suffix: str) -> str:
    response = writer.sandbox.control("GET", f"/inbox/latest.{suffix}")
    assert response.status_code == 200, response.text
    return response.text


# --- Snapshots ------------------------------------------------------------------------------


def test_snapshots(jane: Writer, receiver: Receiver) -> None:
    """Files, and their open checks, are part of a snapshot."""
    subscriptions = [webhook(receiver, APPROVED)]
    body = {"attachment": file(), "subscriptions": subscriptions}
    known = post(jane.sandbox, body).json()["attachment"]["attachment_id"]
    jane.write(attachments=attach(known))
    snapshot = jane.sandbox.control("GET", "/snapshot").json()
    assert jane.sandbox.control("POST", "/reset").status_code == 200
    response = jane.sandbox.control("PUT", "/snapshot", json=snapshot)
    assert response.status_code == 200, response.text
    assert download(jane).content == PDF
    jane.sandbox.advance(seconds=2)
    assert next_body(receiver) == checked(APPROVED)


UNSOUND: dict[str, Document] = {
    "client_id": {"client_id": "nobody"},
    "file_name": {"file_name": 'a"\r\nX: y.pdf'},
    "content_type": {"content_type": "text/html\r\nX: y"},
    "content": {"content": "no base64!"},
    "state": {"state": "unknown"},
}


@pytest.mark.parametrize("case", UNSOUND)
def test_unsound_snapshots(jane: Writer, case: str) -> None:
    """A snapshot whose attachments could not be answered or downloaded is refused."""
    upload(jane.sandbox)
    snapshot = jane.sandbox.control("GET", "/snapshot").json()
    snapshot["tables"]["attachments"][0] |= UNSOUND[case]
    response = jane.sandbox.control("PUT", "/snapshot", json=snapshot)
    assert response.status_code == 422
    (found,) = response.json()["errors"]
    assert found["place"].startswith("tables.attachments[0]")

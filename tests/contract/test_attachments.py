"""Attachments: uploading them, their check, and events that have them (notifications.md §4.5)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from email import message_from_string, policy
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.contract.documents import Document, Like, errors
from tests.contract.events import (
    JANE,
    LEFT_OUT,
    Writer,
    accepted,
    elevate,
    external,
    open_writer,
    own_calendar,
    refused,
    second_application,
    written,
)
from tests.contract.receiver import Receiver
from tests.contract.subscribing import next_body, webhook
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

PATH = "/v1/attachments"
ID = Like(r"att_[0-9a-f]{24}")
PDF, TEXT = b"%PDF-1.4 agenda", b"Agenda\n"
SUSPICIOUS = b"xx EICAR-STANDARD-ANTIVIRUS-TEST-FILE xx"
ON = {"attachments": True, "free_busy": True, "no_access": True}
APPROVED, REJECTED = "attachment_approved", "attachment_rejected"


def file(content: bytes = PDF, **changes: Any) -> Document:
    """``attachment`` of an upload; ``changes`` add, replace, or (LEFT_OUT) remove members."""
    document = {
        "file_name": "agenda.pdf",
        "content_type": "application/pdf",
        "base64_content": base64.b64encode(content).decode(),
        **changes,
    }
    return {name: value for name, value in document.items() if value is not LEFT_OUT}


def post(sandbox: Sandbox, body: Any, secret: str | None = None) -> httpx.Response:
    return sandbox.call(secret or sandbox.application["client_secret"], "POST", PATH, json=body)


def answered(content: bytes = PDF, **changes: Any) -> Document:
    """The attachment in the answer, and in callbacks."""
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest()
    document = {
        "attachment_id": ID,
        "file_name": "agenda.pdf",
        "content_type": "application/pdf",
        "md5": digest,
    }
    return {**document, **changes}


def upload(sandbox: Sandbox, content: bytes = PDF, **changes: Any) -> str:
    """Its id."""
    response = post(sandbox, {"attachment": file(content, **changes)})
    assert response.status_code == 200, response.text
    found: str = response.json()["attachment"]["attachment_id"]
    return found


def attach(*attachment_ids: str) -> list[Document]:
    return [{"attachment_id": attachment_id} for attachment_id in attachment_ids]


def opened(open_sandbox: Open, **how: Any) -> Writer:
    """Somebody connected with an application that may upload."""
    scope = "read_write free_busy_write"
    return open_writer(open_sandbox, features=ON, scope=scope, **how)


def shown(writer: Writer) -> list[Document]:
    """The attachments of the only event, as the control API tells them."""
    answer = writer.sandbox.control("GET", f"/calendars/{writer.calendar_id}/events").json()
    (event,) = answer["events"]
    found: list[Document] = event["managed"]["attachments"]
    return found


def download(writer: Writer) -> httpx.Response:
    """Of the only attachment of the only event, with no credential."""
    (attached,) = shown(writer)
    return writer.sandbox.http.get(urlsplit(attached["url"]).path)


# --- Uploading ---------------------------------------------------------------------------


@pytest.fixture
def jane(open_sandbox: Open) -> Writer:
    return opened(open_sandbox)


UPLOADS: dict[str, tuple[bytes, Document, str]] = {
    "4.5 a PDF": (PDF, {}, "application/pdf"),
    "4.5 a text": (
        TEXT,
        {"file_name": "notes.txt", "content_type": "text/plain"},
        "text/plain",
    ),
    "4.5 upper case": (
        TEXT,
        {"file_name": "NOTES.TXT", "content_type": "Text/Plain"},
        "text/plain",
    ),
    "other letters": (
        b"\x89PNG",
        {"file_name": "Größe & 日本 (1).png", "content_type": "image/png"},
        "image/png",
    ),
    "one of several extensions": (
        b"\xff\xd8",
        {"file_name": "me.jpeg", "content_type": "image/jpeg"},
        "image/jpeg",
    ),
    "one of several dots": (
        b"\x1f\x8b",
        {"file_name": "minutes.tar.gz", "content_type": "application/gzip"},
        "application/gzip",
    ),
    "all bytes": (
        bytes(range(256)) * 4000,
        {"file_name": "a.bin", "content_type": "application/octet-stream"},
        "application/octet-stream",
    ),
    "base64 in lines": (
        bytes(100),
        {"base64_content": base64.encodebytes(bytes(100)).decode()},
        "application/pdf",
    ),
}


@pytest.mark.parametrize("case", UPLOADS)
def test_upload(jane: Writer, case: str) -> None:
    """4.5: 200 with the attachment and its md5; and what can be downloaded afterwards is what
    was uploaded."""
    content, changes, content_type = UPLOADS[case]
    sent = file(content, **changes)
    response = post(jane.sandbox, {"attachment": sent})
    assert response.status_code == 200, response.text
    expected = answered(content, file_name=sent["file_name"], content_type=content_type)
    assert response.json() == {"attachment": expected}
    assert "mock-cronofy-warning" not in response.headers
    jane.write(attachments=attach(response.json()["attachment"]["attachment_id"]))
    downloaded = download(jane)
    assert (downloaded.status_code, downloaded.content) == (200, content)
    assert downloaded.headers["content-type"] == content_type


def test_types_that_are_not_known(jane: Writer) -> None:
    """Assumed: what the table does not know is accepted, with a warning."""
    unknown = file(file_name="deck.key", content_type="application/vnd.apple.keynote")
    response = post(jane.sandbox, {"attachment": unknown})
    assert response.status_code == 200
    warning = "neither application/vnd.apple.keynote nor the extension of deck.key is known here"
    assert response.headers["mock-cronofy-warning"].startswith(warning)


def _in(field: str, key: str) -> dict[str, str]:
    return {f"attachment.{field}": key}


WRONG: dict[str, tuple[Any, dict[str, str]]] = {
    "nothing": ({}, {"attachment": "required"}),
    "no object": ({"attachment": "agenda.pdf"}, {"attachment": "invalid"}),
    "4.5 an empty object": (
        {"attachment": {}},
        {
            **_in("file_name", "required"),
            **_in("content_type", "required"),
            **_in("base64_content", "required"),
        },
    ),
    **{
        f"4.5 {field} {name}": ({"attachment": file(**{field: value})}, _in(field, "required"))
        for field in ("file_name", "content_type", "base64_content")
        for name, value in {"left out": LEFT_OUT, "null": None, "empty": ""}.items()
    },
    **{
        f"4.5 file_name {name!r}": (
            {"attachment": file(file_name=name)},
            _in("file_name", "invalid"),
        )
        for name in (
            "agenda",
            "agenda.",
            ".pdf",
            " .pdf",
            "a/b.pdf",
            "a\\b.pdf",
            "a:b.pdf",
            'a"b.pdf',
            "a*.pdf",
            "a?.pdf",
            "<a>.pdf",
            "a|b.pdf",
            "a\nb.pdf",
            "a\u202eb.pdf",
            "a\u0001b.pdf",
            "a.p df",
            "a" * 252 + ".pdf",
            7,
        )
    },
    **{
        f"4.5 content_type {kind!r}": (
            {"attachment": file(content_type=kind)},
            _in("content_type", "invalid"),
        )
        for kind in (
            "pdf",
            "application/",
            "/pdf",
            "application/pdf; charset=utf-8",
            "application/pdf\r\nX: y",
            "application pdf",
            7,
        )
    },
    **{
        f"4.5 {kind} of {name}": (
            {"attachment": file(file_name=name, content_type=kind)},
            _in("content_type", "invalid"),
        )
        for name, kind in (
            ("agenda.pdf", "text/plain"),
            ("agenda.txt", "application/pdf"),
            ("agenda.pdf", "application/x-unknown"),
            ("agenda.unknown", "application/pdf"),
            ("agenda.pdf.exe", "application/pdf"),
        )
    },
    **{
        f"4.5 base64_content {text!r}": (
            {"attachment": file(base64_content=text)},
            _in("base64_content", "invalid"),
        )
        for text in ("=", "a", "abc", "a-_b", "ab cd", "äöüß", "data:text/plain;base64,YQ==", 7)
    },
    "subscriptions-type": (
        {"attachment": file(), "subscriptions": [{"type": "email"}]},
        {
            "subscriptions[0].type": "not_recognized",
            "subscriptions[0].uri": "required",
            "subscriptions[0].interactions": "required",
        },
    ),
    "subscriptions-uri": (
        {
            "attachment": file(),
            "subscriptions": [
                {"type": "webhook", "uri": "ftp://a.test/", "interactions": [{"type": APPROVED}]}
            ],
        },
        {"subscriptions[0].uri": "invalid"},
    ),
    "subscriptions-interactions": (
        {
            "attachment": file(),
            "subscriptions": [
                {
                    "type": "webhook",
                    "uri": "http://a.test/",
                    "interactions": [{"type": "conferencing_assigned"}],
                }
            ],
        },
        {"subscriptions[0].interactions[0].type": "not_recognized"},
    ),
    "subscriptions-no-interactions": (
        {
            "attachment": file(),
            "subscriptions": [{"type": "webhook", "uri": "http://a.test/", "interactions": []}],
        },
        {"subscriptions[0].interactions": "required"},
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong(jane: Writer, case: str) -> None:
    """422 with keys on the field."""
    body, fields = WRONG[case]
    response = post(jane.sandbox, body)
    assert (response.status_code, response.json()) == (422, errors(fields))
    assert jane.sandbox.control("GET", "/snapshot").json()["tables"]["attachments"] == []


def test_refusals(open_sandbox: Open) -> None:
    """4.5, 4.14: the API key alone will do; plan and feature are the application's."""
    application: Document = {"features": {"attachments": True}, "plan": "emerging"}
    sandbox = open_sandbox(scenario={"applications": [application]})
    body = {"attachment": file()}
    assert post(sandbox, body).status_code == 200
    for credential in (None, "unknown"):
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        assert sandbox.http.post(PATH, json=body, headers=headers).status_code == 401
    token = sandbox.connect(JANE)["access_token"]
    assert post(sandbox, body, token).status_code in {401, 403}
    # Starter and Emerging are two names of one level.
    starter = open_sandbox(scenario={"applications": [{**application, "plan": "starter"}]})
    assert post(starter, body).status_code == 200
    off = open_sandbox(scenario={"applications": [{}]})
    refused(post(off, {}), 403)
    hint = post(off, body).headers["mock-cronofy-hint"]
    assert "features: {attachments: true} of the application" in hint


def test_the_same_file_again(jane: Writer) -> None:
    """Assumed: name, type and content make the attachment; another of them makes another one."""
    first = upload(jane.sandbox)
    assert upload(jane.sandbox) == first
    others = {
        upload(jane.sandbox, TEXT),
        upload(jane.sandbox, file_name="Agenda.pdf"),
        upload(jane.sandbox, TEXT, file_name="a.xml", content_type="text/xml"),
        upload(jane.sandbox, TEXT, file_name="a.xml", content_type="application/xml"),
    }
    assert len({first, *others}) == 5


def test_room(jane: Writer) -> None:
    """Assumed: 64 MiB for the attachments of an application together."""
    megabytes = [bytes([number]) * 1_500_000 for number in range(45)]
    statuses = [post(jane.sandbox, {"attachment": file(one)}) for one in megabytes]
    assert [response.status_code for response in statuses] == [200] * 44 + [422]
    assert statuses[-1].json() == errors(_in("base64_content", "too_long"))
    assert post(jane.sandbox, {"attachment": file(megabytes[0])}).status_code == 200


# --- The check of the content ----------------------------------------------------------------


def checked(kind: str, content: bytes = PDF) -> Document:
    """The body of the callback."""
    notification = {"type": "event_subscription", "interactions": [{"type": kind}]}
    return {"notification": notification, "attachment": answered(content)}


CHECKS = {
    "4.5 approved": (PDF, APPROVED),
    "4.5 rejected": (SUSPICIOUS, REJECTED),
}


@pytest.mark.parametrize("case", CHECKS)
def test_check(jane: Writer, receiver: Receiver, case: str) -> None:
    """4.5: attachment_approved or attachment_rejected, once the content has been looked at."""
    content, kind = CHECKS[case]
    subscriptions = [
        webhook(receiver, APPROVED, REJECTED, path="/both?a=b"),
        webhook(receiver, kind, path="/one"),
        webhook(receiver, ({APPROVED, REJECTED} - {kind}).pop(), path="/other"),
    ]
    body = {"attachment": file(content), "subscriptions": subscriptions}
    answer = post(jane.sandbox, body).json()
    assert answer == {"attachment": answered(content)}
    jane.sandbox.advance(seconds=1)
    assert receiver.empty
    happened = jane.sandbox.advance(seconds=1)["happened"]
    attachment_id = answer["attachment"]["attachment_id"]
    assert happened[0] == {
        "happened": "check_attachment",
        "subject": [attachment_id],
        "at": "2026-05-11T08:00:02Z",
    }
    came = [receiver.next() for _ in range(2)]
    assert [callback.document for callback in came] == [checked(kind, content)] * 2
    assert {callback.path for callback in came} == {"/both?a=b", "/one"}
    assert {callback.document["attachment"]["attachment_id"] for callback in came} == {
        attachment_id
    }
    assert {d["kind"] for d in _deliveries(jane)} == {"event_subscription"}
    jane.sandbox.advance(hours=48)
    assert receiver.empty


def _deliveries(writer: Writer) -> list[Document]:
    found: list[Document] = writer.sandbox.control("GET", "/deliveries").json()["deliveries"]
    return found


def test_checked_again(jane: Writer, receiver: Receiver) -> None:
    """Assumed: the same file is checked again; subscriptions are replaced if there are any."""
    for subscriptions, path in (
        ([webhook(receiver, APPROVED, path="/1")], "/1"),
        (None, "/1"),
        ([webhook(receiver, APPROVED, path="/2")], "/2"),
        ([], None),
    ):
        body: Document = {"attachment": file()}
        if subscriptions is not None:
            body["subscriptions"] = subscriptions
        assert post(jane.sandbox, body).json() == {"attachment": answered()}
        jane.sandbox.advance(seconds=2)
        if path is not None:
            callback = receiver.next()
            assert (callback.path, callback.document) == (path, checked(APPROVED))
        assert receiver.empty


# --- On events ------------------------------------------------------------------------------


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

"""Attachments: uploading them, and the check of their content (notifications.md §4.5)."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.contract.attaching import (
    APPROVED,
    PATH,
    PDF,
    REJECTED,
    SUSPICIOUS,
    TEXT,
    Open,
    answered,
    attach,
    checked,
    download,
    file,
    opened,
    post,
    upload,
)
from tests.contract.documents import Document, errors
from tests.contract.events import JANE, LEFT_OUT, Writer, refused
from tests.contract.receiver import Receiver
from tests.contract.subscribing import webhook


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
    "4.5 base64_content of empty lines": (
        {"attachment": file(base64_content="\r\n\n")},
        _in("base64_content", "required"),
    ),
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


def test_checks_are_told_each_for_itself(jane: Writer, receiver: Receiver) -> None:
    """4.1: what cannot be told of one file holds up no other one's; what is told of one twice
    comes in order."""
    receiver.answers = [500]
    subscriptions = [webhook(receiver, APPROVED, REJECTED)]
    contents = (PDF, SUSPICIOUS, PDF)
    for content in contents:
        body = {"attachment": file(content), "subscriptions": subscriptions}
        assert post(jane.sandbox, body).status_code == 200
        jane.sandbox.advance(seconds=2)
    assert [receiver.next().document for _ in range(2)] == [
        checked(APPROVED),
        checked(REJECTED, SUSPICIOUS),
    ]
    assert receiver.empty
    jane.sandbox.advance(seconds=11)
    assert [receiver.next().document for _ in range(2)] == [checked(APPROVED)] * 2


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

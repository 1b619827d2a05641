"""Attachments: files that an application uploads, and then attaches to events (notifications
§4.5).
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from typing_extensions import TypedDict

from mock_server.errors import FeatureOff, Unprocessable
from mock_server.rules import subscriptions, timers
from mock_server.world.applications import Application
from mock_server.world.attachments import Attachment
from mock_server.world.events import Attached, Subscription
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

APPROVED, REJECTED = "attachment_approved", "attachment_rejected"

# The kind of timer (rules/due.py), and after how many seconds a file has been checked (assumed).
CHECK = "check_attachment"
_CHECKED_AFTER = 2

# The name of the file with which everybody tries virus scanners: what holds it is rejected.
# The whole of that file would alarm those of our users.
SUSPICIOUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"

# Bytes of all the files of one application together (assumed).
MOST_BYTES = 64 * 1024 * 1024


class AttachmentDocument(TypedDict):
    """``md5`` of the content, in hexadecimal."""

    attachment_id: str
    file_name: str
    content_type: str
    md5: str


class Upload(NamedTuple):
    """A file as an application sends it; without ``subscriptions`` those of before stay."""

    file_name: str
    content_type: str
    content: bytes
    subscriptions: tuple[Subscription, ...] | None


def require(application: Application) -> None:
    """Raise Forbidden unless the application's attachments are switched on."""
    if not application.features.attachments:
        raise FeatureOff(
            "attachments are switched on for each application in Cronofy's dashboard; here: "
            "features: {attachments: true} of the application"
        )


def store(sandbox: Sandbox, application: Application, upload: Upload) -> Attachment:
    """A new attachment, or the one that the application has of this very file; its content is
    checked a little later, each time.

    Raises Unprocessable where the application has no room for it.
    """
    made = Attachment(
        attachment_id="",
        client_id=application.client_id,
        file_name=upload.file_name,
        content_type=upload.content_type,
        content=upload.content,
        token="",
    )
    known = sandbox.attachments.one("file", made.file)
    if known is None:
        held = sandbox.attachments.by("application", application.client_id)
        _check_room(held, upload.content)
        known = replace(
            made,
            attachment_id=sandbox.ids.hex("att"),
            token=sandbox.ids.token("attachment"),
        )
    if upload.subscriptions is not None:
        known = replace(known, subscriptions=upload.subscriptions)
    timers.schedule(sandbox, CHECK, (known.attachment_id,), _CHECKED_AFTER)
    return sandbox.attachments.put(known)


def _check_room(held: list[Attachment], content: bytes) -> None:
    size = sum(len(attachment.content) for attachment in held) + len(content)
    if size > MOST_BYTES:
        raise Unprocessable.of(
            "attachment.base64_content",
            "errors.too_long",
            "too long",
            f"the attachments of an application have {MOST_BYTES} bytes together at the most; "
            f"with this one they would have {size}",
        )


def check(sandbox: Sandbox, attachment_id: str) -> None:
    """The timer's rule: the content has been looked at; tell whoever waits for that."""
    attachment = sandbox.attachments.get(attachment_id)
    if attachment is None:
        return
    harmless = SUSPICIOUS not in attachment.content
    attachment = sandbox.attachments.put(
        replace(attachment, state="approved" if harmless else "rejected")
    )
    subscriptions.fire_alone(
        sandbox,
        attachment.client_id,
        attachment.subscriptions,
        APPROVED if harmless else REJECTED,
        queue=attachment_id,
        attachment=document(attachment),
    )


def document(attachment: Attachment) -> AttachmentDocument:
    """An attachment as answers and callbacks show it."""
    return {
        "attachment_id": attachment.attachment_id,
        "file_name": attachment.file_name,
        "content_type": attachment.content_type,
        "md5": attachment.md5,
    }


def attached(
    sandbox: Sandbox, client_id: str, attachment_ids: tuple[str, ...]
) -> tuple[Attached, ...]:
    """The files as an event has them, each once; raises Unprocessable for those that the
    application has not uploaded, and what has been rejected.
    """
    files = []
    for index, attachment_id in enumerate(attachment_ids):
        field = f"attachments[{index}].attachment_id"
        attachment = sandbox.attachments.get(attachment_id)
        if attachment is None or attachment.client_id != client_id:
            raise Unprocessable.of(
                field,
                "errors.not_found",
                "not found",
                f"no attachment {attachment_id!r} of this application: POST /v1/attachments "
                "answers their ids",
            )
        if attachment.state == "rejected":
            raise Unprocessable.of(
                field,
                "errors.invalid",
                "has been rejected",
                f"the attachment {attachment_id!r} has been rejected, for what it contains",
            )
        files.append(
            Attached(
                attachment_id,
                attachment.file_name,
                attachment.content_type,
                address(sandbox, attachment),
            )
        )
    return tuple(dict.fromkeys(files))


def address(sandbox: Sandbox, attachment: Attachment) -> str:
    """Where it can be downloaded."""
    return f"{sandbox.base_url}/attachments/{attachment.token}/{quote(attachment.file_name)}"

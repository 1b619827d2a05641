"""Attachments: uploading the files that events may have (notifications §4.5; beta)."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from typing_extensions import TypedDict

from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.fields import Part
from mock_server.api.media_types import fits, is_known
from mock_server.api.parsing import FieldError
from mock_server.api.subscriptions import InteractionRequest, WebhookRequest
from mock_server.rules import attachments
from mock_server.rules.attachments import AttachmentDocument
from mock_server.world.events import CONTENT_TYPE, FILE_NAME


class OneAttachment(TypedDict):
    attachment: AttachmentDocument


def _file_name(value: str) -> str:
    if not re.match(FILE_NAME, value) or not value.isprintable():
        raise FieldError(
            "errors.invalid", 'must have 1 to 255 characters, none of them / \\ : * ? " < > |'
        )
    name, dot, extension = value.rpartition(".")
    if not (name.strip() and dot and extension.isalnum()):
        raise FieldError("errors.invalid", "must have an extension, such as .pdf")
    return value


def _content_type(value: str) -> str:
    value = value.lower()
    if not re.match(CONTENT_TYPE, value):
        raise FieldError("errors.invalid", "must be a MIME type, such as application/pdf")
    return value


# Some encoders write lines.
_LINES = str.maketrans("", "", "\r\n")


def _base64(value: str) -> str:
    value = value.translate(_LINES)
    if not value:
        raise FieldError("errors.required", "required")
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise FieldError("errors.invalid", "must be base64") from None
    return value


class File(Part):
    file_name: Annotated[str, Field(min_length=1), AfterValidator(_file_name)]
    content_type: Annotated[str, Field(min_length=1), AfterValidator(_content_type)]
    base64_content: Annotated[str, Field(min_length=1), AfterValidator(_base64)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not fits(self.content_type, self.file_name):
            raise FieldError(
                "errors.invalid", "must match the extension of file_name", "content_type"
            )
        return self


class CheckInteraction(InteractionRequest):
    type: Literal["attachment_approved", "attachment_rejected"]


class CheckSubscription(WebhookRequest):
    interactions: Annotated[list[CheckInteraction], Field(min_length=1)]


class AttachmentUpload(BaseModel):
    model_config = ConfigDict(defer_build=True)

    attachment: File
    subscriptions: list[CheckSubscription] | None = None


@endpoint(
    "POST",
    "/v1/attachments",
    title="Create attachment",
    docs="api/attachments/create",
    credentials=(Credential.API_KEY,),
    plan="emerging",
    permitted=lambda call: attachments.require(call.application),
    body=AttachmentUpload,
    answer=OneAttachment,
    errors=(401, 402, 403, 422),
    assumed=(
        "403 where the application's feature attachments is off.",
        'file_name has 1 to 255 characters, all of them printable and none of / \\ : * ? " < > |, '
        "with an extension of letters and digits; content_type is type/subtype without parameters; "
        "base64_content may be in lines. Else errors.invalid on the field.",
        "Which types and extensions match is a table of ours; what it does not know, neither the "
        "type nor the extension, is accepted with a warning. Else errors.invalid on "
        "attachment.content_type.",
        "The same file again (file_name, content_type and content) is the same attachment: it is "
        "checked again, and its subscriptions are replaced if there are any in the call. Any other "
        "is a new one.",
        "The content is checked after two seconds; what holds the text "
        "EICAR-STANDARD-ANTIVIRUS-TEST-FILE is rejected. attachment_approved and "
        "attachment_rejected have the attachment as in the answer, and no event.",
        "Events take attachments that are not checked yet; a rejected one is errors.invalid on "
        "attachments[].attachment_id, and can no longer be downloaded.",
        "All attachments of an application have 64 MiB together at the most: else errors.too_long "
        "on attachment.base64_content. One alone is limited by the server's max_body.",
        "Any of the account's authorizations will do, on every calendar, whatever "
        "calendar_attachments_available says.",
    ),
)
def create_attachment(call: Call) -> OneAttachment:
    body: AttachmentUpload = call.body
    file = body.attachment
    if not is_known(file.content_type, file.file_name):
        call.remark(
            "unchecked_attachment",
            f"neither {file.content_type} nor the extension of {file.file_name} is known here: "
            "whether they match has not been checked",
        )
    stored = attachments.store(
        call.sandbox,
        call.application,
        attachments.Upload(
            file.file_name,
            file.content_type,
            base64.b64decode(file.base64_content),
            None
            if body.subscriptions is None
            else tuple(item.record() for item in body.subscriptions),
        ),
    )
    return {"attachment": attachments.document(stored)}


ENDPOINTS = (create_attachment,)

"""Files that applications have uploaded, to be attached to events (notifications §4.5)."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from msgspec import Meta

from mock_server.world.events import CONTENT_TYPE, FILE_NAME, Subscription
from mock_server.world.records import Record


class Attachment(Record, frozen=True):
    """``state`` is what the check of the content has said so far; ``token`` finds the file for
    whoever downloads it.
    """

    attachment_id: str
    client_id: str
    file_name: Annotated[str, Meta(pattern=FILE_NAME)]
    content_type: Annotated[str, Meta(pattern=CONTENT_TYPE)]
    content: bytes
    token: str
    state: Literal["pending", "approved", "rejected"] = "pending"
    subscriptions: tuple[Subscription, ...] = ()

    @property
    def file(self) -> tuple[str, str, str, bytes]:
        """What makes an upload the same as another one."""
        return self.client_id, self.file_name, self.content_type, self.content

    @property
    def md5(self) -> str:
        """Of the content, in hexadecimal."""
        return hashlib.md5(self.content, usedforsecurity=False).hexdigest()

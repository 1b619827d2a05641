# Made by tools/unasync of the module of this name in _async: change that one.
"""The mailboxes: what Cronofy has mailed, and answering it."""

from __future__ import annotations

from datetime import datetime

from mock_server.testing._sync.control import Control
from mock_server.testing.records import read
from mock_server.testing.terms import Document, Reply

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Message:
    """A mail. What it is made of beyond the envelope is asked for when it is wanted."""

    def __init__(self, control: Control, document: Document) -> None:
        self._control = control
        self.message_id: str = document["message_id"]
        self.to: str = document["to"]
        self.sender: str = document["from"]
        self.subject: str = document["subject"]
        # Of an invitation: REQUEST or CANCEL, and which event it is about.
        self.method: str | None = document["method"]
        self.uid: str | None = document["uid"]
        self.sequence: int | None = document["sequence"]
        self.sent_at = read(datetime, document["sent_at"])

    def __repr__(self) -> str:
        return f"<Message {self.message_id} to {self.to}: {self.subject!r}>"

    def read(self) -> Document:
        """The whole mail, as ``GET …/inbox/{message_id}`` answers it now."""
        document: Document = self._control.get("inbox", self.message_id)
        return document

    @property
    def text(self) -> str:
        """What is written in it."""
        text: str = (self.read())["text"]
        return text

    @property
    def invite(self) -> Document | None:
        """What it invites to, and how that stands now; None for other mails."""
        return (self.read()).get("invite")

    @property
    def eml(self) -> str:
        """The mail as it is sent (RFC 5322)."""
        return self._control.text("inbox", f"{self.message_id}.eml")

    @property
    def ics(self) -> str:
        """Its iCalendar document. Raises ControlError for a mail without an invitation."""
        return self._control.text("inbox", f"{self.message_id}.ics")

    def reply(self, status: Reply) -> Document:
        """The recipient presses that button; the mail with ``outcome`` and ``event``.

        Raises ControlError for what is no invitation, or is cancelled or superseded.
        """
        path = ("inbox", self.message_id, "reply")
        document: Document = self._control.post(*path, json={"status": status})
        return document

    def accept(self) -> Document:
        return self.reply("accepted")

    def tentative(self) -> Document:
        return self.reply("tentative")

    def decline(self) -> Document:
        return self.reply("declined")


class Inbox:
    """The mails of a sandbox, oldest first.

    ``to`` is their reader, ``uid`` the event they are about, ``method`` REQUEST or CANCEL.
    """

    def __init__(self, control: Control) -> None:
        self._control = control

    def messages(
        self, *, to: str | None = None, uid: str | None = None, method: str | None = None
    ) -> list[Message]:
        answer = self._control.get("inbox", to=to, uid=uid, method=method)
        return self._read(answer)

    def latest(
        self, *, to: str | None = None, uid: str | None = None, method: str | None = None
    ) -> Message:
        """The newest of them. Raises ControlError where there is none."""
        answer = self._control.get("inbox", "latest", to=to, uid=uid, method=method)
        return Message(self._control, answer)

    def wait(
        self,
        to: str,
        *,
        uid: str | None = None,
        method: str | None = None,
        count: int = 1,
        timeout: float = 5,
    ) -> list[Message]:
        """All of them, once there are ``count``; within ``timeout`` seconds, or NotInTime."""
        answer = self._control.wait(timeout, message=to, uid=uid, method=method, count=count)
        return self._read(answer)

    def reply(
        self,
        status: Reply,
        *,
        to: str | None = None,
        uid: str | None = None,
    ) -> Document:
        """Answer the newest invitation of them."""
        return (self.latest(to=to, uid=uid, method="REQUEST")).reply(status)

    def _read(self, answer: Document) -> list[Message]:
        return [Message(self._control, document) for document in answer["messages"]]

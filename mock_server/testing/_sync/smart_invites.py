# Made by tools/unasync of the module of this name in _async: change that one.
"""The Smart Invites of a sandbox, and answering them without any mail."""

from __future__ import annotations

from mock_server.testing._sync.control import Control
from mock_server.testing.terms import Document, Reply, given

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

Listed = list[Document]


class SmartInvites:
    def __init__(self, control: Control) -> None:
        self._control = control.below("smart_invites")

    def list(self, *, client_id: str | None = None) -> Listed:
        invites: Listed = (self._control.get(client_id=client_id))["smart_invites"]
        return invites

    def reply(
        self,
        smart_invite_id: str,
        email: str,
        status: Reply,
        *,
        comment: str | None = None,
        proposal: Document | None = None,
        recipient_email: str | None = None,
        client_id: str | None = None,
    ) -> Document:
        """``email`` answers; the answer has ``outcome`` and ``smart_invite``.

        ``recipient_email`` and ``client_id`` say which invite is meant, where several have
        this id.
        """
        wanted = given(
            email=email,
            status=status,
            comment=comment,
            proposal=proposal,
            recipient_email=recipient_email,
            client_id=client_id,
        )
        document: Document = self._control.post(smart_invite_id, "reply", json=wanted)
        return document

# Made by tools/unasync of the module of this name in _async: change that one.
"""The push notification channels of a sandbox."""

from __future__ import annotations

from mock_server.testing._sync.control import Control
from mock_server.testing.records import Delivery, read
from mock_server.testing.terms import Document, given

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

Listed = list[Document]


class Channels:
    def __init__(self, control: Control) -> None:
        self._control = control.below("channels")

    def list(self, *, sub: str | None = None, client_id: str | None = None) -> Listed:
        """The open ones, of one account or application."""
        channels: Listed = (self._control.get(sub=sub, client_id=client_id))["channels"]
        return channels

    def notify(
        self, channel_id: str, kind: str, *, scheduling_conversation_id: str | None = None
    ) -> Delivery:
        """Send a notification of any type (``kind``), whether or not something has happened."""
        wanted = given(type=kind, scheduling_conversation_id=scheduling_conversation_id)
        return read(Delivery, self._control.post(channel_id, "notify", json=wanted))

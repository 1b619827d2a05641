"""The push notification channels of a sandbox."""

from __future__ import annotations

from mock_server.testing._async.control import AsyncControl
from mock_server.testing.records import Delivery, read
from mock_server.testing.terms import Document, given

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

Listed = list[Document]


class AsyncChannels:
    def __init__(self, control: AsyncControl) -> None:
        self._control = control.below("channels")

    async def list(self, *, sub: str | None = None, client_id: str | None = None) -> Listed:
        """The open ones, of one account or application."""
        channels: Listed = (await self._control.get(sub=sub, client_id=client_id))["channels"]
        return channels

    async def notify(
        self, channel_id: str, kind: str, *, scheduling_conversation_id: str | None = None
    ) -> Delivery:
        """Send a notification of any type (``kind``), whether or not something has happened."""
        wanted = given(type=kind, scheduling_conversation_id=scheduling_conversation_id)
        return read(Delivery, await self._control.post(channel_id, "notify", json=wanted))

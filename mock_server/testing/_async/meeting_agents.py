"""The meeting agents of a sandbox."""

from __future__ import annotations

from typing import Literal

from mock_server.testing._async.control import AsyncControl
from mock_server.testing.terms import Document

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

Listed = list[Document]


class AsyncMeetingAgents:
    def __init__(self, control: AsyncControl) -> None:
        self._control = control.below("meeting_agents")

    async def list(self) -> Listed:
        agents: Listed = (await self._control.get())["meeting_agents"]
        return agents

    async def end(self, sub: str, state: Literal["complete", "failed"]) -> Document:
        """It ends now, and callbacks tell of it."""
        document: Document = await self._control.post(sub, json={"state": state})
        return document

# Made by tools/unasync of the module of this name in _async: change that one.
"""The meeting agents of a sandbox."""

from __future__ import annotations

from typing import Literal

from mock_server.testing._sync.control import Control
from mock_server.testing.terms import Document

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

Listed = list[Document]


class MeetingAgents:
    def __init__(self, control: Control) -> None:
        self._control = control.below("meeting_agents")

    def list(self) -> Listed:
        agents: Listed = (self._control.get())["meeting_agents"]
        return agents

    def end(self, sub: str, state: Literal["complete", "failed"]) -> Document:
        """It ends now, and callbacks tell of it."""
        document: Document = self._control.post(sub, json={"state": state})
        return document

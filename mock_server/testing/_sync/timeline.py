# Made by tools/unasync of the module of this name in _async: change that one.
"""The timeline: what happens later, or when something else does; and actions at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mock_server.testing._sync.control import Control
from mock_server.testing.terms import Document, Time, given, plain

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

Listed = list[Document]


class Timeline:
    """Entries as a scenario file has them. Actions are mappings: ``{"disconnect_profile":
    {"person": "jane@acme.test"}}``.
    """

    def __init__(self, control: Control) -> None:
        self._control = control.below("timeline")

    def at(self, at: Time | timedelta | Document, *actions: Document) -> Document:
        """Do it at a time, or so long after the sandbox began. Returns the entry."""
        return self.add({"at": at, "do": list(actions)})

    def when(self, event: Document | str, *actions: Document) -> Document:
        """Do it after a request (``"POST /v1/permissions"``), or another event, as a mapping."""
        meant = {"request": event} if isinstance(event, str) else event
        return self.add({"when": meant, "do": list(actions)})

    def add(self, entry: Document) -> Document:
        """An entry with its ``entry_id``."""
        document: Document = self._control.post(json=plain(entry))
        return document

    def list(self) -> Listed:
        """The entries with their states: waiting, done, failed."""
        entries: Listed = (self._control.get())["entries"]
        return entries

    def read(self, entry_id: str) -> Document:
        """An entry as it stands now."""
        document: Document = self._control.get(entry_id)
        return document

    def remove(self, entry_id: str) -> None:
        self._control.delete(entry_id)

    def clear(self) -> None:
        self._control.delete()


class Actions:
    """Actions of a timeline, done at once: ``actions.do("disconnect_profile", person=…)``."""

    def __init__(self, control: Control) -> None:
        self._control = control.below("actions")

    def do(self, action: str, **details: Any) -> Any:
        """Returns what happened."""
        return self._control.post(json={action: given(**details)})

"""The timeline: what happens later, or when something else does; and actions at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from mock_server.testing._async.control import AsyncControl
from mock_server.testing.terms import Document, Time, given, plain

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

Listed = list[Document]


class AsyncTimeline:
    """Entries as a scenario file has them. Actions are mappings: ``{"disconnect_profile":
    {"person": "jane@acme.test"}}``.
    """

    def __init__(self, control: AsyncControl) -> None:
        self._control = control.below("timeline")

    async def at(self, at: Time | timedelta | Document, *actions: Document) -> Document:
        """Do it at a time, or so long after the sandbox began. Returns the entry."""
        return await self.add({"at": at, "do": list(actions)})

    async def when(self, event: Document | str, *actions: Document) -> Document:
        """Do it after a request (``"POST /v1/permissions"``), or another event, as a mapping."""
        meant = {"request": event} if isinstance(event, str) else event
        return await self.add({"when": meant, "do": list(actions)})

    async def add(self, entry: Document) -> Document:
        """An entry with its ``entry_id``."""
        document: Document = await self._control.post(json=plain(entry))
        return document

    async def list(self) -> Listed:
        """The entries with their states: waiting, done, failed."""
        entries: Listed = (await self._control.get())["entries"]
        return entries

    async def read(self, entry_id: str) -> Document:
        """An entry as it stands now."""
        document: Document = await self._control.get(entry_id)
        return document

    async def remove(self, entry_id: str) -> None:
        await self._control.delete(entry_id)

    async def clear(self) -> None:
        await self._control.delete()


class AsyncActions:
    """Actions of a timeline, done at once: ``actions.do("disconnect_profile", person=…)``."""

    def __init__(self, control: AsyncControl) -> None:
        self._control = control.below("actions")

    async def do(self, action: str, **details: Any) -> Any:
        """Returns what happened."""
        return await self._control.post(json={action: given(**details)})

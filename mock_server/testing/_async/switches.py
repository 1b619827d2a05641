"""The switches: where Cronofy's behaviour may be chosen."""

from __future__ import annotations

from typing import Any

from mock_server.testing._async.control import AsyncControl
from mock_server.testing.terms import Document

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class AsyncSwitches:
    """As in a scenario file: ``rate_limits``, ``strictness``, ``page_size`` …"""

    def __init__(self, control: AsyncControl) -> None:
        self._control = control.below("switches")

    async def read(self) -> Document:
        """All of them as they are."""
        document: Document = await self._control.get()
        return document

    async def set(self, **switches: Any) -> Document:
        """Change those that are given; returns all of them."""
        document: Document = await self._control.patch(json=switches)
        return document

"""Outages: of a calendar provider, or of one of Cronofy's data centers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.testing._async.control import AsyncControl
from mock_server.testing.terms import Document, given

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class AsyncOutage:
    """An outage of a sandbox; a ``with`` block ends it."""

    def __init__(self, control: AsyncControl, document: Document) -> None:
        self._control = control
        self.outage_id: str = document["outage_id"]
        # As it was written, and whether it was ``on``.
        self.document = document

    def __repr__(self) -> str:
        return f"<Outage {self.outage_id}>"

    async def end(self) -> None:
        """What was held up passes."""
        await self._control.delete("outages", self.outage_id)

    async def __aenter__(self) -> AsyncOutage:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()


# Inside the class, `list` is a method.
Listed = list[AsyncOutage]


class AsyncOutages:
    """The outages of a sandbox. What they hold up passes when they end."""

    def __init__(self, control: AsyncControl) -> None:
        self._control = control

    async def add(
        self,
        *,
        provider: str | None = None,
        data_center: str | None = None,
        window: Mapping[str, Any] | None = None,
    ) -> AsyncOutage:
        """Of one of them; ``window`` has ``from`` and ``until``, by the sandbox's clock."""
        wanted = given(provider=provider, data_center=data_center, window=window)
        return AsyncOutage(self._control, await self._control.post("outages", json=wanted))

    async def list(self) -> Listed:
        answer = await self._control.get("outages")
        return [AsyncOutage(self._control, document) for document in answer["outages"]]

    async def clear(self) -> None:
        """All of them end."""
        await self._control.delete("outages")

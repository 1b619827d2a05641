# Made by tools/unasync of the module of this name in _async: change that one.
"""Outages: of a calendar provider, or of one of Cronofy's data centers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mock_server.testing._sync.control import Control
from mock_server.testing.terms import Document, given

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Outage:
    """An outage of a sandbox; a ``with`` block ends it."""

    def __init__(self, control: Control, document: Document) -> None:
        self._control = control
        self.outage_id: str = document["outage_id"]
        # As it was written, and whether it was ``on``.
        self.document = document

    def __repr__(self) -> str:
        return f"<Outage {self.outage_id}>"

    def end(self) -> None:
        """What was held up passes."""
        self._control.delete("outages", self.outage_id)

    def __enter__(self) -> Outage:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


# Inside the class, `list` is a method.
Listed = list[Outage]


class Outages:
    """The outages of a sandbox. What they hold up passes when they end."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def add(
        self,
        *,
        provider: str | None = None,
        data_center: str | None = None,
        window: Mapping[str, Any] | None = None,
    ) -> Outage:
        """Of one of them; ``window`` has ``from`` and ``until``, by the sandbox's clock."""
        wanted = given(provider=provider, data_center=data_center, window=window)
        return Outage(self._control, self._control.post("outages", json=wanted))

    def list(self) -> Listed:
        answer = self._control.get("outages")
        return [Outage(self._control, document) for document in answer["outages"]]

    def clear(self) -> None:
        """All of them end."""
        self._control.delete("outages")

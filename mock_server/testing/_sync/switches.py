# Made by tools/unasync of the module of this name in _async: change that one.
"""The switches: where Cronofy's behaviour may be chosen."""

from __future__ import annotations

from typing import Any

from mock_server.testing._sync.control import Control
from mock_server.testing.terms import Document

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Switches:
    """As in a scenario file: ``rate_limits``, ``strictness``, ``page_size`` …"""

    def __init__(self, control: Control) -> None:
        self._control = control.below("switches")

    def read(self) -> Document:
        """All of them as they are."""
        document: Document = self._control.get()
        return document

    def set(self, **switches: Any) -> Document:
        """Change those that are given; returns all of them."""
        document: Document = self._control.patch(json=switches)
        return document

# Made by tools/unasync of the module of this name in _async: change that one.
"""The sandbox's clock."""

from __future__ import annotations

from datetime import datetime

from mock_server.testing._sync.control import Control
from mock_server.testing.records import Advance, read
from mock_server.testing.terms import Time, plain

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class Clock:
    """Runs with the machine's (``real``), or stands still until it is moved (``virtual``)."""

    def __init__(self, control: Control) -> None:
        self._control = control

    @property
    def now(self) -> datetime:
        """The sandbox's time, which is aware (UTC)."""
        return read(datetime, (self._control.get("clock"))["now"])

    @property
    def mode(self) -> str:
        """``real`` or ``virtual``."""
        mode: str = (self._control.get("clock"))["mode"]
        return mode

    def set(self, now: Time) -> None:
        """Stand still at ``now``; what falls due by then leaves in no certain order."""
        self._control.put("clock", json={"now": plain(now)})

    def freeze(self) -> None:
        """Stand still now."""
        self._control.put("clock", json={"mode": "virtual"})

    def run(self) -> None:
        """Run with the machine's clock."""
        self._control.put("clock", json={"mode": "real"})

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> Advance:
        """Move forward; what falls due happens in order, and is what this returns."""
        duration = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        wanted = {name: amount for name, amount in duration.items() if amount}
        return read(Advance, self._control.post("clock", "advance", json=wanted))

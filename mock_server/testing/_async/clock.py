"""The sandbox's clock."""

from __future__ import annotations

from datetime import datetime

from mock_server.testing._async.control import AsyncControl
from mock_server.testing.records import Advance, read
from mock_server.testing.terms import Time, plain

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True


class AsyncClock:
    """Runs with the machine's (``real``), or stands still until it is moved (``virtual``)."""

    def __init__(self, control: AsyncControl) -> None:
        self._control = control

    @property
    async def now(self) -> datetime:
        """The sandbox's time, which is aware (UTC)."""
        return read(datetime, (await self._control.get("clock"))["now"])

    @property
    async def mode(self) -> str:
        """``real`` or ``virtual``."""
        mode: str = (await self._control.get("clock"))["mode"]
        return mode

    async def set(self, now: Time) -> None:
        """Stand still at ``now``; what falls due by then leaves in no certain order."""
        await self._control.put("clock", json={"now": plain(now)})

    async def freeze(self) -> None:
        """Stand still now."""
        await self._control.put("clock", json={"mode": "virtual"})

    async def run(self) -> None:
        """Run with the machine's clock."""
        await self._control.put("clock", json={"mode": "real"})

    async def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> Advance:
        """Move forward; what falls due happens in order, and is what this returns."""
        duration = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        wanted = {name: amount for name, amount in duration.items() if amount}
        return read(Advance, await self._control.post("clock", "advance", json=wanted))

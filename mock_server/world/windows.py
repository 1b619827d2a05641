"""Windows: from when to when something goes on."""

from __future__ import annotations

from mock_server.world.records import Record


class Window(Record, frozen=True):
    """``begins`` and ``ends`` are seconds since the epoch, the end not included; None has been so
    for ever, or has no end.
    """

    begins: int | None = None
    ends: int | None = None

    def is_open(self, now: int) -> bool:
        begun = self.begins is None or self.begins <= now
        return begun and (self.ends is None or now < self.ends)


ALWAYS = Window()

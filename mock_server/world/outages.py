"""Outages: what of the world around is out of order, as a test has asked."""

from __future__ import annotations

from mock_server.world.records import Record


class Outage(Record, frozen=True):
    """Of a calendar ``provider`` or of one of Cronofy's ``data_center``s.

    ``outage_id`` is unique on the server. ``begins`` and ``ends`` are seconds since the epoch,
    the end not included; None has been so for ever, or has no end.
    """

    outage_id: str
    provider: str | None = None
    data_center: str | None = None
    begins: int | None = None
    ends: int | None = None

    def is_on(self, now: int) -> bool:
        begun = self.begins is None or self.begins <= now
        return begun and (self.ends is None or now < self.ends)

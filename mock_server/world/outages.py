"""Outages: what of the world around is out of order, as a test has asked."""

from __future__ import annotations

from mock_server.world.records import Record
from mock_server.world.windows import ALWAYS, Window


class Outage(Record, frozen=True):
    """Of a calendar ``provider`` or of one of Cronofy's ``data_center``s, while the ``window`` is
    open.

    ``outage_id`` is unique on the server.
    """

    outage_id: str
    provider: str | None = None
    data_center: str | None = None
    window: Window = ALWAYS

"""Pages of readings, kept for whoever asks for the next one."""

from __future__ import annotations

from mock_server.world.availability import AvailablePeriod
from mock_server.world.events import Occurrence
from mock_server.world.records import Record


class ResultPage(Record, frozen=True):
    """One page of a reading, kept for whoever asks for it next (events §4.2).

    Its entries are ``items`` or, of the kind ``available_periods``, ``periods``. ``options`` are
    those of the first request that shape how each entry is answered; ``following`` is the page
    after it.
    """

    page_id: str
    client_id: str
    sub: str
    kind: str
    number: int
    total: int
    options: frozenset[str]
    expires_at: int
    items: tuple[Occurrence, ...] = ()
    periods: tuple[AvailablePeriod, ...] = ()
    following: str | None = None

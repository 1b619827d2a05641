"""Meeting agents: what joins a meeting and takes notes of it (notifications §4.4)."""

from __future__ import annotations

from typing import Literal

from mock_server.world.events import Subscription
from mock_server.world.records import Record


class MeetingAgent(Record, frozen=True):
    """An agent of an application, for one meeting.

    It joins at ``start`` and leaves at ``end``: *created*, then *activated*, then *complete*,
    or *failed*. ``event`` is the key of the event that it was put on, in a calendar of the
    account ``account``; others are alone, and have their ``join_url`` and, if scheduled, a
    ``scheduling_key``. ``token`` is in the addresses of what it has recorded.
    """

    sub: str
    client_id: str
    token: str
    start: int
    end: int
    state: Literal["created", "activated", "complete", "failed"] = "created"
    join_url: str | None = None
    display_name: str | None = None
    event: tuple[str, str] | None = None
    account: str | None = None
    scheduling_key: str | None = None
    on_behalf_of: str | None = None
    subscriptions: tuple[Subscription, ...] = ()

    @property
    def waiting(self) -> bool:
        """Whether it has not joined yet."""
        return self.state == "created"

    @property
    def ended(self) -> bool:
        return self.state in {"complete", "failed"}

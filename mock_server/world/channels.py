"""Push notification channels (notifications §1)."""

from __future__ import annotations

from mock_server.world.records import Record


class Filters(Record, frozen=True):
    """What a channel is restricted to, as it was asked for; None was not."""

    calendar_ids: tuple[str, ...] | None = None
    only_managed: bool | None = None


class Channel(Record, frozen=True):
    """Where an application is told that something about an account has changed.

    ``changed_since`` is when the earliest change happened that nobody has been told of yet;
    ``failing_since`` when the first attempt failed since one succeeded last.
    ``scheduling_conversations`` is None where the request did not name them.
    """

    channel_id: str
    client_id: str
    sub: str
    callback_url: str
    filters: Filters = Filters()
    scheduling_conversations: bool | None = None
    changed_since: int | None = None
    failing_since: int | None = None

    @property
    def owner(self) -> tuple[str, str]:
        return self.client_id, self.sub

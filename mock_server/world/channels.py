"""Push notification channels (notifications §1)."""

from __future__ import annotations

from mock_server.world.records import Record


class Filters(Record, frozen=True):
    """What a channel is restricted to, as it was asked for; None was not."""

    calendar_ids: tuple[str, ...] | None = None
    only_managed: bool | None = None


class Channel(Record, frozen=True):
    """Where an application is told that something about an account has changed.

    ``changed_since`` is when the earliest change happened that has not been announced yet;
    ``announced_since`` that of the ``announcement`` (a delivery's id) that is not through.
    ``scheduling_conversations`` is None where the request did not name them.
    """

    channel_id: str
    client_id: str
    sub: str
    callback_url: str
    filters: Filters = Filters()
    scheduling_conversations: bool | None = None
    changed_since: int | None = None
    announced_since: int | None = None
    announcement: str | None = None

    @property
    def owner(self) -> tuple[str, str]:
        return self.client_id, self.sub

    @property
    def untold_since(self) -> int | None:
        """When the earliest change happened that the receiver is not known to have heard of."""
        moments = (self.changed_since, self.announced_since)
        return min((at for at in moments if at is not None), default=None)

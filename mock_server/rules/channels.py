"""Push notification channels: what an application is told of an account (notifications §1).

A change is announced a moment after it happened, so that many at a time are one. While one
announcement of a channel is not through, later changes wait for it. None is forgotten: the time
from which on a receiver has to read stays the same until it has been taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import NotRequired

from typing_extensions import TypedDict

from mock_server.errors import NotFound, Unprocessable
from mock_server.rules import callbacks, timers
from mock_server.world.accounts import Authorization, Profile
from mock_server.world.channels import Channel, Filters
from mock_server.world.clock import as_text
from mock_server.world.events import Event
from mock_server.world.outbox import Delivery
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

VERIFICATION = "verification"
CHANGE = "change"
PROFILE_DISCONNECTED = "profile_disconnected"
PROFILE_CONNECTED = "profile_connected"
CONFERENCING_DISCONNECTED = "conferencing_profile_disconnected"
INITIAL_SYNC_COMPLETED = "profile_initial_sync_completed"

# What the ids of channels begin with, and so the queues of their notifications.
_PREFIX = "chn"

# The kind of timer (rules/due.py).
ANNOUNCE = "announce_changes"

# Any of them is needed (assumed, notifications §1.1).
SCOPES = ("read_events", "read_free_busy")

# Of an account, by one application.
MOST_CHANNELS = 128

# Seconds without a success after which Cronofy closes a channel.
_PATIENCE = 86_400

# The status of a receiver that wants to hear no more.
_GONE = 410


class FiltersDocument(TypedDict):
    """What was asked for, and nothing else."""

    calendar_ids: NotRequired[list[str]]
    only_managed: NotRequired[bool]


class SchedulingConversationsDocument(TypedDict):
    enabled: bool


class ChannelDocument(TypedDict):
    channel_id: str
    callback_url: str
    filters: FiltersDocument
    scheduling_conversations: NotRequired[SchedulingConversationsDocument]


def create(
    sandbox: Sandbox,
    authorization: Authorization,
    callback_url: str,
    filters: Filters,
    *,
    scheduling_conversations: bool | None = None,
) -> Channel:
    """A channel, verified by a first call; the one that there is, if it is the same.

    Raises Unprocessable for calendars of others, and for too many channels.
    """
    _check_calendars(sandbox, authorization, filters)
    known = sandbox.channels.by("owner", authorization.key)
    for channel in known:
        if (channel.callback_url, channel.filters) == (callback_url, filters):
            if scheduling_conversations is not None:
                channel = replace(channel, scheduling_conversations=scheduling_conversations)
            return sandbox.channels.put(channel)
    if len(known) >= MOST_CHANNELS:
        raise Unprocessable.of(
            "base",
            "errors.too_many_channels",
            f"must have at most {MOST_CHANNELS} channels",
            f"the account has {len(known)} channels: close some of them",
        )
    channel = sandbox.channels.put(
        Channel(
            channel_id=sandbox.ids.hex(_PREFIX),
            client_id=authorization.client_id,
            sub=authorization.sub,
            callback_url=callback_url,
            filters=filters,
            scheduling_conversations=scheduling_conversations,
        )
    )
    notify(sandbox, channel, VERIFICATION)
    return channel


def _check_calendars(sandbox: Sandbox, authorization: Authorization, filters: Filters) -> None:
    for calendar_id in filters.calendar_ids or ():
        calendar = sandbox.calendars.get(calendar_id)
        if calendar is None or calendar.profile_id not in authorization.profile_ids:
            raise Unprocessable.of(
                "filters.calendar_ids",
                "errors.not_found",
                "contains unknown calendar ids",
                f"filters.calendar_ids: no calendar {calendar_id!r} in this authorization",
            )


def own(sandbox: Sandbox, authorization: Authorization, channel_id: str) -> Channel:
    """The channel of this id; raises NotFound for one that is closed or somebody else's."""
    channel = sandbox.channels.get(channel_id)
    if channel is None or channel.owner != authorization.key:
        raise NotFound(f"no channel {channel_id!r} of this account: GET /v1/channels lists them")
    return channel


def close(sandbox: Sandbox, channel: Channel) -> None:
    """Nothing is sent any more, not even what is waiting."""
    sandbox.channels.remove(channel.channel_id)
    timers.cancel(sandbox, ANNOUNCE, (channel.channel_id,))
    for delivery in sandbox.deliveries.by("queue", channel.channel_id):
        sandbox.deliveries.put(replace(delivery, state="failed"))


def event_changed(sandbox: Sandbox, event: Event, by: str | None) -> None:
    """``event`` is new, says something new, or is deleted: for whoever it is a concern of.

    ``by`` is the application that did it through the API: it is not told what it knows.
    """
    calendar = sandbox.calendars[event.calendar_id]
    for channel in _of_profile(sandbox, calendar.profile_id):
        if channel.client_id == by:
            continue
        if not _includes(channel.filters.calendar_ids, event.calendar_id):
            continue
        if channel.filters.only_managed and not event.written_by(channel.client_id):
            continue
        _changed(sandbox, channel)


def calendars_changed(sandbox: Sandbox, profile: Profile, by: str | None) -> None:
    """A calendar of ``profile`` is new, gone, or called something else; ``by`` as above.

    Filters are about events: they hold nothing back here (notifications §1.4.4, assumed).
    """
    for channel in _of_profile(sandbox, profile.profile_id):
        if channel.client_id != by:
            _changed(sandbox, channel)


def _includes(calendar_ids: Iterable[str] | None, calendar_id: str) -> bool:
    return calendar_ids is None or calendar_id in calendar_ids


def _changed(sandbox: Sandbox, channel: Channel) -> None:
    now, since = sandbox.now(), channel.changed_since
    if since is None:
        delay = sandbox.switches.notification_delay
        timers.schedule(sandbox, ANNOUNCE, (channel.channel_id,), delay)
    # Clocks may be put back.
    if since is None or now < since:
        sandbox.channels.put(replace(channel, changed_since=now))


def announce(sandbox: Sandbox, channel_id: str) -> None:
    """The timer's rule: tell of what has changed, and of what an announcement should have told
    that failed for good; while one is still being told, later.
    """
    channel = sandbox.channels.get(channel_id)
    if channel is None or channel.changed_since is None:
        return
    earlier = sandbox.deliveries.get(channel.announcement)
    if earlier is not None and earlier.state == "pending":
        return
    since = channel.untold_since
    assert since is not None
    delivery = notify(sandbox, channel, CHANGE, changes_since=as_text(since))
    sandbox.channels.put(
        replace(
            channel,
            changed_since=None,
            announced_since=since,
            announcement=delivery.delivery_id,
        )
    )


def tell(sandbox: Sandbox, sub: str, profile_id: str | None, kind: str) -> None:
    """Notify every application that has a channel for the account ``sub``; with ``profile_id``
    those that see this profile.
    """
    for channel in sandbox.channels.by("sub", sub):
        authorization = sandbox.authorizations[channel.owner]
        if profile_id is None or profile_id in authorization.profile_ids:
            notify(sandbox, channel, kind)


def notify(sandbox: Sandbox, channel: Channel, kind: str, **more: str) -> Delivery:
    """Put a notification into the outbox, behind those that wait there for this channel."""
    return callbacks.record(
        sandbox,
        sandbox.applications[channel.client_id],
        kind=kind,
        url=channel.callback_url,
        body={"notification": {"type": kind, **more}, "channel": document(channel)},
        queue=channel.channel_id,
    )


def document(channel: Channel) -> ChannelDocument:
    """A channel as answers and notifications show it."""
    filters: FiltersDocument = {}
    if channel.filters.calendar_ids is not None:
        filters["calendar_ids"] = list(channel.filters.calendar_ids)
    if channel.filters.only_managed is not None:
        filters["only_managed"] = channel.filters.only_managed
    shown: ChannelDocument = {
        "channel_id": channel.channel_id,
        "callback_url": channel.callback_url,
        "filters": filters,
    }
    if channel.scheduling_conversations is not None:
        shown["scheduling_conversations"] = {"enabled": channel.scheduling_conversations}
    return shown


def is_notification(delivery: Delivery) -> bool:
    """Whether ``delivery`` is a channel's."""
    return delivery.queue is not None and delivery.queue.startswith(f"{_PREFIX}_")


def tried(sandbox: Sandbox, delivery: Delivery) -> None:
    """A notification has been tried once more: after a day without success its channel is
    closed. What waits behind it is announced when it is through.
    """
    channel = sandbox.channels.get(delivery.queue)
    if channel is None:
        return
    attempt = delivery.attempts[-1]
    if not attempt.succeeded:
        gone = attempt.status == _GONE and sandbox.switches.close_on_gone
        if gone or attempt.at - _failing_since(delivery) >= _PATIENCE:
            close(sandbox, channel)
            return
    if delivery.state == "pending":
        return
    if attempt.succeeded and channel.announcement == delivery.delivery_id:
        told = replace(channel, announced_since=None, announcement=None)
        channel = sandbox.channels.put(told)
    if not timers.is_scheduled(sandbox, ANNOUNCE, (channel.channel_id,)):
        announce(sandbox, channel.channel_id)


def _failing_since(delivery: Delivery) -> int:
    """When the first attempt failed since one succeeded last; nothing else of its channel has
    been tried meanwhile.
    """
    failed = takewhile(lambda attempt: not attempt.succeeded, reversed(delivery.attempts))
    return min(attempt.at for attempt in failed)


def _of_profile(sandbox: Sandbox, profile_id: str) -> list[Channel]:
    """The channels of every application that sees this profile."""
    if not sandbox.channels:
        return []
    return [
        channel
        for authorization in sandbox.authorizations.by("profile", profile_id)
        for channel in sandbox.channels.by("owner", authorization.key)
    ]

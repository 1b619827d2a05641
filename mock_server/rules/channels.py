"""Push notification channels: what an application is told of an account (notifications §1).

A change is announced once, a moment after it happened, so that many at a time are one. While
one announcement of a channel is not through, later changes wait for it: none is forgotten, and
none is told of twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NotRequired

from typing_extensions import TypedDict

from mock_server.errors import NotFound, Unprocessable
from mock_server.rules import callbacks, timers
from mock_server.world.accounts import Authorization, Profile
from mock_server.world.channels import Channel, Filters
from mock_server.world.clock import as_text
from mock_server.world.events import Event
from mock_server.world.outbox import Attempt, Delivery
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

VERIFICATION = "verification"
CHANGE = "change"
PROFILE_DISCONNECTED = "profile_disconnected"
PROFILE_CONNECTED = "profile_connected"
CONFERENCING_DISCONNECTED = "conferencing_profile_disconnected"
INITIAL_SYNC_COMPLETED = "profile_initial_sync_completed"
GDPR_REQUESTED = "gdpr_requested"
TYPES = frozenset(
    {
        VERIFICATION,
        CHANGE,
        PROFILE_DISCONNECTED,
        PROFILE_CONNECTED,
        CONFERENCING_DISCONNECTED,
        INITIAL_SYNC_COMPLETED,
        GDPR_REQUESTED,
    }
)

# The kind of timer (rules/due.py).
ANNOUNCE = "announce_changes"

# Of an account, by one application.
MOST_CHANNELS = 128

# Seconds without a success after which Cronofy closes a channel.
_PATIENCE = 86_400


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
            return channel
    if len(known) >= MOST_CHANNELS:
        raise Unprocessable.of(
            "base",
            "errors.too_many_channels",
            f"must have at most {MOST_CHANNELS} channels",
            f"the account has {len(known)} channels: close some of them",
        )
    channel = sandbox.channels.put(
        Channel(
            channel_id=sandbox.ids.hex("chn"),
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


def event_changed(
    sandbox: Sandbox, event: Event, before: Event | None, by: str | None = None
) -> None:
    """``event`` is new or no longer what it was ``before``, for whoever it is a concern of.

    ``by`` is the application that did it through the API: it is not told what it knows.
    """
    calendar = sandbox.calendars[event.calendar_id]
    for channel in _of_profile(sandbox, calendar.profile_id):
        if channel.client_id == by:
            continue
        if not _includes(channel.filters.calendar_ids, event.calendar_id):
            continue
        written = event.written_by(channel.client_id) or (
            before is not None and before.written_by(channel.client_id)
        )
        if channel.filters.only_managed and not written:
            continue
        _changed(sandbox, channel)


def calendars_changed(sandbox: Sandbox, profile: Profile, by: str | None = None) -> None:
    """A calendar of ``profile`` is new, gone, or called something else."""
    for channel in _of_profile(sandbox, profile.profile_id):
        if channel.client_id != by:
            _changed(sandbox, channel)


def _includes(calendar_ids: Iterable[str] | None, calendar_id: str) -> bool:
    return calendar_ids is None or calendar_id in calendar_ids


def _changed(sandbox: Sandbox, channel: Channel) -> None:
    if channel.changed_since is None:
        sandbox.channels.put(replace(channel, changed_since=sandbox.now()))
        timers.schedule(
            sandbox, ANNOUNCE, (channel.channel_id,), sandbox.switches.notification_delay
        )


def announce(sandbox: Sandbox, channel_id: str) -> None:
    """The timer's rule: tell of what has changed, unless an earlier change is still being
    told.
    """
    channel = sandbox.channels.get(channel_id)
    if channel is None or channel.changed_since is None:
        return
    waiting = sandbox.deliveries.by("queue", channel_id)
    if any(delivery.kind == CHANGE for delivery in waiting):
        return
    sandbox.channels.put(replace(channel, changed_since=None))
    notify(sandbox, channel, CHANGE, changes_since=as_text(channel.changed_since))


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


def tried(sandbox: Sandbox, delivery: Delivery, attempt: Attempt) -> None:
    """A notification has been tried: after a day without success the channel is closed."""
    channel = sandbox.channels.get(delivery.queue)
    if channel is None:
        return
    if attempt.succeeded:
        channel = sandbox.channels.put(replace(channel, failing_since=None))
        if channel.changed_since is not None:
            announce(sandbox, channel.channel_id)
        return
    since = attempt.at if channel.failing_since is None else channel.failing_since
    sandbox.channels.put(replace(channel, failing_since=since))
    if attempt.at - since >= _PATIENCE:
        close(sandbox, channel)


def _of_profile(sandbox: Sandbox, profile_id: str) -> list[Channel]:
    """The channels of every application that sees this profile."""
    if not sandbox.channels:
        return []
    return [
        channel
        for authorization in sandbox.authorizations.by("profile", profile_id)
        for channel in sandbox.channels.by("owner", authorization.key)
    ]

"""Push notification channels: create, list, close (notifications §§1.1-1.3)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.fields import HttpUrl, Part, is_true
from mock_server.api.parsing import Parameters
from mock_server.rules import channels
from mock_server.rules.channels import ChannelDocument
from mock_server.world import channels as world


class OneChannel(TypedDict):
    channel: ChannelDocument


class Channels(TypedDict):
    channels: list[ChannelDocument]


class FiltersRequest(Part):
    calendar_ids: Annotated[list[str], Field(min_length=1)] | None = None
    only_managed: bool | None = None


class SchedulingConversationsRequest(Part):
    enabled: bool = False


class ChannelRequest(BaseModel):
    model_config = ConfigDict(defer_build=True)

    callback_url: HttpUrl
    filters: FiltersRequest | None = None
    scheduling_conversations: SchedulingConversationsRequest | None = None


def _asks_for_own_alone(_: Call, members: Parameters) -> bool:
    filters = members.get("filters")
    return isinstance(filters, dict) and is_true(filters.get("only_managed"))


@endpoint(
    "POST",
    "/v1/channels",
    title="Create notification channel",
    docs="api/push-notifications/create-channel",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=channels.SCOPES,
    own_alone=_asks_for_own_alone,
    plan="emerging",
    body=ChannelRequest,
    answer=OneChannel,
    errors=(401, 403, 422),
    assumed=(
        "A scope that reads events or busy times is needed, but with the filter only_managed: else "
        "403. Listing and closing need none.",
        "The same channel is one with the same callback_url and filters, as sent; "
        "scheduling_conversations, if sent, is changed in place.",
        "callback_url is an http or https address of any length.",
        "calendar_ids without entries are errors.required, unknown ones errors.not_found, both on "
        "filters.calendar_ids; the 129th channel is errors.too_many_channels on base.",
        "Changes are collected for one second (the scenario's switch notification_delay) and then "
        "announced once, with the time of the earliest. While an announcement is not through, "
        "later changes wait for it; after one that failed for good, the next has its time. "
        "Notifications of a channel leave in order.",
        "Other applications' writes, answers to invitations and changes of calendars are changes "
        "too; filters hold nothing back of changes of calendars.",
        "What an application writes is no change for its own channels, wherever and however late "
        "it is seen: in other profiles, in conferencing that is assigned later, in what was "
        "queued. What the mails of an event change in its guests' own calendars is one.",
        "Retries: 15 s, 1, 5 and 15 minutes, 1, 2, 4, 6 and 10 hours after each failure, and at "
        "24 hours, when the channel is closed. A 410 is a failure like any other, but with the "
        "scenario's switch close_on_gone.",
        "profile_disconnected is sent at once, not when the profile is used next.",
        "profile_initial_sync_completed is sent after a reconnect too; profile_connected only "
        "with the scenario's switch of that name.",
        "Revoking the authorization closes its channels.",
    ),
)
def create_channel(call: Call) -> OneChannel:
    body: ChannelRequest = call.body
    filters, conversations = body.filters or FiltersRequest(), body.scheduling_conversations
    ids = filters.calendar_ids
    channel = channels.create(
        call.sandbox,
        call.authorization,
        body.callback_url,
        world.Filters(None if ids is None else tuple(ids), filters.only_managed),
        scheduling_conversations=conversations.enabled if conversations else None,
    )
    return {"channel": channels.document(channel)}


@endpoint(
    "GET",
    "/v1/channels",
    title="List notification channels",
    docs="api/push-notifications/list-channels",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    answer=Channels,
    errors=(401, 403),
    assumed=("Closed channels are not listed.",),
)
def list_channels(call: Call) -> Channels:
    own = call.sandbox.channels.by("owner", call.authorization.key)
    return {"channels": [channels.document(channel) for channel in own]}


@endpoint(
    "DELETE",
    "/v1/channels/{channel_id}",
    title="Close notification channel",
    docs="api/push-notifications/close-channel",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    owned=lambda call: channels.own(call.sandbox, call.authorization, call.path["channel_id"]),
    status=202,
    errors=(401, 403, 404),
    assumed=("A channel that is closed already is 404.",),
)
def close_channel(call: Call) -> None:
    channels.close(call.sandbox, call.target)


ENDPOINTS = (create_channel, list_channels, close_channel)

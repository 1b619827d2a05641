"""Push notification channels: all that there are, and notifications sent by hand."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer
from mock_server.control.documents import Document, delivery_document
from mock_server.rules import channels
from mock_server.scenarios.actions import deliveries
from mock_server.scenarios.actions.action import find
from mock_server.scenarios.actions.deliveries import NotifyChannel
from mock_server.scenarios.problems import validate
from mock_server.world.channels import Channel
from mock_server.world.clock import as_text


def _document(channel: Channel) -> Document:
    since = channel.untold_since
    return {
        "client_id": channel.client_id,
        "sub": channel.sub,
        **channels.document(channel),
        "untold_since": None if since is None else as_text(since),
    }


async def list_channels(control: Control) -> Response:
    query = control.request.query_params
    found = [
        _document(channel)
        for channel in control.sandbox.channels
        if query.get("sub") in (None, channel.sub)
        and query.get("client_id") in (None, channel.client_id)
    ]
    return answer({"channels": found})


async def notify(control: Control) -> Response:
    """One notification of any type, whether or not something has happened."""
    sandbox = control.sandbox
    channel = find(sandbox.channels, control.request.path_params["channel_id"], "channel_id")
    wanted = validate(NotifyChannel, await control.document())
    delivery = deliveries.notify(sandbox, channel, wanted)
    return answer(delivery_document(delivery), 202)


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/channels", list_channels),
    ("POST", "/sandboxes/{sandbox_id}/channels/{channel_id}/notify", notify),
)

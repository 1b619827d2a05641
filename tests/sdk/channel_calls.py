"""Notification channels through the official SDKs, under one set of names; see clients.py.

Calls answer the whole document; ``filters`` have the names of the API's own.
"""

from __future__ import annotations

from typing import Any, Protocol

from tests.sdk.clients import Client, Document, NodeClient, PythonClient


class Channels(Protocol):
    def create(self, callback_url: str, **filters: Any) -> Document: ...
    def list(self) -> Document: ...
    def close(self, channel_id: str) -> None: ...


def of(client: Client) -> Channels:
    if isinstance(client, PythonClient):
        return PythonChannels(client)
    assert isinstance(client, NodeClient)
    return NodeChannels(client)


class PythonChannels:
    def __init__(self, client: PythonClient) -> None:
        self._call = client.call
        self._sdk = client.client

    def create(self, callback_url: str, **filters: Any) -> Document:
        create = self._sdk.create_notification_channel
        channel, document = self._call(create, callback_url, **filters)
        assert document == {"channel": channel}
        return document

    def list(self) -> Document:
        channels, document = self._call(self._sdk.list_notification_channels)
        assert document == {"channels": channels}
        return document

    def close(self, channel_id: str) -> None:
        close = self._sdk.close_notification_channel
        assert self._call(close, channel_id) == (None, None)


class NodeChannels:
    def __init__(self, client: NodeClient) -> None:
        self._call = client.call

    def create(self, callback_url: str, **filters: Any) -> Document:
        more = {"filters": filters} if filters else {}
        return self._call("createNotificationChannel", callback_url=callback_url, **more)

    def list(self) -> Document:
        return self._call("listNotificationChannels")

    def close(self, channel_id: str) -> None:
        assert self._call("deleteNotificationChannel", channel_id=channel_id) is None

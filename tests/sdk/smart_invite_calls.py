"""Smart Invites through the official SDKs, under one set of names; see clients.py.

Calls answer the whole document; ``to`` is one address, or people with what is known of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Protocol

from tests.sdk.clients import Client, Document, NodeClient, PythonClient

# Whom an invite is for.
To = str | list[Document]


class SmartInvites(Protocol):
    def invite(self, smart_invite_id: str, to: To, event: Document, **more: Any) -> Document:
        """``more``: callback_url, organizer."""
        ...

    def cancel(self, smart_invite_id: str, to: To) -> Document: ...
    def status(self, smart_invite_id: str, email: str | None) -> Document:
        """``email`` is None for an invite of several."""
        ...


def of(client: Client) -> SmartInvites:
    if isinstance(client, PythonClient):
        return PythonSmartInvites(client)
    assert isinstance(client, NodeClient)
    return NodeSmartInvites(client)


class PythonSmartInvites:
    def __init__(self, client: PythonClient) -> None:
        self._call = client.call
        self._sdk = client.client

    def _whole(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> Document:
        # Its methods write into what they are given.
        result, document = self._call(method, *copy.deepcopy(arguments), **named)
        assert result == document
        return document

    def invite(self, smart_invite_id: str, to: To, event: Document, **more: Any) -> Document:
        return self._whole(
            self._sdk.upsert_smart_invite, smart_invite_id, _recipient(to), event, **more
        )

    def cancel(self, smart_invite_id: str, to: To) -> Document:
        return self._whole(self._sdk.cancel_smart_invite, smart_invite_id, _recipient(to))

    def status(self, smart_invite_id: str, email: str | None) -> Document:
        return self._whole(self._sdk.get_smart_invite, smart_invite_id, email)


def _recipient(to: To) -> Document | list[Document]:
    """A dict or a list, by which it tells the two forms apart."""
    return {"email": to} if isinstance(to, str) else to


class NodeSmartInvites:
    def __init__(self, client: NodeClient) -> None:
        self._call = client.call

    def invite(self, smart_invite_id: str, to: To, event: Document, **more: Any) -> Document:
        return self._call(
            "createSmartInvite", smart_invite_id=smart_invite_id, event=event, **_named(to), **more
        )

    def cancel(self, smart_invite_id: str, to: To) -> Document:
        return self._call("cancelSmartInvite", smart_invite_id=smart_invite_id, **_named(to))

    def status(self, smart_invite_id: str, email: str | None) -> Document:
        more = {"recipient_email": email} if email is not None else {}
        return self._call("getSmartInvite", smart_invite_id=smart_invite_id, **more)


def _named(to: To) -> Document:
    return {"recipient": {"email": to}} if isinstance(to, str) else {"recipients": to}

"""Subscriptions: the webhooks that an event, a meeting agent or a file may have
(notifications §4.1, §4.4, §4.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mock_server.api.fields import HttpUrl, Part
from mock_server.world.events import Subscription


class InteractionRequest(Part):
    """What is told of; each kind of subscription has types of its own."""

    type: str


class WebhookRequest(Part):
    type: Literal["webhook"]
    uri: HttpUrl
    interactions: Sequence[InteractionRequest]

    def record(self) -> Subscription:
        return Subscription(self.uri, tuple(item.type for item in self.interactions))

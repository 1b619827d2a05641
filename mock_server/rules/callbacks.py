"""Callbacks: recorded in the sandbox's outbox, carried out by the delivery room."""

from __future__ import annotations

import json

from mock_server.errors import Document
from mock_server.world.accounts import Profile
from mock_server.world.applications import Application
from mock_server.world.grants import Code
from mock_server.world.outbox import Delivery
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


def record(
    sandbox: Sandbox,
    application: Application,
    *,
    kind: str,
    url: str,
    body: Document,
    code: Code | None = None,
    after_sync_of: Profile | None = None,
    queue: str | None = None,
) -> Delivery:
    """Put a callback into the outbox.

    ``code`` is the one that the body carries, if any. With ``after_sync_of`` the callback
    is held until that profile's first synchronization; those of one ``queue`` leave one after
    the other. The body is compact JSON with
    nothing escaped that need not be: clients verify its HMAC by serializing the parsed body
    again (notifications §1.4.2).
    """
    held = after_sync_of is not None and after_sync_of.initial_sync_required
    now = sandbox.now()
    delivery = sandbox.deliveries.put(
        Delivery(
            delivery_id=sandbox.ids.hex("dlv"),
            client_id=application.client_id,
            kind=kind,
            url=url,
            body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
            state="held" if held else "pending",
            created_at=now,
            due_at=now,
            profile_id=after_sync_of.profile_id if after_sync_of else None,
            queue=queue,
        )
    )
    if code is not None:
        sandbox.codes.put(replace(code, delivery_id=delivery.delivery_id))
    return delivery

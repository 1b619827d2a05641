"""The courier: one attempt at a delivery, by HTTP, by mail, or failing on request."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Iterable

from mock_server import __version__
from mock_server.delivery import relay
from mock_server.delivery.sender import Outcome, Sender
from mock_server.rules import deliveries, failures
from mock_server.settings import Settings
from mock_server.world.outbox import Attempt, Delivery, Failure
from mock_server.world.sandbox import Sandbox

logger = logging.getLogger(__name__)


class Courier:
    """Tries deliveries, one at a time, and says what became of each."""

    def __init__(self, settings: Settings) -> None:
        self._sender = Sender(settings)
        self._relay = settings.relay

    async def attempt(self, sandbox: Sandbox, delivery: Delivery) -> tuple[Attempt, bool]:
        """Try once, and tell whether it must never leave; never raises."""
        at = sandbox.now()
        headers: dict[str, str] = {}
        failure = failures.take(sandbox, delivery)
        try:
            headers = _headers(sandbox, delivery)
            if failure is not None:
                outcome = _injected(failure, deliveries.schedule(delivery).timeout)
            elif delivery.kind == relay.KIND:
                outcome = await self._mail(sandbox, delivery)
            else:
                outcome = await self._send(delivery, headers)
        except Exception:
            logger.exception("the delivery to %r failed", delivery.url)
            bug = "a bug of mock-cronofy: please report it with the server's log"
            outcome = Outcome(None, bug)
        attempt = Attempt(
            at,
            outcome.status,
            outcome.error,
            outcome.duration,
            outcome.answer,
            tuple(headers.items()),
            injected=failure is not None,
        )
        return attempt, outcome.refused

    async def _send(self, delivery: Delivery, headers: dict[str, str]) -> Outcome:
        timeout = deliveries.schedule(delivery).timeout
        return await self._sender.send(delivery.url, delivery.body.encode(), headers, timeout)

    async def _mail(self, sandbox: Sandbox, delivery: Delivery) -> Outcome:
        # A snapshot may come from a server with another relay, and from whoever edited it.
        if self._relay is None or delivery.url != relay.url(self._relay):
            expected = f"--smtp-relay {delivery.url.removeprefix('smtp://')}"
            return Outcome(None, f"not the relay of this server: expected {expected}", refused=True)
        message = sandbox.messages.get(relay.message_id(delivery.delivery_id))
        if message is None:
            return Outcome(None, "the mail is not in the sandbox any more", refused=True)
        return await relay.send(message, self._relay)

    async def close(self) -> None:
        await self._sender.close()


def _injected(failure: Failure, timeout: float) -> Outcome:
    """What a real failure of that kind looks like; it takes no time, whatever it says."""
    if failure.outcome == "timeout":
        return Outcome(None, f"no answer within {timeout:g} seconds", round(timeout * 1000))
    if failure.outcome == "connection_refused":
        return Outcome(None, "ConnectError: All connection attempts failed")
    return Outcome(int(failure.outcome), None)


def _headers(sandbox: Sandbox, delivery: Delivery) -> dict[str, str]:
    """Of the request that calls back; a mail has none."""
    if delivery.kind == relay.KIND:
        return {}
    application = sandbox.applications.get(delivery.client_id)
    secrets = application.client_secrets if application else ()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": f"Cronofy (mock-cronofy {__version__})",
        "Cronofy-HMAC-SHA256": sign(delivery.body.encode(), secrets),
    }


def sign(body: bytes, secrets: Iterable[str]) -> str:
    """``Cronofy-HMAC-SHA256``: one value for each active secret, joined by a bare comma."""
    return ",".join(
        base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()
        for secret in secrets
    )

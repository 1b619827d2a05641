"""Deliveries as the control API shows them, and somebody whose channels have some."""

from __future__ import annotations

from typing import Any

from tests.contract.control import JANE
from tests.contract.documents import ANY_NUMBER, Document, Like
from tests.contract.stories import created
from tests.emulator import Sandbox


def attempt(at: str, status: int | None, url: str, **more: Any) -> Document:
    text = "" if status in (200, None) else f"answered {status}"
    response = {"status": status, "body": text, "error": None, "duration_ms": ANY_NUMBER}
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": Like(r"Cronofy .+"),
        "Cronofy-HMAC-SHA256": Like(r"[A-Za-z0-9+/]{43}="),
    }
    return {
        "at": at,
        "injected": False,
        "request": {"method": "POST", "url": url, "headers": headers},
        "response": {**response, **more},
    }


class Somebody:
    """A person with an account, whose channels get a notification whenever they are told to."""

    def __init__(self, sandbox: Sandbox, email: str = JANE) -> None:
        self._sandbox = sandbox
        answer = sandbox.connect(email)
        self._token: str = answer["access_token"]
        self._profile: str = answer["linking_profile"]["profile_id"]
        self._channels: list[str] = []

    def channel(self, url: str) -> str:
        """The id of a new channel, which is verified at once."""
        body = {"callback_url": url}
        response = self._sandbox.call(self._token, "POST", "/v1/channels", json=body)
        assert response.status_code == 200, response.text
        self._channels.append(response.json()["channel"]["channel_id"])
        return self._channels[-1]

    def notify(self) -> None:
        """One ``profile_disconnected`` on every channel."""
        for channel_id in self._channels:
            path, body = f"/channels/{channel_id}/notify", {"type": "profile_disconnected"}
            assert self._sandbox.control("POST", path, json=body).is_success

    def disconnect(self) -> None:
        """Which is mailed to them."""
        path = f"/profiles/{self._profile}/disconnect"
        assert self._sandbox.control("POST", path).is_success


def inject(sandbox: Sandbox, **wanted: Any) -> Document:
    failure: Document = created(sandbox.control("POST", "/deliveries/failures", json=wanted))
    return failure

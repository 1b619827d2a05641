"""An application with pycronofy that wants to be told of everything; see causes.py."""

from __future__ import annotations

from typing import Any

from tests.emulator import Sandbox
from tests.receiver.process import Callback, Receiver
from tests.sdk.clients import Document, PythonSdk
from tests.sdk.conftest import Visit

JANE, BEN, ADMINISTRATOR = "jane@acme.test", "ben@acme.test", "it@acme.test"

SCENARIO = {
    "name": "sdk-notifications",
    "clock": "2026-05-11T08:00:00Z",
    "switches": {"profile_connected": True},
    "applications": [
        {"features": {"attachments": True, "meeting_agents": True, "business_connect": True}}
    ],
    "people": [
        {
            "email": JANE,
            "name": "Jane Doe",
            "zoneinfo": "Europe/London",
            "provider": "google",
            "initial_sync": "held",
            "calendars": [{"name": "Jane", "primary": True}],
            "conferencing": [{"provider_name": "zoom"}],
        },
        {"email": BEN, "name": "Ben Lee", "zoneinfo": "Asia/Tokyo", "provider": "google"},
        {
            "email": ADMINISTRATOR,
            "name": "Ada Min",
            "zoneinfo": "Europe/Oslo",
            "provider": "google",
        },
    ],
    "organizations": [
        {
            "domain": "acme.test",
            "provider": "google",
            "administrator": ADMINISTRATOR,
            "members": [JANE, BEN, ADMINISTRATOR],
        }
    ],
}


class Office:
    def __init__(self, sandbox: Sandbox, receiver: Receiver, sdk: PythonSdk, visit: Visit) -> None:
        self.sandbox = sandbox
        self.receiver = receiver
        self.visit = visit
        self.url = f"{receiver.url}/hook?user=Jürgen&api-token=a%2Fb"
        self.sdk = sdk
        self._connected = sandbox.connect(JANE, scope="read_write")
        data = self._connected["userinfo"]["cronofy.data"]
        (profile,) = data["profiles"]
        self.profile_id: str = profile["profile_id"]
        self.calendar_id: str = profile["profile_calendars"][0]["calendar_id"]
        self.zoom: str = data["conferencing_profiles"][0]["profile_id"]
        token = self._connected["access_token"]
        self.client = sdk.client(sandbox.credentials, token).client

    @property
    def credentials(self) -> dict[str, str]:
        return self.sandbox.credentials

    def add_secret(self) -> dict[str, str]:
        """Credentials with one more secret, which is active beside the first."""
        client_id = self.credentials["client_id"]
        response = self.sandbox.control("POST", f"/applications/{client_id}/secrets")
        assert response.status_code == 201, response.text
        return {"client_id": client_id, "client_secret": response.json()["client_secret"]}

    def end_secret(self, secret: str) -> None:
        path = f"/applications/{self.credentials['client_id']}/secrets/{secret}"
        assert self.sandbox.control("DELETE", path).status_code == 204

    def told(self, **duration: int) -> list[Callback]:
        """What has come by now, or within ``duration``; nothing is on its way any more."""
        self.sandbox.advance(**(duration or {"seconds": 0}))
        return self.receiver.rest()

    def control(self, path: str, **body: Any) -> Any:
        response = self.sandbox.control("POST", path, json=body)
        assert response.is_success, response.text
        return response.json()

    def call(self, path: str, body: Document, token: str | None = None) -> Any:
        """A plain request, by default with the application's secret."""
        secret = self.credentials["client_secret"]
        response = self.sandbox.call(token or secret, "POST", path, json=body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def open_channel(self) -> str:
        """The id of a channel, which has been verified."""
        channel = self.client.create_notification_channel(self.url)
        (verification,) = self.told()
        assert verification.document == {
            "notification": {"type": "verification"},
            "channel": channel,
        }
        return str(channel["channel_id"])

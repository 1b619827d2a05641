"""Where Cronofy is, who this application is there, and where it can be reached itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The two addresses of Cronofy are all that an emulator changes."""

    client_id: str
    client_secret: str
    public_url: str  # of this application, for people's browsers and for webhooks
    api_url: str = "https://api.cronofy.com"
    app_url: str = "https://app.cronofy.com"

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        return cls(
            client_id=environment["CRONOFY_CLIENT_ID"],
            client_secret=environment["CRONOFY_CLIENT_SECRET"],
            public_url=environment.get("MEETINGS_URL", "http://localhost:8000"),
            api_url=environment.get("CRONOFY_API_URL", cls.api_url),
            app_url=environment.get("CRONOFY_APP_URL", cls.app_url),
        )

    @property
    def callback_url(self) -> str:
        return f"{self.public_url}/callback"

    @property
    def webhooks_url(self) -> str:
        return f"{self.public_url}/webhooks"

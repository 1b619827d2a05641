"""The emulator as the tests see it: an HTTP client, sandboxes, and Bearer calls."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx


class Sandbox:
    """A fresh sandbox of the emulator under test; ends with the test."""

    def __init__(self, http: httpx.Client, document: dict[str, Any]) -> None:
        self.http = http
        self.document = document
        self.sandbox_id: str = document["sandbox_id"]

    @property
    def application(self) -> dict[str, Any]:
        found: dict[str, Any] = self.document["applications"][0]
        return found

    @property
    def credentials(self) -> dict[str, str]:
        """``client_id`` and ``client_secret`` of the first application."""
        return {name: self.application[name] for name in ("client_id", "client_secret")}

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A call of the control API below this sandbox; ``path`` begins with a slash."""
        return self.http.request(method, f"/_mock/sandboxes/{self.sandbox_id}{path}", **options)

    def connect(self, email: str = "jane@acme.test", **options: Any) -> dict[str, Any]:
        """Connect somebody without a browser; the token answer."""
        response = self.control("POST", "/connect", json={"email": email, **options})
        assert response.status_code == 201, response.text
        document: dict[str, Any] = response.json()
        return document

    def call(self, token: str, method: str, path: str, **options: Any) -> httpx.Response:
        """A call of Cronofy's API with a Bearer credential."""
        headers = {"Authorization": f"Bearer {token}", **options.pop("headers", {})}
        return self.http.request(method, path, headers=headers, **options)

    def token(self, **members: Any) -> httpx.Response:
        """POST /oauth/token with the application's credentials."""
        return self.http.post("/oauth/token", json={**self.credentials, **members})

    def authorize(self, **parameters: Any) -> httpx.Response:
        """GET the authorize page; redirects are not followed."""
        query = {
            "response_type": "code",
            "client_id": self.application["client_id"],
            "redirect_uri": "http://localhost:3000/callback",
            "scope": "read_write",
            **parameters,
        }
        query = {name: value for name, value in query.items() if value is not None}
        return self.http.get("/oauth/authorize", params=query)

    def advance(self, **duration: int) -> dict[str, Any]:
        """Move the sandbox's clock."""
        document: dict[str, Any] = self.control("POST", "/clock/advance", json=duration).json()
        return document


def redirected(response: httpx.Response) -> dict[str, str]:
    """The query of the address that ``response`` redirects to."""
    assert response.status_code == 302, response.text[:500]
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}

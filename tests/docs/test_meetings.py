"""examples/meetings/README.md: its commands start the application, which books the meeting."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from starlette.testclient import TestClient
from uvicorn import Config

from mock_server.serving import Background
from tests.docs import curl
from tests.docs.pages import ROOT, commands, examples

EMULATOR, APPLICATION = "http://localhost:8282", "http://localhost:8000"
SERVE, START, BOOK, _ = examples("examples/meetings/README.md", "sh")


def test_the_page_is_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jane connects in Free/Busy mode, a meeting is booked with her, and she gets an invitation."""
    assert commands(SERVE) == [["mock-cronofy", "serve"]]
    *exports, (uvicorn, *options, target) = commands(START)
    assert (uvicorn, options) == ("uvicorn", ["--factory"])
    ((_, *words),) = commands(BOOK)
    booking = curl.request(words)

    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    monkeypatch.setenv("NO_PROXY", "*")
    with Background() as server, httpx.Client(base_url=server.url, trust_env=False) as emulator:
        for _, *variables in exports:
            for name, _, value in (variable.partition("=") for variable in variables):
                monkeypatch.setenv(name, value.replace(EMULATOR, server.url))
        config = Config(target, factory=True, log_config=None)
        config.load()
        control = "/_mock/sandboxes/default"
        decided = {"page": "authorize", "email": "jane@acme.test", "access_mode": "free_busy"}
        emulator.post(f"{control}/consents", json={**decided, "decision": "allow"})
        with TestClient(
            config.loaded_app, base_url=APPLICATION, follow_redirects=False
        ) as application:
            page = application.get("/connect").headers["location"]
            back = urlsplit(emulator.get(page).headers["location"])
            assert f"{back.scheme}://{back.netloc}{back.path}" == f"{APPLICATION}/callback"
            assert application.get(f"/callback?{back.query}").headers["location"] == "/status"
            answer = application.request(
                booking.method, str(booking.url), content=booking.content, headers=booking.headers
            )
            assert answer.status_code == 201, answer.text
            assert application.get("/status").is_success
        mail = emulator.get(f"{control}/inbox/latest", params={"to": "jane@acme.test"}).json()
        assert (mail["subject"], mail["method"]) == ("Invitation: Interview", "REQUEST")

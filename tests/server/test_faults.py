"""A fault of ours is answered, and logged with its traceback; the server goes on."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings

REPORT = "this is a bug of mock-cronofy: please report it with the server's log"


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with TestClient(create_app(Settings()), base_url="http://localhost:8282") as client:
        yield client


def _break(*_: object, **__: object) -> None:
    raise KeyError("somebody")


def test_of_the_api(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """500 without a body; the hint says whose fault it is."""
    path = "/_mock/sandboxes/default/connect"
    token = client.post(path, json={"email": "jane@acme.test"}).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr("mock_server.api.identity.userinfo_document", _break)
        response = client.get("/v1/userinfo", headers=headers)
    assert (response.status_code, response.content) == (500, b"")
    assert response.headers["mock-cronofy-hint"] == REPORT
    assert "GET /v1/userinfo failed" in caplog.text
    assert "KeyError: 'somebody'" in caplog.text
    assert client.get("/v1/userinfo", headers=headers).status_code == 200


def test_of_the_control_api(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """500 with a JSON document, as every other problem has."""
    path = "/_mock/sandboxes/default/snapshot"
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr("mock_server.control.sandboxes.take", _break)
        response = client.get(path)
    assert response.status_code == 500
    (problem,) = response.json()["errors"]
    assert problem == {
        "place": "the server",
        "found": "a bug of mock-cronofy",
        "expected": "an answer: please report it with the server's log",
    }
    assert f"GET {path} failed" in caplog.text
    assert client.get(path).status_code == 200

"""identity.md §1.9: rate limits, off by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.control import CLOCK, JANE
from tests.contract.documents import Document
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]


@pytest.fixture
def limited(open_sandbox: Open) -> Sandbox:
    """Two applications, held to the limits, at eight o'clock."""
    scenario = {"applications": [{}, {}], "switches": {"rate_limits": True}}
    return open_sandbox(clock=CLOCK, scenario=scenario)


def ask(sandbox: Sandbox, answer: Document, times: int = 1) -> list[int]:
    """The statuses of as many requests."""
    token = answer["access_token"]
    return [sandbox.call(token, "GET", "/v1/userinfo").status_code for _ in range(times)]


def refused(response: httpx.Response, seconds: str) -> None:
    assert (response.status_code, response.content) == (429, b"")
    assert response.headers["retry-after"] == seconds
    assert response.headers["status"] == "429 Too Many Requests"


def test_fifty_requests_a_second(limited: Sandbox) -> None:
    """Per application 50 requests per second; over it 429. A harmless Retry-After is added."""
    answer = limited.connect(JANE)
    assert ask(limited, answer, 50) == [200] * 50
    refused(limited.call(answer["access_token"], "GET", "/v1/account"), "1")
    limited.advance(seconds=1)
    assert ask(limited, answer, 51) == [200] * 50 + [429]


def test_five_hundred_requests_a_minute(limited: Sandbox) -> None:
    """AND 500 per minute."""
    answer = limited.connect(JANE)
    for _ in range(10):
        assert ask(limited, answer, 50) == [200] * 50
        limited.advance(seconds=1)
    refused(limited.call(answer["access_token"], "GET", "/v1/userinfo"), "50")
    limited.advance(seconds=49)
    assert ask(limited, answer) == [429]
    limited.advance(seconds=1)
    assert ask(limited, answer) == [200]


def test_the_limits_are_an_applications(limited: Sandbox) -> None:
    """Per application: all of its credentials count, another application's do not."""
    mine = limited.connect(JANE)
    other = limited.document["applications"][1]["client_id"]
    theirs = limited.connect(JANE, client_id=other)
    body: dict[str, Any] = {"redirect_uris": ["https://x.example"], "contact": {"email": JANE}}
    key = limited.application["client_secret"]
    for _ in range(25):
        assert ask(limited, mine) == [200]
        response = limited.call(key, "POST", "/v1/application_verification", json=body)
        assert response.status_code == 202
    members = {"grant_type": "refresh_token", "refresh_token": mine["refresh_token"]}
    refused(limited.token(**members), "1")
    assert ask(limited, theirs) == [200]


def test_the_limits_are_off_by_default(open_sandbox: Open) -> None:
    """Raised on request by Cronofy; here off until a scenario switches them on."""
    sandbox = open_sandbox(clock=CLOCK)
    assert ask(sandbox, sandbox.connect(JANE), 60) == [200] * 60

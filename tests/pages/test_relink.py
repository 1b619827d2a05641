"""The page that connects a lapsed profile again (identity §11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.emulator import Sandbox
from tests.pages.visitor import Visitor


def lapsed(sandbox: Sandbox, email: str = "olga@acme.test", **options: Any) -> tuple[str, str]:
    """The relink address, path and query, of somebody whose profile was disconnected."""
    connected = sandbox.connect(email, **options)
    profile_id = connected["linking_profile"]["profile_id"]
    document = sandbox.control("POST", f"/profiles/{profile_id}/disconnect").json()
    url = urlsplit(document["profile_relink_url"])
    return f"{url.path}?{url.query}", connected["access_token"]


def connected_now(sandbox: Sandbox, token: str) -> list[bool]:
    profiles = sandbox.call(token, "GET", "/v1/profiles").json()["profiles"]
    return [profile["profile_connected"] for profile in profiles]


@pytest.mark.parametrize("access_mode", ["read_write", "free_busy"])
def test_whole_flow(town: Sandbox, access_mode: str) -> None:
    """The person sees whose calendar it is, presses one button, and is told that it worked."""
    address, token = lapsed(town, access_mode=access_mode, scope="free_busy_write")
    assert False in connected_now(town, token)
    visitor = Visitor(town.http).open(address)
    assert visitor.lines == [
        "# Reconnect your calendar",
        "Microsoft 365 no longer lets us into the calendar of olga@acme.test. Reconnect it, and "
        "everything continues where it stopped.",
        "(Sign in and reconnect)",
    ]
    visitor.submit("Sign in and reconnect")
    assert visitor.response.status_code == 200
    assert visitor.lines == [
        "# Your calendar is connected again",
        "The Microsoft 365 calendar of olga@acme.test is connected. You can close this page.",
    ]
    assert False not in connected_now(town, token)
    assert Visitor(town.http).open(address).response.status_code == 404


def test_link_in_the_mail(town: Sandbox) -> None:
    """The mail to the person carries the same link."""
    address, _ = lapsed(town)
    mail = town.control("GET", "/inbox/latest").json()
    assert address in mail["text"]


@pytest.mark.parametrize("change", ["token", "email", "provider", "nothing given"])
def test_does_not_belong_together(town: Sandbox, change: str) -> None:
    """Provider, e-mail and token must belong together, or there is no such page."""
    address, token = lapsed(town)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    path = urlsplit(address).path
    if change == "provider":
        path = "/relink/google"
    elif change == "nothing given":
        query = {}
    else:
        query[change] = "x"
    visitor = Visitor(town.http).open(path, **query)
    assert visitor.response.status_code == 404
    assert town.http.post(str(visitor.response.request.url)).status_code == 404
    assert connected_now(town, token) == [False]


def test_looking_changes_nothing(town: Sandbox) -> None:
    """Only the button reconnects: a mail scanner that follows links does not."""
    address, token = lapsed(town)
    Visitor(town.http).open(address)
    assert connected_now(town, token) == [False]

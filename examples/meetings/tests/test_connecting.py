"""People connect their calendar, refuse to, and connect again."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest

from meetings.tests.situation import EMAIL, INTERVIEW, Mode, booked, status
from mock_server.testing import Sandbox

pytestmark = pytest.mark.cronofy(scenario="jane.yaml")

Connect = Callable[..., httpx.Response]


@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
def test_connecting(connect: Connect, cronofy: Sandbox, mode: Mode) -> None:
    """Whoever connects is known, with the access mode; Cronofy was asked for no more than that."""
    answer = connect(mode)
    assert answer.url.path == "/status"
    assert answer.json() == status(mode)
    cronofy.journal.verify_order(
        "/oauth/authorize",
        {"path": "/oauth/token", "body": {"$.grant_type": "authorization_code"}},
        "/v1/userinfo",
        "/v1/channels",
    )


def test_choosing_the_mode(cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Without a mode in the address it is the person who chooses."""
    cronofy.consent("authorize", "allow", email=EMAIL, access_mode="free_busy")
    assert meetings.get("/connect").json() == status("free_busy")


def test_refusing(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """Whoever says no is told so, and nothing is kept of them."""
    answer = connect(decision="deny")
    assert answer.status_code == 403
    assert answer.json() == {"error": "the calendar was not connected: access_denied"}
    assert meetings.get("/status").json() == {"people": []}
    cronofy.journal.verify("/oauth/token", exactly=0)


def test_a_foreign_state(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """A code that was slipped to somebody else's browser is not taken."""
    answer = meetings.get("/callback", params={"code": "1234", "state": "theirs"})
    assert (answer.status_code, answer.json()) == (400, {"error": "this did not begin at /connect"})
    cronofy.journal.verify("/oauth/token", exactly=0)


def test_connecting_again(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """The second time it is the same account, with its meetings, and the same channel."""
    connect()
    meetings.post("/meetings", json=INTERVIEW)
    interview = booked("2026-05-12T10:00:00Z", "2026-05-12T10:30:00Z")
    assert connect().json() == status("read_write", interview)
    assert len(cronofy.channels.list()) == 1


def test_a_lapsed_calendar(connect: Connect, cronofy: Sandbox, meetings: httpx.Client) -> None:
    """When Google no longer lets Cronofy in, the application sends the person to sign in again."""
    connect()
    cronofy.actions.do("disconnect_profile", person=EMAIL)
    cronofy.deliveries.wait("profile_disconnected", state="delivered")
    (jane,) = meetings.get("/status").json()["people"]
    relink_url = jane["reconnect_url"]
    assert urlsplit(relink_url).path == "/relink/google"

    refused = meetings.post("/meetings", json=INTERVIEW)
    assert (refused.status_code, refused.json()) == (
        409,
        {
            "error": "jane@acme.test has to connect their calendar again",
            "reconnect_url": relink_url,
        },
    )

    # She follows the link, and presses the button there.
    meetings.get(relink_url)
    meetings.post(relink_url)
    cronofy.deliveries.wait("profile_initial_sync_completed", state="delivered")
    assert meetings.get("/status").json() == status("read_write")
    assert meetings.post("/meetings", json=INTERVIEW).status_code == 201

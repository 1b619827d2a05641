"""The page of an extended-permissions request (seed 004)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.emulator import Sandbox
from tests.pages.conftest import scenario
from tests.pages.visitor import Visitor

REDIRECT_URI = "http://www.example.com/permission?tab=2&x=%20y"


class Asked:
    """A permission request of one person, for all their calendars."""

    def __init__(self, sandbox: Sandbox, email: str = "jane@acme.test") -> None:
        self.sandbox = sandbox
        self.connected = sandbox.connect(email)
        body = {
            "permissions": [
                {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
                for calendar in self.calendars()
            ],
            "redirect_uri": REDIRECT_URI,
        }
        answer = sandbox.call(
            self.connected["access_token"], "POST", "/v1/permissions", json=body
        ).json()
        url = urlsplit(answer["permissions_request"]["url"])
        assert f"{url.scheme}://{url.netloc}" == str(sandbox.http.base_url).rstrip("/")
        self.path = url.path
        self.visitor = Visitor(sandbox.http)

    def calendars(self) -> list[dict[str, Any]]:
        answer = self.sandbox.call(self.connected["access_token"], "GET", "/v1/calendars").json()
        found: list[dict[str, Any]] = answer["calendars"]
        return found

    def open(self) -> Visitor:
        return self.visitor.open(self.path)

    @property
    def levels(self) -> set[str]:
        return {calendar["permission_level"] for calendar in self.calendars()}


def test_page(open_sandbox: Callable[..., Sandbox]) -> None:
    """The page names the application, the calendars, and what they are asked for."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Home"}]
    people = [{"email": "jane@acme.test", "name": "Jane Doe", "calendars": calendars}]
    visitor = Asked(open_sandbox(scenario=scenario(people=people))).open()
    assert visitor.lines == [
        "# Give Planner full control of these calendars?",
        "Planner asks to change and delete all events in them, not only those it added itself.",
        "Work jane@acme.test",
        "Home jane@acme.test",
        "(Accept)",
        "(Reject)",
    ]


def test_accept(town: Sandbox) -> None:
    """Accepting elevates the calendars; the redirect URI is left as it was."""
    asked = Asked(town)
    assert asked.levels == {"sandbox"}
    visitor = asked.open().submit("Accept")
    assert visitor.response.status_code == 302
    assert visitor.response.headers["location"] == REDIRECT_URI
    assert asked.levels == {"unrestricted"}


def test_reject(town: Sandbox) -> None:
    """Rejecting changes nothing, and adds error=access_denied to the query."""
    asked = Asked(town)
    visitor = asked.open().submit("Reject")
    assert visitor.response.headers["location"] == f"{REDIRECT_URI}&error=access_denied"
    assert asked.levels == {"sandbox"}


@pytest.mark.parametrize("decision", ["Accept", "Reject"])
def test_decides_once(town: Sandbox, decision: str) -> None:
    """What is decided stays so: the page says it, and a form sent again changes nothing."""
    asked = Asked(town)
    asked.open().submit(decision)
    levels = asked.levels
    assert asked.open().response.status_code == 410
    assert asked.visitor.lines == [
        "# This has been decided already",
        "Go back to the application: it knows your decision.",
        "## For the developer",
        "a permission request decides once, and this one has",
    ]
    for again in ("allow", "deny"):
        assert town.http.post(asked.path, data={"decision": again}).status_code == 410
    assert asked.levels == levels


def test_expired(town: Sandbox) -> None:
    """After a day the page has expired."""
    asked = Asked(town)
    town.advance(hours=24)
    assert asked.open().response.status_code == 410
    assert asked.visitor.lines[0] == "# This link has expired"
    assert asked.visitor.lines[-1] == "this permission request expired at 2026-05-12T08:00:00Z"


def test_unknown(town: Sandbox) -> None:
    """A token that nobody has issued is a page that is not found, for people and programs."""
    for headers in ({}, {"Accept": "text/html"}):
        answer = town.http.get("/permissions/unknown", headers=headers)
        assert answer.status_code == 404
        assert answer.headers["mock-cronofy-hint"].startswith("no permission request has this")
    assert Visitor(town.http)._arrive(answer, "").lines[0] == "# Page not found"


def test_revoked(town: Sandbox) -> None:
    """With the authorization gone, so is the page."""
    asked = Asked(town)
    town.http.post(
        "/oauth/token/revoke",
        json={**town.credentials, "token": asked.connected["refresh_token"]},
    )
    assert asked.open().response.status_code == 404


def test_no_decision(town: Sandbox) -> None:
    """A form without a decision shows the page again."""
    asked = Asked(town)
    answer = town.http.post(asked.path, data={"decision": "perhaps"})
    assert answer.status_code == 422
    assert asked.levels == {"sandbox"}


@pytest.mark.parametrize(("decision", "level"), [("allow", "unrestricted"), ("deny", "sandbox")])
def test_queued(town: Sandbox, decision: str, level: str) -> None:
    """A queued consent decides at once; somebody else's does not."""
    for email in ("gus@acme.test", "jane@acme.test"):
        body = {"page": "permissions", "decision": decision, "email": email}
        town.control("POST", "/consents", json=body)
    asked = Asked(town)
    assert asked.open().response.status_code == 302
    assert asked.levels == {level}
    assert len(town.control("GET", "/consents").json()["consents"]) == 1


@pytest.mark.parametrize(("decision", "level"), [("allow", "unrestricted"), ("deny", "sandbox")])
def test_scripted(open_sandbox: Callable[..., Sandbox], decision: str, level: str) -> None:
    """A scripted person decides at once."""
    people = [{"email": "jane@acme.test", "consent": {"permissions": decision}}]
    asked = Asked(open_sandbox(scenario=scenario(people=people)))
    assert asked.open().response.status_code == 302
    assert asked.levels == {level}


def test_automatic(automatic: httpx.Client) -> None:
    """With --consent auto the page accepts."""
    asked = Asked(Sandbox(automatic, automatic.post("/_mock/sandboxes", json={}).json()))
    assert asked.open().response.headers["location"] == REDIRECT_URI
    assert asked.levels == {"unrestricted"}

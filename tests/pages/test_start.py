"""The start page and the callback page: a newcomer's first connection."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.emulator import Sandbox
from tests.pages.html import Element, Page
from tests.pages.visitor import Visitor, authorize

Start = Callable[[dict[str, Any]], Visitor]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Opens the start page of a server whose scenario is the given document."""
    clients: list[TestClient] = []

    def open_start(document: dict[str, Any]) -> Visitor:
        file = tmp_path / "scenario.yaml"
        file.write_text(yaml.safe_dump(document), "utf-8")
        app: Any = create_app(Settings(scenario=str(file)))
        clients.append(TestClient(app, base_url="http://mock:8282", follow_redirects=False))
        return Visitor(clients[-1]).open("/")

    yield open_start
    for client in clients:
        client.close()


def commands(page: Page) -> list[str]:
    return [_raw(pre) for pre in page.main.all("pre")]


def _raw(element: Element) -> str:
    parts = (child if isinstance(child, str) else _raw(child) for child in element.children)
    return "".join(parts)


def run(http: httpx.Client, command: str) -> httpx.Response:
    """Carry out one curl command of a page."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words.pop(0) == "curl"
    method, headers, body, address = "GET", {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
            method = "POST"
        else:
            address = word
    return http.request(method, address, headers=headers, content=body)


DOCUMENT: dict[str, Any] = {
    "name": "mine",
    "applications": [
        {
            "name": "Planner",
            "client_id": "planner-id",
            "client_secret": "planner-secret",
            "features": {"free_busy": True, "no_access": True},
        }
    ],
    "people": [
        {"email": "o'hara@acme.test", "name": "Scarlett", "zoneinfo": "America/New_York"},
        {"email": "nora@acme.test", "name": "Nora", "zoneinfo": "Etc/UTC", "provider": "none"},
    ],
}


def test_start(start: Start) -> None:
    """The start page has all that a newcomer needs: address, credentials, links, people."""
    visitor = start(DOCUMENT)
    lines = visitor.lines
    assert lines[0] == "# A Cronofy API of your own"
    assert lines[2:10] == [
        "## Planner",
        "Address",
        "http://mock:8282",
        "client_id",
        "planner-id",
        "client_secret",
        "planner-secret",
        "Redirect URIs",
    ]
    modes = [line for line in lines if line.startswith(("#### ", "[Connect"))]
    assert modes == [
        "#### Let the person choose",
        "[Connect with: Let the person choose, Planner]",
        "#### Read-Write",
        "[Connect with: Read-Write, Planner]",
        "#### Free/Busy",
        "[Connect with: Free/Busy, Planner]",
        "#### No Calendar Access",
        "[Connect with: No Calendar Access, Planner]",
    ]
    assert "Scarlett o'hara@acme.test Google · America/New_York" in lines
    assert "Nora nora@acme.test no calendar · Etc/UTC" in lines


def test_every_link_leads_somewhere(start: Start) -> None:
    """No link of the start page is dead, on the page or from it."""
    visitor = start({**DOCUMENT, "organizations": [{"domain": "acme.test"}]})
    assert "[Connect with: Enterprise Connect, Planner]" in visitor.lines
    for text, address in visitor.page.links.items():
        assert visitor.http.get(address).status_code == 200, text
    for element in visitor.page.html.all("a"):
        address = element.attributes["href"]
        if not address.startswith("#"):
            assert visitor.http.get(address).status_code == 200, address


def test_from_start_to_userinfo(start: Start) -> None:
    """A newcomer clicks through a connection and sees each request with its answer."""
    visitor = start(DOCUMENT)
    visitor.follow("Connect with: Free/Busy").follow("Google").follow("Scarlett").submit("Allow")
    visitor.open(visitor.response.headers["location"])
    code = visitor.address.partition("code=")[2].partition("&")[0]
    assert visitor.lines[:8] == [
        "# The redirect has arrived",
        "This page stands in for your application. What you see here is what reaches your "
        "redirect URI.",
        "## The redirect",
        "code",
        code,
        "state",
        "from-the-start-page",
        "## Exchange the code",
    ]
    visitor.submit("Exchange the code")
    page = visitor.page
    assert page.heading == "The code is exchanged"
    token_request, token_answer, userinfo_request, userinfo_answer = commands(page)
    answer = json.loads(token_answer)
    assert answer["linking_profile"]["provider_name"] == "google_free_busy"
    assert json.loads(userinfo_answer) == answer["userinfo"]
    assert run(visitor.http, userinfo_request).json() == answer["userinfo"]
    assert run(visitor.http, token_request).json()["error"] == "invalid_grant"
    visitor.submit("Refresh the access token")
    assert visitor.page.heading == "The access token is refreshed"
    refreshed = json.loads(commands(visitor.page)[1])
    assert refreshed["refresh_token"] == answer["refresh_token"]


def test_commands(start: Start) -> None:
    """The commands to copy work as they stand, odd addresses included."""
    visitor = start(DOCUMENT)
    connect, userinfo, create = commands(visitor.page)
    connected = run(visitor.http, connect)
    assert connected.status_code == 201
    assert connected.json()["userinfo"]["email"] == "o'hara@acme.test"
    token = connected.json()["access_token"]
    answer = run(visitor.http, userinfo.replace("ACCESS_TOKEN", token))
    assert answer.json()["email"] == "o'hara@acme.test"
    assert run(visitor.http, create).status_code == 201


@pytest.mark.parametrize(
    ("change", "mode", "reason"),
    [
        (
            {"features": {"free_busy": False}},
            "Free/Busy",
            "Switched off: the scenario has to say features: {free_busy: true}.",
        ),
        (
            {"features": {"no_access": False}},
            "No Calendar Access",
            "Switched off: the scenario has to say features: {no_access: true}.",
        ),
        (
            {"mode": "production", "redirect_uris": ["https://acme.test/cb"]},
            "Read-Write",
            "Not for this application: 'http://mock:8282/callback' is not registered for "
            "Application, which is in production; registered: https://acme.test/cb.",
        ),
        (
            {"internal": True},
            "Let the person choose",
            "Not for this application: internal applications cannot ask for authorization.",
        ),
        (
            {"plan": "starter"},
            "Enterprise Connect",
            "Not for this application: Enterprise Connect needs the plan growth.",
        ),
    ],
)
def test_no_dead_link(start: Start, change: dict[str, Any], mode: str, reason: str) -> None:
    """Where a link would lead nowhere, its place says why."""
    organizations = [{"domain": "acme.test"}]
    visitor = start({"applications": [change], "organizations": organizations})
    lines = visitor.lines
    place = lines.index(f"#### {mode}")
    assert lines[place + 2] == reason


def test_many_people(start: Start) -> None:
    """The page stays short with many people; the control API has them all."""
    visitor = start({"people": [{"email": f"p{n}@acme.test"} for n in range(40)]})
    assert sum("@acme.test " in line for line in visitor.lines) == 25
    assert "And 15 more: [all of them as JSON]." in visitor.lines


def test_nobody(start: Start) -> None:
    """A sandbox without people says how to add some."""
    visitor = start({"name": "empty"})
    assert any(line.startswith("Nobody yet. Add somebody") for line in visitor.lines)


def test_room_is_nobody(start: Start) -> None:
    """Rooms are not among the people who can sign in."""
    resources = [{"email": "room@acme.test", "name": "Room"}]
    visitor = start({"organizations": [{"domain": "acme.test", "resources": resources}]})
    assert not any("room@acme.test" in line for line in visitor.lines)


def test_public_name(http: httpx.Client) -> None:
    """Pages that show secrets are not shown under a name that anybody may point at us."""
    for method, path in (("GET", "/"), ("GET", "/callback?code=x"), ("POST", "/callback")):
        answer = http.request(method, path, headers={"Host": "evil.example"})
        assert answer.status_code == 403
        assert "expected localhost" in answer.headers["mock-cronofy-hint"]


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("?error=access_denied&state=s", "access_denied: The person said no, or cancelled."),
        (
            "?error=invalid_scope&error_description=scope+has+unknown+values",
            "invalid_scope: The scope names something that does not exist.",
        ),
        ("?error=odd", "odd: The application is told what went wrong."),
        (
            "?code=unknown",
            "This code is not known here: it belongs to another server, or its authorization was "
            "revoked.",
        ),
    ],
)
def test_callback_explains(http: httpx.Client, query: str, line: str) -> None:
    """Whatever arrives is explained."""
    assert line in Visitor(http).open(f"/callback{query}").lines


def test_callback_without_anything(http: httpx.Client) -> None:
    """After extended permissions nothing is added where they were accepted."""
    assert Visitor(http).open("/callback").lines[3] == (
        "No code and no error. After extended permissions that means: accepted. To see a whole "
        "connection, begin on the [start page]."
    )


def test_callback_of_any_sandbox(town: Sandbox) -> None:
    """Any sandbox's code can be shown, a used one is refused as Cronofy would."""
    town.control("POST", "/consents", json={"page": "authorize", "decision": "allow"})
    callback = f"{town.http.base_url}/callback".replace("//callback", "/callback")
    visitor = authorize(town, redirect_uri=callback)
    address = visitor.response.headers["location"]
    visitor.open(address).submit("Exchange the code")
    assert visitor.page.heading == "The code is exchanged"
    visitor.open(address)
    assert any("exchanged already" in line for line in visitor.lines)
    visitor.submit("Exchange the code")
    assert "The token endpoint refused." in visitor.lines
    assert json.loads(commands(visitor.page)[1])["error_key"] == "errors.unknown_or_used"


def test_callback_for_a_domain(open_sandbox: Callable[..., Sandbox]) -> None:
    """A service account's code is exchanged alike."""
    sandbox = open_sandbox(scenario={"organizations": [{"domain": "acme.test"}]})
    sandbox.control("POST", "/consents", json={"page": "enterprise", "decision": "allow"})
    callback = str(sandbox.http.base_url).rstrip("/") + "/callback"
    visitor = authorize(sandbox, enterprise=True, redirect_uri=callback)
    visitor.open(visitor.response.headers["location"]).submit("Exchange the code")
    userinfo = json.loads(commands(visitor.page)[3])
    assert userinfo["cronofy.type"] == "service_account"
    expires = "The access token expires after 30 minutes; the refresh token gets a new one."
    assert expires in visitor.lines


@pytest.mark.parametrize("fields", [{}, {"code": "x"}, {"refresh_token": "x"}])
def test_callback_with_nothing_to_exchange(http: httpx.Client, fields: dict[str, str]) -> None:
    """A form with an unknown code or token is no error of ours."""
    answer = http.post("/callback", data=fields)
    assert answer.status_code == 422

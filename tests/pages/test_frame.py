"""What every page has in common: headers, escaping, whose forms are taken, static files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.emulator import Sandbox
from tests.pages.conftest import EVERYTHING, scenario
from tests.pages.html import Page
from tests.pages.visitor import Visitor, authorize

ADDRESSES = [
    *("/", "/mailboxes", "/docs", "/callback"),
    *("/oauth/authorize", "/permissions/x", "/relink/x", "/meeting_agents/x"),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_headers(http: httpx.Client, address: str) -> None:
    """No script, no frame, nothing from elsewhere, nothing kept."""
    headers = http.get(address, headers={"Accept": "text/html"}).headers
    policy = headers["content-security-policy"].split("; ")
    assert policy == [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ADDRESSES)
def test_structure(http: httpx.Client, address: str) -> None:
    """One heading of the first level, landmarks, a skip link, labels that belong to fields."""
    page = Page(http.get(address, headers={"Accept": "text/html"}).text)
    page.main.one("h1")
    for landmark in ("header", "main", "footer"):
        page.html.one(landmark)
    skip = page.html.all("a")[0]
    assert skip.attributes == {"class": "skip", "href": "#main"}
    assert page.main.attributes["id"] == "main"
    assert page.html.all("script", "iframe", "object") == []
    styled = [e for e in page.html.all("div", "p", "span", "svg", "a") if "style" in e.attributes]
    assert styled == []


def test_labels(town: Sandbox) -> None:
    """Every field that is shown has a label of its own or around it."""
    for page in (
        authorize(town).page,
        authorize(town, access_type="no_calendar").page,
        authorize(town, access_type="no_calendar").submit("Send code", email="x@acme.test").page,
    ):
        labelled = {label.attributes.get("for") for label in page.main.all("label")}
        around = [i for label in page.main.all("label") for i in label.all("input")]
        for field in page.main.all("input"):
            hidden = field.attributes.get("type") == "hidden"
            assert hidden or field.attributes.get("id") in labelled or field in around


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:9999"},
    {"Origin": "http://["},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.mark.parametrize("headers", FOREIGN)
def test_foreign_form(town: Sandbox, headers: dict[str, str]) -> None:
    """A form that another site's page sends is not taken."""
    visitor = authorize(town, provider_name="google", scope="read_write").follow("Jane")
    answer = town.http.post(visitor.address, data={"decision": "allow"}, headers=headers)
    assert answer.status_code == 403
    assert Page(answer.text).lines[:2] == [
        "# This form came from another site",
        "It was not accepted, and nothing was changed.",
    ]
    assert town.control("GET", "").json()["connected"] == []
    for path in ("/callback", "/permissions/x", "/relink/x"):
        assert town.http.post(path, headers=headers).status_code == 403


def test_own_form(town: Sandbox) -> None:
    """Our own page's form is taken, and so is one whose sender says nothing."""
    own = str(town.http.base_url).rstrip("/")
    visitor = authorize(town, provider_name="google", scope="read_write").follow("Jane")
    for headers in ({"Origin": own, "Sec-Fetch-Site": "same-origin"}, {}):
        answer = town.http.post(visitor.address, data={"decision": "allow"}, headers=headers)
        assert answer.status_code == 302


def test_behind_a_proxy() -> None:
    """With --public-url that name is ours: its forms are taken, its cookie is for https alone."""
    app: Any = create_app(Settings(public_url="https://calendars.example.com"))
    with TestClient(app, base_url="http://inside:8282", follow_redirects=False) as http:
        sandbox = Sandbox(http, http.post("/_mock/sandboxes", json={}).json())
        sandbox.connect("jane@acme.test")
        visitor = authorize(sandbox, provider_name="google", scope="read_write")
        visitor.follow(next(link for link in visitor.page.links if "jane@acme.test" in link))
        headers = {"Origin": "https://calendars.example.com"}
        answer = http.post(visitor.address, data={"decision": "allow"}, headers=headers)
        assert answer.status_code == 302
        assert "; Secure" in answer.headers["set-cookie"]
        start = Visitor(http).open("/")
        assert start.lines[4] == "https://calendars.example.com"
        name = {"Host": "calendars.example.com"}
        assert http.get("/", headers=name).status_code == 200


def test_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the emulator is a page that says so, and nothing of its insides."""

    def fail(*_: Any) -> None:
        raise RuntimeError("inside")

    app: Any = create_app(Settings())
    with TestClient(app, base_url="http://localhost:8282", follow_redirects=False) as http:
        sandbox = Sandbox(http, http.post("/_mock/sandboxes", json={}).json())
        monkeypatch.setattr("mock_server.rules.authorize.check", fail)
        visitor = authorize(sandbox)
    assert visitor.response.status_code == 500
    assert visitor.lines[:2] == [
        "# Something went wrong",
        "This is a fault of the emulator, not yours.",
    ]
    assert "inside" not in visitor.response.text


def test_large_form(http: httpx.Client) -> None:
    """A form past the body limit is refused."""
    answer = http.post("/callback", content=b"code=" + b"x" * (2 * 1024 * 1024))
    assert answer.status_code == 413


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;{{ 12345*6789 }}"


@pytest.mark.parametrize(
    "parameter",
    [
        *("response_type", "client_id", "redirect_uri", "scope", "state", "provider_name"),
        *("access_type", "avoid_linking", "link_token", "delegated_scope", "locale", "other"),
        *("chosen_mode", "chosen_provider", "chosen_person", "verification"),
    ],
)
@pytest.mark.parametrize("enterprise", [False, True])
def test_hostile_parameters(town: Sandbox, parameter: str, enterprise: bool) -> None:
    """Markup in a parameter stays text, in pages, redirects and headers."""
    visitor = authorize(town, enterprise=enterprise, **{parameter: HOSTILE})
    check_harmless(visitor.response)
    if visitor.response.status_code == 200:
        check_harmless(town.http.post(visitor.address, data={"email": HOSTILE, "code": HOSTILE}))


def check_harmless(response: httpx.Response) -> None:
    assert response.status_code < 500
    assert "<script" not in response.text
    assert "<img" not in response.text
    assert "83810205" not in response.text
    if response.headers.get("content-type", "").startswith("text/html"):
        page = Page(response.text)
        for link in page.html.all("a"):
            assert link.attributes["href"].startswith(("/", "#", "http://localhost:3000/"))
    for value in response.headers.values():
        assert "<script" not in value or "\n" not in value


@pytest.mark.parametrize("parameter", ["code", "state", "error", "error_description", HOSTILE])
def test_hostile_callback(http: httpx.Client, parameter: str) -> None:
    """The callback page shows whatever arrives, as text."""
    answer = http.get("/callback", params={parameter: HOSTILE})
    check_harmless(answer)
    check_harmless(http.post("/callback", data={parameter: HOSTILE}))


def test_hostile_names(open_sandbox: Callable[..., Sandbox]) -> None:
    """Markup in the names of applications, people and calendars stays text."""
    calendars: list[dict[str, Any]] = [{"name": HOSTILE, "primary": True}]
    sandbox = open_sandbox(
        scenario=scenario(
            applications=[{"name": HOSTILE, "features": EVERYTHING}],
            people=[{"email": "jane@acme.test", "name": HOSTILE, "calendars": calendars}],
            organizations=[{"domain": "acme.test", "administrator": "jane@acme.test"}],
        )
    )
    visitor = authorize(sandbox)
    check_harmless(visitor.response)
    check_harmless(visitor.submit("Continue").response)
    check_harmless(visitor.follow("Google").response)
    check_harmless(visitor.follow("<script>").response)
    check_harmless(authorize(sandbox, enterprise=True, access_type="read_write").response)
    connected = sandbox.connect("jane@acme.test")
    calendar = connected["userinfo"]["cronofy.data"]["profiles"][0]["profile_calendars"][0]
    body = {
        "permissions": [
            {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
        ],
        "redirect_uri": "http://localhost:3000/callback",
    }
    asked = sandbox.call(connected["access_token"], "POST", "/v1/permissions", json=body).json()
    page = Visitor(sandbox.http).open(asked["permissions_request"]["url"])
    check_harmless(page.response)
    assert any("<script>alert(1)</script>" in line for line in page.lines)


def test_address_in_a_link_is_the_requests_own(town: Sandbox) -> None:
    """A strange Host header never ends up on a page as markup."""
    answer = town.http.get("/", headers={"Host": '"><script>'})
    check_harmless(answer)


def test_assets(http: httpx.Client) -> None:
    """Style sheet and icon come from here, and are kept as long as they do not change."""
    page = Page(http.get("/docs").text)
    for link in page.html.all("link"):
        address = link.attributes["href"]
        answer = http.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        tag = {"If-None-Match": answer.headers["etag"]}
        assert http.get(address, headers=tag).status_code == 304
    plain = http.get("/favicon.svg")
    assert plain.headers["content-type"] == "image/svg+xml"
    assert plain.headers["cache-control"] == "no-cache"
    assert http.get("/favicon.ico").content == plain.content


def test_nothing_from_elsewhere(http: httpx.Client) -> None:
    """The style sheet loads nothing."""
    style = http.get("/assets/style.css").text
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in style

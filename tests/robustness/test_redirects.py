"""Nobody is sent where the application has not registered, and no page says what others wrote.

The address is judged as a browser reads it (WHATWG), which is laxer than RFC 3986: that
is the reader who would be led astray.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urljoin, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.pages.steps import CHOICES
from mock_server.settings import Settings
from tests.emulator import Sandbox

EXACT = "https://app.acme.test/oauth/callback?tenant=1"
WILDCARD = "https://*.acme.test/cb"
PORT = "https://*.ports.test:8443/cb"

thorough = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

FEATURES = {
    "free_busy": True,
    "no_access": True,
    "explicit_linking": True,
    "business_connect": True,
}


@pytest.fixture
def production(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return open_sandbox(
        scenario={
            "applications": [
                {
                    "name": "Planner",
                    "mode": "production",
                    "redirect_uris": [EXACT, WILDCARD, PORT],
                    "features": FEATURES,
                }
            ],
            "people": [{"email": "jane@acme.test", "provider": "google"}],
            "organizations": [{"domain": "corp.test", "administrator": "admin@corp.test"}],
        }
    )


# --- Redirects -----------------------------------------------------------------------------


def as_a_browser(address: str) -> tuple[str, str, int | None, str]:
    """Scheme, host, port and path of ``address``; asserts that there is no doubt about them.

    What browsers repair in silence (backslashes, controls, escapes in a host, userinfo) has
    no place in an address that we redirect to.
    """
    assert re.fullmatch(r"[!-\[\]-~]+", address), f"not plain ASCII: {address!r}"
    found = re.fullmatch(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?", address)
    assert found, address
    scheme, authority, path = found[1], found[2], found[3]
    assert "@" not in authority, address
    assert "%" not in authority, address
    host, _, port = authority.partition(":")
    assert re.fullmatch(r"[A-Za-z0-9._*-]+", host), address
    return scheme, host.lower(), int(port) if port else None, path


def is_registered(address: str) -> bool:
    scheme, host, port, path = as_a_browser(address)
    if (scheme, host, port, path) == ("https", "app.acme.test", None, "/oauth/callback"):
        return True
    place = scheme, port, path
    if place in {("https", None, "/cb"), ("https", 443, "/cb")}:
        return re.fullmatch(r"[^*]+\.acme\.test", host) is not None
    return place == ("https", 8443, "/cb") and re.fullmatch(r"[^*]+\.ports\.test", host) is not None


ATTACKS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://app.acme.test/oauth/callback",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://app.acme.test/cb",
    "myapp://callback",
    "//evil.test/cb",
    "///evil.test/cb",
    "/cb",
    "cb",
    "?x",
    "https:evil.test/cb",
    "https:/evil.test/cb",
    "https:///evil.test/cb",
    "https://",
    "http://a.acme.test/cb",
    "https://acme.test/cb",
    "https://.acme.test/cb",
    "https://..acme.test/cb",
    "https://*.acme.test/cb",
    "https://a.*.acme.test/cb",
    "https://evilacme.test/cb",
    "https://a.acme.test.evil.test/cb",
    "https://a.acme.test./cb",
    "https://a.acme.test:8443/cb",
    "https://a.ports.test/cb",
    "https://a.ports.test:443/cb",
    "https://a.acme.test:/cb/",
    "https://a.acme.test:99999/cb",
    "https://a.acme.test:x/cb",
    "https://evil.test@a.acme.test/cb",
    "https://a.acme.test@evil.test/cb",
    "https://a.acme.test:443@evil.test/cb",
    "https://@a.acme.test/cb",
    "https://evil.test\\.acme.test/cb",
    "https://evil.test\\@a.acme.test/cb",
    "https:\\\\a.acme.test\\cb",
    "https://evil.test/.acme.test/cb",
    "https://evil.test%2f.acme.test/cb",
    "https://evil.test%23.acme.test/cb",
    "https://evil.test%5c.acme.test/cb",
    "https://evil.test%00.acme.test/cb",
    "https://evil.test#.acme.test/cb",
    "https://evil.test?.acme.test/cb",
    "https://evil.test／.acme.test/cb",
    "https://evil.test．acme.test/cb",
    "https://evil.test。acme.test/cb",
    "https://evil.test；.acme.test/cb",
    "https://ev\u00adil.acme.test/cb",
    "https://é.acme.test/cb",
    "https://a.acme。test/cb",
    "https://a.ac\u212ae.test/cb",
    "https://[::1].acme.test/cb",
    "https://[a.acme.test]/cb",
    "https://a b.acme.test/cb",
    "https://a\t.acme.test/cb",
    "https://a.acme.test\n/cb",
    " https://a.acme.test/cb",
    "https://a.acme.test/cb ",
    "https://a.acme.test/CB",
    "https://a.acme.test/cb/",
    "https://a.acme.test/cb/..",
    "https://a.acme.test/x/../cb",
    "https://a.acme.test/cb/../evil",
    "https://a.acme.test/cb%2f..%2fevil",
    "https://a.acme.test//cb",
    "https://a.acme.test/cb;x",
    "https://a.acme.test/cb?x=1",
    "https://a.acme.test/cb#x",
    "https://a.acme.test/%63b",
    "https://app.acme.test/oauth/callback",
    "https://app.acme.test/oauth/callback?tenant=2",
    "https://app.acme.test/oauth/callback?tenant=1&tenant=2",
    "https://app.acme.test/oauth/callback?tenant=1#x",
    "https://app.acme.test/oauth/callback/?tenant=1",
    "https://app.acme.test/oauth/callback/x?tenant=1",
    "https://app.acme.test:443/oauth/callback?tenant=1",
    "https://APP.acme.test/oauth/callback?tenant=1",
    "http://app.acme.test/oauth/callback?tenant=1",
)

_PIECES = (
    "https://",
    "HTTPS://",
    "http://",
    "//",
    "/",
    "\\",
    "@",
    ":",
    ":443",
    ":8443",
    ".",
    "..",
    "*",
    "#",
    "?",
    "%2f",
    "%5C",
    "%00",
    "%2e",
    "／",
    "。",
    "\u212a",
    "\t",
    "\r\n",
    " ",
    "[",
    "]",
    "a",
    "evil.test",
    "a.acme.test",
    ".acme.test",
    "app.acme.test",
    "acme.test",
    "x.ports.test",
    "/cb",
    "cb",
    "/oauth/callback?tenant=1",
    "javascript:",
)


@st.composite
def variants(draw: st.DrawFn) -> str:
    """A registered address with something put in, taken out or exchanged; or mere pieces."""
    pieces = st.sampled_from(_PIECES)
    if draw(st.integers(0, 3)) == 0:
        return "".join(draw(st.lists(pieces, max_size=7)))
    address = draw(
        st.sampled_from((EXACT, "https://a.acme.test/cb", "https://a.b.ports.test:8443/cb"))
    )
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(address)))
        end = draw(st.integers(at, min(at + 8, len(address))))
        act = draw(st.sampled_from(("insert", "insert", "delete", "exchange", "case")))
        middle = {
            "insert": lambda text: draw(pieces) + text,
            "delete": lambda text: "",
            "exchange": lambda text: draw(pieces),
            "case": str.swapcase,
        }[act](address[at:end])
        address = address[:at] + middle + address[end:]
    return address


def asked(sandbox: Sandbox, redirect_uri: str, **changes: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": redirect_uri,
        "scope": "read_write",
        "state": "s",
        **changes,
    }


ENTERPRISE = {"scope": "service_account/accounts/manage", "delegated_scope": "read_write"}


def outcomes(sandbox: Sandbox, redirect_uri: str) -> list[httpx.Response]:
    """Error, denial and success, of people and of an administrator."""
    http, found = sandbox.http, []
    people = {"chosen_provider": "google", "chosen_person": "jane@acme.test"}
    for path, changes, choices in (
        ("/oauth/authorize", {}, people),
        ("/enterprise_connect/oauth/authorize", ENTERPRISE, {"chosen_organization": "corp.test"}),
    ):
        query = asked(sandbox, redirect_uri, **changes)
        found.append(http.get(path, params={**query, "scope": "unknown"}))
        found.append(http.get(path, params={**query, "response_type": "token"}))
        address = f"{path}?{urlencode({**query, **choices})}"
        found.append(http.post(address, data={"decision": "deny"}))
        found.append(http.post(address, data={"decision": "allow"}))
    return found


def check_outcomes(sandbox: Sandbox, redirect_uri: str) -> bool:
    """Whether ``redirect_uri`` is gone to: in every outcome, or in none."""
    answers = outcomes(sandbox, redirect_uri)
    statuses = {answer.status_code for answer in answers}
    assert statuses in ({302}, {400}), (redirect_uri, [a.status_code for a in answers])
    for answer in answers:
        if answer.status_code == 302:
            assert is_registered(answer.headers["location"]), answer.headers["location"]
        else:
            assert "location" not in answer.headers
            assert "refresh" not in answer.headers
            check_links(answer)
    return statuses == {302}


def check_links(answer: httpx.Response) -> None:
    """No link of the page leads to another server."""
    for tag, attributes in read(answer).elements:
        for name in ("href", "action", "src", "formaction"):
            address = attributes.get(name)
            if address is not None:
                base = "http://here.test/oauth/authorize"
                assert urlsplit(urljoin(base, address)).netloc == "here.test", (tag, address)


@pytest.mark.parametrize("redirect_uri", ATTACKS, ids=ascii)
def test_what_is_not_registered_is_refused(production: Sandbox, redirect_uri: str) -> None:
    assert not check_outcomes(production, redirect_uri)


@pytest.mark.parametrize(
    "redirect_uri",
    [
        EXACT,
        "https://a.acme.test/cb",
        "https://a.b-c.acme.test/cb",
        "https://A.Acme.test/cb",
        "https://a.ports.test:8443/cb",
    ],
)
def test_what_is_registered_is_not(production: Sandbox, redirect_uri: str) -> None:
    assert check_outcomes(production, redirect_uri)


@thorough
@given(redirect_uri=variants())
def test_nobody_is_sent_to_an_unregistered_place(production: Sandbox, redirect_uri: str) -> None:
    check_outcomes(production, redirect_uri)


@thorough
@given(redirect_uri=variants(), state=st.text(max_size=10))
@example(redirect_uri="http://a@b.test/", state="")
def test_development_goes_to_http_alone(sandbox: Sandbox, redirect_uri: str, state: str) -> None:
    """Where the browser goes is where ``redirect_uri`` says, whatever is in it."""
    answer = sandbox.http.get(
        "/oauth/authorize", params=asked(sandbox, redirect_uri, scope="unknown", state=state)
    )
    if answer.status_code == 400:
        assert "location" not in answer.headers
        return
    assert answer.status_code == 302
    location = answer.headers["location"]
    assert re.match(r"https?://[^/\\]", location), location
    assert not re.search(r"[\x00-\x20\x7f\\]", location), location
    wanted, found = urlsplit(redirect_uri), urlsplit(location)
    assert (found.scheme, unquote(found.netloc)) == (wanted.scheme, unquote(wanted.netloc))
    assert unquote(found.path) == unquote(wanted.path)
    assert parse_qs(found.query)["error"] == ["invalid_scope"]


@pytest.mark.parametrize(
    "redirect_uri", [a for a in ATTACKS if not a.lower().lstrip().startswith("http")], ids=ascii
)
def test_development_refuses_every_other_scheme(sandbox: Sandbox, redirect_uri: str) -> None:
    answer = sandbox.authorize(redirect_uri=redirect_uri)
    assert answer.status_code == 400
    assert answer.headers["mock-cronofy-hint"].startswith("redirect_uri must be an http or https")
    check_links(answer)


@pytest.mark.parametrize("prefix", ["//", "/%2F", "/\\", "/%5C", "///", "/x/..//"])
def test_a_form_leads_back_to_this_server(sandbox: Sandbox, prefix: str) -> None:
    """However the page's own path is written, it is not taken for a host."""
    server = str(sandbox.http.base_url).rstrip("/")
    query = urlencode(asked(sandbox, "http://localhost:3000/", scope="free_busy_write"))
    answer = sandbox.http.post(
        f"{server}{prefix}oauth/authorize?{query}", data={"email": "a@b.test"}
    )
    assert answer.status_code == 404
    assert "location" not in answer.headers


# --- Markup --------------------------------------------------------------------------------

PAYLOADS = (
    '"><inj-x inj-y=1>',
    "'><inj-x inj-y='1'>",
    "</title><inj-x>",
    "</textarea></style></script><inj-x>",
    "--><inj-x><!--",
    '" inj-y="1" x="',
    "' inj-y='1' x='",
    "x inj-y=1 ",
    "`inj-y=1`",
    "&quot;><inj-x>&lt;inj-x&gt;",
    "{{ 7 * 191 }}{% raw %}<inj-x>",
    "<![CDATA[<inj-x>]]>",
    "<inj-x",
    "\u202e<inj-x>\u2028",
    "javascript:inj(1)",
)


class Read(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.comments: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def unknown_decl(self, data: str) -> None:
        self.comments.append(data)

    def handle_pi(self, data: str) -> None:
        self.comments.append(data)


def read(answer: httpx.Response) -> Read:
    return Read(answer.text if "html" in answer.headers.get("content-type", "") else "")


def check_markup(answer: httpx.Response) -> None:
    """Nothing that somebody sent has become an element, an attribute, or a script."""
    assert answer.status_code < 500, answer.text
    for name, value in answer.headers.multi_items():
        assert "inj-y=" not in name, name
        assert "<inj" not in value or name.startswith("mock-cronofy-"), (name, value)
    if "html" not in answer.headers.get("content-type", ""):
        assert "<inj" not in answer.text or "json" in answer.headers["content-type"]
        return
    page = read(answer)
    assert page.elements, answer.text
    assert not page.comments, page.comments
    assert "1337" not in answer.text, "a template has been carried out"
    for tag, attributes in page.elements:
        assert tag not in {"inj-x", "script", "iframe", "object", "base", "img"}, tag
        for name, value in attributes.items():
            assert not name.startswith(("inj", "on", "style", "srcdoc")), (tag, name)
            if name in {"href", "src", "action", "formaction"}:
                scheme = urlsplit(value.strip()).scheme
                assert scheme in {"", "http", "https"}, (tag, name, value)


def pages(http: httpx.Client, method: str, address: str, **options: Any) -> None:
    response = http.request(method, address, headers={"Accept": "text/html"}, **options)
    check_markup(response)


_PARAMETERS = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "provider_name",
    "access_type",
    "avoid_linking",
    "link_token",
    "delegated_scope",
    "locale",
    "other",
    *CHOICES,
)


@pytest.mark.parametrize("path", ["/oauth/authorize", "/enterprise_connect/oauth/authorize"])
@pytest.mark.parametrize("name", _PARAMETERS)
def test_no_parameter_of_a_request_becomes_markup(
    production: Sandbox, name: str, path: str
) -> None:
    """As a value, as a name, and on each step's page."""
    steps: tuple[dict[str, str], ...] = (
        {},
        {"chosen_mode": "no_calendar"},
        {"chosen_mode": "read_write"},
        {"chosen_mode": "read_write", "chosen_provider": "google"},
        {"chosen_provider": "google", "chosen_person": "jane@acme.test"},
        {"chosen_mode": "read_write", "chosen_organization": "corp.test"},
    )
    changes = (
        {"scope": "read_write free_busy_write"}
        if path == "/oauth/authorize"
        else {**ENTERPRISE, "delegated_scope": "free_busy_write read_write"}
    )
    for payload in (*PAYLOADS[:2], "".join(PAYLOADS)):
        for chosen in steps:
            query = asked(production, "https://a.acme.test/cb", **changes) | chosen
            pages(production.http, "GET", path, params={**query, name: payload})
        pages(production.http, "GET", path, params={**query, f"{name}{payload}": payload})


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_path_becomes_markup(sandbox: Sandbox, payload: str) -> None:
    http, segment = sandbox.http, quote(payload, safe="")
    for path in (f"/{segment}", f"/permissions/{segment}", f"/assets/{segment}"):
        pages(http, "GET", path)
        pages(http, "POST", path, data={"decision": payload})
    for path in (f"/relink/{segment}", "/relink/google"):
        for name in ("email", "token", "locale"):
            pages(http, "GET", path, params={name: payload})
            pages(http, "POST", path, params={name: payload}, data={name: payload})
    for name in ("code", "state", "error", "error_description", payload):
        pages(http, "GET", "/callback", params={name: payload})
        pages(http, "POST", "/callback", data={name: payload})
    pages(http, "GET", "/docs", params={"locale": payload})


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_typed_becomes_markup(sandbox: Sandbox, payload: str) -> None:
    """The forms of the pages."""
    query = asked(sandbox, "http://localhost:3000/", scope="read_write free_busy_write")
    for chosen in ("no_calendar", "read_write"):
        params = {**query, "chosen_mode": chosen}
        for name in ("email", "code", "decision", "again", payload):
            pages(sandbox.http, "POST", "/oauth/authorize", params=params, data={name: payload})
    headers = {"Accept": "text/html", "Origin": payload.strip()}
    if payload.isascii():
        response = sandbox.http.post("/oauth/authorize", params=query, headers=headers)
        assert response.status_code == 403
        check_markup(response)


def named(payload: str) -> dict[str, Any]:
    """A scenario in which whatever has a name has this one."""
    calendars = [{"name": payload, "primary": True}]
    return {
        "name": payload,
        "applications": [{"name": payload, "features": FEATURES}],
        "people": [
            {
                "email": "jane@acme.test",
                "name": payload,
                "provider": "google",
                "calendars": calendars,
            },
            {"email": "admin@corp.test", "name": payload, "provider": "google"},
        ],
        "organizations": [
            {
                "domain": "corp.test",
                "administrator": "admin@corp.test",
                "resources": [{"email": "room@corp.test", "name": payload}],
            }
        ],
    }


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_stored_name_becomes_markup(open_sandbox: Callable[..., Sandbox], payload: str) -> None:
    """Names of applications, people, organizations and calendars, on every page with them."""
    sandbox = open_sandbox(scenario=named(payload))
    http = sandbox.http
    query = asked(sandbox, "http://localhost:3000/", scope="read_write free_busy_write")
    for chosen in (
        {},
        {"chosen_mode": "no_calendar"},
        {"chosen_mode": "read_write"},
        {"chosen_mode": "read_write", "chosen_provider": "google"},
        {
            "chosen_mode": "read_write",
            "chosen_provider": "google",
            "chosen_person": "jane@acme.test",
        },
    ):
        pages(http, "GET", "/oauth/authorize", params={**query, **chosen})
    enterprise = {**query, **ENTERPRISE}
    for chosen in ({}, {"chosen_organization": "corp.test"}):
        path = "/enterprise_connect/oauth/authorize"
        pages(http, "GET", path, params={**enterprise, **chosen})
    connected = sandbox.connect()
    token = connected["access_token"]
    calendar = sandbox.call(token, "GET", "/v1/calendars").json()["calendars"][0]
    wish = {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
    answer = sandbox.call(
        token,
        "POST",
        "/v1/permissions",
        json={"permissions": [wish], "redirect_uri": "http://localhost:3000/"},
    )
    assert answer.status_code == 200, answer.text
    address = urlsplit(answer.json()["permissions_request"]["url"]).path
    response = http.get(address)
    assert response.status_code == 200
    assert unescape(response.text).count(payload) >= 2, "application and calendar are shown"
    check_markup(response)
    profile_id = calendar["profile_id"]
    broken = sandbox.control("POST", f"/profiles/{profile_id}/disconnect")
    assert broken.status_code in {200, 204}, broken.text
    (profile,) = sandbox.call(token, "GET", "/v1/profiles").json()["profiles"]
    relink = urlsplit(profile["profile_relink_url"])
    response = http.get(f"{relink.path}?{relink.query}")
    assert response.status_code == 200
    check_markup(response)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_stored_name_becomes_markup_on_the_start_page(tmp_path: Path, payload: str) -> None:
    """It shows the sandbox ``default`` alone."""
    path = tmp_path / "named.json"
    path.write_text(json.dumps(named(payload)))
    app: Any = create_app(Settings(scenario=str(path)))
    with TestClient(app, base_url="http://localhost:8282", follow_redirects=False) as http:
        response = http.get("/")
        assert response.status_code == 200
        check_markup(response)
        code = http.post("/_mock/sandboxes/default/connect", json={"email": "jane@acme.test"})
        assert code.status_code == 201
        page = http.post("/callback", data={"refresh_token": code.json()["refresh_token"]})
        assert page.status_code == 200
        check_markup(page)

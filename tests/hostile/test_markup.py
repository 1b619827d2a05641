"""No text becomes markup, on any page, wherever it comes from.

Every page is read with a parser: an element or attribute that a payload brings along would
be found there, whatever the bytes around it look like.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree
from zlib import crc32

import pytest

from tests.hostile.wire import Answer, Wire, check_manners

PAYLOADS = {
    "element": '"><xss-mark onxss=1>',
    "single": "'><xss-mark onxss=1>",
    "attribute": '" onxss=1 autofocus x="',
    "single attribute": "' onxss=1 x='",
    "bare attribute": " onxss=1 onxss2=2 ",
    "end of title": "</title></textarea></style></script><xss-mark onxss=1>",
    "comment": "--><xss-mark onxss=1><!--",
    "character data": "]]><xss-mark onxss=1>",
    "encoded": "&quot;&gt;&lt;xss-mark onxss=1&gt;&#60;xss-mark&#62;",
    "escaped": "\\u003cxss-mark\\u003e\\x3cxss-mark\\x3e%3Cxss-mark%3E",
    "address": "javascript:xss()",
    "data address": "data:text/html,<xss-mark>",
    "template": "{{ 12345*6789 }}{% raw %}${12345*6789}<%= 12345*6789 %>#{12345*6789}",
    "format": "{0.__class__} %s %(visit)s {visit} {}",
    "wide": "＜xss-mark onxss=1＞\u2028<xss-mark onxss=1>\u202e",
    "long": '"><xss-mark onxss=1>' * 200,
}
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "xlink:href", "content"}


class _Reader(HTMLParser):
    """``elements`` are the tags with their attributes; ``forms`` what could be submitted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.forms: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag == "form":
            action, method = attributes.get("action", ""), attributes.get("method", "get")
            self.forms.append({"action": action, "method": method.upper(), "fields": []})
        elif tag in {"input", "button", "select"} and "name" in attributes and self.forms:
            field = (tag, attributes.get("type", "text"), attributes)
            self.forms[-1]["fields"].append(field)

    @property
    def skeleton(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(tag, tuple(sorted(attributes))) for tag, attributes in self.elements]


def check_harmless(answer: Answer) -> _Reader:
    """Nothing on the page (or in the headers) comes from a payload."""
    check_manners(answer)
    assert answer.status < 500, answer
    reader = _Reader()
    kind = answer.header("content-type") or ""
    if (answer.header("content-disposition") or "").startswith("attachment;"):
        # A browser saves it, whatever it is.
        assert answer.header("x-content-type-options") == "nosniff"
        return reader
    if kind.startswith("application/xml"):
        # A report for CI servers: whatever it tells of is text in it.
        tags = {element.tag for element in ElementTree.fromstring(answer.text).iter()}
        assert tags <= {"testsuites", "testsuite", "testcase", "failure", "system-out"}
        return reader
    if not kind.startswith("text/html"):
        assert not answer.body or kind.startswith(
            ("application/json", "text/plain", "text/css", "image/svg+xml")
        )
        return reader
    assert "default-src 'none'" in (answer.header("content-security-policy") or "")
    assert answer.header("x-content-type-options") == "nosniff"
    assert "83810205" not in answer.text
    reader.feed(answer.text)
    reader.close()
    for tag, attributes in reader.elements:
        assert "xss" not in tag, tag
        assert tag not in {"script", "iframe", "object", "embed", "base"}, tag
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert "xss" not in name, (tag, name)
            if name in ADDRESSES:
                scheme = urlsplit(value.strip()).scheme.lower()
                assert scheme in {"", "http", "https"} or tag == "meta", (tag, name, value)
    return reader


def crawl(wire: Wire, start: str, typed: dict[str, str], most: int = 40) -> list[_Reader]:
    """Every page that can be walked to from ``start``, in order; ``typed`` goes into fields."""
    waiting: list[tuple[str, str, dict[str, str] | None]] = [("GET", start, None)]
    seen: set[tuple[Any, ...]] = set()
    pages: list[_Reader] = []
    while waiting and len(pages) < most:
        method, address, form = waiting.pop(0)
        mark = (method, address, tuple(form.items()) if form else None)
        if mark in seen:
            continue
        seen.add(mark)
        if method == "GET" and form is not None:
            address, form = f"{address.partition('?')[0]}?{urlencode(form)}", None
        answer = wire.ask(method, address, form=form, headers=[("accept", "text/html")])
        reader = check_harmless(answer)
        pages.append(reader)
        location = answer.header("location")
        if location and location.startswith("/"):
            waiting.append(("GET", location, None))
        for shown in reader.forms:
            action = shown["action"] or address
            if not action.startswith("/"):
                continue
            for fields in _fillings(shown["fields"], typed):
                waiting.append((shown["method"], action, fields))
        for tag, attributes in reader.elements:
            href = attributes.get("href", "")
            if tag == "a" and href.startswith("/"):
                waiting.append(("GET", href, None))
    return pages


def _fillings(fields: list[Any], typed: dict[str, str]) -> Iterator[dict[str, str]]:
    """What a visitor could submit: each button, each choice, the text fields as ``typed``."""
    fixed: dict[str, str] = {}
    choices: dict[str, list[str]] = {}
    for tag, kind, attributes in fields:
        name, value = attributes["name"], attributes.get("value", "")
        if tag == "button" or kind in {"radio", "submit", "checkbox"}:
            choices.setdefault(name, []).append(value)
        elif kind == "hidden":
            fixed[name] = value
        else:
            fixed[name] = typed.get(name, typed["*"])
    for picked in itertools.islice(itertools.product(*choices.values()), 30):
        yield {**fixed, **dict(zip(choices, picked, strict=True))}


def _scenario(name: str) -> dict[str, Any]:
    """A sandbox in which everything that has a name is called ``name``."""
    everything = {
        "free_busy": True,
        "no_access": True,
        "explicit_linking": True,
        "business_connect": True,
    }
    return {
        "name": name,
        "description": name,
        "clock": "2026-05-11T08:00:00Z",
        "applications": [
            {"client_id": f"id-{crc32(name.encode())}", "name": name, "features": everything}
        ],
        "people": [
            {
                "email": "jane@acme.test",
                "name": name,
                "calendars": [
                    {"name": name, "primary": True},
                    {"name": f"{name} 2", "events": [_event(name)]},
                ],
            },
            {"email": "gus@acme.test", "name": name, "provider": "office365"},
            {"email": "nora@acme.test", "name": name, "provider": "none"},
        ],
        "organizations": [
            {
                "domain": "acme.test",
                "administrator": "jane@acme.test",
                "resources": [{"email": "room@acme.test", "name": name}],
            }
        ],
        "connected": [{"person": "jane@acme.test"}, {"person": "gus@acme.test"}],
    }


def _event(name: str) -> dict[str, Any]:
    return {
        "summary": name,
        "description": name,
        "location": name,
        "start": "2026-05-11T09:00:00Z",
        "end": "2026-05-11T10:00:00Z",
    }


def _stored(wire: Wire, name: str) -> list[list[tuple[str, tuple[str, ...]]]]:
    """The skeletons of every page of a sandbox whose names are ``name``."""
    # The contract report is the whole server's.
    wire.ask("DELETE", "/_mock/contract")
    document = wire.open_sandbox(scenario=_scenario(name), sandbox_id="named", seed=5)
    base = "/_mock/sandboxes/named"
    client_id = document["applications"][0]["client_id"]
    jane = document["connected"][0]
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": "http://localhost:3000/callback",
        "scope": "free_busy_write",
        "state": name,
    }
    enterprise = {
        **query,
        "scope": "service_account/accounts/manage",
        "delegated_scope": "free_busy_write",
    }
    wish = {"calendar_id": "", "permission_level": "unrestricted"}
    calendars = jane["profiles"][0]["profile_calendars"]
    asked = wire.ask(
        "POST",
        "/v1/permissions",
        token=jane["access_token"],
        document={
            "permissions": [{**wish, "calendar_id": c["calendar_id"]} for c in calendars],
            "redirect_uri": "http://localhost:3000/done",
        },
    ).json()
    services = "/v1/conferencing_service_authorizations"
    token, back = jane["access_token"], {"redirect_uri": "http://localhost:3000/done"}
    service = wire.ask("POST", services, token=token, document=back).json()
    profile_id = jane["profiles"][0]["profile_id"]
    lost = wire.ask("POST", f"{base}/profiles/{profile_id}/disconnect", document={}).json()
    relink = urlsplit(lost["profile_relink_url"])
    typed = {"email": "nora@acme.test", "*": name}
    pages = []
    for start in (
        f"/oauth/authorize?{urlencode(query)}",
        f"/enterprise_connect/oauth/authorize?{urlencode(enterprise)}",
        urlsplit(asked["permissions_request"]["url"]).path,
        urlsplit(service["authorization_request"]["url"]).path,
        f"{relink.path}?{relink.query}",
    ):
        pages += crawl(wire, start, typed)
    for path in ("", "/people", "/inbox", "/journal", "/snapshot"):
        check_harmless(wire.ask("GET", base + path))
    wire.ask("DELETE", base)
    return [page.skeleton for page in pages]


@pytest.fixture(scope="module")
def plain(wire: Wire) -> list[list[tuple[str, tuple[str, ...]]]]:
    return _stored(wire, "Plain")


@pytest.mark.parametrize("case", PAYLOADS)
def test_names_of_all_things_stay_text(
    wire: Wire, plain: list[list[tuple[str, tuple[str, ...]]]], case: str
) -> None:
    """Pages have the same elements and attributes, whatever everything is called."""
    assert len(plain) > 40
    assert _stored(wire, PAYLOADS[case]) == plain


@pytest.fixture(scope="module")
def client_id(wire: Wire) -> str:
    document = wire.open_sandbox(scenario=_scenario("Plain"), sandbox_id="reflected")
    found: str = document["applications"][0]["client_id"]
    return found


PARAMETERS = (
    *("response_type", "client_id", "redirect_uri", "scope", "state", "provider_name"),
    *("access_type", "avoid_linking", "link_token", "delegated_scope", "locale", "code", "error"),
    *("chosen_mode", "chosen_provider", "chosen_person", "verification", "email", "token"),
    "error_description",
)


@pytest.mark.parametrize("case", PAYLOADS)
def test_parameters_stay_text(wire: Wire, client_id: str, case: str) -> None:
    """In each parameter of each page, as its name too, in the query and in a form."""
    payload = PAYLOADS[case]
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": "http://localhost:3000/callback",
        "scope": "free_busy_write",
    }
    addresses = (
        "/oauth/authorize",
        "/enterprise_connect/oauth/authorize",
        "/callback",
        "/relink/google",
        "/v2/relink/zoom",
        "/permissions/none",
        "/conferencing_services/none",
        "/docs",
        "/",
    )
    for address in addresses:
        for name in (*PARAMETERS, payload):
            target = f"{address}?{urlencode({**query, name: payload})}"
            answer = wire.ask("GET", target, headers=[("accept", "text/html")])
            check_harmless(answer)
            location = answer.header("location") or ""
            assert (
                location.startswith(("http://localhost:3000/callback", "/oauth/")) or not location
            )
            if address not in {"/docs", "/"}:
                form = {name: payload, "email": payload, "code": payload}
                check_harmless(wire.ask("POST", target, form=form))


@pytest.mark.parametrize("case", PAYLOADS)
def test_paths_and_headers_stay_text(wire: Wire, client_id: str, case: str) -> None:
    """Whatever somebody asks for, and whatever the browser says of itself."""
    payload = PAYLOADS[case]
    for path in ("/{}", "/oauth/{}", "/permissions/{}", "/relink/{}", "/assets/{}", "/docs/{}"):
        for method in ("GET", "POST", payload.encode().hex()):
            target = path.format(quote(payload, safe=""))
            check_harmless(wire.ask(method, target, headers=[("accept", "text/html")]))
    raw = payload.encode()
    for name in ("accept-language", "cookie", "host", "origin", "referer", "user-agent", "accept"):
        for target in ("/", "/docs", "/none", f"/oauth/authorize?client_id={client_id}"):
            for value in (raw, raw + b"=" + raw, b"text/html, " + raw):
                check_harmless(wire.ask("GET", target, headers=[(name, value)]))
                check_harmless(wire.ask("POST", target, headers=[(name, value)], form={"a": "b"}))


def test_markup_in_an_address_is_no_address(wire: Wire) -> None:
    """People's addresses with markup are refused, or shown as what they are."""
    for payload in PAYLOADS.values():
        email = f"{payload}@acme.test"
        document = {"scenario": {"people": [{"email": email, "name": "Jane"}]}}
        answer = wire.ask("POST", "/_mock/sandboxes", document=document)
        assert answer.status in {201, 422}, answer
        if answer.status == 201:
            opened = answer.json()
            query = {
                "response_type": "code",
                "client_id": opened["applications"][0]["client_id"],
                "redirect_uri": "http://localhost:3000/callback",
                "scope": "free_busy_write",
            }
            crawl(wire, f"/oauth/authorize?{urlencode(query)}", {"*": email}, most=15)
            wire.ask("DELETE", f"/_mock/sandboxes/{opened['sandbox_id']}")

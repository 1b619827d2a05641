"""Redirects lead to where an application has registered, and nowhere else.

What a browser makes of a Location is not what ``urlsplit`` makes of it, so the tests read
it as the URL Standard says: backslashes are slashes, tabs and line ends are nothing.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hostile.wire import Wire

REGISTERED = (
    "https://app.acme.test/callback",
    "https://app.acme.test:8443/callback?fixed=1",
    "https://*.wild.test/in/callback",
    "http://localhost:3000/callback",
)


@pytest.fixture(scope="module")
def client_id(wire: Wire) -> str:
    """An application in production, whose every request is allowed by somebody."""
    document = wire.open_sandbox(
        scenario={
            "applications": [
                {
                    "client_id": "produced",
                    "mode": "production",
                    "redirect_uris": list(REGISTERED),
                    "features": {"no_access": True},
                }
            ],
            "people": [{"email": "jane@acme.test", "consent": {"authorize": "allow"}}],
        }
    )
    found: str = document["applications"][0]["client_id"]
    return found


def as_browser(address: str) -> tuple[str, str, str, str, str]:
    """Scheme, host, port, path and query of ``address``, as browsers read it."""
    address = re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(33)))))
    scheme, colon, rest = address.partition(":")
    assert colon, address
    rest = rest.partition("#")[0]
    rest, _, query = rest.partition("?")
    rest = rest.replace("\\", "/").lstrip("/")
    authority, slash, path = rest.partition("/")
    host, _, port = authority.rpartition("@")[2].partition(":")
    host = unquote(host).lower().rstrip(".")
    return scheme.lower(), host, port, slash + path, query


def is_registered(address: str) -> bool:
    scheme, host, port, path, query = as_browser(address)
    for entry in REGISTERED:
        wanted = as_browser(entry)
        if (scheme, port, path) != (wanted[0], wanted[2], wanted[3]):
            continue
        if wanted[4] and query.partition("&")[0] != wanted[4]:
            continue
        if wanted[1].startswith("*."):
            label = host.removesuffix(wanted[1][1:])
            if label != host and re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", label):
                return True
        elif host == wanted[1]:
            return True
    return False


def authorize(wire: Wire, client_id: str, redirect_uri: str, **more: str) -> str | None:
    """Where the authorize page leads; None where it shows an error page instead."""
    query = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "scope": "read_write",
        **more,
    }
    encoded = urlencode(query, errors="surrogatepass")
    answer = wire.ask("GET", f"/oauth/authorize?{encoded}")
    assert answer.status in {302, 400}, answer
    location = answer.header("location")
    assert (location is None) == (answer.status == 400), answer
    if location is None:
        # Nor does the page itself have a way there.
        assert all(href[0] in "/#" for href in re.findall(r'href="([^"]*)"', answer.text))
        assert "http-equiv" not in answer.text
    return location


@pytest.mark.parametrize("entry", REGISTERED)
def test_what_is_registered_works(wire: Wire, client_id: str, entry: str) -> None:
    uri = entry.replace("*.", "a.b-c.")
    location = authorize(wire, client_id, uri, state="s")
    assert location is not None
    assert location.startswith(uri)
    assert is_registered(location)


REFUSED = (
    "https://app.acme.test/callback/",
    "https://app.acme.test/callback/../evil",
    "https://app.acme.test//callback",
    "https://app.acme.test/Callback",
    "https://app.acme.test/callback#fragment",
    "https://app.acme.test/callback?x=1",
    "https://app.acme.test/callback;a",
    "https://app.acme.test:443/callback",
    "https://app.acme.test.:8443/callback?fixed=1",
    "http://app.acme.test/callback",
    "https://app.acme.test@evil.example/callback",
    "https://app.acme.test%40evil.example/callback",
    "https://app.acme.test\\@evil.example/callback",
    "https://evil.example\\@app.acme.test/callback",
    "https://evil.example/https://app.acme.test/callback",
    "https://evil.example?https://app.acme.test/callback",
    "https://evil.example#https://app.acme.test/callback",
    "https://evil.example\\.wild.test/in/callback",
    "https://evil.example%5c.wild.test/in/callback",
    "https://evil.example%2f.wild.test/in/callback",
    "https://evil.example%23.wild.test/in/callback",
    "https://evil.example%3f.wild.test/in/callback",
    "https://evil.example\uff0f.wild.test/in/callback",
    "https://evil.example\u2044.wild.test/in/callback",
    "https://evil.example\uff03.wild.test/in/callback",
    "https://user@a.wild.test/in/callback",
    "https://:@a.wild.test/in/callback",
    "https://a.wild.test@evil.example/in/callback",
    "https://.wild.test/in/callback",
    "https://wild.test/in/callback",
    "https://a..wild.test/in/callback",
    "https://awild.test/in/callback",
    "https://a.wild.test.evil.example/in/callback",
    "https://a.wild.test./in/callback",
    "https://*.wild.test/in/callback/x",
    "https://a.wild.test:8443/in/callback",
    "https://a.wild.test/in/../in/callback",
    "https://a.wild.test/in/callback?x",
    "https://a.wild.test/in/callback#x",
    "https://ä.wild.test/in/callback",
    "https://[::1].wild.test/in/callback",
    "http://a.wild.test/in/callback",
    "http://localhost:3001/callback",
    "http://localhost/callback",
    "http://localhost:3000@evil.example/callback",
    "http://127.0.0.1:3000/callback",
    "//app.acme.test/callback",
    "/callback",
    "callback",
    "https:app.acme.test/callback",
    "https:/app.acme.test/callback",
    "https:///app.acme.test/callback",
    "https:\\\\app.acme.test/callback",
    " https://app.acme.test/callback",
    "https://app.acme.test/callback ",
    "https://app.acme.test/callback\n",
    "https://app.acme.test/call\tback",
    "https://app.acme.test/callback\0",
    "https://app.acme.test/callback\u2028",
    "javascript:alert(1)//https://app.acme.test/callback",
    "data:text/html,https://app.acme.test/callback",
    "vbscript:x",
    "file:///etc/passwd",
    "myapp://callback",
    "blob:https://app.acme.test/callback",
    "view-source:https://app.acme.test/callback",
    "urn:ietf:wg:oauth:2.0:oob",
    "",
)


@pytest.mark.parametrize("uri", REFUSED)
@pytest.mark.parametrize("wrong", [{}, {"scope": "nonsense"}, {"response_type": "token"}])
def test_what_is_not_registered_gets_an_error_page(
    wire: Wire, client_id: str, uri: str, wrong: dict[str, str]
) -> None:
    """Whether the rest of the request is right or wrong; in upper case only the host may be."""
    assert authorize(wire, client_id, uri, **wrong) is None


_PIECES = st.sampled_from(
    (
        *(
            "@",
            ":",
            "/",
            "//",
            "\\",
            "?",
            "#",
            ".",
            "..",
            "%2f",
            "%5c",
            "%40",
            "%2e",
            "%00",
            "%0d%0a",
        ),
        *(
            "\t",
            "\n",
            " ",
            "\0",
            ";",
            "*",
            "*.",
            "a",
            "-",
            "_",
            "[",
            "]",
            "ä",
            "。",
            "／",
            "\u200b",
        ),
        *("evil.example", "evil.example/", "@evil.example", "https:", ":443", ":8443", "localhost"),
        *(".wild.test", "app.acme.test", "&", "=", "+", "\ud800", "İ", "ß", "ſ", "K"),
    )
)


@st.composite
def variants(draw: st.DrawFn) -> str:
    """A registered address with up to four pieces put in, exchanged or taken out."""
    uri = draw(st.sampled_from(REGISTERED)).replace("*.", draw(st.sampled_from(("*.", "a.", ""))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(uri)))
        cut = draw(st.integers(0, 3))
        uri = uri[:at] + draw(_PIECES | st.just("")) + uri[at + cut :]
    if draw(st.booleans()):
        at = draw(st.integers(0, len(uri)))
        uri = uri[:at] + uri[at:].swapcase()
    return uri


@settings(max_examples=400)
@given(uri=variants(), right=st.booleans(), state=st.text(max_size=5))
def test_no_variant_leads_elsewhere(
    wire: Wire, client_id: str, uri: str, right: bool, state: str
) -> None:
    """Whatever is put into a registered address: it leads there, or to an error page."""
    more = {} if right else {"scope": "nonsense"}
    state = state.encode("utf-8", "ignore").decode()
    location = authorize(wire, client_id, uri, state=state, **more)
    if location is not None:
        assert is_registered(location), (uri, location)


@settings(max_examples=150)
@given(uri=variants())
def test_registering_takes_only_addresses(wire: Wire, uri: str) -> None:
    """What can be registered, for any application, is an http(s) address; and once it is, it
    is only itself."""
    answer = wire.ask(
        "POST",
        "/_mock/sandboxes",
        document={"scenario": {"applications": [{"redirect_uris": [uri]}]}},
    )
    if answer.status == 422:
        return
    assert answer.status == 201
    wire.ask("DELETE", f"/_mock/sandboxes/{answer.json()['sandbox_id']}")
    assert uri.lower().startswith(("http://", "https://")), uri
    assert not re.search(r"[\x00-\x20\\\x7f]", uri), uri


@pytest.mark.parametrize("uri", ["javascript:alert(1)", "data:text/html,x", "myapp://x", "//x", ""])
def test_development_takes_web_addresses_only(wire: Wire, uri: str) -> None:
    """Any of them in development mode, but nothing that a browser would carry out."""
    opened = wire.open_sandbox()
    token = wire.connect(opened["sandbox_id"], email="jane@acme.test")
    client_id = opened["applications"][0]["client_id"]
    assert authorize(wire, client_id, uri) is None
    calendar = token["userinfo"]["cronofy.data"]["profiles"][0]["profile_calendars"][0]
    wish = {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
    answer = wire.ask(
        "POST",
        "/v1/permissions",
        token=token["access_token"],
        document={"permissions": [wish], "redirect_uri": uri},
    )
    assert answer.status == 422
    wire.ask("DELETE", f"/_mock/sandboxes/{opened['sandbox_id']}")


@pytest.mark.parametrize("start", ["//evil.example", "/\\evil.example", "//oauth", "/%2f/x"])
def test_the_pages_own_redirects_stay_here(wire: Wire, client_id: str, start: str) -> None:
    """After a form, the visitor goes on under the same path, which cannot be another host."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": "http://localhost:3000/callback",
            "scope": "free_busy_write",
        }
    )
    for path in (start, f"{start}/oauth/authorize", "//oauth/authorize", "/oauth/authorize//"):
        target = f"{quote(path, safe='/%')}?{query}"
        answer = wire.ask("POST", target, form={"chosen_mode": "free_busy"})
        location = answer.header("location") or "/"
        assert not re.match(r"[/\\]{2}", location), location

"""Bytes that no client library sends, over a real socket: each gets its clear answer."""

from __future__ import annotations

import gzip
import json
import re
import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from mock_server.settings import Settings
from tests.emulator import Sandbox
from tests.hostile.wire import Answer
from tests.pages.html import parse

JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
LIMIT = Settings().max_body
TOO_LARGE = f"the body is larger than {LIMIT} bytes (setting max_body)"
TOKEN = "/oauth/token"


class Connection:
    """One connection to the emulator, and the answers that come back on it."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.host = parts.netloc
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=20)
        self._file = self._socket.makefile("rb")

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def hang_up(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def is_closed(self) -> bool:
        return self._file.read(1) == b""

    def read(self, *, head: bool = False) -> Answer:
        """The next answer."""
        line = self._file.readline()
        found = re.fullmatch(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n", line)
        assert found, line
        headers = []
        while (line := self._file.readline()) != b"\r\n":
            name, colon, value = line.removesuffix(b"\r\n").partition(b": ")
            assert colon, line
            # Nothing that came in may end a line, or stand for something else in one.
            assert re.fullmatch(rb"[a-z-]+", name), line
            assert value.isascii(), line
            assert value.decode().isprintable(), line
            headers.append((name, value))
        answer = Answer(int(found[1]), headers, b"")
        length = int(answer.header("content-length") or 0)
        if not head and answer.status not in {204, 304}:
            answer.body = self._file.read(length)
            assert len(answer.body) == length, answer
        return answer

    def start(self, method: str, target: str | bytes, *headers: str | bytes) -> None:
        """Send all but the body."""
        raw = [_raw(header) for header in headers]
        if not any(header.lower().startswith(b"host:") for header in raw):
            raw.append(f"Host: {self.host}".encode())
        lines = [method.encode() + b" " + _raw(target) + b" HTTP/1.1", *raw]
        self.send(b"\r\n".join(lines) + b"\r\n\r\n")

    def ask(
        self, method: str, target: str | bytes, *headers: str | bytes, body: bytes = b""
    ) -> Answer:
        if body:
            headers = (*headers, f"Content-Length: {len(body)}")
        self.start(method, target, *headers)
        self.send(body)
        return self.read(head=method == "HEAD")


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


@pytest.fixture
def connection(served: str) -> Iterator[Connection]:
    connection = Connection(served)
    yield connection
    connection.close()


@pytest.fixture
def sandbox(served: str) -> Iterator[Sandbox]:
    """A sandbox of the served emulator, whether or not the rest runs over a socket."""
    with httpx.Client(base_url=served) as client:
        sandbox = Sandbox(client, client.post("/_mock/sandboxes", json={}).json())
        yield sandbox
        sandbox.control("DELETE", "")


def refused(answer: Answer, status: int, hint: str) -> None:
    """A refusal of Cronofy's API: ``hint`` is how its hint begins."""
    assert answer.status == status, answer
    assert (answer.header("mock-cronofy-hint") or "").startswith(hint), answer
    if status == 400:
        document = answer.json()
        assert document["error"] == "invalid_request"
        assert document["error_description"].startswith(hint)


def still_works(connection: Connection) -> None:
    answer = connection.ask("GET", "/_mock/health")
    assert answer.status == 200, answer
    assert answer.json()["status"] == "ok"


# --- Bodies --------------------------------------------------------------------------------

_MISSING = "client_id is missing from the body"
_NOT_JSON = "the body is not valid JSON: "
_NO_TYPE = ": expected application/json or application/x-www-form-urlencoded"
_UNREADABLE: dict[str, tuple[tuple[str | bytes, ...], bytes, str]] = {
    "half an object": ((JSON,), b"{", _NOT_JSON),
    "two objects": ((JSON,), b"{}{}", _NOT_JSON),
    "single quotes": ((JSON,), b"{'a': 1}", _NOT_JSON),
    "NaN": ((JSON,), b'{"a":NaN}', _NOT_JSON),
    "a form": ((JSON,), b"a=1&b=2", _NOT_JSON),
    "a list": ((JSON,), b"[1]", "the body must be a JSON object, found list"),
    "a number": ((JSON,), b"1", "the body must be a JSON object, found int"),
    "bad UTF-8": ((JSON,), b'{"a":"\xff"}', _NOT_JSON),
    "a surrogate in UTF-8": ((JSON,), b'{"a":"\xed\xa0\x80"}', _NOT_JSON),
    "UTF-16": ((JSON + "; charset=utf-16",), '{"a":1}'.encode("utf-16"), _NOT_JSON),
    "a raw NUL": ((JSON,), b'{"a":"\0"}', _NOT_JSON),
    "an escaped NUL": ((JSON,), b'{"a":"\\u0000"}', "the body holds a NUL character"),
    "a NUL in a name": ((JSON,), b'{"a\\u0000":1}', "the body holds a NUL character"),
    "deep brackets": ((JSON,), b"[" * 100_000, _NOT_JSON),
    "deep JSON": ((JSON,), b'{"a":' * 5000 + b"1" + b"}" * 5000, _NOT_JSON),
    "JSON called a form": ((FORM,), b'{"a":1}', "this body looks like JSON"),
    "bad UTF-8 in a form": ((FORM,), b"a=%ff", "parameters must be percent-encoded UTF-8"),
    "raw UTF-8 in a form": ((FORM,), "a=é".encode(), "parameters must be percent-encoded UTF-8"),
    "a NUL in a form": ((FORM,), b"a=%00", "a parameter holds a NUL character"),
    "2001 parameters": ((FORM,), b"&".join([b"p="] * 2001), "more than 2000 parameters"),
    "deep parameters": ((FORM,), b"a" + b"[b]" * 9 + b"=1", "the parameter a[b][b][b]"),
    "a thousand brackets": ((FORM,), b"a" + b"[]" * 1000 + b"=1", "the parameter a[][][]"),
    "both list and text": ((FORM,), b"a=1&a[]=2", "the parameter a is both a list and"),
    "both map and text": ((FORM,), b"a=1&a[b]=2", "the parameter a is both a mapping and"),
    "no content type": ((), b"{}", "Content-Type is missing" + _NO_TYPE),
    "text": (("Content-Type: text/plain",), b"{}", "Content-Type text/plain" + _NO_TYPE),
    "a type that is none": (("Content-Type: \xff/\x80",), b"{}", "Content-Type \\xff/\\x80"),
    "multipart": (
        ("Content-Type: multipart/form-data; boundary=x",),
        b"--x\r\n\r\n--x--",
        "Content-Type multipart/form-data" + _NO_TYPE,
    ),
    "really compressed": ((JSON, "Content-Encoding: gzip"), gzip.compress(b"{}"), _NOT_JSON),
}


@pytest.mark.parametrize("case", _UNREADABLE)
def test_bodies_that_cannot_be_read(connection: Connection, case: str) -> None:
    headers, body, hint = _UNREADABLE[case]
    answer = connection.ask("POST", TOKEN, *headers, body=body)
    assert answer.status == 400, answer
    assert (answer.header("mock-cronofy-hint") or "").startswith(hint), answer
    assert answer.json()["error"] == "invalid_request"
    still_works(connection)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ((JSON,), b""),
        ((JSON,), b"[]"),
        ((JSON,), b"null"),
        ((JSON + "; charset=UTF-8",), b"{}"),
        (("Content-Type: Application/JSON",), b" {} \r\n"),
        (("Content-Type: application/vnd.api+json",), b"{}"),
        ((FORM,), b"a=%zz&b=%&%=1&=&&"),
        ((FORM,), b"&".join([b"p="] * 2000)),
        ((FORM,), b"a" + b"[b]" * 8 + b"=1"),
        # What Cronofy's own Node SDK sends with a plain body.
        ((JSON, "Content-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3"), b"{}"),
    ],
)
def test_bodies_that_can_be_read(
    connection: Connection, headers: tuple[str, ...], body: bytes
) -> None:
    """They are only not what the call needs."""
    refused(connection.ask("POST", TOKEN, *headers, body=body), 400, _MISSING)
    still_works(connection)


def test_a_plain_body_that_is_said_to_be_compressed(
    connection: Connection, sandbox: Sandbox
) -> None:
    """The Node SDK's header does not matter: the call succeeds."""
    members = {
        **sandbox.credentials,
        "grant_type": "refresh_token",
        "refresh_token": sandbox.connect()["refresh_token"],
    }
    encoding = "Content-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3"
    answer = connection.ask("POST", TOKEN, JSON, encoding, body=json.dumps(members).encode())
    assert answer.status == 200, answer
    assert answer.json()["refresh_token"] == members["refresh_token"]


# --- Sizes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [str(LIMIT + 1), "9" * 18])
@pytest.mark.parametrize("target", [TOKEN, "/v1/calendars", "/callback"])
def test_too_large_by_its_own_account(
    served: str, connection: Connection, target: str, length: str
) -> None:
    """Answered before any of the body has come."""
    connection.start("POST", target, JSON, f"Content-Length: {length}")
    answer = connection.read()
    assert answer.status == 413, answer
    assert answer.header("mock-cronofy-hint") == TOO_LARGE
    another = Connection(served)
    still_works(another)
    another.close()


def test_too_large_and_sent_all_the_same(connection: Connection) -> None:
    """What remains of it is read and forgotten: the connection goes on."""
    answer = connection.ask("POST", TOKEN, JSON, body=b"x" * (LIMIT + 1))
    assert answer.status == 413, answer
    assert answer.header("mock-cronofy-hint") == TOO_LARGE
    assert answer.body == b""
    still_works(connection)


def test_too_large_in_pieces(served: str, connection: Connection) -> None:
    connection.start("POST", TOKEN, JSON, "Transfer-Encoding: chunked")
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    for _ in range(LIMIT // 65536):
        connection.send(piece)
    connection.send(b"1\r\nx\r\n")
    answer = connection.read()
    assert answer.status == 413, answer
    assert answer.header("mock-cronofy-hint") == TOO_LARGE
    connection.send(b"0\r\n\r\n")
    still_works(connection)


def test_in_pieces_up_to_the_limit(connection: Connection) -> None:
    connection.start("POST", TOKEN, JSON, "Transfer-Encoding: chunked")
    connection.send(b"2\r\n{}\r\n")
    for _ in range(31):
        connection.send(b"10000\r\n" + b" " * 65536 + b"\r\n")
    connection.send(b"0\r\n\r\n")
    refused(connection.read(), 400, _MISSING)
    still_works(connection)


def test_a_scenario_too_large(connection: Connection) -> None:
    connection.start("POST", "/_mock/sandboxes", JSON, f"Content-Length: {16 * LIMIT + 1}")
    answer = connection.read()
    assert answer.status == 413, answer
    (error,) = answer.json()["errors"]
    assert error["place"] == "the body"
    assert error["expected"] == "a smaller body"


# --- Requests that break off ---------------------------------------------------------------


@pytest.mark.parametrize("target", ["/oauth/token/revoke", "/_mock/sandboxes", "/callback"])
def test_half_a_body(served: str, connection: Connection, target: str) -> None:
    """Nothing is answered, and nothing done."""
    connection.start("POST", target, FORM, "Content-Length: 50")
    connection.send(b"client_id=a")
    connection.hang_up()
    assert connection.is_closed()
    another = Connection(served)
    still_works(another)
    another.close()


def test_half_a_form_revokes_nothing(served: str, connection: Connection, sandbox: Sandbox) -> None:
    """A form cut short is a whole form still."""
    connected = sandbox.connect()
    body = urlencode({**sandbox.credentials, "token": connected["refresh_token"]}).encode()
    connection.start("POST", "/oauth/token/revoke", FORM, f"Content-Length: {len(body) + 1}")
    connection.send(body)
    connection.hang_up()
    assert connection.is_closed()
    assert sandbox.call(connected["access_token"], "GET", "/v1/userinfo").status_code == 200


@pytest.mark.parametrize(
    "head", [b"", b"GET", b"GET /v1/userinfo HTTP/1.1\r\nHos", b"GET / HTTP/1.1\r\nHost: a\r\n"]
)
def test_half_a_head(connection: Connection, head: bytes) -> None:
    connection.send(head)
    connection.hang_up()
    assert connection.is_closed()


def test_a_body_byte_by_byte(connection: Connection) -> None:
    connection.start("POST", TOKEN, JSON, "Content-Length: 2")
    connection.send(b"{")
    connection.send(b"}")
    refused(connection.read(), 400, _MISSING)


def test_requests_one_after_the_other_without_waiting(connection: Connection) -> None:
    """Answered in order, each with its own request id."""
    for target in ("/v1/userinfo", "/v1/-", "/_mock/health"):
        connection.start("GET", target)
    answers = [connection.read() for _ in range(3)]
    assert [answer.status for answer in answers] == [401, 404, 200]


# --- Not HTTP ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"BREW /v1/userinfo HTTP/1.1\r\nHost: a\r\n\r\n",
        b"get /v1/userinfo HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /v1/\xff HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /v1/userinfo HTTP/9.9\r\nHost: a\r\n\r\n",
        b"GET /v1/userinfo HTTP/1.1\r\nAuthorization: Bearer a\0b\r\n\r\n",
        b"GET /v1/userinfo HTTP/1.1\r\nNo colon\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nContent-Length: 1x\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n",
        b"POST /oauth/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
    ],
    ids=lambda content: ascii(content[:70]),
)
def test_what_is_not_http_is_a_bad_request(
    served: str, connection: Connection, content: bytes
) -> None:
    """And ends the connection, on which nobody knows where the next request begins."""
    connection.send(content)
    answer = connection.read()
    assert answer.status == 400, answer
    assert answer.body == b"Invalid HTTP request received."
    assert connection.is_closed()
    another = Connection(served)
    still_works(another)
    another.close()


@pytest.mark.parametrize("version", ["13", "8", "x"])
@pytest.mark.parametrize(
    ("target", "status"), [("/v1/userinfo", 401), ("/", 200), ("/_mock/health", 200)]
)
def test_a_websocket_gets_the_answer_of_a_plain_request(
    connection: Connection, target: str, status: int, version: str
) -> None:
    answer = connection.ask(
        "GET",
        target,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Sec-WebSocket-Version: {version}",
    )
    assert answer.status == status, answer
    assert answer.header("upgrade") is None


# --- Methods and paths ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "TRACE", "CONNECT", "QUERY", "PROPFIND"])
@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("/v1/userinfo", "GET"),
        ("/v1/calendars", "GET, POST"),
        (TOKEN, "POST"),
        ("/oauth/authorize", "GET, POST"),
        ("/_mock/sandboxes", "POST"),
    ],
)
def test_methods_that_a_path_does_not_take(
    connection: Connection, method: str, target: str, allowed: str
) -> None:
    answer = connection.ask(method, target)
    assert answer.status == 405, answer
    assert answer.header("allow") == allowed
    if target.startswith("/_mock"):
        error = {"place": "method", "found": method, "expected": allowed}
        assert answer.json() == {"errors": [error]}
    else:
        assert answer.header("mock-cronofy-hint") == f"{target} takes {allowed}, found {method}"


@pytest.mark.parametrize(
    ("target", "status"),
    [("/v1/userinfo", 401), ("/v1/-", 404), ("/oauth/authorize", 400), ("/", 200), ("/docs", 200)],
)
def test_a_head_has_the_headers_of_its_get(
    connection: Connection, target: str, status: int
) -> None:
    head = connection.ask("HEAD", target)
    got = connection.ask("GET", target)
    assert head.status == got.status == status
    assert head.body == b""
    changing = {b"date", b"x-request-id"}
    assert [h for h in head.headers if h[0] not in changing] == [
        h for h in got.headers if h[0] not in changing
    ]


def test_a_head_of_an_answer_with_a_body(connection: Connection, sandbox: Sandbox) -> None:
    """Its length is that of the GET's body, none of which is sent."""
    bearer = f"Authorization: Bearer {sandbox.connect()['access_token']}"
    head = connection.ask("HEAD", "/v1/userinfo", bearer)
    got = connection.ask("GET", "/v1/userinfo", bearer)
    assert head.status == got.status == 200
    assert head.header("content-length") == str(len(got.body)) != "0"


_NOBODYS = [
    ("/v1/../oauth/token", "Cronofy has no path /v1/../oauth/token;"),
    ("/v1/./userinfo", "Cronofy has no path /v1/./userinfo;"),
    ("/v1//userinfo", "Cronofy has no path /v1//userinfo;"),
    ("/v1/userinfo%00", "Cronofy has no path /v1/userinfo\\x00;"),
    ("/v1/userinfo%0d%0aX-Injected:%201", "Cronofy has no path /v1/userinfo X-Injected: 1;"),
    ("/v1/userinfo%0a", "Cronofy has no path /v1/userinfo ;"),
    ("/v1/userinfo%20", "Cronofy has no path /v1/userinfo ;"),
    ("/v1/userinfo%ff", "Cronofy has no path /v1/userinfo\\ufffd;"),
    ("/v1/userinfo%zz", "Cronofy has no path /v1/userinfo%zz;"),
    ("/v1/userinfo;x=1", "Cronofy has no path /v1/userinfo;x=1;"),
    ("/v1/%E2%80%AE", "Cronofy has no path /v1/\\u202e;"),
    ("/v1/" + "a" * 60_000, "Cronofy has no path /v1/aaaa"),
    ("//", "nothing has the path //;"),
    ("//evil.test/", "nothing has the path //evil.test/;"),
    ("//oauth/authorize", "nothing has the path //oauth/authorize;"),
    ("/%2Foauth/authorize", "nothing has the path //oauth/authorize;"),
    ("/\\oauth/authorize", "nothing has the path /\\oauth/authorize;"),
    ("/..", "nothing has the path /..;"),
    ("/%2e%2e/%2e%2e/etc/passwd", "nothing has the path /../../etc/passwd;"),
    ("/assets/..%2F..%2Fvisit.py", "nothing has the path /assets/../../visit.py;"),
    ("/assets/%2e%2e", "there is no asset '..'"),
    ("/assets/site.css%00", "there is no asset 'site.css\\x00'"),
    ("/%00", "nothing has the path /\\x00;"),
    ("/" + "a" * 60_000, "nothing has the path /aaaa"),
]


@pytest.mark.parametrize(("target", "hint"), _NOBODYS, ids=lambda text: text[:40])
def test_odd_paths_are_nobodys(connection: Connection, target: str, hint: str) -> None:
    answer = connection.ask("GET", target)
    assert answer.status == 404, answer
    found = answer.header("mock-cronofy-hint") or ""
    assert found.startswith(hint), found
    assert len(found) <= 1000
    assert answer.header("x-injected") is None
    assert answer.body in {b"", b'{"error":"not_found"}'}
    still_works(connection)


@pytest.mark.parametrize(
    "target",
    ["/_mock/", "/_mock/..", "/_mock//sandboxes", "/_mock/sandboxes%2F", "/_mock/sandboxes%00"],
)
def test_odd_paths_of_the_control_api(connection: Connection, target: str) -> None:
    answer = connection.ask("GET", target)
    assert answer.status == 404, answer
    (error,) = answer.json()["errors"]
    assert set(error) == {"place", "found", "expected"}


@pytest.mark.parametrize("target", ["/v1/userinfo/", "/v1%2Fuserinfo", "/%76%31/userinfo"])
def test_other_spellings_of_the_same_path(connection: Connection, target: str) -> None:
    refused(connection.ask("GET", target), 401, "the Authorization header is missing")


def test_a_long_query(connection: Connection) -> None:
    answer = connection.ask("GET", "/oauth/authorize?state=" + "a" * 60_000)
    assert answer.status == 400
    assert answer.header("mock-cronofy-hint") == "client_id is missing"
    still_works(connection)


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("a=%ff", "parameters must be percent-encoded UTF-8"),
        ("state=%00", "a parameter holds a NUL character"),
        ("&".join(["p="] * 2001), "more than 2000 parameters"),
        ("a" + "[b]" * 9 + "=1", f"the parameter a{'[b]' * 9} is nested too deeply"),
    ],
)
def test_queries_that_cannot_be_read(connection: Connection, query: str, hint: str) -> None:
    refused(connection.ask("POST", f"{TOKEN}?{query}", JSON, body=b"{}"), 400, hint)
    page = connection.ask("GET", f"/oauth/authorize?{query}")
    assert page.status == 400
    assert page.header("mock-cronofy-hint") == hint


# --- The Host header -----------------------------------------------------------------------

_HOSTS = [
    b"evil.test/path",
    b"evil.test?x",
    b"evil.test#x",
    b"user@evil.test",
    b"evil.test:80:80",
    b"evil.test:port",
    b"evil.test, localhost",
    b'evil.test"><script>',
    b"evil.test\\",
    b"evil.test\xff",
    b"\xc3\xa9vil.test",
    b"[evil.test]",
    b"[::evil",
    b"evil" * 500,
    b"javascript:evil",
]


@pytest.mark.parametrize("host", _HOSTS, ids=lambda host: ascii(host[:30]))
def test_absurd_hosts_are_nowhere_repeated(
    connection: Connection, sandbox: Sandbox, host: bytes
) -> None:
    """Addresses begin with the server's own name, on the wire, in JSON and in HTML."""
    connected = sandbox.connect()
    token = f"Authorization: Bearer {connected['access_token']}"
    calendar = sandbox.call(connected["access_token"], "GET", "/v1/calendars").json()["calendars"][
        0
    ]
    wish = {
        "permissions": [
            {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
        ],
        "redirect_uri": "http://localhost:3000/",
    }
    asked = json.dumps(wish).encode()
    header = b"Host: " + host
    answers = [
        connection.ask("GET", "/", header),
        connection.ask("GET", "/-", header, "Accept: text/html"),
        connection.ask("GET", "/callback?code=x", header),
        connection.ask("GET", "/oauth/authorize", header),
        connection.ask("GET", f"/_mock/sandboxes/{sandbox.sandbox_id}", header),
        connection.ask("GET", "/v1/userinfo", header, token),
        connection.ask("POST", "/v1/permissions", header, token, JSON, body=asked),
    ]
    assert [answer.status for answer in answers] == [200, 404, 200, 400, 200, 200, 200]
    for answer in answers:
        assert b"evil" not in answer.body, answer
        assert b"vil.test" not in answer.body, answer
        assert not any(b"evil" in value for _, value in answer.headers), answer
    own = f"http://{connection.host}/"
    assert answers[-1].json()["permissions_request"]["url"].startswith(own)


@pytest.mark.parametrize("target", ["/", "/callback", "/_mock/sandboxes/default"])
def test_names_that_somebody_may_own_see_no_secrets(connection: Connection, target: str) -> None:
    answer = connection.ask("GET", target, "Host: evil.example.com")
    assert answer.status == 403, answer
    assert b"secret" not in answer.body


def test_no_host_at_all(served: str) -> None:
    connection = Connection(served)
    connection.send(b"GET /v1/userinfo HTTP/1.0\r\n\r\n")
    refused(connection.read(), 401, "the Authorization header is missing")
    assert connection.is_closed()
    connection.close()


# --- Lines that end too early --------------------------------------------------------------

_BREAKS = ["\r\n", "\n", "\r", "\u2028", "\x85", "\r\n\r\n<script>alert(1)</script>"]


@pytest.mark.parametrize("text", _BREAKS, ids=ascii)
@pytest.mark.parametrize("outcome", ["allow", "deny", "error"])
def test_a_state_adds_no_header(
    connection: Connection, sandbox: Sandbox, text: str, outcome: str
) -> None:
    """The state comes back unaltered, and stays inside its address."""
    state = f"a{text}Set-Cookie: injected=1{text}b"
    if outcome != "error":
        person = {"email": "jane@acme.test", "provider": "google"}
        sandbox.control("POST", "/people", json=person)
        decision = {"page": "authorize", "decision": outcome}
        if outcome == "allow":
            decision["email"] = "jane@acme.test"
        queued = sandbox.control("POST", "/consents", json=decision)
        assert queued.status_code == 201, queued.text
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": "http://localhost:3000/callback",
        "scope": "unknown" if outcome == "error" else "read_write",
        "state": state,
    }
    answer = connection.ask("GET", "/oauth/authorize?" + urlencode(query))
    assert answer.status == 302, answer
    assert "injected" not in (answer.header("set-cookie") or "")
    location = urlsplit(answer.header("location") or "")
    assert location.netloc == "localhost:3000"
    found = parse_qs(location.query, strict_parsing=True)
    assert found["state"] == [state]
    assert (
        set(found)
        == {
            "allow": {"state", "code"},
            "deny": {"state", "error"},
            "error": {"state", "error", "error_description"},
        }[outcome]
    )


@pytest.mark.parametrize("text", ["\r\n", "\n", "\r", "\t", "\0", " ", "\x7f"], ids=ascii)
@pytest.mark.parametrize(
    "place", ["http://localhost:3000/{}X: 1", "http://local{}host/", "{}http://a/"]
)
def test_a_redirect_uri_adds_no_header(
    connection: Connection, sandbox: Sandbox, text: str, place: str
) -> None:
    """It is refused on a page, which goes nowhere."""
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": place.format(text),
        "scope": "unknown",
    }
    answer = connection.ask("GET", "/oauth/authorize?" + urlencode(query))
    assert answer.status == 400, answer
    assert answer.header("location") is None
    hint = answer.header("mock-cronofy-hint") or ""
    assert hint.startswith(
        "a parameter holds a NUL" if text == "\0" else "redirect_uri must be an http or https"
    )
    parse(answer.text)


# --- Many at once --------------------------------------------------------------------------


def test_stalled_requests_keep_nobody_waiting(served: str, connection: Connection) -> None:
    stalled = [Connection(served) for _ in range(30)]
    for number, other in enumerate(stalled):
        if number % 2:
            other.start("POST", TOKEN, JSON, "Content-Length: 10")
        else:
            other.send(b"GET /v1/userinfo HTTP/1.1\r\nX-Slow:")
    still_works(connection)
    answers: list[Any] = []

    def finish(other: Connection, rest: bytes) -> None:
        other.send(rest)
        answers.append(other.read().status)
        other.close()

    threads = [
        threading.Thread(
            target=finish, args=(other, b"{}        " if number % 2 else b" 1\r\nHost: a\r\n\r\n")
        )
        for number, other in enumerate(stalled)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [400] * 15 + [401] * 15

"""Hostile bytes over a real socket, as uvicorn serves it.

After each of them the server goes on: the same connection where it is still open, and
others in any case.
"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mock_server.settings import Settings
from tests.hostile.raw import Connection, request
from tests.hostile.wire import Answer, check_manners

JSON = ("Content-Type", "application/json")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
MAX_BODY = Settings().max_body
HEALTH = request("GET", "/_mock/health")


@pytest.fixture(scope="module")
def opened(served: str) -> Any:
    """The document of a sandbox in which Jane is connected, with her token."""
    with httpx.Client(base_url=served) as client:
        document = client.post("/_mock/sandboxes", json={}).json()
        path = f"/_mock/sandboxes/{document['sandbox_id']}"
        jane = client.post(f"{path}/connect", json={"email": "jane@acme.test"}).json()
        yield {**document, "path": path, "token": jane["access_token"]}
        client.delete(path)


def exchange(served: str, content: bytes, method: str = "GET") -> Answer | None:
    """What ``content`` is answered; the server is alive afterwards, in every way."""
    with Connection(served) as connection:
        answer = connection.ask(content, method)
        if answer is not None:
            check(answer, method)
            if answer.header("connection") != "close":
                again = connection.ask(HEALTH)
                assert again is not None, "the connection broke"
                assert again.status == 200, again
    with Connection(served) as connection:
        alive = connection.ask(HEALTH)
        assert alive is not None
        assert alive.status == 200
    return answer


def check(answer: Answer, method: str) -> None:
    assert answer.status < 500 or answer.status == 501, answer
    if method != "HEAD" and answer.header("connection") != "close":
        check_manners(answer)


def bearer(opened: Any) -> tuple[str, str]:
    return ("Authorization", f"Bearer {opened['token']}")


BODIES: dict[str, tuple[list[tuple[str, str]], bytes]] = {
    "malformed JSON": ([JSON], b'{"profile_id": '),
    "half a number": ([JSON], b'{"name": 1e'),
    "NaN": ([JSON], b'{"name": NaN}'),
    "JSON called a form": ([FORM], b'{"profile_id": "x"}'),
    "a form called JSON": ([JSON], b"profile_id=x&name=y"),
    "no type": ([], b'{"profile_id": "x"}'),
    "plain text": ([("Content-Type", "text/plain")], b'{"profile_id": "x"}'),
    "multipart": ([("Content-Type", "multipart/form-data; boundary=b")], b"--b\r\n\r\n1\r\n--b--"),
    "XML": ([("Content-Type", "application/xml")], b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "bad UTF-8 in JSON": ([JSON], b'{"name": "\xff\xfe"}'),
    "bad UTF-8 in a form": ([FORM], b"name=%ff%fe&profile_id=%80"),
    "raw bytes in a form": ([FORM], b"name=\xff\xfe"),
    "NUL in JSON": ([JSON], b'{"name": "a\\u0000b"}'),
    "raw NUL in JSON": ([JSON], b'{"name": "a\0b"}'),
    "NUL in a form": ([FORM], b"name=a%00b"),
    "UTF-16": ([JSON], '{"name": "x"}'.encode("utf-16")),
    "a byte order mark": ([JSON], b"\xef\xbb\xbf{}"),
    "a lone surrogate": ([JSON], b'{"name": "\\udfff"}'),
    "broken percent-encoding": ([FORM], b"name=%&profile_id=%zz&%=%2"),
    "many parameters": ([FORM], b"&".join(b"p%d=1" % n for n in range(2001))),
    "one parameter 2,500 times": ([FORM], b"&".join([b"name=x"] * 2500)),
    "many brackets": ([FORM], b"name" + b"[a]" * 2000 + b"=1"),
    "open brackets": ([FORM], b"name" + b"[" * 5000 + b"=1"),
    "deep lists": ([JSON], b'{"name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}"),
    "deep mappings": ([JSON], b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    "a thousand levels": ([JSON], b'{"name": ' + b"[" * 900 + b'"\\u0000"' + b"]" * 900 + b"}"),
    "a long number": ([JSON], b'{"name": ' + b"9" * 100_000 + b"}"),
    "a long name": ([JSON], b'{"' + b"n" * 100_000 + b'": 1}'),
    "many names": ([JSON], b"{" + b",".join(b'"n%d":1' % n for n in range(50_000)) + b"}"),
    "gzip that is none": ([JSON, ("Content-Encoding", "gzip")], b'{"profile_id": 1}'),
    "gzip": ([JSON, ("Content-Encoding", "gzip")], b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
}


@pytest.mark.parametrize("case", BODIES)
@pytest.mark.parametrize("path", ["/v1/calendars", "/v1/application_calendars", "/oauth/token"])
def test_bodies_that_are_not_what_they_say(served: str, opened: Any, path: str, case: str) -> None:
    """Refused as Cronofy refuses invalid parameters, or as RFC 6749 asks."""
    headers, body = BODIES[case]
    answer = exchange(served, request("POST", path, [*headers, bearer(opened)], body))
    assert answer is not None
    refusals = {404, 422} if path == "/v1/calendars" else {400, 422}
    assert answer.status in refusals
    assert answer.header("mock-cronofy-hint")
    assert len(answer.body) < 500_000


@pytest.mark.parametrize("case", BODIES)
def test_documents_of_the_control_api_that_are_none(served: str, case: str) -> None:
    headers, body = BODIES[case]
    answer = exchange(served, request("POST", "/_mock/sandboxes", headers, body))
    assert answer is not None
    assert answer.status == 422, answer
    assert answer.json()["errors"]
    assert len(answer.body) < 500_000


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/v1/calendars", MAX_BODY),
        ("/oauth/token", MAX_BODY),
        ("/callback", MAX_BODY),
        ("/_mock/sandboxes", 16 * MAX_BODY),
    ],
)
def test_a_body_over_the_limit_is_refused_and_the_connection_goes_on(
    served: str, opened: Any, path: str, limit: int
) -> None:
    """Announced, it is refused before it has come; the client may still send all of it."""
    headers = [bearer(opened), FORM, ("Content-Length", str(limit + 1))]
    with Connection(served) as connection:
        answer = connection.ask(request("POST", path, headers))
        assert answer is not None
        assert answer.status == 413
        check_manners(answer)
        connection.send(b"x" * (limit + 1))
        again = connection.ask(HEALTH)
        if answer.header("connection") != "close":
            assert again is not None
            assert again.status == 200


def test_a_body_over_the_limit_in_chunks_is_refused(served: str, opened: Any) -> None:
    """Nobody announced its size: it is refused when it has become too large."""
    headers = [bearer(opened), JSON, ("Transfer-Encoding", "chunked")]
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    with Connection(served) as connection:
        connection.send(request("POST", "/v1/calendars", headers))
        connection.send(chunk * (MAX_BODY // 65536 + 2))
        connection.send(b"0\r\n\r\n")
        answer = connection.answer()
        assert answer is not None
        assert answer.status == 413
        if answer.header("connection") != "close":
            again = connection.ask(HEALTH)
            assert again is not None
            assert again.status == 200


BROKEN: dict[str, bytes] = {
    "nothing of HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100 + b"\r\n\r\n",
    "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/9": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "a space in the target": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in the target": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "a NUL in a header": request("GET", "/v1/userinfo", [("X-A", "a\0b")]),
    "a line feed in a header": request("GET", "/v1/userinfo", [("X-A", "a\nB: c")]),
    "a bare carriage return": request("GET", "/v1/userinfo", [("X-A", "a\rB: c")]),
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n",
    "a header without a name": b"GET / HTTP/1.1\r\nHost: x\r\n: value\r\n\r\n",
    "a folded header": b"GET / HTTP/1.1\r\nHost: x\r\nX-A: a\r\n b\r\n\r\n",
    "a negative length": request("POST", "/v1/calendars", [("Content-Length", "-1")]),
    "a length of nonsense": request("POST", "/v1/calendars", [("Content-Length", "1e3")]),
    "an enormous length": request("POST", "/v1/calendars", [("Content-Length", "9" * 30)]),
    "two lengths": request(
        "POST", "/v1/calendars", [("Content-Length", "1"), ("Content-Length", "2")], b"ab"
    ),
    "a length and chunks": request(
        "POST",
        "/v1/calendars",
        [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        b"0\r\n\r\n",
        length=False,
    ),
    "a bad chunk": request(
        "POST", "/v1/calendars", [("Transfer-Encoding", "chunked")], b"zz\r\n", length=False
    ),
    "an enormous chunk": request(
        "POST",
        "/v1/calendars",
        [("Transfer-Encoding", "chunked")],
        b"f" * 20 + b"\r\n",
        length=False,
    ),
    "a made-up transfer coding": request(
        "POST", "/v1/calendars", [("Transfer-Encoding", "rot13")], b"abc"
    ),
    "a control character in the method": b"G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a method nobody knows": request("FROBNICATE", "/v1/userinfo"),
    "an empty method": b" / HTTP/1.1\r\nHost: x\r\n\r\n",
    "bytes in the target": b"GET /v1/\xff\xfe?\xff=\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_hardly_http(served: str, case: str) -> None:
    """Refused, or the connection is closed; never a failure, never a hanging server."""
    with Connection(served) as connection:
        connection.send(BROKEN[case])
        connection.finish_sending()
        answer = connection.answer()
        # A request line without a version is HTTP/0.9, which some still answer.
        if answer is not None and case != "no version":
            assert 400 <= answer.status < 500, answer
    exchange(served, HEALTH)


METHODS = ("PUT", "PATCH", "TRACE", "CONNECT", "PROPFIND", "SEARCH", "MKCOL", "M-SEARCH", "PURGE")
PATHS = ("/v1/userinfo", "/oauth/token", "/_mock/sandboxes", "/oauth/authorize", "/", "/docs")


@pytest.mark.parametrize("method", [*METHODS, "OPTIONS"])
@pytest.mark.parametrize("path", PATHS)
def test_methods_that_nobody_takes(served: str, method: str, path: str) -> None:
    target = "localhost:80" if method == "CONNECT" else path
    answer = exchange(served, request(method, target))
    if answer is not None:
        assert answer.status in {400, 404, 405}
        if answer.status == 405:
            assert answer.header("allow")


@pytest.mark.parametrize("path", [*PATHS, "/openapi.json", "/_mock/health", "/nowhere"])
def test_head_is_get_without_a_body(served: str, opened: Any, path: str) -> None:
    """The same status and headers; nothing that would be taken for the next answer."""
    got = exchange(served, request("GET", path, [bearer(opened)]))
    head = exchange(served, request("HEAD", path, [bearer(opened)]), "HEAD")
    assert got is not None
    assert head is not None
    assert (head.status, head.body) == (got.status, b"")
    assert head.header("content-type") == got.header("content-type")


ODD_PATHS = (
    "//v1/userinfo",
    "//oauth/authorize",
    "///callback",
    "/v1//userinfo",
    "/v1/userinfo//",
    "/v1/../v1/userinfo",
    "/v1/./userinfo",
    "/v1/%2e%2e/%2e%2e/etc/passwd",
    "/v1/profiles/..%2f..%2f/revoke",
    "/v1/profiles/%2F/revoke",
    "/v1/profiles/%00/revoke",
    "/v1/profiles/%0d%0aSet-Cookie:%20a=b/revoke",
    "/v1/profiles/%ff%fe/revoke",
    "/v1/profiles/%/revoke",
    "/v1/userinfo%00",
    "/v1/userinfo%0d%0aX-Injected:1",
    "/v1%2fuserinfo",
    "/V1/USERINFO",
    "/v1/userinfo;a=b",
    "/v1/userinfo#fragment",
    "/assets/../visit.py",
    "/assets/..%2f..%2fvisit.py",
    "/assets/%2e%2e",
    "/assets/%00",
    "/assets/" + "a" * 5000,
    "/permissions/%2e%2e%2f",
    "/permissions/" + "%F0%9F%93%85" * 500,
    "/relink/%22%3E%3Cscript%3E?token=%22%3E%3Cscript%3E",
    "/_mock/../v1/userinfo",
    "/_mock/sandboxes/%2e%2e",
    "/_mock/sandboxes/default%2fpeople",
    "/_mock/sandboxes/%00/people",
    "/_mock/sandboxes/default/people/../../sbx_1",
    "/_mock//sandboxes",
    "/_mock",
    "/v1",
    "/v1/",
    "*",
    "http://elsewhere.test/v1/userinfo",
    "?",
    "/v1/userinfo?" + "a" * 60_000,
    "/v1/" + "a/" * 20_000,
    "/oauth/authorize?" + "&".join(f"p{n}=1" for n in range(2500)),
    "/oauth/authorize?state=" + "%0d%0a" * 5000,
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ODD_PATHS, ids=lambda path: path[:40])
def test_paths_with_something_wrong(served: str, path: str, method: str) -> None:
    """Nothing but what is meant is reached by them, and nothing of them gets into headers."""
    answer = exchange(served, request(method, path, [("Accept", "text/html")]))
    if answer is None:
        return
    assert answer.header("set-cookie") is None
    assert answer.header("x-injected") is None
    assert b"root:" not in answer.body
    assert b"import " not in answer.body
    location = answer.header("location")
    assert location is None or not location.startswith("//")


ABSURD_HOSTS = (
    "",
    "evil.example",
    "evil.example:99999",
    "evil.example/path",
    "user@evil.example",
    'evil"><script>alert(1)</script>',
    "evil.example\\@localhost",
    "[::1",
    "[:::::::]",
    "[evil]",
    "localhost, evil.example",
    "evil.example#",
    "evil.example?x=1",
    "evil%0d%0aSet-Cookie:a=b",
    "\xe9vil.example",
    "a" * 5000,
    " ",
    "://",
    "javascript:alert(1)",
)
EVIL = (b"<script", b"evil.example/", b"user@", b"\\@", b"%0d%0a", b"javascript:", b"#", b"?x=1")


@pytest.mark.parametrize("host", ABSURD_HOSTS, ids=lambda host: host[:30] or "empty")
def test_absurd_hosts_are_repeated_nowhere(served: str, opened: Any, host: str) -> None:
    """Not in addresses of answers, nor in redirects, nor on pages: the server's own address
    stands there instead. A well-formed name may appear as such, and is nothing else then."""
    headers = [("Host", host), bearer(opened)]
    profile = {"email": "away@acme.test"}
    with httpx.Client(base_url=served) as client:
        path = opened["path"]
        token = client.post(f"{path}/connect", json=profile).json()
        profile_id = token["linking_profile"]["profile_id"]
        client.post(f"{path}/profiles/{profile_id}/disconnect", json={})
    away = ("Authorization", f"Bearer {token['access_token']}")
    for asked in (
        request("GET", "/v1/userinfo", [("Host", host), away]),
        request("GET", "/", headers),
        request("GET", "/docs", headers),
        request("GET", "/nowhere", [*headers, ("Accept", "text/html")]),
        request("GET", "/_mock/sandboxes/", headers),
        request("GET", path, headers),
    ):
        answer = exchange(served, asked)
        if answer is None:
            continue
        assert answer.header("set-cookie") is None
        location = answer.header("location") or ""
        assert "evil" not in location
        if host == "evil.example":
            continue
        for evil in EVIL:
            if evil.decode() in host:
                assert host.encode("latin-1") not in answer.body


@pytest.mark.parametrize(
    "state",
    [
        "%0d%0aSet-Cookie:%20injected=1",
        "%0aX-Injected:1%0a%0a<script>",
        "%E5%98%8A%E5%98%8DX-Injected:1",
        "%C2%85X-Injected:1",
        "%E2%80%A8X-Injected:1",
        "%00",
        "%ff",
        "a&state=b",
        "%26error=none%23",
    ],
)
def test_nothing_in_state_or_redirect_uri_becomes_a_header(
    served: str, opened: Any, state: str
) -> None:
    """``state`` comes back as it was, in the query; a redirect_uri with a line end is refused."""
    client_id = opened["applications"][0]["client_id"]
    start = f"/oauth/authorize?response_type=code&client_id={client_id}&scope=nonsense"
    back = "&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F"
    for target in (f"{start}{back}&state={state}", f"{start}{back}{state}"):
        answer = exchange(served, request("GET", target))
        assert answer is not None
        assert answer.status in {302, 400}
        assert answer.header("x-injected") is None
        assert answer.header("set-cookie") is None
        if answer.status == 302:
            location = answer.header("location") or ""
            assert location.startswith("http://localhost:3000/")
            assert location.isascii()
            assert location.isprintable()
            assert "#" not in location


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GET /v1/user",
        b"GET /v1/userinfo HTTP/1.1\r\nHost: x\r\n",
        request("POST", "/v1/calendars", [JSON, ("Content-Length", "100")]) + b'{"name":',
        request("POST", "/_mock/sandboxes", [("Content-Length", "100")]) + b"{}",
        request("POST", "/callback", [FORM, ("Content-Length", "100")]) + b"code=1",
        request("POST", "/v1/calendars", [("Transfer-Encoding", "chunked")]) + b"5\r\nab",
    ],
    ids=["nothing", "line", "head", "body", "control", "page", "chunk"],
)
def test_who_hangs_up_half_way_is_forgotten(served: str, content: bytes) -> None:
    """Fifty clients do so at once; nothing of it is carried out, and no other has to wait."""
    with httpx.Client(base_url=served) as client:
        before = len(client.get("/_mock/sandboxes").json()["sandboxes"])
        connections = [Connection(served) for _ in range(50)]
        for connection in connections:
            connection.send(content)
        assert client.get("/_mock/health").status_code == 200
        for connection in connections:
            connection.close()
        assert client.get("/_mock/health").status_code == 200
        assert len(client.get("/_mock/sandboxes").json()["sandboxes"]) == before


def test_who_does_not_read_the_answers_holds_up_nobody(served: str) -> None:
    """A hundred requests in a row on one connection, answered to nobody."""
    with Connection(served) as connection:
        connection.send(request("GET", "/openapi.json") * 100)
        for _ in range(20):
            assert exchange(served, HEALTH) is not None


def test_pipelined_requests_are_answered_in_order(served: str, opened: Any) -> None:
    with Connection(served) as connection:
        connection.send(
            request("GET", "/v1/userinfo", [bearer(opened)])
            + request("POST", "/v1/calendars", [bearer(opened), JSON], b"{")
            + HEALTH
            + request("HEAD", "/docs")
        )
        methods = ("GET", "POST", "GET", "HEAD")
        answers = [connection.answer(method) for method in methods]
        assert [answer.status for answer in answers if answer] == [200, 422, 200, 200]


def test_an_upgrade_to_websocket_is_no_failure(served: str) -> None:
    """There is nothing to upgrade to: an ordinary answer, or a refusal."""
    for path in PATHS:
        answer = exchange(
            served,
            request(
                "GET",
                path,
                [
                    ("Connection", "Upgrade"),
                    ("Upgrade", "websocket"),
                    ("Sec-WebSocket-Version", "13"),
                    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
                ],
            ),
        )
        assert answer is None or answer.status != 101


def test_ten_thousand_headers_and_very_long_ones(served: str, opened: Any) -> None:
    many = [(f"X-{n}", "y") for n in range(10_000)]
    answer = exchange(served, request("GET", "/v1/userinfo", [*many, bearer(opened)]))
    assert answer is None or answer.status in {200, 400, 431}
    for name in ("Authorization", "Cookie", "Accept-Language", "Origin", "X-Long", "Accept"):
        for path in PATHS:
            answer = exchange(served, request("GET", path, [(name, "z" * 100_000)]))
            assert answer is None or answer.status < 500

"""How each official SDK writes its requests, header by header, as its own source has it.

pycronofy 2.1.1 (requests), cronofy 3.8.4 of npm (axios), cronofy-ruby 0.41.2 (the oauth2
gem over Faraday and Net::HTTP), cronofy-php 1.7 (cURL), cronofy-csharp 1.12
(HttpWebRequest). Only the SDKs of Python and Node can run here; the others are known by
what they would send.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

API_HOST = "api.cronofy.com"
APP_HOST = "app.cronofy.com"


@dataclass(frozen=True)
class Request:
    """A request of which nothing is added or changed on the way, but for Host if absent."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    status: int
    document: Any
    headers: dict[str, str] = field(compare=False)


def send(address: str, request: Request) -> Response:
    """Carry out ``request`` on a connection of its own."""
    host = urlsplit(address).netloc
    connection = http.client.HTTPConnection(host, timeout=30)
    try:
        connection.putrequest(
            request.method, request.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in {"Host": host, **request.headers}.items():
            connection.putheader(name, value)
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        text = response.read().decode()
        headers = {name.lower(): value for name, value in response.getheaders()}
    finally:
        connection.close()
    is_json = headers.get("content-type", "").startswith("application/json")
    document = json.loads(text) if is_json else text or None
    return Response(response.status, document, headers)


def _with_body(headers: dict[str, str], body: bytes) -> dict[str, str]:
    return {**headers, "Content-Length": str(len(body))}


def pycronofy(method: str, path: str, token: str | None, body: Any = None) -> Request:
    """JSON without charset, ``{}`` on every call without members; no token is ``None``."""
    content = json.dumps(body or {}).encode()
    headers = {
        "User-Agent": "PyCronofy 2.1.1",
        "Accept-Encoding": "gzip, deflate",
        "Accept": "*/*",
        "Connection": "keep-alive",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
    }
    return Request(method, path, _with_body(headers, content), content)


def node(method: str, path: str, token: str = "undefined", body: Any = None) -> Request:
    """JSON without charset, named on GET too; no token is ``undefined``."""
    headers = {
        "Accept": "application/json, text/plain, */*",
        "Content-Type": "application/json",
        "Accept-Encoding": "gzip, deflate",
        "Authorization": f"Bearer {token}",
        "User-Agent": "Cronofy Node - 3.8.4",
        "Connection": "keep-alive",
    }
    if method == "GET":
        return Request(method, path, headers)
    content = json.dumps(body or {}, separators=(",", ":")).encode()
    return Request(method, path, _with_body(headers, content), content)


def ruby(
    method: str,
    path: str,
    token: str | None = None,
    body: Any = None,
    form: dict[str, str] | None = None,
) -> Request:
    """Forms for OAuth and application calendars, else JSON with charset; or no body at all."""
    headers = {
        "User-Agent": "Cronofy Ruby 0.41.2",
        "Accept-Encoding": "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
        "Accept": "*/*",
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        content = urlencode(form).encode()
    elif body is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
        content = json.dumps(body, separators=(",", ":")).encode()
    else:
        return Request(method, path, headers)
    return Request(method, path, _with_body(headers, content), content)


def php(method: str, path: str, token: str | None, body: Any = None) -> Request:
    """The production host by name; JSON with charset; no members are the list ``[]``."""
    headers = {
        "Host": API_HOST,
        "User-Agent": "Cronofy PHP 1.0.0",
        "Accept": "*/*",
        "Accept-Encoding": "deflate, gzip, br, zstd",
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if method == "GET":
        return Request(method, path, headers)
    headers["Content-Type"] = "application/json; charset=utf-8"
    # json_encode escapes slashes.
    content = json.dumps(body or [], separators=(",", ":")).replace("/", "\\/").encode()
    return Request(method, path, _with_body(headers, content), content)


def csharp(
    method: str, path: str, token: str | None = None, body: Any = None, host: str = API_HOST
) -> Request:
    """The production hosts; ``Content-Encoding`` on plain bodies, and without any body."""
    headers = {
        "Host": host,
        "User-Agent": "Cronofy .NET 1.12.8.0",
        "Accept-Encoding": "gzip, deflate",
        "Content-Encoding": "gzip;q=1.0,deflate;q=0.6,identity;q=0.3",
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if body is None:
        if method != "GET":
            headers["Content-Length"] = "0"
        return Request(method, path, headers)
    headers["Content-Type"] = "application/json; charset=utf-8"
    headers["Expect"] = "100-continue"
    content = json.dumps(body, separators=(",", ":")).encode()
    return Request(method, path, _with_body(headers, content), content)


@dataclass(frozen=True)
class Dialect:
    """``api(method, path, token, body)``, and ``oauth(path, members)`` with client credentials."""

    api: Callable[..., Request]
    oauth: Callable[[str, dict[str, Any]], Request]


DIALECTS = {
    "python": Dialect(pycronofy, lambda path, members: pycronofy("POST", path, None, members)),
    "node": Dialect(node, lambda path, members: node("POST", path, body=members)),
    "ruby": Dialect(ruby, lambda path, members: ruby("POST", path, form=members)),
    "php": Dialect(php, lambda path, members: php("POST", path, None, members)),
    "csharp": Dialect(
        csharp, lambda path, members: csharp("POST", path, body=members, host=APP_HOST)
    ),
}

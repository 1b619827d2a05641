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
from urllib.parse import quote, quote_plus, urlencode, urlsplit

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


def _words(parameters: dict[str, Any], true: str = "true", false: str = "false") -> dict[str, Any]:
    """Booleans as words; arrays under their name with brackets."""
    words = {True: true, False: false}
    return {
        f"{name}[]" if isinstance(value, list) else name: words[value]
        if isinstance(value, bool)
        else value
        for name, value in parameters.items()
    }


def _python_query(parameters: dict[str, Any]) -> str:
    return urlencode(_words(parameters, "True", "False"), doseq=True)


def _node_query(parameters: dict[str, Any]) -> str:
    """qs, as encodeURIComponent has it."""
    return urlencode(_words(parameters), doseq=True, quote_via=quote, safe="!~*'()")


def _ruby_query(parameters: dict[str, Any]) -> str:
    """Faraday sorts."""
    return urlencode(dict(sorted(_words(parameters).items())), doseq=True)


def _php_query(parameters: dict[str, Any]) -> str:
    """Names are not encoded, and so neither are the brackets."""
    pairs = _words(parameters).items()
    items = [(n, v) for n, given in pairs for v in (given if isinstance(given, list) else [given])]
    return "&".join(f"{name}={quote_plus(value)}" for name, value in items)


def _csharp_query(parameters: dict[str, Any]) -> str:
    """Times with a space; every character escaped that a URI may not hold anywhere."""
    if "last_modified" in parameters:
        parameters = {**parameters, "last_modified": _csharp_time(parameters["last_modified"])}
    return urlencode(_words(parameters), doseq=True, quote_via=quote, safe="")


def _csharp_time(text: str) -> str:
    """DateTime.ToString("u")"""
    return text.replace("T", " ")


def _plain_times(start: str, end: str, tzid: str) -> dict[str, Any]:
    return {"start": start, "end": end, "tzid": tzid}


def _node_times(start: str, end: str, tzid: str) -> dict[str, Any]:
    """Date.toISOString"""
    times = {"start": start, "end": end}
    return {name: text.replace("Z", ".000Z") for name, text in times.items()} | {"tzid": tzid}


def _csharp_times(start: str, end: str, tzid: str) -> dict[str, Any]:
    """Always objects, each with its zone."""
    times = {"start": start, "end": end}
    return {name: {"time": _csharp_time(text), "tzid": tzid} for name, text in times.items()}


@dataclass(frozen=True)
class Dialect:
    """``api(method, path, token, body)``, and ``oauth(path, members)`` with client credentials.

    ``query`` writes out parameters, ``events`` and ``free_busy`` are those of reads that are
    not asked for; ``times(start, end, tzid)`` are the members of an event that say when, of
    texts such as ``2026-05-13T09:00:00Z`` or ``2026-05-13``.
    """

    api: Callable[..., Request]
    oauth: Callable[[str, dict[str, Any]], Request]
    query: Callable[[dict[str, Any]], str]
    times: Callable[[str, str, str], dict[str, Any]] = _plain_times
    events: dict[str, Any] = field(default_factory=dict)
    free_busy: dict[str, Any] = field(default_factory=dict)

    def read(self, kind: str, token: str, wanted: dict[str, Any]) -> Request:
        """A read of ``events`` or ``free_busy``."""
        always = self.events if kind == "events" else self.free_busy
        return self.api("GET", f"/v1/{kind}?{self.query({**always, **wanted})}", token)


_UTC = {"tzid": "Etc/UTC"}
_PYTHON_EVENTS = {
    **_UTC,
    "only_managed": False,
    "include_managed": True,
    "include_deleted": False,
    "include_moved": False,
    "include_geo": False,
    "localized_times": False,
}
_PYTHON_FREE_BUSY = {**_UTC, "include_managed": True, "localized_times": False}
_CSHARP_READS = {**_UTC, "localized_times": True}

DIALECTS = {
    "python": Dialect(
        pycronofy,
        lambda path, members: pycronofy("POST", path, None, members),
        _python_query,
        events=_PYTHON_EVENTS,
        free_busy=_PYTHON_FREE_BUSY,
    ),
    "node": Dialect(
        node,
        lambda path, members: node("POST", path, body=members),
        _node_query,
        _node_times,
        _UTC,
        _UTC,
    ),
    "ruby": Dialect(
        ruby,
        lambda path, members: ruby("POST", path, form=members),
        _ruby_query,
        events=_UTC,
        free_busy=_UTC,
    ),
    "php": Dialect(
        php,
        lambda path, members: php("POST", path, None, members),
        _php_query,
        events=_UTC,
        free_busy=_UTC,
    ),
    "csharp": Dialect(
        csharp,
        lambda path, members: csharp("POST", path, body=members, host=APP_HOST),
        _csharp_query,
        _csharp_times,
        _CSHARP_READS,
        _CSHARP_READS,
    ),
}

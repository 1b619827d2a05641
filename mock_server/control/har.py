"""The journal as an HTTP archive (HAR 1.2), which browsers and many tools open.

What HAR has no word for stands in members that begin with ``_``, as it allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl, quote

from mock_server import __version__
from mock_server.control.bodies import Body
from mock_server.control.documents import Document
from mock_server.control.exchange import Shown
from mock_server.control.journal_documents import entry_document

# Everything that may stand in a path or a query as it is.
_SAFE = "/:@!$&'()*+,;=?%[]~"


def har(exchanges: Iterable[Shown], base_url: str) -> Document:
    """The requests that came by HTTP; ``base_url`` is where those came that name no host."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mock-cronofy", "version": __version__},
            "entries": [_entry(shown, base_url) for shown in exchanges],
        }
    }


def _entry(shown: Shown, base_url: str) -> Document:
    document = entry_document(shown)
    milliseconds = shown.entry.duration / 1000
    return {
        "startedDateTime": document["at"],
        "time": milliseconds,
        "request": _request(shown, base_url),
        "response": _response(shown),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **{f"_{name}": document[name] for name in _OURS},
    }


_OURS = ("number", "operation", "client_id", "sub", "hint", "findings", "fault_id", "outage_id")


def _request(shown: Shown, base_url: str) -> Document:
    headers = _headers(shown.request_headers)
    host = next((h["value"] for h in headers if h["name"] == "host"), None)
    base = f"{base_url.partition('://')[0]}://{host}" if host else base_url
    query = shown.query or ""
    address = quote(shown.path, _SAFE) + (f"?{quote(query, _SAFE)}" if query else "")
    body = shown.request
    document: Document = {
        "method": shown.entry.method,
        "url": base + address,
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(headers, "cookie"),
        "headers": headers,
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(query, True, errors="replace")
        ],
        "headersSize": -1,
        "bodySize": body.size,
    }
    if body.size:
        text = body.text or ""
        document["postData"] = {"mimeType": body.media_type, "text": text, **_comment(body)}
        if body.kind == "form":
            document["postData"]["params"] = [
                {"name": name, "value": value} for name, value in parse_qsl(text, True)
            ]
    return document


def _response(shown: Shown) -> Document:
    headers, body, status = _headers(shown.response_headers), shown.response, shown.entry.status
    content = {"size": body.size, "mimeType": body.media_type, **_comment(body)}
    text = body.text
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in _STATUSES else "",
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(headers, "set-cookie"),
        "headers": headers,
        "content": content if text is None else {**content, "text": text},
        "redirectURL": next((h["value"] for h in headers if h["name"] == "location"), ""),
        "headersSize": -1,
        "bodySize": body.size,
    }


_STATUSES = {status.value for status in HTTPStatus}


def _comment(body: Body) -> Document:
    return {} if body.comment is None else {"comment": body.comment}


def _headers(headers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _cookies(headers: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    cookies = []
    for header in headers:
        if header["name"] == name:
            pairs = header["value"].split(";") if name == "cookie" else [header["value"]]
            for pair in pairs:
                cookie, _, value = pair.partition(";")[0].strip().partition("=")
                cookies.append({"name": cookie, "value": value})
    return cookies

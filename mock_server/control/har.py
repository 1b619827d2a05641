"""The journal as an HTTP archive (HAR 1.2), which browsers and many tools open.

What HAR has no word for stands in members that begin with ``_``, as it allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import orjson

from mock_server import __version__
from mock_server.control import bodies
from mock_server.control.documents import Document
from mock_server.control.journal_documents import entry_document, shown_headers
from mock_server.world.journal import Entry, Headers
from mock_server.world.masking import Masking

# Everything that may stand in a path or a query as it is.
_SAFE = "/:@!$&'()*+,;=?%[]~"


def archive(entries: Iterable[Entry], masking: Masking, base_url: str) -> Document:
    """The requests that came by HTTP; ``base_url`` is where those came that name no host."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mock-cronofy", "version": __version__},
            "entries": [
                _entry(entry, masking, base_url) for entry in entries if entry.method != "SMTP"
            ],
        }
    }


def _entry(entry: Entry, masking: Masking, base_url: str) -> Document:
    shown = entry_document(entry, masking)
    milliseconds = entry.duration / 1000
    return {
        "startedDateTime": shown["at"],
        "time": milliseconds,
        "request": _request(entry, shown, masking, base_url),
        "response": _response(entry, shown, masking),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        **{
            f"_{name}": shown[name]
            for name in (
                *("number", "operation", "client_id", "sub", "hint", "findings"),
                *("fault_id", "outage_id"),
            )
        },
    }


def _request(entry: Entry, shown: Document, masking: Masking, base_url: str) -> Document:
    headers = _headers(entry.request_headers, masking)
    host = next((h["value"] for h in headers if h["name"] == "host"), None)
    base = f"{base_url.partition('://')[0]}://{host}" if host else base_url
    query = shown["query"] or ""
    address = quote(shown["path"], _SAFE) + (f"?{quote(query, _SAFE)}" if query else "")
    document: Document = {
        "method": entry.method,
        "url": base + address,
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(headers, "cookie"),
        "headers": headers,
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(query, True, errors="replace")
        ],
        "headersSize": -1,
        "bodySize": entry.request_size,
    }
    body = bodies.read(entry.request_body, entry.request_size, entry.request_headers)
    if body.size:
        text, comment = body_text(body, masking), cut_comment(body)
        document["postData"] = {"mimeType": body.media_type, "text": text or "", **comment}
        if body.kind == "form":
            document["postData"]["params"] = [
                {"name": name, "value": value} for name, value in parse_qsl(text, True)
            ]
    return document


def _response(entry: Entry, shown: Document, masking: Masking) -> Document:
    headers = _headers(entry.response_headers, masking)
    body = bodies.read(entry.response_body, entry.response_size, entry.response_headers)
    text = body_text(body, masking)
    content = {"size": body.size, "mimeType": body.media_type, **cut_comment(body)}
    return {
        "status": entry.status,
        "statusText": HTTPStatus(entry.status).phrase if entry.status in _STATUSES else "",
        "httpVersion": "HTTP/1.1",
        "cookies": _cookies(headers, "set-cookie"),
        "headers": headers,
        "content": content if text is None else {**content, "text": text},
        "redirectURL": next((h["value"] for h in headers if h["name"] == "location"), ""),
        "headersSize": -1,
        "bodySize": body.size,
    }


_STATUSES = {status.value for status in HTTPStatus}


def body_text(body: bodies.Body, masking: Masking) -> str | None:
    """The body as it would be written, with its secrets shortened; None where there is no text."""
    shown: Any = masking.value(body.value)
    if body.kind == "json":
        return orjson.dumps(shown).decode()
    if body.kind == "form":
        return urlencode(shown, doseq=True)
    return shown if isinstance(shown, str) else None


def cut_comment(body: bodies.Body) -> dict[str, str]:
    """A comment where the text is not the whole body."""
    if not body.cut:
        return {}
    if body.kind == "binary":
        return {"comment": f"{body.size} bytes that are no text are left out"}
    return {"comment": f"cut off: there were {body.size} bytes"}


def _headers(headers: Headers, masking: Masking) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in shown_headers(headers, masking)]


def _cookies(headers: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    cookies = []
    for header in headers:
        if header["name"] == name:
            pairs = header["value"].split(";") if name == "cookie" else [header["value"]]
            for pair in pairs:
                cookie, _, value = pair.partition(";")[0].strip().partition("=")
                cookies.append({"name": cookie, "value": value})
    return cookies

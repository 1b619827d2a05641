"""The journal for a person to read: a line for each request, and the latest in full."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mock_server.scenarios.problems import printable
from mock_server.testing.records import Exchange, Request

# Of more requests, the latest.
_MOST_REQUESTS = 50

# Of so many, headers and bodies are shown, each with so many characters.
_WHOLE = 3
_MOST_CHARACTERS = 2000


def journal_text(requests: list[Request]) -> str:
    """Oldest first. Secrets are as short as the emulator shows them."""
    if not requests:
        return "no request has come to this sandbox"
    shown = requests[-_MOST_REQUESTS:]
    lines = []
    if len(shown) < len(requests):
        lines.append(f"… and {len(requests) - len(shown)} before these")
    for request in shown:
        lines += _outline(request)
    for request in shown[-_WHOLE:]:
        lines += ["", *_whole(request)]
    return "\n".join(map(printable, lines))


def _outline(request: Request) -> Iterable[str]:
    query = f"?{request.query}" if request.query else ""
    address = _shortened(request.path + query, 200)
    yield f"#{request.number} {request.at:%H:%M:%S} {request.method} {address} → {request.status}"
    if request.hint:
        yield f"    hint: {request.hint}"
    if request.fault_id:
        yield f"    met by fault {request.fault_id}"
    if request.outage_id:
        yield f"    met by outage {request.outage_id}"
    for finding in request.findings:
        yield f"    {finding.level} {finding.code}: {finding.text}"


def _whole(request: Request) -> Iterable[str]:
    yield f"#{request.number} {request.method} {request.path}"
    yield from _body("sent", request.request)
    yield f"  answered {request.status}"
    yield from _body("body", request.response)


def _body(what: str, exchange: Exchange) -> Iterable[str]:
    if exchange.body is None and not exchange.cut:
        return
    text = exchange.body if isinstance(exchange.body, str) else _json(exchange.body)
    rest = f" (of {exchange.size} bytes)" if exchange.cut else ""
    yield f"  {what}{rest}:"
    for line in _shortened(text, _MOST_CHARACTERS).splitlines():
        yield f"    {line}"


def _json(value: Any) -> str:
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"

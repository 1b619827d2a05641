"""Requests of the journal as the control API answers them."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.control.bodies import Body
from mock_server.control.documents import Document
from mock_server.control.exchange import Shown
from mock_server.world.clock import as_text


def entry_document(shown: Shown) -> Document:
    """Everything about one request, and its answer."""
    entry, plain = shown.entry, shown.masking.text
    return {
        "number": entry.number,
        "at": as_text(entry.at),
        "method": entry.method,
        "path": shown.path,
        "query": shown.query,
        "operation": entry.operation,
        "status": entry.status,
        "duration_us": entry.duration,
        "client_id": entry.client_id,
        "sub": entry.sub,
        "hint": None if entry.hint is None else plain(entry.hint),
        "findings": [
            {"code": found.code, "level": found.level, "text": plain(found.text)}
            for found in entry.findings
        ],
        "fault_id": entry.fault_id,
        "outage_id": entry.outage_id,
        "request": {
            "headers": headers_document(shown.request_headers),
            **_body_document(shown.request),
        },
        "response": {
            "status": entry.status,
            "headers": headers_document(shown.response_headers),
            **_body_document(shown.response),
        },
    }


def _body_document(body: Body) -> Document:
    return {"body": body.value, "size": body.size, "cut": body.cut}


def headers_document(headers: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """A list of values for a name that came several times."""
    document: dict[str, str | list[str]] = {}
    for name, value in headers:
        known = document.get(name)
        if known is None:
            document[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            document[name] = [known, value]
    return document

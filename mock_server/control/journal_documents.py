"""Requests of the journal as they are shown: readable, with every secret shortened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mock_server.control import bodies
from mock_server.control.documents import Document
from mock_server.scenarios.problems import printable
from mock_server.world.clock import as_text
from mock_server.world.journal import Entry, Headers
from mock_server.world.masking import NAMES, Masking, shortened

# So many characters or more, and what was sent as a secret is looked for elsewhere, too.
_LEAST = 6


def entry_document(entry: Entry, masking: Masking) -> Document:
    """Everything about one request, and its answer."""
    request = bodies.read(entry.request_body, entry.request_size, entry.request_headers)
    response = bodies.read(entry.response_body, entry.response_size, entry.response_headers)
    sent = set(_sent(entry, request))

    def plain(text: str) -> str:
        for secret in sent:
            text = text.replace(secret, shortened(secret))
        return masking.text(text)

    return {
        "number": entry.number,
        "at": as_text(entry.at),
        "method": entry.method,
        "path": plain(path_of(entry)),
        "query": masking.text(entry.query.decode("latin-1")) if entry.whole else None,
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
            "headers": headers_document(entry.request_headers, masking),
            **_body_document(request, masking),
        },
        "response": {
            "status": entry.status,
            "headers": headers_document(entry.response_headers, masking),
            **_body_document(response, masking),
        },
    }


def _body_document(body: bodies.Body, masking: Masking) -> Document:
    return {"body": masking.value(body.value), "size": body.size, "cut": body.cut}


def path_of(entry: Entry) -> str:
    """The path, with tokens in it shortened whether or not they open anything."""
    declared = (entry.operation or "").partition(" ")[2].split("/")
    found = entry.path.split("/")
    if "{token}" not in declared or len(declared) > len(found):
        return entry.path
    index = declared.index("{token}")
    found[index] = shortened(found[index])
    return "/".join(found)


def headers_document(headers: Headers, masking: Masking) -> dict[str, str | list[str]]:
    """Names in lower case; a list of values for one that came several times."""
    document: dict[str, str | list[str]] = {}
    for name, value in shown_headers(headers, masking):
        known = document.get(name)
        if known is None:
            document[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            document[name] = [known, value]
    return document


def shown_headers(headers: Headers, masking: Masking) -> Iterator[tuple[str, str]]:
    """Name and value of each, with its secrets shortened."""
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in {"authorization", "proxy-authorization"}:
            scheme, _, rest = value.strip().rpartition(" ")
            yield name, f"{scheme} {shortened(rest)}".lstrip()
        elif name == "cookie":
            yield name, "; ".join(map(_cookie, value.split(";")))
        elif name == "set-cookie":
            cookie, semicolon, attributes = value.partition(";")
            yield name, _cookie(cookie) + semicolon + attributes
        else:
            yield name, masking.text(value)


def _cookie(pair: str) -> str:
    name, equals, value = pair.strip().partition("=")
    return name + equals + shortened(value) if equals else shortened(name)


def _sent(entry: Entry, request: bodies.Body) -> Iterator[str]:
    """What the request gave as a secret, right or wrong."""
    for name, value in entry.request_headers:
        if name == b"authorization":
            yield from _long(value.decode("latin-1").rpartition(" ")[2])
    for parameters in (bodies.query(entry.query), request.value):
        if isinstance(parameters, dict):
            for secret in NAMES & parameters.keys():
                yield from _long(parameters[secret])


def _long(value: Any) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= _LEAST:
        yield value


def line(entry: Entry, masking: Masking) -> str:
    """``#7 GET /v1/events?tzid=Etc/UTC → 200``, of characters that can be printed."""
    query = f"?{entry.query.decode('latin-1')}" if entry.query else ""
    address = masking.text(f"{path_of(entry)}{query}")
    address = address if len(address) <= 300 else f"{address[:300]}…"
    return f"#{entry.number} {entry.method} {printable(address)} → {entry.status}"

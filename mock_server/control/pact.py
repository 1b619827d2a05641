"""The journal as a Pact (specification 4): what the application asked, and relies on.

Verifying it against a server asks the same again. Secrets are not in it: where one belongs, a
generator takes the value that the provider's state hands out under its name (``access_token``,
``client_secret``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl

import orjson

from mock_server import __version__
from mock_server.control.bodies import Body
from mock_server.control.documents import Document
from mock_server.control.exchange import Shown
from mock_server.control.journal_documents import headers_document
from mock_server.world.sandbox import Sandbox
from mock_server.world.secret_names import is_secret

_PLAIN = re.compile(r"[A-Za-z_]\w*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_TYPE = {"match": "type"}

# Members whose value nobody can know before, though they know that there is one.
_MADE_UP = re.compile(r"sub|(?!event_id$).*_(id|uid|ids|url|token)|url|expires_in")


def pact(sandbox: Sandbox, exchanges: Iterable[Shown], *, consumer: str, provider: str) -> Document:
    """One interaction for each distinct request and status, the first of them, in their order.

    What a fault or an outage has answered is no contract of the provider's.
    """
    interactions: dict[bytes, Document] = {}
    for shown in exchanges:
        entry = shown.entry
        if not entry.whole or entry.fault_id or entry.outage_id:
            continue
        interaction = _interaction(sandbox, shown)
        distinct = [
            *(interaction["request"], interaction["response"]["status"], entry.sub),
            interaction.get("comments"),
        ]
        interactions.setdefault(orjson.dumps(distinct, option=orjson.OPT_SORT_KEYS), interaction)
    return {
        "consumer": {"name": consumer},
        "provider": {"name": provider},
        "interactions": list(interactions.values()),
        "metadata": {
            "pactSpecification": {"version": "4.0"},
            "mock-cronofy": {"version": __version__},
        },
    }


def _interaction(sandbox: Sandbox, shown: Shown) -> Document:
    entry = shown.entry
    notes = [
        f"the {side}: {body.comment}"
        for side, body in (("request", shown.request), ("response", shown.response))
        if body.comment is not None
    ]
    params = {"seed": sandbox.seed, "client_id": entry.client_id, "sub": entry.sub}
    name = sandbox.scenario
    return {
        "type": "Synchronous/HTTP",
        "key": f"{sandbox.sandbox_id}-{entry.number}",
        "description": f"#{entry.number} {entry.method} {shown.path} is answered {entry.status}",
        "pending": False,
        "providerStates": [
            {
                "name": f"the scenario {name}" if name else "a sandbox",
                "params": {name: value for name, value in params.items() if value is not None},
            }
        ],
        "request": _request(shown),
        "response": _response(shown),
        **({"comments": {"text": notes}} if notes else {}),
    }


def _request(shown: Shown) -> Document:
    document: Document = {"method": shown.entry.method, "path": shown.path}
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(shown.query or "", True, errors="replace"):
        query.setdefault(name, []).append(value)
    given, body = headers_document(shown.request_headers), shown.request
    headers, rules, generators = _content_type(given, body), {}, {}
    bearer = given.get("authorization")
    if isinstance(bearer, str):
        scheme = bearer.partition(" ")[0]
        headers["Authorization"] = [bearer]
        matcher = {"match": "regex", "regex": f"{re.escape(scheme)} .+"}
        rules["header"] = {"Authorization": _rule(matcher)}
        expression = f"{scheme} ${{access_token}}"
        generators["header"] = {"Authorization": _from_state(expression)}
    if query:
        document["query"] = query
    if headers:
        document["headers"] = headers
    if (content := _body(body)) is not None:
        document["body"] = content
        if body.kind in {"json", "form"}:
            hidden = {path: name for path, name, _ in _leaves(body.value) if is_secret(name)}
            if hidden:
                rules["body"] = {path: _rule(_TYPE) for path in hidden}
                generators["body"] = {
                    path: _from_state(f"${{{name}}}") for path, name in hidden.items()
                }
    return _with_rules(document, rules, generators)


def _response(shown: Shown) -> Document:
    document: Document = {"status": shown.entry.status}
    given, body = headers_document(shown.response_headers), shown.response
    headers, rules = _content_type(given, body), {}
    location = given.get("location")
    if isinstance(location, str):
        headers["Location"] = [location]
        rules["header"] = {"Location": _rule(_TYPE)}
    if headers:
        document["headers"] = headers
    if (content := _body(body)) is not None:
        document["body"] = content
        if body.kind == "json":
            found = {path: _matcher(name, value) for path, name, value in _leaves(body.value)}
            if matchers := {path: _rule(rule) for path, rule in found.items() if rule}:
                rules["body"] = matchers
    return _with_rules(document, rules, {})


def _with_rules(document: Document, rules: Document, generators: Document) -> Document:
    if rules:
        document["matchingRules"] = rules
    if generators:
        document["generators"] = generators
    return document


def _content_type(headers: Document, body: Body) -> dict[str, list[str]]:
    declared = headers.get("content-type")
    return {"Content-Type": [declared]} if isinstance(declared, str) and body.size else {}


def _body(body: Body) -> Document | None:
    """None for what was not kept whole: nothing is made up in its place."""
    if body.cut or not body.size:
        return None
    content = body.value if body.kind == "json" else body.text
    return {"content": content, "contentType": body.media_type or "text/plain", "encoded": False}


def _leaves(value: Any, path: str = "$", name: str = "") -> Iterator[tuple[str, str, Any]]:
    """Path, name and value of everything that is no container; items of a list are all alike."""
    if isinstance(value, dict):
        for key, item in value.items():
            step = f".{key}" if _PLAIN.fullmatch(key) else "['{}']".format(key.replace("'", "\\'"))
            yield from _leaves(item, path + step, key)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, f"{path}[*]", name)
    else:
        yield path, name, value


def _matcher(name: str, value: Any) -> Document | None:
    """How a value of the answer is to be compared; None for exactly."""
    if isinstance(value, str) and _TIME.fullmatch(value) and name in {"created", "updated"}:
        return {"match": "regex", "regex": _TIME.pattern}
    return _TYPE if value is not None and (is_secret(name) or _MADE_UP.fullmatch(name)) else None


def _rule(matcher: Document) -> Document:
    return {"combine": "AND", "matchers": [matcher]}


def _from_state(expression: str) -> Document:
    return {"type": "ProviderState", "expression": expression, "dataType": "STRING"}

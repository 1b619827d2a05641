"""Holds every answer of the API against the schema that /openapi.json has for its status.

Stricter than the document itself: a member that a schema does not name is refused, and
where no schema stands the body must be empty.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import httpx
from jsonschema import Draft202012Validator

Document = dict[str, Any]

_JSON = "application/json; charset=utf-8"

# 404 and 405 of an address that nobody has, 501 of a call that is not built yet.
_NO_ENDPOINT = {404, 405, 501}


class Answers:
    """Checks the answers of one server, by its OpenAPI document."""

    def __init__(self, openapi: Document) -> None:
        openapi = copy.deepcopy(openapi)
        _close(openapi)
        self._components = openapi["components"]
        self._operations: list[tuple[re.Pattern[str], Document]] = [
            (re.compile(re.sub(r"{\w+}", "[^/]+", path) + "/?"), operations)
            for path, operations in openapi["paths"].items()
        ]

    def check(self, response: httpx.Response) -> None:
        """Raise AssertionError for an answer that the OpenAPI document does not describe."""
        request = response.request
        if not request.url.path.startswith(("/v1/", "/oauth/token")):
            return
        if response.headers.get("mock-cronofy-hint", "").startswith(("fault ", "outage ")):
            return  # which Cronofy would never give
        response.read()
        assert response.headers["status"] == f"{response.status_code} {response.reason_phrase}"
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", _id(response))
        operation = self._operation(request.method, request.url.path)
        if operation is None:
            assert response.status_code in _NO_ENDPOINT
            assert response.content == b""
            return
        described = operation["responses"].get(str(response.status_code))
        name = f"{request.method} {request.url.path} {response.status_code}"
        assert described is not None, f"{name} is not in the document: {response.text}"
        content = described.get("content")
        optional = described.get("x-may-be-empty") and not response.content
        if content is None or optional or request.method == "HEAD":
            assert response.content == b"", f"{name} has a body"
            assert "content-type" not in response.headers or request.method == "HEAD"
            return
        kind = response.headers["content-type"]
        schema = content[kind.partition(";")[0]].get("schema")
        if schema is not None:
            assert kind == _JSON
            whole = {**schema, "components": self._components}
            Draft202012Validator(whole).validate(response.json())

    def _operation(self, method: str, path: str) -> Document | None:
        method = "get" if method == "HEAD" else method.lower()
        for pattern, operations in self._operations:
            if pattern.fullmatch(path) and method in operations:
                found: Document = operations[method]
                return found
        return None


def _id(response: httpx.Response) -> str:
    found: str = response.headers["x-request-id"]
    return found


def _close(schema: Any) -> None:
    """Make every object schema below ``schema`` refuse what it does not name."""
    if isinstance(schema, list):
        for item in schema:
            _close(item)
    elif isinstance(schema, dict):
        if schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
        for value in schema.values():
            _close(value)

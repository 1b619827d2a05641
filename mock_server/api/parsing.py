"""Parsing what a request carries: JSON or form bodies, queries, and their models.

Every body may be JSON or form-encoded, told apart by its Content-Type (identity §1.2).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mock_server.errors import TooLarge, Unprocessable

Parameters = dict[str, Any]

_STEP = re.compile(r"\[([^\[\]]*)\]")

# Deeper nesting than any request of Cronofy's has; JSON has Ruby's limit.
_DEEPEST = 8
_DEEPEST_JSON = 100
_MOST_FIELDS = 2000


class FieldError(ValueError):
    """A value that a validator refuses, with Cronofy's key, and where inside it lies."""

    def __init__(self, key: str, description: str, *at: str | int) -> None:
        super().__init__(f"{key}: {description}")
        self.key = key
        self.description = description
        self.at = at


class Disconnected(Exception):
    """The client hung up before its request was complete: nothing is carried out."""


class Unreadable(Exception):
    """A body or query that is not what it says it is; the text says what it should be."""

    finding = "refused"


class WrongContentType(Unreadable):
    """A body whose Content-Type is missing, of another kind, or not true."""

    finding = "wrong_content_type"


async def read_body(scope: Any, receive: Callable[[], Awaitable[Any]], limit: int) -> bytes:
    """The whole body; raises TooLarge past ``limit`` bytes, Disconnected where it breaks off."""
    hint = f"the body is larger than {limit} bytes (setting max_body)"
    for name, value in scope["headers"]:
        # Past 18 digits it is too large whatever they are.
        if name == b"content-length" and value.isdigit() and int(value[:18]) > limit:
            raise TooLarge(hint)
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        chunk: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise TooLarge(hint)
    return b"".join(chunks) if len(chunks) > 1 else chunks[0]


def header(scope: Any, name: bytes) -> str:
    """The header's value, or ``""``."""
    for key, value in scope["headers"]:
        if key == name:
            found: str = value.decode("latin-1")
            return found
    return ""


def parse_body(scope: Any, body: bytes) -> Parameters:
    """The members of a JSON or form body; an empty body has none. Raises Unreadable."""
    if not body:
        return {}
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return parse_json(body)
    if kind == "application/x-www-form-urlencoded":
        if body.lstrip()[:1] in (b"{", b"["):
            raise WrongContentType(
                "this body looks like JSON but its Content-Type is "
                "application/x-www-form-urlencoded; send Content-Type: application/json"
            )
        return parse_form(body)
    raise WrongContentType(
        f"Content-Type {kind or 'is missing'}: expected application/json or "
        "application/x-www-form-urlencoded"
    )


def parse_json(body: bytes) -> Parameters:
    """A JSON object's members; PHP's empty list ``[]`` counts as an empty object."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the body is not valid JSON: {error}") from None
    if document == [] or document is None:
        return {}
    if not isinstance(document, dict):
        raise Unreadable(f"the body must be a JSON object, found {type(document).__name__}")
    if body.count(b"[") + body.count(b"{") > _DEEPEST_JSON:
        refuse_depth(document)
    if b"\\u0000" in body:
        _refuse_nul(document)
    return document


def refuse_depth(document: Any) -> None:
    """Raise Unreadable for what is nested too deeply: what is kept has to be written, compared
    and shown again, by code that calls itself.
    """
    level = [document]
    for _ in range(_DEEPEST_JSON):
        members = [m for v in level for m in (v.values() if isinstance(v, dict) else v)]
        level = [member for member in members if isinstance(member, dict | list)]
        if not level:
            return
    raise Unreadable(f"the body is nested more than {_DEEPEST_JSON} levels deep")


def _refuse_nul(document: Any) -> None:
    # No recursion: a body may be nested deeper than calls can be.
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and "\0" in value:
            raise Unreadable("the body holds a NUL character")
        if isinstance(value, dict):
            waiting += [*value, *value.values()]
        elif isinstance(value, list):
            waiting += value


def parse_form(encoded: bytes) -> Parameters:
    """Form or query parameters, nested the way Rack nests them: ``a[]=``, ``a[][b]=``."""
    try:
        pairs = parse_qsl(
            encoded.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except UnicodeDecodeError:
        raise Unreadable("parameters must be percent-encoded UTF-8") from None
    except ValueError:
        raise Unreadable(f"more than {_MOST_FIELDS} parameters") from None
    found: Parameters = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise Unreadable("a parameter holds a NUL character")
        base, _, rest = name.partition("[")
        steps = _STEP.findall(f"[{rest}") if rest else []
        if len(steps) > _DEEPEST:
            raise Unreadable(f"the parameter {name[:80]} is nested too deeply")
        _store(found, [base, *steps], value)
    return found


def _store(into: Parameters, steps: list[str], value: str) -> None:
    name, rest = steps[0], steps[1:]
    if not rest:
        into[name] = value
    elif rest[0] == "":
        items = into.setdefault(name, [])
        if not isinstance(items, list):
            raise Unreadable(f"the parameter {name[:80]} is both a list and something else")
        if len(rest) == 1:
            items.append(value)
            return
        # A repeated member starts the next item: a[][x]=1&a[][x]=2 are two items.
        if not items or not isinstance(items[-1], dict) or rest[1] in items[-1]:
            items.append({})
        _store(items[-1], rest[1:], value)
    else:
        member = into.setdefault(name, {})
        if not isinstance(member, dict):
            raise Unreadable(f"the parameter {name[:80]} is both a mapping and something else")
        _store(member, rest, value)


def parse_query(scope: Any) -> Parameters:
    """The query's parameters. Raises Unreadable."""
    encoded: bytes = scope["query_string"]
    return parse_form(encoded) if encoded else {}


# pydantic's error kinds as Cronofy's keys. Only errors.required is documented here; the
# others are assumed (identity §1.7).
_KEYS = {
    "missing": ("errors.required", "required"),
    "string_too_short": ("errors.required", "required"),
    "too_short": ("errors.required", "required"),
    "too_long": ("errors.too_many", "too many entries"),
    "extra_forbidden": ("errors.not_supported", "not supported"),
    "literal_error": ("errors.not_recognized", "not recognized"),
    "bool_parsing": ("errors.must_be_boolean", "must be true or false"),
    "bool_type": ("errors.must_be_boolean", "must be true or false"),
    "int_parsing": ("errors.must_be_integer", "must be an integer"),
    "int_type": ("errors.must_be_integer", "must be an integer"),
    "int_parsing_size": ("errors.must_be_integer", "must be an integer within its limits"),
    "int_from_float": ("errors.must_be_integer", "must be an integer"),
    "greater_than_equal": ("errors.must_be_integer", "must be an integer within its limits"),
    "less_than_equal": ("errors.must_be_integer", "must be an integer within its limits"),
    "string_too_long": ("errors.too_long", "too long"),
    "url_parsing": ("errors.invalid_url", "must be a URL"),
    "string_type": ("errors.invalid", "must be a text"),
    "list_type": ("errors.invalid", "must be a list"),
    "dict_type": ("errors.invalid", "must be an object"),
    "model_type": ("errors.invalid", "must be an object"),
}


def validate(model: type[BaseModel], found: Parameters) -> BaseModel:
    """``found`` as ``model``; raises Unprocessable with nested field paths."""
    # An empty or null value counts as absent (identity §1.2), but where it says something.
    telling = getattr(model, "empty_matters", ())
    present = {
        name: value for name, value in found.items() if value not in (None, "") or name in telling
    }
    try:
        return model.model_validate(present)
    except ValidationError as error:
        fields: dict[str, list[tuple[str, str]]] = {}
        hints = []
        for detail in error.errors(include_url=False):
            error_given = detail.get("ctx", {}).get("error")
            inside = error_given.at if isinstance(error_given, FieldError) else ()
            path = field_path((*detail["loc"], *inside))
            key, description = _described(detail)
            fields.setdefault(path, []).append((key, description))
            hints.append(f"{path}: {description}")
        raise Unprocessable(fields, "; ".join(hints)) from None


def _described(detail: ErrorDetails) -> tuple[str, str]:
    kind = detail["type"]
    given = detail.get("ctx", {}).get("error")
    if isinstance(given, FieldError):
        return given.key, given.description
    if kind in _KEYS:
        return _KEYS[kind]
    if kind == "value_error":
        key, _, description = detail["msg"].removeprefix("Value error, ").partition(": ")
        if key.startswith("errors."):
            return key, description
    return "errors.invalid", detail["msg"]


def field_path(location: tuple[str | int, ...]) -> str:
    """``permissions[0].calendar_id``"""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path or "body"

"""What a question to the journal may ask: which requests, how often, in which order."""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple, Self

import orjson
from pydantic import BeforeValidator, Field, PlainValidator, model_validator
from starlette.datastructures import QueryParams

from mock_server.api.parsing import Unreadable, refuse_depth
from mock_server.control import json_paths
from mock_server.scenarios.fields import Model
from mock_server.scenarios.problems import Invalid, Problem, validate
from mock_server.scenarios.request_fields import RecordedMethod, RecordedPath, Status

_MOST_CONDITIONS = 20
_MOST_CHECKS = 50
_NUMBER = re.compile(r"[0-9]{1,18}")


class Condition(NamedTuple):
    """What stands at ``path`` (a JSONPath, or a parameter's name) is one of ``values``; with
    None, something does.
    """

    path: str
    values: tuple[Any, ...] | None

    def __str__(self) -> str:
        if self.values is None:
            return self.path
        return f"{self.path} == {orjson.dumps(self.values[0]).decode()}"


_CONDITIONS = (
    "a JSONPath without match() and search(), such as $.summary, one with its value, such as "
    '$.summary==Interview, a list of these, or a mapping such as {"$.summary": "Interview"}'
)


def _json_condition(text: str) -> Condition:
    """``PATH`` or ``PATH==VALUE``; filters in the path may have ``==`` in them, too."""
    first_error = None
    ends = [found.start() for found in re.finditer("==", text[: json_paths.LONGEST])]
    for end in (len(text), *ends):
        path = text[:end].strip()
        try:
            json_paths.compiled(path)
        except json_paths.WrongPath as error:
            first_error = first_error or error
            continue
        return Condition(path, None if end == len(text) else _readings(text[end + 2 :].strip()))
    raise ValueError(f"{_CONDITIONS} ({text[:80]}: {first_error})")


def _readings(value: str) -> tuple[Any, ...]:
    """What a value in a query may mean: JSON, or the text as it stands."""
    try:
        return value, orjson.loads(value)
    except orjson.JSONDecodeError:
        return (value,)


def _json_conditions(given: object) -> tuple[Condition, ...]:
    if isinstance(given, dict):
        found = []
        for path, value in given.items():
            try:
                json_paths.compiled(path)
            except json_paths.WrongPath as error:
                raise ValueError(f"{_CONDITIONS} ({path[:80]}: {error})") from None
            found.append(Condition(path, (value,)))
    elif isinstance(given, str | list) and all(isinstance(text, str) for text in given):
        found = [_json_condition(text) for text in ([given] if isinstance(given, str) else given)]
    else:
        raise ValueError(_CONDITIONS)
    for condition in found:
        try:
            refuse_depth(list(condition.values or ()))
        except Unreadable:
            raise ValueError("a value that is nested less deeply") from None
    return _few(found)


def _query_conditions(given: object) -> tuple[Condition, ...]:
    expected = 'a parameter, such as tzid, tzid==Etc/UTC, or a mapping such as {"tzid": "Etc/UTC"}'
    found = []
    if isinstance(given, dict):
        for name, value in given.items():
            if not isinstance(value, str | int | float):
                raise ValueError(expected)
            text = orjson.dumps(value).decode() if not isinstance(value, str) else value
            found.append(Condition(name, (text,)))
    elif isinstance(given, str | list) and all(isinstance(text, str) for text in given):
        for text in [given] if isinstance(given, str) else given:
            name, equals, value = text.partition("==")
            if not name:
                raise ValueError(expected)
            found.append(Condition(name, (value,) if equals else None))
    else:
        raise ValueError(expected)
    return _few(found)


def _few(found: list[Condition]) -> tuple[Condition, ...]:
    if len(found) > _MOST_CONDITIONS:
        raise ValueError(f"at most {_MOST_CONDITIONS} conditions")
    return tuple(found)


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value


Line = Annotated[str, Field(min_length=1, max_length=1000)]
JsonConditions = Annotated[tuple[Condition, ...], PlainValidator(_json_conditions)]
QueryConditions = Annotated[tuple[Condition, ...], PlainValidator(_query_conditions)]


class RequestMatch(Model):
    """Which requests: all of what is said. ``path`` is a pattern (world/path_patterns.py), and
    ``body`` and ``response`` hold for the JSON, or the form, that came and went.
    """

    method: RecordedMethod | None = None
    path: RecordedPath | None = None
    query: QueryConditions = ()
    body: JsonConditions = ()
    status: Status | None = None
    response: JsonConditions = ()
    operation: Line | None = None
    credential: Line | None = None
    client_id: Line | None = None
    sub: Line | None = None
    fault_id: Line | None = None
    outage_id: Line | None = None
    since: Annotated[int, BeforeValidator(_number), Field(ge=0, strict=True)] = 0


Times = Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)]


class Check(Model):
    """How many requests there are that ``match``, or that there are those ``in_order``.

    Others may come between those in order, unless ``strictly``.
    """

    match: RequestMatch | None = None
    exactly: Times | None = None
    at_least: Times | None = None
    at_most: Times | None = None
    in_order: Annotated[list[RequestMatch], Field(min_length=1, max_length=50)] | None = None
    strictly: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.match is None) == (self.in_order is None):
            raise ValueError("either match or in_order")
        counts = {"exactly", "at_least", "at_most"} & self.model_fields_set
        if self.match is None and counts:
            raise ValueError(f"with in_order no {', '.join(sorted(counts))}")
        if self.match is not None and "strictly" in self.model_fields_set:
            raise ValueError("strictly only with in_order")
        if self.exactly is not None and len(counts) > 1:
            raise ValueError("exactly, or at_least and at_most")
        return self


class Checks(Model):
    """Several of them at once."""

    checks: Annotated[list[Check], Field(min_length=1, max_length=_MOST_CHECKS)]


_SEVERAL = {"query", "body", "response"}


def from_query(params: QueryParams) -> dict[str, Any]:
    """A query's parameters as the document of a model; conditions may be there several times.

    Raises Invalid for any other that is.
    """
    document: dict[str, Any] = {}
    for name in params:
        values = params.getlist(name)
        if name in _SEVERAL:
            document[name] = values
        elif len(values) > 1:
            raise Invalid([Problem(name, f"{len(values)} of them", "one")])
        else:
            document[name] = values[0]
    return document


def match_of(document: dict[str, Any]) -> RequestMatch:
    """What a reading call's query asks for. Raises Invalid."""
    return validate(RequestMatch, document)


def refuse_too_much(place: str = "the question") -> Invalid:
    """What to raise where JSONPaths look at too much."""
    found = f"JSONPaths that look at more than {json_paths.MOST_STEPS} values"
    expected = "a narrower question: a path, a status, or since; and fewer .. and * in JSONPaths"
    return Invalid([Problem(place, found, expected)])

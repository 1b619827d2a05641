"""The format of faults and outages."""

# Annotations are evaluated at once here, as in documents.py.

import re
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal, Self

import orjson
from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from mock_server.rules.faults import ERRORS, MOST_FAULTS, SERVER_ERRORS
from mock_server.rules.outages import MOST_OUTAGES
from mock_server.scenarios.documents import At
from mock_server.scenarios.fields import CalendarProvider, Credential, DataCenter, Model
from mock_server.scenarios.problems import one_of
from mock_server.scenarios.request_fields import METHODS, Method, PathPattern

# Real seconds that an answer may be late.
_LONGEST = 600

# Of a body, in bytes, and levels of JSON: it has to be shown within what tells of it.
_LARGEST = 64 * 1024
_DEEPEST = 100

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[ -~\xa0-\xff]{0,4000}")
_FRAMING = ("connection", "content-length", "keep-alive", "status", "transfer-encoding", "upgrade")

# What cannot have a body, and what none can precede.
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED}


def _error(value: str) -> str:
    known = (*ERRORS, *SERVER_ERRORS)
    if value not in known:
        raise ValueError(one_of(value, known))
    return value


def _headers(value: dict[str, Any]) -> dict[str, str]:
    headers = {}
    for name, content in value.items():
        text = str(content) if type(content) is int else content
        if not _NAME.fullmatch(name) or name.lower() in _FRAMING:
            raise ValueError(f"no header {name[:100]!r}, but names such as Retry-After")
        if not isinstance(text, str) or not _VALUE.fullmatch(text):
            raise ValueError(f"text of one line, or a whole number, for {name}")
        headers[name] = text
    return headers


def _is_deeper(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    members = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_is_deeper(member, levels - 1) for member in members)


def _alone(value: object) -> object:
    return [value] if isinstance(value, str) else value


class MatchDocument(Model):
    """Which calls; all of them, where nothing is said."""

    method: Annotated[
        list[Method],
        Field(min_length=1, max_length=len(METHODS)),
        BeforeValidator(_alone),
    ] = []
    path: PathPattern | None = None
    credential: Credential | None = None
    provider: CalendarProvider | None = None
    data_center: DataCenter | None = None


class RealTimeDocument(Model):
    """``{milliseconds: 1500}``: a time that the sandbox's clock knows nothing of."""

    seconds: Annotated[float, Field(ge=0, le=_LONGEST, allow_inf_nan=False)] = 0
    milliseconds: Annotated[int, Field(ge=0, le=_LONGEST * 1000, strict=True)] = 0

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if not 0 < self.total <= _LONGEST * 1000:
            raise ValueError(f"seconds or milliseconds, up to {_LONGEST} seconds altogether")
        return self

    @property
    def total(self) -> int:
        """Milliseconds."""
        return round(self.seconds * 1000) + self.milliseconds


class RespondDocument(Model):
    """One thing that goes wrong, and perhaps a ``delay``; or a ``delay`` alone."""

    status: Annotated[int, Field(ge=200, le=599, strict=True)] | None = None
    headers: Annotated[dict[str, Any], Field(max_length=50), AfterValidator(_headers)] = {}
    body: Any = None
    error: Annotated[str, AfterValidator(_error)] | None = None
    delay: RealTimeDocument | None = None
    slow_body: RealTimeDocument | None = None
    malformed_json: Literal[True] | None = None
    reset: Literal[True] | None = None
    lost: Literal[True] | None = None
    hold: Literal["answer", "request"] | None = None

    WHATS: ClassVar = (
        "status",
        "error",
        "slow_body",
        "malformed_json",
        "reset",
        "lost",
        "hold",
    )

    @field_validator("body")
    @classmethod
    def _can_be_sent(cls, value: object) -> object:
        try:
            size = len(value.encode() if isinstance(value, str) else orjson.dumps(value))
        except (TypeError, ValueError):
            raise ValueError("text, or what can be JSON") from None
        if size > _LARGEST:
            raise ValueError(f"at most {_LARGEST} bytes")
        if _is_deeper(value, _DEEPEST):
            raise ValueError(f"at most {_DEEPEST} levels")
        return value

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        whats = [name for name in self.WHATS if getattr(self, name) is not None]
        if len(whats) > 1 or not (whats or self.delay):
            raise ValueError(f"one of {', '.join(self.WHATS)}; or a delay")
        given = self.model_fields_set
        if "headers" in given and not {"status", "error"} & given:
            raise ValueError("headers only with status or error")
        if "body" in given and self.status is None:
            raise ValueError("a body only with status")
        if "body" in given and self.status in _BODILESS:
            raise ValueError(f"no body with the status {self.status}")
        if self.delay and self.hold:
            raise ValueError("no delay with hold: what is held waits until it is released")
        return self


class WindowDocument(Model):
    """From when to when, by the sandbox's clock; durations count from when this is added."""

    from_: Annotated[At | None, Field(alias="from")] = None
    until: At | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.from_ is None and self.until is None:
            raise ValueError("from, until, or both")
        return self


class FaultDocument(Model):
    """What meets which calls."""

    match: MatchDocument = MatchDocument.model_construct()
    after: Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)] = 0
    times: Annotated[int, Field(ge=1, le=1_000_000_000, strict=True)] | None = None
    probability: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, strict=True)] = 1
    window: WindowDocument | None = None
    respond: RespondDocument


class OutageDocument(Model):
    """Of a calendar provider, or of a data center."""

    provider: CalendarProvider | None = None
    data_center: DataCenter | None = None
    window: WindowDocument | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.provider is None) == (self.data_center is None):
            raise ValueError("either a provider, or a data_center")
        return self


class FaultsDocument(Model):
    """As a scenario has them."""

    faults: Annotated[list[FaultDocument], Field(max_length=MOST_FAULTS)] = []
    outages: Annotated[list[OutageDocument], Field(max_length=MOST_OUTAGES)] = []

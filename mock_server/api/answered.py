"""An answer on its way out, and what may stand in its headers."""

from __future__ import annotations

import re
from typing import NamedTuple

import orjson

from mock_server.errors import CronofyError, Forbidden

Header = tuple[bytes, bytes]
Headers = list[Header]

JSON: Header = (b"content-type", b"application/json; charset=utf-8")
TEXT: Header = (b"content-type", b"text/plain; charset=utf-8")
HINT = b"mock-cronofy-hint"

_UNPRINTABLE = re.compile(r"[^ -~]")


class Answered(NamedTuple):
    """An answer; ``hint`` is for the developer."""

    status: int
    headers: Headers
    content: bytes
    hint: str | None


def header_text(text: str) -> bytes:
    """``text`` as a header value: printable ASCII, one line, of bounded length."""
    plain = " ".join(text[:1000].split())
    if not plain.isascii() or not plain.isprintable():
        plain = _UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], plain)
    return plain[:1000].encode("ascii")


def failure(status: int, hint: str, *headers: Header) -> Answered:
    """One with no body but a hint."""
    return Answered(status, [*headers, (HINT, header_text(hint))], b"", hint)


def refusal(error: CronofyError) -> Answered:
    """The answer that ``error`` is."""
    headers = [(k.lower().encode(), v.encode()) for k, v in error.headers().items()]
    answered = failure(error.status, error.hint, *headers)
    if isinstance(error, Forbidden) and error.text:
        answered.headers.append(TEXT)
        return answered._replace(content=error.text.encode())
    document = error.document()
    if document is None:
        return answered
    answered.headers.append(JSON)
    return answered._replace(content=orjson.dumps(document))

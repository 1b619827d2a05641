"""An answer on its way out, and what may stand in its headers."""

from __future__ import annotations

import re
from typing import NamedTuple

Headers = list[tuple[bytes, bytes]]

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

"""The body of a request or of an answer in the journal: what it says, as far as it was kept."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

import orjson

from mock_server.api.parsing import Unreadable, refuse_depth

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 1000


class Body(NamedTuple):
    """``value`` is JSON, the mapping of a form, text, or None for what is empty or no text.

    ``kind`` is ``json``, ``form``, ``text``, ``binary`` or ``nothing``; ``size`` counts the
    bytes that came. ``cut`` says that the value is not all of them.
    """

    kind: str
    value: Any
    size: int
    cut: bool
    media_type: str

    @property
    def text(self) -> str | None:
        """As it would be written; None where there is no text."""
        if self.kind == "json":
            return orjson.dumps(self.value).decode()
        if self.kind == "form":
            return urlencode(self.value, doseq=True)
        return self.value if isinstance(self.value, str) else None

    @property
    def comment(self) -> str | None:
        """What to say where the text is not the whole body."""
        if not self.cut:
            return None
        if self.kind == "binary":
            return f"{self.size} bytes that are no text are left out"
        return f"cut off: there were {self.size} bytes"


def read(content: bytes, size: int, headers: Iterable[tuple[bytes, bytes]]) -> Body:
    """The body of which ``content`` was kept, of ``size`` bytes."""
    cut = size > len(content)
    declared = next((v for name, v in headers if name.lower() == b"content-type"), b"")
    media_type = declared.decode("latin-1").partition(";")[0].strip().lower()
    if not content:
        return Body("nothing", None, size, cut, media_type)
    try:
        # One that was cut off may end within a character.
        text = getincrementaldecoder("utf-8")().decode(content, final=not cut)
    except UnicodeDecodeError:
        return Body("binary", None, size, True, media_type)
    kind, value = ("text", text) if cut else _parsed(text, media_type)
    return Body(kind, value, size, cut, media_type)


def _parsed(text: str, media_type: str) -> tuple[str, Any]:
    if media_type == _FORM:
        try:
            return "form", mapping(text)
        except ValueError:
            return "text", text
    if "json" in media_type or text.lstrip()[:1] in {"{", "["}:
        try:
            value = orjson.loads(text)
            if isinstance(value, dict | list):
                refuse_depth(value)
        except (orjson.JSONDecodeError, Unreadable):
            return "text", text
        return "json", value
    return "text", text


def mapping(encoded: str) -> dict[str, str | list[str]]:
    """Names of a form or a query with their values, a list for those that have several.

    Raises ValueError for more than 1000.
    """
    found: dict[str, str | list[str]] = {}
    pairs = parse_qsl(
        encoded, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
    )
    for name, value in pairs:
        known = found.get(name)
        if known is None:
            found[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            found[name] = [known, value]
    return found


def query(encoded: bytes) -> dict[str, str | list[str]]:
    """The same of a query as it came; one with too many names has none."""
    try:
        return mapping(encoded.decode("latin-1"))
    except ValueError:
        return {}

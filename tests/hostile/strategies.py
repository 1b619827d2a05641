"""Values that no well-behaved client sends, and requests made of them.

Documents follow a JSON schema at first; then something in them is exchanged, left out,
repeated or wrapped. What they are encoded as need not be what their headers say.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

MARKUP = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'`{{7*7}}${7*7}"

TEXTS = (
    "",
    " ",
    "\n",
    "0",
    "null",
    "true",
    "a\r\nSet-Cookie: injected=1",
    "a\0b",
    "\x7f\x1b[31m\x85\u2028",
    "\ud800",
    "\U0001f4c5\u202e\ufeff",
    "ＩＤＮ.test",
    "%00%0d%0a%ff",
    "../../etc/passwd",
    "x" * 5000,
    "é" * 300,
    MARKUP,
    "javascript:alert(1)",
    "data:text/html,<b>",
    "http://127.0.0.1:1/\\@acme.test",
    "http://[::1",
    "http://a:99999999/",
    "//acme.test",
    "a@b@c",
    "@",
    "__proto__",
    "constructor",
    "[]",
    "a[b]",
    "{{event.summary}}{{invite_block}}",
    "=?utf-8?q?=0d=0aBcc:_x?=",
    "../etc/passwd",
    "localtime",
    "Factory",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "2026-05-12T24:00:00Z",
    "2026-06-30T23:59:60Z",
    "2026-03-29T01:30:00",
)
NUMBERS = (0, -1, 1, 2**31, 2**53 + 1, -(2**63), 2**64, 10**400, 1.5, -0.0, 1e308)
OTHERS = (None, True, False, [], {}, [[]], [{}], {"": ""}, [None], ["a", 1, None], {"a": {"b": 1}})


def nested(depth: int) -> Any:
    value: Any = "deep"
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


texts = st.one_of(
    st.sampled_from(TEXTS),
    st.text(max_size=20),
    st.text(alphabet="ab[]{}()<>&;=%+/\\?#@:,.\"' \t\r\n\0", max_size=12),
)
values: st.SearchStrategy[Any] = st.one_of(
    texts,
    st.sampled_from(NUMBERS),
    st.sampled_from(OTHERS),
    st.sampled_from((8, 60, 400)).map(nested),
    st.lists(st.sampled_from(("a", 1, None, {}, [])), max_size=60),
)


def from_schema(
    schema: Mapping[str, Any], components: Mapping[str, Any], known: Mapping[str, list[str]]
) -> st.SearchStrategy[Any]:
    """Values that ``schema`` allows, or nearly; properties in ``known`` are often real ones."""
    return _of(schema, components, known, "")


def _of(schema: Any, components: Any, known: Any, name: str) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return _of(components[target], components, known, name)
    if "anyOf" in schema:
        return st.one_of([_of(option, components, known, name) for option in schema["anyOf"]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if isinstance(kind, list):
        options = [_of({**schema, "type": one}, components, known, name) for one in kind]
        return st.one_of(options)
    if kind == "object":
        properties = {
            key: _of(inner, components, known, key)
            for key, inner in schema.get("properties", {}).items()
        }
        required = {k: v for k, v in properties.items() if k in schema.get("required", ())}
        optional = {k: v for k, v in properties.items() if k not in required}
        return st.fixed_dictionaries(required, optional=optional)
    if kind == "array":
        most = min(schema.get("maxItems", 3) + 1, 60)
        return st.lists(_of(schema.get("items", {}), components, known, name), max_size=most)
    if kind == "null":
        return st.none()
    if kind == "boolean":
        return st.booleans()
    if kind in {"integer", "number"}:
        return st.sampled_from(NUMBERS[:6])
    if kind == "string" and name in known:
        return st.one_of(st.sampled_from(known[name]), st.sampled_from(known[name]), texts)
    return texts if kind == "string" else values


@st.composite
def mutated(draw: st.DrawFn, documents: st.SearchStrategy[Any]) -> Any:
    """One of ``documents`` with up to three things wrong with it."""
    document = copy.deepcopy(draw(documents))
    for _ in range(draw(st.integers(0, 3))):
        document = _mutate(draw, document)
    return document


def _mutate(draw: st.DrawFn, value: Any) -> Any:
    inside = value if isinstance(value, dict | list) and value else None
    act = draw(st.sampled_from(("inside", "inside", "replace", "drop", "wrap", "add")))
    if act in {"inside", "drop"} and inside is not None:
        keys: Any = list(inside) if isinstance(inside, dict) else range(len(inside))
        key = draw(st.sampled_from(list(keys)))
        if act == "drop":
            del inside[key]
        else:
            inside[key] = _mutate(draw, inside[key])
        return value
    if act == "wrap":
        # Fifty-one of something large, twice over, would be larger than any body may be.
        many = [value] * (51 if len(repr(value)) < 500 else 2)
        return draw(st.sampled_from(([value], {"value": value}, many)))
    if act == "add" and isinstance(value, dict):
        return {**value, draw(texts): copy.deepcopy(draw(values))}
    return copy.deepcopy(draw(values))


_WRONG_KINDS = (
    b"text/plain",
    b"application/json; charset=utf-16",
    b"multipart/form-data; boundary=x",
    b"APPLICATION/JSON",
    b"application/vnd.api+json",
    b"application/x-www-form-urlencoded; charset=latin-1",
    b"",
    b"\xff/\xfe",
    b"application/json, text/plain",
)
_RAW = (
    b"",
    b"\xff\xfe\x00",
    b"{",
    b'{"a":',
    b"[" * 3000,
    b'{"a":' * 2000,
    b"NaN",
    b'{"state":NaN}',
    b'{"state":Infinity}',
    b'{"state":1e999}',
    b"nul",
    b'"text"',
    b"[]",
    b"null",
    b'{"email":"a","email":"b","client_id":1,"client_id":2}',
    b'{"state":"\\ud800"}',
    b'{"state":"\\u0000"}',
    b'{"state":' + b"[" * 500 + b'"\\u0000"' + b"]" * 500 + b"}",
    b"\xef\xbb\xbf{}",
    b'{"state":"\xed\xa0\x80"}',
    b"{}" + b" " * 5000,
    b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--",
    b"a=%ff&b=%",
    b"a[b][c][d][e][f][g][h][i][j][k]=1",
    b"a=1&a[]=2&a[b]=3",
    b"[]=1&[a]=2&a]=3&a[=4",
    b"&".join(b"p%d=" % n for n in range(2100)),
    b"client_id[]=a&client_secret[x]=b",
)


@st.composite
def bodies(
    draw: st.DrawFn, documents: st.SearchStrategy[Any]
) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """A body and its headers: mostly honest, now and then neither."""
    how = draw(st.sampled_from(("json",) * 5 + ("form",) * 3 + ("raw", "lie")))
    if how == "raw":
        content = draw(st.one_of(st.sampled_from(_RAW), st.binary(max_size=40)))
        kinds = (b"application/json", b"application/x-www-form-urlencoded", *_WRONG_KINDS)
        return content, [(b"content-type", draw(st.sampled_from(kinds)))]
    document = draw(mutated(documents))
    if how == "form":
        return as_form(document), [(b"content-type", b"application/x-www-form-urlencoded")]
    # json.dumps writes NaN, and lone surrogates as escapes, as careless clients do.
    content = json.dumps(document).encode()
    if how == "lie":
        return content, [(b"content-type", draw(st.sampled_from(_WRONG_KINDS)))]
    return content, [(b"content-type", b"application/json")]


def as_form(document: Any) -> bytes:
    pairs: list[tuple[str, str]] = []

    def walk(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                walk(f"{name}[{key}]" if name else str(key), item)
        elif isinstance(value, list):
            for item in value:
                walk(f"{name}[]", item)
        else:
            text = value if isinstance(value, str) else json.dumps(value)
            pairs.append((name, text))

    walk("", document)
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs).encode()


def _encoded(text: str) -> str:
    return quote(text, safe="[]", errors="surrogatepass")


segments = texts.map(lambda text: quote(text, safe="", errors="surrogatepass"))


@st.composite
def queries(draw: st.DrawFn, known: Mapping[str, list[str]]) -> bytes:
    """A raw query of ``known`` parameters, some repeated, unknown or malformed."""
    if draw(st.integers(0, 9)) == 0:
        raw = st.one_of(st.sampled_from(_RAW), st.binary(max_size=20))
        return draw(raw).replace(b"#", b"").replace(b" ", b"%20")
    pairs = []
    for name in draw(st.lists(st.sampled_from(sorted(known)), max_size=8)):
        value = draw(st.one_of(st.sampled_from(known[name]), texts))
        pairs.append(f"{_encoded(name)}={_encoded(value)}")
    if draw(st.integers(0, 4)) == 0:
        pairs.append(f"{_encoded(draw(texts))}={_encoded(draw(texts))}")
    return "&".join(pairs).encode()

"""Comparing an answer with the shape that its endpoint declares."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from mock_server.conformance.checks import Level

# Members that the contract only assumes to be there, or to be of this kind.
_ASSUMED = re.compile(
    r"(events\[\d+\]\.(extended_transparency|organizer)"
    r"|cronofy\.data\.authorization\.status"
    r"|.*\bprofile_name"
    r"|method)"
)


class Misfit(NamedTuple):
    """One place at which an answer differs from its shape."""

    level: Level
    at: str
    expected: str
    found: str


def compare(document: Any, shape: Any, shown: Callable[[str], str] = str) -> list[Misfit]:
    """Every difference of ``document`` from the TypedDict ``shape``, by the place where it is.

    ``shown`` takes the secrets out of what is quoted.
    """
    try:
        known = _adapter(shape).validate_python(document, strict=True)
    except ValidationError as invalid:
        return _misfits(document, invalid, shown)
    return [
        Misfit("note", at, "no such member", quoted(value, shown))
        for at, value in _unknown(document, known, "")
    ]


@cache
def _adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _misfits(document: Any, invalid: ValidationError, shown: Callable[[str], str]) -> list[Misfit]:
    found: dict[str, Misfit] = {}
    for error in invalid.errors(include_url=False, include_context=False):
        at = _place(document, error["loc"])
        if error["type"] == "missing":
            misfit = Misfit(_level(at), at, "the member", "none")
        else:
            expected = error["msg"].removeprefix("Input should be ")
            if at in found:  # one for each form that the value may have
                expected = f"{found[at].expected}, or {expected}"
            misfit = Misfit(_level(at), at, expected, quoted(error["input"], shown))
        found[at] = misfit
    return list(found.values())


def _level(at: str) -> Level:
    return "assumption" if _ASSUMED.fullmatch(at) else "difference"


def _place(document: Any, steps: tuple[int | str, ...]) -> str:
    """``events[0].start``; steps that name a form of a value, not a member, are left out."""
    at = ""
    for number, step in enumerate(steps):
        if isinstance(step, int):
            at += f"[{step}]"
            document = document[step]
            continue
        inside = isinstance(document, dict)
        if inside and (step in document or number == len(steps) - 1):
            at += f".{step}" if at else step
            document = document.get(step)
    return at


def _unknown(value: Any, known: Any, at: str) -> Iterator[tuple[str, Any]]:
    """What validating has dropped; of the entries of a list, the first that has it."""
    if isinstance(value, dict) and isinstance(known, dict):
        for name, member in value.items():
            place = f"{at}.{name}" if at else name
            if name in known:
                yield from _unknown(member, known[name], place)
            else:
                yield place, member
    elif isinstance(value, list) and isinstance(known, list):
        seen: set[str] = set()
        for number, (entry, also) in enumerate(zip(value, known, strict=True)):
            for place, member in _unknown(entry, also, f"{at}[{number}]"):
                member_of_any = re.sub(r"\[\d+\]", "[]", place)
                if member_of_any not in seen:
                    seen.add(member_of_any)
                    yield place, member


class Words(str):
    """What was found in the words of a check, not in those of an answer."""


def quoted(value: Any, shown: Callable[[str], str] = str) -> str:
    """``value`` as a report shows it: as JSON would, of bounded length."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(shown(text)[:400].split())
    if len(text) > 160:
        text = f"{text[:159]}…"
    return f'"{text}"' if isinstance(value, str) and not isinstance(value, Words) else text

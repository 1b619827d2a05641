"""What is wrong with a document: the place, what was found there, what was expected."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from mock_server.world.records import Record, replace

M = TypeVar("M", bound=BaseModel)


class Problem(Record, frozen=True):
    """``place`` is a path such as ``people[0].email``; ``line`` counts from 1."""

    place: str
    found: str
    expected: str
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        where = self.file or ""
        if self.line is not None:
            where += f":{self.line}"
        where = f"{where}: " if where else ""
        return f"{where}{self.place}: found {self.found}, expected {self.expected}"

    def document(self) -> dict[str, object]:
        document: dict[str, object] = {
            "place": self.place,
            "found": self.found,
            "expected": self.expected,
        }
        if self.file is not None:
            document["file"] = self.file
        if self.line is not None:
            document["line"] = self.line
        return document


class Invalid(Exception):
    """A document that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def within(self, prefix: str) -> Invalid:
        """The same of a document that stands at ``prefix`` of another."""
        return Invalid(
            problem
            if problem.file is not None
            else replace(problem, place=f"{prefix}.{problem.place}".removesuffix(_AT_ALL))
            for problem in self.problems
        )


class Unknown(Invalid):
    """Something is named that does not exist."""

    def __init__(self, problem: Problem) -> None:
        super().__init__([problem])


@contextmanager
def collecting(problems: list[Problem]) -> Iterator[None]:
    """Add to ``problems`` what is invalid inside, and go on."""
    try:
        yield
    except Invalid as invalid:
        problems += invalid.problems


THE_DOCUMENT = "the document"
_AT_ALL = f".{THE_DOCUMENT}"


def place(location: Sequence[str | int]) -> str:
    """``("people", 0, "email")`` as ``people[0].email``."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or THE_DOCUMENT


def shown(value: object) -> str:
    """A short, one-line picture of ``value``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value[:100] if isinstance(value, str) else value)
    return text if len(text) <= 80 else text[:77] + "..."


def printable(line: str) -> str:
    """``line`` for a terminal: what would move its cursor, or begin another line, is escaped."""
    if line.isprintable():
        return line
    escaped = (c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)
    return "".join(escaped)


# Whoever has more problems than this has one.
MOST_PROBLEMS = 100

_MOST_LISTED = 20


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """`` (did you mean Europe/London?)``, or nothing where nothing comes close."""
    from difflib import get_close_matches  # slow to import, and seldom needed

    close = get_close_matches(value[:100], known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def one_of(value: object, known: Collection[str], *, what: str = "one of") -> str:
    """What to expect instead of ``value``: the ``known`` names, the closest singled out."""
    listed = ", ".join(list(known)[:_MOST_LISTED])
    if len(known) > _MOST_LISTED:
        listed += f" and {len(known) - _MOST_LISTED} more"
    hint = did_you_mean(value, known) if isinstance(value, str) else ""
    return f"{what} {listed}{hint}" if known else "none: there is none"


def validate(model: type[M], document: object) -> M:
    """``document`` as ``model``; raises Invalid with every problem in our words."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise Invalid(_problems(model, document, error)) from None


def validate_list(model: type[M], given: object, where: str, most: int) -> list[M]:
    """Each of what is ``given``, a list that stands at ``where``, as ``model``.

    Raises Invalid with every problem: for more than ``most`` with that alone.
    """
    if not isinstance(given, list):
        raise Invalid([Problem(where, shown(given), "a list")])
    if len(given) > most:
        raise Invalid([Problem(where, f"a list of {len(given)}", f"a list of at most {most}")])
    found: list[M] = []
    problems: list[Problem] = []
    for index, document in enumerate(given):
        try:
            found.append(validate(model, document))
        except Invalid as invalid:
            problems += invalid.within(f"{where}[{index}]").problems
        if len(problems) >= MOST_PROBLEMS:
            break
    if problems:
        raise Invalid(problems[:MOST_PROBLEMS])
    return found


def _problems(model: type[BaseModel], document: object, error: ValidationError) -> list[Problem]:
    found: dict[str, Problem] = {}
    details = error.errors(include_url=False)
    for detail in details[:MOST_PROBLEMS]:
        steps = _steps(document, detail["loc"], missing=detail["type"] == "missing")
        problem = _problem(model, steps, detail)
        known = found.get(problem.place)
        if known is not None:
            # Each member of a union has its own say.
            problem = replace(known, expected=f"{known.expected} or {problem.expected}")
        found[problem.place] = problem
    problems = list(found.values())
    if len(details) > MOST_PROBLEMS:
        more = f"{len(details) - MOST_PROBLEMS} more problems"
        problems.append(Problem(THE_DOCUMENT, more, "none"))
    return problems


def _steps(document: object, location: tuple[str | int, ...], *, missing: bool) -> list[str | int]:
    """The steps of ``location`` without those that pydantic adds for members of a union."""
    steps: list[str | int] = []
    for index, step in enumerate(location):
        last = missing and index == len(location) - 1
        if isinstance(document, dict) and (step in document or last):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int):
            document = document[step]
        else:
            continue
        steps.append(step)
    return steps


def _problem(model: type[BaseModel], steps: list[str | int], detail: ErrorDetails) -> Problem:
    where = place(steps)
    if detail["type"] == "missing":
        return Problem(where, "nothing", "a value: this key is required")
    if detail["type"] == "extra_forbidden":
        key = str(steps[-1])
        return Problem(where, f"the key {key!r}", _instead_of(key, _model_at(model, steps[:-1])))
    return Problem(where, shown(detail["input"]), _expected(detail))


def _instead_of(key: str, model: type[BaseModel]) -> str:
    refused: dict[str, str] = getattr(model, "refused_keys", {})
    return refused.get(key) or one_of(key, model.model_fields, what="one of the keys")


def _model_at(model: type[BaseModel], steps: list[str | int]) -> type[BaseModel]:
    """The model that ``steps`` lead to."""
    for step in steps:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


_KINDS = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "string_too_short": "text that is not empty",
}
_LIMITS = {
    "greater_than_equal": ("ge", "a number of at least"),
    "less_than_equal": ("le", "a number of at most"),
    "greater_than": ("gt", "a number above"),
    "less_than": ("lt", "a number below"),
    "too_short": ("min_length", "a list whose length is at least"),
    "too_long": ("max_length", "a list whose length is at most"),
}


def _expected(detail: ErrorDetails) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "string_type" and isinstance(value, bool | int | float):
        return "text (in quotes)"
    if kind in _KINDS:
        return _KINDS[kind]
    if kind in _LIMITS:
        limit, words = _LIMITS[kind]
        return f"{words} {context[limit]}"
    if kind == "literal_error":
        listed = str(context["expected"]).replace("'", "")
        hint = did_you_mean(value, re.split(", | or ", listed)) if isinstance(value, str) else ""
        return listed + hint
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return message[0].lower() + message[1:]

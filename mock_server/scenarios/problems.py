"""What is wrong with a document: the place, what was found there, what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
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


def place(location: Sequence[str | int]) -> str:
    """``("people", 0, "email")`` as ``people[0].email``."""
    text = ""
    for step in location:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the document"


def shown(value: object) -> str:
    """A short, one-line picture of ``value``."""
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


_EXPECTED = {
    "missing": "a value: this key is required",
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "string_too_short": "text that is not empty",
}


def validate(model: type[M], document: object) -> M:
    """``document`` as ``model``; raises Invalid with every problem in our words."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise Invalid(_problems(model, document, error)) from None


def _problems(model: type[BaseModel], document: object, error: ValidationError) -> list[Problem]:
    found: dict[str, Problem] = {}
    for detail in error.errors(include_url=False):
        steps = _steps(document, detail["loc"])
        problem = Problem(place(steps), _found(detail), _expected(model, steps, detail))
        known = found.get(problem.place)
        if known is None:
            found[problem.place] = problem
        elif problem.expected not in known.expected:
            # Each member of a union has its own say.
            both = f"{known.expected} or {problem.expected}"
            found[problem.place] = replace(known, expected=both)
    return list(found.values())


def _steps(document: object, location: tuple[str | int, ...]) -> list[str | int]:
    """The steps of ``location`` that exist in the document: pydantic adds names of its own."""
    steps: list[str | int] = []
    for index, step in enumerate(location):
        last = index == len(location) - 1
        if isinstance(document, dict) and (step in document or last):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            continue
        steps.append(step)
    return steps


def _found(detail: ErrorDetails) -> str:
    if detail["type"] == "missing":
        return "nothing"
    if detail["type"] == "extra_forbidden":
        return f"the key {detail['loc'][-1]!r}"
    return shown(detail["input"])


def _expected(model: type[BaseModel], steps: list[str | int], detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "extra_forbidden":
        return "one of the keys " + ", ".join(_keys_at(model, steps[:-1]))
    message = detail["msg"]
    for prefix in ("Value error, ", "Input should be ", "expected "):
        message = message.removeprefix(prefix)
    return message[0].lower() + message[1:]


def _keys_at(model: type[BaseModel], steps: list[str | int]) -> list[str]:
    """The keys of the model that ``steps`` lead to."""
    for step in steps:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)

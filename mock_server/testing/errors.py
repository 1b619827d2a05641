"""What goes wrong between a test and the emulator."""

from __future__ import annotations

from typing import Any


class ControlError(Exception):
    """The control API refused a call.

    ``status`` is the HTTP status, ``problems`` what is wrong: each a mapping of ``place``,
    ``found`` and ``expected``, of scenario files also ``file`` and ``line``.
    """

    def __init__(self, call: str, status: int, problems: list[dict[str, Any]]) -> None:
        self.call = call
        self.status = status
        self.problems = problems
        lines = [f"{call} answered {status}", *map(_line, problems)]
        super().__init__("\n".join(lines))


class NotInTime(ControlError, TimeoutError):
    """What was waited for has not come; the message says what has."""


class NoEmulator(ConnectionError):
    """Nothing, or something else, answers at the address."""


def _line(problem: dict[str, Any]) -> str:
    where = "".join(f"{problem[key]}:" for key in ("file", "line") if problem.get(key) is not None)
    place = f"{where} {problem.get('place')}".strip()
    return f"  {place}: found {problem.get('found')}, expected {problem.get('expected')}"

"""Scenarios of a test suite's own, which the emulator is sent as documents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mock_server.testing.terms import plain

Scenario = str | os.PathLike[str] | Mapping[str, Any]


def is_file(scenario: object) -> bool:
    """Whether it is the path of a file, and no name."""
    named = isinstance(scenario, str) and scenario.endswith((".yaml", ".yml", ".json"))
    return named or isinstance(scenario, os.PathLike)


def scenario_of(scenario: Scenario | None) -> object:
    """A name as it is, a path as what the file says. Raises ValueError for a wrong file."""
    if isinstance(scenario, Mapping):
        return dict(plain(scenario))
    if scenario is None or not is_file(scenario):
        # What else it may be, the emulator says.
        return scenario
    from mock_server.scenarios import reading
    from mock_server.scenarios.problems import Invalid

    path = Path(scenario)
    try:
        document = reading.read(path)
    except Invalid as invalid:
        raise ValueError("\n".join(f"{path}: {problem}" for problem in invalid.problems)) from None
    if not isinstance(document, dict):
        raise ValueError(f"{path}: found {type(document).__name__}, expected a mapping")
    return dict(plain(document))

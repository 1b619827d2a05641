"""Finding and reading scenario and fixture files.

A name such as ``default`` is looked up among the files that come with mock-cronofy; a
path (with a slash, or ending in .yaml, .yml or .json) is read as it is. A scenario's own
fixtures may lie in a folder ``fixtures`` beside it or beside its folder.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from mock_server.scenarios.documents import SCENARIO_ONLY, ScenarioDocument
from mock_server.scenarios.problems import (
    THE_DOCUMENT,
    Invalid,
    Problem,
    collecting,
    one_of,
    shown,
    validate,
)
from mock_server.scenarios.situation import Piece, Situation, combine
from mock_server.world.records import replace

_SUFFIXES = (".yaml", ".yml", ".json")


def data_folder(kind: str) -> Path:
    """The folder of the ``scenarios`` or ``fixtures`` that come with mock-cronofy."""
    package = Path(__file__).parent.parent
    installed = package / "data" / kind
    return installed if installed.is_dir() else package.parent / kind


def scenario_names() -> list[str]:
    """The names of the scenarios that come with mock-cronofy."""
    return _names("scenarios")


def find_scenario(name: str) -> Path:
    """The file of a scenario's name, or the path itself; raises Invalid for other names."""
    if _is_path(name):
        return Path(name)
    if name in scenario_names():
        return data_folder("scenarios") / f"{name}.yaml"
    expected = one_of(name, scenario_names()) + "; or a path that ends in .yaml"
    raise Invalid([Problem("scenario", shown(name), expected)])


def read_scenario(path: Path) -> Situation:
    """The scenario in ``path`` with all that it includes.

    Raises Invalid with what is wrong with the file and with its fixtures, naming file,
    line and place.
    """
    try:
        return _situation(_mapping(path), path)
    except Invalid as invalid:
        raise located(invalid, str(path)) from None


def situation_of(document: dict[str, Any]) -> Situation:
    """A scenario that is no file, with the fixtures that it includes by name."""
    return _situation(document, None)


def _situation(document: dict[str, Any], path: Path | None) -> Situation:
    problems: list[Problem] = []
    scenario = None
    with collecting(problems):
        scenario = validate(ScenarioDocument, document)
        if scenario.timeline:
            from mock_server.scenarios import timeline  # knows every action, which takes time

            timeline.check(scenario.timeline)
        if scenario.faults or scenario.outages:
            from mock_server.scenarios import faults

            faults.check(scenario.faults, scenario.outages)
    fixtures: list[Piece] = []
    included = document.get("include")
    for index, name in enumerate(included if isinstance(included, list) else ()):
        if isinstance(name, str) and name:
            with collecting(problems):
                fixture = _find_fixture(name, path, f"include[{index}]")
                fixtures.append(_read_fixture(fixture))
    if scenario is None or problems:
        raise Invalid(problems)
    return combine(scenario, fixtures, str(path) if path else None)


def _read_fixture(path: Path) -> Piece:
    problems: list[Problem] = []
    fixture = None
    with collecting(problems):
        document = _mapping(path)
        problems += [
            Problem(key, f"the key {key!r}", f"no {key} in a fixture, only in a scenario")
            for key in SCENARIO_ONLY
            if key in document
        ]
        fixture = validate(ScenarioDocument, document)
    if fixture is None or problems:
        raise located(Invalid(problems), str(path))
    return Piece(fixture, str(path))


def _find_fixture(name: str, including: Path | None, place: str) -> Path:
    if _is_path(name):
        if including is None:
            # A request cannot make the server read files of its choosing.
            expected = one_of(name, _names("fixtures"))
            raise Invalid([Problem(place, shown(name), expected)])
        path = including.parent / name
        if not os.path.lexists(path):
            raise Invalid([Problem(place, shown(name), f"a file: there is no {path}")])
        return path
    folders = [data_folder("fixtures")]
    if including is not None:
        folders[:0] = [including.parent / "fixtures", including.parent.parent / "fixtures"]
    for folder in folders:
        path = folder / f"{name}.yaml"
        if os.path.isfile(path):
            return path
    expected = one_of(name, _names("fixtures"))
    if including is not None:
        expected += "; or a path that ends in .yaml"
    raise Invalid([Problem(place, shown(name), expected)])


def _names(kind: str) -> list[str]:
    return sorted(path.stem for path in data_folder(kind).glob("*.yaml"))


def _is_path(name: str) -> bool:
    return name.endswith(_SUFFIXES) or "/" in name or "\\" in name


def _mapping(path: Path) -> dict[str, Any]:
    from mock_server.scenarios import reading  # a scenario that is no file needs no YAML

    document = reading.read(path)
    if not isinstance(document, dict):
        raise Invalid([Problem(THE_DOCUMENT, shown(document), "a mapping", line=1)])
    return document


def located(invalid: Invalid, file: str | None) -> Invalid:
    """``invalid`` with file and line in every problem; those without a file are of ``file``."""
    from mock_server.scenarios import reading

    lines: dict[str, dict[str, int]] = {}
    problems = []
    for problem in invalid.problems:
        where = problem.file or file
        if where is not None and problem.line is None:
            if where not in lines:
                lines[where] = reading.lines(Path(where))
            problem = replace(problem, line=_nearest(lines[where], problem.place))
        problems.append(replace(problem, file=where))
    # Those of one file in the order in which somebody reads it.
    files = {problem.file: index for index, problem in reversed([*enumerate(problems)])}

    def order(problem: Problem) -> tuple[int, bool, int]:
        return files[problem.file], problem.place == THE_DOCUMENT, problem.line or 0

    return Invalid(sorted(problems, key=order))


def _nearest(lines: dict[str, int], place: str) -> int | None:
    """The line of ``place``, or of the closest thing around it that is in the file."""
    while place and place not in lines:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return lines.get(place or THE_DOCUMENT)

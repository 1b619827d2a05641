"""Finding and reading scenario and fixture files.

A name such as ``default`` is looked up among the files that come with mock-cronofy; a
path is read as it is. Fixtures may also lie beside the scenario that includes them, or
in a ``fixtures`` folder beside its folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from mock_server.scenarios.documents import FixtureDocument, Model, ScenarioDocument
from mock_server.scenarios.problems import Invalid, Problem, place, shown, validate

M = TypeVar("M", bound=Model)


def data_folder(kind: str) -> Path:
    """The folder of the ``scenarios`` or ``fixtures`` that come with mock-cronofy."""
    package = Path(__file__).parent.parent
    installed = package / "data" / kind
    return installed if installed.is_dir() else package.parent / kind


def scenario_names() -> list[str]:
    """The names of the scenarios that come with mock-cronofy."""
    return sorted(path.stem for path in data_folder("scenarios").glob("*.yaml"))


def find_scenario(name: str) -> Path:
    """The file of a scenario's name or path; raises Invalid if there is none."""
    return _find(name, "scenarios", [data_folder("scenarios")])


def read_scenario(path: Path) -> ScenarioDocument:
    """The scenario in ``path``; raises Invalid, naming file, line and place."""
    return _read(path, ScenarioDocument)


def read_fixture(name: str, beside: Path | None) -> FixtureDocument:
    """The fixture of a name or path, as included by a scenario in the folder ``beside``."""
    folders = [beside, beside.parent / "fixtures"] if beside else []
    path = _find(name, "fixtures", [*folders, data_folder("fixtures")], relative_to=beside)
    return _read(path, FixtureDocument)


def _find(name: str, kind: str, folders: list[Path], relative_to: Path | None = None) -> Path:
    if name.endswith((".yaml", ".yml", ".json")):
        path = (relative_to or Path()) / name
        if path.is_file():
            return path
        raise Invalid([Problem(kind, f"no file {name!r}", "the path of a file", file=name)])
    # A name is a name: no way out of the folders.
    if "/" not in name and "\\" not in name and "\0" not in name:
        for folder in folders:
            path = folder / f"{name}.yaml"
            if path.is_file():
                return path
    known = ", ".join(sorted(path.stem for path in data_folder(kind).glob("*.yaml")))
    expected = f"one of {known}; or a path that ends in .yaml"
    raise Invalid([Problem(kind, shown(name), expected)])


def _read(path: Path, model: type[M]) -> M:
    import yaml  # here, not above: a sandbox made from a document needs no YAML

    file = str(path)
    loader_class: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = path.read_bytes().decode()
        loader = loader_class(text)
        try:
            root = loader.get_single_node()
            document = loader.construct_document(root) if root else None
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        found = f"a byte that is not UTF-8 at {error.start}"
        raise Invalid([Problem("the document", found, "UTF-8 text", file)]) from None
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        found = " ".join(str(getattr(error, "problem", None) or error).split())
        line = mark.line + 1 if mark else None
        raise Invalid([Problem("the document", found, "valid YAML", file, line)]) from None
    if not isinstance(document, dict):
        raise Invalid([Problem("the document", shown(document), "a mapping", file, 1)])
    lines = {}
    duplicates = []
    for where, line, duplicate in _walk(root, ()):
        lines[place(where)] = line
        if duplicate:
            duplicates.append(Problem(place(where), "the key twice", "it once", file, line))
    if duplicates:
        raise Invalid(duplicates)
    try:
        return validate(model, document)
    except Invalid as invalid:
        raise Invalid(
            replace(problem, file=file, line=_nearest(lines, problem.place))
            for problem in invalid.problems
        ) from None


def _nearest(lines: dict[str, int], where: str) -> int:
    """The line of ``where``, or of the closest thing around it that is in the file."""
    while where and where not in lines:
        where = where[: max(where.rfind("."), where.rfind("["), 0)]
    return lines.get(where, 1)


def _walk(node: Any, where: tuple[str | int, ...]) -> Iterator[tuple[Any, int, bool]]:
    """``(path, line, whether its key stands there twice)`` of everything in a YAML tree."""
    yield where, node.start_mark.line + 1, False
    if node.id == "mapping":
        seen = set()
        for key, value in node.value:
            name = str(key.value)
            for found, line, duplicate in _walk(value, (*where, name)):
                own = found == (*where, name)
                line = key.start_mark.line + 1 if own else line
                yield found, line, duplicate or (own and name in seen)
            seen.add(name)
    elif node.id == "sequence":
        for index, item in enumerate(node.value):
            yield from _walk(item, (*where, index))

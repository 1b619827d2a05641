"""The source itself: time and chance come from the sandbox, imports run one way."""

from __future__ import annotations

import ast
import re
import subprocess
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "mock_server"
MODULES = sorted(PACKAGE.rglob("*.py"))

# What each room may import of ours, besides itself (docs/architecture.md).
ROOMS = {
    "world": set(),
    "rules": {"world", "errors"},
    "ical": {"rules", "world"},
    "scenarios": {"rules", "world", "errors"},
    "api": {"ical", "rules", "world", "errors", "settings", "address"},
    "delivery": {"ical", "rules", "world", "settings"},
    "control": {
        *("scenarios", "api", "delivery", "ical", "rules", "world"),
        *("errors", "address", "app", "contract_junit"),
    },
    "pages": {"api", "rules", "world", "errors", "address", "app"},
    "conformance": {"api", "rules", "world", "junit"},
    "commands": {"scenarios", "world"},
    "testing": {
        *("scenarios", "world", "serving", "settings", "cli"),
        *("commands", "contract_junit"),
    },
}
WEB = {"starlette", "uvicorn", "httpx"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def methods(path: Path) -> dict[str, list[str]]:
    """The methods of each class, in their order."""
    return {
        node.name: [item.name for item in node.body if isinstance(item, ast.FunctionDef)]
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }


def name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_time_and_chance_come_from_the_sandbox(path: Path) -> None:
    if name(path) in {"world/clock.py", "world/ids.py"}:
        return
    wrong = re.compile(
        r"datetime\.(now|utcnow|today)|date\.today|\btime\.(time|sleep|monotonic)\(|\buuid\d?\b"
        r"|random\.(random|choice|randint|shuffle)|\bsecrets\."
    )
    assert not wrong.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_imports_run_one_way(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0]
    if room not in ROOMS:
        return
    for module in imports(path):
        if module.startswith("mock_server."):
            imported = module.split(".")[1]
            allowed = ROOMS[room] | {room, "__version__"}
            assert imported in allowed, f"{name(path)} imports {module}"
        if room in {"world", "rules", "ical", "scenarios"}:
            assert module.split(".")[0] not in WEB, f"{name(path)} imports {module}"


def test_the_rooms_are_those_of_the_architecture() -> None:
    """Its table says of each what it may import of the others."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)/` \|.*\| (.*) \|$", text, re.MULTILINE)
    written = {room: set(re.findall(r"`(\w+)`", others)) for room, others in rows}
    assert written == {room: others & ROOMS.keys() for room, others in ROOMS.items()}
    folders = {path.parent.relative_to(PACKAGE).parts[:1] for path in MODULES} - {()}
    assert {(room,) for room in ROOMS} == folders


@pytest.mark.parametrize("path", sorted((PACKAGE / "rules/availability").glob("*.py")), ids=name)
def test_the_availability_engine_knows_intervals_alone(path: Path) -> None:
    """Neither HTTP nor calendars nor accounts: of ours, records as such and its own modules."""
    ours = {module for module in imports(path) if module.startswith("mock_server.")}
    known = ("mock_server.rules.availability.", "mock_server.world.records")
    assert {module for module in ours if not f"{module}.".startswith(known)} == set()


@pytest.mark.parametrize("room", ["world", "rules"])
def test_modules_import_each_other_in_no_circle(room: str) -> None:
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (PACKAGE / room).rglob("*.py")
    }
    graph = {
        # What a module imports of its own package are the modules beside it.
        module: {
            imported
            for imported in imports(path) & paths.keys()
            if not module.startswith(f"{imported}.")
        }
        for module, path in paths.items()
    }
    TopologicalSorter(graph).prepare()


def test_access_modes_answer_in_the_same_order() -> None:
    """Those who read them side by side find each answer where they look for it."""
    folder = PACKAGE / "rules" / "access_modes"
    asked = methods(folder / "base.py")
    for path in folder.glob("*.py"):
        for cls, answers in methods(path).items():
            for questions in asked.values():
                answered = [method for method in answers if method in questions]
                if len(answered) > 1:
                    wanted = [method for method in questions if method in answered]
                    assert answered == wanted, f"{name(path)}: {cls}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_holds_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_no_file_names_a_place_to_download_from_or_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    # Put together here, so that this file does not find itself.
    wrong = re.compile(
        "|".join(("/wor" + "k/", "registry\\.npm" + "js", "files\\.python" + "hosted"))
    )
    for file in filter(None, listed):
        path = ROOT / file
        if path.is_file() and not path.is_symlink():
            found = wrong.search(path.read_bytes().decode("utf-8", "replace"))
            assert found is None, f"{file}: {found}"

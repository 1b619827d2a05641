"""What is shipped: the wheel works from any folder; the container is declared as promised."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sources and unpacked as an installer does."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("mock_cronofy-*.whl")
    target = folder / "site"
    zipfile.ZipFile(wheel).extractall(target)
    return target


def run(installed: Path, folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mock_server", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_fixtures_and_scenarios_are_inside_the_wheel(installed: Path) -> None:
    for kind in ("fixtures", "scenarios"):
        shipped = {path.name for path in (installed / "mock_server/data" / kind).iterdir()}
        assert shipped == {path.name for path in (ROOT / kind).iterdir()}
    assert (installed / "mock_server/py.typed").is_file()
    assert (installed / "mock_server/pages/locales/en.json").is_file()


def test_the_wheel_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    where = (
        "import mock_server, mock_server.scenarios.files as files; print(mock_server.__file__); "
        "print(files.data_folder('scenarios'))"
    )
    found = subprocess.run(
        [sys.executable, "-c", where],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert all(line.startswith(str(installed)) for line in found)
    assert "free-busy-google" in run(installed, tmp_path, "scenarios", "list")
    assert "fine" in run(installed, tmp_path, "scenarios", "check", "default")


def test_the_container_is_declared_as_promised() -> None:
    """Several stages, a user without privileges, a health check without curl, the command as
    entry point, and settings from the environment."""
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]
    assert len(stages) >= 2
    assert "slim" in stages[-1]
    assert [line for line in lines if line.startswith("USER ")][-1].split()[1] != "root"
    assert 'ENTRYPOINT ["mock-cronofy", "serve"]' in lines
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    assert not any("curl" in line for line in lines if not line.startswith("#"))
    assert any("MOCK_CRONOFY_HOST=0.0.0.0" in line for line in lines)

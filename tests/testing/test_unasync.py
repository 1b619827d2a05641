"""The client without async is made of the one with it, which alone is written by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_sync_client_is_the_one_that_the_async_one_makes() -> None:
    tool = [sys.executable, ROOT / "tools/unasync", "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for path in (ROOT / "mock_server/testing/_sync").glob("*.py"):
        assert "async" not in path.read_text("utf-8").partition("import")[2].lower(), path

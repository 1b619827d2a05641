"""Node.js for tests: where it is, and the process that runs the Node SDK."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sysconfig
import threading
from pathlib import Path
from typing import Any

PACKAGES = Path(__file__).parents[1] / "node" / "node_modules"
DRIVER = Path(__file__).with_name("driver.js")

# Seconds; nothing here waits for anything but a server on this machine.
TIMEOUT = 30


def find_node() -> str:
    """The ``node`` of this Python environment, else the machine's."""
    own = shutil.which("node", path=sysconfig.get_path("scripts"))
    found = own or shutil.which("node")
    assert found, "no node: install the packages of requirements-dev.lock (make install)"
    return found


class NodeProcess:
    """The Node SDK in one process, asked job by job; see driver.js."""

    def __init__(self) -> None:
        assert (PACKAGES / "cronofy").is_dir(), f"no Node SDK in {PACKAGES}: make install"
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        self._process = subprocess.Popen(
            [find_node(), str(DRIVER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**environment, "NODE_PATH": str(PACKAGES)},
            encoding="utf-8",
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def ask(self, **job: Any) -> dict[str, Any]:
        """The outcome of one job."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._lines.get(timeout=TIMEOUT)
        assert line, "the Node process has ended; its standard error says why"
        outcome: dict[str, Any] = json.loads(line)
        return outcome

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(TIMEOUT)
        self._reader.join(TIMEOUT)
        assert self._process.stdout is not None
        self._process.stdout.close()

"""What ical.js, the calendar library of Thunderbird, reads in iCalendar objects."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.sdk.node import PACKAGES, find_node

DRIVER = Path(__file__).with_name("read.js")


def read(documents: list[bytes], *, occurrences: int = 0) -> list[dict[str, Any]]:
    """What each says; of recurring ones also the first ``occurrences`` starts."""
    jobs = [{"ics": document.decode(), "occurrences": occurrences} for document in documents]
    done = subprocess.run(
        [find_node(), str(DRIVER)],
        input=json.dumps(jobs),
        capture_output=True,
        env={**os.environ, "NODE_PATH": str(PACKAGES), "TZ": "UTC"},
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers

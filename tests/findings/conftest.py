"""A sandbox at eight o'clock, whose clock the tests move."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulator import Sandbox
from tests.findings.reports import CLOCK


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return open_sandbox(clock=CLOCK)

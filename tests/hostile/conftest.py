"""Hypothesis for this folder: the same examples every time where CI is set, no deadlines."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.hostile.wire import Wire

_COMMON = {
    "deadline": None,
    # The emulator is opened once and reset before each example.
    "suppress_health_check": [
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
        HealthCheck.large_base_example,
    ],
}

settings.register_profile("ci", derandomize=True, database=None, **_COMMON)  # type: ignore[arg-type]
settings.register_profile("here", **_COMMON)  # type: ignore[arg-type]
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    """An emulator of the module's own."""
    wire = Wire()
    yield wire
    wire.close()

"""Scenarios of a test suite's own, which the emulator is sent as documents."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from mock_server.testing.records import Document, plain

Scenario = str | os.PathLike[str] | Mapping[str, Any]


def scenario_of(scenario: Scenario | None) -> str | Document | None:
    """A name as it is, a path as what the file says. Raises OSError and ValueError."""
    if scenario is None or isinstance(scenario, str):
        return scenario
    if isinstance(scenario, Mapping):
        return dict(plain(scenario))
    from mock_server.scenarios import reading
    from mock_server.scenarios.problems import Invalid

    try:
        document = reading.read(scenario)  # type: ignore[arg-type]
    except Invalid as invalid:
        raise ValueError(str(invalid)) from None
    return dict(plain(document))

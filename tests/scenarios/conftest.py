"""Fixtures of the scenarios' tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.receiver import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A small web server that receives callbacks."""
    receiver = Receiver()
    yield receiver
    receiver.stop()

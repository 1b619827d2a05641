"""What it takes to be waited for: how much there is by now, and how long somebody has time.

Each kind stands beside its noun; ``control/waiting.py`` lists them.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Protocol

from pydantic import Field

from mock_server.control.documents import Document
from mock_server.scenarios.fields import Model


class Patience(Model):
    """How many are wanted, within how many seconds; kinds add what says which."""

    count: Annotated[int, Field(ge=1, le=1000)] = 1
    timeout: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 5


class Search(Protocol):
    """What is waited for, and how much of it there is by now.

    Everything is looked at anew each time: the sandbox may have been reset, or have ended.
    """

    def watching(self) -> AbstractContextManager[None]:
        """Within it, whoever waits is told of changes; of most, that is so anyway."""
        return nullcontext()

    def count(self) -> int: ...

    def document(self) -> Document: ...

    def found(self) -> str:
        """What there is, in words."""
        ...

"""What the control API takes. Unknown keys are errors, as in scenario files."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    model_validator,
)

from mock_server.scenarios.fields import (
    Email,
    Model,
    Moment,
    Seed,
    Text,
)
from mock_server.world.outbox import ATTEMPTED

_SANDBOX_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def _sandbox_id(value: str) -> str:
    if not _SANDBOX_ID.fullmatch(value):
        raise ValueError("up to 64 letters, digits, dots, dashes and underscores, such as test-1")
    return value


SandboxId = Annotated[str, AfterValidator(_sandbox_id)]


class CreateSandbox(Model):
    """``scenario`` is a name, or a whole scenario document."""

    scenario: str | dict[str, Any] | None = None
    sandbox_id: SandboxId | None = None
    seed: Seed | None = None
    clock: Moment | None = None
    exact: bool = False


class Fail(Model):
    """Whether a conferencing service has trouble."""

    failing: bool = True


# What may be waited for, and what says more of it.
_NARROWING: dict[str, set[str]] = {
    "delivery": {"state"},
    "message": {"uid", "method"},
    "fault": set(),
}


class WaitFor(Model):
    """Deliveries by kind or id, mails by the address of their reader, or calls that a fault meets;
    from a query.
    """

    delivery: Text | None = None
    message: Email | None = None
    fault: Text | None = None
    state: Literal["attempted", "held", "pending", "delivered", "failed", "refused"] = ATTEMPTED
    uid: Text | None = None
    method: Text | None = None
    count: Annotated[int, Field(ge=1, le=1000)] = 1
    timeout: Annotated[float, Field(ge=0, le=60, allow_inf_nan=False)] = 5

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        kinds = [kind for kind in _NARROWING if getattr(self, kind) is not None]
        if len(kinds) != 1:
            raise ValueError("delivery, message, fault or journal")
        every = {name for names in _NARROWING.values() for name in names}
        if others := (every - _NARROWING[kinds[0]]) & self.model_fields_set:
            raise ValueError(f"with {kinds[0]} no {', '.join(sorted(others))}")
        return self


class PostedEvents(Model):
    """Many of them; ``calendar`` is that of those which name none."""

    events: Annotated[list[Any], Field(max_length=10_000)]
    calendar: Text | None = None


class RenamedCalendar(Model):
    name: Text


class DeleteEvents(Model):
    event_uid: Text | None = None
    all: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_or_all(self) -> Self:
        if (self.event_uid is None) != self.all:
            raise ValueError("either an event_uid, or all: true")
        return self


class SetClock(Model):
    """``now`` freezes the clock there; ``mode: real`` lets it run with the machine's."""

    now: Moment | None = None
    mode: Literal["virtual", "real"] | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.now is None and self.mode is None:
            raise ValueError("now, mode, or both")
        if self.now is not None and self.mode == "real":
            raise ValueError("now only with mode virtual")
        return self

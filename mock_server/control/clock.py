"""The sandbox's clock: read, freeze, let run, move forward."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import model_validator
from starlette.responses import Response

from mock_server.control.app import Control, answer
from mock_server.control.documents import clock_document
from mock_server.scenarios.documents import Duration
from mock_server.scenarios.fields import Model, Moment
from mock_server.scenarios.problems import Invalid, Problem, validate
from mock_server.world.clock import LATEST, as_text, from_datetime


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


async def read(control: Control) -> Response:
    return answer(clock_document(control.sandbox))


async def change(control: Control) -> Response:
    sandbox = control.sandbox
    wanted = validate(SetClock, await control.document())
    if wanted.mode == "real":
        sandbox.clock.run()
    else:
        sandbox.clock.freeze(from_datetime(wanted.now) if wanted.now else sandbox.now())
    # What has fallen due may leave now.
    control.app.worker.look(sandbox)
    return answer(clock_document(sandbox))


async def advance(control: Control) -> Response:
    """Move forward; callbacks that fall due are tried in order while the clock moves."""
    sandbox = control.sandbox
    wanted = validate(Duration, await control.document())
    if sandbox.now() + wanted.total > LATEST:
        raise Invalid([Problem("the document", str(wanted.total), "a time before the year 10000")])
    happened = await control.app.worker.advance(sandbox, wanted.total)
    listed = [{**item, "at": as_text(item["at"])} for item in happened]
    return answer({**clock_document(sandbox), "happened": listed})


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/clock", read),
    ("PUT", "/sandboxes/{sandbox_id}/clock", change),
    ("POST", "/sandboxes/{sandbox_id}/clock/advance", advance),
)

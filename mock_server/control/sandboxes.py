"""Sandboxes: create, list, read, delete, reset, snapshot and restore."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any

from pydantic import AfterValidator
from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import sandbox_document
from mock_server.control.snapshots import put_back, take
from mock_server.scenarios.fields import Model, Moment, Seed
from mock_server.scenarios.files import (
    find_scenario,
    read_scenario,
    scenario_names,
    situation_of,
)
from mock_server.scenarios.load import Taken, open_sandbox
from mock_server.scenarios.problems import Invalid, Problem, one_of, shown, validate
from mock_server.scenarios.situation import Situation
from mock_server.world.records import replace

_SANDBOX_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def _sandbox_id(value: str) -> str:
    if not _SANDBOX_ID.fullmatch(value):
        raise ValueError("up to 64 letters, digits, dots, dashes and underscores, such as test-1")
    return value


class CreateSandbox(Model):
    """``scenario`` is a name, or a whole scenario document."""

    scenario: str | dict[str, Any] | None = None
    sandbox_id: Annotated[str, AfterValidator(_sandbox_id)] | None = None
    seed: Seed | None = None
    clock: Moment | None = None
    exact: bool = False


async def create(control: Control) -> Response:
    wanted = validate(CreateSandbox, await control.document())
    try:
        sandbox = open_sandbox(
            control.app.sandboxes,
            _situation(wanted.scenario),
            sandbox_id=wanted.sandbox_id,
            seed=wanted.seed,
            clock=wanted.clock,
            exact=wanted.exact,
        )
    except Invalid as invalid:
        if isinstance(wanted.scenario, dict):
            raise invalid.within("scenario") from None
        raise
    except Taken as taken:
        place = taken.problem.place
        if isinstance(wanted.scenario, dict) and place != "sandbox_id":
            raise Taken(replace(taken.problem, place=f"scenario.{place}")) from None
        raise
    return answer(sandbox_document(sandbox, control.base_url), 201)


def _situation(scenario: str | dict[str, Any] | None) -> Situation:
    if isinstance(scenario, str):
        # Names only: a request cannot make the server read files of its choosing.
        if scenario not in scenario_names():
            expected = one_of(scenario, scenario_names()) + "; or a scenario document"
            raise Invalid([Problem("scenario", shown(scenario), expected)])
        return read_scenario(find_scenario(scenario))
    return situation_of(scenario) if scenario else _no_situation()


@cache
def _no_situation() -> Situation:
    """What a sandbox is in of which nothing was said: most tests ask for one."""
    return situation_of({})


async def list_sandboxes(control: Control) -> Response:
    return answer(
        {
            "sandboxes": [
                {"sandbox_id": sandbox.sandbox_id, "scenario": sandbox.scenario}
                for sandbox in control.app.sandboxes
            ]
        }
    )


async def read(control: Control) -> Response:
    return answer(sandbox_document(control.sandbox, control.base_url))


async def delete(control: Control) -> Response:
    sandbox = control.sandbox
    if sandbox.sandbox_id == "default":
        raise Invalid(
            [Problem("sandbox_id", "'default'", "another sandbox: this one always exists")]
        )
    control.app.sandboxes.discard(sandbox)
    return no_content()


async def reset(control: Control) -> Response:
    sandbox = control.sandbox
    control.app.sandboxes.reset(sandbox)
    return answer(sandbox_document(sandbox, control.base_url))


async def snapshot(control: Control) -> Response:
    return answer(take(control.sandbox))


async def restore(control: Control) -> Response:
    sandbox = control.sandbox
    put_back(sandbox, await control.document())
    return answer(sandbox_document(sandbox, control.base_url))


ROUTES = (
    ("POST", "/sandboxes", create),
    ("GET", "/sandboxes", list_sandboxes),
    ("GET", "/sandboxes/{sandbox_id}", read),
    ("DELETE", "/sandboxes/{sandbox_id}", delete),
    ("POST", "/sandboxes/{sandbox_id}/reset", reset),
    ("GET", "/sandboxes/{sandbox_id}/snapshot", snapshot),
    ("PUT", "/sandboxes/{sandbox_id}/snapshot", restore),
)

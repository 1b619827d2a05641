"""Sandboxes: create, list, read, delete, reset, snapshot and restore."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import sandbox_document
from mock_server.control.requests import CreateSandbox
from mock_server.control.snapshots import put_back, take
from mock_server.scenarios.documents import ScenarioDocument
from mock_server.scenarios.files import find_scenario, read_scenario, scenario_names
from mock_server.scenarios.load import open_sandbox
from mock_server.scenarios.problems import Invalid, Problem, validate


async def create(control: Control) -> Response:
    wanted = validate(CreateSandbox, await control.document())
    document, folder = _scenario(wanted)
    sandbox = open_sandbox(
        control.app.sandboxes,
        document,
        folder=folder,
        sandbox_id=wanted.sandbox_id,
        seed=wanted.seed,
        clock=wanted.clock,
        exact=wanted.exact,
    )
    return answer(sandbox_document(sandbox, control.base_url), 201)


def _scenario(wanted: CreateSandbox) -> tuple[ScenarioDocument, Path | None]:
    if wanted.scenario is None:
        return ScenarioDocument(), None
    if isinstance(wanted.scenario, str):
        # Names only: a request cannot make the server read files of its choosing.
        if wanted.scenario not in scenario_names():
            expected = "one of " + ", ".join(scenario_names()) + "; or a scenario document"
            raise Invalid([Problem("scenario", repr(wanted.scenario), expected)])
        path = find_scenario(wanted.scenario)
        return read_scenario(path), path.parent
    try:
        document = validate(ScenarioDocument, wanted.scenario)
    except Invalid as invalid:
        raise _within("scenario", invalid) from None
    for index, name in enumerate(document.include):
        if "/" in name or "\\" in name or name.endswith((".yaml", ".yml", ".json")):
            place = f"scenario.include[{index}]"
            expected = "the name of a fixture that comes with the server"
            raise Invalid([Problem(place, repr(name), expected)])
    return document, None


def _within(prefix: str, invalid: Invalid) -> Invalid:
    return Invalid(
        Problem(f"{prefix}.{problem.place}", problem.found, problem.expected)
        for problem in invalid.problems
    )


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
    sandbox.reset()
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

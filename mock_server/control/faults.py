"""What goes wrong on purpose: faults that calls meet, and outages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import Document
from mock_server.control.searches import Patience, Search
from mock_server.rules.faults import MOST_FAULTS
from mock_server.scenarios import faults
from mock_server.scenarios.actions.faults import (
    Release,
    end_outages,
    fault_of,
    outage_of,
    release_faults,
    remove_faults,
)
from mock_server.scenarios.fault_documents import FaultDocument, OutageDocument
from mock_server.scenarios.fields import Model, Text
from mock_server.scenarios.problems import validate
from mock_server.world.faults import Fault


class PostedFaults(Model):
    """Several at a time: all or nothing."""

    faults: Annotated[list[FaultDocument], Field(max_length=MOST_FAULTS)]


def _fault_id(control: Control) -> str:
    fault_id: str = control.request.path_params["fault_id"]
    return fault_id


async def add(control: Control) -> Response:
    """One fault, or many."""
    sandbox, document = control.sandbox, await control.document()
    if isinstance(document, dict) and "faults" in document:
        added = faults.add_all(sandbox, validate(PostedFaults, document).faults)
        return answer({"faults": [faults.fault_document(sandbox, one) for one in added]}, 201)
    fault = faults.add(sandbox, validate(FaultDocument, document))
    return answer(faults.fault_document(sandbox, fault), 201)


async def list_faults(control: Control) -> Response:
    """In the order in which calls meet them."""
    sandbox = control.sandbox
    listed = [faults.fault_document(sandbox, fault) for fault in sandbox.faults]
    return answer({"faults": listed})


async def read(control: Control) -> Response:
    fault = fault_of(control.sandbox, _fault_id(control))
    return answer(faults.fault_document(control.sandbox, fault))


async def release(control: Control) -> Response:
    """Let calls go that wait."""
    wanted = validate(Release, await control.document())
    released = release_faults(control.sandbox, _fault_id(control), wanted.count)
    return answer({"released": released})


async def delete(control: Control) -> Response:
    remove_faults(control.sandbox, _fault_id(control))
    return no_content()


async def clear(control: Control) -> Response:
    remove_faults(control.sandbox)
    return no_content()


async def begin_outage(control: Control) -> Response:
    sandbox = control.sandbox
    outage = faults.add_outage(sandbox, validate(OutageDocument, await control.document()))
    return answer(faults.outage_document(sandbox, outage), 201)


async def list_outages(control: Control) -> Response:
    """In the order in which they were added."""
    sandbox = control.sandbox
    listed = [faults.outage_document(sandbox, outage) for outage in sandbox.outages]
    return answer({"outages": listed})


async def read_outage(control: Control) -> Response:
    sandbox = control.sandbox
    outage = outage_of(sandbox, control.request.path_params["outage_id"])
    return answer(faults.outage_document(sandbox, outage))


async def end_outage(control: Control) -> Response:
    end_outages(control.sandbox, control.request.path_params["outage_id"])
    return no_content()


async def end_all_outages(control: Control) -> Response:
    end_outages(control.sandbox)
    return no_content()


class WaitForHits(Patience):
    """``fault`` is the id of one."""

    fault: Text


class Hits(Search):
    """Calls that have met a fault."""

    def __init__(self, control: Control, wanted: WaitForHits) -> None:
        self._control = control
        self._fault_id = wanted.fault

    def count(self) -> int:
        return self._fault().hits

    def document(self) -> Document:
        return faults.fault_document(self._control.sandbox, self._fault())

    def found(self) -> str:
        fault = self._fault()
        return f"{fault.hits} hits among {fault.matched} calls that match"

    def _fault(self) -> Fault:
        return fault_of(self._control.sandbox, self._fault_id, "fault")


_FAULTS = "/sandboxes/{sandbox_id}/faults"
_OUTAGES = "/sandboxes/{sandbox_id}/outages"

ROUTES = (
    ("POST", _FAULTS, add),
    ("GET", _FAULTS, list_faults),
    ("DELETE", _FAULTS, clear),
    ("GET", f"{_FAULTS}/{{fault_id}}", read),
    ("DELETE", f"{_FAULTS}/{{fault_id}}", delete),
    ("POST", f"{_FAULTS}/{{fault_id}}/release", release),
    ("POST", _OUTAGES, begin_outage),
    ("GET", _OUTAGES, list_outages),
    ("DELETE", _OUTAGES, end_all_outages),
    ("GET", f"{_OUTAGES}/{{outage_id}}", read_outage),
    ("DELETE", f"{_OUTAGES}/{{outage_id}}", end_outage),
)

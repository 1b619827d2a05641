"""What goes wrong from now on, and what does no longer."""

# Annotations are evaluated at once here, as in documents.py.

from typing import Annotated

from pydantic import Field

from mock_server.rules import faults, recovery
from mock_server.scenarios.actions.action import Action, Outcome, listed
from mock_server.scenarios.fault_documents import FaultDocument, OutageDocument
from mock_server.scenarios.faults import add, add_outage
from mock_server.scenarios.fields import Model, Text
from mock_server.scenarios.problems import Problem, Unknown, shown
from mock_server.world.faults import Fault
from mock_server.world.outages import Outage
from mock_server.world.sandbox import Sandbox


class RemoveFaults(Model):
    """One of them, or all."""

    fault_id: Text | None = None


class ReleaseFault(RemoveFaults):
    """All calls that wait for one of them, or for any; or of each the ``count`` oldest."""

    count: Annotated[int, Field(ge=1, strict=True)] | None = None


class EndOutages(Model):
    """One of them, or all."""

    outage_id: Text | None = None


def fault_of(sandbox: Sandbox, fault_id: str, place: str = "fault_id") -> Fault:
    """Raises Unknown."""
    fault = sandbox.faults.get(fault_id)
    if fault is None:
        known = listed(fault.fault_id for fault in sandbox.faults)
        expected = f"one of {known}" if known else "none: there is none"
        raise Unknown(Problem(place, shown(fault_id), expected))
    return fault


def outage_of(sandbox: Sandbox, outage_id: str) -> Outage:
    """Raises Unknown."""
    outage = sandbox.outages.get(outage_id)
    if outage is None:
        known = listed(outage.outage_id for outage in sandbox.outages)
        expected = f"one of {known}" if known else "none: there is none"
        raise Unknown(Problem("outage_id", shown(outage_id), expected))
    return outage


def remove_faults(sandbox: Sandbox, wanted: RemoveFaults) -> int:
    """How many they were; the calls that they hold go on. Raises Unknown."""
    every = wanted.fault_id is None
    found = list(sandbox.faults) if every else [fault_of(sandbox, str(wanted.fault_id))]
    for fault in found:
        faults.remove(sandbox, fault)
    return len(found)


def end_outages(sandbox: Sandbox, wanted: EndOutages) -> int:
    """How many they were; whatever waited for their end follows. Raises Unknown."""
    every = wanted.outage_id is None
    found = list(sandbox.outages) if every else [outage_of(sandbox, str(wanted.outage_id))]
    for outage in found:
        recovery.end(sandbox, outage)
    return len(found)


def _removed(sandbox: Sandbox, wanted: RemoveFaults) -> Outcome:
    return {"removed": remove_faults(sandbox, wanted)}


def _released(sandbox: Sandbox, wanted: ReleaseFault) -> Outcome:
    every = wanted.fault_id is None
    found = list(sandbox.faults) if every else [fault_of(sandbox, str(wanted.fault_id))]
    released = [sandbox.held.release(fault.fault_id, wanted.count) for fault in found]
    return {"released": sum(released)}


def _ended(sandbox: Sandbox, wanted: EndOutages) -> Outcome:
    return {"ended": end_outages(sandbox, wanted)}


ACTIONS = {
    "add_fault": Action(
        FaultDocument, lambda sandbox, wanted: {"fault_id": add(sandbox, wanted).fault_id}
    ),
    "remove_faults": Action(RemoveFaults, _removed),
    "release_fault": Action(ReleaseFault, _released),
    "begin_outage": Action(
        OutageDocument,
        lambda sandbox, wanted: {"outage_id": add_outage(sandbox, wanted).outage_id},
    ),
    "end_outages": Action(EndOutages, _ended),
}

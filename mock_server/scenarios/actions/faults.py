"""What goes wrong from now on, and what does no longer."""

# Annotations are evaluated at once here, as in documents.py.

from typing import Annotated

from pydantic import Field

from mock_server.rules import faults, recovery
from mock_server.scenarios.actions.action import Action, find
from mock_server.scenarios.fault_documents import FaultDocument, OutageDocument
from mock_server.scenarios.faults import add, add_outage
from mock_server.scenarios.fields import Model, Text
from mock_server.world.faults import Fault
from mock_server.world.outages import Outage
from mock_server.world.sandbox import Sandbox


class RemoveFaults(Model):
    """One of them, or all."""

    fault_id: Text | None = None


class Release(Model):
    """All calls that wait, or of each fault the ``count`` oldest."""

    count: Annotated[int, Field(ge=1, strict=True)] | None = None


class ReleaseFault(Release):
    """Those that wait for one fault, or for any."""

    fault_id: Text | None = None


class EndOutages(Model):
    """One of them, or all."""

    outage_id: Text | None = None


def fault_of(sandbox: Sandbox, fault_id: str, place: str = "fault_id") -> Fault:
    """Raises Unknown."""
    return find(sandbox.faults, fault_id, place)


def outage_of(sandbox: Sandbox, outage_id: str) -> Outage:
    """Raises Unknown."""
    return find(sandbox.outages, outage_id, "outage_id")


def remove_faults(sandbox: Sandbox, fault_id: str | None = None) -> int:
    """That one, or all; how many they were. The calls that they hold go on. Raises Unknown."""
    found = _faults(sandbox, fault_id)
    for fault in found:
        faults.remove(sandbox, fault)
    return len(found)


def release_faults(sandbox: Sandbox, fault_id: str | None = None, count: int | None = None) -> int:
    """Let the calls go that one fault holds, or any; of each, the ``count`` oldest. Returns how
    many they were. Raises Unknown.
    """
    found = _faults(sandbox, fault_id)
    return sum(sandbox.held.release(fault.fault_id, count) for fault in found)


def end_outages(sandbox: Sandbox, outage_id: str | None = None) -> int:
    """That one, or all; how many they were. What waited for their end follows. Raises Unknown."""
    found = list(sandbox.outages) if outage_id is None else [outage_of(sandbox, outage_id)]
    for outage in found:
        recovery.end(sandbox, outage)
    return len(found)


def _faults(sandbox: Sandbox, fault_id: str | None) -> list[Fault]:
    return list(sandbox.faults) if fault_id is None else [fault_of(sandbox, fault_id)]


ACTIONS = {
    "add_fault": Action(
        FaultDocument, lambda sandbox, wanted: {"fault_id": add(sandbox, wanted).fault_id}
    ),
    "remove_faults": Action(
        RemoveFaults,
        lambda sandbox, wanted: {"removed": remove_faults(sandbox, wanted.fault_id)},
    ),
    "release_fault": Action(
        ReleaseFault,
        lambda sandbox, wanted: {
            "released": release_faults(sandbox, wanted.fault_id, wanted.count)
        },
    ),
    "begin_outage": Action(
        OutageDocument,
        lambda sandbox, wanted: {"outage_id": add_outage(sandbox, wanted).outage_id},
    ),
    "end_outages": Action(
        EndOutages, lambda sandbox, wanted: {"ended": end_outages(sandbox, wanted.outage_id)}
    ),
}

"""Faults that are still to be met stand in the directory, and no others do."""

from __future__ import annotations

import pytest

from mock_server.rules import faults
from mock_server.rules.faults import Asked
from mock_server.world.directory import Directory
from mock_server.world.faults import Match, Response
from mock_server.world.sandbox import Sandbox

ASKED = Asked("GET", "/v1/account")


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox("sbx_1", 1, Directory())


def test_a_fault_that_is_used_up_costs_other_calls_nothing(sandbox: Sandbox) -> None:
    """With the last hit it leaves the directory; it is still there to be read."""
    fault = faults.add(sandbox, Match(), Response(status=503), times=2)
    found = []
    for _ in range(2):
        found.append(fault.fault_id in sandbox.directory.fault)
        faults.meet(sandbox, ASKED)
    assert (found, sandbox.directory.fault) == ([True, True], {})
    assert sandbox.faults[fault.fault_id].hits == 2


def test_what_is_gone_back_to_is_met_again(sandbox: Sandbox) -> None:
    fault = faults.add(sandbox, Match(), Response(status=503), times=1)
    before = sandbox.state()
    faults.meet(sandbox, ASKED)
    sandbox.restore(before)
    assert sandbox.directory.fault == {fault.fault_id: sandbox}


def test_a_fault_for_ever_stays(sandbox: Sandbox) -> None:
    fault = faults.add(sandbox, Match(), Response(status=503))
    faults.meet(sandbox, ASKED)
    assert sandbox.directory.fault == {fault.fault_id: sandbox}
    faults.remove(sandbox, fault)
    assert sandbox.directory.fault == {}

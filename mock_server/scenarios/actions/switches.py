"""Switches that are thrown while a scenario goes on."""

from __future__ import annotations

import msgspec

from mock_server.scenarios.actions.action import Action, Outcome
from mock_server.scenarios.switches import SwitchesDocument, change
from mock_server.world.sandbox import Sandbox


def _carry_out(sandbox: Sandbox, wanted: SwitchesDocument) -> Outcome:
    change(sandbox, wanted)
    switches = msgspec.to_builtins(sandbox.switches)
    return {name: switches[name] for name in switches if name in wanted.model_fields_set}


ACTIONS = {"set_switches": Action(SwitchesDocument, _carry_out)}

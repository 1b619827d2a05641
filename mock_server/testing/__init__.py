"""For test suites: a typed client of the emulator, and a pytest plugin (``plugin.py``).

::

    with MockCronofy.start() as mock, mock.sandbox() as sandbox:
        jane = sandbox.connect("jane@acme.test", access_mode="free_busy")

:class:`AsyncMockCronofy` is the same, to be awaited. Names are imported when they are first
used, since pytest imports this package in every run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.testing._async.client import AsyncMockCronofy
    from mock_server.testing._async.faults import AsyncFault
    from mock_server.testing._async.inbox import AsyncMessage
    from mock_server.testing._async.outages import AsyncOutage
    from mock_server.testing._async.people import AsyncPerson
    from mock_server.testing._async.sandbox import AsyncSandbox
    from mock_server.testing._sync.client import MockCronofy
    from mock_server.testing._sync.faults import Fault
    from mock_server.testing._sync.inbox import Message
    from mock_server.testing._sync.outages import Outage
    from mock_server.testing._sync.people import Person
    from mock_server.testing._sync.sandbox import Sandbox
    from mock_server.testing.errors import ControlError, NoEmulator, NotInTime
    from mock_server.testing.records import (
        Connection,
        Delivery,
        Diff,
        Request,
        Snapshot,
        Verification,
    )

__all__ = [
    "AsyncFault",
    "AsyncMessage",
    "AsyncMockCronofy",
    "AsyncOutage",
    "AsyncPerson",
    "AsyncSandbox",
    "Connection",
    "ControlError",
    "Delivery",
    "Diff",
    "Fault",
    "Message",
    "MockCronofy",
    "NoEmulator",
    "NotInTime",
    "Outage",
    "Person",
    "Request",
    "Sandbox",
    "Snapshot",
    "Verification",
]

_MODULES = {
    "MockCronofy": "client",
    "Fault": "faults",
    "Message": "inbox",
    "Outage": "outages",
    "Person": "people",
    "Sandbox": "sandbox",
}
_ERRORS = {"ControlError", "NoEmulator", "NotInTime"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = _MODULES.get(name.removeprefix("Async"))
    if module is not None:
        colour = "_async" if name.startswith("Async") else "_sync"
        module = f"{colour}.{module}"
    else:
        module = "errors" if name in _ERRORS else "records"
    return getattr(import_module(f"{__name__}.{module}"), name)

"""Waiting for what happens by itself: an answer as soon as it has, and no polling."""

from __future__ import annotations

import asyncio
from typing import Protocol

from starlette.responses import Response

from mock_server.control.app import Control, answer, problems
from mock_server.control.documents import Document, delivery_document, message_document
from mock_server.control.journal_queries import WaitForRequests, from_query
from mock_server.control.journal_waiting import Requests
from mock_server.control.requests import WaitFor
from mock_server.rules import inbox
from mock_server.scenarios.actions.faults import fault_of
from mock_server.scenarios.faults import fault_document
from mock_server.scenarios.problems import Problem, Unknown, validate
from mock_server.world.clock import as_text
from mock_server.world.outbox import Delivery, Message


class Search(Protocol):
    """What is waited for, and how much of it there is by now.

    Everything is looked at anew each time: the sandbox may have been reset, or have ended.
    """

    # The parameter that names it.
    place: str

    def count(self) -> int: ...

    def document(self) -> Document: ...

    def found(self) -> str:
        """What there is, in words."""


class _Deliveries:
    """Those of a kind, or the one of an id, that have come as far as ``state``."""

    place = "delivery"

    def __init__(self, control: Control, wanted: WaitFor) -> None:
        assert wanted.delivery is not None
        self._control = control
        self._sought = wanted.delivery
        self._state = wanted.state

    def count(self) -> int:
        if not self._sought.startswith("dlv_"):
            # Of many, counting must not cost more than few.
            progress = (self._sought, self._state)
            return self._control.sandbox.deliveries.count("progress", progress)
        return len(self._found())

    def document(self) -> Document:
        return {"deliveries": [delivery_document(delivery) for delivery in self._found()]}

    def found(self) -> str:
        sandbox = self._control.sandbox
        kinds = dict.fromkeys(delivery.kind for delivery in sandbox.deliveries)
        same = [d for d in sandbox.deliveries if self._sought in (d.kind, d.delivery_id)]
        if not same:
            return f"none of this kind; there are {', '.join(kinds) or 'none at all'}"
        states = [d.state for d in same]
        counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
        due = [d.due_at for d in same if d.state == "pending"]
        if due and min(due) > sandbox.now():
            now = as_text(sandbox.now())
            counts.append(f"the next is tried at {as_text(min(due))}, and the clock says {now}")
        return f"{self.count()} {self._state}: {', '.join(counts)}"

    def _found(self) -> list[Delivery]:
        deliveries = self._control.sandbox.deliveries
        if not self._sought.startswith("dlv_"):
            return deliveries.by("progress", (self._sought, self._state))
        delivery = deliveries.get(self._sought)
        if delivery is None:
            known = list(deliveries)[-10:]
            names = ", ".join(other.delivery_id for other in known) or "none yet"
            raise Unknown(Problem("delivery", repr(self._sought), f"one of {names}, or a kind"))
        return [delivery] if (delivery.kind, self._state) in delivery.progress else []


class _Messages:
    """Mails to somebody, as the inbox lists them."""

    place = "message"

    def __init__(self, control: Control, wanted: WaitFor) -> None:
        self._control = control
        self._wanted = wanted

    def count(self) -> int:
        return len(self._found())

    def document(self) -> Document:
        return {"messages": [message_document(message) for message in self._found()]}

    def found(self) -> str:
        return f"{self.count()} mails"

    def _found(self) -> list[Message]:
        wanted = self._wanted
        return inbox.mails(
            self._control.sandbox, to=wanted.message, uid=wanted.uid, method=wanted.method
        )


class _Hits:
    """Calls that have met a fault."""

    place = "fault"

    def __init__(self, control: Control, wanted: WaitFor) -> None:
        assert wanted.fault is not None
        self._control = control
        self._fault_id = wanted.fault

    def count(self) -> int:
        return fault_of(self._control.sandbox, self._fault_id, self.place).hits

    def document(self) -> Document:
        sandbox = self._control.sandbox
        return fault_document(sandbox, fault_of(sandbox, self._fault_id, self.place))

    def found(self) -> str:
        fault = fault_of(self._control.sandbox, self._fault_id, self.place)
        return f"{fault.hits} hits among {fault.matched} calls that match"


def _search(control: Control, wanted: WaitFor) -> Search:
    if wanted.fault is not None:
        return _Hits(control, wanted)
    return _Messages(control, wanted) if wanted.delivery is None else _Deliveries(control, wanted)


async def wait(control: Control) -> Response:
    """Answer as soon as there are enough; 504 if that takes too long."""
    params = control.request.query_params
    if "journal" in params:
        asked = validate(WaitForRequests, from_query(params))
        requests = Requests(control, asked)
        with requests.watching():
            return await _until(control, requests, asked.count, asked.timeout)
    wanted = validate(WaitFor, dict(params))
    return await _until(control, _search(control, wanted), wanted.count, wanted.timeout)


async def _until(control: Control, search: Search, count: int, timeout: float) -> Response:
    try:
        # Real seconds: it is a person's or a test's patience, whatever the sandbox's clock.
        async with asyncio.timeout(timeout):
            while search.count() < count:
                await control.app.worker.change(control.sandbox)
    except TimeoutError:
        expected = f"{count} within {timeout:g} seconds"
        return problems([Problem(search.place, search.found(), expected)], 504)
    return answer(search.document())


ROUTES = (("GET", "/sandboxes/{sandbox_id}/wait", wait),)

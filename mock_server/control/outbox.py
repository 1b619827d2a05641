"""What left the sandbox: callbacks, and mails on their way to a relay, with every attempt.

Their failures too: a test may ask for them, and then nothing is sent.
"""

from __future__ import annotations

from typing import Literal

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import Document, delivery_document, failure_document
from mock_server.control.searches import Patience, Search
from mock_server.rules import failures
from mock_server.scenarios.actions import deliveries
from mock_server.scenarios.actions.deliveries import FailDeliveries, FailDelivery
from mock_server.scenarios.fields import Text
from mock_server.scenarios.problems import Problem, Unknown, validate
from mock_server.world.clock import as_text
from mock_server.world.outbox import ATTEMPTED, Delivery


async def list_deliveries(control: Control) -> Response:
    """In the order they came; ``?url=`` is a beginning."""
    query = control.request.query_params
    return answer(
        {
            "deliveries": [
                delivery_document(delivery)
                for delivery in control.sandbox.deliveries
                if query.get("state") in (None, delivery.state)
                and query.get("kind") in (None, delivery.kind)
                and query.get("channel_id") in (None, delivery.queue)
                and delivery.url.startswith(query.get("url", ""))
            ]
        }
    )


async def read_delivery(control: Control) -> Response:
    return answer(delivery_document(_delivery(control)))


async def replay(control: Control) -> Response:
    """One more attempt, whatever became of the earlier ones."""
    delivery = deliveries.replay(control.sandbox, _delivery(control))
    return answer(delivery_document(delivery), 202)


async def fail(control: Control) -> Response:
    """Let the next attempt of this delivery fail."""
    delivery = _delivery(control)
    wanted = validate(FailDelivery, await control.document())
    failure = failures.add(control.sandbox, wanted.outcome, delivery_id=delivery.delivery_id)
    return answer(failure_document(failure), 201)


async def add_failures(control: Control) -> Response:
    """Let the next attempts fail: of any delivery, of one kind, to one address."""
    wanted = validate(FailDeliveries, await control.document())
    return answer(failure_document(deliveries.fail(control.sandbox, wanted)), 201)


async def list_failures(control: Control) -> Response:
    """Those not yet used up."""
    listed = [failure_document(failure) for failure in control.sandbox.failures]
    return answer({"failures": listed})


async def clear_failures(control: Control) -> Response:
    control.sandbox.failures.clear()
    return no_content()


def _delivery(control: Control) -> Delivery:
    """The delivery that the path names. Raises Unknown."""
    delivery_id = control.request.path_params["delivery_id"]
    delivery = control.sandbox.deliveries.get(delivery_id)
    if delivery is None:
        expected = f"one of {_latest(control)}"
        raise Unknown(Problem("delivery_id", repr(delivery_id), expected))
    return delivery


def _latest(control: Control) -> str:
    known = list(control.sandbox.deliveries)[-10:]
    return ", ".join(other.delivery_id for other in known) or "none yet"


class WaitForDeliveries(Patience):
    """``delivery`` is a kind, or the id of one."""

    delivery: Text
    state: Literal["attempted", "held", "pending", "delivered", "failed", "refused"] = ATTEMPTED


class Deliveries(Search):
    """Those of a kind, or the one of an id, that have come as far as ``state``."""

    def __init__(self, control: Control, wanted: WaitForDeliveries) -> None:
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
            expected = f"one of {_latest(self._control)}, or a kind"
            raise Unknown(Problem("delivery", repr(self._sought), expected))
        return [delivery] if (delivery.kind, self._state) in delivery.progress else []


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/deliveries", list_deliveries),
    ("GET", "/sandboxes/{sandbox_id}/deliveries/failures", list_failures),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/failures", add_failures),
    ("DELETE", "/sandboxes/{sandbox_id}/deliveries/failures", clear_failures),
    ("GET", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}", read_delivery),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}/replay", replay),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}/fail", fail),
)
